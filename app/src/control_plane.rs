//! What the endpoints below `/v1` work with.

use std::sync::Arc;

use jiff::Timestamp;
use ops_engine::clock::Clock;
use tokio::sync::Notify;

use crate::files::Files;
use crate::identity::{AccessTokens, Hasher};
use crate::rate_limits::RateLimits;
use crate::store::Store;

#[derive(Clone)]
pub(crate) struct ControlPlane {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) hasher: Hasher,
    /// Where files go; none where that is not configured.
    pub(crate) files: Option<Arc<dyn Files>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: RateLimits,
    /// Told whenever a job may have been written.
    pub(crate) job_written: Arc<Notify>,
}

impl ControlPlane {
    /// To the microsecond, as the database keeps it.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}
