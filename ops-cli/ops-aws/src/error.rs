use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ops_engine::cloud::{CloudError, CloudErrorKind};

use crate::last_endpoint::LastEndpoint;

/// Turns the errors of one SDK client into ours.
#[derive(Debug, Clone)]
pub(crate) struct Errors {
    /// The prefix that IAM policies use, such as `ecs`.
    service: &'static str,
    endpoint: LastEndpoint,
}

impl Errors {
    pub(crate) fn new(service: &'static str, endpoint: LastEndpoint) -> Self {
        Self { service, endpoint }
    }

    /// An error of ours, not of the SDK.
    pub(crate) fn because(&self, operation: &str, kind: CloudErrorKind, message: impl Into<String>) -> CloudError {
        CloudError::new(format!("{}:{operation}", self.service), kind, message)
    }

    /// A request that we do not send as it stands.
    pub(crate) fn refused(&self, operation: &str, message: impl Into<String>) -> CloudError {
        self.because(operation, CloudErrorKind::Refused { code: None }, message)
    }

    /// An answer that cannot be understood, such as one that lacks a field.
    pub(crate) fn unexpected(&self, operation: &str, message: impl Into<String>) -> CloudError {
        self.because(operation, CloudErrorKind::Unexpected, message)
    }

    pub(crate) fn of<E>(&self, operation: &str, error: SdkError<E, HttpResponse>) -> CloudError
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        match &error {
            // What AWS said is the message; the source would only say it again.
            SdkError::ServiceError(service_error) => {
                let status = service_error.raw().status().as_u16();
                let (code, said) = (service_error.err().code(), service_error.err().message());
                let kind = kind_of_answer(self.service, status, code);
                self.because(operation, kind.clone(), message_of_answer(&kind, status, code, said))
            }
            SdkError::TimeoutError(_) => self.unreachable(operation, error),
            SdkError::DispatchFailure(failure) => {
                let connector = failure.as_connector_error().map(|error| error as &(dyn Error + 'static));
                match connector.and_then(credentials_error) {
                    Some(CredentialsError::CredentialsNotLoaded(_) | CredentialsError::InvalidConfiguration(_)) => self
                        .with_source(operation, CloudErrorKind::NoCredentials, "no AWS credentials were found", error),
                    Some(_) => self.with_source(
                        operation,
                        CloudErrorKind::CredentialsRefused,
                        "the AWS credentials could not be had from where they are configured",
                        error,
                    ),
                    None if failure.is_user() => {
                        self.with_source(operation, CloudErrorKind::Unexpected, "the request could not be sent", error)
                    }
                    None => self.unreachable(operation, error),
                }
            }
            // A gateway on the way, or an answer cut short: the status is all there is to go by.
            SdkError::ResponseError(response) => {
                let status = response.raw().status().as_u16();
                let kind =
                    if status < 400 { CloudErrorKind::Unexpected } else { kind_of_answer(self.service, status, None) };
                self.with_source(operation, kind, format!("the answer (status {status}) cannot be understood"), error)
            }
            _ => self.with_source(
                operation,
                CloudErrorKind::Refused { code: None },
                "the request could not be built",
                error,
            ),
        }
    }

    fn unreachable<E>(&self, operation: &str, error: SdkError<E, HttpResponse>) -> CloudError
    where
        E: Error + Send + Sync + 'static,
    {
        let endpoint = self.endpoint.get();
        let message = format!("no answer from {}", endpoint.as_deref().unwrap_or("AWS"));
        self.with_source(operation, CloudErrorKind::Unreachable { endpoint }, message, error)
    }

    fn with_source<E>(
        &self,
        operation: &str,
        kind: CloudErrorKind,
        message: impl Into<String>,
        error: SdkError<E, HttpResponse>,
    ) -> CloudError
    where
        E: Error + Send + Sync + 'static,
    {
        CloudError { source: error.into_source().ok(), ..self.because(operation, kind, message) }
    }
}

fn credentials_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Codes that say that the request's signature or the identity behind it does not hold.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html> and
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
const CREDENTIALS_REFUSED: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignature",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClient",
    "UnrecognizedClientException",
];

