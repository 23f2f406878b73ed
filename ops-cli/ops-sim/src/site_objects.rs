use std::path::Path;

use async_trait::async_trait;
use ops_engine::cloud::{
    CloudError, CloudErrorKind, Content, Copy, ListedObject, OTHER_CONTENT, Overwrite, SiteObjects, Upload,
};
use ops_model::site::{ObjectDetails, PublicAccess};
use sha2::{Digest as _, Sha256};

use crate::account::SimulatedAccount;
use crate::answers::{condition_failed, not_found, refused};
use crate::clock::timestamp;
use crate::images::hexadecimal;
use crate::objects::Object;
use crate::operations::Operation;
use crate::writes::Write;

#[async_trait]
impl SiteObjects for SimulatedAccount {
    async fn list(&self, bucket: &str) -> Result<Vec<ListedObject>, CloudError> {
        let operation = Operation::ListObjectsV2;
        self.call(operation, |inside| {
            let listed = |(key, object): (&String, &Object)| ListedObject {
                key: key.clone(),
                size: object.body.len() as u64,
                entity_tag: object.entity_tag.clone(),
                modified: object.modified,
            };
            Ok(inside.buckets.bucket(operation, bucket)?.objects.iter().map(listed).collect())
        })
        .await
    }

    async fn details(&self, bucket: &str, key: &str) -> Result<Option<ObjectDetails>, CloudError> {
        let operation = Operation::HeadObject;
        self.call(operation, |inside| {
            let object = inside.buckets.bucket(operation, bucket)?.objects.get(key);
            Ok(object.map(|object| object.details.clone()))
        })
        .await
    }

    async fn upload(&self, upload: &Upload<'_>) -> Result<String, CloudError> {
        let operation = Operation::PutObject;
        let Upload { bucket, key, content, sha256, headers, overwrite } = upload;
        let body = match content {
            Content::Bytes(bytes) => bytes.clone(),
            Content::File { path, size: _ } => std::fs::read(path).map_err(|error| on_disk(operation, error))?,
        };
        same_content(operation, key, &body, sha256)?;
        self.call(operation, |inside| {
            let now = timestamp(inside.state.now);
            let objects = &mut inside.buckets.bucket(operation, bucket)?.objects;
            if *overwrite == Overwrite::Never && objects.contains_key(*key) {
                return Err(condition_failed(operation));
            }
            let details = ObjectDetails { headers: (*headers).clone(), sha256: Some((*sha256).to_owned()) };
            let object = Object::new(body, details, now);
            let entity_tag = object.entity_tag.clone();
            objects.insert((*key).to_owned(), object);
            inside.writes.push(Write::UploadObject { bucket: (*bucket).to_owned(), key: (*key).to_owned() });
            Ok(entity_tag)
        })
        .await
    }

    async fn copy(&self, copy: &Copy<'_>) -> Result<String, CloudError> {
        let operation = Operation::CopyObject;
        let Copy { from_bucket, from, bucket, to, sha256, headers } = copy;
        self.call(operation, |inside| {
            let now = timestamp(inside.state.now);
            let source = inside.buckets.bucket(operation, from_bucket)?.objects.get(*from).cloned();
            let source = source.ok_or_else(|| not_found(operation, "The specified key does not exist."))?;
            let objects = &mut inside.buckets.bucket(operation, bucket)?.objects;
            let details = ObjectDetails { headers: (*headers).clone(), sha256: Some((*sha256).to_owned()) };
            let object = Object::new(source.body, details, now);
            let entity_tag = object.entity_tag.clone();
            objects.insert((*to).to_owned(), object);
            let body = objects.get(*to).map(|object| object.body.clone()).unwrap_or_default();
            let (from, to) = ((*from).to_owned(), (*to).to_owned());
            inside.writes.push(Write::CopyObject { bucket: (*bucket).to_owned(), from, to });
            same_content(operation, copy.to, &body, sha256)?;
            Ok(entity_tag)
        })
        .await
    }

    async fn delete_all(&self, bucket: &str, keys: &[String]) -> Result<(), CloudError> {
        let operation = Operation::DeleteObjects;
        self.call(operation, |inside| {
            let objects = &mut inside.buckets.bucket(operation, bucket)?.objects;
            for key in keys {
                objects.remove(key);
            }
            inside.writes.push(Write::DeleteObjects { bucket: bucket.to_owned(), keys: keys.to_vec() });
            Ok(())
        })
        .await
    }

    async fn download(&self, bucket: &str, key: &str, to: &Path) -> Result<bool, CloudError> {
        let operation = Operation::GetObject;
        let body = self
            .call(operation, |inside| {
                let object = inside.buckets.bucket(operation, bucket)?.objects.get(key);
                Ok(object.map(|object| object.body.clone()))
            })
            .await?;
        let Some(body) = body else { return Ok(false) };
        std::fs::write(to, body).map_err(|error| on_disk(operation, error))?;
        Ok(true)
    }

    async fn public_access(&self, bucket: &str) -> Result<PublicAccess, CloudError> {
        let operation = Operation::GetPublicAccessBlock;
        self.call(operation, |inside| Ok(inside.buckets.bucket(operation, bucket)?.public_access)).await
    }

    async fn block_public_access(&self, bucket: &str) -> Result<(), CloudError> {
        let operation = Operation::PutPublicAccessBlock;
        self.call(operation, |inside| {
            let access = &mut inside.buckets.bucket(operation, bucket)?.public_access;
            *access = PublicAccess {
                block_public_acls: true,
                ignore_public_acls: true,
                block_public_policy: true,
                restrict_public_buckets: true,
                public_policy: access.public_policy,
            };
            inside.writes.push(Write::BlockPublicAccess { bucket: bucket.to_owned() });
            Ok(())
        })
        .await
    }
}

/// The files of bundles are real ones.
fn same_content(operation: Operation, key: &str, body: &[u8], sha256: &str) -> Result<(), CloudError> {
    if hexadecimal(&Sha256::digest(body)) == sha256 {
        return Ok(());
    }
    Err(refused(operation, OTHER_CONTENT, format!("the content of {key} is another one than its SHA-256 says")))
}

fn on_disk(operation: Operation, error: std::io::Error) -> CloudError {
    let kind = CloudErrorKind::Refused { code: None };
    CloudError {
        source: Some(Box::new(error)),
        ..CloudError::new(operation.to_string(), kind, "a file on the disk could not be used")
    }
}
