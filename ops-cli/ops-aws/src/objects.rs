use async_trait::async_trait;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::ObjectLockMode;
use jiff::Timestamp;
use ops_engine::cloud::{CloudError, CloudErrorKind, Objects, StoredObject, WriteCondition};

use crate::error::Errors;

/// S3.
pub(crate) struct S3Objects {
    pub(crate) sdk: aws_sdk_s3::Client,
    pub(crate) errors: Errors,
}

const NO_SUCH_KEY: &str = "NoSuchKey";

impl S3Objects {
    async fn send(&self, request: PutObjectFluentBuilder, bucket: &str, key: &str) -> Result<String, CloudError> {
        const OPERATION: &str = "PutObject";
        let answer = request.send().await.map_err(|error| {
            if error.code() == Some(NO_SUCH_KEY) {
                // S3's way to say that what should be unchanged is gone.
                self.errors.because(OPERATION, CloudErrorKind::ConditionFailed, format!("{bucket}/{key} is gone"))
            } else {
                self.errors.of(OPERATION, error)
            }
        })?;
        answer.e_tag.ok_or_else(|| {
            self.errors.unexpected(OPERATION, format!("{bucket}/{key} was written and got no entity tag"))
        })
    }
}

#[async_trait]
impl Objects for S3Objects {
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<StoredObject>, CloudError> {
        const OPERATION: &str = "GetObject";
        let answer = match self.sdk.get_object().bucket(bucket).key(key).send().await {
            Ok(answer) => answer,
            Err(error) if error.code() == Some(NO_SUCH_KEY) => return Ok(None),
            Err(error) => return Err(self.errors.of(OPERATION, error)),
        };
        let entity_tag = answer
            .e_tag
            .ok_or_else(|| self.errors.unexpected(OPERATION, format!("{bucket}/{key} came without entity tag")))?;
        let body = answer.body.collect().await.map_err(|error| CloudError {
            source: Some(Box::new(error)),
            ..self.errors.unexpected(OPERATION, format!("the content of {bucket}/{key} broke off"))
        })?;
        Ok(Some(StoredObject { body: body.to_vec(), entity_tag }))
    }

    async fn put(
        &self,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
        condition: WriteCondition,
    ) -> Result<String, CloudError> {
        let request = self.sdk.put_object().bucket(bucket).key(key).body(ByteStream::from(body));
        let request = match condition {
            WriteCondition::Absent => request.if_none_match("*"),
            WriteCondition::Unchanged { entity_tag } => request.if_match(entity_tag),
        };
        self.send(request, bucket, key).await
    }

    async fn put_locked(&self, bucket: &str, key: &str, body: Vec<u8>, until: Timestamp) -> Result<String, CloudError> {
        let request = self.sdk.put_object().bucket(bucket).key(key).body(ByteStream::from(body)).if_none_match("*");
        // In governance mode, who has the permission to bypass it can still delete.
        let request = request
            .object_lock_mode(ObjectLockMode::Compliance)
            .object_lock_retain_until_date(DateTime::from_secs(until.as_second()));
        self.send(request, bucket, key).await
    }

