use std::collections::{BTreeMap, BTreeSet};

use ops_engine::reconcile::describe;
use ops_model::plan::{Gate, MissingSoak, ServiceStanding, SiteStanding};

use super::table::table;
use super::words::{ago, counted};
use crate::command::{EnvironmentStatus, ServiceStatus};

/// One line for each environment.
pub(crate) fn overview(statuses: &[EnvironmentStatus]) -> String {
    let heading = ["ENVIRONMENT", "BUILD", "SYNC", "HEALTHY", "LAST RECORD", "OUTCOME", "WAITS FOR"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(statuses.iter().map(|status| match &status.result {
        Ok(services) => row(status, services),
        Err(error) => vec![status.environment.clone(), format!("cannot be read: {error}")],
    }));
    table(&rows)
}

fn row(status: &EnvironmentStatus, services: &[ServiceStatus]) -> Vec<String> {
    let none = || "-".to_owned();
    let last = status.last_record.as_ref();
    let waits = waits(status, services);
    vec![
        status.environment.clone(),
        builds(&status.builds).unwrap_or_else(none),
        sync(status, services),
        healthy(services).unwrap_or_else(none),
        last.map_or_else(none, |last| ago(last.age)),
        last.map_or_else(none, |last| describe(last.outcome).to_owned()),
        if waits.is_empty() { none() } else { waits.join("; ") },
    ]
}

/// The version alone where all artifacts have the same.
fn builds(builds: &BTreeMap<String, String>) -> Option<String> {
    let versions: BTreeSet<&String> = builds.values().collect();
    match versions.len() {
        0 => None,
        1 => versions.first().map(|version| (*version).clone()),
        _ => {
            let named = builds.iter().map(|(artifact, version)| format!("{artifact} {version}"));
            Some(named.collect::<Vec<_>>().join(", "))
        }
    }
}

fn sync(status: &EnvironmentStatus, services: &[ServiceStatus]) -> String {
    let not_ready = services.iter().any(|service| {
        matches!(service.standing, ServiceStanding::WaitsForBuild { .. } | ServiceStanding::WaitsForTerraform)
    });
    match (status.changes, not_ready) {
        (0, false) => "in sync".to_owned(),
        (0, true) => "incomplete".to_owned(),
        (changes, _) => counted(changes, "change"),
    }
}

/// Of the services that are there: how many have all their tasks, and which have not.
fn healthy(services: &[ServiceStatus]) -> Option<String> {
    let live: Vec<_> = services.iter().filter(|service| service.live_image.is_some()).collect();
    let is_well = |service: &&&ServiceStatus| {
        let ServiceStatus { desired, running, healthy, .. } = service;
        running >= desired && healthy.is_none_or(|healthy| healthy >= *desired)
    };
    let ill: Vec<_> = live.iter().filter(|service| !is_well(service)).map(|service| service.service.as_str()).collect();
    let text = format!("{} of {}", live.len() - ill.len(), live.len());
    match (live.len(), ill.as_slice()) {
        (0, _) => None,
        (_, []) => Some(text),
        (_, ill) => Some(format!("{text}, not {}", ill.join(", "))),
    }
}

/// What a person has to do before it goes on.
fn waits(status: &EnvironmentStatus, services: &[ServiceStatus]) -> Vec<String> {
    let pauses = services.iter().filter_map(|service| service.paused.as_ref()).map(|wait| wait.command.clone());
    let builds = services.iter().filter_map(|service| match &service.standing {
        ServiceStanding::WaitsForBuild { artifact } => Some(format!("a build of {artifact}")),
        ServiceStanding::WaitsForTerraform => Some("terraform apply".to_owned()),
        ServiceStanding::InSync | ServiceStanding::Changes | ServiceStanding::NotOwned => None,
    });
    let sites = status.sites.iter().filter_map(|site| match &site.standing {
        SiteStanding::WaitsForBuild { artifact } => Some(format!("a build of {artifact}")),
        _ => None,
    });
    let mut seen = BTreeSet::new();
    pauses
        .chain(builds)
        .chain(sites)
        .chain(status.gates.iter().map(gate))
        .filter(|wait| seen.insert(wait.clone()))
        .collect()
}

/// A gate in a few words; `ops plan` says the rest.
fn gate(gate: &Gate) -> String {
    match gate {
        Gate::TerraformBehind { .. } => "terraform apply".to_owned(),
        Gate::NotOwned { service, .. } => format!("{service}, which ops did not make"),
        Gate::Deletions { services, .. } => format!("leave to delete {}", counted(services.len(), "service")),
        Gate::Secrets { unusable } => counted(unusable.len(), "secret"),
        Gate::Replacement { service, .. } => format!("leave to replace {service}"),
        Gate::Refused { service, .. } => format!("{service}, which cannot change so"),
        Gate::Preflight { service, .. } => format!("preflight of {service}"),
        Gate::FailedVerification { .. } => "a build that passes its scenarios".to_owned(),
        Gate::Site { site, .. } => format!("site {site}"),
        Gate::Freeze { until, .. } => format!("the end of the freeze, {until}"),
        Gate::Windows { opens_at: Some(at), .. } => format!("its window, {at}"),
        Gate::Windows { opens_at: None, .. } => "its window".to_owned(),
        Gate::Alarms { alarms } => counted(alarms.len(), "alarm"),
        Gate::Soak { artifact, from, missing: MissingSoak::Time { opens_at, .. }, .. } => {
            format!("{artifact} in {from}, until {opens_at}")
        }
        Gate::Soak { artifact, from, .. } => format!("{artifact} from {from}"),
        Gate::Approvals { needed, approved_by, .. } => {
            let missing = usize::try_from(*needed).unwrap_or(usize::MAX).saturating_sub(approved_by.len());
            counted(missing, "approval")
        }
    }
}
