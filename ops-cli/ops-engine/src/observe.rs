//! Reads the platform contract and the live services of one environment.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use ops_model::declaration::Environment;
use ops_model::observation::Observation;
use ops_model::platform::{PLATFORM_KEY, PLATFORM_VERSION, Platform};

use crate::cloud::{Cloud, CloudError};

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

/// Reads every service of the cluster and the newest task definition of every declared one.
pub async fn observe(
    cloud: &Cloud,
    environment: &Environment,
    platform: &Platform,
) -> Result<Observation, ObserveError> {
    let cluster = &platform.cluster.name;
    let services = async {
        let names = cloud.containers.list_services(cluster).await?;
        cloud.containers.describe_services(cluster, &names).await
    };
    let newest = try_join_all(environment.services.keys().map(|service| async {
        let family = ops_plan::family(platform, service);
        let newest = cloud.containers.newest_task_definition(&family).await?;
        Ok::<_, CloudError>(newest.map(|newest| (family, newest)))
    }));
    let (services, newest) =
        futures::future::try_join(services, newest).await.map_err(|source| unreadable(environment, source))?;
    Ok(Observation {
        services: services.into_iter().map(|service| (service.name.clone(), service)).collect(),
        newest_task_definitions: newest.into_iter().flatten().collect::<BTreeMap<_, _>>(),
    })
}

fn unreadable(environment: &Environment, source: CloudError) -> ObserveError {
    ObserveError::Cloud { environment: environment.environment.clone(), source }
}
