//! Records that name one another: whatever is done to one of them is found.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ops_engine::clock::Clock;
use ops_engine::cloud::{Cloud, CloudError, CloudErrorKind, Objects, StoredObject, WriteCondition};
use ops_engine::event::EventSink;
use ops_engine::history;
use ops_engine::reconcile::reconcile;
use ops_model::record::chain::{Break, Examination, KnownRecord};
use ops_model::record::{LAST_RECORD_KEY, Operation, Record, key};
use ops_sim::SimulatedClock;
use tokio_util::sync::CancellationToken;

use crate::crashes::{kill_after, reconcile_after_a_kill};
use crate::fixture::{BUCKET, Declared, Fixture, migrations};

async fn examine(fixture: &Fixture) -> Examination {
    let objects = fixture.cloud().objects;
    history::examine(objects.as_ref(), BUCKET, &[], |_, _| {}).await.expect("the records can be read")
}

async fn is_whole(fixture: &Fixture, records: usize) {
    let examination = examine(fixture).await;
    assert_eq!((examination.linked, examination.earlier, examination.breaks), (records, 0, Vec::new()));
}

/// Reconciled so many times.
async fn reconciled(times: usize) -> (Fixture, Vec<Record>) {
    let fixture = Fixture::new();
    let mut records = Vec::new();
    for _ in 0..times {
        records.push(fixture.reconcile().await);
    }
    (fixture, records)
}

async fn overwrite(fixture: &Fixture, id: &str, body: Vec<u8>) {
    let objects = fixture.cloud().objects;
    let stored = objects.get(BUCKET, &key(id)).await.expect("readable").expect("the record");
    let unchanged = WriteCondition::Unchanged { entity_tag: stored.entity_tag };
    objects.put(BUCKET, &key(id), body, unchanged).await.expect("written");
}

async fn body(fixture: &Fixture, id: &str) -> Vec<u8> {
    fixture.cloud().objects.get(BUCKET, &key(id)).await.expect("readable").expect("the record").body
}

async fn delete(fixture: &Fixture, key: &str) {
    let objects = fixture.cloud().objects;
    let stored = objects.get(BUCKET, key).await.expect("readable").expect("the object");
    objects.delete(BUCKET, key, &stored.entity_tag).await.expect("deleted");
}

#[tokio::test(start_paused = true)]
async fn each_record_names_the_one_before_it() {
    let (fixture, records) = reconciled(4).await;
    assert_eq!(records[0].previous, None);
    for pair in records.windows(2) {
        let named = pair[1].previous.clone().expect("it names one");
        assert_eq!(named, ops_model::record::RecordLink::of(&pair[0].id, &body(&fixture, &pair[0].id).await));
    }
    is_whole(&fixture, 4).await;
    let last = history::last(fixture.cloud().objects.as_ref(), BUCKET).await.expect("readable");
    assert_eq!(last.as_ref(), records.last());
}

#[tokio::test(start_paused = true)]
async fn a_changed_a_deleted_and_an_unreadable_record_are_found() {
    let (fixture, records) = reconciled(5).await;
    let forged = Record { commit: "f00d".to_owned(), ..records[1].clone() };
    let genuine = body(&fixture, &forged.id).await;
    overwrite(&fixture, &forged.id, serde_json::to_vec_pretty(&forged).expect("it serialises")).await;
    let broken = examine(&fixture).await.breaks;
    assert!(matches!(broken.as_slice(), [Break::Changed { id, .. }] if *id == forged.id), "{broken:?}");

    overwrite(&fixture, &forged.id, b"{".to_vec()).await;
    let broken = examine(&fixture).await.breaks;
    assert!(matches!(broken.as_slice(), [Break::Changed { id, .. }] if *id == forged.id), "{broken:?}");

    overwrite(&fixture, &forged.id, genuine).await;
    is_whole(&fixture, 5).await;
    delete(&fixture, &records[2].key()).await;
    let broken = examine(&fixture).await.breaks;
    let [Break::Missing { id, after, .. }] = broken.as_slice() else { panic!("{broken:?}") };
    assert_eq!((id, after.as_ref()), (&records[2].id, Some(&records[1].id)));
}

