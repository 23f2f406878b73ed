use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::DisplayErrorContext;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::types::ChecksumMode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Files, FilesError, LIFETIME, PresignedRequest, StoredFile};
use crate::store::Upload;

/// A private bucket, read through a distribution.
#[derive(Debug, Clone)]
pub(crate) struct S3Files {
    client: Client,
    bucket: String,
    /// Of the distribution; no slash at its end.
    url: String,
}

impl S3Files {
    pub(crate) fn new(configuration: &aws_config::SdkConfig, bucket: String, url: &str) -> Self {
        // A name of a bucket below a loopback address does not resolve.
        let is_local = configuration.endpoint_url().is_some();
        let client = aws_sdk_s3::config::Builder::from(configuration).force_path_style(is_local).build();
        Self { client: Client::from_conf(client), bucket, url: url.trim_end_matches('/').to_owned() }
    }
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> FilesError {
    FilesError::Unavailable(DisplayErrorContext(error).to_string().into())
}

#[async_trait]
impl Files for S3Files {
    async fn presign(&self, upload: &Upload) -> Result<PresignedRequest, FilesError> {
        let lifetime = Duration::try_from(LIFETIME).map_err(unavailable)?;
        let expiry = PresigningConfig::expires_in(lifetime).map_err(unavailable)?;
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(upload.key())
            .content_type(upload.content_type.as_str())
            .content_length(i64::try_from(upload.size).map_err(unavailable)?)
            .checksum_sha256(STANDARD.encode(upload.sha256))
            // What lies there is never written over.
            .if_none_match("*")
            .presigned(expiry)
            .await
            .map_err(unavailable)?;
        Ok(PresignedRequest {
            url: request.uri().to_owned(),
            headers: request.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        })
    }

    async fn stored(&self, upload: &Upload) -> Result<Option<StoredFile>, FilesError> {
        let head = self.client.head_object().bucket(&self.bucket).key(upload.key());
        match head.checksum_mode(ChecksumMode::Enabled).send().await {
            Ok(head) => {
                let sha256 = head.checksum_sha256().and_then(|text| STANDARD.decode(text).ok());
                let size = head.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
                Ok(Some(StoredFile { size, sha256: sha256.and_then(|bytes| bytes.try_into().ok()) }))
            }
            Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn remove(&self, upload: &Upload) -> Result<(), FilesError> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(upload.key());
        delete.send().await.map(drop).map_err(unavailable)
    }

    fn url(&self, upload: &Upload) -> String {
        // The name holds no character but a space that means something in a URL.
        format!("{}/{}", self.url, upload.key().replace(' ', "%20"))
    }
}
