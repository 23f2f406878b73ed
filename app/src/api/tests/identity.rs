//! Logins, sessions, passwords, tokens and invitations.

use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Answer, App, PASSWORD, text};
use crate::identity::{Place, Role};

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
    let alike = |mut answer: Answer| {
        answer.body["request_id"].take();
        (answer.status, answer.body)
    };
    assert_eq!(alike(wrong), alike(unknown));
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

#[tokio::test]
async fn a_token_may_do_what_it_and_its_user_may() {
    let app = App::start();
    let dev = Place::Environment("dev".to_owned());
    let ada = app.user("ada@example.com", &[(dev.clone(), Role::Approver)]).await;
    let admin = app.caller(Role::Admin, Place::Everywhere).await;
    let session = text(&app.log_in("ada@example.com").await, "access_token").to_owned();
    let made = async |role: &str, environment: &str, expires_at: &str| {
        let roles = json!([{"environment": environment, "role": role}]);
        let body = json!({"name": "CI", "roles": roles, "expires_at": expires_at});
        app.ask("POST", "/v1/tokens", &session, body).await
    };
    assert_eq!(made("admin", "dev", "2023-12-01T00:00:00Z").await.status, StatusCode::FORBIDDEN);
    assert_eq!(made("deployer", "*", "2023-12-01T00:00:00Z").await.status, StatusCode::FORBIDDEN);
    assert_eq!(made("deployer", "dev", "2023-11-01T00:00:00Z").await.status, StatusCode::CONFLICT, "it is over");
    assert_eq!(made("deployer", "dev", "2025-12-01T00:00:00Z").await.status, StatusCode::CONFLICT, "too long");
    let token = made("deployer", "dev", "2023-12-01T00:00:00Z").await;
    assert_eq!(token.status, StatusCode::CREATED, "{token:?}");
    let secret = text(&token.body, "secret").to_owned();
    assert!(secret.starts_with("slipway_token_") && secret.ends_with(text(&token.body, "hint")));

    let freezes = "/v1/environments/dev/freezes";
    assert_eq!(app.ask("GET", freezes, &secret, Value::Null).await.status, StatusCode::OK);
    for path in ["/v1/environments/prod/freezes", "/v1/tokens", "/v1/sessions", "/v1/users/me"] {
        assert_eq!(app.ask("GET", path, &secret, Value::Null).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let listed = app.ask("GET", "/v1/tokens", &session, Value::Null).await;
    assert_eq!(listed.body["items"][0]["last_used_at"], "2023-11-14T22:13:20Z");
    assert!(!listed.body.to_string().contains(&secret), "it is told once");

    // What its user may not do any more, it may not do either.
    let user = app.ask("GET", &format!("/v1/users/{ada}"), &admin, Value::Null).await;
    let less = json!({"name": "Ada", "roles": [{"environment": "prod", "role": "viewer"}]});
    let path = format!("/v1/users/{ada}");
    let changed = app.ask_with("PUT", &path, &admin, less, &[("if-match", &user.etag)]).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    assert_eq!(app.ask("GET", freezes, &secret, Value::Null).await.status, StatusCode::FORBIDDEN);

    let path = format!("/v1/tokens/{}", text(&token.body, "id"));
    assert_eq!(app.ask("DELETE", &path, &admin, Value::Null).await.status, StatusCode::NOT_FOUND, "not theirs");
    assert_eq!(app.ask("DELETE", &path, &session, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.ask("GET", freezes, &secret, Value::Null).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_expires() {
    let app = App::start();
    let session = app.caller(Role::Viewer, Place::Everywhere).await;
    let body =
        json!({"name": "CI", "roles": [{"environment": "*", "role": "viewer"}], "expires_at": "2023-11-14T22:20:00Z"});
    let token = app.ask("POST", "/v1/tokens", &session, body).await;
    let secret = text(&token.body, "secret").to_owned();
    assert_eq!(app.ask("GET", "/v1/environments", &secret, Value::Null).await.status, StatusCode::OK);
    app.pass(SignedDuration::from_mins(10));
    assert_eq!(app.ask("GET", "/v1/environments", &secret, Value::Null).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nobody_changes_their_own_roles_or_what_they_have_not_seen() {
    let app = App::start();
    let ada = app.user("ada@example.com", &[]).await;
    let me = app.user("grace@example.com", &[(Place::Everywhere, Role::Admin)]).await;
    let token = text(&app.log_in("grace@example.com").await, "access_token").to_owned();
    let change = json!({"name": "Countess", "roles": [{"environment": "dev", "role": "viewer"}]});
    let path = format!("/v1/users/{ada}");
    let seen = app.ask("GET", &path, &token, Value::Null).await.etag;
    let unsaid = app.ask("PUT", &path, &token, change.clone()).await;
    assert_eq!(unsaid.status, StatusCode::PRECONDITION_REQUIRED);
    let changed = app.ask_with("PUT", &path, &token, change.clone(), &[("if-match", &seen)]).await;
    assert_eq!((changed.status, text(&changed.body, "name")), (StatusCode::OK, "Countess"));
    assert_ne!(changed.etag, seen);
    let stale = app.ask_with("PUT", &path, &token, change.clone(), &[("if-match", &seen)]).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let mine = app.ask_with("PUT", &format!("/v1/users/{me}"), &token, change, &[("if-match", "*")]).await;
    assert_eq!(mine.status, StatusCode::CONFLICT);
    let twice = json!([{"environment": "dev", "role": "viewer"}, {"environment": "dev", "role": "admin"}]);
    let twice = json!({"name": "Ada", "roles": twice});
    let twice = app.ask_with("PUT", &path, &token, twice, &[("if-match", "*")]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
}
