//! All of it in memory, for tests of what is above the store. Transactions run one after the other.

mod api_token;
mod audit;
mod build;
mod deployment;
mod environment;
mod job;
mod one_time_link;
mod promotion;
mod request;
mod restraint;
mod session;
mod upload;
mod user;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Mutex, OwnedMutexGuard};
use ulid::Ulid;

use super::{
    ApiToken, Approval, AuditEvent, Build, Deployment, Environment, Freeze, Hold, Job, KnownRequest, OneTimeLink, Page,
    Promotion, Reader, RefreshToken, Session, Store, StoreError, Transaction, Upload, User,
};
use crate::text::EnvironmentName;

#[derive(Debug, Clone, Default)]
struct State {
    users: BTreeMap<Ulid, User>,
    sessions: BTreeMap<Ulid, Session>,
    refresh_tokens: BTreeMap<Ulid, RefreshToken>,
    audit_events: Vec<AuditEvent>,
    api_tokens: BTreeMap<Ulid, ApiToken>,
    one_time_links: BTreeMap<Ulid, OneTimeLink>,
    requests: BTreeMap<Ulid, KnownRequest>,
    write_marks: BTreeMap<String, u64>,
    environments: BTreeMap<EnvironmentName, Environment>,
    builds: BTreeMap<Ulid, Build>,
    promotions: BTreeMap<Ulid, Promotion>,
    approvals: BTreeMap<Ulid, Approval>,
    deployments: BTreeMap<Ulid, Deployment>,
    freezes: BTreeMap<Ulid, Freeze>,
    holds: BTreeMap<Ulid, Hold>,
    uploads: BTreeMap<Ulid, Upload>,
    jobs: BTreeMap<Ulid, Job>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct MemoryStore {
    state: Arc<Mutex<State>>,
}

/// A copy, which takes the place of the original when it is committed.
struct MemoryTransaction {
    original: OwnedMutexGuard<State>,
    state: State,
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let original = Arc::clone(&self.state).lock_owned().await;
        let state = original.clone();
        Ok(Box::new(MemoryTransaction { original, state }))
    }

    async fn begin_read(&self, _reader: &Reader) -> Result<Box<dyn Transaction>, StoreError> {
        self.begin().await
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Transaction for MemoryTransaction {
    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        *self.original = self.state;
        Ok(())
    }
}

impl Page {
    /// The page of what is there, oldest first.
    fn newest_of<'all, T: Clone + 'all>(
        self,
        all: impl DoubleEndedIterator<Item = &'all T>,
        id: fn(&T) -> Ulid,
    ) -> Vec<T> {
        let rest = all.rev().filter(|item| self.after.is_none_or(|after| id(item) < after));
        rest.take(self.limit as usize).cloned().collect()
    }
}
