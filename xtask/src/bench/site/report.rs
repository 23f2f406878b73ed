//! What was measured, beside what it is to be.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use super::publisher::Publisher;
use crate::bench::aim::Aim;

/// Times the speed of `aws s3 sync`.
const LEAST_OF_AWS: f64 = 5.0;
/// Times the speed of rclone.
const LEAST_OF_RCLONE: f64 = 1.0;
const MOST_MEMORY: f64 = 100.0 * MEGABYTE;
const MEGABYTE: f64 = 1e6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    First,
    Again,
    Changed,
}

impl Step {
    pub(super) const ALL: [Self; 3] = [Self::First, Self::Again, Self::Changed];

    /// Of the build that is there afterwards.
    pub(super) const fn version(self) -> &'static str {
        match self {
            Self::First | Self::Again => "1.0.0",
            Self::Changed => "1.0.1",
        }
    }
}

/// One publication.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) publisher: Publisher,
    pub(super) step: Step,
    pub(super) wall: Duration,
    /// Bytes.
    pub(super) peak_memory: u64,
}

/// The measurements of one benchmark.
#[derive(Debug)]
pub struct Report {
    pub(super) small: usize,
    pub(super) large: usize,
    pub(super) profile: &'static str,
    /// Of the others.
    pub(super) versions: Vec<String>,
    pub(super) runs: Vec<Run>,
}

impl Run {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 bytes")]
    fn megabytes(&self) -> f64 {
        self.peak_memory as f64 / MEGABYTE
    }
}

impl Report {
    /// As one JSON document.
    #[must_use]
    pub fn json(&self) -> Value {
        let runs = self.runs.iter().map(|run| {
            json!({
                "publisher": run.publisher.to_string(),
                "step": run.step.to_string(),
                "seconds": run.wall.as_secs_f64(),
                "times_of_ops": self.times_of_ops(run),
                "peak_memory_bytes": run.peak_memory,
            })
        });
        json!({
            "small_files": self.small,
            "large_files": self.large,
            "profile": self.profile,
            "versions": self.versions,
            "runs": runs.collect::<Vec<_>>(),
            "aims": self.aims().iter().map(Aim::json).collect::<Vec<_>>(),
        })
    }

    fn aims(&self) -> Vec<Aim> {
        let mut aims = Vec::new();
        for step in Step::ALL {
            for (publisher, least) in [(Publisher::AwsSync, LEAST_OF_AWS), (Publisher::Rclone, LEAST_OF_RCLONE)] {
                let run = self.runs.iter().find(|run| run.step == step && run.publisher == publisher);
                let Some(found) = run.and_then(|run| self.times_of_ops(run)) else { continue };
                let says = format!("{step}: at least {least} times as fast as {publisher}");
                aims.push(Aim { says, found, met: found >= least });
            }
        }
        let ours = self.runs.iter().filter(|run| run.publisher == Publisher::Ops);
        let memory = ours.map(Run::megabytes).fold(0.0, f64::max);
        let says = format!("under {} MB", MOST_MEMORY / MEGABYTE);
        aims.push(Aim { says, found: memory, met: memory * MEGABYTE < MOST_MEMORY });
        aims
    }

    /// How many times as long as `ops` at the same step.
    fn times_of_ops(&self, run: &Run) -> Option<f64> {
        let ours = self.runs.iter().find(|ours| ours.publisher == Publisher::Ops && ours.step == run.step)?;
        Some(run.wall.as_secs_f64() / ours.wall.as_secs_f64())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::First => "first upload",
            Self::Again => "nothing changed",
            Self::Changed => "1% changed",
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { small, large, profile, versions, runs } = self;
        writeln!(formatter, "A site of {small} small files and {large} large ones; ops of the {profile} profile")?;
        writeln!(formatter, "Beside {}\n", versions.join("; "))?;
        writeln!(formatter, "{:<16} {:<12} {:>9} {:>9} {:>9}", "", "", "seconds", "x of ops", "MB")?;
        for run in runs {
            let (seconds, memory) = (run.wall.as_secs_f64(), run.megabytes());
            let times = self.times_of_ops(run).unwrap_or_default();
            let (step, publisher) = (run.step, run.publisher);
            writeln!(formatter, "{step:<16} {publisher:<12} {seconds:>9.2} {times:>9.2} {memory:>9.1}")?;
        }
        writeln!(formatter)?;
        self.aims().iter().try_for_each(|aim| writeln!(formatter, "{aim}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(publisher: Publisher, seconds: u64, megabytes: u64) -> Run {
        let wall = Duration::from_secs(seconds);
        Run { publisher, step: Step::First, wall, peak_memory: megabytes * 1_000_000 }
    }

    #[test]
    fn aims_are_met_up_to_their_bounds_and_no_further() {
        let met = |ours, aws, rclone, memory| {
            let runs = vec![
                run(Publisher::Ops, ours, memory),
                run(Publisher::AwsSync, aws, 0),
                run(Publisher::Rclone, rclone, 0),
            ];
            let report = Report { small: 1, large: 1, profile: "dev", versions: Vec::new(), runs };
            report.aims().iter().map(|aim| aim.met).collect::<Vec<_>>()
        };
        assert_eq!(met(10, 50, 10, 99), [true, true, true]);
        assert_eq!(met(10, 49, 9, 100), [false, false, false]);
    }
}
