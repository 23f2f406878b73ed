//! The HTTP interface: one folder a resource, one file an endpoint.

mod health;
mod version;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::http::{Method, StatusCode, Uri};
use axum::routing::get;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::Level;

use crate::configuration::Configuration;
use crate::problem::Problem;
use crate::readiness::Readiness;

/// What the endpoints share; each takes its own part.
#[derive(Debug, Clone, FromRef)]
pub(crate) struct AppState {
    readiness: Readiness,
    version: Arc<version::Version>,
}

impl AppState {
    pub(crate) fn new(readiness: Readiness, configuration: &Configuration) -> Self {
        Self { readiness, version: Arc::new(version::Version::of(configuration)) }
    }
}

/// Every route, in one list.
pub(crate) fn router(state: AppState) -> Router {
    // Load balancers ask these every few seconds from every zone: they are not worth a line each.
    let unlogged =
        Router::new().route("/healthz", get(health::live::handler)).route("/readyz", get(health::ready::handler));
    Router::new()
        .route("/version", get(version::show::handler))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(TraceLayer::new_for_http().on_response(DefaultOnResponse::new().level(Level::INFO)))
        .merge(unlogged.method_not_allowed_fallback(method_not_allowed))
        .with_state(state)
}

async fn not_found(uri: Uri) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at {}", uri.path()))
}

async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("{} does not answer {method}", uri.path()))
}
