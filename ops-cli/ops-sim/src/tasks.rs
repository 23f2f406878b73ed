use std::time::Duration;

use ops_model::observation::{ObservedContainer, ObservedTask, TargetHealth, TargetState};
use ops_model::task_definition::TaskDefinition;

use crate::balancers::Balanced;
use crate::container_fates::{self, ContainerFate, answers_from};
use crate::images::{ImageBehaviour, Images, digest};
use crate::timing::{Timing, after};

/// How long ECS remembers a stopped task.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html>
pub(crate) const STOPPED_TASK_MEMORY: Duration = Duration::from_secs(3600);

/// One task, of a service or of its own.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) arn: String,
    /// Index of the service revision that it runs.
    pub(crate) revision: usize,
    pub(crate) task_definition: String,
    pub(crate) containers: Vec<TaskContainer>,
    pub(crate) balanced: Vec<Balanced>,
    pub(crate) address: String,
    /// Why it cannot start.
    pub(crate) obstacle: Option<Obstacle>,
    /// Whether its containers ever ran.
    pub(crate) ran: bool,
    pub(crate) fate: Fate,
    pub(crate) phase: Phase,
    pub(crate) stop: Option<Stop>,
}

#[derive(Debug, Clone)]
pub(crate) struct TaskContainer {
    pub(crate) name: String,
    pub(crate) image: String,
    pub(crate) fate: ContainerFate,
}

/// Why a task cannot start: ECS's words, and the container that they are about.
#[derive(Debug, Clone)]
pub(crate) struct Obstacle {
    pub(crate) container: String,
    pub(crate) reason: String,
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
    /// When its first essential container exits.
    pub(crate) exits_at: Option<Duration>,
    /// When it is clear that an essential container will never start.
    pub(crate) refused_at: Option<Duration>,
}

/// Why a task stopped.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Fate {
    /// `grace`: for how long health checks are forgiven; `None` when nobody looks at them, as with a task of its own.
    pub(crate) fn decide(
        now: Duration,
        timing: &Timing,
        images: &Images,
        content: &TaskDefinition,
        balanced: &[Balanced],
        grace: Option<Duration>,
    ) -> (Self, Vec<ContainerFate>) {
        let pulled_at = after(now, timing.provisioning);
        let fates = container_fates::decide(content, images, pulled_at);
        let (by_check, unhealthy_at) = container_fates::essential_health(content, &fates, timing, pulled_at);
        let essential = || content.containers().zip(&fates).filter(|(one, _)| one.essential()).map(|(_, fate)| fate);
        let target_unhealthy_at = after(pulled_at, timing.health_check_interval * timing.unhealthy_threshold);
        let by_target = balanced.iter().map(|balanced| {
            let (container, fate) =
                content.containers().zip(&fates).find(|(one, _)| one.name() == balanced.container)?;
            let answers = after(fate.starts_at?, answers_from(images.behaviour(container.image()))?);
            Some(after(answers, timing.health_check_interval * timing.healthy_threshold))
        });
        let by_target: Option<Vec<_>> = by_target.collect();
        let has_check = unhealthy_at.is_some();
        let healthy_at = match (balanced.is_empty(), by_target.and_then(|moments| moments.into_iter().max())) {
            (true, _) => by_check,
            // Where a load balancer asks, a task without a check of its own need not run for a while first.
            (false, by_target) if !has_check => by_target,
            (false, by_target) => by_target.zip(by_check).map(|(one, other)| one.max(other)),
        };
        let target_given_up = Some(target_unhealthy_at).filter(|_| !balanced.is_empty());
        let given_up_at = grace.and_then(|grace| {
            let first = [target_given_up, unhealthy_at].into_iter().flatten().min();
            first.map(|first| first.max(after(pulled_at, grace)))
        });
        let fate = Self {
            pulled_at,
            healthy_at,
            target_unhealthy_at,
            given_up_at,
            exits_at: essential().filter_map(|fate| fate.exits_at).map(|(at, _)| at).min(),
            refused_at: essential().filter_map(|fate| fate.refused_at).min(),
        };
        (fate, fates)
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

    /// Stopped so long ago that ECS has forgotten it.
    pub(crate) fn is_forgotten(&self, now: Duration) -> bool {
        matches!(self.phase, Phase::Stopped { at } if now.saturating_sub(at) >= STOPPED_TASK_MEMORY)
    }

    /// When something happens to it next by itself.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let Fate { pulled_at, healthy_at, given_up_at, exits_at, refused_at, .. } = self.fate;
        match self.phase {
            Phase::Pending => Some(pulled_at),
            Phase::Running { healthy: true } => [exits_at, refused_at].into_iter().flatten().min(),
            Phase::Running { healthy: false } => {
                [exits_at, refused_at, healthy_at, given_up_at].into_iter().flatten().min()
            }
            Phase::Draining { until } | Phase::Stopping { until } => Some(until),
            Phase::Stopped { .. } => None,
        }
    }

    /// Begins to stop it: out of the load balancer first, if it is in one.
    pub(crate) fn stop(&mut self, now: Duration, timing: &Timing, stop: Stop) {
        let registered = matches!(self.phase, Phase::Running { .. }) && !self.balanced.is_empty();
        self.phase = if registered {
            Phase::Draining { until: after(now, timing.draining) }
        } else {
            Phase::Stopping { until: after(now, timing.stopping) }
        };
        self.stop = Some(stop);
    }

    pub(crate) fn observed(&self, now: Duration) -> Option<ObservedTask> {
        if self.is_forgotten(now) {
            return None;
        }
        let containers = self.containers.iter().map(|container| ObservedContainer {
            name: container.name.clone(),
            image_digest: self.ran.then(|| digest(&container.image)),
            exit_code: self.exit_code(container, now),
            reason: self
                .obstacle
                .as_ref()
                .filter(|obstacle| obstacle.container == container.name && self.is_stopped())
                .map(|obstacle| obstacle.reason.clone()),
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

    /// Its own if it exited by itself; 0 if it was told to stop, which it obeys; none if it never ran.
    fn exit_code(&self, container: &TaskContainer, now: Duration) -> Option<i32> {
        let end = match self.phase {
            Phase::Stopped { at } => Some(at),
            _ => None,
        };
        let moment = end.unwrap_or(now);
        let started = self.ran && container.fate.starts_at.is_some_and(|at| at <= moment);
        match container.fate.exits_at {
            Some((at, code)) if started && at <= moment => Some(code),
            _ => end.filter(|_| started).map(|_| 0),
        }
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
        let balanced = self.balanced.iter().find(|balanced| balanced.target_group_arn == target_group)?;
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

impl Stop {
    pub(crate) fn by_scheduler(reason: String) -> Self {
        Self { code: "ServiceSchedulerInitiated", reason }
    }

    pub(crate) fn by_user(reason: String) -> Self {
        Self { code: "UserInitiated", reason }
    }
}

impl Obstacle {
    /// What keeps an essential container's image from being pulled.
    pub(crate) fn of_image(content: &TaskDefinition, images: &Images) -> Option<Self> {
        let mut essential = content.containers().filter(|container| container.essential());
        let missing = essential.find(|one| images.behaviour(one.image()) == ImageBehaviour::CannotBePulled)?;
        let reason = format!(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {}: not found",
            missing.image()
        );
        Some(Self { container: missing.name().to_owned(), reason })
    }
}
