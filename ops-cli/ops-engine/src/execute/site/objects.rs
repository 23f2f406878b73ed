//! The objects of a publication, many at once: as many as keep S3 busy, and no more bytes than fit into a small machine.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use ops_model::plan::{SiteCopy, SiteUpload};
use tokio::sync::Semaphore;

use super::Publication;
use super::stop::Stop;
use crate::bundle::{Fetched, ObjectPlace, fetch};
use crate::cloud::{CloudError, CloudErrorKind, Content, Copy, Overwrite, Upload};
use crate::event::SiteStep;
use crate::pace::persistently;

const CALLS_AT_ONCE: usize = 64;

/// KiB of content that are under way at once; a large file counts as if it were as much at most, since it goes in parts.
const KIB_IN_FLIGHT: u32 = 32 * 1024;

/// KiB that one large file takes.
const KIB_OF_ONE: u32 = 8 * 1024;

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>
const KEYS_AT_ONCE: usize = 1000;

/// One in so many objects is told of.
const TOLD: usize = 50;

/// Entity tags by key.
type EntityTags = BTreeMap<String, String>;

impl Publication<'_> {
    pub(super) async fn upload(
        &self,
        bucket: &str,
        uploads: &BTreeMap<String, Vec<SiteUpload>>,
    ) -> Result<EntityTags, Stop> {
        let mut entity_tags = EntityTags::new();
        for (bundle, uploads) in uploads {
            self.not_interrupted("before anything that is served was changed")?;
            self.tell(SiteStep::Fetching, 0, uploads.len());
            let place: ObjectPlace = bundle.parse().map_err(|error| CloudError {
                source: Some(Box::new(error)),
                ..CloudError::new("s3:GetObject", CloudErrorKind::Refused { code: None }, format!("no bundle {bundle}"))
            })?;
            let files = uploads.iter().map(|upload| (upload.path.clone(), upload.sha256.clone())).collect();
            let fetched = fetch(self.execution.cloud, &place, files).await?;
            entity_tags.extend(self.upload_all(bucket, &fetched, uploads).await?);
        }
        Ok(entity_tags)
    }

    async fn upload_all(&self, bucket: &str, fetched: &Fetched, uploads: &[SiteUpload]) -> Result<EntityTags, Stop> {
        let in_flight = Semaphore::new(KIB_IN_FLIGHT as usize);
        let in_flight = &in_flight;
        let calls = uploads.iter().map(|it| async move {
            self.not_interrupted("before anything that is served was changed")?;
            let kib = u32::try_from(it.size.div_ceil(1024)).unwrap_or(u32::MAX).clamp(1, KIB_OF_ONE);
            // Nobody closes the semaphore.
            let _permit = in_flight.acquire_many(kib).await;
            let upload = Upload {
                bucket,
                key: &it.key,
                content: Content::File { path: fetched.path(&it.path), size: it.size },
                sha256: &it.sha256,
                headers: &it.headers,
                overwrite: Overwrite::Allowed,
            };
            let send = async || self.execution.cloud.site_objects.upload(&upload).await;
            let entity_tag = persistently(&self.execution.cancelled, send).await?;
            Ok((it.key.clone(), entity_tag))
        });
        self.gather(stream::iter(calls).buffer_unordered(CALLS_AT_ONCE), SiteStep::Uploading, uploads.len()).await
    }

    pub(super) async fn copy(&self, bucket: &str, batch: &[SiteCopy]) -> Result<EntityTags, Stop> {
        let calls = batch.iter().map(|it| async move {
            let SiteCopy { from, to, sha256, headers } = it;
            let copy = Copy { bucket, from, to, sha256, headers };
            let send = async || self.execution.cloud.site_objects.copy(&copy).await;
            let entity_tag = persistently(&self.execution.cancelled, send).await?;
            Ok((to.clone(), entity_tag))
        });
        self.gather(stream::iter(calls).buffer_unordered(CALLS_AT_ONCE), SiteStep::Flipping, batch.len()).await
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
