use insta::assert_snapshot;
use ops_model::plan::ServiceStanding;

use crate::fixture::{Fixture, text};

#[test]
fn a_plan_waits_for_terraform_and_names_the_paths() {
    let mut fixture = Fixture::deployed();
    let applied = fixture.platform.applied_from.clone();
    fixture.environment.services.get_mut("api").expect("declared").port = Some(9090);
    fixture.environment.network.zones.push("ap-northeast-2b".to_owned());
    fixture.apply_terraform();
    fixture.platform.applied_from = applied;
    let plan = fixture.plan();
    assert_eq!(plan.terraform_behind, ["network.zones", "services.api.port"]);
    assert!(
        text(&plan).starts_with(r#"gate {"gate":"terraform_behind","paths":["network.zones","services.api.port"]}"#)
    );
}

#[test]
fn a_service_that_terraform_has_not_made_room_for_waits() {
    let mut fixture = Fixture::deployed();
    fixture.platform.services.remove("worker");
    let plan = fixture.plan();
    assert_eq!(plan.services["worker"], ServiceStanding::WaitsForTerraform);
}

#[test]
fn a_removed_service_does_not_wait_for_terraform_which_could_not_go_first() {
    let mut fixture = Fixture::deployed();
    let applied = fixture.platform.applied_from.clone();
    fixture.environment.services.remove("worker");
    fixture.apply_terraform();
    fixture.platform.applied_from = applied;
    let plan = fixture.plan();
    assert_eq!(plan.terraform_behind, ["services.worker (removed)"]);
    assert_snapshot!(text(&plan), @"1 worker: delete (Delete)");
}

#[test]
fn most_services_going_at_once_trips_the_breaker() {
    let mut fixture = Fixture::deployed();
    fixture.environment.services.clear();
    fixture.apply_terraform();
    assert_snapshot!(text(&fixture.plan()), @r#"
    gate {"gate":"deletions","services":["api","worker"],"owned":2}
    1 api: delete (Delete)
    1 worker: delete (Delete)
    "#);
}

#[test]
fn a_service_that_somebody_else_made_is_not_touched() {
    let mut fixture = Fixture::deployed();
    fixture.service("api").tags.clear();
    fixture.service("api").settings.desired_count = 7;
    let plan = fixture.plan();
    assert_snapshot!(text(&plan), @r#"gate {"gate":"not_owned","service":"api","owner":null}"#);
    assert_eq!(plan.services["api"], ServiceStanding::NotOwned);
}
