//! Errors in the words of AWS.

use ops_engine::cloud::{CloudError, CloudErrorKind};

use crate::operations::Operation;

pub(crate) fn refused(operation: Operation, code: &str, message: impl Into<String>) -> CloudError {
    CloudError::new(operation.to_string(), CloudErrorKind::Refused { code: Some(code.to_owned()) }, message)
}

pub(crate) fn invalid_parameter(operation: Operation, message: impl Into<String>) -> CloudError {
    refused(operation, "InvalidParameterException", message)
}

pub(crate) fn not_found(operation: Operation, message: impl Into<String>) -> CloudError {
    CloudError::new(operation.to_string(), CloudErrorKind::NotFound, message)
}

pub(crate) fn access_denied(operation: Operation, message: impl Into<String>) -> CloudError {
    CloudError::new(operation.to_string(), CloudErrorKind::AccessDenied, message)
}

pub(crate) fn condition_failed(operation: Operation) -> CloudError {
    CloudError::new(
        operation.to_string(),
        CloudErrorKind::ConditionFailed,
        "At least one of the pre-conditions you specified did not hold",
    )
}
