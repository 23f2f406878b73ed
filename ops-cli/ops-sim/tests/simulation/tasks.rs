//! Tasks of their own, and what containers do to each other.

use ops_engine::cloud::{CloudErrorKind, ContainerCommand, Containers as _, RunTask};
use ops_model::observation::ObservedTask;
use ops_model::plan::RunSettings;
use ops_model::rollout::RolloutStatus;
use ops_model::task_definition::TaskDefinition;
use ops_sim::{ImageBehaviour, Operation};
use serde_json::{Value, json};

use crate::scenario::{CLUSTER, GOOD, Scenario, content, object, private, seconds};

const ENDS_WELL: ImageBehaviour = ImageBehaviour::Exits { exit_code: 0, after: seconds_of(5) };
const FAILS: ImageBehaviour = ImageBehaviour::Exits { exit_code: 3, after: seconds_of(5) };

const fn seconds_of(seconds: u64) -> std::time::Duration {
    std::time::Duration::from_secs(seconds)
}

fn request(task_definition: &str) -> RunTask {
    let network = json!({"subnets": ["subnet-1"]});
    RunTask {
        cluster: CLUSTER.to_owned(),
        task_definition: task_definition.to_owned(),
        settings: RunSettings(object(json!({
            "launchType": "FARGATE", "networkConfiguration": {"awsvpcConfiguration": network},
        }))),
        command: None,
        tags: [].into(),
        started_by: "slipway/dev/migrate".to_owned(),
        client_token: "token".to_owned(),
    }
}

/// Containers as name, image and further members.
fn containers(containers: &[(&str, &str, Value)]) -> TaskDefinition {
    let mut content = content("app:1");
    let container = |(name, image, members): &(&str, &str, Value)| {
        let mut container = object(json!({"name": name, "image": image}));
        container.extend(object(members.clone()));
        Value::Object(container)
    };
    content.0.insert("containerDefinitions".to_owned(), containers.iter().map(container).collect());
    content
}

async fn run(scenario: &Scenario, content: &TaskDefinition) -> String {
    let task_definition = scenario.account.register_task_definition(content, &[].into()).await.expect("registered");
    scenario.account.run_task(&request(&task_definition)).await.expect("started")
}

async fn task(scenario: &Scenario, arn: &str) -> ObservedTask {
    scenario.account.task(CLUSTER, arn).await.expect("asked").expect("there")
}

async fn ended(scenario: &Scenario, arn: &str) -> ObservedTask {
    for _ in 0..3600 {
        let task = task(scenario, arn).await;
        if task.last_status == "STOPPED" {
            return task;
        }
        tokio::time::sleep(seconds(1)).await;
    }
    panic!("it does not end");
}

fn exit_codes(task: &ObservedTask) -> Vec<Option<i32>> {
    task.containers.iter().map(|container| container.exit_code).collect()
}

