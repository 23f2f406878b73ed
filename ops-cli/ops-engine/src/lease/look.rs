//! Looking at a lease, and breaking one that nobody will give back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CLOCK_TOLERANCE, Held, Holder, LEASE_KEY, LeaseError, LeaseObject, write};
use crate::clock::Clock;
use crate::cloud::{Objects, WriteCondition};

/// A lease as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseStatus {
    pub standing: Standing,
    /// How often it was taken or broken.
    pub fencing_number: u64,
    /// The last time that somebody broke it.
    pub broken: Option<Broken>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Free,
    /// Nobody else may reconcile before it is given back or expires; its holder renews it every few seconds.
    Held {
        holder: Holder,
        expires_at: Timestamp,
    },
    /// Its holder is gone: the next who asks takes it.
    Abandoned {
        holder: Holder,
        expires_at: Timestamp,
    },
}

/// Who took a lease away from its holder, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// ARN that AWS knows them by.
    pub actor: String,
    pub host: String,
    pub at: Timestamp,
    pub reason: String,
    pub holder: Holder,
}

/// Reads a lease and changes nothing.
///
/// # Errors
/// What S3 says, and an object that is no lease.
pub async fn look(
    objects: &dyn Objects,
    clock: &dyn Clock,
    environment: &str,
    bucket: &str,
) -> Result<LeaseStatus, LeaseError> {
    let Some((object, _)) = read(objects, environment, bucket).await? else {
        return Ok(LeaseStatus { standing: Standing::Free, fencing_number: 0, broken: None });
    };
    let standing = match object.held {
        None => Standing::Free,
        Some(held) if held.is_abandoned(clock) => {
            Standing::Abandoned { holder: held.holder, expires_at: held.expires_at }
        }
        Some(held) => Standing::Held { holder: held.holder, expires_at: held.expires_at },
    };
    Ok(LeaseStatus { standing, fencing_number: object.fencing_number, broken: object.broken.map(|broken| *broken) })
}

/// Takes a lease away from whoever holds it now, and from nobody who takes it meanwhile. A holder that still works
/// finds out when it renews, finishes the call it is in, and stops.
///
/// # Errors
/// [`LeaseError::NotHeld`] when nobody holds it, [`LeaseError::Held`] by whoever has taken it meanwhile, and what S3
/// says.
pub async fn break_lease(
    objects: &dyn Objects,
    clock: &dyn Clock,
    environment: &str,
    bucket: &str,
    actor: String,
    reason: String,
) -> Result<Broken, LeaseError> {
    let mut looked_at = None;
    loop {
        let found = read(objects, environment, bucket).await?;
        let Some((LeaseObject { fencing_number, held: Some(held), .. }, entity_tag)) = found else {
            return Err(LeaseError::NotHeld { environment: environment.to_owned() });
        };
        if *looked_at.get_or_insert_with(|| held.holder.clone()) != held.holder {
            let Held { holder, expires_at } = held;
            return Err(LeaseError::Held { environment: environment.to_owned(), holder: Box::new(holder), expires_at });
        }
        let broken = Broken {
            actor: actor.clone(),
            host: super::host(),
            at: clock.now(),
            reason: reason.clone(),
            holder: held.holder,
        };
        // Whoever was fenced off has a lower number.
        let object = LeaseObject {
            version: 1,
            fencing_number: fencing_number + 1,
            held: None,
            broken: Some(Box::new(broken.clone())),
        };
        match write(objects, bucket, &object, WriteCondition::Unchanged { entity_tag }).await {
            Ok(_) => return Ok(broken),
            // It was renewed, given back or taken since we looked.
            Err(error) if error.is_condition_failed() => {}
            Err(source) => return Err(LeaseError::Cloud { environment: environment.to_owned(), source }),
        }
    }
}

/// With the entity tag of the object.
pub(super) async fn read(
    objects: &dyn Objects,
    environment: &str,
    bucket: &str,
) -> Result<Option<(LeaseObject, String)>, LeaseError> {
    let cloud_error = |source| LeaseError::Cloud { environment: environment.to_owned(), source };
    let Some(stored) = objects.get(bucket, LEASE_KEY).await.map_err(cloud_error)? else { return Ok(None) };
    let malformed = |source| LeaseError::Malformed { bucket: bucket.to_owned(), source };
    Ok(Some((serde_json::from_slice(&stored.body).map_err(malformed)?, stored.entity_tag)))
}

impl Held {
    /// Whether nobody renews it any more.
    pub(super) fn is_abandoned(&self, clock: &dyn Clock) -> bool {
        clock.now() > self.expires_at + CLOCK_TOLERANCE || self.holder.is_known_dead()
    }
}
