//! Task definitions: rendered from a declared service, and compared with a registered one.

use std::collections::{BTreeMap, BTreeSet};

use ops_model::declaration::{Build, Environment, Service};
use ops_model::plan::Difference;
use ops_model::platform::PlatformService;
use ops_model::task_definition::{Container, LogDestination, TaskDefinition};

/// Shown in place of a value that somebody put into AWS by hand: it may be a secret.
const NOT_SHOWN: &str = "(a value not in git, not shown)";

pub(crate) fn render(
    environment: &Environment,
    family: &str,
    name: &str,
    declared: &Service,
    build: &Build,
    surroundings: &PlatformService,
) -> TaskDefinition {
    TaskDefinition {
        family: family.to_owned(),
        cpu: declared.cpu,
        memory: declared.memory,
        execution_role_arn: Some(surroundings.execution_role_arn.clone()),
        task_role_arn: Some(surroundings.task_role_arn.clone()),
        containers: vec![Container {
            name: name.to_owned(),
            image: build.pinned_image(),
            command: declared.command.clone(),
            essential: true,
            port: declared.port,
            environment: declared.environment.clone(),
            secrets: declared
                .secrets
                .iter()
                .map(|(variable, reference)| (variable.clone(), secret_arn(environment, reference)))
                .collect(),
            readonly_root_filesystem: true,
            log: Some(LogDestination {
                group: surroundings.log_group.clone(),
                region: environment.region.clone(),
                stream_prefix: name.to_owned(),
            }),
            other: BTreeMap::new(),
        }],
        other: BTreeMap::new(),
    }
}

/// The ARN that ECS resolves a secret by when it starts a task.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html>
fn secret_arn(environment: &Environment, reference: &str) -> String {
    let Environment { region, account, .. } = environment;
    match reference.split_once(':') {
        Some(("ssm", path)) => format!("arn:aws:ssm:{region}:{account}:parameter/{}", path.trim_start_matches('/')),
        Some(("secretsmanager", secret)) => format!("arn:aws:secretsmanager:{region}:{account}:secret:{secret}"),
        // `ops check` refuses every other form.
        _ => reference.to_owned(),
    }
}

/// Every field in which the live task definition is not the wanted one. Empty: they are the same to us.
pub(crate) fn differences(live: &TaskDefinition, wanted: &TaskDefinition) -> Vec<Difference> {
    // Destructured without `..`, so that a new field has to be decided on here.
    let TaskDefinition { family, cpu, memory, execution_role_arn, task_role_arn, containers, other } = wanted;
    let mut found = Differences::default();
    found.field("family", Some(&live.family), Some(family));
    found.field("cpu", Some(&live.cpu), Some(cpu));
    found.field("memory", Some(&live.memory), Some(memory));
    found.field("execution_role", live.execution_role_arn.as_ref(), execution_role_arn.as_ref());
    found.field("task_role", live.task_role_arn.as_ref(), task_role_arn.as_ref());
    found.map("task_definition", &live.other, other, Values::Shown);

    let live_containers = by_name(&live.containers);
    let wanted_containers = by_name(containers);
    let names: BTreeSet<_> = live_containers.keys().chain(wanted_containers.keys()).collect();
    for name in names {
        match (live_containers.get(*name), wanted_containers.get(*name)) {
            (Some(live), Some(wanted)) => container_differences(live, wanted, &mut found),
            (live, wanted) => found.field(
                &format!("containers.{name}"),
                live.map(|container| &container.image),
                wanted.map(|container| &container.image),
            ),
        }
    }
    found.0
}

fn container_differences(live: &Container, wanted: &Container, found: &mut Differences) {
    let Container {
        name: _,
        image,
        command,
        essential,
        port,
        environment,
        secrets,
        readonly_root_filesystem,
        log,
        other,
    } = wanted;
    found.field("image", Some(&live.image), Some(image));
    found.field("command", command_line(&live.command).as_ref(), command_line(command).as_ref());
    found.field("essential", Some(&live.essential), Some(essential));
    found.field("port", live.port.as_ref(), port.as_ref());
    found.map("environment", &live.environment, environment, Values::LiveHiddenWhereUndeclared);
    found.map("secrets", &live.secrets, secrets, Values::Shown);
    found.field("readonly_root_filesystem", Some(&live.readonly_root_filesystem), Some(readonly_root_filesystem));
    found.field("log", live.log.as_ref().map(log_text).as_ref(), log.as_ref().map(log_text).as_ref());
    found.map("container", &live.other, other, Values::Shown);
}

fn by_name(containers: &[Container]) -> BTreeMap<&str, &Container> {
    containers.iter().map(|container| (container.name.as_str(), container)).collect()
}

fn command_line(command: &[String]) -> Option<String> {
    (!command.is_empty()).then(|| command.join(" "))
}

fn log_text(log: &LogDestination) -> String {
    let LogDestination { group, region, stream_prefix } = log;
    format!("{group} in {region}, prefix {stream_prefix}")
}

#[derive(Clone, Copy)]
enum Values {
    Shown,
    LiveHiddenWhereUndeclared,
}

#[derive(Default)]
struct Differences(Vec<Difference>);

impl Differences {
    fn field<T: ToString + PartialEq>(&mut self, path: &str, live: Option<&T>, wanted: Option<&T>) {
        if live != wanted {
            self.0.push(Difference {
                path: path.to_owned(),
                live: live.map(ToString::to_string),
                declared: wanted.map(ToString::to_string),
            });
        }
    }

    fn map(&mut self, path: &str, live: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>, values: Values) {
        let hidden = NOT_SHOWN.to_owned();
        for key in live.keys().chain(wanted.keys()).collect::<BTreeSet<_>>() {
            let declared = wanted.get(key);
            let live = live.get(key).map(|value| match (values, declared) {
                (Values::LiveHiddenWhereUndeclared, None) => &hidden,
                _ => value,
            });
            self.field(&format!("{path}.{key}"), live, declared);
        }
    }
}
