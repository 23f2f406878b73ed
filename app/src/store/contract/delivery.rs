//! Builds, and what becomes of them in environments.

use ops_model::outcome::Outcome;
use ulid::Ulid;

use super::{ALL, later, nobody, now};
use crate::store::{
    Approval, Artifact, Build, Deployment, DeploymentFilter, Environment, EnvironmentStatus, Freeze, Health, Hold,
    Page, PlacedBuild, Promotion, PromotionState, Store, StoreError, SyncState, TestReport, Tests, Upload,
};
use crate::text::{Digest, EnvironmentName};

fn environment_name(name: &str) -> EnvironmentName {
    name.parse().expect("a name")
}

fn digest() -> Digest {
    format!("sha256:{}", "ab".repeat(32)).parse().expect("a digest")
}

fn environment(name: &str) -> Environment {
    let placed = PlacedBuild {
        artifact: "app".parse().expect("a name"),
        version: "1.4.0".parse().expect("a version"),
        digest: digest(),
    };
    let status = EnvironmentStatus {
        declared_commit: "0".repeat(40).parse().expect("a commit"),
        declared: vec![placed.clone()],
        running: vec![placed],
        sync: SyncState::InSync,
        health: Health::Healthy,
        drift: Vec::new(),
        gates: Vec::new(),
        approvals_needed: 1.try_into().expect("a number"),
        observed_at: now(),
    };
    let (id, name) = (Ulid::generate(), environment_name(name));
    Environment { id, name, status, revision: 1, created_at: now(), updated_at: now() }
}

fn number(number: u64) -> Tests {
    number.try_into().expect("a number")
}

fn build(commit: &str) -> Build {
    Build {
        id: Ulid::generate(),
        commit: commit.repeat(40).parse().expect("a commit"),
        version: "1.4.0".parse().expect("a version"),
        artifacts: vec![Artifact {
            name: "app".parse().expect("a name"),
            place: "registry.example/slipway/app".parse().expect("a place"),
            digest: digest(),
        }],
        test_report: TestReport { passed: number(12), failed: number(0), skipped: number(1) },
        created_by: "user:1".to_owned(),
        created_at: now(),
    }
}

contract!(
    an_environment_is_reported_by_one_at_a_time,
    a_commit_is_built_once,
    a_plan_takes_its_own_approvals,
    deployments_are_found_by_what_is_wanted_of_them,
    what_was_lifted_or_has_expired_does_not_hold,
    an_upload_is_there_until_it_is_deleted,
);

async fn an_environment_is_reported_by_one_at_a_time(store: &dyn Store) {
    let (dev, prod) = (environment("dev"), environment("prod"));
    let mut transaction = store.begin().await.expect("a transaction");
    for environment in [&prod, &dev] {
        transaction.add_environment(environment).await.expect("added");
    }
    assert_eq!(transaction.environments().await.expect("readable"), [dev.clone(), prod]);
    let changed = EnvironmentStatus { health: Health::Degraded, ..dev.status.clone() };
    let changed = Environment { status: changed, revision: 2, updated_at: later(), ..dev.clone() };
    assert!(transaction.update_environment(&changed).await.expect("an update"));
    assert!(!transaction.update_environment(&changed).await.expect("an answer"), "somebody was faster");
    assert_eq!(transaction.environment(&dev.name).await.expect("readable"), Some(changed));
    assert_eq!(transaction.environment(&environment_name("test")).await.expect("readable"), None);
    let again = transaction.add_environment(&environment("dev")).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
}

async fn a_commit_is_built_once(store: &dyn Store) {
    let builds = [build("a"), build("b"), build("c")];
    let mut transaction = store.begin().await.expect("a transaction");
    for build in &builds {
        transaction.add_build(build).await.expect("added");
    }
    let mut newest: Vec<_> = builds.to_vec();
    newest.sort_by_key(|build| std::cmp::Reverse(build.id));
    assert_eq!(transaction.builds(ALL).await.expect("readable"), newest);
    let page = Page { after: Some(newest[0].id), limit: 1 };
    assert_eq!(transaction.builds(page).await.expect("readable"), newest[1..2]);
    assert_eq!(transaction.build(builds[1].id).await.expect("readable"), Some(builds[1].clone()));
    let again = transaction.add_build(&build("a")).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
}

