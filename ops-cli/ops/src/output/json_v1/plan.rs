use ops_model::plan::{Difference, Gate, LeftAlone, Plan, ServiceChange, ServiceStanding};
use serde::Serialize;
use serde_json::{Value, json};

use super::SCHEMA_VERSION;
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
    changes: Vec<ChangeDocument>,
    left_alone: Vec<LeftAloneDocument>,
}

#[derive(Debug, Serialize)]
struct ServiceDocument {
    service: String,
    standing: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct ChangeDocument {
    /// Counted from 1; changes of one wave run at the same time.
    wave: usize,
    service: String,
    class: Value,
    differences: Vec<DifferenceDocument>,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct DifferenceDocument {
    path: String,
    live: Option<String>,
    declared: Option<String>,
}

#[derive(Debug, Serialize)]
struct LeftAloneDocument {
    service: String,
    field: String,
    live: String,
}

pub(crate) fn plan(plan: &Plan, declared: &Declared) -> PlanDocument {
    let changes = plan.waves.iter().enumerate().flat_map(|(index, wave)| wave.iter().map(move |it| (index + 1, it)));
    PlanDocument {
        schema_version: SCHEMA_VERSION,
        environment: plan.environment.clone(),
        commit: declared.commit.clone(),
        uncommitted: declared.uncommitted.clone(),
        in_sync: plan.in_sync() && plan.gates.is_empty(),
        gates: plan.gates.iter().map(gate).collect(),
        terraform_behind: plan.terraform_behind.clone(),
        services: plan.services.iter().map(|(name, standing)| service(name, standing)).collect(),
        changes: changes.map(|(wave, it)| change(wave, it)).collect(),
        left_alone: plan.left_alone.iter().map(left_alone).collect(),
    }
}

fn service(name: &str, standing: &ServiceStanding) -> ServiceDocument {
    ServiceDocument { service: name.to_owned(), standing: super::standing(standing) }
}

fn change(wave: usize, change: &ServiceChange) -> ChangeDocument {
    ChangeDocument {
        wave,
        service: change.service.clone(),
        class: json!(change.class),
        differences: differences(&change.differences),
        warnings: change.warnings.clone(),
    }
}

pub(super) fn differences(differences: &[Difference]) -> Vec<DifferenceDocument> {
    let document = |Difference { path, live, declared }: &Difference| DifferenceDocument {
        path: path.clone(),
        live: live.clone(),
        declared: declared.clone(),
    };
    differences.iter().map(document).collect()
}

fn left_alone(left: &LeftAlone) -> LeftAloneDocument {
    let LeftAlone { service, field, live } = left.clone();
    LeftAloneDocument { service, field, live }
}

pub(super) fn gate(gate: &Gate) -> Value {
    match gate {
        Gate::TerraformBehind { paths } => json!({"gate": "terraform_behind", "paths": paths}),
        Gate::NotOwned { service, owner } => json!({"gate": "not_owned", "service": service, "owner": owner}),
        Gate::Deletions { services, owned } => json!({"gate": "deletions", "services": services, "owned": owned}),
    }
}
