//! A service as the declaration says it, and what it runs in as a contract would say it.

use ops_model::declaration::{HealthCheck, Public, Service, ServiceOverrides, Strategy};
use ops_model::platform::{PlatformService, TrafficShift};
use serde_json::{Map, Value};

use super::artifacts::Artifacts;
use super::connect::connect;
use super::deployment::deployment;
use super::found::FoundService;
use super::member::{is_true, items, number, object, text, words};
use super::note::Note;
use super::secret::Secrets;
use super::workload::{Roles, Subject, workload};

/// A service without its overrides.
pub(super) struct Lifted {
    pub(super) service: Service,
    pub(super) platform: PlatformService,
}

/// `None`: its task definition has no container.
pub(super) fn service(
    found: &FoundService,
    cluster: &str,
    secrets: Secrets<'_>,
    artifacts: &mut Artifacts,
    notes: &mut Vec<Note>,
) -> Option<Lifted> {
    let name = &found.observed.name;
    let settings = &found.observed.settings.0;
    let asked = load_balancer(settings);
    let subject = Subject {
        place: format!("services.{name}"),
        name,
        cluster,
        content: &found.observed.task_definition.content,
        asked: asked.as_ref().map(|asked| (asked.container, asked.port)),
        digests: &found.digests,
        secrets,
        tags: &found.observed.tags,
        settings,
    };
    let (workload, roles) = workload(&subject, artifacts, notes)?;
    let main = workload.container_name.as_deref().unwrap_or(name);
    let asked = asked.filter(|asked| asked.container == main && workload.container.port == Some(asked.port));
    let public = asked.as_ref().map(|_| public(found));
    let scaling =
        found.scaling.as_ref().and_then(|live| super::scaling::scaling(live, super::scaling::label(&live.policies)));
    if found.scaling.is_some() && scaling.is_none() {
        notes.push(Note::new(
            format!("services.{name}.scaling"),
            "its scaling has policies that ops would name or set otherwise: it stays as it is, and not ops's, as long as \
             neither `scaling` nor `count` is declared",
        ));
    }
    let count = found.observed.settings.desired_count().filter(|count| *count <= 5000 && found.scaling.is_none());
    if let Some(controller) = object(settings, "deploymentController").and_then(|it| text(it, "type"))
        && controller != "ECS"
    {
        notes.push(Note::new(
            format!("services.{name}.overrides.service.deploymentController"),
            format!("{controller} deploys it, and ops can roll out nothing before ECS does"),
        ));
    }
    let is_checked = public.is_some() || workload.container.health_check.is_some();
    let grace = number(settings, "healthCheckGracePeriodSeconds", (0, 3600)).unwrap_or(0);
    let fewest = scaling.as_ref().map(|scaling| scaling.minimum).or(count).unwrap_or(1);
    let containers = items(&subject.content.0, "containerDefinitions").iter().filter_map(Value::as_object);
    let main_document = containers.into_iter().find(|one| text(one, "name") == Some(main))?;
    let connect = connect(settings, name, main_document, workload.container.port);
    let exec = is_true(settings, "enableExecuteCommand") && !workload.container.readonly_root_filesystem;
    let service = Service {
        count,
        public,
        connect,
        exec,
        deployment: deployment(settings, fewest, is_checked.then_some(grace)),
        scaling,
        after: Vec::new(),
        overrides: ServiceOverrides::default(),
        workload,
    };
    let platform = surroundings(found, &service, asked.as_ref(), roles, notes);
    Some(Lifted { service, platform })
}

/// The first target group that the service is in.
struct Asked<'a> {
    container: &'a str,
    port: u16,
    target_group_arn: &'a str,
    document: &'a Map<String, Value>,
}

fn load_balancer(settings: &Map<String, Value>) -> Option<Asked<'_>> {
    items(settings, "loadBalancers").iter().filter_map(Value::as_object).find_map(|document| {
        let port = number(document, "containerPort", (1, 65535)).and_then(|port| u16::try_from(port).ok())?;
        let (container, target_group_arn) = (text(document, "containerName")?, text(document, "targetGroupArn")?);
        Some(Asked { container, port, target_group_arn, document })
    })
}

fn public(found: &FoundService) -> Public {
    let name = &found.observed.name;
    let health = HealthCheck {
        path: found.health_path.clone().unwrap_or_else(|| HealthCheck::default().path),
        ..HealthCheck::default()
    };
    match &found.rule {
        Some(rule) => Public { path: rule.path.clone(), priority: Some(rule.priority), health },
        // A path to itself, which the person who knows it puts right.
        None => Public { path: format!("/{name}/*"), priority: None, health },
    }
}

fn surroundings(
    found: &FoundService,
    service: &Service,
    asked: Option<&Asked<'_>>,
    roles: Roles,
    notes: &mut Vec<Note>,
) -> PlatformService {
    let nothing = Map::new();
    let network = object(&found.observed.settings.0, "networkConfiguration");
    let network = network.and_then(|it| object(it, "awsvpcConfiguration")).unwrap_or(&nothing);
    PlatformService {
        subnet_ids: words(network, "subnets"),
        security_group_ids: words(network, "securityGroups"),
        assign_public_ip: text(network, "assignPublicIp") == Some("ENABLED"),
        execution_role_arn: roles.execution,
        task_role_arn: roles.task,
        log_group: roles.log_group,
        target_group_arn: asked.map(|asked| asked.target_group_arn.to_owned()),
        traffic_shift: asked
            .filter(|_| service.deployment.strategy != Strategy::Rolling)
            .and_then(|asked| traffic_shift(found, asked, notes)),
    }
}

fn traffic_shift(found: &FoundService, asked: &Asked<'_>, notes: &mut Vec<Note>) -> Option<TrafficShift> {
    let place = format!("services.{}.deployment.strategy", found.observed.name);
    let Some(advanced) = object(asked.document, "advancedConfiguration") else {
        notes.push(Note::new(place, "the service shifts traffic, and has no second target group to shift it to"));
        return None;
    };
    let Some(rule) = &found.rule else {
        notes.push(Note::new(place, "the listener rule that the service's traffic is moved by could not be read"));
        return None;
    };
    Some(TrafficShift {
        alternate_target_group_arn: text(advanced, "alternateTargetGroupArn").unwrap_or_default().to_owned(),
        role_arn: text(advanced, "roleArn").unwrap_or_default().to_owned(),
        listener_arn: listener_of(&rule.arn).unwrap_or_default(),
        rule_priority: rule.priority,
        path: rule.path.clone(),
        host: rule.host.clone(),
    })
}

/// ARN of the listener that a rule belongs to.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html>
pub(super) fn listener_of(rule_arn: &str) -> Option<String> {
    let (listener, _) = rule_arn.rsplit_once('/')?;
    let (before, after) = listener.split_once(":listener-rule/")?;
    Some(format!("{before}:listener/{after}"))
}

/// ARN of the load balancer that a listener belongs to.
pub(super) fn load_balancer_of(listener_arn: &str) -> Option<String> {
    let (load_balancer, _) = listener_arn.rsplit_once('/')?;
    let (before, after) = load_balancer.split_once(":listener/")?;
    Some(format!("{before}:loadbalancer/{after}"))
}
