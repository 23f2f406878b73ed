//! Follows the one rollout that we started or adopted, by its ARN, to its verdict. "The service is stable"
//! is never asked: it is true of a rollout that was taken back, too.

use std::collections::BTreeSet;
use std::time::Duration;

use ops_model::observation::{ObservedService, TargetHealth};
use ops_model::outcome::{ChangeOutcome, Evidence, Outcome};
use ops_model::plan::{Change, Kind};
use ops_model::rollout::{Rollout, RolloutStatus, TaskCounts, WaitingHook};
use tokio::time::Instant;

use super::Execution;
use super::evidence::{self, Suspect};
use crate::cloud::CloudError;
use crate::error_chain::error_chain;
use crate::event::{Event, Progress};
use crate::health::{self, Health};
use crate::pace::{Pace, Wait};

/// How long ECS may take to list the service deployment that a call has started.
const TIME_TO_APPEAR: Duration = Duration::from_secs(120);

/// How long `DescribeServices` may lag behind `CreateService` and `UpdateService`.
const TIME_TO_SHOW: Duration = Duration::from_secs(30);

/// What the service has to run in the end.
pub(super) struct Expectation {
    /// ARN with revision.
    pub(super) task_definition: String,
}

pub(crate) struct Follower<'a> {
    execution: &'a Execution<'a>,
    service: &'a str,
    timeout_seconds: u32,
    /// Id of a hook that we have ended: ECS may list it for a while yet.
    ended: Option<&'a str>,
}

/// The live service and its healthy targets, read together.
struct Look {
    service: Option<ObservedService>,
    health: Health,
}

impl<'a> Follower<'a> {
    pub(super) fn of(execution: &'a Execution<'a>, change: &'a Change) -> Self {
        Self { execution, service: &change.name, timeout_seconds: change.timeout_seconds, ended: None }
    }

    /// Of a rollout whose hook somebody has just ended through ops.
    pub(crate) fn after_hook(
        execution: &'a Execution<'a>,
        service: &'a str,
        timeout_seconds: u32,
        hook: &'a WaitingHook,
    ) -> Self {
        Self { execution, service, timeout_seconds, ended: Some(&hook.id) }
    }

    /// Finds the rollout that our call started, among those that were not there before, and follows it.
    ///
    /// A call whose answer was lost may still have been carried out: then its rollout is found all the same.
    pub(super) async fn find_and_follow(
        &self,
        sent: Result<(), CloudError>,
        known: &BTreeSet<String>,
        expectation: &Expectation,
    ) -> Result<ChangeOutcome, CloudError> {
        let sent = match sent {
            Err(error) if !error.is_passing() => return Err(error),
            sent => sent,
        };
        let mut pace = Pace::new(TIME_TO_APPEAR, &self.execution.cancelled);
        loop {
            match self.execution.cloud.containers.rollouts(self.execution.cluster, self.service).await {
                Ok(rollouts) => {
                    pace.read_succeeded();
                    // Newest first, so the last match is the first that appeared after our call.
                    let ours = rollouts.iter().rev().find(|rollout| {
                        !known.contains(&rollout.id) && rollout.task_definition == expectation.task_definition
                    });
                    if let Some(rollout) = ours {
                        let rollout = rollout.id.clone();
                        let service = self.service.to_owned();
                        self.execution.events.send(Event::RolloutStarted { service, rollout: rollout.clone() });
                        return Ok(self.follow(&rollout).await);
                    }
                }
                Err(error) if pace.read_failed() || !(error.is_passing() || error.is_not_found()) => return Err(error),
                Err(_) => {}
            }
            match pace.wait().await {
                Wait::Again => {}
                Wait::Cancelled => {
                    let reason = "interrupted before ECS listed the rollout; it goes on by itself".to_owned();
                    return Ok(super::verdict(Kind::Service, self.service, Outcome::Interrupted, Some(reason)));
                }
                Wait::DeadlinePassed => {
                    sent?;
                    let reason = format!("ECS listed no rollout of {} after our call", expectation.task_definition);
                    return Ok(super::verdict(Kind::Service, self.service, Outcome::Failed, Some(reason)));
                }
            }
        }
    }

