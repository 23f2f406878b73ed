//! Whether this process wants traffic.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by the endpoint that tells it and the shutdown that withdraws it, for good.
#[derive(Debug, Clone, Default)]
pub(crate) struct Readiness {
    withdrawn: Arc<AtomicBool>,
}

impl Readiness {
    pub(crate) fn withdraw(&self) {
        self.withdrawn.store(true, Ordering::Release);
    }

    pub(crate) fn is_ready(&self) -> bool {
        !self.withdrawn.load(Ordering::Acquire)
    }
}
