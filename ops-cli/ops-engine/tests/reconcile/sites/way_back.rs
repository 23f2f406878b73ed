//! A site goes back to what it served before when a scenario has failed.

use std::time::Duration;

use insta::assert_snapshot;
use ops_engine::reconcile::ReconcileRequest;
use ops_engine::verification::held;
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, Kind};
use ops_model::record::Record;
use ops_model::site::{ObjectHeaders, SiteState};
use ops_sim::ScenarioBehaviour;

use super::fixture::{Beside, DISTRIBUTION, SITE_BUCKET, SiteFixture, build};
use crate::fixture::{CLUSTER, outcome};

const VERIFIED: Beside = Beside { service: None, scenario: true };

/// Edges keep it until somebody tells them.
const CACHED: &str = "headers: [{ files: data.json, cache_control: max-age=999999 }]";

/// Build 1 with a scenario, served and verified.
async fn served(settings: &str, beside: Beside) -> SiteFixture {
    let mut fixture = SiteFixture::declaring(settings);
    fixture.promote(1, &build(1)).await;
    fixture.beside(beside);
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    fixture
}

/// Declares build 2, whose scenario fails.
async fn declare_bad(fixture: &mut SiteFixture, beside: Beside) {
    fixture.promote(2, &build(2)).await;
    fixture.beside(beside);
    let bad = fixture.stored().digest.to_string();
    fixture.account.set_scenario("pages", &bad, ScenarioBehaviour::Fails { attempts: u32::MAX });
}

/// Reconciles build 2, whose scenario fails.
async fn then_bad(fixture: &mut SiteFixture) -> Record {
    declare_bad(fixture, VERIFIED).await;
    fixture.reconcile().await
}

fn verdict(record: &Record) -> (Outcome, &str) {
    let site = outcome(record, Kind::Site, "web");
    (site.outcome, site.reason.as_deref().unwrap_or_default())
}

/// The one build that browsers see.
fn serves(fixture: &SiteFixture, version: u32) -> bool {
    build(version).iter().all(|(path, text)| {
        let served = fixture.browse(&format!("/{path}"));
        served.status == 200 && served.body == text.as_bytes()
    })
}

/// Digit of the image that the service runs.
async fn runs(fixture: &SiteFixture) -> char {
    let services = fixture.cloud().containers.describe_services(CLUSTER, &["worker".to_owned()]).await;
    let services = services.expect("an answer");
    let container = services[0].task_definition.content.containers().next().expect("a container");
    container.image().chars().last().expect("a digest")
}

#[tokio::test(start_paused = true)]
async fn a_failed_scenario_flips_a_site_back_without_an_upload() {
    let mut fixture = served(CACHED, VERIFIED).await;
    declare_bad(&mut fixture, VERIFIED).await;
    let uploads = async {
        while fixture.account.scenario_attempts().len() < 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // An edge has the file of the bad build now.
        assert_eq!(fixture.text("/data.json"), build(2)["data.json"]);
        fixture.write_count()
    };
    let (record, seen) = tokio::join!(fixture.reconcile(), uploads);
    assert_eq!(record.outcome, Outcome::RolledBack, "{record:?}");
    assert_eq!(verdict(&record), (Outcome::RolledBack, "rolled back, because scenario pages failed"));
    assert!(serves(&fixture, 1));
    // Whoever has opened the bad build finds what it loads.
    assert_eq!(fixture.text("/assets/app-0000002a.js"), "script 2");
    let writes = fixture.writes_since(seen);
    assert!(!writes.contains("s3:PutObject"), "{writes}");
    assert_eq!(writes.matches("cloudfront:CreateInvalidation").count(), 1, "{writes}");
    assert_snapshot!(writes);
    assert_eq!(fixture.current().await.expect("a note").state, SiteState::Live, "the edges were waited for");
}

