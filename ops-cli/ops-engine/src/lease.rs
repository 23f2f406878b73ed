//! One reconcile per environment at a time, whoever runs it: a laptop, CI or the worker.
//!
//! The lease is an object in the ops bucket, taken and renewed by conditional writes. It is never deleted,
//! so that its fencing number only grows.

mod holder;
mod look;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use holder::{Holder, host};
pub use look::{Broken, LeaseStatus, Standing, break_lease, look};

use crate::clock::Clock;
use crate::cloud::{CloudError, Objects, WriteCondition};
use crate::event::{Event, EventSink};

/// Key of the lease in the ops bucket.
pub const LEASE_KEY: &str = "lease.json";

/// A lease that is not renewed for this long is free. Long enough for a few failed renewals, short enough
/// to wait for after a crash.
const LIFETIME: SignedDuration = SignedDuration::from_secs(60);
const RENEW_EVERY: Duration = Duration::from_secs(15);
/// Clocks differ a little between machines.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    #[error("{environment} is being reconciled by {holder}")]
    Held { environment: String, holder: Box<Holder>, expires_at: Timestamp },
    #[error("nobody holds the lease of {environment}")]
    NotHeld { environment: String },
    #[error("interrupted while waiting for {holder}, who reconciles {environment}")]
    Interrupted { environment: String, holder: Box<Holder> },
    #[error("cannot take the lease of {environment}")]
    Cloud {
        environment: String,
        #[source]
        source: CloudError,
    },
    #[error("the lease s3://{bucket}/{LEASE_KEY} cannot be understood")]
    Malformed {
        bucket: String,
        #[source]
        source: serde_json::Error,
    },
}

/// The object in the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LeaseObject {
    /// Version of the format. Always 1.
    version: u32,
    /// Grows by one whenever the lease is taken.
    fencing_number: u64,
    /// `None`: free.
    held: Option<Held>,
    /// The last time that somebody broke it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    broken: Option<Box<Broken>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    holder: Holder,
    expires_at: Timestamp,
}

/// Where the lease is and who wants it.
pub struct LeaseRequest {
    pub environment: String,
    pub bucket: String,
    pub holder: Holder,
    /// How long to wait while somebody else holds it.
    pub patience: Duration,
}

/// A lease that is ours until it is released; renewed in the background.
pub struct Lease {
    state: Arc<Mutex<State>>,
    renewal: JoinHandle<()>,
    waited: bool,
}

struct State {
    objects: Arc<dyn Objects>,
    clock: Arc<dyn Clock>,
    bucket: String,
    object: LeaseObject,
    entity_tag: String,
}

impl Lease {
    /// Takes the lease, at once or within the request's patience. `lost` is cancelled when the lease, once
    /// taken, could not be kept; cancelled by somebody else, it ends the waiting.
    pub async fn take(
        objects: Arc<dyn Objects>,
        clock: Arc<dyn Clock>,
        request: LeaseRequest,
        events: &EventSink,
        lost: CancellationToken,
    ) -> Result<Self, LeaseError> {
        let started = Instant::now();
        let mut told = false;
        loop {
            match try_take(&objects, &clock, &request).await? {
                Attempt::Taken(object, entity_tag) => {
                    let bucket = request.bucket;
                    let state = Arc::new(Mutex::new(State { objects, clock, bucket, object, entity_tag }));
                    let renewal = tokio::spawn(renew(Arc::clone(&state), lost));
                    return Ok(Self { state, renewal, waited: told });
                }
                Attempt::Raced => {}
                Attempt::Held(held) if started.elapsed() >= request.patience => {
                    let Held { holder, expires_at } = held;
                    return Err(LeaseError::Held {
                        environment: request.environment,
                        holder: Box::new(holder),
                        expires_at,
                    });
                }
                Attempt::Held(held) => {
                    if !told {
                        events.send(Event::WaitingForLease { holder: held.holder.clone() });
                        told = true;
                    }
                    tokio::select! {
                        () = tokio::time::sleep(LOOK_EVERY) => {}
                        () = lost.cancelled() => {
                            let environment = request.environment;
                            return Err(LeaseError::Interrupted { environment, holder: Box::new(held.holder) });
                        }
                    }
                }
            }
        }
    }

    /// Whether somebody else held it first: what was read before may have changed since.
    #[must_use]
    pub fn waited(&self) -> bool {
        self.waited
    }

    /// Gives the lease back. A lease that could not be given back expires by itself.
    pub async fn release(self) -> Result<(), CloudError> {
        self.renewal.abort();
        let mut state = self.state.lock().await;
        state.object.held = None;
        match state.write().await {
            Err(error) if error.is_condition_failed() => Ok(()),
            other => other,
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

impl State {
    async fn write(&mut self) -> Result<(), CloudError> {
        let condition = WriteCondition::Unchanged { entity_tag: self.entity_tag.clone() };
        self.entity_tag = write(self.objects.as_ref(), &self.bucket, &self.object, condition).await?;
        Ok(())
    }
}

enum Attempt {
    Taken(LeaseObject, String),
    Held(Held),
    /// Somebody wrote between our read and our write.
    Raced,
}

async fn try_take(
    objects: &Arc<dyn Objects>,
    clock: &Arc<dyn Clock>,
    request: &LeaseRequest,
) -> Result<Attempt, LeaseError> {
    let cloud_error = |source| LeaseError::Cloud { environment: request.environment.clone(), source };
    let stored = look::read(objects.as_ref(), &request.environment, &request.bucket).await?;
    let (fencing_number, broken, condition) = match stored {
        None => (1, None, WriteCondition::Absent),
        Some((object, entity_tag)) => {
            if let Some(held) = object.held.filter(|held| !held.is_abandoned(clock.as_ref())) {
                return Ok(Attempt::Held(held));
            }
            (object.fencing_number + 1, object.broken, WriteCondition::Unchanged { entity_tag })
        }
    };
    let held = Held { holder: request.holder.clone(), expires_at: clock.now() + LIFETIME };
    let object = LeaseObject { version: 1, fencing_number, held: Some(held), broken };
    match write(objects.as_ref(), &request.bucket, &object, condition).await {
        Ok(entity_tag) => Ok(Attempt::Taken(object, entity_tag)),
        Err(error) if error.is_condition_failed() => Ok(Attempt::Raced),
        Err(error) => Err(cloud_error(error)),
    }
}

async fn write(
    objects: &dyn Objects,
    bucket: &str,
    object: &LeaseObject,
    condition: WriteCondition,
) -> Result<String, CloudError> {
    // A struct of strings and numbers always serialises.
    let body = serde_json::to_vec_pretty(object).unwrap_or_default();
    objects.put(bucket, LEASE_KEY, body, condition).await
}

async fn renew(state: Arc<Mutex<State>>, lost: CancellationToken) {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let mut state = state.lock().await;
        let now = state.clock.now();
        let Some(expires_at) = state.object.held.as_ref().map(|held| held.expires_at) else { return };
        let before = state.object.clone();
        if let Some(held) = &mut state.object.held {
            held.expires_at = now + LIFETIME;
        }
        if let Err(error) = state.write().await {
            // A write that failed on the way may be tried again until the lease has run out.
            if error.is_condition_failed() || now > expires_at {
                lost.cancel();
                return;
            }
            state.object = before;
        }
    }
}
