//! Records that nobody can take back.

use jiff::{SignedDuration, Timestamp};
use ops_engine::cloud::CloudErrorKind;
use ops_model::outcome::Outcome;
use ops_model::plan::Gate;
use ops_model::record::Record;
use ops_sim::Write;

use crate::fixture::{BUCKET, Declared, Fixture};

/// Until when a record was locked as it was written.
fn locked_until(fixture: &Fixture, record: &Record) -> Option<Timestamp> {
    let writes = fixture.account.writes();
    let locks: Vec<_> = writes
        .iter()
        .filter_map(|write| match write {
            Write::PutObject { key, locked_until, .. } if *key == record.key() => Some(*locked_until),
            _ => None,
        })
        .collect();
    assert_eq!(locks.len(), 1, "a record is written once");
    locks[0]
}

#[tokio::test(start_paused = true)]
async fn records_are_locked_for_the_declared_days() {
    let mut fixture = Fixture::new();
    fixture.declare(Declared { lock_days: Some(365), ..Declared::default() });
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded);
    let until = record.finished_at + SignedDuration::from_hours(365 * 24);
    assert_eq!(locked_until(&fixture, &record), Some(until));

    let objects = fixture.cloud().objects;
    let stored = objects.get(BUCKET, &record.key()).await.expect("readable").expect("the record");
    let deleted = objects.delete(BUCKET, &record.key(), &stored.entity_tag).await;
    assert_eq!(deleted.expect_err("locked").kind, CloudErrorKind::AccessDenied);
    assert_eq!(fixture.records().await, [record]);
}

#[tokio::test(start_paused = true)]
async fn nothing_but_records_is_locked() {
    let mut fixture = Fixture::new();
    fixture.declare(Declared { lock_days: Some(1), ..Declared::default() });
    fixture.reconcile().await;
    let second = fixture.reconcile().await;
    assert_eq!(second.outcome, Outcome::InSync, "the lease is taken again and again");
    let locked = fixture.account.writes().into_iter().filter_map(|write| match write {
        Write::PutObject { key, locked_until: Some(_), .. } => Some(key),
        _ => None,
    });
    assert!(locked.into_iter().all(|key| key.starts_with("records/")));
}

#[tokio::test(start_paused = true)]
async fn records_are_not_locked_unless_declared() {
    let fixture = Fixture::new();
    let record = fixture.reconcile().await;
    assert_eq!(locked_until(&fixture, &record), None);
}

#[tokio::test(start_paused = true)]
async fn a_record_is_kept_while_terraform_has_not_made_the_lock() {
    let mut fixture = Fixture::new();
    fixture.declaration = Declared { lock_days: Some(365), ..Declared::default() }.read();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held);
    assert!(
        matches!(record.gates.as_slice(), [Gate::TerraformBehind { paths }] if paths == &["records"]),
        "{:?}",
        record.gates
    );
    assert_eq!(locked_until(&fixture, &record), None);
    assert_eq!(fixture.records().await, [record]);
}

#[tokio::test(start_paused = true)]
async fn the_longest_lock_is_a_century() {
    let mut fixture = Fixture::new();
    fixture.declare(Declared { lock_days: Some(36500), ..Declared::default() });
    let record = fixture.reconcile().await;
    assert_eq!(locked_until(&fixture, &record), Some(record.finished_at + SignedDuration::from_hours(36500 * 24)));
}
