//! How often AWS is asked while we wait: quickly at first, then calmly; and when to give up.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::cloud::CloudError;

const FIRST: Duration = Duration::from_millis(300);
const SLOWEST: Duration = Duration::from_secs(5);

/// Failing reads are forgiven for this long: throttling and short outages pass.
const PATIENCE_WITH_ERRORS: Duration = Duration::from_secs(60);

pub(crate) struct Pace<'a> {
    next: Duration,
    deadline: Instant,
    failing_since: Option<Instant>,
    cancelled: &'a CancellationToken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Time to look again.
    Again,
    DeadlinePassed,
    Cancelled,
}

impl<'a> Pace<'a> {
    pub(crate) fn new(patience: Duration, cancelled: &'a CancellationToken) -> Self {
        Self { next: FIRST, deadline: Instant::now() + patience, failing_since: None, cancelled }
    }

    pub(crate) async fn wait(&mut self) -> Wait {
        if Instant::now() >= self.deadline {
            return Wait::DeadlinePassed;
        }
        let pause = self.next.min(self.deadline - Instant::now());
        self.next = (self.next * 5 / 4).min(SLOWEST);
        tokio::select! {
            () = self.cancelled.cancelled() => Wait::Cancelled,
            () = tokio::time::sleep(pause) => Wait::Again,
        }
    }

    pub(crate) fn read_succeeded(&mut self) {
        self.failing_since = None;
    }

    /// Whether reads have failed for so long that waiting on has no sense.
    pub(crate) fn read_failed(&mut self) -> bool {
        self.failing_since.get_or_insert_with(Instant::now).elapsed() > PATIENCE_WITH_ERRORS
    }
}

/// Sends a call that is safe to repeat until it is answered, as long as errors are those that pass.
pub(crate) async fn persistently<T>(
    cancelled: &CancellationToken,
    call: impl AsyncFn() -> Result<T, CloudError>,
) -> Result<T, CloudError> {
    let mut pace = Pace::new(PATIENCE_WITH_ERRORS, cancelled);
    loop {
        match call().await {
            Err(error) if error.is_passing() => {
                if pace.wait().await != Wait::Again {
                    return Err(error);
                }
            }
            answered => return answered,
        }
    }
}
