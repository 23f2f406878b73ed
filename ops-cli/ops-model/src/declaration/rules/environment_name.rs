use super::Subject;
use crate::declaration::Fault;

/// An environment is called what its folder is called, or two commands would mean different things by one name.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let Some(node) = subject.document.get("environment") else { return };
    let Some(name) = node.text().filter(|name| *name != subject.folder) else { return };
    faults.push(
        subject
            .fault(
                "declaration::environment_name",
                format!("the environment is called `{name}`, but its folder is called `{}`", subject.folder),
            )
            .at(&node.span, "not the folder's name")
            .remedy(format!("write `environment: {}`, or rename the folder", subject.folder)),
    );
}
