//! For which platforms an image is.

use std::collections::BTreeSet;

use aws_sdk_ecr::types::ImageFailureCode;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;
use ops_engine::cloud::CloudError;
use serde_json::Value;

use super::EcrImages;
use super::image_reference::EcrReference;

const GET_IMAGE: &str = "BatchGetImage";
const GET_CONFIGURATION: &str = "GetDownloadUrlForLayer";

/// Indexes first: ECR gives what is asked for.
const MEDIA_TYPES: [&str; 4] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

impl EcrImages {
    /// None of them when the image names none.
    ///
    /// # Errors
    ///
    /// An image outside of ECR, or of ECR in another region, cannot be checked.
    pub(super) async fn platforms(&self, image: &str) -> Result<Option<Vec<String>>, CloudError> {
        let cannot = |why: &str| self.errors.refused(GET_IMAGE, format!("{image} cannot be checked: it is {why}"));
        let reference = EcrReference::parse(image).ok_or_else(|| cannot("not in ECR"))?;
        if reference.region != self.region {
            return Err(cannot("in another region"));
        }
        let Some(manifest) = self.manifest(&reference).await? else { return Ok(None) };
        if let Some(platforms) = of_index(&manifest) {
            return Ok(Some(platforms));
        }
        let digest = manifest.pointer("/config/digest").and_then(Value::as_str);
        let digest = digest.ok_or_else(|| self.errors.unexpected(GET_IMAGE, "the manifest names no configuration"))?;
        let configuration = self.configuration(&reference, digest).await?;
        Ok(Some(platform(&configuration).into_iter().collect()))
    }

    async fn manifest(&self, reference: &EcrReference<'_>) -> Result<Option<Value>, CloudError> {
        let request = self
            .sdk
            .batch_get_image()
            .registry_id(reference.account)
            .repository_name(reference.repository)
            .image_ids(reference.image.clone())
            .set_accepted_media_types(Some(MEDIA_TYPES.map(str::to_owned).to_vec()));
        let answer = match request.send().await.map_err(|error| self.errors.of(GET_IMAGE, error)) {
            Ok(answer) => answer,
            // The repository.
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        if let Some(manifest) = answer.images().iter().find_map(|image| image.image_manifest()) {
            return serde_json::from_str(manifest).map(Some).map_err(|error| self.unreadable(GET_IMAGE, error));
        }
        match answer.failures().first() {
            Some(failure) if failure.failure_code() == Some(&ImageFailureCode::ImageNotFound) => Ok(None),
            failure => {
                let why = failure.and_then(|failure| failure.failure_reason()).unwrap_or("the answer has no image");
                Err(self.errors.unexpected(GET_IMAGE, why))
            }
        }
    }

    async fn configuration(&self, reference: &EcrReference<'_>, digest: &str) -> Result<Value, CloudError> {
        let request = self
            .sdk
            .get_download_url_for_layer()
            .registry_id(reference.account)
            .repository_name(reference.repository)
            .layer_digest(digest);
        let answer = request.send().await.map_err(|error| self.errors.of(GET_CONFIGURATION, error))?;
        let content = self.download(answer.download_url().unwrap_or_default()).await;
        let content = content.map_err(|why| self.errors.unexpected(GET_CONFIGURATION, why))?;
        serde_json::from_slice(&content).map_err(|error| self.unreadable(GET_CONFIGURATION, error))
    }

    /// The link holds a signature, so no error tells it.
    async fn download(&self, link: &str) -> Result<Vec<u8>, String> {
        let connector = self.downloads.as_ref().ok_or("there is no HTTP client")?;
        let request = HttpRequest::get(link).map_err(|_| "the link to the image's configuration is no URI")?;
        let answer = connector.call(request).await.map_err(|_| "the image's configuration could not be downloaded")?;
        if !answer.status().is_success() {
            return Err(format!("the image's configuration was answered with status {}", answer.status().as_u16()));
        }
        let content = ByteStream::new(answer.into_body()).collect().await;
        Ok(content.map_err(|_| "the image's configuration broke off")?.to_vec())
    }

    fn unreadable(&self, operation: &str, error: serde_json::Error) -> CloudError {
        self.errors.unexpected(operation, format!("it is no JSON: {error}"))
    }
}

/// `None` when the manifest is that of one image.
fn of_index(manifest: &Value) -> Option<Vec<String>> {
    let manifests = manifest.get("manifests")?.as_array()?;
    // Attestations say that they are for `unknown/unknown`.
    let platforms = manifests.iter().filter_map(|manifest| platform(manifest.get("platform")?));
    let platforms: BTreeSet<_> = platforms.filter(|platform| platform != "unknown/unknown").collect();
    Some(platforms.into_iter().collect())
}

fn platform(described: &Value) -> Option<String> {
    let text = |name: &str| described.get(name).and_then(Value::as_str);
    Some(format!("{}/{}", text("os")?, text("architecture")?))
}
