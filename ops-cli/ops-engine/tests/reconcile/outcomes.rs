use std::time::Duration;

use insta::assert_snapshot;
use ops_engine::cloud::AlarmState;
use ops_engine::permission::Permission;
use ops_engine::reconcile::ReconcileError;
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, Kind};
use ops_model::rollout::RolloutStatus;
use ops_sim::{ImageBehaviour, Operation};
use tokio_util::sync::CancellationToken;

use crate::fixture::{CLUSTER, Declared, Fixture, image, outcome, outcomes};

#[tokio::test(start_paused = true)]
async fn a_first_deployment_creates_each_service_once_and_in_order() {
    let fixture = Fixture::new();
    let record = fixture.reconcile().await;
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded), ("worker", Outcome::Succeeded)]);
    assert_snapshot!(fixture.writes_since(0));
    assert!(fixture.plan().await.in_sync(), "a second plan is empty");
}

#[tokio::test(start_paused = true)]
async fn a_second_reconcile_is_silent_and_recorded() {
    let fixture = Fixture::deployed().await;
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::InSync);
    assert_eq!(fixture.writes_since(seen), "");
    let records = fixture.records().await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[0], record, "the newest record comes first, and is what the caller got");
}

#[tokio::test(start_paused = true)]
async fn a_new_build_is_one_registration_and_one_update_for_each_service() {
    let mut fixture = Fixture::deployed().await;
    let seen = fixture.write_count();
    fixture.declare(Declared { build: 'b', count: 3, ..Declared::default() });
    let record = fixture.reconcile().await;
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded), ("worker", Outcome::Succeeded)]);
    assert_snapshot!(fixture.writes_since(seen));
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_build_that_never_becomes_healthy_is_rolled_back_and_stops_the_later_waves() {
    let mut fixture = Fixture::deployed().await;
    let seen = fixture.write_count();
    fixture.account.push_image(&image('b'), ImageBehaviour::NeverHealthy);
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::RolledBack);
    assert_eq!(outcomes(&record), [("api", Outcome::RolledBack), ("worker", Outcome::NotStarted)]);
    let api = &record.outcomes[0];
    let reason = api.reason.as_deref().expect("a reason");
    assert!(reason.contains("circuit breaker") && reason.contains("health checks"), "{reason}");
    assert!(api.evidence.tasks.iter().any(|task| task.stopped_reason.is_some()), "{:?}", api.evidence);
    assert!(!api.evidence.targets.is_empty(), "the failing targets were seen on the way");
    assert!(!fixture.writes_since(seen).contains("worker"));
    assert_eq!(fixture.records().await[0].outcome, Outcome::RolledBack);

    // What serves is the old build, and git still wants the new one.
    let plan = fixture.plan().await;
    let api = plan.changes().find(|change| change.name == "api").expect("api differs");
    assert!(api.warnings[0].contains("rolled back"), "{:?}", api.warnings);
}

#[tokio::test(start_paused = true)]
async fn a_second_try_of_the_same_build_is_judged_by_its_own_rollout() {
    let mut fixture = Fixture::deployed().await;
    fixture.account.push_image(&image('b'), ImageBehaviour::NeverHealthy);
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    assert_eq!(fixture.reconcile().await.outcome, Outcome::RolledBack);
    // What it needed is there now.
    fixture.account.push_image(&image('b'), ImageBehaviour::Healthy { start: Duration::from_secs(3) });
    let seen = fixture.write_count();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert!(!fixture.writes_since(seen).contains("RegisterTaskDefinition slipway-dev-api"), "the revision was there");
}

#[tokio::test(start_paused = true)]
async fn a_build_that_crashes_is_rolled_back_with_its_exit_code() {
    let mut fixture = Fixture::deployed().await;
    let crashes = ImageBehaviour::Exits { exit_code: 3, after: Duration::from_secs(1) };
    fixture.account.write_log(&image('b'), Duration::from_millis(500), "no such table: users");
    fixture.account.push_image(&image('b'), crashes);
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::RolledBack);
    let reason = record.outcomes[0].reason.as_deref().expect("a reason");
    assert!(reason.contains("exited with 3"), "{reason}");
    let log = &record.outcomes[0].evidence.log;
    assert!(!log.is_empty() && log.iter().all(|line| line.text == "no such table: users"), "{log:?}");
}

