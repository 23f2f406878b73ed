use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// Endpoints have the same names in all regions but China's:
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let Some(region) = subject.document.get("region").and_then(Node::text) else { return };
    let Some(endpoints) = subject.document.get("network").and_then(|network| network.entry("endpoints")) else {
        return;
    };
    if !region.starts_with("cn-") || endpoints.value.items().is_empty() {
        return;
    }
    faults.push(
        subject
            .fault("declaration::endpoints", format!("there are no endpoints for `{region}`"))
            .at(&endpoints.key_span, "AWS gives many of them other names there")
            .remedy("remove the line, and let tasks reach AWS through `nat:` or with addresses of their own"),
    );
}
