use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_engine::cloud::{CloudError, Objects, StoredObject, WriteCondition};
use sha2::{Digest as _, Sha256};

use crate::account::SimulatedAccount;
use crate::answers::{condition_failed, not_found};
use crate::images::hexadecimal;
use crate::operations::Operation;
use crate::writes::Write;

/// Every bucket and its objects. Strongly consistent, as S3 is.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    buckets: BTreeMap<String, BTreeMap<String, StoredObject>>,
}

impl Buckets {
    pub(crate) fn create(&mut self, bucket: &str) {
        self.buckets.entry(bucket.to_owned()).or_default();
    }

    pub(crate) fn overwrite(&mut self, bucket: &str, key: &str, body: Vec<u8>) {
        let entity_tag = entity_tag(&body);
        let object = StoredObject { body, entity_tag };
        self.buckets.entry(bucket.to_owned()).or_default().insert(key.to_owned(), object);
    }

    fn bucket(
        &mut self,
        operation: Operation,
        bucket: &str,
    ) -> Result<&mut BTreeMap<String, StoredObject>, CloudError> {
        self.buckets.get_mut(bucket).ok_or_else(|| not_found(operation, "The specified bucket does not exist"))
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
        self.call(operation, |inside| Ok(inside.buckets.bucket(operation, bucket)?.get(key).cloned())).await
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
            let objects = inside.buckets.bucket(operation, bucket)?;
            let holds = match (&condition, objects.get(key)) {
                (WriteCondition::Absent, present) => present.is_none(),
                (WriteCondition::Unchanged { entity_tag }, present) => {
                    present.is_some_and(|object| object.entity_tag == *entity_tag)
                }
            };
            if !holds {
                return Err(condition_failed(operation));
            }
            let entity_tag = entity_tag(&body);
            objects.insert(key.to_owned(), StoredObject { body, entity_tag: entity_tag.clone() });
            inside.writes.push(Write::PutObject { bucket: bucket.to_owned(), key: key.to_owned(), condition });
            Ok(entity_tag)
        })
        .await
    }

    async fn delete(&self, bucket: &str, key: &str, entity_tag: &str) -> Result<(), CloudError> {
        let operation = Operation::DeleteObject;
        self.call(operation, |inside| {
            let objects = inside.buckets.bucket(operation, bucket)?;
            if objects.get(key).is_some_and(|object| object.entity_tag != entity_tag) {
                return Err(condition_failed(operation));
            }
            objects.remove(key);
            inside.writes.push(Write::DeleteObject { bucket: bucket.to_owned(), key: key.to_owned() });
            Ok(())
        })
        .await
    }

    async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<String>, CloudError> {
        let operation = Operation::ListObjectsV2;
        self.call(operation, |inside| {
            let objects = inside.buckets.bucket(operation, bucket)?;
            Ok(objects.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
        })
        .await
    }
}
