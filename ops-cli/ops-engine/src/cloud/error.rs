use std::error::Error;

/// What S3 calls a content that is another one than its checksum says.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
pub const OTHER_CONTENT: &str = "BadDigest";

/// A call to the cloud that failed, with the answers that callers need.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed: {message}")]
pub struct CloudError {
    /// `service:Operation`, such as `ecs:UpdateService`.
    pub operation: String,
    pub kind: CloudErrorKind,
    /// What AWS said, or what went wrong on the way.
    pub message: String,
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloudErrorKind {
    /// No credentials were found by the standard AWS chain.
    NoCredentials,
    /// Credentials were found and refused: expired, wrong signature, unknown key.
    CredentialsRefused,
    /// The identity may not do this.
    AccessDenied,
    /// No answer from the endpoint.
    Unreachable {
        endpoint: Option<String>,
    },
    /// Still throttled after the SDK's own retries.
    Throttled,
    NotFound,
    /// What was to be made is there already.
    AlreadyThere,
    /// The condition of a conditional write did not hold.
    ConditionFailed,
    /// AWS refused the request as it stands.
    Refused {
        code: Option<String>,
    },
    /// AWS answered with a fault of its own, or with something that cannot be understood.
    Unexpected,
}

impl CloudError {
    #[must_use]
    pub fn new(operation: impl Into<String>, kind: CloudErrorKind, message: impl Into<String>) -> Self {
        Self { operation: operation.into(), kind, message: message.into(), source: None }
    }

    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind == CloudErrorKind::NotFound
    }

    #[must_use]
    pub fn is_already_there(&self) -> bool {
        self.kind == CloudErrorKind::AlreadyThere
    }

    #[must_use]
    pub fn is_condition_failed(&self) -> bool {
        self.kind == CloudErrorKind::ConditionFailed
    }

    /// Whether an object's content is another one than it was said to be.
    #[must_use]
    pub fn is_other_content(&self) -> bool {
        matches!(&self.kind, CloudErrorKind::Refused { code: Some(code) } if code == OTHER_CONTENT)
    }

    /// Whether the same call may succeed a little later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self.kind, CloudErrorKind::Throttled | CloudErrorKind::Unreachable { .. } | CloudErrorKind::Unexpected)
    }
}
