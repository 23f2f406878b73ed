//! Variants of a site's files: the same content, packed before it was deployed, beside the file that is in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Endings of the files that browsers are given a variant of: of what CloudFront would pack by itself, what pages are made
/// of. The function of the Terraform module `site` has the same ones.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>
pub const ENDINGS: [&str; 9] = [".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm", ".xml"];

/// How a variant is packed, by the name that HTTP has for it.
///
/// <https://www.rfc-editor.org/rfc/rfc9110#name-content-codings>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContentCoding {
    /// Brotli: `app.js.br`.
    Br,
    /// gzip: `app.js.gz`.
    Gzip,
}

impl ContentCoding {
    const ALL: [Self; 2] = [Self::Br, Self::Gzip];

    /// What `Content-Encoding` says.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Br => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What follows the name of the file that is in it.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Br => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// Of a variant's path, the path of the file that is in it. Whether there is such a file, only its bundle says.
#[must_use]
pub fn unpacked(path: &str) -> Option<(&str, ContentCoding)> {
    ContentCoding::ALL.into_iter().find_map(|coding| Some((path.strip_suffix(coding.ending())?, coding)))
}

/// Variants that browsers are given of a file where a site declares these codings.
pub fn variants(path: &str, codings: &[ContentCoding]) -> impl Iterator<Item = String> {
    let codings = if ENDINGS.iter().any(|ending| path.ends_with(ending)) { codings } else { &[] };
    codings.iter().map(move |coding| format!("{path}{}", coding.ending()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_has_the_name_of_its_file_and_an_ending() {
        let of = |path| variants(path, &ContentCoding::ALL).collect::<Vec<_>>();
        assert_eq!(of("a/app.js"), ["a/app.js.br", "a/app.js.gz"]);
        assert!(of("photo.avif").is_empty() && of("app.js.br").is_empty() && of("js").is_empty());
        assert!(variants("app.js", &[]).next().is_none());
        assert_eq!(unpacked("a/app.js.gz"), Some(("a/app.js", ContentCoding::Gzip)));
        assert_eq!(unpacked("a/app.js"), None);
    }

    /// Where the function asks for a variant that no bundle has to have, browsers get 404.
    #[test]
    fn the_function_of_a_distribution_asks_for_what_is_promised() {
        let function = include_str!("../../../terraform/modules/site/viewer_request.js");
        let endings = ENDINGS.map(|ending| ending.trim_start_matches('.')).join("|");
        assert!(function.contains(&format!("/\\.({endings})$/")), "{endings}");
    }
}
