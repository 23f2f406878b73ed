use std::collections::BTreeMap;

use super::Subject;
use super::firewall::LOAD_BALANCER;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// Every name below the domain means one thing, and there is a domain for it to be below.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let has_domain = subject.document.get("domain").is_some();
    let mut taken: BTreeMap<&str, String> = BTreeMap::new();
    for (owner, node) in hosts(subject) {
        if !has_domain {
            faults.push(
                subject
                    .fault("declaration::no_domain", format!("{owner} has a `host`, but there is no domain"))
                    .at(&node.span, "below which domain?")
                    .remedy("declare `domain:` with its name, or remove `host:`"),
            );
        }
        let Some(host) = node.text() else { continue };
        if let Some(other) = taken.get(host) {
            faults.push(
                subject
                    .fault("declaration::host", format!("{owner} and {other} both have the host `{host}`"))
                    .at(&node.span, format!("taken by {other}"))
                    .remedy("choose another host: a name leads to one place"),
            );
        } else {
            taken.insert(host, owner);
        }
    }
}

/// Who has a host, in words, and where it stands.
fn hosts<'a>(subject: &Subject<'a>) -> Vec<(String, &'a Node)> {
    let load_balancer = subject.document.get(LOAD_BALANCER).and_then(|load_balancer| load_balancer.get("host"));
    let mut hosts: Vec<_> = load_balancer.map(|host| ("the load balancer".to_owned(), host)).into_iter().collect();
    for (key, sort) in [("sites", "the site"), ("uploads", "the uploads")] {
        for entry in subject.named(key) {
            hosts.extend(entry.value.get("host").map(|host| (format!("{sort} `{}`", entry.key), host)));
        }
    }
    hosts
}
