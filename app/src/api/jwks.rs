//! `GET /.well-known/jwks.json`: the public keys of access tokens (RFC 7517).

use axum::Json;
use axum::extract::State;
use jsonwebtoken::jwk::JwkSet;

use crate::control_plane::ControlPlane;

/// The public keys that access tokens are checked with
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "sessions", operation_id = "show_public_keys",
    responses((status = 200, description = "A JWK set", body = Object))
)]
pub(crate) async fn handler(State(control_plane): State<ControlPlane>) -> Json<JwkSet> {
    Json(control_plane.access_tokens.public_keys().clone())
}
