//! `kill -9` at every call; whoever looks then is an observer after every call.

use ops_engine::cloud::CloudErrorKind;
use ops_model::outcome::Outcome;
use ops_model::site::SiteState;
use ops_sim::Operation;
use proptest::prelude::*;

use super::fixture::{Files, SITE_BUCKET, SiteFixture, build, packed};

/// A page and everything that it names.
fn look(fixture: &SiteFixture, page: &str) -> (String, Vec<String>) {
    look_at(fixture, page, "")
}

/// The same by a browser that is given the variants with this ending.
fn look_at(fixture: &SiteFixture, page: &str, ending: &str) -> (String, Vec<String>) {
    let text = fixture.text(&format!("{page}{ending}"));
    let (version, loads) = text.split_once(" loads ").expect("a page of ours");
    let loaded = loads.split(' ').map(|asset| fixture.text(&format!("/{asset}{ending}"))).collect();
    (version.to_owned(), loaded)
}

fn whole(files: &Files) -> (String, Vec<String>) {
    let (version, loads) = files["index.html"].split_once(" loads ").expect("a page of ours");
    (version.to_owned(), loads.split(' ').map(|asset| files[asset].clone()).collect())
}

/// Nobody sees half a build: outside of the flip everything is of one build, and even within it every page finds what
/// never changes.
async fn assert_whole(fixture: &SiteFixture, old: &Files, new: &Files, after: &str) {
    assert_whole_at(fixture, "/", "", (old, new), after).await;
}

async fn assert_whole_at(fixture: &SiteFixture, entry: &str, ending: &str, (old, new): (&Files, &Files), after: &str) {
    let state = fixture.current().await.map(|current| current.state);
    let seen = look_at(fixture, entry, ending);
    look_at(fixture, "/about.html", ending);
    match state {
        Some(SiteState::Flipping { .. }) => {
            let (version, loaded) = &seen;
            let of = if *version == whole(old).0 { old } else { new };
            // Script and style have hashes in their names.
            assert_eq!(loaded[..2], whole(of).1[..2], "{after}: {seen:?}");
            // The entry page comes last.
            assert!(*version == whole(old).0 || seen == whole(new), "{after}: {seen:?}");
        }
        _ => assert!(seen == whole(old) || seen == whole(new), "{after}: {state:?} {seen:?}"),
    }
}

async fn two_builds() -> SiteFixture {
    let mut fixture = SiteFixture::published().await;
    // Edges have the old files.
    look(&fixture, "/");
    fixture.promote(2, &build(2)).await;
    fixture
}

