//! How fast a site is published, beside `aws s3 sync` and `rclone` with the same files and the same S3 server.
//!
//! `ops` does more than the others: it keeps the build as a whole, shows it at once, waits for the edges, and writes a
//! record. All of that is in its time.

mod front_end;
mod memory_s3;
mod publisher;
mod report;
mod team;

use std::process::Command;

use self::front_end::FrontEnd;
use self::memory_s3::MemoryS3;
use self::publisher::Publisher;
use self::report::{Run, Step};
use self::team::Team;
use super::{Folder, Result};
use crate::emulator::{Emulator, EmulatorOptions};
use crate::ops_binary::{self, OpsBuild};
use crate::python_environment::{self, Kind};
use crate::tool;

pub use self::report::Report;

/// Divides the waiting times of the emulator: here, of the edges.
const SPEED: u32 = 100;

/// What is to be measured.
#[derive(Debug, Clone)]
pub struct SiteOptions {
    /// Number of files of up to 16 KiB.
    pub small: usize,
    /// Number of files of 12 MiB.
    pub large: usize,
    /// Measure the release profile in place of the dev profile.
    pub release: bool,
}

/// Measures the first upload of a site, a second one of the same files, and one after a change of one file in a
/// hundred. `say` is told what is being done.
///
/// # Errors
/// When something cannot be started, or does not end well.
pub fn site(options: &SiteOptions, say: impl Fn(&str)) -> Result<Report> {
    say("Getting ready: ops, the S3 server, the AWS CLI and rclone");
    let build = if options.release { OpsBuild::Release } else { OpsBuild::Dev };
    let ops = ops_binary::compile(build)?.join("ops");
    let aws = python_environment::ensure(Kind::AwsCli)?.with_file_name("aws");
    let versions = vec![version(Command::new(&aws).arg("--version"))?, version(&mut ensure_rclone()?)?];
    let emulator = Emulator::start(EmulatorOptions { speed: SPEED, ..EmulatorOptions::default() })?;
    let server = MemoryS3::start(team::KEY, team::KEY)?;
    let folder = Folder::create()?;
    let team = Team::with_site(folder.0.join("team"), &ops, &aws, &emulator, &server)?;
    let front_end = FrontEnd { folder: folder.0.join("dist"), small: options.small, large: options.large };
    front_end.write()?;

    let publishers = [Publisher::Ops, Publisher::AwsSync, Publisher::Rclone];
    let mut runs = Vec::new();
    for step in Step::ALL {
        if step == Step::Changed {
            front_end.change()?;
        }
        for publisher in publishers {
            say(&format!("{publisher}: {step}"));
            let measured = publisher.publish(&team, &front_end, step)?;
            runs.push(Run { publisher, step, wall: measured.wall, peak_memory: measured.peak_memory });
        }
    }
    team.require_complete(&front_end)?;
    Ok(Report { small: options.small, large: options.large, profile: build.profile(), versions, runs })
}

/// The first line of what a program says of its version.
fn version(command: &mut Command) -> Result<String> {
    Ok(tool::run(command)?.lines().next().unwrap_or_default().to_owned())
}

/// Debian's, where there is no other.
fn ensure_rclone() -> Result<Command> {
    let asked = || {
        let mut rclone = Command::new("rclone");
        rclone.arg("version");
        rclone
    };
    if tool::run(&mut asked()).is_err() {
        tool::apt_get_install(&["rclone"])?;
    }
    Ok(asked())
}
