//! What is looked at before anything is changed: images, roles, alarms and quotas.

mod image_reference;
mod images;
mod roles;

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_cloudwatch::types::{AlarmType, StateValue};
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use ops_engine::cloud::{AlarmState, CloudError, Preflight, Role};

use crate::error::Errors;

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>
const ALARMS_PER_CALL: usize = 100;

pub(crate) struct AwsPreflight {
    pub(crate) images: EcrImages,
    pub(crate) roles: IamRoles,
    pub(crate) alarms: Alarms,
    pub(crate) quotas: Quotas,
}

pub(crate) struct EcrImages {
    pub(crate) sdk: aws_sdk_ecr::Client,
    pub(crate) errors: Errors,
    /// Where the client reads; images elsewhere cannot be checked.
    pub(crate) region: String,
    /// For the configuration of an image, which ECR gives a link to.
    pub(crate) downloads: Option<SharedHttpConnector>,
}

pub(crate) struct IamRoles {
    pub(crate) sdk: aws_sdk_iam::Client,
    pub(crate) errors: Errors,
}

/// CloudWatch.
pub(crate) struct Alarms {
    pub(crate) sdk: aws_sdk_cloudwatch::Client,
    pub(crate) errors: Errors,
}

/// Service Quotas.
pub(crate) struct Quotas {
    pub(crate) sdk: aws_sdk_servicequotas::Client,
    pub(crate) errors: Errors,
}

#[async_trait]
impl Preflight for AwsPreflight {
    async fn image_platforms(&self, image: &str) -> Result<Option<Vec<String>>, CloudError> {
        self.images.platforms(image).await
    }

    async fn role(&self, arn: &str) -> Result<Option<Role>, CloudError> {
        self.roles.role(arn).await
    }

    async fn simulate(
        &self,
        role_arn: &str,
        requests: &[(String, String)],
    ) -> Result<BTreeMap<(String, String), bool>, CloudError> {
        self.roles.simulate(role_arn, requests).await
    }

    async fn alarms(&self, names: &[String]) -> Result<BTreeMap<String, AlarmState>, CloudError> {
        self.alarms.states(names).await
    }

    async fn quota(&self, service: &str, code: &str) -> Result<Option<f64>, CloudError> {
        self.quotas.value(service, code).await
    }
}

impl Alarms {
    async fn states(&self, names: &[String]) -> Result<BTreeMap<String, AlarmState>, CloudError> {
        const OPERATION: &str = "DescribeAlarms";
        let mut states = BTreeMap::new();
        for names in names.chunks(ALARMS_PER_CALL) {
            let request = self.sdk.describe_alarms().set_alarm_names(Some(names.to_vec()));
            // Composite ones are left out unless asked for.
            let request = request.alarm_types(AlarmType::MetricAlarm).alarm_types(AlarmType::CompositeAlarm);
            let mut pages = request.into_paginator().send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| self.errors.of(OPERATION, error))?;
                let metric = page.metric_alarms().iter().map(|alarm| (alarm.alarm_name(), alarm.state_value()));
                let composite = page.composite_alarms().iter().map(|alarm| (alarm.alarm_name(), alarm.state_value()));
                for (name, state) in metric.chain(composite) {
                    let name = name.unwrap_or_default();
                    let state = alarm_state(state)
                        .ok_or_else(|| self.errors.unexpected(OPERATION, format!("{name} is in no known state")))?;
                    states.insert(name.to_owned(), state);
                }
            }
        }
        Ok(states)
    }
}

fn alarm_state(state: Option<&StateValue>) -> Option<AlarmState> {
    match state {
        Some(StateValue::Ok) => Some(AlarmState::Fine),
        Some(StateValue::Alarm) => Some(AlarmState::Firing),
        Some(StateValue::InsufficientData) => Some(AlarmState::NotEnoughData),
        _ => None,
    }
}

impl Quotas {
    /// The account's own value, or AWS's default where the account has none.
    async fn value(&self, service: &str, code: &str) -> Result<Option<f64>, CloudError> {
        let own = self.sdk.get_service_quota().service_code(service).quota_code(code).send().await;
        match own.map_err(|error| self.errors.of("GetServiceQuota", error)) {
            Ok(answer) => return Ok(answer.quota.and_then(|quota| quota.value)),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
        let default = self.sdk.get_aws_default_service_quota().service_code(service).quota_code(code).send().await;
        match default.map_err(|error| self.errors.of("GetAWSDefaultServiceQuota", error)) {
            Ok(answer) => Ok(answer.quota.and_then(|quota| quota.value)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
