//! What containers write.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ops_engine::cloud::{LogQuery, LogStream, RunTask};
use ops_model::plan::RunSettings;
use serde_json::json;

use crate::fixture::{CLUSTER, Fixture, document, network, running, until};

const GROUP: &str = "/slipway/test/report";

#[tokio::test]
async fn lines_of_a_task_are_read_by_group_and_by_stream() {
    let fixture = Fixture::with_cluster().await;
    let logs = &fixture.cloud.logs;
    assert!(!logs.group_exists(GROUP).await.expect("an answer"));
    let content = running("report", &fixture.image(&[("log", "last words"), ("exit-code", "0")]), "1");
    let containers = &fixture.cloud.containers;
    let task_definition = containers.register_task_definition(&content, &BTreeMap::new()).await.expect("registered");
    let request = RunTask {
        cluster: CLUSTER.to_owned(),
        task_definition,
        settings: RunSettings(document(json!({"launchType": "FARGATE", "networkConfiguration": network("sg-a")}))),
        command: None,
        tags: BTreeMap::new(),
        started_by: "test".to_owned(),
        client_token: "token".to_owned(),
    };
    let arn = containers.run_task(&request).await.expect("started");
    let task = arn.rsplit('/').next().expect("an id").to_owned();
    let stream = LogStream {
        group: GROUP.to_owned(),
        prefix: "report".to_owned(),
        container: "report".to_owned(),
        task: task.clone(),
    };
    let lines = until("lines", || async {
        let lines = logs.last_lines(&stream, 10).await?;
        Ok((!lines.is_empty()).then_some(lines))
    })
    .await;
    assert_eq!((lines[0].text.as_str(), lines[0].task.as_str()), ("last words", task.as_str()));
    assert!(logs.group_exists(GROUP).await.expect("an answer"));

    let query = LogQuery {
        group: GROUP.to_owned(),
        stream_prefix: Some("report/".to_owned()),
        since: Timestamp::UNIX_EPOCH,
        until: None,
        pattern: None,
    };
    let page = logs.lines(&query, None).await.expect("a page");
    assert_eq!(page.lines.iter().map(|line| &line.line).collect::<Vec<_>>(), lines.iter().collect::<Vec<_>>());
    let before = LogQuery { until: Some(lines[0].at), ..query.clone() };
    assert_eq!(logs.lines(&before, None).await.expect("a page").lines, [], "the end is exclusive");
    let nowhere = LogQuery { group: "/nowhere".to_owned(), ..query };
    assert!(logs.lines(&nowhere, None).await.expect_err("no such group").is_not_found());
    let nothing = LogStream { task: "0".to_owned(), ..stream };
    assert_eq!(logs.last_lines(&nothing, 10).await.expect("none"), []);
}
