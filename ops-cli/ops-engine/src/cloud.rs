//! The cloud in domain words. Two implementations: `ops-aws` on the AWS SDK, `ops-sim` on a simulated
//! account.
//!
//! Contract of every method: it returns all there is (pages are followed inside), a missing thing is
//! `None` or an error that says [`CloudError::is_not_found`], and what could not be read is an error,
//! never an empty answer.

mod containers;
mod distributions;
mod error;
mod firewalls;
mod identity;
mod logs;
mod objects;
mod preflight;
mod scaling;
mod schedules;
mod secrets;
mod site_objects;
mod targets;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use containers::{ContainerCommand, Containers, CreateService, OpenSession, RunTask, ServiceUpdate, Session};
pub use distributions::Distributions;
pub use error::{CloudError, CloudErrorKind, OTHER_CONTENT};
pub use firewalls::{AuthorizeRule, Firewalls};
pub use identity::{CallerIdentity, Identity};
pub use logs::{IdentifiedLine, LogPage, LogQuery, LogStream, Logs};
pub use objects::{Objects, StoredObject, WriteCondition};
pub use preflight::{AlarmState, Preflight, Role};
pub use scaling::Scaling;
pub use schedules::Schedules;
pub use secrets::{SecretValue, Secrets};
pub use site_objects::{Content, Copy, ListedObject, Overwrite, SiteObjects, Upload};
pub use targets::{CreateListenerRule, ModifyListenerRule, TargetGroup, Targets};

/// One AWS account and region, as the engine sees it.
#[derive(Clone)]
pub struct Cloud {
    pub containers: Arc<dyn Containers>,
    pub targets: Arc<dyn Targets>,
    pub firewalls: Arc<dyn Firewalls>,
    pub objects: Arc<dyn Objects>,
    pub identity: Arc<dyn Identity>,
    pub scaling: Arc<dyn Scaling>,
    pub schedules: Arc<dyn Schedules>,
    pub secrets: Arc<dyn Secrets>,
    pub logs: Arc<dyn Logs>,
    pub preflight: Arc<dyn Preflight>,
    pub site_objects: Arc<dyn SiteObjects>,
    pub distributions: Arc<dyn Distributions>,
    pub calls: Arc<dyn CallCounter>,
}

/// Counts the calls that were really sent, retries apart.
pub trait CallCounter: Send + Sync {
    /// Number of calls by `service:Operation`.
    fn calls(&self) -> BTreeMap<String, u32>;
}
