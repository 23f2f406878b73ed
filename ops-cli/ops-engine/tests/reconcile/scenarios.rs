use std::time::Duration;

use insta::{assert_json_snapshot, assert_snapshot};
use ops_engine::cloud::AlarmState;
use ops_engine::event::{Event, EventSink};
use ops_engine::reconcile::ReconcileRequest;
use ops_engine::verification::{VerifyError, held, verify};
use ops_model::observation::{TargetHealth, TargetState};
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, Kind};
use ops_model::record::Record;
use ops_plan::Selector;
use ops_sim::{ImageBehaviour, ScenarioBehaviour};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::crashes::{kill_after, reconcile_after_a_kill};
use crate::fixture::{CLUSTER, Declared, Fixture, LISTENER, image, outcome, outcomes};

const REPORTS: &str = "api: { file: infra/scenarios/api.hurl }";
const ROLLS_BACK: &str = "api: { file: infra/scenarios/api.hurl, after_failure: roll_back }";

fn with(scenarios: &str) -> Declared<'_> {
    Declared { scenarios, ..Declared::default() }
}

/// Build a with these scenarios, running and verified.
async fn deployed(scenarios: &str) -> Fixture {
    let mut fixture = Fixture::new();
    fixture.declare(with(scenarios));
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    fixture
}

/// Then build b, on which the scenario `api` goes like this.
async fn then_b(fixture: &mut Fixture, scenarios: &str, behaviour: ScenarioBehaviour) -> Record {
    fixture.account.set_scenario("api", &image('b'), behaviour);
    fixture.declare(Declared { build: 'b', ..with(scenarios) });
    fixture.reconcile().await
}

fn always() -> ScenarioBehaviour {
    ScenarioBehaviour::Fails { attempts: u32::MAX }
}

