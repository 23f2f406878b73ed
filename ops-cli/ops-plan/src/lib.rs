//! The planner: declaration, platform and observation in, plan out.
//!
//! Pure and synchronous: no I/O, no clock, no async runtime, no AWS crate. The same inputs give the same
//! plan, in the same order; a plan made after it was carried out is empty.

mod desired;
mod gate;
mod service;
mod settings;
mod task_definition;
mod waves;

use std::collections::BTreeMap;

use ops_model::declaration::{Builds, Environment};
use ops_model::observation::Observation;
use ops_model::plan::{LeftAlone, Plan, ServiceStanding};
use ops_model::platform::Platform;
use serde_json::Value;

pub use desired::{DesiredService, desired_service, family};
pub use waves::dependency_levels;

use crate::service::Comparison;

/// All that a plan depends on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    pub environment: &'a Environment,
    pub builds: &'a Builds,
    /// The part of the declaration that Terraform consumes, as it stands in the YAML.
    pub slow_part: &'a Value,
    pub platform: &'a Platform,
    pub observation: &'a Observation,
}

/// What has to be done so that the live account matches the declaration.
pub fn plan(inputs: Inputs<'_>) -> Plan {
    let Inputs { environment, builds, slow_part, platform, observation } = inputs;
    let mut services = BTreeMap::new();
    let mut changes = Vec::new();
    let mut gates = Vec::new();
    let mut left_alone = Vec::new();

    let terraform_behind = gate::terraform_behind(slow_part, &platform.applied_from);
    gates.extend(gate::terraform(&terraform_behind));

    for (name, declared) in &environment.services {
        let observed = observation.services.get(name);
        let standing = match desired_service(environment, name, declared, builds, platform) {
            Err(waits) => waits,
            Ok(desired) => match service::compare(&environment.environment, name, &desired, observation) {
                Comparison::InSync => ServiceStanding::InSync,
                Comparison::NotOwned(gate) => {
                    gates.push(gate);
                    ServiceStanding::NotOwned
                }
                Comparison::Change(change) => {
                    changes.push(*change);
                    ServiceStanding::Changes
                }
            },
        };
        if let (Some(observed), ServiceStanding::InSync | ServiceStanding::Changes) = (observed, &standing) {
            left_alone.extend(observed.settings.other.iter().map(|(field, live)| LeftAlone {
                service: name.clone(),
                field: field.clone(),
                live: live.clone(),
            }));
        }
        services.insert(name.clone(), standing);
    }

    let deletions = service::deletions(environment, observation);
    gates.extend(gate::deletions(environment, observation, &deletions));
    services.extend(deletions.iter().map(|change| (change.service.clone(), ServiceStanding::Changes)));

    Plan {
        environment: environment.environment.clone(),
        services,
        waves: waves::in_order(environment, changes, deletions),
        gates,
        terraform_behind,
        left_alone,
    }
}
