use std::error::Error;
use std::ffi::OsString;
use std::process::{Command, Stdio};

/// Try the engine on a simulated account with random environments, edits, faults and crashes; `-- --help` tells more
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// Handed on to ops-trials
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// The trials are a program of their own, as the fuzzer is, and compiled like it: fast, and an overflow is a finding.
pub(crate) fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new("cargo");
    command
        .args(["run", "--quiet", "--locked", "--profile", "fuzzing", "--package", "ops-trials", "--"])
        .args(&args.arguments)
        .stdin(Stdio::null());
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("the trials ended with {status}").into()) }
}
