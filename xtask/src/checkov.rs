//! checkov: known mistakes of Terraform configurations, looked for offline.
//!
//! A resource that a check does not fit says so in place, with a reason: `#checkov:skip=<check>:<reason>`.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::python_environment::{self, Kind, PythonError};
use crate::tool::{self, ToolError};

/// Beside the code that it is about, where checkov finds it when a person runs it too.
const CONFIGURATION: &str = ".checkov.yaml";

/// What checkov answers for a skip comment that has only the check's id.
const NO_REASON: &str = "No comment provided";

#[derive(Debug, thiserror::Error)]
pub enum CheckovError {
    #[error("can't install checkov")]
    Install(#[from] PythonError),
    #[error("can't run checkov")]
    Run(#[from] ToolError),
    #[error("checkov's report is not JSON")]
    Json(#[from] serde_json::Error),
    #[error("checkov's report has no `{key}`")]
    Report { key: &'static str },
    #[error("checkov looked at no resource")]
    NothingSeen,
    #[error("checkov finds fault:\n{}", lines(.0))]
    Faults(Vec<Fault>),
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A check failed.
    Failed { check: String, says: String, resource: String, at: String },
    /// A check is skipped and nobody says why.
    WithoutReason { check: String, resource: String, at: String },
    /// A file that checkov cannot read is a file that it does not check.
    Unreadable { file: String },
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { check, says, resource, at } => write!(formatter, "{at}: {check} {says} ({resource})"),
            Self::WithoutReason { check, resource, at } => {
                write!(formatter, "{at}: {check} is skipped without a reason ({resource})")
            }
            Self::Unreadable { file } => write!(formatter, "{file}: checkov can't read it"),
        }
    }
}

/// What a scan without faults had looked at. A module that two roots call counts twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    pub passed: u64,
    /// Each with a reason.
    pub skipped: u64,
}

/// Checks everything below `folder`, as its `.checkov.yaml` says. Installs checkov where it is not yet.
///
/// # Errors
/// When checkov cannot be installed or run, or finds fault.
pub fn scan(folder: &Path) -> Result<Summary, CheckovError> {
    let python = python_environment::ensure(Kind::Checkov)?;
    let program = python.with_file_name("checkov");
    let home = python.parent().and_then(Path::parent).unwrap_or(folder);
    let mut command = Command::new(&program);
    command
        .current_dir(folder)
        // Settings and keys of a person, in the environment or at home, would decide what is checked and who is told.
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .args(["--config-file", CONFIGURATION, "--directory", ".", "--output", "json"])
        // The faults are read from the report, so that another exit code means that there is none.
        .arg("--soft-fail");
    judge(&serde_json::from_str(&tool::run(&mut command)?)?)
}

fn judge(report: &Value) -> Result<Summary, CheckovError> {
    let mut faults = BTreeSet::new();
    for failed in list(report, "/results/failed_checks")? {
        let says = text(failed, "check_name");
        faults.insert(Fault::Failed {
            check: text(failed, "check_id"),
            says,
            resource: text(failed, "resource"),
            at: place(failed),
        });
    }
    let skipped = list(report, "/results/skipped_checks")?;
    for skip in skipped {
        let reason = skip.pointer("/check_result/suppress_comment").and_then(Value::as_str).unwrap_or_default();
        if reason.trim().is_empty() || reason == NO_REASON {
            faults.insert(Fault::WithoutReason {
                check: text(skip, "check_id"),
                resource: text(skip, "resource"),
                at: place(skip),
            });
        }
    }
    for file in list(report, "/results/parsing_errors")? {
        faults.insert(Fault::Unreadable { file: file.as_str().unwrap_or_default().to_owned() });
    }
    if !faults.is_empty() {
        return Err(CheckovError::Faults(faults.into_iter().collect()));
    }

    let passed = list(report, "/results/passed_checks")?;
    if passed.is_empty() {
        return Err(CheckovError::NothingSeen);
    }
    Ok(Summary { passed: passed.len() as u64, skipped: skipped.len() as u64 })
}

fn list<'a>(report: &'a Value, key: &'static str) -> Result<&'a Vec<Value>, CheckovError> {
    report.pointer(key).and_then(Value::as_array).ok_or(CheckovError::Report { key })
}

fn text(check: &Value, key: &str) -> String {
    check.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// `modules/network/main.tf:16`
fn place(check: &Value) -> String {
    let file = text(check, "file_path");
    let line = check.pointer("/file_line_range/0").and_then(Value::as_u64).unwrap_or_default();
    format!("{}:{line}", file.trim_start_matches('/'))
}

fn lines(faults: &[Fault]) -> String {
    let mut all = String::new();
    for fault in faults {
        // Writing to a String cannot fail.
        let _ = writeln!(all, "  {fault}");
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(result: &Value) -> Value {
        json!({
            "check_id": "CKV_AWS_20", "check_name": "Private", "check_result": result, "resource": "aws_s3_bucket.a",
            "file_path": "/modules/a/main.tf", "file_line_range": [3, 9],
        })
    }

    fn report(passed: &[Value], failed: &[Value], skipped: &[Value], unreadable: &[&str]) -> Value {
        json!({ "results": {
            "passed_checks": passed, "failed_checks": failed, "skipped_checks": skipped, "parsing_errors": unreadable,
        }})
    }

    fn refusal(report: &Value) -> String {
        judge(report).expect_err("a fault").to_string()
    }

    #[test]
    fn only_what_was_seen_and_found_good_passes() {
        let good = check(&json!({ "result": "PASSED" }));
        let excused = check(&json!({ "result": "SKIPPED", "suppress_comment": "Not made yet." }));
        let summary = judge(&report(&[good], &[], &[excused], &[])).expect("no fault");
        assert_eq!(summary, Summary { passed: 1, skipped: 1 });
        assert!(matches!(judge(&report(&[], &[], &[], &[])), Err(CheckovError::NothingSeen)));
        // What checkov prints where it finds nothing to look at.
        assert!(matches!(judge(&json!({ "passed": 0, "failed": 0 })), Err(CheckovError::Report { .. })));
    }

    #[test]
    fn a_fault_is_told_once_with_its_place() {
        let good = check(&json!({ "result": "PASSED" }));
        let bad = check(&json!({ "result": "FAILED" }));
        let told = refusal(&report(std::slice::from_ref(&good), &[bad.clone(), bad], &[], &[]));
        assert_eq!(told.matches("modules/a/main.tf:3: CKV_AWS_20 Private (aws_s3_bucket.a)").count(), 1, "{told}");

        let unexcused = check(&json!({ "result": "SKIPPED", "suppress_comment": NO_REASON }));
        let told = refusal(&report(std::slice::from_ref(&good), &[], &[unexcused], &[]));
        assert!(told.contains("skipped without a reason"), "{told}");

        let told = refusal(&report(&[good], &[], &[], &["/modules/a/main.tf"]));
        assert!(told.contains("/modules/a/main.tf: checkov can't read it"), "{told}");
    }
}
