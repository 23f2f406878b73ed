//! The API container. One binary, one image; the subcommand says which part of it runs.

mod api;
mod authorisation;
mod command;
mod configuration;
mod control_plane;
mod files;
mod http_server;
mod identity;
mod jobs;
mod logs;
mod outbox;
mod problem;
mod queue;
mod rate_limits;
mod readiness;
mod scrape;
mod store;
mod text;
mod traces;
mod whole;
mod worker;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;

#[cfg(feature = "local")]
use crate::command::ConfiguredVerb;
use crate::command::{Arguments, Verb};
use crate::configuration::Configuration;
use crate::traces::Traces;

fn main() -> ExitCode {
    let verb = match Arguments::parse().verb {
        // What is the same everywhere needs to know nothing of where it is.
        Verb::Openapi => return print_openapi(),
        #[cfg(feature = "local")]
        Verb::Configured(ConfiguredVerb::Serve(serve)) if serve.local => return serve_here(),
        Verb::Configured(verb) => verb,
    };
    let configuration = match Configuration::from_environment() {
        Ok(configuration) => configuration,
        Err(refused) => {
            logs::start(logs::default_filter(), None);
            for fault in &refused.faults {
                tracing::error!(variable = fault.variable, "{fault}");
            }
            return ExitCode::FAILURE;
        }
    };
    let traces = Traces::start(&configuration);
    logs::start(configuration.log.clone(), traces.as_ref().ok().and_then(Option::as_ref));
    let traces = match traces {
        Ok(traces) => traces,
        Err(error) => {
            tracing::error!(causes = %causes(&error), "can't send traces: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = match command::run(verb, configuration) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(causes = %causes(&error), "{error}");
            ExitCode::FAILURE
        }
    };
    if let Some(traces) = traces {
        traces.end();
    }
    code
}

#[cfg(feature = "local")]
fn serve_here() -> ExitCode {
    match command::local::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            logs::start(logs::default_filter(), None);
            tracing::error!(causes = %causes(&error), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn print_openapi() -> ExitCode {
    match command::print_openapi() {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody reads on.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            logs::start(logs::default_filter(), None);
            tracing::error!("can't print the description: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What an error's own message leaves out: its sources, outermost first.
fn causes(error: &dyn Error) -> String {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(source) = next {
        causes.push(source.to_string());
        next = source.source();
    }
    causes.join(": ")
}
