//! The program hurl: it speaks HTTP, keeps cookies and knows the language of the files.
//!
//! A program rather than the crate of the same name, which brings curl, OpenSSL and libxml2 into every build of ops.

mod message;
mod report;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use ops_model::blotter::TextBlotter;
use ops_model::scenario::ScenarioFailure;
use tempfile::TempDir;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use self::message::{Message, messages};
use super::{Attempted, HttpScenarios, ScenarioAttempt, ScenarioError};

/// The first one that takes secrets from variables of the environment: 7.1.
const OLDEST: (u32, u32) = (7, 1);

/// Bytes of an answer that are read at most; a larger one is a failure.
const LARGEST_ANSWER: &str = "16777216";

/// No file has so many requests: nothing is sent, and the file is only parsed.
const AFTER_THE_LAST_REQUEST: &str = "4294967295";

const PARSING: Duration = Duration::from_secs(10);

/// Variables of the environment that curl goes by. Nothing else of ours is handed on: no credentials of AWS, and no
/// settings of Hurl's by which the same file would mean something else on the next machine.
pub const HANDED_ON: [&str; 9] = [
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

#[derive(Debug, thiserror::Error)]
pub enum HurlError {
    #[error("the program hurl is not in the PATH")]
    NotFound,
    #[error("hurl {found} is too old: {}.{} is the oldest that can be used", OLDEST.0, OLDEST.1)]
    TooOld { found: String },
    #[error("hurl cannot be started")]
    Start(#[source] io::Error),
    #[error("hurl cannot be given its file")]
    Folder(#[source] io::Error),
    #[error("hurl refuses what it is asked to do: {message}")]
    Refused { message: String },
    #[error("hurl's report cannot be read")]
    Report(#[source] io::Error),
}

/// The program, found and looked at.
#[derive(Debug, Clone)]
pub struct HurlProgram {
    program: PathBuf,
    version: String,
    settings: HurlSettings,
}

/// What a person's environment says.
#[derive(Debug, Clone, Default)]
pub struct HurlSettings {
    /// The value of `PATH`.
    pub path: Option<OsString>,
    /// `HOST:PORT` that every connection is opened to, whatever host a request names: an environment that has no public
    /// name yet, or none at all.
    pub connect_to: Option<String>,
    /// Those of [`HANDED_ON`] that are set.
    pub environment: Vec<(String, OsString)>,
}

impl HurlProgram {
    /// # Errors
    /// There is none, or it is too old.
    pub async fn find(settings: HurlSettings) -> Result<Self, HurlError> {
        let folders = std::env::split_paths(settings.path.as_deref().unwrap_or_default());
        let program = folders.map(|folder| folder.join("hurl")).find(|program| program.is_file());
        let program = program.ok_or(HurlError::NotFound)?;
        let mut asked = Command::new(&program);
        let output = asked.arg("--version").env_clear().stdin(Stdio::null()).kill_on_drop(true).output();
        let output = output.await.map_err(HurlError::Start)?;
        // hurl 8.0.1 (x86_64-pc-linux-gnu) libcurl/8.5.0 …
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let version = said.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
        if (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) < OLDEST {
            return Err(HurlError::TooOld {
                found: if version.is_empty() { "of no version".to_owned() } else { version },
            });
        }
        Ok(Self { program, version, settings })
    }

    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What is wrong with the text of a file; `None`: nothing. Sends no request.
    ///
    /// # Errors
    /// The program cannot be run.
    pub async fn parse(&self, text: &str) -> Result<Option<ScenarioFailure>, HurlError> {
        let folder = Folder::with(text)?;
        let mut command = self.command(&folder);
        command.args(["--from-entry", AFTER_THE_LAST_REQUEST]).arg(Folder::FILE);
        let output = match tokio::time::timeout(PARSING, run(command)).await {
            Ok(output) => output?,
            Err(_) => return Err(HurlError::Refused { message: "the file takes too long to be parsed".to_owned() }),
        };
        if output.status.success() {
            return Ok(None);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let first = messages(&said).into_iter().next().filter(|_| output.status.code() == Some(PARSE_ERROR));
        match first {
            Some(message) => Ok(Some(message.into_failure())),
            None => Err(HurlError::Refused { message: said.trim().to_owned() }),
        }
    }

    /// In a folder of its own, with nothing of our environment but what curl goes by.
    fn command(&self, folder: &Folder) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(folder.0.path())
            .env_clear()
            .envs(self.settings.environment.iter().map(|(name, value)| (name, value)))
            .args(["--no-color", "--no-output", "--error-format", "short", "--file-root", "."])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn send(&self, attempt: &ScenarioAttempt) -> Result<Attempted, ScenarioError> {
        let blotter = blotter(attempt);
        let folder = Folder::with(&attempt.text)?;
        let mut command = self.command(&folder);
        command.args(["--report-json", Folder::REPORT, "--max-filesize", LARGEST_ANSWER]);
        command.arg("--max-time").arg(attempt.limit.as_secs().max(1).to_string());
        if let Some(address) = &self.settings.connect_to {
            command.arg("--connect-to").arg(format!("::{address}"));
        }
        for (name, value) in &attempt.variables {
            // In quotes it is a text, whatever it looks like.
            command.arg("--variable").arg(format!("{name}=\"{value}\""));
        }
        // Other people of this machine see a program's arguments, but not its environment.
        command.envs(attempt.secrets.iter().map(|(name, value)| (format!("HURL_SECRET_{name}"), value.expose())));
        command.arg(Folder::FILE);
        let output = run(command).await?;
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0 | RUNTIME_ERROR | ASSERT_ERROR) => {}
            Some(PARSE_ERROR) => {
                let failures = messages(&said).into_iter().map(Message::into_failure);
                return Ok(Attempted {
                    requests: Vec::new(),
                    failures: failures.map(|it| blotted(it, &blotter)).collect(),
                });
            }
            _ => return Err(HurlError::Refused { message: blotter.blot(said.trim()) }.into()),
        }
        let report = report::read(&folder.0.path().join(Folder::REPORT)).map_err(HurlError::Report)?;
        let mut failures: Vec<_> = messages(&said).into_iter().map(|message| report.explain(message)).collect();
        if failures.is_empty() && !output.status.success() {
            failures.push(Message { what: said.trim().to_owned(), ..Message::default() }.into_failure());
        }
        let mut requests = report.requests();
        for request in &mut requests {
            request.url = blotter.blot(&request.url);
        }
        Ok(Attempted { requests, failures: failures.into_iter().map(|it| blotted(it, &blotter)).collect() })
    }
}

/// Exit codes of hurl.
///
/// Source: <https://hurl.dev/docs/manual.html#exit-codes>
const PARSE_ERROR: i32 = 2;
const RUNTIME_ERROR: i32 = 3;
const ASSERT_ERROR: i32 = 4;

#[async_trait]
impl HttpScenarios for HurlProgram {
    async fn attempt(&self, attempt: &ScenarioAttempt, stop: &CancellationToken) -> Result<Attempted, ScenarioError> {
        // What is dropped is killed.
        tokio::select! {
            () = stop.cancelled() => Err(ScenarioError::Stopped),
            done = tokio::time::timeout(attempt.limit, self.send(attempt)) => {
                done.unwrap_or(Err(ScenarioError::TimedOut { limit: attempt.limit }))
            }
        }
    }
}

/// A folder that nobody else can look into, removed when it is dropped.
struct Folder(TempDir);

impl Folder {
    const FILE: &str = "scenario.hurl";
    const REPORT: &str = "report";

    fn with(text: &str) -> Result<Self, HurlError> {
        let folder = tempfile::Builder::new().prefix("ops-scenario-").tempdir().map_err(HurlError::Folder)?;
        std::fs::write(folder.path().join(Self::FILE), text).map_err(HurlError::Folder)?;
        Ok(Self(folder))
    }
}

async fn run(mut command: Command) -> Result<Output, HurlError> {
    let child = command.spawn().map_err(HurlError::Start)?;
    child.wait_with_output().await.map_err(HurlError::Start)
}

/// Finds secrets also where they stand in a URL or in JSON, and each longer line of one that has several.
fn blotter(attempt: &ScenarioAttempt) -> TextBlotter {
    let mut forms = Vec::new();
    for secret in attempt.secrets.values() {
        let value = secret.expose();
        forms.push(value.to_owned());
        forms.push(percent_encoded(value));
        let json = serde_json::Value::from(value).to_string();
        forms.push(json.trim_matches('"').to_owned());
        forms.extend(value.lines().map(str::trim).filter(|line| line.len() >= 8).map(str::to_owned));
    }
    TextBlotter::new(forms.iter().map(String::as_str))
}

/// As in the query of a URL: everything but letters, digits and `-._~`.
fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn blotted(failure: ScenarioFailure, blotter: &TextBlotter) -> ScenarioFailure {
    let ScenarioFailure { line, column, what, text, details, request, status, body } = failure;
    ScenarioFailure {
        line,
        column,
        what: blotter.blot(&what),
        text: blotter.blot(&text),
        details: details.iter().map(|detail| blotter.blot(detail)).collect(),
        request: request.map(|request| blotter.blot(&request)),
        status,
        // A secret must not escape by being cut in two.
        body: body.map(|body| beginning(&blotter.blot(&body))),
    }
}

/// The first characters, on one line.
fn beginning(text: &str) -> String {
    const SHOWN: usize = 300;
    let mut shown: String =
        text.trim().chars().take(SHOWN).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.trim().chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests;
