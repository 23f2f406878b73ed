//! Tasks that run before services: once for each version, whoever is killed on the way.

use std::time::Duration;

use ops_engine::cloud::CloudErrorKind;
use ops_model::outcome::Outcome;
use ops_model::ownership::{FAILED_TAG, SUCCEEDED_TAG};
use ops_model::plan::{Kind, TaskStanding};
use ops_sim::{ImageBehaviour, Operation, Write};
use tokio_util::sync::CancellationToken;

use crate::fixture::{CLUSTER, Declared, Fixture, MIGRATES, log, migrations, outcome, outcomes};

const DECLARED: Declared<'_> = Declared {
    build: 'a',
    count: 2,
    timeout_seconds: 900,
    grace_seconds: 30,
    services: &["api", "worker"],
    port: 8080,
    migrate: true,
    api: "",
    deployment: "",
    worker_deployment: "",
    tasks: "",
    lock_days: None,
    scenarios: "",
    gates: "",
};

fn fixture() -> Fixture {
    let mut fixture = Fixture::new();
    fixture.declare(DECLARED);
    for build in ['a', 'b'] {
        fixture.account.write_log(&migrations(build), Duration::from_secs(1), "creating table users");
        fixture.account.write_log(&migrations(build), Duration::from_secs(10), "creating table orders");
    }
    fixture
}

fn runs(fixture: &Fixture) -> usize {
    fixture.account.container_writes().iter().filter(|write| matches!(write, Write::RunTask { .. })).count()
}

async fn newest_tags(fixture: &Fixture) -> std::collections::BTreeMap<String, String> {
    let newest = fixture.cloud().containers.newest_task_definition("slipway-dev-migrate").await;
    newest.expect("readable").expect("registered").tags
}

