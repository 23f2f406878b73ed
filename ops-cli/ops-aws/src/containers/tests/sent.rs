//! What is sent, member by member, and what is made of each answer.

use std::collections::BTreeMap;

use ops_engine::cloud::{CloudErrorKind, ContainerCommand, CreateService, OpenSession, RunTask, ServiceUpdate};
use ops_model::declaration::PauseEnd;
use ops_model::observation::ServiceSettings;
use ops_model::plan::{RunSettings, SettingsUpdate};
use ops_model::rollout::{RolloutStatus, WaitingHook};
use serde_json::{Value, json};

use crate::aws_document::Document;
use crate::containers::service_settings::tests::{described, told_by_revision, told_by_service};
use crate::wire::{Sent, Wire, refusal};

fn document(json: &Value) -> Document {
    json.as_object().expect("an object").clone()
}

fn tags() -> BTreeMap<String, String> {
    BTreeMap::from([("slipway:environment".to_owned(), "dev".to_owned())])
}

#[tokio::test]
async fn a_service_is_created_with_every_setting() {
    let wire = Wire::succeeding(&json!({}));
    let mut settings = document(&told_by_service());
    settings.extend(document(&told_by_revision()));
    let request = CreateService {
        cluster: "dev".to_owned(),
        service: "api".to_owned(),
        task_definition: "api:7".to_owned(),
        settings: ServiceSettings(settings.clone()),
        tags: tags(),
        client_token: "token".to_owned(),
    };
    wire.cloud().containers.create_service(&request).await.expect("created");
    let mut expected = Value::Object(settings);
    expected["cluster"] = json!("dev");
    expected["serviceName"] = json!("api");
    expected["taskDefinition"] = json!("api:7");
    expected["clientToken"] = json!("token");
    expected["tags"] = json!([{"key": "slipway:environment", "value": "dev"}]);
    assert_eq!(wire.sent(), [Sent::new("CreateService", expected)]);
}

fn update(update: &Value, task_definition: Option<&str>) -> ServiceUpdate {
    ServiceUpdate {
        cluster: "dev".to_owned(),
        service: "api".to_owned(),
        task_definition: task_definition.map(str::to_owned),
        update: SettingsUpdate(document(update)),
    }
}

#[tokio::test]
async fn an_update_sends_what_differs_and_nothing_else() {
    let wire = Wire::succeeding(&json!({}));
    let containers = wire.cloud().containers;
    let differs = json!({"capacityProviderStrategy": [], "forceNewDeployment": true, "desiredCount": 0});
    containers.update_service(&update(&differs, None)).await.expect("updated");
    containers.update_service(&update(&json!({}), Some("api:8"))).await.expect("updated");
    let first = json!({"cluster": "dev", "service": "api", "capacityProviderStrategy": [], "forceNewDeployment": true, "desiredCount": 0});
    let second = json!({"cluster": "dev", "service": "api", "taskDefinition": "api:8"});
    assert_eq!(wire.sent(), [Sent::new("UpdateService", first), Sent::new("UpdateService", second)]);
}

#[tokio::test]
async fn an_update_refuses_what_only_a_creation_can_say() {
    let wire = Wire::succeeding(&json!({}));
    let refused = wire.cloud().containers.update_service(&update(&json!({"launchType": "EC2"}), None)).await;
    let error = refused.expect_err("not updatable");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: None });
    assert!(error.message.starts_with("launchType "), "{error}");
    assert_eq!(wire.sent(), []);
}

#[tokio::test]
async fn no_tags_are_no_call_and_any_resource_takes_some() {
    let wire = Wire::succeeding(&json!({}));
    let containers = wire.cloud().containers;
    containers.tag("task-definition/api:7", &BTreeMap::new()).await.expect("nothing to do");
    containers.tag("task-definition/api:7", &tags()).await.expect("tagged");
    let body =
        json!({"resourceArn": "task-definition/api:7", "tags": [{"key": "slipway:environment", "value": "dev"}]});
    assert_eq!(wire.sent(), [Sent::new("TagResource", body)]);
}

