use serde_json::Value;

/// Why another tool's file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("{file}:{line}:{column} is a template, which only the tool itself can evaluate")]
    Template { file: String, line: usize, column: usize },
    #[error("{file} is Jsonnet, which only the tool itself can evaluate")]
    Jsonnet { file: String },
    #[error("{file} has more than {LIMIT_BYTES} bytes")]
    TooLarge { file: String },
    #[error("{file} cannot be read: {why}")]
    Malformed { file: String, why: String },
    #[error("{file} says nothing of `{key}`")]
    Missing { file: String, key: &'static str },
    #[error("`{key}` in {file} cannot be imported: {why}")]
    Unsupported { file: String, key: String, why: String },
}

/// No service's definition comes near it.
const LIMIT_BYTES: usize = 1024 * 1024;

impl ReadError {
    /// What helps.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Template { .. } | Self::Jsonnet { .. } => Some(
                "render it first: `ecspresso render config`, `ecspresso render taskdef` and `ecspresso render servicedef` write \
                 plain files",
            ),
            _ => None,
        }
    }
}

/// A YAML or JSON file as a value; JSON is YAML, too, but its messages are about JSON.
pub(super) fn parse(file: &str, text: &str) -> Result<Value, ReadError> {
    if text.len() > LIMIT_BYTES {
        return Err(ReadError::TooLarge { file: file.to_owned() });
    }
    let malformed = |why: String| ReadError::Malformed { file: file.to_owned(), why };
    if file.ends_with(".json") {
        return serde_json::from_str(text).map_err(|error| malformed(error.to_string()));
    }
    serde_yaml::from_str(text).map_err(|error| malformed(error.to_string()))
}

/// Refuses what would have to be evaluated, with its place.
pub(super) fn refuse_templates(file: &str, text: &str) -> Result<(), ReadError> {
    if file.ends_with(".jsonnet") || file.ends_with(".libsonnet") {
        return Err(ReadError::Jsonnet { file: file.to_owned() });
    }
    let Some((line, column)) = text.lines().enumerate().find_map(|(index, line)| Some((index + 1, line.find("{{")?)))
    else {
        return Ok(());
    };
    Err(ReadError::Template { file: file.to_owned(), line, column: column + 1 })
}
