//! What happens to tasks as time goes by.

use std::time::Duration;

use ops_model::task_definition::{ContainerDefinition, TaskDefinition};
use serde_json::Value;

use crate::balancers::Balanced;
use crate::services::Service;
use crate::state::Surroundings;
use crate::tasks::{Fate, Obstacle, Phase, Stop, Task, TaskContainer};
use crate::timing::after;

/// What became of a task just now, for whoever it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happening {
    Began,
    BecameHealthy,
    /// It ended before it was healthy.
    Failed,
    /// ECS may give it up, for it is not healthy in time.
    Unhealthy,
    /// Nothing that a service looks at.
    WentOn,
}

impl Task {
    /// A task that begins to start now. `None` when its task definition is not registered, which cannot be.
    pub(crate) fn start(
        surroundings: &mut Surroundings<'_>,
        cluster: &str,
        task_definition: &str,
        balanced: &[Balanced],
        grace: Option<Duration>,
    ) -> Option<Self> {
        let content = &surroundings.task_definitions.get(task_definition)?.content;
        let (now, timing, images) = (surroundings.now, surroundings.timing, surroundings.images);
        let (fate, fates) = Fate::decide(now, timing, images, content, balanced, grace);
        let containers = content.containers().zip(fates).map(|(container, fate)| TaskContainer {
            name: container.name().to_owned(),
            image: container.image().to_owned(),
            fate,
        });
        let id = surroundings.identifiers.task();
        let obstacle = initialization_obstacle(surroundings, content).or_else(|| Obstacle::of_image(content, images));
        Some(Self {
            arn: surroundings.arns.task(cluster, &id),
            id,
            revision: 0,
            task_definition: task_definition.to_owned(),
            containers: containers.collect(),
            balanced: balanced.to_vec(),
            address: surroundings.identifiers.address(),
            obstacle,
            ran: false,
            fate,
            phase: Phase::Pending,
            stop: None,
        })
    }

    /// Lets happen what is due now.
    pub(crate) fn step(&mut self, surroundings: &mut Surroundings<'_>) -> Happening {
        let now = surroundings.now;
        let due = |moment: Option<Duration>| moment.is_some_and(|at| at <= now);
        match self.phase {
            Phase::Pending => match &self.obstacle {
                Some(obstacle) => {
                    let reason = obstacle.reason.clone();
                    self.end(surroundings, Stop { code: "TaskFailedToStart", reason });
                    Happening::Failed
                }
                None => {
                    self.phase = Phase::Running { healthy: false };
                    self.ran = true;
                    self.write_log(surroundings);
                    Happening::Began
                }
            },
            Phase::Running { healthy } if due(self.fate.exits_at) => {
                let reason = "Essential container in task exited".to_owned();
                self.end(surroundings, Stop { code: "EssentialContainerExited", reason });
                if healthy { Happening::WentOn } else { Happening::Failed }
            }
            Phase::Running { healthy } if due(self.fate.refused_at) => {
                // AWS does not document its words for this one; these are ours.
                let reason = "A container cannot start: what it depends on has failed".to_owned();
                self.end(surroundings, Stop { code: "TaskFailedToStart", reason });
                if healthy { Happening::WentOn } else { Happening::Failed }
            }
            Phase::Running { healthy: false } if due(self.fate.healthy_at) => {
                self.phase = Phase::Running { healthy: true };
                Happening::BecameHealthy
            }
            Phase::Running { .. } => Happening::Unhealthy,
            Phase::Draining { .. } => {
                self.phase = Phase::Stopping { until: after(now, surroundings.timing.stopping) };
                Happening::WentOn
            }
            Phase::Stopping { .. } => {
                self.cut(surroundings);
                self.phase = Phase::Stopped { at: now };
                Happening::WentOn
            }
            Phase::Stopped { .. } => Happening::WentOn,
        }
    }

    fn end(&mut self, surroundings: &mut Surroundings<'_>, stop: Stop) {
        self.cut(surroundings);
        self.phase = Phase::Stopped { at: surroundings.now };
        self.stop = Some(stop);
    }

    fn cut(&self, surroundings: &mut Surroundings<'_>) {
        surroundings.logs.cut(&self.id, surroundings.now);
    }