fn run() -> RunTask {
    RunTask {
        cluster: "dev".to_owned(),
        task_definition: "migrate:3".to_owned(),
        settings: RunSettings(document(&json!({
            "launchType": "FARGATE", "overrides": {"cpu": "512", "containerOverrides": [{"name": "app", "memory": 512}]},
        }))),
        command: Some(ContainerCommand {
            container: "app".to_owned(),
            command: vec!["app".to_owned(), "migrate".to_owned()],
        }),
        tags: tags(),
        started_by: "slipway/dev/migrate".to_owned(),
        client_token: "token".to_owned(),
    }
}

#[tokio::test]
async fn a_task_runs_once_with_its_command_beside_other_overrides() {
    let wire = Wire::succeeding(&json!({"tasks": [{"taskArn": "task/1"}], "failures": []}));
    assert_eq!(wire.cloud().containers.run_task(&run()).await.expect("started"), "task/1");
    let expected = json!({
        "cluster": "dev", "taskDefinition": "migrate:3", "launchType": "FARGATE", "count": 1,
        "startedBy": "slipway/dev/migrate", "clientToken": "token", "tags": [{"key": "slipway:environment", "value": "dev"}],
        "overrides": {"cpu": "512", "containerOverrides": [{"name": "app", "memory": 512, "command": ["app", "migrate"]}]},
    });
    assert_eq!(wire.sent(), [Sent::new("RunTask", expected)]);
}

#[tokio::test]
async fn a_task_that_could_not_be_placed_says_why() {
    let failures = json!([
        {"arn": "instance/1", "reason": "RESOURCE:MEMORY", "detail": "none is left"}, {"reason": "AGENT"},
    ]);
    let wire = Wire::succeeding(&json!({"tasks": [], "failures": failures}));
    let error = wire.cloud().containers.run_task(&run()).await.expect_err("not placed");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("RESOURCE:MEMORY".to_owned()) });
    assert_eq!(error.message, "instance/1: RESOURCE:MEMORY: none is left; AGENT");
}

#[tokio::test]
async fn a_token_that_is_taken_says_by_which_task() {
    let wire = Wire::answering(|_| {
        let body = json!({"__type": "ConflictException", "message": "In use.", "resourceIds": ["task/1"]});
        (400, body.to_string())
    });
    let error = wire.cloud().containers.run_task(&run()).await.expect_err("a conflict");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("ConflictException".to_owned()) });
    assert_eq!(error.message, "In use. (ConflictException); the token is that of task/1");
}

#[tokio::test]
async fn a_task_that_stopped_or_is_forgotten_is_stopped() {
    let forgotten = Wire::answering(|_| refusal("InvalidParameterException", "The referenced task was not found."));
    forgotten.cloud().containers.stop_task("dev", "task/1", "it took too long").await.expect("stopped");
    let body = json!({"cluster": "dev", "task": "task/1", "reason": "it took too long"});
    assert_eq!(forgotten.sent(), [Sent::new("StopTask", body)]);
    let other = Wire::answering(|_| refusal("InvalidParameterException", "Invalid id."));
    other.cloud().containers.stop_task("dev", "task/1", "why").await.expect_err("anything else is an error");
}

#[tokio::test]
async fn tasks_are_found_by_who_started_them() {
    let wire = Wire::answering(|sent| {
        let stopped = sent.body["desiredStatus"] == "STOPPED";
        let answer = match sent.operation.as_str() {
            "ListTasks" if stopped => json!({"taskArns": ["task/1"]}),
            "ListTasks" => json!({"taskArns": []}),
            _ => json!({"tasks": [{"taskArn": "task/1", "taskDefinitionArn": "migrate:3", "lastStatus": "STOPPED",
                "stopCode": "EssentialContainerExited", "containers": [{"name": "app", "exitCode": 3}]}]}),
        };
        (200, answer.to_string())
    });
    let tasks = wire.cloud().containers.tasks_started_by("dev", "slipway/dev/migrate").await.expect("tasks");
    assert_eq!((tasks.len(), tasks[0].containers[0].exit_code), (1, Some(3)));
    assert!(wire.sent().iter().take(2).all(|sent| sent.body["startedBy"] == "slipway/dev/migrate"));
    let gone = Wire::succeeding(&json!({"tasks": [], "failures": [{"arn": "task/2", "reason": "MISSING"}]}));
    assert_eq!(gone.cloud().containers.task("dev", "task/2").await.expect("an answer"), None);
}

