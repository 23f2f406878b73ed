use ops_engine::clock::Clock as _;
use ops_engine::history::newest_that;
use ops_engine::promote::{PromoteError, build_changes, commit_message, promoted, unbroken_since, verified_builds};
use ops_engine::rollback::is_good_and_other;
use ops_model::declaration::Builds;
use ops_model::outcome::Outcome;
use ops_model::record::Record;
use ops_sim::ImageBehaviour;

use crate::fixture::{BUCKET, Declared, Fixture, image};

async fn verified(fixture: &Fixture) -> Result<Vec<String>, PromoteError> {
    let verified = verified_builds(&fixture.cloud(), &fixture.account.clock(), &fixture.declaration, &[]).await?;
    Ok(verified.into_values().map(|verified| verified.record).collect())
}

#[tokio::test(start_paused = true)]
async fn what_runs_healthy_is_promoted_with_the_record_that_shows_it() {
    let fixture = Fixture::deployed().await;
    let records = fixture.records().await;
    assert_eq!(verified(&fixture).await.expect("healthy"), [records[0].id.clone()]);

    let verified =
        verified_builds(&fixture.cloud(), &fixture.account.clock(), &fixture.declaration, &[]).await.expect("healthy");
    let empty = Builds { version: 1, ..Builds::default() };
    let builds = promoted(&empty, &verified, "dev", "Ada <ada@example.org>").expect("prod changes");
    let build = &builds.artifacts["app"];
    assert_eq!(build.promoted_from.as_deref(), Some("dev"));
    assert_eq!(build.evidence.as_deref(), Some(records[0].id.as_str()));
    assert_eq!(promoted(&builds, &verified, "dev", "Ada <ada@example.org>"), None, "a second time changes nothing");

    let changes = build_changes(&empty, &builds);
    let message =
        commit_message("Promote app 1.0.97 from dev to prod", &changes, &[("Promoted-From", "dev".to_owned())]);
    insta::assert_snapshot!(message);
}

#[tokio::test(start_paused = true)]
async fn a_build_that_was_rolled_back_is_refused() {
    let mut fixture = Fixture::deployed().await;
    fixture.account.push_image(&image('b'), ImageBehaviour::NeverHealthy);
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    assert_eq!(fixture.reconcile().await.outcome, Outcome::RolledBack);
    let error = verified(&fixture).await.expect_err("it does not run");
    assert!(matches!(error, PromoteError::NotHealthy { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_build_that_never_ran_or_only_by_hand_is_refused() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    assert!(matches!(verified(&fixture).await, Err(PromoteError::NotHealthy { .. })));

    let fixture = Fixture::deployed().await;
    for record in fixture.records().await {
        let object = fixture.cloud().objects.get(crate::fixture::BUCKET, &record.key()).await.expect("readable");
        let entity_tag = object.expect("a record").entity_tag;
        let deleted = fixture.cloud().objects.delete(crate::fixture::BUCKET, &record.key(), &entity_tag).await;
        deleted.expect("the record can be deleted");
    }
    assert!(matches!(verified(&fixture).await, Err(PromoteError::NoEvidence { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_ill_now_is_refused_whatever_the_record_says() {
    let fixture = Fixture::deployed().await;
    fixture.by_hand().kill_task("api").expect("a task runs");
    let error = verified(&fixture).await.expect_err("one task is missing");
    assert!(matches!(error, PromoteError::NotHealthy { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_rollback_goes_to_the_newest_good_record_with_other_builds() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    fixture.reconcile().await;
    fixture.account.push_image(&image('c'), ImageBehaviour::NeverHealthy);
    fixture.declare(Declared { build: 'c', ..Declared::default() });
    fixture.reconcile().await;
    let cloud = fixture.cloud();
    let newest_that = async |present: &Builds| {
        let earlier = |record: &Record| is_good_and_other(record, present);
        newest_that(cloud.objects.as_ref(), BUCKET, earlier).await.expect("readable").expect("there is one")
    };
    let good = newest_that(&fixture.declaration.builds).await;
    assert_eq!(good.builds.artifacts["app"].pinned(), image('b'));
    let before = newest_that(&good.builds).await;
    assert_eq!(before.builds.artifacts["app"].pinned(), image('a'));
}

#[tokio::test(start_paused = true)]
async fn a_migration_has_to_have_succeeded_before_its_build_is_promoted() {
    let mut fixture = Fixture::new();
    fixture.declare(Declared { migrate: true, ..Declared::default() });
    let only = ["migrations".to_owned()];
    let verified = verified_builds(&fixture.cloud(), &fixture.account.clock(), &fixture.declaration, &only).await;
    assert!(matches!(verified, Err(PromoteError::NotHealthy { .. })), "{verified:?}");
    let record = fixture.reconcile().await;
    let verified = verified_builds(&fixture.cloud(), &fixture.account.clock(), &fixture.declaration, &only)
        .await
        .expect("it has succeeded");
    assert_eq!(verified["migrations"].record, record.id);
}

#[tokio::test(start_paused = true)]
async fn a_build_is_as_old_as_the_first_record_of_it_that_nothing_broke_since() {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(fixture.reconcile().await.id);
        tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    }
    let build = fixture.declaration.builds.artifacts["app"].clone();
    let cloud = fixture.cloud();
    let now = fixture.account.clock().now();
    let since = async |minutes: i64| {
        let enough = now - jiff::SignedDuration::from_mins(minutes);
        let found = unbroken_since(cloud.objects.as_ref(), BUCKET, "app", &build, enough).await;
        found.expect("records").expect("it runs").id
    };
    assert_eq!(since(0).await, ids[2], "no older one is needed");
    assert_eq!(since(15).await, ids[1]);
    assert_eq!(since(1440).await, ids[0], "another build ran before");

    fixture.declare(Declared { build: 'a', ..Declared::default() });
    fixture.reconcile().await;
    fixture.declare(Declared { build: 'b', ..Declared::default() });
    let again = fixture.reconcile().await.id;
    assert_eq!(since(1440).await, again, "it was away meanwhile");
}
