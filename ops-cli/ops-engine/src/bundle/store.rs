//! Where bundles are kept: the list of a bundle's files under its digest, and each file once, under its SHA-256.

use std::path::Path;

use ops_model::bundle::{Bundle, list_key};
use ops_model::declaration::{Digest, Site};

use super::unpack::{download, on_a_thread};
use super::{BundleError, ObjectPlace, Source, open, pool, private_folder};
use crate::cloud::{Cloud, CloudError, WriteCondition};

/// A bundle that anybody may be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub place: ObjectPlace,
    pub digest: Digest,
    pub bundle: Bundle,
}

/// Reads a bundle with distrust and puts what is not there yet into an ops bucket. `told` hears how many of the files
/// that had to be put there are, and of how many.
///
/// `sites`: all that the bundle is for. `cache`: a folder in which hashes of files are kept between runs; without one,
/// every file is read each time.
///
/// # Errors
///
/// Everything that makes it no bundle; and what S3 says.
pub async fn store(
    cloud: &Cloud,
    ops_bucket: &str,
    source: &Source,
    cache: Option<&Path>,
    sites: &[&Site],
    told: impl Fn(usize, usize),
) -> Result<Stored, BundleError> {
    let folder = private_folder()?;
    let path = match source {
        Source::Disk(path) => path.clone(),
        Source::Object(place) => download(cloud, place, folder.path()).await?,
    };
    let cache = cache.map(Path::to_owned);
    let (opened, there) =
        tokio::join!(on_a_thread(move || open(&path, cache.as_deref())), pool::keys(cloud, ops_bucket));
    // What is wrong with the files comes first.
    let opened = opened?;
    for site in sites {
        opened.bundle.check_for(site)?;
    }
    let digest = opened.bundle.digest();
    let place = ObjectPlace { bucket: ops_bucket.to_owned(), key: list_key(&digest) };
    // Also where the list is there: somebody may have deleted files.
    pool::fill(cloud, ops_bucket, &opened, &there?, told).await?;
    let bundle = opened.bundle;
    if read_list(cloud, &place, &digest).await?.is_none() {
        // Last, so that where the list is the files are.
        let list = serde_json::to_vec(&bundle)
            .map_err(|source| BundleError::MalformedList { place: place.to_string(), source })?;
        there_once(cloud.objects.put(ops_bucket, &place.key, list, WriteCondition::Absent).await)?;
    }
    Ok(Stored { place, digest, bundle })
}

/// Whoever was faster has stored the same.
pub(super) fn there_once(stored: Result<String, CloudError>) -> Result<(), CloudError> {
    match stored {
        Err(error) if !error.is_condition_failed() => Err(error),
        _ => Ok(()),
    }
}

/// Files of a bundle.
///
/// # Errors
///
/// A bundle that is not there, or that has other files than the digest says.
pub async fn files_of(cloud: &Cloud, place: &ObjectPlace, digest: &Digest) -> Result<Bundle, BundleError> {
    read_list(cloud, place, digest).await?.ok_or_else(|| BundleError::Missing { place: place.to_string() })
}

async fn read_list(cloud: &Cloud, place: &ObjectPlace, digest: &Digest) -> Result<Option<Bundle>, BundleError> {
    let Some(object) = cloud.objects.get(&place.bucket, &place.key).await? else { return Ok(None) };
    let bundle: Bundle = serde_json::from_slice(&object.body)
        .map_err(|source| BundleError::MalformedList { place: place.to_string(), source })?;
    bundle.check()?;
    let found = bundle.digest();
    if found == *digest {
        return Ok(Some(bundle));
    }
    Err(BundleError::OtherContent { place: place.to_string(), what: format!("their digest is {found}") })
}
