use super::Subject;
use crate::declaration::Fault;

/// What Terraform appends to a queue's name for its dead letters.
const DEAD_LETTERS: &str = "-dead-letter";

/// No queue is called like the one for another's dead letters.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for queue in subject.named("queues") {
        let Some(other) = queue.key.strip_suffix(DEAD_LETTERS) else { continue };
        faults.push(
            subject
                .fault("declaration::queue_name", format!("a queue cannot be called `{}`", queue.key))
                .at(&queue.key_span, format!("means the dead letters of `{other}`"))
                .remedy(format!("choose a name that does not end with `{DEAD_LETTERS}`")),
        );
    }
}
