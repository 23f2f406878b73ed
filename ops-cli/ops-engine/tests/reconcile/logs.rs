//! The logs of services and tasks.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ops_engine::clock::Clock as _;
use ops_engine::logs::{LogRequest, LogsError, logs};
use ops_sim::Operation;
use tokio_util::sync::CancellationToken;

use crate::fixture::{Fixture, image};

fn request(names: &[&str], since: Timestamp) -> LogRequest {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    LogRequest { names, since, until: None, pattern: None, follow: false }
}

async fn read(fixture: &Fixture, request: &LogRequest) -> Result<Vec<String>, LogsError> {
    let lines = RefCell::new(Vec::new());
    let show = |line: ops_model::outcome::LogLine| {
        lines.borrow_mut().push((line.at, line.text));
        ControlFlow::Continue(())
    };
    let clock = fixture.account.clock();
    let environment = &fixture.declaration.environment;
    logs(&fixture.cloud(), &clock, environment, request, show, &CancellationToken::new()).await?;
    let lines = lines.into_inner();
    assert!(lines.is_sorted_by_key(|(at, _)| *at), "interleaved by time: {lines:?}");
    Ok(lines.into_iter().map(|(_, text)| text).collect())
}

/// Two services with two tasks each, which all write the same two hundred lines.
async fn talkative() -> Fixture {
    let fixture = Fixture::new();
    for number in 0..200 {
        fixture.account.write_log(&image('a'), Duration::from_millis(100 * number), &format!("line {number}"));
    }
    assert!(fixture.reconcile().await.outcome.is_success());
    fixture
}

#[tokio::test(start_paused = true)]
async fn lines_of_all_tasks_come_in_the_order_of_their_times_page_by_page() {
    let fixture = talkative().await;
    assert_eq!(read(&fixture, &request(&["api"], Timestamp::UNIX_EPOCH)).await.expect("readable").len(), 400);
    assert_eq!(read(&fixture, &request(&[], Timestamp::UNIX_EPOCH)).await.expect("readable").len(), 800);
}

#[tokio::test(start_paused = true)]
async fn bounds_and_patterns_are_heeded() {
    let fixture = talkative().await;
    let all = Timestamp::UNIX_EPOCH;
    let some = LogRequest { pattern: Some("199".to_owned()), ..request(&["api"], all) };
    assert_eq!(read(&fixture, &some).await.expect("readable"), ["line 199", "line 199"]);
    let none = LogRequest { until: Some(fixture.account.clock().now() - SignedDuration::from_hours(24)), ..some };
    assert!(read(&fixture, &none).await.expect("readable").is_empty());
    assert!(read(&fixture, &request(&["api"], fixture.account.clock().now())).await.expect("readable").is_empty());
}

#[tokio::test(start_paused = true)]
async fn following_shows_each_line_once_however_late_it_is() {
    let fixture = Fixture::new();
    for number in 0..200 {
        fixture.account.write_log(&image('a'), Duration::from_millis(300 * number), &format!("line {number}"));
    }
    fixture.account.faults().delay_logs(Duration::from_secs(30));
    let cancelled = CancellationToken::new();
    let lines = RefCell::new(Vec::new());
    let show = |line: ops_model::outcome::LogLine| {
        lines.borrow_mut().push(format!("{} {}", line.task, line.text));
        ControlFlow::Continue(())
    };
    let (clock, cloud) = (fixture.account.clock(), fixture.cloud());
    let follow = LogRequest { follow: true, ..request(&["api"], clock.now()) };
    let environment = &fixture.declaration.environment;
    let deploy = async {
        fixture.account.faults().throttle(Operation::FilterLogEvents, 5);
        assert!(fixture.reconcile().await.outcome.is_success());
        tokio::time::sleep(Duration::from_secs(120)).await;
        cancelled.cancel();
    };
    let (followed, ()) = tokio::join!(logs(&cloud, &clock, environment, &follow, show, &cancelled), deploy);
    followed.expect("readable");
    let mut lines = lines.into_inner();
    assert_eq!(lines.len(), 400);
    lines.sort();
    lines.dedup();
    assert_eq!(lines.len(), 400, "no line twice");
}

#[tokio::test(start_paused = true)]
async fn whoever_has_enough_ends_it() {
    let fixture = talkative().await;
    let seen = RefCell::new(0);
    let show = |_| {
        *seen.borrow_mut() += 1;
        ControlFlow::Break(())
    };
    let clock = fixture.account.clock();
    for follow in [false, true] {
        let request = LogRequest { follow, ..request(&[], Timestamp::UNIX_EPOCH) };
        let environment = &fixture.declaration.environment;
        logs(&fixture.cloud(), &clock, environment, &request, show, &CancellationToken::new()).await.expect("readable");
    }
    assert_eq!(seen.into_inner(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_not_declared_is_said_to_be_so() {
    let fixture = Fixture::deployed().await;
    let error = read(&fixture, &request(&["web"], Timestamp::UNIX_EPOCH)).await.expect_err("no such service");
    assert!(matches!(error, LogsError::NoSuchName { .. }), "{error}");
}
