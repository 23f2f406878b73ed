use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// Who sends, receives and uploads is a service or a task.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for queue in subject.named("queues") {
        for key in ["send", "receive"] {
            let what = format!("`{key}` of the queue `{}`", queue.key);
            check_names(subject, &what, queue.value.get(key), faults);
        }
    }
    for uploads in subject.named("uploads") {
        let what = format!("`services` of the uploads `{}`", uploads.key);
        check_names(subject, &what, uploads.value.get("services"), faults);
    }
}

fn check_names(subject: &Subject<'_>, what: &str, list: Option<&Node>, faults: &mut Vec<Fault>) {
    for node in list.map_or(&[][..], Node::items) {
        let Some(name) = node.text().filter(|name| !subject.is_workload(name)) else { continue };
        faults.push(
            subject
                .fault(
                    "declaration::no_such_workload",
                    format!("{what} names `{name}`, which is neither a service nor a task"),
                )
                .at(&node.span, "not declared")
                .remedy(subject.workloads_in_words()),
        );
    }
}
