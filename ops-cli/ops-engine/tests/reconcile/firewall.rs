//! Security groups of the simulated account: holes found, named and closed, also while the plan is held.

use std::fmt::Write as _;

use insta::assert_snapshot;
use ops_engine::cloud::CloudErrorKind;
use ops_engine::event::Event;
use ops_model::declaration::{SourceFile, read};
use ops_model::outcome::Outcome;
use ops_model::plan::{Act, FirewallCall, Gate, GroupStanding, Kind, Plan};
use ops_model::record::Record;
use ops_model::security_group::{Direction, Peer, Permission, SecurityGroupRule};
use ops_sim::Operation;
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::crashes::{kill_after, reconcile_after_a_kill};
use crate::fixture::{BUCKET, Fixture, outcome, platform};

/// The simulated account opens on 1 January 2026.
const FIREWALL: &str = "
  load_balancer: [{ from: internet, port: 80, reason: the public entrance }]
  api:
    - { from: load_balancer, port: 8080 }
    - { from: 203.0.113.0/24, port: 8443, to_port: 8444, reason: the office }
    - { from: 198.51.100.7/32, port: 8443, reason: the move, until: \"2025-12-31\" }
  database: [{ from: api, port: 3306 }]";

fn declare(fixture: &mut Fixture, firewall: &str, more: &str) {
    let text = format!(
        "version: 1\nenvironment: dev\naccount: \"000000000000\"\nregion: ap-northeast-2\nops_bucket: dev-ops\n\
         network: {{ cidr: 10.10.0.0/16, zones: [ap-northeast-2a, ap-northeast-2c] }}\nload_balancer: {{ port: 80 }}\n\
         database: {{ engine_version: \"8.4\", instance: db.t4g.medium, schema: app }}\n{more}\nfirewall:{firewall}\n\
         services:\n  api: {{ artifact: app, cpu: 256, memory: 512, count: 1 }}\n  worker: {{ artifact: app, cpu: 256, memory: 512, count: 1 }}\n"
    );
    let builds = format!(
        "version: 1\nartifacts:\n  app: {{ image: registry.example/slipway/app, digest: \"sha256:{}\", version: 1.0.0 }}\n",
        "a".repeat(64)
    );
    let (environment, builds) = (SourceFile::new("environment.yaml", text), SourceFile::new("builds.yaml", builds));
    let declaration = read("dev", &environment, &builds);
    fixture.declaration = declaration.unwrap_or_else(|faults| panic!("{faults}: {:?}", faults.faults));
}

/// Declared, applied and running, and everything as declared.
async fn deployed(firewall: &str, more: &str) -> Fixture {
    let mut fixture = Fixture::new();
    declare(&mut fixture, firewall, more);
    fixture.account.provision(&platform(&fixture.declaration), BUCKET).expect("a platform serialises");
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    let kinds: Vec<_> = record.changes.iter().map(|change| change.kind).collect();
    assert!(!kinds.contains(&Kind::Firewall), "Terraform makes exactly what is declared: {record:?}");
    fixture
}

fn tcp(first: u16, last: u16, peer: Peer) -> Permission {
    Permission::tcp(Direction::Ingress, (first, last), peer)
}

fn ipv4(range: &str) -> Peer {
    Peer::Ipv4(range.parse().expect("a range"))
}

fn group(name: &str) -> Peer {
    Peer::Group(format!("sg-{name}"))
}

fn open(fixture: &Fixture, name: &str, permission: Permission) {
    fixture.by_hand().open(&format!("sg-{name}"), permission, "by hand").expect("opened");
}

/// The rule of a group that lets this in or out.
fn rule(fixture: &Fixture, name: &str, permission: &Permission) -> SecurityGroupRule {
    let rules = fixture.by_hand().rules(&format!("sg-{name}"));
    rules.into_iter().find(|rule| rule.permission == *permission).expect("the rule is there")
}

fn change(fixture: &Fixture, name: &str, from: &Permission, to: &Permission) {
    let id = rule(fixture, name, from).id;
    fixture.by_hand().change_rule(&format!("sg-{name}"), &id, to).expect("changed");
}

/// The plan in lines, with rules called by the order of their mention.
fn described(plan: &Plan) -> String {
    let mut text = String::new();
    let line = |text: &mut String, words: String| writeln!(text, "{words}").expect("a string");
    for hole in &plan.holes {
        let how = if hole.dangerous { "dangerous hole" } else { "hole" };
        line(&mut text, format!("{how}: {}", hole.words));
    }
    for (number, wave) in plan.waves.iter().enumerate() {
        for change in wave {
            line(&mut text, format!("wave {}: {:?} {}", number + 1, change.kind(), change.name));
            for difference in &change.differences {
                let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
                let (live, declared) = (shown(&difference.live), shown(&difference.declared));
                line(&mut text, format!("  {}: {live} -> {declared}", difference.path));
            }
            change.warnings.iter().for_each(|warning| line(&mut text, format!("  warning: {warning}")));
            let Act::Firewall(act) = &change.act else { continue };
            for step in &act.steps {
                let call = match &step.call {
                    FirewallCall::Authorize { rule } => format!("authorize {}", rule.name),
                    FirewallCall::Modify { rule, .. } => format!("modify to {}", rule.name),
                    FirewallCall::Revoke { direction, .. } => format!("revoke {direction}"),
                };
                line(&mut text, format!("  step: {call}{}", if step.at_once { ", at once" } else { "" }));
            }
        }
    }
    if text.is_empty() { "in sync".to_owned() } else { without_ids(&text) }
}

fn without_ids(text: &str) -> String {
    let mut parts = text.split("sgr-");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| plain.push_str(&format!("[rule]{}", part.get(17..).unwrap_or_default())));
    plain
}

