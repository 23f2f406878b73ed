use super::Subject;
use crate::declaration::Fault;

/// Names that mean something else, and what.
const TAKEN: [(&str, &str); 6] = [
    ("internet", "in the firewall this means everybody"),
    ("load-balancer", "in the firewall this means the load balancer, but for a hyphen"),
    ("database", "in the firewall this means the database"),
    ("exec", "the log group of this name has the shells in running tasks"),
    ("flow", "the log group of this name has the network's flow logs"),
    ("endpoints", "the security group of this name is the network's endpoints'"),
];

/// A service's name means the service wherever it stands.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        let Some((name, meaning)) = TAKEN.iter().find(|(name, _)| *name == service.key) else { continue };
        faults.push(
            subject
                .fault("declaration::service_name", format!("a service cannot be called `{name}`"))
                .at(&service.key_span, *meaning)
                .remedy("give the service another name"),
        );
    }
}