async fn a_plan_takes_its_own_approvals(store: &dyn Store) {
    let build = build("a");
    let promotion = Promotion {
        id: Ulid::generate(),
        environment: environment_name("prod"),
        build_id: build.id,
        plan_sha256: [1; 32],
        plan_summary: "api: 1.3.0 -> 1.4.0\nweb: 2.0.0 -> 2.1.0".parse().expect("a text"),
        approvals_needed: 2,
        state: PromotionState::Open,
        revision: 1,
        created_by: "user:1".to_owned(),
        created_at: now(),
        updated_at: now(),
    };
    let approval = |by: &str, plan| Approval {
        id: Ulid::generate(),
        promotion_id: promotion.id,
        plan_sha256: [plan; 32],
        artifacts_sha256: build.artifacts_sha256(),
        approved_by: by.to_owned(),
        reason: "read it".parse().expect("a line"),
        created_at: now(),
    };
    let (first, second) = (approval("user:2", 1), approval("user:2", 2));
    let mut transaction = store.begin().await.expect("a transaction");
    transaction.add_build(&build).await.expect("added");
    transaction.add_promotion(&promotion).await.expect("added");
    transaction.add_approval(&first).await.expect("added");
    let again = transaction.add_approval(&approval("user:2", 1)).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    let changed = Promotion { plan_sha256: [2; 32], revision: 2, updated_at: later(), ..promotion.clone() };
    assert!(transaction.update_promotion(&changed).await.expect("an update"));
    assert!(!transaction.update_promotion(&changed).await.expect("an answer"));
    transaction.add_approval(&second).await.expect("another plan");
    let mut approvals = transaction.approvals(promotion.id).await.expect("readable");
    approvals.sort_by_key(|approval| approval.plan_sha256);
    assert_eq!(approvals, [first, second]);
    assert_eq!(
        transaction.promotions(&promotion.environment, ALL).await.expect("readable"),
        std::slice::from_ref(&changed)
    );
    assert_eq!(transaction.promotions(&environment_name("dev"), ALL).await.expect("readable"), []);
    assert_eq!(transaction.promotion(promotion.id).await.expect("readable"), Some(changed));
}

async fn deployments_are_found_by_what_is_wanted_of_them(store: &dyn Store) {
    let deployment = |id: u128, outcome, started_at| Deployment {
        id: Ulid(id),
        environment: environment_name("dev"),
        operation: "reconcile".to_owned(),
        commit: "0".repeat(40),
        outcome,
        actor: "arn:aws:iam::000000000000:user/ada".to_owned(),
        started_at,
        finished_at: later(),
        record_sha256: [7; 32],
        record: "{\"a\":  \"에이다 🚢\"}\n".to_owned(),
        created_by: "user:1".to_owned(),
        created_at: later(),
    };
    let all = [
        deployment(3, Outcome::RolledBack, later()),
        deployment(2, Outcome::Succeeded, later()),
        deployment(1, Outcome::Succeeded, now()),
    ];
    let mut transaction = store.begin().await.expect("a transaction");
    for deployment in &all {
        transaction.add_deployment(deployment).await.expect("added");
    }
    let again = transaction.add_deployment(&all[0]).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    transaction.commit().await.expect("committed");

    let mut transaction = store.begin_read(&nobody()).await.expect("a transaction");
    let dev = environment_name("dev");
    let mut found = async |filter, page| {
        let found = transaction.deployments(&dev, filter, page).await.expect("readable");
        found.into_iter().map(|deployment| deployment.id.0).collect::<Vec<_>>()
    };
    let any = DeploymentFilter::default();
    assert_eq!(found(any, ALL).await, [3, 2, 1]);
    assert_eq!(found(any, Page { after: Some(Ulid(3)), limit: 1 }).await, [2]);
    assert_eq!(found(DeploymentFilter { outcome: Some(Outcome::Succeeded), ..any }, ALL).await, [2, 1]);
    assert_eq!(found(DeploymentFilter { since: Some(later()), ..any }, ALL).await, [3, 2]);
    assert_eq!(found(DeploymentFilter { until: Some(later()), ..any }, ALL).await, [1]);
    assert_eq!(transaction.deployment(&dev, Ulid(2)).await.expect("readable"), Some(all[1].clone()));
    assert_eq!(transaction.deployment(&environment_name("prod"), Ulid(2)).await.expect("readable"), None);
}