async fn converges(fixture: &SiteFixture, files: &Files, after: &str) {
    let record = fixture.reconcile().await;
    assert!(matches!(record.outcome, Outcome::Succeeded | Outcome::InSync), "{after}: {record:?}");
    let plan = fixture.plan().await;
    assert!(plan.in_sync(), "{after}: {plan:?}");
    assert_eq!(look(fixture, "/"), whole(files), "{after}");
    for (path, text) in files {
        assert_eq!(fixture.text(&format!("/{path}")), *text, "{after}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_killed_after_any_call_shows_no_half_build_and_goes_on() {
    let mut calls = 0;
    loop {
        let fixture = two_builds().await;
        let seen = fixture.write_count();
        let killed = fixture.kill_after(calls).await;
        let after = format!("after {calls} calls");
        assert_whole(&fixture, &build(1), &build(2), &after).await;
        converges(&fixture, &build(2), &after).await;
        let writes = fixture.writes_since(seen);
        assert_eq!(writes.matches("cloudfront:CreateInvalidation").count(), 1, "{after}: {writes}");
        if !killed {
            break;
        }
        calls += 1;
    }
    assert!(calls > 30, "{calls} calls");
}

#[tokio::test(start_paused = true)]
async fn variants_change_with_their_files_whatever_call_is_the_last() {
    let mut calls = 0;
    loop {
        let mut fixture = SiteFixture::declaring("precompressed: [br]");
        fixture.promote(1, &packed(1)).await;
        assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
        look(&fixture, "/");
        look_at(&fixture, "/index.html", ".br");
        fixture.promote(2, &packed(2)).await;
        let killed = fixture.kill_after(calls).await;
        let after = format!("after {calls} calls");
        let builds = (&packed(1), &packed(2));
        assert_whole_at(&fixture, "/", "", builds, &after).await;
        assert_whole_at(&fixture, "/index.html", ".br", builds, &after).await;
        converges(&fixture, &packed(2), &after).await;
        if !killed {
            break;
        }
        calls += 1;
    }
    assert!(calls > 30, "{calls} calls");
}

#[tokio::test(start_paused = true)]
async fn a_first_publication_killed_after_any_call_goes_on() {
    let mut calls = 0;
    loop {
        let mut fixture = SiteFixture::new();
        fixture.promote(1, &build(1)).await;
        let killed = fixture.kill_after(calls).await;
        converges(&fixture, &build(1), &format!("after {calls} calls")).await;
        if !killed {
            break;
        }
        calls += 1;
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollback_killed_after_any_call_goes_on_without_an_upload() {
    let mut calls = 0;
    loop {
        let mut fixture = SiteFixture::published().await;
        let first = fixture.stored();
        fixture.promote(2, &build(2)).await;
        fixture.reconcile().await;
        fixture.declare(1, first);
        let seen = fixture.write_count();
        let killed = fixture.kill_after(calls).await;
        let after = format!("after {calls} calls");
        assert_whole(&fixture, &build(2), &build(1), &after).await;
        converges(&fixture, &build(1), &after).await;
        assert!(!fixture.writes_since(seen).contains("s3:PutObject"), "{after}");
        if !killed {
            break;
        }
        calls += 1;
    }
}

#[tokio::test(start_paused = true)]
async fn changed_headers_killed_after_any_call_are_put_in_the_end() {
    let mut calls = 0;
    loop {
        let mut fixture = SiteFixture::published().await;
        fixture.set(
            "headers: [{ files: '**/*.js', content_language: ko }, { files: robots.txt, cache_control: max-age=9 }]",
        );
        let killed = fixture.kill_after(calls).await;
        let after = format!("after {calls} calls");
        converges(&fixture, &build(1), &after).await;
        assert_eq!(fixture.browse("/robots.txt").headers.cache_control, "max-age=9", "{after}");
        for key in ["assets/app-0000001a.js", "assets/vendor-0a1b2c3d.js"] {
            let details = fixture.cloud().site_objects.details(SITE_BUCKET, key).await.expect("readable");
            assert_eq!(details.expect("it is there").headers.content_language.as_deref(), Some("ko"), "{after}: {key}");
        }
        if !killed {
            break;
        }
        calls += 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Builds that come one after the other, each reconcile killed or troubled somewhere, and at last one that is not.
    #[test]
    fn builds_in_any_order_with_kills_and_faults_anywhere_converge(
        steps in prop::collection::vec(
            (1u32..5, prop::option::of(0u32..70), 0usize..6, prop::option::of((0..FAULTY.len(), 0usize..3, 1u32..4))),
            1..7,
        ),
        keep in 1u32..4,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let mut fixture = SiteFixture::declaring(&format!("keep_builds: {keep}"));
            let mut last = 1;
            for (version, killed_after, meddled, fault) in &steps {
                last = *version;
                fixture.promote(*version, &build(*version)).await;
                if let Some((operation, kind, times)) = fault {
                    trouble(&fixture, FAULTY[*operation], *kind, *times);
                }
                if let Some(calls) = killed_after {
                    fixture.kill_after(*calls).await;
                } else {
                    // Whatever came of it is mended by the next one.
                    let _ = fixture.try_reconcile().await;
                }
                fixture.account.faults().clear();
                meddle(&fixture, *meddled);
            }
            converges(&fixture, &build(last), &format!("{steps:?}")).await;
        });
    }
}

/// Calls that go wrong.
const FAULTY: [Operation; 8] = [
    Operation::PutObject,
    Operation::CopyObject,
    Operation::DeleteObjects,
    Operation::ListObjectsV2,
    Operation::HeadObject,
    Operation::GetObject,
    Operation::CreateInvalidation,
    Operation::GetInvalidation,
];

/// Throttling, an upload that is cut off, an answer that never comes.
fn trouble(fixture: &SiteFixture, operation: Operation, kind: usize, times: u32) {
    let faults = fixture.account.faults();
    match kind {
        0 => faults.throttle(operation, times),
        1 => faults.fail(operation, CloudErrorKind::Unreachable { endpoint: None }, times),
        _ => faults.lose_answer(operation, times),
    }
}

/// Somebody else at work in the bucket, where there is something.
fn meddle(fixture: &SiteFixture, how: usize) {
    let (hand, headers) = (fixture.by_hand(), ops_model::site::ObjectHeaders::default());
    let there = |path: &str| fixture.browse(path).status == 200;
    if !there("/") {
        return;
    }
    // What is not there cannot be meddled with.
    let _ = match how {
        0 => hand.upload(SITE_BUCKET, "index.html", b"v0 loads", headers),
        1 => hand.delete_object(SITE_BUCKET, "assets/vendor-0a1b2c3d.js"),
        2 => hand.upload(SITE_BUCKET, "foreign.html", b"foreign", headers),
        3 => hand.change_headers(SITE_BUCKET, "data.json", |headers| headers.cache_control = "max-age=9".to_owned()),
        4 => hand.delete_object(SITE_BUCKET, "robots.txt"),
        _ => Ok(()),
    };
}

#[tokio::test(start_paused = true)]
async fn of_two_at_once_one_waits_for_the_other() {
    let fixture = two_builds().await;
    let seen = fixture.write_count();
    let (one, other) = tokio::join!(fixture.reconcile(), fixture.reconcile());
    let mut outcomes = [one.outcome, other.outcome];
    outcomes.sort();
    assert_eq!(outcomes, [Outcome::InSync, Outcome::Succeeded]);
    assert_eq!(fixture.writes_since(seen).matches("cloudfront:CreateInvalidation").count(), 1);
    converges(&fixture, &build(2), "after both").await;
}
