//! `docs/fields.md`: how every member is compared, and which proof stands behind it.

use std::fmt::Write as _;
use std::{env, fs};

use ops_model::plan::ChangeClass;
use ops_plan::{
    Field, ServiceMember, ServiceMemberRule, Shape, service_fields, service_member, task_definition_fields,
};

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fields.md");
const BEGIN: &str = "<!-- fields, generated -->\n";
const END: &str = "<!-- end of the generated fields -->\n";

/// Beginnings of paths, and the test of `ops-cli/ops/tests/live/drift_by_field.rs` that changes one of them in the emulator.
const LIVE: &[(&str, &str)] = &[
    ("cpu", "size_of_tasks"),
    ("memory", "size_of_tasks"),
    ("ephemeralStorage", "size_of_tasks"),
    ("volumes", "sidecars_volumes_and_mounts"),
    ("containerDefinitions.*.mountPoints", "sidecars_volumes_and_mounts"),
    ("containerDefinitions.*.memory", "sidecars_volumes_and_mounts"),
    ("containerDefinitions.*.environment", "variables"),
    ("containerDefinitions.*.healthCheck", "health_checks_and_logs"),
    ("containerDefinitions.*.logConfiguration", "health_checks_and_logs"),
    ("containerDefinitions.*.command", "what_a_container_runs"),
    ("containerDefinitions.*.entryPoint", "what_a_container_runs"),
    ("containerDefinitions.*.user", "what_a_container_runs"),
    ("containerDefinitions.*.workingDirectory", "what_a_container_runs"),
    ("containerDefinitions.*.readonlyRootFilesystem", "what_a_container_runs"),
    ("containerDefinitions.*.linuxParameters.initProcessEnabled", "what_a_container_runs"),
    ("containerDefinitions.*.stopTimeout", "what_a_container_runs"),
    ("containerDefinitions.*.dockerLabels", "what_a_container_runs"),
    ("networkConfiguration", "network"),
    ("loadBalancers", "load_balancer"),
    ("capacityProviderStrategy", "capacity_and_platform_version"),
    ("platformVersion", "capacity_and_platform_version"),
    ("deploymentConfiguration", "deployment_settings"),
    ("healthCheckGracePeriodSeconds", "deployment_settings"),
    ("serviceConnectConfiguration", "service_connect"),
    ("enableExecuteCommand", "exec_and_tags"),
    ("propagateTags", "exec_and_tags"),
];

fn proof(path: &str) -> String {
    let live =
        LIVE.iter().filter(|(beginning, _)| path.starts_with(beginning)).max_by_key(|(beginning, _)| beginning.len());
    match live {
        Some((_, test)) => format!("planner, emulator: `{test}`"),
        None => "planner".to_owned(),
    }
}

fn order(shape: Shape) -> String {
    match shape {
        Shape::Plain | Shape::Whole => String::new(),
        Shape::Set => "none".to_owned(),
        Shape::Keyed(keys) => format!("by {}", keys.join(" and ")),
        Shape::Pairs(name, _) => format!("by {name}"),
        Shape::HiddenPairs(name, _) => format!("by {name}; values not in git are not shown"),
        Shape::Map => "by name".to_owned(),
        Shape::HiddenMap => "by name; values not in git are not shown".to_owned(),
        Shape::UnlessDeclared => "AWS decides unless declared".to_owned(),
    }
}

fn meaning(member: ServiceMember) -> String {
    let class = match member.class {
        ChangeClass::InPlace => "in place",
        ChangeClass::NewDeployment => "new deployment",
        ChangeClass::Replacement => "replacement",
        _ => "refused",
    };
    match member.rule {
        ServiceMemberRule::Unforced => class.to_owned(),
        ServiceMemberRule::Forced => format!("{class}, forced"),
        ServiceMemberRule::ForcedWhenAlone => format!("{class}, forced where nothing else starts tasks"),
    }
}

fn row(field: &Field, meaning: &str) -> String {
    let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
    let Field { path, shape, default, declared } = field;
    format!(
        "| {} | {} | {} | {} | {meaning} | {} |\n",
        code(path),
        code(declared),
        code(default),
        order(*shape),
        proof(path)
    )
}

fn table() -> String {
    let heading = "| AWS | declaration | default | order | a change is | proof |\n|---|---|---|---|---|---|\n";
    let mut text = String::new();
    write!(
        text,
        "\n### Task definition\n\nA task definition never changes, so every change is a new deployment.\n\n{heading}"
    )
    .expect("a string takes it");
    for field in task_definition_fields() {
        text.push_str(&row(field, "new deployment"));
    }
    write!(text, "\n### Service\n\n{heading}").expect("a string takes it");
    for field in service_fields() {
        let top = field.path.split('.').next().unwrap_or_default();
        let left_alone = field.shape == Shape::UnlessDeclared && field.path == "role";
        let meaning = if left_alone { String::new() } else { meaning(service_member(top)) };
        text.push_str(&row(field, &meaning));
    }
    text.push('\n');
    text
}

#[test]
fn the_table_of_fields_is_what_the_planner_compares_by() {
    let document = fs::read_to_string(PLACE).expect("docs/fields.md");
    let (before, rest) = document.split_once(BEGIN).expect("where the table begins");
    let (_, after) = rest.split_once(END).expect("where the table ends");
    let expected = format!("{before}{BEGIN}{}{END}{after}", table());
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PLACE, &expected).expect("written");
    } else {
        assert!(document == expected, "docs/fields.md is behind: UPDATE_DOCS=1 cargo nextest run -p ops-plan fields");
    }
}
