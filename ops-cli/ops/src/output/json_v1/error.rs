use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::error::CommandError;

#[derive(Debug, Serialize)]
pub(crate) struct ErrorDocument {
    schema_version: u32,
    error: ErrorDetails,
}

#[derive(Debug, Serialize)]
struct ErrorDetails {
    kind: &'static str,
    message: String,
    /// Outermost first.
    causes: Vec<String>,
    remedy: Option<String>,
}

/// What a program gets instead of a result.
pub(crate) fn error(error: &CommandError) -> ErrorDocument {
    let mut chain = error.chain().into_iter();
    let message = chain.next().unwrap_or_default();
    let error = ErrorDetails {
        kind: error.kind().name(),
        message,
        causes: chain.collect(),
        remedy: error.remedy().map(str::to_owned),
    };
    ErrorDocument { schema_version: SCHEMA_VERSION, error }
}
