use std::collections::BTreeMap;

use ops_model::declaration::Environment;
use ops_model::observation::ObservedSchedule;
use ops_model::platform::Platform;

use crate::cloud::{Cloud, CloudError};

/// Schedules of the environment's group; none as long as Terraform has made no group.
pub(super) async fn read(cloud: &Cloud, platform: &Platform) -> Result<BTreeMap<String, ObservedSchedule>, CloudError> {
    match &platform.schedules {
        Some(schedules) => cloud.schedules.schedules(&schedules.group).await,
        None => Ok(BTreeMap::new()),
    }
}

/// Whether any task runs by the clock.
pub(super) fn declared(environment: &Environment) -> bool {
    environment.tasks.values().any(|task| task.schedule.is_some())
}
