use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

pub(super) const ROLLING: &str = "rolling";
const SHIFTING: &[&str] = &["blue_green", "canary", "linear"];

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

/// A deployment says what its strategy can hear.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        let Some(strategy) = strategy(service) else { continue };
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

/// How a service's traffic moves; `None` when what stands there is no text.
pub(super) fn strategy(service: &Entry) -> Option<&str> {
    let deployment = service.value.get("deployment");
    deployment.and_then(|deployment| deployment.get("strategy")).map_or(Some(ROLLING), Node::text)
}
