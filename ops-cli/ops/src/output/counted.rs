//! Work that is counted: on a terminal a line that changes in place, elsewhere one line when it begins.

use std::cell::Cell;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::Printer;

pub(crate) struct Counted<'a> {
    printer: &'a Printer,
    what: String,
    /// What is counted: "new files".
    things: &'static str,
    /// Work that is done sooner is not talked of.
    silent_until: Instant,
    /// On a terminal only.
    bar: Option<ProgressBar>,
    told: Cell<bool>,
}

impl<'a> Counted<'a> {
    /// `what`: "storing console".
    pub(crate) fn new(printer: &'a Printer, what: String, things: &'static str) -> Self {
        let bar = (printer.talks() && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(0).with_prefix(what.clone()).with_message(things);
            let style = ProgressStyle::with_template("{prefix}: {pos} of {len} {msg}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { printer, what, things, silent_until: Instant::now(), bar, told: Cell::new(false) }
    }

    /// Says nothing before so much time has passed.
    pub(crate) fn after(mut self, silence: Duration) -> Self {
        self.silent_until += silence;
        self
    }

    pub(crate) fn tell(&self, done: usize, of: usize) {
        if Instant::now() < self.silent_until {
            return;
        }
        if let Some(bar) = &self.bar {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        } else if !self.told.replace(true) {
            self.printer.status(&format!("{}: {of} {}", self.what, self.things));
        }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
