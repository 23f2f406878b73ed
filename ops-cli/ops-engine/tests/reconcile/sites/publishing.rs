use insta::assert_snapshot;
use ops_engine::promote::{PromoteError, promoted, verified_builds};
use ops_model::bundle::file_key;
use ops_model::declaration::Builds;
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, SiteGate, SiteStanding};
use ops_model::site::{ObjectHeaders, SiteState};
use ops_sim::Operation;

use super::fixture::{SITE_BUCKET, SiteFixture, build};

#[tokio::test(start_paused = true)]
async fn a_first_build_is_served_whole_and_a_second_plan_is_empty() {
    let mut fixture = SiteFixture::new();
    assert_eq!(fixture.plan().await.sites["web"], SiteStanding::WaitsForBuild { artifact: "web".to_owned() });
    fixture.promote(1, &build(1)).await;
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert_snapshot!(fixture.writes_since(seen));
    assert_eq!(fixture.text("/"), build(1)["index.html"]);
    assert_eq!(
        fixture.browse("/assets/vendor-0a1b2c3d.js").headers.cache_control,
        "public, max-age=31536000, immutable"
    );
    assert_eq!(fixture.browse("/").headers.content_type, "text/html; charset=utf-8");
    assert_eq!(fixture.browse("/.slipway/current.json").status, 403);
    let plan = fixture.plan().await;
    assert!(plan.in_sync(), "{plan:?}");
    assert_eq!(plan.sites["web"], SiteStanding::InSync);
}

