//! Texts of a form: each is checked by the very pattern that the description of the API names for it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A text that is not of its form.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected {0}")]
pub(crate) struct Unfit(&'static str);

macro_rules! text {
    ($($(#[$documentation:meta])+ $name:ident = $pattern:literal, $expected:literal, $example:literal;)+) => {$(
        $(#[$documentation])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub(crate) struct $name(String);

        impl FromStr for $name {
            type Err = Unfit;

            fn from_str(text: &str) -> Result<Self, Unfit> {
                static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a pattern"));
                if PATTERN.is_match(text) { Ok(Self(text.to_owned())) } else { Err(Unfit($expected)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = Unfit;

            fn try_from(text: String) -> Result<Self, Unfit> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl $name {
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some($pattern));
                text.description(Some($expected)).examples([serde_json::json!($example)]).build().into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+

        #[cfg(test)]
        #[test]
        fn every_example_is_of_its_form() {
            $(assert!($example.parse::<$name>().is_ok(), stringify!($name));
            assert_eq!("\0".parse::<$name>(), Err(Unfit($expected)));)+
        }
    };
}

text! {
    /// Name of an environment.
    EnvironmentName = "^[a-z0-9-]{1,32}$", "1 to 32 lower-case letters, digits or hyphens", "dev";
    /// Name of an artifact, as a declaration has it.
    ArtifactName = "^[a-z][a-z0-9-]{0,39}$", "a lower-case letter, then up to 39 lower-case letters, digits or hyphens", "app";
    /// Digest of an image's manifest or of a bundle's files.
    Digest = "^sha256:[0-9a-f]{64}$", "sha256: and 64 hexadecimal digits",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    /// A SHA-256 alone.
    Sha256Text = "^[0-9a-f]{64}$", "64 lower-case hexadecimal digits",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    /// A commit in full.
    CommitId = "^[0-9a-f]{40}([0-9a-f]{24})?$", "40 or 64 lower-case hexadecimal digits",
        "0123456789abcdef0123456789abcdef01234567";
    /// What people call a build.
    Version = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$", "1 to 64 letters, digits or . _ + -, the first a letter or a digit", "1.4.0";
    /// Where an artifact is: a repository of images without tag and digest, or `s3://<bucket>/<key>` of a bundle.
    ArtifactPlace = "^(s3://)?[a-z0-9][A-Za-z0-9!_.*'():/-]{0,1023}$", "a repository of images, or s3://BUCKET/KEY",
        "000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/slipway/app";
    /// A line that people read.
    Line = r"^[^\x00-\x1f\x7f]{1,500}$", "1 to 500 characters on one line", "the database moves";
    /// What people are called by.
    Name = r"^[^\x00-\x1f\x7f]{1,100}$", "1 to 100 characters on one line", "Ada";
    /// Text of several lines.
    Lines = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]{1,4000}$", "1 to 4000 characters", "api: 1.3.0 -> 1.4.0";
    /// Name of a file, without any folder.
    FileName = r"^[A-Za-z0-9_][A-Za-z0-9._ -]{0,99}$", "1 to 100 letters, digits, spaces or . _ -, the first a letter, a digit or _",
        "report.pdf";
    /// A media type.
    MediaType = "^[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}$", "a media type without parameters", "application/pdf";
    /// What the client calls this request by.
    RequestKey = "^[A-Za-z0-9_-]{1,64}$", "1 to 64 letters, digits, _ or -", "0b9f8c5e-6a53-4f0e-9d3f-1a2b3c4d5e6f";
}

impl Sha256Text {
    pub(crate) fn of(hash: &[u8; 32]) -> Self {
        Self(ops_model::bundle::hexadecimal(hash))
    }

    pub(crate) fn bytes(&self) -> [u8; 32] {
        let digit = |byte: u8| if byte.is_ascii_digit() { byte - b'0' } else { byte - b'a' + 10 };
        let digits = self.as_str().as_bytes();
        std::array::from_fn(|index| digit(digits[2 * index]) << 4 | digit(digits[2 * index + 1]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_written_and_read() {
        let hash = std::array::from_fn(|index| u8::try_from(index * 7).expect("a byte"));
        assert_eq!(Sha256Text::of(&hash).bytes(), hash);
    }
}
