//! Random environments of every kind, valid whatever was drawn.

mod firewall;
mod scenario;
mod service;
mod site;
mod task;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ops_engine::bundle::Stored;
use ops_engine::cloud::AlarmState;
use ops_model::declaration::{Declaration, SourceFile, read};
use ops_sim::SimulatedAccount;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy};
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::canary;
use crate::class::Class;
use crate::images::{GOOD, HEALTHY, artifacts, push_all};
use crate::platform::{BUCKET, CLUSTER, platform};

pub(crate) use firewall::GROUPS;
pub(crate) use scenario::{SCENARIOS, SECRETS as SCENARIO_SECRETS};
pub(crate) use site::{DrawnSite, SITES, VERSIONS};

/// In this order they may wait for each other.
pub const SERVICES: [&str; 3] = ["api", "web", "worker"];
pub const TASKS: [&str; 2] = ["migrate", "report"];

/// Alarms that services may look at.
const ALARMS: [&str; 1] = ["errors"];
pub(crate) const PARAMETER: &str = "ssm:/shop/api/key";
pub const SECRET: &str = "secretsmanager:shop/database";
/// The first version of [`SECRET`] in the simulated account.
const FIRST_VERSION: &str = "71327ee9-a1e2-7179-231d-4f42a8757225";
const PROXY: &str =
    "public.ecr.aws/envoy/envoy@sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

/// What was drawn. Names of what is not there may stand in `after`, `before` and `from`.
#[derive(Clone, PartialEq, Default)]
pub struct Drawn {
    pub build: char,
    pub services: BTreeMap<&'static str, Value>,
    pub tasks: BTreeMap<&'static str, Value>,
    /// Rules by group, beside those that public services need.
    pub firewall: BTreeMap<&'static str, Vec<Value>>,
    pub sites: BTreeMap<&'static str, DrawnSite>,
    pub scenarios: BTreeMap<&'static str, Value>,
}

/// Services and tasks.
pub fn drawn() -> impl Strategy<Value = Drawn> {
    (some(SERVICES, service::service), some(TASKS, task::task)).prop_map(|(services, tasks)| Drawn {
        build: GOOD[0],
        services,
        tasks,
        ..Drawn::default()
    })
}

/// What was drawn, and what it is changed into: each service and task stays, or is what a second drawing says.
pub fn drawn_twice() -> impl Strategy<Value = (Drawn, Drawn)> {
    (drawn(), change(drawn().boxed(), GOOD.to_vec())).prop_map(|(first, change)| {
        let second = change.applied_to(&first);
        (first, second)
    })
}

/// Of the kinds that a class is about. The others are there as far as those need them, and simple.
pub(crate) fn drawn_of(class: Class) -> BoxedStrategy<Drawn> {
    let services = match class {
        Class::Services | Class::All => some(SERVICES, service::service).boxed(),
        Class::Tasks | Class::Firewall => some(SERVICES, |_| service::plain(0..2)).boxed(),
        Class::Scenarios => some(SERVICES, |_| service::plain(1..4)).boxed(),
        Class::Sites => Just(BTreeMap::new()).boxed(),
    };
    let tasks = if class.has(Class::Tasks) { some(TASKS, task::task).boxed() } else { Just(BTreeMap::new()).boxed() };
    let firewall =
        if class.has(Class::Firewall) { firewall::firewall().boxed() } else { Just(BTreeMap::new()).boxed() };
    let sites =
        if class.has(Class::Sites) { some(SITES, |_| site::site()).boxed() } else { Just(BTreeMap::new()).boxed() };
    let scenarios = if class.has(Class::Scenarios) {
        some(SCENARIOS, scenario::scenario).boxed()
    } else {
        Just(BTreeMap::new()).boxed()
    };
    (services, tasks, firewall, sites, scenarios)
        .prop_map(|(services, tasks, firewall, sites, scenarios)| Drawn {
            build: GOOD[0],
            services,
            tasks,
            firewall,
            sites,
            scenarios,
        })
        .boxed()
}

/// Each of these names, or not.
fn some<T, S>(
    names: impl IntoIterator<Item = &'static str> + Clone,
    one: impl Fn(&'static str) -> S,
) -> impl Strategy<Value = BTreeMap<&'static str, T>>
where
    T: fmt::Debug,
    S: Strategy<Value = T>,
{
    let each: Vec<_> = names.clone().into_iter().map(|name| option::of(one(name))).collect();
    let names: Vec<_> = names.into_iter().collect();
    each.prop_map(move |each| names.iter().copied().zip(each).filter_map(|(name, one)| Some((name, one?))).collect())
}

/// What a push changes.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    other: Drawn,
    /// Which names are from then on as in `other`.
    changed: BTreeSet<&'static str>,
    pub(crate) build: char,
}

