//! What ops deployed, and what somebody else changed since, written down again.

use serde_json::json;

use crate::fixture::Fixture;

#[test]
fn a_cluster_is_written_down_and_adopted() {
    let fixture = Fixture::deployed();
    let region = ["--region", "ap-northeast-2"];
    let import = |more: &[&str]| {
        let fixed = ["import", "--environment", "copy", "--cluster", "slipway-dev"];
        fixture.ops(&[&fixed[..], &region, more].concat())
    };
    let run = import(&[]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert!(run.stdout.contains("The plan is empty: "), "{run}");
    let check = fixture.ops(&["check", "copy"]);
    assert_eq!(check.exit_code, Some(0), "{check}");
    let declared = fixture.team.read("infra/environments/copy/environment.yaml");
    assert!(declared.contains("family: slipway-dev-api") || !declared.contains("family:"), "{declared}");

    // What the declaration has no name for is overridden.
    let by_hand = json!({"cluster": "slipway-dev", "service": "api", "propagateTags": "TASK_DEFINITION"});
    fixture.account.ecs("UpdateService", by_hand);
    let run = import(&["--service", "api", "--force"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let declared = fixture.team.read("infra/environments/copy/environment.yaml");
    assert!(declared.contains("propagateTags: TASK_DEFINITION"), "{declared}");

    // dev owns it.
    let adopted = import(&["--force", "--adopt", "--yes"]);
    assert_eq!(adopted.exit_code, Some(1), "{adopted}");
    assert!(adopted.stderr.contains("belongs to environment dev"), "{adopted}");
    let unknown = import(&["--service", "nobody", "--force"]);
    assert!(unknown.exit_code == Some(1) && unknown.stderr.contains("nobody"), "{unknown}");
}
