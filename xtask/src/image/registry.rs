//! Pushing by the registry's HTTP interface (OCI Distribution Specification 1.1, "Pushing").

use ureq::http::{Response, header};
use ureq::{Agent, Body};

use super::Destination;
use super::document::{Blob, ImageDocument, MANIFEST_TYPE};

/// `AWS:local`: the emulator's registry asks for credentials, as ECR does, and takes any.
const AUTHORIZATION: &str = "Basic QVdTOmxvY2Fs";

#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error("no answer to {request}")]
    Request {
        request: String,
        #[source]
        source: ureq::Error,
    },
    #[error("it answered {status} to {request}: {body}")]
    Refused { request: String, status: u16, body: String },
    #[error("it did not say where to upload to")]
    NoLocation,
}

/// Uploads the parts and then the manifest under `tag`; returns the manifest's digest.
pub(super) fn push(destination: &Destination, tag: &str, image: &ImageDocument) -> Result<String, RegistryError> {
    let registry = Registry::new(destination);
    registry.upload(&image.layer)?;
    registry.upload(&image.configuration)?;
    let url = registry.url(&format!("manifests/{tag}"));
    registry.checked(
        format!("PUT {url}"),
        registry
            .agent
            .put(&url)
            .header(header::AUTHORIZATION, AUTHORIZATION)
            .header(header::CONTENT_TYPE, MANIFEST_TYPE)
            .send(&image.manifest.content[..]),
    )?;
    Ok(image.manifest.digest.clone())
}

struct Registry<'a> {
    agent: Agent,
    destination: &'a Destination,
}

impl<'a> Registry<'a> {
    fn new(destination: &'a Destination) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(std::time::Duration::from_secs(60)))
            .build()
            .into();
        Self { agent, destination }
    }

    fn url(&self, path: &str) -> String {
        let Destination { registry, repository } = self.destination;
        format!("http://{registry}/v2/{repository}/{path}")
    }

    fn upload(&self, blob: &Blob) -> Result<(), RegistryError> {
        let url = self.url(&format!("blobs/{}", blob.digest));
        let present = self.agent.head(&url).header(header::AUTHORIZATION, AUTHORIZATION).call();
        if present.map_err(|source| RegistryError::Request { request: format!("HEAD {url}"), source })?.status() == 200
        {
            return Ok(());
        }
        let url = self.url("blobs/uploads/");
        let begun = self.checked(
            format!("POST {url}"),
            self.agent.post(&url).header(header::AUTHORIZATION, AUTHORIZATION).send_empty(),
        )?;
        let location = begun
            .headers()
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .ok_or(RegistryError::NoLocation)?;
        let url = self.upload_url(location, &blob.digest);
        self.checked(
            format!("PUT {url}"),
            self.agent
                .put(&url)
                .header(header::AUTHORIZATION, AUTHORIZATION)
                .header(header::CONTENT_TYPE, "application/octet-stream")
                .send(&blob.content[..]),
        )?;
        Ok(())
    }

    /// A location is absolute or relative to the registry, and may have a query of its own already. The host is always
    /// the destination's: what is pushed does not leave the machine because a registry says so.
    fn upload_url(&self, location: &str, digest: &str) -> String {
        let path = match location.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
            None => location,
        };
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("http://{}{path}{separator}digest={digest}", self.destination.registry)
    }

    fn checked(
        &self,
        request: String,
        answer: Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>, RegistryError> {
        let mut response = match answer {
            Ok(response) => response,
            Err(source) => return Err(RegistryError::Request { request, source }),
        };
        if response.status().is_success() {
            return Ok(response);
        }
        let body = response.body_mut().read_to_string().unwrap_or_else(|error| error.to_string());
        Err(RegistryError::Refused { request, status: response.status().as_u16(), body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_stay_at_the_registry_that_was_named() {
        let destination = Destination {
            registry: "127.0.0.1:4566".parse().expect("an address"),
            repository: "slipway/app".to_owned(),
        };
        let registry = Registry::new(&destination);
        for (location, wanted) in [
            ("/v2/slipway/app/blobs/uploads/1", "http://127.0.0.1:4566/v2/slipway/app/blobs/uploads/1?digest=sha256:0"),
            ("http://elsewhere.example/u/1?state=x", "http://127.0.0.1:4566/u/1?state=x&digest=sha256:0"),
        ] {
            assert_eq!(registry.upload_url(location, "sha256:0"), wanted);
        }
    }
}
