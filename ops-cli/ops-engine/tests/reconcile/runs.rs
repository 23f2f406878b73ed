//! Tasks that are run by hand.

use std::time::Duration;

use ops_engine::event::Event;
use ops_engine::promote::{PromoteError, verified_builds};
use ops_engine::run_task::{RunTaskError, RunTaskRequest};
use ops_model::outcome::Outcome;
use ops_model::plan::Kind;
use ops_model::record::Operation as Asked;
use ops_sim::{ImageBehaviour, Operation, Write};
use tokio_util::sync::CancellationToken;

use crate::fixture::{Declared, Fixture, log, migrations, outcome};

const DECLARED: &str = "report: { artifact: migrations, command: [report], cpu: 256, memory: 512 }";

async fn fixture() -> Fixture {
    let mut fixture = Fixture::new();
    fixture.declare(Declared { tasks: DECLARED, ..Declared::default() });
    assert!(fixture.reconcile().await.outcome.is_success());
    fixture.account.write_log(&migrations('a'), Duration::from_secs(2), "three lines counted");
    fixture
}

fn runs(fixture: &Fixture) -> Vec<ops_engine::cloud::RunTask> {
    let writes = fixture.account.container_writes().into_iter();
    let runs = writes.filter_map(|write| match write {
        Write::RunTask { request, .. } => Some(request),
        _ => None,
    });
    runs.collect()
}

#[tokio::test(start_paused = true)]
async fn a_run_by_hand_is_followed_and_recorded() {
    let fixture = fixture().await;
    let (record, events) = fixture.run(fixture.run_request("report"), CancellationToken::new()).await.expect("it ran");
    assert_eq!((record.operation, record.outcome), (Asked::Run, Outcome::Succeeded), "{record:?}");
    assert_eq!(log(&events), ["three lines counted"]);
    assert!(events.iter().any(|event| matches!(event, Event::TaskStarted { adopted: false, .. })));
    assert_eq!(fixture.records().await[0], record);
    // The same again is another run of the same revision.
    fixture.run(fixture.run_request("report"), CancellationToken::new()).await.expect("it ran");
    let runs = runs(&fixture);
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[0].task_definition, runs[1].task_definition);
    assert_ne!(runs[0].client_token, runs[1].client_token);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn arguments_take_the_place_of_the_command_and_stay_out_of_the_record() {
    let fixture = fixture().await;
    let arguments = vec!["report".to_owned(), "--token=hush".to_owned()];
    let request = RunTaskRequest { arguments: arguments.clone(), ..fixture.run_request("report") };
    let (record, _) = fixture.run(request, CancellationToken::new()).await.expect("it ran");
    let sent = runs(&fixture)[0].command.clone().expect("a command");
    assert_eq!((sent.container.as_str(), sent.command), ("report", arguments));
    assert!(!serde_json::to_string(&record).expect("it serialises").contains("hush"));
}

#[tokio::test(start_paused = true)]
async fn its_exit_code_is_the_verdict() {
    let fixture = fixture().await;
    let fails = ImageBehaviour::Exits { exit_code: 4, after: Duration::from_secs(5) };
    fixture.account.push_image(&migrations('a'), fails);
    let (record, _) = fixture.run(fixture.run_request("report"), CancellationToken::new()).await.expect("it ran");
    let run = outcome(&record, Kind::Task, "report");
    assert_eq!(run.outcome, Outcome::Failed);
    assert_eq!(run.evidence.tasks[0].containers[0].exit_code, Some(4));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_does_not_run_it_twice() {
    let fixture = fixture().await;
    fixture.account.faults().lose_answer(Operation::RunTask, 1);
    let (record, _) = fixture.run(fixture.run_request("report"), CancellationToken::new()).await.expect("it ran");
    assert_eq!(record.outcome, Outcome::Succeeded);
    let started = fixture.cloud().containers.tasks_started_by("slipway-dev", "slipway/dev/run/report").await;
    assert_eq!(started.expect("readable").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_interrupts_leaves_it_running_or_stops_it() {
    for (stop_on_interrupt, status) in [(false, "RUNNING"), (true, "STOPPED")] {
        let fixture = fixture().await;
        fixture.account.push_image(&migrations('a'), ImageBehaviour::NeverHealthy);
        let cancelled = CancellationToken::new();
        let request = RunTaskRequest { stop_on_interrupt, ..fixture.run_request("report") };
        let interrupt = async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            cancelled.cancel();
        };
        let (run, ()) = tokio::join!(fixture.run(request, cancelled.clone()), interrupt);
        let (record, _) = run.expect("it has a verdict");
        let run = outcome(&record, Kind::Task, "report");
        assert_eq!(run.outcome, Outcome::Interrupted);
        let arn = run.rollout.as_deref().expect("it ran");
        let task = fixture.cloud().containers.task("slipway-dev", arn).await.expect("readable").expect("known");
        assert_eq!(task.last_status, status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_by_hand_is_not_the_run_that_services_wait_for() {
    let mut fixture = Fixture::new();
    fixture.declare(Declared { migrate: true, ..Declared::default() });
    fixture.run(fixture.run_request("migrate"), CancellationToken::new()).await.expect("it ran");
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_eq!(runs(&fixture).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_run_says_why() {
    let mut fixture = fixture().await;
    let run = fixture.run(fixture.run_request("unknown"), CancellationToken::new()).await;
    assert!(matches!(run, Err(RunTaskError::NoSuchTask { .. })));
    // Declared since Terraform was last applied.
    let tasks = format!("{DECLARED}\nnew: {{ artifact: app, cpu: 256, memory: 512 }}");
    fixture.declaration = Declared { tasks: &tasks, ..Declared::default() }.read();
    let run = fixture.run(fixture.run_request("new"), CancellationToken::new()).await;
    assert!(matches!(run, Err(RunTaskError::WaitsForTerraform { .. })));
    let run = fixture.run(fixture.run_request("report"), CancellationToken::new()).await;
    assert!(run.is_ok(), "what it needs is there, though Terraform is behind");
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_missing_is_named_before_anything_is_registered() {
    let mut fixture = fixture().await;
    let tasks = "report: { artifact: migrations, cpu: 256, memory: 512, secrets: { KEY: \"ssm:/slipway/dev/key\" } }";
    fixture.declare(Declared { tasks, ..Declared::default() });
    let seen = fixture.write_count();
    let run = fixture.run(fixture.run_request("report"), CancellationToken::new()).await;
    let error = run.expect_err("its secret is not there");
    assert!(error.to_string().contains("ssm:/slipway/dev/key"), "{error}");
    assert_eq!(fixture.writes_since(seen), "");
}

#[tokio::test(start_paused = true)]
async fn a_run_by_hand_is_no_evidence_of_a_deployment() {
    let mut fixture = Fixture::new();
    fixture.declare(Declared { tasks: DECLARED, ..Declared::default() });
    fixture.run(fixture.run_request("report"), CancellationToken::new()).await.expect("it ran");
    let only = ["migrations".to_owned()];
    let verified = verified_builds(&fixture.cloud(), &fixture.account.clock(), &fixture.declaration, &only).await;
    assert!(matches!(verified, Err(PromoteError::NoEvidence { .. })), "{verified:?}");
    assert!(fixture.reconcile().await.outcome.is_success());
    let verified = verified_builds(&fixture.cloud(), &fixture.account.clock(), &fixture.declaration, &only).await;
    assert_eq!(verified.expect("deployed").len(), 1);
}
