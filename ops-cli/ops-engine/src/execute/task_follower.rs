//! Follows one task to its end, and shows what it writes on the way.

use std::time::Duration;

use jiff::SignedDuration;
use ops_model::observation::ObservedTask;
use ops_model::outcome::{ChangeOutcome, Evidence, Outcome};
use ops_model::plan::Kind;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::task_definitions::Revision;
use super::task_verdict::{TaskVerdict, judge};
use super::{Execution, evidence, verdict};
use crate::error_chain::error_chain;
use crate::event::Event;
use crate::logs::{LogFollower, awslogs_streams, task_id};
use crate::pace::{Pace, Wait, persistently};

/// How long `DescribeTasks` may lag behind `RunTask`.
const TIME_TO_APPEAR: Duration = Duration::from_secs(60);
/// Longer than any container may take between SIGTERM and SIGKILL, which is two minutes.
const TIME_TO_STOP: Duration = Duration::from_secs(180);
/// Looks that bring no more lines before a log counts as read to its end.
const QUIET_LOOKS: u32 = 2;
/// Clocks differ a little; no task runs for longer than a day.
const LOG_OF_A_NEW_TASK: SignedDuration = SignedDuration::from_mins(5);
const LOG_OF_AN_ADOPTED_TASK: SignedDuration = SignedDuration::from_hours(48);

/// What to do with the task when we are to let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnInterrupt {
    /// It goes on; this says who finds it again, or how to stop it.
    LeaveRunning(&'static str),
    Stop,
}

pub(crate) struct TaskFollower<'a> {
    pub(crate) execution: &'a Execution<'a>,
    pub(crate) task: &'a str,
    pub(crate) revision: &'a Revision,
    pub(crate) timeout_seconds: u32,
    pub(crate) on_interrupt: OnInterrupt,
}

