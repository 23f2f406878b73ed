//! What is answered when something is wrong.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use super::{App, text};

#[tokio::test]
async fn whatever_is_wrong_is_told_as_a_problem() {
    let app = App::start();
    app.user("ada@example.com", &[]).await;
    let token = text(&app.log_in("ada@example.com").await, "access_token").to_owned();
    let raw = |body: &str, content_type: &str| {
        let request = Request::post("/v1/sessions").header(header::CONTENT_TYPE, content_type);
        request.body(Body::from(body.to_owned())).expect("a request")
    };
    let large = json!({"email": "a@example.com", "password": "x".repeat(10 << 20)}).to_string();
    let answers = [
        (404, app.ask("GET", "/nothing", "", Value::Null).await),
        (404, app.ask("GET", "/v1/../etc/passwd", "", Value::Null).await),
        (405, app.ask("PATCH", "/v1/sessions", "", Value::Null).await),
        (400, app.send(raw("{", "application/json")).await),
        (413, app.send(raw(&large, "application/json")).await),
        (415, app.send(raw("email=a", "application/x-www-form-urlencoded")).await),
        (422, app.ask("POST", "/v1/sessions", "", json!({"email": "nobody", "password": ""})).await),
        (422, app.ask("POST", "/v1/sessions", "", json!({"email": "a@example.com", "password": "", "more": 1})).await),
        (422, app.ask("POST", "/v1/sessions", "", json!([])).await),
        (400, app.ask("GET", "/v1/users?limit=0", &token, Value::Null).await),
        (400, app.ask("GET", "/v1/users?limit=101", &token, Value::Null).await),
        (400, app.ask("GET", "/v1/users?cursor=1%27%20OR%201", &token, Value::Null).await),
        (400, app.ask("GET", "/v1/users?page=2", &token, Value::Null).await),
        (401, app.ask("GET", "/v1/users", "nonsense", Value::Null).await),
        (403, app.ask("GET", "/v1/users", &token, Value::Null).await),
    ];
    for (status, answer) in answers {
        assert_eq!((answer.status.as_u16(), &*answer.content_type), (status, "application/problem+json"), "{answer:?}");
        assert_eq!(answer.body["status"], status);
        assert_eq!(text(&answer.body, "request_id"), answer.headers["x-request-id"], "{answer:?}");
        assert!(!text(&answer.body, "detail").contains('\n'), "{answer:?}");
    }
}
