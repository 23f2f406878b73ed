use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_smithy_http_client::default_connector;
use aws_smithy_runtime_api::client::http::HttpConnectorSettings;
use aws_types::service_config::ServiceConfigKey;
use etcetera::{BaseStrategy as _, choose_base_strategy};
use ops_engine::cloud::Cloud;

use crate::call_counter::SentCalls;
use crate::containers::EcsContainers;
use crate::distributions::CloudFrontDistributions;
use crate::document_folder::DocumentFolder;
use crate::error::Errors;
use crate::firewalls::Ec2Firewalls;
use crate::identity::StsIdentity;
use crate::immutable_documents::ImmutableDocuments;
use crate::last_endpoint::LastEndpoint;
use crate::logs::CloudWatchLogs;
use crate::objects::S3Objects;
use crate::preflight::{Alarms, AwsPreflight, EcrImages, IamRoles, Quotas};
use crate::region::{self, RegionMismatch};
use crate::scaling::ApplicationAutoScaling;
use crate::schedules::EventBridgeScheduler;
use crate::secrets::{AwsSecrets, ParameterStore, SecretsManager};
use crate::site_objects::S3SiteObjects;
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

/// The same for files of sites: a large part takes its time on a slow line.
const TRANSFER_TIMEOUT: Duration = Duration::from_secs(300);

/// How to reach an account. Credentials and endpoint come from the standard AWS chain: environment, profile, SSO,
/// container or instance role; `AWS_ENDPOINT_URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The declared region; calls go nowhere else.
    pub region: String,
    /// A profile of the AWS configuration files; `None`: `AWS_PROFILE`, or the default one.
    pub profile: Option<String>,
    pub document_cache: DocumentCache,
}

/// Where documents of AWS that never change (task definitions, service revisions) are kept between runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DocumentCache {
    /// In the person's cache folder (`$XDG_CACHE_HOME/slipway`), and nowhere when the endpoint of ECS is replaced: an emulator
    /// gives the same ARNs to other content each time it starts.
    #[default]
    OfPerson,
    Folder(PathBuf),
    /// In memory only.
    Off,
}