/// Images that the services run, by service.
async fn images(fixture: &Fixture) -> Vec<(String, char)> {
    let names = ["api", "worker"].map(str::to_owned);
    let services = fixture.cloud().containers.describe_services(CLUSTER, &names).await.expect("an answer");
    let build = |image: &str| image.chars().last().expect("a digest");
    services
        .into_iter()
        .map(|live| {
            let image = live.task_definition.content.containers().next().expect("a container").image().to_owned();
            (live.name, build(&image))
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn scenarios_run_after_every_wave_and_are_given_what_they_need() {
    let scenarios = "api: { file: infra/scenarios/api.hurl, variables: { count: \"5\" } }";
    let fixture = deployed(scenarios).await;
    let attempts = fixture.account.scenario_attempts();
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].text, "text of api");
    let variables: Vec<_> = attempts[0].variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(variables, ["commit=c0ffee", "count=5", "environment=dev", "url=http://slipway.example"]);
    let record = &fixture.records().await[0];
    assert_eq!(record.verified.as_ref().map(String::len), Some(64));
    let api = outcome(record, Kind::Scenario, "api");
    assert_eq!((api.outcome, &api.reason), (Outcome::Succeeded, &None));
    let run = api.evidence.scenario.as_ref().expect("it was run");
    assert_eq!((run.attempts, run.requests.len(), run.milliseconds), (1, 1, 500));

    // Nothing differs, and it is known that they have passed on this.
    assert_eq!(fixture.reconcile().await.outcome, Outcome::InSync);
    assert_eq!(fixture.account.scenario_attempts().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_scenario_rolls_a_good_rollout_back_and_says_what_was_wrong() {
    let mut fixture = deployed(ROLLS_BACK).await;
    let seen = fixture.write_count();
    let record = then_b(&mut fixture, ROLLS_BACK, always()).await;
    assert_eq!(record.outcome, Outcome::RolledBack);
    assert_eq!(outcomes(&record), [("api", Outcome::RolledBack), ("worker", Outcome::RolledBack)]);
    assert_eq!(images(&fixture).await, [("api".to_owned(), 'a'), ("worker".to_owned(), 'a')]);
    assert_snapshot!("rolled_back_writes", fixture.writes_since(seen));
    let api = outcome(&record, Kind::Service, "api");
    assert_eq!(api.reason.as_deref(), Some("rolled back, because scenario api failed"));
    assert_json_snapshot!("rolled_back_evidence", outcome(&record, Kind::Scenario, "api"));
    assert_eq!(fixture.records().await[0], record);
}

/// The settings of `api`, and where its tasks and its traffic are.
async fn api(fixture: &Fixture) -> (Map<String, Value>, Vec<TargetHealth>) {
    let cloud = fixture.cloud();
    let api = cloud.containers.describe_services(CLUSTER, &["api".to_owned()]).await.expect("an answer").remove(0);
    let mut reached = Vec::new();
    for rule in cloud.targets.listener_rules(LISTENER).await.expect("readable") {
        for (group, _) in rule.weights.iter().filter(|(_, weight)| **weight > 0) {
            reached.extend(cloud.targets.target_health(group).await.expect("readable"));
        }
    }
    (api.settings.0, reached)
}

#[tokio::test(start_paused = true)]
async fn what_goes_back_has_the_container_the_port_and_the_settings_of_its_time() {
    let before = Declared { api: "connect: {}\nexec: true\nreadonly_root_filesystem: false", ..with(ROLLS_BACK) };
    let capacity = "capacity: { fargate_spot: {} }\ncontainer_name: main\nconnect: { name: backend, port: 80 }";
    let after = Declared {
        build: 'b',
        port: 8081,
        api: capacity,
        deployment: "minimum_healthy_percent: 50, alarms: [errors]",
        grace_seconds: 60,
        ..with(ROLLS_BACK)
    };
    let mut fixture = Fixture::new();
    fixture.by_hand().set_alarm("errors", AlarmState::Fine);
    fixture.declare(before);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    fixture.account.set_scenario("api", &image('b'), always());
    fixture.declare(after);
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::RolledBack, "{record:?}");
    assert_eq!(images(&fixture).await, [("api".to_owned(), 'a'), ("worker".to_owned(), 'a')]);
    assert_snapshot!("rolled_back_settings", fixture.writes_since(seen));
    assert_eq!(api(&fixture).await.0["loadBalancers"][0]["containerPort"], 8080);
    // Git goes back, and finds every setting as it was.
    fixture.declare(before);
    assert!(fixture.plan().await.in_sync(), "{:?}", fixture.plan().await);
}

#[tokio::test(start_paused = true)]
async fn going_back_over_a_change_of_strategy_leaves_traffic_with_the_tasks() {
    let ways = [("", "strategy: blue_green"), ("strategy: blue_green", "")];
    for (before, after) in ways {
        let declared = |build, port, deployment| Declared { build, port, deployment, ..with(ROLLS_BACK) };
        let mut fixture = Fixture::new();
        fixture.declare(declared('a', 8080, before));
        assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
        fixture.account.set_scenario("api", &image('b'), always());
        fixture.declare(declared('b', 8081, after));
        let record = fixture.reconcile().await;
        assert_eq!(record.outcome, Outcome::RolledBack, "{before:?}, {after:?}: {record:?}");
        assert_eq!(images(&fixture).await, [("api".to_owned(), 'a'), ("worker".to_owned(), 'a')]);
        let (settings, reached) = api(&fixture).await;
        assert_eq!(settings["loadBalancers"][0]["containerPort"], 8080);
        let healthy = reached.iter().filter(|target| target.state == TargetState::Healthy).count();
        assert_eq!(healthy, if after.is_empty() { 0 } else { 2 }, "{settings:?}");
        fixture.declare(declared('a', 8080, before));
        assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
        assert!(fixture.plan().await.in_sync());
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_rolled_back_is_not_deployed_again_until_something_changes_or_somebody_says_so() {
    let mut fixture = deployed(ROLLS_BACK).await;
    let failed = then_b(&mut fixture, ROLLS_BACK, always()).await;
    let seen = fixture.write_count();
    // However often automation comes by, and however many records lie between.
    for _ in 0..3 {
        let record = fixture.reconcile().await;
        assert_eq!(record.outcome, Outcome::Held);
        let gate = Gate::FailedVerification { record: failed.id.clone(), scenarios: vec!["api".to_owned()] };
        assert_eq!(record.gates, [gate]);
    }
    assert_eq!(fixture.writes_since(seen), "");
    let gate = held(&fixture.cloud(), &fixture.declaration, &fixture.scenarios().texts).await.expect("the records");
    assert!(matches!(gate, Some(Gate::FailedVerification { .. })), "{gate:?}");

    // A corrected file is something else.
    let mut request = fixture.request();
    request.scenarios.texts.insert("api".to_owned(), "corrected".to_owned());
    fixture.account.set_scenario("api", &image('b'), ScenarioBehaviour::Fails { attempts: 1 });
    let record = fixture.try_reconcile(request, CancellationToken::new()).await.expect("a verdict");
    assert_eq!(record.outcome, Outcome::RolledBack);

    // What it needed is there now.
    let request = ReconcileRequest { verify_again: true, ..fixture.request() };
    let record = fixture.try_reconcile(request, CancellationToken::new()).await.expect("a verdict");
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert_eq!(images(&fixture).await, [("api".to_owned(), 'b'), ("worker".to_owned(), 'b')]);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::InSync);
}

#[tokio::test(start_paused = true)]
async fn taking_it_back_in_git_is_in_sync_with_what_was_rolled_back_and_is_verified() {
    let mut fixture = deployed(ROLLS_BACK).await;
    then_b(&mut fixture, ROLLS_BACK, always()).await;
    let seen = fixture.write_count();
    fixture.declare(with(ROLLS_BACK));
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert_eq!(fixture.writes_since(seen), "");
    assert_eq!(fixture.reconcile().await.outcome, Outcome::InSync);
}

#[tokio::test(start_paused = true)]
async fn a_failed_scenario_that_only_reports_leaves_what_serves_and_is_tried_again_by_the_next_reconcile() {
    let mut fixture = deployed(REPORTS).await;
    let record = then_b(&mut fixture, REPORTS, ScenarioBehaviour::Fails { attempts: 2 }).await;
    assert_eq!(record.outcome, Outcome::NotVerified);
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded), ("worker", Outcome::Succeeded)]);
    assert!(fixture.plan().await.in_sync());
    let seen = fixture.write_count();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::NotVerified);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::InSync);
    assert_eq!(fixture.writes_since(seen), "");
}