impl TaskFollower<'_> {
    /// Follows a task to its end, or to ours; `adopted`: somebody else started it.
    pub(crate) async fn follow(&self, arn: &str, adopted: bool) -> ChangeOutcome {
        let execution = self.execution;
        execution.events.send(Event::TaskStarted { task: self.task.to_owned(), arn: arn.to_owned(), adopted });
        let mut log = Log::new(self, arn, adopted);
        let mut pace = Pace::new(Duration::from_secs(self.timeout_seconds.into()), &execution.cancelled);
        let started = Instant::now();
        let mut last: Option<ObservedTask> = None;
        loop {
            match execution.cloud.containers.task(execution.cluster, arn).await {
                Ok(Some(task)) => {
                    pace.read_succeeded();
                    self.report(last.as_ref(), &task);
                    let judged = judge(&task, self.revision.content.as_ref());
                    last = Some(task);
                    if judged != TaskVerdict::Running {
                        log.show_rest().await;
                        return self.conclude(arn, last, judged, log.unread).await;
                    }
                    log.show().await;
                }
                Ok(None) if last.is_none() && started.elapsed() < TIME_TO_APPEAR => {}
                Ok(None) => {
                    let failed = TaskVerdict::Failed("ECS does not know the task any more".to_owned());
                    return self.conclude(arn, last, failed, log.unread).await;
                }
                Err(error) if pace.read_failed() || !error.is_passing() => {
                    let reason = format!("lost sight of the task, which goes on in ECS: {}", error_chain(&error));
                    return self.outcome(arn, Outcome::TimedOut, Some(reason), Evidence::default());
                }
                Err(_) => {}
            }
            match pace.wait().await {
                Wait::Again => {}
                Wait::Cancelled => return self.let_go(arn, &mut log).await,
                Wait::DeadlinePassed => {
                    let why = format!("it was still running after {} seconds, its time-out", self.timeout_seconds);
                    let last = match self.stop(arn, &why).await {
                        Ok(stopped) => stopped.or(last),
                        Err(error) => {
                            let reason = format!("{why}, and could not be stopped: {error}");
                            return self.outcome(arn, Outcome::Failed, Some(reason), Evidence::default());
                        }
                    };
                    log.show_rest().await;
                    return self.conclude(arn, last, TaskVerdict::Failed(why), log.unread).await;
                }
            }
        }
    }

    async fn let_go(&self, arn: &str, log: &mut Log<'_>) -> ChangeOutcome {
        let reason = match self.on_interrupt {
            OnInterrupt::LeaveRunning(what_then) => format!("interrupted; the task goes on in ECS: {what_then}"),
            OnInterrupt::Stop => match self.stop(arn, "interrupted").await {
                Ok(_) => {
                    log.show_rest().await;
                    "interrupted, and the task was stopped".to_owned()
                }
                Err(error) => format!("interrupted, and the task could not be stopped: {error}"),
            },
        };
        self.outcome(arn, Outcome::Interrupted, Some(reason), Evidence::default())
    }

    /// Stops the task and waits until it has; the task as it was last seen.
    async fn stop(&self, arn: &str, why: &str) -> Result<Option<ObservedTask>, String> {
        let Execution { cloud, cluster, .. } = self.execution;
        // Being interrupted is why we are here.
        let goes_on = CancellationToken::new();
        let stopped = persistently(&goes_on, async || cloud.containers.stop_task(cluster, arn, why).await).await;
        stopped.map_err(|error| error_chain(&error))?;
        let mut pace = Pace::new(TIME_TO_STOP, &goes_on);
        loop {
            let task = cloud.containers.task(cluster, arn).await;
            let stopped = matches!(&task, Ok(Some(task)) if task.last_status == "STOPPED");
            if stopped || pace.wait().await != Wait::Again {
                return Ok(task.ok().flatten());
            }
        }
    }

    async fn conclude(
        &self,
        arn: &str,
        task: Option<ObservedTask>,
        judged: TaskVerdict,
        unread: Option<String>,
    ) -> ChangeOutcome {
        let TaskVerdict::Failed(reason) = judged else {
            return self.outcome(arn, Outcome::Succeeded, None, Evidence::default());
        };
        let tasks = task.into_iter().collect();
        let mut evidence = Evidence { tasks, unread: unread.into_iter().collect(), ..Evidence::default() };
        evidence::read_logs(self.execution.cloud, self.revision.content.as_ref(), &mut evidence).await;
        self.outcome(arn, Outcome::Failed, Some(reason), evidence)
    }

    fn outcome(&self, arn: &str, outcome: Outcome, reason: Option<String>, evidence: Evidence) -> ChangeOutcome {
        ChangeOutcome {
            rollout: Some(arn.to_owned()),
            task_definition: Some(self.revision.arn.clone()),
            evidence,
            ..verdict(Kind::Task, self.task, outcome, reason)
        }
    }

    fn report(&self, last: Option<&ObservedTask>, task: &ObservedTask) {
        if last.is_none_or(|last| last.last_status != task.last_status) {
            let status = task.last_status.clone();
            self.execution.events.send(Event::TaskProgress { task: self.task.to_owned(), status });
        }
    }
}

/// The log of the task, as far as it was shown.
struct Log<'a> {
    execution: &'a Execution<'a>,
    task: &'a str,
    follower: LogFollower,
    /// Why it cannot be read: said once, at the end. A task may run for all that.
    unread: Option<String>,
}

impl<'a> Log<'a> {
    fn new(of: &TaskFollower<'a>, arn: &str, adopted: bool) -> Self {
        let streams = of.revision.content.as_ref().map(|content| awslogs_streams(content, task_id(arn)));
        let age = if adopted { LOG_OF_AN_ADOPTED_TASK } else { LOG_OF_A_NEW_TASK };
        let since = of.execution.clock.now() - age;
        let follower = LogFollower::of_task(streams.unwrap_or_default(), since);
        Self { execution: of.execution, task: of.task, follower, unread: None }
    }

    /// Whether there were new lines.
    async fn show(&mut self) -> bool {
        if self.unread.is_some() {
            return false;
        }
        let Execution { cloud, clock, events, .. } = self.execution;
        match self.follower.poll(cloud.logs.as_ref(), clock.now()).await {
            Ok(lines) => {
                let any = !lines.is_empty();
                for line in lines {
                    events.send(Event::Log { task: self.task.to_owned(), line });
                }
                any
            }
            // The stream is made by the first line; what passes is read with the next lines.
            Err(error) if error.is_passing() || error.is_not_found() => false,
            Err(error) => {
                self.unread = Some(error_chain(&error));
                false
            }
        }
    }

    /// The last lines reach CloudWatch a little after the end.
    async fn show_rest(&mut self) {
        let mut quiet = 0;
        while quiet < QUIET_LOOKS {
            quiet = if self.show().await { 0 } else { quiet + 1 };
            if quiet < QUIET_LOOKS {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}
