//! S3 over the real SDK, against the emulator.

use crate::fixture::{Fixture, REGION};
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{CreateBucketConfiguration, ObjectLockMode};
use jiff::Timestamp;
use ops_engine::cloud::{CloudErrorKind, WriteCondition};

const BUCKET: &str = "slipway-test-ops";

async fn with_bucket() -> Fixture {
    bucket(false).await.0
}

async fn bucket(object_lock: bool) -> (Fixture, aws_sdk_s3::Client) {
    let fixture = Fixture::start().await;
    let settings = aws_sdk_s3::config::Builder::from(&fixture.sdk).force_path_style(true).build();
    let sdk = aws_sdk_s3::Client::from_conf(settings);
    let place = CreateBucketConfiguration::builder().location_constraint(REGION.into()).build();
    let request = sdk.create_bucket().bucket(BUCKET).create_bucket_configuration(place);
    request.object_lock_enabled_for_bucket(object_lock).send().await.expect("a bucket");
    (fixture, sdk)
}

fn unchanged(entity_tag: &str) -> WriteCondition {
    WriteCondition::Unchanged { entity_tag: entity_tag.to_owned() }
}

#[tokio::test]
async fn writes_happen_only_under_their_condition() {
    let fixture = with_bucket().await;
    let objects = &fixture.cloud.objects;
    let put = async |body: &str, condition| objects.put(BUCKET, "lease.json", body.into(), condition).await;

    assert_eq!(objects.get(BUCKET, "lease.json").await.expect("an answer"), None);
    let gone = put("x", unchanged("\"0\"")).await.expect_err("nothing is there to be unchanged");
    assert!(gone.is_condition_failed(), "{gone:?}");

    let first = put("first", WriteCondition::Absent).await.expect("free");
    let taken = put("second", WriteCondition::Absent).await.expect_err("taken");
    assert!(taken.is_condition_failed(), "{taken:?}");

    let second = put("second", unchanged(&first)).await.expect("unchanged");
    let changed = put("third", unchanged(&first)).await.expect_err("changed");
    assert!(changed.is_condition_failed(), "{changed:?}");
    let stored = objects.get(BUCKET, "lease.json").await.expect("an answer").expect("the object");
    assert_eq!((stored.body.as_slice(), &stored.entity_tag), (b"second".as_slice(), &second));

    let kept = objects.delete(BUCKET, "lease.json", &first).await.expect_err("changed");
    assert!(kept.is_condition_failed(), "{kept:?}");
    objects.delete(BUCKET, "lease.json", &second).await.expect("deleted");
    assert_eq!(objects.get(BUCKET, "lease.json").await.expect("an answer"), None);
    objects.delete(BUCKET, "lease.json", &second).await.expect("already gone");
}

#[tokio::test]
async fn a_locked_object_outlives_every_attempt_on_it() {
    let (fixture, sdk) = bucket(true).await;
    let objects = &fixture.cloud.objects;
    let until: Timestamp = "2126-01-01T00:00:00Z".parse().expect("a time");
    let tag = objects.put_locked(BUCKET, "records/1.json", b"one".to_vec(), until).await.expect("written");

    let again = objects.put_locked(BUCKET, "records/1.json", b"two".to_vec(), until).await.expect_err("taken");
    assert!(again.is_condition_failed(), "{again:?}");

    let locked = sdk.head_object().bucket(BUCKET).key("records/1.json").send().await.expect("the object");
    assert_eq!(locked.object_lock_mode(), Some(&ObjectLockMode::Compliance));
    assert_eq!(locked.object_lock_retain_until_date().map(DateTime::secs), Some(until.as_second()));
    let version = locked.version_id().expect("a version").to_owned();
    let gone = sdk.delete_object().bucket(BUCKET).key("records/1.json").version_id(&version);
    let gone = gone.bypass_governance_retention(true).send().await.expect_err("locked");
    assert_eq!(gone.code(), Some("AccessDenied"));

    // A deletion or another body only stands in front of it.
    objects.put(BUCKET, "records/1.json", b"two".to_vec(), unchanged(&tag)).await.expect("a new version");
    let kept = sdk.get_object().bucket(BUCKET).key("records/1.json").version_id(&version).send().await.expect("kept");
    assert_eq!(kept.body.collect().await.expect("a body").to_vec(), b"one");
}

#[tokio::test]
async fn a_bucket_without_object_lock_refuses_locked_objects() {
    let fixture = with_bucket().await;
    let objects = &fixture.cloud.objects;
    let until: Timestamp = "2126-01-01T00:00:00Z".parse().expect("a time");
    let refused = objects.put_locked(BUCKET, "records/1.json", Vec::new(), until).await.expect_err("no Object Lock");
    assert_eq!(refused.kind, CloudErrorKind::Refused { code: Some("InvalidRequest".to_owned()) });
    assert_eq!(objects.get(BUCKET, "records/1.json").await.expect("an answer"), None);
}

#[tokio::test]
async fn one_of_many_writers_at_once_wins() {
    let fixture = with_bucket().await;
    let writers = (0..8).map(|writer| {
        let objects = fixture.cloud.objects.clone();
        tokio::spawn(async move { objects.put(BUCKET, "lease.json", vec![writer], WriteCondition::Absent).await })
    });
    let mut winners = 0;
    for writer in writers.collect::<Vec<_>>() {
        match writer.await.expect("no panic") {
            Ok(_) => winners += 1,
            Err(error) => assert!(error.is_condition_failed(), "{error:?}"),
        }
    }
    assert_eq!(winners, 1);
}

#[tokio::test]
async fn keys_under_a_prefix_are_listed_in_order() {
    let fixture = with_bucket().await;
    let objects = &fixture.cloud.objects;
    for key in ["records/b", "records/a", "records/10", "other/c"] {
        objects.put(BUCKET, key, Vec::new(), WriteCondition::Absent).await.expect("written");
    }
    let keys = objects.list(BUCKET, "records/").await.expect("a list");
    assert_eq!(keys, ["records/10", "records/a", "records/b"]);
    assert_eq!(objects.list(BUCKET, "nothing/").await.expect("a list"), Vec::<String>::new());
}

#[tokio::test]
async fn a_missing_bucket_is_an_error() {
    let fixture = Fixture::start().await;
    let objects = &fixture.cloud.objects;
    let read = objects.get("slipway-no-such-bucket", "key").await.expect_err("no bucket");
    assert!(read.is_not_found(), "{read:?}");
    let write = objects.put("slipway-no-such-bucket", "key", Vec::new(), WriteCondition::Absent).await;
    let write = write.expect_err("no bucket");
    assert!(write.is_not_found(), "{write:?}");
    let listed = objects.list("slipway-no-such-bucket", "").await.expect_err("no bucket");
    assert!(listed.is_not_found(), "{listed:?}");
}