#[tokio::test(start_paused = true)]
async fn a_migration_runs_once_for_each_build_and_before_the_service() {
    let mut fixture = fixture();
    let (record, events) = fixture.reconcile_and_listen().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    let migrated = outcome(&record, Kind::Task, "migrate");
    assert_eq!(newest_tags(&fixture).await.get(SUCCEEDED_TAG), migrated.rollout.as_ref());
    assert_eq!(log(&events), ["creating table users", "creating table orders"], "each line once, in order");
    let writes = fixture.writes_since(0);
    let place = |what: &str| writes.find(what).unwrap_or_else(|| panic!("no {what}: {writes}"));
    assert!(place("RunTask") < place("CreateService api"), "{writes}");
    let plan = fixture.plan().await;
    assert!(plan.in_sync(), "{plan:?}");
    assert_eq!(plan.tasks["migrate"], TaskStanding::InSync);

    // What changes nothing in it does not run it again.
    fixture.declare(Declared { count: 3, ..DECLARED });
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_eq!(runs(&fixture), 1);

    fixture.declare(Declared { build: 'b', ..DECLARED });
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_eq!(runs(&fixture), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_migration_stops_what_comes_after_it_and_runs_anew_only_with_the_next_reconcile() {
    let mut fixture = fixture();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    let fails = ImageBehaviour::Exits { exit_code: 7, after: Duration::from_secs(20) };
    fixture.account.push_image(&migrations('b'), fails);
    fixture.declare(Declared { build: 'b', ..DECLARED });
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Failed);
    let migrated = outcome(&record, Kind::Task, "migrate");
    assert_eq!(migrated.reason.as_deref(), Some("container migrate exited with 7"));
    assert_eq!(migrated.evidence.tasks.len(), 1);
    let last: Vec<_> = migrated.evidence.log.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(last, ["creating table users", "creating table orders"]);
    assert_eq!(outcomes(&record), [("api", Outcome::NotStarted), ("worker", Outcome::NotStarted)]);
    let writes = fixture.writes_since(seen);
    assert_eq!(writes.matches("RunTask").count(), 1, "{writes}");
    assert!(!writes.contains("UpdateService"), "what serves goes on serving: {writes}");
    assert_eq!(newest_tags(&fixture).await.get(FAILED_TAG), migrated.rollout.as_ref());

    fixture.account.push_image(&migrations('b'), MIGRATES);
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert_eq!(runs(&fixture), 3);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_ecs_has_forgotten_is_not_taken_for_the_next_attempt() {
    let fixture = fixture();
    let fails = ImageBehaviour::Exits { exit_code: 1, after: Duration::from_secs(20) };
    fixture.account.push_image(&migrations('a'), fails);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Failed);
    tokio::time::sleep(Duration::from_secs(3 * 3600)).await;
    fixture.account.push_image(&migrations('a'), MIGRATES);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_eq!(runs(&fixture), 2);
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_reconcile_leaves_the_migration_running_and_the_next_one_adopts_it() {
    let fixture = fixture();
    let cancelled = CancellationToken::new();
    let interrupt = async {
        tokio::time::sleep(Duration::from_secs(15)).await;
        cancelled.cancel();
    };
    let (record, ()) = tokio::join!(fixture.try_reconcile(fixture.request(), cancelled.clone()), interrupt);
    let record = record.expect("a verdict");
    assert_eq!(outcome(&record, Kind::Task, "migrate").outcome, Outcome::Interrupted, "{record:?}");

    let (record, events) = fixture.reconcile_and_listen().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert_eq!(runs(&fixture), 1, "it was adopted");
    assert_eq!(log(&events), ["creating table users", "creating table orders"], "also what it wrote before");
}

#[tokio::test(start_paused = true)]
async fn a_migration_that_ended_while_nobody_looked_is_not_run_again() {
    let fixture = fixture();
    let cancelled = CancellationToken::new();
    let interrupt = async {
        tokio::time::sleep(Duration::from_secs(15)).await;
        cancelled.cancel();
    };
    let _ = tokio::join!(fixture.try_reconcile(fixture.request(), cancelled.clone()), interrupt);
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_eq!(runs(&fixture), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_does_not_run_it_twice() {
    let fixture = fixture();
    fixture.account.faults().lose_answer(Operation::RunTask, 2);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    let tasks = fixture.cloud().containers.tasks_started_by(CLUSTER, "slipway/dev/migrate").await.expect("readable");
    assert_eq!(tasks.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_takes_too_long_is_stopped() {
    let fixture = fixture();
    fixture.account.push_image(&migrations('a'), ImageBehaviour::NeverHealthy);
    let record = fixture.reconcile().await;
    let migrated = outcome(&record, Kind::Task, "migrate");
    assert_eq!(migrated.outcome, Outcome::Failed);
    assert!(migrated.reason.as_deref().is_some_and(|reason| reason.contains("after 120 seconds")), "{migrated:?}");
    assert_eq!(migrated.evidence.tasks[0].last_status, "STOPPED", "{migrated:?}");
    assert!(!newest_tags(&fixture).await.contains_key(SUCCEEDED_TAG), "it obeyed with exit code 0");
    assert_eq!(outcomes(&record), [("api", Outcome::NotStarted), ("worker", Outcome::NotStarted)]);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_never_starts_says_why() {
    let fixture = fixture();
    fixture.account.push_image(&migrations('a'), ImageBehaviour::CannotBePulled);
    let record = fixture.reconcile().await;
    let migrated = outcome(&record, Kind::Task, "migrate");
    assert_eq!(migrated.outcome, Outcome::Failed);
    assert!(migrated.reason.as_deref().is_some_and(|reason| reason.contains("CannotPullContainer")), "{migrated:?}");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_cannot_be_placed_says_why() {
    let fixture = fixture();
    let no_room = CloudErrorKind::Refused { code: Some("RESOURCE:ENI".to_owned()) };
    fixture.account.faults().fail(Operation::RunTask, no_room, 1);
    let record = fixture.reconcile().await;
    let migrated = outcome(&record, Kind::Task, "migrate");
    assert_eq!((migrated.outcome, &migrated.rollout), (Outcome::Failed, &None));
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn a_log_that_may_not_be_read_stops_nothing() {
    let fixture = fixture();
    fixture.account.faults().fail(Operation::FilterLogEvents, CloudErrorKind::AccessDenied, 1000);
    let (record, events) = fixture.reconcile_and_listen().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert!(log(&events).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_task_and_its_schedule_share_one_revision() {
    let mut fixture = fixture();
    let tasks = "both: { artifact: migrations, cpu: 256, memory: 512, before: [api], schedule: { at: rate(1 day) } }";
    fixture.declare(Declared { migrate: false, tasks, ..DECLARED });
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    let writes = fixture.writes_since(0);
    assert_eq!(writes.matches("RegisterTaskDefinition slipway-dev-both").count(), 1, "{writes}");
    assert!(fixture.plan().await.in_sync());
}
