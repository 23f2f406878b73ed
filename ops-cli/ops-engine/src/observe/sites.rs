//! Sites: one listing of the bucket and a few documents in it; objects one by one only where the listing leaves doubts.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join4;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use ops_model::declaration::{Build, BuildContent, Declaration, Digest};
use ops_model::observation::Observation;
use ops_model::platform::{Platform, PlatformSite};
use ops_model::site::{
    CURRENT_KEY, CurrentBuild, ObjectDetails, ObservedObject, ObservedSite, SiteBuild, WantedBundle, build_key,
};
use serde::de::DeserializeOwned;

use super::{READS_AT_ONCE, inputs};
use crate::bundle::{BundleError, ObjectPlace, files_of};
use crate::cloud::{Cloud, CloudError, CloudErrorKind, ListedObject, StoredObject};

/// Objects that are asked about side by side.
const DETAILS_AT_ONCE: usize = 64;

/// Sites that somebody deploys into and that Terraform has made.
pub(super) async fn read(
    cloud: &Cloud,
    declaration: &Declaration,
    platform: &Platform,
) -> Result<BTreeMap<String, ObservedSite>, CloudError> {
    let deployed = declaration.environment.sites.iter().filter_map(|(name, site)| {
        let artifact = site.artifact.as_ref()?;
        Some((name, platform.sites.get(name)?, declaration.builds.artifacts.get(artifact)))
    });
    let reads = deployed.map(|(name, place, build)| async move {
        Ok::<_, CloudError>((name.clone(), one(cloud, place, build).await?))
    });
    stream::iter(reads.collect::<Vec<_>>()).buffered(READS_AT_ONCE).try_collect().await
}

/// What else has to be known of objects that may have been changed.
pub(super) async fn look_closer(
    cloud: &Cloud,
    declaration: &Declaration,
    platform: &Platform,
    observation: &mut Observation,
) -> Result<(), CloudError> {
    for name in observation.sites.keys().cloned().collect::<Vec<_>>() {
        let doubtful = inputs(declaration, platform, observation).doubtful_objects(&name);
        let Some(place) = platform.sites.get(&name) else { continue };
        let found = details(cloud, &place.bucket, doubtful).await?;
        let Some(site) = observation.sites.get_mut(&name) else { continue };
        add(site, found);
    }
    Ok(())
}

/// One site as it is now, looked at closely enough to bring an earlier build back.
pub(crate) async fn on_the_way_back(
    cloud: &Cloud,
    declaration: &Declaration,
    platform: &Platform,
    name: &str,
    build: &SiteBuild,
) -> Result<Observation, CloudError> {
    let mut observation = Observation::default();
    let Some(place) = platform.sites.get(name) else { return Ok(observation) };
    observation.sites.insert(name.to_owned(), one(cloud, place, None).await?);
    let doubtful = inputs(declaration, platform, &observation).doubtful_on_the_way_back(name, build);
    let found = details(cloud, &place.bucket, doubtful).await?;
    observation.sites.entry(name.to_owned()).and_modify(|site| add(site, found));
    Ok(observation)
}

fn add(site: &mut ObservedSite, found: Vec<(String, Option<ObjectDetails>)>) {
    for (key, details) in found {
        match details {
            Some(details) => {
                if let Some(object) = site.objects.get_mut(&key) {
                    object.details = Some(details);
                }
            }
            // Gone since it was listed.
            None => drop(site.objects.remove(&key)),
        }
    }
}

async fn details(
    cloud: &Cloud,
    bucket: &str,
    keys: BTreeSet<String>,
) -> Result<Vec<(String, Option<ObjectDetails>)>, CloudError> {
    let reads = keys.into_iter().map(|key| async move {
        let details = cloud.site_objects.details(bucket, &key).await?;
        Ok::<_, CloudError>((key, details))
    });
    stream::iter(reads).buffer_unordered(DETAILS_AT_ONCE).try_collect().await
}

