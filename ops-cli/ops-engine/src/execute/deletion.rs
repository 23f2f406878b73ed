//! Removing a service, and waiting until it is gone.

use std::time::Duration;

use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Change, Kind};
use ops_model::rollout::TaskCounts;

use super::{Execution, refused, verdict};
use crate::event::{Event, Progress};
use crate::pace::{Pace, Wait};
use crate::permission::Destruction;

/// `leave`: somebody, or the deletion breaker, said yes.
pub(super) async fn delete(execution: &Execution<'_>, change: &Change, leave: Option<&Destruction>) -> ChangeOutcome {
    if leave.is_none() {
        let reason = "nobody gave leave to delete the service".to_owned();
        return verdict(Kind::Service, &change.name, Outcome::NotStarted, Some(reason));
    }
    match execution.cloud.containers.delete_service(execution.cluster, &change.name).await {
        Ok(()) => {}
        Err(error) if error.is_not_found() => {}
        Err(error) => return refused(Kind::Service, &change.name, &error),
    }
    until_gone(execution, change)
        .await
        .unwrap_or_else(|| verdict(Kind::Service, &change.name, Outcome::Succeeded, None))
}

/// `None` once no service of this name is there; otherwise why we stopped waiting.
pub(super) async fn until_gone(execution: &Execution<'_>, change: &Change) -> Option<ChangeOutcome> {
    let mut pace = Pace::new(Duration::from_secs(change.timeout_seconds.into()), &execution.cancelled);
    let mut last = None;
    loop {
        let names = std::slice::from_ref(&change.name);
        match execution.cloud.containers.describe_services(execution.cluster, names).await {
            Ok(services) => {
                pace.read_succeeded();
                let service = services.first()?;
                let tasks = TaskCounts { requested: 0, running: service.running_count, pending: service.pending_count };
                let last_event = service.events.first().map(|event| event.message.clone());
                let progress = Progress { tasks, last_event, ..Progress::default() };
                if last.as_ref() != Some(&progress) {
                    last = Some(progress.clone());
                    execution.events.send(Event::Progress { service: change.name.clone(), progress });
                }
            }
            Err(error) if pace.read_failed() || !error.is_passing() => {
                return Some(refused(Kind::Service, &change.name, &error));
            }
            Err(_) => {}
        }
        let (outcome, why) = match pace.wait().await {
            Wait::Again => continue,
            Wait::DeadlinePassed => (Outcome::TimedOut, "the service is still draining"),
            Wait::Cancelled => (Outcome::Interrupted, "interrupted while the service was draining"),
        };
        return Some(verdict(Kind::Service, &change.name, outcome, Some(why.to_owned())));
    }
}
