//! Objects and conditional writes.

use std::time::Duration;

use jiff::SignedDuration;
use ops_engine::clock::Clock as _;
use ops_engine::cloud::{CloudErrorKind, Objects as _, WriteCondition};
use ops_sim::SimulatedAccount;

const BUCKET: &str = "slipway-dev-ops";

fn account() -> SimulatedAccount {
    let account = SimulatedAccount::new();
    account.create_bucket(BUCKET);
    account
}

fn unchanged(entity_tag: &str) -> WriteCondition {
    WriteCondition::Unchanged { entity_tag: entity_tag.to_owned() }
}

#[tokio::test(start_paused = true)]
async fn what_was_put_is_got_at_once() {
    let account = account();
    assert_eq!(account.get(BUCKET, "lease").await.expect("asked"), None);
    let tag = account.put(BUCKET, "lease", b"one".to_vec(), WriteCondition::Absent).await.expect("put");
    let object = account.get(BUCKET, "lease").await.expect("asked").expect("there");
    assert_eq!((object.body, object.entity_tag), (b"one".to_vec(), tag));
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_does_not_hold_changes_nothing() {
    let account = account();
    let one = account.put(BUCKET, "lease", b"one".to_vec(), WriteCondition::Absent).await.expect("put");
    let taken = account.put(BUCKET, "lease", b"two".to_vec(), WriteCondition::Absent).await;
    assert!(taken.expect_err("taken").is_condition_failed());
    let two = account.put(BUCKET, "lease", b"two".to_vec(), unchanged(&one)).await.expect("still one");
    assert_ne!(one, two);
    let stale = account.put(BUCKET, "lease", b"three".to_vec(), unchanged(&one)).await;
    assert!(stale.expect_err("stale").is_condition_failed());
    let missing = account.put(BUCKET, "other", b"one".to_vec(), unchanged(&one)).await;
    assert!(missing.expect_err("missing").is_condition_failed());
    assert!(account.delete(BUCKET, "lease", &one).await.expect_err("stale").is_condition_failed());

    assert_eq!(account.get(BUCKET, "lease").await.expect("asked").expect("there").body, b"two");
    assert_eq!(account.writes().len(), 2);
    account.delete(BUCKET, "lease", &two).await.expect("deleted");
    account.delete(BUCKET, "lease", &two).await.expect("already gone");
    assert_eq!(account.get(BUCKET, "lease").await.expect("asked"), None);
}

#[tokio::test(start_paused = true)]
async fn the_same_body_has_the_same_entity_tag() {
    let account = account();
    let one = account.put(BUCKET, "a", b"same".to_vec(), WriteCondition::Absent).await.expect("put");
    let other = account.put(BUCKET, "b", b"same".to_vec(), WriteCondition::Absent).await.expect("put");
    assert_eq!(one, other);
}

#[tokio::test(start_paused = true)]
async fn of_two_that_write_at_once_one_wins() {
    let account = account();
    let (one, other) = tokio::join!(
        account.put(BUCKET, "lease", b"one".to_vec(), WriteCondition::Absent),
        account.put(BUCKET, "lease", b"other".to_vec(), WriteCondition::Absent),
    );
    assert_ne!(one.is_ok(), other.is_ok());
}

#[tokio::test(start_paused = true)]
async fn keys_are_listed_in_order_under_their_prefix() {
    let account = account();
    for key in ["records/2", "records/10", "lease", "records/1"] {
        account.put(BUCKET, key, Vec::new(), WriteCondition::Absent).await.expect("put");
    }
    assert_eq!(account.list(BUCKET, "records/").await.expect("listed"), ["records/1", "records/10", "records/2"]);
    assert!(account.list(BUCKET, "none/").await.expect("listed").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_is_not_there_is_an_error() {
    let account = SimulatedAccount::new();
    assert!(account.get("none", "key").await.expect_err("no bucket").is_not_found());
    assert!(account.list("none", "").await.expect_err("no bucket").is_not_found());
    assert!(account.delete("none", "key", "tag").await.expect_err("no bucket").is_not_found());
    let put = account.put("none", "key", Vec::new(), WriteCondition::Absent).await;
    assert!(put.expect_err("no bucket").is_not_found());
}

#[tokio::test(start_paused = true)]
async fn a_locked_object_stays_as_it_is_until_its_lock_ends() {
    let account = account();
    let until = account.clock().now() + SignedDuration::from_hours(24);
    let refused = account.put_locked(BUCKET, "records/1", b"one".to_vec(), until).await;
    let refused = refused.expect_err("the bucket has no Object Lock");
    assert_eq!(refused.kind, CloudErrorKind::Refused { code: Some("InvalidRequest".to_owned()) });

    account.enable_object_lock(BUCKET);
    let tag = account.put_locked(BUCKET, "records/1", b"one".to_vec(), until).await.expect("put");
    let again = account.put_locked(BUCKET, "records/1", b"two".to_vec(), until).await.expect_err("taken");
    assert!(again.is_condition_failed());
    tokio::time::sleep(Duration::from_secs(24 * 3600 - 10)).await;
    let overwritten = account.put(BUCKET, "records/1", b"two".to_vec(), unchanged(&tag)).await;
    assert_eq!(overwritten.expect_err("locked").kind, CloudErrorKind::AccessDenied);
    let deleted = account.delete(BUCKET, "records/1", &tag).await;
    assert_eq!(deleted.expect_err("locked").kind, CloudErrorKind::AccessDenied);
    assert_eq!(account.get(BUCKET, "records/1").await.expect("asked").expect("there").body, b"one");

    tokio::time::sleep(Duration::from_secs(10)).await;
    account.delete(BUCKET, "records/1", &tag).await.expect("the lock has ended");
    assert_eq!(account.get(BUCKET, "records/1").await.expect("asked"), None);
    let writes: Vec<String> = account.writes().iter().map(ToString::to_string).collect();
    assert_eq!(
        writes,
        [format!("s3:PutObject records/1 if absent locked until {until}"), "s3:DeleteObject records/1".to_owned()]
    );
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_has_ended_already_is_refused() {
    let account = account();
    account.enable_object_lock(BUCKET);
    let past = account.clock().now();
    let refused = account.put_locked(BUCKET, "records/1", Vec::new(), past).await.expect_err("in the past");
    assert_eq!(refused.kind, CloudErrorKind::Refused { code: Some("InvalidArgument".to_owned()) });
    assert_eq!(account.get(BUCKET, "records/1").await.expect("asked"), None);
}
