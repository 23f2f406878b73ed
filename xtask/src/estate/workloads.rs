//! What services and tasks run in: their roles, and what ops needs for schedules and for moving traffic.

use serde_json::{Value, json};

use super::{ACCOUNT, ENVIRONMENT, Result, of_type, text};
use crate::emulator::Emulator;

const REGION: &str = "ap-northeast-2";

/// Makes the listener rule that ops makes for the service whose traffic is shifted, and returns its ARN. Terraform's own
/// rule of the service is directly behind it.
pub(super) fn rule_of_ops(emulator: &Emulator, platform: &Value) -> Result<String> {
    let service = &platform["services"]["web"];
    let shift = &service["traffic_shift"];
    let priority = shift["rule_priority"].to_string();
    let rule = [
        ("ListenerArn", text(&shift["listener_arn"])?),
        ("Priority", priority.as_str()),
        ("Conditions.member.1.Field", "path-pattern"),
        ("Conditions.member.1.Values.member.1", text(&shift["path"])?),
        ("Actions.member.1.Type", "forward"),
        ("Actions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn", text(&service["target_group_arn"])?),
        ("Actions.member.1.ForwardConfig.TargetGroups.member.1.Weight", "100"),
        (
            "Actions.member.1.ForwardConfig.TargetGroups.member.2.TargetGroupArn",
            text(&shift["alternate_target_group_arn"])?,
        ),
        ("Actions.member.1.ForwardConfig.TargetGroups.member.2.Weight", "0"),
    ];
    let mut answer = emulator.elastic_load_balancing("CreateRule", &rule)?;
    let (status, body) = (answer.status(), answer.body_mut().read_to_string()?);
    let arn = body.split_once("<RuleArn>").and_then(|(_, rest)| rest.split_once("</RuleArn>")).map(|(arn, _)| arn);
    match arn {
        Some(arn) if status == 200 => Ok(arn.to_owned()),
        _ => Err(format!("the rule of ops could not be made: {body}").into()),
    }
}

pub(super) fn delete_rule(emulator: &Emulator, arn: &str) -> Result<()> {
    let status = emulator.elastic_load_balancing("DeleteRule", &[("RuleArn", arn)])?.status();
    if status == 200 { Ok(()) } else { Err(format!("{arn} could not be deleted: {status}").into()) }
}

/// Each service and task has what it runs in, and each role may do what the declaration says of it and no more.
pub(super) fn can_run(platform: &Value, resources: &[(String, Value)]) -> Result<()> {
    let tasks: Vec<_> = platform["tasks"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let cluster = text(&platform["cluster"]["name"])?;
    let families =
        ["cleanup", "once"].map(|task| format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{cluster}-{task}:*"));
    let secret =
        |name: &str| format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:slipway/{ENVIRONMENT}/{name}-??????");
    let promises = [
        ("each task is in the contract", tasks == ["by-hand", "cleanup", "migrate", "once"]),
        (
            "the clock starts the tasks with a schedule alone",
            allowed(resources, "schedules", "Run")? == json!(families),
        ),
        (
            "worker's secrets are those of all its containers, a key's whole secret among them",
            allowed(resources, "worker-execution", "Secrets")? == json!([secret("database"), secret("signing-key")]),
        ),
        (
            "only the public service that shifts traffic has two target groups",
            of_type(resources, "aws_lb_target_group")?.len() == of_type(resources, "aws_lb_listener_rule")?.len() + 1,
        ),
    ];
    match promises.iter().find(|(_, kept)| !kept) {
        Some((promise, _)) => Err(format!("not so: {promise}").into()),
        None => Ok(()),
    }
}

/// Resources of a statement in the policy of a role of the environment.
fn allowed(resources: &[(String, Value)], role: &str, statement: &str) -> Result<Value> {
    let role = format!("slipway-{ENVIRONMENT}-{role}");
    let policies = of_type(resources, "aws_iam_role_policy")?;
    let policy =
        policies.iter().find(|policy| policy["role"] == role.as_str()).ok_or(format!("{role} has no policy"))?;
    let policy: Value = serde_json::from_str(text(&policy["policy"])?)?;
    let found = policy["Statement"].as_array().into_iter().flatten().find(|found| found["Sid"] == statement);
    Ok(found.ok_or(format!("{role} has no statement {statement}"))?["Resource"].clone())
}
