use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use ops_model::observation::ObservedSecret;

use super::CloudError;

/// SSM parameters and secrets of Secrets Manager: their versions, never their values.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// What AWS says of each place (`ssm:/path`, `secretsmanager:name`). What we may not read is
    /// [`ObservedSecret::Unreadable`], not an error.
    async fn secrets(&self, places: &BTreeSet<String>) -> Result<BTreeMap<String, ObservedSecret>, CloudError>;
}
