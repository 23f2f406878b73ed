use jiff::civil::Date;

use super::Subject;
use super::network::{looks_like_cidr, network_address, parse_cidr};
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// The name of the load balancer's group, and of the load balancer as a source.
pub(super) const LOAD_BALANCER: &str = "load_balancer";
const INTERNET: &str = "internet";

/// The name of the database's group.
const DATABASE: &str = "database";
const DATABASE_PORT: u64 = 3306;

/// Every rule is about a group that exists and lets in a source that exists.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let has_load_balancer = subject.document.get(LOAD_BALANCER).is_some();
    for group in subject.named("firewall") {
        check_group(subject, group, faults);
        for (index, rule) in group.value.items().iter().enumerate() {
            if group.key == DATABASE {
                check_source_of_database(subject, rule, faults);
                check_ports_of_database(subject, rule, faults);
            } else {
                check_source(subject, rule, has_load_balancer, faults);
                check_range(subject, rule, faults);
            }
            check_last_day(subject, rule, faults);
            let earlier = group.value.items().get(..index).unwrap_or_default();
            check_repetition(subject, group, rule, earlier, faults);
        }
    }
}

fn check_group(subject: &Subject<'_>, group: &Entry, faults: &mut Vec<Fault>) {
    let fault = |message: &str| subject.fault("declaration::firewall_group", message);
    let fault = match group.key.as_str() {
        key @ (LOAD_BALANCER | DATABASE) if subject.document.get(key).is_some() => return,
        LOAD_BALANCER => fault("the firewall guards a load balancer that is not declared")
            .remedy("declare `load_balancer:` with its port, or remove these rules"),
        DATABASE => fault("the firewall guards a database that is not declared")
            .remedy("declare `database:`, or remove these rules"),
        name if subject.is_workload(name) => return,
        name => fault(&format!("the firewall guards `{name}`, which is neither a service nor a task"))
            .remedy(format!("a group is {}", known_names(subject, "`load_balancer`, `database`"))),
    };
    faults.push(fault.at(&group.key_span, "not declared"));
}

/// Nothing but services and tasks ever reaches a database, whatever else is open.
fn check_source_of_database(subject: &Subject<'_>, rule: &Node, faults: &mut Vec<Fault>) {
    let Some(node) = rule.get("from") else { return };
    let Some(source) = node.text().filter(|source| !subject.is_workload(source)) else { return };
    faults.push(
        subject
            .fault(
                "declaration::firewall_source",
                format!("`{source}` is let in to the database, and is neither a service nor a task"),
            )
            .at(&node.span, "neither a service nor a task")
            .remedy(format!("only services and tasks reach a database; {}", subject.workloads_in_words())),
    );
}

fn check_ports_of_database(subject: &Subject<'_>, rule: &Node, faults: &mut Vec<Fault>) {
    if let Some(entry) = rule.entry("to_port") {
        faults.push(
            subject
                .fault("declaration::firewall_range", "the database listens on one port alone")
                .at(&entry.key_span, "no range here")
                .remedy("remove `to_port`"),
        );
    }
    let Some(node) = rule.get("port") else { return };
    let Some(port) = node.whole_number().filter(|port| *port != DATABASE_PORT) else { return };
    faults.push(
        subject
            .fault("declaration::firewall_port", format!("the database does not listen on port {port}"))
            .at(&node.span, "nobody listens there")
            .remedy(format!("write `port: {DATABASE_PORT}`")),
    );
}

fn check_range(subject: &Subject<'_>, rule: &Node, faults: &mut Vec<Fault>) {
    let Some(node) = rule.get("to_port") else { return };
    let (first, last) = (rule.get("port").and_then(Node::whole_number), node.whole_number());
    if let (Some(first), Some(last)) = (first, last)
        && last <= first
    {
        faults.push(
            subject
                .fault(
                    "declaration::firewall_range",
                    format!("the range of ports ends at {last} and begins at {first}"),
                )
                .at(&node.span, "not above `port`")
                .remedy("write the last port of the range, above `port`; leave it out for one port"),
        );
    }
}

