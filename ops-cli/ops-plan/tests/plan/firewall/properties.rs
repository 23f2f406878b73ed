//! Whatever somebody did to the groups: one plan mends them, on the way nothing closes that is declared, and what is
//! reachable in the end is what is declared, packet by packet.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ops_model::plan::{FirewallCall, Plan};
use ops_model::security_group::{Direction, Peer, Permission, Protocol, SecurityGroupRule};
use ops_plan::firewall::at_once;
use proptest::prelude::*;

use super::packets::Packet;
use super::{by_hand, calls, carry_out, empty, group, ipv4, ipv6};
use crate::fixture::Fixture;

type Rule = (&'static str, u16, Option<u16>, Option<&'static str>);

fn declared_rule() -> impl Strategy<Value = Rule> {
    let from = prop::sample::select(vec![
        "internet",
        "load_balancer",
        "api",
        "worker",
        "10.10.0.0/16",
        "10.10.128.0/17",
        "203.0.113.0/24",
        "203.0.113.0/25",
        "pl-0123abcd",
    ]);
    let ports =
        prop::sample::select(vec![(80, None), (8080, None), (8080, Some(8085)), (8084, Some(8090)), (443, None)]);
    let until = prop::sample::select(vec![None, None, Some("2026-11-22"), Some("2026-11-23"), Some("2027-01-01")]);
    (from, ports, until).prop_map(|(from, (port, to_port), until)| (from, port, to_port, until))
}

fn declaration() -> impl Strategy<Value = String> {
    let rules = || prop::collection::vec(declared_rule(), 0..5);
    let database = prop::sample::subsequence(vec!["api", "worker"], 0..=2);
    (rules(), rules(), rules(), database).prop_map(|(balancer, api, worker, database)| {
        let mut text = String::new();
        for (name, rules) in [("load_balancer", balancer), ("api", api), ("worker", worker)] {
            let mut said = BTreeSet::new();
            writeln!(text, "  {name}:{}", if rules.is_empty() { " []" } else { "" }).expect("a string");
            for (from, port, to_port, until) in rules.into_iter().filter(|rule| said.insert((rule.0, rule.1, rule.2))) {
                let to_port = to_port.map(|port| format!(", to_port: {port}")).unwrap_or_default();
                let until = until.map(|day| format!(", until: \"{day}\"")).unwrap_or_default();
                writeln!(text, "    - {{ from: {from}, port: {port}{to_port}{until} }}").expect("a string");
            }
        }
        let database: Vec<_> = database.iter().map(|from| format!("{{ from: {from}, port: 3306 }}")).collect();
        writeln!(text, "  database: [{}]", database.join(", ")).expect("a string");
        text
    })
}

fn permission() -> impl Strategy<Value = Permission> {
    let peer = prop::sample::select(vec![
        ipv4("0.0.0.0/0"),
        ipv4("0.0.0.0/1"),
        ipv4("128.0.0.0/1"),
        ipv4("10.10.0.0/16"),
        ipv4("10.10.0.0/17"),
        ipv4("203.0.113.0/24"),
        ipv4("203.0.113.0/25"),
        ipv4("203.0.113.128/25"),
        ipv4("198.51.100.7/32"),
        ipv6("::/0"),
        ipv6("2001:db8::/32"),
        ipv6("fd00::/8"),
        group("api"),
        group("worker"),
        group("load_balancer"),
        group("foreign"),
        Peer::PrefixList("pl-0123abcd".to_owned()),
        Peer::PrefixList("pl-ffffffff".to_owned()),
    ]);
    let sorts = prop::sample::select(vec![
        (Protocol::All, None),
        (Protocol::TCP, Some((0, 65_535))),
        (Protocol::TCP, Some((80, 80))),
        (Protocol::TCP, Some((8080, 8080))),
        (Protocol::TCP, Some((8080, 8085))),
        (Protocol::TCP, Some((8084, 8090))),
        (Protocol::TCP, Some((8080, 8090))),
        (Protocol::TCP, Some((443, 443))),
        (Protocol::TCP, Some((3306, 3306))),
        (Protocol::UDP, Some((80, 8090))),
        (Protocol::ICMP, Some((-1, -1))),
        (Protocol::ICMP, Some((8, -1))),
        (Protocol::ICMP, Some((3, 4))),
        (Protocol::ICMPV6, None),
        (Protocol::Number(50), None),
    ]);
    let direction = prop::sample::select(vec![Direction::Ingress, Direction::Ingress, Direction::Egress]);
    (direction, sorts, peer).prop_map(|(direction, (protocol, ports), peer)| Permission {
        direction,
        protocol,
        from_port: ports.map(|ports| ports.0),
        to_port: ports.map(|ports| ports.1),
        peer,
    })
}

/// What a person does in the console.
#[derive(Debug, Clone)]
enum Meddling {
    Open(Permission),
    Close(usize),
    Change(usize, Permission),
}