/// One reconcile, after which nothing is left to do, and nobody but the groups was touched.
async fn is_mended(fixture: &Fixture) -> String {
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert!(record.outcomes.iter().all(|outcome| outcome.kind == Kind::Firewall), "{record:?}");
    let plan = fixture.plan().await;
    assert!(plan.in_sync() && plan.holes.is_empty(), "{plan:?}");
    assert!(plan.firewall.values().all(|standing| *standing == GroupStanding::InSync), "{plan:?}");
    fixture.writes_since(seen)
}

async fn planned_and_mended(fixture: &Fixture) -> String {
    let plan = described(&fixture.plan().await);
    format!("{plan}\n{}", is_mended(fixture).await)
}

#[tokio::test(start_paused = true)]
async fn rule_added_by_hand() {
    let fixture = deployed(FIREWALL, "").await;
    open(&fixture, "api", tcp(22, 22, ipv4("192.0.2.1/32")));
    assert_snapshot!(planned_and_mended(&fixture).await);
}

#[tokio::test(start_paused = true)]
async fn rule_removed() {
    let fixture = deployed(FIREWALL, "").await;
    for (name, permission) in [
        ("api", tcp(8080, 8080, group("load_balancer"))),
        ("database", tcp(3306, 3306, group("api"))),
        ("load_balancer", Permission { direction: Direction::Egress, ..tcp(8080, 8080, group("api")) }),
    ] {
        let id = rule(&fixture, name, &permission).id;
        fixture.by_hand().close(&format!("sg-{name}"), permission.direction, &id).expect("closed");
    }
    assert_snapshot!(planned_and_mended(&fixture).await);
    let made = rule(&fixture, "api", &tcp(8080, 8080, group("load_balancer")));
    assert_eq!(made.tags.get("Name").map(String::as_str), Some("api from load_balancer port 8080"));
    assert_eq!(made.tags.get("slipway:environment").map(String::as_str), Some("dev"));
}

#[tokio::test(start_paused = true)]
async fn port_range_widened() {
    let fixture = deployed(FIREWALL, "").await;
    let (narrow, wide) = (tcp(8080, 8080, group("load_balancer")), tcp(8080, 9090, group("load_balancer")));
    let before = rule(&fixture, "api", &narrow);
    change(&fixture, "api", &narrow, &wide);
    assert_snapshot!(planned_and_mended(&fixture).await);
    assert_eq!(rule(&fixture, "api", &narrow).id, before.id, "Terraform knows it by its id");
}

