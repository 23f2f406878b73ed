//! Changes of buckets and distributions.

use ops_engine::cloud::CloudError;
use ops_model::site::{ObjectDetails, ObjectHeaders, ObservedDistribution, PublicAccess};

use super::{ByHand, found};
use crate::answers::not_found;
use crate::clock::timestamp;
use crate::objects::Object;
use crate::operations::Operation;

impl ByHand<'_> {
    /// Writes an object as a person does, who says nothing about its content.
    pub fn upload(&self, bucket: &str, key: &str, body: &[u8], headers: ObjectHeaders) -> Result<(), CloudError> {
        let mut inside = self.account.lock();
        let now = timestamp(inside.state.now);
        let objects = &mut inside.buckets.bucket(Operation::PutObject, bucket)?.objects;
        objects.insert(key.to_owned(), Object::new(body.to_vec(), ObjectDetails { headers, sha256: None }, now));
        Ok(())
    }

    pub fn delete_object(&self, bucket: &str, key: &str) -> Result<(), CloudError> {
        let operation = Operation::DeleteObject;
        let removed = self.account.lock().buckets.bucket(operation, bucket)?.objects.remove(key);
        found(removed.is_some(), operation, "The specified key does not exist.")
    }

    /// Edits the headers of an object, which S3 does by writing it again: the content and what is said of it stay.
    pub fn change_headers(
        &self,
        bucket: &str,
        key: &str,
        change: impl FnOnce(&mut ObjectHeaders),
    ) -> Result<(), CloudError> {
        let operation = Operation::CopyObject;
        let mut inside = self.account.lock();
        let now = timestamp(inside.state.now);
        let objects = &mut inside.buckets.bucket(operation, bucket)?.objects;
        let object = objects.get(key).ok_or_else(|| not_found(operation, "The specified key does not exist."))?;
        let mut details = object.details.clone();
        change(&mut details.headers);
        let object = Object::new(object.body.clone(), details, now);
        objects.insert(key.to_owned(), object);
        Ok(())
    }

    /// Lets everybody read a bucket.
    pub fn open_bucket(&self, bucket: &str) -> Result<(), CloudError> {
        let operation = Operation::PutPublicAccessBlock;
        let access = PublicAccess { public_policy: true, ..PublicAccess::default() };
        self.account.lock().buckets.bucket(operation, bucket)?.public_access = access;
        Ok(())
    }

    pub fn change_distribution(
        &self,
        id: &str,
        change: impl FnOnce(&mut ObservedDistribution),
    ) -> Result<(), CloudError> {
        let changed = self.account.lock().distributions.get_mut(id).map(|it| change(&mut it.settings));
        found(changed.is_some(), Operation::GetDistribution, "The specified distribution does not exist.")
    }
}
