//! One cluster with one service, and the words to change and to watch it.

use std::collections::BTreeMap;
use std::time::Duration;

use ops_engine::cloud::{Cloud, CloudError, Containers as _, CreateService, ServiceUpdate, TargetGroup, Targets as _};
use ops_model::observation::{ObservedService, ObservedTask, ServiceSettings, TargetHealth};
use ops_model::plan::SettingsUpdate;
use ops_model::rollout::{Rollout, RolloutStatus};
use ops_model::task_definition::TaskDefinition;
use ops_sim::{ImageBehaviour, SimulatedAccount};
use serde_json::{Map, Value, json};

pub(crate) const CLUSTER: &str = "slipway-dev";
pub(crate) const SERVICE: &str = "api";
pub(crate) const TARGET_GROUP: &str = "arn:aws:elasticloadbalancing:ap-northeast-2:000000000000:targetgroup/api/1";

pub(crate) const GOOD: ImageBehaviour = ImageBehaviour::Healthy { start: Duration::from_secs(3) };

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) struct Scenario {
    pub(crate) account: SimulatedAccount,
    pub(crate) cloud: Cloud,
}

impl Scenario {
    pub(crate) fn new() -> Self {
        let account = SimulatedAccount::new();
        account.create_cluster(CLUSTER);
        account.create_target_group(TARGET_GROUP, target_group());
        let cloud = account.cloud();
        Self { account, cloud }
    }

    /// A service that runs a good version 1 and is steady.
    pub(crate) async fn steady(settings: ServiceSettings) -> Self {
        let scenario = Self::new();
        scenario.account.push_image("app:1", GOOD);
        scenario.create(settings, "app:1").await.expect("the service is created");
        let rollout = scenario.ended().await;
        assert_eq!(rollout.status, RolloutStatus::Successful);
        scenario
    }

    pub(crate) async fn register(&self, image: &str) -> String {
        let content = content(image);
        self.cloud.containers.register_task_definition(&content, &BTreeMap::new()).await.expect("it registers")
    }

    pub(crate) async fn create(&self, settings: ServiceSettings, image: &str) -> Result<(), CloudError> {
        let task_definition = self.register(image).await;
        self.account.create_service(&create_request(settings, task_definition)).await
    }

    /// Rolls out another image and returns the rollout that this started.
    pub(crate) async fn deploy(&self, image: &str, behaviour: ImageBehaviour) -> Rollout {
        self.account.push_image(image, behaviour);
        let task_definition = Some(self.register(image).await);
        self.update(task_definition, SettingsUpdate::default()).await.expect("the update is accepted");
        self.rollouts().await.remove(0)
    }

    pub(crate) async fn update(
        &self,
        task_definition: Option<String>,
        update: SettingsUpdate,
    ) -> Result<(), CloudError> {
        let (cluster, service) = (CLUSTER.to_owned(), SERVICE.to_owned());
        self.account.update_service(&ServiceUpdate { cluster, service, task_definition, update }).await
    }

    pub(crate) async fn service(&self) -> ObservedService {
        self.described().await.expect("the service is there")
    }

    pub(crate) async fn described(&self) -> Option<ObservedService> {
        let names = [SERVICE.to_owned()];
        self.cloud.containers.describe_services(CLUSTER, &names).await.expect("it is described").pop()
    }

    pub(crate) async fn service_names(&self) -> Vec<String> {
        let services = self.account.all_services(CLUSTER).await.expect("services");
        services.into_iter().map(|service| service.name).collect()
    }

    pub(crate) async fn rollouts(&self) -> Vec<Rollout> {
        self.account.rollouts(CLUSTER, SERVICE).await.expect("they are listed")
    }

    pub(crate) async fn rollout(&self, id: &str) -> Rollout {
        self.account.rollout(id).await.expect("it is described").expect("it is there")
    }

    /// The newest rollout once nothing more will happen to it, within two hours.
    pub(crate) async fn ended(&self) -> Rollout {
        for _ in 0..7200 {
            let rollout = self.rollouts().await.remove(0);
            if rollout.status.is_final() {
                return rollout;
            }
            tokio::time::sleep(seconds(1)).await;
        }
        panic!("the rollout does not end: {:#?}", self.service().await);
    }

    pub(crate) async fn tasks(&self) -> Vec<ObservedTask> {
        self.account.tasks(CLUSTER, SERVICE).await.expect("they are listed")
    }

    pub(crate) async fn targets(&self) -> Vec<TargetHealth> {
        self.account.target_health(TARGET_GROUP).await.expect("it is described")
    }

    /// Messages of the event log, oldest first.
    pub(crate) async fn events(&self) -> Vec<String> {
        self.service().await.events.into_iter().rev().map(|event| event.message).collect()
    }
}

pub(crate) fn target_group() -> TargetGroup {
    TargetGroup { port: 8080, health_path: Some("/".to_owned()), by_address: true, vpc_id: None }
}

pub(crate) fn create_request(settings: ServiceSettings, task_definition: String) -> CreateService {
    CreateService {
        cluster: CLUSTER.to_owned(),
        service: SERVICE.to_owned(),
        task_definition,
        settings,
        tags: BTreeMap::from([("slipway:environment".to_owned(), "dev".to_owned())]),
        client_token: "token".to_owned(),
    }
}

/// One container, which listens on port 8080.
pub(crate) fn content(image: &str) -> TaskDefinition {
    let container = json!({
        "name": "app",
        "image": image,
        "portMappings": [{"containerPort": 8080}],
        "readonlyRootFilesystem": true,
    });
    TaskDefinition(object(json!({
        "family": "slipway-dev-api",
        "cpu": "256",
        "memory": "512",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [container],
    })))
}

/// Behind a load balancer, 100 to 200 percent, breaker and rollback on.
pub(crate) fn public(desired_count: u32) -> ServiceSettings {
    let balancer = json!({"targetGroupArn": TARGET_GROUP, "containerName": "app", "containerPort": 8080});
    with(private(desired_count), json!({"loadBalancers": [balancer], "healthCheckGracePeriodSeconds": 20}))
}

/// Without a load balancer.
pub(crate) fn private(desired_count: u32) -> ServiceSettings {
    let network = json!({"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED"});
    ServiceSettings(object(json!({
        "desiredCount": desired_count,
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": network},
        "deploymentConfiguration": percent(100, 200),
    })))
}

pub(crate) fn percent(minimum_healthy_percent: u32, maximum_percent: u32) -> Value {
    json!({
        "minimumHealthyPercent": minimum_healthy_percent,
        "maximumPercent": maximum_percent,
        "deploymentCircuitBreaker": {"enable": true, "rollback": true},
    })
}

/// Settings with these members in place of theirs.
pub(crate) fn with(settings: ServiceSettings, members: Value) -> ServiceSettings {
    let mut settings = settings;
    settings.0.extend(object(members));
    settings
}

/// Settings with these members of `deploymentConfiguration` in place of theirs.
pub(crate) fn deployed(settings: ServiceSettings, members: Value) -> ServiceSettings {
    let mut settings = settings;
    let deployment = settings.0["deploymentConfiguration"].as_object_mut().expect("an object");
    deployment.extend(object(members));
    settings
}

pub(crate) fn update(members: Value) -> SettingsUpdate {
    SettingsUpdate(object(members))
}

pub(crate) fn object(document: Value) -> Map<String, Value> {
    match document {
        Value::Object(members) => members,
        other => panic!("{other} is no object"),
    }
}
