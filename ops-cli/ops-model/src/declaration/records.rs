use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The records of what ops did, in the ops bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// Days in which nobody can delete or overwrite a record, the account's root user included (S3 Object Lock,
    /// compliance mode). The bucket, and so the environment, cannot be destroyed before either; a smaller number later
    /// frees no record that is written. No lock when absent.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html>
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub lock_days: Option<u32>,
}
