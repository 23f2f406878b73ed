//! Faults, crashes and answers that come late.

use std::collections::{BTreeMap, BTreeSet};

use ops_engine::clock::Clock as _;
use ops_engine::cloud::{
    CallCounter as _, CloudErrorKind, Containers as _, CreateListenerRule, LogQuery, LogStream, ModifyListenerRule,
    Objects as _, RunTask, WriteCondition,
};
use ops_model::declaration::PauseEnd;
use ops_model::observation::ObservedSchedule;
use ops_model::plan::{RunSettings, SettingsUpdate};
use ops_sim::{EPOCH, Operation, SimulatedAccount};
use serde_json::json;

use crate::scenario::{CLUSTER, GOOD, SERVICE, Scenario, create_request, private, public, seconds, update};

fn count(desired_count: u32) -> SettingsUpdate {
    update(json!({"desiredCount": desired_count}))
}

#[tokio::test(start_paused = true)]
async fn faults_of_an_operation_happen_one_after_the_other_and_touch_no_other() {
    let scenario = Scenario::steady(private(1)).await;
    let faults = scenario.account.faults();
    faults.throttle(Operation::UpdateService, 2);
    faults.fail(Operation::UpdateService, CloudErrorKind::AccessDenied, 1);
    for kind in [CloudErrorKind::Throttled, CloudErrorKind::Throttled, CloudErrorKind::AccessDenied] {
        let error = scenario.update(None, count(3)).await.expect_err("a fault");
        assert_eq!((error.operation.as_str(), error.kind), ("ecs:UpdateService", kind));
        assert_eq!(scenario.service().await.settings.desired_count(), Some(1));
    }
    scenario.update(None, count(3)).await.expect("no fault is left");
    assert_eq!(scenario.account.calls()["ecs:UpdateService"], 4);
    assert_eq!(scenario.account.container_writes().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_hides_a_change_that_happened() {
    let scenario = Scenario::new();
    scenario.account.push_image("app:1", GOOD);
    let request = create_request(private(1), scenario.register("app:1").await);
    scenario.account.faults().lose_answer(Operation::CreateService, 1);
    let error = scenario.account.create_service(&request).await.expect_err("lost");
    assert_eq!(error.kind, CloudErrorKind::Unreachable { endpoint: None });
    assert!(error.is_passing());
    assert_eq!(scenario.service().await.name, SERVICE);
    scenario.account.create_service(&request).await.expect("the same token");
    assert_eq!(scenario.rollouts().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_every_call_fails_until_the_process_is_revived() {
    let scenario = Scenario::steady(private(1)).await;
    let account = &scenario.account;
    account.create_bucket("ops");
    account.faults().crash_after(2);
    scenario.update(None, count(2)).await.expect("the first of two");
    account.put("ops", "a", Vec::new(), WriteCondition::Absent).await.expect("the second of two");
    let calls = account.calls();
    let dead = account.put("ops", "b", Vec::new(), WriteCondition::Absent).await.expect_err("dead");
    assert!(!dead.is_passing(), "a dead process tries nothing again");
    scenario.update(None, count(3)).await.expect_err("dead");
    account.faults().crashed().await;
    assert_eq!(account.calls(), calls, "a dead process sends nothing");

    account.faults().revive();
    assert_eq!(account.list("ops", "").await.expect("alive"), ["a"]);
    assert_eq!(scenario.service().await.settings.desired_count(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_process_can_be_dropped_when_it_crashes() {
    let account = SimulatedAccount::new();
    account.create_cluster(CLUSTER);
    account.faults().crash_after(3);
    let process = async {
        loop {
            // A process that never gives up by itself.
            let _ = account.all_services(CLUSTER).await;
        }
    };
    tokio::select! {
        () = process => unreachable!("it never ends"),
        () = account.faults().crashed() => {}
    }
    assert_eq!(account.calls()["ecs:ListServices"], 3);
    account.faults().revive();
    let again = tokio::time::timeout(seconds(60), account.faults().crashed()).await;
    assert!(again.is_err(), "the new process lives");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_is_dropped_on_the_way_back_has_changed_what_it_changed() {
    let scenario = Scenario::steady(private(1)).await;
    let call = scenario.update(None, count(2));
    let dropped = tokio::time::timeout(std::time::Duration::from_millis(15), call).await;
    assert!(dropped.is_err());
    assert_eq!(scenario.service().await.settings.desired_count(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_change_shows_late_when_visibility_is_delayed() {
    let scenario = Scenario::steady(public(1)).await;
    let faults = scenario.account.faults();
    faults.delay_visibility(seconds(10));
    let second = scenario.deploy("app:2", GOOD).await;
    let service = scenario.service().await;
    assert!(service.task_definition.arn.ends_with(":1"), "not visible yet");
    assert!(service.settled, "nor is its rollout");
    tokio::time::sleep(seconds(11)).await;
    let service = scenario.service().await;
    assert!(service.task_definition.arn.ends_with(":2"));
    assert!(!service.settled);
    assert_eq!(scenario.rollouts().await[0].id, second.id, "rollouts show at once");

    scenario.account.delete_service(CLUSTER, SERVICE).await.expect("deleted");
    assert!(!scenario.service().await.draining);
    faults.delay_visibility(std::time::Duration::ZERO);
    assert!(scenario.service().await.draining);
}

#[tokio::test(start_paused = true)]
async fn a_new_service_shows_late_when_visibility_is_delayed() {
    let scenario = Scenario::new();
    scenario.account.push_image("app:1", GOOD);
    scenario.account.faults().delay_visibility(seconds(5));
    scenario.create(private(1), "app:1").await.expect("created");
    assert_eq!(scenario.described().await, None);
    assert!(scenario.service_names().await.is_empty());
    tokio::time::sleep(seconds(5)).await;
    assert_eq!(scenario.service().await.name, SERVICE);
}

#[tokio::test(start_paused = true)]
async fn while_a_change_is_not_visible_the_rest_goes_on() {
    let scenario = Scenario::new();
    scenario.account.push_image("app:1", GOOD);
    scenario.create(private(1), "app:1").await.expect("created");
    scenario.account.faults().delay_visibility(seconds(100));
    scenario.update(None, count(2)).await.expect("accepted");
    tokio::time::sleep(seconds(60)).await;
    let service = scenario.service().await;
    assert_eq!((service.settings.desired_count(), service.running_count), (Some(1), 1));
    tokio::time::sleep(seconds(60)).await;
    let service = scenario.service().await;
    assert_eq!((service.settings.desired_count(), service.running_count), (Some(2), 2));
}

#[tokio::test(start_paused = true)]
async fn the_clock_is_the_virtual_time_on_a_fixed_epoch() {
    let account = SimulatedAccount::new();
    assert_eq!(account.clock().now(), EPOCH);
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(account.clock().now().duration_since(EPOCH).as_secs(), 3600);
    assert_eq!(EPOCH.to_string(), "2026-01-01T00:00:00Z");
}

#[tokio::test(start_paused = true)]
async fn every_call_can_fail_and_every_call_dies_with_the_process() {
    let account = SimulatedAccount::new();
    let cloud = account.cloud();
    let none = serde_json::Map::new();
    let rule = CreateListenerRule {
        listener_arn: String::new(),
        priority: 1,
        path: String::new(),
        host: None,
        weights: BTreeMap::new(),
        tags: BTreeMap::new(),
    };
    let change = ModifyListenerRule { arn: String::new(), priority: None, conditions: None, weights: None };
    let schedule = ObservedSchedule::default();
    let query = LogQuery { group: String::new(), stream_prefix: None, since: EPOCH, until: None, pattern: None };
    let text = String::new;
    let stream = LogStream { group: text(), prefix: text(), container: text(), task: text() };
    let run = RunTask {
        cluster: text(),
        task_definition: text(),
        settings: RunSettings::default(),
        command: None,
        tags: BTreeMap::new(),
        started_by: text(),
        client_token: text(),
    };
    macro_rules! check {
        ($($operation:ident => $call:expr),+ $(,)?) => {
            $(
                account.faults().fail(Operation::$operation, CloudErrorKind::AccessDenied, 1);
                let error = $call.await.map(|_| ()).expect_err(stringify!($operation));
                assert_eq!(error.kind, CloudErrorKind::AccessDenied);
                assert_eq!(error.operation, Operation::$operation.to_string());
                assert_eq!(account.calls()[&error.operation], 1, "{}", error.operation);
                account.faults().crash_after(0);
                let error = $call.await.map(|_| ()).expect_err(stringify!($operation));
                assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("ProcessCrashed".to_owned()) });
                account.faults().revive();
            )+
        };
    }
    check! {
        ContinueServiceDeployment => cloud.containers.continue_rollout("", "", PauseEnd::Continue),
        RunTask => cloud.containers.run_task(&run),
        DescribeTasks => cloud.containers.task("", ""),
        ListTasks => cloud.containers.tasks_started_by("", ""),
        StopTask => cloud.containers.stop_task("", "", ""),
        TagResource => cloud.containers.tag("", &BTreeMap::new()),
        DescribeTargetGroups => cloud.targets.target_group(""),
        DescribeRules => cloud.targets.listener_rules(""),
        CreateRule => cloud.targets.create_listener_rule(&rule),
        ModifyRule => cloud.targets.modify_listener_rule(&change),
        DeleteRule => cloud.targets.delete_listener_rule(""),
        DescribeScalableTargets => cloud.scaling.scaling(""),
        RegisterScalableTarget => cloud.scaling.put_target("", "", &none),
        PutScalingPolicy => cloud.scaling.put_policy("", "", "", &none),
        PutScheduledAction => cloud.scaling.put_scheduled_action("", "", "", &none),
        DeleteScalingPolicy => cloud.scaling.delete_policy("", "", ""),
        DeleteScheduledAction => cloud.scaling.delete_scheduled_action("", "", ""),
        DeregisterScalableTarget => cloud.scaling.remove_target("", ""),
        ListSchedules => cloud.schedules.schedules(""),
        CreateSchedule => cloud.schedules.create_schedule("", "", &schedule, ""),
        UpdateSchedule => cloud.schedules.update_schedule("", "", &schedule),
        DeleteSchedule => cloud.schedules.delete_schedule("", ""),
        DescribeSecret => cloud.secrets.secrets(&BTreeSet::new()),
        DescribeLogGroups => cloud.logs.group_exists(""),
        FilterLogEvents => cloud.logs.lines(&query, None),
        GetLogEvents => cloud.logs.last_lines(&stream, 1),
        BatchGetImage => cloud.preflight.image_platforms(""),
        GetRole => cloud.preflight.role(""),
        SimulatePrincipalPolicy => cloud.preflight.simulate("", &[]),
        DescribeAlarms => cloud.preflight.alarms(&[]),
        GetServiceQuota => cloud.preflight.quota("", ""),
    }
    assert!(account.writes().is_empty());
}
