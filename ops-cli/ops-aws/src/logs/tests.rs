use serde_json::json;

use super::*;
use crate::wire::{Sent, Wire, refusal};

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[tokio::test]
async fn a_page_of_lines_is_asked_for_by_whole_milliseconds() {
    let wire = Wire::succeeding(&json!({"nextToken": "more", "events": [
        {"eventId": "1", "timestamp": 1_700_000_000_500_i64, "logStreamName": "api/app/0123", "message": "up"},
        {"eventId": "2", "timestamp": 1_700_000_001_000_i64, "logStreamName": "by-hand", "message": ""},
    ]}));
    let query = LogQuery {
        group: "/slipway/dev".to_owned(),
        stream_prefix: Some("api/".to_owned()),
        since: moment("2023-11-14T22:13:20.0005Z"),
        until: Some(moment("2023-11-14T22:13:21Z")),
        pattern: Some("up".to_owned()),
    };
    let page = wire.cloud().logs.lines(&query, Some("page")).await.expect("lines");
    assert_eq!(page.next.as_deref(), Some("more"));
    let line = |at: &str, task: &str, container: &str, text: &str| LogLine {
        at: moment(at),
        task: task.to_owned(),
        container: container.to_owned(),
        text: text.to_owned(),
    };
    let expected = [
        ("1", line("2023-11-14T22:13:20.5Z", "0123", "app", "up")),
        ("2", line("2023-11-14T22:13:21Z", "by-hand", "", "")),
    ];
    assert_eq!(page.lines, expected.map(|(id, line)| IdentifiedLine { id: id.to_owned(), line }));
    let body = json!({
        "logGroupName": "/slipway/dev", "logStreamNamePrefix": "api/", "startTime": 1_700_000_000_001_i64,
        "endTime": 1_700_000_000_999_i64, "filterPattern": "up", "nextToken": "page",
    });
    assert_eq!(wire.sent(), [Sent::new("FilterLogEvents", body)]);
}

fn stream() -> LogStream {
    let [group, prefix, container, task] = ["/slipway/dev", "api", "app", "0123"].map(str::to_owned);
    LogStream { group, prefix, container, task }
}

#[tokio::test]
async fn the_last_lines_are_looked_for_behind_empty_pages() {
    let wire = Wire::answering(|sent| {
        let events = match sent.body["nextToken"].as_str() {
            None => json!([]),
            _ => json!([{"timestamp": 1000, "message": "last words"}]),
        };
        (200, json!({"events": events, "nextBackwardToken": "b"}).to_string())
    });
    let lines = wire.cloud().logs.last_lines(&stream(), 20).await.expect("lines");
    assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["last words"]);
    let sent = &wire.sent()[0].body;
    assert_eq!(
        (&sent["logStreamName"], &sent["limit"], &sent["startFromHead"]),
        (&json!("api/app/0123"), &json!(20), &json!(false))
    );
    assert_eq!(wire.cloud().logs.last_lines(&stream(), 0).await.expect("none"), []);
}

#[tokio::test]
async fn a_stream_that_says_nothing_or_is_not_there_has_no_lines() {
    let empty = Wire::succeeding(&json!({"events": [], "nextBackwardToken": "b"}));
    assert_eq!(empty.cloud().logs.last_lines(&stream(), 20).await.expect("none"), []);
    assert_eq!(empty.sent().len(), 2, "the same token again is the end");
    let missing = Wire::answering(|_| refusal("ResourceNotFoundException", "No such stream."));
    assert_eq!(missing.cloud().logs.last_lines(&stream(), 20).await.expect("none"), []);
}

#[tokio::test]
async fn a_group_is_there_only_by_its_whole_name() {
    let wire = Wire::succeeding(&json!({"logGroups": [{"logGroupName": "/slipway/dev-2"}]}));
    let logs = wire.cloud().logs;
    assert!(!logs.group_exists("/slipway/dev").await.expect("an answer"));
    assert!(logs.group_exists("/slipway/dev-2").await.expect("an answer"));
}
