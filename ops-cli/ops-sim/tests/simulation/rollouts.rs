//! Rollouts from start to verdict.

use ops_engine::cloud::AlarmState;
use ops_model::observation::TargetState;
use ops_model::plan::SettingsUpdate;
use ops_model::rollout::RolloutStatus;
use ops_sim::ImageBehaviour;
use serde_json::json;

use crate::scenario::{GOOD, SERVICE, Scenario, TARGET_GROUP, deployed, percent, private, public, seconds, with};

#[tokio::test(start_paused = true)]
async fn a_healthy_first_rollout_succeeds_with_its_events_in_order() {
    let scenario = Scenario::new();
    scenario.account.push_image("app:1", GOOD);
    scenario.create(public(2), "app:1").await.expect("created");

    let rollout = scenario.rollouts().await.remove(0);
    assert_eq!(rollout.status, RolloutStatus::Pending);
    assert_eq!((rollout.tasks.requested, rollout.tasks.running, rollout.tasks.pending), (2, 0, 0));

    tokio::time::sleep(seconds(5)).await;
    let rollout = scenario.rollouts().await.remove(0);
    assert_eq!(rollout.status, RolloutStatus::InProgress);
    assert_eq!(rollout.tasks.pending, 2);

    tokio::time::sleep(seconds(10)).await;
    assert_eq!(scenario.service().await.running_count, 2);
    let states: Vec<_> = scenario.targets().await.into_iter().map(|target| target.state).collect();
    assert_eq!(states, [TargetState::Initial, TargetState::Initial]);

    let rollout = scenario.ended().await;
    assert_eq!(rollout.status, RolloutStatus::Successful);
    assert_eq!((rollout.tasks.requested, rollout.tasks.running, rollout.tasks.pending), (2, 2, 0));
    let states: Vec<_> = scenario.targets().await.into_iter().map(|target| target.state).collect();
    assert_eq!(states, [TargetState::Healthy, TargetState::Healthy]);

    let events = scenario.events().await;
    let expected = [
        "(service api) has started 2 tasks: (task ",
        &format!("(service api) registered 1 targets in (target-group {TARGET_GROUP})"),
        &format!("(service api) registered 1 targets in (target-group {TARGET_GROUP})"),
        "(service api) (deployment ecs-svc/",
        "(service api) has reached a steady state.",
    ];
    assert_eq!(events.len(), expected.len(), "{events:#?}");
    for (event, opening) in events.iter().zip(expected) {
        assert!(event.starts_with(opening), "{event} does not start with {opening}");
    }
    assert!(events[3].ends_with(" deployment completed."));
}

