//! Large objects, one part after the other, so that no more than one part is in memory.

use std::path::Path;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use ops_engine::cloud::{CloudError, Overwrite, Upload};
use ops_model::site::{ObjectHeaders, SHA256_METADATA};
use sha2::{Digest as _, Sha256};

use super::{PART_BYTES, S3SiteObjects, content};

impl S3SiteObjects {
    pub(super) async fn in_parts(&self, upload: &Upload<'_>, path: &Path, size: u64) -> Result<String, CloudError> {
        const OPERATION: &str = "CreateMultipartUpload";
        let Upload { bucket, key, content: _, sha256, headers, overwrite: _ } = upload;
        let ObjectHeaders { content_type, cache_control, content_encoding, content_language, content_disposition } =
            (*headers).clone();
        let begun = self
            .sdk
            .create_multipart_upload()
            .bucket(*bucket)
            .key(*key)
            .content_type(content_type)
            .cache_control(cache_control)
            .set_content_encoding(content_encoding)
            .set_content_language(content_language)
            .set_content_disposition(content_disposition)
            .metadata(SHA256_METADATA, *sha256)
            .checksum_algorithm(ChecksumAlgorithm::Crc32);
        let begun = begun.send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        let id = begun
            .upload_id
            .ok_or_else(|| self.errors.unexpected(OPERATION, format!("the upload of {bucket}/{key} got no id")))?;
        let done = self.send_parts(upload, path, size, &id).await;
        if done.is_err() {
            // Parts that nobody completes are paid for. What went wrong before is what is told.
            let _ = self.sdk.abort_multipart_upload().bucket(*bucket).key(*key).upload_id(&id).send().await;
        }
        done
    }

    async fn send_parts(&self, upload: &Upload<'_>, path: &Path, size: u64, id: &str) -> Result<String, CloudError> {
        const OPERATION: &str = "CompleteMultipartUpload";
        let Upload { bucket, key, overwrite, .. } = upload;
        let (mut parts, mut hash) = (Vec::new(), Sha256::new());
        for (number, from) in (1_i32..).zip((0..size).step_by(usize::try_from(PART_BYTES).unwrap_or(usize::MAX))) {
            let body = content::read(path, from, PART_BYTES.min(size - from)).await;
            let body = body.map_err(|error| self.on_disk("UploadPart", path, error))?;
            hash.update(&body);
            let request = self.sdk.upload_part().bucket(*bucket).key(*key).upload_id(id).part_number(number);
            let request = request.checksum_algorithm(ChecksumAlgorithm::Crc32).body(ByteStream::from(body));
            let sent = request
                .customize()
                .disable_payload_signing()
                .send()
                .await
                .map_err(|error| self.errors.of("UploadPart", error))?;
            let part = CompletedPart::builder().part_number(number);
            parts.push(part.set_e_tag(sent.e_tag).set_checksum_crc32(sent.checksum_crc32).build());
        }
        self.same_content(OPERATION, upload, &hash.finalize())?;
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let request = self.sdk.complete_multipart_upload().bucket(*bucket).key(*key).upload_id(id);
        let only_if_free = (*overwrite == Overwrite::Never).then(|| "*".to_owned());
        let request = request.multipart_upload(parts).set_if_none_match(only_if_free);
        let answer = request.send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        self.entity_tag(OPERATION, bucket, key, answer.e_tag)
    }
}
