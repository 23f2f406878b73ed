//! An emulator of its own for each test, an account on it, and the SDK's own clients for what ops does not do.

mod image;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, ConfigLoader, Region};
use ops_aws::Account;
use ops_engine::cloud::{Cloud, CloudError};
use ops_model::observation::{DeploymentSettings, NetworkSettings, ServiceSettings};
use ops_model::task_definition::{Container, LogDestination, TaskDefinition};
use xtask::emulator::{Emulator, EmulatorOptions};

pub(crate) const REGION: &str = "ap-northeast-2";
pub(crate) const CLUSTER: &str = "slipway-test";

/// Rollouts take about a second of the emulator's hastened time; the rest is for a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

pub(crate) struct Fixture {
    pub(crate) account: Account,
    pub(crate) cloud: Cloud,
    pub(crate) sdk: aws_config::SdkConfig,
    emulator: Emulator,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let options = EmulatorOptions { region: REGION.to_owned(), speed: 20, ..EmulatorOptions::default() };
        let emulator = Emulator::start(options).expect("an emulator");
        let account = Account::load(loader(&emulator.endpoint()), REGION.to_owned()).await;
        let sdk = loader(&emulator.endpoint()).region(Region::new(REGION)).load().await;
        Self { cloud: account.cloud(), account, sdk, emulator }
    }

    /// With a cluster, and with the image of [`task_definition`] in the registry.
    pub(crate) async fn with_cluster() -> Self {
        let fixture = Self::start().await;
        image::push(&fixture.emulator.endpoint());
        fixture.ecs().create_cluster().cluster_name(CLUSTER).send().await.expect("a cluster");
        fixture
    }

    pub(crate) fn ecs(&self) -> aws_sdk_ecs::Client {
        aws_sdk_ecs::Client::new(&self.sdk)
    }
}

pub(crate) fn loader(endpoint: &str) -> ConfigLoader {
    let credentials = aws_sdk_sts::config::Credentials::new("test", "test", None, None, "test");
    aws_config::defaults(BehaviorVersion::latest()).endpoint_url(endpoint).credentials_provider(credentials)
}

/// Asks until there is an answer.
pub(crate) async fn until<T, F>(what: &str, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<Option<T>, CloudError>>,
{
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await.expect(what) {
            return answer;
        }
        assert!(started.elapsed() < LIMIT, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub(crate) fn task_definition(family: &str, version: &str) -> TaskDefinition {
    TaskDefinition {
        family: family.to_owned(),
        cpu: 256,
        memory: 512,
        execution_role_arn: Some("arn:aws:iam::000000000000:role/execution".to_owned()),
        task_role_arn: Some("arn:aws:iam::000000000000:role/task".to_owned()),
        containers: vec![Container {
            name: family.to_owned(),
            image: image::reference(),
            command: vec!["app".to_owned(), "serve".to_owned()],
            essential: true,
            port: Some(8080),
            environment: BTreeMap::from([("VERSION".to_owned(), version.to_owned())]),
            secrets: BTreeMap::new(),
            readonly_root_filesystem: true,
            log: Some(LogDestination {
                group: format!("/slipway/test/{family}"),
                region: REGION.to_owned(),
                stream_prefix: family.to_owned(),
            }),
            other: BTreeMap::new(),
        }],
        other: BTreeMap::new(),
    }
}

pub(crate) fn settings() -> ServiceSettings {
    ServiceSettings {
        desired_count: 2,
        network: NetworkSettings {
            subnet_ids: vec!["subnet-a".to_owned(), "subnet-b".to_owned()],
            security_group_ids: vec!["sg-a".to_owned()],
            assign_public_ip: true,
        },
        load_balancers: Vec::new(),
        deployment: DeploymentSettings {
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            circuit_breaker: true,
            rollback: true,
        },
        health_check_grace_seconds: None,
        other: BTreeMap::new(),
    }
}
