use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One permission to open a TCP connection. What no rule names is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirewallRule {
    /// Who may connect: `internet`, `load_balancer`, the name of a service or a task, or an IPv4 CIDR; under `database`
    /// services and tasks alone.
    pub from: String,
    /// TCP port; under `database` always 3306.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// Why the rule is there; becomes its description in AWS, which takes up to 255 letters, digits, spaces
    /// and `._-:/()#,@[]+=&;{}!$*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{1,255}$"))]
    pub reason: Option<String>,
}
