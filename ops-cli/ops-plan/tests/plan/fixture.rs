//! A declared environment with two services, its platform, and live accounts derived from them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use ops_model::declaration::{Builds, Environment};
use ops_model::observation::{ListenerRule, ObservedSecret};
use ops_model::observation::{Observation, ObservedService, RegisteredTaskDefinition};
use ops_model::ownership::ENVIRONMENT_TAG;
use ops_model::ownership::SUCCEEDED_TAG;
use ops_model::plan::{
    Act, ChangeClass, LISTENER_RULE_TO_COME, ListenerRuleAct, Plan, ScalingAct, ScheduleAct, ServiceAct, SiteAccessAct,
    SiteAct, TASK_DEFINITION_TO_COME, TaskAct, TaskDefinitionAct,
};
use ops_model::platform::Platform;
use ops_model::rollout::{Rollout, RolloutStatus, TaskCounts};
use ops_model::site::ObservedSite;
use ops_plan::{DesiredService, Inputs, family, plan};
use serde_json::{Map, Value, json};

use crate::firewall;
use crate::sites;

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

/// Everything that a plan can be about.
pub(crate) const FULL: &str = r#"
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
    entry_point: [/bin/app]
    command: [serve]
    cpu: 1024
    memory: 4096
    architecture: arm64
    ephemeral_storage_gib: 50
    port: 8080
    public: { path: /* }
    connect: { name: backend, port: 80, protocol: http, idle_timeout_seconds: 60, request_timeout_seconds: 15 }
    exec: true
    environment: { LOG_LEVEL: info }
    secrets:
      DATABASE_PASSWORD: { from: "secretsmanager:slipway/dev/database", key: password }
      API_KEY: "ssm:/slipway/dev/key"
    depends_on: { proxy: healthy }
    health_check: { command: [/bin/app, healthcheck], interval_seconds: 10, timeout_seconds: 3, retries: 2, start_seconds: 5 }
    user: "1000:1000"
    working_directory: /srv
    init_process: true
    mounts: { /data: { volume: data }, /tmp: { volume: scratch } }
    open_files: 10000
    labels: { team: web }
    log: { drop_after_mib: 4, multiline_pattern: "^[0-9]" }
    start_timeout_seconds: 60
    stop_timeout_seconds: 45
    volumes:
      data: { efs: { file_system: fs-01234567, access_point: fsap-01234567, iam: true } }
      scratch: {}
    containers:
      proxy:
        image: "public.ecr.aws/envoy/envoy@sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        cpu: 128
        memory: 256
        memory_reservation: 128
        health_check: { command: [/bin/true] }
      init: { artifact: app, command: [init], essential: false }
    capacity: { fargate: { base: 1 }, fargate_spot: { weight: 3 } }
    platform_version: 1.4.0
    tags: { team: web }
    deployment:
      strategy: canary
      bake_minutes: 5
      canary: { percent: 10, bake_minutes: 3 }
      alarms: [api-errors]
      circuit_breaker: { failed_tasks: 2, reset_on_healthy_task: false }
      pauses: [{ at: post_scale_up, timeout_minutes: 60, on_timeout: continue }]
    scaling:
      minimum: 2
      maximum: 10
      cpu: { target: 60 }
      requests: { target: 1000, only_out: true }
      steps: { backlog: { unit: percent, steps: [{ from: 0, to: 10, add: 10 }, { from: 10, add: 50 }] } }
      schedules: { night: { at: "cron(0 22 * * ? *)", time_zone: Asia/Seoul, minimum: 1, maximum: 2 } }
    overrides:
      task_definition: { pidMode: task, containerDefinitions: [{ name: api, systemControls: [{ namespace: net.core.somaxconn, value: "1024" }] }] }
      service: { availabilityZoneRebalancing: ENABLED }
  worker:
    artifact: app
    command: [worker]
    cpu: 256
    memory: 512
    count: 1
    after: [api]
    deployment: { early_success: { healthy_percent: 100 } }
tasks:
  migrate:
    artifact: app
    command: [migrate]
    cpu: 256
    memory: 512
    before: [api]
  report:
    artifact: app
    command: [report]
    cpu: 256
    memory: 512
    schedule: { at: "rate(1 hour)", flexible_minutes: 10, retries: 2 }
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
        static NEW: LazyLock<Fixture> = LazyLock::new(|| Fixture::of(ENVIRONMENT));
        NEW.clone()
    }

    pub(crate) fn of(environment: &str) -> Self {
        let environment: Environment = serde_yaml::from_str(environment).expect("the fixture is valid");
        let slow_part = slow_part(&environment);
        let builds: Builds = serde_json::from_value(json!({"version": 1, "artifacts": {"app": build('a', "1.0.0")}}))
            .expect("the fixture is valid");
        let surroundings = |name: &str| {
            json!({
                "subnet_ids": ["subnet-b", "subnet-a"], "security_group_ids": ["sg-1"], "assign_public_ip": true,
                "execution_role_arn": format!("arn:execution/{name}"), "task_role_arn": format!("arn:task/{name}"),
                "log_group": format!("/slipway/dev/{name}"),
            })
        };
        let mut api = surroundings("api");
        api["target_group_arn"] = json!("arn:aws:elasticloadbalancing:r:0:targetgroup/api/1");
        api["traffic_shift"] = json!({
            "alternate_target_group_arn": "arn:aws:elasticloadbalancing:r:0:targetgroup/api-alternate/2",
            "role_arn": "arn:deployment-role", "listener_arn": "arn:listener", "rule_priority": 39_000, "path": "/*",
        });
        let platform = serde_json::from_value(json!({
            "version": 3, "environment": "dev", "account": "000000000000", "region": "ap-northeast-2",
            "declaration_sha256": "00", "applied_from": slow_part, "vpc_id": "vpc-1",
            "security_groups": {"api": "sg-1", "worker": "sg-1"},
            "cluster": {"name": "slipway-dev", "arn": "arn:aws:ecs:r:0:cluster", "namespace_arn": "arn:namespace"},
            "load_balancer": {
                "arn": "arn:aws:elasticloadbalancing:r:0:loadbalancer/app/dev/3", "dns_name": "dev", "url": "http://dev",
                "listener_arn": "arn:listener",
            },
            "repositories": {},
            "services": {"api": api, "worker": surroundings("worker")},
            "tasks": {"migrate": surroundings("migrate"), "report": surroundings("report")},
            "schedules": {"group": "slipway-dev", "role_arn": "arn:scheduler-role", "dead_letter_arn": "arn:dead-letter"},
            "queues": {}, "sites": {}, "uploads": {},
        }))
        .expect("the fixture is valid");
        let secret = |place: &str| {
            let present = ObservedSecret::Present { version: "1".to_owned(), arn: format!("arn:{place}") };
            (place.to_owned(), present)
        };
        let secrets = ["ssm:/dev/database/password", "secretsmanager:slipway/dev/database", "ssm:/slipway/dev/key"];
        let live = Observation { secrets: secrets.map(secret).into(), ..Observation::default() };
        Self { environment, slow_part, builds, platform, live }
    }

    /// Everything runs as declared.
    pub(crate) fn deployed() -> Self {
        static DEPLOYED: LazyLock<Fixture> = LazyLock::new(|| Fixture::new().carried_out());
        DEPLOYED.clone()
    }

    /// Everything that can be declared, running as declared.
    pub(crate) fn full() -> Self {
        static RUNNING: LazyLock<Fixture> = LazyLock::new(|| Fixture::of(FULL).carried_out());
        RUNNING.clone()
    }

    fn carried_out(self) -> Self {
        let mut fixture = self;
        fixture.carry_out(&fixture.plan());
        fixture
    }

    pub(crate) fn plan(&self) -> Plan {
        plan(self.inputs())
    }

    pub(crate) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            environment: &self.environment,
            builds: &self.builds,
            slow_part: &self.slow_part,
            platform: &self.platform,
            observation: &self.live,
        }
    }

    pub(crate) fn setting(&mut self, service: &str, member: &str, value: Value) {
        self.service(service).settings.0.insert(member.to_owned(), value);
    }

    pub(crate) fn container(&mut self, service: &str) -> &mut Map<String, Value> {
        let content = &mut self.service(service).task_definition.content.0;
        content["containerDefinitions"][0].as_object_mut().expect("a container")
    }

    pub(crate) fn push_build(&mut self, digit: char, version: &str) {
        let build = serde_json::from_value(build(digit, version)).expect("the fixture is valid");
        self.builds.artifacts.insert("app".to_owned(), build);
    }

    pub(crate) fn site(&mut self, name: &str) -> &mut ObservedSite {
        self.live.sites.get_mut(name).expect("the site has been looked at")
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
            let name = &change.name;
            match &change.act {
                Act::Service(act) => self.carry_out_service(name, change.class, act),
                Act::Task(TaskAct::Run { task_definition, .. }) => {
                    let arn = self.provide(name, task_definition).arn;
                    let family = self.family(name);
                    let newest = self.live.newest_task_definitions.get_mut(&family).expect("it was registered");
                    assert_eq!(newest.arn, arn);
                    newest.tags.insert(SUCCEEDED_TAG.to_owned(), "arn:task".to_owned());
                }
                Act::Scaling(ScalingAct::Put { put, remove_policies, remove_scheduled_actions }) => {
                    let live = self.live.scaling.entry(name.clone()).or_default();
                    live.policies.retain(|policy, _| !remove_policies.contains(policy));
                    live.scheduled_actions.retain(|action, _| !remove_scheduled_actions.contains(action));
                    live.target.extend(put.target.clone());
                    live.policies.extend(put.policies.clone());
                    live.scheduled_actions.extend(put.scheduled_actions.clone());
                }
                Act::Scaling(ScalingAct::Remove) => drop(self.live.scaling.remove(name)),
                Act::Schedule(ScheduleAct::Put { name: schedule, exists, schedule: wanted, task_definition }) => {
                    assert_eq!(*exists, self.live.schedules.contains_key(schedule));
                    let arn = self.provide(name, task_definition).arn;
                    let text =
                        serde_json::to_string(wanted).expect("a document").replace(TASK_DEFINITION_TO_COME, &arn);
                    self.live.schedules.insert(schedule.clone(), serde_json::from_str(&text).expect("a document"));
                }
                Act::Schedule(ScheduleAct::Remove { name }) => drop(self.live.schedules.remove(name)),
                Act::ListenerRule(act) => self.carry_out_rule(name, act),
                Act::Firewall(act) => {
                    let rules = self.live.firewall.get_mut(name).expect("the group is live");
                    act.steps.iter().for_each(|step| firewall::carry_out(rules, &step.call));
                }
                Act::Site(act) => sites::carry_out(self.site(name), act),
                Act::SiteAccess(SiteAccessAct::Close { .. }) => sites::close(self.site(name)),
            }
        }
    }

    fn carry_out_rule(&mut self, name: &str, act: &ListenerRuleAct) {
        match act.clone() {
            ListenerRuleAct::Create { listener_arn: _, priority, path, host, target_group_arns: [first, second] } => {
                let weights = BTreeMap::from([(first, 100), (second, 0)]);
                let arn = format!("arn:rule/{name}");
                let rule = ListenerRule { arn, priority, path, host, weights, foreign: false, tags: BTreeMap::new() };
                self.live.listener_rules.insert(name.to_owned(), rule);
            }
            ListenerRuleAct::Modify { arn, priority, conditions, weights } => {
                let rule = self.live.listener_rules.get_mut(name).expect("a rule is live");
                assert_eq!(rule.arn, arn);
                rule.priority = priority.unwrap_or(rule.priority);
                if let Some((path, host)) = conditions {
                    (rule.path, rule.host, rule.foreign) = (path, host, false);
                }
                rule.weights = weights.unwrap_or_else(|| rule.weights.clone());
            }
            ListenerRuleAct::Delete { .. } => drop(self.live.listener_rules.remove(name)),
        }
    }

    fn carry_out_service(&mut self, name: &str, class: ChangeClass, act: &ServiceAct) {
        match act {
            ServiceAct::Create { task_definition, settings, tags }
            | ServiceAct::Replace { task_definition, settings, tags } => {
                let task_definition = self.provide(name, task_definition);
                let mut tags = tags.clone();
                tags.insert(ENVIRONMENT_TAG.to_owned(), "dev".to_owned());
                let rule = format!("arn:rule/{name}");
                let settings =
                    serde_json::to_string(settings).expect("a document").replace(LISTENER_RULE_TO_COME, &rule);
                let settings: ops_model::observation::ServiceSettings =
                    serde_json::from_str(&settings).expect("a document");
                let service = ObservedService {
                    name: name.to_owned(),
                    arn: format!("arn:service/{name}"),
                    draining: false,
                    tags,
                    running_count: settings.desired_count().expect("created with a count"),
                    pending_count: 0,
                    settled: true,
                    rollout: Some(rollout(&task_definition.arn, RolloutStatus::Successful)),
                    task_definition,
                    settings,
                    events: Vec::new(),
                };
                self.live.services.insert(name.to_owned(), service);
            }
            ServiceAct::Update { task_definition, update, tags, after_rollback: _, then_await } => {
                let registered = task_definition.as_ref().map(|act| self.provide(name, act));
                let rule = format!("arn:rule/{name}");
                let service = self.service(name);
                if let Some(registered) = registered {
                    service.rollout = Some(rollout(&registered.arn, RolloutStatus::Successful));
                    service.task_definition = registered;
                }
                service.tags.extend(tags.clone());
                for (member, value) in &update.0 {
                    let value = value.to_string().replace(LISTENER_RULE_TO_COME, &rule);
                    service.settings.0.insert(member.clone(), serde_json::from_str(&value).expect("JSON"));
                }
                service.settings.0.remove("forceNewDeployment");
                if update.0.contains_key("capacityProviderStrategy") {
                    service.settings.0.remove("launchType");
                }
                service.running_count = service.settings.desired_count().expect("it has a count");
                // A new deployment takes the place of whatever rollout is under way.
                if then_await.is_some() || class == ChangeClass::NewDeployment {
                    service.rollout.as_mut().expect("a rollout is live").status = RolloutStatus::Successful;
                }
            }
            ServiceAct::Await { rollout } => {
                let service = self.service(name);
                let awaited = service.rollout.as_mut().filter(|awaited| awaited.id == *rollout);
                awaited.expect("the awaited rollout is live").status = RolloutStatus::Successful;
            }
            ServiceAct::Delete => drop(self.live.services.remove(name)),
        }
    }

    fn family(&self, name: &str) -> String {
        let service = self.environment.services.get(name).map(|service| &service.workload);
        let workload = service.or_else(|| self.environment.tasks.get(name).map(|task| &task.workload));
        family(&self.platform, name, workload.expect("declared"))
    }

    fn provide(&mut self, service: &str, act: &TaskDefinitionAct) -> RegisteredTaskDefinition {
        let family = self.family(service);
        match act {
            TaskDefinitionAct::Register { content } => {
                let revision = self.live.newest_task_definitions.get(&family).map_or(1, |newest| {
                    newest.arn.rsplit(':').next().and_then(|text| text.parse::<u32>().ok()).expect("a revision") + 1
                });
                let arn = format!("arn:task-definition/{family}:{revision}");
                let registered = RegisteredTaskDefinition { arn, content: content.clone(), tags: BTreeMap::new() };
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
        stage: None,
        waiting: Vec::new(),
        traffic_percent: None,
        alarms: Vec::new(),
        created_at: None,
    }
}

/// What a service is rendered to, for tests that change it by hand.
pub(crate) fn rendered(fixture: &Fixture, service: &str) -> DesiredService {
    let declared = &fixture.environment.services[service];
    fixture.inputs().desired_service(service, declared).expect("the service can be rendered")
}

/// A plan as one line a fact, for snapshots.
pub(crate) fn text(plan: &Plan) -> String {
    let mut text = String::new();
    for gate in &plan.gates {
        writeln!(text, "gate {}", serde_json::to_string(gate).expect("gates serialise")).expect("a string takes it");
    }
    for (number, wave) in plan.waves.iter().enumerate() {
        for change in wave {
            let act = act_text(&change.act);
            writeln!(text, "{} {}: {act} ({:?})", number + 1, change.name, change.class).expect("a string takes it");
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
    if text.is_empty() { "in sync".to_owned() } else { text }
}

fn act_text(act: &Act) -> String {
    match act {
        Act::Service(ServiceAct::Create { task_definition, .. }) => format!("create {}", source(task_definition)),
        Act::Service(ServiceAct::Replace { task_definition, .. }) => format!("replace {}", source(task_definition)),
        Act::Service(ServiceAct::Update { task_definition, update, tags: _, after_rollback, then_await }) => {
            let task_definition = task_definition.as_ref().map_or("keep", source);
            let members: Vec<_> = update.0.keys().map(String::as_str).collect();
            let settings = if members.is_empty() { String::new() } else { format!(" and {}", members.join(" ")) };
            let after = if after_rollback.is_some() { " after the rollback" } else { "" };
            let then = if then_await.is_some() { ", then await" } else { "" };
            format!("update {task_definition}{settings}{after}{then}")
        }
        Act::Service(ServiceAct::Await { .. }) => "await".to_owned(),
        Act::Firewall(act) => format!("{} steps", act.steps.len()),
        Act::Service(ServiceAct::Delete) => "delete".to_owned(),
        Act::Task(TaskAct::Run { task_definition, .. }) => format!("run {}", source(task_definition)),
        Act::Scaling(ScalingAct::Put { .. }) => "put scaling".to_owned(),
        Act::Scaling(ScalingAct::Remove) => "remove scaling".to_owned(),
        Act::Schedule(ScheduleAct::Put { task_definition, .. }) => {
            format!("put schedule of {}", source(task_definition))
        }
        Act::Schedule(ScheduleAct::Remove { .. }) => "remove schedule".to_owned(),
        Act::ListenerRule(ListenerRuleAct::Create { .. }) => "create listener rule".to_owned(),
        Act::ListenerRule(ListenerRuleAct::Modify { .. }) => "modify listener rule".to_owned(),
        Act::ListenerRule(ListenerRuleAct::Delete { .. }) => "delete listener rule".to_owned(),
        Act::Site(SiteAct::Publish(work)) => format!("publish {}", sites::work(work)),
        Act::Site(SiteAct::Repair(work)) => format!("repair {}", sites::work(work)),
        Act::SiteAccess(SiteAccessAct::Close { bucket }) => format!("close {bucket}"),
    }
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
        let container = &service.workload.container;
        let service = json!({"port": container.port, "public": service.public, "secrets": container.secrets});
        (name.clone(), service)
    });
    slow.insert("services".to_owned(), Value::Object(services.collect()));
    Value::Object(slow)
}
