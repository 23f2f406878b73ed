use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ops_engine::clock::Clock;
use tokio::time::Instant;

/// When every account was opened: the beginning of 2026, UTC.
pub const EPOCH: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// The account's clock: [`EPOCH`] plus the virtual time since the account was opened.
#[derive(Debug, Clone, Copy)]
pub struct SimulatedClock {
    opened: Instant,
}

impl SimulatedClock {
    pub(crate) fn start() -> Self {
        Self { opened: Instant::now() }
    }

    /// Virtual time since the account was opened.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Instant::now().saturating_duration_since(self.opened)
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        timestamp(self.elapsed())
    }
}

/// The time of day at a moment of the account's life.
pub(crate) fn timestamp(moment: Duration) -> Timestamp {
    SignedDuration::try_from(moment).ok().and_then(|since| EPOCH.checked_add(since).ok()).unwrap_or(Timestamp::MAX)
}
