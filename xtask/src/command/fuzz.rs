use std::error::Error;
use std::ffi::OsString;
use std::process::{Command, Stdio};

use xtask::local_folder::workspace;

/// Fuzz the parsers of declarations, builds, the platform contract and other tools' files; `-- --help` tells more
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// Handed on to ops-fuzz
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// The fuzzer is a program of its own: this one is a dependency of tests that have no use for a parser.
pub(crate) fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new("cargo");
    command
        .args(["run", "--quiet", "--locked", "--profile", "fuzzing", "--package", "ops-fuzz", "--"])
        .args(&args.arguments)
        .stdin(Stdio::null());
    // A relative path among the arguments counts from where they were typed.
    command.arg("--findings").arg(workspace().join("target/fuzz"));
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("the fuzzer ended with {status}").into()) }
}