    /// Follows a rollout to its end, or to ours.
    pub(crate) async fn follow(&self, id: &str) -> ChangeOutcome {
        let mut pace = Pace::new(Duration::from_secs(self.timeout_seconds.into()), &self.execution.cancelled);
        let mut last_progress = None;
        let mut seen = Seen::default();
        loop {
            match self.look_at(id).await {
                Ok((None, _)) => {
                    let reason = "ECS no longer knows the rollout: the service was deleted".to_owned();
                    return self.conclude(id, seen, Outcome::Failed, Some(reason)).await;
                }
                Ok((Some(rollout), mut look)) => {
                    pace.read_succeeded();
                    self.report(&mut last_progress, Some(&rollout), &look);
                    let judged = self.judge(&rollout, &look, &mut seen.shows_by).await;
                    seen.rollout = Some(rollout);
                    // By the time of the verdict they are gone from the target group.
                    if !look.health.unhealthy.is_empty() {
                        seen.unhealthy = std::mem::take(&mut look.health.unhealthy);
                    }
                    if let Some((outcome, reason)) = judged {
                        return self.conclude(id, seen, outcome, reason).await;
                    }
                }
                Err(error) if pace.read_failed() || !error.is_passing() => {
                    let reason = format!("lost sight of the rollout, which goes on in ECS: {}", error_chain(&error));
                    return self.conclude(id, seen, Outcome::TimedOut, Some(reason)).await;
                }
                Err(_) => {}
            }
            let (outcome, reason) = match pace.wait().await {
                Wait::Again => continue,
                Wait::Cancelled => (Outcome::Interrupted, "interrupted; the rollout goes on in ECS".to_owned()),
                Wait::DeadlinePassed => (
                    Outcome::TimedOut,
                    format!("still running after {} seconds; it goes on in ECS", self.timeout_seconds),
                ),
            };
            return self.conclude(id, seen, outcome, Some(reason)).await;
        }
    }

    /// After a change that starts no rollout: until as many tasks run, and are healthy, as were asked for.
    pub(super) async fn until_counts_match(
        &self,
        desired_count: Option<u32>,
        expectation: &Expectation,
    ) -> ChangeOutcome {
        let mut pace = Pace::new(Duration::from_secs(self.timeout_seconds.into()), &self.execution.cancelled);
        let mut last_progress = None;
        let shows_by = Instant::now() + TIME_TO_SHOW;
        // Scaling may move the count on at once.
        let asked = desired_count.filter(|_| !self.execution.observation.scaling.contains_key(self.service));
        let done = |outcome, reason| ChangeOutcome {
            task_definition: Some(expectation.task_definition.clone()),
            ..super::verdict(Kind::Service, self.service, outcome, reason)
        };
        loop {
            match self.look().await {
                Ok(look) => {
                    pace.read_succeeded();
                    self.report(&mut last_progress, None, &look);
                    match &look.service {
                        None => return done(Outcome::Failed, Some("somebody deleted the service".to_owned())),
                        Some(service) if asked.is_some_and(|asked| Some(asked) != service.settings.desired_count()) => {
                            if Instant::now() > shows_by {
                                let count = service.settings.desired_count().unwrap_or_default();
                                let reason = format!("somebody set the count to {count} meanwhile");
                                return done(Outcome::Superseded, Some(reason));
                            }
                        }
                        Some(service)
                            if look.serves(service)
                                && Some(service.running_count) == service.settings.desired_count() =>
                        {
                            return done(Outcome::Succeeded, None);
                        }
                        Some(_) => {}
                    }
                }
                Err(error) if pace.read_failed() || !error.is_passing() => {
                    return done(Outcome::TimedOut, Some(error_chain(&error)));
                }
                Err(_) => {}
            }
            let (outcome, reason) = match pace.wait().await {
                Wait::Again => continue,
                Wait::Cancelled => (Outcome::Interrupted, "interrupted; ECS goes on by itself"),
                Wait::DeadlinePassed => (Outcome::TimedOut, "not as many healthy tasks as declared"),
            };
            return done(outcome, Some(reason.to_owned()));
        }
    }

    /// `None`: not over yet.
    async fn judge(
        &self,
        rollout: &Rollout,
        look: &Look,
        shows_by: &mut Option<Instant>,
    ) -> Option<(Outcome, Option<String>)> {
        if rollout.paused().is_some_and(|hook| self.ended != Some(&hook.id)) {
            let wait = rollout.waits_for_person(self.execution.environment, self.service);
            return Some((Outcome::Paused, wait.map(|wait| format!("the rollout {wait}"))));
        }
        match rollout.status {
            RolloutStatus::Pending
            | RolloutStatus::InProgress
            | RolloutStatus::StopRequested
            | RolloutStatus::RollbackRequested
            | RolloutStatus::RollbackInProgress => None,
            RolloutStatus::RollbackSuccessful => Some((Outcome::RolledBack, None)),
            RolloutStatus::RollbackFailed => Some((Outcome::Failed, None)),
            RolloutStatus::Stopped => Some(self.stopped(rollout).await),
            RolloutStatus::Successful if !look.shows(rollout) && !is_over(shows_by) => None,
            RolloutStatus::Successful => match &look.service {
                None => Some((Outcome::Failed, Some("somebody deleted the service".to_owned()))),
                // Seen, not assumed: the revision is ours, and its tasks are healthy behind the load balancer.
                Some(service) if service.task_definition.arn != rollout.task_definition => {
                    let by = &service.task_definition.arn;
                    Some((Outcome::Superseded, Some(format!("the service has since been moved to {by}"))))
                }
                Some(service) => look.serves(service).then_some((Outcome::Succeeded, None)),
            },
        }
    }

