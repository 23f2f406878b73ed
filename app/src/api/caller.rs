//! Who asks.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

use crate::authorisation::{self, Action};
use crate::control_plane::ControlPlane;
use crate::identity::{API_TOKEN_PREFIX, Grant, Place, SecretToken};
use crate::problem::Problem;
use crate::store::{Reader, User};
use crate::text::EnvironmentName;

/// How old the time of a token's last use may get before it is written anew.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

/// Somebody who has proved who they are, as they are now: a session that has ended, a token that was revoked and a user who
/// was deleted are found out with the next request.
pub(crate) struct Caller {
    proof: Proof,
    /// Each of these has to permit what they do: a token may do what it was made for and its user may.
    limits: Vec<Vec<Grant>>,
    mark: u64,
}

enum Proof {
    Session {
        user: User,
        session_id: Ulid,
    },
    /// `user_id`: none for a workflow.
    Token {
        id: Ulid,
        user_id: Option<Ulid>,
    },
}

impl Caller {
    /// As the audit log names them.
    pub(crate) fn actor(&self) -> String {
        match &self.proof {
            Proof::Session { user, .. } => format!("user:{}", user.id),
            Proof::Token { id, user_id: Some(user_id) } => format!("user:{user_id}/token:{id}"),
            Proof::Token { id, user_id: None } => format!("token:{id}"),
        }
    }

    /// Whose writes they are to read back.
    pub(crate) fn reader(&self) -> Reader {
        Reader { identity: identity(&self.actor()).to_owned(), mark: self.mark }
    }

    /// # Errors
    ///
    /// 403 when none of their roles allows it there.
    pub(crate) fn must(&self, action: Action, place: &Place) -> Result<(), Problem> {
        if self.may(action, place) { Ok(()) } else { Err(Problem::forbidden("your roles do not allow this")) }
    }

    /// The same in one environment.
    ///
    /// # Errors
    ///
    /// 403 when none of their roles allows it there.
    pub(crate) fn must_in(&self, action: Action, environment: &EnvironmentName) -> Result<(), Problem> {
        self.must(action, &Place::Environment(environment.to_string()))
    }

    pub(crate) fn may(&self, action: Action, place: &Place) -> bool {
        self.limits.iter().all(|grants| authorisation::permits(grants, action, place))
    }

    /// Whether they may give somebody this role: nobody gives what they do not have.
    pub(crate) fn holds(&self, grant: &Grant) -> bool {
        let covers = |own: &Grant| {
            (own.environment == Place::Everywhere || own.environment == grant.environment) && own.role >= grant.role
        };
        self.limits.iter().all(|grants| grants.iter().any(covers))
    }

    /// The person and their session.
    ///
    /// # Errors
    ///
    /// 403 for a token: it cannot do what only its user may.
    pub(crate) fn person(self) -> Result<(User, Ulid), Problem> {
        match self.proof {
            Proof::Session { user, session_id } => Ok((user, session_id)),
            Proof::Token { .. } => Err(Problem::forbidden("this takes a person who is logged in, not a token")),
        }
    }

    /// Whether it is a person who is logged in.
    pub(crate) const fn is_person(&self) -> bool {
        matches!(self.proof, Proof::Session { .. })
    }
}

/// Whose an actor is: a token acts for its user.
pub(crate) fn identity(actor: &str) -> &str {
    actor.split('/').next().unwrap_or(actor)
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    ControlPlane: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let control_plane = ControlPlane::from_ref(state);
        let token = bearer(&parts.headers).ok_or_else(refused)?;
        let now = control_plane.now();
        if token.starts_with(API_TOKEN_PREFIX) {
            with_api_token(&control_plane, token, now).await
        } else {
            in_session(&control_plane, token, now).await
        }
    }
}

/// The token that a request brings.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    // RFC 9110, section 11.1: the scheme is the same in any case.
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn refused() -> Problem {
    Problem::unauthorized("log in: the token is missing, expired, ended or revoked")
}

async fn in_session(control_plane: &ControlPlane, token: &str, now: Timestamp) -> Result<Caller, Problem> {
    let claims = control_plane.access_tokens.check(token, now).map_err(|error| {
        tracing::debug!(%error, "an access token was refused");
        refused()
    })?;
    control_plane.limits.identity(&format!("user:{}", claims.sub))?;
    let mut transaction = control_plane.store.begin().await?;
    let session = transaction.session(claims.sid).await?;
    let session = session.filter(|session| session.user_id == claims.sub && session.is_alive(now));
    let session = session.ok_or_else(refused)?;
    let user = transaction.user(session.user_id).await?.ok_or_else(refused)?;
    let limits = vec![user.grants.clone()];
    let mut caller = Caller { proof: Proof::Session { user, session_id: session.id }, limits, mark: 0 };
    caller.mark = transaction.write_mark(&caller.reader().identity).await?;
    Ok(caller)
}

async fn with_api_token(control_plane: &ControlPlane, token: &str, now: Timestamp) -> Result<Caller, Problem> {
    let hash = SecretToken::from_text(token.to_owned()).hash();
    let mut transaction = control_plane.store.begin().await?;
    let token = transaction.api_token_of_hash(hash).await?;
    let token = token.filter(|token| token.expires_at > now).ok_or_else(refused)?;
    control_plane.limits.identity(&format!("token:{}", token.id))?;
    let mut limits = vec![token.grants];
    if let Some(user_id) = token.user_id {
        limits.push(transaction.user(user_id).await?.ok_or_else(refused)?.grants);
    }
    let mut caller = Caller { proof: Proof::Token { id: token.id, user_id: token.user_id }, limits, mark: 0 };
    caller.mark = transaction.write_mark(&caller.reader().identity).await?;
    if token.last_used_at.is_none_or(|at| at.duration_until(now) > FRESH) {
        transaction.touch_api_token(token.id, now).await?;
        transaction.commit().await?;
    }
    Ok(caller)
}