async fn what_was_lifted_or_has_expired_does_not_hold(store: &dyn Store) {
    let (dev, prod) = (environment_name("dev"), environment_name("prod"));
    let freeze = |expires_at| Freeze {
        id: Ulid::generate(),
        environment: dev.clone(),
        reason: "the database moves".parse().expect("a line"),
        expires_at,
        created_by: "user:1".to_owned(),
        created_at: now(),
    };
    let (timed, open) = (freeze(Some(later())), freeze(None));
    let hold = Hold {
        id: Ulid::generate(),
        environment: dev.clone(),
        artifact: "app".parse().expect("a name"),
        digest: digest(),
        reason: "it loses orders".parse().expect("a line"),
        created_by: "user:1".to_owned(),
        created_at: now(),
    };
    let mut transaction = store.begin().await.expect("a transaction");
    for freeze in [&timed, &open] {
        transaction.add_freeze(freeze).await.expect("added");
    }
    transaction.add_hold(&hold).await.expect("added");
    assert_eq!(transaction.freezes(&dev, now(), ALL).await.expect("readable").len(), 2);
    assert_eq!(transaction.freezes(&dev, later(), ALL).await.expect("readable"), std::slice::from_ref(&open));
    assert_eq!(transaction.freezes(&prod, now(), ALL).await.expect("readable"), []);
    assert!(!transaction.lift_freeze(&prod, open.id, "user:2", later()).await.expect("of another one"));
    assert!(transaction.lift_freeze(&dev, open.id, "user:2", later()).await.expect("lifted"));
    assert!(!transaction.lift_freeze(&dev, open.id, "user:2", later()).await.expect("was lifted"));
    assert_eq!(transaction.freezes(&dev, later(), ALL).await.expect("readable"), []);
    assert_eq!(transaction.holds(&dev, ALL).await.expect("readable"), std::slice::from_ref(&hold));
    assert!(!transaction.lift_hold(&prod, hold.id, "user:2", later()).await.expect("of another one"));
    assert!(transaction.lift_hold(&dev, hold.id, "user:2", later()).await.expect("lifted"));
    assert_eq!(transaction.holds(&dev, ALL).await.expect("readable"), []);
}

async fn an_upload_is_there_until_it_is_deleted(store: &dyn Store) {
    let upload = Upload {
        id: Ulid::generate(),
        name: "report.pdf".parse().expect("a name"),
        content_type: "application/pdf".parse().expect("a type"),
        size: 12_345_678_901,
        sha256: [9; 32],
        created_by: "user:1".to_owned(),
        confirmed_at: None,
        created_at: now(),
    };
    let mut transaction = store.begin().await.expect("a transaction");
    transaction.add_upload(&upload).await.expect("added");
    assert_eq!(transaction.uploads(ALL).await.expect("readable"), std::slice::from_ref(&upload));
    transaction.confirm_upload(upload.id, later()).await.expect("confirmed");
    let confirmed = Upload { confirmed_at: Some(later()), ..upload.clone() };
    assert_eq!(transaction.upload(upload.id).await.expect("readable"), Some(confirmed));
    assert!(transaction.delete_upload(upload.id, later()).await.expect("deleted"));
    assert!(!transaction.delete_upload(upload.id, later()).await.expect("was deleted"));
    assert_eq!(transaction.upload(upload.id).await.expect("readable"), None);
    assert_eq!(transaction.uploads(ALL).await.expect("readable"), []);
}
