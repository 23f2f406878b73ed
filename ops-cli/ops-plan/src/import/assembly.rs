//! Everything that was found, as one environment.

use std::collections::{BTreeMap, BTreeSet};

use ops_model::declaration::{
    Builds, ClusterSettings, Environment, FirewallRule, Gates, Holes, LoadBalancer, Logs, Nat, Network, Protocol, Task,
    TaskOverrides,
};
use ops_model::observation::Observation;
use ops_model::ownership::ENVIRONMENT_TAG;
use ops_model::platform::{Cluster, PLATFORM_VERSION, Platform, PlatformLoadBalancer, PlatformSchedules, PlatformTask};
use serde_json::{Map, Value};

use super::artifacts::Artifacts;
use super::found::{Found, FoundService, FoundTask};
use super::member::{is_given_name, object, text, words};
use super::note::Note;
use super::overrides::{overrides, whole_members};
use super::plain_secret::Withheld;
use super::secret::Secrets;
use super::service::{Lifted, listener_of, load_balancer_of, service};
use super::workload::{Subject, workload};
use crate::comparison::{
    Found as Divergence, SERVICE, TASK_DEFINITION, canonical_live_service, canonical_service,
    canonical_task_definition, differences,
};
use crate::desired::{Given, VERSION_LABEL, desired_service, desired_task, schedule_name};

/// Account id of an environment whose account nobody knows.
pub(super) const UNKNOWN_ACCOUNT: &str = "000000000000";

/// A declaration, and what it is compared with.
#[derive(Debug, Clone)]
pub struct Imported {
    pub environment: Environment,
    /// The image of each artifact whose digest is known.
    pub builds: Builds,
    /// The contract as found: what Terraform would have to have made.
    pub platform: Platform,
    /// What is live, as if ops owned it.
    pub observation: Observation,
    pub notes: Vec<Note>,
    /// Artifacts of which nothing tells the digest.
    pub unpinned: BTreeSet<String>,
    /// Services and tasks that cannot be declared, by name, and why.
    pub left_out: BTreeMap<String, String>,
    /// What was guessed, by path in the declaration, and what tells the truth.
    pub guesses: BTreeMap<String, String>,
    pub withheld: Withheld,
    /// A build for every artifact.
    pub(super) renderable: Builds,
}

/// Reads everything that was found into a declaration.
#[must_use]
pub fn import(found: &Found) -> Imported {
    let mut assembly = Assembly { found, artifacts: Artifacts::default(), imported: empty(found) };
    let services: Vec<_> = found.services.values().filter_map(|one| assembly.service(one)).collect();
    let tasks: Vec<_> = found.tasks.iter().filter_map(|(name, one)| assembly.task(name, one)).collect();
    assembly.load_balancer(&services);
    assembly.imported.renderable = assembly.artifacts.renderable();
    for one in &services {
        assembly.service_overrides(one);
    }
    for (name, one) in &tasks {
        assembly.task_overrides(name, one);
    }
    let Assembly { artifacts, mut imported, .. } = assembly;
    imported.builds = artifacts.builds();
    imported.unpinned = artifacts.unpinned();
    imported.notes.sort();
    imported.notes.dedup();
    imported
}

impl Imported {
    /// What public services need around them: a load balancer, and a firewall that lets it in.
    pub(super) fn declare_entrances(&mut self) {
        let Self { environment, guesses, .. } = self;
        let public = environment.services.iter().filter(|(_, service)| service.public.is_some());
        let ports = public.filter_map(|(name, service)| Some((name.clone(), service.workload.container.port?)));
        let rule = |from: &str, port| {
            vec![FirewallRule { from: from.to_owned(), port, to_port: None, reason: None, until: None }]
        };
        environment.firewall.extend(ports.map(|(name, port)| (name, rule("load_balancer", port))));
        if environment.firewall.is_empty() {
            return;
        }
        environment.load_balancer = Some(LoadBalancer { port: 80, protocol: Protocol::Http, host: None });
        environment.firewall.insert("load_balancer".to_owned(), rule("internet", 80));
        guesses.insert(
            "load_balancer.port".to_owned(),
            "Guessed: port and protocol of its listener; `protocol: https` needs a `domain`.".to_owned(),
        );
    }
}

