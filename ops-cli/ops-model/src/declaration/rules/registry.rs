use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// A repository is created once.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let repositories = subject.document.get("registry").and_then(|registry| registry.get("repositories"));
    let repositories = repositories.map_or(&[][..], Node::items);
    for (index, repository) in repositories.iter().enumerate() {
        let Some(name) = repository.text() else { continue };
        let earlier = repositories.get(..index).unwrap_or_default();
        if earlier.iter().any(|other| other.text() == Some(name)) {
            faults.push(
                subject
                    .fault("declaration::repositories", format!("the repository `{name}` is there twice"))
                    .at(&repository.span, "the second time")
                    .remedy("remove it"),
            );
        }
    }
}
