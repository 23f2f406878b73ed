//! What ends tasks and rollouts.

use ops_engine::cloud::CloudError;
use ops_model::rollout::RolloutStatus;

use super::ByHand;
use crate::answers::{invalid_parameter, not_found};
use crate::operations::Operation;
use crate::state::State;
use crate::tasks::{Phase, Stop};
use crate::timing::after;

impl ByHand<'_> {
    /// Stops the oldest running task (`StopTask`) and returns its ARN.
    pub fn kill_task(&self, service: &str) -> Result<String, CloudError> {
        let operation = Operation::StopTask;
        self.on_service(operation, service, |state| {
            let State { now, timing, services, .. } = state;
            let tasks = services.get_mut(&(self.cluster.clone(), service.to_owned())).map(|service| &mut service.tasks);
            let running = |phase| matches!(phase, Phase::Running { .. });
            let task = tasks.and_then(|tasks| tasks.iter_mut().find(|task| running(task.phase)));
            let task = task.ok_or_else(|| not_found(operation, "The referenced task was not found."))?;
            task.stop(*now, timing, Stop::by_user("Task stopped by user".to_owned()));
            Ok(task.arn.clone())
        })
    }

    /// Stops the rollout that is under way and leaves what runs as it is
    /// (`StopServiceDeployment`, `ABORT`).
    pub fn stop_rollout(&self, service: &str) -> Result<(), CloudError> {
        self.request(service, RolloutStatus::StopRequested)
    }

    /// Rolls the rollout back that is under way (`StopServiceDeployment`, `ROLLBACK`).
    pub fn roll_back(&self, service: &str) -> Result<(), CloudError> {
        self.request(service, RolloutStatus::RollbackRequested)
    }

    /// Answers the first hook that waits for a function, as the function would.
    pub fn answer_hook(&self, service: &str, succeeded: bool) -> Result<(), CloudError> {
        let operation = Operation::ContinueServiceDeployment;
        self.account.change(|state| state.end_hook(operation, &self.cluster, service, None, succeeded))
    }

    fn request(&self, service: &str, status: RolloutStatus) -> Result<(), CloudError> {
        let operation = Operation::DescribeServiceDeployments;
        self.on_service(operation, service, |state| {
            let turns_at = after(state.now, state.timing.rollout_start);
            let live = state.active_service(operation, &self.cluster, service)?;
            let rollout = live.rollouts.last_mut().filter(|rollout| rollout.status.is_advancing());
            let rollout = rollout.ok_or_else(|| invalid_parameter(operation, "No service deployment to stop."))?;
            rollout.status = status;
            rollout.turns_at = Some(turns_at);
            Ok(())
        })
    }
}
