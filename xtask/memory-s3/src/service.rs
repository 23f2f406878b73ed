//! The operations that clients need to bring files into a bucket and to see what is there.

use std::convert::Infallible;

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, CreateBucketInput,
    CreateBucketOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput,
    DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, GetBucketPolicyStatusInput, GetBucketPolicyStatusOutput,
    GetObjectInput, GetObjectOutput, GetPublicAccessBlockInput, GetPublicAccessBlockOutput, HeadBucketInput,
    HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, MetadataDirective,
    Object as ListedObject, PolicyStatus, PublicAccessBlockConfiguration, PutObjectInput, PutObjectOutput,
    StreamingBlob, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};

use crate::object::{Content, Headers, Object};
use crate::store::{Conditions, Store};

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
const LISTED_AT_ONCE: usize = 1000;

/// Each operation that writes has an input of its own with the same fields.
macro_rules! headers_of {
    ($input:ident) => {
        Headers {
            content_type: $input.content_type,
            cache_control: $input.cache_control,
            content_encoding: $input.content_encoding,
            content_language: $input.content_language,
            content_disposition: $input.content_disposition,
            metadata: $input.metadata,
        }
    };
}

#[derive(Debug, Default)]
pub(crate) struct MemoryS3 {
    store: Store,
}

#[async_trait::async_trait]
impl S3 for MemoryS3 {
    async fn create_bucket(&self, request: S3Request<CreateBucketInput>) -> S3Result<S3Response<CreateBucketOutput>> {
        self.store.create_bucket(request.input.bucket);
        Ok(S3Response::new(CreateBucketOutput::default()))
    }