fn meddling() -> impl Strategy<Value = (&'static str, Meddling)> {
    let name = prop::sample::select(vec!["load_balancer", "database", "api", "worker"]);
    let act = prop_oneof![
        3 => permission().prop_map(Meddling::Open),
        1 => any::<usize>().prop_map(Meddling::Close),
        2 => (any::<usize>(), permission()).prop_map(|(place, permission)| Meddling::Change(place, permission)),
    ];
    (name, act)
}

fn meddle(rules: &mut Vec<SecurityGroupRule>, number: usize, act: Meddling) {
    let is_new =
        |rules: &[SecurityGroupRule], permission: &Permission| !rules.iter().any(|rule| rule.permission == *permission);
    match act {
        Meddling::Open(permission) if is_new(rules, &permission) => rules.push(by_hand(number, permission)),
        Meddling::Close(place) if !rules.is_empty() => drop(rules.remove(place % rules.len())),
        Meddling::Change(place, permission) if !rules.is_empty() && is_new(rules, &permission) => {
            let place = place % rules.len();
            rules[place].permission = permission;
        }
        _ => {}
    }
}

fn meddled(declaration: &str, more: &str, acts: Vec<(&'static str, Meddling)>) -> Fixture {
    let mut fixture = empty(declaration, more);
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    for (number, (name, act)) in acts.into_iter().enumerate() {
        meddle(fixture.live.firewall.get_mut(name).expect("a group"), number, act);
    }
    fixture
}

/// Carries a plan out call by call, and looks at every packet after each.
fn carry_out_and_watch(fixture: &mut Fixture, plan: &Plan, packets: &[Packet]) -> Result<(), TestCaseError> {
    let today = fixture.live.today();
    for (name, call) in calls(plan) {
        let rules = fixture.live.firewall.get_mut(&name).expect("a group");
        let before = rules.clone();
        carry_out(rules, &call);
        for packet in packets {
            let declared = packet.is_declared(&fixture.environment, &name, today);
            let closed = packet.passes(&before) && !packet.passes(rules);
            prop_assert!(!(declared && closed), "{name}: {call:?} closed {packet:?}");
            if !matches!(call, FirewallCall::Revoke { .. }) {
                let opened = !packet.passes(&before) && packet.passes(rules);
                prop_assert!(declared || !opened, "{name}: {call:?} opened {packet:?}");
            }
        }
    }
    Ok(())
}

fn is_as_declared(fixture: &Fixture, packets: &[Packet]) -> Result<(), TestCaseError> {
    for (name, rules) in &fixture.live.firewall {
        for packet in packets {
            let declared = packet.is_declared(&fixture.environment, name, fixture.live.today());
            prop_assert_eq!(packet.passes(rules), declared, "{}: {:?} by {:#?}", name, packet, rules);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn what_is_reachable_in_the_end_is_what_is_declared_and_nothing_declared_closes_on_the_way(
        declaration in declaration(),
        acts in prop::collection::vec(meddling(), 0..12),
    ) {
        let packets = Packet::all();
        let mut fixture = meddled(&declaration, "", acts);
        let plan = fixture.plan();
        prop_assert_eq!(&plan, &fixture.plan(), "the same inputs give the same plan");
        let differs = fixture.live.firewall.iter().any(|(name, rules)| {
            packets.iter().any(|it| it.passes(rules) != it.is_declared(&fixture.environment, name, fixture.live.today()))
        });
        prop_assert!(!differs || !calls(&plan).is_empty(), "a difference that the plan does not see");
        carry_out_and_watch(&mut fixture, &plan, &packets)?;
        is_as_declared(&fixture, &packets)?;
        let second = fixture.plan();
        prop_assert!(calls(&second).is_empty() && second.holes.is_empty(), "left over: {:?}", second);
    }

    #[test]
    fn dangerous_holes_close_at_once_and_nothing_declared_with_them(
        declaration in declaration(),
        acts in prop::collection::vec(meddling(), 0..12),
    ) {
        let packets = Packet::all();
        let mut fixture = meddled(&declaration, "holes: { close: at_once }", acts);
        if let Some(plan) = at_once(&fixture.plan()) {
            carry_out_and_watch(&mut fixture, &plan, &packets)?;
        }
        let second = fixture.plan();
        prop_assert!(!second.holes.iter().any(|hole| hole.dangerous), "left over: {:?}", second.holes);
        prop_assert!(at_once(&second).is_none());
    }

    #[test]
    fn people_who_close_holes_themselves_lose_nothing(
        declaration in declaration(),
        acts in prop::collection::vec(meddling(), 0..12),
    ) {
        let packets = Packet::all();
        let mut fixture = meddled(&declaration, "holes: { close: never }", acts);
        let before = fixture.live.firewall.clone();
        let plan = fixture.plan();
        fixture.carry_out(&plan);
        for (name, rules) in &fixture.live.firewall {
            for packet in &packets {
                let wanted = packet.passes(&before[name])
                    || packet.is_declared(&fixture.environment, name, fixture.live.today());
                prop_assert_eq!(packet.passes(rules), wanted, "{}: {:?}", name, packet);
            }
        }
        prop_assert!(calls(&fixture.plan()).is_empty());
    }
}
