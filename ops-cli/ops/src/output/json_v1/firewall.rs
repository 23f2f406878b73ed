use ops_model::plan::Hole;
use ops_model::security_group::Direction;
use ops_plan::firewall::{Answer, EndingException, Entry, EntryStanding, FirewallMap, GroupState, Question, Side, Via};
use serde::Serialize;
use serde_json::{Value, json};

use super::SCHEMA_VERSION;
use crate::output::human;

#[derive(Debug, Serialize)]
pub(crate) struct MapDocument {
    schema_version: u32,
    environment: String,
    groups: Vec<GroupDocument>,
    /// Those that end soon, the next one first.
    ending_exceptions: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct GroupDocument {
    group: String,
    group_id: Option<String>,
    /// `not_looked`, `read`, `missing` or `waits_for_terraform`.
    state: &'static str,
    entries: Vec<EntryDocument>,
}

#[derive(Debug, Serialize)]
struct EntryDocument {
    direction: Direction,
    peer: String,
    ports: String,
    reason: Option<String>,
    until: Option<String>,
    /// `declared`, `open`, `closed`, `ended` or `hole`.
    standing: &'static str,
    hole: Option<Value>,
    rule_ids: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct AnswerDocument {
    schema_version: u32,
    environment: String,
    from: String,
    to: String,
    protocol: String,
    port: u16,
    allowed: bool,
    /// What the one who opens the connection lets out; `null` for whoever is not of the environment.
    egress: Option<Value>,
    /// What the other one lets in.
    ingress: Option<Value>,
}

pub(crate) fn firewall_map(environment: &str, map: &FirewallMap) -> MapDocument {
    let groups = map.groups.iter().map(|(name, group)| GroupDocument {
        group: name.clone(),
        group_id: group.group_id.clone(),
        state: match group.state {
            GroupState::NotLooked => "not_looked",
            GroupState::Read => "read",
            GroupState::Missing => "missing",
            GroupState::WaitsForTerraform => "waits_for_terraform",
        },
        entries: group.entries.iter().map(entry).collect(),
    });
    MapDocument {
        schema_version: SCHEMA_VERSION,
        environment: environment.to_owned(),
        groups: groups.collect(),
        ending_exceptions: map.ending.iter().map(ending_exception).collect(),
    }
}

pub(super) fn ending_exception(exception: &EndingException) -> Value {
    let EndingException { name, reason, until, days_left } = exception;
    json!({"name": name, "reason": reason, "until": until.to_string(), "days_left": days_left})
}

fn entry(entry: &Entry) -> EntryDocument {
    let (standing, found) = match &entry.standing {
        EntryStanding::Declared => ("declared", None),
        EntryStanding::Open => ("open", None),
        EntryStanding::Closed => ("closed", None),
        EntryStanding::Ended => ("ended", None),
        EntryStanding::Hole(found) => ("hole", Some(hole(found))),
    };
    EntryDocument {
        direction: entry.direction,
        peer: entry.peer.clone(),
        ports: entry.ports.clone(),
        reason: entry.reason.clone(),
        until: entry.until.map(|until| until.to_string()),
        standing,
        hole: found,
        rule_ids: entry.rule_ids.clone(),
    }
}

pub(super) fn hole(hole: &Hole) -> Value {
    let Hole { group, rule_id, words, dangerous } = hole;
    json!({"group": group, "rule_id": rule_id, "words": words, "dangerous": dangerous})
}

pub(crate) fn firewall_answer(environment: &str, question: &Question, answer: &Answer) -> AnswerDocument {
    AnswerDocument {
        schema_version: SCHEMA_VERSION,
        environment: environment.to_owned(),
        from: human::party(&question.from),
        to: human::party(&question.to),
        protocol: question.protocol.to_string(),
        port: question.port,
        allowed: answer.allowed,
        egress: answer.egress.as_ref().map(side),
        ingress: answer.ingress.as_ref().map(side),
    }
}

fn side(side: &Side) -> Value {
    let Side { group, direction, allowed, by, unknown } = side;
    let rules = |rules: &[Via]| rules.iter().map(via).collect::<Vec<_>>();
    json!({
        "group": group, "direction": direction, "allowed": allowed, "by": rules(by), "unknown": rules(unknown),
    })
}

fn via(via: &Via) -> Value {
    let Via { rule, id, declared, reason, until } = via;
    let until = until.map(|until| until.to_string());
    json!({"rule": rule, "id": id, "declared": declared, "reason": reason, "until": until})
}
