use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// A variable has one value: plain or secret.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for container in subject.containers() {
        let Some(environment) = container.node.get("environment") else { continue };
        for secret in container.node.get("secrets").map_or(&[][..], Node::entries) {
            if environment.entry(&secret.key).is_some() {
                let message = format!(
                    "the variable `{}` of {} is under `environment` and `secrets`",
                    secret.key,
                    container.in_words()
                );
                faults.push(
                    subject
                        .fault("declaration::variable_twice", message)
                        .at(&secret.key_span, "the second time")
                        .remedy("remove one of the two: ECS takes no task definition with both"),
                );
            }
        }
    }
}
