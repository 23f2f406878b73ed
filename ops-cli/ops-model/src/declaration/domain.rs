use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The DNS name that everything public in the environment is below, with its certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// Lower-case DNS name with at least one dot and none at its end, such as `dev.slipway.example`, the last label
    /// beginning with a letter; at most 64 characters, for a certificate takes no more.
    ///
    /// <https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html>
    #[schemars(
        length(max = 64),
        regex(pattern = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")
    )]
    pub name: String,
    /// Where the zone of that name in Route 53 comes from.
    #[serde(default)]
    pub zone: Zone,
}

/// A hosted zone of Route 53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Terraform makes it; whoever has the domain above points to its name servers.
    #[default]
    Create,
    /// It is there already, made elsewhere.
    Existing,
}
