use globset::{GlobBuilder, GlobMatcher};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::{ARTIFACT, BACKEND_PATH, GLOB, HEADER, HOST, PATH_IN_SITE};
use crate::precompressed::ContentCoding;

/// A web site of files: a private bucket behind a CloudFront distribution. Terraform makes both, ops fills the bucket.
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
    /// Whether paths without a dot in their last part are answered with the entry page, as programs that run in one page
    /// need. Files that are missing stay missing.
    pub single_page: bool,
    /// File that answers unknown paths with status 404: letters, digits and `_.-`, in folders between `/`, at most 255
    /// characters. Not together with `backend`, whose own answers it would replace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 255), regex(pattern = PATH_IN_SITE))]
    pub error_page: Option<String>,
    /// How the bundle packs its files: every file with the ending `.css`, `.html`, `.js`, `.json`, `.mjs`, `.svg`, `.txt`,
    /// `.wasm` or `.xml` has a variant beside it, `app.js.br` for `br` and `app.js.gz` for `gzip`. Browsers that accept one
    /// get it, `br` first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1), extend("uniqueItems" = true))]
    pub precompressed: Vec<ContentCoding>,
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
    /// Paths that the load balancer answers in place of the bucket, so that pages reach services under their own origin:
    /// up to 24, such as `/api/*`. Nothing of them is cached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 24), inner(regex(pattern = BACKEND_PATH)), extend("uniqueItems" = true))]
    pub backend: Vec<String>,
    /// Name of the artifact in `builds.yaml` whose bundle it serves. Absent: nobody deploys into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = ARTIFACT))]
    pub artifact: Option<String>,
    /// Builds whose files stay in the bucket, the one that is served among them: pages that are open in a browser find
    /// what they were built with, and going back to one needs no upload.
    #[schemars(range(min = 1, max = 20))]
    pub keep_builds: u32,
    /// Files that never change their content under one name, beside those whose name has a hash in it: globs such as
    /// `assets/**`. `*` ends at `/`, `**` does not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = GLOB)))]
    pub immutable: Vec<String>,
    /// Headers of files, where they are to be others than usual. Of a file that fits several the first counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<FileHeaders>,
}

/// Headers of some files of a site. What is absent is as usual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileHeaders {
    /// Which files: a glob such as `downloads/*.pdf`. `*` ends at `/`, `**` does not.
    #[schemars(regex(pattern = GLOB))]
    pub files: String,
    /// `Cache-Control`: 1 to 255 printable ASCII characters. With `immutable` in it the files never change their content,
    /// whatever their name; without it they may.
    ///
    /// <https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Cache-Control>
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = HEADER))]
    pub cache_control: Option<String>,
    /// `Content-Type`: 1 to 255 printable ASCII characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = HEADER))]
    pub content_type: Option<String>,
    /// `Content-Language`: 1 to 255 printable ASCII characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = HEADER))]
    pub content_language: Option<String>,
    /// `Content-Disposition`: 1 to 255 printable ASCII characters, such as `attachment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = HEADER))]
    pub content_disposition: Option<String>,
}

/// A glob over the files of a site.
///
/// # Errors
///
/// What is wrong with it.
pub fn file_glob(glob: &str) -> Result<GlobMatcher, globset::Error> {
    let glob = GlobBuilder::new(glob).literal_separator(true).backslash_escape(false).build()?;
    Ok(glob.compile_matcher())
}

impl Default for Site {
    fn default() -> Self {
        Self {
            host: None,
            entry: "index.html".to_owned(),
            single_page: false,
            error_page: None,
            precompressed: Vec::new(),
            content_security_policy: None,
            price_class: PriceClass::default(),
            backend: Vec::new(),
            artifact: None,
            keep_builds: 3,
            immutable: Vec::new(),
            headers: Vec::new(),
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
