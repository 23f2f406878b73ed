//! Secrets by place: whether they are there, and in which version; and the value of one, for a scenario.

mod parameter_store;
mod secrets_manager;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use ops_engine::cloud::{CloudError, CloudErrorKind, SecretValue, Secrets};
use ops_model::declaration::SecretReference;
use ops_model::observation::ObservedSecret;

use crate::error::Errors;

const SSM: &str = "ssm:";
const SECRETS_MANAGER: &str = "secretsmanager:";

pub(crate) struct AwsSecrets {
    pub(crate) parameter_store: ParameterStore,
    pub(crate) secrets_manager: SecretsManager,
}

/// SSM.
pub(crate) struct ParameterStore {
    pub(crate) sdk: aws_sdk_ssm::Client,
    pub(crate) errors: Errors,
}

pub(crate) struct SecretsManager {
    pub(crate) sdk: aws_sdk_secretsmanager::Client,
    pub(crate) errors: Errors,
}

#[async_trait]
impl Secrets for AwsSecrets {
    async fn secrets(&self, places: &BTreeSet<String>) -> Result<BTreeMap<String, ObservedSecret>, CloudError> {
        let under =
            |scheme: &str| places.iter().filter_map(|place| place.strip_prefix(scheme)).map(str::to_owned).collect();
        let (parameters, secrets): (Vec<_>, Vec<_>) = (under(SSM), under(SECRETS_MANAGER));
        let neither = places.iter().find(|place| !place.starts_with(SSM) && !place.starts_with(SECRETS_MANAGER));
        if let Some(place) = neither {
            return Err(no_place(place));
        }
        let (parameters, secrets) =
            futures::try_join!(self.parameter_store.parameters(parameters), self.secrets_manager.secrets(secrets))?;
        let parameters = parameters.into_iter().map(|(name, secret)| (format!("{SSM}{name}"), secret));
        let secrets = secrets.into_iter().map(|(name, secret)| (format!("{SECRETS_MANAGER}{name}"), secret));
        Ok(parameters.chain(secrets).collect())
    }

    async fn value(&self, reference: &SecretReference) -> Result<SecretValue, CloudError> {
        let place = reference.place();
        if let Some(name) = place.strip_prefix(SSM) {
            return self.parameter_store.value(name).await;
        }
        let Some(name) = place.strip_prefix(SECRETS_MANAGER) else { return Err(no_place(place)) };
        self.secrets_manager.value(name, reference.version(), reference.key()).await
    }
}

fn no_place(place: &str) -> CloudError {
    CloudError::new("secrets", CloudErrorKind::Refused { code: None }, format!("{place} is no place of a secret"))
}

/// What we may not read is an answer; any other error is one.
fn unreadable(error: CloudError) -> Result<ObservedSecret, CloudError> {
    match error.kind {
        CloudErrorKind::AccessDenied => Ok(ObservedSecret::Unreadable { why: error.to_string() }),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests;
