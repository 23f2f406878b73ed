//! `cargo xtask <command>`: what a person or CI runs in this repository besides `ops` itself.

mod command;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::causes::causes;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The project's own tasks")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Bench(command::bench::Args),
    Demo(command::demo::Args),
    Emulator(command::emulator::Args),
    Fuzz(command::fuzz::Args),
    Sim(command::sim::Args),
    TerraformReadme(command::terraform_readme::Args),
    Test(command::test::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Bench(args) => command::bench::run(&args),
        Command::Demo(args) => command::demo::run(&args),
        Command::Fuzz(args) => command::fuzz::run(&args),
        Command::Sim(args) => command::sim::run(&args),
        Command::TerraformReadme(args) => command::terraform_readme::run(&args),
        Command::Test(args) => command::test::run(&args),
        Command::Emulator(args) => command::emulator::run(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

/// Each error says only its own level; the chain is printed once, here.
fn report(error: &(dyn Error + 'static)) {
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "error: {error}");
    for cause in causes(error).skip(1) {
        let _ = writeln!(stderr, "  because: {cause}");
    }
}