    /// Its containers will write their lines, unless it is stopped before.
    fn write_log(&self, surroundings: &mut Surroundings<'_>) {
        let Some(registered) = surroundings.task_definitions.get(&self.task_definition) else { return };
        for (definition, container) in registered.content.containers().zip(&self.containers) {
            let (Some(group), Some(start)) = (log_group(definition), container.fate.starts_at) else { continue };
            let prefix = definition.log_option("awslogs-stream-prefix").unwrap_or_default();
            let stream = format!("{prefix}/{}/{}", container.name, self.id);
            let end = container.fate.exits_at.map(|(at, _)| at);
            for (later, text) in surroundings.images.lines(&container.image) {
                let at = start.saturating_add(*later);
                if end.is_none_or(|end| at <= end) {
                    surroundings.logs.write(group, &stream, at, text);
                }
            }
        }
    }
}

/// What Fargate needs before it pulls an image and cannot get: a secret's value, or a log group.
fn initialization_obstacle(surroundings: &Surroundings<'_>, content: &TaskDefinition) -> Option<Obstacle> {
    content.containers().find_map(|container| {
        let group = log_group(container).filter(|group| !surroundings.logs.exists(group));
        let group = group.map(|group| format!("failed to validate logger args: The log group {group} does not exist"));
        let mut secrets = secrets(container);
        let secret = secrets.find_map(|value_from| surroundings.secrets.obstacle(surroundings.arns, value_from));
        let secret = secret.map(|why| format!("unable to pull secrets or registry auth: {why}"));
        let reason = format!("ResourceInitializationError: {}", secret.or(group)?);
        Some(Obstacle { container: container.name().to_owned(), reason })
    })
}

fn log_group(container: ContainerDefinition<'_>) -> Option<&str> {
    let driver = container.0.get("logConfiguration")?.get("logDriver")?.as_str()?;
    container.log_option("awslogs-group").filter(|_| driver == "awslogs")
}

fn secrets(container: ContainerDefinition<'_>) -> impl Iterator<Item = &str> {
    let secrets = container.0.get("secrets").and_then(Value::as_array);
    secrets.into_iter().flatten().filter_map(|secret| secret.get("valueFrom")?.as_str())
}

impl Service {
    /// Lets happen to every task what is due now.
    pub(crate) fn step_tasks(&mut self, surroundings: &mut Surroundings<'_>) {
        let now = surroundings.now;
        self.tasks.retain(|task| !task.is_forgotten(now));
        for index in 0..self.tasks.len() {
            if self.tasks[index].next_due().is_some_and(|due| due <= now) {
                match self.tasks[index].step(surroundings) {
                    Happening::Began => {
                        for balanced in self.tasks[index].balanced.clone() {
                            let group = balanced.target_group_arn;
                            self.say(surroundings, &format!("registered 1 targets in (target-group {group})"));
                        }
                    }
                    Happening::BecameHealthy => self.count_success(index),
                    Happening::Failed => self.count_failure(index),
                    Happening::Unhealthy => self.give_up(surroundings, index),
                    Happening::WentOn => {}
                }
            }
        }
    }

    fn give_up(&mut self, surroundings: &mut Surroundings<'_>, index: usize) {
        let task = &self.tasks[index];
        let reason = match task.balanced.first() {
            // Whichever check failed first: a load balancer's is the one that people look at.
            Some(balanced) => {
                let group = balanced.target_group_arn.clone();
                let unhealthy = format!(
                    "(task {}) (port {}) is unhealthy in (target-group {group}) due to (reason Health checks failed).",
                    task.id, balanced.port
                );
                self.say(surroundings, &unhealthy);
                format!("Task failed ELB health checks in (target-group {group})")
            }
            None => "Task failed container health checks".to_owned(),
        };
        self.tasks[index].stop(surroundings.now, surroundings.timing, Stop::by_scheduler(reason));
        self.count_failure(index);
    }

    /// A task that failed before it was healthy counts for the circuit breaker. One that fails later
    /// does not, as in ECS.
    fn count_failure(&mut self, index: usize) {
        let revision = self.tasks[index].revision;
        let primary = self.primary;
        if let Some(rollout) = self.rollouts.last_mut()
            && !rollout.status.is_final()
        {
            if revision == rollout.target {
                rollout.failures += 1;
            } else if revision == primary {
                rollout.rollback_failures += 1;
            }
        }
    }

    /// A healthy task sets the count back, unless the service is set otherwise.
    fn count_success(&mut self, index: usize) {
        if !self.deployment.deployment_circuit_breaker.reset_on_healthy_task {
            return;
        }
        let revision = self.tasks[index].revision;
        let primary = self.primary;
        if let Some(rollout) = self.rollouts.last_mut()
            && !rollout.status.is_final()
        {
            if revision == rollout.target && revision == primary {
                rollout.failures = 0;
            } else if revision == primary {
                rollout.rollback_failures = 0;
            }
        }
    }
}
