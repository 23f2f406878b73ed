//! Logs of containers.

use jiff::SignedDuration;
use ops_engine::cloud::{Containers as _, LogQuery, LogStream, Logs as _};
use ops_model::rollout::RolloutStatus;
use ops_sim::{EPOCH, ImageBehaviour};
use serde_json::json;

use crate::scenario::{CLUSTER, GOOD, SERVICE, Scenario, content, private, seconds, update};

const GROUP: &str = "/slipway/dev/api";

/// A service whose tasks run this image and write to the group.
async fn running(image: &str, behaviour: ImageBehaviour) -> Scenario {
    let scenario = Scenario::steady(private(1)).await;
    scenario.account.push_image(image, behaviour);
    roll_out(&scenario, image).await;
    scenario
}

async fn roll_out(scenario: &Scenario, image: &str) {
    let mut content = content(image);
    let options = json!({"awslogs-group": GROUP, "awslogs-stream-prefix": "ops"});
    content.0["containerDefinitions"][0]["logConfiguration"] = json!({"logDriver": "awslogs", "options": options});
    let arn = scenario.account.register_task_definition(&content, &[].into()).await.expect("registered");
    scenario.update(Some(arn), update(json!({}))).await.expect("accepted");
}

fn everything() -> LogQuery {
    LogQuery { group: GROUP.to_owned(), stream_prefix: None, since: EPOCH, until: None, pattern: None }
}

async fn texts(scenario: &Scenario, query: &LogQuery) -> Vec<String> {
    let page = scenario.account.lines(query, None).await.expect("read");
    page.lines.into_iter().map(|line| line.line.text).collect()
}

#[tokio::test(start_paused = true)]
async fn containers_write_lines_when_their_moment_has_come() {
    let scenario = Scenario::steady(private(1)).await;
    scenario.account.create_log_group(GROUP);
    scenario.account.push_image("app:2", GOOD);
    scenario.account.write_log("app:2", seconds(1), "started");
    scenario.account.write_log("app:2", seconds(100), "still here");
    roll_out(&scenario, "app:2").await;
    scenario.ended().await;
    assert_eq!(texts(&scenario, &everything()).await, ["started"]);
    scenario.account.faults().delay_logs(seconds(60));
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(texts(&scenario, &everything()).await, ["started"]);
    scenario.account.faults().delay_logs(seconds(0));
    assert_eq!(texts(&scenario, &everything()).await, ["started", "still here"]);

    let page = scenario.account.lines(&everything(), None).await.expect("read");
    let line = page.lines[0].line.clone();
    assert_eq!((line.container.as_str(), page.next), ("app", None));
    let task = scenario.tasks().await.into_iter().find(|task| task.last_status == "RUNNING").expect("one runs");
    assert!(task.arn.ends_with(&line.task));
    let stream = LogStream {
        group: GROUP.to_owned(),
        prefix: "ops".to_owned(),
        container: "app".to_owned(),
        task: line.task.clone(),
    };
    let last = scenario.account.last_lines(&stream, 1).await.expect("read");
    assert_eq!(last.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["still here"]);
    let nobody = LogStream { task: "nobody".to_owned(), ..stream };
    assert!(scenario.account.last_lines(&nobody, 1).await.expect("read").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_container_writes_nothing_after_its_end() {
    let scenario = Scenario::steady(private(1)).await;
    scenario.account.create_log_group(GROUP);
    scenario.account.push_image("app:2", ImageBehaviour::Exits { exit_code: 1, after: seconds(2) });
    scenario.account.write_log("app:2", seconds(2), "panicked");
    scenario.account.write_log("app:2", seconds(3), "never");
    roll_out(&scenario, "app:2").await;
    assert_eq!(scenario.ended().await.status, RolloutStatus::RollbackSuccessful);
    assert_eq!(texts(&scenario, &everything()).await, ["panicked"; 3]);

    scenario.account.push_image("app:3", GOOD);
    scenario.account.write_log("app:3", seconds(300), "never");
    roll_out(&scenario, "app:3").await;
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
    scenario.account.by_hand(CLUSTER).delete_service(SERVICE).expect("deleted");
    tokio::time::sleep(seconds(600)).await;
    assert_eq!(texts(&scenario, &everything()).await, ["panicked"; 3]);
}

#[tokio::test(start_paused = true)]
async fn lines_are_chosen_by_moment_stream_and_pattern_and_come_in_pages() {
    let scenario = Scenario::steady(private(1)).await;
    scenario.account.create_log_group(GROUP);
    scenario.account.push_image("app:2", GOOD);
    for number in 0..250 {
        let kind = if number % 2 == 0 { "even" } else { "odd" };
        scenario.account.write_log("app:2", seconds(number / 10), &format!("line {number} is {kind}"));
    }
    roll_out(&scenario, "app:2").await;
    scenario.ended().await;
    let (mut read, mut page) = (Vec::new(), None);
    loop {
        let answer = scenario.account.lines(&everything(), page.as_deref()).await.expect("read");
        read.extend(answer.lines);
        page = answer.next;
        if page.is_none() {
            break;
        }
    }
    assert_eq!(read.len(), 250);
    assert!(read.is_sorted_by(|one, other| one.line.at <= other.line.at && one.id != other.id));

    let first = read[0].line.at;
    let since = LogQuery { since: first + SignedDuration::from_secs(24), ..everything() };
    assert_eq!(texts(&scenario, &since).await.len(), 10);
    let until = LogQuery { until: Some(first + SignedDuration::from_secs(1)), ..everything() };
    assert_eq!(texts(&scenario, &until).await.len(), 10);
    let stream = |prefix: &str| LogQuery { stream_prefix: Some(prefix.to_owned()), ..since.clone() };
    assert_eq!(texts(&scenario, &stream("ops/app/")).await.len(), 10);
    assert!(texts(&scenario, &stream("ops/sidecar/")).await.is_empty());
    for (pattern, number) in
        [("odd", 5), ("-odd", 5), ("\"is odd\"", 5), ("?odd ?even", 10), ("line -249", 9), ("\"odd is\"", 0)]
    {
        let query = LogQuery { pattern: Some(pattern.to_owned()), ..since.clone() };
        assert_eq!(texts(&scenario, &query).await.len(), number, "{pattern}");
    }
    let json = LogQuery { pattern: Some("{ $.level = \"error\" }".to_owned()), ..everything() };
    scenario.account.lines(&json, None).await.expect_err("not simulated, so not ignored");
}

#[tokio::test(start_paused = true)]
async fn without_its_log_group_a_task_does_not_start() {
    let scenario = running("app:2", GOOD).await;
    assert!(!scenario.account.group_exists(GROUP).await.expect("asked"));
    assert!(scenario.account.lines(&everything(), None).await.expect_err("no group").is_not_found());
    assert_eq!(scenario.ended().await.status, RolloutStatus::RollbackSuccessful);
    let tasks = scenario.tasks().await;
    let reasons = tasks.iter().filter_map(|task| task.stopped_reason.as_deref());
    assert_eq!(reasons.filter(|reason| reason.contains(&format!("The log group {GROUP} does not exist"))).count(), 3);
    scenario.account.create_log_group(GROUP);
    assert!(scenario.account.group_exists(GROUP).await.expect("asked"));
}
