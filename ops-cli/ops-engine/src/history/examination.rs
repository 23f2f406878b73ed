//! Reads all records and looks whether they are those that were written.

use futures::{StreamExt as _, stream};
use ops_model::record::chain::{self, Examination, KnownRecord, StoredRecord};
use ops_model::record::{self, RecordLink};

use super::{HistoryError, READS_AT_ONCE, announced, keys, unreadable};
use crate::cloud::Objects;
use crate::error_chain::error_chain;

/// Each time that the end is not among the listed keys somebody has written records meanwhile.
const LOOKS: usize = 5;

/// Examines the chain of all records. `known` have to be part of it. `progress` is told how many were read of how many.
///
/// # Errors
/// The list, or what says which record was written last, cannot be read. A record that cannot be read is a finding.
pub async fn examine(
    objects: &dyn Objects,
    bucket: &str,
    known: &[KnownRecord],
    progress: impl Fn(usize, usize),
) -> Result<Examination, HistoryError> {
    let (keys, last) = look(objects, bucket).await?;
    let of = keys.len();
    let reads = keys.iter().map(|key| read(objects, bucket, key));
    let mut reads = stream::iter(reads).buffered(READS_AT_ONCE);
    let mut records = Vec::new();
    while let Some(record) = reads.next().await {
        records.extend(record);
        progress(records.len(), of);
    }
    Ok(chain::examine(&records, last.as_ref(), known))
}

/// The keys up to the end of the chain, and the end. The end is read after the keys, or the newest of them would seem to be
/// named by nobody.
async fn look(objects: &dyn Objects, bucket: &str) -> Result<(Vec<String>, Option<RecordLink>), HistoryError> {
    let mut looks = 0;
    loop {
        looks += 1;
        let keys = keys(objects, bucket).await?;
        let Some((last, _)) = announced(objects, bucket).await? else { return Ok((keys, None)) };
        let key = record::key(&last.id);
        let is_listed = keys.contains(&key);
        if is_listed || looks == LOOKS || objects.get(bucket, &key).await.is_ok_and(|object| object.is_none()) {
            return Ok((keys, Some(last.link())));
        }
    }
}

/// `None` when it was deleted since it was listed: then it is missing.
async fn read(objects: &dyn Objects, bucket: &str, key: &str) -> Option<StoredRecord> {
    let id = record::id_of(key);
    match objects.get(bucket, key).await {
        Ok(object) => object.map(|object| StoredRecord::read(id, &object.body)),
        Err(error) => {
            let why = error_chain(&unreadable(bucket, error));
            Some(StoredRecord { id: id.to_owned(), sha256: None, content: Err(why) })
        }
    }
}
