//! The subcommands: one file each.

mod add_user;
mod healthcheck;
mod leave;
#[cfg(feature = "local")]
pub(crate) mod local;
mod migrate;
mod openapi;
mod queue;
mod serve;
mod worker;

use std::sync::Arc;
use std::thread;

use clap::{Parser, Subcommand};
use ops_engine::clock::Clock;

use crate::configuration::Configuration;
use crate::control_plane::ControlPlane;
use crate::files::S3Files;
use crate::identity::{Hasher, PasswordError};
use crate::queue::{Queue, SqsQueue};
use crate::rate_limits::RateLimits;
use crate::store::MySqlStore;

pub(crate) use openapi::print as print_openapi;

/// The Slipway API container
///
/// It is configured by environment variables alone; see `configuration.rs` for their list.
#[derive(Debug, Parser)]
#[command(name = "app", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Print the API's description (OpenAPI 3.1)
    Openapi,
    #[command(flatten)]
    Configured(ConfiguredVerb),
}

/// What works by the environment variables.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfiguredVerb {
    /// Answer HTTP until SIGTERM or SIGINT, then finish what is in flight and exit
    Serve(serve::Serve),
    /// Do what is in the queue until SIGTERM or SIGINT, then finish what was begun and exit
    Worker,
    /// See the jobs that failed, and have them tried again
    Queue(queue::Queue),
    /// Bring the database's tables to this version's state, and exit; safe to run twice, and twice at once
    Migrate,
    /// Add a user who can log in, an administrator unless told otherwise; the password comes on the standard input
    AddUser(add_user::AddUser),
    /// Ask the server in this container whether it lives: exit 0 if it does, 1 if not
    Healthcheck,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("the server stopped in disorder")]
    Serve(#[source] serve::ServeError),
    #[error("the worker stopped in disorder")]
    Worker(#[source] worker::WorkerError),
    #[error("the queue is not as it should be")]
    Queue(#[source] queue::QueueCommandError),
    #[error("the database is not migrated")]
    Migrate(#[source] migrate::MigrateError),
    #[error("the user is not added")]
    AddUser(#[source] add_user::AddUserError),
    #[error("the server does not answer its health check")]
    Healthcheck(#[source] healthcheck::HealthcheckError),
}

pub(crate) fn run(verb: ConfiguredVerb, configuration: Configuration) -> Result<(), CommandError> {
    match verb {
        ConfiguredVerb::Serve(_) => serve::run(configuration).map_err(CommandError::Serve),
        ConfiguredVerb::Worker => worker::run(configuration).map_err(CommandError::Worker),
        ConfiguredVerb::Queue(arguments) => queue::run(arguments, &configuration).map_err(CommandError::Queue),
        ConfiguredVerb::Migrate => migrate::run(&configuration).map_err(CommandError::Migrate),
        ConfiguredVerb::AddUser(arguments) => add_user::run(arguments, &configuration).map_err(CommandError::AddUser),
        ConfiguredVerb::Healthcheck => healthcheck::run(configuration.listen).map_err(CommandError::Healthcheck),
    }
}

/// What the configuration says of a database; nothing connects yet.
async fn open_control_plane(
    configuration: &Configuration,
    clock: impl Clock + 'static,
) -> Result<Option<ControlPlane>, PasswordError> {
    let Configuration { database: Some(database), access_tokens: Some(access_tokens), replica, uploads, .. } =
        configuration
    else {
        return Ok(None);
    };
    Ok(Some(ControlPlane {
        store: Arc::new(MySqlStore::new(database, replica.as_ref())),
        access_tokens: access_tokens.clone(),
        hasher: Hasher::new(thread::available_parallelism().map_or(1, usize::from))?,
        files: match uploads {
            Some((bucket, url)) => Some(Arc::new(S3Files::new(&aws().await, bucket.clone(), url))),
            None => None,
        },
        clock: Arc::new(clock),
        limits: RateLimits::new(configuration.http.rates),
        job_written: Arc::default(),
    }))
}

/// The queue that the configuration names.
async fn open_queue(configuration: &Configuration) -> Option<Arc<dyn Queue>> {
    let url = configuration.queue_url.clone()?;
    Some(Arc::new(SqsQueue::new(&aws().await, url)))
}

/// As the SDK's own variables say.
async fn aws() -> aws_config::SdkConfig {
    aws_config::defaults(aws_config::BehaviorVersion::latest()).load().await
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
