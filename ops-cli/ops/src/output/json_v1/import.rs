use std::collections::{BTreeMap, BTreeSet};

use ops_plan::import::Note;
use serde::Serialize;

use super::SCHEMA_VERSION;
use super::plan::{ChangeDocument, changes};
use crate::command::ImportReport;

#[derive(Debug, Serialize)]
pub(crate) struct ImportDocument<'a> {
    schema_version: u32,
    environment: &'a str,
    services: Vec<&'a String>,
    tasks: Vec<&'a String>,
    /// Services and tasks that cannot be declared, and why.
    left_out: &'a BTreeMap<String, String>,
    /// Artifacts of which nothing tells the digest.
    unpinned: &'a BTreeSet<String>,
    notes: &'a [Note],
    written: &'a [String],
    /// `null` where there is nothing to compare with.
    proof: Option<ProofDocument>,
}

#[derive(Debug, Serialize)]
struct ProofDocument {
    empty: bool,
    fields_compared: usize,
    changes: Vec<ChangeDocument>,
}

pub(crate) fn import<'a>(report: &'a ImportReport<'_>) -> ImportDocument<'a> {
    let environment = &report.imported.environment;
    ImportDocument {
        schema_version: SCHEMA_VERSION,
        environment: &environment.environment,
        services: environment.services.keys().collect(),
        tasks: environment.tasks.keys().collect(),
        left_out: &report.imported.left_out,
        unpinned: &report.imported.unpinned,
        notes: &report.notes,
        written: &report.written,
        proof: report.proof.map(|proof| ProofDocument {
            empty: proof.holds(),
            fields_compared: proof.fields_compared,
            changes: changes(&proof.plan),
        }),
    }
}
