//! The interface as a client meets it, over a store in memory.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use ops_engine::clock::Clock;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use ulid::Ulid;

use super::{AppState, routed};
use crate::configuration::{Http, Rates};
use crate::control_plane::ControlPlane;
use crate::files::MemoryFiles;
use crate::identity::{AccessTokens, Grant, Hasher, Place, Role};
use crate::rate_limits::{Elapsed, RateLimits};
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
    files: MemoryFiles,
    clock: SetClock,
}

#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    content_type: String,
    etag: String,
    body: Value,
}

impl App {
    fn start() -> Self {
        // Tests of something else ask as often as they like.
        let often = NonZeroU32::MAX;
        Self::configured(Http { rates: Rates { address: often, identity: often, login: often }, ..Http::default() })
    }

    /// Limits of rates go by the clock that the test sets.
    fn configured(http: Http) -> Self {
        Self::serving(http, Router::new())
    }

    /// With routes of the test's own.
    fn serving(http: Http, own: Router) -> Self {
        let clock = SetClock(Arc::new(Mutex::new(Timestamp::from_second(1_700_000_000).expect("a moment"))));
        let (start, now) = (clock.now(), clock.clone());
        let elapsed = Elapsed(Arc::new(move || now.now().duration_since(start).unsigned_abs()));
        let (store, hasher) = (MemoryStore::default(), Hasher::new(2).expect("a hasher"));
        let files = MemoryFiles::default();
        let control_plane = ControlPlane {
            store: Arc::new(store.clone()),
            access_tokens: AccessTokens::throwaway(),
            hasher: hasher.clone(),
            files: Some(Arc::new(files.clone())),
            clock: Arc::new(clock.clone()),
            limits: RateLimits::with_clock(http.rates, elapsed),
            job_written: Arc::default(),
        };
        let state = AppState {
            readiness: Readiness::default(),
            version: Arc::default(),
            control_plane: Some(control_plane),
            http,
        };
        let address = MockConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 50_000)));
        Self { router: routed(state, own).layer(address), store, hasher, files, clock }
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

    /// Somebody with a role, logged in.
    async fn caller(&self, role: Role, place: Place) -> String {
        let name = if place == Place::Everywhere { "all".to_owned() } else { place.to_string() };
        let email = format!("{role}-{name}@example.com");
        self.user(&email, &[(place, role)]).await;
        text(&self.log_in(&email).await, "access_token").to_owned()
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        let headers = response.headers().clone();
        let named = |name| headers.get(name).map(|value| value.to_str().expect("text").to_owned());
        let (content_type, etag) = (named(header::CONTENT_TYPE), named(header::ETAG));
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        let body = if body.is_empty() {
            Value::Null
        } else if content_type.as_deref() == Some("application/x-ndjson") {
            let lines = std::str::from_utf8(&body).expect("UTF-8").lines();
            lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON")).collect()
        } else if content_type.as_deref().is_some_and(|name| name.ends_with("json")) {
            serde_json::from_slice(&body).expect("JSON")
        } else {
            String::from_utf8(body.into()).expect("UTF-8").into()
        };
        Answer { status, headers, content_type: content_type.unwrap_or_default(), etag: etag.unwrap_or_default(), body }
    }

    /// `token`: empty for nobody.
    async fn ask(&self, method: &str, path: &str, token: &str, body: Value) -> Answer {
        self.ask_with(method, path, token, body, &[]).await
    }

    async fn ask_with(&self, method: &str, path: &str, token: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
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

mod delivery;
mod description;
mod identity;
mod layers;
mod once;
mod problems;
mod rates;
mod roles;
mod uploads;
