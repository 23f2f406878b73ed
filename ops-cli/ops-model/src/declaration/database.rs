use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A MySQL database on RDS, encrypted, reachable for what `firewall.database` names and nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Version of MySQL in quotes, `"8.4"` or one patch of it, `"8.4.5"`; 8.0 and 8.4 are possible.
    ///
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html>
    #[schemars(regex(pattern = r"^8\.[04](\.[0-9]+)?$"))]
    pub engine_version: String,
    /// Instance class, such as `db.t4g.medium`.
    ///
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html>
    #[schemars(regex(pattern = r"^db\.[a-z0-9-]+\.[a-z0-9-]+$"))]
    pub instance: String,
    /// Name of the schema (MySQL says database) that is created at first: a lower-case letter, then up to 62 lower-case
    /// letters, digits and underscores. No word that MySQL keeps for itself.
    ///
    /// <https://dev.mysql.com/doc/refman/8.4/en/keywords.html>
    #[schemars(regex(pattern = "^[a-z][a-z0-9_]{0,62}$"))]
    pub schema: String,
    /// Storage in GiB (gp3). It can grow and never shrink.
    ///
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html>
    #[serde(default = "twenty")]
    #[schemars(range(min = 20, max = 65536))]
    pub storage_gb: u32,
    /// How far RDS may let the storage grow by itself, in GiB: at least 10 % more than `storage_gb`. It does not grow
    /// when absent.
    ///
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html>
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 22, max = 65536))]
    pub maximum_storage_gb: Option<u32>,
    /// Whether a standby in another zone takes over when the database fails.
    #[serde(default)]
    pub multi_zone: bool,
    /// How many read replicas there are.
    #[serde(default)]
    #[schemars(range(max = 15))]
    pub replicas: u32,
    /// Days that automatic backups are kept; every moment since then can be restored.
    #[serde(default = "seven")]
    #[schemars(range(min = 1, max = 35))]
    pub backup_days: u32,
    /// Parameters of MySQL by name, values in quotes. `require_secure_transport` is ON, always, and no entry here.
    ///
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.Parameters.html>
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {
        "pattern": "^[a-z][a-z0-9_]*$",
        "description": "a lower-case letter, then lower-case letters, digits and underscores"
    }))]
    pub parameters: BTreeMap<String, String>,
}

fn twenty() -> u32 {
    20
}

fn seven() -> u32 {
    7
}