struct Assembly<'a> {
    found: &'a Found,
    artifacts: Artifacts,
    imported: Imported,
}

impl Assembly<'_> {
    /// The service without its overrides, and the document that these are found by: without plain secrets.
    fn service(&mut self, found: &FoundService) -> Option<FoundService> {
        let name = &found.observed.name;
        if let Some(why) = no_name(name).or_else(|| found.observed.draining.then(|| "it is being deleted".to_owned())) {
            self.imported.left_out.insert(name.clone(), why);
            return None;
        }
        let mut clean = found.clone();
        let place = format!("services.{name}");
        let Imported { withheld, notes, .. } = &mut self.imported;
        withhold(&mut clean.observed.task_definition.content.0, withheld, &place, notes);
        withhold(&mut clean.observed.settings.0, withheld, &place, notes);
        let lifted = service(&clean, &self.found.cluster_name, secrets(self.found), &mut self.artifacts, notes);
        let Some(Lifted { service, platform }) = lifted else {
            self.imported.left_out.insert(name.clone(), "its task definition has no container".to_owned());
            return None;
        };
        if service.public.is_some() && found.rule.is_none() {
            let path = format!("services.{name}.public.path");
            let guess = "Guessed: the path pattern of its listener rule. Look into the load balancer's listener.";
            self.imported.guesses.insert(path, guess.to_owned());
        }
        if service.scaling.is_none() && service.count.is_none() && found.scaling.is_some() {
            let guess = "Scaled by what ops does not own: neither `count` nor `scaling` is declared.";
            self.imported.guesses.insert(format!("services.{name}.cpu"), guess.to_owned());
        }
        let Imported { platform: contract, observation, environment, .. } = &mut self.imported;
        if let Some(group) = platform.security_group_ids.first() {
            contract.security_groups.insert(name.clone(), group.clone());
        }
        if contract.vpc_id.is_empty() {
            contract.vpc_id = found.vpc_id.clone().unwrap_or_default();
        }
        if contract.cluster.namespace_arn.is_empty() && service.connect.is_some() {
            let connect = object(&found.observed.settings.0, "serviceConnectConfiguration");
            contract.cluster.namespace_arn =
                connect.and_then(|connect| text(connect, "namespace")).unwrap_or_default().to_owned();
        }
        if !platform.assign_public_ip {
            environment.network.nat = Nat::Single;
        }
        contract.services.insert(name.clone(), platform);
        environment.services.insert(name.clone(), service);
        let mut owned = found.observed.clone();
        owned.tags.insert(ENVIRONMENT_TAG.to_owned(), environment.environment.clone());
        observation.services.insert(name.clone(), owned);
        if let Some(scaling) = &found.scaling {
            observation.scaling.insert(name.clone(), scaling.clone());
        }
        if let Some(rule) =
            found.rule.as_ref().filter(|_| contract.services.get(name).is_some_and(|it| it.traffic_shift.is_some()))
        {
            observation.listener_rules.insert(name.clone(), rule.clone());
        }
        Some(clean)
    }

    fn task(&mut self, name: &str, found: &FoundTask) -> Option<(String, FoundTask)> {
        let taken = self.imported.environment.services.contains_key(name);
        let why = no_name(name).or_else(|| taken.then(|| "a service has the same name".to_owned()));
        if let Some(why) = why {
            self.imported.left_out.insert(name.to_owned(), why);
            return None;
        }
        let mut clean = found.clone();
        let place = format!("tasks.{name}");
        let Imported { withheld, notes, .. } = &mut self.imported;
        withhold(&mut clean.task_definition.content.0, withheld, &place, notes);
        let settings = super::schedule::run_settings(&found.schedule);
        let (digests, tags) = (BTreeMap::new(), BTreeMap::new());
        let subject = Subject {
            place: place.clone(),
            name,
            cluster: &self.found.cluster_name,
            content: &clean.task_definition.content,
            asked: None,
            digests: &digests,
            secrets: secrets(self.found),
            tags: &tags,
            settings: &settings,
        };
        let Some((workload, roles)) = workload(&subject, &mut self.artifacts, notes) else {
            self.imported.left_out.insert(name.to_owned(), "its task definition has no container".to_owned());
            return None;
        };
        let declared_name = schedule_name(&self.found.environment, name);
        let schedule = super::schedule::schedule(&found.schedule).filter(|_| found.schedule_name == declared_name);
        if schedule.is_none() {
            notes.push(Note::new(
                format!("{place}.schedule"),
                format!(
                    "the schedule `{}` stays as it is and is not declared: that of ops would be called `{declared_name}`",
                    found.schedule_name
                ),
            ));
        }
        let nothing = Map::new();
        let network = object(&settings, "networkConfiguration").and_then(|it| object(it, "awsvpcConfiguration"));
        let network = network.unwrap_or(&nothing);
        let platform = PlatformTask {
            subnet_ids: words(network, "subnets"),
            security_group_ids: words(network, "securityGroups"),
            assign_public_ip: text(network, "assignPublicIp") == Some("ENABLED"),
            execution_role_arn: roles.execution,
            task_role_arn: roles.task,
            log_group: roles.log_group,
        };
        let Imported { platform: contract, observation, environment, .. } = &mut self.imported;
        contract.tasks.insert(name.to_owned(), platform);
        if schedule.is_some() {
            observation.schedules.insert(declared_name, found.schedule.clone());
            contract.schedules.get_or_insert_with(|| schedules(&self.found.schedule_group, found));
        }
        let family = found.task_definition.content.family().to_owned();
        observation.newest_task_definitions.insert(family, found.task_definition.clone());
        let task =
            Task { workload, before: Vec::new(), timeout_seconds: 3600, schedule, overrides: TaskOverrides::default() };
        environment.tasks.insert(name.to_owned(), task);
        Some((name.to_owned(), clean))
    }

    /// A load balancer, where a service is public.
    fn load_balancer(&mut self, services: &[FoundService]) {
        self.imported.declare_entrances();
        let Imported { environment, platform, .. } = &mut self.imported;
        if environment.load_balancer.is_none() {
            return;
        }
        let listener = services.iter().filter_map(|one| listener_of(&one.rule.as_ref()?.arn)).next();
        let partition = self.found.cluster_arn.split(':').nth(1).unwrap_or("aws");
        let labels = services.iter().filter_map(|one| super::scaling::label(&one.scaling.as_ref()?.policies));
        let mut counted = labels.filter_map(|label| label.split_once("/targetgroup/")).map(|(load_balancer, _)| {
            let (region, account) = (&self.found.region, self.found.account.as_deref().unwrap_or(UNKNOWN_ACCOUNT));
            format!("arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{load_balancer}")
        });
        let arn = counted.next().or_else(|| listener.as_deref().and_then(load_balancer_of)).unwrap_or_default();
        platform.load_balancer = Some(PlatformLoadBalancer {
            arn,
            dns_name: String::new(),
            listener_arn: listener.unwrap_or_default(),
            url: String::new(),
        });
    }

    fn given(&self) -> Given<'_> {
        Given {
            environment: &self.imported.environment,
            builds: &self.imported.renderable,
            platform: &self.imported.platform,
            secrets: &self.found.secrets,
        }
    }

    /// What the declaration has no name for.
    fn service_overrides(&mut self, clean: &FoundService) {
        let name = &clean.observed.name;
        let live_task_definition = &clean.observed.task_definition.content;
        let live_settings = &clean.observed.settings;
        let rule = clean.rule.as_ref().map(|rule| rule.arn.as_str());
        let mut left = Vec::new();
        for whole in [false, true] {
            let Some(declared) = self.imported.environment.services.get(name) else { return };
            let Ok(desired) = desired_service(self.given(), name, declared, rule) else { return };
            let of_tasks = differences(
                &canonical_task_definition(live_task_definition),
                &canonical_task_definition(&desired.task_definition),
                &TASK_DEFINITION,
            );
            let seen = canonical_live_service(live_settings, &desired.settings);
            let of_settings = differences(&seen, &canonical_service(&desired.settings), &SERVICE);
            let of_tasks = self.without_rotated(of_tasks, &format!("services.{name}"), whole);
            let live = (&live_task_definition.0, &live_settings.0);
            let (task_definition, settings) = if whole {
                (whole_members(live.0, &of_tasks), whole_members(live.1, &of_settings))
            } else {
                (overrides(live.0, &of_tasks, &TASK_DEFINITION), overrides(live.1, &of_settings, &SERVICE))
            };
            left = of_tasks.into_iter().chain(of_settings).map(|one| one.keys.join(".")).collect();
            let Some(declared) = self.imported.environment.services.get_mut(name) else { return };
            declared.overrides.task_definition.extend(task_definition);
            declared.overrides.service.extend(settings);
            if left.is_empty() {
                break;
            }
        }
        self.inexpressible(&format!("services.{name}"), &left);
    }

    fn task_overrides(&mut self, name: &str, clean: &FoundTask) {
        let live = &clean.task_definition.content;
        let mut left = Vec::new();
        for whole in [false, true] {
            let Some(declared) = self.imported.environment.tasks.get(name) else { return };
            let Ok(desired) = desired_task(self.given(), name, declared) else { return };
            let found = differences(
                &canonical_task_definition(live),
                &canonical_task_definition(&desired.task_definition),
                &TASK_DEFINITION,
            );
            let found = self.without_rotated(found, &format!("tasks.{name}"), whole);
            let said =
                if whole { whole_members(&live.0, &found) } else { overrides(&live.0, &found, &TASK_DEFINITION) };
            left = found.into_iter().map(|one| one.keys.join(".")).collect();
            let Some(declared) = self.imported.environment.tasks.get_mut(name) else { return };
            declared.overrides.task_definition.extend(said);
            if left.is_empty() {
                break;
            }
        }
        self.inexpressible(&format!("tasks.{name}"), &left);
    }

    /// A secret that was rotated since ops rolled the service is a change that is due, and nothing to be kept. One that ops
    /// has not yet looked at gets its label when the person agrees.
    fn without_rotated(&mut self, found: Vec<Divergence>, place: &str, said: bool) -> Vec<Divergence> {
        let is_pin = |one: &Divergence| one.keys.last().is_some_and(|key| key.starts_with(VERSION_LABEL));
        if !said && found.iter().any(|one| is_pin(one) && one.live.is_none()) {
            self.imported.notes.push(Note::new(
                format!("{place}.overrides.task_definition"),
                "`dockerLabels` are null where ops would note the version of each secret: remove those lines, and a rotated \
                 secret rolls the tasks",
            ));
        }
        found.into_iter().filter(|one| !(is_pin(one) && one.live.is_some())).collect()
    }

    fn inexpressible(&mut self, place: &str, left: &[String]) {
        // The last round has replaced whole members; what it leaves shows in the plan.
        if !left.is_empty() {
            let what = left.join(", ");
            self.imported.notes.push(Note::new(
                format!("{place}.overrides"),
                format!("members are overridden whole, as parts of them cannot be: {what}"),
            ));
        }
    }
}

