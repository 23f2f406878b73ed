//! The records of an environment, in its ops bucket.

mod examination;
mod keep;

use std::collections::BTreeMap;

use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use ops_model::declaration::Declaration;
use ops_model::outcome::Outcome;
use ops_model::plan::Change;
use ops_model::record::{self, Actor, LAST_RECORD_KEY, LastRecord, Operation, RECORD_PREFIX, Record, RecordedChange};
use ulid::Ulid;

pub use examination::examine;
pub use keep::KeepError;
pub(crate) use keep::keep;

use crate::cloud::{CloudError, Objects};
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
    #[error("s3://{bucket}/{LAST_RECORD_KEY}, which says what record was written last, cannot be understood")]
    MalformedLast {
        bucket: String,
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
        overrides: Vec::new(),
        changes: Vec::new(),
        outcomes: Vec::new(),
        builds: declaration.builds.clone(),
        verified: None,
        approves: None,
        reason: None,
        only: Vec::new(),
        calls: BTreeMap::new(),
        previous: None,
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

/// The newest records, newest first.
pub async fn newest(objects: &dyn Objects, bucket: &str, most: usize) -> Result<Vec<Record>, HistoryError> {
    let keys = keys(objects, bucket).await?;
    read_each(objects, bucket, keys.into_iter().rev().take(most)).try_collect().await
}

/// The newest record that `wanted` says yes to; no older one is read than needed.
pub async fn newest_that(
    objects: &dyn Objects,
    bucket: &str,
    wanted: impl Fn(&Record) -> bool,
) -> Result<Option<Record>, HistoryError> {
    let keys = keys(objects, bucket).await?;
    let mut records = read_each(objects, bucket, keys.into_iter().rev());
    while let Some(record) = records.try_next().await? {
        if wanted(&record) {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// The newest records, newest first.
pub struct Back {
    pub records: Vec<Record>,
    /// Whether the last of them was the one looked for; otherwise they are all that there are.
    pub enough: bool,
}

/// All records back to the newest that `enough` says yes to, newest first. `progress` is told how many were read, and how many
/// there are at most.
///
/// # Errors
/// A record that cannot be read.
pub async fn back_to(
    objects: &dyn Objects,
    bucket: &str,
    enough: impl Fn(&Record) -> bool,
    progress: impl Fn(usize, usize),
) -> Result<Back, HistoryError> {
    let keys = keys(objects, bucket).await?;
    let most = keys.len();
    let mut reads = read_each(objects, bucket, keys.into_iter().rev());
    let mut back = Back { records: Vec::new(), enough: false };
    while let Some(record) = reads.try_next().await? {
        back.enough = enough(&record);
        back.records.push(record);
        progress(back.records.len(), most);
        if back.enough {
            break;
        }
    }
    Ok(back)
}

/// The record that was written last, without a look at the others.
///
/// # Errors
/// It cannot be read.
pub async fn last(objects: &dyn Objects, bucket: &str) -> Result<Option<Record>, HistoryError> {
    match announced(objects, bucket).await? {
        Some((last, _)) => {
            let key = record::key(&last.id);
            let read = serde_json::from_str(&last.text);
            read.map(Some).map_err(|source| HistoryError::Malformed { bucket: bucket.to_owned(), key, source })
        }
        // As an ops of before left it.
        None => Ok(newest(objects, bucket, 1).await?.pop()),
    }
}

/// The newest record of something that was done: an approval is none.
///
/// # Errors
/// It cannot be read.
pub async fn last_act(objects: &dyn Objects, bucket: &str) -> Result<Option<Record>, HistoryError> {
    let is_act = |record: &Record| record.operation != Operation::Approve;
    match last(objects, bucket).await? {
        Some(last) if !is_act(&last) => newest_that(objects, bucket, is_act).await,
        last => Ok(last),
    }
}

/// What says which record was written last, and its entity tag.
async fn announced(objects: &dyn Objects, bucket: &str) -> Result<Option<(LastRecord, String)>, HistoryError> {
    let object = objects.get(bucket, LAST_RECORD_KEY).await.map_err(|source| unreadable(bucket, source))?;
    let Some(object) = object else { return Ok(None) };
    let last = serde_json::from_slice(&object.body)
        .map_err(|source| HistoryError::MalformedLast { bucket: bucket.to_owned(), source })?;
    Ok(Some((last, object.entity_tag)))
}

/// One record by its id.
pub async fn one(objects: &dyn Objects, bucket: &str, id: &str) -> Result<Record, HistoryError> {
    read(objects, bucket, &record::key(id)).await
}

/// The records under these keys, in their order; no more are read than are asked for, but for some that are under way.
fn read_each<'a>(
    objects: &'a dyn Objects,
    bucket: &'a str,
    keys: impl Iterator<Item = String> + Send + 'a,
) -> BoxStream<'a, Result<Record, HistoryError>> {
    let reads = keys.map(move |key| async move { read(objects, bucket, &key).await });
    stream::iter(reads).buffered(READS_AT_ONCE).boxed()
}

/// Keys of all records, oldest first: they are ULIDs, whose order is that of time.
async fn keys(objects: &dyn Objects, bucket: &str) -> Result<Vec<String>, HistoryError> {
    objects.list(bucket, RECORD_PREFIX).await.map_err(|source| unreadable(bucket, source))
}

async fn read(objects: &dyn Objects, bucket: &str, key: &str) -> Result<Record, HistoryError> {
    let object = objects.get(bucket, key).await.map_err(|source| unreadable(bucket, source))?;
    let Some(object) = object else {
        let id = record::id_of(key).to_owned();
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
