use std::collections::BTreeMap;
use std::time::Duration;

use ops_engine::cloud::CreateService;
use ops_model::observation::{ObservedService, ServiceEvent, ServiceSettings};
use ops_model::rollout::RolloutStatus;
use serde_json::{Map, Value};

use crate::deployment_rules::DeploymentRules;
use crate::described;
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
    /// What it is set to beside its count and its revision.
    pub(crate) in_place: Map<String, Value>,
    /// The part of it that the scheduler goes by.
    pub(crate) deployment: DeploymentRules,
    pub(crate) revisions: Vec<ServiceRevision>,
    /// Index of the revision that the tasks are to run.
    pub(crate) primary: usize,
    /// Index of the revision that a failed rollout goes back to.
    pub(crate) last_completed: Option<usize>,
    /// Index of the last revision that had all traffic.
    pub(crate) serving: Option<usize>,
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
        let rollout = self.newest_rollout().and_then(ServiceDeployment::next_due);
        self.tasks.iter().filter_map(Task::next_due).chain(rollout).min()
    }

    /// As they were given.
    pub(crate) fn settings(&self) -> Map<String, Value> {
        let mut settings = self.in_place.clone();
        settings.extend(self.revisions[self.primary].content.settings.clone());
        settings.insert("desiredCount".to_owned(), self.desired_count.into());
        settings
    }

    /// How long health checks are forgiven.
    pub(crate) fn grace(&self) -> Duration {
        let seconds = self.in_place.get("healthCheckGracePeriodSeconds").and_then(Value::as_u64);
        Duration::from_secs(seconds.unwrap_or(0))
    }

    /// Whether `deployments[]` of `DescribeServices` holds one that is completed and nothing else.
    fn is_settled(&self) -> bool {
        let completed = self.newest_rollout().is_some_and(|rollout| {
            matches!(rollout.status, RolloutStatus::Successful | RolloutStatus::RollbackSuccessful)
        });
        completed && self.tasks.iter().all(|task| task.revision == self.primary || task.is_stopped())
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
            task_definition: task_definition.untagged(),
            settings: ServiceSettings(described::service(&self.settings(), &self.arn)),
            settled: self.is_settled(),
            rollout: None,
            events: self.events.iter().rev().cloned().collect(),
        })
    }
}
