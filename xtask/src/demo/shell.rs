//! Commands as a person would type them: shown, then run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Result, say};
use crate::tool;

pub(super) struct Shell {
    folder: PathBuf,
    path: OsString,
    environment: Vec<(String, String)>,
}

impl Shell {
    /// `programs`: folders that come first in the `PATH`.
    pub(super) fn new(folder: &Path, programs: &[PathBuf], environment: Vec<(String, String)>) -> Self {
        let mut path = OsString::new();
        for folder in programs {
            path.push(folder);
            path.push(":");
        }
        path.push(std::env::var_os("PATH").unwrap_or_default());
        Self { folder: folder.to_owned(), path, environment }
    }

    /// Shows the command and what it prints.
    pub(super) fn show(&self, program: &str, arguments: &[&str]) -> Result<()> {
        if self.run(program, arguments)? {
            Ok(())
        } else {
            Err(format!("`{program} {}` failed", arguments.join(" ")).into())
        }
    }

    /// Shows a command that has to be refused.
    pub(super) fn show_refused(&self, program: &str, arguments: &[&str]) -> Result<()> {
        if self.run(program, arguments)? {
            return Err(format!("`{program} {}` was not refused", arguments.join(" ")).into());
        }
        Ok(())
    }

    /// What a command prints, without showing it.
    pub(super) fn capture(&self, program: &str, arguments: &[&str]) -> Result<String> {
        Ok(tool::run(&mut self.command(program, arguments))?.trim().to_owned())
    }

    pub(super) fn json(&self, program: &str, arguments: &[&str]) -> Result<Value> {
        Ok(serde_json::from_str(&self.capture(program, arguments)?)?)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<bool> {
        say(&format!("$ {program} {}", arguments.join(" ")));
        Ok(self.command(program, arguments).stdin(Stdio::null()).status()?.success())
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("PATH", &self.path)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .envs(super::team_repository::GIT_ENVIRONMENT);
        // A hook's git would take these for its own repository.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "AWS_PROFILE", "AWS_SESSION_TOKEN"] {
            command.env_remove(name);
        }
        command
    }
}
