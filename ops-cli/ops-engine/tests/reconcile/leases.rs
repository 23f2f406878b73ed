use std::time::Duration;

use ops_engine::lease::{self, LeaseError, Standing};
use ops_engine::reconcile::{ReconcileError, ReconcileRequest};
use ops_model::outcome::Outcome;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::fixture::{BUCKET, Declared, Fixture, platform};

const LEASE_KEY: &str = ops_engine::lease::LEASE_KEY;

async fn lease(fixture: &Fixture) -> Value {
    let object = fixture.cloud().objects.get(BUCKET, LEASE_KEY).await.expect("readable").expect("a lease");
    serde_json::from_slice(&object.body).expect("a lease is JSON")
}

#[tokio::test(start_paused = true)]
async fn of_two_reconciles_at_once_one_works_and_the_other_says_who_holds_it() {
    let fixture = Fixture::new();
    let later = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        fixture.try_reconcile(fixture.request(), CancellationToken::new()).await
    };
    let (first, second) = tokio::join!(fixture.reconcile(), later);
    assert_eq!(first.outcome, Outcome::Succeeded);
    let error = second.expect_err("the lease is held");
    let ReconcileError::Lease(LeaseError::Held { holder, .. }) = error else { panic!("{error}") };
    assert_eq!(holder.process, std::process::id());
}

#[tokio::test(start_paused = true)]
async fn who_waits_finds_the_work_done() {
    let fixture = Fixture::new();
    let later = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let mut request = fixture.request();
        request.patience_for_lease = Duration::from_secs(600);
        fixture.try_reconcile(request, CancellationToken::new()).await
    };
    let (first, second) = tokio::join!(fixture.reconcile(), later);
    assert_eq!(first.outcome, Outcome::Succeeded);
    assert_eq!(second.expect("a verdict").outcome, Outcome::InSync);
}

#[tokio::test(start_paused = true)]
async fn who_waits_goes_by_what_terraform_has_made_meanwhile() {
    let fixture = Fixture::new();
    let declaration = Declared { lock_days: Some(1), ..Declared::default() }.read();
    let later = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let patience_for_lease = Duration::from_secs(600);
        let request = ReconcileRequest { declaration: declaration.clone(), patience_for_lease, ..fixture.request() };
        fixture.try_reconcile(request, CancellationToken::new()).await
    };
    let apply = async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        fixture.account.provision(&platform(&declaration), BUCKET).expect("a platform serialises");
    };
    let (first, second, ()) = tokio::join!(fixture.reconcile(), later, apply);
    assert_eq!(first.outcome, Outcome::Succeeded);
    assert_eq!(second.expect("a verdict").outcome, Outcome::InSync, "Terraform is no longer behind");
}

#[tokio::test(start_paused = true)]
async fn waiting_for_somebody_else_can_be_interrupted() {
    let fixture = Fixture::new();
    let cancelled = CancellationToken::new();
    let later = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let mut request = fixture.request();
        request.patience_for_lease = Duration::from_secs(600);
        fixture.try_reconcile(request, cancelled.clone()).await
    };
    let interrupt = async {
        tokio::time::sleep(Duration::from_secs(9)).await;
        cancelled.cancel();
    };
    let (first, second, ()) = tokio::join!(fixture.reconcile(), later, interrupt);
    assert_eq!(first.outcome, Outcome::Succeeded);
    assert!(matches!(second, Err(ReconcileError::Lease(LeaseError::Interrupted { .. }))), "{second:?}");
}

