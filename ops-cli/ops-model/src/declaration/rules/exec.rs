use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::{Content, Entry, Node};

/// A shell can be opened where its agent can write.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let is = |service: &Entry, key: &str, boolean: bool| {
        service.value.get(key).is_some_and(|node: &Node| node.content == Content::Boolean(boolean))
    };
    for service in subject.services() {
        let Some(exec) = service.value.entry("exec").filter(|_| is(service, "exec", true)) else { continue };
        if is(service, "readonly_root_filesystem", false) {
            continue;
        }
        faults.push(
            subject
                .fault(
                    "declaration::exec",
                    format!("no shell can be opened in `{}`, whose files cannot be written", service.key),
                )
                .at(&exec.key_span, "its agent has to write")
                .remedy("write `readonly_root_filesystem: false`, or remove `exec: true`"),
        );
    }
}