#[tokio::test(start_paused = true)]
async fn an_image_that_is_not_there_is_named() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'd', ..Declared::default() });
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::RolledBack);
    let reason = record.outcomes[0].reason.as_deref().expect("a reason");
    assert!(reason.contains("CannotPullContainer"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn a_first_deployment_that_fails_has_nothing_to_go_back_to() {
    let fixture = Fixture::new();
    fixture.account.push_image(&image('a'), ImageBehaviour::NeverHealthy);
    let record = fixture.reconcile().await;
    assert_eq!(outcomes(&record), [("api", Outcome::Failed), ("worker", Outcome::NotStarted)]);
}

#[tokio::test(start_paused = true)]
async fn a_rollout_that_somebody_replaces_is_superseded_not_successful() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    let meddle = async {
        tokio::time::sleep(Duration::from_secs(8)).await;
        fixture.by_hand().set_environment_variable("api", "BY_HAND", "1").expect("api is there");
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), meddle);
    assert_eq!(record.outcomes[0].outcome, Outcome::Superseded, "{record:?}");
    assert_eq!(record.outcome, Outcome::Superseded);
}

#[tokio::test(start_paused = true)]
async fn a_rollout_that_a_person_rolls_back_is_not_a_success() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    let meddle = async {
        tokio::time::sleep(Duration::from_secs(8)).await;
        fixture.by_hand().roll_back("api").expect("a rollout is under way");
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), meddle);
    assert_eq!(record.outcomes[0].outcome, Outcome::RolledBack, "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn a_rollout_that_a_person_stops_is_stopped() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    let meddle = async {
        tokio::time::sleep(Duration::from_secs(8)).await;
        fixture.by_hand().stop_rollout("api").expect("a rollout is under way");
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), meddle);
    assert_eq!(record.outcomes[0].outcome, Outcome::Stopped, "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn a_rollout_that_takes_too_long_is_reported_as_still_running_and_found_again() {
    let mut fixture = Fixture::deployed().await;
    let slow = ImageBehaviour::Healthy { start: Duration::from_secs(60) };
    fixture.account.push_image(&image('b'), slow);
    let declared = Declared { build: 'b', grace_seconds: 120, ..Declared::default() };
    fixture.declare(Declared { timeout_seconds: 30, ..declared });
    let record = fixture.reconcile().await;
    assert_eq!(record.outcomes[0].outcome, Outcome::TimedOut, "{record:?}");

    let seen = fixture.write_count();
    fixture.declare(declared);
    let record = fixture.reconcile().await;
    let api = record.outcomes.iter().find(|outcome| outcome.name == "api").expect("api was awaited");
    assert_eq!(api.outcome, Outcome::Succeeded, "{record:?}");
    assert!(!fixture.writes_since(seen).contains("UpdateService api"), "it was followed, not repeated");
}

#[tokio::test(start_paused = true)]
async fn letting_go_leaves_the_rollout_to_ecs_and_the_next_reconcile_follows_it() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    let cancelled = CancellationToken::new();
    let interrupt = async {
        tokio::time::sleep(Duration::from_secs(8)).await;
        cancelled.cancel();
    };
    let (record, ()) = tokio::join!(fixture.try_reconcile(fixture.request(), cancelled.clone()), interrupt);
    let record = record.expect("a verdict");
    assert_eq!(record.outcome, Outcome::Interrupted, "{record:?}");
    assert_eq!(outcomes(&record), [("api", Outcome::Interrupted), ("worker", Outcome::NotStarted)]);

    let seen = fixture.write_count();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert!(!fixture.writes_since(seen).contains("UpdateService api"));
}

#[tokio::test(start_paused = true)]
async fn a_count_changed_by_hand_is_mended_by_that_one_field() {
    let fixture = Fixture::deployed().await;
    fixture.by_hand().set_desired_count("api", 5).expect("api is there");
    let plan = fixture.plan().await;
    let change = plan.changes().next().expect("a change");
    assert_eq!(change.differences[0].path, "count");
    let seen = fixture.write_count();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_snapshot!(fixture.writes_since(seen));
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn an_undeclared_service_is_pruned_and_most_at_once_are_not() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { services: &["api"], ..Declared::default() });
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(outcomes(&record), [("worker", Outcome::Succeeded)]);
    assert_snapshot!(fixture.writes_since(seen), @"ecs:DeleteService worker");

    fixture.declare(Declared { services: &[], ..Declared::default() });
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held);
    assert!(matches!(record.gates[0], Gate::Deletions { owned: 1, .. }));
    assert_eq!(fixture.writes_since(seen), "");

    let mut request = fixture.request();
    request.permission = Permission::from_flags(true, false);
    let record = fixture.try_reconcile(request, CancellationToken::new()).await.expect("a verdict");
    assert_eq!(record.outcome, Outcome::Succeeded);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_service_of_somebody_else_is_never_touched() {
    let fixture = Fixture::deployed().await;
    fixture.by_hand().untag("api", "slipway:environment").expect("api is there");
    fixture.by_hand().set_desired_count("api", 7).expect("api is there");
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held);
    assert_eq!(fixture.writes_since(seen), "");
}