#[tokio::test(start_paused = true)]
async fn what_was_flipped_back_is_not_published_again_until_something_changes_or_somebody_says_so() {
    let mut fixture = served("", VERIFIED).await;
    let first = fixture.stored();
    let failed = then_bad(&mut fixture).await;
    let seen = fixture.write_count();
    for _ in 0..3 {
        let record = fixture.reconcile().await;
        let gate = Gate::FailedVerification { record: failed.id.clone(), scenarios: vec!["pages".to_owned()] };
        assert_eq!((record.outcome, &record.gates), (Outcome::Held, &vec![gate]));
    }
    assert_eq!(fixture.writes_since(seen), "");
    let texts = fixture.scenarios().texts;
    let gate = held(&fixture.cloud(), &fixture.declaration, &texts).await.expect("the records");
    assert!(matches!(gate, Some(Gate::FailedVerification { .. })), "{gate:?}");
    // The plan names both.
    let plan = fixture.plan().await;
    let build = plan.changes().flat_map(|change| &change.differences).find(|it| it.path == "build");
    let build = build.expect("another build is declared");
    let declared = format!("2.0.0 {}", fixture.stored().digest.short());
    assert_eq!((build.live.as_deref(), build.declared.as_deref()), (Some(first.digest.short()), Some(&*declared)));

    // What it needed is there now; the bucket has all of it.
    let bad = fixture.stored();
    fixture.account.set_scenario("pages", &bad.digest.to_string(), ScenarioBehaviour::Passes);
    let record = fixture.try_request(ReconcileRequest { verify_again: true, ..fixture.request() }).await;
    assert_eq!(record.expect("a verdict").outcome, Outcome::Succeeded);
    assert!(serves(&fixture, 2));
    assert!(!fixture.writes_since(seen).contains("s3:PutObject"));
    assert_eq!(fixture.reconcile().await.outcome, Outcome::InSync);
}

#[tokio::test(start_paused = true)]
async fn git_that_goes_back_is_in_sync_with_what_was_flipped_back() {
    let mut fixture = served("", VERIFIED).await;
    let first = fixture.stored();
    then_bad(&mut fixture).await;
    fixture.declare(1, first);
    assert!(fixture.plan().await.in_sync());
    let seen = fixture.write_count();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded, "it is verified");
    assert_eq!(fixture.writes_since(seen), "");
}

#[tokio::test(start_paused = true)]
async fn headers_go_back_with_the_build_that_had_them() {
    let mut fixture = served(CACHED, VERIFIED).await;
    fixture.set("headers: [{ files: data.json, cache_control: max-age=1 }]");
    let record = then_bad(&mut fixture).await;
    assert_eq!(verdict(&record).0, Outcome::RolledBack, "{record:?}");
    assert_eq!(fixture.browse("/data.json").headers.cache_control, "max-age=999999");
    fixture.set(CACHED);
    let differences: Vec<_> = fixture.plan().await.changes().flat_map(|change| change.differences.clone()).collect();
    assert!(differences.iter().any(|difference| difference.path == "build"), "{differences:?}");
}

#[tokio::test(start_paused = true)]
async fn headers_of_the_same_build_go_back() {
    let mut fixture = served(CACHED, VERIFIED).await;
    let same = fixture.stored().digest.to_string();
    fixture.account.set_scenario("pages", &same, ScenarioBehaviour::Fails { attempts: u32::MAX });
    fixture.set("headers: [{ files: data.json, cache_control: max-age=1 }]");
    let record = fixture.reconcile().await;
    assert_eq!(verdict(&record).0, Outcome::RolledBack, "{record:?}");
    assert_eq!(fixture.browse("/data.json").headers.cache_control, "max-age=999999");
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Held);
    fixture.set(CACHED);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_service_and_a_site_go_back_together() {
    let beside = |build| Beside { service: Some(build), scenario: true };
    let mut fixture = served("", beside('a')).await;
    declare_bad(&mut fixture, beside('b')).await;
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::RolledBack, "{record:?}");
    assert_eq!(outcome(&record, Kind::Service, "worker").outcome, Outcome::RolledBack);
    assert_eq!(verdict(&record).0, Outcome::RolledBack);
    assert!(serves(&fixture, 1));
    assert_eq!(runs(&fixture).await, 'a');
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Held);
}

#[tokio::test(start_paused = true)]
async fn a_first_build_stays_and_says_so() {
    let mut fixture = SiteFixture::new();
    let record = then_bad(&mut fixture).await;
    assert_eq!(record.outcome, Outcome::NotVerified);
    let why = "left as it is, although scenario pages failed: nothing was served before that it could go back to";
    assert_eq!(verdict(&record), (Outcome::Succeeded, why));
    assert!(serves(&fixture, 2));
}

#[tokio::test(start_paused = true)]
async fn a_build_that_is_not_kept_is_not_gone_back_to() {
    let mut fixture = served("keep_builds: 1", VERIFIED).await;
    let record = then_bad(&mut fixture).await;
    assert_eq!(record.outcome, Outcome::NotVerified);
    let why = "left as it is, although scenario pages failed: the build that was served before is not kept any more";
    assert_eq!(verdict(&record), (Outcome::Succeeded, why));
    assert!(serves(&fixture, 2));
}

