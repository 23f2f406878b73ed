//! Random environments: services and tasks with what they need around them, valid whatever was drawn.

mod service;
mod task;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use ops_engine::cloud::AlarmState;
use ops_model::declaration::{Declaration, SourceFile, read};
use ops_sim::ImageBehaviour;
use proptest::prelude::{Just, Strategy};
use serde_json::{Map, Value, json};

use crate::fixture::{BUCKET, Fixture, HEALTHY, artifacts, migrations};

/// In this order they may wait for each other.
pub(crate) const SERVICES: [&str; 3] = ["api", "web", "worker"];
pub(crate) const TASKS: [&str; 2] = ["migrate", "report"];

const BUILDS: [char; 3] = ['a', 'b', 'c'];
/// Well within the grace of health checks, for services may wait for it.
const ENDS: ImageBehaviour = ImageBehaviour::Exits { exit_code: 0, after: Duration::from_secs(2) };
/// Alarms that services may look at.
const ALARMS: [&str; 1] = ["errors"];
const PARAMETER: &str = "ssm:/shop/api/key";
pub(crate) const SECRET: &str = "secretsmanager:shop/database";
/// The first version of [`SECRET`] in the simulated account.
const FIRST_VERSION: &str = "71327ee9-a1e2-7179-231d-4f42a8757225";
const PROXY: &str =
    "public.ecr.aws/envoy/envoy@sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

/// What was drawn. Names of services that are not there may stand in `after` and `before`.
#[derive(Clone, PartialEq)]
pub(crate) struct Drawn {
    pub(crate) build: char,
    pub(crate) services: BTreeMap<&'static str, Value>,
    pub(crate) tasks: BTreeMap<&'static str, Value>,
}

pub(crate) fn drawn() -> impl Strategy<Value = Drawn> {
    let services: Vec<_> = SERVICES.into_iter().map(|name| proptest::option::of(service::service(name))).collect();
    let tasks: Vec<_> = TASKS.into_iter().map(|name| proptest::option::of(task::task(name))).collect();
    (Just('a'), services, tasks).prop_map(|(build, services, tasks)| Drawn {
        build,
        services: SERVICES.into_iter().zip(services).filter_map(|(name, one)| Some((name, one?))).collect(),
        tasks: TASKS.into_iter().zip(tasks).filter_map(|(name, one)| Some((name, one?))).collect(),
    })
}

/// What was drawn, and what it is changed into: each service and task stays, or is what a second drawing says.
pub(crate) fn drawn_twice() -> impl Strategy<Value = (Drawn, Drawn)> {
    let changes = proptest::collection::vec(proptest::bool::ANY, SERVICES.len() + TASKS.len());
    let build = proptest::sample::select(BUILDS.to_vec());
    (drawn(), drawn(), changes, build).prop_map(|(first, other, changes, build)| {
        let changed: BTreeSet<_> = SERVICES
            .into_iter()
            .chain(TASKS)
            .zip(changes)
            .filter_map(|(name, changed)| changed.then_some(name))
            .collect();
        let mixed = |first: &BTreeMap<&'static str, Value>, other: &BTreeMap<&'static str, Value>| {
            let kept = first.iter().filter(|(name, _)| !changed.contains(*name));
            let new = other.iter().filter(|(name, _)| changed.contains(*name));
            kept.chain(new).map(|(name, one)| (*name, one.clone())).collect()
        };
        let second = Drawn {
            build,
            services: mixed(&first.services, &other.services),
            tasks: mixed(&first.tasks, &other.tasks),
        };
        (first, second)
    })
}