    async fn delete(&self, bucket: &str, key: &str, entity_tag: &str) -> Result<(), CloudError> {
        match self.sdk.delete_object().bucket(bucket).key(key).if_match(entity_tag).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some(NO_SUCH_KEY) => Ok(()),
            Err(error) => Err(self.errors.of("DeleteObject", error)),
        }
    }

    async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<String>, CloudError> {
        let mut pages = self.sdk.list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.errors.of("ListObjectsV2", error))?;
            keys.extend(page.contents.unwrap_or_default().into_iter().filter_map(|object| object.key));
        }
        // Directory buckets answer in no order.
        keys.sort();
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::Client;
    use aws_sdk_s3::config::retry::RetryConfig;
    use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
    use aws_sdk_s3::operation::put_object::PutObjectOutput;
    use aws_sdk_s3::types::Object;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
    use aws_smithy_types::body::SdkBody;

    use super::*;
    use crate::last_endpoint::LastEndpoint;

    fn objects(sdk: Client) -> S3Objects {
        S3Objects { sdk, errors: Errors::new("s3", LastEndpoint::default()) }
    }

    fn refusal(status: u16, code: &str) -> HttpResponse {
        let body = format!("<Error><Code>{code}</Code><Message>said</Message></Error>");
        HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body))
    }

    #[tokio::test]
    async fn all_pages_are_listed() {
        let page = |keys: &[&str], next: Option<&str>| {
            let contents = keys.iter().map(|key| Object::builder().key(*key).build()).collect();
            ListObjectsV2Output::builder()
                .set_contents(Some(contents))
                .is_truncated(next.is_some())
                .set_next_continuation_token(next.map(str::to_owned))
                .build()
        };
        let first = mock!(Client::list_objects_v2)
            .match_requests(|request| request.continuation_token().is_none())
            .then_output(move || page(&["b", "c"], Some("more")));
        let second = mock!(Client::list_objects_v2)
            .match_requests(|request| request.continuation_token() == Some("more"))
            .then_output(move || page(&["a"], None));
        let sdk = mock_client!(aws_sdk_s3, RuleMode::MatchAny, [&first, &second]);
        assert_eq!(objects(sdk).list("bucket", "").await.expect("a list"), ["a", "b", "c"]);
    }

    #[tokio::test]
    async fn a_lost_race_is_a_failed_condition() {
        for (status, code) in [(412, "PreconditionFailed"), (409, "ConditionalRequestConflict"), (404, "NoSuchKey")] {
            let rule = mock!(Client::put_object).then_http_response(move || refusal(status, code));
            let sdk = mock_client!(aws_sdk_s3, RuleMode::MatchAny, [&rule], |config| config
                .retry_config(RetryConfig::disabled()));
            let condition = WriteCondition::Unchanged { entity_tag: "\"old\"".to_owned() };
            let error = objects(sdk).put("bucket", "key", Vec::new(), condition).await.expect_err(code);
            assert!(error.is_condition_failed(), "{code}: {error:?}");
        }
    }

    #[tokio::test]
    async fn a_lock_is_asked_for_in_compliance_mode_and_with_the_object() {
        let until: Timestamp = "2027-01-01T12:30:00.9Z".parse().expect("a time");
        let rule = mock!(Client::put_object)
            .match_requests(|request| {
                request.object_lock_mode() == Some(&ObjectLockMode::Compliance)
                    && request.object_lock_retain_until_date().map(DateTime::secs) == Some(1_798_806_600)
                    && request.if_none_match() == Some("*")
            })
            .then_output(|| PutObjectOutput::builder().e_tag("\"tag\"").build());
        let sdk = mock_client!(aws_sdk_s3, RuleMode::MatchAny, [&rule]);
        let tag = objects(sdk).put_locked("bucket", "key", Vec::new(), until).await.expect("written");
        assert_eq!(tag, "\"tag\"");
    }

    #[tokio::test]
    async fn a_write_without_lock_asks_for_none() {
        let rule = mock!(Client::put_object)
            .match_requests(|request| {
                request.object_lock_mode().is_none() && request.object_lock_retain_until_date().is_none()
            })
            .then_output(|| PutObjectOutput::builder().e_tag("\"tag\"").build());
        let sdk = mock_client!(aws_sdk_s3, RuleMode::MatchAny, [&rule]);
        objects(sdk).put("bucket", "key", Vec::new(), WriteCondition::Absent).await.expect("written");
    }

    #[tokio::test]
    async fn a_missing_key_is_none_and_a_missing_bucket_an_error() {
        let rule = mock!(Client::get_object).then_http_response(|| refusal(404, "NoSuchKey"));
        let sdk = mock_client!(aws_sdk_s3, RuleMode::MatchAny, [&rule]);
        assert_eq!(objects(sdk).get("bucket", "key").await.expect("an answer"), None);

        let rule = mock!(Client::get_object).then_http_response(|| refusal(404, "NoSuchBucket"));
        let sdk = mock_client!(aws_sdk_s3, RuleMode::MatchAny, [&rule]);
        assert!(objects(sdk).get("bucket", "key").await.expect_err("no bucket").is_not_found());
    }
}