/// A change to what these draw, and to one of the builds.
pub(crate) fn change(other: BoxedStrategy<Drawn>, builds: Vec<char>) -> impl Strategy<Value = Change> {
    let names: Vec<_> = SERVICES.into_iter().chain(TASKS).chain(GROUPS).chain(SITES).chain(SCENARIOS).collect();
    let changes = vec(proptest::bool::ANY, names.len());
    (other, changes, select(builds)).prop_map(move |(other, changes, build)| {
        let changed = names.iter().zip(changes).filter_map(|(name, changed)| changed.then_some(*name)).collect();
        Change { other, changed, build }
    })
}

impl Change {
    pub(crate) fn applied_to(&self, first: &Drawn) -> Drawn {
        let Drawn { build: _, services, tasks, firewall, sites, scenarios } = first;
        Drawn {
            build: self.build,
            services: self.mixed(services, &self.other.services),
            tasks: self.mixed(tasks, &self.other.tasks),
            firewall: self.mixed(firewall, &self.other.firewall),
            sites: self.mixed(sites, &self.other.sites),
            scenarios: self.mixed(scenarios, &self.other.scenarios),
        }
    }

    fn mixed<T: Clone>(
        &self,
        first: &BTreeMap<&'static str, T>,
        other: &BTreeMap<&'static str, T>,
    ) -> BTreeMap<&'static str, T> {
        let kept = first.iter().filter(|(name, _)| !self.changed.contains(*name));
        let new = other.iter().filter(|(name, _)| self.changed.contains(*name));
        kept.chain(new).map(|(name, one)| (*name, one.clone())).collect()
    }
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
        let mut environment = json!({
            "version": 1, "environment": "dev", "account": "000000000000", "region": "ap-northeast-2",
            "ops_bucket": BUCKET,
            "network": {"cidr": "10.10.0.0/16", "zones": ["ap-northeast-2a", "ap-northeast-2c"]},
            "load_balancer": {"port": 80}, "firewall": firewall::declared(self),
            "services": named(&self.services, "after"), "tasks": named(&self.tasks, "before"),
        });
        if !self.firewall.is_empty() {
            environment["database"] = json!({"engine_version": "8.4", "instance": "db.t4g.medium", "schema": "app"});
            environment["holes"] = json!({"close": "at_once"});
        }
        if !self.sites.is_empty() {
            environment["sites"] = self.sites.iter().map(|(name, site)| (*name, site.declared(name))).collect();
        }
        if !self.scenarios.is_empty() {
            environment["scenarios"] = json!(self.scenarios);
        }
        environment
    }

    /// `bundles`: builds of sites by their version.
    #[must_use]
    pub fn read(&self, bundles: &BTreeMap<u32, Stored>) -> Declaration {
        let file = |name: &str, text: String| SourceFile::new(name, text);
        let environment = file("environment.yaml", self.environment().to_string());
        let of_sites: String = self.sites.iter().filter_map(|(name, site)| site.artifact(name, bundles)).collect();
        let builds = artifacts(self.build, true) + &of_sites;
        read("dev", &environment, &file("builds.yaml", builds))
            .unwrap_or_else(|faults| panic!("{:#?}\n{self:?}", faults.faults))
    }

    /// Makes all that is around such an environment: what Terraform makes, images, secrets and alarms. Nothing runs yet.
    pub fn provision(account: &SimulatedAccount, declaration: &Declaration) {
        push_all(account, &SCENARIOS);
        account.push_image(PROXY, HEALTHY);
        canary::plant(account);
        for alarm in ALARMS {
            account.by_hand(CLUSTER).set_alarm(alarm, AlarmState::Fine);
        }
        account.provision(&platform(declaration), BUCKET).expect("a platform serialises");
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { build, .. } = self;
        write!(formatter, "build {build}, {}", self.environment())
    }
}

/// One value, or none, of each group; members of one group need each other.
fn some_of(groups: Vec<Vec<Value>>) -> impl Strategy<Value = Map<String, Value>> {
    let each: Vec<_> = groups.into_iter().map(|values| option::of(select(values))).collect();
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