/// The client of a service, which counts its calls and remembers where they went, and what makes errors of ours from its
/// own. `service` is the prefix that IAM policies use.
macro_rules! client {
    ($sdk:ident, $service:literal, $config:expr, $sent:expr $(, $setting:ident($value:expr))*) => {{
        let endpoint = LastEndpoint::default();
        let settings = $sdk::config::Builder::from($config)
            $(.$setting($value))*
            .interceptor($sent.counter($service))
            .interceptor(endpoint.clone());
        ($sdk::Client::from_conf(settings.build()), Errors::new($service, endpoint))
    }};
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
        Ok(Self::load(loader, options.region, options.document_cache).await)
    }

    /// Like [`Self::connect`], for callers that bring their own credentials or endpoint in the loader.
    pub async fn load(loader: ConfigLoader, region: String, document_cache: DocumentCache) -> Self {
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
        let folder = match document_cache {
            DocumentCache::OfPerson if replaced_endpoint(&config, "ECS").is_some() => None,
            DocumentCache::OfPerson => {
                choose_base_strategy().ok().map(|folders| folders.cache_dir().join("slipway/aws-documents"))
            }
            DocumentCache::Folder(folder) => Some(folder),
            DocumentCache::Off => None,
        };
        Self::new(&config, folder)
    }

    pub(crate) fn new(config: &SdkConfig, folder: Option<PathBuf>) -> Self {
        let sent = SentCalls::default();
        let time = config.time_source().unwrap_or_default();
        // A replaced endpoint is rarely one under which every bucket has a host name of its own.
        let path_style = replaced_endpoint(config, "S3").is_some();

        let (sdk, errors) = client!(aws_sdk_ecs, "ecs", config, sent);
        let immutable = ImmutableDocuments::new(folder.and_then(|folder| DocumentFolder::open(&folder, time.clone())));
        let containers = EcsContainers { sdk, errors, time, immutable };
        let (sdk, errors) = client!(aws_sdk_elasticloadbalancingv2, "elasticloadbalancing", config, sent);
        let targets = LoadBalancerTargets { sdk, errors };
        let (sdk, errors) = client!(aws_sdk_ec2, "ec2", config, sent);
        let firewalls = Ec2Firewalls { sdk, errors };
        let (sdk, errors) = client!(aws_sdk_s3, "s3", config, sent, force_path_style(path_style));
        let objects = S3Objects { sdk, errors };
        let patient = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(TRANSFER_TIMEOUT)
            .operation_timeout(TRANSFER_TIMEOUT)
            .build();
        let (sdk, errors) =
            client!(aws_sdk_s3, "s3", config, sent, force_path_style(path_style), timeout_config(patient));
        let site_objects = S3SiteObjects { sdk, errors };
        let (sdk, errors) = client!(aws_sdk_cloudfront, "cloudfront", config, sent);
        let distributions = CloudFrontDistributions { sdk, errors };
        let (sdk, errors) = client!(aws_sdk_sts, "sts", config, sent);
        let identity = StsIdentity { sdk, errors };
        let (sdk, errors) = client!(aws_sdk_applicationautoscaling, "application-autoscaling", config, sent);
        let scaling = ApplicationAutoScaling { sdk, errors };
        let (sdk, errors) = client!(aws_sdk_scheduler, "scheduler", config, sent);
        let schedules = EventBridgeScheduler { sdk, errors };
        let (sdk, errors) = client!(aws_sdk_ssm, "ssm", config, sent);
        let parameter_store = ParameterStore { sdk, errors };
        let (sdk, errors) = client!(aws_sdk_secretsmanager, "secretsmanager", config, sent);
        let secrets = AwsSecrets { parameter_store, secrets_manager: SecretsManager { sdk, errors } };
        let (sdk, errors) = client!(aws_sdk_cloudwatchlogs, "logs", config, sent);
        let logs = CloudWatchLogs { sdk, errors };
        let preflight = preflight(config, &sent);
        let cloud = Cloud {
            containers: Arc::new(containers),
            targets: Arc::new(targets),
            firewalls: Arc::new(firewalls),
            objects: Arc::new(objects),
            identity: Arc::new(identity),
            scaling: Arc::new(scaling),
            schedules: Arc::new(schedules),
            secrets: Arc::new(secrets),
            logs: Arc::new(logs),
            preflight: Arc::new(preflight),
            site_objects: Arc::new(site_objects),
            distributions: Arc::new(distributions),
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

fn preflight(config: &SdkConfig, sent: &SentCalls) -> AwsPreflight {
    let (sdk, errors) = client!(aws_sdk_ecr, "ecr", config, sent);
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT).build();
    let images = EcrImages {
        sdk,
        errors,
        region: config.region().map(ToString::to_string).unwrap_or_default(),
        downloads: default_connector(&settings, config.sleep_impl()),
    };
    let (sdk, errors) = client!(aws_sdk_iam, "iam", config, sent);
    let roles = IamRoles { sdk, errors };
    let (sdk, errors) = client!(aws_sdk_cloudwatch, "cloudwatch", config, sent);
    let alarms = Alarms { sdk, errors };
    let (sdk, errors) = client!(aws_sdk_servicequotas, "servicequotas", config, sent);
    AwsPreflight { images, roles, alarms, quotas: Quotas { sdk, errors } }
}

/// The endpoint that replaces AWS's own for one service: `AWS_ENDPOINT_URL_<SERVICE>` or its profile setting before the one
/// for all services.
fn replaced_endpoint(config: &SdkConfig, service: &str) -> Option<String> {
    let of_service = ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()
        .and_then(|key| config.service_config()?.load_config(key));
    of_service.or_else(|| config.endpoint_url().map(str::to_owned))
}
