//! What hangs on services and tasks: scaling, schedules, secrets; and changes that are more than a rollout.

use ops_engine::cloud::CloudErrorKind;
use ops_engine::permission::Permission;
use ops_engine::reconcile::ReconcileRequest;
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, Kind};
use ops_sim::{Operation, Write};
use tokio_util::sync::CancellationToken;

use crate::fixture::{CLUSTER, Declared, Fixture, SCHEDULES, outcome, outcomes};

const SCALED: &str = "scaling: { minimum: 2, maximum: 6, cpu: { target: 60 } }";
const SECRET: &str = "secrets: { API_KEY: \"ssm:/slipway/dev/key\" }";

async fn declared(declared: Declared<'_>) -> Fixture {
    let mut fixture = Fixture::new();
    fixture.declare(declared);
    fixture
}

#[tokio::test(start_paused = true)]
async fn scaling_is_put_mended_and_removed() {
    let mut fixture = declared(Declared { api: SCALED, ..Declared::default() }).await;
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    let scaling = fixture.cloud().scaling.scaling(CLUSTER).await.expect("readable");
    assert_eq!(scaling["api"].target["MaxCapacity"], 6);
    assert_eq!(scaling["api"].policies.len(), 1);
    assert!(fixture.plan().await.in_sync());

    // Within the bounds the count is not ours; outside it comes back to the nearest.
    fixture.by_hand().set_desired_count("api", 5).expect("api is there");
    assert!(fixture.plan().await.in_sync());
    fixture.by_hand().set_desired_count("api", 9).expect("api is there");
    assert_eq!(outcomes(&fixture.reconcile().await), [("api", Outcome::Succeeded)]);
    let service = fixture.cloud().containers.describe_services(CLUSTER, &["api".to_owned()]).await.expect("readable");
    assert_eq!(service[0].settings.desired_count(), Some(6));

    fixture.declare(Declared::default());
    let record = fixture.reconcile().await;
    assert_eq!(outcome(&record, Kind::Scaling, "api").outcome, Outcome::Succeeded, "{record:?}");
    assert!(fixture.cloud().scaling.scaling(CLUSTER).await.expect("readable").is_empty());
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_kind_that_is_not_declared_need_not_be_permitted_and_is_said_to_be_unknown() {
    let mut fixture = Fixture::deployed().await;
    let deny = |fixture: &Fixture| {
        let faults = fixture.account.faults();
        faults.fail(Operation::DescribeScalableTargets, CloudErrorKind::AccessDenied, 1);
        faults.fail(Operation::DescribeRules, CloudErrorKind::AccessDenied, 1);
    };
    deny(&fixture);
    let plan = fixture.plan().await;
    assert!(plan.in_sync(), "{plan:?}");
    assert_eq!(plan.unread.keys().collect::<Vec<_>>(), [&Kind::Scaling, &Kind::ListenerRule]);

    fixture.declare(Declared { api: SCALED, ..Declared::default() });
    deny(&fixture);
    let error = fixture.try_reconcile(fixture.request(), CancellationToken::new()).await.expect_err("unreadable");
    assert!(error.to_string().contains("cannot read"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_throttled_read_of_a_kind_that_is_not_declared_is_an_error_all_the_same() {
    let fixture = Fixture::deployed().await;
    fixture.account.faults().throttle(Operation::DescribeScalableTargets, 1);
    assert!(fixture.try_reconcile(fixture.request(), CancellationToken::new()).await.is_err());
}

const SCHEDULED: &str =
    "report: { artifact: migrations, cpu: 256, memory: 512, schedule: { at: \"cron(0 3 * * ? *)\" } }";

#[tokio::test(start_paused = true)]
async fn a_schedule_moves_with_the_build_and_goes_with_the_task() {
    let mut fixture = declared(Declared { tasks: SCHEDULED, ..Declared::default() }).await;
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    let target = |schedules: std::collections::BTreeMap<String, ops_model::observation::ObservedSchedule>| {
        let schedule = schedules.get("dev-report").expect("it is there").0.clone();
        schedule["Target"]["EcsParameters"]["TaskDefinitionArn"].as_str().map(str::to_owned).expect("an ARN")
    };
    let read = async |fixture: &Fixture| fixture.cloud().schedules.schedules(SCHEDULES).await.expect("readable");
    assert!(target(read(&fixture).await).ends_with("slipway-dev-report:1"));
    assert!(fixture.plan().await.in_sync());

    fixture.declare(Declared { build: 'b', tasks: SCHEDULED, ..Declared::default() });
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert!(target(read(&fixture).await).ends_with("slipway-dev-report:2"));
    assert!(fixture.plan().await.in_sync());

    // Terraform keeps the group while ops still has something in it.
    fixture.declaration = Declared { build: 'b', ..Declared::default() }.read();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert!(read(&fixture).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_schedule_whose_answer_was_lost_is_made_once() {
    let fixture = declared(Declared { tasks: SCHEDULED, ..Declared::default() }).await;
    fixture.account.faults().lose_answer(Operation::CreateSchedule, 1);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_missing_secret_holds_the_plan_before_anything_changes() {
    let fixture = declared(Declared { api: SECRET, ..Declared::default() }).await;
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held);
    assert!(
        matches!(&record.gates[0], Gate::Secrets { unusable } if unusable[0].place == "ssm:/slipway/dev/key"),
        "{:?}",
        record.gates
    );
    assert_eq!(fixture.writes_since(0), "");
    fixture.account.put_secret("ssm:/slipway/dev/key");
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn a_rotated_secret_rolls_those_who_use_it() {
    let mut fixture = Fixture::new();
    fixture.account.put_secret("ssm:/slipway/dev/key");
    fixture.declare(Declared { api: SECRET, ..Declared::default() });
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert!(fixture.plan().await.in_sync());
    fixture.by_hand().rotate_secret("ssm:/slipway/dev/key").expect("it is there");
    let record = fixture.reconcile().await;
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded)], "{record:?}");
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_change_of_configuration_alone_takes_the_same_way_as_a_build() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { api: "environment: { LOG_LEVEL: debug }", ..Declared::default() });
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded)], "{record:?}");
    let writes = fixture.writes_since(seen);
    assert_eq!(writes.matches("RegisterTaskDefinition").count(), 1, "{writes}");
    assert_eq!(writes.matches("UpdateService").count(), 1, "{writes}");
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_replacement_is_held_until_somebody_lets_it() {
    let fixture = Fixture::deployed().await;
    // AWS cannot change this of a service that is there.
    let daemon = |settings: &mut serde_json::Map<String, serde_json::Value>| {
        settings.insert("schedulingStrategy".to_owned(), "DAEMON".into());
    };
    fixture.by_hand().change_settings("api", daemon).expect("api is there");
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held, "{record:?}");
    assert!(matches!(&record.gates[0], Gate::Replacement { service, .. } if service == "api"), "{:?}", record.gates);
    assert_eq!(fixture.writes_since(seen), "");

    let request = ReconcileRequest { permission: Permission::from_flags(false, true), ..fixture.request() };
    let record = fixture.try_reconcile(request, CancellationToken::new()).await.expect("a verdict");
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded)], "{record:?}");
    let writes = fixture.writes_since(seen);
    assert!(writes.contains("DeleteService api") && writes.contains("CreateService api"), "{writes}");
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_plan_without_changes_takes_few_calls() {
    let mut fixture = declared(Declared { api: SCALED, tasks: SCHEDULED, ..Declared::default() }).await;
    assert!(fixture.reconcile().await.outcome.is_success());
    fixture.declare(Declared { api: SCALED, tasks: SCHEDULED, ..Declared::default() });
    let before = fixture.cloud().calls.calls();
    assert!(fixture.plan().await.in_sync());
    let after = fixture.cloud().calls.calls();
    let calls: String = after
        .iter()
        .filter_map(|(operation, count)| {
            let more = count - before.get(operation).copied().unwrap_or_default();
            (more > 0).then(|| format!("{operation} {more}\n"))
        })
        .collect();
    insta::assert_snapshot!(calls);
}

#[tokio::test(start_paused = true)]
async fn tags_alone_are_set_without_an_update() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { api: "tags: { team: web }", ..Declared::default() });
    let updates = |fixture: &Fixture| {
        fixture.account.container_writes().iter().filter(|write| matches!(write, Write::UpdateService(_))).count()
    };
    let before = updates(&fixture);
    let record = fixture.reconcile().await;
    assert_eq!(outcomes(&record), [("api", Outcome::Succeeded)], "{record:?}");
    assert_eq!(updates(&fixture), before);
    assert!(fixture.plan().await.in_sync());
}