#[tokio::test(start_paused = true)]
async fn a_scenario_that_passes_at_a_further_attempt_has_passed() {
    let scenarios = "api: { file: infra/scenarios/api.hurl, retries: 2, after_failure: roll_back }";
    let mut fixture = deployed(scenarios).await;
    fixture.account.set_scenario("api", &image('b'), ScenarioBehaviour::Fails { attempts: 2 });
    fixture.declare(Declared { build: 'b', ..with(scenarios) });
    let (record, told) = fixture.reconcile_and_listen().await;
    assert_eq!(record.outcome, Outcome::Succeeded);
    let run = outcome(&record, Kind::Scenario, "api").evidence.scenario.clone().expect("it was run");
    // Three times half a second, and two seconds between.
    assert_eq!((run.attempts, run.milliseconds, run.failures.len()), (3, 5500, 0));
    let failed = told.iter().filter_map(|event| match event {
        Event::ScenarioAttemptFailed { attempt, of, why, .. } => Some(format!("{attempt} of {of}: {why}")),
        _ => None,
    });
    assert_snapshot!(failed.collect::<Vec<_>>().join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_scenario_that_does_not_end_in_time_has_failed() {
    let scenarios = "api: { file: infra/scenarios/api.hurl, timeout_seconds: 30, after_failure: roll_back }";
    let mut fixture = deployed(scenarios).await;
    let record = then_b(&mut fixture, scenarios, ScenarioBehaviour::Hangs).await;
    assert_eq!(record.outcome, Outcome::RolledBack, "{record:?}");
    let api = outcome(&record, Kind::Scenario, "api");
    assert_eq!(api.reason.as_deref(), Some("it did not pass within 30 s"));
    assert_eq!(api.evidence.scenario.as_ref().expect("it was run").milliseconds, 30_000);
}

#[tokio::test(start_paused = true)]
async fn an_interruption_while_a_scenario_runs_takes_nothing_back() {
    let mut fixture = deployed(ROLLS_BACK).await;
    fixture.account.set_scenario("api", &image('b'), ScenarioBehaviour::Hangs);
    fixture.declare(Declared { build: 'b', ..with(ROLLS_BACK) });
    let cancelled = CancellationToken::new();
    let interrupt = async {
        while fixture.account.scenario_attempts().len() < 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        cancelled.cancel();
    };
    let (record, ()) = tokio::join!(fixture.try_reconcile(fixture.request(), cancelled.clone()), interrupt);
    let record = record.expect("a verdict");
    assert_eq!(record.outcome, Outcome::Interrupted);
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded), ("worker", Outcome::Succeeded)]);
    assert_eq!(images(&fixture).await, [("api".to_owned(), 'b'), ("worker".to_owned(), 'b')]);
    // The next one makes up for it.
    fixture.account.set_scenario("api", &image('b'), ScenarioBehaviour::Passes);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn a_first_deployment_has_nothing_to_go_back_to_and_says_so() {
    let mut fixture = Fixture::new();
    fixture.account.set_scenario("api", &image('a'), always());
    fixture.declare(with(ROLLS_BACK));
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::NotVerified);
    let reason = outcome(&record, Kind::Service, "api").reason.clone().expect("a reason");
    assert_eq!(reason, "left as it is, although scenario api failed: nothing ran before that it could go back to");
}

