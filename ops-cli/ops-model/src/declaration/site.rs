use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::{HOST, PATH_IN_SITE};

/// A web site of files: a private bucket behind a CloudFront distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// Its name below the domain: 1 to 63 lower-case letters, digits and hyphens, no hyphen first or last. Needs
    /// `domain`; CloudFront's own name is the only one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = HOST))]
    pub host: Option<String>,
    /// File that answers `/`: letters, digits and `_.-`, in folders between `/`, at most 255 characters.
    #[schemars(length(max = 255), regex(pattern = PATH_IN_SITE))]
    pub entry: String,
    /// Whether unknown paths are answered with the entry page and status 200, as programs that run in one page need.
    pub single_page: bool,
    /// File that answers unknown paths with status 404: letters, digits and `_.-`, in folders between `/`, at most 255
    /// characters. Not together with `single_page`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 255), regex(pattern = PATH_IN_SITE))]
    pub error_page: Option<String>,
    /// What pages may load and from where: the header `Content-Security-Policy`, 1 to 1783 printable ASCII characters
    /// (CloudFront's quota). A strict one when absent.
    ///
    /// <https://developer.mozilla.org/en-US/docs/Web/HTTP/CSP>
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[ -~]{1,1783}$"))]
    pub content_security_policy: Option<String>,
    /// Where in the world CloudFront serves it from.
    ///
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html>
    pub price_class: PriceClass,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            host: None,
            entry: "index.html".to_owned(),
            single_page: false,
            error_page: None,
            content_security_policy: None,
            price_class: PriceClass::default(),
        }
    }
}

/// CloudFront's choices of edge locations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum PriceClass {
    /// North America, Europe, Israel.
    #[serde(rename = "PriceClass_100")]
    Class100,
    /// Those, and all but South America, Australia and New Zealand.
    #[default]
    #[serde(rename = "PriceClass_200")]
    Class200,
    /// Everywhere.
    #[serde(rename = "PriceClass_All")]
    All,
}
