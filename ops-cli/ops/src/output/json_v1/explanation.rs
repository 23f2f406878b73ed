use ops_engine::explain::{Findings, Now, Subject};
use ops_model::record::Record;
use ops_plan::explain::{Cause, Failure, causes};
use serde::Serialize;
use serde_json::{Value, json};

use super::SCHEMA_VERSION;
use super::plan::{differences, gate};
use super::record::{evidence, outcome};

#[derive(Debug, Serialize)]
pub(crate) struct Explanation {
    schema_version: u32,
    environment: String,
    in_sync: bool,
    /// What the newest record says of everything: its gates, or its error.
    last_record: Option<Value>,
    /// What does not go well, or all that was asked for by name.
    subjects: Vec<SubjectDocument>,
}

#[derive(Debug, Serialize)]
struct SubjectDocument {
    kind: Value,
    name: String,
    /// How a service stands.
    now: Option<Value>,
    /// The newest verdict, where that was no success.
    verdict: Option<VerdictDocument>,
    /// What AWS shows of trouble that no verdict is about.
    trouble: Option<TroubleDocument>,
}

#[derive(Debug, Serialize)]
struct VerdictDocument {
    record: String,
    commit: String,
    actor: String,
    finished_at: String,
    /// As in a record.
    outcome: Value,
    /// Most likely first.
    causes: Vec<Value>,
    /// The change that it came with.
    differences: Value,
}

#[derive(Debug, Serialize)]
struct TroubleDocument {
    causes: Vec<Value>,
    evidence: Value,
}

pub(crate) fn explanation(environment: &str, findings: &Findings) -> Explanation {
    let last_record = |record: &Record| {
        json!({
            "record": record.id, "outcome": record.outcome, "error": record.error,
            "gates": record.gates.iter().map(gate).collect::<Vec<_>>(),
        })
    };
    Explanation {
        schema_version: SCHEMA_VERSION,
        environment: environment.to_owned(),
        in_sync: findings.plan.in_sync(),
        last_record: findings.last.as_ref().map(last_record),
        subjects: findings.subjects.iter().map(|of| subject(environment, of)).collect(),
    }
}

fn subject(environment: &str, of: &Subject) -> SubjectDocument {
    let verdict = of.verdict.as_ref().map(|(record, verdict)| {
        let mut changes = record.changes.iter();
        let change = changes.find(|change| change.kind == verdict.kind && change.name == verdict.name);
        VerdictDocument {
            record: record.id.clone(),
            commit: record.commit.clone(),
            actor: record.actor.arn.clone(),
            finished_at: record.finished_at.to_string(),
            outcome: outcome(verdict),
            causes: all_causes(Failure::of(environment, verdict)),
            differences: json!(change.map(|change| differences(&change.differences)).unwrap_or_default()),
        }
    });
    let trouble = of.trouble.as_ref().map(|seen| TroubleDocument {
        causes: all_causes(of.live_failure(environment, seen)),
        evidence: evidence(seen),
    });
    let now = of.now.as_ref().map(|Now { desired, running, healthy, rollout, image }| {
        json!({
            "desired": desired, "running": running, "healthy": healthy, "image": image,
            "rollout": rollout.as_ref().map(|rollout| json!({"id": rollout.id, "status": rollout.status})),
        })
    });
    SubjectDocument { kind: json!(of.kind), name: of.name.clone(), now, verdict, trouble }
}

fn all_causes(failure: Failure<'_>) -> Vec<Value> {
    let document = |Cause { class, what, tasks, seen, remedies }| json!({"class": class, "what": what, "tasks": tasks, "seen": seen, "remedies": remedies});
    causes(failure).into_iter().map(document).collect()
}