#[tokio::test(start_paused = true)]
async fn what_ran_before_and_was_not_healthy_is_nothing_to_go_back_to() {
    let mut fixture = deployed(ROLLS_BACK).await;
    // A third task is wanted, and its image is gone.
    fixture.account.push_image(&image('a'), ImageBehaviour::CannotBePulled);
    fixture.by_hand().set_desired_count("api", 3).expect("api is there");
    let record = then_b(&mut fixture, ROLLS_BACK, always()).await;
    let reason = outcome(&record, Kind::Service, "api").reason.clone().expect("a reason");
    assert!(reason.contains("was not healthy itself"), "{reason}");
    assert_eq!(outcome(&record, Kind::Service, "api").outcome, Outcome::Succeeded, "build b serves");
}

#[tokio::test(start_paused = true)]
async fn going_back_that_fails_is_a_failure() {
    let mut fixture = deployed(ROLLS_BACK).await;
    fixture.account.set_scenario("api", &image('b'), always());
    fixture.declare(Declared { build: 'b', ..with(ROLLS_BACK) });
    let meddle = async {
        while fixture.account.scenario_attempts().len() < 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        fixture.account.push_image(&image('a'), ImageBehaviour::NeverHealthy);
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), meddle);
    assert_eq!(record.outcome, Outcome::Failed, "{record:?}");
    let reason = outcome(&record, Kind::Service, "api").reason.clone().expect("a reason");
    assert!(reason.starts_with("scenario api failed, and going back failed too: "), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn after_a_deployment_that_failed_no_scenario_is_run() {
    let mut fixture = deployed(ROLLS_BACK).await;
    fixture.account.push_image(&image('b'), ImageBehaviour::NeverHealthy);
    let record = then_b(&mut fixture, ROLLS_BACK, ScenarioBehaviour::Passes).await;
    assert_eq!(record.outcome, Outcome::RolledBack);
    assert_eq!(outcome(&record, Kind::Scenario, "api").outcome, Outcome::NotStarted);
    assert_eq!(record.verified, None);
    // ECS took it back, and no scenario is to blame: it may be tried again.
    assert_ne!(fixture.reconcile().await.outcome, Outcome::Held);
}

#[tokio::test(start_paused = true)]
async fn a_secret_reaches_the_scenario_and_nothing_else() {
    let scenarios = "api: { file: infra/scenarios/api.hurl, secrets: { token: { from: secretsmanager:slipway/dev/scenarios/keys, key: api } } }";
    let mut fixture = Fixture::new();
    let stored = r#"{"api": "planted-secret-1", "other": "planted-secret-2"}"#;
    fixture.account.put_secret_value("secretsmanager:slipway/dev/scenarios/keys", stored);
    fixture.account.set_scenario("api", &image('a'), always());
    fixture.declare(with(scenarios));
    let (record, told) = fixture.reconcile_and_listen().await;
    assert_eq!(record.outcome, Outcome::NotVerified);
    let attempts = fixture.account.scenario_attempts();
    assert_eq!(attempts[0].secrets["token"].expose(), "planted-secret-1");
    let everything = format!("{record:?} {told:?} {attempts:?} {:?}", fixture.records().await);
    assert!(!everything.contains("planted-secret"), "{everything}");
}

#[tokio::test(start_paused = true)]
async fn a_scenario_that_cannot_be_run_rolls_nothing_back() {
    let scenarios = "api: { file: infra/scenarios/api.hurl, secrets: { token: ssm:/slipway/dev/scenarios/token }, after_failure: roll_back }";
    let place = "ssm:/slipway/dev/scenarios/token";
    let mut fixture = Fixture::new();
    fixture.account.put_secret_value(place, "value");
    fixture.declare(with(scenarios));
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    fixture.by_hand().delete_secret(place).expect("it was there");
    let record = then_b(&mut fixture, scenarios, ScenarioBehaviour::Passes).await;
    assert_eq!(record.outcome, Outcome::NotVerified);
    let api = outcome(&record, Kind::Scenario, "api");
    assert_snapshot!(api.reason.as_deref().expect("a reason"));
    assert!(api.evidence.scenario.is_none());
    assert_eq!(fixture.account.scenario_attempts().len(), 1, "that of build a");
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded), ("worker", Outcome::Succeeded)]);
    fixture.account.put_secret_value(place, "value");
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn scenarios_alone_change_nothing_and_keep_no_record() {
    let scenarios = "api: { file: infra/scenarios/api.hurl }\nweb: { file: infra/scenarios/web.hurl }";
    let fixture = deployed(scenarios).await;
    let (writes, records) = (fixture.account.writes().len(), fixture.records().await.len());
    let run = |only: &'static [&'static str]| {
        let only: Vec<_> = only.iter().map(|name| (*name).to_owned()).collect();
        let fixture = &fixture;
        async move {
            let (cloud, token) = (fixture.cloud(), CancellationToken::new());
            let scenarios = fixture.scenarios();
            verify(&cloud, &fixture.declaration, "c0ffee", &scenarios, &only, &EventSink::silent(), &token).await
        }
    };
    let names = |outcomes: Vec<_>| {
        let outcomes: Vec<ops_model::outcome::ChangeOutcome> = outcomes;
        outcomes.into_iter().map(|it| (it.name, it.outcome)).collect::<Vec<_>>()
    };
    let both = [("api".to_owned(), Outcome::Succeeded), ("web".to_owned(), Outcome::Succeeded)];
    assert_eq!(names(run(&[]).await.expect("verdicts")), both);
    assert_eq!(names(run(&["web"]).await.expect("verdicts")), both[1..]);
    assert!(matches!(run(&["wbe"]).await, Err(VerifyError::NoSuchScenario { .. })));
    assert_eq!((fixture.account.writes().len(), fixture.records().await.len()), (writes, records));
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_plan_leaves_the_rest_for_later_and_is_verified_too() {
    let mut fixture = deployed(REPORTS).await;
    fixture.declare(Declared { build: 'b', ..with(REPORTS) });
    let only: Vec<Selector> = vec!["service/api".parse().expect("a selector")];
    let request = ReconcileRequest { only, ..fixture.request() };
    let record = fixture.try_reconcile(request, CancellationToken::new()).await.expect("a verdict");
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert_eq!(record.only, ["service/api"]);
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded)]);
    assert_eq!(fixture.account.scenario_attempts().len(), 2);
    assert_eq!(images(&fixture).await, [("api".to_owned(), 'b'), ("worker".to_owned(), 'a')]);
    let plan = fixture.plan().await;
    assert_eq!(plan.changes().map(|change| change.name.as_str()).collect::<Vec<_>>(), ["worker"]);
    // Not everything of these builds was deployed: nothing to come back to.
    let other = Declared { build: 'c', ..with(REPORTS) }.read();
    assert!(!ops_engine::rollback::is_good_and_other(&record, &other.builds));

    let request = ReconcileRequest { only: vec!["service/apo".parse().expect("a selector")], ..fixture.request() };
    let error = fixture.try_reconcile(request, CancellationToken::new()).await.expect_err("nothing of this name");
    assert_eq!(error.to_string(), "dev knows no service/apo");
}

