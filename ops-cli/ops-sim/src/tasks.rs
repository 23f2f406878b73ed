use std::time::Duration;

use ops_model::observation::{LoadBalancerSettings, ObservedContainer, ObservedTask, TargetHealth, TargetState};
use ops_model::task_definition::TaskDefinition;

use crate::images::{ImageBehaviour, Images, digest};
use crate::timing::{Timing, after};

/// How long ECS remembers a stopped task.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html>
pub(crate) const STOPPED_TASK_MEMORY: Duration = Duration::from_secs(3600);

/// One task of a service.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) arn: String,
    /// Index of the service revision that it runs.
    pub(crate) revision: usize,
    pub(crate) task_definition: String,
    /// Name and image of each container.
    pub(crate) containers: Vec<(String, String)>,
    pub(crate) load_balancers: Vec<LoadBalancerSettings>,
    pub(crate) address: String,
    /// The essential image that cannot be pulled.
    pub(crate) missing_image: Option<String>,
    /// Whether its containers ever ran.
    pub(crate) ran: bool,
    pub(crate) fate: Fate,
    pub(crate) phase: Phase,
    pub(crate) stop: Option<Stop>,
}

/// Where a task is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Pending,
    Running { healthy: bool },
    Draining { until: Duration },
    Stopping { until: Duration },
    Stopped { at: Duration },
}

/// What will become of a task if nobody stops it. Decided when it starts, by its images.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fate {
    /// When the image is pulled, or found not to be there.
    pub(crate) pulled_at: Duration,
    pub(crate) healthy_at: Option<Duration>,
    /// When its target is unhealthy, if it is not healthy by then.
    pub(crate) target_unhealthy_at: Duration,
    /// When ECS gives up on it, if it is not healthy by then.
    pub(crate) given_up_at: Option<Duration>,
    pub(crate) exits_at: Option<(Duration, i32)>,
}

/// Why a task stopped.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
    pub(crate) exit_code: Option<i32>,
    pub(crate) container_reason: Option<String>,
}

impl Stop {
    pub(crate) fn by_scheduler(reason: String) -> Self {
        Self { code: "ServiceSchedulerInitiated", reason, exit_code: None, container_reason: None }
    }
}

impl Fate {
    pub(crate) fn decide(
        now: Duration,
        timing: &Timing,
        images: &Images,
        content: &TaskDefinition,
        load_balancers: &[LoadBalancerSettings],
        grace: Duration,
    ) -> Self {
        let essential = || {
            let containers = content.containers.iter().filter(|container| container.essential);
            containers.map(|container| images.behaviour(&container.image))
        };
        let pulled_at = after(now, timing.provisioning);
        let exits_at = essential()
            .filter_map(|behaviour| match behaviour {
                ImageBehaviour::Crashes { exit_code, after: lifetime } => Some((after(pulled_at, lifetime), exit_code)),
                _ => None,
            })
            .min();
        let target_unhealthy_at = after(pulled_at, timing.health_check_interval * timing.unhealthy_threshold);
        let mut fate = Self { pulled_at, healthy_at: None, target_unhealthy_at, given_up_at: None, exits_at };
        if load_balancers.is_empty() {
            fate.healthy_at = Some(after(pulled_at, timing.running_before_healthy));
        } else {
            fate.healthy_at = load_balancers
                .iter()
                .map(|balanced| content.containers.iter().find(|container| container.name == balanced.container))
                .map(|container| answers_from(images.behaviour(&container?.image)))
                .collect::<Option<Vec<_>>>()
                .and_then(|starts| starts.into_iter().max())
                .map(|start| {
                    let checks = timing.health_check_interval * timing.healthy_threshold;
                    after(after(pulled_at, start), checks)
                });
            fate.given_up_at = Some(target_unhealthy_at.max(after(pulled_at, grace)));
        }
        fate
    }
}

/// How long after its start a container answers health checks; `None` for never.
fn answers_from(behaviour: ImageBehaviour) -> Option<Duration> {
    match behaviour {
        ImageBehaviour::Healthy { start } => Some(start),
        ImageBehaviour::Crashes { .. } => Some(Duration::ZERO),
        ImageBehaviour::NeverHealthy | ImageBehaviour::CannotBePulled => None,
    }
}