    /// A rollout is stopped by a newer one, or by a person.
    async fn stopped(&self, rollout: &Rollout) -> (Outcome, Option<String>) {
        let rollouts = self.execution.cloud.containers.rollouts(self.execution.cluster, self.service).await;
        let newer = rollouts.ok().and_then(|rollouts| {
            rollouts
                .into_iter()
                .take_while(|other| other.id != rollout.id)
                .find(|other| other.status != RolloutStatus::Stopped)
        });
        match newer {
            Some(newer) => {
                let reason = format!("a newer rollout took its place: {} to {}", newer.id, newer.task_definition);
                (Outcome::Superseded, Some(reason))
            }
            None => (Outcome::Stopped, rollout.status_reason.clone()),
        }
    }

    async fn conclude(&self, id: &str, seen: Seen, outcome: Outcome, reason: Option<String>) -> ChangeOutcome {
        let task_definition = seen.rollout.as_ref().map(|rollout| rollout.task_definition.clone());
        let (evidence, reason) = match &seen.rollout {
            Some(rollout) if !outcome.is_success() && outcome != Outcome::Paused => {
                let Execution { cloud, cluster, task_definitions, observation, .. } = self.execution;
                let content = task_definitions.content(observation, &rollout.task_definition).await;
                let suspect = Suspect {
                    cluster,
                    service: self.service,
                    task_definition: &rollout.task_definition,
                    content: content.as_ref(),
                    rollout: Some(rollout),
                };
                let collected = evidence::collect(cloud, suspect).await;
                let evidence = Evidence { targets: seen.unhealthy, ..collected };
                let reason = reason.unwrap_or_else(|| evidence::reason(rollout, &evidence));
                (evidence, Some(reason))
            }
            _ => (Evidence::default(), reason),
        };
        ChangeOutcome {
            kind: Kind::Service,
            name: self.service.to_owned(),
            outcome,
            rollout: Some(id.to_owned()),
            task_definition,
            reason,
            evidence,
        }
    }

    async fn look_at(&self, id: &str) -> Result<(Option<Rollout>, Look), CloudError> {
        futures::future::try_join(self.execution.cloud.containers.rollout(id), self.look()).await
    }

    async fn look(&self) -> Result<Look, CloudError> {
        let cloud = self.execution.cloud;
        let names = [self.service.to_owned()];
        let service = cloud.containers.describe_services(self.execution.cluster, &names).await?.into_iter().next();
        let health = match &service {
            Some(service) => health::look(cloud, service).await?,
            None => Health::default(),
        };
        Ok(Look { service, health })
    }

    fn report(&self, last: &mut Option<Progress>, rollout: Option<&Rollout>, look: &Look) {
        let Some(service) = &look.service else { return };
        let tasks = rollout.map_or(
            TaskCounts {
                requested: service.settings.desired_count().unwrap_or_default(),
                running: service.running_count,
                pending: service.pending_count,
            },
            |rollout| rollout.tasks,
        );
        let progress = Progress {
            status: rollout.map(|rollout| rollout.status),
            tasks,
            stage: rollout.and_then(|rollout| rollout.stage.clone()),
            traffic_percent: rollout.and_then(|rollout| rollout.traffic_percent),
            waiting: rollout.map(|rollout| rollout.waiting.clone()).unwrap_or_default(),
            healthy: look.health.healthy,
            last_event: service.events.first().map(|event| event.message.clone()),
        };
        if last.as_ref() != Some(&progress) {
            *last = Some(progress.clone());
            self.execution.events.send(Event::Progress { service: self.service.to_owned(), progress });
        }
    }
}

/// What is worth keeping of all the looks at a rollout.
#[derive(Default)]
struct Seen {
    rollout: Option<Rollout>,
    /// Until when it may have succeeded without a service that shows it.
    shows_by: Option<Instant>,
    /// The last targets that failed their health checks.
    unhealthy: Vec<TargetHealth>,
}

/// Whether a service has had the time to show what it was brought.
fn is_over(shows_by: &mut Option<Instant>) -> bool {
    let now = Instant::now();
    now > *shows_by.get_or_insert(now + TIME_TO_SHOW)
}

impl Look {
    fn shows(&self, rollout: &Rollout) -> bool {
        self.service.as_ref().is_some_and(|service| service.task_definition.arn == rollout.task_definition)
    }

    /// As many tasks as declared run, and the load balancer finds as many healthy.
    fn serves(&self, service: &ObservedService) -> bool {
        let wanted = service.settings.desired_count().unwrap_or_default();
        service.running_count >= wanted && self.health.healthy.is_none_or(|healthy| healthy >= wanted)
    }
}