#[tokio::test(start_paused = true)]
async fn nothing_to_do_is_a_listing_and_a_few_reads() {
    let fixture = SiteFixture::published().await;
    let before = fixture.cloud().calls.calls();
    let seen = fixture.write_count();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::InSync);
    assert_eq!(fixture.writes_since(seen), "");
    let calls = fixture.cloud().calls.calls();
    let since = |operation: &str| calls.get(operation).unwrap_or(&0) - before.get(operation).unwrap_or(&0);
    assert_eq!(since("s3:HeadObject"), 0, "the listing says it all");
    // The contract, the lease's fence, what is served, the manifest of the build.
    assert!(since("s3:GetObject") <= 5, "{calls:?}");
    assert_eq!(since("cloudfront:GetDistribution"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_uploads_what_is_new_and_invalidates_what_people_may_have_seen() {
    let mut fixture = SiteFixture::published().await;
    assert_eq!(fixture.text("/"), build(1)["index.html"]);
    fixture.promote(2, &build(2)).await;
    let plan = fixture.plan().await;
    let differences: Vec<_> = plan.changes().flat_map(|change| &change.differences).collect();
    assert_snapshot!(serde_json::to_string_pretty(&differences).expect("JSON"));
    let seen = fixture.write_count();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_snapshot!(fixture.writes_since(seen));
    assert_eq!(fixture.text("/"), build(2)["index.html"]);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn going_back_needs_no_upload() {
    let mut fixture = SiteFixture::published().await;
    let first = fixture.stored();
    fixture.promote(2, &build(2)).await;
    fixture.reconcile().await;
    fixture.declare(1, first);
    let seen = fixture.write_count();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    let writes = fixture.writes_since(seen);
    assert!(!writes.contains("s3:PutObject"), "{writes}");
    assert_snapshot!(writes);
    assert_eq!(fixture.text("/"), build(1)["index.html"]);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_tab_that_is_open_finds_its_assets_as_long_as_its_build_is_kept() {
    let mut fixture = SiteFixture::declaring("keep_builds: 3");
    for version in 1..=3 {
        fixture.promote(version, &build(version)).await;
        assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
        assert_eq!(fixture.text("/assets/app-0000001a.js"), "script 1", "with build {version}");
    }
    fixture.promote(4, &build(4)).await;
    fixture.reconcile().await;
    let bucket = fixture.cloud().site_objects.list(SITE_BUCKET).await.expect("readable");
    assert!(!bucket.iter().any(|object| object.key == "assets/app-0000001a.js"));
    assert!(bucket.iter().any(|object| object.key == "assets/app-0000002a.js"));
    assert!(bucket.iter().any(|object| object.key == "assets/vendor-0a1b2c3d.js"));
    let current = fixture.current().await.expect("published");
    assert_eq!((current.kept.len(), current.state), (3, SiteState::Live));
}

#[tokio::test(start_paused = true)]
async fn other_headers_are_written_without_an_upload() {
    let mut fixture = SiteFixture::published().await;
    fixture.set(
        "headers: [{ files: robots.txt, cache_control: max-age=60 }, { files: 'assets/*.css', content_language: ko }]",
    );
    let seen = fixture.write_count();
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_snapshot!(fixture.writes_since(seen));
    assert_eq!(fixture.browse("/robots.txt").headers.cache_control, "max-age=60");
    assert_eq!(fixture.browse("/assets/app-0000001b.css").headers.content_language.as_deref(), Some("ko"));
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_name_that_stands_for_one_content_is_not_overwritten() {
    let mut fixture = SiteFixture::published().await;
    let mut files = build(2);
    files.insert("assets/vendor-0a1b2c3d.js".to_owned(), "another content under the old name".to_owned());
    fixture.promote(2, &files).await;
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held);
    let taken = SiteGate::NameTaken { paths: vec!["assets/vendor-0a1b2c3d.js".to_owned()] };
    assert_eq!(record.gates, [Gate::Site { site: "web".to_owned(), reason: taken }]);
    assert_eq!(fixture.writes_since(seen), "");

    // Whoever says that it may change gets it into place with the pages.
    fixture.set("headers: [{ files: 'assets/vendor-*', cache_control: no-cache }]");
    assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
    assert_eq!(fixture.text("/assets/vendor-0a1b2c3d.js"), "another content under the old name");
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_bucket_with_things_of_somebody_else_is_left_alone() {
    let mut fixture = SiteFixture::new();
    fixture.by_hand().upload(SITE_BUCKET, "precious.txt", b"mine", ObjectHeaders::default()).expect("a bucket");
    fixture.promote(1, &build(1)).await;
    let seen = fixture.write_count();
    let record = fixture.reconcile().await;
    let reason = SiteGate::NotOwned { objects: 1, examples: vec!["precious.txt".to_owned()] };
    assert_eq!(record.gates, [Gate::Site { site: "web".to_owned(), reason }]);
    assert_eq!(fixture.writes_since(seen), "");
}

#[tokio::test(start_paused = true)]
async fn a_bundle_that_is_gone_is_said_before_anything_is_changed() {
    let mut fixture = SiteFixture::published().await;
    fixture.promote(2, &build(2)).await;
    let stored = fixture.stored();
    fixture.by_hand().delete_object(&stored.place.bucket, &stored.place.key).expect("it is there");
    let plan = fixture.plan().await;
    assert!(matches!(&plan.gates[..], [Gate::Site { reason: SiteGate::Bundle { .. }, .. }]), "{plan:?}");
    assert_eq!(plan.sites["web"], SiteStanding::Held);
}

#[tokio::test(start_paused = true)]
async fn a_file_of_a_bundle_that_is_gone_or_was_exchanged_is_never_served() {
    for exchanged in [false, true] {
        let mut fixture = SiteFixture::published().await;
        fixture.promote(2, &build(2)).await;
        let stored = fixture.stored();
        let key = file_key(&stored.bundle.files["index.html"].sha256);
        fixture.by_hand().delete_object(&stored.place.bucket, &key).expect("it is there");
        if exchanged {
            fixture.account.put_object(&stored.place.bucket, &key, b"another page".to_vec());
        }
        let record = fixture.reconcile().await;
        assert_eq!(record.outcome, Outcome::Failed, "{record:?}");
        let reason = record.outcomes[0].reason.clone().unwrap_or_default();
        let expected = if exchanged { "another one than its SHA-256 says" } else { "the bundle has index.html, but" };
        assert!(reason.contains(expected), "{reason}");
        assert_eq!(fixture.text("/"), build(1)["index.html"]);

        // Storing it again mends it.
        fixture.by_hand().delete_object(&stored.place.bucket, &key).ok();
        fixture.promote(2, &build(2)).await;
        assert_eq!(fixture.reconcile().await.outcome, Outcome::Succeeded);
        assert_eq!(fixture.text("/"), build(2)["index.html"]);
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_and_broken_uploads_are_tried_again() {
    let mut fixture = SiteFixture::published().await;
    fixture.promote(2, &build(2)).await;
    fixture.account.faults().throttle(Operation::CopyObject, 3);
    let broken = ops_engine::cloud::CloudErrorKind::Unreachable { endpoint: None };
    fixture.account.faults().fail(Operation::CreateInvalidation, broken, 1);
    fixture.account.faults().lose_answer(Operation::DeleteObjects, 1);
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    assert_eq!(fixture.text("/"), build(2)["index.html"]);
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_bundle_is_promoted_when_a_site_serves_it() {
    let mut fixture = SiteFixture::new();
    fixture.promote(1, &build(1)).await;
    let cloud = fixture.cloud();
    let early = verified_builds(&cloud, &fixture.account.clock(), &fixture.declaration, &[])
        .await
        .expect_err("it is not deployed");
    assert!(matches!(early, PromoteError::NotHealthy { .. }), "{early:?}");
    let record = fixture.reconcile().await;
    let verified =
        verified_builds(&cloud, &fixture.account.clock(), &fixture.declaration, &[]).await.expect("a site serves it");
    assert_eq!(verified["web"].record, record.id);
    let empty = Builds { version: 1, ..Builds::default() };
    let prod = promoted(&empty, &verified, "dev", "Ada <ada@example.org>").expect("prod changes");
    assert!(prod.artifacts["web"].is_same_as(&fixture.declaration.builds.artifacts["web"]));
    assert_eq!(promoted(&prod, &verified, "dev", "Ada <ada@example.org>"), None, "a second time changes nothing");

    fixture.promote(2, &build(2)).await;
    let other = verified_builds(&cloud, &fixture.account.clock(), &fixture.declaration, &[])
        .await
        .expect_err("the site serves the first one");
    assert!(other.to_string().contains("site web serves"), "{other}");
}
