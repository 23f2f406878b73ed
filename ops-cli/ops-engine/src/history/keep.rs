//! Writing a record: as the one that follows the last, and for ever.

use jiff::{SignedDuration, Timestamp};
use ops_model::record::{self, LAST_RECORD_KEY, LastRecord, Record, RecordLink};

use super::{HistoryError, announced, keys, unreadable};
use crate::cloud::{CloudError, Objects, WriteCondition};

/// Each time that we come too late somebody else has kept a record; so many of them do not come together.
const ATTEMPTS: usize = 20;

#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error(transparent)]
    Cloud(#[from] CloudError),
    #[error("cannot tell which record was written before it")]
    Last(#[source] HistoryError),
    #[error("others keep writing records at the same time")]
    Contended,
}

/// Keeps a record for ever: an existing one is never written over. With `lock_days` S3 itself sees to it for so long.
///
/// It comes to name the one that was written before it. Which that is does not follow from the ids: a run by hand, which needs
/// no lease, may begin before a reconcile and end after it; a lease may be lost; and clocks go backwards. So it is
/// announced in one object first, by a conditional write that one of two writers loses. That object holds the whole
/// record: whoever writes the next one puts it in its place, when this process does not live long enough.
pub(crate) async fn keep(
    objects: &dyn Objects,
    bucket: &str,
    record: &mut Record,
    lock_days: Option<u32>,
) -> Result<(), KeepError> {
    let lock = lock_days.map(|days| days_after(record.finished_at, days));
    for _ in 0..ATTEMPTS {
        let condition = match announced(objects, bucket).await.map_err(KeepError::Last)? {
            // Our own announcement, the answer to which was lost.
            Some((last, _)) if last.id == record.id => return Ok(put_in_place(objects, bucket, &last, lock).await?),
            Some((last, entity_tag)) => {
                put_in_place(objects, bucket, &last, lock).await?;
                record.previous = Some(last.link());
                WriteCondition::Unchanged { entity_tag }
            }
            None => {
                record.previous = newest_link(objects, bucket).await.map_err(KeepError::Last)?;
                WriteCondition::Absent
            }
        };
        // Structs of strings, numbers and lists always serialise.
        let text = serde_json::to_string_pretty(record).unwrap_or_default();
        let last = LastRecord { version: 1, id: record.id.clone(), text };
        let body = serde_json::to_vec_pretty(&last).unwrap_or_default();
        match objects.put(bucket, LAST_RECORD_KEY, body, condition).await {
            Ok(_) => return Ok(put_in_place(objects, bucket, &last, lock).await?),
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(KeepError::Contended)
}

async fn put_in_place(
    objects: &dyn Objects,
    bucket: &str,
    last: &LastRecord,
    lock: Option<Timestamp>,
) -> Result<(), CloudError> {
    let (key, body) = (record::key(&last.id), last.text.clone().into_bytes());
    let kept = match lock {
        Some(until) => objects.put_locked(bucket, &key, body, until).await,
        None => objects.put(bucket, &key, body, WriteCondition::Absent).await,
    };
    match kept {
        // What is there under this id was written by its own writer, or by the one after it.
        Err(error) if error.is_condition_failed() => Ok(()),
        other => other.map(|_| ()),
    }
}

/// What the first record follows that names another: the newest of the time before.
async fn newest_link(objects: &dyn Objects, bucket: &str) -> Result<Option<RecordLink>, HistoryError> {
    let Some(key) = keys(objects, bucket).await?.pop() else { return Ok(None) };
    let object = objects.get(bucket, &key).await.map_err(|source| unreadable(bucket, source))?;
    Ok(object.map(|object| RecordLink::of(record::id_of(&key), &object.body)))
}

fn days_after(moment: Timestamp, days: u32) -> Timestamp {
    moment.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}
