//! Builds, environments, promotions, deployments, freezes and holds.

use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use ulid::Ulid;

use super::{Answer, App, text};
use crate::identity::{Place, Role};
use crate::jobs::{JobContent, NoticeEvent};
use crate::store::{JobState, Page, Store as _};

fn digest() -> String {
    format!("sha256:{}", "ab".repeat(32))
}

fn status(approvals_needed: u8) -> Value {
    let placed = json!([{"artifact": "app", "version": "1.3.0", "digest": digest()}]);
    json!({
        "declared_commit": "0".repeat(40), "declared": placed, "running": placed, "sync": "in_sync", "health": "healthy",
        "drift": [{"subject": "service/api", "difference": "count is 3, declared 2"}],
        "gates": [{"gate": "freeze", "reason": "the database moves", "opens": null}],
        "approvals_needed": approvals_needed, "observed_at": "2023-11-14T22:00:00Z",
    })
}

/// An environment that wants two approvals.
pub(super) async fn report(app: &App, token: &str, name: &str) -> Answer {
    let reported = app.ask("PUT", &format!("/v1/environments/{name}"), token, status(2)).await;
    assert_eq!(reported.status, StatusCode::OK, "{reported:?}");
    reported
}

async fn build(app: &App, token: &str, commit: &str, report: Value) -> String {
    let body = json!({
        "commit": commit.repeat(40), "version": "1.4.0", "test_report": report,
        "artifacts": [{"name": "app", "place": "registry.example/app", "digest": digest()}],
    });
    let made = app.ask("POST", "/v1/builds", token, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    text(&made.body, "id").to_owned()
}

fn tested() -> Value {
    json!({"passed": 3, "failed": 0, "skipped": 0})
}

/// What people are told of.
async fn notices(app: &App) -> Vec<NoticeEvent> {
    let mut transaction = app.store.begin().await.expect("a transaction");
    let jobs = transaction.jobs_in(JobState::Waiting, Page::ALL).await.expect("readable");
    let event = |job: crate::store::Job| match job.content {
        JobContent::Announce { notice } => Some(notice.event),
        _ => None,
    };
    jobs.into_iter().rev().filter_map(event).collect()
}

#[tokio::test]
async fn an_environment_is_told_by_whoever_saw_it_last() {
    let app = App::start();
    let token = app.caller(Role::Deployer, Place::Everywhere).await;
    assert_eq!(app.ask("GET", "/v1/environments/dev", &token, Value::Null).await.status, StatusCode::NOT_FOUND);
    let first = report(&app, &token, "dev").await;
    let shown = app.ask("GET", "/v1/environments/dev", &token, Value::Null).await;
    assert_eq!((&shown.body, &shown.etag), (&first.body, &first.etag));
    let path = "/v1/environments/dev";
    let blind = app.ask("PUT", path, &token, status(0)).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let second = app.ask_with("PUT", path, &token, status(0), &[("if-match", &first.etag)]).await;
    assert_eq!((second.status, &second.body["status"]["approvals_needed"]), (StatusCode::OK, &json!(0)));
    let stale = app.ask_with("PUT", path, &token, status(1), &[("if-match", &first.etag)]).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let early = app.ask_with("PUT", "/v1/environments/prod", &token, status(1), &[("if-match", "\"1\"")]).await;
    assert_eq!(early.status, StatusCode::PRECONDITION_FAILED);
    report(&app, &token, "prod").await;

    let only_dev = app.caller(Role::Viewer, Place::Environment("dev".to_owned())).await;
    let listed = app.ask("GET", "/v1/environments", &only_dev, Value::Null).await;
    let names: Vec<_> = listed.body["items"].as_array().expect("a list").iter().map(|item| &item["name"]).collect();
    assert_eq!(names, ["dev"]);
}

#[tokio::test]
async fn a_promotion_is_approved_by_others_with_the_plan_that_they_have_read() {
    let app = App::start();
    let prod = Place::Environment("prod".to_owned());
    app.user("author@example.com", &[(Place::Everywhere, Role::Admin)]).await;
    let author = text(&app.log_in("author@example.com").await, "access_token").to_owned();
    app.user("second@example.com", &[(prod.clone(), Role::Approver)]).await;
    let second = text(&app.log_in("second@example.com").await, "access_token").to_owned();
    let first = app.caller(Role::Approver, prod).await;
    report(&app, &author, "prod").await;
    let build_id = build(&app, &author, "a", tested()).await;
    let (plan, other_plan) = ("1".repeat(64), "2".repeat(64));
    let promotions = "/v1/environments/prod/promotions";
    let wanted = json!({"build_id": build_id, "plan_sha256": plan, "plan_summary": "api: 1.3.0 -> 1.4.0"});
    let made = app.ask("POST", promotions, &author, wanted).await;
    assert_eq!((made.status, &made.body["approved"]), (StatusCode::CREATED, &json!(false)), "{made:?}");
    assert_eq!(notices(&app).await, [NoticeEvent::ApprovalWanted]);
    let path = format!("{promotions}/{}", text(&made.body, "id"));
    let approve = async |who: &str, plan: &str| {
        let body = json!({"plan_sha256": plan, "reason": "read it"});
        app.ask("POST", &format!("{path}/approvals"), who, body).await
    };
    assert_eq!(approve(&author, &plan).await.status, StatusCode::CONFLICT, "not one's own");
    assert_eq!(approve(&first, &other_plan).await.status, StatusCode::CONFLICT, "not this plan");
    let approved = approve(&first, &plan).await;
    assert_eq!((approved.status, &approved.body["approved"]), (StatusCode::CREATED, &json!(false)));
    assert_eq!(approve(&first, &plan).await.status, StatusCode::CONFLICT, "not twice");
    assert_eq!(approve(&second, &plan).await.body["approved"], true);

    // Another plan voids them.
    let seen = app.ask("GET", &path, &author, Value::Null).await;
    let replan = json!({"plan_sha256": other_plan, "plan_summary": "api: 1.3.0 -> 1.4.0, count 2 -> 3"});
    let replanned = app.ask_with("PUT", &format!("{path}/plan"), &author, replan, &[("if-match", &seen.etag)]).await;
    assert_eq!((replanned.status, &replanned.body["approved"]), (StatusCode::OK, &json!(false)), "{replanned:?}");
    assert!(replanned.body["approvals"].as_array().expect("a list").iter().all(|approval| approval["counts"] == false));
    assert_eq!(approve(&first, &other_plan).await.status, StatusCode::CREATED);

    let wrong = path.replace("prod", "dev");
    assert_eq!(
        app.ask("GET", &wrong, &author, Value::Null).await.status,
        StatusCode::NOT_FOUND,
        "of another environment"
    );
    assert_eq!(app.ask("DELETE", &path, &author, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(approve(&second, &other_plan).await.status, StatusCode::CONFLICT, "it was withdrawn");
}

#[tokio::test]
async fn a_token_approves_nothing() {
    let app = App::start();
    let session = app.caller(Role::Approver, Place::Everywhere).await;
    let body = json!({"name": "CI", "roles": [{"environment": "*", "role": "approver"}], "expires_at": "2023-12-01T00:00:00Z"});
    let token = text(&app.ask("POST", "/v1/tokens", &session, body).await.body, "secret").to_owned();
    let path = format!("/v1/environments/prod/promotions/{}/approvals", Ulid::generate());
    let body = json!({"plan_sha256": "1".repeat(64), "reason": "read it"});
    let refused = app.ask("POST", &path, &token, body).await;
    assert_eq!(
        (refused.status, text(&refused.body, "detail")),
        (StatusCode::FORBIDDEN, "a person approves, not a token")
    );
}

#[tokio::test]
async fn an_untested_or_held_build_is_not_promoted() {
    let app = App::start();
    let token = app.caller(Role::Admin, Place::Everywhere).await;
    report(&app, &token, "prod").await;
    let path = "/v1/environments/prod/promotions";
    let ask = async |build_id: &str| {
        let body = json!({"build_id": build_id, "plan_sha256": "1".repeat(64), "plan_summary": "api"});
        let answer = app.ask("POST", path, &token, body).await;
        (answer.status, answer.body["detail"].as_str().unwrap_or_default().to_owned())
    };
    let failed = build(&app, &token, "a", json!({"passed": 3, "failed": 1, "skipped": 0})).await;
    assert_eq!(ask(&failed).await, (StatusCode::CONFLICT, "1 of its tests failed".to_owned()));
    let untested = build(&app, &token, "b", json!({"passed": 0, "failed": 0, "skipped": 9})).await;
    assert_eq!(ask(&untested).await, (StatusCode::CONFLICT, "nothing says that it was tested".to_owned()));
    assert_eq!(ask(&Ulid::generate().to_string()).await, (StatusCode::CONFLICT, "there is no such build".to_owned()));

    let held = build(&app, &token, "c", tested()).await;
    let hold = json!({"artifact": "app", "digest": digest(), "reason": "it loses orders"});
    let hold = app.ask("POST", "/v1/environments/prod/holds", &token, hold).await;
    assert_eq!(hold.status, StatusCode::CREATED, "{hold:?}");
    assert_eq!(ask(&held).await, (StatusCode::CONFLICT, "app is held: it loses orders".to_owned()));
    let lift = format!("/v1/environments/prod/holds/{}", text(&hold.body, "id"));
    assert_eq!(app.ask("DELETE", &lift, &token, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.ask("DELETE", &lift, &token, Value::Null).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask(&held).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn a_freeze_holds_until_it_is_lifted_or_over() {
    let app = App::start();
    let token = app.caller(Role::Approver, Place::Everywhere).await;
    report(&app, &token, "prod").await;
    let path = "/v1/environments/prod/freezes";
    let timed = json!({"reason": "holidays", "expires_at": "2023-11-14T22:30:00Z"});
    let timed = app.ask("POST", path, &token, timed).await;
    let open = app.ask("POST", path, &token, json!({"reason": "the database moves"})).await;
    assert_eq!((timed.status, open.status), (StatusCode::CREATED, StatusCode::CREATED));
    let reasons = async || {
        let listed = app.ask("GET", path, &token, Value::Null).await;
        let items = listed.body["items"].as_array().expect("a list").clone();
        let mut reasons: Vec<_> = items.iter().map(|item| text(item, "reason").to_owned()).collect();
        reasons.sort();
        reasons
    };
    assert_eq!(reasons().await, ["holidays", "the database moves"]);
    let lift = format!("{path}/{}", text(&open.body, "id"));
    assert_eq!(app.ask("DELETE", &lift, &token, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(reasons().await, ["holidays"]);
    app.pass(SignedDuration::from_mins(9));
    assert_eq!(reasons().await, ["holidays"]);
    assert_eq!(notices(&app).await, [NoticeEvent::FreezeBegun, NoticeEvent::FreezeBegun, NoticeEvent::FreezeLifted]);
}

fn record(id: Ulid, outcome: &str, digest: &str) -> Value {
    json!({
        "version": 1, "id": id, "environment": "dev", "commit": "0".repeat(40), "declaration_sha256": "1".repeat(64),
        "actor": {"arn": "arn:aws:iam::000000000000:user/ada", "host": "laptop"},
        "started_at": "2023-11-14T22:00:00.123456789Z", "finished_at": "2023-11-14T22:01:00Z", "outcome": outcome,
        "gates": [], "changes": [], "calls": {},
        "outcomes": [{"name": "api", "outcome": outcome, "rollout": null, "task_definition": null, "reason": "the tasks crash"}],
        "builds": {"version": 1, "artifacts": {"app": {"image": "registry.example/app", "digest": digest, "version": "1.4.0"}}},
    })
}

#[tokio::test]
async fn records_are_kept_as_they_are_and_completed_promotions_close() {
    let app = App::start();
    let token = app.caller(Role::Admin, Place::Everywhere).await;
    report(&app, &token, "dev").await;
    let build_id = build(&app, &token, "a", tested()).await;
    let wanted = json!({"build_id": build_id, "plan_sha256": "1".repeat(64), "plan_summary": "api"});
    let promotion = app.ask("POST", "/v1/environments/dev/promotions", &token, wanted).await;
    let promotion = format!("/v1/environments/dev/promotions/{}", text(&promotion.body, "id"));
    let path = "/v1/environments/dev/deployments";
    let ids = [Ulid(1), Ulid(2), Ulid(3)];
    let failed = record(ids[0], "rolled_back", &digest());
    let kept = app.ask("POST", path, &token, failed.clone()).await;
    assert_eq!((kept.status, text(&kept.body, "outcome")), (StatusCode::CREATED, "rolled_back"), "{kept:?}");
    assert_eq!(app.ask("GET", &promotion, &token, Value::Null).await.body["state"], "open");
    assert_eq!(app.ask("POST", path, &token, failed.clone()).await.status, StatusCode::OK, "it is there");
    let other = app.ask("POST", path, &token, record(ids[0], "succeeded", &digest())).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "a record does not change");
    let elsewhere =
        app.ask("POST", path, &token, record(ids[1], "succeeded", &format!("sha256:{}", "0".repeat(64)))).await;
    assert_eq!(elsewhere.status, StatusCode::CREATED);
    assert_eq!(app.ask("GET", &promotion, &token, Value::Null).await.body["state"], "open", "another build");
    assert_eq!(app.ask("POST", path, &token, record(ids[2], "succeeded", &digest())).await.status, StatusCode::CREATED);
    assert_eq!(app.ask("GET", &promotion, &token, Value::Null).await.body["state"], "completed");
    assert_eq!(
        notices(&app).await[1..],
        [NoticeEvent::DeploymentFailed, NoticeEvent::DeploymentSucceeded, NoticeEvent::DeploymentSucceeded]
    );

    let shown = app.ask("GET", &format!("{path}/{}", ids[0]), &token, Value::Null).await;
    assert_eq!(shown.body, failed);
    let listed = async |query: &str| {
        let listed = app.ask("GET", &format!("{path}?{query}"), &token, Value::Null).await;
        assert_eq!(listed.status, StatusCode::OK, "{listed:?}");
        listed.body["items"].as_array().expect("a list").len()
    };
    assert_eq!(listed("outcome=succeeded").await, 2);
    assert_eq!(listed("until=2023-11-14T22:00:00Z").await, 0);
    assert_eq!(listed("limit=1").await, 1);
    for query in ["outcome=good", "since=yesterday", "limit=0", "page=1"] {
        let refused = app.ask("GET", &format!("{path}?{query}"), &token, Value::Null).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
    }
    let exported = app.ask("GET", &format!("{path}/export"), &token, Value::Null).await;
    assert_eq!(exported.content_type, "application/x-ndjson");
    assert_eq!(exported.body.as_array().map(Vec::len), Some(3));
    assert_eq!(exported.body[2], failed);

    for unfit in [json!({}), record(ids[0], "good", &digest()), {
        let mut record = record(ids[1], "succeeded", &digest());
        record["environment"] = json!("prod");
        record
    }] {
        let refused = app.ask("POST", path, &token, unfit).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
    }
}

#[tokio::test]
async fn an_export_of_many_records_misses_none() {
    let app = App::start();
    let token = app.caller(Role::Deployer, Place::Everywhere).await;
    report(&app, &token, "dev").await;
    for id in 1..=101 {
        let kept =
            app.ask("POST", "/v1/environments/dev/deployments", &token, record(Ulid(id), "in_sync", &digest())).await;
        assert_eq!(kept.status, StatusCode::CREATED);
    }
    let exported = app.ask("GET", "/v1/environments/dev/deployments/export", &token, Value::Null).await;
    let ids: Vec<_> = exported.body.as_array().expect("lines").iter().map(|record| record["id"].clone()).collect();
    assert_eq!(ids, (1..=101).rev().map(|id| json!(Ulid(id))).collect::<Vec<_>>());
}
