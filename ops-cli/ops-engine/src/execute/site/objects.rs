//! The objects of a publication, many at once: as many as keep S3 busy.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use ops_model::bundle::file_key;
use ops_model::plan::{SiteCopy, SiteUpload};

use super::Publication;
use super::stop::Stop;
use crate::bundle::{BundleError, ObjectPlace};
use crate::cloud::{CloudError, CloudErrorKind, Copy};
use crate::event::SiteStep;
use crate::pace::persistently;

const CALLS_AT_ONCE: usize = 64;

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>
const KEYS_AT_ONCE: usize = 1000;

/// One in so many objects is told of.
const TOLD: usize = 50;

/// Entity tags by key.
type EntityTags = BTreeMap<String, String>;

impl Publication<'_> {
    /// Brings files of bundles to where they lie until they are served, or from then on. Their content stays in S3.
    pub(super) async fn upload(
        &self,
        bucket: &str,
        uploads: &BTreeMap<String, Vec<SiteUpload>>,
    ) -> Result<EntityTags, Stop> {
        let mut entity_tags = EntityTags::new();
        for (bundle, uploads) in uploads {
            let place: ObjectPlace = bundle.parse().map_err(|error| CloudError {
                source: Some(Box::new(error)),
                ..CloudError::new(
                    "s3:CopyObject",
                    CloudErrorKind::Refused { code: None },
                    format!("no bundle {bundle}"),
                )
            })?;
            let calls = uploads.iter().map(|it| {
                let from_bucket = &place.bucket;
                async move {
                    self.not_interrupted("before anything that is served was changed")?;
                    let from = file_key(&it.sha256);
                    let SiteUpload { path, key, sha256, size: _, headers } = it;
                    let copy = Copy { from_bucket, from: &from, bucket, to: key, sha256, headers };
                    match self.send(&copy).await {
                        Err(Stop::Cloud(error)) if error.is_other_content() => {
                            // It says that it is what it is not; the next reconcile would take it for that.
                            self.delete(bucket, std::slice::from_ref(key), SiteStep::Tidying).await?;
                            Err(error.into())
                        }
                        Err(Stop::Cloud(error)) if error.is_not_found() => {
                            let place = ObjectPlace { bucket: from_bucket.clone(), key: from };
                            Err(BundleError::LacksFile { path: path.clone(), place: place.to_string() }.into())
                        }
                        sent => sent,
                    }
                }
            });
            let calls = stream::iter(calls).buffer_unordered(CALLS_AT_ONCE);
            entity_tags.extend(self.gather(calls, SiteStep::Uploading, uploads.len()).await?);
        }
        Ok(entity_tags)
    }

    pub(super) async fn copy(&self, bucket: &str, batch: &[SiteCopy]) -> Result<EntityTags, Stop> {
        let calls = batch.iter().map(|it| async move {
            let SiteCopy { from, to, sha256, headers } = it;
            self.send(&Copy { from_bucket: bucket, from, bucket, to, sha256, headers }).await
        });
        self.gather(stream::iter(calls).buffer_unordered(CALLS_AT_ONCE), SiteStep::Flipping, batch.len()).await
    }

    /// The key of the copy, and its entity tag.
    async fn send(&self, copy: &Copy<'_>) -> Result<(String, String), Stop> {
        let send = async || self.execution.cloud.site_objects.copy(copy).await;
        let entity_tag = persistently(&self.execution.cancelled, send).await?;
        Ok((copy.to.to_owned(), entity_tag))
    }

    async fn gather(
        &self,
        calls: impl stream::Stream<Item = Result<(String, String), Stop>>,
        step: SiteStep,
        of: usize,
    ) -> Result<EntityTags, Stop> {
        let mut calls = std::pin::pin!(calls);
        let mut entity_tags = EntityTags::new();
        self.tell(step, 0, of);
        while let Some((key, entity_tag)) = calls.try_next().await? {
            entity_tags.insert(key, entity_tag);
            if entity_tags.len() == of || entity_tags.len().is_multiple_of(TOLD) {
                self.tell(step, entity_tags.len(), of);
            }
        }
        Ok(entity_tags)
    }

    pub(super) async fn delete(&self, bucket: &str, keys: &[String], step: SiteStep) -> Result<(), Stop> {
        for (number, keys) in keys.chunks(KEYS_AT_ONCE).enumerate() {
            self.tell(step, number * KEYS_AT_ONCE, number * KEYS_AT_ONCE + keys.len());
            let delete = async || self.execution.cloud.site_objects.delete_all(bucket, keys).await;
            persistently(&self.execution.cancelled, delete).await?;
        }
        Ok(())
    }
}
