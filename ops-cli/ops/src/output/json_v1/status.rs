use std::collections::BTreeMap;

use ops_model::rollout::{RolloutStatus, WaitForPerson};
use serde::Serialize;
use serde_json::{Value, json};

use super::firewall::ending_exception;
use super::plan::gate;
use super::{SCHEMA_VERSION, site_standing, standing};
use crate::command::{EnvironmentStatus, LastRecord, ServiceStatus, SiteStatus};

#[derive(Debug, Serialize)]
pub(crate) struct Status {
    schema_version: u32,
    environments: Vec<EnvironmentDocument>,
}

#[derive(Debug, Serialize)]
struct EnvironmentDocument {
    environment: String,
    /// Why it could not be read; the services are empty then.
    error: Option<String>,
    address: Option<String>,
    terraform_behind: Vec<String>,
    /// Exceptions of the firewall that end soon, the next one first.
    ending_exceptions: Vec<Value>,
    services: Vec<ServiceDocument>,
    sites: Vec<SiteDocument>,
    /// Declared version of each artifact.
    builds: BTreeMap<String, String>,
    /// How many changes a reconcile would make.
    changes: usize,
    /// Why it could not make them.
    gates: Vec<Value>,
    /// What was done last; read with `--all` alone.
    last_record: Option<Value>,
}

#[derive(Debug, Serialize)]
struct SiteDocument {
    site: String,
    standing: &'static str,
    version: Option<String>,
    declared_digest: Option<String>,
    served_digest: Option<String>,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct ServiceDocument {
    service: String,
    standing: &'static str,
    version: Option<String>,
    declared_digest: Option<String>,
    live_image: Option<String>,
    desired: u32,
    running: u32,
    healthy: Option<u32>,
    rollout: Option<RolloutStatus>,
    /// What the rollout waits for.
    paused: Option<WaitForPerson>,
}

pub(crate) fn status(statuses: &[EnvironmentStatus]) -> Status {
    let environments = statuses.iter().map(|status| {
        let (services, error) = match &status.result {
            Ok(services) => (services.iter().map(service).collect(), None),
            Err(error) => (Vec::new(), Some(error.chain().join(": "))),
        };
        EnvironmentDocument {
            environment: status.environment.clone(),
            error,
            address: status.address.clone(),
            terraform_behind: status.terraform_behind.clone(),
            ending_exceptions: status.ending.iter().map(ending_exception).collect(),
            services,
            sites: status.sites.iter().map(site).collect(),
            builds: status.builds.clone(),
            changes: status.changes,
            gates: status.gates.iter().map(gate).collect(),
            last_record: status.last_record.as_ref().map(last_record),
        }
    });
    Status { schema_version: SCHEMA_VERSION, environments: environments.collect() }
}

fn last_record(last: &LastRecord) -> Value {
    json!({
        "id": last.id, "outcome": last.outcome, "finished_at": last.finished_at.to_string(),
        "age_seconds": last.age.as_secs(),
    })
}

fn site(status: &SiteStatus) -> SiteDocument {
    SiteDocument {
        site: status.site.clone(),
        standing: site_standing(&status.standing),
        version: status.version.clone(),
        declared_digest: status.declared_digest.clone(),
        served_digest: status.served_digest.clone(),
        url: status.url.clone(),
    }
}

fn service(status: &ServiceStatus) -> ServiceDocument {
    ServiceDocument {
        service: status.service.clone(),
        standing: standing(&status.standing),
        version: status.version.clone(),
        declared_digest: status.declared_digest.clone(),
        live_image: status.live_image.clone(),
        desired: status.desired,
        running: status.running,
        healthy: status.healthy,
        rollout: status.rollout,
        paused: status.paused.clone(),
    }
}
