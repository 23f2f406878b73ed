//! Tasks that run to their end.

use std::collections::BTreeMap;

use ops_engine::cloud::{CloudErrorKind, ContainerCommand, RunTask};
use ops_model::observation::ObservedTask;
use ops_model::plan::RunSettings;
use serde_json::json;

use crate::fixture::{CLUSTER, Fixture, document, network, running, until};
use crate::services::tags;

const STARTED_BY: &str = "slipway/test/migrate";

async fn run(fixture: &Fixture, image: &str) -> RunTask {
    let content = running("migrate", image, "1");
    let task_definition =
        fixture.cloud.containers.register_task_definition(&content, &BTreeMap::new()).await.expect("registered");
    RunTask {
        cluster: CLUSTER.to_owned(),
        task_definition,
        settings: RunSettings(document(json!({
            "launchType": "FARGATE", "networkConfiguration": network("sg-a"), "propagateTags": "TASK_DEFINITION",
        }))),
        command: Some(ContainerCommand {
            container: "migrate".to_owned(),
            command: vec!["app".to_owned(), "up".to_owned()],
        }),
        tags: tags(),
        started_by: STARTED_BY.to_owned(),
        client_token: "token".to_owned(),
    }
}

async fn stopped(fixture: &Fixture, arn: &str) -> ObservedTask {
    until("the task to stop", || async {
        let task = fixture.cloud.containers.task(CLUSTER, arn).await?;
        Ok(task.filter(|task| task.last_status == "STOPPED"))
    })
    .await
}

#[tokio::test]
async fn a_task_runs_once_for_each_token_and_tells_its_exit_code() {
    let fixture = Fixture::with_cluster().await;
    let containers = &fixture.cloud.containers;
    let request = run(&fixture, &fixture.image(&[("exit-code", "3"), ("run-seconds", "1")])).await;
    let arn = containers.run_task(&request).await.expect("started");
    assert_eq!(containers.run_task(&request).await.expect("the same"), arn);
    let task = stopped(&fixture, &arn).await;
    assert_eq!(task.containers[0].exit_code, Some(3), "{task:?}");
    let started: Vec<_> = containers
        .tasks_started_by(CLUSTER, STARTED_BY)
        .await
        .expect("tasks")
        .into_iter()
        .map(|task| task.arn)
        .collect();
    assert_eq!(started, std::slice::from_ref(&arn));
    assert_eq!(containers.tasks_started_by(CLUSTER, "somebody").await.expect("none"), []);
    containers.stop_task(CLUSTER, &arn, "again").await.expect("it is stopped");

    let other = RunTask { command: None, ..request };
    let error = containers.run_task(&other).await.expect_err("the token is taken");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("ConflictException".to_owned()) });
    assert!(error.message.contains(&arn), "{error}");
}

#[tokio::test]
async fn a_task_that_takes_too_long_is_stopped() {
    let fixture = Fixture::with_cluster().await;
    let request = run(&fixture, &fixture.image(&[])).await;
    let arn = fixture.cloud.containers.run_task(&request).await.expect("started");
    fixture.cloud.containers.stop_task(CLUSTER, &arn, "it took too long").await.expect("stopped");
    let task = stopped(&fixture, &arn).await;
    assert_eq!(task.stopped_reason.as_deref(), Some("it took too long"), "{task:?}");
    assert_eq!(fixture.cloud.containers.task(CLUSTER, &format!("{arn}0")).await.expect("an answer"), None);
}

#[tokio::test]
async fn a_task_that_cannot_be_placed_is_an_error_that_says_why() {
    let fixture = Fixture::with_cluster().await;
    let request = run(&fixture, &fixture.image(&[("run-failure", "RESOURCE:MEMORY")])).await;
    let error = fixture.cloud.containers.run_task(&request).await.expect_err("not placed");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("RESOURCE:MEMORY".to_owned()) });
}
