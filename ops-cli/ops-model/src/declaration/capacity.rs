use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How tasks are spread over capacity providers: `base` tasks first, the others by weight.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Tasks that AWS never takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fargate: Option<CapacityShare>,
    /// Cheaper tasks that AWS may end with two minutes' notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fargate_spot: Option<CapacityShare>,
}

/// The share of one capacity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityShare {
    /// Tasks that run there before weights count. Only one provider has some.
    #[serde(default)]
    #[schemars(range(max = 100_000))]
    pub base: u32,
    /// Share of the tasks above the base, in relation to the other's weight.
    #[serde(default = "one")]
    #[schemars(range(max = 1000))]
    pub weight: u32,
}

fn one() -> u32 {
    1
}
