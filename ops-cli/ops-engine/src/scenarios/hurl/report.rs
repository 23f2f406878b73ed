//! Hurl's report in JSON: what was sent, and what was answered.
//!
//! Source: <https://hurl.dev/docs/running-tests.html#json-report>

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ops_model::scenario::{ScenarioFailure, ScenarioRequest};
use serde::Deserialize;

use super::message::Message;

/// Much more than is shown of a body.
const READ_OF_BODY: u64 = 64 * 1024;

pub(super) struct Report {
    folder: PathBuf,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Run {
    entries: Vec<Entry>,
}

/// One request of the file, once for each time that it was tried.
#[derive(Deserialize)]
struct Entry {
    line: u32,
    /// Several where redirections are followed.
    calls: Vec<Call>,
}

#[derive(Deserialize)]
struct Call {
    request: Request,
    response: Response,
    timings: Timings,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    url: String,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    /// Path of a file beside the report.
    #[serde(default)]
    body: Option<String>,
}

#[derive(Deserialize)]
struct Timings {
    /// Microseconds.
    total: u64,
}

/// Reads the report in a folder.
pub(super) fn read(folder: &Path) -> io::Result<Report> {
    let text = fs::read(folder.join("report.json"))?;
    let runs: Vec<Run> = serde_json::from_slice(&text)?;
    let entries = runs.into_iter().flat_map(|run| run.entries).collect();
    Ok(Report { folder: folder.to_owned(), entries })
}

impl Report {
    pub(super) fn requests(&self) -> Vec<ScenarioRequest> {
        let calls = self.entries.iter().flat_map(|entry| &entry.calls);
        let requests = calls.map(|call| ScenarioRequest {
            method: call.request.method.clone(),
            url: call.request.url.clone(),
            status: call.response.status,
            milliseconds: call.timings.total / 1000,
        });
        requests.collect()
    }

    /// Adds what was sent and answered to what hurl says of a failure.
    pub(super) fn explain(&self, message: Message) -> ScenarioFailure {
        // The last time that the request above the line was tried.
        let above = self.entries.iter().filter(|entry| entry.line <= message.line).map(|entry| entry.line).max();
        let entry = self.entries.iter().rev().find(|entry| Some(entry.line) == above);
        let call = entry.and_then(|entry| entry.calls.last());
        let failure = message.into_failure();
        let Some(call) = call else { return failure };
        ScenarioFailure {
            request: Some(format!("{} {}", call.request.method, call.request.url)),
            status: Some(call.response.status),
            body: call.response.body.as_deref().and_then(|body| self.body(body)),
            ..failure
        }
    }

    /// The beginning of a body. One that cannot be read is missing in the evidence, and nothing else.
    fn body(&self, path: &str) -> Option<String> {
        let file = File::open(self.folder.join("store").join(Path::new(path).file_name()?)).ok()?;
        let mut bytes = Vec::new();
        file.take(READ_OF_BODY).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned()).filter(|text| !text.trim().is_empty())
    }
}
