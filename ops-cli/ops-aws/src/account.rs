use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_types::service_config::ServiceConfigKey;
use ops_engine::cloud::Cloud;

use crate::call_counter::SentCalls;
use crate::containers::EcsContainers;
use crate::error::Errors;
use crate::identity::StsIdentity;
use crate::last_endpoint::LastEndpoint;
use crate::objects::S3Objects;
use crate::region::{self, RegionMismatch};
use crate::targets::LoadBalancerTargets;

/// Throttling calls for patience, an unreachable endpoint for an early word: with [`CONNECT_TIMEOUT`] and the waits
/// between, four attempts at an endpoint that swallows packets end after about ten seconds.
const ATTEMPTS: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(300);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// From the request to the first byte of the answer.
const READ_TIMEOUT: Duration = Duration::from_secs(8);
/// A whole call with all its attempts.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// How to reach an account. Credentials and endpoint come from the standard AWS chain: environment, profile, SSO,
/// container or instance role; `AWS_ENDPOINT_URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The declared region; calls go nowhere else.
    pub region: String,
    /// A profile of the AWS configuration files; `None`: `AWS_PROFILE`, or the default one.
    pub profile: Option<String>,
}

/// An AWS account in one region. Making one sends nothing: credentials are fetched at the first call.
pub struct Account {
    cloud: Cloud,
    sent: SentCalls,
    endpoint: Option<String>,
}

impl Account {
    /// # Errors
    ///
    /// [`RegionMismatch`] when the person's AWS settings name another region than the declaration.
    pub async fn connect(options: Options) -> Result<Self, RegionMismatch> {
        region::check_region(region::configured_region(options.profile.as_deref()), &options.region).await?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(profile) = options.profile {
            loader = loader.profile_name(profile);
        }
        Ok(Self::load(loader, options.region).await)
    }

    /// Like [`Self::connect`], for callers that bring their own credentials or endpoint in the loader.
    pub async fn load(loader: ConfigLoader, region: String) -> Self {
        let config = loader
            .region(Region::new(region))
            .retry_config(
                RetryConfig::adaptive()
                    .with_max_attempts(ATTEMPTS)
                    .with_initial_backoff(FIRST_WAIT)
                    .with_max_backoff(LONGEST_WAIT),
            )
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .read_timeout(READ_TIMEOUT)
                    .operation_timeout(CALL_TIMEOUT)
                    .build(),
            )
            .load()
            .await;
        Self::new(&config)
    }

    fn new(config: &SdkConfig) -> Self {
        let sent = SentCalls::default();
        let containers = {
            let endpoint = LastEndpoint::default();
            let settings = aws_sdk_ecs::config::Builder::from(config)
                .interceptor(sent.counter("ecs"))
                .interceptor(endpoint.clone());
            EcsContainers::new(
                aws_sdk_ecs::Client::from_conf(settings.build()),
                Errors::new("ecs", endpoint),
                config.time_source().unwrap_or_default(),
            )
        };
        let targets = {
            let endpoint = LastEndpoint::default();
            let settings = aws_sdk_elasticloadbalancingv2::config::Builder::from(config)
                .interceptor(sent.counter("elasticloadbalancing"))
                .interceptor(endpoint.clone());
            LoadBalancerTargets {
                sdk: aws_sdk_elasticloadbalancingv2::Client::from_conf(settings.build()),
                errors: Errors::new("elasticloadbalancing", endpoint),
            }
        };
        let objects = {
            let endpoint = LastEndpoint::default();
            let settings = aws_sdk_s3::config::Builder::from(config)
                // A replaced endpoint is rarely one under which every bucket has a host name of its own.
                .force_path_style(s3_endpoint(config).is_some())
                .interceptor(sent.counter("s3"))
                .interceptor(endpoint.clone());
            S3Objects { sdk: aws_sdk_s3::Client::from_conf(settings.build()), errors: Errors::new("s3", endpoint) }
        };
        let identity = {
            let endpoint = LastEndpoint::default();
            let settings = aws_sdk_sts::config::Builder::from(config)
                .interceptor(sent.counter("sts"))
                .interceptor(endpoint.clone());
            StsIdentity { sdk: aws_sdk_sts::Client::from_conf(settings.build()), errors: Errors::new("sts", endpoint) }
        };
        let cloud = Cloud {
            containers: Arc::new(containers),
            targets: Arc::new(targets),
            objects: Arc::new(objects),
            identity: Arc::new(identity),
            calls: Arc::new(sent.clone()),
        };
        Self { cloud, sent, endpoint: config.endpoint_url().map(str::to_owned) }
    }

    #[must_use]
    pub fn cloud(&self) -> Cloud {
        self.cloud.clone()
    }

    /// The endpoint that replaces AWS's own, if `AWS_ENDPOINT_URL` or the profile sets one.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Every request that was sent, by `service:Operation`, retries included; [`Cloud::calls`] leaves them out.
    #[must_use]
    pub fn attempts(&self) -> BTreeMap<String, u32> {
        self.sent.attempts()
    }
}

/// The replaced endpoint of S3: `AWS_ENDPOINT_URL_S3` or its profile setting before the one for all services.
fn s3_endpoint(config: &SdkConfig) -> Option<String> {
    let for_s3 = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()
        .and_then(|key| config.service_config()?.load_config(key));
    for_s3.or_else(|| config.endpoint_url().map(str::to_owned))
}
