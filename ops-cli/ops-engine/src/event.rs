//! What happens during a reconcile, told to whoever called. The engine prints nothing.

use ops_model::outcome::ServiceOutcome;
use ops_model::plan::{ChangeClass, Plan};
use ops_model::rollout::{RolloutStatus, TaskCounts};
use tokio::sync::mpsc::UnboundedSender;

use crate::lease::Holder;

#[derive(Debug, Clone)]
pub enum Event {
    /// Somebody else reconciles this environment; we wait for them.
    WaitingForLease {
        holder: Holder,
    },
    Planned {
        plan: Plan,
    },
    WaveStarted {
        number: usize,
        of: usize,
        services: Vec<String>,
    },
    ServiceStarted {
        service: String,
        class: ChangeClass,
    },
    TaskDefinitionRegistered {
        service: String,
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
    ServiceFinished {
        outcome: ServiceOutcome,
    },
}

/// How far a service has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// `None` while no rollout is involved.
    pub status: Option<RolloutStatus>,
    pub tasks: TaskCounts,
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
