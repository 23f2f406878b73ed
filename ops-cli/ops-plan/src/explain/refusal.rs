//! A call that AWS refused, or that did not reach it.

use super::{Cause, CauseClass, Failure, says};

/// `None`: the reason is all that is known.
pub(super) fn cause(failure: Failure<'_>, reason: &str) -> Option<Cause> {
    let environment = failure.environment;
    let cause = if says(reason, &["accessdenied", "access denied", "not authorized", "unauthorizedoperation"]) {
        Cause::new(CauseClass::NotAllowed, "AWS does not let this identity do it")
            .remedy(format!("run `terraform apply` in terraform/environments/{environment}: it grants what ops needs"))
            .remedy("are these the right credentials? `aws sts get-caller-identity`")
    } else if says(reason, &["throttl", "rate exceeded", "toomanyrequests", "slowdown"]) {
        Cause::new(CauseClass::Throttled, "AWS let ops make no more calls for a while")
            .remedy(format!("wait a minute and go on where it ended: `ops reconcile {environment}`"))
    } else if says(reason, &["connection refused", "timed out", "dns", "unreachable", "connection reset"]) {
        Cause::new(CauseClass::Unreachable, "AWS could not be reached")
            .remedy(format!("go on where it ended: `ops reconcile {environment}`; nothing is done twice"))
    } else {
        return None;
    };
    Some(cause.seen(reason))
}
