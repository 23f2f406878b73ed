use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// Beginnings and ends of names that S3 keeps for itself:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
const BEGINNINGS: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const ENDS: [&str; 4] = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"];

/// The bucket is one of its own.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let Some(node) = subject.document.get("ops_bucket") else { return };
    let Some(name) = node.text() else { return };
    let fault = subject.fault("declaration::ops_bucket", format!("the bucket cannot be called `{name}`"));
    if BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) || ENDS.iter().any(|end| name.ends_with(end)) {
        faults.push(fault.at(&node.span, "S3 keeps such names for itself").remedy(format!(
            "choose a name that neither begins with {} nor ends with {}",
            in_words(&BEGINNINGS),
            in_words(&ENDS)
        )));
    } else if is_another_buckets(subject, name) {
        faults.push(
            fault
                .at(&node.span, "Terraform gives this name to another bucket")
                .remedy(format!("choose another name, such as `slipway-{}-ops-<account>`", subject.folder)),
        );
    }
}

/// Names of the buckets for logs, sites, uploads and Terraform's state, also of those that may be declared later.
fn is_another_buckets(subject: &Subject<'_>, name: &str) -> bool {
    let account = subject.document.get("account").and_then(Node::text).unwrap_or_default();
    let Some(purpose) = name.strip_prefix("slipway-").and_then(|rest| rest.strip_suffix(&format!("-{account}"))) else {
        return false;
    };
    let of_the_environment = purpose.strip_prefix(subject.folder).and_then(|rest| rest.strip_prefix('-'));
    purpose == "state"
        || of_the_environment
            .is_some_and(|purpose| purpose == "logs" || purpose.starts_with("site-") || purpose.starts_with("uploads-"))
}

fn in_words(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("`{part}`")).collect::<Vec<_>>().join(", ")
}
