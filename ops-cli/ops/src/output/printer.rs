use std::cell::Cell;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use serde::Serialize;

use super::{human, json_v1};
use crate::error::{CommandError, ErrorKind, OutputError};
use crate::global_options::{GlobalOptions, OutputForm};

/// The only way out for text. Colours are taken off where they are not wanted: no terminal, `NO_COLOR`.
///
/// A reader that closes its end (`ops check | head -1`) only misses the rest; the command goes on to its end,
/// and its exit code says the same as ever.
pub(crate) struct Printer {
    form: OutputForm,
    quiet: bool,
    verbose: bool,
    /// Whether a JSON document was begun; a second one would make the first unreadable.
    wrote_json: Cell<bool>,
    failed: Cell<bool>,
}

impl Printer {
    pub(crate) fn new(options: &GlobalOptions) -> Self {
        Self {
            form: options.output,
            quiet: options.quiet,
            verbose: options.verbose,
            wrote_json: Cell::new(false),
            failed: Cell::new(false),
        }
    }

    /// Writes a result to standard output, as it is.
    pub(crate) fn data(&self, text: &str) -> Result<(), OutputError> {
        let mut stdout = anstream::stdout().lock();
        let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        ignore_closed_pipe(written).map_err(|error| {
            self.failed.set(true);
            OutputError(error)
        })
    }

    /// Writes one JSON document to standard output.
    pub(crate) fn json(&self, document: &impl Serialize) -> Result<(), OutputError> {
        let mut text = serde_json::to_string_pretty(document).map_err(|error| OutputError(error.into()))?;
        text.push('\n');
        self.wrote_json.set(true);
        self.data(&text)
    }

    /// Says what is being done, on standard error; silent with `--quiet`.
    pub(crate) fn status(&self, text: &str) {
        if !self.quiet {
            self.talk(text);
        }
    }

    /// Whether [`Self::status`] says anything.
    pub(crate) fn talks(&self) -> bool {
        !self.quiet
    }

    /// Asks on the terminal, and goes on only when the answer is yes.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), CommandError> {
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Err(CommandError::new(ErrorKind::NotAgreed, NobodyToAsk)
                .help("add `--yes` to go on without asking; nothing was changed"));
        }
        self.talk(&format!("{question} Only `yes` is taken for a yes:"));
        let mut answer = String::new();
        match io::stdin().lock().read_line(&mut answer) {
            Ok(_) if answer.trim() == "yes" => Ok(()),
            _ => Err(CommandError::new(ErrorKind::NotAgreed, NotAgreed).help("nothing was changed")),
        }
    }

    /// Says more; only with `--verbose`.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            self.talk(text);
        }
    }

    /// Shows an error: for people on standard error and, with `--output json`, as a document too.
    pub(crate) fn error(&self, error: &CommandError) {
        self.talk(&human::error(error));
        self.detail(&format!("in full: {}", error.in_full()));
        if self.form == OutputForm::Json && !self.wrote_json.get() && !self.failed.get() {
            // Standard error already says what is wrong; the exit code is the error's.
            let _unwritable = self.json(&json_v1::error(error));
        }
    }

    fn talk(&self, text: &str) {
        let mut stderr = anstream::stderr().lock();
        // Nobody is left to be told that standard error cannot be written.
        let _unwritable = writeln!(stderr, "{}", text.trim_end());
    }
}

fn ignore_closed_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no terminal to ask on")]
struct NobodyToAsk;

#[derive(Debug, thiserror::Error)]
#[error("the plan was not agreed to")]
struct NotAgreed;
