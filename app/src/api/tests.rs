//! The interface as a client meets it, over a store in memory.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::{Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use ops_engine::clock::Clock;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use ulid::Ulid;

use super::{AppState, openapi, router};
use crate::control_plane::ControlPlane;
use crate::identity::{AccessTokens, Grant, Hasher, Place, Role};
use crate::readiness::Readiness;
use crate::store::{MemoryStore, Store as _, User};

const PASSWORD: &str = "correct horse battery";

/// A clock that a test sets.
#[derive(Clone)]
struct SetClock(Arc<Mutex<Timestamp>>);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panicked")
    }
}

struct App {
    router: Router,
    store: MemoryStore,
    hasher: Hasher,
    clock: SetClock,
}

#[derive(Debug)]
struct Answer {
    status: StatusCode,
    content_type: String,
    body: Value,
}

impl App {
    fn start() -> Self {
        let clock = SetClock(Arc::new(Mutex::new(Timestamp::from_second(1_700_000_000).expect("a moment"))));
        let (store, hasher) = (MemoryStore::default(), Hasher::new(2).expect("a hasher"));
        let control_plane = ControlPlane {
            store: Arc::new(store.clone()),
            access_tokens: AccessTokens::throwaway(),
            hasher: hasher.clone(),
            clock: Arc::new(clock.clone()),
        };
        let state =
            AppState { readiness: Readiness::default(), version: Arc::default(), control_plane: Some(control_plane) };
        let address = MockConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 50_000)));
        Self { router: router(state).layer(address), store, hasher, clock }
    }

    fn pass(&self, time: SignedDuration) {
        *self.clock.0.lock().expect("nobody panicked") += time;
    }

    async fn user(&self, email: &str, grants: &[(Place, Role)]) -> Ulid {
        let now = self.clock.now();
        let password = PASSWORD.to_owned().try_into().expect("a password");
        let user = User {
            id: Ulid::generate(),
            email: email.parse().expect("an address"),
            name: "Ada".to_owned(),
            password_hash: Some(self.hasher.hash(password).await.expect("a hash")),
            grants: grants
                .iter()
                .map(|(environment, role)| Grant { environment: environment.clone(), role: *role })
                .collect(),
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        let mut transaction = self.store.begin().await.expect("a transaction");
        transaction.add_user(&user).await.expect("added");
        transaction.commit().await.expect("committed");
        user.id
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        let content_type =
            response.headers().get(header::CONTENT_TYPE).map(|value| value.to_str().expect("text").to_owned());
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).expect("JSON") };
        Answer { status, content_type: content_type.unwrap_or_default(), body }
    }

    /// `token`: empty for nobody.
    async fn ask(&self, method: &str, path: &str, token: &str, body: Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body).expect("a request")).await
    }

    async fn log_in(&self, email: &str) -> Value {
        let answer = self.ask("POST", "/v1/sessions", "", json!({"email": email, "password": PASSWORD})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.body
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().expect("a text")
}

#[tokio::test]
async fn who_logs_in_is_known_until_the_session_ends() {
    let app = App::start();
    app.user("ada@example.com", &[(Place::Everywhere, Role::Viewer)]).await;
    let tokens = app.log_in("Ada@Example.com").await;
    let token = text(&tokens, "access_token");
    let me = app.ask("GET", "/v1/users/me", token, Value::Null).await;
    assert_eq!((me.status, text(&me.body, "email")), (StatusCode::OK, "ada@example.com"));
    assert_eq!(me.body["roles"], json!([{"environment": "*", "role": "viewer"}]));
    let sessions = app.ask("GET", "/v1/sessions", token, Value::Null).await;
    assert_eq!((&sessions.body["items"][0]["current"], &sessions.body["next_cursor"]), (&json!(true), &Value::Null));

    let path = format!("/v1/sessions/{}", text(&tokens, "session_id"));
    assert_eq!(app.ask("DELETE", &path, token, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.ask("GET", "/v1/users/me", token, Value::Null).await.status, StatusCode::UNAUTHORIZED);
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    assert_eq!(app.ask("POST", "/v1/sessions/refresh", "", refresh).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_are_answered_alike() {
    let app = App::start();
    app.user("ada@example.com", &[]).await;
    let wrong = json!({"email": "ada@example.com", "password": "correct horse batterz"});
    let unknown = json!({"email": "eve@example.com", "password": PASSWORD});
    let wrong = app.ask("POST", "/v1/sessions", "", wrong).await;
    let unknown = app.ask("POST", "/v1/sessions", "", unknown).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!((wrong.status, wrong.body), (unknown.status, unknown.body));
}

#[tokio::test]
async fn an_access_token_expires_and_a_refresh_token_brings_the_next() {
    let app = App::start();
    app.user("ada@example.com", &[]).await;
    let first = app.log_in("ada@example.com").await;
    app.pass(SignedDuration::from_mins(10));
    assert_eq!(
        app.ask("GET", "/v1/users/me", text(&first, "access_token"), Value::Null).await.status,
        StatusCode::UNAUTHORIZED
    );
    let refresh = json!({"refresh_token": first["refresh_token"]});
    let second = app.ask("POST", "/v1/sessions/refresh", "", refresh.clone()).await;
    let token = text(&second.body, "access_token").to_owned();
    assert_eq!(app.ask("GET", "/v1/users/me", &token, Value::Null).await.status, StatusCode::OK);

    // Somebody else has it, too: nobody keeps the session.
    assert_eq!(app.ask("POST", "/v1/sessions/refresh", "", refresh).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.ask("GET", "/v1/users/me", &token, Value::Null).await.status, StatusCode::UNAUTHORIZED);
    let next = json!({"refresh_token": second.body["refresh_token"]});
    assert_eq!(app.ask("POST", "/v1/sessions/refresh", "", next).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let app = App::start();
    app.user("ada@example.com", &[]).await;
    let (here, elsewhere) = (app.log_in("ada@example.com").await, app.log_in("ada@example.com").await);
    let token = text(&here, "access_token");
    let change = |current: &str| json!({"current_password": current, "new_password": "battery staple horse"});
    let refused = app.ask("PUT", "/v1/users/me/password", token, change("wrong")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let changed = app.ask("PUT", "/v1/users/me/password", token, change(PASSWORD)).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{changed:?}");
    assert_eq!(app.ask("GET", "/v1/users/me", token, Value::Null).await.status, StatusCode::OK);
    let other = text(&elsewhere, "access_token");
    assert_eq!(app.ask("GET", "/v1/users/me", other, Value::Null).await.status, StatusCode::UNAUTHORIZED);
    let old = json!({"email": "ada@example.com", "password": PASSWORD});
    assert_eq!(app.ask("POST", "/v1/sessions", "", old).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn sessions_of_others_are_not_there() {
    let app = App::start();
    app.user("ada@example.com", &[]).await;
    app.user("eve@example.com", &[(Place::Everywhere, Role::Admin)]).await;
    let (ada, eve) = (app.log_in("ada@example.com").await, app.log_in("eve@example.com").await);
    let path = format!("/v1/sessions/{}", text(&ada, "session_id"));
    let token = text(&eve, "access_token");
    assert_eq!(app.ask("DELETE", &path, token, Value::Null).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.ask("DELETE", "/v1/sessions/nonsense", token, Value::Null).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.ask("GET", "/v1/users/me", text(&ada, "access_token"), Value::Null).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_deleted_user_is_out_at_once() {
    let app = App::start();
    let ada = app.user("ada@example.com", &[]).await;
    let admin = app.user("grace@example.com", &[(Place::Everywhere, Role::Admin)]).await;
    let (ada_tokens, tokens) = (app.log_in("ada@example.com").await, app.log_in("grace@example.com").await);
    let token = text(&tokens, "access_token");
    let deleted = app.ask("DELETE", &format!("/v1/users/{ada}"), token, Value::Null).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    let out = app.ask("GET", "/v1/users/me", text(&ada_tokens, "access_token"), Value::Null).await;
    assert_eq!(out.status, StatusCode::UNAUTHORIZED);
    let myself = app.ask("DELETE", &format!("/v1/users/{admin}"), token, Value::Null).await;
    assert_eq!(myself.status, StatusCode::CONFLICT);
    let again = app.ask("DELETE", &format!("/v1/users/{ada}"), token, Value::Null).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);

    let log = app.ask("GET", "/v1/audit-events?limit=1", token, Value::Null).await;
    assert_eq!(log.body["items"][0]["action"], "user.delete", "{log:?}");
    assert_eq!(log.body["items"][0]["subject"], format!("user:{ada}"));
    let next = format!("/v1/audit-events?cursor={}", text(&log.body, "next_cursor"));
    let rest = app.ask("GET", &next, token, Value::Null).await;
    let actions: Vec<_> = rest.body["items"].as_array().expect("a list").iter().map(|item| &item["action"]).collect();
    assert_eq!(actions, ["session.create", "session.create"]);
    assert!(rest.body["items"].as_array().expect("a list").iter().all(|item| item["intact"] == true));
}

/// The least role in all environments that each operation takes; `None`: none but a login.
fn least_roles() -> BTreeMap<&'static str, Option<Role>> {
    BTreeMap::from([
        ("list_sessions", None),
        ("end_session", None),
        ("show_me", None),
        ("change_password", None),
        ("list_users", Some(Role::Admin)),
        ("delete_user", Some(Role::Admin)),
        ("list_audit_events", Some(Role::Admin)),
    ])
}

/// Operations that nobody has to be known for.
const OPEN: [&str; 3] = ["create_session", "refresh_session", "show_public_keys"];

#[tokio::test]
async fn every_route_is_open_to_those_who_may_and_to_nobody_else() {
    let app = App::start();
    let mut callers = vec![(None, String::new())];
    for role in Role::ALL {
        for place in [Place::Everywhere, Place::Environment("dev".to_owned())] {
            let email = format!("{role}-{}@example.com", if place == Place::Everywhere { "all" } else { "dev" });
            app.user(&email, &[(place.clone(), role)]).await;
            let token = text(&app.log_in(&email).await, "access_token").to_owned();
            callers.push((Some((place, role)), token));
        }
    }
    let (least, document) = (least_roles(), serde_json::to_value(openapi()).expect("a document"));
    let mut seen = 0;
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let name = text(operation, "operationId");
            if OPEN.contains(&name) {
                assert!(operation.get("security").is_none(), "{name}");
                continue;
            }
            assert_eq!(operation["security"], json!([{"bearer": []}]), "{name}");
            let needs = least.get(name).unwrap_or_else(|| panic!("who may {name}?"));
            let path = path.replace("{id}", &Ulid::generate().to_string());
            for (who, token) in &callers {
                let answer = app.ask(&method.to_uppercase(), &path, token, json!({})).await;
                let allowed = match (who, needs) {
                    (None, _) => {
                        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
                        continue;
                    }
                    (Some(_), None) => true,
                    (Some((place, role)), Some(least)) => *place == Place::Everywhere && role >= least,
                };
                assert_eq!(answer.status != StatusCode::FORBIDDEN, allowed, "{name} by {who:?}: {answer:?}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, least.len() * 8, "every operation in the list is there");
}

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
        assert!(!text(&answer.body, "detail").contains('\n'), "{answer:?}");
    }
}

#[test]
fn the_description_is_the_one_that_is_checked_in() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let described = serde_json::to_value(openapi()).expect("a document");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    let checked_in: Value = serde_json::from_str(&checked_in).unwrap_or_default();
    assert!(checked_in == described, "run `cargo run --package app -- openapi > app/openapi.json`");
}

#[test]
fn the_description_keeps_to_the_rules() {
    let document = serde_json::to_value(openapi()).expect("a document");
    assert_eq!(document["openapi"], "3.1.0");
    let snake_case = |name: &str| name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let name = text(operation, "operationId");
            assert!(snake_case(name) && !text(operation, "summary").is_empty(), "{name}");
            assert_eq!(operation["responses"]["default"]["$ref"], "#/components/responses/Problem", "{name}");
            if name.starts_with("list_") && name != "list_sessions" {
                let parameters = operation["parameters"].to_string();
                assert!(parameters.contains("\"cursor\"") && parameters.contains("\"limit\""), "{name}");
            }
            assert!(path.starts_with("/v1/") || path.starts_with("/.well-known/"), "{path}");
            assert!(["get", "put", "post", "delete"].contains(&method.as_str()), "{method} {path}");
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        for member in schema["properties"].as_object().into_iter().flat_map(|members| members.keys()) {
            assert!(snake_case(member), "{name}.{member}");
        }
    }
}
