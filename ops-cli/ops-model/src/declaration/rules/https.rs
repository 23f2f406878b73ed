use super::Subject;
use super::firewall::LOAD_BALANCER;
use crate::declaration::Fault;

/// Encryption needs a name to be certified, and port 80 to send browsers away from.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let Some(load_balancer) = subject.document.get(LOAD_BALANCER) else { return };
    let Some(protocol) = load_balancer.get("protocol").filter(|protocol| protocol.text() == Some("https")) else {
        return;
    };
    if subject.document.get("domain").is_none() {
        faults.push(
            subject
                .fault("declaration::no_domain", "the load balancer speaks https, but there is no domain")
                .at(&protocol.span, "needs a certificate, and so a domain")
                .remedy("declare `domain:` with its name, or write `protocol: http`"),
        );
    }
    if let Some(port) = load_balancer.get("port").filter(|port| port.whole_number() == Some(80)) {
        faults.push(
            subject
                .fault("declaration::https_port", "the load balancer cannot speak https on port 80")
                .at(&port.span, "from here browsers are sent to https")
                .remedy("write `port: 443`"),
        );
    }
}
