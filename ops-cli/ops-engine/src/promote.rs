//! Promotion: the builds that run healthy in one environment are written into another's `builds.yaml`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ops_model::declaration::{Build, Builds, Declaration, Hold, Workload};
use ops_model::observation::Observation;
use ops_model::outcome::Outcome;
use ops_model::ownership::{SUCCEEDED_TAG, owned_by};
use ops_model::platform::Platform;
use ops_model::record::{Operation, Record};
use ops_model::rollout::RolloutStatus;
use ops_model::site::{CurrentBuild, SiteState};

use crate::clock::Clock;
use crate::cloud::{Cloud, CloudError, Objects};
use crate::health::look;
use crate::history::{self, HistoryError};
use crate::observe::{ObserveError, observe, surroundings};

#[derive(Debug, thiserror::Error)]
pub enum PromoteError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("cannot see whether the tasks of {service} are healthy")]
    Health {
        service: String,
        #[source]
        source: CloudError,
    },
    #[error("{environment} has no build of {artifact}")]
    NoBuild { environment: String, artifact: String },
    #[error("{environment} has no build to promote")]
    NothingToPromote { environment: String },
    #[error("{artifact} {version} does not run healthy in {environment}: {why}")]
    NotHealthy { environment: String, artifact: String, version: String, why: String },
    #[error("no record of {environment} shows {artifact} {version} deployed")]
    NoEvidence { environment: String, artifact: String, version: String },
    #[error("{artifact} {version} is held in {environment}: {reason}")]
    Held { environment: String, artifact: String, version: String, reason: String },
}

/// A build and the record that vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub build: Build,
    pub record: String,
}

/// The builds of an environment that run healthy in it now, each with its evidence.
///
/// # Errors
///
/// When any of the wanted artifacts (all when `only` is empty) is not running healthy or has no record.
pub async fn verified_builds(
    cloud: &Cloud,
    clock: &dyn Clock,
    declaration: &Declaration,
    only: &[String],
) -> Result<BTreeMap<String, Verified>, PromoteError> {
    let environment = &declaration.environment;
    let name = &environment.environment;
    let wanted: Vec<_> = if only.is_empty() {
        declaration.builds.artifacts.iter().collect()
    } else {
        let find = |artifact: &String| {
            declaration
                .builds
                .artifacts
                .get_key_value(artifact)
                .ok_or_else(|| PromoteError::NoBuild { environment: name.clone(), artifact: artifact.clone() })
        };
        only.iter().map(find).collect::<Result<_, _>>()?
    };
    if wanted.is_empty() {
        return Err(PromoteError::NothingToPromote { environment: name.clone() });
    }
    let platform = surroundings(cloud, environment).await?.platform;
    let observation = observe(cloud, clock, declaration, &platform).await?;
    let mut verified = BTreeMap::new();
    for (artifact, build) in wanted {
        if let Some(why) = why_not_healthy(cloud, declaration, artifact, build, &platform, &observation).await? {
            return Err(PromoteError::NotHealthy {
                environment: name.clone(),
                artifact: artifact.clone(),
                version: build.version.clone(),
                why,
            });
        }
        let objects = cloud.objects.as_ref();
        let shown = |record: &Record| shows(record, artifact, build);
        let record = history::newest_that(objects, &environment.ops_bucket, shown).await?;
        let record = record.ok_or_else(|| PromoteError::NoEvidence {
            environment: name.clone(),
            artifact: artifact.clone(),
            version: build.version.clone(),
        })?;
        verified.insert(artifact.clone(), Verified { build: build.clone(), record: record.id });
    }
    Ok(verified)
}

/// Whether a reconcile ended well with exactly this build.
pub(crate) fn shows(record: &Record, artifact: &str, build: &Build) -> bool {
    record.operation == Operation::Reconcile
        && record.outcome.is_success()
        && record.only.is_empty()
        && record.builds.artifacts.get(artifact).is_some_and(|recorded| recorded.digest == build.digest)
}

