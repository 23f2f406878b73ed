//! Security groups: named holes, mended without ever closing what is declared.

mod answers;
mod at_once;
mod ending;
mod holes;
mod packets;
mod properties;

use std::collections::BTreeMap;

use jiff::Timestamp;
use ops_model::ownership::NAME_TAG;
use ops_model::plan::{Act, FirewallCall, Plan, WantedRule};
use ops_model::security_group::{Direction, Peer, Permission, Protocol, SecurityGroupRule};

use crate::fixture::Fixture;

/// The day of every observation here.
const TODAY: &str = "2026-11-23";

/// An environment of these firewall rules, as lines of YAML, with a load balancer, a database, `api` and `worker`.
fn environment(firewall: &str, more: &str) -> String {
    format!(
        "version: 1\nenvironment: dev\naccount: \"000000000000\"\nregion: ap-northeast-2\nops_bucket: dev-ops\n\
         network: {{ cidr: 10.10.0.0/16, zones: [ap-northeast-2a, ap-northeast-2c] }}\nload_balancer: {{ port: 80 }}\n\
         database: {{ engine_version: \"8.4\", instance: db.t4g.medium, schema: app }}\n{more}\nfirewall:\n{firewall}\n\
         services:\n  api: {{ artifact: api, cpu: 256, memory: 512 }}\n  worker: {{ artifact: worker, cpu: 256, memory: 512 }}\n"
    )
}

const RULES: &str = "  load_balancer: [{ from: internet, port: 80, reason: the public entrance }]
  api:
    - { from: load_balancer, port: 8080 }
    - { from: 203.0.113.0/24, port: 8443, reason: the office, until: \"2026-11-23\" }
    - { from: 198.51.100.7/32, port: 8443, reason: the old office, until: \"2026-10-31\" }
    - { from: pl-0123abcd, port: 9000, to_port: 9010 }
  database: [{ from: api, port: 3306 }]";

/// Declared, with the groups made and nothing in them.
fn empty(firewall: &str, more: &str) -> Fixture {
    let mut fixture = Fixture::of(&environment(firewall, more));
    let groups = ["load_balancer", "database", "api", "worker"];
    fixture.platform.security_groups = groups.map(|name| (name.to_owned(), id(name))).into();
    fixture.live.firewall = groups.map(|name| (name.to_owned(), Vec::new())).into();
    fixture.live.now = noon(TODAY);
    fixture
}

fn noon(day: &str) -> Timestamp {
    format!("{day}T12:00:00Z").parse().expect("a moment")
}

/// As declared.
fn mended(firewall: &str, more: &str) -> Fixture {
    let mut fixture = empty(firewall, more);
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    assert!(fixture.plan().in_sync(), "{:?}", fixture.plan().waves);
    fixture
}

fn id(name: &str) -> String {
    format!("sg-{}", name.replace('_', "-"))
}

fn group(name: &str) -> Peer {
    Peer::Group(id(name))
}

fn ipv4(range: &str) -> Peer {
    Peer::Ipv4(range.parse().expect("a range"))
}

fn ipv6(range: &str) -> Peer {
    Peer::Ipv6(range.parse().expect("a range"))
}

fn tcp(ports: (u16, u16), peer: Peer) -> Permission {
    Permission::tcp(Direction::Ingress, ports, peer)
}

fn by_hand(number: usize, permission: Permission) -> SecurityGroupRule {
    SecurityGroupRule { id: format!("sgr-by-hand-{number}"), permission, description: None, tags: BTreeMap::new() }
}

impl Fixture {
    fn open(&mut self, group: &str, permission: Permission) {
        let rules = self.live.firewall.get_mut(group).expect("a group");
        rules.push(by_hand(rules.len(), permission));
    }
}

/// Calls of EC2, which refuses two rules with the same permission and a change of a rule's sort.
pub(crate) fn carry_out(rules: &mut Vec<SecurityGroupRule>, call: &FirewallCall) {
    let unheard = |rules: &[SecurityGroupRule], but: &str, permission: &Permission| {
        let twice = rules.iter().any(|rule| rule.id != but && rule.permission == *permission);
        assert!(!twice, "InvalidPermission.Duplicate: {permission:?}");
    };
    match call {
        FirewallCall::Authorize { rule: WantedRule { permission, description, name, terraform: _ } } => {
            unheard(rules, "", permission);
            rules.push(SecurityGroupRule {
                id: format!("sgr-{}-{}", rules.len(), name.replace(' ', "-")),
                permission: permission.clone(),
                description: Some(description.clone()),
                tags: BTreeMap::from([(NAME_TAG.to_owned(), name.clone())]),
            });
        }
        FirewallCall::Modify { id, rule } => {
            unheard(rules, id, &rule.permission);
            let live = rules.iter_mut().find(|live| live.id == *id).expect("the rule is there");
            assert_eq!(live.permission.direction, rule.permission.direction);
            assert!(live.permission.peer.is_like(&rule.permission.peer), "InvalidParameterValue: {live:?} {rule:?}");
            (live.permission, live.description) = (rule.permission.clone(), Some(rule.description.clone()));
        }
        FirewallCall::Revoke { id, direction } => {
            let place = rules.iter().position(|rule| rule.id == *id).expect("the rule is there");
            assert_eq!(rules.remove(place).permission.direction, *direction);
        }
    }
}

/// Every call of a plan, with the group, in the order of the waves.
fn calls(plan: &Plan) -> Vec<(String, FirewallCall)> {
    let steps = plan.changes().filter_map(|change| match &change.act {
        Act::Firewall(act) => Some(act.steps.iter().map(|step| (change.name.clone(), step.call.clone()))),
        _ => None,
    });
    steps.flatten().collect()
}

fn all_traffic(direction: Direction, peer: Peer) -> Permission {
    Permission { direction, protocol: Protocol::All, from_port: None, to_port: None, peer }
}