#[tokio::test(start_paused = true)]
async fn a_reconcile_killed_at_any_call_is_verified_by_the_next_one() {
    for calls in (0..66).step_by(3) {
        let mut fixture = deployed(REPORTS).await;
        let before = fixture.account.scenario_attempts().len();
        fixture.declare(Declared { build: 'b', ..with(REPORTS) });
        kill_after(&fixture, calls).await;
        let record = reconcile_after_a_kill(&fixture).await;
        assert!(record.outcome.is_success(), "after {calls} calls: {record:?}");
        assert!(fixture.plan().await.in_sync(), "after {calls} calls");
        assert!(fixture.account.scenario_attempts().len() > before, "after {calls} calls nothing was verified");
        assert_eq!(fixture.reconcile().await.outcome, Outcome::InSync, "after {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollback_killed_at_any_call_never_claims_more_than_it_did() {
    let mut left_behind = 0;
    for calls in (0..120).step_by(4) {
        let mut fixture = deployed(ROLLS_BACK).await;
        fixture.account.set_scenario("api", &image('b'), always());
        fixture.declare(Declared { build: 'b', ..with(ROLLS_BACK) });
        kill_after(&fixture, calls).await;
        let record = reconcile_after_a_kill(&fixture).await;
        assert!(!record.outcome.is_success(), "after {calls} calls: {record:?}");
        for (service, _) in images(&fixture).await.iter().filter(|(_, build)| *build == 'b') {
            // Either it went back, or it is said that it did not.
            let said = record.outcomes.iter().find(|it| it.kind == Kind::Service && it.name == *service);
            if said.is_some() {
                left_behind += 1;
            }
            let untruth = said.is_some_and(|it| it.outcome == Outcome::RolledBack);
            assert!(!untruth, "{service} after {calls} calls: {record:?}");
            assert!(said.is_some() || record.outcome == Outcome::NotVerified, "{service}, {calls}: {record:?}");
        }
        // Git goes back, and so does everything.
        fixture.declare(with(ROLLS_BACK));
        assert!(fixture.reconcile().await.outcome.is_success(), "after {calls} calls");
        assert!(images(&fixture).await.iter().all(|(_, build)| *build == 'a'), "after {calls} calls");
    }
    assert!(left_behind > 0, "no kill hit the rollback");
}