#[tokio::test]
async fn a_session_is_opened_in_the_container_that_runs() {
    let wire = Wire::answering(|sent| {
        let answer = match sent.operation.as_str() {
            "DescribeTasks" => json!({"tasks": [{"taskArn": "task/dev/1", "containers": [
                {"name": "side", "runtimeId": "1-0"}, {"name": "app", "runtimeId": "1-7"}, {"name": "starts"},
            ]}]}),
            _ => json!({"session": {"sessionId": "id", "streamUrl": "wss://stream", "tokenValue": "SECRET"}}),
        };
        (200, answer.to_string())
    });
    let containers = wire.cloud().containers;
    let mut request = OpenSession {
        cluster: "dev".to_owned(),
        task: "task/dev/1".to_owned(),
        container: "app".to_owned(),
        command: "sh".to_owned(),
    };
    let session = containers.open_session(&request).await.expect("a session");
    assert_eq!((session.id.as_str(), session.target.as_str()), ("id", "ecs:dev_1_1-7"));
    assert_eq!((session.stream_url.as_str(), session.token.as_str()), ("wss://stream", "SECRET"));
    let body =
        json!({"cluster": "dev", "task": "task/dev/1", "container": "app", "command": "sh", "interactive": true});
    assert_eq!(wire.sent()[1..], [Sent::new("ExecuteCommand", body)]);
    for container in ["starts", "absent"] {
        request.container = container.to_owned();
        containers.open_session(&request).await.expect_err("it does not run");
    }
    assert_eq!(wire.sent().iter().filter(|sent| sent.operation == "ExecuteCommand").count(), 1);
}

fn deployment() -> Value {
    json!({
        "serviceDeploymentArn": "deployment/1", "status": "IN_PROGRESS", "lifecycleStage": "PRE_PRODUCTION_TRAFFIC_SHIFT",
        "deploymentConfiguration": {"strategy": "CANARY"},
        "targetServiceRevision": {"arn": "revision/2", "requestedTaskCount": 2, "runningTaskCount": 1, "pendingTaskCount": 1,
            "requestedProductionTrafficWeight": 12.6},
        "lifecycleHookDetails": [
            {"hookId": "done", "targetType": "PAUSE", "status": "SUCCEEDED"},
            {"hookId": "function", "targetType": "AWS_LAMBDA", "status": "IN_PROGRESS"},
            {"hookId": "later", "targetType": "PAUSE", "status": "AWAITING_ACTION", "expiresAt": 1_700_000_600, "timeoutAction": "CONTINUE"},
            {"hookId": "sooner", "targetType": "PAUSE", "status": "AWAITING_ACTION", "expiresAt": 1_700_000_000, "timeoutAction": "ROLLBACK"},
        ],
        "alarms": {"status": "MONITORING", "alarmNames": ["errors", "latency"], "triggeredAlarmNames": ["errors"]},
        "deploymentCircuitBreaker": {"status": "MONITORING", "failureCount": 1, "threshold": 3},
    })
}

