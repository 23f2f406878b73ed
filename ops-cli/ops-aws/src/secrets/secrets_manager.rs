use std::collections::BTreeMap;

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::{CloudError, SecretValue};
use ops_model::observation::ObservedSecret;

use super::{SecretsManager, unreadable};

const DESCRIBE: &str = "DescribeSecret";
const GET: &str = "GetSecretValue";

/// One call each: `ListSecrets` finds names by their beginning only. AWS answers 40 a second.
const CONCURRENT_READS: usize = 8;

/// The label of the version that is given to who asks for none.
const CURRENT: &str = "AWSCURRENT";

impl SecretsManager {
    /// By name; every name has an answer.
    pub(super) async fn secrets(&self, names: Vec<String>) -> Result<BTreeMap<String, ObservedSecret>, CloudError> {
        stream::iter(names)
            .map(async |name| {
                let secret = self.secret(&name).await?;
                Ok((name, secret))
            })
            .buffer_unordered(CONCURRENT_READS)
            .try_collect()
            .await
    }

    pub(super) async fn value(
        &self,
        name: &str,
        version: Option<&str>,
        key: Option<&str>,
    ) -> Result<SecretValue, CloudError> {
        let request = self.sdk.get_secret_value().secret_id(name).set_version_id(version.map(str::to_owned));
        let answer = request.send().await.map_err(|error| self.errors.of(GET, error))?;
        let value = answer.secret_string;
        let value = value.ok_or_else(|| self.errors.unexpected(GET, format!("the secret {name} holds no text")))?;
        SecretValue::of(value, key).map_err(|why| self.errors.refused(GET, format!("{name}: {why}")))
    }

    async fn secret(&self, name: &str) -> Result<ObservedSecret, CloudError> {
        let request = self.sdk.describe_secret().secret_id(name);
        match request.send().await.map_err(|error| self.errors.of(DESCRIBE, error)) {
            Ok(answer) => observed(&answer).map_err(|why| self.errors.unexpected(DESCRIBE, why)),
            Err(error) if error.is_not_found() => Ok(ObservedSecret::Missing),
            Err(error) => unreadable(error),
        }
    }
}

fn observed(secret: &DescribeSecretOutput) -> Result<ObservedSecret, String> {
    if secret.deleted_date().is_some() {
        return Ok(ObservedSecret::Unreadable { why: "it is scheduled for deletion".to_owned() });
    }
    let versions = secret.version_ids_to_stages().into_iter().flatten();
    let current = versions.filter(|(_, labels)| labels.iter().any(|label| label == CURRENT)).map(|(id, _)| id).next();
    let Some(version) = current else { return Ok(ObservedSecret::Empty) };
    let arn = secret.arn().ok_or("a secret has no ARN")?;
    Ok(ObservedSecret::Present { version: version.clone(), arn: arn.to_owned() })
}
