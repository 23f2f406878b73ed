//! Tasks, schedules, scaling and listener rules.

use insta::assert_snapshot;
use ops_plan::closer_look;
use serde_json::json;

use crate::fixture::{FULL, Fixture, text};

#[test]
fn a_fresh_environment_begins_with_what_services_need() {
    assert_snapshot!(text(&Fixture::of(FULL).plan()), @r#"
    1 api: create listener rule (Create)
    2 migrate: run register (Run)
    3 api: create register (Create)
    4 worker: create register (Create)
    5 api: put scaling (Create)
    5 report: put schedule of register (Create)
    "#);
}

#[test]
fn a_new_build_migrates_before_it_serves_and_moves_the_schedule() {
    let mut fixture = Fixture::full();
    fixture.push_build('b', "2.0.0");
    assert_snapshot!(text(&fixture.plan()), @r"
    1 migrate: run register (Run)
        image: registry.example/slipway/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -> registry.example/slipway/app@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    2 api: update register (NewDeployment)
        containers.init.image: registry.example/slipway/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -> registry.example/slipway/app@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
        image: registry.example/slipway/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -> registry.example/slipway/app@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    3 worker: update register (NewDeployment)
        image: registry.example/slipway/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -> registry.example/slipway/app@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    4 report: put schedule of register (InPlace)
        schedule.task_definition: arn:task-definition/slipway-dev-report:1 -> (task definition to come)
    ");
}

#[test]
fn a_migration_that_has_not_succeeded_is_run_again() {
    let mut fixture = Fixture::full();
    for newest in fixture.live.newest_task_definitions.values_mut() {
        newest.tags.clear();
    }
    assert_snapshot!(text(&fixture.plan()), @"1 migrate: run registered (Run)");
}

#[test]
fn the_count_is_the_autoscalers_within_its_bounds() {
    for (count, within) in [(0, false), (1, true), (7, true), (10, true), (11, false)] {
        let mut fixture = Fixture::full();
        fixture.setting("api", "desiredCount", json!(count));
        assert_eq!(fixture.plan().in_sync(), within, "{count}: {}", text(&fixture.plan()));
    }
    let mut fixture = Fixture::full();
    fixture.setting("api", "desiredCount", json!(30));
    assert_snapshot!(text(&fixture.plan()), @r"
    1 api: update keep and desiredCount (InPlace)
        count: 30 -> 1 to 10
    ");
}

#[test]
fn a_count_that_nobody_declares_is_left_to_whoever_sets_it() {
    let mut fixture = Fixture::of(&FULL.replace("    count: 1\n", ""));
    fixture.carry_out(&fixture.plan());
    fixture.setting("worker", "desiredCount", json!(7));
    fixture.live.scaling.insert("worker".to_owned(), fixture.live.scaling["api"].clone());
    assert!(fixture.plan().in_sync(), "{}", text(&fixture.plan()));
}

#[test]
fn scaling_by_hand_is_put_back() {
    let mut fixture = Fixture::full();
    fixture.live.scaling.insert("worker".to_owned(), fixture.live.scaling["api"].clone());
    let scaling = fixture.live.scaling.get_mut("api").expect("declared");
    scaling.target.insert("MaxCapacity".to_owned(), json!(99));
    scaling.policies.get_mut("cpu").expect("declared")["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] =
        json!(90.0);
    let stranger = scaling.policies["cpu"].clone();
    scaling.policies.insert("by-hand".to_owned(), stranger);
    scaling.scheduled_actions.clear();
    assert_snapshot!(text(&fixture.plan()), @r"
    1 worker: remove scaling (Delete)
    2 api: put scaling (InPlace)
        scaling.MaxCapacity: 99 -> 10
        scaling.policies.by-hand: there -> -
        scaling.policies.cpu.TargetTrackingScalingPolicyConfiguration.TargetValue: 90 -> 60
        scaling.schedules.night.ScalableTargetAction.MaxCapacity: - -> 2
        scaling.schedules.night.ScalableTargetAction.MinCapacity: - -> 1
        scaling.schedules.night.Schedule: - -> cron(0 22 * * ? *)
        scaling.schedules.night.Timezone: UTC -> Asia/Seoul
    ");
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    assert!(fixture.plan().in_sync(), "{}", text(&fixture.plan()));
}

#[test]
fn bounds_that_the_clock_has_set_are_as_declared() {
    let mut fixture = Fixture::full();
    let target = &mut fixture.live.scaling.get_mut("api").expect("declared").target;
    target.insert("MinCapacity".to_owned(), json!(1));
    target.insert("MaxCapacity".to_owned(), json!(2));
    assert!(fixture.plan().in_sync(), "{}", text(&fixture.plan()));
}

#[test]
fn a_schedule_by_hand_is_put_back_and_a_foreign_one_goes() {
    let mut fixture = Fixture::full();
    let schedule = fixture.live.schedules.get_mut("dev-report").expect("declared");
    schedule.0.insert("State".to_owned(), json!("DISABLED"));
    schedule.0["Target"]["EcsParameters"]["TaskDefinitionArn"] = json!("arn:task-definition/other:9");
    let foreign = schedule.clone();
    fixture.live.schedules.insert("dev-other".to_owned(), foreign);
    assert_snapshot!(text(&fixture.plan()), @r"
    1 report: put schedule of registered (InPlace)
        schedule.enabled: DISABLED -> ENABLED
        schedule.task_definition: arn:task-definition/other:9 -> arn:task-definition/slipway-dev-report:1
    2 dev-other: remove schedule (Delete)
    ");
}

#[test]
fn weights_are_the_deployments_own_and_a_foreign_target_group_is_not() {
    let mut fixture = Fixture::full();
    let rule = fixture.live.listener_rules.get_mut("api").expect("declared");
    for weight in rule.weights.values_mut() {
        *weight = 100 - *weight;
    }
    assert!(fixture.plan().in_sync(), "{}", text(&fixture.plan()));
    let rule = fixture.live.listener_rules.get_mut("api").expect("declared");
    rule.weights.insert("arn:foreign".to_owned(), 50);
    rule.path = "/other/*".to_owned();
    assert_snapshot!(text(&fixture.plan()), @r"
    1 api: modify listener rule (InPlace)
        public.path: /other/* -> /*
        public.traffic: 100 to arn:aws:elasticloadbalancing:r:0:targetgroup/api-alternate/2, 0 to arn:aws:elasticloadbalancing:r:0:targetgroup/api/1, 50 to arn:foreign -> the service's two target groups
    ");
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    assert!(fixture.plan().in_sync(), "{}", text(&fixture.plan()));
}

#[test]
fn only_what_is_not_as_declared_is_looked_at_closer() {
    let mut fixture = Fixture::full();
    let look = closer_look(fixture.inputs());
    assert!(look.services.is_empty());
    assert_eq!(look.families.into_iter().collect::<Vec<_>>(), ["slipway-dev-migrate", "slipway-dev-report"]);
    fixture.service("worker").settled = false;
    fixture.setting("api", "platformVersion", json!("1.3.0"));
    assert_eq!(closer_look(fixture.inputs()).services.into_iter().collect::<Vec<_>>(), ["api", "worker"]);
}
