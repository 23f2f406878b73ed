//! Tags that say which environment and which commit a resource came from. Prune removes only what
//! carries them.

use std::collections::BTreeMap;

/// Environment that owns the resource.
pub const ENVIRONMENT_TAG: &str = "slipway:environment";
/// Commit of the declaration at the last change.
pub const COMMIT_TAG: &str = "slipway:commit";
/// SHA-256 of the declaration at the last change.
pub const DECLARATION_TAG: &str = "slipway:digest-of-declaration";
/// Service that a listener rule belongs to.
pub const SERVICE_TAG: &str = "slipway:service";
/// What people call it; on a rule of a security group Terraform's name of the rule.
pub const NAME_TAG: &str = "Name";
/// On a task definition: ARN of the task that ran it with success, so that nobody runs it again.
pub const SUCCEEDED_TAG: &str = "slipway:succeeded";
/// On a task definition: ARN of the task that failed last, or id of the record when it could not even be placed. The next
/// attempt is another one, also long after ECS forgot this one.
pub const FAILED_TAG: &str = "slipway:failed";

/// Tags of everything that ops creates or changes.
#[must_use]
pub fn tags(environment: &str, commit: &str, declaration_sha256: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        (ENVIRONMENT_TAG.to_owned(), environment.to_owned()),
        (COMMIT_TAG.to_owned(), commit.to_owned()),
        (DECLARATION_TAG.to_owned(), declaration_sha256.to_owned()),
    ])
}

/// Whether a resource with these tags belongs to the environment.
#[must_use]
pub fn owned_by(environment: &str, tags: &BTreeMap<String, String>) -> bool {
    tags.get(ENVIRONMENT_TAG).is_some_and(|owner| owner == environment)
}
