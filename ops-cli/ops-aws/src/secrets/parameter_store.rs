use std::collections::BTreeMap;

use aws_sdk_ssm::types::{ParameterMetadata, ParameterStringFilter};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::{CloudError, SecretValue};
use ops_model::observation::ObservedSecret;

use super::{ParameterStore, unreadable};

const DESCRIBE: &str = "DescribeParameters";
const GET: &str = "GetParameter";

/// Source: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html>
const NAMES_PER_CALL: usize = 50;
const CONCURRENT_READS: usize = 4;

impl ParameterStore {
    /// By name; every name has an answer.
    pub(super) async fn parameters(&self, names: Vec<String>) -> Result<BTreeMap<String, ObservedSecret>, CloudError> {
        let batches: Vec<_> = names.chunks(NAMES_PER_CALL).map(<[String]>::to_vec).collect();
        stream::iter(batches).map(|batch| self.batch(batch)).buffer_unordered(CONCURRENT_READS).try_concat().await
    }

    pub(super) async fn value(&self, name: &str) -> Result<SecretValue, CloudError> {
        let request = self.sdk.get_parameter().name(name).with_decryption(true);
        let answer = request.send().await.map_err(|error| self.errors.of(GET, error))?;
        let value = answer.parameter.and_then(|parameter| parameter.value);
        let value = value.ok_or_else(|| self.errors.unexpected(GET, format!("the parameter {name} has no value")))?;
        SecretValue::of(value, None).map_err(|why| self.errors.refused(GET, format!("{name}: {why}")))
    }

    async fn batch(&self, names: Vec<String>) -> Result<BTreeMap<String, ObservedSecret>, CloudError> {
        match self.described(&names).await {
            Ok(mut described) => Ok(names
                .into_iter()
                .map(|name| {
                    let secret = described.remove(&name).unwrap_or(ObservedSecret::Missing);
                    (name, secret)
                })
                .collect()),
            Err(error) => {
                let unreadable = unreadable(error)?;
                Ok(names.into_iter().map(|name| (name, unreadable.clone())).collect())
            }
        }
    }

    async fn described(&self, names: &[String]) -> Result<BTreeMap<String, ObservedSecret>, CloudError> {
        let by_name = ParameterStringFilter::builder().key("Name").option("Equals").set_values(Some(names.to_vec()));
        let by_name = by_name.build().map_err(|error| self.errors.refused(DESCRIBE, error.to_string()))?;
        // A page may be empty and not the last.
        let request = self.sdk.describe_parameters().parameter_filters(by_name).max_results(50);
        let mut pages = request.into_paginator().send();
        let mut parameters = BTreeMap::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.errors.of(DESCRIBE, error))?;
            for parameter in page.parameters() {
                let (name, secret) = present(parameter).map_err(|why| self.errors.unexpected(DESCRIBE, why))?;
                parameters.insert(name, secret);
            }
        }
        Ok(parameters)
    }
}

fn present(parameter: &ParameterMetadata) -> Result<(String, ObservedSecret), String> {
    let name = parameter.name().ok_or("a parameter has no name")?;
    let arn = parameter.arn().ok_or_else(|| format!("the parameter {name} has no ARN"))?.to_owned();
    Ok((name.to_owned(), ObservedSecret::Present { version: parameter.version().to_string(), arn }))
}
