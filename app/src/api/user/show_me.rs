//! `GET /v1/users/me`: who one is, and what one may do.

use axum::Json;

use super::User;
use crate::api::caller::Caller;
use crate::problem::Problem;

/// Yourself
#[utoipa::path(
    get, path = "/v1/users/me", tag = "users", operation_id = "show_me",
    security(("bearer" = [])),
    responses((status = 200, description = "You", body = User))
)]
pub(crate) async fn handler(caller: Caller) -> Result<Json<User>, Problem> {
    let (user, _) = caller.person()?;
    Ok(Json(user.into()))
}
