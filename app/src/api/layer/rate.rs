//! How often nobody in particular may ask.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::client::ClientAddress;
use crate::api::caller::bearer;
use crate::control_plane::ControlPlane;
use crate::rate_limits::RateLimits;

#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) limits: RateLimits,
    pub(crate) control_plane: Option<ControlPlane>,
}

/// An access token proves by itself who asks, and the [`Caller`](crate::api::caller::Caller) is counted then. Whatever else
/// is said takes work to believe, so it counts for the address.
pub(crate) async fn layer(State(gate): State<Gate>, client: ClientAddress, request: Request, next: Next) -> Response {
    let known = gate.control_plane.is_some_and(|control_plane| {
        let token = bearer(request.headers());
        token.is_some_and(|token| control_plane.access_tokens.check(token, control_plane.now()).is_ok())
    });
    if !known && let Err(problem) = gate.limits.address(client) {
        return problem.into_response();
    }
    next.run(request).await
}
