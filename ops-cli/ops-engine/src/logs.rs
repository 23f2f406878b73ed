//! The logs of services and tasks, interleaved by time.

mod follower;
mod merge;
mod streams;

use std::ops::ControlFlow;
use std::time::Duration;

use jiff::Timestamp;
use ops_model::declaration::Environment;
use ops_model::outcome::LogLine;
use ops_model::platform::Platform;
use tokio_util::sync::CancellationToken;

pub(crate) use follower::LogFollower;
pub(crate) use streams::{awslogs_streams, task_id};

use crate::clock::Clock;
use crate::cloud::{Cloud, CloudError, LogQuery};
use crate::observe::{ObserveError, surroundings};

/// How often new lines are asked for.
const FOLLOW_EVERY: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error("{environment} has no service or task {name}")]
    NoSuchName { environment: String, name: String },
    #[error("Terraform has not yet made the log group of {name}")]
    NotMade { environment: String, name: String },
    #[error("cannot read the logs of {environment}")]
    Cloud {
        environment: String,
        #[source]
        source: CloudError,
    },
}

/// Which lines are wanted.
pub struct LogRequest {
    /// Services and tasks; all of them when empty.
    pub names: Vec<String>,
    pub since: Timestamp,
    /// `None`: up to now.
    pub until: Option<Timestamp>,
    /// CloudWatch's filter pattern.
    pub pattern: Option<String>,
    /// Whether to wait for more after the last line. Not together with `until`.
    pub follow: bool,
}

/// Shows lines until there are no more, nobody wants more ([`ControlFlow::Break`]), or `cancelled`.
pub async fn logs(
    cloud: &Cloud,
    clock: &dyn Clock,
    environment: &Environment,
    request: &LogRequest,
    mut show: impl FnMut(LogLine) -> ControlFlow<()>,
    cancelled: &CancellationToken,
) -> Result<(), LogsError> {
    let platform = surroundings(cloud, environment).await?.platform;
    let queries = queries(environment, &platform, request)?;
    let unreadable = |source| LogsError::Cloud { environment: environment.environment.clone(), source };
    if !request.follow {
        tokio::select! {
            read = merge::read(cloud.logs.as_ref(), &queries, show) => return read.map_err(unreadable),
            () = cancelled.cancelled() => return Ok(()),
        }
    }
    let mut follower = LogFollower::new(queries);
    loop {
        match follower.poll(cloud.logs.as_ref(), clock.now()).await {
            Ok(lines) => {
                for line in lines {
                    if show(line).is_break() {
                        return Ok(());
                    }
                }
            }
            // What was not read now is read with the next lines.
            Err(error) if error.is_passing() => {}
            Err(error) => return Err(unreadable(error)),
        }
        tokio::select! {
            () = tokio::time::sleep(FOLLOW_EVERY) => {}
            () = cancelled.cancelled() => return Ok(()),
        }
    }
}

/// One query for each log group.
fn queries(environment: &Environment, platform: &Platform, request: &LogRequest) -> Result<Vec<LogQuery>, LogsError> {
    let declared = || environment.services.keys().chain(environment.tasks.keys());
    let names: Vec<_> = if request.names.is_empty() { declared().collect() } else { request.names.iter().collect() };
    let query = |name: &String| {
        let service = platform.services.get(name).map(|service| &service.log_group);
        let group = service.or_else(|| platform.tasks.get(name).map(|task| &task.log_group));
        let environment = environment.environment.clone();
        match group {
            Some(group) => Ok(LogQuery {
                group: group.clone(),
                stream_prefix: None,
                since: request.since,
                until: request.until,
                pattern: request.pattern.clone(),
            }),
            None if declared().any(|declared| declared == name) => {
                Err(LogsError::NotMade { environment, name: name.clone() })
            }
            None => Err(LogsError::NoSuchName { environment, name: name.clone() }),
        }
    };
    names.into_iter().map(query).collect()
}
