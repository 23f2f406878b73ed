//! What is looked at before anything is changed.

use ops_engine::cloud::{AlarmState, CloudErrorKind};
use ops_engine::preflight::{Finding, Verdict, check_live};
use ops_sim::{ImageBehaviour, Operation};

use crate::fixture::{Declared, Fixture, image};

const DECLARED: Declared<'_> = Declared {
    build: 'a',
    count: 2,
    timeout_seconds: 900,
    grace_seconds: 30,
    services: &["api", "worker"],
    port: 8080,
    migrate: true,
    api: "secrets: { API_KEY: \"ssm:/slipway/dev/key\" }",
    deployment: "strategy: blue_green, alarms: [api-errors]",
    worker_deployment: "",
    tasks: "",
    lock_days: None,
    scenarios: "",
    gates: "alarms: [errors]",
};

fn ready() -> Fixture {
    let mut fixture = Fixture::new();
    fixture.declare(DECLARED);
    fixture.account.put_secret("ssm:/slipway/dev/key");
    fixture.by_hand().set_alarm("api-errors", AlarmState::Fine);
    fixture.by_hand().set_alarm("errors", AlarmState::NotEnoughData);
    for code in [("ecs", "L-9EF96962"), ("ecs", "L-92E49DE3"), ("fargate", "L-3032A538")] {
        fixture.by_hand().set_quota(code.0, code.1, 100.0);
    }
    fixture
}

async fn check(fixture: &Fixture) -> Vec<Finding> {
    check_live(&fixture.cloud(), &fixture.account.clock(), &fixture.declaration).await.expect("the account can be read")
}

/// Checks that failed: whose, what and why.
async fn failed(fixture: &Fixture) -> Vec<String> {
    let failed = check(fixture).await.into_iter().filter_map(|finding| match finding.verdict {
        Verdict::Failed { why } => Some(format!("{}: {}: {why}", finding.subject, finding.check)),
        Verdict::Ok | Verdict::Skipped { .. } => None,
    });
    failed.collect()
}

#[tokio::test(start_paused = true)]
async fn all_that_is_ready_is_said_to_be_so_and_nothing_is_changed() {
    let fixture = ready();
    let findings = check(&fixture).await;
    let text: String = findings.iter().map(|it| format!("{}: {}: {:?}\n", it.subject, it.check, it.verdict)).collect();
    insta::assert_snapshot!(text);
    assert_eq!(fixture.writes_since(0), "");
    assert!(fixture.reconcile().await.outcome.is_success());
    assert_eq!(failed(&fixture).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn each_thing_that_is_missing_is_named() {
    type Break = fn(&Fixture);
    let breaks: [(Break, &str); 9] = [
        (|it| it.account.push_image(&image('a'), ImageBehaviour::CannotBePulled), "there is no such image"),
        (|it| it.account.set_platforms(&image('a'), &["linux/arm64"]), "it is for linux/arm64"),
        (|it| it.by_hand().delete_secret("ssm:/slipway/dev/key").expect("there"), "it is not there"),
        (|it| it.by_hand().deny("arn:aws:iam::role/api-execution", "ssm:GetParameters"), "may not read it"),
        (|it| it.by_hand().delete_role("arn:aws:iam::role/worker-task").expect("there"), "there is no such role"),
        (|it| it.by_hand().set_alarm("api-errors", AlarmState::Firing), "it is going off already"),
        (|it| it.by_hand().set_alarm("errors", AlarmState::Firing), "dev: alarm errors: it is going off already"),
        (|it| it.by_hand().set_quota("ecs", "L-92E49DE3", 3.0), "4 are needed at most, 3 are allowed"),
        (|it| it.account.create_role("arn:aws:iam::role/api-traffic", &["lambda.amazonaws.com"]), "ecs.amazonaws.com"),
    ];
    for (break_it, said) in breaks {
        let fixture = ready();
        break_it(&fixture);
        let failed = failed(&fixture).await;
        assert!(failed.iter().any(|failed| failed.contains(said)), "{said}: {failed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_looked_at_is_skipped_and_never_fine() {
    let fixture = ready();
    fixture.account.faults().fail(Operation::GetRole, CloudErrorKind::AccessDenied, 100);
    let findings = check(&fixture).await;
    let mut roles = findings.iter().filter(|finding| finding.check.starts_with("role ")).peekable();
    assert!(roles.peek().is_some());
    assert!(roles.all(|role| matches!(&role.verdict, Verdict::Skipped { why } if why.contains("GetRole"))));
}

#[tokio::test(start_paused = true)]
async fn an_image_that_several_run_is_asked_for_once() {
    let fixture = ready();
    let asked = |fixture: &Fixture| fixture.cloud().calls.calls().get("ecr:BatchGetImage").copied().unwrap_or_default();
    let before = asked(&fixture);
    check(&fixture).await;
    assert_eq!(asked(&fixture) - before, 2, "that of both services, and that of the task");
}
