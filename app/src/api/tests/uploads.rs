//! Files that clients bring to storage themselves.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{App, text};
use crate::files::StoredFile;
use crate::identity::{Place, Role};

fn wanted(name: &str, size: u64) -> Value {
    json!({"name": name, "content_type": "application/pdf", "size": size, "sha256": "09".repeat(32)})
}

#[tokio::test]
async fn a_file_is_there_once_it_is_the_one_that_was_asked_for() {
    let app = App::start();
    let token = app.caller(Role::Deployer, Place::Everywhere).await;
    let allowed = app.ask("POST", "/v1/uploads", &token, wanted("report.pdf", 12)).await;
    assert_eq!(allowed.status, StatusCode::CREATED, "{allowed:?}");
    let id = text(&allowed.body["upload"], "id");
    assert_eq!(allowed.body["put_url"], format!("https://bucket.example/uploads/{id}/report.pdf"));
    let path = format!("/v1/uploads/{id}");
    let confirm = async || app.ask("POST", &format!("{path}/confirm"), &token, Value::Null).await;
    assert_eq!(confirm().await.status, StatusCode::CONFLICT, "it is not there");
    let key = format!("uploads/{id}/report.pdf");
    for other in [StoredFile { size: 13, sha256: Some([9; 32]) }, StoredFile { size: 12, sha256: Some([8; 32]) }] {
        app.files.put(&key, other);
        assert_eq!(confirm().await.status, StatusCode::CONFLICT, "another file");
    }
    app.files.put(&key, StoredFile { size: 12, sha256: Some([9; 32]) });
    assert_eq!(app.ask("GET", &path, &token, Value::Null).await.body["url"], Value::Null);
    let confirmed = confirm().await;
    assert_eq!(
        (confirmed.status, &confirmed.body["url"]),
        (StatusCode::OK, &json!(format!("https://files.example/{key}")))
    );
    assert_eq!(confirm().await.body, confirmed.body);
    let listed = app.ask("GET", "/v1/uploads", &token, Value::Null).await;
    assert_eq!(listed.body["items"], json!([confirmed.body]));
    assert_eq!(app.ask("DELETE", &path, &token, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.ask("GET", &path, &token, Value::Null).await.status, StatusCode::NOT_FOUND);
    assert_eq!(confirm().await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_name_leads_nowhere_else_and_a_size_has_its_bounds() {
    let app = App::start();
    let token = app.caller(Role::Deployer, Place::Everywhere).await;
    for name in [
        "",
        "..",
        "../a",
        "a/b",
        "a\\b",
        ".hidden",
        "a\u{0}b",
        "a\nb",
        "%2e%2e",
        "%2fetc",
        "a?b",
        "a#b",
        &"a".repeat(101),
    ] {
        let refused = app.ask("POST", "/v1/uploads", &token, wanted(name, 12)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
    }
    for size in [0, 104_857_601, u64::MAX] {
        let refused = app.ask("POST", "/v1/uploads", &token, wanted("a", size)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{size}");
    }
}
