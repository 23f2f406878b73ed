//! Reads the platform contract and the live state of one environment, in two steps: what tells whether anything differs,
//! and then more of what does. One file per kind.

pub(crate) mod firewall;
mod listener_rules;
mod scaling;
mod schedules;
mod secrets;
mod services;
pub(crate) mod sites;
mod task_definitions;

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{try_join, try_join3, try_join5};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ops_model::declaration::{Declaration, Environment, Task};
use ops_model::observation::Observation;
use ops_model::plan::Kind;
use ops_model::platform::{PLATFORM_KEY, PLATFORM_VERSION, Platform};
use ops_plan::{CloserLook, Inputs};

use crate::clock::Clock;
use crate::cloud::{Cloud, CloudError, CloudErrorKind};

/// Calls that are under way side by side.
const READS_AT_ONCE: usize = 8;

#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    #[error("the platform contract s3://{bucket}/{PLATFORM_KEY} does not exist")]
    NoPlatform { bucket: String, environment: String },
    #[error("the platform contract s3://{bucket}/{PLATFORM_KEY} cannot be understood")]
    MalformedPlatform {
        bucket: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("the platform contract has version {found}; this ops understands version {PLATFORM_VERSION}")]
    PlatformVersion { found: u32 },
    #[error("the platform contract in s3://{bucket} is that of {found}, not of {declared}")]
    OtherPlatform { bucket: String, found: String, declared: String },
    #[error("the credentials are for account {found}, but {environment} is declared in account {declared}")]
    OtherAccount { environment: String, found: String, declared: String },
    #[error("cannot read the live state of {environment}")]
    Cloud {
        environment: String,
        #[source]
        source: CloudError,
    },
}

/// Makes sure that we are in the declared account before anything else is asked of it.
pub async fn verify_account(cloud: &Cloud, environment: &Environment) -> Result<String, ObserveError> {
    let caller = cloud.identity.caller().await.map_err(|source| unreadable(environment, source))?;
    if caller.account == environment.account {
        Ok(caller.arn)
    } else {
        Err(ObserveError::OtherAccount {
            environment: environment.environment.clone(),
            found: caller.account,
            declared: environment.account.clone(),
        })
    }
}

/// Reads what Terraform made.
pub async fn read_platform(cloud: &Cloud, environment: &Environment) -> Result<Platform, ObserveError> {
    let bucket = &environment.ops_bucket;
    let no_platform =
        || ObserveError::NoPlatform { bucket: bucket.clone(), environment: environment.environment.clone() };
    let object = match cloud.objects.get(bucket, PLATFORM_KEY).await {
        Ok(object) => object.ok_or_else(no_platform)?,
        Err(error) if error.is_not_found() => return Err(no_platform()),
        Err(source) => return Err(unreadable(environment, source)),
    };
    let malformed = |source| ObserveError::MalformedPlatform { bucket: bucket.clone(), source };
    // The version first: a later format may not fit our type.
    let value: serde_json::Value = serde_json::from_slice(&object.body).map_err(malformed)?;
    let version = value.get("version").and_then(serde_json::Value::as_u64).unwrap_or_default();
    if version != u64::from(PLATFORM_VERSION) {
        return Err(ObserveError::PlatformVersion { found: u32::try_from(version).unwrap_or(u32::MAX) });
    }
    let platform: Platform = serde_json::from_value(value).map_err(malformed)?;
    if platform.environment != environment.environment {
        return Err(ObserveError::OtherPlatform {
            bucket: bucket.clone(),
            found: platform.environment,
            declared: environment.environment.clone(),
        });
    }
    Ok(platform)
}

/// Who we are and what Terraform made: read once, and handed on.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// ARN that AWS knows the caller by.
    pub actor: String,
    pub platform: Platform,
}

/// Makes sure of the account and reads what Terraform made.
pub async fn surroundings(cloud: &Cloud, environment: &Environment) -> Result<Surroundings, ObserveError> {
    let actor = verify_account(cloud, environment).await?;
    let platform = read_platform(cloud, environment).await?;
    Ok(Surroundings { actor, platform })
}