/// The schema sees to the form, and this to the calendar.
fn check_last_day(subject: &Subject<'_>, rule: &Node, faults: &mut Vec<Fault>) {
    let Some(node) = rule.get("until") else { return };
    let Some(text) = node.text().filter(|text| text.len() == "2026-10-31".len()) else { return };
    let numbers: Vec<Option<i16>> = text.split('-').map(|part| part.parse().ok()).collect();
    let [Some(year), Some(month), Some(day)] = numbers[..] else { return };
    let date = i8::try_from(month).ok().zip(i8::try_from(day).ok());
    if date.and_then(|(month, day)| Date::new(year, month, day).ok()).is_none() {
        faults.push(
            subject
                .fault("declaration::firewall_until", format!("there is no day {text}"))
                .at(&node.span, "not in the calendar")
                .remedy("write the last day on which the exception holds, such as `\"2026-10-31\"`"),
        );
    }
}

fn check_source(subject: &Subject<'_>, rule: &Node, has_load_balancer: bool, faults: &mut Vec<Fault>) {
    let Some(node) = rule.get("from") else { return };
    let Some(source) = node.text() else { return };
    let fault = |message: String| subject.fault("declaration::firewall_source", message);
    let fault = match source {
        INTERNET => return,
        LOAD_BALANCER if has_load_balancer => return,
        LOAD_BALANCER => fault("the rule lets in a load balancer that is not declared".to_owned())
            .at(&node.span, "not declared")
            .remedy("declare `load_balancer:` with its port, or name another source"),
        _ if looks_like_cidr(source) => match parse_cidr(source) {
            None => fault(format!("`{source}` is not an IPv4 range"))
                .at(&node.span, "not an IPv4 range")
                .remedy("write it like `203.0.113.0/24`"),
            Some((_, 0)) => fault(format!("`{source}` is the whole internet"))
                .at(&node.span, "everybody")
                .remedy("write `internet`, so that everybody sees what it means"),
            Some((address, length)) if network_address(address, length) != address => {
                let network = network_address(address, length);
                fault(format!("`{source}` names an address inside of its range"))
                    .at(&node.span, "AWS would store another range")
                    .remedy(format!("write `{network}/{length}`, or `{address}/32` for this one address"))
            }
            Some(_) => return,
        },
        DATABASE => fault("the rule lets in the database, which opens no connections".to_owned())
            .at(&node.span, "never a source")
            .remedy("remove the rule, or name another source"),
        _ if subject.is_workload(source) || is_prefix_list(source) => return,
        _ if source.starts_with("pl-") => fault(format!("`{source}` is not the id of a prefix list"))
            .at(&node.span, "no such id")
            .remedy("an id is `pl-` and 8 or 17 of the digits 0 to 9 and a to f"),
        _ => fault(format!("the rule lets in `{source}`, which is not known")).at(&node.span, "who is this?").remedy(
            format!(
                "a source is {}",
                known_names(subject, "`internet`, `load_balancer`, an IPv4 range, a prefix list")
            ),
        ),
    };
    faults.push(fault);
}

fn check_repetition(subject: &Subject<'_>, group: &Entry, rule: &Node, earlier: &[Node], faults: &mut Vec<Fault>) {
    let key = |rule: &Node| {
        let (from, port) = (rule.get("from")?.text()?.to_owned(), rule.get("port")?.whole_number()?);
        Some((from, port, rule.get("to_port").and_then(Node::whole_number)))
    };
    let Some(said) = key(rule) else { return };
    if earlier.iter().any(|other| key(other).is_some_and(|other| other == said)) {
        let (from, first, last) = said;
        let ports = last.map_or_else(|| format!("port {first}"), |last| format!("the ports {first} to {last}"));
        let span = rule.get("from").map_or(&rule.span, |node| &node.span);
        faults.push(
            subject
                .fault("declaration::firewall_repetition", format!("`{}` lets in `{from}` on {ports} twice", group.key))
                .at(span, "the second time")
                .remedy("remove one of the two rules: AWS refuses to keep both"),
        );
    }
}

/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>
fn is_prefix_list(source: &str) -> bool {
    source.strip_prefix("pl-").is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn known_names(subject: &Subject<'_>, fixed: &str) -> String {
    format!("one of {fixed}, or the name of a service or a task; {}", subject.workloads_in_words())
}
