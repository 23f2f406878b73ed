//! Services that are there and not declared.

use insta::assert_snapshot;
use serde_json::json;

use crate::filters;
use crate::fixture::Fixture;

#[test]
fn what_is_ours_and_undeclared_goes_and_what_is_not_ours_stays() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    let task_definition = fixture.account.service("dev", "worker")["taskDefinition"].clone();
    let foreign = json!({
        "cluster": "slipway-dev", "serviceName": "theirs", "taskDefinition": task_definition, "desiredCount": 0,
        "launchType": "FARGATE", "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-a"]}},
    });
    fixture.account.ecs("CreateService", foreign);
    let path = "infra/environments/dev/environment.yaml";
    let declared = fixture.team.read(path);
    let (kept, _) = declared.split_once("  worker:\n").expect("a worker");
    fixture.team.write(path, kept);
    fixture.team.commit_all("Remove the worker");

    assert_snapshot!("plan_to_prune", fixture.ops(&["plan", "dev"]));
    assert_snapshot!("pruned", fixture.ops(&["reconcile", "dev", "--yes"]));
    assert_eq!(fixture.account.services("dev"), ["api", "theirs"]);

    let declared = fixture.team.read(path);
    let (kept, _) = declared.split_once("services:\n").expect("services");
    let kept = kept.replace("  api:\n    - from: load_balancer\n      port: 8080\n", "");
    fixture.team.write(path, &format!("{kept}services: {{}}\n"));
    fixture.team.commit_all("Remove everything");
    assert_snapshot!("too_many_deletions", fixture.ops(&["reconcile", "dev", "--yes"]));
    assert_eq!(fixture.account.services("dev"), ["api", "theirs"]);
    assert_snapshot!("deletions_allowed", fixture.ops(&["reconcile", "dev", "--yes", "--allow-deletions"]));
    assert_eq!(fixture.account.services("dev"), ["theirs"]);
}

#[test]
fn a_foreign_service_in_the_way_is_not_taken_over() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    let service = fixture.account.service("dev", "worker");
    let untag = json!({"resourceArn": service["serviceArn"], "tagKeys": ["slipway:environment"]});
    fixture.account.ecs("UntagResource", untag);
    assert_snapshot!("foreign_service_in_the_way", fixture.ops(&["plan", "dev"]));
    assert_eq!(fixture.json(&["plan", "dev"])["in_sync"], false);
    let held = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(held.exit_code, Some(3), "{held}");
}
