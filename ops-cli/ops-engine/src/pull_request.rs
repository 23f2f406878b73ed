//! A pull request on GitHub, through its `gh` program: it knows people's credentials and hosts.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

#[derive(Debug, thiserror::Error)]
pub enum PullRequestError {
    #[error("the gh program cannot be started")]
    NoProgram {
        #[source]
        source: std::io::Error,
    },
    #[error("`gh pr create` failed: {message}")]
    Refused { message: String },
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct PullRequest<'a> {
    /// Branch that has the commit.
    pub head: &'a str,
    /// Branch that it is to go into.
    pub base: &'a str,
    pub title: &'a str,
    pub body: &'a str,
}

/// Opens it and returns its address.
///
/// # Errors
/// There is no `gh`, or it or GitHub refuses.
pub async fn open(work_tree: &Path, request: PullRequest<'_>) -> Result<String, PullRequestError> {
    let PullRequest { head, base, title, body } = request;
    let arguments = ["pr", "create", "--head", head, "--base", base, "--title", title, "--body", body];
    let mut command = Command::new("gh");
    command.args(arguments.map(OsStr::new)).current_dir(work_tree).env("GH_PROMPT_DISABLED", "1").stdin(Stdio::null());
    let output = command.kill_on_drop(true).output().await.map_err(|source| PullRequestError::NoProgram { source })?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        // The address is the last line; what is before it may be a notice.
        Ok(said(&output.stdout).lines().last().unwrap_or_default().to_owned())
    } else {
        Err(PullRequestError::Refused { message: said(&output.stderr) })
    }
}
