use super::Subject;
use crate::declaration::document::Node;
use crate::declaration::{Fault, HealthCheck};

/// A health check has failed before the next one begins.
///
/// AWS refuses anything else: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let defaults = HealthCheck::default();
    for service in subject.services() {
        let Some(health) = service.value.get("public").and_then(|public| public.get("health")) else { continue };
        let seconds = |key: &str, default: u32| match health.get(key) {
            Some(node) => node.whole_number(),
            None => Some(u64::from(default)),
        };
        let Some(interval) = seconds("interval_seconds", defaults.interval_seconds) else { continue };
        let Some(timeout) = seconds("timeout_seconds", defaults.timeout_seconds) else { continue };
        let Some(node) = health.get("timeout_seconds").or_else(|| health.get("interval_seconds")) else { continue };
        if timeout >= interval {
            faults.push(fault(subject, node, timeout, interval));
        }
    }
}

fn fault(subject: &Subject<'_>, node: &Node, timeout: u64, interval: u64) -> Fault {
    subject
        .fault(
            "declaration::health_check",
            format!("the health check waits {timeout} s for an answer and asks every {interval} s"),
        )
        .at(&node.span, "the timeout has to be less than the interval")
        .remedy("lower `timeout_seconds` or raise `interval_seconds`")
}
