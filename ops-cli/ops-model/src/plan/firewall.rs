use serde::{Deserialize, Serialize};

use crate::security_group::{Direction, Permission};

/// How one security group of the platform contract stands before the plan runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum GroupStanding {
    InSync,
    Changes,
    /// Something is open beyond the declaration, which says that people close it.
    Holes,
    /// Declared, but Terraform has not yet made it.
    WaitsForTerraform,
    /// In the platform contract, and not in AWS.
    Missing {
        group_id: String,
    },
}

/// Something that a security group lets through beyond the declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hole {
    /// Name of the group.
    pub group: String,
    /// Id of the rule that makes it.
    pub rule_id: String,
    /// Who can reach what: `anyone on the internet can reach MySQL (3306) on database`.
    pub words: String,
    /// Somebody undeclared reaches the database, much of the internet reaches anything, or the database reaches much of
    /// the internet.
    pub dangerous: bool,
}

/// What the executor does to a security group, in this order: what is missing comes before anything goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirewallAct {
    pub group_id: String,
    pub steps: Vec<FirewallStep>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirewallStep {
    pub call: FirewallCall,
    /// The dangerous hole that it closes.
    pub closes: Option<String>,
    /// The declaration wants it done even while something holds the plan.
    pub at_once: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum FirewallCall {
    Authorize {
        rule: WantedRule,
    },
    /// In one go: the rule keeps its id, and with it its place in Terraform's state.
    Modify {
        id: String,
        rule: WantedRule,
    },
    Revoke {
        id: String,
        direction: Direction,
    },
}

/// A declared rule that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedRule {
    pub permission: Permission,
    /// As Terraform writes it.
    pub description: String,
    /// The tag `Name` that Terraform gives it.
    pub name: String,
    /// Address of the resource that Terraform keeps it as; `None` where it stands in the group itself.
    pub terraform: Option<String>,
}
