//! Reads a directory of [ecspresso](https://github.com/kayac/ecspresso): its configuration, a service and a task definition,
//! which are AWS's own documents.

use std::collections::BTreeMap;

use ops_model::observation::{ObservedService, RegisteredTaskDefinition, ServiceSettings};
use ops_model::task_definition::TaskDefinition;
use serde_json::{Map, Value};

use super::found::{Found, FoundService};
use super::member::{items, object, text};
use super::note::Note;
use super::read_error::{ReadError, parse, refuse_templates};

/// Names of the configuration, the first one wins.
pub const CONFIGURATIONS: [&str; 3] = ["ecspresso.yml", "ecspresso.yaml", "ecspresso.json"];

/// A file by its name and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedText<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

/// What the configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    pub region: String,
    pub cluster: String,
    pub service: String,
    /// Paths from the configuration's folder.
    pub service_definition: String,
    pub task_definition: String,
    pub notes: Vec<Note>,
}

/// Reads the configuration.
///
/// # Errors
/// What is missing, or has to be evaluated first.
pub fn configuration(file: NamedText<'_>) -> Result<Configuration, ReadError> {
    let NamedText { name, text: content } = file;
    refuse_templates(name, content)?;
    let document = members(name, parse(name, content)?)?;
    let word = |key: &'static str| {
        text(&document, key).map(str::to_owned).ok_or_else(|| ReadError::Missing { file: name.to_owned(), key })
    };
    let taken = ["region", "cluster", "service", "service_definition", "task_definition", "required_version"];
    let others = document.keys().filter(|key| !taken.contains(&key.as_str()));
    let notes = others.map(|key| Note::new(format!("{name}: {key}"), not_taken_over(key))).collect();
    let cluster = word("cluster")?;
    Ok(Configuration {
        region: word("region")?,
        // An ARN names the cluster at its end.
        cluster: cluster.rsplit('/').next().unwrap_or_default().to_owned(),
        service: word("service")?,
        service_definition: word("service_definition")?,
        task_definition: word("task_definition")?,
        notes,
    })
}

fn not_taken_over(key: &str) -> &'static str {
    match key {
        "timeout" => "not taken over: how long ops waits is `deployment.timeout_seconds`",
        "codedeploy" | "appspec" => {
            "not taken over: ops lets ECS itself shift traffic, see `deployment.strategy`; a service of CodeDeploy has to be \
             moved to it first"
        }
        "plugins" => "not taken over: plugins only serve templates, and those are rendered already",
        _ => "not taken over: ops knows nothing like it",
    }
}

/// Members of the answers of AWS that are no settings. People start from such answers (`ecspresso init`).
const NO_SETTINGS: [&str; 26] = [
    "serviceName",
    "cluster",
    "taskDefinition",
    "clientToken",
    "tags",
    "serviceArn",
    "clusterArn",
    "status",
    "runningCount",
    "pendingCount",
    "deployments",
    "events",
    "createdAt",
    "createdBy",
    "roleArn",
    "currentServiceDeployment",
    "currentServiceRevisions",
    "taskSets",
    "taskDefinitionArn",
    "revision",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
];

/// The service that the definitions describe, as if it ran.
///
/// # Errors
/// A file that cannot be read, or has to be evaluated first.
pub fn found(
    environment: &str,
    configuration: &Configuration,
    service_definition: NamedText<'_>,
    task_definition: NamedText<'_>,
) -> Result<(Found, Vec<Note>), ReadError> {
    let mut notes = configuration.notes.clone();
    let mut read = |file: NamedText<'_>, wrapper: &str| {
        refuse_templates(file.name, file.text)?;
        let mut document = members(file.name, parse(file.name, file.text)?)?;
        if let Some(Value::Object(inner)) = document.get_mut(wrapper).filter(|_| wrapper != "tags") {
            document = std::mem::take(inner);
        }
        let tags = tags(&document);
        for member in NO_SETTINGS.iter().filter(|member| **member != "tags") {
            if document.shift_remove(*member).is_some() {
                notes.push(Note::new(
                    format!("{}: {member}", file.name),
                    "left out: it is no setting, AWS or ops says it",
                ));
            }
        }
        document.shift_remove("tags");
        Ok::<_, ReadError>((document, tags))
    };
    let (settings, tags) = read(service_definition, "service")?;
    let (content, task_definition_tags) = read(task_definition, "taskDefinition")?;
    if !task_definition_tags.is_empty() {
        let place = format!("{}: tags", task_definition.name);
        notes.push(Note::new(
            place,
            "left out: ops tags task definitions by itself; `tags` of a service go to its tasks",
        ));
    }
    if text(&content, "family").is_none() {
        return Err(ReadError::Missing { file: task_definition.name.to_owned(), key: "family" });
    }
    let account = account(&content, &settings);
    let arn = |rest: String| {
        format!("arn:aws:ecs:{}:{}:{rest}", configuration.region, account.as_deref().unwrap_or_default())
    };
    let name = configuration.service.clone();
    let observed = ObservedService {
        arn: arn(format!("service/{}/{name}", configuration.cluster)),
        draining: false,
        tags,
        running_count: 0,
        pending_count: 0,
        task_definition: RegisteredTaskDefinition {
            arn: arn(format!("task-definition/{}", text(&content, "family").unwrap_or_default())),
            content: TaskDefinition(content),
            tags: BTreeMap::new(),
        },
        settings: ServiceSettings(settings),
        settled: true,
        rollout: None,
        events: Vec::new(),
        name: name.clone(),
    };
    let service =
        FoundService { observed, scaling: None, digests: BTreeMap::new(), health_path: None, vpc_id: None, rule: None };
    let found = Found {
        environment: environment.to_owned(),
        region: configuration.region.clone(),
        cluster_name: configuration.cluster.clone(),
        cluster_arn: arn(format!("cluster/{}", configuration.cluster)),
        services: BTreeMap::from([(name, service)]),
        account,
        ..Found::default()
    };
    Ok((found, notes))
}

fn members(file: &str, value: Value) -> Result<Map<String, Value>, ReadError> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(ReadError::Malformed { file: file.to_owned(), why: "it holds no mapping".to_owned() }),
    }
}

fn tags(document: &Map<String, Value>) -> BTreeMap<String, String> {
    let tags = items(document, "tags").iter().filter_map(Value::as_object);
    tags.filter_map(|tag| Some((text(tag, "key")?.to_owned(), text(tag, "value").unwrap_or_default().to_owned())))
        .collect()
}

/// Account of the first thing that is named by an ARN.
fn account(content: &Map<String, Value>, settings: &Map<String, Value>) -> Option<String> {
    let roles = ["executionRoleArn", "taskRoleArn"].into_iter().filter_map(|role| text(content, role));
    let groups = items(settings, "loadBalancers").iter().filter_map(|it| text(it.as_object()?, "targetGroupArn"));
    let connect = object(settings, "serviceConnectConfiguration").and_then(|it| text(it, "namespace"));
    let accounts = roles.chain(groups).chain(connect).filter_map(|arn| arn.split(':').nth(4));
    let is_account = |account: &&str| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    accounts.into_iter().find(is_account).map(str::to_owned)
}
