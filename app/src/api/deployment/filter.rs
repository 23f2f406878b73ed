use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use jiff::Timestamp;
use ops_model::outcome::Outcome;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::IntoParams;

use crate::api::page::{Asked, usual};
use crate::problem::Problem;
use crate::store::DeploymentFilter;

/// Which deployments are wanted.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// With this outcome alone.
    #[param(value_type = Option<OutcomeName>)]
    outcome: Option<Outcome>,
    /// Begun at this time or later.
    since: Option<Timestamp>,
    /// Begun before this time.
    until: Option<Timestamp>,
    /// `next_cursor` of the page before; none: the first page.
    cursor: Option<Ulid>,
    /// Items at most.
    #[serde(default = "usual")]
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: u32,
}

/// The names of outcomes, for the description alone.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "its variants are named in the description")]
pub(crate) enum OutcomeName {
    InSync,
    Succeeded,
    NotStarted,
    Held,
    Paused,
    Interrupted,
    TimedOut,
    Superseded,
    Stopped,
    NotVerified,
    RolledBack,
    Failed,
}

impl Wanted {
    pub(super) const fn filter(&self) -> DeploymentFilter {
        DeploymentFilter { outcome: self.outcome, since: self.since, until: self.until }
    }

    pub(super) fn asked(&self) -> Result<Asked, Problem> {
        Asked::new(self.cursor, self.limit)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wanted = Query::<Self>::from_request_parts(parts, state).await;
        let Query(wanted) = wanted.map_err(|rejection| Problem::new(StatusCode::BAD_REQUEST, rejection.body_text()))?;
        Ok(wanted)
    }
}