#[tokio::test(start_paused = true)]
async fn what_somebody_had_altered_is_not_gone_back_to() {
    let mut fixture = served("", VERIFIED).await;
    fixture.by_hand().upload(SITE_BUCKET, "index.html", b"defaced", ObjectHeaders::default()).expect("a bucket");
    let record = then_bad(&mut fixture).await;
    assert_eq!(record.outcome, Outcome::NotVerified);
    let why = "left as it is, although scenario pages failed: somebody else had altered what was served before";
    assert_eq!(verdict(&record), (Outcome::Succeeded, why));
    assert!(serves(&fixture, 2));
}

#[tokio::test(start_paused = true)]
async fn a_distribution_changed_meanwhile_keeps_a_site_from_going_back() {
    let mut fixture = served("", VERIFIED).await;
    declare_bad(&mut fixture, VERIFIED).await;
    let meddle = async {
        while fixture.account.scenario_attempts().len() < 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let change = |settings: &mut ops_model::site::ObservedDistribution| settings.enabled = false;
        fixture.by_hand().change_distribution(DISTRIBUTION, change).expect("a distribution");
    };
    let (record, ()) = tokio::join!(fixture.reconcile(), meddle);
    assert_eq!(record.outcome, Outcome::NotVerified);
    let (outcome, why) = verdict(&record);
    assert!(outcome == Outcome::Succeeded && why.ends_with("its bucket or its distribution since"), "{record:?}");
}

/// Calls of a reconcile until its scenario is run.
async fn calls_before_the_way_back(mut fixture: SiteFixture, beside: Beside) -> u32 {
    declare_bad(&mut fixture, beside).await;
    let calls = || fixture.cloud().calls.calls().values().sum::<u32>();
    let before = calls();
    let until_verified = async {
        while fixture.account.scenario_attempts().len() < 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        calls() - before
    };
    let (_, count) = tokio::join!(fixture.reconcile(), until_verified);
    count
}

/// A service and a site, the way back killed after so many calls and run again: never half a build, never a claim that is not
/// so, and git that goes back takes all of it back.
#[tokio::test(start_paused = true)]
async fn a_way_back_killed_at_any_call_never_claims_more_than_it_did() {
    let beside = |build| Beside { service: Some(build), scenario: true };
    let first_call = calls_before_the_way_back(served("", beside('a')).await, beside('b')).await;
    let (mut calls, mut went_back, mut left_behind) = (first_call, 0, 0);
    loop {
        let mut fixture = served("", beside('a')).await;
        let first = fixture.stored();
        declare_bad(&mut fixture, beside('b')).await;
        let killed = fixture.kill_after(calls).await;
        let record = fixture.reconcile().await;
        let after = format!("after {calls} calls: {record:?}");
        assert!(!record.outcome.is_success(), "{after}");
        let version = if serves(&fixture, 1) { 1 } else { 2 };
        assert!(serves(&fixture, version), "{after}");
        let said = |kind, name: &str| record.outcomes.iter().find(|it| it.kind == kind && it.name == name);
        let bad = [(Kind::Site, "web", version == 2), (Kind::Service, "worker", runs(&fixture).await == 'b')];
        for (kind, name, is_bad) in bad {
            let claimed = said(kind, name).map(|it| it.outcome);
            if is_bad {
                let any_went_back = record.outcomes.iter().any(|it| it.outcome == Outcome::RolledBack);
                left_behind += u32::from(any_went_back);
                assert!(claimed != Some(Outcome::RolledBack), "{after}");
                assert!(claimed.is_some() || !any_went_back, "{after}");
                assert!(record.outcome != Outcome::RolledBack, "what served before does not serve: {after}");
            } else {
                went_back += u32::from(claimed == Some(Outcome::RolledBack));
                assert!(claimed == Some(Outcome::RolledBack) || record.outcome == Outcome::Held, "{after}");
            }
        }
        // Nobody loops.
        let next = fixture.reconcile().await.outcome;
        assert!(matches!(next, Outcome::Held | Outcome::NotVerified), "{next:?} {after}");

        fixture.beside(beside('a'));
        fixture.declare(1, first);
        let record = fixture.reconcile().await;
        assert!(record.outcome.is_success(), "{calls}: {record:?}");
        assert!(serves(&fixture, 1) && runs(&fixture).await == 'a', "after {calls} calls");
        assert!(fixture.plan().await.in_sync(), "after {calls} calls");
        if !killed {
            break;
        }
        calls += 2;
    }
    assert!(calls > first_call + 20 && went_back > 0 && left_behind > 0, "{calls} {went_back} {left_behind}");
}
