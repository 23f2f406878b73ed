//! The records of an environment, in its ops bucket.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use ops_model::declaration::Declaration;
use ops_model::outcome::Outcome;
use ops_model::plan::Change;
use ops_model::record::{Actor, Operation, RECORD_PREFIX, Record, RecordedChange};
use ulid::Ulid;

use crate::cloud::{CloudError, Objects, WriteCondition};
use crate::lease::host;

/// Records that are read side by side.
const READS_AT_ONCE: usize = 8;

#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error("cannot read the records in s3://{bucket}/{RECORD_PREFIX}")]
    Unreadable {
        bucket: String,
        #[source]
        source: CloudError,
    },
    #[error("the record s3://{bucket}/{key} cannot be understood")]
    Malformed {
        bucket: String,
        key: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("there is no record {id} in s3://{bucket}/{RECORD_PREFIX}")]
    NoSuchRecord { bucket: String, id: String },
}

/// A record that is being written: who, when and from what commit; the rest comes with the verdict.
#[must_use]
pub(crate) fn begun(
    declaration: &Declaration,
    commit: &str,
    operation: Operation,
    actor: &str,
    started_at: Timestamp,
) -> Record {
    let millis = u64::try_from(started_at.as_millisecond()).unwrap_or_default();
    Record {
        version: 1,
        id: Ulid::from_parts(millis, Ulid::generate().random()).to_string(),
        environment: declaration.environment.environment.clone(),
        operation,
        commit: commit.to_owned(),
        declaration_sha256: declaration.sha256.clone(),
        actor: Actor { arn: actor.to_owned(), host: host() },
        started_at,
        finished_at: started_at,
        outcome: Outcome::Failed,
        error: None,
        gates: Vec::new(),
        changes: Vec::new(),
        outcomes: Vec::new(),
        builds: declaration.builds.clone(),
        verified: None,
        only: Vec::new(),
        calls: BTreeMap::new(),
    }
}

/// A change as a record keeps it.
pub(crate) fn recorded(change: &Change) -> RecordedChange {
    RecordedChange {
        kind: change.kind(),
        name: change.name.clone(),
        class: change.class,
        differences: change.differences.clone(),
    }
}

/// Keeps a record for ever: an existing one is never written over. With `lock_days` S3 itself sees to it for so long.
pub async fn keep(
    objects: &dyn Objects,
    bucket: &str,
    record: &Record,
    lock_days: Option<u32>,
) -> Result<(), CloudError> {
    // A struct of strings, numbers and lists always serialises.
    let body = serde_json::to_vec_pretty(record).unwrap_or_default();
    let kept = match lock_days {
        Some(days) => objects.put_locked(bucket, &record.key(), body, days_after(record.finished_at, days)).await,
        None => objects.put(bucket, &record.key(), body, WriteCondition::Absent).await,
    };
    match kept {
        // The id is ours alone, so what is there is what an earlier try of this very call wrote.
        Err(error) if error.is_condition_failed() => Ok(()),
        other => other.map(|_| ()),
    }
}

fn days_after(moment: Timestamp, days: u32) -> Timestamp {
    moment.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

/// The newest records, newest first.
pub async fn newest(objects: &dyn Objects, bucket: &str, most: usize) -> Result<Vec<Record>, HistoryError> {
    let keys = objects.list(bucket, RECORD_PREFIX).await.map_err(|source| unreadable(bucket, source))?;
    // Keys are ULIDs: their order is that of time.
    let keys = keys.into_iter().rev().take(most);
    let reads = keys.map(|key| async move { read(objects, bucket, &key).await });
    stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await
}

/// The newest record that `wanted` says yes to; no older one is read than needed.
pub async fn newest_that(
    objects: &dyn Objects,
    bucket: &str,
    wanted: impl Fn(&Record) -> bool,
) -> Result<Option<Record>, HistoryError> {
    let keys = objects.list(bucket, RECORD_PREFIX).await.map_err(|source| unreadable(bucket, source))?;
    let reads = keys.into_iter().rev().map(|key| async move { read(objects, bucket, &key).await });
    let mut records = stream::iter(reads).buffered(READS_AT_ONCE);
    while let Some(record) = records.try_next().await? {
        if wanted(&record) {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// One record by its id.
pub async fn one(objects: &dyn Objects, bucket: &str, id: &str) -> Result<Record, HistoryError> {
    read(objects, bucket, &format!("{RECORD_PREFIX}{id}.json")).await
}

async fn read(objects: &dyn Objects, bucket: &str, key: &str) -> Result<Record, HistoryError> {
    let object = objects.get(bucket, key).await.map_err(|source| unreadable(bucket, source))?;
    let Some(object) = object else {
        let id = key.trim_start_matches(RECORD_PREFIX).trim_end_matches(".json").to_owned();
        return Err(HistoryError::NoSuchRecord { bucket: bucket.to_owned(), id });
    };
    serde_json::from_slice(&object.body).map_err(|source| HistoryError::Malformed {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        source,
    })
}

fn unreadable(bucket: &str, source: CloudError) -> HistoryError {
    HistoryError::Unreadable { bucket: bucket.to_owned(), source }
}
