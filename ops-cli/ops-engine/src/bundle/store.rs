//! Where bundles are kept: once in an ops bucket, under the digest of their files, with the list of them beside it.

use std::fs::File;
use std::io;

use ops_model::bundle::{Bundle, archive_key, list_key};
use ops_model::declaration::{Digest, Site};
use ops_model::site::ObjectHeaders;

use super::unpack::{download, on_a_thread};
use super::{BundleError, ObjectPlace, Source, hash, open, pack, private_folder};
use crate::cloud::{Cloud, Content, Overwrite, Upload, WriteCondition};

/// A bundle that anybody may be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub place: ObjectPlace,
    pub digest: Digest,
    pub bundle: Bundle,
}

/// Reads a bundle with distrust and puts it into an ops bucket, unless it is there.
///
/// `sites`: those that it is for.
///
/// # Errors
///
/// Everything that makes it no bundle; and what S3 says.
pub async fn store(cloud: &Cloud, ops_bucket: &str, source: &Source, sites: &[&Site]) -> Result<Stored, BundleError> {
    let folder = private_folder()?;
    let path = match source {
        Source::Disk(path) => path.clone(),
        Source::Object(place) => download(cloud, place, folder.path()).await?,
    };
    let opened = on_a_thread(move || open(&path)).await?;
    for site in sites {
        opened.bundle.check_for(site)?;
    }
    let digest = opened.bundle.digest();
    let place = ObjectPlace { bucket: ops_bucket.to_owned(), key: archive_key(&digest) };
    let bundle = opened.bundle.clone();
    if read_list(cloud, &place, &digest).await?.is_none() {
        let packed = folder.path().join("packed.tar.zst");
        let (sha256, size) = on_a_thread({
            let packed = packed.clone();
            move || {
                pack::tar_zst(&opened, &packed)?;
                let unreadable = |source| BundleError::Read { path: packed.clone(), source };
                let mut file = File::open(&packed).map_err(unreadable)?;
                hash(&mut file, &mut io::sink()).map_err(unreadable)
            }
        })
        .await?;
        let headers = ObjectHeaders {
            content_type: "application/zstd".to_owned(),
            cache_control: "no-store".to_owned(),
            ..ObjectHeaders::default()
        };
        let upload = Upload {
            bucket: ops_bucket,
            key: &place.key,
            content: Content::File { path: packed, size },
            sha256: &sha256,
            headers: &headers,
            overwrite: Overwrite::Never,
        };
        there_once(cloud.site_objects.upload(&upload).await.map(drop))?;
        // The list is written last, so that where it is the bundle is.
        let list = serde_json::to_vec(&bundle)
            .map_err(|source| BundleError::MalformedList { place: place.to_string(), source })?;
        let list = cloud.objects.put(ops_bucket, &list_key(&digest), list, WriteCondition::Absent).await;
        there_once(list.map(drop))?;
    }
    Ok(Stored { place, digest, bundle })
}

/// Whoever was faster has stored the same.
fn there_once(stored: Result<(), crate::cloud::CloudError>) -> Result<(), BundleError> {
    match stored {
        Err(error) if !error.is_condition_failed() => Err(error.into()),
        _ => Ok(()),
    }
}

/// Files of a bundle: from the list beside it, or by reading it where there is none.
///
/// # Errors
///
/// A bundle that is not there, or that has other files than the digest says.
pub async fn files_of(cloud: &Cloud, place: &ObjectPlace, digest: &Digest) -> Result<Bundle, BundleError> {
    if let Some(bundle) = read_list(cloud, place, digest).await? {
        return Ok(bundle);
    }
    let folder = private_folder()?;
    let path = download(cloud, place, folder.path()).await?;
    let bundle = on_a_thread(move || Ok(open(&path)?.bundle)).await?;
    same_digest(place, digest, &bundle)?;
    Ok(bundle)
}

async fn read_list(cloud: &Cloud, place: &ObjectPlace, digest: &Digest) -> Result<Option<Bundle>, BundleError> {
    // Beside a bundle that somebody else has named otherwise there is none.
    if place.key != archive_key(digest) {
        return Ok(None);
    }
    let list = ObjectPlace { bucket: place.bucket.clone(), key: list_key(digest) };
    let Some(object) = cloud.objects.get(&list.bucket, &list.key).await? else { return Ok(None) };
    let bundle: Bundle = serde_json::from_slice(&object.body)
        .map_err(|source| BundleError::MalformedList { place: list.to_string(), source })?;
    bundle.check()?;
    same_digest(&list, digest, &bundle)?;
    Ok(Some(bundle))
}

fn same_digest(place: &ObjectPlace, digest: &Digest, bundle: &Bundle) -> Result<(), BundleError> {
    let found = bundle.digest();
    if found == *digest {
        return Ok(());
    }
    Err(BundleError::OtherContent { place: place.to_string(), what: format!("their digest is {found}") })
}
