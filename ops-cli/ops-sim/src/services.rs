use std::collections::BTreeMap;
use std::time::Duration;

use ops_engine::cloud::CreateService;
use ops_model::observation::{DeploymentSettings, ObservedService, ServiceEvent, ServiceSettings};

use crate::rollouts::{ServiceDeployment, ServiceRevision, count};
use crate::task_definitions::TaskDefinitions;
use crate::tasks::{Phase, Task};

/// One ECS service.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) cluster: String,
    pub(crate) name: String,
    pub(crate) arn: String,
    /// The call that created it, for telling a repeated one.
    pub(crate) created_by: CreateService,
    pub(crate) draining: bool,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) desired_count: u32,
    pub(crate) deployment: DeploymentSettings,
    pub(crate) health_check_grace_seconds: Option<u32>,
    pub(crate) other: BTreeMap<String, String>,
    pub(crate) revisions: Vec<ServiceRevision>,
    /// Index of the revision that the tasks are to run.
    pub(crate) primary: usize,
    /// Index of the revision that a failed rollout goes back to.
    pub(crate) last_completed: Option<usize>,
    /// Oldest first.
    pub(crate) rollouts: Vec<ServiceDeployment>,
    /// Oldest first.
    pub(crate) tasks: Vec<Task>,
    /// Oldest first.
    pub(crate) events: Vec<ServiceEvent>,
    /// Whether it is as desired, and has said so.
    pub(crate) steady: bool,
}

impl Service {
    /// Deleted, and its last task has stopped.
    pub(crate) fn is_gone(&self) -> bool {
        self.draining && self.tasks.iter().all(Task::is_stopped)
    }

    /// When something happens to it next by itself.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let turn = self.newest_rollout().and_then(|rollout| rollout.turns_at);
        self.tasks.iter().filter_map(Task::next_due).chain(turn).min()
    }

    pub(crate) fn settings(&self) -> ServiceSettings {
        let revision = &self.revisions[self.primary].content;
        ServiceSettings {
            desired_count: self.desired_count,
            network: revision.network.clone(),
            load_balancers: revision.load_balancers.clone(),
            deployment: self.deployment,
            health_check_grace_seconds: self.health_check_grace_seconds,
            other: self.other.clone(),
        }
    }

    /// `None` when its task definition is not registered, which cannot be.
    pub(crate) fn observed(&self, task_definitions: &TaskDefinitions) -> Option<ObservedService> {
        let task_definition = task_definitions.get(&self.revisions[self.primary].content.task_definition)?;
        let running = self.tasks.iter().filter(|task| matches!(task.phase, Phase::Running { .. })).count();
        let pending = self.tasks.iter().filter(|task| task.phase == Phase::Pending).count();
        Some(ObservedService {
            name: self.name.clone(),
            arn: self.arn.clone(),
            draining: self.draining,
            tags: self.tags.clone(),
            running_count: count(running),
            pending_count: count(pending),
            task_definition: task_definition.clone(),
            settings: self.settings(),
            rollout: self.newest_rollout().map(|rollout| self.observed_rollout(rollout)),
            events: self.events.iter().rev().cloned().collect(),
        })
    }
}
