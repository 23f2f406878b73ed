use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One permission to open TCP connections. What no rule names is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirewallRule {
    /// Who may connect: `internet`, `load_balancer`, the name of a service or a task, an IPv4 CIDR, or a prefix list
    /// (`pl-` and 8 or 17 hexadecimal digits); under `database` services and tasks alone.
    pub from: String,
    /// TCP port; under `database` always 3306.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// Last port of a range that begins at `port`; not under `database`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub to_port: Option<u16>,
    /// Why the rule is there; becomes its description in AWS, which takes up to 255 letters, digits, spaces
    /// and `._-:/()#,@[]+=&;{}!$*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{1,255}$"))]
    pub reason: Option<String>,
    /// Of an exception: the last day, in UTC, on which it holds, such as `"2026-10-31"`. From the next day on ops takes
    /// what is left of it for a hole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub until: Option<Date>,
}

impl FirewallRule {
    /// First and last port.
    #[must_use]
    pub fn ports(&self) -> (u16, u16) {
        (self.port, self.to_port.unwrap_or(self.port))
    }
}

/// What ops does about holes: what the security groups let through beyond the declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Holes {
    /// When holes are closed.
    pub close: CloseHoles,
}

/// When holes are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CloseHoles {
    /// Dangerous ones in every reconcile, even while something holds its plan; the others with the plan.
    AtOnce,
    /// With the plan.
    #[default]
    WithPlan,
    /// By people: ops names holes and leaves them.
    Never,
}
