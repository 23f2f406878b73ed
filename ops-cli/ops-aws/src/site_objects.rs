//! Buckets of sites on S3: headers, copies, large objects, and who may read a bucket.

mod content;
mod parts;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use async_trait::async_trait;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, Delete, MetadataDirective, Object, ObjectIdentifier, PublicAccessBlockConfiguration,
};
use aws_smithy_types::base64;
use jiff::Timestamp;
use ops_engine::cloud::{
    CloudError, CloudErrorKind, Content, Copy, ListedObject, OTHER_CONTENT, Overwrite, SiteObjects, Upload,
};
use ops_model::bundle::hexadecimal;
use ops_model::site::{ObjectDetails, ObjectHeaders, PublicAccess, SHA256_METADATA};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use crate::error::Errors;

/// S3, for objects that are many or large; its client is patient with both.
pub(crate) struct S3SiteObjects {
    pub(crate) sdk: aws_sdk_s3::Client,
    pub(crate) errors: Errors,
}

/// Larger objects are sent in parts of this size; S3 takes ten thousand of at least 5 MiB.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
const PART_BYTES: u64 = 8 * 1024 * 1024;

const NO_SUCH_KEY: &str = "NoSuchKey";

/// What a source of a copy is named by is part of a header, and has to be encoded.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

impl S3SiteObjects {
    async fn put(&self, upload: &Upload<'_>, body: Vec<u8>) -> Result<String, CloudError> {
        const OPERATION: &str = "PutObject";
        let Upload { bucket, key, content: _, sha256, headers, overwrite } = upload;
        let ObjectHeaders { content_type, cache_control, content_encoding, content_language, content_disposition } =
            (*headers).clone();
        let digest = Sha256::digest(&body);
        self.same_content(OPERATION, upload, &digest)?;
        let request = self
            .sdk
            .put_object()
            .bucket(*bucket)
            .key(*key)
            .content_type(content_type)
            .cache_control(cache_control)
            .set_content_encoding(content_encoding)
            .set_content_language(content_language)
            .set_content_disposition(content_disposition)
            .metadata(SHA256_METADATA, *sha256)
            .set_if_none_match((*overwrite == Overwrite::Never).then(|| "*".to_owned()))
            .checksum_sha256(base64::encode(digest))
            .body(ByteStream::from(body))
            .customize()
            // The signed checksum says what the content is; a signature of the content would hash it once more.
            .disable_payload_signing();
        let answer = request.send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        self.entity_tag(OPERATION, bucket, key, answer.e_tag)
    }

    fn entity_tag(
        &self,
        operation: &str,
        bucket: &str,
        key: &str,
        entity_tag: Option<String>,
    ) -> Result<String, CloudError> {
        entity_tag.ok_or_else(|| {
            self.errors.unexpected(operation, format!("{bucket}/{key} was written and got no entity tag"))
        })
    }

    fn listed(&self, object: Object) -> Result<ListedObject, CloudError> {
        let modified = object.last_modified.and_then(|at| Timestamp::from_second(at.secs()).ok());
        let size = object.size.and_then(|size| u64::try_from(size).ok());
        match (object.key, size, object.e_tag, modified) {
            (Some(key), Some(size), Some(entity_tag), Some(modified)) => {
                Ok(ListedObject { key, size, entity_tag, modified })
            }
            _ => Err(self.errors.unexpected("ListObjectsV2", "an object came without key, size, entity tag or time")),
        }
    }

    /// A file may be written while we read it.
    fn same_content(&self, operation: &str, upload: &Upload<'_>, found: &[u8]) -> Result<(), CloudError> {
        if hexadecimal(found) == upload.sha256 {
            return Ok(());
        }
        let Content::File { path, .. } = &upload.content else {
            return Err(self.errors.refused(operation, format!("{} is sent with a wrong SHA-256", upload.key)));
        };
        let message = format!("{} was changed while it was being read", path.display());
        Err(self.errors.refused(operation, message))
    }

