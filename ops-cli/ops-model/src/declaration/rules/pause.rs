use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// A rollout waits once at a stage.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        let pauses = service.value.get("deployment").and_then(|deployment| deployment.get("pauses"));
        let stages: Vec<&Node> =
            pauses.map_or(&[][..], Node::items).iter().filter_map(|pause| pause.get("at")).collect();
        for (index, node) in stages.iter().enumerate() {
            let Some(stage) = node.text() else { continue };
            let earlier = stages.get(..index).unwrap_or_default();
            if earlier.iter().any(|other| other.text() == Some(stage)) {
                faults.push(
                    subject
                        .fault("declaration::pause", format!("a rollout of `{}` waits at `{stage}` twice", service.key))
                        .at(&node.span, "the second time")
                        .remedy("remove one of the two"),
                );
            }
        }
    }
}
