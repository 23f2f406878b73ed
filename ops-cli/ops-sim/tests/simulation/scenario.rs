//! One cluster with one service, and the words to change and to watch it.

use std::collections::BTreeMap;
use std::time::Duration;

use ops_engine::cloud::{Cloud, CloudError, Containers as _, CreateService, ServiceUpdate, Targets as _};
use ops_model::observation::{
    DeploymentSettings, LoadBalancerSettings, NetworkSettings, ObservedService, ObservedTask, ServiceSettings,
    TargetHealth,
};
use ops_model::plan::SettingsUpdate;
use ops_model::rollout::{Rollout, RolloutStatus};
use ops_model::task_definition::{Container, TaskDefinition};
use ops_sim::{ImageBehaviour, SimulatedAccount};

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
        account.create_target_group(TARGET_GROUP);
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

pub(crate) fn content(image: &str) -> TaskDefinition {
    TaskDefinition {
        family: "slipway-dev-api".to_owned(),
        cpu: 256,
        memory: 512,
        execution_role_arn: None,
        task_role_arn: None,
        containers: vec![Container {
            name: "app".to_owned(),
            image: image.to_owned(),
            command: Vec::new(),
            essential: true,
            port: Some(8080),
            environment: BTreeMap::new(),
            secrets: BTreeMap::new(),
            readonly_root_filesystem: true,
            log: None,
            other: BTreeMap::new(),
        }],
        other: BTreeMap::new(),
    }
}

/// Behind a load balancer, 100 to 200 percent, breaker and rollback on.
pub(crate) fn public(desired_count: u32) -> ServiceSettings {
    let balanced =
        LoadBalancerSettings { target_group_arn: TARGET_GROUP.to_owned(), container: "app".to_owned(), port: 8080 };
    ServiceSettings { load_balancers: vec![balanced], health_check_grace_seconds: Some(20), ..private(desired_count) }
}

/// Without a load balancer.
pub(crate) fn private(desired_count: u32) -> ServiceSettings {
    ServiceSettings {
        desired_count,
        network: NetworkSettings {
            subnet_ids: vec!["subnet-1".to_owned()],
            security_group_ids: vec!["sg-1".to_owned()],
            assign_public_ip: true,
        },
        load_balancers: Vec::new(),
        deployment: percent(100, 200),
        health_check_grace_seconds: None,
        other: BTreeMap::new(),
    }
}

pub(crate) fn percent(minimum_healthy_percent: u32, maximum_percent: u32) -> DeploymentSettings {
    DeploymentSettings { minimum_healthy_percent, maximum_percent, circuit_breaker: true, rollback: true }
}
