//! `ops firewall`: who can reach whom, as declared and as it is.

use ops_model::security_group::Protocol;
use ops_plan::firewall::{Answer, EntryStanding, FirewallView, GroupState, Party, Question, can, firewall_map};

use super::{RULES, group, ipv4, mended, tcp};
use crate::fixture::Fixture;

fn declared(fixture: &Fixture) -> FirewallView {
    FirewallView::declared(&fixture.environment, fixture.live.today())
}

fn live(fixture: &Fixture) -> FirewallView {
    let Fixture { environment, platform, live, .. } = fixture;
    FirewallView::live(environment, &platform.security_groups, live.firewall.clone(), live.today())
}

fn party(name: &str) -> Party {
    match (name, name.parse()) {
        ("internet", _) => Party::Internet,
        (_, Ok(address)) => Party::Address(address),
        (name, Err(_)) => Party::Group(name.to_owned()),
    }
}

fn ask(view: &FirewallView, from: &str, to: &str, port: u16) -> Answer {
    can(view, &Question { from: party(from), to: party(to), port, protocol: Protocol::TCP })
}

#[test]
fn the_declaration_answers_without_aws_and_aws_the_same() {
    let fixture = mended(RULES, "");
    for view in [declared(&fixture), live(&fixture)] {
        for (from, to, port, allowed) in [
            ("internet", "load_balancer", 80, true),
            ("internet", "load_balancer", 443, false),
            ("internet", "api", 8080, false),
            ("internet", "api", 8443, false),
            ("load_balancer", "api", 8080, true),
            ("load_balancer", "worker", 8080, false),
            ("api", "database", 3306, true),
            ("worker", "database", 3306, false),
            ("database", "api", 8080, false),
            ("api", "internet", 443, true),
            ("database", "internet", 443, false),
            ("203.0.113.7", "api", 8443, true),
            ("203.0.114.7", "api", 8443, false),
            ("198.51.100.7", "api", 8443, false),
            ("worker", "203.0.113.7", 25, true),
            ("worker", "2001:db8::1", 25, false),
        ] {
            let answer = ask(&view, from, to, port);
            assert_eq!(answer.allowed, allowed, "{from} {to} {port}: {answer:?}");
        }
    }
}

#[test]
fn an_answer_names_the_rules_on_both_sides() {
    let fixture = mended(RULES, "");
    let answer = ask(&live(&fixture), "load_balancer", "api", 8080);
    let (egress, ingress) = (answer.egress.expect("a side"), answer.ingress.expect("a side"));
    assert_eq!(egress.by[0].rule, "tcp 8080 to api");
    assert_eq!(ingress.by[0].rule, "tcp 8080 from load_balancer");
    assert!(ingress.by[0].declared && ingress.by[0].id.is_some());
    // Whoever is in the list gets in, and nobody knows who that is.
    let answer = ask(&live(&fixture), "192.0.2.1", "api", 9000);
    assert!(!answer.allowed && answer.egress.is_none());
    assert_eq!(answer.ingress.expect("a side").unknown[0].rule, "tcp 9000-9010 from pl-0123abcd");
    // A part of the internet is not the internet.
    let answer = ask(&live(&fixture), "internet", "api", 8443).ingress.expect("a side");
    assert!(!answer.allowed);
    assert_eq!(answer.by[0].until.map(|day| day.to_string()).as_deref(), Some("2026-11-23"));
}

#[test]
fn a_hole_is_an_answer_of_the_live_account_alone() {
    let mut fixture = mended(RULES, "");
    fixture.open("database", tcp((3306, 3306), ipv4("0.0.0.0/1")));
    assert!(!ask(&live(&fixture), "internet", "database", 3306).allowed, "one half of it");
    fixture.open("database", tcp((3306, 3306), ipv4("128.0.0.0/1")));
    let answer = ask(&live(&fixture), "internet", "database", 3306);
    assert!(answer.allowed);
    assert!(answer.ingress.expect("a side").by.iter().all(|rule| !rule.declared));
    assert!(!ask(&declared(&fixture), "internet", "database", 3306).allowed);
    // Wherever in the network `worker` has its address.
    assert!(!ask(&live(&fixture), "worker", "api", 22).allowed);
    fixture.open("api", tcp((22, 22), ipv4("10.10.0.0/16")));
    assert!(ask(&live(&fixture), "worker", "api", 22).allowed);
}

#[test]
fn the_map_shows_what_is_declared_beside_what_is_there() {
    let mut fixture = mended(RULES, "");
    fixture.open("database", tcp((3306, 3306), group("worker")));
    fixture
        .live
        .firewall
        .get_mut("api")
        .expect("a group")
        .retain(|rule| rule.permission.peer != group("load_balancer"));
    let standings = |view: &FirewallView, name: &str| {
        let map = firewall_map(view);
        let entries = map.groups[name].entries.iter();
        let shown = entries.map(|entry| {
            let standing = match &entry.standing {
                EntryStanding::Declared => "declared",
                EntryStanding::Open => "open",
                EntryStanding::Closed => "closed",
                EntryStanding::Ended => "ended",
                EntryStanding::Hole(_) => "hole",
            };
            format!("{} {}: {standing}", entry.peer, entry.ports)
        });
        shown.collect::<Vec<_>>()
    };
    let api = [
        "load_balancer port 8080: closed",
        "203.0.113.0/24 port 8443: open",
        "pl-0123abcd ports 9000 to 9010: open",
        "internet everything: open",
        "198.51.100.7/32 port 8443: ended",
    ];
    assert_eq!(standings(&live(&fixture), "api"), api);
    assert_eq!(standings(&live(&fixture), "database"), ["api MySQL (3306): open", "worker MySQL (3306): hole"]);
    assert_eq!(standings(&declared(&fixture), "database"), ["api MySQL (3306): declared"]);
    fixture.live.firewall.remove("worker");
    assert_eq!(firewall_map(&live(&fixture)).groups["worker"].state, GroupState::Missing);
}
