//! What services and tasks can say: containers, secrets, rollouts, scaling and schedules.

use ops_model::declaration::{
    Cleanup, DependencyCondition, Environment, Faults, PauseEnd, SecretReference, SourceFile, Stage, read,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const RIGHT: &str = include_str!("../../../terraform/modules/declaration/tests/right.yaml");
const BARE: &str = include_str!("../../../terraform/modules/declaration/tests/bare.yaml");

fn read_text(text: &str) -> Result<Environment, Faults> {
    let builds = SourceFile::new("builds.yaml", "version: 1\nartifacts: {}\n");
    read("dev", &SourceFile::new("environment.yaml", text), &builds).map(|declaration| declaration.environment)
}

/// A service `api` with more lines.
fn service(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("{BARE}services:\n  api:\n    artifact: app\n    cpu: 256\n    memory: 512\n{lines}")
}

/// Code, message and remedy of each fault.
fn said(text: &str) -> Vec<(&'static str, String, String)> {
    let faults = read_text(text).map(|_| Vec::new()).unwrap_or_else(|faults| faults.faults);
    faults.into_iter().map(|fault| (fault.code, fault.message, fault.remedy.unwrap_or_default())).collect()
}

fn messages(text: &str) -> Vec<String> {
    said(text).into_iter().map(|(_, message, _)| message).collect()
}

#[test]
fn examples_of_the_documents_are_taken() {
    let text = include_str!("../../../docs/services.md");
    let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let whole: Vec<&str> = blocks.filter(|block| block.starts_with("version: 1\n")).collect();
    assert_eq!(whole.len(), 2);
    for example in whole {
        assert_eq!(said(example), [], "{example}");
    }
}

#[test]
fn everything_that_services_can_say_is_understood() {
    let environment = read_text(RIGHT).expect("it has no faults");
    let worker = &environment.services["worker"];
    let container = &worker.workload.container;
    assert_eq!(container.entry_point, ["/bin/worker"]);
    assert_eq!(container.depends_on["setup"], DependencyCondition::Success);
    assert!(!container.readonly_root_filesystem && container.init_process && worker.exec);
    let password = &container.secrets["DATABASE_PASSWORD"];
    assert_eq!((password.place(), password.key()), ("secretsmanager:slipway/dev/database", Some("password")));
    let smtp = &container.secrets["SMTP_URL"];
    assert_eq!((smtp.place(), smtp.key(), smtp.version()), ("ssm:/slipway/dev/smtp-url", None, None));
    let proxy = &worker.workload.containers["proxy"];
    assert!(proxy.essential && proxy.artifact.is_none() && proxy.image.is_some());
    assert_eq!(proxy.container.health_check.as_ref().map(|check| check.interval_seconds), Some(30));
    assert_eq!(worker.deployment.strategy, ops_model::declaration::Strategy::Canary);
    assert_eq!(
        worker.deployment.pauses.first().map(|pause| (pause.at, pause.on_timeout)),
        Some((Stage::PostScaleUp, PauseEnd::Rollback))
    );
    assert_eq!(worker.overrides.service["availabilityZoneRebalancing"], "DISABLED");
    let reports = &environment.services["reports"];
    assert_eq!(reports.deployment.early_success.map(|early| early.cleanup), Some(Cleanup::Deferred));
    let scaling = reports.scaling.as_ref().expect("it is scaled");
    assert_eq!(scaling.steps["backlog"].steps.len(), 3);
    assert_eq!(scaling.schedules["morning"].maximum, None);
    assert_eq!(environment.services["web"].count, None);
}

#[test]
fn everything_that_tasks_can_say_is_understood() {
    let environment = read_text(RIGHT).expect("it has no faults");
    assert_eq!(environment.tasks["migrate"].before, ["api", "worker"]);
    let schedule = environment.tasks["cleanup"].schedule.as_ref().expect("it has a schedule");
    assert_eq!((schedule.time_zone.as_str(), schedule.retries, schedule.enabled), ("Asia/Seoul", 185, false));
    let by_hand = &environment.tasks["by-hand"];
    assert_eq!((by_hand.timeout_seconds, by_hand.schedule.is_none()), (3600, true));
}

#[test]
fn a_secret_is_text_or_a_mapping_and_its_faults_are_of_what_was_meant() {
    let secret = |value: &str| messages(&service(&format!("secrets:\n  KEY: {value}")));
    assert_eq!(secret("[ssm:/a]"), ["`KEY` has to be text or a mapping (`key: value` lines), not a list"]);
    assert_eq!(secret("true"), ["`KEY` has to be text or a mapping (`key: value` lines), not the boolean true"]);
    assert_eq!(secret("{}"), ["`KEY` has no `from`"]);
    assert_eq!(
        secret("{ from: ssm:/a, versions: \"3\" }"),
        ["there is no key `versions` in `KEY`", "a secret stands in the file"]
    );
    assert_eq!(secret("{ from: \"ssm:a\" }"), ["`from` does not have the form that it needs"]);
    let faults = said(&service("secrets:\n  KEY: \"ssm:a\""));
    let [(code, _, remedy)] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!(*code, "declaration::wrong_form");
    assert_eq!(remedy, "`KEY`: `ssm:/path/of/the/parameter` or `secretsmanager:name-of-the-secret`.");
}

#[test]
fn circles_of_containers_are_shown() {
    let text = service(
        "containers:\n  a: { artifact: app, depends_on: { b: start } }\n  b: { artifact: app, depends_on: { c: start, a: start } }\n  c: { artifact: app, depends_on: { api: start } }\ndepends_on: { c: start }",
    );
    assert_eq!(
        messages(&text),
        [
            "containers of `api` wait for each other in a circle: `a` after `b` after `a`",
            "containers of `api` wait for each other in a circle: `c` after `api` after `c`",
        ]
    );
}

#[test]
fn time_zones_are_those_of_the_iana() {
    let zone = |zone: &str| {
        let task = format!(
            "tasks:\n  t: {{ artifact: app, cpu: 256, memory: 512, schedule: {{ at: rate(1 hour), time_zone: \"{zone}\" }} }}\n"
        );
        said(&format!("{BARE}{task}"))
    };
    for name in ["UTC", "Asia/Seoul", "America/Argentina/Buenos_Aires", "Etc/GMT+9", "EST5EDT"] {
        assert_eq!(zone(name), [], "{name}");
    }
    for name in ["Asia/Soul", "KST", "+09:00", "", "Mars/Olympus"] {
        assert_eq!(zone(name).iter().map(|(code, ..)| *code).collect::<Vec<_>>(), ["declaration::time_zone"], "{name}");
    }
    assert_eq!(zone("asia/seoul").first().map(|(.., remedy)| remedy.as_str()), Some("write `Asia/Seoul`"));
}

#[test]
fn containers_may_be_called_after_what_they_are_for() {
    let text = service(
        "depends_on: { secret-agent: start }\ncontainers:\n  secret-agent: { artifact: app, depends_on: { token: start } }\n  token: { artifact: app }",
    );
    assert_eq!(said(&text), []);
}

#[test]
fn keys_and_versions_of_secrets_are_no_secrets() {
    let text = service(
        "secrets:\n  DATABASE_PASSWORD: { from: secretsmanager:a, key: password, version: \"01234567890123456789012345678901\" }",
    );
    let environment = read_text(&text).expect("it has no faults");
    let secret: &SecretReference = &environment.services["api"].workload.container.secrets["DATABASE_PASSWORD"];
    assert_eq!((secret.key(), secret.version()), (Some("password"), Some("01234567890123456789012345678901")));
}

#[test]
fn tasks_reach_databases_and_queues() {
    let text = format!(
        "{BARE}database: {{ engine_version: \"8.4\", instance: db.t4g.micro, schema: app }}\n\
         firewall: {{ database: [{{ from: migrate, port: 3306 }}], migrate: [] }}\n\
         queues: {{ work: {{ send: [migrate], receive: [migrate] }} }}\n\
         tasks: {{ migrate: {{ artifact: app, cpu: 256, memory: 512 }} }}\n"
    );
    assert_eq!(said(&text), []);
    let nobody = text.replace("from: migrate", "from: nobody").replace("send: [migrate]", "send: [nobody]");
    assert_eq!(
        messages(&nobody),
        [
            "`nobody` is let in to the database, and is neither a service nor a task",
            "`send` of the queue `work` names `nobody`, which is neither a service nor a task",
        ]
    );
}

#[test]
fn a_service_that_waits_for_a_task_is_told_how() {
    let text =
        format!("{}tasks: {{ migrate: {{ artifact: app, cpu: 256, memory: 512 }} }}\n", service("after: [migrate]"));
    let faults = said(&text);
    assert_eq!(
        faults.first().map(|(.., remedy)| remedy.as_str()),
        Some("write `before: [api]` under the task `migrate` instead")
    );
}

#[test]
fn percentages_bound_a_rolling_rollout_alone() {
    let deployment = |strategy: &str| {
        let lines = format!(
            "connect: {{}}\ndeployment: {{ strategy: {strategy}, minimum_healthy_percent: 100, maximum_percent: 100 }}"
        );
        said(&service(&lines)).into_iter().map(|(code, ..)| code).collect::<Vec<_>>()
    };
    assert_eq!(deployment("rolling"), ["declaration::deployment"]);
    for strategy in ["blue_green", "canary", "linear"] {
        assert_eq!(deployment(strategy), Vec::<&str>::new(), "{strategy}");
    }
}

#[test]
fn traffic_moves_in_parts_where_something_hands_it_out() {
    let codes = |strategy: &str, lines: &str| {
        let faults = said(&service(&format!("{lines}deployment: {{ strategy: {strategy} }}")));
        faults.into_iter().map(|(code, ..)| code).collect::<Vec<_>>()
    };
    for strategy in ["canary", "linear"] {
        assert_eq!(codes(strategy, ""), ["declaration::strategy"], "{strategy}");
        assert_eq!(codes(strategy, "connect: {}\n"), Vec::<&str>::new(), "{strategy}");
        let public = codes(strategy, "port: 80\npublic: { path: /* }\n");
        assert!(!public.contains(&"declaration::strategy"), "{strategy}: {public:?}");
    }
    for strategy in ["rolling", "blue_green"] {
        assert_eq!(codes(strategy, ""), Vec::<&str>::new(), "{strategy}");
    }
    insta::assert_debug_snapshot!(said(&service("deployment: { strategy: linear }")), @r#"
    [
        (
            "declaration::strategy",
            "nobody moves the traffic of `api`, which is neither public nor connected",
            "add `public:` or `connect:`, or write `strategy: rolling` or `blue_green`",
        ),
    ]
    "#);
}

/// Everything that `part` says `whole` says too; lists of names may have another order.
fn is_said(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(key, value)| match whole.get(key) {
                Some(other) => is_said(value, other),
                // What is empty is not written.
                None => is_empty(value),
            })
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().all(|value| whole.iter().any(|other| is_said(value, other)))
        }
        (part, whole) => part == whole,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(entries) => entries.values().all(is_empty),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Pointers to everything in a value.
fn pointers(value: &Value, prefix: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(entries) => {
            entries.iter().map(|(key, child)| (key.replace('~', "~0").replace('/', "~1"), child)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let pointer = format!("{prefix}/{key}");
        pointers(child, &pointer, found);
        found.push(pointer);
    }
}

/// Leaves something out, or says something else in its place.
fn change(value: &mut Value, place: prop::sample::Index, how: u8, number: i64) {
    let mut found = Vec::new();
    pointers(value, "", &mut found);
    let pointer = &found[place.index(found.len())];
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    let key = key.replace("~1", "/").replace("~0", "~");
    match (how, value.pointer_mut(pointer).expect("it is there")) {
        (0, target @ Value::Number(_)) => *target = json!(number),
        (0, Value::Bool(boolean)) => *boolean = !*boolean,
        _ => match value.pointer_mut(parent).expect("it is there") {
            Value::Object(entries) => {
                entries.shift_remove(&key);
            }
            Value::Array(items) => {
                items.remove(key.parse().expect("an index"));
            }
            _ => {}
        },
    }
}

fn typed(value: &Value) -> Result<Environment, serde_json::Error> {
    serde_json::from_value(value.clone())
}

#[test]
fn what_is_read_is_written_again_without_a_loss() {
    let written: Value = serde_yaml::from_str(RIGHT).expect("YAML");
    let environment = typed(&written).expect("it is an environment");
    let again = serde_json::to_value(&environment).expect("it can be written");
    assert!(is_said(&written, &again), "{again}");
    assert_eq!(typed(&again).expect("it is an environment"), environment);
}

proptest! {
    // A whole declaration each time, which takes a while to read.
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_accepted_is_understood_and_written_again_without_a_loss(
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0_u8..2, prop_oneof![-1_i64..300, any::<i32>().prop_map(i64::from), any::<i64>()]),
            0..4,
        ),
    ) {
        let mut value: Value = serde_yaml::from_str(RIGHT).expect("YAML");
        for (place, how, number) in changes {
            change(&mut value, place, how, number);
        }
        let text = serde_yaml::to_string(&value).expect("it can be written");
        match read_text(&text) {
            Ok(environment) => {
                let again = serde_json::to_value(&environment).expect("it can be written");
                prop_assert!(is_said(&value, &again), "{} became {}", value, again);
                prop_assert_eq!(typed(&again).expect("it is an environment"), environment);
            }
            Err(faults) => {
                let unreadable = faults.faults.iter().find(|fault| fault.code == "declaration::unreadable");
                prop_assert_eq!(unreadable, None, "the schema lets through what the type refuses");
            }
        }
    }

    #[test]
    fn secrets_of_containers_tasks_and_overrides_are_never_repeated(
        secret in "[A-Za-z0-9]{12,30}",
        form in prop::sample::select(vec![
            "secrets: { KEY: x{} }",
            "secrets: { KEY: { from: x{} } }",
            "secrets: { KEY: { value: x{} } }",
            "secrets: { KEY: { from: ssm:/a, name: x{} } }",
            "containers: { a: { artifact: app, secrets: { KEY: x{} } } }",
            "containers: { a: { artifact: app, environment: { API_TOKEN: x{} } } }",
            "overrides: { task_definition: { containerDefinitions: [{ name: t, environment: [{ name: API_TOKEN, value: x{} }] }] } }",
            "overrides: { task_definition: { password: x{} } }",
        ]),
        of_a_task in any::<bool>(),
    ) {
        let sort = if of_a_task { "tasks" } else { "services" };
        let line = form.replace("{}", &secret);
        let text = format!("{BARE}{sort}:\n  t:\n    artifact: app\n    cpu: 256\n    memory: 512\n    {line}\n");
        let faults = read_text(&text).expect_err("a secret in plain");
        prop_assert!(!format!("{faults:?}").contains(&secret), "{:?}", faults);
        let found = faults.faults.iter().any(|fault| fault.code == "declaration::secret_in_plain");
        prop_assert!(found, "{:?}", faults);
    }
}
