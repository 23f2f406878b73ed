//! Who asks.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use ulid::Ulid;

use crate::authorisation::{self, Action};
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;
use crate::store::User;

/// Somebody who has proved who they are, as they are now: a session that has ended and a user who was deleted are found
/// out with the next request.
pub(crate) struct Caller {
    pub(crate) user: User,
    pub(crate) session_id: Ulid,
}

impl Caller {
    /// As the audit log names them.
    pub(crate) fn actor(&self) -> String {
        format!("user:{}", self.user.id)
    }

    /// # Errors
    ///
    /// 403 when none of their roles allows it there.
    pub(crate) fn must(&self, action: Action, place: &Place) -> Result<(), Problem> {
        if authorisation::permits(&self.user.grants, action, place) {
            Ok(())
        } else {
            Err(Problem::forbidden("your roles do not allow this"))
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    ControlPlane: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let control_plane = ControlPlane::from_ref(state);
        let refused = || Problem::unauthorized("log in: the access token is missing, expired or ended");
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        // RFC 9110, section 11.1: the scheme is the same in any case.
        let token = header.and_then(|value| value.split_once(' '));
        let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token);
        let token = token.ok_or_else(refused)?;
        let now = control_plane.now();
        let claims = control_plane.access_tokens.check(token, now).map_err(|error| {
            tracing::debug!(%error, "an access token was refused");
            refused()
        })?;
        let mut transaction = control_plane.store.begin().await?;
        let session = transaction.session(claims.sid).await?;
        let session = session.filter(|session| session.user_id == claims.sub && session.is_alive(now));
        let session = session.ok_or_else(refused)?;
        let user = transaction.user(session.user_id).await?.ok_or_else(refused)?;
        Ok(Self { user, session_id: session.id })
    }
}
