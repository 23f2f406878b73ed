//! A forgotten password: a mailed link, good once and for an hour, brings another one.

pub(super) mod complete;
pub(super) mod create;

use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::control_plane::ControlPlane;
use crate::identity::{NewPassword, SecretToken};
use crate::problem::Problem;
use crate::store::{EndReason, LinkPurpose, User};

/// What a mailed link is used for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenPassword {
    /// From the link.
    #[schema(max_length = 128)]
    token: String,
    #[schema(value_type = String, format = "password", min_length = 12, max_length = 128)]
    password: NewPassword,
}

/// # Errors
///
/// 403 for a link that is unknown, used, expired or of another purpose: it is never said which.
pub(super) async fn choose_password(
    control_plane: &ControlPlane,
    chosen: ChosenPassword,
    purpose: LinkPurpose,
) -> Result<StatusCode, Problem> {
    let refused = || Problem::forbidden("this link is not good, or not good any more: ask for another one");
    let ChosenPassword { token, password } = chosen;
    let hash = SecretToken::from_text(token).hash();
    let mut transaction = control_plane.store.begin().await?;
    let link = transaction.one_time_link(hash).await?;
    let now = control_plane.now();
    let is_good =
        |link: &crate::store::OneTimeLink| link.purpose == purpose && link.used_at.is_none() && link.expires_at > now;
    let link = link.filter(is_good).ok_or_else(refused)?;
    // No connection is held while a password is hashed.
    drop(transaction);
    let password_hash = Some(control_plane.hasher.hash(password).await?);

    let mut write = control_plane.write_as(format!("user:{}", link.user_id)).await?;
    if !write.transaction.use_one_time_link(link.id, now).await? {
        return Err(refused());
    }
    let user = write.transaction.user(link.user_id).await?.ok_or_else(refused)?;
    let (id, revision) = (user.id, user.revision + 1);
    if !write.transaction.update_user(&User { password_hash, revision, updated_at: now, ..user }).await? {
        return Err(Problem::conflict("somebody else has changed this user at the same time"));
    }
    write.transaction.void_one_time_links(id, now).await?;
    write.transaction.end_sessions_of(id, None, EndReason::Password, now).await?;
    let action = match purpose {
        LinkPurpose::Invitation => "user.accept_invitation",
        LinkPurpose::PasswordReset => "user.reset_password",
    };
    write.audit(action, format!("user:{id}"), None, None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