async fn one(cloud: &Cloud, place: &PlatformSite, build: Option<&Build>) -> Result<ObservedSite, CloudError> {
    let bucket = &place.bucket;
    let (listed, current, public_access, distribution) = try_join4(
        cloud.site_objects.list(bucket),
        cloud.objects.get(bucket, CURRENT_KEY),
        cloud.site_objects.public_access(bucket),
        cloud.distributions.distribution(&place.distribution_id),
    )
    .await?;
    let current_entity_tag = current.as_ref().map(|object| object.entity_tag.clone());
    let current: Option<CurrentBuild> = current.map(|object| document(bucket, CURRENT_KEY, &object)).transpose()?;
    let current_modified = listed.iter().find(|object| object.key == CURRENT_KEY).map(|object| object.modified);
    let builds = builds(cloud, bucket, current.as_ref(), build, &listed).await?;
    let wanted = match build {
        Some(build) => wanted(cloud, build, &builds).await?,
        None => WantedBundle::None,
    };
    let objects = listed.into_iter().filter(|object| object.key != CURRENT_KEY).map(observed);
    Ok(ObservedSite {
        current,
        current_entity_tag,
        current_modified,
        builds,
        wanted,
        objects: objects.collect(),
        public_access,
        distribution,
    })
}

fn observed(listed: ListedObject) -> (String, ObservedObject) {
    let ListedObject { key, size, entity_tag, modified } = listed;
    (key, ObservedObject { size, entity_tag, modified, details: None })
}

/// Manifests of the builds that are kept and of the wanted one, as far as the bucket has them.
async fn builds(
    cloud: &Cloud,
    bucket: &str,
    current: Option<&CurrentBuild>,
    wanted: Option<&Build>,
    listed: &[ListedObject],
) -> Result<BTreeMap<Digest, SiteBuild>, CloudError> {
    let kept = current.iter().flat_map(|current| &current.kept);
    let digests: BTreeSet<_> = kept.chain(wanted.map(|build| &build.digest)).cloned().collect();
    let there = |digest: &Digest| {
        let key = build_key(digest);
        listed.binary_search_by(|object| object.key.as_str().cmp(&key)).is_ok()
    };
    let reads = digests.into_iter().filter(there).map(|digest| async move {
        let key = build_key(&digest);
        let Some(object) = cloud.objects.get(bucket, &key).await? else { return Ok(None) };
        let build: SiteBuild = document(bucket, &key, &object)?;
        // Whoever has edited the list of files has not edited its name.
        let is_whole = build.digest == digest && build.is_whole();
        Ok::<_, CloudError>(is_whole.then_some((digest, build)))
    });
    let builds: Vec<Option<(Digest, SiteBuild)>> =
        stream::iter(reads).buffer_unordered(READS_AT_ONCE).try_collect().await?;
    Ok(builds.into_iter().flatten().collect())
}

async fn wanted(
    cloud: &Cloud,
    build: &Build,
    builds: &BTreeMap<Digest, SiteBuild>,
) -> Result<WantedBundle, CloudError> {
    if let Some(known) = builds.get(&build.digest) {
        return Ok(WantedBundle::Known { files: known.bundle().files });
    }
    let place = match &build.content {
        BuildContent::Bundle(place) => place,
        BuildContent::Image(_) => return Ok(WantedBundle::None),
    };
    let unusable = |why: String| Ok(WantedBundle::Unusable { why });
    let Ok(place) = place.parse::<ObjectPlace>() else { return unusable(format!("{place} names no object")) };
    match files_of(cloud, &place, &build.digest).await {
        Ok(bundle) => Ok(WantedBundle::Known { files: bundle.files }),
        Err(BundleError::Cloud(error)) if error.is_not_found() => unusable(format!("{place} does not exist")),
        Err(BundleError::Cloud(error)) => Err(error),
        Err(error) => unusable(crate::error_chain::error_chain(&error)),
    }
}

fn document<T: DeserializeOwned>(bucket: &str, key: &str, object: &StoredObject) -> Result<T, CloudError> {
    serde_json::from_slice(&object.body).map_err(|error| CloudError {
        source: Some(Box::new(error)),
        ..CloudError::new(
            "s3:GetObject",
            CloudErrorKind::Refused { code: None },
            format!("s3://{bucket}/{key} cannot be understood"),
        )
    })
}
