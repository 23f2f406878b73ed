use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::HOST;

/// PEM of a `SubjectPublicKeyInfo` (<https://www.rfc-editor.org/rfc/rfc5280#section-4.1>): all that is RSA and of 2048
/// bits begins alike and has 392 characters. CloudFront takes no other size.
const RSA_PUBLIC_KEY: &str = r"^-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A([A-Za-z0-9+/]\n?){360}\n-----END PUBLIC KEY-----\n?$";

/// Files that browsers upload and read by signed URLs: a private bucket behind a CloudFront distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uploads {
    /// Services and tasks that put and read the files.
    #[schemars(length(min = 1))]
    pub services: BTreeSet<String>,
    /// Sites whose pages may upload: exact origins, such as `https://console.dev.slipway.example`, without `/` at the
    /// end.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(inner(regex(pattern = r"^https?://[a-z0-9.-]+(:[0-9]+)?$")))]
    pub origins: BTreeSet<String>,
    /// The distribution's name below the domain: 1 to 63 lower-case letters, digits and hyphens, no hyphen first or
    /// last. Needs `domain`; CloudFront's own name is the only one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = HOST))]
    pub host: Option<String>,
    /// 1 to 5 RSA public keys of 2048 bits by name, in PEM (`-----BEGIN PUBLIC KEY-----`), each once: who has the private
    /// half can sign URLs.
    /// Two at once let a key be replaced without a pause.
    ///
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>
    #[schemars(extend(
        "minProperties" = 1,
        "maxProperties" = 5,
        "propertyNames" = {
            "pattern": "^[a-z0-9][a-z0-9-]{0,39}$",
            "description": "a lower-case letter or digit, then up to 39 lower-case letters, digits and hyphens; in quotes when it looks like a number or a date"
        },
        "additionalProperties" = {
            "type": "string",
            "pattern": RSA_PUBLIC_KEY,
            "description": "an RSA public key of 2048 bits in PEM: from `-----BEGIN PUBLIC KEY-----` to `-----END PUBLIC KEY-----`, as `openssl rsa -pubout` writes it."
        }
    ))]
    pub public_keys: BTreeMap<String, String>,
    /// Days after which a file is deleted; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub expire_days: Option<u32>,
}
