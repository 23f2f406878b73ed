//! Removing a service, and waiting until it is gone.

use std::time::Duration;

use ops_model::outcome::{Outcome, ServiceOutcome};
use ops_model::plan::ServiceChange;
use ops_model::rollout::TaskCounts;

use super::{Execution, verdict};
use crate::error_chain::error_chain;
use crate::event::{Event, Progress};
use crate::pace::{Pace, Wait};

pub(super) async fn delete(execution: &Execution<'_>, change: &ServiceChange) -> ServiceOutcome {
    match execution.cloud.containers.delete_service(execution.cluster, &change.service).await {
        Ok(()) => {}
        Err(error) if error.is_not_found() => {}
        Err(error) => return verdict(&change.service, Outcome::Failed, Some(error_chain(&error))),
    }
    until_gone(execution, change).await.unwrap_or_else(|| verdict(&change.service, Outcome::Succeeded, None))
}

/// `None` once no service of this name is there; otherwise why we stopped waiting.
pub(super) async fn until_gone(execution: &Execution<'_>, change: &ServiceChange) -> Option<ServiceOutcome> {
    let mut pace = Pace::new(Duration::from_secs(change.timeout_seconds.into()), &execution.cancelled);
    let mut last = None;
    loop {
        let names = std::slice::from_ref(&change.service);
        match execution.cloud.containers.describe_services(execution.cluster, names).await {
            Ok(services) => {
                pace.read_succeeded();
                let service = services.first()?;
                let tasks = TaskCounts { requested: 0, running: service.running_count, pending: service.pending_count };
                let last_event = service.events.first().map(|event| event.message.clone());
                let progress = Progress { status: None, tasks, healthy: None, last_event };
                if last.as_ref() != Some(&progress) {
                    last = Some(progress.clone());
                    execution.events.send(Event::Progress { service: change.service.clone(), progress });
                }
            }
            Err(error) if pace.read_failed() || !error.is_passing() => {
                return Some(verdict(&change.service, Outcome::Failed, Some(error_chain(&error))));
            }
            Err(_) => {}
        }
        let (outcome, why) = match pace.wait().await {
            Wait::Again => continue,
            Wait::DeadlinePassed => (Outcome::TimedOut, "the service is still draining"),
            Wait::Cancelled => (Outcome::Interrupted, "interrupted while the service was draining"),
        };
        return Some(verdict(&change.service, outcome, Some(why.to_owned())));
    }
}
