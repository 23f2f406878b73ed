//! `POST /v1/sessions/refresh`: the next pair of tokens.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Tokens;
use crate::api::body::Body;
use crate::control_plane::ControlPlane;
use crate::identity::SecretToken;
use crate::problem::Problem;
use crate::store::EndReason;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    #[schema(format = "password", max_length = 256)]
    refresh_token: String,
}

/// Exchange a refresh token for the next pair
///
/// Each is good for one use. One that comes a second time is in two hands, and nobody knows which is the user's: it ends
/// the session (RFC 9700, section 4.14.2).
#[utoipa::path(
    post, path = "/v1/sessions/refresh", tag = "sessions", operation_id = "refresh_session",
    request_body = Refresh,
    responses((status = 200, description = "The next pair", body = Tokens))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    body: Body<Refresh>,
) -> Result<Json<Tokens>, Problem> {
    let refused = || Problem::unauthorized("the refresh token is unknown, used, or of a session that has ended");
    let Refresh { refresh_token } = body.read()?;
    let now = control_plane.now();
    let mut transaction = control_plane.store.begin().await?;
    let token = transaction.refresh_token(SecretToken::from_text(refresh_token).hash()).await?;
    let token = token.ok_or_else(refused)?;
    let session = transaction.session(token.session_id).await?.filter(|session| session.is_alive(now));
    let session = session.ok_or_else(refused)?;
    drop(transaction);
    let mut write = control_plane.write_as(format!("user:{}", session.user_id)).await?;
    if !write.transaction.use_refresh_token(token.id, now).await? {
        write.transaction.end_session(session.id, EndReason::Reuse, now).await?;
        let subject = format!("session:{}", session.id);
        write.audit("session.end", subject, None, Some("a refresh token came a second time")).await?;
        write.commit().await?;
        return Err(refused());
    }
    write.transaction.touch_session(session.id, now).await?;
    let tokens = Tokens::issue(&control_plane, write.transaction.as_mut(), &session, now).await?;
    write.commit().await?;
    Ok(Json(tokens))
}
