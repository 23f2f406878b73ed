//! Buckets and what lies in them, one write at a time.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use s3s::dto::ETagCondition;
use s3s::{S3Result, s3_error};

use crate::object::{Content, Headers, Object};

/// An upload in parts.
#[derive(Debug, Default)]
struct Upload {
    headers: Headers,
    parts: BTreeMap<i32, Content>,
}

#[derive(Debug, Default)]
struct State {
    buckets: HashMap<String, BTreeMap<String, Object>>,
    uploads: HashMap<String, Upload>,
    begun: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Store(RwLock<State>);

/// What a write asks of the object that is there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    pub(crate) if_match: Option<ETagCondition>,
    pub(crate) if_none_match: Option<ETagCondition>,
}

impl Store {
    pub(crate) fn create_bucket(&self, bucket: String) {
        self.write().buckets.entry(bucket).or_default();
    }

    pub(crate) fn has_bucket(&self, bucket: &str) -> S3Result<()> {
        if self.read().buckets.contains_key(bucket) { Ok(()) } else { Err(s3_error!(NoSuchBucket)) }
    }

    pub(crate) fn get(&self, bucket: &str, key: &str) -> S3Result<Object> {
        let state = self.read();
        let objects = state.buckets.get(bucket).ok_or_else(|| s3_error!(NoSuchBucket))?;
        objects.get(key).cloned().ok_or_else(|| s3_error!(NoSuchKey))
    }

    pub(crate) fn put(&self, bucket: &str, key: String, object: Object, conditions: &Conditions) -> S3Result<()> {
        let mut state = self.write();
        let objects = state.buckets.get_mut(bucket).ok_or_else(|| s3_error!(NoSuchBucket))?;
        conditions.check(objects.get(&key))?;
        objects.insert(key, object);
        Ok(())
    }

    pub(crate) fn delete(&self, bucket: &str, keys: impl Iterator<Item = String>) -> S3Result<Vec<String>> {
        let mut state = self.write();
        let objects = state.buckets.get_mut(bucket).ok_or_else(|| s3_error!(NoSuchBucket))?;
        Ok(keys
            .inspect(|key| {
                objects.remove(key);
            })
            .collect())
    }

    /// So many objects behind a key, in order, and whether there are more.
    pub(crate) fn list(
        &self,
        bucket: &str,
        prefix: &str,
        behind: &str,
        most: usize,
    ) -> S3Result<(Vec<(String, Object)>, bool)> {
        let state = self.read();
        let objects = state.buckets.get(bucket).ok_or_else(|| s3_error!(NoSuchBucket))?;
        let from = if behind < prefix { Bound::Included(prefix) } else { Bound::Excluded(behind) };
        let mut found = objects
            .range::<str, _>((from, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            // Listings tell nothing of the content.
            .map(|(key, object)| (key.clone(), Object { chunks: Vec::new(), ..object.clone() }));
        let page = found.by_ref().take(most).collect();
        Ok((page, found.next().is_some()))
    }

    pub(crate) fn begin_upload(&self, headers: Headers) -> String {
        let mut state = self.write();
        state.begun += 1;
        let id = state.begun.to_string();
        state.uploads.insert(id.clone(), Upload { headers, parts: BTreeMap::new() });
        id
    }

    pub(crate) fn put_part(&self, id: &str, number: i32, content: Content) -> S3Result<()> {
        let mut state = self.write();
        let upload = state.uploads.get_mut(id).ok_or_else(|| s3_error!(NoSuchUpload))?;
        upload.parts.insert(number, content);
        Ok(())
    }

    /// Takes the parts that were named, in order.
    pub(crate) fn end_upload(&self, id: &str, numbers: &[i32]) -> S3Result<Object> {
        let Upload { headers, mut parts } = self.write().uploads.remove(id).ok_or_else(|| s3_error!(NoSuchUpload))?;
        let parts = numbers.iter().map(|number| parts.remove(number).ok_or_else(|| s3_error!(InvalidPart)));
        Ok(Object::of_parts(parts.collect::<S3Result<_>>()?, headers))
    }

    pub(crate) fn abort_upload(&self, id: &str) {
        self.write().uploads.remove(id);
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Conditions {
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
    fn check(&self, there: Option<&Object>) -> S3Result<()> {
        let matches = |condition: &ETagCondition| match (condition, there) {
            (_, None) => false,
            (ETagCondition::Any, Some(_)) => true,
            (ETagCondition::ETag(wanted), Some(object)) => wanted.value() == object.e_tag,
        };
        if self.if_match.as_ref().is_some_and(|condition| !matches(condition))
            || self.if_none_match.as_ref().is_some_and(matches)
        {
            return Err(s3_error!(PreconditionFailed));
        }
        Ok(())
    }
}
