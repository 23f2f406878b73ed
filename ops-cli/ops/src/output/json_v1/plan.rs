use std::collections::BTreeMap;

use ops_model::plan::{
    Change, Difference, Gate, GroupStanding, Kind, LeftOut, MissingSoak, Plan, ServiceStanding, SiteStanding,
    TaskStanding,
};
use ops_plan::firewall::EndingException;
use serde::Serialize;
use serde_json::{Value, json};

use super::SCHEMA_VERSION;
use super::firewall::{ending_exception, hole};
use crate::declared::Declared;

#[derive(Debug, Serialize)]
pub(crate) struct PlanDocument {
    schema_version: u32,
    environment: String,
    commit: String,
    uncommitted: Vec<String>,
    in_sync: bool,
    gates: Vec<Value>,
    terraform_behind: Vec<String>,
    services: Vec<ServiceDocument>,
    tasks: Vec<TaskDocument>,
    /// Security groups; none where they could not be read.
    firewall: Vec<GroupDocument>,
    /// What is open beyond the declaration, whether or not the plan closes it.
    holes: Vec<Value>,
    /// Exceptions of the firewall that end soon, the next one first.
    ending_exceptions: Vec<Value>,
    sites: Vec<SiteDocument>,
    changes: Vec<ChangeDocument>,
    /// Kinds that AWS would not show, and why; the declaration uses none of them.
    unread: BTreeMap<Kind, String>,
    /// Changes that were not asked for, and what comes after them otherwise.
    left_out: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct ServiceDocument {
    service: String,
    standing: &'static str,
}

#[derive(Debug, Serialize)]
struct TaskDocument {
    task: String,
    standing: &'static str,
}

#[derive(Debug, Serialize)]
struct GroupDocument {
    group: String,
    /// `in_sync`, `changes`, `holes`, `waits_for_terraform` or `missing`.
    standing: &'static str,
}

#[derive(Debug, Serialize)]
struct SiteDocument {
    site: String,
    standing: &'static str,
    /// Settings of its distribution that are not as Terraform makes them.
    distribution: Vec<DifferenceDocument>,
}

#[derive(Debug, Serialize)]
pub(super) struct ChangeDocument {
    /// Counted from 1; changes of one wave run at the same time.
    wave: usize,
    kind: Kind,
    /// The task where `kind` is `task` or `schedule`, the group where it is `firewall`, the site where it is `site` or
    /// `site_access`.
    service: String,
    class: Value,
    differences: Vec<DifferenceDocument>,
    reasons: Vec<String>,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct DifferenceDocument {
    path: String,
    live: Option<String>,
    declared: Option<String>,
    class: Value,
}

pub(crate) fn plan(plan: &Plan, ending: &[EndingException], declared: &Declared) -> PlanDocument {
    PlanDocument {
        schema_version: SCHEMA_VERSION,
        environment: plan.environment.clone(),
        commit: declared.commit.clone(),
        uncommitted: declared.uncommitted.clone(),
        in_sync: plan.in_sync() && plan.gates.is_empty(),
        gates: plan.gates.iter().map(gate).collect(),
        terraform_behind: plan.terraform_behind.clone(),
        services: plan.services.iter().map(|(name, standing)| service(name, standing)).collect(),
        tasks: plan.tasks.iter().map(|(name, standing)| task(name, standing)).collect(),
        firewall: plan.firewall.iter().map(|(name, standing)| group(name, standing)).collect(),
        holes: plan.holes.iter().map(hole).collect(),
        ending_exceptions: ending.iter().map(ending_exception).collect(),
        sites: plan.sites.iter().map(|(name, standing)| site(name, standing)).collect(),
        changes: changes(plan),
        unread: plan.unread.clone(),
        left_out: plan.left_out.iter().map(left_out).collect(),
    }
}

fn left_out(left_out: &LeftOut) -> Value {
    let LeftOut { kind, name, class, needed_by } = left_out;
    let needed_by: Vec<_> = needed_by.iter().map(|(kind, name)| json!({"kind": kind, "service": name})).collect();
    json!({"kind": kind, "service": name, "class": class, "needed_by": needed_by})
}

pub(super) fn changes(plan: &Plan) -> Vec<ChangeDocument> {
    let waves = plan.waves.iter().enumerate();
    waves.flat_map(|(index, wave)| wave.iter().map(move |it| change(index + 1, it))).collect()
}

fn service(name: &str, standing: &ServiceStanding) -> ServiceDocument {
    ServiceDocument { service: name.to_owned(), standing: super::standing(standing) }
}

fn task(name: &str, standing: &TaskStanding) -> TaskDocument {
    let standing = match standing {
        TaskStanding::InSync => "in_sync",
        TaskStanding::Changes => "changes",
        TaskStanding::WaitsForBuild { .. } => "waits_for_build",
        TaskStanding::WaitsForTerraform => "waits_for_terraform",
    };
    TaskDocument { task: name.to_owned(), standing }
}

fn group(name: &str, standing: &GroupStanding) -> GroupDocument {
    let standing = match standing {
        GroupStanding::InSync => "in_sync",
        GroupStanding::Changes => "changes",
        GroupStanding::Holes => "holes",
        GroupStanding::WaitsForTerraform => "waits_for_terraform",
        GroupStanding::Missing { .. } => "missing",
    };
    GroupDocument { group: name.to_owned(), standing }
}

fn site(name: &str, standing: &SiteStanding) -> SiteDocument {
    let settings = match standing {
        SiteStanding::Distribution { settings } => settings.as_slice(),
        _ => &[],
    };
    SiteDocument {
        site: name.to_owned(),
        standing: super::site_standing(standing),
        distribution: differences(settings),
    }
}

fn change(wave: usize, change: &Change) -> ChangeDocument {
    ChangeDocument {
        wave,
        kind: change.kind(),
        service: change.name.clone(),
        class: json!(change.class),
        differences: differences(&change.differences),
        reasons: change.reasons.clone(),
        warnings: change.warnings.clone(),
    }
}

pub(super) fn differences(differences: &[Difference]) -> Vec<DifferenceDocument> {
    let document = |Difference { path, live, declared, class }: &Difference| DifferenceDocument {
        path: path.clone(),
        live: live.clone(),
        declared: declared.clone(),
        class: json!(class),
    };
    differences.iter().map(document).collect()
}

pub(super) fn gate(gate: &Gate) -> Value {
    match gate {
        Gate::TerraformBehind { paths } => json!({"gate": "terraform_behind", "paths": paths}),
        Gate::NotOwned { service, owner } => json!({"gate": "not_owned", "service": service, "owner": owner}),
        Gate::Deletions { services, owned } => json!({"gate": "deletions", "services": services, "owned": owned}),
        Gate::Secrets { unusable } => json!({"gate": "secrets", "secrets": unusable}),
        Gate::Replacement { service, paths } => json!({"gate": "replacement", "service": service, "paths": paths}),
        Gate::Refused { service, paths, why } => {
            json!({"gate": "refused", "service": service, "paths": paths, "why": why})
        }
        Gate::Preflight { service, failures } => {
            json!({"gate": "preflight", "service": service, "failures": failures})
        }
        Gate::FailedVerification { record, scenarios } => {
            json!({"gate": "failed_verification", "record": record, "scenarios": scenarios})
        }
        Gate::Site { site, reason } => json!({"gate": "site", "site": site, "reason": reason}),
        Gate::Freeze { reason, until } => json!({"gate": "freeze", "reason": reason, "until": until.to_string()}),
        Gate::Windows { opens_at, time_zone } => {
            let opens_at = opens_at.map(|moment| moment.to_string());
            json!({"gate": "windows", "opens_at": opens_at, "time_zone": time_zone})
        }
        Gate::Alarms { alarms } => {
            let alarms: Vec<_> = alarms.iter().map(|it| json!({"alarm": it.name, "why": it.why})).collect();
            json!({"gate": "alarms", "alarms": alarms})
        }
        Gate::Soak { artifact, version, digest, from, missing } => {
            let (lacks, opens_at) = match missing {
                MissingSoak::Promotion { .. } => ("promotion", None),
                MissingSoak::Evidence { .. } => ("evidence", None),
                MissingSoak::Time { opens_at, .. } => ("time", Some(opens_at.to_string())),
            };
            json!({
                "gate": "soak", "artifact": artifact, "version": version, "digest": digest, "from": from, "lacks": lacks,
                "opens_at": opens_at,
            })
        }
        Gate::Approvals { needed, approved_by, fingerprint } => {
            json!({"gate": "approvals", "needed": needed, "approved_by": approved_by, "fingerprint": fingerprint})
        }
    }
}
