use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::SECRET_REFERENCE;

/// Where the value of a secret variable comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SecretReference {
    /// `ssm:/path/of/the/parameter` or `secretsmanager:name-of-the-secret`.
    Place(#[schemars(regex(pattern = SECRET_REFERENCE))] String),
    /// A part of it, or one of its versions.
    Part(SecretPart),
}

/// A part of a secret, or one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretPart {
    /// `ssm:/path/of/the/parameter` or `secretsmanager:name-of-the-secret`.
    #[schemars(regex(pattern = SECRET_REFERENCE))]
    pub from: String,
    /// Key in the JSON that a secret of Secrets Manager holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[^:]+$"))]
    pub key: Option<String>,
    /// Id of the version of a secret of Secrets Manager that is used whatever comes after it: 32 to 64 letters, digits
    /// and hyphens. Absent: the current one; when it changes, the service is rolled.
    ///
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[A-Za-z0-9-]{32,64}$"))]
    pub version: Option<String>,
}

impl SecretReference {
    /// `ssm:/path` or `secretsmanager:name`.
    #[must_use]
    pub fn place(&self) -> &str {
        match self {
            Self::Place(place) => place,
            Self::Part(part) => &part.from,
        }
    }

    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Place(_) => None,
            Self::Part(part) => part.key.as_deref(),
        }
    }

    #[must_use]
    pub fn version(&self) -> Option<&str> {
        match self {
            Self::Place(_) => None,
            Self::Part(part) => part.version.as_deref(),
        }
    }
}
