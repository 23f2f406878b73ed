use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An SQS queue, encrypted, and the queue for what nobody could handle.
///
/// Bounds: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Queue {
    /// Services and tasks that may send messages.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub send: BTreeSet<String>,
    /// Services and tasks that may receive and delete messages.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub receive: BTreeSet<String>,
    /// Whether messages of one group keep their order and come once.
    pub fifo: bool,
    /// Seconds for which a received message is hidden from others; longer than handling it takes.
    #[schemars(range(min = 1, max = 43200))]
    pub visibility_seconds: u32,
    /// Days after which a message that nobody deleted is gone.
    #[schemars(range(min = 1, max = 14))]
    pub retention_days: u32,
    /// How often a message is received before it goes to the dead letters.
    #[schemars(range(min = 1, max = 1000))]
    pub maximum_receives: u32,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            send: BTreeSet::new(),
            receive: BTreeSet::new(),
            fifo: true,
            visibility_seconds: 300,
            retention_days: 4,
            maximum_receives: 5,
        }
    }
}