    async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        self.store.has_bucket(&request.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    /// Every bucket is closed to the public.
    async fn get_public_access_block(
        &self,
        request: S3Request<GetPublicAccessBlockInput>,
    ) -> S3Result<S3Response<GetPublicAccessBlockOutput>> {
        self.store.has_bucket(&request.input.bucket)?;
        let closed = PublicAccessBlockConfiguration {
            block_public_acls: Some(true),
            block_public_policy: Some(true),
            ignore_public_acls: Some(true),
            restrict_public_buckets: Some(true),
        };
        Ok(S3Response::new(GetPublicAccessBlockOutput { public_access_block_configuration: Some(closed) }))
    }

    async fn get_bucket_policy_status(
        &self,
        request: S3Request<GetBucketPolicyStatusInput>,
    ) -> S3Result<S3Response<GetBucketPolicyStatusOutput>> {
        self.store.has_bucket(&request.input.bucket)?;
        let policy_status = Some(PolicyStatus { is_public: Some(false) });
        Ok(S3Response::new(GetBucketPolicyStatusOutput { policy_status }))
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let input = request.input;
        let headers = headers_of!(input);
        let object = Object::whole(Content::receive(input.body).await?, headers);
        let e_tag = object.e_tag();
        let conditions = Conditions { if_match: input.if_match, if_none_match: input.if_none_match };
        self.store.put(&input.bucket, input.key, object, &conditions)?;
        Ok(S3Response::new(PutObjectOutput { e_tag, ..PutObjectOutput::default() }))
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        if input.range.is_some() || input.part_number.is_some() {
            return Err(s3_error!(NotImplemented, "objects are given whole"));
        }
        let object = self.store.get(&input.bucket, &input.key)?;
        let (content_length, e_tag) = (object.length(), object.e_tag());
        let headers = object.headers;
        let chunks = object.chunks.into_iter().map(Ok::<_, Infallible>);
        Ok(S3Response::new(GetObjectOutput {
            body: Some(StreamingBlob::wrap(futures::stream::iter(chunks))),
            content_length,
            e_tag,
            last_modified: Some(object.modified.into()),
            content_type: headers.content_type,
            cache_control: headers.cache_control,
            content_encoding: headers.content_encoding,
            content_language: headers.content_language,
            content_disposition: headers.content_disposition,
            metadata: headers.metadata,
            ..GetObjectOutput::default()
        }))
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let object = self.store.get(&request.input.bucket, &request.input.key)?;
        let (content_length, e_tag) = (object.length(), object.e_tag());
        let headers = object.headers;
        Ok(S3Response::new(HeadObjectOutput {
            content_length,
            e_tag,
            last_modified: Some(object.modified.into()),
            content_type: headers.content_type,
            cache_control: headers.cache_control,
            content_encoding: headers.content_encoding,
            content_language: headers.content_language,
            content_disposition: headers.content_disposition,
            metadata: headers.metadata,
            ..HeadObjectOutput::default()
        }))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        if input.delimiter.is_some_and(|delimiter| !delimiter.is_empty()) {
            return Err(s3_error!(NotImplemented, "keys are listed without a delimiter"));
        }
        let prefix = input.prefix.clone().unwrap_or_default();
        let behind = input.continuation_token.clone().or(input.start_after).unwrap_or_default();
        let asked = input.max_keys.and_then(|keys| usize::try_from(keys).ok());
        let most = asked.unwrap_or(LISTED_AT_ONCE).min(LISTED_AT_ONCE);
        let (page, more) = self.store.list(&input.bucket, &prefix, &behind, most)?;
        let next_continuation_token = page.last().filter(|_| more).map(|(key, _)| key.clone());
        let contents: Vec<_> = page
            .into_iter()
            .map(|(key, object)| ListedObject {
                e_tag: object.e_tag(),
                size: object.length(),
                last_modified: Some(object.modified.into()),
                key: Some(key),
                ..ListedObject::default()
            })
            .collect();
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: input.prefix,
            key_count: i32::try_from(contents.len()).ok(),
            contents: Some(contents),
            is_truncated: Some(more),
            continuation_token: input.continuation_token,
            next_continuation_token,
            ..ListObjectsV2Output::default()
        }))
    }

    async fn copy_object(&self, request: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
        let input = request.input;
        let CopySource::Bucket { bucket, key, .. } = input.copy_source else {
            return Err(s3_error!(NotImplemented, "sources of copies are buckets"));
        };
        let mut object = self.store.get(&bucket, &key)?.written();
        if input.metadata_directive.is_some_and(|directive| directive.as_str() == MetadataDirective::REPLACE) {
            object.headers = headers_of!(input);
        }
        let asked = input.checksum_algorithm.is_some_and(|algorithm| algorithm.as_str() == ChecksumAlgorithm::SHA256);
        let copied = CopyObjectResult {
            checksum_sha256: asked.then(|| object.sha256()),
            e_tag: object.e_tag(),
            last_modified: Some(object.modified.into()),
            ..CopyObjectResult::default()
        };
        self.store.put(&input.bucket, input.key, object, &Conditions::default())?;
        Ok(S3Response::new(CopyObjectOutput { copy_object_result: Some(copied), ..CopyObjectOutput::default() }))
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.store.delete(&request.input.bucket, std::iter::once(request.input.key))?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let keys = request.input.delete.objects.into_iter().map(|object| object.key);
        let deleted = self.store.delete(&request.input.bucket, keys)?.into_iter();
        let deleted = deleted.map(|key| DeletedObject { key: Some(key), ..DeletedObject::default() }).collect();
        Ok(S3Response::new(DeleteObjectsOutput { deleted: Some(deleted), ..DeleteObjectsOutput::default() }))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = request.input;
        self.store.has_bucket(&input.bucket)?;
        let headers = headers_of!(input);
        Ok(S3Response::new(CreateMultipartUploadOutput {
            upload_id: Some(self.store.begin_upload(headers)),
            bucket: Some(input.bucket),
            key: Some(input.key),
            ..CreateMultipartUploadOutput::default()
        }))
    }

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        let input = request.input;
        let part = Content::receive(input.body).await?;
        let e_tag = Some(part.e_tag());
        self.store.put_part(&input.upload_id, input.part_number, part)?;
        Ok(S3Response::new(UploadPartOutput { e_tag, ..UploadPartOutput::default() }))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = request.input;
        let named = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let numbers: Option<Vec<_>> = named.iter().map(|part| part.part_number).collect();
        let numbers = numbers.filter(|numbers| !numbers.is_empty()).ok_or_else(|| s3_error!(InvalidPart))?;
        let object = self.store.end_upload(&input.upload_id, &numbers)?;
        let e_tag = object.e_tag();
        let conditions = Conditions { if_match: input.if_match, if_none_match: input.if_none_match };
        self.store.put(&input.bucket, input.key.clone(), object, &conditions)?;
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            e_tag,
            bucket: Some(input.bucket),
            key: Some(input.key),
            ..CompleteMultipartUploadOutput::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.store.abort_upload(&request.input.upload_id);
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }
}
