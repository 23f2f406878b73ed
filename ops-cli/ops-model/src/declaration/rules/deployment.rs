use super::Subject;
use super::strategy::{ROLLING, strategy};
use crate::declaration::document::{Entry, Node};
use crate::declaration::{Deployment, Fault};

/// A rollout has room: it may stop an old task, or start a new one beside it.
///
/// ECS rounds the lower bound up and the upper bound down, and then waits for ever. With a strategy that shifts traffic it
/// starts all new tasks beside the old ones, and looks at neither bound:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let defaults = Deployment::default();
    for service in subject.services() {
        let Some(deployment) = service.value.get("deployment") else { continue };
        if strategy(service) != Some(ROLLING) {
            continue;
        }
        let percent = |key: &str, default: u32| whole_number_or(deployment.get(key), default);
        let Some(minimum) = percent("minimum_healthy_percent", defaults.minimum_healthy_percent) else { continue };
        let Some(maximum) = percent("maximum_percent", defaults.maximum_percent) else { continue };
        // The smallest number that scaling ever asks for moves worst.
        let minimum_count = service.value.get("scaling").and_then(|scaling| scaling.get("minimum"));
        let Some(count) = whole_number_or(minimum_count.or_else(|| service.value.get("count")), 1) else { continue };
        let Some(node) = deployment.get("maximum_percent").or_else(|| deployment.get("minimum_healthy_percent")) else {
            continue;
        };
        // Bounds that the schema refuses anyway may be any number.
        let kept = count.saturating_mul(minimum).div_ceil(100);
        let allowed = count.saturating_mul(maximum) / 100;
        if minimum >= maximum || (count > 0 && kept >= allowed) {
            faults.push(fault(subject, service, node, (kept, allowed, count)));
        }
    }
}

fn whole_number_or(node: Option<&Node>, default: u32) -> Option<u64> {
    node.map_or(Some(u64::from(default)), Node::whole_number)
}

fn fault(subject: &Subject<'_>, service: &Entry, node: &Node, (kept, allowed, count): (u64, u64, u64)) -> Fault {
    subject
        .fault(
            "declaration::deployment",
            format!(
                "a rollout of `{}` can never move: with count {count} at least {kept} have to run, and at most {allowed} may",
                service.key
            ),
        )
        .at(&node.span, "no room for a rollout")
        .remedy(
            "raise `maximum_percent` or lower `minimum_healthy_percent`: ECS rounds the first down to whole tasks and the \
             second up",
        )
}