#[tokio::test(start_paused = true)]
async fn source_group_swapped() {
    let fixture = deployed(FIREWALL, "").await;
    let (declared, swapped) = (tcp(8080, 8080, group("load_balancer")), tcp(8080, 8080, group("worker")));
    let before = rule(&fixture, "api", &declared);
    change(&fixture, "api", &declared, &swapped);
    // The database's rules have no names: the right one is added before the wrong one goes.
    change(&fixture, "database", &tcp(3306, 3306, group("api")), &tcp(3306, 3306, group("worker")));
    assert_snapshot!(planned_and_mended(&fixture).await);
    assert_eq!(rule(&fixture, "api", &declared).id, before.id);
}

#[tokio::test(start_paused = true)]
async fn everybody_on_the_database() {
    let fixture = deployed(FIREWALL, "").await;
    open(&fixture, "database", tcp(3306, 3306, ipv4("0.0.0.0/0")));
    assert_snapshot!(planned_and_mended(&fixture).await);
}

#[tokio::test(start_paused = true)]
async fn described_differently_but_equal() {
    let fixture = deployed(FIREWALL, "").await;
    let office = rule(&fixture, "api", &tcp(8443, 8444, ipv4("203.0.113.0/24")));
    fixture.by_hand().close("sg-api", Direction::Ingress, &office.id).expect("closed");
    for permission in [
        tcp(8443, 8444, ipv4("203.0.113.0/25")),
        tcp(8443, 8443, ipv4("203.0.113.128/25")),
        tcp(8444, 8444, ipv4("203.0.113.0/24")),
    ] {
        open(&fixture, "api", permission);
    }
    let anywhere = rule(&fixture, "api", &Permission::all_traffic(Direction::Egress, ipv4("0.0.0.0/0")));
    fixture.by_hand().close("sg-api", Direction::Egress, &anywhere.id).expect("closed");
    for range in ["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/2"] {
        open(&fixture, "api", Permission::all_traffic(Direction::Egress, ipv4(range)));
    }
    assert_snapshot!(described(&fixture.plan().await), @"in sync");
    let seen = fixture.write_count();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::InSync);
    assert_eq!(fixture.writes_since(seen), "");
}

#[tokio::test(start_paused = true)]
async fn expired_exception() {
    let fixture = deployed(FIREWALL, "").await;
    // Nobody took it away when its day had passed.
    open(&fixture, "api", tcp(8443, 8443, ipv4("198.51.100.7/32")));
    assert_snapshot!(planned_and_mended(&fixture).await);
}

#[tokio::test(start_paused = true)]
async fn an_exception_holds_until_its_day_has_passed() {
    let firewall = FIREWALL.replace("2025-12-31", "2026-01-01");
    let fixture = deployed(&firewall, "").await;
    rule(&fixture, "api", &tcp(8443, 8443, ipv4("198.51.100.7/32")));
    tokio::time::sleep(std::time::Duration::from_secs(24 * 60 * 60)).await;
    let plan = fixture.plan().await;
    assert!(plan.holes[0].words.contains("it was allowed until 2026-01-01 (the move)"), "{plan:?}");
    is_mended(&fixture).await;
}

#[tokio::test(start_paused = true)]
async fn foreign_group() {
    let fixture = deployed(FIREWALL, "").await;
    fixture.by_hand().create_security_group("sg-0abc");
    let theirs = tcp(22, 22, ipv4("0.0.0.0/0"));
    fixture.by_hand().open("sg-0abc", theirs.clone(), "theirs").expect("opened");
    open(&fixture, "api", tcp(8080, 8080, Peer::Group("sg-0abc".to_owned())));
    assert_snapshot!(planned_and_mended(&fixture).await);
    assert_eq!(fixture.by_hand().rules("sg-0abc").len(), 1, "the group of others is theirs");
}