#[tokio::test(start_paused = true)]
async fn a_task_runs_to_its_end_and_is_forgotten_after_an_hour() {
    for (behaviour, exit_code) in [(ENDS_WELL, 0), (FAILS, 3)] {
        let scenario = Scenario::new();
        scenario.account.push_image("app:1", behaviour);
        let arn = run(&scenario, &content("app:1")).await;
        assert_eq!(task(&scenario, &arn).await.last_status, "PENDING");
        tokio::time::sleep(seconds(11)).await;
        assert_eq!(task(&scenario, &arn).await.last_status, "RUNNING");
        let stopped = ended(&scenario, &arn).await;
        assert_eq!(stopped.stop_code.as_deref(), Some("EssentialContainerExited"));
        assert_eq!(exit_codes(&stopped), [Some(exit_code)]);
        let started = scenario.account.tasks_started_by(CLUSTER, "slipway/dev/migrate").await.expect("listed");
        assert_eq!(started, [stopped]);
        assert!(scenario.account.tasks_started_by(CLUSTER, "slipway/dev").await.expect("listed").is_empty());
        tokio::time::sleep(seconds(3600)).await;
        assert_eq!(scenario.account.task(CLUSTER, &arn).await.expect("asked"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_token_starts_nothing_twice_and_stands_for_one_request() {
    let scenario = Scenario::new();
    scenario.account.push_image("app:1", ENDS_WELL);
    let request = request(&scenario.register("app:1").await);
    scenario.account.faults().lose_answer(Operation::RunTask, 1);
    scenario.account.run_task(&request).await.expect_err("the answer is lost");
    let arn = scenario.account.run_task(&request).await.expect("the task that was started");
    assert_eq!(scenario.account.run_task(&request).await.expect("again"), arn);
    assert_eq!(scenario.account.tasks_started_by(CLUSTER, &request.started_by).await.expect("listed").len(), 1);

    let other = RunTask { started_by: "somebody".to_owned(), ..request.clone() };
    let error = scenario.account.run_task(&other).await.expect_err("another request");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("ConflictException".to_owned()) });
    let anew = RunTask { client_token: "another".to_owned(), ..request };
    assert_ne!(scenario.account.run_task(&anew).await.expect("started"), arn);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_run_is_refused() {
    let scenario = Scenario::new();
    scenario.account.push_image("app:1", ENDS_WELL);
    let good = request(&scenario.register("app:1").await);
    let settings = |change: fn(&mut serde_json::Map<String, Value>)| {
        let mut settings = good.settings.clone();
        change(&mut settings.0);
        RunTask { settings, ..good.clone() }
    };
    let command = ContainerCommand { container: "other".to_owned(), command: Vec::new() };
    for (request, message) in [
        (request("arn:nothing"), "Unable to describe task definition."),
        (settings(|one| drop(one.remove("networkConfiguration"))), "Network Configuration must be provided"),
        (settings(|one| drop(one.insert("count".to_owned(), json!(2)))), "One task"),
        (
            settings(|one| drop(one.insert("startedBy".to_owned(), json!("me")))),
            "Unknown parameter in input: startedBy",
        ),
        (RunTask { command: Some(command), ..good.clone() }, "Override for container named other"),
        (RunTask { started_by: "by:me".to_owned(), ..good.clone() }, "startedBy"),
        (RunTask { started_by: "x".repeat(129), ..good.clone() }, "startedBy"),
        (RunTask { client_token: "x".repeat(65), ..good.clone() }, "clientToken"),
    ] {
        let error = scenario.account.run_task(&request).await.expect_err(message);
        assert!(error.message.contains(message), "{}", error.message);
    }
    let nowhere = RunTask { cluster: "none".to_owned(), ..good.clone() };
    assert!(scenario.account.run_task(&nowhere).await.expect_err("no cluster").is_not_found());
    scenario.account.by_hand(CLUSTER).deregister_task_definition(&good.task_definition).expect("there");
    scenario.account.run_task(&good).await.expect_err("inactive");
    assert_eq!(scenario.account.container_writes().len(), 1, "what was refused is no write");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_stopped_obeys() {
    let scenario = Scenario::new();
    scenario.account.push_image("app:1", GOOD);
    let arn = run(&scenario, &content("app:1")).await;
    tokio::time::sleep(seconds(60)).await;
    for _ in 0..2 {
        scenario.account.stop_task(CLUSTER, &arn, "it took too long").await.expect("stopped, and again");
    }
    let stopped = ended(&scenario, &arn).await;
    assert_eq!(stopped.stop_code.as_deref(), Some("UserInitiated"));
    assert_eq!(stopped.stopped_reason.as_deref(), Some("it took too long"));
    assert_eq!(exit_codes(&stopped), [Some(0)]);
    assert!(scenario.account.stop_task(CLUSTER, "arn:nothing", "").await.expect_err("no task").is_not_found());
    let stops = scenario.account.container_writes();
    assert_eq!(stops.iter().filter(|write| write.to_string().starts_with("ecs:StopTask")).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_task_of_a_service_that_is_stopped_is_replaced() {
    let scenario = Scenario::steady(private(1)).await;
    let arn = scenario.tasks().await.remove(0).arn;
    scenario.account.stop_task(CLUSTER, &arn, "restart").await.expect("stopped");
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(scenario.service().await.running_count, 1);
    assert_eq!(scenario.tasks().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn only_an_essential_container_ends_its_task() {
    let scenario = Scenario::new();
    let account = &scenario.account;
    account.push_image("main", ImageBehaviour::Exits { exit_code: 0, after: seconds(60) });
    account.push_image("side", FAILS);
    let content = containers(&[("main", "main", json!({})), ("side", "side", json!({"essential": false}))]);
    let arn = run(&scenario, &content).await;
    tokio::time::sleep(seconds(30)).await;
    let running = task(&scenario, &arn).await;
    assert_eq!((running.last_status.as_str(), exit_codes(&running)), ("RUNNING", vec![None, Some(3)]));
    assert_eq!(exit_codes(&ended(&scenario, &arn).await), [Some(0), Some(3)]);
}

#[tokio::test(start_paused = true)]
async fn a_container_waits_for_what_it_depends_on() {
    let on = |condition: &str| json!({"dependsOn": [{"containerName": "first", "condition": condition}]});
    let first = |members: Value| {
        let mut first = object(json!({"essential": false}));
        first.extend(object(members));
        Value::Object(first)
    };
    let check = json!({"healthCheck": {"command": ["CMD", "true"], "interval": 5, "retries": 2}});
    for (behaviour, first, condition, reason, codes) in [
        (ENDS_WELL, first(json!({})), "SUCCESS", "Essential container in task exited", [Some(0), Some(7)]),
        (FAILS, first(json!({})), "COMPLETE", "Essential container in task exited", [Some(3), Some(7)]),
        (FAILS, first(json!({})), "SUCCESS", "what it depends on has failed", [Some(3), None]),
        (GOOD, first(check.clone()), "HEALTHY", "Essential container in task exited", [Some(0), Some(7)]),
        (ImageBehaviour::NeverHealthy, first(check), "HEALTHY", "what it depends on has failed", [Some(0), None]),
    ] {
        let scenario = Scenario::new();
        scenario.account.push_image("first", behaviour);
        scenario.account.push_image("main", ImageBehaviour::Exits { exit_code: 7, after: seconds(20) });
        let arn = run(&scenario, &containers(&[("first", "first", first), ("main", "main", on(condition))])).await;
        let stopped = ended(&scenario, &arn).await;
        assert!(stopped.stopped_reason.as_deref().expect("a reason").contains(reason), "{condition}: {stopped:?}");
        assert_eq!(exit_codes(&stopped), codes, "{condition}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_health_check_of_its_own_fails_a_rollout_without_a_load_balancer() {
    for (behaviour, status) in
        [(GOOD, RolloutStatus::Successful), (ImageBehaviour::NeverHealthy, RolloutStatus::RollbackSuccessful)]
    {
        let scenario = Scenario::steady(private(1)).await;
        scenario.account.push_image("app:2", behaviour);
        let check = json!({"healthCheck": {"command": ["CMD", "true"]}});
        let content = containers(&[("app", "app:2", check)]);
        let arn = scenario.account.register_task_definition(&content, &[].into()).await.expect("registered");
        scenario.update(Some(arn), crate::scenario::update(json!({}))).await.expect("accepted");
        assert_eq!(scenario.ended().await.status, status);
        let tasks = scenario.tasks().await;
        let failed =
            tasks.iter().any(|task| task.stopped_reason.as_deref() == Some("Task failed container health checks"));
        assert_eq!(failed, status != RolloutStatus::Successful);
    }
}
