//! The files of all bundles of an ops bucket, each once: a new build uploads what is new in it.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, future, stream};
use ops_model::bundle::{BundleFile, FILE_PREFIX, file_key};
use ops_model::site::ObjectHeaders;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::store::there_once;
use super::{BundleError, Opened};
use crate::cloud::{Cloud, CloudError, Content, Overwrite, Upload};
use crate::pace::persistently;

const CALLS_AT_ONCE: usize = 64;

/// KiB of content that are under way at once; a large file counts as if it were as much at most, since it goes in parts.
const KIB_IN_FLIGHT: u32 = 16 * 1024;

/// KiB that one large file takes.
const KIB_OF_ONE: u32 = 8 * 1024;

/// Keys of all files that are there. A listing goes page by page; parts of it go side by side.
pub(super) async fn keys(cloud: &Cloud, ops_bucket: &str) -> Result<BTreeSet<String>, CloudError> {
    let parts =
        (0..16).map(|digit| async move { cloud.objects.list(ops_bucket, &format!("{FILE_PREFIX}{digit:x}")).await });
    let parts = future::try_join_all(parts).await?;
    Ok(parts.into_iter().flatten().collect())
}

/// Uploads what is not there.
pub(super) async fn fill(
    cloud: &Cloud,
    ops_bucket: &str,
    opened: &Opened,
    there: &BTreeSet<String>,
    told: impl Fn(usize, usize),
) -> Result<(), BundleError> {
    let files = opened.bundle.files.iter().map(|(path, file)| (file_key(&file.sha256), (path, file)));
    // Files with the same content are one.
    let missing: BTreeMap<_, _> = files.filter(|(key, _)| !there.contains(key)).collect();
    let headers = ObjectHeaders {
        content_type: "application/octet-stream".to_owned(),
        cache_control: "no-store".to_owned(),
        ..ObjectHeaders::default()
    };
    let (in_flight, never) = (Semaphore::new(KIB_IN_FLIGHT as usize), CancellationToken::new());
    let of = missing.len();
    let calls = missing.iter().map(|(key, (path, BundleFile { sha256, size }))| {
        let (in_flight, headers, never) = (&in_flight, &headers, &never);
        async move {
            let kib = u32::try_from(size.div_ceil(1024)).unwrap_or(u32::MAX).clamp(1, KIB_OF_ONE);
            // Nobody closes the semaphore.
            let _permit = in_flight.acquire_many(kib).await;
            let upload = Upload {
                bucket: ops_bucket,
                key,
                content: Content::File { path: opened.folder().join(path), size: *size },
                sha256,
                headers,
                overwrite: Overwrite::Never,
            };
            there_once(persistently(never, async || cloud.site_objects.upload(&upload).await).await)
        }
    });
    let mut calls = std::pin::pin!(stream::iter(calls).buffer_unordered(CALLS_AT_ONCE));
    let mut done = 0;
    while calls.try_next().await?.is_some() {
        done += 1;
        told(done, of);
    }
    Ok(())
}