/// What the planner is given.
#[must_use]
pub fn inputs<'a>(declaration: &'a Declaration, platform: &'a Platform, observation: &'a Observation) -> Inputs<'a> {
    let Declaration { environment, builds, sha256: _, slow_part } = declaration;
    Inputs { environment, builds, slow_part, platform, observation }
}

/// Reads the live state. Rollouts and task definitions beside the running ones are read only of what differs or moves.
pub async fn observe(
    cloud: &Cloud,
    clock: &dyn Clock,
    declaration: &Declaration,
    platform: &Platform,
) -> Result<Observation, ObserveError> {
    let now = clock.now();
    look(cloud, declaration, platform, now).await.map_err(|source| unreadable(&declaration.environment, source))
}

/// Reads what one task is run from, and nothing else.
pub(crate) async fn observe_task(
    cloud: &Cloud,
    environment: &Environment,
    platform: &Platform,
    name: &str,
    task: &Task,
) -> Result<Observation, ObserveError> {
    let families = BTreeSet::from([ops_plan::family(platform, name, &task.workload)]);
    let read =
        try_join(secrets::of(cloud, std::iter::once(&task.workload)), task_definitions::newest(cloud, &families));
    let (secrets, newest_task_definitions) = read.await.map_err(|source| unreadable(environment, source))?;
    Ok(Observation { secrets, newest_task_definitions, ..Observation::default() })
}

/// The day in UTC.
#[must_use]
pub fn today(clock: &dyn Clock) -> Date {
    clock.now().to_zoned(TimeZone::UTC).date()
}

async fn look(
    cloud: &Cloud,
    declaration: &Declaration,
    platform: &Platform,
    now: Timestamp,
) -> Result<Observation, CloudError> {
    let environment = &declaration.environment;
    let cluster = &platform.cluster.name;
    let firewall = async { unless_unused(firewall::declared(environment), firewall::read(cloud, platform).await) };
    let (
        (services, (scaling, scaling_unread), (schedules, schedules_unread), secrets, (rules, rules_unread)),
        (firewall, firewall_unread),
        sites,
    ) = try_join3(
        try_join5(
            services::read(cloud, cluster),
            async { unless_unused(scaling::declared(environment), scaling::read(cloud, cluster).await) },
            async { unless_unused(schedules::declared(environment), schedules::read(cloud, platform).await) },
            secrets::read(cloud, environment),
            async {
                let rules = listener_rules::read(cloud, platform).await;
                unless_unused(listener_rules::needed(platform), rules)
            },
        ),
        firewall,
        sites::read(cloud, declaration, platform),
    )
    .await?;
    let unread = [
        (Kind::Scaling, scaling_unread),
        (Kind::Schedule, schedules_unread),
        (Kind::ListenerRule, rules_unread),
        (Kind::Firewall, firewall_unread),
    ];
    let listener_rules = listener_rules::by_service(environment, &services, rules);
    let mut observation = Observation {
        services,
        newest_task_definitions: BTreeMap::new(),
        secrets,
        scaling,
        schedules,
        listener_rules,
        firewall,
        now,
        sites,
        unread: unread.into_iter().filter_map(|(kind, why)| Some((kind, why?))).collect(),
    };
    sites::look_closer(cloud, declaration, platform, &mut observation).await?;
    let CloserLook { services, families } = ops_plan::closer_look(inputs(declaration, platform, &observation));
    let (rollouts, newest) =
        try_join(services::rollouts(cloud, cluster, &services), task_definitions::newest(cloud, &families)).await?;
    for (name, rollout) in rollouts {
        if let Some(service) = observation.services.get_mut(&name) {
            service.rollout = rollout;
        }
    }
    observation.newest_task_definitions = newest;
    Ok(observation)
}

/// A kind that the declaration does not use need not be permitted: it is then unknown, and why is said.
fn unless_unused<T: Default>(used: bool, read: Result<T, CloudError>) -> Result<(T, Option<String>), CloudError> {
    match read {
        Err(error) if !used && error.kind == CloudErrorKind::AccessDenied => {
            Ok((T::default(), Some(error.to_string())))
        }
        read => read.map(|read| (read, None)),
    }
}

pub(crate) fn unreadable(environment: &Environment, source: CloudError) -> ObserveError {
    ObserveError::Cloud { environment: environment.environment.clone(), source }
}
