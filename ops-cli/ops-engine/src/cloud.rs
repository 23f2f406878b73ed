//! The cloud in domain words. Two implementations: `ops-aws` on the AWS SDK, `ops-sim` on a simulated
//! account.
//!
//! Contract of every method: it returns all there is (pages are followed inside), a missing thing is
//! `None` or an error that says [`CloudError::is_not_found`], and what could not be read is an error,
//! never an empty answer.

mod containers;
mod error;
mod identity;
mod objects;
mod targets;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use containers::{Containers, CreateService, ServiceUpdate};
pub use error::{CloudError, CloudErrorKind};
pub use identity::{CallerIdentity, Identity};
pub use objects::{Objects, StoredObject, WriteCondition};
pub use targets::Targets;

/// One AWS account and region, as the engine sees it.
#[derive(Clone)]
pub struct Cloud {
    pub containers: Arc<dyn Containers>,
    pub targets: Arc<dyn Targets>,
    pub objects: Arc<dyn Objects>,
    pub identity: Arc<dyn Identity>,
    pub calls: Arc<dyn CallCounter>,
}

/// Counts the calls that were really sent, retries apart.
pub trait CallCounter: Send + Sync {
    /// Number of calls by `service:Operation`.
    fn calls(&self) -> BTreeMap<String, u32>;
}
