//! Builds that a plan brings, and whether they have shown themselves before.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use ops_model::declaration::{Build, Promotion, Workload};
use ops_model::plan::{Change, ChangeClass, Gate, Kind, MissingSoak, Plan};
use ops_model::task_definition::TaskDefinition;
use ulid::Ulid;

use crate::Inputs;
use crate::desired::family;

/// Builds that a plan brings to where they do not run yet, by artifact.
#[must_use]
pub fn brought<'a>(inputs: Inputs<'a>, plan: &Plan) -> BTreeMap<&'a str, &'a Build> {
    let acts = |change: &&Change| !matches!(change.class, ChangeClass::Delete | ChangeClass::UnderWay);
    plan.changes().filter(acts).flat_map(|change| brought_by(inputs, change)).collect()
}

fn brought_by<'a>(inputs: Inputs<'a>, change: &Change) -> Vec<(&'a str, &'a Build)> {
    let Inputs { environment, platform, observation, .. } = inputs;
    let name = change.name.as_str();
    match change.kind() {
        Kind::Service => {
            let live = observation.services.get(name).map(|live| &live.task_definition.content);
            let service = environment.services.get(name);
            service.map(|service| of_workload(inputs, &service.workload, live)).unwrap_or_default()
        }
        Kind::Task => {
            // Whatever is registered: it has not yet run with success.
            let task = environment.tasks.get(name);
            task.map(|task| of_workload(inputs, &task.workload, None)).unwrap_or_default()
        }
        Kind::Schedule => {
            let Some(task) = environment.tasks.get(name) else { return Vec::new() };
            let newest = observation.newest_task_definitions.get(&family(platform, name, &task.workload));
            of_workload(inputs, &task.workload, newest.map(|newest| &newest.content))
        }
        Kind::Site => {
            let artifact = environment.sites.get(name).and_then(|site| site.artifact.as_deref());
            let served = observation.sites.get(name).and_then(|site| site.current.as_ref()?.build.as_ref());
            let build = artifact.and_then(|artifact| Some((artifact, inputs.builds.artifacts.get(artifact)?)));
            build.into_iter().filter(|(_, build)| served != Some(&build.digest)).collect()
        }
        Kind::Scaling | Kind::ListenerRule | Kind::Firewall | Kind::Scenario | Kind::SiteAccess => Vec::new(),
    }
}

/// Builds of a service or task that none of its live containers runs.
fn of_workload<'a>(
    inputs: Inputs<'a>,
    workload: &'a Workload,
    live: Option<&TaskDefinition>,
) -> Vec<(&'a str, &'a Build)> {
    let runs = |image: &str| live.is_some_and(|live| live.containers().any(|container| container.image() == image));
    let builds = workload.artifacts().filter_map(|artifact| Some((artifact, inputs.builds.artifacts.get(artifact)?)));
    builds.filter(|(_, build)| !build.pinned_image().is_some_and(|image| runs(&image))).collect()
}

/// What a build lacks before it may be deployed; `None`: nothing.
#[must_use]
pub fn unsoaked(promotion: &Promotion, artifact: &str, build: &Build, now: Timestamp) -> Option<Gate> {
    let Promotion { from, soak_minutes, approvals: _ } = promotion;
    let evidence = build.evidence.as_deref().and_then(|id| Some((id, begun_at(id)?)));
    let missing = match evidence {
        _ if build.promoted_from.as_ref() != Some(from) => {
            MissingSoak::Promotion { promoted_from: build.promoted_from.clone() }
        }
        None => MissingSoak::Evidence { evidence: build.evidence.clone() },
        Some((evidence, begun_at)) => {
            let soak = SignedDuration::from_mins(i64::from(*soak_minutes));
            let opens_at = begun_at.checked_add(soak).unwrap_or(Timestamp::MAX);
            if opens_at <= now {
                return None;
            }
            MissingSoak::Time { evidence: evidence.to_owned(), opens_at }
        }
    };
    let (version, digest) = (build.version.clone(), build.digest.clone());
    Some(Gate::Soak { artifact: artifact.to_owned(), version, digest, from: from.clone(), missing })
}

/// When the reconcile began that a record is of: its id says so.
fn begun_at(record: &str) -> Option<Timestamp> {
    let id = Ulid::from_string(record).ok()?;
    Timestamp::from_millisecond(i64::try_from(id.timestamp_ms()).ok()?).ok()
}