impl Drawn {
    /// As it would stand in `environment.yaml`: JSON is YAML.
    fn environment(&self) -> Value {
        let is_there = |name: &Value| name.as_str().is_some_and(|name| self.services.contains_key(name));
        let with_existing = |one: &Value, key: &str| {
            let mut one = one.clone();
            if let Some(names) = one.get_mut(key).and_then(Value::as_array_mut) {
                names.retain(is_there);
            }
            one
        };
        let named = |all: &BTreeMap<&'static str, Value>, key: &str| -> Map<String, Value> {
            all.iter().map(|(name, one)| ((*name).to_owned(), with_existing(one, key))).collect()
        };
        let mut firewall = Map::from_iter([("load_balancer".to_owned(), json!([{"from": "internet", "port": 80}]))]);
        for (name, service) in &self.services {
            if service.get("public").is_some() {
                let rule = json!([{"from": "load_balancer", "port": service["port"]}]);
                firewall.insert((*name).to_owned(), rule);
            }
        }
        json!({
            "version": 1, "environment": "dev", "account": "000000000000", "region": "ap-northeast-2",
            "ops_bucket": BUCKET,
            "network": {"cidr": "10.10.0.0/16", "zones": ["ap-northeast-2a", "ap-northeast-2c"]},
            "load_balancer": {"port": 80}, "firewall": firewall,
            "services": named(&self.services, "after"), "tasks": named(&self.tasks, "before"),
        })
    }

    pub(crate) fn read(&self) -> Declaration {
        let file = |name: &str, text: String| SourceFile::new(name, text);
        let environment = file("environment.yaml", self.environment().to_string());
        read("dev", &environment, &file("builds.yaml", artifacts(self.build, true)))
            .unwrap_or_else(|faults| panic!("{:#?}\n{self:?}", faults.faults))
    }

    /// The account in which Terraform has been applied to it. Nothing runs yet.
    pub(crate) fn provisioned(&self) -> Fixture {
        let fixture = Fixture::of(self.read());
        let account = &fixture.account;
        account.push_image(PROXY, HEALTHY);
        for build in BUILDS {
            account.push_image(&migrations(build), ENDS);
        }
        [PARAMETER, SECRET].iter().for_each(|place| account.put_secret(place));
        for alarm in ALARMS {
            fixture.by_hand().set_alarm(alarm, AlarmState::Fine);
        }
        fixture
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { build, services, tasks } = self;
        write!(formatter, "build {build}, {}", json!({"services": services, "tasks": tasks}))
    }
}

/// One value, or none, of each group; members of one group need each other.
fn some_of(groups: Vec<Vec<Value>>) -> impl Strategy<Value = Map<String, Value>> {
    let each: Vec<_> =
        groups.into_iter().map(|values| proptest::option::of(proptest::sample::select(values))).collect();
    each.prop_map(|chosen| {
        let members = chosen.into_iter().flatten().filter_map(|members| match members {
            Value::Object(members) => Some(members),
            _ => None,
        });
        members.flatten().collect()
    })
}

/// What services and tasks have in common, and every task ends in spite of.
fn of_workloads(name: &str) -> Vec<Vec<Value>> {
    let init = json!({"artifact": "migrations", "command": ["init"], "essential": false});
    vec![
        vec![json!({"entry_point": ["/bin/app"]})],
        vec![json!({"command": ["serve"]}), json!({"command": ["run it", "--now"]})],
        vec![json!({"environment": {"LOG_LEVEL": "info", "COUNT": "8", "EMPTY": "", "YES": "no"}})],
        vec![
            json!({"secrets": {"KEY": PARAMETER}}),
            json!({"secrets": {"PASSWORD": {"from": SECRET, "key": "password"}}}),
            json!({"secrets": {"PASSWORD": {"from": SECRET, "version": FIRST_VERSION}}}),
        ],
        vec![json!({"containers": {"init": init}, "depends_on": {"init": "success"}})],
        vec![json!({"user": "1000:1000"})],
        vec![json!({"working_directory": "/srv"})],
        vec![json!({"init_process": true})],
        vec![
            json!({"volumes": {"tmp": {}}, "mounts": {"/tmp": {"volume": "tmp"}}}),
            json!({"volumes": {"data": {"efs": {"file_system": "fs-01234567", "path": "/x"}}},
                "mounts": {"/data": {"volume": "data", "readonly": true}}}),
            json!({"volumes": {"data": {"efs": {"file_system": "fs-01234567", "access_point": "fsap-01234567", "iam": true}}},
                "mounts": {"/data": {"volume": "data"}}}),
        ],
        vec![json!({"open_files": 10000})],
        vec![json!({"labels": {"team": "web"}})],
        vec![json!({"log": {"drop_after_mib": 4}}), json!({"log": {"multiline_pattern": "^[0-9]"}})],
        vec![json!({"start_timeout_seconds": 60})],
        vec![json!({"stop_timeout_seconds": 45})],
        vec![json!({"architecture": "arm64"})],
        vec![json!({"ephemeral_storage_gib": 50})],
        vec![
            json!({"capacity": {"fargate": {"base": 1}, "fargate_spot": {"weight": 3}}}),
            json!({"capacity": {"fargate_spot": {}}}),
            json!({"capacity": {"fargate": {"weight": 4}}}),
        ],
        vec![json!({"platform_version": "1.4.0"})],
        vec![json!({"tags": {"cost": "shop"}})],
        vec![json!({"container_name": "Main_1"})],
        vec![json!({"family": format!("{name}-by-another-name")})],
    ]
}
