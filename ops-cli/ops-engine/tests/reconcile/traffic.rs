//! Rollouts that shift traffic: their listener rule, their pauses, and what ends them.

use std::collections::BTreeMap;
use std::time::Duration;

use ops_engine::cloud::{AlarmState, CreateListenerRule};
use ops_engine::continue_rollout::ContinueError;
use ops_engine::event::Event;
use ops_engine::permission::Permission;
use ops_engine::reconcile::ReconcileRequest;
use ops_model::declaration::PauseEnd;
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, Kind};
use ops_model::record::Operation as Asked;
use ops_sim::{ImageBehaviour, Operation, TrueService, Write};
use tokio_util::sync::CancellationToken;

use crate::crashes::{kill_after, reconcile_after_a_kill};
use crate::fixture::{CLUSTER, Declared, Fixture, LISTENER, image, outcome, outcomes, target_group};

const BLUE_GREEN: &str = "strategy: blue_green, bake_minutes: 5";
const PAUSED: &str = "strategy: blue_green, bake_minutes: 1, pauses: [{ at: post_scale_up, timeout_minutes: 60 }]";

fn declared(build: char, deployment: &str) -> Declared<'_> {
    Declared { build, deployment, services: &["api", "worker"], ..Declared::default() }
}

async fn deployed(deployment: &str) -> Fixture {
    let mut fixture = Fixture::new();
    fixture.declare(declared('a', deployment));
    let mut record = fixture.reconcile().await;
    while record.outcome == Outcome::Paused {
        fixture.continue_rollout("api", PauseEnd::Continue).await.expect("it goes on");
        record = fixture.reconcile().await;
    }
    assert!(record.outcome.is_success(), "{record:?}");
    fixture
}

fn updates(fixture: &Fixture) -> usize {
    fixture.account.container_writes().iter().filter(|write| matches!(write, Write::UpdateService(_))).count()
}

async fn weights(fixture: &Fixture) -> Vec<(String, u32)> {
    let rules = fixture.cloud().targets.listener_rules(LISTENER).await.expect("readable");
    rules.into_iter().flat_map(|rule| rule.weights).collect()
}

#[tokio::test(start_paused = true)]
async fn the_rule_is_made_before_the_service_that_shifts_by_it() {
    let fixture = deployed(BLUE_GREEN).await;
    let writes = fixture.writes_since(0);
    let created = fixture.account.writes();
    let rules = created.iter().filter(|write| matches!(write, Write::CreateListenerRule(_))).count();
    assert_eq!(rules, 1, "{writes}");
    let service = fixture.cloud().containers.describe_services("slipway-dev", &["api".to_owned()]).await;
    let service = service.expect("readable").remove(0);
    let rule = fixture.cloud().targets.listener_rules(LISTENER).await.expect("readable").remove(0);
    let named = service.settings.0["loadBalancers"][0]["advancedConfiguration"]["productionListenerRule"].as_str();
    assert_eq!(named, Some(rule.arn.as_str()));
    let plan = fixture.plan().await;
    assert!(plan.in_sync(), "{plan:?}");
}

#[tokio::test(start_paused = true)]
async fn a_blue_green_rollout_moves_all_traffic_and_is_followed_through_its_bake_time() {
    let mut fixture = deployed(BLUE_GREEN).await;
    let before = weights(&fixture).await;
    fixture.declare(declared('b', BLUE_GREEN));
    let (record, events) = fixture.reconcile_and_listen().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert_ne!(weights(&fixture).await, before, "the other target group serves now");
    let stages: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Progress { progress, .. } => progress.stage.as_deref(),
            _ => None,
        })
        .collect();
    assert!(stages.contains(&"BAKE_TIME"), "{stages:?}");
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_build_that_never_becomes_healthy_is_rolled_back_and_traffic_stays() {
    let mut fixture = deployed(BLUE_GREEN).await;
    let before = weights(&fixture).await;
    fixture.account.push_image(&image('b'), ImageBehaviour::NeverHealthy);
    fixture.declare(declared('b', BLUE_GREEN));
    let record = fixture.reconcile().await;
    assert_eq!(outcomes(&record), [("api", Outcome::RolledBack), ("worker", Outcome::NotStarted)]);
    assert_eq!(weights(&fixture).await, before);
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_goes_off_rolls_back_and_is_named() {
    const GUARDED: &str = "strategy: blue_green, bake_minutes: 5, alarms: [api-errors]";
    let mut fixture = Fixture::new();
    fixture.by_hand().set_alarm("api-errors", AlarmState::Fine);
    fixture.declare(declared('a', GUARDED));
    assert!(fixture.reconcile().await.outcome.is_success());
    fixture.declare(declared('b', GUARDED));
    let meddle = async {
        tokio::time::sleep(Duration::from_secs(120)).await;
        fixture.by_hand().set_alarm("api-errors", AlarmState::Firing);
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), meddle);
    let api = outcome(&record, Kind::Service, "api");
    assert_eq!(api.outcome, Outcome::RolledBack, "{api:?}");
    assert!(api.reason.as_deref().is_some_and(|reason| reason.contains("api-errors")), "{api:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_ends_the_reconcile_and_says_what_ends_the_pause() {
    let mut fixture = deployed(PAUSED).await;
    fixture.declare(declared('b', PAUSED));
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Paused, "{record:?}");
    assert_eq!(outcomes(&record), [("api", Outcome::Paused), ("worker", Outcome::NotStarted)]);
    let api = outcome(&record, Kind::Service, "api");
    let reason = api.reason.as_deref().expect("a reason");
    insta::assert_snapshot!("pause_reason", reason);
    assert!(api.evidence.tasks.is_empty(), "nothing failed");

    // Whoever reconciles again finds the same rollout, and starts nothing.
    let seen = fixture.write_count();
    let again = fixture.reconcile().await;
    assert_eq!(outcome(&again, Kind::Service, "api").rollout, api.rollout);
    assert_eq!(again.outcome, Outcome::Paused);
    assert_eq!(fixture.writes_since(seen), "");
}