#[tokio::test(start_paused = true)]
async fn a_released_lease_is_free_and_its_fencing_number_grows() {
    let fixture = Fixture::deployed().await;
    let free = lease(&fixture).await;
    assert_eq!(free["held"], Value::Null);
    fixture.reconcile().await;
    assert_eq!(lease(&fixture).await["fencing_number"], json!(2));
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_renewed_for_as_long_as_the_work_takes() {
    let mut fixture = Fixture::deployed().await;
    // Longer than the lease lives without renewal.
    let slow = ops_sim::ImageBehaviour::Healthy { start: Duration::from_secs(60) };
    fixture.account.push_image(&crate::fixture::image('b'), slow);
    fixture.declare(Declared { build: 'b', grace_seconds: 120, ..Declared::default() });
    let later = async {
        tokio::time::sleep(Duration::from_secs(75)).await;
        fixture.try_reconcile(fixture.request(), CancellationToken::new()).await
    };
    let (first, second) = tokio::join!(fixture.reconcile(), later);
    assert_eq!(first.outcome, Outcome::Succeeded);
    assert!(matches!(second, Err(ReconcileError::Lease(LeaseError::Held { .. }))), "{second:?}");
}

#[tokio::test(start_paused = true)]
async fn the_lease_of_a_holder_elsewhere_has_to_run_out() {
    let fixture = Fixture::new();
    let now = ops_engine::clock::Clock::now(&fixture.account.clock());
    let holder =
        json!({"actor": "arn:other", "host": "elsewhere", "process": 1, "process_space": "other boot", "since": now});
    let expires_at = now + jiff::SignedDuration::from_secs(60);
    let held = json!({"version": 1, "fencing_number": 7, "held": {"holder": holder, "expires_at": expires_at}});
    fixture.put(LEASE_KEY, &held.to_string()).await;
    let refused = fixture.try_reconcile(fixture.request(), CancellationToken::new()).await;
    assert!(matches!(refused, Err(ReconcileError::Lease(LeaseError::Held { .. }))), "{refused:?}");
    tokio::time::sleep(Duration::from_secs(70)).await;
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_eq!(lease(&fixture).await["fencing_number"], json!(8));
}

#[tokio::test(start_paused = true)]
async fn a_lost_lease_lets_go_of_the_work() {
    let fixture = Fixture::new();
    let steal = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let held = json!({"version": 1, "fencing_number": 9, "held": null});
        fixture.account.put_object(BUCKET, LEASE_KEY, held.to_string().into_bytes());
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), steal);
    assert_eq!(record.outcome, Outcome::Interrupted, "{record:?}");
    assert!(record.error.as_deref().is_some_and(|error| error.contains("lease was lost")), "{record:?}");
    assert_eq!(lease(&fixture).await["fencing_number"], json!(9), "what is not ours is not written over");
}

async fn look(fixture: &Fixture) -> lease::LeaseStatus {
    let objects = fixture.cloud().objects;
    lease::look(objects.as_ref(), &fixture.account.clock(), "dev", BUCKET).await.expect("readable")
}

async fn break_it(fixture: &Fixture) -> Result<lease::Broken, LeaseError> {
    let objects = fixture.cloud().objects;
    let (clock, actor, reason) = (fixture.account.clock(), "arn:aws:iam::1:user/ann".to_owned(), "it hangs".to_owned());
    lease::break_lease(objects.as_ref(), &clock, "dev", BUCKET, actor, reason).await
}

#[tokio::test(start_paused = true)]
async fn a_broken_lease_stops_its_holder_is_free_and_remembers_who_broke_it() {
    let fixture = Fixture::new();
    let breaking = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let before = look(&fixture).await;
        assert!(matches!(before.standing, Standing::Held { .. }), "{before:?}");
        let broken = break_it(&fixture).await.expect("it was held");
        assert_eq!(broken.holder.process, std::process::id());
        assert_eq!(look(&fixture).await.standing, Standing::Free);
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), breaking);
    assert_eq!(record.outcome, Outcome::Interrupted, "{record:?}");
    // The next takes it with a higher number, and what happened stays written.
    fixture.reconcile().await;
    let after = look(&fixture).await;
    assert_eq!((after.standing, after.fencing_number), (Standing::Free, 3));
    assert_eq!(after.broken.map(|broken| broken.reason), Some("it hangs".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_nobody_holds_is_not_broken() {
    let fixture = Fixture::new();
    assert!(matches!(break_it(&fixture).await, Err(LeaseError::NotHeld { .. })));
    fixture.reconcile().await;
    assert!(matches!(break_it(&fixture).await, Err(LeaseError::NotHeld { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_has_run_out_is_abandoned() {
    let fixture = Fixture::new();
    let now = ops_engine::clock::Clock::now(&fixture.account.clock());
    let holder = json!({"actor": "arn:other", "host": "elsewhere", "process": 1, "process_space": null, "since": now});
    let held = json!({"version": 1, "fencing_number": 7, "held": {"holder": holder, "expires_at": now}});
    fixture.put(LEASE_KEY, &held.to_string()).await;
    assert!(matches!(look(&fixture).await.standing, Standing::Held { .. }), "clocks differ a little");
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(matches!(look(&fixture).await.standing, Standing::Abandoned { .. }));
}