const ACCESS_DENIED: &[&str] =
    &["AccessDenied", "AccessDeniedException", "AllAccessDisabled", "NotAuthorized", "UnauthorizedOperation"];

const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttled",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyInvalidationsInProgress",
    "TooManyRequests",
    "TooManyRequestsException",
];

/// Most services answer these with status 400.
const NOT_FOUND: &[&str] = &[
    "ClusterNotFoundException",
    "InvalidGroup.NotFound",
    "InvalidPermission.NotFound",
    "InvalidSecurityGroupRuleId.NotFound",
    "ListenerNotFound",
    "ListenerNotFoundException",
    "LoadBalancerNotFound",
    "LoadBalancerNotFoundException",
    "NoSuchBucket",
    "NoSuchDistribution",
    "NoSuchEntity",
    "NoSuchEntityException",
    "NoSuchInvalidation",
    "NoSuchKey",
    "NoSuchResourceException",
    "NotFound",
    "ObjectNotFoundException",
    "RepositoryNotFoundException",
    "ResourceNotFoundException",
    "RuleNotFound",
    "RuleNotFoundException",
    "ServiceDeploymentNotFoundException",
    "ServiceNotActiveException",
    "ServiceNotFoundException",
    "TargetGroupNotFound",
    "TargetGroupNotFoundException",
];

/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
const ALREADY_THERE: &[&str] = &["InvalidPermission.Duplicate"];

fn kind_of_answer(service: &str, status: u16, code: Option<&str>) -> CloudErrorKind {
    let is_one_of = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
    if is_one_of(CREDENTIALS_REFUSED) {
        CloudErrorKind::CredentialsRefused
    } else if is_one_of(ACCESS_DENIED) {
        CloudErrorKind::AccessDenied
    } else if is_one_of(THROTTLED) || status == 429 {
        CloudErrorKind::Throttled
    } else if is_one_of(NOT_FOUND) {
        CloudErrorKind::NotFound
    } else if is_one_of(ALREADY_THERE) {
        CloudErrorKind::AlreadyThere
    } else if status == 412 || (service == "s3" && status == 409) {
        // 409 is a write that lost a race against another one on the same key.
        CloudErrorKind::ConditionFailed
    } else {
        match status {
            401 | 403 => CloudErrorKind::AccessDenied,
            404 => CloudErrorKind::NotFound,
            400..=499 => CloudErrorKind::Refused { code: code.map(str::to_owned) },
            _ => CloudErrorKind::Unexpected,
        }
    }
}

