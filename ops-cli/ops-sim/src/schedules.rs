use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_engine::cloud::{CloudError, Schedules};
use ops_model::observation::ObservedSchedule;
use serde_json::Value;

use crate::account::SimulatedAccount;
use crate::answers::{not_found, refused};
use crate::described;
use crate::operations::Operation;
use crate::writes::Write;

/// Schedules of EventBridge Scheduler by group. They are kept, but start nothing: what a schedule does is AWS's own.
#[derive(Debug, Clone, Default)]
pub(crate) struct ScheduleGroups {
    groups: BTreeMap<String, BTreeMap<String, Schedule>>,
}

#[derive(Debug, Clone)]
struct Schedule {
    content: ObservedSchedule,
    client_token: String,
}

impl ScheduleGroups {
    pub(crate) fn create_group(&mut self, group: &str) {
        self.groups.entry(group.to_owned()).or_default();
    }

    fn group(&mut self, operation: Operation, group: &str) -> Result<&mut BTreeMap<String, Schedule>, CloudError> {
        let missing = || not_found(operation, format!("Schedule group {group} does not exist."));
        self.groups.get_mut(group).ok_or_else(missing)
    }

    pub(crate) fn get_mut(
        &mut self,
        operation: Operation,
        group: &str,
        name: &str,
    ) -> Result<&mut ObservedSchedule, CloudError> {
        let schedule = self.group(operation, group)?.get_mut(name);
        let missing = || not_found(operation, format!("Schedule {name} does not exist."));
        schedule.map(|schedule| &mut schedule.content).ok_or_else(missing)
    }

    fn create(&mut self, group: &str, name: &str, content: &ObservedSchedule, token: &str) -> Result<(), CloudError> {
        let operation = Operation::CreateSchedule;
        check(operation, content)?;
        let schedules = self.group(operation, group)?;
        match schedules.get(name) {
            Some(there) if there.client_token == token && there.content == *content => Ok(()),
            Some(_) => Err(refused(operation, "ConflictException", format!("Schedule {name} already exists."))),
            None => {
                let schedule = Schedule { content: content.clone(), client_token: token.to_owned() };
                schedules.insert(name.to_owned(), schedule);
                Ok(())
            }
        }
    }

    fn update(&mut self, group: &str, name: &str, content: &ObservedSchedule) -> Result<(), CloudError> {
        let operation = Operation::UpdateSchedule;
        check(operation, content)?;
        *self.get_mut(operation, group, name)? = content.clone();
        Ok(())
    }

    /// Whether it was there.
    pub(crate) fn delete(&mut self, group: &str, name: &str) -> bool {
        self.groups.get_mut(group).is_some_and(|schedules| schedules.remove(name).is_some())
    }
}

/// Source: required members in <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html>
fn check(operation: Operation, content: &ObservedSchedule) -> Result<(), CloudError> {
    let paths = ["/FlexibleTimeWindow/Mode", "/ScheduleExpression", "/Target/Arn", "/Target/RoleArn"];
    let document = Value::Object(content.0.clone());
    match paths.iter().find(|path| document.pointer(path).and_then(Value::as_str).is_none()) {
        None => Ok(()),
        Some(path) => Err(refused(operation, "ValidationException", format!("{path} is required."))),
    }
}

#[async_trait]
impl Schedules for SimulatedAccount {
    async fn schedules(&self, group: &str) -> Result<BTreeMap<String, ObservedSchedule>, CloudError> {
        let operation = Operation::ListSchedules;
        self.call(operation, |inside| {
            let schedules = inside.state.schedules.group(operation, group)?;
            let shown = |schedule: &Schedule| ObservedSchedule(described::schedule(&schedule.content.0));
            Ok(schedules.iter().map(|(name, schedule)| (name.clone(), shown(schedule))).collect())
        })
        .await
    }

    async fn create_schedule(
        &self,
        group: &str,
        name: &str,
        schedule: &ObservedSchedule,
        client_token: &str,
    ) -> Result<(), CloudError> {
        self.call(Operation::CreateSchedule, |inside| {
            inside.write(
                |state| state.schedules.create(group, name, schedule, client_token),
                |()| Write::CreateSchedule { name: name.to_owned(), schedule: schedule.clone() },
            )
        })
        .await
    }

    async fn update_schedule(&self, group: &str, name: &str, schedule: &ObservedSchedule) -> Result<(), CloudError> {
        self.call(Operation::UpdateSchedule, |inside| {
            inside.write(
                |state| state.schedules.update(group, name, schedule),
                |()| Write::UpdateSchedule { name: name.to_owned(), schedule: schedule.clone() },
            )
        })
        .await
    }

    async fn delete_schedule(&self, group: &str, name: &str) -> Result<(), CloudError> {
        self.call(Operation::DeleteSchedule, |inside| {
            inside.write_if(
                |state| Ok(state.schedules.delete(group, name)),
                || Write::DeleteSchedule { name: name.to_owned() },
            )
        })
        .await
    }
}
