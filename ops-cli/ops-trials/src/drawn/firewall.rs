use std::collections::BTreeMap;

use proptest::prelude::Strategy;
use proptest::sample::subsequence;
use serde_json::{Map, Value, json};

use super::{Drawn, SERVICES, TASKS};

/// Security groups that rules are drawn for, by their names in the firewall.
pub(crate) const GROUPS: [&str; 7] = ["load_balancer", "database", "api", "web", "worker", "migrate", "report"];

const LOAD_BALANCER: &str = "load_balancer";
const DATABASE: &str = "database";

/// The simulated account opens on 1 January 2026.
pub(super) fn firewall() -> impl Strategy<Value = BTreeMap<&'static str, Vec<Value>>> {
    let each = GROUPS.into_iter().map(|group| {
        let pool = pool(group);
        let most = pool.len().min(6);
        subsequence(pool, 0..=most)
    });
    let each: Vec<_> = each.collect();
    each.prop_map(|rules| GROUPS.into_iter().zip(rules).collect())
}

fn pool(group: &str) -> Vec<Value> {
    match group {
        LOAD_BALANCER => vec![
            json!({"from": "internet", "port": 443, "reason": "the public entrance"}),
            json!({"from": "203.0.113.0/24", "port": 8443}),
        ],
        DATABASE => SERVICES.into_iter().chain(TASKS).map(|from| json!({"from": from, "port": 3306})).collect(),
        _ => vec![
            json!({"from": "203.0.113.0/24", "port": 8443, "to_port": 8444, "reason": "the office"}),
            json!({"from": "203.0.113.0/25", "port": 8443}),
            json!({"from": "198.51.100.7/32", "port": 8443, "reason": "the move", "until": "2025-12-31"}),
            json!({"from": "198.51.100.7/32", "port": 8444, "reason": "the move", "until": "2099-12-31"}),
            json!({"from": "internet", "port": 9000, "reason": "public"}),
            json!({"from": "internet", "port": 9000, "to_port": 9100, "reason": "public"}),
            json!({"from": "internet", "port": 9050, "to_port": 9200, "reason": "public"}),
            // Both of them open a part of it, and more.
            json!({"from": "internet", "port": 9040, "to_port": 9120, "reason": "public"}),
            json!({"from": "10.0.0.0/8", "port": 5000, "to_port": 6000}),
            // What one push replaces by another overlaps: a part of a range, of a network, or of both.
            json!({"from": "10.0.0.0/8", "port": 5000, "to_port": 5500}),
            json!({"from": "10.0.0.0/8", "port": 5400, "to_port": 6500}),
            json!({"from": "10.1.0.0/16", "port": 5000, "to_port": 7000}),
            json!({"from": "10.1.0.0/16", "port": 5600, "to_port": 5700}),
            json!({"from": "pl-0123abcd", "port": 443}),
            json!({"from": LOAD_BALANCER, "port": 9901}),
            json!({"from": "api", "port": 9090}),
            json!({"from": "web", "port": 9090}),
            json!({"from": "migrate", "port": 7000, "to_port": 7100}),
        ],
    }
}

/// With what public services need, and without what is about somebody who is not there.
pub(super) fn declared(drawn: &Drawn) -> Map<String, Value> {
    let has_database = !drawn.firewall.is_empty();
    let is_workload = |name: &str| drawn.services.contains_key(name) || drawn.tasks.contains_key(name);
    let is_known = |name: &str| !SERVICES.contains(&name) && !TASKS.contains(&name) || is_workload(name);
    let mut firewall = Map::from_iter([(LOAD_BALANCER.to_owned(), json!([{"from": "internet", "port": 80}]))]);
    for (name, service) in &drawn.services {
        if service.get("public").is_some() {
            firewall.insert((*name).to_owned(), json!([{"from": LOAD_BALANCER, "port": service["port"]}]));
        }
    }
    for (group, rules) in &drawn.firewall {
        if !is_known(group) || (*group == DATABASE && !has_database) {
            continue;
        }
        let known = rules.iter().filter(|rule| rule["from"].as_str().is_some_and(is_known));
        let group = firewall.entry(*group).or_insert_with(|| json!([]));
        if let Some(group) = group.as_array_mut() {
            group.extend(known.cloned());
        }
    }
    firewall
}
