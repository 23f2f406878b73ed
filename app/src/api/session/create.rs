//! `POST /v1/sessions`: log in.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;

use super::{LIFETIME, Tokens};
use crate::api::ClientAddress;
use crate::api::body::Body;
use crate::control_plane::ControlPlane;
use crate::identity::Email;
use crate::problem::Problem;
use crate::store::Session;

/// Characters of a client's name that are kept.
const LONGEST_NAME: usize = 255;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    #[schema(value_type = String, format = "email", max_length = 254)]
    email: Email,
    #[schema(format = "password", max_length = 128)]
    password: String,
}

/// Log in
///
/// Who is unknown and whose password is wrong are answered alike, after the same time.
#[utoipa::path(
    post, path = "/v1/sessions", tag = "sessions", operation_id = "create_session",
    request_body = Credentials,
    responses((status = 201, description = "Logged in", body = Tokens))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    client: ClientAddress,
    headers: HeaderMap,
    body: Body<Credentials>,
) -> Result<(StatusCode, Json<Tokens>), Problem> {
    let Credentials { email, password } = body.read()?;
    control_plane.limits.login(client, &email)?;
    let mut transaction = control_plane.store.begin().await?;
    let user = transaction.user_of_email(&email).await?;
    // No connection is held while a password is hashed.
    drop(transaction);
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = control_plane.hasher.verify(password, stored).await?;
    let Some(user) = user.filter(|_| right) else {
        return Err(Problem::unauthorized("the address or the password is wrong"));
    };
    let mut write = control_plane.write_as(format!("user:{}", user.id)).await?;
    let now = write.now;
    let name = headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let session = Session {
        id: Ulid::generate(),
        user_id: user.id,
        user_agent: name.chars().take(LONGEST_NAME).collect(),
        address: client.0.to_string(),
        last_used_at: now,
        expires_at: now + LIFETIME,
        ended: None,
        created_at: now,
        updated_at: now,
    };
    write.transaction.add_session(&session).await?;
    let tokens = Tokens::issue(&control_plane, write.transaction.as_mut(), &session, now).await?;
    write.audit("session.create", format!("session:{}", session.id), None, None).await?;
    write.commit().await?;
    Ok((StatusCode::CREATED, Json(tokens)))
}