#[tokio::test(start_paused = true)]
async fn ipv6_hole() {
    let fixture = deployed(FIREWALL, "").await;
    open(&fixture, "api", tcp(8080, 8080, Peer::Ipv6("::/0".parse().expect("a range"))));
    assert_snapshot!(planned_and_mended(&fixture).await);
}

/// Something other than the firewall holds the plan.
fn held(fixture: &mut Fixture, more: &str) {
    declare(fixture, FIREWALL, &format!("{more}\nqueues: {{ mail: {{ send: [api] }} }}"));
}

#[tokio::test(start_paused = true)]
async fn dangerous_holes_close_at_once_while_the_plan_is_held() {
    let close = "holes: { close: at_once }";
    let mut fixture = deployed(FIREWALL, close).await;
    open(&fixture, "database", tcp(3306, 3306, ipv4("0.0.0.0/0")));
    open(&fixture, "api", tcp(22, 22, group("worker")));
    held(&mut fixture, close);
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held, "{record:?}");
    let reason = outcome(&record, Kind::Firewall, "database").reason.as_deref();
    assert_eq!(
        reason,
        Some("closed at once, though the plan is held: anyone on the internet can reach MySQL (3306) on database")
    );
    assert_eq!(record.outcomes.len(), 1, "nothing else was done: {record:?}");
    assert_eq!(fixture.writes_since(seen), "ec2:RevokeSecurityGroup sg-database ingress\n");
    let plan = fixture.plan().await;
    assert_eq!(plan.holes.iter().map(|hole| hole.dangerous).collect::<Vec<_>>(), [false]);
    // The next one has nothing more to close.
    let record = fixture.reconcile().await;
    assert!(record.outcome == Outcome::Held && record.outcomes.is_empty(), "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn dangerous_holes_close_at_once_though_the_environment_is_frozen() {
    let frozen = "holes: { close: at_once }\ngates: { freeze: { reason: holidays, until: \"2027-01-01T00:00:00Z\" } }";
    let mut fixture = deployed(FIREWALL, "holes: { close: at_once }").await;
    declare(&mut fixture, FIREWALL, frozen);
    open(&fixture, "database", tcp(3306, 3306, ipv4("0.0.0.0/0")));
    open(&fixture, "api", tcp(22, 22, group("worker")));
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert!(matches!(record.gates.as_slice(), [Gate::Freeze { .. }]), "{record:?}");
    assert_eq!((record.outcome, record.outcomes.len()), (Outcome::Held, 1), "{record:?}");
    assert_eq!(fixture.writes_since(seen), "ec2:RevokeSecurityGroup sg-database ingress\n");
}

#[tokio::test(start_paused = true)]
async fn without_leave_a_held_plan_closes_nothing() {
    let mut fixture = deployed(FIREWALL, "").await;
    open(&fixture, "database", tcp(3306, 3306, ipv4("0.0.0.0/0")));
    held(&mut fixture, "");
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert!(record.outcome == Outcome::Held && record.outcomes.is_empty(), "{record:?}");
    assert_eq!(fixture.writes_since(seen), "");
}

