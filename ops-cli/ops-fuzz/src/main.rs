//! Feeds the parsers of what people, Terraform and other tools write with inputs that nobody would write. None may panic,
//! overflow the stack, eat the memory or take longer than its time limit. `cargo xtask fuzz` starts it.

mod attempt;
mod campaign;
mod corpus;
mod edit;
mod finding;
mod minimise;
mod nasty;
mod target;
mod trial;

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum as _};

use crate::campaign::Campaign;
use crate::target::Target;

/// Fuzz the parsers; a finding is saved, minimised, and makes the exit code 1
#[derive(Debug, Parser)]
#[command(name = "cargo xtask fuzz", bin_name = "cargo xtask fuzz")]
struct Args {
    /// How long each target is fuzzed; with 0 only the fixed inputs and the regressions are tried
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// The parser; all of them when none is named
    #[arg(long, value_enum)]
    target: Vec<Target>,
    /// Try this input and nothing else, such as a saved finding
    #[arg(long, requires = "target", conflicts_with = "seconds")]
    input: Option<PathBuf>,
    /// Time limit of one input
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    limit: u64,
    /// Folder that findings are saved in
    #[arg(long, default_value = "target/fuzz")]
    findings: PathBuf,
    /// Be the process that dies of an input
    #[arg(long, hide = true, requires = "target")]
    attempt: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nobody is left to be told that standard error is closed.
            let _ = writeln!(std::io::stderr().lock(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether nothing was found.
fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let targets = if args.target.is_empty() { Target::value_variants() } else { &args.target };
    if args.attempt {
        return targets.first().map_or(Ok(true), |target| attempt::serve(*target).map(|()| true));
    }
    let mut is_clean = true;
    for target in targets {
        let campaign =
            Campaign { target: *target, limit: Duration::from_secs(args.limit), findings: args.findings.clone() };
        is_clean &= match &args.input {
            Some(input) => campaign.one(input)?,
            None => campaign.run(Duration::from_secs(args.seconds))?,
        };
    }
    Ok(is_clean)
}
