use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use ops_engine::cloud::{CloudError, Objects, StoredObject, WriteCondition};
use ops_model::site::{CURRENT_KEY, CurrentBuild, ObjectDetails, PublicAccess};
use sha2::{Digest as _, Sha256};

use crate::account::SimulatedAccount;
use crate::answers::{access_denied, condition_failed, not_found, refused};
use crate::clock::timestamp;
use crate::images::hexadecimal;
use crate::operations::Operation;
use crate::writes::Write;

/// Every bucket and its objects. Strongly consistent, as S3 is.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    buckets: BTreeMap<String, Bucket>,
}

#[derive(Debug, Default)]
pub(crate) struct Bucket {
    pub(crate) objects: BTreeMap<String, Object>,
    can_lock: bool,
    /// Until when, by key.
    locks: BTreeMap<String, Timestamp>,
    pub(crate) public_access: PublicAccess,
}

/// An object with what S3 keeps beside its body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    pub(crate) body: Vec<u8>,
    pub(crate) entity_tag: String,
    /// To the second.
    pub(crate) modified: Timestamp,
    pub(crate) details: ObjectDetails,
}

impl Object {
    pub(crate) fn new(body: Vec<u8>, details: ObjectDetails, now: Timestamp) -> Self {
        let entity_tag = entity_tag(&body);
        let modified = Timestamp::from_second(now.as_second()).unwrap_or(now);
        Self { body, entity_tag, modified, details }
    }
}

impl Buckets {
    pub(crate) fn create(&mut self, bucket: &str) {
        self.buckets.entry(bucket.to_owned()).or_default();
    }

    pub(crate) fn enable_object_lock(&mut self, bucket: &str) {
        self.buckets.entry(bucket.to_owned()).or_default().can_lock = true;
    }

    pub(crate) fn overwrite(&mut self, bucket: &str, key: &str, body: Vec<u8>, now: Timestamp) {
        let object = Object::new(body, ObjectDetails::default(), now);
        self.buckets.entry(bucket.to_owned()).or_default().objects.insert(key.to_owned(), object);
    }

    pub(crate) fn get(&self, bucket: &str) -> Option<&Bucket> {
        self.buckets.get(bucket)
    }

    /// Digests of the builds that sites serve.
    pub(crate) fn served_builds(&self) -> Vec<String> {
        let notes = self.buckets.values().filter_map(|bucket| bucket.objects.get(CURRENT_KEY));
        let current = notes.filter_map(|note| serde_json::from_slice::<CurrentBuild>(&note.body).ok());
        current.filter_map(|current| Some(current.build?.to_string())).collect()
    }

    /// Nobody can read the bucket past whoever it lets.
    pub(crate) fn block_public_access(&mut self, bucket: &str) {
        self.buckets.entry(bucket.to_owned()).or_default().public_access = PublicAccess {
            block_public_acls: true,
            ignore_public_acls: true,
            block_public_policy: true,
            restrict_public_buckets: true,
            public_policy: false,
        };
    }

    pub(crate) fn bucket(&mut self, operation: Operation, bucket: &str) -> Result<&mut Bucket, CloudError> {
        self.buckets.get_mut(bucket).ok_or_else(|| not_found(operation, "The specified bucket does not exist"))
    }
}

impl Bucket {
    fn put(
        &mut self,
        operation: Operation,
        key: &str,
        body: Vec<u8>,
        condition: &WriteCondition,
        now: Timestamp,
    ) -> Result<String, CloudError> {
        let holds = match (condition, self.objects.get(key)) {
            (WriteCondition::Absent, present) => present.is_none(),
            (WriteCondition::Unchanged { entity_tag }, present) => {
                present.is_some_and(|object| object.entity_tag == *entity_tag)
            }
        };
        if !holds {
            return Err(condition_failed(operation));
        }
        self.check_lock(operation, key, now)?;
        let object = Object::new(body, ObjectDetails::default(), now);
        let entity_tag = object.entity_tag.clone();
        self.objects.insert(key.to_owned(), object);
        Ok(entity_tag)
    }

    /// S3 would put a new version or a deletion in front of the locked one and keep it; nothing in ops may do either,
    /// so it is refused here as S3 refuses to remove the version.
    fn check_lock(&self, operation: Operation, key: &str, now: Timestamp) -> Result<(), CloudError> {
        if self.locks.get(key).is_some_and(|until| now < *until) {
            return Err(access_denied(operation, "Access Denied because object protected by object lock."));
        }
        Ok(())
    }
}

/// Depends on the body alone, as that of S3 does for an object put in one part.
fn entity_tag(body: &[u8]) -> String {
    format!("\"{}\"", hexadecimal(&Sha256::digest(body)[..16]))
}

#[async_trait]
impl Objects for SimulatedAccount {
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<StoredObject>, CloudError> {
        let operation = Operation::GetObject;
        self.call(operation, |inside| {
            let object = inside.buckets.bucket(operation, bucket)?.objects.get(key);
            Ok(object.map(|it| StoredObject { body: it.body.clone(), entity_tag: it.entity_tag.clone() }))
        })
        .await
    }

    async fn put(
        &self,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
        condition: WriteCondition,
    ) -> Result<String, CloudError> {
        let operation = Operation::PutObject;
        self.call(operation, |inside| {
            let now = timestamp(inside.state.now);
            let entity_tag = inside.buckets.bucket(operation, bucket)?.put(operation, key, body, &condition, now)?;
            let (bucket, key) = (bucket.to_owned(), key.to_owned());
            inside.writes.push(Write::PutObject { bucket, key, condition, locked_until: None });
            Ok(entity_tag)
        })
        .await
    }

    async fn put_locked(&self, bucket: &str, key: &str, body: Vec<u8>, until: Timestamp) -> Result<String, CloudError> {
        let operation = Operation::PutObject;
        self.call(operation, |inside| {
            let now = timestamp(inside.state.now);
            let objects = inside.buckets.bucket(operation, bucket)?;
            if !objects.can_lock {
                return Err(refused(operation, "InvalidRequest", "Bucket is missing Object Lock Configuration"));
            }
            if until <= now {
                return Err(refused(operation, "InvalidArgument", "The retain until date must be in the future!"));
            }
            let condition = WriteCondition::Absent;
            let entity_tag = objects.put(operation, key, body, &condition, now)?;
            objects.locks.insert(key.to_owned(), until);
            let (bucket, key) = (bucket.to_owned(), key.to_owned());
            inside.writes.push(Write::PutObject { bucket, key, condition, locked_until: Some(until) });
            Ok(entity_tag)
        })
        .await
    }

    async fn delete(&self, bucket: &str, key: &str, entity_tag: &str) -> Result<(), CloudError> {
        let operation = Operation::DeleteObject;
        self.call(operation, |inside| {
            let now = timestamp(inside.state.now);
            let objects = inside.buckets.bucket(operation, bucket)?;
            if objects.objects.get(key).is_some_and(|object| object.entity_tag != entity_tag) {
                return Err(condition_failed(operation));
            }
            objects.check_lock(operation, key, now)?;
            objects.objects.remove(key);
            objects.locks.remove(key);
            inside.writes.push(Write::DeleteObject { bucket: bucket.to_owned(), key: key.to_owned() });
            Ok(())
        })
        .await
    }

    async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<String>, CloudError> {
        let operation = Operation::ListObjectsV2;
        self.call(operation, |inside| {
            let objects = inside.buckets.bucket(operation, bucket)?;
            Ok(objects.objects.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
        })
        .await
    }
}
