//! What happens during a reconcile, told to whoever called. The engine prints nothing.

use std::sync::Arc;

use ops_model::outcome::{ChangeOutcome, LogLine};
use ops_model::plan::{ChangeClass, GateOverride, Kind, Plan};
use ops_model::rollout::{RolloutStatus, TaskCounts, WaitingHook};
use tokio::sync::mpsc::UnboundedSender;

use crate::lease::Holder;

#[derive(Debug, Clone)]
pub enum Event {
    /// Somebody else reconciles this environment; we wait for them.
    WaitingForLease {
        holder: Holder,
    },
    /// Somebody passes gates of the environment; told before anything is done.
    Overriding {
        overrides: Vec<GateOverride>,
    },
    /// Shared, for a plan of a large site is large.
    Planned {
        plan: Arc<Plan>,
    },
    WaveStarted {
        number: usize,
        of: usize,
        changes: Vec<(Kind, String)>,
    },
    ChangeStarted {
        kind: Kind,
        name: String,
        class: ChangeClass,
    },
    TaskDefinitionRegistered {
        /// Service or task.
        name: String,
        arn: String,
    },
    RolloutStarted {
        service: String,
        rollout: String,
    },
    /// Sent only when something differs from the last one.
    Progress {
        service: String,
        progress: Progress,
    },
    /// A task runs; `adopted`: an earlier process started it.
    TaskStarted {
        task: String,
        arn: String,
        adopted: bool,
    },
    /// ECS's word for where a task stands, such as `PENDING`. Sent only when it has changed.
    TaskProgress {
        task: String,
        status: String,
    },
    /// How far a site has come. Sent a few times a second at most.
    SiteProgress {
        site: String,
        step: SiteStep,
        done: usize,
        of: usize,
    },
    /// What a task wrote while we waited for it.
    Log {
        task: String,
        line: LogLine,
    },
    /// A rule of a security group was added.
    RuleAuthorized {
        group: String,
        /// Terraform's name of the rule.
        rule: String,
        id: String,
        /// Address that Terraform has to import it to; `None` where that is not needed.
        terraform: Option<String>,
    },
    ChangeFinished {
        outcome: Box<ChangeOutcome>,
    },
    /// Everything is deployed; now these scenarios are run.
    VerificationStarted {
        scenarios: Vec<String>,
    },
    /// It is tried again.
    ScenarioAttemptFailed {
        scenario: String,
        attempt: u32,
        of: u32,
        why: String,
    },
    /// What was deployed is taken back, because these scenarios failed.
    RollingBack {
        scenarios: Vec<String>,
    },
}

/// What is being done to a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SiteStep {
    /// Files of the bundle are brought into the bucket, where nobody asks for them yet.
    Uploading,
    /// Files are put into the place of those that are served.
    Flipping,
    /// The edges forget what they had.
    Invalidating,
    /// What no build needs is deleted.
    Tidying,
}

/// How far a service has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// `None` while no rollout is involved.
    pub status: Option<RolloutStatus>,
    pub tasks: TaskCounts,
    /// Where a rollout that shifts traffic stands, in ECS's word: `BAKE_TIME`.
    pub stage: Option<String>,
    /// Percentage of the traffic that the new revision gets; `None` where ECS shifts none.
    pub traffic_percent: Option<u32>,
    /// Hooks that the rollout waits for, soonest to expire first.
    pub waiting: Vec<WaitingHook>,
    /// Healthy targets in the load balancer; `None` for a service without one.
    pub healthy: Option<u32>,
    /// ECS's latest event.
    pub last_event: Option<String>,
}

/// Where events go. A receiver that is gone stops nobody.
#[derive(Debug, Clone)]
pub struct EventSink(Option<UnboundedSender<Event>>);

impl EventSink {
    #[must_use]
    pub fn new(sender: UnboundedSender<Event>) -> Self {
        Self(Some(sender))
    }

    /// Nobody listens.
    #[must_use]
    pub fn silent() -> Self {
        Self(None)
    }

    pub(crate) fn send(&self, event: Event) {
        if let Some(sender) = &self.0 {
            // The only error is that the receiver is gone.
            let _ = sender.send(event);
        }
    }
}
