use ops_model::outcome::LogLine;
use serde_json::json;

use super::SCHEMA_VERSION;
use crate::error::OutputError;

/// One document in one line: whoever follows a log cannot wait for its end.
pub(crate) fn log_line(line: &LogLine) -> Result<String, OutputError> {
    let LogLine { at, task, container, text } = line;
    let document = json!({
        "schema_version": SCHEMA_VERSION, "at": at.to_string(), "task": task, "container": container, "text": text,
    });
    Ok(format!("{document}\n"))
}
