//! Programs that bring files to S3.

use std::fmt;
use std::fs::File;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::front_end::FrontEnd;
use super::report::Step;
use super::team::{AWS_BUCKET, RCLONE_BUCKET, Team};
use crate::bench::Result;
use crate::bench::measurement::{Measured, measure};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Publisher {
    Ops,
    AwsSync,
    Rclone,
}

/// Of all programs that one publication takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Published {
    pub(super) wall: Duration,
    /// Of the largest one, in bytes.
    pub(super) peak_memory: u64,
}

impl Publisher {
    /// Brings the files to this publisher's own bucket.
    pub(super) fn publish(self, team: &Team, front_end: &FrontEnd, step: Step) -> Result<Published> {
        let commands = match self {
            Self::Ops => vec![team.promote(front_end, step.version()), team.reconcile()],
            Self::AwsSync => {
                let mut sync = team.aws();
                sync.args(["s3", "sync", "--only-show-errors"])
                    .arg(&front_end.folder)
                    .arg(format!("s3://{AWS_BUCKET}"));
                vec![sync]
            }
            Self::Rclone => {
                let mut sync = team.rclone();
                sync.arg("copy").arg(&front_end.folder).arg(format!(":s3:{RCLONE_BUCKET}"));
                vec![sync]
            }
        };
        let mut published = Published { wall: Duration::ZERO, peak_memory: 0 };
        for mut command in commands {
            let Measured { wall, peak_memory, .. } = run(&mut command, front_end)?;
            published.wall += wall;
            published.peak_memory = published.peak_memory.max(peak_memory);
        }
        Ok(published)
    }
}

/// What it says goes to a file beside the front-end's, and into the error.
fn run(command: &mut Command, front_end: &FrontEnd) -> Result<Measured> {
    let log = front_end.folder.with_extension("log");
    let measured = measure(command, Stdio::from(File::create(&log)?))?;
    if measured.status.success() {
        return Ok(measured);
    }
    let program = command.get_program().to_string_lossy();
    Err(format!("{program} failed ({}):\n{}", measured.status, std::fs::read_to_string(&log)?).into())
}

impl fmt::Display for Publisher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Ops => "ops",
            Self::AwsSync => "aws s3 sync",
            Self::Rclone => "rclone",
        })
    }
}
