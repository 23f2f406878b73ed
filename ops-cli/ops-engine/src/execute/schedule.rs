//! The schedule of one task, which moves with its task definition.

use ops_model::observation::ObservedSchedule;
use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Change, Kind, ScheduleAct, TASK_DEFINITION_TO_COME};

use super::placeholder::filled_in;
use super::{Execution, client_token, verdict};
use crate::cloud::CloudError;
use crate::pace::persistently;

pub(super) async fn carry_out(
    execution: &Execution<'_>,
    change: &Change,
    act: &ScheduleAct,
) -> Result<ChangeOutcome, CloudError> {
    let schedules = &execution.cloud.schedules;
    let Some(group) = &execution.schedule_group else {
        let reason = "the platform contract names no group of schedules".to_owned();
        return Ok(verdict(Kind::Schedule, &change.name, Outcome::Failed, Some(reason)));
    };
    let mut outcome = verdict(Kind::Schedule, &change.name, Outcome::Succeeded, None);
    match act {
        ScheduleAct::Put { name, exists, schedule, task_definition } => {
            let revision = execution.task_definitions.provide(execution, &change.name, task_definition).await?;
            let schedule = ObservedSchedule(filled_in(&schedule.0, TASK_DEFINITION_TO_COME, &revision.arn));
            if *exists {
                schedules.update_schedule(group, name, &schedule).await?;
            } else {
                let token = client_token(&[&execution.record_id, "schedule", name]);
                let create = async || schedules.create_schedule(group, name, &schedule, &token).await;
                persistently(&execution.cancelled, create).await?;
            }
            outcome.task_definition = Some(revision.arn);
        }
        ScheduleAct::Remove { name } => schedules.delete_schedule(group, name).await?,
    }
    Ok(outcome)
}
