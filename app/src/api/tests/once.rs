//! Requests that are sent again.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{App, text};
use crate::identity::{Place, Role};

fn build(commit: &str) -> Value {
    json!({
        "commit": commit.repeat(40),
        "version": "1.4.0",
        "artifacts": [{"name": "app", "place": "registry.example/app", "digest": format!("sha256:{}", "ab".repeat(32))}],
        "test_report": {"passed": 3, "failed": 0, "skipped": 0},
    })
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_answered_alike_and_done_once() {
    let app = App::start();
    let token = app.caller(Role::Deployer, Place::Everywhere).await;
    let other = app.caller(Role::Admin, Place::Everywhere).await;
    let key = [("idempotency-key", "0b9f8c5e")];
    let first = app.ask_with("POST", "/v1/builds", &token, build("a"), &key).await;
    assert_eq!(first.status, StatusCode::CREATED, "{first:?}");
    let again = app.ask_with("POST", "/v1/builds", &token, build("a"), &key).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.content_type, "application/json");
    let without = app.ask("POST", "/v1/builds", &token, build("a")).await;
    assert_eq!(without.status, StatusCode::CONFLICT, "a build never changes");
    let another = app.ask_with("POST", "/v1/builds", &token, build("b"), &key).await;
    assert_eq!(another.status, StatusCode::CONFLICT, "the key is of another request");
    let theirs = app.ask_with("POST", "/v1/builds", &other, build("b"), &key).await;
    assert_eq!(theirs.status, StatusCode::CREATED, "keys are of their callers");
    let all = app.ask("GET", "/v1/builds", &token, Value::Null).await;
    assert_eq!(all.body["items"].as_array().map(Vec::len), Some(2));
    let unfit = app.ask_with("POST", "/v1/builds", &token, build("c"), &[("idempotency-key", "a b")]).await;
    assert_eq!(unfit.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_failed_is_tried_again_with_the_same_key() {
    let app = App::start();
    let token = app.caller(Role::Deployer, Place::Everywhere).await;
    let key = [("idempotency-key", "1")];
    let path = "/v1/environments/dev/freezes";
    let body = json!({"reason": "the database moves"});
    assert_eq!(app.ask_with("POST", path, &token, body.clone(), &key).await.status, StatusCode::NOT_FOUND);
    super::delivery::report(&app, &token, "dev").await;
    assert_eq!(app.ask_with("POST", path, &token, body, &key).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_secret_is_not_told_again() {
    let app = App::start();
    let token = app.caller(Role::Viewer, Place::Everywhere).await;
    let key = [("idempotency-key", "1")];
    let body = json!({"name": "CI", "roles": [], "expires_at": "2023-12-01T00:00:00Z"});
    let made = app.ask_with("POST", "/v1/tokens", &token, body.clone(), &key).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let again = app.ask_with("POST", "/v1/tokens", &token, body, &key).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(!again.body.to_string().contains(text(&made.body, "secret")));
    let all = app.ask("GET", "/v1/tokens", &token, Value::Null).await;
    assert_eq!(all.body["items"].as_array().map(Vec::len), Some(1));
}