impl Task {
    /// Pending or running: what the percentages of a rollout are about.
    pub(crate) fn is_alive(&self) -> bool {
        matches!(self.phase, Phase::Pending | Phase::Running { .. })
    }

    pub(crate) fn is_healthy(&self) -> bool {
        self.phase == Phase::Running { healthy: true }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        matches!(self.phase, Phase::Stopped { .. })
    }

    /// When something happens to it next by itself.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        match self.phase {
            Phase::Pending => Some(self.fate.pulled_at),
            Phase::Running { healthy } => {
                let exit = self.fate.exits_at.map(|(at, _)| at);
                let proof = if healthy { [None, None] } else { [self.fate.healthy_at, self.fate.given_up_at] };
                [exit, proof[0], proof[1]].into_iter().flatten().min()
            }
            Phase::Draining { until } | Phase::Stopping { until } => Some(until),
            Phase::Stopped { .. } => None,
        }
    }

    /// Begins to stop it: out of the load balancer first, if it is in one.
    pub(crate) fn stop(&mut self, now: Duration, timing: &Timing, stop: Stop) {
        let registered = matches!(self.phase, Phase::Running { .. }) && !self.load_balancers.is_empty();
        self.phase = if registered {
            Phase::Draining { until: after(now, timing.draining) }
        } else {
            Phase::Stopping { until: after(now, timing.stopping) }
        };
        self.stop = Some(stop);
    }

    /// Ends it at once.
    pub(crate) fn end(&mut self, now: Duration, stop: Stop) {
        self.phase = Phase::Stopped { at: now };
        self.stop = Some(stop);
    }

    pub(crate) fn observed(&self, now: Duration) -> Option<ObservedTask> {
        if let Phase::Stopped { at } = self.phase
            && now.saturating_sub(at) >= STOPPED_TASK_MEMORY
        {
            return None;
        }
        let containers = self.containers.iter().map(|(name, image)| ObservedContainer {
            name: name.clone(),
            image_digest: self.ran.then(|| digest(image)),
            exit_code: self.stop.as_ref().filter(|_| self.is_stopped()).and_then(|stop| stop.exit_code),
            reason: self.stop.as_ref().and_then(|stop| stop.container_reason.clone()),
        });
        Some(ObservedTask {
            arn: self.arn.clone(),
            task_definition: self.task_definition.clone(),
            last_status: self.last_status().to_owned(),
            stop_code: self.stop.as_ref().map(|stop| stop.code.to_owned()),
            stopped_reason: self.stop.as_ref().map(|stop| stop.reason.clone()),
            containers: containers.collect(),
        })
    }

    fn last_status(&self) -> &'static str {
        match self.phase {
            Phase::Pending => "PENDING",
            Phase::Running { .. } => "RUNNING",
            Phase::Draining { .. } => "DEACTIVATING",
            Phase::Stopping { .. } => "STOPPING",
            Phase::Stopped { .. } => "STOPPED",
        }
    }

    /// Its entry in a target group, while it has one.
    pub(crate) fn target(&self, now: Duration, target_group: &str) -> Option<TargetHealth> {
        let balanced = self.load_balancers.iter().find(|balanced| balanced.target_group_arn == target_group)?;
        let (state, reason) = match self.phase {
            Phase::Running { healthy: true } => (TargetState::Healthy, None),
            Phase::Running { healthy: false } if now >= self.fate.target_unhealthy_at => {
                (TargetState::Unhealthy, Some("Target.FailedHealthChecks"))
            }
            Phase::Running { healthy: false } => (TargetState::Initial, Some("Elb.InitialHealthChecking")),
            Phase::Draining { .. } => (TargetState::Draining, Some("Target.DeregistrationInProgress")),
            Phase::Pending | Phase::Stopping { .. } | Phase::Stopped { .. } => return None,
        };
        let target = format!("{}:{}", self.address, balanced.port);
        Some(TargetHealth { target, state, reason: reason.map(str::to_owned) })
    }
}