#[tokio::test(start_paused = true)]
async fn records_that_change_places_are_found() {
    let (fixture, records) = reconciled(4).await;
    let (one, other) = (&records[1].id, &records[2].id);
    let (of_one, of_other) = (body(&fixture, one).await, body(&fixture, other).await);
    overwrite(&fixture, one, of_other).await;
    overwrite(&fixture, other, of_one).await;
    let broken = examine(&fixture).await.breaks;
    for id in [one, other] {
        assert!(broken.iter().any(|it| matches!(it, Break::Misplaced { id: of, .. } if of == id)), "{broken:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_record_that_is_deleted_is_found_and_put_back() {
    let (fixture, records) = reconciled(3).await;
    delete(&fixture, &records[2].key()).await;
    let broken = examine(&fixture).await.breaks;
    assert!(matches!(broken.as_slice(), [Break::Missing { id, .. }] if *id == records[2].id), "{broken:?}");
    fixture.reconcile().await;
    is_whole(&fixture, 4).await;
}

#[tokio::test(start_paused = true)]
async fn the_end_that_is_cut_off_with_what_names_it_shows_against_a_known_record() {
    let (fixture, records) = reconciled(3).await;
    delete(&fixture, &records[2].key()).await;
    delete(&fixture, LAST_RECORD_KEY).await;
    assert_eq!(examine(&fixture).await.breaks, [Break::NoEnd]);
    let known = [KnownRecord { id: records[2].id.clone(), sha256: None }];
    let objects = fixture.cloud().objects;
    let examination = history::examine(objects.as_ref(), BUCKET, &known, |_, _| {}).await.expect("readable");
    assert!(examination.breaks.contains(&Break::NotContained { id: records[2].id.clone() }));
    // The next record follows the newest that is left.
    assert_eq!(fixture.reconcile().await.previous.map(|named| named.id), Some(records[1].id.clone()));
    is_whole(&fixture, 3).await;
}

#[tokio::test(start_paused = true)]
async fn records_of_before_stay_readable_and_the_newest_of_them_is_named() {
    let (other, mut records) = reconciled(2).await;
    drop(other);
    let fixture = Fixture::new();
    for record in &mut records {
        record.previous = None;
        fixture.put(&record.key(), &serde_json::to_string_pretty(record).expect("it serialises")).await;
    }
    assert_eq!(examine(&fixture).await.breaks, []);
    assert_eq!(examine(&fixture).await.earlier, 2);
    tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    let first = fixture.reconcile().await;
    assert_eq!(first.previous.map(|named| named.id), Some(records[1].id.clone()));
    let examination = examine(&fixture).await;
    assert_eq!((examination.linked, examination.earlier, examination.breaks), (2, 1, Vec::new()));
    assert_eq!(fixture.records().await.len(), 3);
}

const REPORT: &str = "report: { artifact: migrations, command: [report], cpu: 256, memory: 512 }";

#[tokio::test(start_paused = true)]
async fn a_run_by_hand_that_ends_after_a_later_reconcile_is_part_of_the_chain() {
    let mut fixture = Fixture::new();
    fixture.declare(Declared { tasks: REPORT, ..Declared::default() });
    fixture.reconcile().await;
    fixture.account.write_log(&migrations('a'), std::time::Duration::from_secs(2), "counted");
    let run = fixture.run(fixture.run_request("report"), CancellationToken::new());
    let later = async {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        fixture.reconcile().await
    };
    let (run, reconciled) = tokio::join!(run, later);
    let (run, _) = run.expect("it ran");
    assert!(run.id < reconciled.id && run.finished_at > reconciled.finished_at, "{run:?} {reconciled:?}");
    assert_eq!(run.previous.map(|named| named.id), Some(reconciled.id));
    assert_eq!(fixture.reconcile().await.previous.map(|named| named.id), Some(run.id));
    is_whole(&fixture, 4).await;
}

#[tokio::test(start_paused = true)]
async fn of_many_that_end_at_once_each_follows_another_one() {
    let mut fixture = Fixture::new();
    fixture.declare(Declared { tasks: REPORT, ..Declared::default() });
    fixture.reconcile().await;
    let runs = (0..6).map(|_| fixture.run(fixture.run_request("report"), CancellationToken::new()));
    for run in futures::future::join_all(runs).await {
        assert_eq!(run.expect("it ran").0.operation, Operation::Run);
    }
    is_whole(&fixture, 7).await;
}

#[tokio::test(start_paused = true)]
async fn whoever_is_killed_at_any_call_leaves_no_gap() {
    for calls in 0..40 {
        let fixture = Fixture::deployed().await;
        kill_after(&fixture, calls).await;
        let record = reconcile_after_a_kill(&fixture).await;
        let there = fixture.records().await;
        assert_eq!(there[0], record, "after {calls} calls");
        is_whole(&fixture, there.len()).await;
    }
}

/// A clock that was set back by a day.
struct SetBack(SimulatedClock);

impl Clock for SetBack {
    fn now(&self) -> Timestamp {
        self.0.now() - SignedDuration::from_hours(24)
    }
}

async fn reconcile_on(fixture: &Fixture, cloud: &Cloud, clock: Arc<dyn Clock>) -> Record {
    let done = reconcile(cloud, clock, fixture.request(), EventSink::silent(), CancellationToken::new()).await;
    done.expect("the reconcile has a verdict")
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_goes_backwards_does_not_break_the_chain() {
    let (fixture, records) = reconciled(2).await;
    let clock = Arc::new(SetBack(fixture.account.clock()));
    let early = reconcile_on(&fixture, &fixture.cloud(), clock).await;
    assert!(early.id < records[0].id);
    assert_eq!(early.previous.map(|named| named.id), Some(records[1].id.clone()));
    assert_eq!(fixture.reconcile().await.previous.map(|named| named.id), Some(early.id));
    is_whole(&fixture, 4).await;
}

/// S3 whose answer to the announcement of a record gets lost, so that the SDK sends it once more and is refused.
struct SentTwice {
    inner: Arc<dyn Objects>,
    is_sent: AtomicBool,
}

#[async_trait]
impl Objects for SentTwice {
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<StoredObject>, CloudError> {
        self.inner.get(bucket, key).await
    }

    async fn put(
        &self,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
        condition: WriteCondition,
    ) -> Result<String, CloudError> {
        let written = self.inner.put(bucket, key, body, condition).await?;
        if key == LAST_RECORD_KEY && !self.is_sent.swap(true, Ordering::Relaxed) {
            return Err(CloudError::new("PutObject", CloudErrorKind::ConditionFailed, "the condition does not hold"));
        }
        Ok(written)
    }

    async fn put_locked(&self, bucket: &str, key: &str, body: Vec<u8>, until: Timestamp) -> Result<String, CloudError> {
        self.inner.put_locked(bucket, key, body, until).await
    }

    async fn delete(&self, bucket: &str, key: &str, entity_tag: &str) -> Result<(), CloudError> {
        self.inner.delete(bucket, key, entity_tag).await
    }

    async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<String>, CloudError> {
        self.inner.list(bucket, prefix).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_sent_twice_is_kept_once() {
    let (fixture, records) = reconciled(1).await;
    let cloud = fixture.cloud();
    let objects = Arc::new(SentTwice { inner: Arc::clone(&cloud.objects), is_sent: AtomicBool::new(false) });
    let cloud = Cloud { objects, ..cloud };
    let record = reconcile_on(&fixture, &cloud, Arc::new(fixture.account.clock())).await;
    assert_eq!(record.previous.as_ref().map(|named| &named.id), Some(&records[0].id), "not itself");
    assert_eq!(fixture.records().await[0], record);
    is_whole(&fixture, 2).await;
}
