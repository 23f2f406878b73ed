//! A declared environment with two services, its platform, and live accounts derived from them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ops_model::declaration::{Builds, Environment};
use ops_model::observation::{Observation, ObservedService, RegisteredTaskDefinition};
use ops_model::ownership::ENVIRONMENT_TAG;
use ops_model::plan::{ChangeClass, Plan, ServiceAct, SettingsUpdate, TaskDefinitionAct};
use ops_model::platform::Platform;
use ops_model::rollout::{Rollout, RolloutStatus, TaskCounts};
use ops_plan::{Inputs, desired_service, family, plan};
use serde_json::{Value, json};

const ENVIRONMENT: &str = r#"
version: 1
environment: dev
account: "000000000000"
region: ap-northeast-2
ops_bucket: dev-ops
network: { cidr: 10.10.0.0/16, zones: [ap-northeast-2a, ap-northeast-2c] }
load_balancer: { port: 80 }
firewall:
  load_balancer: [{ from: internet, port: 80 }]
  api: [{ from: load_balancer, port: 8080 }]
services:
  api:
    artifact: app
    command: [serve]
    cpu: 256
    memory: 512
    count: 2
    port: 8080
    public: { path: /* }
    environment: { LOG_LEVEL: info }
    secrets: { DATABASE_PASSWORD: "ssm:/dev/database/password" }
  worker:
    artifact: app
    command: [worker]
    cpu: 256
    memory: 512
    after: [api]
"#;

const SLOW_KEYS: [&str; 18] = [
    "environment",
    "account",
    "region",
    "ops_bucket",
    "network",
    "logs",
    "cluster",
    "registry",
    "domain",
    "load_balancer",
    "database",
    "secrets",
    "queues",
    "sites",
    "uploads",
    "alarms",
    "records",
    "firewall",
];

/// Everything a plan is made from, to be changed by a test before it plans.
#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) environment: Environment,
    pub(crate) slow_part: Value,
    pub(crate) builds: Builds,
    pub(crate) platform: Platform,
    pub(crate) live: Observation,
}

impl Fixture {
    /// Declared and provisioned; nothing runs yet.
    pub(crate) fn new() -> Self {
        let environment: Environment = serde_yaml::from_str(ENVIRONMENT).expect("the fixture is valid");
        let slow_part = slow_part(&environment);
        let builds: Builds = serde_json::from_value(json!({"version": 1, "artifacts": {"app": build('a', "1.0.0")}}))
            .expect("the fixture is valid");
        let service = |name: &str, target_group: Option<&str>| {
            json!({
                "subnet_ids": ["subnet-b", "subnet-a"], "security_group_ids": ["sg-1"], "assign_public_ip": true,
                "execution_role_arn": format!("arn:execution/{name}"), "task_role_arn": format!("arn:task/{name}"),
                "log_group": format!("/slipway/dev/{name}"), "target_group_arn": target_group,
            })
        };
        let platform = serde_json::from_value(json!({
            "version": 2, "environment": "dev", "account": "000000000000", "region": "ap-northeast-2",
            "declaration_sha256": "00", "applied_from": slow_part, "vpc_id": "vpc-1",
            "security_groups": {"api": "sg-1", "worker": "sg-1"},
            "cluster": {"name": "slipway-dev", "arn": "arn:cluster", "namespace_arn": "arn:namespace"},
            "repositories": {},
            "services": {"api": service("api", Some("arn:target-group/api")), "worker": service("worker", None)},
            "queues": {}, "sites": {}, "uploads": {},
        }))
        .expect("the fixture is valid");
        Self { environment, slow_part, builds, platform, live: Observation::default() }
    }

    /// Everything runs as declared.
    pub(crate) fn deployed() -> Self {
        let mut fixture = Self::new();
        fixture.carry_out(&fixture.plan());
        fixture
    }

    pub(crate) fn plan(&self) -> Plan {
        plan(Inputs {
            environment: &self.environment,
            builds: &self.builds,
            slow_part: &self.slow_part,
            platform: &self.platform,
            observation: &self.live,
        })
    }

    pub(crate) fn push_build(&mut self, digit: char, version: &str) {
        let build = serde_json::from_value(build(digit, version)).expect("the fixture is valid");
        self.builds.artifacts.insert("app".to_owned(), build);
    }

    pub(crate) fn service(&mut self, name: &str) -> &mut ObservedService {
        self.live.services.get_mut(name).expect("the service is live")
    }

    /// Terraform is applied to the declaration as it stands.
    pub(crate) fn apply_terraform(&mut self) {
        self.slow_part = slow_part(&self.environment);
        self.platform.applied_from = self.slow_part.clone();
    }

    /// AWS does at once, and well, what the plan says.
    pub(crate) fn carry_out(&mut self, plan: &Plan) {
        for change in plan.changes() {
            let name = &change.service;
            match &change.act {
                ServiceAct::Create { task_definition, settings } => {
                    let task_definition = self.provide(name, task_definition);
                    let service = ObservedService {
                        name: name.clone(),
                        arn: format!("arn:service/{name}"),
                        draining: false,
                        tags: BTreeMap::from([(ENVIRONMENT_TAG.to_owned(), "dev".to_owned())]),
                        running_count: settings.desired_count,
                        pending_count: 0,
                        rollout: Some(rollout(&task_definition.arn, RolloutStatus::Successful)),
                        task_definition,
                        settings: settings.clone(),
                        events: Vec::new(),
                    };
                    self.live.services.insert(name.clone(), service);
                }
                ServiceAct::Update { task_definition, update, after_rollback: _, then_await } => {
                    let registered = task_definition.as_ref().map(|act| self.provide(name, act));
                    let service = self.service(name);
                    if let Some(registered) = registered {
                        service.rollout = Some(rollout(&registered.arn, RolloutStatus::Successful));
                        service.task_definition = registered;
                    }
                    let SettingsUpdate {
                        desired_count,
                        network,
                        load_balancers,
                        deployment,
                        health_check_grace_seconds,
                    } = update.clone();
                    let settings = &mut service.settings;
                    settings.desired_count = desired_count.unwrap_or(settings.desired_count);
                    settings.network = network.unwrap_or_else(|| settings.network.clone());
                    settings.load_balancers = load_balancers.unwrap_or_else(|| settings.load_balancers.clone());
                    settings.deployment = deployment.unwrap_or(settings.deployment);
                    settings.health_check_grace_seconds =
                        health_check_grace_seconds.or(settings.health_check_grace_seconds);
                    service.running_count = service.settings.desired_count;
                    // A new deployment takes the place of whatever rollout is under way.
                    if then_await.is_some() || change.class == ChangeClass::NewDeployment {
                        service.rollout.as_mut().expect("a rollout is live").status = RolloutStatus::Successful;
                    }
                }
                ServiceAct::Await { rollout } => {
                    let service = self.service(name);
                    let awaited = service.rollout.as_mut().filter(|awaited| awaited.id == *rollout);
                    awaited.expect("the awaited rollout is live").status = RolloutStatus::Successful;
                }
                ServiceAct::Delete => {
                    self.live.services.remove(name);
                }
            }
        }
    }

    fn provide(&mut self, service: &str, act: &TaskDefinitionAct) -> RegisteredTaskDefinition {
        let family = family(&self.platform, service);
        match act {
            TaskDefinitionAct::Register { content } => {
                let revision = self.live.newest_task_definitions.get(&family).map_or(1, |newest| {
                    newest.arn.rsplit(':').next().and_then(|text| text.parse::<u32>().ok()).expect("a revision") + 1
                });
                let arn = format!("arn:task-definition/{family}:{revision}");
                let registered = RegisteredTaskDefinition { arn, content: content.clone() };
                self.live.newest_task_definitions.insert(family, registered.clone());
                registered
            }
            TaskDefinitionAct::Registered { arn } => {
                let newest = self.live.newest_task_definitions.get(&family).expect("it was registered");
                assert_eq!(newest.arn, *arn, "only the newest revision is used again");
                newest.clone()
            }
        }
    }
}

pub(crate) fn rollout(task_definition: &str, status: RolloutStatus) -> Rollout {
    Rollout {
        id: format!("arn:deployment/of/{task_definition}"),
        status,
        status_reason: None,
        task_definition: task_definition.to_owned(),
        tasks: TaskCounts::default(),
        circuit_breaker: None,
        rollback: None,
        created_at: None,
    }
}

/// What a service is rendered to, for tests that change it by hand.
pub(crate) fn rendered(fixture: &Fixture, service: &str) -> ops_plan::DesiredService {
    let declared = &fixture.environment.services[service];
    desired_service(&fixture.environment, service, declared, &fixture.builds, &fixture.platform)
        .expect("the service can be rendered")
}

/// A plan as one line a fact, for snapshots.
pub(crate) fn text(plan: &Plan) -> String {
    let mut text = String::new();
    for gate in &plan.gates {
        writeln!(text, "gate {}", serde_json::to_string(gate).expect("gates serialise")).expect("a string takes it");
    }
    for (number, wave) in plan.waves.iter().enumerate() {
        for change in wave {
            let act = match &change.act {
                ServiceAct::Create { task_definition, .. } => format!("create {}", source(task_definition)),
                ServiceAct::Update { task_definition, update, after_rollback, then_await } => {
                    let task_definition = task_definition.as_ref().map_or("keep", source);
                    let settings = if update.is_empty() { "" } else { " and settings" };
                    let after = if after_rollback.is_some() { " after the rollback" } else { "" };
                    let then = if then_await.is_some() { ", then await" } else { "" };
                    format!("update {task_definition}{settings}{after}{then}")
                }
                ServiceAct::Await { .. } => "await".to_owned(),
                ServiceAct::Delete => "delete".to_owned(),
            };
            writeln!(text, "{} {}: {act} ({:?})", number + 1, change.service, change.class).expect("a string takes it");
            for difference in &change.differences {
                let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
                writeln!(
                    text,
                    "    {}: {} -> {}",
                    difference.path,
                    shown(&difference.live),
                    shown(&difference.declared)
                )
                .expect("a string takes it");
            }
            for warning in &change.warnings {
                writeln!(text, "    ! {warning}").expect("a string takes it");
            }
        }
    }
    for left in &plan.left_alone {
        writeln!(text, "left alone {}: {} = {}", left.service, left.field, left.live).expect("a string takes it");
    }
    if text.is_empty() { "in sync".to_owned() } else { text }
}

fn source(act: &TaskDefinitionAct) -> &'static str {
    match act {
        TaskDefinitionAct::Register { .. } => "register",
        TaskDefinitionAct::Registered { .. } => "registered",
    }
}

fn build(digit: char, version: &str) -> Value {
    json!({
        "image": "registry.example/slipway/app",
        "digest": format!("sha256:{}", digit.to_string().repeat(64)),
        "version": version,
    })
}

/// The reader of declarations takes this from the YAML; here it is made from the type.
fn slow_part(environment: &Environment) -> Value {
    let whole = serde_json::to_value(environment).expect("an environment serialises");
    let mut slow: serde_json::Map<_, _> =
        SLOW_KEYS.iter().map(|key| ((*key).to_owned(), whole[*key].clone())).collect();
    let services = environment.services.iter().map(|(name, service)| {
        let service = json!({"port": service.port, "public": service.public, "secrets": service.secrets});
        (name.clone(), service)
    });
    slow.insert("services".to_owned(), Value::Object(services.collect()));
    Value::Object(slow)
}