fn secrets(found: &Found) -> Secrets<'_> {
    Secrets { account: found.account.as_deref(), region: &found.region, observed: &found.secrets }
}

fn withhold(document: &mut Map<String, Value>, withheld: &mut Withheld, place: &str, notes: &mut Vec<Note>) {
    let mut value = Value::Object(std::mem::take(document));
    withheld.take(&mut value, place, notes);
    if let Value::Object(clean) = value {
        *document = clean;
    }
}

/// Why nothing can be declared under this name.
fn no_name(name: &str) -> Option<String> {
    const TAKEN: [&str; 6] = ["internet", "load-balancer", "database", "exec", "flow", "endpoints"];
    if !is_given_name(name) {
        return Some(
            "a declared name is a lower-case letter, then up to 23 lower-case letters, digits and hyphens, the last no \
             hyphen; AWS renames no service"
                .to_owned(),
        );
    }
    TAKEN.contains(&name).then(|| "the name means something else in a declaration".to_owned())
}

fn schedules(group: &str, found: &FoundTask) -> PlatformSchedules {
    let target = object(&found.schedule.0, "Target");
    let dead_letter = target.and_then(|target| object(target, "DeadLetterConfig"));
    PlatformSchedules {
        group: group.to_owned(),
        role_arn: target.and_then(|target| text(target, "RoleArn")).unwrap_or_default().to_owned(),
        dead_letter_arn: dead_letter.and_then(|it| text(it, "Arn")).unwrap_or_default().to_owned(),
    }
}