/// The record since which an environment has run a build without a break: the newest that is from `enough` or before, or else
/// the oldest. Each later reconcile has a record too, which would make the build seem younger than it is.
///
/// # Errors
/// A record that cannot be read.
pub async fn unbroken_since(
    objects: &dyn Objects,
    bucket: &str,
    artifact: &str,
    build: &Build,
    enough: Timestamp,
) -> Result<Option<Record>, HistoryError> {
    let is_enough = |record: &Record| {
        breaks(record, artifact, build) || (shows(record, artifact, build) && record.started_at <= enough)
    };
    let back = history::back_to(objects, bucket, is_enough, |_, _| {}).await?;
    Ok(back.records.into_iter().rfind(|record| shows(record, artifact, build)))
}

/// Whether something else was deployed, or nobody can tell what of it serves.
fn breaks(record: &Record, artifact: &str, build: &Build) -> bool {
    let is_other = record.builds.artifacts.get(artifact).is_none_or(|recorded| recorded.digest != build.digest);
    let is_ill = matches!(record.outcome, Outcome::RolledBack | Outcome::Failed | Outcome::NotVerified);
    record.operation == Operation::Reconcile && record.outcome != Outcome::Held && (is_other || is_ill)
}

/// Whether any container of the service or task runs the artifact.
fn uses(workload: &Workload, artifact: &str) -> bool {
    workload.artifacts().any(|used| used == artifact)
}

/// `None`: every task of the artifact that runs before services has succeeded with it, every service runs this very build, its rollout has succeeded, its tasks are healthy, and every site serves it.
async fn why_not_healthy(
    cloud: &Cloud,
    declaration: &Declaration,
    artifact: &str,
    build: &Build,
    platform: &Platform,
    observation: &Observation,
) -> Result<Option<String>, PromoteError> {
    let environment = &declaration.environment;
    let services: Vec<_> = environment.services.iter().filter(|(_, it)| uses(&it.workload, artifact)).collect();
    let tasks: Vec<_> = environment.tasks.iter().filter(|(_, it)| uses(&it.workload, artifact)).collect();
    let sites = environment.sites.iter().filter(|(_, site)| site.artifact.as_deref() == Some(artifact));
    let sites: Vec<_> = sites.map(|(name, _)| name).collect();
    if services.is_empty() && tasks.is_empty() && sites.is_empty() {
        return Ok(Some("no service, task or site uses it".to_owned()));
    }
    let image = build.pinned_image();
    for name in sites {
        let current = observation.sites.get(name).and_then(|site| site.current.as_ref());
        match current {
            Some(current) if current.build.as_ref() == Some(&build.digest) && current.state == SiteState::Live => {}
            Some(CurrentBuild { build: Some(served), .. }) if *served != build.digest => {
                return Ok(Some(format!("site {name} serves {}", served.short())));
            }
            Some(CurrentBuild { build: Some(_), .. }) => {
                return Ok(Some(format!("site {name} is still being published")));
            }
            Some(_) | None => return Ok(Some(format!("site {name} is not deployed"))),
        }
    }
    // Whether a task that runs by the clock or by hand would end well, nobody knows before it has run.
    for (name, task) in tasks.iter().filter(|(_, task)| !task.before.is_empty()) {
        let newest = observation.newest_task_definitions.get(&ops_plan::family(platform, name, &task.workload));
        let succeeded = newest.is_some_and(|newest| {
            newest.tags.contains_key(SUCCEEDED_TAG)
                && newest.content.containers().any(|container| Some(container.image()) == image.as_deref())
        });
        if !succeeded {
            return Ok(Some(format!("task {name} has not yet succeeded with it")));
        }
    }
    for (name, _) in services {
        let Some(live) = observation.services.get(name).filter(|live| owned_by(&environment.environment, &live.tags))
        else {
            return Ok(Some(format!("service {name} is not deployed")));
        };
        let content = &live.task_definition.content;
        if !content.containers().any(|container| Some(container.image()) == image.as_deref()) {
            let images: Vec<_> = content.containers().map(|container| short(container.image())).collect();
            return Ok(Some(format!("service {name} runs {}", images.join(", "))));
        }
        match &live.rollout {
            Some(rollout)
                if rollout.status == RolloutStatus::Successful
                    && rollout.task_definition == live.task_definition.arn => {}
            // Nobody looked closer, because it is settled and as declared.
            None if live.settled => {}
            _ => return Ok(Some(format!("service {name} has no successful rollout of it"))),
        }
        let wanted = live.settings.desired_count().unwrap_or_default();
        if live.running_count < wanted || wanted == 0 {
            return Ok(Some(format!("service {name} runs {} of {wanted} tasks", live.running_count)));
        }
        let health =
            look(cloud, live).await.map_err(|source| PromoteError::Health { service: name.clone(), source })?;
        if let Some(healthy) = health.healthy
            && healthy < wanted
        {
            return Ok(Some(format!("{healthy} of {wanted} tasks of service {name} are healthy")));
        }
    }
    Ok(None)
}