    /// A file of this machine that cannot be read or written.
    fn on_disk(&self, operation: &str, path: &Path, error: std::io::Error) -> CloudError {
        let kind = CloudErrorKind::Refused { code: None };
        let message = format!("{} cannot be used", path.display());
        CloudError { source: Some(Box::new(error)), ..self.errors.because(operation, kind, message) }
    }
}

#[async_trait]
impl SiteObjects for S3SiteObjects {
    async fn list(&self, bucket: &str) -> Result<Vec<ListedObject>, CloudError> {
        let mut pages = self.sdk.list_objects_v2().bucket(bucket).into_paginator().send();
        let mut objects = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.errors.of("ListObjectsV2", error))?;
            for object in page.contents.unwrap_or_default() {
                objects.push(self.listed(object)?);
            }
        }
        objects.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(objects)
    }

    async fn details(&self, bucket: &str, key: &str) -> Result<Option<ObjectDetails>, CloudError> {
        match self.sdk.head_object().bucket(bucket).key(key).send().await {
            Ok(answer) => Ok(Some(details(answer))),
            Err(error) => {
                let error = self.errors.of("HeadObject", error);
                if error.is_not_found() { Ok(None) } else { Err(error) }
            }
        }
    }

    async fn upload(&self, upload: &Upload<'_>) -> Result<String, CloudError> {
        match &upload.content {
            Content::Bytes(bytes) => self.put(upload, bytes.clone()).await,
            Content::File { path, size } if *size <= PART_BYTES => {
                let body = content::read(path, 0, *size).await;
                let body = body.map_err(|error| self.on_disk("PutObject", path, error))?;
                self.put(upload, body).await
            }
            Content::File { path, size } => self.in_parts(upload, path, *size).await,
        }
    }

    async fn copy(&self, copy: &Copy<'_>) -> Result<String, CloudError> {
        const OPERATION: &str = "CopyObject";
        let Copy { from_bucket, from, bucket, to, sha256, headers } = copy;
        let ObjectHeaders { content_type, cache_control, content_encoding, content_language, content_disposition } =
            (*headers).clone();
        let request = self
            .sdk
            .copy_object()
            .bucket(*bucket)
            .key(*to)
            .copy_source(format!("{from_bucket}/{}", utf8_percent_encode(from, KEY)))
            .metadata_directive(MetadataDirective::Replace)
            .content_type(content_type)
            .cache_control(cache_control)
            .set_content_encoding(content_encoding)
            .set_content_language(content_language)
            .set_content_disposition(content_disposition)
            .metadata(SHA256_METADATA, *sha256)
            // S3 reads what it has copied, and says what it was.
            .checksum_algorithm(ChecksumAlgorithm::Sha256);
        let answer = request.send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        let (entity_tag, checksum) =
            answer.copy_object_result.map(|copied| (copied.e_tag, copied.checksum_sha256)).unwrap_or_default();
        let found = checksum.and_then(|checksum| base64::decode(checksum).ok());
        if found.as_deref().map(hexadecimal).as_deref() != Some(*sha256) {
            let kind = CloudErrorKind::Refused { code: Some(OTHER_CONTENT.to_owned()) };
            let message = format!("the content of {from_bucket}/{from} is another one than its SHA-256 says");
            return Err(self.errors.because(OPERATION, kind, message));
        }
        self.entity_tag(OPERATION, bucket, to, entity_tag)
    }

    async fn delete_all(&self, bucket: &str, keys: &[String]) -> Result<(), CloudError> {
        const OPERATION: &str = "DeleteObjects";
        let unbuilt = |error| self.errors.refused(OPERATION, format!("the request could not be built: {error}"));
        let objects = keys.iter().map(|key| ObjectIdentifier::builder().key(key).build()).collect::<Result<_, _>>();
        let delete =
            Delete::builder().set_objects(Some(objects.map_err(unbuilt)?)).quiet(true).build().map_err(unbuilt)?;
        let request = self.sdk.delete_objects().bucket(bucket).delete(delete);
        let answer = request.send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        match answer.errors.unwrap_or_default().into_iter().next() {
            None => Ok(()),
            Some(failed) => {
                let key = failed.key.unwrap_or_default();
                let message = format!("{bucket}/{key}: {}", failed.message.unwrap_or_default());
                Err(self.errors.because(OPERATION, CloudErrorKind::Refused { code: failed.code }, message))
            }
        }
    }

    async fn download(&self, bucket: &str, key: &str, to: &Path) -> Result<bool, CloudError> {
        const OPERATION: &str = "GetObject";
        let mut answer = match self.sdk.get_object().bucket(bucket).key(key).send().await {
            Ok(answer) => answer,
            Err(error) if error.code() == Some(NO_SUCH_KEY) => return Ok(false),
            Err(error) => return Err(self.errors.of(OPERATION, error)),
        };
        let on_disk = |error| self.on_disk(OPERATION, to, error);
        let mut file = BufWriter::with_capacity(1 << 20, File::create_new(to).map_err(on_disk)?);
        while let Some(chunk) = answer.body.next().await {
            let chunk = chunk.map_err(|error| CloudError {
                source: Some(Box::new(error)),
                ..self.errors.unexpected(OPERATION, format!("the content of {bucket}/{key} broke off"))
            })?;
            file.write_all(&chunk).map_err(on_disk)?;
        }
        file.flush().map_err(on_disk)?;
        Ok(true)
    }

    async fn public_access(&self, bucket: &str) -> Result<PublicAccess, CloudError> {
        let block = match self.sdk.get_public_access_block().bucket(bucket).send().await {
            Ok(answer) => answer.public_access_block_configuration,
            Err(error) if error.code() == Some("NoSuchPublicAccessBlockConfiguration") => None,
            Err(error) => return Err(self.errors.of("GetPublicAccessBlock", error)),
        };
        let status = match self.sdk.get_bucket_policy_status().bucket(bucket).send().await {
            Ok(answer) => answer.policy_status,
            Err(error) if error.code() == Some("NoSuchBucketPolicy") => None,
            Err(error) => return Err(self.errors.of("GetBucketPolicyStatus", error)),
        };
        let on = |setting: fn(&PublicAccessBlockConfiguration) -> Option<bool>| {
            block.as_ref().and_then(setting).unwrap_or(false)
        };
        Ok(PublicAccess {
            block_public_acls: on(PublicAccessBlockConfiguration::block_public_acls),
            ignore_public_acls: on(PublicAccessBlockConfiguration::ignore_public_acls),
            block_public_policy: on(PublicAccessBlockConfiguration::block_public_policy),
            restrict_public_buckets: on(PublicAccessBlockConfiguration::restrict_public_buckets),
            public_policy: status.and_then(|status| status.is_public).unwrap_or(false),
        })
    }

    async fn block_public_access(&self, bucket: &str) -> Result<(), CloudError> {
        let block = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        let request = self.sdk.put_public_access_block().bucket(bucket).public_access_block_configuration(block);
        request.send().await.map_err(|error| self.errors.of("PutPublicAccessBlock", error))?;
        Ok(())
    }
}

fn details(answer: HeadObjectOutput) -> ObjectDetails {
    // Of how it was sent, not of what it is; some servers keep it.
    let content_encoding = answer.content_encoding.filter(|encoding| !encoding.is_empty() && encoding != "aws-chunked");
    ObjectDetails {
        headers: ObjectHeaders {
            content_type: answer.content_type.unwrap_or_default(),
            cache_control: answer.cache_control.unwrap_or_default(),
            content_encoding,
            content_language: answer.content_language,
            content_disposition: answer.content_disposition,
        },
        sha256: answer.metadata.and_then(|mut metadata| metadata.remove(SHA256_METADATA)),
    }
}
