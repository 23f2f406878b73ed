use super::Subject;
use crate::declaration::Fault;

/// What the firewall means by these names is not a service.
const TAKEN: [(&str, &str); 3] =
    [("internet", "everybody"), ("load-balancer", "the load balancer, but for a hyphen"), ("database", "the database")];

/// A service's name means the service wherever it stands.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        let Some((name, meaning)) = TAKEN.iter().find(|(name, _)| *name == service.key) else { continue };
        faults.push(
            subject
                .fault("declaration::service_name", format!("a service cannot be called `{name}`"))
                .at(&service.key_span, format!("in the firewall this means {meaning}"))
                .remedy("give the service another name"),
        );
    }
}
