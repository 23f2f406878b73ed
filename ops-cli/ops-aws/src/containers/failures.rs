use aws_sdk_ecs::types::Failure;
use ops_engine::cloud::CloudError;

use super::EcsContainers;

impl EcsContainers {
    /// ECS answers with success and a list of what it could not read. That something is missing is an answer; any other
    /// reason is a failed call.
    pub(super) fn only_missing(&self, operation: &str, failures: &[Failure]) -> Result<(), CloudError> {
        let Some(failure) = failures.iter().find(|failure| failure.reason() != Some("MISSING")) else { return Ok(()) };
        Err(self.errors.unexpected(operation, said(failure)))
    }
}

/// What failed, why, and in more words.
pub(super) fn said(failure: &Failure) -> String {
    let parts = [failure.arn(), failure.reason(), failure.detail()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
}
