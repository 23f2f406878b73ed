use std::collections::BTreeMap;

use ops_model::outcome::{ChangeOutcome, Evidence, Outcome};
use ops_model::plan::GateOverride;
use ops_model::record::{Record, RecordLink};
use serde::Serialize;
use serde_json::{Value, json};

use super::plan::{differences, gate};
use super::{SCHEMA_VERSION, places};

#[derive(Debug, Serialize)]
pub(crate) struct RecordDocument {
    schema_version: u32,
    id: String,
    environment: String,
    /// What was done: `reconcile`, `continue`, `take_back`, `run` or `approve`.
    operation: Value,
    commit: String,
    declaration_sha256: String,
    actor: String,
    host: String,
    started_at: String,
    finished_at: String,
    outcome: Outcome,
    error: Option<String>,
    gates: Vec<Value>,
    /// Gates that somebody passed by saying why; they are not among `gates`.
    overrides: Vec<Value>,
    changes: Vec<Value>,
    /// One for each change; `service` is the task where `kind` says so.
    services: Vec<Value>,
    builds: Vec<Value>,
    /// What an approval is of, and what whoever gave it said.
    approves: Option<String>,
    reason: Option<String>,
    /// What alone was asked for, such as `service/api`; empty: everything.
    only: Vec<String>,
    calls: BTreeMap<String, u32>,
    /// The record that was written before this one; none in records of before they were chained.
    previous: Option<RecordLink>,
}

#[derive(Debug, Serialize)]
pub(crate) struct History {
    schema_version: u32,
    environment: String,
    records: Vec<RecordDocument>,
}

pub(crate) fn history(environment: &str, records: &[Record]) -> History {
    History {
        schema_version: SCHEMA_VERSION,
        environment: environment.to_owned(),
        records: records.iter().map(record).collect(),
    }
}

pub(crate) fn record(record: &Record) -> RecordDocument {
    let changes = record.changes.iter().map(|change| {
        json!({
            "kind": change.kind, "service": change.name, "class": change.class,
            "differences": differences(&change.differences),
        })
    });
    let builds = record.builds.artifacts.iter().map(|(artifact, build)| {
        let (image, bundle) = places(build);
        json!({
            "artifact": artifact, "image": image, "bundle": bundle, "digest": build.digest, "version": build.version,
            "commit": build.commit,
        })
    });
    RecordDocument {
        schema_version: SCHEMA_VERSION,
        id: record.id.clone(),
        environment: record.environment.clone(),
        operation: json!(record.operation),
        commit: record.commit.clone(),
        declaration_sha256: record.declaration_sha256.clone(),
        actor: record.actor.arn.clone(),
        host: record.actor.host.clone(),
        started_at: record.started_at.to_string(),
        finished_at: record.finished_at.to_string(),
        outcome: record.outcome,
        error: record.error.clone(),
        gates: record.gates.iter().map(gate).collect(),
        overrides: record.overrides.iter().map(gate_override).collect(),
        changes: changes.collect(),
        services: record.outcomes.iter().map(outcome).collect(),
        builds: builds.collect(),
        approves: record.approves.clone(),
        reason: record.reason.clone(),
        only: record.only.clone(),
        calls: record.calls.clone(),
        previous: record.previous.clone(),
    }
}

fn gate_override(overridden: &GateOverride) -> Value {
    let GateOverride { gate, reason, held } = overridden;
    json!({"gate": gate, "reason": reason, "held": held})
}

pub(super) fn outcome(outcome: &ChangeOutcome) -> Value {
    let ChangeOutcome { kind, name, outcome, rollout, task_definition, reason, evidence: seen } = outcome;
    json!({
        "kind": kind, "service": name, "outcome": outcome, "rollout": rollout, "task_definition": task_definition,
        "reason": reason, "evidence": evidence(seen),
    })
}

pub(super) fn evidence(evidence: &Evidence) -> Value {
    let tasks = evidence.tasks.iter().map(|task| {
        let containers = task.containers.iter().map(
            |container| json!({"name": container.name, "exit_code": container.exit_code, "reason": container.reason}),
        );
        json!({
            "task": task.arn, "last_status": task.last_status, "stop_code": task.stop_code,
            "stopped_reason": task.stopped_reason, "containers": containers.collect::<Vec<_>>(),
        })
    });
    let targets = evidence
        .targets
        .iter()
        .map(|target| json!({"target": target.target, "state": target.state, "reason": target.reason}));
    json!({
        "tasks": tasks.collect::<Vec<_>>(), "targets": targets.collect::<Vec<_>>(),
        "events": evidence.events.iter().map(|event| event.message.clone()).collect::<Vec<_>>(),
        "log": evidence.log, "circuit_breaker": evidence.circuit_breaker, "alarms": evidence.alarms,
        "unread": evidence.unread, "scenario": evidence.scenario,
    })
}
