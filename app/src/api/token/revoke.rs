//! `DELETE /v1/tokens/{id}`: one of yours works no more.

use axum::extract::State;
use axum::http::StatusCode;
use ulid::Ulid;

use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;

/// Revoke one of your tokens
#[utoipa::path(
    delete, path = "/v1/tokens/{id}", tag = "tokens", operation_id = "revoke_token",
    security(("bearer" = [])),
    params(("id" = Ulid, Path, description = "Of the token")),
    responses((status = 204, description = "Revoked"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(id): Segments<Ulid>,
) -> Result<StatusCode, Problem> {
    let mut write = control_plane.write(&caller).await?;
    let (user, _) = caller.person()?;
    if !write.transaction.revoke_api_token(user.id, id, write.now).await? {
        return Err(Problem::not_found("you have no such token"));
    }
    write.audit("token.revoke", format!("token:{id}"), None, None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
