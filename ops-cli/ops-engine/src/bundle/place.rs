use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a bundle comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A folder or an archive.
    Disk(PathBuf),
    Object(ObjectPlace),
}

/// `s3://bucket/key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectPlace {
    pub bucket: String,
    pub key: String,
}

/// A text that names no object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected s3://BUCKET/KEY")]
pub struct NotAPlace;

impl FromStr for ObjectPlace {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let place = text.strip_prefix("s3://").and_then(|place| place.split_once('/'));
        let (bucket, key) = place.filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty()).ok_or(NotAPlace)?;
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

impl fmt::Display for ObjectPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "s3://{}/{}", self.bucket, self.key)
    }
}

impl FromStr for Source {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        if text.starts_with("s3://") { text.parse().map(Self::Object) } else { Ok(Self::Disk(text.into())) }
    }
}
