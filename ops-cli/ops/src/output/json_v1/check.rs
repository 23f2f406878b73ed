use ops_model::declaration::{Fault, Faults};
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::command::CheckedEnvironment;

#[derive(Debug, Serialize)]
pub(crate) struct Check {
    schema_version: u32,
    environments: Vec<CheckOfEnvironment>,
}

#[derive(Debug, Serialize)]
struct CheckOfEnvironment {
    name: String,
    files: Vec<String>,
    faults: Vec<FoundFault>,
    /// What could not be looked at, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    unchecked: Option<String>,
}

#[derive(Debug, Serialize)]
struct FoundFault {
    code: String,
    file: String,
    /// Counted from 1; `null` when the fault is about the file as a whole.
    line: Option<usize>,
    /// In characters, counted from 1.
    column: Option<usize>,
    message: String,
    remedy: Option<String>,
}

pub(crate) fn check(environments: &[CheckedEnvironment]) -> Check {
    let environments = environments
        .iter()
        .map(|environment| CheckOfEnvironment {
            name: environment.name.clone(),
            files: environment.files.clone(),
            unchecked: environment.unchecked.clone(),
            faults: match &environment.result {
                Ok(_) => Vec::new(),
                Err(faults) => faults.faults.iter().map(|fault| found(fault, faults)).collect(),
            },
        })
        .collect();
    Check { schema_version: SCHEMA_VERSION, environments }
}

fn found(fault: &Fault, faults: &Faults) -> FoundFault {
    let position = faults.position(fault);
    FoundFault {
        code: fault.code.to_owned(),
        file: fault.file.clone(),
        line: position.map(|(line, _)| line),
        column: position.map(|(_, column)| column),
        message: fault.message.clone(),
        remedy: fault.remedy.clone(),
    }
}
