//! EventBridge Scheduler. Its SDK does not write its structures as JSON, so documents go over the wire as they are.

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::{CloudError, Schedules};
use ops_model::observation::ObservedSchedule;

use crate::aws_document;
use crate::error::Errors;
use crate::json_body::{self, AnswerBody};

/// Scheduler takes far more; there are never many schedules.
const CONCURRENT_READS: usize = 8;

/// Members that nobody sets, or that say which schedule it is.
const NO_SETTINGS: &[&str] = &["Arn", "GroupName", "Name", "CreationDate", "LastModificationDate"];

pub(crate) struct EventBridgeScheduler {
    pub(crate) sdk: aws_sdk_scheduler::Client,
    pub(crate) errors: Errors,
}

#[async_trait]
impl Schedules for EventBridgeScheduler {
    async fn schedules(&self, group: &str) -> Result<BTreeMap<String, ObservedSchedule>, CloudError> {
        let mut listed = self.sdk.list_schedules().group_name(group).into_paginator().items().send();
        let mut names = Vec::new();
        while let Some(schedule) = listed.next().await {
            let schedule = schedule.map_err(|error| self.errors.of("ListSchedules", error))?;
            names.extend(schedule.name);
        }
        stream::iter(names)
            .map(|name| self.schedule(group, name))
            .buffer_unordered(CONCURRENT_READS)
            .try_filter_map(async |schedule| Ok(schedule))
            .try_collect()
            .await
    }

    async fn create_schedule(
        &self,
        group: &str,
        name: &str,
        schedule: &ObservedSchedule,
        client_token: &str,
    ) -> Result<(), CloudError> {
        let mut document = schedule.0.clone();
        document.insert("GroupName".to_owned(), group.into());
        document.insert("ClientToken".to_owned(), client_token.into());
        let request = self.sdk.create_schedule().name(name).customize();
        let request = request.mutate_request(json_body::sending(document)).send();
        request.await.map_err(|error| self.errors.of("CreateSchedule", error))?;
        Ok(())
    }

    async fn update_schedule(&self, group: &str, name: &str, schedule: &ObservedSchedule) -> Result<(), CloudError> {
        let mut document = schedule.0.clone();
        document.insert("GroupName".to_owned(), group.into());
        let request = self.sdk.update_schedule().name(name).customize();
        let request = request.mutate_request(json_body::sending(document)).send();
        request.await.map_err(|error| self.errors.of("UpdateSchedule", error))?;
        Ok(())
    }

    async fn delete_schedule(&self, group: &str, name: &str) -> Result<(), CloudError> {
        let request = self.sdk.delete_schedule().group_name(group).name(name).send();
        match request.await.map_err(|error| self.errors.of("DeleteSchedule", error)) {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl EventBridgeScheduler {
    /// `None` when it went since it was listed.
    async fn schedule(&self, group: &str, name: String) -> Result<Option<(String, ObservedSchedule)>, CloudError> {
        const OPERATION: &str = "GetSchedule";
        let body = AnswerBody::default();
        let request = self.sdk.get_schedule().group_name(group).name(&name).customize().interceptor(body.clone());
        match request.send().await.map_err(|error| self.errors.of(OPERATION, error)) {
            Ok(_) => {
                let document = body.document().map_err(|why| self.errors.unexpected(OPERATION, why))?;
                Ok(Some((name, ObservedSchedule(aws_document::without(document, NO_SETTINGS)))))
            }
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
