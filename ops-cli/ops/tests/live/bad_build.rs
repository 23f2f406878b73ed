//! A build that starts and never becomes healthy.

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::{Fixture, PORT, WRONG_PORT};

#[test]
fn a_bad_build_is_rolled_back_explained_and_goes_no_further() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    let good = fixture.account.service("dev", "api")["taskDefinition"].clone();
    let prod = fixture.team.read("infra/environments/prod/builds.yaml");
    fixture.build("2.0.0", WRONG_PORT);

    let rolled_back = fixture.ops(&["reconcile", "dev", "--yes"]);
    for evidence in ["  likely   api runs, and does not pass", "  seen     "] {
        assert!(rolled_back.stdout.contains(evidence), "{rolled_back}");
    }
    assert_snapshot!("rolled_back", rolled_back);
    assert_eq!(fixture.account.service("dev", "api")["taskDefinition"], good);
    assert_eq!(fixture.account.rollouts("dev", "worker").len(), 1, "the worker comes after api and was not touched");
    assert_snapshot!("plan_after_rollback", fixture.ops(&["plan", "dev"]));

    assert_snapshot!("promotion_of_a_bad_build", fixture.ops(&["promote", "dev", "prod"]));
    assert_eq!(fixture.team.read("infra/environments/prod/builds.yaml"), prod);
    assert_eq!(fixture.team.changed_files(), "");

    let never = fixture.ops(&["rollback", "dev", "--to", "0.9.0"]);
    assert_snapshot!("rollback_to_what_never_ran", never);
    let (before, _) = fixture.team.commits();
    assert_snapshot!("rollback", fixture.ops(&["rollback", "dev"]));
    let commits = fixture.team.git_succeeds(&["rev-list", "--count", "HEAD~1"]);
    assert_eq!(commits, before, "one commit");
    assert_snapshot!("rollback_commit", fixture.team.git_succeeds(&["show", "--format=%B", "HEAD"]));
    assert_snapshot!("in_sync_after_rollback", fixture.ops(&["reconcile", "dev", "--yes"]));
    assert_snapshot!("held", fixture.ops(&["hold", "dev"]));
    let file = fixture.team.read("infra/environments/dev/builds.yaml");
    let bad = file.rsplit("digest: ").next().and_then(|rest| rest.lines().next()).expect("the digest of the hold");
    let image = format!("app=000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/slipway/app@{bad}");
    let promote = ["promote", "dev", "--image", &image, "--build-version", "2.0.0"];
    assert_snapshot!("promotion_of_a_held_build", fixture.ops(&promote));
    let good = file.split("digest: ").nth(1).and_then(|rest| rest.lines().next()).expect("the digest of the build");
    fixture.team.write("infra/environments/dev/builds.yaml", &file.replacen(good, bad, 1));
    assert_snapshot!("held_build_declared", fixture.ops(&["check", "dev"]));
    fixture.team.write("infra/environments/dev/builds.yaml", &file);
    let again = fixture.ops(&["rollback", "dev"]);
    assert_eq!(again.exit_code, Some(1), "{again}");
    assert_snapshot!("rollback_with_nothing_before", again);

    assert_snapshot!("hold_lifted", fixture.ops(&["hold", "dev", "--lift", "app", "--reason", "it was the port"]));
    assert_snapshot!("nothing_held", fixture.ops(&["hold", "dev"]));
    assert_eq!(fixture.ops(&promote).exit_code, Some(0));
}

#[test]
fn a_rollback_to_a_version_is_deployed_at_once() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    let first = fixture.account.service("dev", "api")["taskDefinition"].clone();
    for version in ["2.0.0", "3.0.0"] {
        fixture.build(version, PORT);
        let deployed = fixture.ops(&["reconcile", "dev", "--yes", "--quiet"]);
        assert_eq!(deployed.exit_code, Some(0), "{deployed}");
    }
    let run =
        fixture.ops(&["rollback", "dev", "--to", "1.0.0", "--reason", "orders are lost", "--reconcile", "--quiet"]);
    assert_snapshot!("rolled_back_at_once", run);
    let content = |task_definition: &serde_json::Value| {
        let answer =
            fixture.account.ecs("DescribeTaskDefinition", serde_json::json!({"taskDefinition": task_definition}));
        answer["taskDefinition"]["containerDefinitions"][0]["image"].clone()
    };
    assert_eq!(content(&fixture.account.service("dev", "api")["taskDefinition"]), content(&first));
    assert!(fixture.ops(&["hold", "dev"]).stdout.contains("app 3.0.0"), "what it went back from is held");
}
