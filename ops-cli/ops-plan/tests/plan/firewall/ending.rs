//! What is said of exceptions before they end.

use ops_plan::firewall::ending;

use super::{RULES, mended, noon};
use crate::fixture::Fixture;

const EXCEPTIONS: &str = "  api:
    - { from: 203.0.113.0/24, port: 8443, reason: the move of the old shop, until: \"2026-11-26\" }
    - { from: 203.0.113.0/24, port: 9000, to_port: 9010, until: \"2026-11-24\" }
    - { from: 203.0.113.0/24, port: 22, until: \"2026-11-30\" }
    - { from: 203.0.113.0/24, port: 23, until: \"2026-12-01\" }
    - { from: 203.0.113.0/24, port: 24, until: \"2026-12-23\" }
    - { from: 203.0.113.0/24, port: 25, until: \"2026-11-22\" }
    - { from: load_balancer, port: 8080 }
  database: [{ from: api, port: 3306, until: \"2026-11-23\" }]";

#[test]
fn exceptions_are_named_a_week_ahead_and_no_longer_when_they_have_ended() {
    let fixture = mended(EXCEPTIONS, "");
    let lines: Vec<_> =
        ending(&fixture.environment, fixture.live.today()).iter().map(|it| format!("{}: {it}", it.days_left)).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_note_changes_no_plan_and_holds_none() {
    let mut fixture = mended(RULES, "");
    let told = |fixture: &Fixture| ending(&fixture.environment, fixture.live.today()).len();
    let (plan, today) = (fixture.plan(), fixture.live.today());
    assert_eq!(told(&fixture), 1);
    assert!(plan.in_sync() && plan.gates.is_empty());
    // Eight days before nobody says anything yet, and the plan is the same.
    fixture.live.now = noon("2026-11-15");
    assert_eq!((told(&fixture), fixture.plan() == plan), (0, true));
    // The day after it is a hole.
    fixture.live.now = noon(&today.tomorrow().expect("a day").to_string());
    assert_eq!((told(&fixture), fixture.plan().holes.len()), (0, 1));
}
