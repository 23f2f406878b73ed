use insta::assert_snapshot;
use ops_model::observation::ObservedSecret;
use ops_model::plan::ServiceStanding;

use crate::fixture::{FULL, Fixture, text};

#[test]
fn a_plan_waits_for_terraform_and_names_the_paths() {
    let mut fixture = Fixture::deployed();
    let applied = fixture.platform.applied_from.clone();
    fixture.environment.services.get_mut("api").expect("declared").workload.container.port = Some(9090);
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
    fixture.setting("api", "desiredCount", serde_json::json!(7));
    let plan = fixture.plan();
    assert_snapshot!(text(&plan), @r#"gate {"gate":"not_owned","service":"api","owner":null}"#);
    assert_eq!(plan.services["api"], ServiceStanding::NotOwned);
}

#[test]
fn a_missing_secret_stops_the_plan_before_anything_changes() {
    let mut fixture = Fixture::full();
    let unreadable = ObservedSecret::Unreadable { why: "not authorized to perform ssm:DescribeParameters".to_owned() };
    fixture.live.secrets.insert("ssm:/slipway/dev/key".to_owned(), unreadable);
    fixture.live.secrets.insert("secretsmanager:slipway/dev/database".to_owned(), ObservedSecret::Empty);
    assert_snapshot!(text(&fixture.plan()), @r#"
    gate {"gate":"secrets","unusable":[{"user":"api","path":"secrets.API_KEY","place":"ssm:/slipway/dev/key","why":"not authorized to perform ssm:DescribeParameters"},{"user":"api","path":"secrets.DATABASE_PASSWORD","place":"secretsmanager:slipway/dev/database","why":"nobody has put a value into it yet"}]}
    1 api: update register (NewDeployment)
        secrets.API_KEY: arn:ssm:/slipway/dev/key -> arn:aws:ssm:ap-northeast-2:000000000000:parameter/slipway/dev/key
        secrets.API_KEY.version: 1 -> -
        secrets.DATABASE_PASSWORD: arn:secretsmanager:slipway/dev/database:password:: -> arn:aws:secretsmanager:ap-northeast-2:000000000000:secret:slipway/dev/database:password::
        secrets.DATABASE_PASSWORD.version: 1 -> -
    "#);
}

#[test]
fn a_rotated_secret_rolls_its_service_and_a_pinned_version_does_not() {
    let mut fixture = Fixture::full();
    let rotated = |place: &str| ObservedSecret::Present { version: "2".to_owned(), arn: format!("arn:{place}") };
    fixture.live.secrets.insert("ssm:/slipway/dev/key".to_owned(), rotated("ssm:/slipway/dev/key"));
    assert_snapshot!(text(&fixture.plan()), @r"
    1 api: update register (NewDeployment)
        secrets.API_KEY.version: 1 -> 2
    ");

    let mut fixture =
        Fixture::of(&FULL.replace("key: password }", "key: password, version: 0123456789abcdef0123456789abcdef }"));
    fixture.carry_out(&fixture.plan());
    let place = "secretsmanager:slipway/dev/database";
    fixture.live.secrets.insert(place.to_owned(), rotated(place));
    assert!(fixture.plan().in_sync(), "{}", text(&fixture.plan()));
    let secrets = fixture.container("api")["secrets"].to_string();
    assert!(secrets.contains("arn:secretsmanager:slipway/dev/database:password::0123456789abcdef"), "{secrets}");
}
