use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::{Content, Entry, Node};

pub(super) const ROLLING: &str = "rolling";
const SHIFTING: &[&str] = &["blue_green", "canary", "linear"];

/// Strategies that are all about parts of the traffic. A `blue_green` deployment is also one of tasks alone:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-implementation.html>
const IN_PARTS: &[&str] = &["canary", "linear"];

/// Keys of `deployment` that mean something with some strategies alone.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>
const KEYS: [(&str, &[&str]); 5] = [
    ("bake_minutes", SHIFTING),
    ("pauses", SHIFTING),
    ("canary", &["canary"]),
    ("linear", &["linear"]),
    ("early_success", &[ROLLING]),
];

/// A deployment says what its strategy can hear, and moves traffic where there is some.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        let Some(strategy) = strategy(service) else { continue };
        check_traffic(subject, service, strategy, faults);
        let deployment = service.value.get("deployment");
        for (key, strategies) in KEYS {
            let Some(entry) = deployment.and_then(|deployment| deployment.entry(key)) else { continue };
            if !strategies.contains(&strategy) && (strategy == ROLLING || SHIFTING.contains(&strategy)) {
                let others = strategies.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                faults.push(
                    subject
                        .fault(
                            "declaration::strategy",
                            format!("`{key}` of `{}` means nothing with the strategy `{strategy}`", service.key),
                        )
                        .at(&entry.key_span, format!("only with {others}"))
                        .remedy(format!("remove it, or write `strategy:` with {others}")),
                );
            }
        }
    }
}

/// Something hands the traffic out.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment-implementation.html>
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/linear-deployment-implementation.html>
fn check_traffic(subject: &Subject<'_>, service: &Entry, strategy: &str, faults: &mut Vec<Fault>) {
    let says = |key: &str| service.value.get(key).is_some_and(|node| node.content != Content::Null);
    let written = service.value.get("deployment").and_then(|deployment| deployment.get("strategy"));
    let Some(node) = written.filter(|_| IN_PARTS.contains(&strategy) && !says("public") && !says("connect")) else {
        return;
    };
    faults.push(
        subject
            .fault(
                "declaration::strategy",
                format!("nobody moves the traffic of `{}`, which is neither public nor connected", service.key),
            )
            .at(&node.span, "needs a load balancer or Service Connect")
            .remedy("add `public:` or `connect:`, or write `strategy: rolling` or `blue_green`"),
    );
}

/// How a service's traffic moves; `None` when what stands there is no text.
pub(super) fn strategy(service: &Entry) -> Option<&str> {
    let deployment = service.value.get("deployment");
    deployment.and_then(|deployment| deployment.get("strategy")).map_or(Some(ROLLING), Node::text)
}
