//! `GET /v1/tokens`: yours.

use axum::Json;
use axum::extract::State;

use super::Token;
use crate::api::caller::Caller;
use crate::api::page::Listed;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;

/// Your tokens, newest first
///
/// All of them: nobody has many.
#[utoipa::path(
    get, path = "/v1/tokens", tag = "tokens", operation_id = "list_tokens",
    security(("bearer" = [])),
    responses((status = 200, description = "All of them", body = Listed<Token>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
) -> Result<Json<Listed<Token>>, Problem> {
    let (user, _) = caller.person()?;
    let mut transaction = control_plane.store.begin().await?;
    let tokens = transaction.api_tokens_of(user.id).await?;
    Ok(Json(Listed { items: tokens.into_iter().map(Token::from).collect(), next_cursor: None }))
}
