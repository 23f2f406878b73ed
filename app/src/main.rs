//! The API container. One binary, one image; the subcommand says which part of it runs.

mod api;
mod command;
mod configuration;
mod logs;
mod problem;
mod readiness;

use std::process::ExitCode;

use clap::Parser as _;

use crate::command::{Arguments, CommandError};
use crate::configuration::Configuration;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let configuration = match Configuration::from_environment() {
        Ok(configuration) => configuration,
        Err(refused) => {
            logs::start(logs::default_filter());
            for fault in &refused.faults {
                tracing::error!(variable = fault.variable, "{fault}");
            }
            return ExitCode::FAILURE;
        }
    };
    logs::start(configuration.log.clone());
    match command::run(arguments, configuration) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(causes = %causes(&error), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// What an error's own message leaves out: its sources, outermost first.
fn causes(error: &CommandError) -> String {
    let mut causes = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        causes.push(source.to_string());
        next = source.source();
    }
    causes.join(": ")
}
