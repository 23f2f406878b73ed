use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use ops_engine::cloud::{CloudError, CloudErrorKind, SecretValue, Secrets};
use ops_model::declaration::SecretReference;
use ops_model::observation::ObservedSecret;
use sha2::{Digest as _, Sha256};

use crate::account::SimulatedAccount;
use crate::arns::Arns;
use crate::images::hexadecimal;
use crate::operations::Operation;

/// SSM parameters and secrets of Secrets Manager: their versions, and the values of those that a scenario needs.
#[derive(Debug, Clone, Default)]
pub(crate) struct SecretStore {
    /// By ARN.
    secrets: BTreeMap<String, Secret>,
}

#[derive(Debug, Clone, Default)]
struct Secret {
    /// Oldest first; none when nobody has put a value into it.
    versions: Vec<String>,
    /// Why the deploying role may not look at it. Tasks may, with their own role.
    hidden: Option<String>,
    /// The current value, where a test said one.
    value: Option<String>,
}

impl SecretStore {
    /// Makes it if need be and puts a new version into it.
    pub(crate) fn put(&mut self, arn: &str) {
        let secret = self.secrets.entry(arn.to_owned()).or_default();
        let number = secret.versions.len() + 1;
        // A parameter's versions are numbers, those of a secret are UUIDs.
        secret.versions.push(if is_parameter(arn) { number.to_string() } else { version_id(arn, number) });
    }

    /// The same with a value that is read.
    pub(crate) fn put_value(&mut self, arn: &str, value: &str) {
        self.put(arn);
        if let Some(secret) = self.secrets.get_mut(arn) {
            secret.value = Some(value.to_owned());
        }
    }

    /// The current value, or AWS's code and words for why not.
    fn value(&self, arn: &str) -> Result<String, (CloudErrorKind, String)> {
        let not_found = || (CloudErrorKind::NotFound, "ParameterNotFound, or no value under AWSCURRENT".to_owned());
        let secret = self.secrets.get(arn).ok_or_else(not_found)?;
        match &secret.hidden {
            Some(why) => Err((CloudErrorKind::AccessDenied, why.clone())),
            None => secret.value.clone().ok_or_else(not_found),
        }
    }

    pub(crate) fn create_empty(&mut self, arn: &str) {
        self.secrets.entry(arn.to_owned()).or_default().versions.clear();
    }

    /// Whether it was there.
    pub(crate) fn delete(&mut self, arn: &str) -> bool {
        self.secrets.remove(arn).is_some()
    }

    /// Whether it is there.
    pub(crate) fn hide(&mut self, arn: &str, why: &str) -> bool {
        let secret = self.secrets.get_mut(arn);
        secret.map(|secret| secret.hidden = Some(why.to_owned())).is_some()
    }

    pub(crate) fn contains(&self, arn: &str) -> bool {
        self.secrets.contains_key(arn)
    }

    fn observed(&self, arn: &str) -> ObservedSecret {
        match self.secrets.get(arn) {
            None => ObservedSecret::Missing,
            Some(Secret { hidden: Some(why), .. }) => ObservedSecret::Unreadable { why: why.clone() },
            Some(Secret { versions, .. }) => match versions.last() {
                None => ObservedSecret::Empty,
                Some(version) => ObservedSecret::Present { version: version.clone(), arn: arn.to_owned() },
            },
        }
    }

    /// Why a task cannot have the value that a container's `valueFrom` names.
    pub(crate) fn obstacle(&self, arns: &Arns, value_from: &str) -> Option<String> {
        let wanted = Wanted::read(arns, value_from);
        let Some(secret) = self.secrets.get(&wanted.arn) else {
            return Some(format!("ResourceNotFoundException: can't find the specified secret {}", wanted.arn));
        };
        let there = match &wanted.version {
            None => !secret.versions.is_empty(),
            Some(version) => secret.versions.contains(version),
        };
        let missing = wanted.version.as_deref().unwrap_or("AWSCURRENT");
        (!there).then(|| format!("ResourceNotFoundException: can't find the version {missing} of {}", wanted.arn))
    }
}

/// What a `valueFrom` asks for.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html>
struct Wanted {
    arn: String,
    version: Option<String>,
}

impl Wanted {
    fn read(arns: &Arns, value_from: &str) -> Self {
        let given = |version: &str| Some(version.to_owned()).filter(|version| !version.is_empty());
        if value_from.starts_with("arn:aws:secretsmanager:") {
            // arn:aws:secretsmanager:region:account:secret:name:key:stage:version
            let mut parts: Vec<_> = value_from.splitn(10, ':').collect();
            let version = if parts.len() == 10 { given(parts[9]) } else { None };
            parts.truncate(7);
            return Self { arn: parts.join(":"), version };
        }
        let name = match value_from.strip_prefix("arn:aws:ssm:") {
            Some(rest) => rest.splitn(3, ':').nth(2).and_then(|rest| rest.strip_prefix("parameter")).unwrap_or(rest),
            None => value_from,
        };
        let (name, version) = name.split_once(':').map_or((name, None), |(name, version)| (name, given(version)));
        Self { arn: arns.parameter(name), version }
    }
}

fn is_parameter(arn: &str) -> bool {
    arn.starts_with("arn:aws:ssm:")
}

fn version_id(arn: &str, number: usize) -> String {
    let hash = hexadecimal(&Sha256::digest(format!("{arn} {number}")));
    [&hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..32]].join("-")
}

#[async_trait]
impl Secrets for SimulatedAccount {
    async fn secrets(&self, places: &BTreeSet<String>) -> Result<BTreeMap<String, ObservedSecret>, CloudError> {
        self.call(Operation::DescribeSecret, |inside| {
            let state = &inside.state;
            let observed = |place: &String| (place.clone(), state.secrets.observed(&state.arns.secret(place)));
            Ok(places.iter().map(observed).collect())
        })
        .await
    }

    async fn value(&self, reference: &SecretReference) -> Result<SecretValue, CloudError> {
        let operation =
            if reference.place().starts_with("ssm:") { Operation::GetParameter } else { Operation::GetSecretValue };
        let stored = self.call(operation, |inside| {
            let state = &inside.state;
            let value = state.secrets.value(&state.arns.secret(reference.place()));
            value.map_err(|(kind, message)| CloudError::new(operation.to_string(), kind, message))
        });
        let refused = |why| CloudError::new(operation.to_string(), CloudErrorKind::Refused { code: None }, why);
        SecretValue::of(stored.await?, reference.key()).map_err(refused)
    }
}
