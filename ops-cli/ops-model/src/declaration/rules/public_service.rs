use super::Subject;
use super::firewall::LOAD_BALANCER;
use crate::declaration::Fault;
use crate::declaration::document::{Content, Entry, Node};

/// Target groups that a load balancer takes:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>
const MOST: usize = 100;

/// A public service can be reached: there is a load balancer that has room for it, it knows the port, and the firewall
/// lets it in.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let is_public = |entry: &&Entry| entry.value.get("public").is_some_and(|public| public.content != Content::Null);
    if let Some(service) = subject.services().iter().filter(is_public).nth(MOST) {
        faults.push(
            subject
                .fault("declaration::public_services", format!("more than {MOST} services are public"))
                .at(&service.key_span, "one too many")
                .remedy(
                    "let one service answer for several, or make another environment: a load balancer takes no more",
                ),
        );
    }
    for service in subject.services() {
        let Some(public) = service.value.entry("public") else { continue };
        if public.value.content == Content::Null {
            continue;
        }
        check_load_balancer(subject, service, public, faults);
        check_port(subject, service, public, faults);
    }
}

fn check_load_balancer(subject: &Subject<'_>, service: &Entry, public: &Entry, faults: &mut Vec<Fault>) {
    if subject.document.get(LOAD_BALANCER).is_none() {
        faults.push(
            subject
                .fault(
                    "declaration::no_load_balancer",
                    format!("`{}` is public, but there is no load balancer", service.key),
                )
                .at(&public.key_span, "needs a load balancer")
                .remedy("declare `load_balancer:` with its port, or remove `public:`"),
        );
    }
}

fn check_port(subject: &Subject<'_>, service: &Entry, public: &Entry, faults: &mut Vec<Fault>) {
    let Some(port_node) = service.value.get("port") else {
        faults.push(
            subject
                .fault("declaration::no_port", format!("`{}` is public, but has no port", service.key))
                .at(&public.key_span, "needs a port")
                .remedy("add `port:`, the TCP port that the container listens on"),
        );
        return;
    };
    let Some(port) = port_node.whole_number() else { return };
    // Whoever reaches every address reaches the load balancer's too.
    let lets_in = |rule: &Node| {
        let from = rule.get("from").and_then(Node::text);
        let number = |key: &str| rule.get(key).and_then(Node::whole_number);
        let first = number("port");
        let ports = first.map(|first| first..=number("to_port").unwrap_or(first));
        matches!(from, Some(LOAD_BALANCER | "internet")) && ports.is_some_and(|ports| ports.contains(&port))
    };
    let rules = subject.document.get("firewall").and_then(|firewall| firewall.get(&service.key));
    if !rules.is_some_and(|rules| rules.items().iter().any(lets_in)) {
        faults.push(
            subject
                .fault(
                    "declaration::unreachable_service",
                    format!("the firewall does not let the load balancer in to `{}` on port {port}", service.key),
                )
                .at(&port_node.span, "closed to the load balancer")
                .remedy(format!(
                    "add under `firewall:` `{}:` the rule `- {{ from: load_balancer, port: {port} }}`",
                    service.key
                )),
        );
    }
}