#[tokio::test(start_paused = true)]
async fn throttling_passes_and_is_not_a_verdict() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', services: &["api", "worker"], ..Declared::default() });
    let throttle = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        fixture.account.faults().throttle(Operation::DescribeServiceDeployments, 3);
        fixture.account.faults().throttle(Operation::DescribeTargetHealth, 3);
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), throttle);
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_an_error_and_never_an_empty_account() {
    let fixture = Fixture::deployed().await;
    let seen = fixture.write_count();
    fixture.account.faults().fail(Operation::ListServices, ops_engine::cloud::CloudErrorKind::AccessDenied, 1);
    let error = fixture.try_reconcile(fixture.request(), CancellationToken::new()).await.expect_err("not readable");
    assert!(matches!(error, ReconcileError::Observe(_)), "{error}");
    assert_eq!(fixture.writes_since(seen), "");
    let record = &fixture.records().await[0];
    assert_eq!(record.outcome, Outcome::Failed);
    assert!(record.error.as_deref().is_some_and(|error| error.contains("ListServices")), "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_does_not_make_a_second_deployment() {
    for operation in [Operation::UpdateService, Operation::CreateService] {
        let mut fixture =
            if operation == Operation::UpdateService { Fixture::deployed().await } else { Fixture::new() };
        if operation == Operation::UpdateService {
            fixture.declare(Declared { build: 'b', ..Declared::default() });
        }
        fixture.account.faults().lose_answer(operation, 1);
        let record = fixture.reconcile().await;
        assert_eq!(record.outcome, Outcome::Succeeded, "{operation}: {record:?}");
        assert!(fixture.plan().await.in_sync());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_meddled_with_behind_our_back_is_seen_before_success_is_claimed() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    let meddle = async {
        // The api is done by then, and the worker is still rolling out.
        tokio::time::sleep(Duration::from_secs(60)).await;
        fixture.by_hand().set_desired_count("api", 1).expect("api is there");
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), meddle);
    assert_eq!(record.outcome, Outcome::Superseded, "{record:?}");
    let api = &record.outcomes[0];
    assert!(api.reason.as_deref().is_some_and(|reason| reason.contains("count")), "{api:?}");
}

#[tokio::test(start_paused = true)]
async fn what_shows_late_is_waited_for() {
    let mut fixture = Fixture::deployed().await;
    fixture.account.faults().delay_visibility(Duration::from_secs(5));
    fixture.declare(Declared { build: 'b', count: 3, ..Declared::default() });
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn only_the_plan_that_was_agreed_to_is_carried_out() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    let mut request = fixture.request();
    request.agreed = Some(fixture.plan().await);
    fixture.by_hand().set_desired_count("api", 5).expect("api is there");
    let seen = fixture.write_count();
    let error = fixture.try_reconcile(request, CancellationToken::new()).await.expect_err("the plan moved");
    assert!(matches!(error, ReconcileError::PlanMoved { .. }), "{error}");
    assert_eq!(fixture.writes_since(seen), "");

    let mut request = fixture.request();
    request.agreed = Some(fixture.plan().await);
    let record = fixture.try_reconcile(request, CancellationToken::new()).await.expect("a verdict");
    assert_eq!(record.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn a_first_deployment_that_failed_is_tried_again_and_never_in_sync() {
    let mut fixture = Fixture::new();
    fixture.account.push_image(&image('a'), ImageBehaviour::NeverHealthy);
    fixture.declare(Declared { services: &["api"], ..Declared::default() });
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Failed);
    // ECS starts no task any more, although nothing differs.
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Failed);
    fixture.account.push_image(&image('a'), crate::fixture::HEALTHY);
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded)], "{record:?}");
    assert!(fixture.writes_since(seen).contains("forceNewDeployment=true"), "{}", fixture.writes_since(seen));
    assert_eq!(fixture.reconcile().await.outcome, Outcome::InSync);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_shows_late_was_not_deleted() {
    let mut fixture = Fixture::new();
    // Without tasks a rollout is over before the service shows.
    fixture.declare(Declared { count: 0, ..Declared::default() });
    fixture.account.faults().delay_visibility(Duration::from_secs(10));
    let record = fixture.reconcile().await;
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded), ("worker", Outcome::Succeeded)], "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn a_rollback_to_what_is_declared_is_waited_for() {
    let fixture = Fixture::deployed().await;
    fixture.account.push_image(&image('b'), ImageBehaviour::NeverHealthy);
    let by_hand = fixture.by_hand();
    by_hand
        .change_task_definition("api", |content| {
            content.0["containerDefinitions"][0]["image"] = image('b').into();
        })
        .expect("api is there");
    tokio::time::sleep(Duration::from_secs(5)).await;
    by_hand.roll_back("api").expect("a rollout is under way");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let newest = || fixture.account.true_services(CLUSTER)["api"].rollouts[0].status;
    assert_eq!(newest(), RolloutStatus::RollbackInProgress);
    let seen = fixture.write_count();
    assert_eq!(outcomes(&fixture.reconcile().await), [("api", Outcome::Succeeded)]);
    assert_eq!(newest(), RolloutStatus::RollbackSuccessful);
    assert!(!fixture.writes_since(seen).contains("UpdateService"), "{}", fixture.writes_since(seen));
    assert_eq!(fixture.reconcile().await.outcome, Outcome::InSync);
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_ecs_has_gone_back_from_is_not_carried_out() {
    let after = |build| Declared { build, migrate: true, api: "capacity: { fargate_spot: {} }", ..Declared::default() };
    let mut fixture = Fixture::deployed().await;
    // Killed, with a rollout under way that never gets healthy.
    fixture.account.push_image(&image('b'), ImageBehaviour::NeverHealthy);
    fixture.declare(Declared { migrate: false, ..after('b') });
    let cancelled = CancellationToken::new();
    let interrupt = async {
        tokio::time::sleep(Duration::from_secs(40)).await;
        cancelled.cancel();
    };
    let (record, ()) = tokio::join!(fixture.try_reconcile(fixture.request(), cancelled.clone()), interrupt);
    assert_eq!(record.expect("a verdict").outcome, Outcome::Interrupted);
    // ECS goes back while the next one still migrates.
    fixture.declare(after('c'));
    let seen = fixture.write_count();
    let go_back = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        fixture.by_hand().roll_back("api").expect("a rollout is under way");
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), go_back);
    assert_eq!(record.outcome, Outcome::Superseded, "{record:?}");
    let reason = outcome(&record, Kind::Service, "api").reason.clone().expect("a reason");
    assert!(reason.starts_with("nothing was sent: the plan goes by the settings of arn:"), "{reason}");
    assert!(!fixture.writes_since(seen).contains("UpdateService"), "{}", fixture.writes_since(seen));
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn an_update_that_ecs_went_back_just_before_is_not_put_down_to_somebody() {
    const SPOT: &str = "capacity: { fargate_spot: {} }";
    const SPOT_OF_A_VERSION: &str = "capacity: { fargate_spot: {} }\nplatform_version: \"1.4.0\"";
    // What the update holds: another task definition alone, and another setting alone.
    for (build, api) in [('c', SPOT), ('b', SPOT_OF_A_VERSION)] {
        let of = |build, api| Declared { build, api, deployment: "alarms: [errors]", ..Declared::default() };
        let mut fixture = Fixture::new();
        fixture.by_hand().set_alarm("errors", AlarmState::Fine);
        fixture.declare(of('a', ""));
        assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
        // Killed, with a rollout under way that never gets healthy.
        fixture.account.push_image(&image('b'), ImageBehaviour::NeverHealthy);
        fixture.declare(of('b', SPOT));
        let cancelled = CancellationToken::new();
        let interrupt = async {
            tokio::time::sleep(Duration::from_secs(20)).await;
            cancelled.cancel();
        };
        let (record, ()) = tokio::join!(fixture.try_reconcile(fixture.request(), cancelled.clone()), interrupt);
        assert_eq!(record.expect("a verdict").outcome, Outcome::Interrupted);
        // The tags are the call before the update.
        fixture.declare(of(build, api));
        let seen = fixture.write_count();
        let go_back = async {
            while !fixture.writes_since(seen).contains("TagResource") {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            assert!(!fixture.writes_since(seen).contains("UpdateService"), "{}", fixture.writes_since(seen));
            fixture.by_hand().set_alarm("errors", AlarmState::Firing);
        };
        let (record, ()) = tokio::join!(fixture.reconcile(), go_back);
        let api = outcome(&record, Kind::Service, "api");
        let reason = api.reason.as_deref().expect("a reason");
        assert_eq!(api.outcome, Outcome::Superseded, "{reason}");
        assert!(reason.starts_with("ECS has taken arn:") && !reason.contains("somebody"), "{reason}");
        fixture.by_hand().set_alarm("errors", AlarmState::Fine);
        fixture.account.push_image(&image('b'), crate::fixture::HEALTHY);
        assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
        assert!(fixture.plan().await.in_sync());
    }
}