/// The end of an image's name, and of its digest the digits that people compare.
fn short(image: &str) -> &str {
    let start = image.rfind('/').map_or(0, |slash| slash + 1);
    let end = image.find("@sha256:").map_or(image.len(), |at| image.len().min(at + "@sha256:".len() + 12));
    image.get(start..end).unwrap_or(image)
}

/// The builds of the receiving environment after the promotion; `None` when it has them already.
#[must_use]
pub fn promoted(into: &Builds, verified: &BTreeMap<String, Verified>, from: &str, promoted_by: &str) -> Option<Builds> {
    let mut builds = into.clone();
    for (artifact, Verified { build, record }) in verified {
        let same = into.artifacts.get(artifact).is_some_and(|present| present.is_same_as(build));
        if !same {
            let build = Build {
                promoted_from: Some(from.to_owned()),
                promoted_by: Some(promoted_by.to_owned()),
                evidence: Some(record.clone()),
                ..build.clone()
            };
            builds.artifacts.insert(artifact.clone(), build);
        }
    }
    (builds != *into).then_some(builds)
}

/// Makes sure that no build is brought to where it is held.
///
/// # Errors
/// The first that is.
pub fn require_not_held(environment: &str, present: &Builds, builds: &Builds) -> Result<(), PromoteError> {
    let held = builds.artifacts.iter().find_map(|(artifact, build)| present.hold(artifact, &build.digest));
    match held {
        None => Ok(()),
        Some(Hold { artifact, version, reason, .. }) => Err(PromoteError::Held {
            environment: environment.to_owned(),
            artifact: artifact.clone(),
            version: version.clone(),
            reason: reason.clone(),
        }),
    }
}

/// One artifact whose build changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildChange<'a> {
    pub artifact: &'a str,
    /// `None`: the first build.
    pub old: Option<&'a Build>,
    pub new: &'a Build,
}

/// What differs between two states of a `builds.yaml`, by artifact.
#[must_use]
pub fn build_changes<'a>(old: &'a Builds, new: &'a Builds) -> Vec<BuildChange<'a>> {
    new.artifacts
        .iter()
        .map(|(artifact, build)| BuildChange { artifact, old: old.artifacts.get(artifact), new: build })
        .filter(|change| change.old != Some(change.new))
        .collect()
}

/// The message of the commit that changes a `builds.yaml`: a subject, the digests, and trailers for machines.
#[must_use]
pub fn commit_message(subject: &str, changes: &[BuildChange<'_>], trailers: &[(&str, String)]) -> String {
    let mut message = format!("{subject}\n\n");
    for BuildChange { artifact, old, new } in changes {
        let old = old.map_or_else(|| "nothing".to_owned(), |old| format!("{} {}", old.version, old.digest.short()));
        message.push_str(&format!("{artifact}: {old} -> {} {}\n", new.version, new.digest.short()));
    }
    message.push('\n');
    for BuildChange { artifact, new, .. } in changes {
        message.push_str(&format!("Build: {artifact} {}\n", new.pinned()));
    }
    for (name, value) in trailers {
        message.push_str(&format!("{name}: {value}\n"));
    }
    message
}
