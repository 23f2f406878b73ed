//! The search for inputs that one parser does not survive.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::corpus::{self, Corpus};
use crate::edit;
use crate::finding;
use crate::minimise::minimise;
use crate::nasty;
use crate::target::Target;
use crate::trial::{Trial, Verdict};

/// How long a finding is made smaller.
const MINIMISING: Duration = Duration::from_secs(60);

/// A search ends after so many findings: most of them are one.
const ENOUGH: usize = 5;

pub(crate) struct Campaign {
    pub(crate) target: Target,
    /// Of one input.
    pub(crate) limit: Duration,
    pub(crate) findings: PathBuf,
}

impl Campaign {
    /// Tries one input. Whether it passed.
    pub(crate) fn one(&self, input: &Path) -> io::Result<bool> {
        let verdict = self.trial()?.of(&fs::read(input)?)?;
        say(&format!("{}: {verdict}", self.target.name()));
        Ok(matches!(verdict, Verdict::Passed(_)))
    }

    /// Tries the seeds, the regressions and the fixed inputs, then mutations for a time. Whether all passed.
    pub(crate) fn run(&self, duration: Duration) -> io::Result<bool> {
        let name = self.target.name();
        let mut corpus = Corpus::of(self.target)?;
        let mut search = Search { campaign: self, trial: self.trial()?, traps: Vec::new(), tried: 0 };

        for input in corpus.inputs().to_vec() {
            search.attempt("a seed", input, &mut corpus)?;
        }
        let regressions = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions").join(name);
        for path in corpus::files(&regressions, self.target.extension())? {
            search.attempt(&path.display().to_string(), fs::read(&path)?, &mut corpus)?;
        }
        for (label, input) in nasty::inputs(corpus.inputs().first().map_or(&[], Vec::as_slice)) {
            search.attempt(label, input, &mut corpus)?;
        }
        let fixed = search.tried;

        let strategy = (any::<Index>(), any::<Index>(), edit::edits());
        let mut runner = TestRunner::default();
        let began = Instant::now();
        while began.elapsed() < duration && search.traps.len() < ENOUGH {
            let tree = strategy.new_tree(&mut runner).map_err(|reason| io::Error::other(reason.to_string()))?;
            let (one, other, edits) = tree.current();
            let input = edit::apply(&edits, corpus.choose(&one), corpus.choose(&other));
            search.attempt("a mutation", input, &mut corpus)?;
        }
        say(&format!(
            "{name}: {fixed} fixed inputs, {} mutations, {} different ways, {} findings",
            search.tried - fixed,
            corpus.ways(),
            search.traps.len()
        ));
        Ok(search.traps.is_empty())
    }

    fn trial(&self) -> io::Result<Trial> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--attempt", "--target", self.target.name()]);
        Ok(Trial::new(command, self.limit))
    }
}

struct Search<'a> {
    campaign: &'a Campaign,
    trial: Trial,
    /// One verdict of each sort.
    traps: Vec<Verdict>,
    tried: usize,
}

impl Search<'_> {
    fn attempt(&mut self, label: &str, input: Vec<u8>, corpus: &mut Corpus) -> io::Result<()> {
        self.tried += 1;
        match self.trial.of(&input)? {
            Verdict::Passed(way) => {
                // Long inputs make every mutation of them slow.
                if label == "a mutation" {
                    corpus.learn(input, way);
                }
                Ok(())
            }
            trap if self.traps.iter().any(|known| known.is_like(&trap)) && label == "a mutation" => Ok(()),
            trap => self.report(label, &input, trap),
        }
    }

    /// Saves what was found, as small as it can be made.
    fn report(&mut self, label: &str, input: &[u8], trap: Verdict) -> io::Result<()> {
        let Campaign { target, findings, .. } = self.campaign;
        let name = target.name();
        say(&format!("{name}: {label}: {trap}"));
        let end = Instant::now() + MINIMISING;
        // A process that cannot be started falls into no trap.
        let small = minimise(input, |smaller| {
            Instant::now() < end && self.trial.of(smaller).is_ok_and(|verdict| verdict.is_like(&trap))
        });
        let path = finding::save(findings, *target, &small)?;
        say(&format!(
            "  saved, {} bytes; again: cargo xtask fuzz --target {name} --input {}",
            small.len(),
            path.display()
        ));
        self.traps.push(trap);
        Ok(())
    }
}

fn say(line: &str) {
    // Nobody is left to be told that standard output is closed.
    let _ = writeln!(io::stdout().lock(), "{line}");
}
