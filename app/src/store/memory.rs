//! All of it in memory, for tests of what is above the store. Transactions run one after the other.

mod audit;
mod session;
mod user;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Mutex, OwnedMutexGuard};
use ulid::Ulid;

use super::{AuditEvent, RefreshToken, Session, Store, StoreError, Transaction, User};

#[derive(Debug, Clone, Default)]
struct State {
    users: BTreeMap<Ulid, User>,
    sessions: BTreeMap<Ulid, Session>,
    refresh_tokens: BTreeMap<Ulid, RefreshToken>,
    audit_events: Vec<AuditEvent>,
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

    async fn begin_read(&self) -> Result<Box<dyn Transaction>, StoreError> {
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
