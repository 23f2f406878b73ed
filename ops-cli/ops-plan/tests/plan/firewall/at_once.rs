//! What is closed though something holds the plan.

use ops_model::plan::{Act, ChangeClass, FirewallCall, Gate};
use ops_model::security_group::{Direction, Permission};
use ops_plan::firewall::at_once;

use super::{RULES, all_traffic, calls, group, ipv4, mended, tcp};
use crate::fixture::Fixture;

const AT_ONCE: &str = "holes: { close: at_once }";

fn everyone(port: u16) -> Permission {
    tcp((port, port), ipv4("0.0.0.0/0"))
}

#[test]
fn dangerous_holes_come_first_and_others_last() {
    let mut fixture = mended(RULES, "");
    fixture.open("api", everyone(22));
    fixture.open("api", tcp((23, 23), group("worker")));
    let plan = fixture.plan();
    let of_api: Vec<_> =
        plan.waves.iter().map(|wave| wave.iter().map(|change| change.differences.len()).collect::<Vec<_>>()).collect();
    assert_eq!(of_api, [[1], [1]]);
    assert!(plan.changes().all(|change| change.class == ChangeClass::InPlace));
    assert_eq!(plan.waves[0][0].differences[0].path, "ingress.tcp 22 from internet");
    assert_eq!(plan.waves[1][0].differences[0].path, "ingress.tcp 23 from worker");
    assert!(at_once(&plan).is_none(), "the declaration does not want it");
}

#[test]
fn only_dangerous_holes_are_closed_at_once() {
    let mut fixture = mended(RULES, AT_ONCE);
    fixture.open("database", everyone(3306));
    fixture.open("database", all_traffic(Direction::Egress, ipv4("0.0.0.0/0")));
    fixture.open("api", tcp((23, 23), group("worker")));
    let plan = at_once(&fixture.plan()).expect("two holes");
    assert_eq!(plan.changes().count(), 1);
    let calls = calls(&plan);
    assert_eq!(calls.len(), 2);
    assert!(calls.iter().all(|(name, call)| name == "database" && matches!(call, FirewallCall::Revoke { .. })));
}

#[test]
fn what_people_close_is_named_and_left() {
    let mut fixture = mended(RULES, "holes: { close: never }");
    fixture.open("database", everyone(3306));
    let plan = fixture.plan();
    assert!(plan.in_sync() && plan.holes.len() == 1 && plan.holes[0].dangerous, "{plan:?}");
}

/// Somebody opened the rule of the office to everybody: closing it would lock the office out.
fn office_opened_to_everybody() -> Fixture {
    let mut fixture = mended(RULES, AT_ONCE);
    let rules = fixture.live.firewall.get_mut("api").expect("a group");
    let office = rules.iter_mut().find(|rule| rule.permission == tcp((8443, 8443), ipv4("203.0.113.0/24")));
    office.expect("the rule").permission = everyone(8443);
    fixture
}

#[test]
fn a_rule_that_serves_the_declared_too_is_narrowed_in_place() {
    let fixture = office_opened_to_everybody();
    let plan = at_once(&fixture.plan()).expect("a hole");
    let calls = calls(&plan);
    let [(_, FirewallCall::Modify { rule, .. })] = calls.as_slice() else { panic!("one change: {calls:?}") };
    assert_eq!(rule.permission, tcp((8443, 8443), ipv4("203.0.113.0/24")));
}

#[test]
fn ops_adds_nothing_that_terraform_is_about_to_make() {
    let mut fixture = office_opened_to_everybody();
    let applied = fixture.platform.applied_from.clone();
    let rules = fixture.environment.firewall["database"].clone();
    fixture.environment.firewall.insert("worker".to_owned(), rules);
    fixture.apply_terraform();
    fixture.platform.applied_from = applied;
    let plan = fixture.plan();
    assert!(
        matches!(plan.gates.as_slice(), [Gate::TerraformBehind { paths }] if paths == &["firewall.worker"]),
        "{:?}",
        plan.gates
    );
    assert!(at_once(&plan).is_none(), "without a new rule the office would be locked out");
    fixture.open("database", everyone(3306));
    let closed = at_once(&fixture.plan()).expect("what needs no new rule");
    assert_eq!(calls(&closed).len(), 1);
    let adds = |plan: &ops_model::plan::Plan| {
        plan.changes().any(|change| matches!(&change.act, Act::Firewall(act) if act.steps.iter().any(|step| matches!(step.call, FirewallCall::Authorize { .. }) && step.at_once)))
    };
    assert!(!adds(&fixture.plan()));
}

#[test]
fn who_lived_on_a_hole_gets_its_own_way_before_the_hole_closes() {
    let mut fixture = mended(RULES, AT_ONCE);
    // Somebody took `api`'s rule away, found that nothing works, and let everybody in.
    fixture.live.firewall.insert("database".to_owned(), Vec::new());
    fixture.open("database", everyone(3306));
    let calls = calls(&at_once(&fixture.plan()).expect("a hole"));
    let [(_, FirewallCall::Authorize { rule }), (_, FirewallCall::Revoke { .. })] = calls.as_slice() else {
        panic!("first in, then out: {calls:?}")
    };
    assert_eq!(rule.permission, tcp((3306, 3306), group("api")));
}
