//! What is made of what AWS says, in its own words.

use insta::assert_snapshot;
use ops_model::observation::{ObservedContainer, ObservedTask, ServiceEvent, TargetHealth, TargetState};
use ops_model::outcome::{Evidence, LogLine, Outcome};
use ops_model::plan::Kind;
use ops_model::scenario::{ScenarioFailure, ScenarioRun};
use ops_plan::explain::{CauseClass, Failure, causes};

fn task(code: &str, reason: &str, containers: &[(&str, Option<i32>, Option<&str>)]) -> ObservedTask {
    let containers = containers.iter().map(|(name, exit_code, reason)| ObservedContainer {
        name: (*name).to_owned(),
        image_digest: None,
        exit_code: *exit_code,
        reason: reason.map(str::to_owned),
    });
    ObservedTask {
        arn: "arn:aws:ecs:eu-west-1:000000000000:task/slipway-dev/0f3c".to_owned(),
        task_definition: "slipway-dev-api:2".to_owned(),
        last_status: "STOPPED".to_owned(),
        stop_code: Some(code.to_owned()),
        stopped_reason: Some(reason.to_owned()),
        containers: containers.collect(),
    }
}

fn tasks(tasks: &[ObservedTask]) -> Evidence {
    Evidence { tasks: tasks.to_vec(), ..Evidence::default() }
}

fn failed_to_start(reason: &str) -> Evidence {
    tasks(&[task("TaskFailedToStart", reason, &[("api", None, None)])])
}

fn exited(code: i32, wrote: &str) -> Evidence {
    let task = task("EssentialContainerExited", "Essential container in task exited", &[("api", Some(code), None)]);
    let line = LogLine {
        at: "2026-01-01T00:00:00Z".parse().expect("a time"),
        task: "0f3c".to_owned(),
        container: "api".to_owned(),
        text: wrote.to_owned(),
    };
    Evidence { log: vec![line], ..tasks(&[task.clone(), task]) }
}

fn events(messages: &[&str]) -> Evidence {
    let event = |message: &&str| ServiceEvent { id: String::new(), at: None, message: (*message).to_owned() };
    Evidence { events: messages.iter().map(event).collect(), ..Evidence::default() }
}

fn target(reason: &str) -> TargetHealth {
    TargetHealth { target: "10.0.0.7:8080".to_owned(), state: TargetState::Unhealthy, reason: Some(reason.to_owned()) }
}

fn unhealthy(reason: &str) -> Evidence {
    let stopped = "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:r:0:targetgroup/api/1)";
    let task = task("ServiceSchedulerInitiated", stopped, &[("api", Some(137), None)]);
    Evidence { targets: vec![target(reason)], ..tasks(&[task]) }
}

fn told(kind: Kind, outcome: Outcome, reason: Option<&str>, evidence: &Evidence) -> String {
    let name = if kind == Kind::Task { "migrate" } else { "api" };
    let causes = causes(Failure { environment: "dev", kind, name, outcome: Some(outcome), reason, evidence });
    let lines = causes.iter().map(|cause| {
        let seen: String = cause.seen.iter().map(|seen| format!("  seen {seen}\n")).collect();
        let remedies: String = cause.remedies.iter().map(|remedy| format!("  do   {remedy}\n")).collect();
        format!("{:?} ({}): {}\n{seen}{remedies}", cause.class, cause.tasks, cause.what)
    });
    lines.collect()
}

fn service(evidence: &Evidence) -> String {
    told(Kind::Service, Outcome::RolledBack, None, evidence)
}

#[test]
fn images() {
    let image = "000000000000.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:0123";
    let texts = [
        format!("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {image}: not found"),
        format!("CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {image}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope"),
        format!("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: unexpected status from HEAD request: 403 Forbidden"),
        "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/amd64'".to_owned(),
        "CannotPullContainerError: ref pull has been retried 5 time(s): failed to do request: Head \"https://api.ecr/v2/app\": dial tcp 10.0.0.1:443: i/o timeout".to_owned(),
        "CannotPullContainerError: inspect image has been retried 5 time(s): httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx: 429 Too Many Requests - Server message: toomanyrequests".to_owned(),
        "CannotPullContainerError: write /var/lib/containerd/x: no space left on device".to_owned(),
        "CannotPullContainerError: unexpected end of JSON input".to_owned(),
    ];
    let told: Vec<_> = texts.iter().map(|text| service(&failed_to_start(text))).collect();
    assert_snapshot!(told.join("\n"));
}

#[test]
fn secrets_logs_and_volumes() {
    let texts = [
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): ResourceNotFoundException: Secrets Manager can't find the specified secret arn:aws:secretsmanager:eu-west-1:000000000000:secret:dev/database-x1Y2z3",
        "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: invalid parameters: /dev/token",
        "ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/api-execution/0f3c is not authorized to perform: secretsmanager:GetSecretValue",
        "ResourceInitializationError: unable to pull secrets or registry auth: retrieved secret from Secrets Manager did not contain json key password",
        "ResourceInitializationError: unable to pull secrets or registry auth: service call has been retried 1 time(s): RequestError: send request failed caused by: Post \"https://secretsmanager.eu-west-1.amazonaws.com/\": dial tcp 10.0.0.1:443: i/o timeout",
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: ResourceNotFoundException: The specified log group does not exist.",
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: Failed to resolve fs-01234567.efs.eu-west-1.amazonaws.com",
        "ResourceInitializationError: unable to set up the network interface",
    ];
    let told: Vec<_> = texts.iter().map(|text| service(&failed_to_start(text))).collect();
    assert_snapshot!(told.join("\n"));
}

