//! What every act on an environment begins with: who we are, what Terraform made, and the lease.

use std::sync::Arc;
use std::time::Duration;

use ops_model::declaration::Environment;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::event::EventSink;
use crate::lease::{Holder, Lease, LeaseError, LeaseRequest};
use crate::observe::{ObserveError, Surroundings, read_platform, surroundings};

#[derive(Debug, thiserror::Error)]
pub(crate) enum TenureError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error(transparent)]
    Lease(#[from] LeaseError),
}

/// One environment that is ours alone for a while.
pub(crate) struct Tenure {
    pub(crate) surroundings: Surroundings,
    pub(crate) stop: Stop,
    lease: Lease,
}

impl Tenure {
    pub(crate) async fn open(
        cloud: &Cloud,
        clock: &Arc<dyn Clock>,
        environment: &Environment,
        patience: Duration,
        events: &EventSink,
        cancelled: CancellationToken,
    ) -> Result<Self, TenureError> {
        // Without a platform there is no bucket to keep a lease in: say so rather than that a write failed.
        let mut surroundings = surroundings(cloud, environment).await?;
        let request = LeaseRequest {
            environment: environment.environment.clone(),
            bucket: environment.ops_bucket.clone(),
            holder: Holder::this_process(surroundings.actor.clone(), clock.now()),
            patience,
        };
        // Losing the lease stops us, but not whoever else shares the caller's token.
        let stop = Stop { lease_lost: cancelled.child_token(), by_caller: cancelled };
        let objects = Arc::clone(&cloud.objects);
        let lease = Lease::take(objects, Arc::clone(clock), request, events, stop.lease_lost.clone()).await?;
        if lease.waited() {
            match read_platform(cloud, environment).await {
                Ok(platform) => surroundings.platform = platform,
                Err(error) => {
                    let _ = lease.release().await;
                    return Err(error.into());
                }
            }
        }
        Ok(Self { surroundings, stop, lease })
    }

    /// Gives the lease back.
    pub(crate) async fn close(self) {
        // A lease that cannot be given back expires by itself; what was done stands.
        let _ = self.lease.release().await;
    }
}

/// Why we may have to let go. The second token is cancelled with the first.
pub(crate) struct Stop {
    by_caller: CancellationToken,
    lease_lost: CancellationToken,
}

impl Stop {
    /// Cancelled by the caller, or because the lease was lost.
    pub(crate) fn token(&self) -> CancellationToken {
        self.lease_lost.clone()
    }

    /// Why, when it was not the caller.
    pub(crate) fn reason(&self) -> Option<String> {
        let lost = self.lease_lost.is_cancelled() && !self.by_caller.is_cancelled();
        lost.then(|| {
            "the lease was lost: somebody else may reconcile this environment now (`ops lease` says who)".to_owned()
        })
    }
}
