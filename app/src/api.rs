//! The HTTP interface: one folder a resource, one file an endpoint.

mod audit_event;
mod body;
mod build;
mod caller;
mod deployment;
mod description;
mod docs;
mod entity_tag;
mod environment;
mod freeze;
mod health;
mod hold;
mod invitation;
mod jwks;
mod layer;
mod page;
mod password_reset;
mod path;
mod promotion;
mod session;
#[cfg(test)]
mod tests;
mod token;
mod upload;
mod user;
mod version;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use serde_json::Value;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _, SizeAbove};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

pub(crate) use description::openapi;

use crate::configuration::{Configuration, Http};
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::rate_limits::RateLimits;
use crate::readiness::Readiness;

pub(crate) use layer::client::ClientAddress;

/// Bytes of a request's body. Nothing that is sent here is longer; files go to S3.
const LARGEST_BODY: usize = 64 * 1024;

/// Bytes of a record: it holds the last lines of logs.
const LARGEST_RECORD: usize = 1024 * 1024;

/// Bytes of an answer that are not worth compressing: they fit into one packet.
const SMALL: u64 = 1024;

/// What the endpoints of every server share; each takes its own part.
#[derive(Clone, FromRef)]
pub(crate) struct AppState {
    readiness: Readiness,
    version: Arc<version::Version>,
    control_plane: Option<ControlPlane>,
    http: Http,
}

impl AppState {
    /// Without a control plane, nothing below `/v1` is there.
    pub(crate) fn new(
        readiness: Readiness,
        configuration: &Configuration,
        control_plane: Option<ControlPlane>,
    ) -> Self {
        let version = Arc::new(version::Version::of(configuration));
        Self { readiness, version, control_plane, http: configuration.http.clone() }
    }
}

/// Every route, in one list.
pub(crate) fn router(state: AppState) -> Router {
    routed(state, Router::new())
}

/// With routes beside, which are as the others.
fn routed(state: AppState, beside: Router) -> Router {
    let mut routes = beside;
    if let Some(control_plane) = state.control_plane.clone() {
        let (control_plane_routes, document) = control_plane_routes().split_for_parts();
        let document = Arc::new(description::described(document));
        routes = routes
            .merge(control_plane_routes.with_state(control_plane))
            .merge(docs::router())
            .route("/openapi.json", get(async move || axum::Json(Value::clone(&document))));
    }
    layered(routes, state)
}

/// With what happens to every request; the last layer comes first.
fn layered(routes: Router, state: AppState) -> Router {
    let Http { origins, trusted_proxies, rates, times, .. } = state.http.clone();
    let limits = state.control_plane.as_ref().map(|control_plane| control_plane.limits.clone());
    let limits = limits.unwrap_or_else(|| RateLimits::new(rates));
    let gate = layer::rate::Gate { limits, control_plane: state.control_plane.clone() };
    // Whoever watches a deployment asks this all the time, and it costs nothing to answer.
    let version = Router::new().route("/version", get(version::show::handler));
    let version = version.method_not_allowed_fallback(method_not_allowed).with_state(state.clone());
    let mut routes = routes
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(gate, layer::rate::layer))
        .merge(version)
        .layer(from_fn_with_state(times, layer::time::layer))
        .layer(layer::panic::layer());
    if !origins.is_empty() {
        routes = routes.layer(layer::cors::layer(&origins));
    }
    // Load balancers ask these every few seconds from every zone: they are not worth a line each, nor a number.
    let health = Router::new()
        .route("/healthz", get(health::live::handler))
        .route("/readyz", get(health::ready::handler))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state);
    routes
        .layer(from_fn(layer::observe::layer))
        .layer(from_fn_with_state(trusted_proxies, layer::client::layer))
        .merge(health)
        .layer(from_fn(layer::security::layer))
        .layer(from_fn(layer::request_id::layer))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(SizeAbove::new(SMALL))))
}

fn control_plane_routes() -> OpenApiRouter<ControlPlane> {
    OpenApiRouter::new()
        .routes(routes!(session::create::handler, session::list::handler))
        .routes(routes!(session::refresh::handler))
        .routes(routes!(session::end::handler))
        .routes(routes!(user::show_me::handler))
        .routes(routes!(user::change_password::handler))
        .routes(routes!(user::list::handler))
        .routes(routes!(user::show::handler, user::update::handler, user::delete::handler))
        .routes(routes!(invitation::create::handler))
        .routes(routes!(invitation::accept::handler))
        .routes(routes!(password_reset::create::handler))
        .routes(routes!(password_reset::complete::handler))
        .routes(routes!(token::list::handler, token::create::handler))
        .routes(routes!(token::revoke::handler))
        .routes(routes!(build::list::handler, build::create::handler))
        .routes(routes!(build::show::handler))
        .routes(routes!(upload::list::handler, upload::create::handler))
        .routes(routes!(upload::show::handler, upload::delete::handler))
        .routes(routes!(upload::confirm::handler))
        .routes(routes!(environment::list::handler))
        .routes(routes!(environment::show::handler, environment::report::handler))
        .routes(
            routes!(deployment::list::handler, deployment::create::handler)
                .layer(DefaultBodyLimit::max(LARGEST_RECORD)),
        )
        .routes(routes!(deployment::export::handler))
        .routes(routes!(deployment::show::handler))
        .routes(routes!(promotion::list::handler, promotion::create::handler))
        .routes(routes!(promotion::show::handler, promotion::withdraw::handler))
        .routes(routes!(promotion::replan::handler))
        .routes(routes!(promotion::approve::handler))
        .routes(routes!(freeze::list::handler, freeze::create::handler))
        .routes(routes!(freeze::lift::handler))
        .routes(routes!(hold::list::handler, hold::create::handler))
        .routes(routes!(hold::lift::handler))
        .routes(routes!(audit_event::list::handler))
        .routes(routes!(jwks::handler))
}

async fn not_found(uri: Uri) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at {}", uri.path()))
}

async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("{} does not answer {method}", uri.path()))
}
