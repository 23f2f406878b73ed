use ops_plan::import::{Imported, Note, Proof};
use owo_colors::OwoColorize as _;

use super::plan::body;
use super::words::counted;
use crate::command::ImportReport;

/// What was found, what a person should know, and the proof.
pub(crate) fn import(report: &ImportReport<'_>) -> String {
    let environment = &report.imported.environment;
    let mut text = String::new();
    for (name, service) in &environment.services {
        let size = format!("{} CPU units, {} MiB", service.workload.cpu, service.workload.memory);
        let overridden = overridden(service.overrides.task_definition.len() + service.overrides.service.len());
        text.push_str(&format!("  + {name}: {size}{overridden}\n"));
    }
    for (name, task) in &environment.tasks {
        text.push_str(&format!("  + task {name}{}\n", overridden(task.overrides.task_definition.len())));
    }
    text.push_str(&import_notes(report.imported, &report.notes));
    for path in &report.written {
        text.push_str(&format!("wrote {path}\n"));
    }
    text.push('\n');
    text.push_str(&match report.proof {
        Some(proof) => proven(proof),
        None => "There is nothing to compare with: `ops plan` says what the declaration changes.\n".to_owned(),
    });
    text
}

/// Notes, and what was left out.
pub(crate) fn import_notes(imported: &Imported, notes: &[Note]) -> String {
    let left_out = imported.left_out.iter();
    let left_out = left_out.map(|(name, why)| format!("{} {name}: {why}\n", "left out:".yellow().bold()));
    let notes = notes.iter().map(|Note { place, text }| format!("{} {place}: {text}\n", "note:".cyan()));
    left_out.chain(notes).collect()
}

fn proven(proof: &Proof) -> String {
    if proof.holds() {
        let services = counted(proof.services, "service");
        let tasks = if proof.tasks == 0 { String::new() } else { format!(", {}", counted(proof.tasks, "task")) };
        return format!(
            "The plan is empty: {services}{tasks}, {} compared.\n",
            counted(proof.fields_compared, "field")
        );
    }
    format!("The plan is not empty:\n\n{}", body(&proof.plan))
}

fn overridden(members: usize) -> String {
    if members == 0 { String::new() } else { format!(", {} overridden", counted(members, "member")) }
}
