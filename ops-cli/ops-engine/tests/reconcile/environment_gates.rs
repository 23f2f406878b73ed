//! Gates that an environment declares for itself, on the simulated account, which opens on 1 January 2026, a Thursday.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ops_engine::approve::{Approval, ApproveError, ApproveRequest, approve};
use ops_engine::cloud::{AlarmState, CallerIdentity, Cloud, CloudError, CloudErrorKind, Identity};
use ops_engine::environment_gates::holding;
use ops_engine::event::Event;
use ops_engine::history;
use ops_engine::permission::Permission;
use ops_engine::reconcile::{ReconcileRequest, survey};
use ops_model::declaration::{Build, Declaration};
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, GateOverride, MissingSoak, OverridableGate};
use ops_model::record::{Operation as Asked, Record};
use ops_sim::Operation;
use tokio_util::sync::CancellationToken;

use crate::fixture::{BUCKET, Declared, Fixture};

const FREEZE: &str = "freeze: { reason: holidays, until: \"2026-01-02T00:00:00Z\" }";
const TWO_PEOPLE: &str = "promotion: { from: staging, approvals: 2 }";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A build that is not there yet, under these gates.
fn gated(build: char, gates: &str) -> Declaration {
    Declared { build, gates, ..Declared::default() }.read()
}

/// Build `a` runs; then the gates come, and build `b`.
async fn then_b(gates: &str) -> Fixture {
    let mut fixture = Fixture::deployed().await;
    fixture.apply(gated('b', gates));
    fixture
}

/// What is written into `builds.yaml` by a promotion from `staging` whose reconcile began now.
fn promoted(fixture: &mut Fixture, artifact: &str) {
    let now = ops_engine::clock::Clock::now(&fixture.account.clock());
    let millis = u64::try_from(now.as_millisecond()).expect("after 1970");
    let evidence = ulid::Ulid::from_parts(millis, 1).to_string();
    let build = fixture.declaration.builds.artifacts.get_mut(artifact).expect("a build");
    *build = Build { promoted_from: Some("staging".to_owned()), evidence: Some(evidence), ..build.clone() };
}

fn overriding(fixture: &Fixture, gates: &[OverridableGate]) -> ReconcileRequest {
    let permission = Permission::default().overriding(gates.to_vec(), "the login is down".to_owned());
    ReconcileRequest { permission, ..fixture.request() }
}

async fn reconcile(fixture: &Fixture, request: ReconcileRequest) -> Record {
    fixture.try_reconcile(request, CancellationToken::new()).await.expect("the reconcile has a verdict")
}

