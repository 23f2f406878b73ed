//! The subcommands: one file each.

mod healthcheck;
mod serve;

use clap::{Parser, Subcommand};

use crate::configuration::Configuration;

/// The Slipway API container
///
/// It is configured by environment variables alone; see `configuration.rs` for their list.
#[derive(Debug, Parser)]
#[command(name = "app", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Answer HTTP until SIGTERM or SIGINT, then finish what is in flight and exit
    Serve,
    /// Ask the server in this container whether it lives: exit 0 if it does, 1 if not
    Healthcheck,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("the server stopped in disorder")]
    Serve(#[source] serve::ServeError),
    #[error("the server does not answer its health check")]
    Healthcheck(#[source] healthcheck::HealthcheckError),
}

pub(crate) fn run(arguments: Arguments, configuration: Configuration) -> Result<(), CommandError> {
    match arguments.verb {
        Verb::Serve => serve::run(configuration).map_err(CommandError::Serve),
        Verb::Healthcheck => healthcheck::run(configuration.listen).map_err(CommandError::Healthcheck),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
