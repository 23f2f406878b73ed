//! An emulator of its own for each test, an account on it, and the SDK's own clients for what ops does not do.

mod image;

use std::future::Future;
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, ConfigLoader, Region};
use ops_aws::{Account, DocumentCache};
use ops_engine::cloud::{Cloud, CloudError};
use ops_model::observation::ServiceSettings;
use ops_model::task_definition::TaskDefinition;
use serde_json::{Map, Value, json};
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
        let account = Account::load(loader(&emulator.endpoint()), REGION.to_owned(), DocumentCache::Off).await;
        let sdk = loader(&emulator.endpoint()).region(Region::new(REGION)).load().await;
        Self { cloud: account.cloud(), account, sdk, emulator }
    }

    /// With a cluster, and with the image of [`task_definition`] in the registry.
    pub(crate) async fn with_cluster() -> Self {
        let fixture = Self::start().await;
        image::create_repository(&fixture.emulator.endpoint());
        image::push(&fixture.emulator.endpoint(), &[]);
        fixture.ecs().create_cluster().cluster_name(CLUSTER).send().await.expect("a cluster");
        fixture
    }

    /// Another account object for the same AWS, as another run of ops has.
    pub(crate) async fn another_run(&self, document_cache: DocumentCache) -> Cloud {
        Account::load(loader(&self.emulator.endpoint()), REGION.to_owned(), document_cache).await.cloud()
    }

    /// Pushes an image with labels of the emulator's and returns its reference.
    pub(crate) fn image(&self, labels: &[(&str, &str)]) -> String {
        image::push(&self.emulator.endpoint(), labels)
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

/// As it is registered.
pub(crate) fn task_definition(family: &str, version: &str) -> TaskDefinition {
    running(family, &image::reference(), version)
}

/// The same of another image.
pub(crate) fn running(family: &str, image: &str, version: &str) -> TaskDefinition {
    TaskDefinition(document(json!({
        "family": family, "cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
        "executionRoleArn": "arn:aws:iam::000000000000:role/execution", "taskRoleArn": "arn:aws:iam::000000000000:role/task",
        "containerDefinitions": [{
            "name": family, "image": image, "command": ["app", "serve"], "essential": true, "readonlyRootFilesystem": true,
            "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
            "environment": [{"name": "VERSION", "value": version}],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": format!("/slipway/test/{family}"), "awslogs-region": REGION, "awslogs-stream-prefix": family,
                "awslogs-create-group": "true",
            }},
        }],
    })))
}

/// Of two tasks.
pub(crate) fn settings() -> ServiceSettings {
    ServiceSettings(document(json!({
        "desiredCount": 2, "launchType": "FARGATE", "platformVersion": "LATEST", "schedulingStrategy": "REPLICA",
        "networkConfiguration": network("sg-a"), "propagateTags": "SERVICE", "enableECSManagedTags": true,
        "deploymentConfiguration": {
            "minimumHealthyPercent": 100, "maximumPercent": 200, "deploymentCircuitBreaker": {"enable": true, "rollback": true},
        },
    })))
}

pub(crate) fn network(security_group: &str) -> Value {
    json!({"awsvpcConfiguration": {
        "subnets": ["subnet-a", "subnet-b"], "securityGroups": [security_group], "assignPublicIp": "ENABLED",
    }})
}

pub(crate) fn document(json: Value) -> Map<String, Value> {
    json.as_object().expect("an object").clone()
}

/// AWS adds members of its own, and changes none.
pub(crate) fn assert_within(given: &Map<String, Value>, observed: &Map<String, Value>) {
    fn within(given: &Value, observed: &Value) -> bool {
        match (given, observed) {
            (Value::Object(given), Value::Object(observed)) => {
                given.iter().all(|(name, value)| observed.get(name).is_some_and(|observed| within(value, observed)))
            }
            (Value::Array(given), Value::Array(observed)) => {
                given.len() == observed.len()
                    && given.iter().zip(observed).all(|(given, observed)| within(given, observed))
            }
            (Value::Number(given), Value::Number(observed)) => given.as_f64() == observed.as_f64(),
            (given, observed) => given == observed,
        }
    }
    for (name, value) in given {
        let observed = observed.get(name).unwrap_or(&Value::Null);
        assert!(within(value, observed), "{name}: {value} was given, {observed} is told");
    }
}