#[tokio::test(start_paused = true)]
async fn a_frozen_environment_is_left_alone_until_the_freeze_ends() {
    let fixture = then_b(FREEZE).await;
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held, "{record:?}");
    assert!(matches!(record.gates.as_slice(), [Gate::Freeze { .. }]), "{record:?}");
    assert_eq!(fixture.writes_since(seen), "");
    tokio::time::advance(DAY).await;
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn what_is_in_sync_is_in_sync_though_it_is_frozen() {
    let mut fixture = Fixture::deployed().await;
    fixture.apply(gated('a', FREEZE));
    let record = fixture.reconcile().await;
    assert_eq!((record.outcome, record.gates.len()), (Outcome::InSync, 0), "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn a_window_that_is_not_open_holds() {
    let fixture = then_b("windows: [{ days: [friday], from: \"09:00\", to: \"17:00\", time_zone: UTC }]").await;
    let record = fixture.reconcile().await;
    let [Gate::Windows { opens_at: Some(opens_at), .. }] = record.gates.as_slice() else { panic!("{record:?}") };
    assert_eq!(opens_at.to_string(), "2026-01-02T09:00:00Z");
    tokio::time::advance(Duration::from_secs(33 * 60 * 60)).await;
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn an_override_is_said_before_anything_is_done_and_kept() {
    let fixture = then_b(FREEZE).await;
    let overridden = [OverridableGate::Freeze, OverridableGate::Alarms];
    let (record, told) = fixture.listen_to(overriding(&fixture, &overridden)).await;
    assert_eq!((record.outcome, record.gates.len()), (Outcome::Succeeded, 0), "{record:?}");
    let said = |gate, held| GateOverride { gate, reason: "the login is down".to_owned(), held };
    let expected = [said(OverridableGate::Freeze, true), said(OverridableGate::Alarms, false)];
    assert_eq!(record.overrides, expected);
    let first = told.first().expect("something was told");
    assert!(matches!(first, Event::Overriding { overrides } if overrides == &expected), "{first:?}");
    let kept = history::one(fixture.cloud().objects.as_ref(), BUCKET, &record.id).await.expect("readable");
    assert_eq!(kept.overrides, expected);
}

#[tokio::test(start_paused = true)]
async fn an_override_opens_no_other_gate() {
    let fixture = then_b(FREEZE).await;
    let others: Vec<_> = OverridableGate::ALL.into_iter().filter(|gate| *gate != OverridableGate::Freeze).collect();
    let record = reconcile(&fixture, overriding(&fixture, &others)).await;
    assert_eq!((record.outcome, record.gates.len()), (Outcome::Held, 1), "{record:?}");

    // Nor one that is about what is destroyed.
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { services: &[], gates: "deletions_percent: 10", ..Declared::default() });
    let record = reconcile(&fixture, overriding(&fixture, &OverridableGate::ALL)).await;
    assert_eq!(record.outcome, Outcome::Held, "{record:?}");
    assert!(matches!(record.gates.as_slice(), [Gate::Deletions { .. }]), "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_goes_off_or_is_not_there_or_cannot_be_read_holds() {
    let fixture = then_b("alarms: [errors, latency]").await;
    let why = |record: &Record| match record.gates.as_slice() {
        [Gate::Alarms { alarms }] => alarms.iter().map(|it| format!("{}: {}", it.name, it.why)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    fixture.by_hand().set_alarm("errors", AlarmState::Firing);
    let record = fixture.reconcile().await;
    assert_eq!(why(&record), ["errors: it is going off already", "latency: there is no such alarm"]);
    fixture.by_hand().set_alarm("errors", AlarmState::Fine);
    fixture.by_hand().set_alarm("latency", AlarmState::NotEnoughData);
    fixture.account.faults().fail(Operation::DescribeAlarms, CloudErrorKind::AccessDenied, 1);
    let unreadable = why(&fixture.reconcile().await);
    assert_eq!(unreadable.len(), 2);
    assert!(unreadable.iter().all(|why| why.contains("it cannot be read: ")), "{unreadable:?}");
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn a_build_soaks_elsewhere_before_it_comes() {
    let mut fixture = then_b("promotion: { from: staging, soak_minutes: 1440 }").await;
    let missing = |record: &Record| match record.gates.as_slice() {
        [Gate::Soak { missing, .. }] => missing.clone(),
        other => panic!("{other:?}"),
    };
    let record = fixture.reconcile().await;
    assert_eq!(missing(&record), MissingSoak::Promotion { promoted_from: None });
    promoted(&mut fixture, "app");
    assert!(matches!(missing(&fixture.reconcile().await), MissingSoak::Time { .. }));
    tokio::time::advance(DAY).await;
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);

    // The way back is short: `a` ran here. It holds though `a` was never promoted, and `c` never ran.
    fixture.apply(gated('a', "promotion: { from: staging, soak_minutes: 1440 }"));
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    fixture.apply(gated('c', "promotion: { from: staging, soak_minutes: 1440 }"));
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Held);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Held, "the record of the first is no evidence");
}

struct Somebody(&'static str);

#[async_trait]
impl Identity for Somebody {
    async fn caller(&self) -> Result<CallerIdentity, CloudError> {
        Ok(CallerIdentity {
            account: "000000000000".to_owned(),
            arn: format!("arn:aws:iam::000000000000:user/{}", self.0),
        })
    }
}

async fn approves(fixture: &Fixture, who: &'static str) -> Result<Approval, ApproveError> {
    let cloud = Cloud { identity: Arc::new(Somebody(who)), ..fixture.cloud() };
    let plan = fixture.plan().await;
    let request = ApproveRequest {
        declaration: &fixture.declaration,
        commit: "c0ffee",
        texts: &BTreeMap::new(),
        plan: &plan,
        reason: Some("tried it".to_owned()),
    };
    approve(&cloud, &fixture.account.clock(), request).await
}

fn approved_by(record: &Record) -> Vec<&str> {
    match record.gates.as_slice() {
        [Gate::Approvals { needed: 2, approved_by, .. }] => {
            approved_by.iter().filter_map(|arn| arn.rsplit('/').next()).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn two_people_approve_exactly_this() {
    let mut fixture = then_b(TWO_PEOPLE).await;
    promoted(&mut fixture, "app");
    assert_eq!(approved_by(&fixture.reconcile().await), Vec::<&str>::new());

    let approval = approves(&fixture, "ada").await.expect("the first");
    assert_eq!((approval.record.operation, approval.needed, approval.approved_by.len()), (Asked::Approve, 2, 1));
    assert_eq!(approval.record.reason.as_deref(), Some("tried it"));
    assert!(!approval.record.changes.is_empty(), "what was looked at");
    assert!(matches!(approves(&fixture, "ada").await, Err(ApproveError::Already { .. })), "not twice");
    assert_eq!(approved_by(&fixture.reconcile().await), ["ada"]);

    approves(&fixture, "grace").await.expect("the second");
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");

    // Drift is mended without asking anybody.
    fixture.by_hand().set_desired_count("api", 5).expect("scaled");
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn a_push_voids_approvals_and_taking_it_back_brings_them_back() {
    let mut fixture = then_b(TWO_PEOPLE).await;
    promoted(&mut fixture, "app");
    let before = fixture.declaration.clone();
    for who in ["ada", "grace"] {
        approves(&fixture, who).await.expect("kept");
    }
    fixture.apply(Declared { build: 'b', gates: TWO_PEOPLE, count: 3, ..Declared::default() }.read());
    promoted(&mut fixture, "app");
    assert_eq!(approved_by(&fixture.reconcile().await), Vec::<&str>::new());
    approves(&fixture, "ada").await.expect("of the new content");
    assert_eq!(approved_by(&fixture.reconcile().await), ["ada"]);
    fixture.apply(before);
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn an_approval_is_no_deployment_and_part_of_the_chain() {
    let mut fixture = then_b(TWO_PEOPLE).await;
    promoted(&mut fixture, "app");
    approves(&fixture, "ada").await.expect("kept");
    let (cloud, records) = (fixture.cloud(), fixture.records().await);
    let (approval, reconcile) = (&records[0], &records[1]);
    assert_eq!((approval.operation, reconcile.operation), (Asked::Approve, Asked::Reconcile));
    let last = history::last_act(cloud.objects.as_ref(), BUCKET).await.expect("readable").expect("a record");
    assert_eq!(last.id, reconcile.id);
    assert!(!ops_engine::rollback::is_good_and_other(approval, &reconcile.builds));
    let examination = history::examine(cloud.objects.as_ref(), BUCKET, &[], |_, _| {}).await.expect("readable");
    assert!(examination.breaks.is_empty(), "{examination:?}");
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_no_approvals_gets_none() {
    let fixture = then_b("promotion: { from: staging }").await;
    assert!(matches!(approves(&fixture, "ada").await, Err(ApproveError::NotAsked { .. })));
}

/// A plan shows the same gates as a reconcile, though it keeps no record.
#[tokio::test(start_paused = true)]
async fn a_plan_names_every_gate_that_holds_it() {
    let gates = format!("{FREEZE}\nalarms: [errors]\n{TWO_PEOPLE}");
    let fixture = then_b(&gates).await;
    let cloud = fixture.cloud();
    let survey = survey(&cloud, &fixture.account.clock(), &fixture.declaration).await.expect("readable");
    assert_eq!(survey.plan.gates, [], "they are not about what would be changed");
    let texts = BTreeMap::new();
    let held = holding(&cloud, &fixture.declaration, &texts, &survey.platform, &survey.observation, &survey.plan).await;
    let held: Vec<_> = held.expect("readable").iter().filter_map(OverridableGate::of).collect();
    use OverridableGate::{Alarms, Approvals, Freeze, Soak};
    assert_eq!(held, [Freeze, Alarms, Soak, Approvals]);
}
