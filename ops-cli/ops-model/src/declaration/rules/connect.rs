use std::collections::BTreeMap;

use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// A name leads to one service, and to a port of it.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
    for service in subject.services() {
        let Some(connect) = service.value.entry("connect").filter(|connect| !connect.value.is_scalar()) else {
            continue;
        };
        if service.value.get("port").is_none() {
            check_caller(subject, service, &connect.value, faults);
            continue;
        }
        check_timeout(subject, service, &connect.value, faults);
        let (name, span) = match connect.value.get("name") {
            Some(node) => (node.text().unwrap_or_default(), &node.span),
            None => (service.key.as_str(), &connect.key_span),
        };
        if let Some(other) = taken.get(name) {
            faults.push(
                subject
                    .fault(
                        "declaration::connect_name",
                        format!("`{}` and `{other}` are both called `{name}`", service.key),
                    )
                    .at(span, format!("taken by `{other}`"))
                    .remedy("write `name:` with another name: a name leads to one service of the environment"),
            );
        } else {
            taken.insert(name, &service.key);
        }
    }
}

/// A service without a port only calls others.
fn check_caller(subject: &Subject<'_>, service: &Entry, connect: &Node, faults: &mut Vec<Fault>) {
    for entry in connect.entries() {
        faults.push(
            subject
                .fault(
                    "declaration::connect_port",
                    format!("nobody connects to `{}`, for it has no port: `{}` means nothing", service.key, entry.key),
                )
                .at(&entry.key_span, "needs a port")
                .remedy("add `port:` to the service, or write `connect: {}`, with which it calls others"),
        );
    }
}

fn check_timeout(subject: &Subject<'_>, service: &Entry, connect: &Node, faults: &mut Vec<Fault>) {
    let Some(timeout) = connect.entry("request_timeout_seconds") else { return };
    if connect.get("protocol").is_none_or(|protocol| protocol.text() == Some("tcp")) {
        faults.push(
            subject
                .fault("declaration::connect_timeout", format!("`{}` speaks tcp, which knows no requests", service.key))
                .at(&timeout.key_span, "not with tcp")
                .remedy("write `protocol: http`, `http2` or `grpc`, or remove the line"),
        );
    }
}
