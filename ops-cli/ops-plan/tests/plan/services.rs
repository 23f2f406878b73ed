use std::collections::BTreeMap;

use insta::assert_snapshot;
use ops_model::observation::RegisteredTaskDefinition;
use ops_model::plan::ServiceStanding;
use ops_model::rollout::RolloutStatus;
use serde_json::json;

use crate::fixture::{Fixture, rendered, rollout, text};

#[test]
fn a_fresh_environment_creates_its_services_in_order() {
    let fixture = Fixture::new();
    assert_snapshot!(text(&fixture.plan()), @r"
    1 api: create register (Create)
    2 worker: create register (Create)
    ");
}

#[test]
fn what_was_carried_out_is_in_sync() {
    let fixture = Fixture::deployed();
    assert_snapshot!(text(&fixture.plan()), @"in sync");
    assert!(fixture.plan().in_sync());
}

#[test]
fn the_task_definition_of_a_service_is_what_the_declaration_says() {
    insta::assert_json_snapshot!(rendered(&Fixture::new(), "api").task_definition);
}

#[test]
fn a_new_build_rolls_every_service_of_its_artifact() {
    let mut fixture = Fixture::deployed();
    fixture.push_build('b', "1.1.0");
    assert_snapshot!(text(&fixture.plan()), @r"
    1 api: update register (NewDeployment)
        image: registry.example/slipway/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -> registry.example/slipway/app@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    2 worker: update register (NewDeployment)
        image: registry.example/slipway/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -> registry.example/slipway/app@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    ");
}

#[test]
fn a_count_set_by_hand_is_put_back_in_place() {
    let mut fixture = Fixture::deployed();
    fixture.setting("api", "desiredCount", json!(5));
    assert_snapshot!(text(&fixture.plan()), @r"
    1 api: update keep and desiredCount (InPlace)
        count: 5 -> 2
    ");
}

#[test]
fn settings_and_task_definition_go_in_one_update() {
    let mut fixture = Fixture::deployed();
    let api = fixture.environment.services.get_mut("api").expect("declared");
    api.count = Some(3);
    api.workload.memory = 1024;
    api.deployment.minimum_healthy_percent = 50;
    api.workload.container.environment.insert("LOG_LEVEL".to_owned(), "debug".to_owned());
    assert_snapshot!(text(&fixture.plan()), @r"
    1 api: update register and deploymentConfiguration desiredCount (NewDeployment)
        count: 2 -> 3
        deployment.minimum_healthy_percent: 100 -> 50
        environment.LOG_LEVEL: info -> debug
        memory: 512 -> 1024
    ");
}

#[test]
fn a_variable_set_by_hand_is_named_but_its_value_is_not_shown() {
    let mut fixture = Fixture::deployed();
    let container = fixture.container("api");
    container.insert(
        "environment".to_owned(),
        json!([{"name": "LOG_LEVEL", "value": "info"}, {"name": "TOKEN", "value": "canary-4711"}]),
    );
    let plan = fixture.plan();
    assert_snapshot!(text(&plan), @r"
    1 api: update registered (NewDeployment)
        environment.TOKEN: (a value not in git, not shown) -> -
    ");
    assert!(!serde_json::to_string(&plan).expect("plans serialise").contains("canary-4711"));
}

#[test]
fn network_and_load_balancer_start_a_new_deployment() {
    let mut fixture = Fixture::deployed();
    let settings = &mut fixture.service("api").settings.0;
    settings["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"] = json!(["sg-by-hand"]);
    settings.remove("loadBalancers");
    assert_snapshot!(text(&fixture.plan()), @r#"
    1 api: update keep and loadBalancers networkConfiguration (NewDeployment)
        network.security_groups: sg-by-hand -> sg-1
        public.api/8080: - -> {"targetGroupArn":"arn:aws:elasticloadbalancing:r:0:targetgroup/api/1"}
    "#);
}

#[test]
fn a_revision_made_by_hand_is_replaced_by_the_declared_one() {
    let mut fixture = Fixture::deployed();
    let mut by_hand = fixture.service("api").task_definition.clone();
    by_hand.arn = "arn:task-definition/slipway-dev-api:2".to_owned();
    let content = &mut by_hand.content.0;
    content.insert("cpu".to_owned(), json!("1024"));
    content.insert("volumes".to_owned(), json!([{"name": "scratch"}]));
    let mut sidecar = content["containerDefinitions"][0].clone();
    sidecar["name"] = json!("sidecar");
    content["containerDefinitions"][0]["user"] = json!("root");
    content["containerDefinitions"].as_array_mut().expect("containers").push(sidecar);
    fixture.live.newest_task_definitions.insert("slipway-dev-api".to_owned(), by_hand.clone());
    fixture.service("api").task_definition = by_hand;
    assert_snapshot!(text(&fixture.plan()), @r"
    1 api: update register (NewDeployment)
        containers.sidecar: registry.example/slipway/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -> -
        cpu: 1024 -> 256
        user: root -> -
        volumes.scratch: there -> -
    ");
}

#[test]
fn a_registered_revision_is_used_when_ops_ended_before_it_sent_it() {
    let mut fixture = Fixture::deployed();
    fixture.push_build('b', "1.1.0");
    let arn = "arn:task-definition/slipway-dev-api:2".to_owned();
    let registered =
        RegisteredTaskDefinition { arn, content: rendered(&fixture, "api").task_definition, tags: BTreeMap::new() };
    fixture.live.newest_task_definitions.insert("slipway-dev-api".to_owned(), registered);
    assert!(text(&fixture.plan()).starts_with("1 api: update registered (NewDeployment)"));
}

#[test]
fn a_rollout_to_the_declared_state_is_awaited_not_repeated() {
    let mut fixture = Fixture::deployed();
    let arn = fixture.service("api").task_definition.arn.clone();
    fixture.service("api").rollout = Some(rollout(&arn, RolloutStatus::InProgress));
    assert_snapshot!(text(&fixture.plan()), @"1 api: await (UnderWay)");
}

#[test]
fn nothing_is_sent_into_a_rollback_and_the_failure_is_remembered() {
    let mut fixture = Fixture::deployed();
    fixture.push_build('b', "1.1.0");
    let arn = "arn:task-definition/slipway-dev-api:2".to_owned();
    let content = rendered(&fixture, "api").task_definition;
    let registered = RegisteredTaskDefinition { arn: arn.clone(), content, tags: BTreeMap::new() };
    fixture.live.newest_task_definitions.insert("slipway-dev-api".to_owned(), registered);
    fixture.service("api").rollout = Some(rollout(&arn, RolloutStatus::RollbackInProgress));
    assert!(text(&fixture.plan()).starts_with("1 api: update registered after the rollback"));

    let mut failed = rollout(&arn, RolloutStatus::RollbackSuccessful);
    failed.status_reason = Some("tasks failed to start".to_owned());
    fixture.service("api").rollout = Some(failed);
    assert!(
        text(&fixture.plan()).contains("! the last rollout of exactly this was rolled back: tasks failed to start")
    );
}

#[test]
fn a_draining_service_is_created_anew() {
    let mut fixture = Fixture::deployed();
    fixture.service("api").draining = true;
    assert!(text(&fixture.plan()).starts_with("1 api: create registered (Create)"));
}

#[test]
fn a_service_without_a_build_is_left_as_it_is() {
    let mut fixture = Fixture::deployed();
    fixture.builds.artifacts.clear();
    let plan = fixture.plan();
    assert!(plan.in_sync());
    assert_eq!(plan.services["api"], ServiceStanding::WaitsForBuild { artifact: "app".to_owned() });
}

#[test]
fn a_setting_that_has_no_name_in_the_declaration_is_drift_and_goes() {
    let mut fixture = Fixture::deployed();
    fixture.setting("api", "placementStrategy", json!([{"type": "spread", "field": "host"}]));
    assert_snapshot!(text(&fixture.plan()), @r#"
    1 api: update keep and placementStrategy (InPlace)
        overrides.service.placementStrategy: [{"field":"host","type":"spread"}] -> -
    "#);
}

#[test]
fn what_aws_adds_by_itself_is_no_drift() {
    let mut fixture = Fixture::deployed();
    for (member, value) in [
        ("availabilityZoneRebalancing", json!("DISABLED")),
        ("role", json!("arn:aws:iam::0:role/aws-service-role/ecs")),
        ("placementConstraints", json!([])),
        ("serviceConnectConfiguration", json!({"enabled": false})),
        ("serviceRegistries", json!([])),
        ("resourceManagementType", json!("CUSTOMER")),
    ] {
        fixture.setting("api", member, value);
    }
    let container = fixture.container("api");
    for (member, value) in [
        ("cpu", json!(0)),
        ("mountPoints", json!([])),
        ("versionConsistency", json!("enabled")),
        ("systemControls", json!([])),
        ("restartPolicy", json!({"enabled": false, "restartAttemptPeriod": 300})),
    ] {
        container.insert(member.to_owned(), value);
    }
    assert!(fixture.plan().in_sync(), "{}", text(&fixture.plan()));
}

#[test]
fn an_undeclared_service_is_deleted_only_when_it_is_owned() {
    let mut fixture = Fixture::deployed();
    let mut owned = fixture.service("worker").clone();
    owned.name = "old".to_owned();
    let mut foreign = owned.clone();
    foreign.name = "foreign".to_owned();
    foreign.tags.clear();
    let mut of_another_environment = owned.clone();
    of_another_environment.name = "other".to_owned();
    of_another_environment.tags.values_mut().for_each(|owner| *owner = "prod".to_owned());
    for service in [owned, foreign, of_another_environment] {
        fixture.live.services.insert(service.name.clone(), service);
    }
    assert_snapshot!(text(&fixture.plan()), @"1 old: delete (Delete)");
}