#[tokio::test(start_paused = true)]
async fn the_next_rollout_replaces_the_tasks_and_drains_the_old_targets() {
    let scenario = Scenario::steady(public(2)).await;
    let first = scenario.rollouts().await.remove(0);
    let second = scenario.deploy("app:2", GOOD).await;
    assert_ne!(first.id, second.id);

    let mut seen_draining = false;
    while !scenario.rollout(&second.id).await.status.is_final() {
        seen_draining |= scenario.targets().await.iter().any(|target| target.state == TargetState::Draining);
        tokio::time::sleep(seconds(1)).await;
    }
    assert!(seen_draining);
    assert_eq!(scenario.rollout(&second.id).await.status, RolloutStatus::Successful);
    assert_eq!(scenario.rollout(&first.id).await.status, RolloutStatus::Successful);
    assert_eq!(scenario.targets().await.len(), 2);

    let order: Vec<_> = scenario.rollouts().await.into_iter().map(|rollout| rollout.id).collect();
    assert_eq!(order, [second.id, first.id], "newest first");

    let stopped: Vec<_> = scenario.tasks().await.into_iter().filter(|task| task.last_status == "STOPPED").collect();
    assert_eq!(stopped.len(), 2);
    for task in stopped {
        assert!(task.task_definition.ends_with(":1"));
        assert_eq!(task.stop_code.as_deref(), Some("ServiceSchedulerInitiated"));
        assert!(
            task.stopped_reason.expect("a reason").starts_with("Scaling activity initiated by (deployment ecs-svc/")
        );
        assert_eq!(task.containers[0].exit_code, Some(0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_never_becomes_healthy_is_rolled_back_while_the_old_one_serves() {
    let scenario = Scenario::steady(public(2)).await;
    let bad = scenario.deploy("app:2", ImageBehaviour::NeverHealthy).await;

    while !scenario.rollout(&bad.id).await.status.is_final() {
        let healthy = scenario.targets().await.into_iter().filter(|target| target.state == TargetState::Healthy);
        assert!(healthy.count() >= 2, "version 1 serves throughout");
        tokio::time::sleep(seconds(1)).await;
    }
    let bad = scenario.rollout(&bad.id).await;
    assert_eq!(bad.status, RolloutStatus::RollbackSuccessful);
    assert!(bad.task_definition.ends_with(":2"));
    let breaker = bad.circuit_breaker.expect("a breaker");
    assert_eq!(breaker.threshold, 3);
    assert!(breaker.failures >= 3);
    let rollback = bad.rollback.expect("a rollback");
    assert!(rollback.reason.expect("a reason").contains("circuit breaker threshold was exceeded"));
    assert!(rollback.service_revision.expect("a revision").contains(":service-revision/slipway-dev/api/"));
    assert!(scenario.service().await.task_definition.arn.ends_with(":1"), "the service is back on version 1");

    let events = scenario.events().await;
    let position = |text: &str| events.iter().position(|event| event.contains(text)).expect(text);
    let unhealthy = position("is unhealthy in (target-group");
    let failed = position("deployment failed: tasks failed to start.");
    let back = position("rolling back to deployment ecs-svc/");
    assert!(unhealthy < failed && failed < back, "{events:#?}");

    let tasks = scenario.tasks().await;
    let failed = tasks.iter().filter(|task| task.task_definition.ends_with(":2"));
    let reasons: Vec<_> = failed.filter_map(|task| task.stopped_reason.as_deref()).collect();
    assert!(reasons.iter().any(|reason| reason.starts_with("Task failed ELB health checks in (target-group")));
}

#[tokio::test(start_paused = true)]
async fn without_a_health_check_nobody_notices_that_a_version_is_never_healthy() {
    let scenario = Scenario::steady(private(1)).await;
    scenario.deploy("app:2", ImageBehaviour::NeverHealthy).await;
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_crashes_is_rolled_back_with_its_exit_code() {
    for settings in [public(1), private(1)] {
        let scenario = Scenario::steady(settings).await;
        scenario.deploy("app:2", ImageBehaviour::Exits { exit_code: 137, after: seconds(2) }).await;
        let rollout = scenario.ended().await;
        assert_eq!(rollout.status, RolloutStatus::RollbackSuccessful);
        assert_eq!(rollout.circuit_breaker.expect("a breaker").failures, 3);
        let crashed: Vec<_> =
            scenario.tasks().await.into_iter().filter(|task| task.task_definition.ends_with(":2")).collect();
        assert_eq!(crashed.iter().filter(|task| task.containers[0].exit_code == Some(137)).count(), 3);
        assert!(crashed.iter().any(|task| task.stop_code.as_deref() == Some("EssentialContainerExited")));
    }
}

#[tokio::test(start_paused = true)]
async fn an_image_that_cannot_be_pulled_is_rolled_back_and_named() {
    let scenario = Scenario::steady(private(1)).await;
    let task_definition = scenario.register("app:missing").await;
    scenario.update(Some(task_definition), SettingsUpdate::default()).await.expect("accepted");
    assert_eq!(scenario.ended().await.status, RolloutStatus::RollbackSuccessful);
    let tasks = scenario.tasks().await;
    let failed = tasks.iter().find(|task| task.stop_code.as_deref() == Some("TaskFailedToStart")).expect("one failed");
    assert!(failed.stopped_reason.as_deref().expect("a reason").starts_with("CannotPullContainerError"));
    assert!(failed.stopped_reason.as_deref().expect("a reason").contains("app:missing"));
    assert_eq!(failed.containers[0].image_digest, None);
}

#[tokio::test(start_paused = true)]
async fn a_first_rollout_that_fails_has_nothing_to_go_back_to_and_stalls() {
    let scenario = Scenario::new();
    scenario.account.push_image("app:1", ImageBehaviour::NeverHealthy);
    scenario.create(public(2), "app:1").await.expect("created");
    let rollout = scenario.ended().await;
    assert_eq!(rollout.status, RolloutStatus::RollbackFailed);
    assert_eq!(rollout.status_reason.as_deref(), Some("No rollback candidate was found to run the rollback."));
    assert_eq!(rollout.rollback.expect("a rollback").service_revision, None);

    tokio::time::sleep(seconds(120)).await;
    let before = scenario.tasks().await.len();
    tokio::time::sleep(seconds(600)).await;
    assert_eq!(scenario.tasks().await.len(), before, "nothing is started any more");

    scenario.deploy("app:2", GOOD).await;
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
}

#[tokio::test(start_paused = true)]
async fn without_rollback_a_failed_rollout_stops_and_the_old_tasks_stay() {
    let breaker = json!({"enable": true, "rollback": false});
    let scenario = Scenario::steady(deployed(public(2), json!({"deploymentCircuitBreaker": breaker}))).await;
    scenario.deploy("app:2", ImageBehaviour::NeverHealthy).await;
    let rollout = scenario.ended().await;
    assert_eq!(rollout.status, RolloutStatus::Stopped);
    assert!(rollout.status_reason.expect("a reason").contains("circuit breaker"));
    tokio::time::sleep(seconds(600)).await;
    let tasks = scenario.tasks().await;
    let old = tasks.iter().filter(|task| task.task_definition.ends_with(":1") && task.last_status == "RUNNING");
    assert_eq!(old.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn without_a_breaker_a_rollout_goes_on_for_ever() {
    let breaker = json!({"enable": false, "rollback": false});
    let scenario = Scenario::steady(deployed(public(1), json!({"deploymentCircuitBreaker": breaker}))).await;
    let bad = scenario.deploy("app:2", ImageBehaviour::NeverHealthy).await;
    tokio::time::sleep(seconds(24 * 3600)).await;
    let bad = scenario.rollout(&bad.id).await;
    assert_eq!(bad.status, RolloutStatus::InProgress);
    assert_eq!(bad.circuit_breaker, None);
}

#[tokio::test(start_paused = true)]
async fn the_breaker_trips_at_half_of_the_desired_count_within_3_and_200() {
    for (desired, threshold) in [(0, 3), (1, 3), (6, 3), (7, 4), (25, 13), (1000, 200)] {
        let scenario = Scenario::new();
        scenario.account.push_image("app:1", GOOD);
        scenario.create(private(desired), "app:1").await.expect("created");
        let breaker = scenario.rollouts().await.remove(0).circuit_breaker.expect("a breaker");
        assert_eq!(breaker.threshold, threshold, "of {desired}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_newer_rollout_takes_the_place_of_one_under_way() {
    let scenario = Scenario::steady(public(2)).await;
    let second = scenario.deploy("app:2", GOOD).await;
    tokio::time::sleep(seconds(13)).await;
    let third = scenario.deploy("app:3", GOOD).await;

    let superseded = scenario.rollout(&second.id).await;
    assert_eq!(superseded.status, RolloutStatus::Stopped);
    assert!(superseded.status_reason.expect("a reason").contains("newer service deployment"));
    assert_eq!(scenario.ended().await.id, third.id);
    assert_eq!(scenario.rollout(&third.id).await.status, RolloutStatus::Successful);
    assert_eq!(scenario.rollout(&second.id).await.status, RolloutStatus::Stopped, "it stays stopped");
}

#[tokio::test(start_paused = true)]
async fn a_rollback_goes_to_the_last_version_that_completed() {
    let scenario = Scenario::steady(public(1)).await;
    scenario.deploy("app:2", GOOD).await;
    tokio::time::sleep(seconds(13)).await;
    scenario.deploy("app:3", ImageBehaviour::NeverHealthy).await;
    assert_eq!(scenario.ended().await.status, RolloutStatus::RollbackSuccessful);
    let service = scenario.service().await;
    assert!(service.task_definition.arn.ends_with(":1"), "{}", service.task_definition.arn);
}

#[tokio::test(start_paused = true)]
async fn a_rollback_can_fail_too() {
    let scenario = Scenario::steady(deployed(public(2), percent(0, 100))).await;
    scenario.account.push_image("app:1", ImageBehaviour::NeverHealthy);
    scenario.deploy("app:2", ImageBehaviour::NeverHealthy).await;
    let rollout = scenario.ended().await;
    assert_eq!(rollout.status, RolloutStatus::RollbackFailed);
    assert!(rollout.rollback.expect("a rollback").service_revision.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_slow_start_is_forgiven_within_the_grace_period_only() {
    let slow = ImageBehaviour::Healthy { start: seconds(60) };
    for (grace, status) in [(20, RolloutStatus::RollbackSuccessful), (90, RolloutStatus::Successful)] {
        let settings = with(public(1), json!({"healthCheckGracePeriodSeconds": grace}));
        let scenario = Scenario::steady(settings).await;
        scenario.deploy("app:2", slow).await;
        assert_eq!(scenario.ended().await.status, status, "grace of {grace} seconds");
    }
}

#[tokio::test(start_paused = true)]
async fn a_killed_or_crashed_task_is_replaced_without_a_rollout() {
    let scenario = Scenario::steady(public(2)).await;
    let killed = scenario.account.by_hand(crate::scenario::CLUSTER).kill_task(SERVICE).expect("killed");
    tokio::time::sleep(seconds(90)).await;
    let tasks = scenario.tasks().await;
    assert_eq!(tasks.iter().filter(|task| task.last_status == "RUNNING").count(), 2);
    let killed = tasks.iter().find(|task| task.arn == killed).expect("still remembered");
    assert_eq!(killed.stop_code.as_deref(), Some("UserInitiated"));
    assert_eq!(scenario.rollouts().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_the_task_was_healthy_is_no_failure_of_the_rollout() {
    let scenario = Scenario::steady(public(1)).await;
    scenario.deploy("app:2", ImageBehaviour::Exits { exit_code: 1, after: seconds(300) }).await;
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
    tokio::time::sleep(seconds(1800)).await;
    assert_eq!(scenario.rollouts().await.remove(0).status, RolloutStatus::Successful);
    let crashed = scenario.tasks().await.into_iter().filter(|task| task.containers[0].exit_code == Some(1));
    assert!(crashed.count() > 3, "it is started again and again");
}

#[tokio::test(start_paused = true)]
async fn stopped_tasks_are_forgotten_after_an_hour() {
    let scenario = Scenario::steady(public(1)).await;
    scenario.deploy("app:2", GOOD).await;
    scenario.ended().await;
    assert_eq!(scenario.tasks().await.len(), 2);
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(scenario.tasks().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_rollback_skips_what_was_there_before_the_last_completed_version() {
    let scenario = Scenario::steady(public(1)).await;
    scenario.deploy("app:2", GOOD).await;
    scenario.ended().await;
    scenario.deploy("app:3", ImageBehaviour::NeverHealthy).await;
    assert_eq!(scenario.ended().await.status, RolloutStatus::RollbackSuccessful);
    assert!(scenario.service().await.task_definition.arn.ends_with(":2"));
}

#[tokio::test(start_paused = true)]
async fn a_rollout_begun_during_a_rollback_has_nothing_to_go_back_to() {
    let scenario = Scenario::steady(public(1)).await;
    let second = scenario.deploy("app:2", ImageBehaviour::NeverHealthy).await;
    while scenario.rollout(&second.id).await.status != RolloutStatus::RollbackInProgress {
        tokio::time::sleep(seconds(1)).await;
    }
    scenario.deploy("app:3", ImageBehaviour::NeverHealthy).await;
    assert_eq!(scenario.ended().await.status, RolloutStatus::RollbackFailed);
}

#[tokio::test(start_paused = true)]
async fn where_there_is_room_the_old_tasks_stay_until_new_ones_are_healthy() {
    let scenario = Scenario::steady(deployed(public(2), percent(50, 200))).await;
    scenario.deploy("app:2", ImageBehaviour::NeverHealthy).await;
    tokio::time::sleep(seconds(20)).await;
    let tasks = scenario.tasks().await;
    let old = tasks.iter().filter(|task| task.task_definition.ends_with(":1") && task.last_status == "RUNNING");
    assert_eq!(old.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_healthy_task_sets_the_breaker_back() {
    let scenario = Scenario::steady(public(2)).await;
    let rollout = scenario.deploy("app:2", ImageBehaviour::CannotBePulled).await;
    tokio::time::sleep(seconds(10)).await;
    scenario.account.push_image("app:2", GOOD);
    // The two that started before the push fail, and the next two do not.
    tokio::time::sleep(seconds(5)).await;
    assert_eq!(scenario.rollout(&rollout.id).await.circuit_breaker.expect("a breaker").failures, 2);
    let rollout = scenario.ended().await;
    assert_eq!((rollout.status, rollout.circuit_breaker.expect("a breaker").failures), (RolloutStatus::Successful, 0));
}

#[tokio::test(start_paused = true)]
async fn crashes_of_healthy_tasks_do_not_trip_the_breaker() {
    let scenario = Scenario::steady(public(3)).await;
    // Healthy after ten seconds, and dead before the old tasks are drained: all three crash in the rollout.
    scenario.deploy("app:2", ImageBehaviour::Exits { exit_code: 1, after: seconds(20) }).await;
    let rollout = scenario.ended().await;
    let crashed = scenario.tasks().await.into_iter().filter(|task| task.containers[0].exit_code == Some(1)).count();
    assert_eq!((rollout.status, crashed), (RolloutStatus::Successful, 3));
}

#[tokio::test(start_paused = true)]
async fn the_breaker_trips_at_the_threshold_that_it_is_set_to() {
    for (kind, value, desired, threshold) in [
        ("COUNT", 5, 100, 5),
        ("BOUNDED_PERCENT", 10, 10, 3),
        ("BOUNDED_PERCENT", 50, 1000, 200),
        ("UNBOUNDED_PERCENT", 50, 1000, 500),
        ("UNBOUNDED_PERCENT", 10, 10, 1),
    ] {
        let scenario = Scenario::new();
        scenario.account.push_image("app:1", GOOD);
        let threshold_configuration = json!({"type": kind, "value": value});
        let breaker = json!({"enable": true, "rollback": true, "thresholdConfiguration": threshold_configuration});
        let settings = deployed(private(desired), json!({"deploymentCircuitBreaker": breaker}));
        scenario.create(settings, "app:1").await.expect("created");
        let breaker = scenario.rollouts().await.remove(0).circuit_breaker.expect("a breaker");
        assert_eq!(breaker.threshold, threshold, "{kind} {value} of {desired}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_is_not_reset_counts_on() {
    let breaker = json!({"enable": true, "rollback": true, "resetOnHealthyTask": false});
    let scenario = Scenario::steady(deployed(public(2), json!({"deploymentCircuitBreaker": breaker}))).await;
    let rollout = scenario.deploy("app:2", ImageBehaviour::CannotBePulled).await;
    tokio::time::sleep(seconds(10)).await;
    scenario.account.push_image("app:2", GOOD);
    let ended = scenario.ended().await;
    assert_eq!((ended.id, ended.status), (rollout.id, RolloutStatus::Successful));
    assert_eq!(ended.circuit_breaker.expect("a breaker").failures, 2);
}

#[tokio::test(start_paused = true)]
async fn an_alarm_ends_a_rolling_rollout_until_it_has_baked() {
    for (rollback, status) in [(true, RolloutStatus::RollbackSuccessful), (false, RolloutStatus::Stopped)] {
        let alarms = json!({"alarmNames": ["errors"], "enable": true, "rollback": rollback});
        let scenario = Scenario::steady(deployed(public(2), json!({"alarms": alarms}))).await;
        let by_hand = scenario.account.by_hand(crate::scenario::CLUSTER);
        let id = scenario.deploy("app:2", GOOD).await.id;
        while scenario.service().await.running_count != 2 || scenario.targets().await.len() != 2 {
            tokio::time::sleep(seconds(1)).await;
        }
        tokio::time::sleep(seconds(30)).await;
        assert_eq!(scenario.rollout(&id).await.status, RolloutStatus::InProgress, "it bakes");
        by_hand.set_alarm("errors", AlarmState::Firing);
        let ended = scenario.ended().await;
        assert_eq!((ended.status, ended.alarms), (status, vec!["errors".to_owned()]));

        by_hand.set_alarm("errors", AlarmState::Fine);
        scenario.deploy("app:3", GOOD).await;
        assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
        by_hand.set_alarm("errors", AlarmState::Firing);
        assert_eq!(scenario.ended().await.status, RolloutStatus::Successful, "what is done is done");
    }
}

#[tokio::test(start_paused = true)]
async fn early_success_does_not_wait_for_every_task() {
    for cleanup in ["BLOCKING", "DEFERRED"] {
        let early = json!({"enable": true, "healthyPercent": 50, "sourceServiceRevisionCleanup": cleanup});
        let deployment = json!({"minimumHealthyPercent": 50, "maximumPercent": 125, "earlySuccessCriteria": early});
        let scenario = Scenario::steady(deployed(public(4), deployment)).await;
        scenario.deploy("app:2", GOOD).await;
        let ended = scenario.ended().await;
        assert_eq!(ended.status, RolloutStatus::Successful);
        let tasks = scenario.tasks().await;
        let old = tasks.iter().filter(|task| task.task_definition.ends_with(":1") && task.last_status != "STOPPED");
        assert_eq!(old.count() == 0, cleanup == "BLOCKING", "{cleanup}");
        assert_eq!(scenario.service().await.settled, cleanup == "BLOCKING");
        tokio::time::sleep(seconds(120)).await;
        let service = scenario.service().await;
        assert_eq!((service.running_count, service.settled), (4, true), "the rest comes later");
        assert_eq!(scenario.targets().await.len(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_fails_while_alarms_are_looked_at_does_not_stop_time() {
    let alarms = json!({"alarmNames": ["errors"], "enable": true, "rollback": true});
    let scenario = Scenario::steady(deployed(public(1), json!({"alarms": alarms}))).await;
    // Healthy, and gone before the alarms have been looked at for long enough.
    let exits = ImageBehaviour::Exits { exit_code: 1, after: seconds(45) };
    scenario.deploy("app:exits", exits).await;
    tokio::time::sleep(seconds(600)).await;
    assert_ne!(scenario.rollouts().await[0].status, RolloutStatus::Pending);
}