fn message_of_answer(kind: &CloudErrorKind, status: u16, code: Option<&str>, said: Option<&str>) -> String {
    let code = code.map_or_else(|| format!("status {status}"), str::to_owned);
    // A refused signature is explained by the whole canonical request, session token included: the first line will do.
    let said = match kind {
        CloudErrorKind::CredentialsRefused => said.and_then(|said| said.lines().next()),
        _ => said,
    };
    match said.map(str::trim).filter(|said| !said.is_empty()) {
        Some(said) => format!("{said} ({code})"),
        None => code,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::Client;
    use aws_sdk_ecs::config::retry::RetryConfig;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    async fn error_of_answer(status: u16, body: &str) -> CloudError {
        let body = body.to_owned();
        let rule = mock!(Client::list_services).then_http_response(move || {
            HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body.clone()))
        });
        let client = mock_client!(aws_sdk_ecs, RuleMode::MatchAny, [&rule], |config| config
            .retry_config(RetryConfig::disabled()));
        let error = client.list_services().send().await.expect_err("an error was answered");
        Errors::new("ecs", LastEndpoint::default()).of("ListServices", error)
    }

    fn answer(code: &str) -> String {
        format!(r#"{{"__type":"com.amazonaws.ecs#{code}","message":"said"}}"#)
    }

    #[tokio::test]
    async fn answers_of_ecs_have_the_kind_that_callers_ask_for() {
        for (status, code, kind) in [
            (400, "ExpiredTokenException", CloudErrorKind::CredentialsRefused),
            (403, "InvalidSignatureException", CloudErrorKind::CredentialsRefused),
            (403, "UnrecognizedClientException", CloudErrorKind::CredentialsRefused),
            (403, "InvalidClientTokenId", CloudErrorKind::CredentialsRefused),
            (400, "AccessDeniedException", CloudErrorKind::AccessDenied),
            (400, "ThrottlingException", CloudErrorKind::Throttled),
            (400, "ClusterNotFoundException", CloudErrorKind::NotFound),
            (400, "ServiceNotFoundException", CloudErrorKind::NotFound),
            (400, "ServiceNotActiveException", CloudErrorKind::NotFound),
            (
                400,
                "InvalidParameterException",
                CloudErrorKind::Refused { code: Some("InvalidParameterException".to_owned()) },
            ),
            // A conflict of ECS is not the failed condition of a write.
            (409, "ConflictException", CloudErrorKind::Refused { code: Some("ConflictException".to_owned()) }),
            (500, "ServerException", CloudErrorKind::Unexpected),
        ] {
            let error = error_of_answer(status, &answer(code)).await;
            assert_eq!(error.kind, kind, "{code}");
            assert_eq!(error.to_string(), format!("ecs:ListServices failed: said ({code})"));
            assert!(error.source.is_none(), "the source would repeat the message");
        }
    }

    #[tokio::test]
    async fn an_answer_without_code_is_judged_by_its_status() {
        for (status, kind) in [
            (403, CloudErrorKind::AccessDenied),
            (404, CloudErrorKind::NotFound),
            (412, CloudErrorKind::ConditionFailed),
            (429, CloudErrorKind::Throttled),
            (418, CloudErrorKind::Refused { code: None }),
            (502, CloudErrorKind::Unexpected),
        ] {
            let error = error_of_answer(status, "").await;
            assert_eq!(error.kind, kind, "{status}");
            assert_eq!(error.message, format!("the answer (status {status}) cannot be understood"));
        }
    }

    #[tokio::test]
    async fn a_refused_signature_does_not_show_the_signed_request() {
        let body = r#"{"__type":"InvalidSignatureException","message":"The signature does not match.\n\nThe Canonical String for this request should have been\n'POST\nx-amz-security-token:SECRET'"}"#;
        let error = error_of_answer(403, body).await;
        assert_eq!(error.message, "The signature does not match. (InvalidSignatureException)");
        assert!(!format!("{error:?}").contains("SECRET"));
    }

    #[test]
    fn what_happens_before_an_answer_is_told_apart() {
        type Sent = SdkError<aws_sdk_ecs::operation::list_services::ListServicesError, HttpResponse>;
        let errors = Errors::new("ecs", LastEndpoint::default());
        let kind = |error: Sent| errors.of("ListServices", error).kind;
        let unreachable = CloudErrorKind::Unreachable { endpoint: None };
        assert_eq!(kind(Sent::timeout_error("slow")), unreachable);
        assert_eq!(kind(Sent::dispatch_failure(ConnectorError::io("refused".into()))), unreachable);
        assert_eq!(kind(Sent::dispatch_failure(ConnectorError::timeout("slow".into()))), unreachable);
        let credentials = |error: CredentialsError| ConnectorError::other(error.into(), None);
        assert_eq!(
            kind(Sent::dispatch_failure(credentials(CredentialsError::not_loaded("none")))),
            CloudErrorKind::NoCredentials
        );
        assert_eq!(
            kind(Sent::dispatch_failure(credentials(CredentialsError::provider_error("the SSO session ended")))),
            CloudErrorKind::CredentialsRefused
        );
        assert_eq!(kind(Sent::construction_failure("no URI")), CloudErrorKind::Refused { code: None });
    }
}