/// The environment around what was found.
pub(super) fn empty(found: &Found) -> Imported {
    let account = found.account.clone().unwrap_or_else(|| UNKNOWN_ACCOUNT.to_owned());
    let mut guesses = BTreeMap::from([
        (
            "ops_bucket".to_owned(),
            "Where ops and Terraform meet: Terraform makes this bucket. Choose a free name.".to_owned(),
        ),
        (
            "network".to_owned(),
            "Guessed: ops reads no networks. Look into the VPC of the subnets for its range, zones and gateways."
                .to_owned(),
        ),
    ]);
    if found.account.is_none() {
        guesses.insert("account".to_owned(), "Nothing that was read names the account.".to_owned());
    }
    let zones = ["a", "b"].map(|zone| format!("{}{zone}", found.region));
    let network = Network {
        cidr: "10.0.0.0/16".to_owned(),
        zones: zones.into(),
        nat: Nat::None,
        endpoints: BTreeSet::new(),
        flow_logs: ops_model::declaration::FlowLogs::default(),
    };
    let environment = Environment {
        version: 1,
        environment: found.environment.clone(),
        account: account.clone(),
        region: found.region.clone(),
        ops_bucket: format!("slipway-{}-ops-{account}", found.environment),
        network,
        logs: Logs::default(),
        cluster: ClusterSettings::default(),
        registry: None,
        domain: None,
        load_balancer: None,
        database: None,
        secrets: BTreeSet::new(),
        queues: BTreeMap::new(),
        sites: BTreeMap::new(),
        uploads: BTreeMap::new(),
        alarms: None,
        records: None,
        firewall: BTreeMap::new(),
        holes: Holes::default(),
        gates: Gates::default(),
        services: BTreeMap::new(),
        tasks: BTreeMap::new(),
        scenarios: BTreeMap::new(),
    };
    let platform = Platform {
        version: PLATFORM_VERSION,
        environment: found.environment.clone(),
        account,
        region: found.region.clone(),
        declaration_sha256: String::new(),
        applied_from: Value::Null,
        vpc_id: String::new(),
        security_groups: BTreeMap::new(),
        cluster: Cluster {
            name: found.cluster_name.clone(),
            arn: found.cluster_arn.clone(),
            namespace_arn: String::new(),
        },
        load_balancer: None,
        repositories: BTreeMap::new(),
        services: BTreeMap::new(),
        tasks: BTreeMap::new(),
        schedules: None,
        database: None,
        queues: BTreeMap::new(),
        sites: BTreeMap::new(),
        uploads: BTreeMap::new(),
        alarm_topic_arn: None,
    };
    let observation = Observation { secrets: found.secrets.clone(), ..Observation::default() };
    Imported {
        environment,
        builds: Builds::default(),
        platform,
        observation,
        notes: Vec::new(),
        unpinned: BTreeSet::new(),
        left_out: BTreeMap::new(),
        guesses,
        withheld: Withheld::default(),
        renderable: Builds::default(),
    }
}