#[tokio::test(start_paused = true)]
async fn a_hole_that_could_not_be_closed_at_once_is_a_failure() {
    let close = "holes: { close: at_once }";
    let mut fixture = deployed(FIREWALL, close).await;
    open(&fixture, "database", tcp(3306, 3306, ipv4("0.0.0.0/0")));
    held(&mut fixture, close);
    fixture.account.faults().fail(Operation::RevokeSecurityGroupIngress, CloudErrorKind::AccessDenied, 1);
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Failed, "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn lost_answers_are_asked_again() {
    let fixture = deployed(FIREWALL, "").await;
    let balancer = tcp(8080, 8080, group("load_balancer"));
    let id = rule(&fixture, "api", &balancer).id;
    fixture.by_hand().close("sg-api", Direction::Ingress, &id).expect("closed");
    change(&fixture, "api", &tcp(8443, 8444, ipv4("203.0.113.0/24")), &tcp(8443, 9000, ipv4("203.0.113.0/24")));
    open(&fixture, "api", tcp(22, 22, ipv4("192.0.2.1/32")));
    for operation in [
        Operation::AuthorizeSecurityGroupIngress,
        Operation::ModifySecurityGroupRules,
        Operation::RevokeSecurityGroupIngress,
    ] {
        fixture.account.faults().lose_answer(operation, 1);
        fixture.account.faults().throttle(operation, 1);
    }
    is_mended(&fixture).await;
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_terraform_has_to_learn_of_is_told_with_its_id() {
    let fixture = deployed(FIREWALL, "").await;
    let balancer = tcp(8080, 8080, group("load_balancer"));
    let id = rule(&fixture, "api", &balancer).id;
    fixture.by_hand().close("sg-api", Direction::Ingress, &id).expect("closed");
    let (_, events) = fixture.reconcile_and_listen().await;
    let told = events.iter().find_map(|event| match event {
        Event::RuleAuthorized { id, terraform, .. } => Some((id.clone(), terraform.clone().expect("an address"))),
        _ => None,
    });
    let (id, address) = told.expect("it is told");
    assert_eq!(id, rule(&fixture, "api", &balancer).id);
    assert_eq!(
        address,
        "module.environment.module.security_groups.aws_vpc_security_group_ingress_rule.group[\"api from load_balancer port 8080\"]"
    );
}

#[tokio::test(start_paused = true)]
async fn groups_that_nobody_may_read_are_unknown_unless_they_are_declared() {
    let mut fixture = deployed("\n  api: []", "").await;
    let deny = |fixture: &Fixture| {
        let faults = fixture.account.faults();
        faults.fail(Operation::DescribeSecurityGroupRules, CloudErrorKind::AccessDenied, 1);
    };
    deny(&fixture);
    let plan = fixture.plan().await;
    assert!(plan.in_sync() && plan.firewall.is_empty(), "{plan:?}");
    assert_eq!(plan.unread.keys().collect::<Vec<_>>(), [&Kind::Firewall]);
    declare(&mut fixture, FIREWALL, "");
    deny(&fixture);
    let error = fixture.try_reconcile(fixture.request(), CancellationToken::new()).await.expect_err("unreadable");
    assert!(error.to_string().contains("cannot read"), "{error}");
}

/// Three groups in disorder, killed after so many calls, then again until nobody kills it.
async fn mend_with_crashes(crashes: &[u32]) {
    let fixture = deployed(FIREWALL, "").await;
    let balancer = tcp(8080, 8080, group("load_balancer"));
    change(&fixture, "api", &balancer, &tcp(8080, 9090, group("worker")));
    let id = rule(&fixture, "database", &tcp(3306, 3306, group("api"))).id;
    fixture.by_hand().close("sg-database", Direction::Ingress, &id).expect("closed");
    open(&fixture, "database", tcp(3306, 3306, ipv4("0.0.0.0/0")));
    open(&fixture, "load_balancer", tcp(22, 22, ipv4("10.0.0.0/8")));
    let before = fixture.by_hand().rules("sg-worker");
    for calls in crashes {
        kill_after(&fixture, *calls).await;
    }
    let record: Record = reconcile_after_a_kill(&fixture).await;
    assert!(record.outcome.is_success(), "after crashes at {crashes:?}: {record:?}");
    let plan = fixture.plan().await;
    assert!(plan.in_sync() && plan.holes.is_empty(), "after crashes at {crashes:?}: {plan:?}");
    assert_eq!(fixture.by_hand().rules("sg-worker"), before);
    let database = fixture.by_hand().rules("sg-database");
    assert_eq!(database.len(), 1, "no rule twice after crashes at {crashes:?}: {database:?}");
}

#[tokio::test(start_paused = true)]
async fn a_mend_killed_at_any_call_converges() {
    for calls in 0..40 {
        mend_with_crashes(&[calls]).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_mend_killed_again_and_again_converges(crashes in prop::collection::vec(0u32..40, 1..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(mend_with_crashes(&crashes));
    }
}