#[test]
fn programs() {
    let killed = task(
        "EssentialContainerExited",
        "Essential container in task exited",
        &[
            ("api", Some(137), Some("OutOfMemoryError: Container killed due to memory usage")),
            ("proxy", Some(143), None),
        ],
    );
    let cannot_start = |text: &str| tasks(&[task("TaskFailedToStart", text, &[("api", None, None)])]);
    let told = [
        service(&exited(1, "Error: cannot connect to mysql://db:3306")),
        service(&exited(0, "bye")),
        service(&exited(127, "sh: 1: serve: not found")),
        service(&exited(137, "loading")),
        service(&exited(139, "")),
        service(&exited(255, "exec /bin/app: exec format error")),
        service(&tasks(&[killed])),
        service(&cannot_start(
            "CannotStartContainerError: failed to start shim: exec: \"/bin/serve\": stat /bin/serve: no such file or directory",
        )),
        told(Kind::Task, Outcome::Failed, None, &exited(3, "Duplicate column name 'paid'")),
    ];
    assert_snapshot!(told.join("\n"));
}

#[test]
fn health_checks() {
    let inside = task("ServiceSchedulerInitiated", "Task failed container health checks", &[("api", Some(137), None)]);
    let only_events = events(&[
        "(service api) (port 8080) is unhealthy in (target-group targetgroup/api/1) due to (reason Health checks failed).",
    ]);
    let told = [
        service(&unhealthy("Health checks failed with these codes: [500]")),
        service(&unhealthy("Request timed out")),
        service(&tasks(&[inside])),
        service(&only_events),
    ];
    assert_snapshot!(told.join("\n"));
}

#[test]
fn no_task_at_all() {
    let told = [
        service(&events(&[
            "(service api) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
        ])),
        service(&events(&[
            "(service api) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
        ])),
        service(&events(&[
            "(service api) failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::000000000000:role/api-execution' that was provided for this task.)",
        ])),
        service(&tasks(&[task("SpotInterruption", "Your Spot Task was interrupted.", &[("api", Some(143), None)])])),
        service(&tasks(&[task("UserInitiated", "Task stopped by user", &[("api", Some(0), None)])])),
    ];
    assert_snapshot!(told.join("\n"));
}

#[test]
fn what_ended_a_rollout() {
    let alarm = Evidence { alarms: vec!["api-errors".to_owned()], ..Evidence::default() };
    let none = Evidence::default();
    let of = |outcome, reason: &str, evidence| told(Kind::Service, outcome, Some(reason), evidence);
    let told = [
        of(Outcome::RolledBack, "alarms went off: api-errors", &alarm),
        of(Outcome::RolledBack, "Service deployment rolled back because a lifecycle hook timed out.", &none),
        of(Outcome::Superseded, "a newer rollout took its place: b to slipway-dev-api:3", &none),
        of(Outcome::Stopped, "Service deployment stopped by a user.", &none),
        of(Outcome::TimedOut, "still running after 900 seconds; it goes on in ECS", &none),
        of(Outcome::Failed, "ecs:UpdateService failed: AccessDeniedException: not authorized", &none),
        of(Outcome::Failed, "ecs:UpdateService failed: ThrottlingException: Rate exceeded", &none),
        of(Outcome::Failed, "ecs:UpdateService failed: connection refused", &none),
        of(Outcome::Failed, "ECS listed no rollout of api:3 after our call", &none),
    ];
    assert_snapshot!(told.join("\n"));
}

#[test]
fn scenarios() {
    let failure = ScenarioFailure {
        line: 4,
        column: 1,
        what: "Assert status code".to_owned(),
        text: "HTTP 200".to_owned(),
        details: vec!["actual value is <503>".to_owned()],
        request: Some("GET http://dev/healthz".to_owned()),
        status: Some(503),
        body: Some("no database".to_owned()),
    };
    let silent = ScenarioFailure { status: None, body: None, what: "HTTP connection".to_owned(), ..failure.clone() };
    let run = |failure: &ScenarioFailure| Evidence {
        scenario: Some(ScenarioRun {
            file: "infra/scenarios/smoke.hurl".to_owned(),
            failures: vec![failure.clone()],
            ..ScenarioRun::default()
        }),
        ..Evidence::default()
    };
    let told = [failure, silent].map(|failure| told(Kind::Scenario, Outcome::NotVerified, None, &run(&failure)));
    assert_snapshot!(told.join("\n"));
}

#[test]
fn what_kept_a_task_from_starting_comes_before_what_followed_from_it() {
    let missing = task("TaskFailedToStart", "CannotPullContainerError: r/app@sha256:0: not found", &[]);
    let crashed = task("EssentialContainerExited", "Essential container in task exited", &[("api", Some(1), None)]);
    let evidence =
        Evidence { targets: vec![target("Request timed out")], ..tasks(&[crashed.clone(), missing, crashed]) };
    let failure = Failure {
        environment: "dev",
        kind: Kind::Service,
        name: "api",
        outcome: None,
        reason: None,
        evidence: &evidence,
    };
    let classes: Vec<_> = causes(failure).iter().map(|cause| (cause.class, cause.tasks)).collect();
    assert_eq!(classes, [(CauseClass::ImageMissing, 1), (CauseClass::Crashed, 2)]);
}

#[test]
fn a_success_needs_no_explanation() {
    let evidence = exited(1, "a task of before");
    for outcome in [Outcome::Succeeded, Outcome::InSync, Outcome::NotStarted] {
        assert_eq!(told(Kind::Service, outcome, Some("why"), &evidence), "");
    }
}