#[tokio::test]
async fn a_rollout_tells_stage_hooks_traffic_and_alarms() {
    let wire = Wire::answering(|sent| {
        let answer = match sent.operation.as_str() {
            "DescribeServiceRevisions" => {
                json!({"serviceRevisions": [{"serviceRevisionArn": "revision/2", "taskDefinition": "api:8"}]})
            }
            _ => json!({"serviceDeployments": [deployment()]}),
        };
        (200, answer.to_string())
    });
    let containers = wire.cloud().containers;
    let rollout = containers.rollout("deployment/1").await.expect("an answer").expect("a rollout");
    assert_eq!((rollout.status, rollout.task_definition.as_str()), (RolloutStatus::InProgress, "api:8"));
    assert_eq!(rollout.stage.as_deref(), Some("PRE_PRODUCTION_TRAFFIC_SHIFT"));
    let ids: Vec<_> = rollout.waiting.iter().map(|hook| hook.id.as_str()).collect();
    assert_eq!(ids, ["sooner", "later", "function"], "soonest to expire first");
    let expected = WaitingHook {
        id: "later".to_owned(),
        pause: true,
        expires_at: Some("2023-11-14T22:23:20Z".parse().expect("a time")),
        then_rolls_back: false,
    };
    assert_eq!(rollout.waiting[1], expected);
    assert_eq!((rollout.waiting[2].pause, rollout.waiting[2].then_rolls_back), (false, true));
    assert_eq!(rollout.paused().map(|hook| hook.id.as_str()), Some("sooner"));
    assert_eq!((rollout.traffic_percent, rollout.alarms), (Some(13), vec!["errors".to_owned()]));

    containers.continue_rollout("deployment/1", "sooner", PauseEnd::Continue).await.expect("continued");
    containers.continue_rollout("deployment/1", "sooner", PauseEnd::Rollback).await.expect("taken back");
    let ended = |action: &str| {
        let body = json!({"serviceDeploymentArn": "deployment/1", "hookId": "sooner", "action": action});
        Sent::new("ContinueServiceDeployment", body)
    };
    assert_eq!(wire.sent()[2..], [ended("CONTINUE"), ended("ROLLBACK")]);
}

/// Whether a service that is described like this is settled.
async fn settled(change: impl Fn(&mut Value)) -> bool {
    let mut settings = told_by_service();
    settings["deploymentConfiguration"]["strategy"] = json!("ROLLING");
    let mut service = described(&settings);
    change(&mut service);
    let wire = Wire::answering(move |sent| {
        let answer = match sent.operation.as_str() {
            "DescribeServices" => json!({"services": [service]}),
            "DescribeTaskDefinition" => json!({"taskDefinition": {"taskDefinitionArn": "api:7", "family": "api"}}),
            _ => json!({"serviceRevisions": sent.body["serviceRevisionArns"].as_array().expect("ARNs").iter()
                .map(|arn| json!({"serviceRevisionArn": arn, "taskDefinition": "api:7"})).collect::<Vec<_>>()}),
        };
        (200, answer.to_string())
    });
    let services = wire.cloud().containers.describe_services("dev", &["api".to_owned()]).await.expect("services");
    services[0].settled
}

#[tokio::test]
async fn a_service_is_settled_only_when_everything_says_so() {
    assert!(settled(|_| ()).await);
    assert!(!settled(|service| service["status"] = json!("DRAINING")).await);
    assert!(!settled(|service| service["deployments"] = json!([])).await);
    assert!(!settled(|service| service["deployments"][0]["rolloutState"] = json!("IN_PROGRESS")).await);
    assert!(!settled(|service| service["deployments"][0]["rolloutState"] = Value::Null).await);
    let two =
        json!([{"status": "PRIMARY", "rolloutState": "COMPLETED"}, {"status": "ACTIVE", "rolloutState": "COMPLETED"}]);
    assert!(!settled(|service| service["deployments"] = two.clone()).await);
    assert!(
        !settled(|service| service["currentServiceRevisions"] = json!([{"arn": "revision/1"}, {"arn": "revision/2"}]))
            .await
    );
    let blue_green = |service: &mut Value| service["deploymentConfiguration"]["strategy"] = json!("BLUE_GREEN");
    assert!(!settled(blue_green).await, "the deployment may be paused");
    assert!(
        settled(|service| {
            blue_green(service);
            service["currentServiceDeployment"] = Value::Null;
        })
        .await
    );
}
