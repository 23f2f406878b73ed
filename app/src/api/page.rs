//! Lists, a page at a time. The cursor names the last item that was seen, so that what is added meanwhile moves nothing.

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;
use crate::store::Page;

const MOST: u32 = 100;

/// Which page is wanted.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// `next_cursor` of the page before; none: the first page.
    cursor: Option<Ulid>,
    /// Items at most.
    #[serde(default = "usual")]
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: u32,
}

pub(super) const fn usual() -> u32 {
    50
}

impl Asked {
    /// # Errors
    ///
    /// 400 for more than there may be on a page.
    pub(crate) fn new(cursor: Option<Ulid>, limit: u32) -> Result<Self, Problem> {
        if (1..=MOST).contains(&limit) {
            Ok(Self { cursor, limit })
        } else {
            Err(Problem::new(StatusCode::BAD_REQUEST, format!("limit is {limit}, which is not 1 to {MOST}")))
        }
    }

    /// One more than is wanted, which tells whether there is another page.
    pub(crate) const fn page(self) -> Page {
        Page { after: self.cursor, limit: self.limit + 1 }
    }

    /// Of what the store gave for [`Self::page`].
    pub(crate) fn listed<S, T>(self, mut found: Vec<S>, id: fn(&S) -> Ulid, shown: fn(S) -> T) -> Listed<T> {
        let limit = self.limit as usize;
        let more = found.len() > limit;
        found.truncate(limit);
        let next_cursor = found.last().filter(|_| more).map(id);
        Listed { items: found.into_iter().map(shown).collect(), next_cursor }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(asked) = Query::<Self>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::new(StatusCode::BAD_REQUEST, rejection.body_text()))?;
        Self::new(asked.cursor, asked.limit)
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    /// `cursor` of the next page; null: this is the last one.
    pub(crate) next_cursor: Option<Ulid>,
}