#[tokio::test(start_paused = true)]
async fn continuing_goes_on_to_the_verdict_and_is_recorded() {
    let mut fixture = deployed(PAUSED).await;
    fixture.declare(declared('b', PAUSED));
    fixture.reconcile().await;
    let updated = updates(&fixture);
    let record = fixture.continue_rollout("api", PauseEnd::Continue).await.expect("it waits");
    assert_eq!((record.operation, record.outcome), (Asked::Continue, Outcome::Succeeded), "{record:?}");
    assert_eq!(fixture.records().await[0], record);
    assert_eq!(updates(&fixture), updated);
    // What came after it in the plan is still to be done.
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_paused_rollout_can_be_taken_back() {
    let mut fixture = deployed(PAUSED).await;
    let before = weights(&fixture).await;
    fixture.declare(declared('b', PAUSED));
    fixture.reconcile().await;
    let record = fixture.continue_rollout("api", PauseEnd::Rollback).await.expect("it waits");
    assert_eq!((record.operation, record.outcome), (Asked::TakeBack, Outcome::RolledBack), "{record:?}");
    assert_eq!(weights(&fixture).await, before);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_nobody_ends_rolls_back() {
    let mut fixture = deployed(PAUSED).await;
    fixture.declare(declared('b', PAUSED));
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Paused);
    tokio::time::sleep(Duration::from_secs(2 * 3600)).await;
    let plan = fixture.plan().await;
    let api = plan.changes().find(|change| change.name == "api").expect("the old build serves again");
    assert!(api.warnings.iter().any(|warning| warning.contains("rolled back")), "{:?}", api.warnings);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_does_not_end_the_next_pause_too() {
    const TWICE: &str = "strategy: blue_green, pauses: [{ at: post_scale_up }, { at: post_production_traffic_shift }]";
    let mut fixture = deployed(TWICE).await;
    fixture.declare(declared('b', TWICE));
    fixture.reconcile().await;
    fixture.account.faults().lose_answer(Operation::ContinueServiceDeployment, 1);
    let record = fixture.continue_rollout("api", PauseEnd::Continue).await.expect("it waits");
    assert_eq!(record.outcome, Outcome::Paused, "{record:?}");
    let reason = record.outcomes[0].reason.as_deref().expect("a reason");
    assert!(reason.contains("POST_PRODUCTION_TRAFFIC_SHIFT"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_wait_cannot_be_continued() {
    let fixture = deployed(BLUE_GREEN).await;
    let error = fixture.continue_rollout("api", PauseEnd::Continue).await.expect_err("it does not wait");
    assert!(matches!(error, ContinueError::NotPaused { .. }), "{error}");
    let error = fixture.continue_rollout("web", PauseEnd::Continue).await.expect_err("not declared");
    assert!(matches!(error, ContinueError::NoSuchService { .. }), "{error}");
    fixture.by_hand().untag("api", "slipway:environment").expect("api is there");
    let error = fixture.continue_rollout("api", PauseEnd::Continue).await.expect_err("not ours");
    assert!(matches!(error, ContinueError::NotOurs { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_rollout_whose_ground_is_missing_is_held_before_anything_changes() {
    let mut fixture = deployed(BLUE_GREEN).await;
    fixture.by_hand().delete_role("arn:aws:iam::role/api-traffic").expect("it is there");
    fixture.declaration = declared('b', BLUE_GREEN).read();
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held, "{record:?}");
    let [Gate::Preflight { service, failures }] = record.gates.as_slice() else { panic!("{:?}", record.gates) };
    assert_eq!(service, "api");
    assert!(failures[0].contains("there is no such role"), "{failures:?}");
    assert_eq!(fixture.writes_since(seen), "");
}

#[tokio::test(start_paused = true)]
async fn a_split_rule_holds_the_next_rollout() {
    let mut fixture = deployed(BLUE_GREEN).await;
    let rule = fixture.cloud().targets.listener_rules(LISTENER).await.expect("readable").remove(0);
    fixture
        .by_hand()
        .change_listener_rule(&rule.arn, |rule| {
            rule.weights =
                [("api", 50), ("api-alternate", 50)].map(|(name, weight)| (target_group(name), weight)).into();
        })
        .expect("it is there");
    assert!(fixture.plan().await.in_sync(), "weights are ECS's own");
    fixture.declare(declared('b', BLUE_GREEN));
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held, "{record:?}");
    assert!(matches!(&record.gates[0], Gate::Preflight { failures, .. } if failures[0].contains("50 to 50")));
}

#[tokio::test(start_paused = true)]
async fn a_rollout_without_traffic_to_shift_waits_for_one_that_may_be_all_that_serves() {
    let of = |worker_deployment| Declared { worker_deployment, ..Declared::default() };
    let count = Declared::default().count;
    for before in [BLUE_GREEN, "strategy: rolling"] {
        let mut fixture = Fixture::new();
        fixture.declare(of(before));
        assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);

        // Somebody else's, and the count goes up just before ours.
        fixture.by_hand().set_environment_variable("worker", "BY_HAND", "1").expect("worker is there");
        until(&fixture, |worker| {
            let theirs = &worker.rollouts[0];
            theirs.stage.as_deref() == Some("BAKE_TIME") || before != BLUE_GREEN && theirs.tasks.running > 0
        })
        .await;
        fixture.by_hand().set_desired_count("worker", count * 3).expect("worker is there");
        let healthy = worker(&fixture).healthy;
        fixture.declare(of(BLUE_GREEN));
        let seen = fixture.write_count();
        let record = fixture.reconcile().await;
        assert_eq!(record.outcome, Outcome::Held, "{record:?}");
        let [Gate::Preflight { service, failures }] = record.gates.as_slice() else { panic!("{:?}", record.gates) };
        assert!(service == "worker" && failures[0].contains("one is under way"), "{failures:?}");
        assert_eq!(fixture.writes_since(seen), "");

        until(&fixture, |worker| {
            assert!(worker.healthy >= healthy, "{worker:?}");
            worker.rollouts[0].status.is_final()
        })
        .await;
        assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
        assert!(fixture.plan().await.in_sync());
    }
}

fn worker(fixture: &Fixture) -> TrueService {
    fixture.account.true_services(CLUSTER).remove("worker").expect("worker is there")
}

async fn until(fixture: &Fixture, holds: impl Fn(&TrueService) -> bool) {
    for _ in 0..3600 {
        if holds(&worker(fixture)) {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("it never holds: {:?}", worker(fixture));
}

#[tokio::test(start_paused = true)]
async fn terraforms_own_rule_of_the_service_is_left_alone() {
    let mut fixture = Fixture::new();
    fixture.declare(declared('a', BLUE_GREEN));
    let tags = [("slipway:environment", "dev"), ("slipway:owner", "terraform")];
    let own = CreateListenerRule {
        listener_arn: LISTENER.to_owned(),
        priority: 39_001,
        path: "/*".to_owned(),
        host: None,
        weights: BTreeMap::from([(target_group("api"), 1)]),
        tags: tags.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    };
    let own_arn = fixture.cloud().targets.create_listener_rule(&own).await.expect("the priority is free");
    let record = fixture.reconcile().await;
    assert!(record.outcome.is_success(), "{record:?}");
    let rules = fixture.cloud().targets.listener_rules(LISTENER).await.expect("readable");
    let priorities: Vec<_> =
        rules.iter().map(|rule| (rule.arn == own_arn, rule.priority, rule.weights.len())).collect();
    assert_eq!(priorities, [(false, 39_000, 2), (true, 39_001, 1)]);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_rule_goes_when_its_service_no_longer_shifts() {
    let mut fixture = deployed(BLUE_GREEN).await;
    fixture.declare(declared('a', ""));
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert_eq!(outcome(&record, Kind::ListenerRule, "api").outcome, Outcome::Succeeded);
    assert_eq!(weights(&fixture).await, []);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_rule_goes_with_its_service() {
    let mut fixture = deployed(BLUE_GREEN).await;
    fixture.declaration = Declared { services: &[], ..declared('a', "") }.read();
    let request = ReconcileRequest { permission: Permission::from_flags(true, false), ..fixture.request() };
    let record = fixture.try_reconcile(request, CancellationToken::new()).await.expect("a verdict");
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert_eq!(weights(&fixture).await, []);
}

#[tokio::test(start_paused = true)]
async fn a_first_deployment_killed_at_any_call_makes_one_rule() {
    for calls in 0..40 {
        let mut fixture = Fixture::new();
        fixture.declare(declared('a', BLUE_GREEN));
        kill_after(&fixture, calls).await;
        let record = reconcile_after_a_kill(&fixture).await;
        assert!(record.outcome.is_success(), "after {calls} calls: {record:?}");
        let made = fixture.account.writes().into_iter().filter(|write| matches!(write, Write::CreateListenerRule(_)));
        assert_eq!(made.count(), 1, "after {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rule_whose_answer_was_lost_is_found() {
    let mut fixture = Fixture::new();
    fixture.declare(declared('a', BLUE_GREEN));
    fixture.account.faults().lose_answer(Operation::CreateRule, 1);
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn whoever_continues_and_is_killed_can_do_so_again() {
    for calls in 0..16 {
        let mut fixture = deployed(PAUSED).await;
        fixture.declare(declared('b', PAUSED));
        assert_eq!(fixture.reconcile().await.outcome, Outcome::Paused);
        let updated = updates(&fixture);
        fixture.account.faults().crash_after(calls);
        let crashed = fixture.account.faults().crashed();
        tokio::select! {
            _ = fixture.continue_rollout("api", PauseEnd::Continue) => {}
            () = crashed => {}
        }
        fixture.account.faults().revive();
        let mut record = reconcile_after_a_kill(&fixture).await;
        if record.outcome == Outcome::Paused {
            record = fixture.continue_rollout("api", PauseEnd::Continue).await.expect("it still waits");
        }
        assert!(record.outcome.is_success(), "after {calls} calls: {record:?}");
        fixture.reconcile().await;
        assert!(fixture.plan().await.in_sync());
        // The worker's, which had waited, and no second one of the api.
        assert_eq!(updates(&fixture), updated + 1, "after {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_strategy_can_be_changed_for_another() {
    const CANARY: &str = "strategy: canary, canary: { percent: 10, bake_minutes: 1 }, bake_minutes: 1";
    const LINEAR: &str = "strategy: linear, linear: { step_percent: 50, bake_minutes: 1 }, bake_minutes: 1";
    let mut fixture = deployed(CANARY).await;
    for (build, deployment) in [('b', LINEAR), ('c', BLUE_GREEN), ('a', CANARY)] {
        fixture.declare(declared(build, deployment));
        let record = fixture.reconcile().await;
        assert_eq!(record.outcome, Outcome::Succeeded, "{deployment}: {record:?}");
        let plan = fixture.plan().await;
        assert!(plan.in_sync(), "{deployment}: {plan:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn terraforms_rule_behind_ours_is_never_touched() {
    let mut fixture = Fixture::new();
    fixture.declare(declared('a', BLUE_GREEN));
    let terraforms = CreateListenerRule {
        listener_arn: LISTENER.to_owned(),
        priority: 39_001,
        path: "/*".to_owned(),
        host: None,
        weights: [(target_group("api"), 100)].into(),
        tags: Default::default(),
    };
    let targets = fixture.cloud().targets;
    let arn = targets.create_listener_rule(&terraforms).await.expect("the place is free");
    let read = async || targets.listener_rules(LISTENER).await.expect("readable");
    let before = read().await;

    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert!(fixture.plan().await.in_sync());
    let rules = read().await;
    assert_eq!(rules.iter().map(|rule| rule.priority).collect::<Vec<_>>(), [39_000, 39_001]);
    assert_eq!(rules[1], before[0]);

    fixture.declare(declared('a', ""));
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_eq!(read().await, before);
    assert!(before[0].arn == arn && fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_somebody_bent_is_known_by_the_service_that_names_it() {
    let fixture = deployed(BLUE_GREEN).await;
    let rule = fixture.cloud().targets.listener_rules(LISTENER).await.expect("readable").remove(0);
    let bend = |rule: &mut ops_model::observation::ListenerRule| {
        rule.tags.clear();
        rule.path = "/other/*".to_owned();
    };
    fixture.by_hand().change_listener_rule(&rule.arn, bend).expect("it is there");
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    let mended = fixture.cloud().targets.listener_rules(LISTENER).await.expect("readable").remove(0);
    assert_eq!((mended.arn, mended.path), (rule.arn, rule.path));
}
