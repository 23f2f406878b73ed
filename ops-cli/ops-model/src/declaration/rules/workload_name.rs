use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Entry;

/// Names that mean something else, and what.
const TAKEN: [(&str, &str); 6] = [
    ("internet", "in the firewall this means everybody"),
    ("load-balancer", "in the firewall this means the load balancer, but for a hyphen"),
    ("database", "in the firewall this means the database"),
    ("exec", "the log group of this name has the shells in running tasks"),
    ("flow", "the log group of this name has the network's flow logs"),
    ("endpoints", "the security group of this name is the network's endpoints'"),
];

/// The name of a service or a task means it wherever it stands.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        check_taken(subject, "service", "declaration::service_name", service, faults);
    }
    for task in subject.tasks() {
        check_taken(subject, "task", "declaration::task_name", task, faults);
        if subject.is_service(&task.key) {
            faults.push(
                subject
                    .fault("declaration::task_name", format!("a task and a service are both called `{}`", task.key))
                    .at(&task.key_span, "a service has this name")
                    .remedy("give the task another name: in the firewall and in queues a name means one of them"),
            );
        }
    }
}

fn check_taken(subject: &Subject<'_>, sort: &str, code: &'static str, entry: &Entry, faults: &mut Vec<Fault>) {
    let Some((name, meaning)) = TAKEN.iter().find(|(name, _)| *name == entry.key) else { return };
    faults.push(
        subject
            .fault(code, format!("a {sort} cannot be called `{name}`"))
            .at(&entry.key_span, *meaning)
            .remedy(format!("give the {sort} another name")),
    );
}
