//! How often one may ask.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use axum::extract::connect_info::MockConnectInfo;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Answer, App, PASSWORD, text};
use crate::configuration::{Http, Rates};
use crate::identity::{Place, Role};

/// A load balancer in front, as in production.
fn limited(address: u32, identity: u32, login: u32) -> App {
    let rate = |requests| NonZeroU32::new(requests).expect("more than none");
    let rates = Rates { address: rate(address), identity: rate(identity), login: rate(login) };
    App::configured(Http { rates, trusted_proxies: 1, ..Http::default() })
}

async fn log_in_from(app: &App, address: &str, email: &str, password: &str) -> Answer {
    let credentials = json!({"email": email, "password": password});
    app.ask_with("POST", "/v1/sessions", "", credentials, &[("x-forwarded-for", address)]).await
}

#[tokio::test]
async fn one_address_that_tries_one_password_with_many_accounts_is_stopped() {
    let app = limited(600, 600, 3);
    for attempt in 0..5 {
        // Whatever the client itself wrote before the load balancer did is not believed.
        let path = format!("198.51.100.{attempt}, 203.0.113.1");
        let tried = log_in_from(&app, &path, &format!("ada{attempt}@example.com"), "a password of many").await;
        assert_eq!(tried.status, if attempt < 3 { 401 } else { 429 }, "{attempt}: {tried:?}");
    }
    let elsewhere = log_in_from(&app, "203.0.113.2", "ada9@example.com", "a password of many").await;
    assert_eq!(elsewhere.status, 401, "others go on");
}

#[tokio::test]
async fn many_addresses_that_try_one_account_are_stopped_until_a_time_that_is_told() {
    let app = limited(600, 600, 3);
    app.user("ada@example.com", &[]).await;
    for attempt in 0..3 {
        let tried = log_in_from(&app, &format!("203.0.113.{attempt}"), "ada@example.com", "not her password").await;
        assert_eq!(tried.status, 401, "{tried:?}");
    }
    let stopped = log_in_from(&app, "203.0.113.9", "Ada@example.com", PASSWORD).await;
    assert_eq!(stopped.status, 429, "{stopped:?}");
    assert_eq!(stopped.content_type, "application/problem+json");
    // Three a minute are one each 20 s.
    assert_eq!(stopped.headers["retry-after"], "20");
    app.pass(SignedDuration::from_secs(19));
    assert_eq!(log_in_from(&app, "203.0.113.10", "ada@example.com", PASSWORD).await.status, 429);
    app.pass(SignedDuration::from_secs(1));
    assert_eq!(log_in_from(&app, "203.0.113.11", "ada@example.com", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn passwords_are_not_guessed_by_other_doors() {
    let app = limited(600, 600, 3);
    let token = app.caller(Role::Viewer, Place::Everywhere).await;
    let change = || json!({"current_password": "not the password", "new_password": "battery staple horse"});
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(app.ask("PUT", "/v1/users/me/password", &token, change()).await.status.as_u16());
    }
    assert_eq!(statuses, [403, 403, 429], "the login was the first attempt");
    let forgotten = json!({"email": "viewer-all@example.com"});
    assert_eq!(app.ask("POST", "/v1/password-resets", "", forgotten).await.status, 429);
}

#[tokio::test]
async fn who_is_not_known_is_counted_by_address() {
    let app = limited(3, 600, 600);
    let ask = async |address: &'static str, token: &str| {
        app.ask_with("GET", "/v1/users/me", token, Value::Null, &[("x-forwarded-for", address)]).await.status.as_u16()
    };
    assert_eq!(ask("2001:db8::1", "").await, 401);
    assert_eq!(ask("2001:db8::2", "nonsense").await, 401);
    assert_eq!(ask("2001:db8::3", "slipway_token_nonsense").await, 401);
    assert_eq!(ask("2001:db8::4", "").await, 429, "it is one network");
    assert_eq!(ask("2001:db8:0:1::4", "").await, 401);
    for path in ["/healthz", "/version"] {
        let constant = app.ask_with("GET", path, "", Value::Null, &[("x-forwarded-for", "2001:db8::1")]);
        assert_eq!(constant.await.status, 200, "whoever watches it asks {path} as often as they like");
    }
}

#[tokio::test]
async fn who_is_known_is_counted_alone() {
    let app = limited(2, 3, 600);
    app.user("ada@example.com", &[]).await;
    app.user("eve@example.com", &[]).await;
    let (ada, eve) = (app.log_in("ada@example.com").await, app.log_in("eve@example.com").await);
    let ask = async |tokens: &Value| {
        app.ask("GET", "/v1/users/me", text(tokens, "access_token"), Value::Null).await.status.as_u16()
    };
    for _ in 0..3 {
        assert_eq!(ask(&ada).await, 200, "the address has none left");
    }
    assert_eq!(ask(&ada).await, 429);
    assert_eq!(ask(&eve).await, 200);
    app.pass(SignedDuration::from_secs(20));
    assert_eq!(ask(&ada).await, 200);
}

#[tokio::test]
async fn without_a_proxy_nobody_says_where_they_are() {
    let app = limited(600, 600, 1);
    let router = app.router.clone().layer(MockConnectInfo(SocketAddr::from(([203, 0, 113, 1], 50_000))));
    let app = App { router, ..limited(600, 600, 1) };
    assert_eq!(log_in_from(&app, "", "ada@example.com", PASSWORD).await.status, 401);
    assert_eq!(log_in_from(&app, "", "eve@example.com", PASSWORD).await.status, 429);
}
