use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretReference;
use super::names::{SCENARIO_FILE, variable_name};

/// Requests that are sent to the environment once everything is deployed, and what they have to be answered with: a file
/// in the language of Hurl.
///
/// <https://hurl.dev/docs/hurl-file.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Path of the file in the repository: below `infra/scenarios/`, ending with `.hurl`, of letters, digits and `_.-`; no
    /// part of it begins with a dot.
    #[schemars(length(max = 255), regex(pattern = SCENARIO_FILE))]
    pub file: String,
    /// What the variable `url` of the file is: that of `load_balancer`, that of a site by its name, or an address that
    /// begins with `https://`.
    #[serde(default = "load_balancer")]
    #[schemars(regex(pattern = r"^(load_balancer|[a-z]([a-z0-9-]{0,22}[a-z0-9])?|https://[!-~]+)$"))]
    pub base: String,
    /// Variables of the file, beside `url`, `environment` and `commit`, which every file is given. All are text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = variable_name()), inner(regex(pattern = r"^[^\x00-\x1f\x7f\x22]*$")))]
    pub variables: BTreeMap<String, String>,
    /// Secret variables of the file, and where their values are kept: below `ssm:/slipway/<environment>/scenarios/` or
    /// `secretsmanager:slipway/<environment>/scenarios/`, for ops reads these values and no others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = variable_name()))]
    pub secrets: BTreeMap<String, SecretReference>,
    /// Seconds after which it has failed, further attempts included.
    #[serde(default = "a_minute")]
    #[schemars(range(min = 1, max = 900))]
    pub timeout_seconds: u32,
    /// Further attempts, of the whole file, when one has failed.
    #[serde(default)]
    #[schemars(range(max = 20))]
    pub retries: u32,
    /// Seconds between two attempts.
    #[serde(default = "two")]
    #[schemars(range(min = 1, max = 60))]
    pub retry_interval_seconds: u32,
    /// What a failure means for what was just deployed.
    #[serde(default)]
    pub after_failure: AfterFailure,
}

/// What a failed scenario means for what was just deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AfterFailure {
    /// The reconcile has failed, and what it deployed goes on serving.
    #[default]
    Report,
    /// Services go back to the task definition that ran before this reconcile, sites to the build that they served.
    RollBack,
}

/// Word for the load balancer as a base.
pub const LOAD_BALANCER_BASE: &str = "load_balancer";

/// Variables that every file is given.
pub const GIVEN_VARIABLES: [&str; 3] = ["url", "environment", "commit"];

fn load_balancer() -> String {
    LOAD_BALANCER_BASE.to_owned()
}

fn a_minute() -> u32 {
    60
}

fn two() -> u32 {
    2
}
