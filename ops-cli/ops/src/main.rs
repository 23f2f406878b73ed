//! `ops`: makes ECS services match what git declares.

mod command;
mod connection;
mod declared;
mod error;
mod exit_code;
mod global_options;
mod interruption;
mod output;
mod repository;
mod scenarios;

use std::process;

use clap::Parser as _;

use crate::command::Cli;
use crate::exit_code::ExitCode;
use crate::output::Printer;

fn main() -> process::ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(stop) => return usage(&stop).into(),
    };
    let printer = Printer::new(&cli.global);
    match command::run(&cli, &printer) {
        Ok(exit_code) => exit_code.into(),
        Err(error) => {
            printer.error(&error);
            error.exit_code().into()
        }
    }
}

/// Help and version are what was asked for; anything else is a mistake in the command line.
fn usage(stop: &clap::Error) -> ExitCode {
    // A pipe that is closed ends the talk, nothing else.
    let _closed = stop.print();
    if stop.use_stderr() { ExitCode::Usage } else { ExitCode::Done }
}
