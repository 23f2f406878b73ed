use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::store::{KnownRequest, RequestRepository, StoreError};
use crate::text::RequestKey;

#[async_trait]
impl RequestRepository for MemoryTransaction {
    async fn add_request(&mut self, request: &KnownRequest) -> Result<(), StoreError> {
        if self.request(&request.caller, &request.key).await?.is_some() {
            return Err(StoreError::Conflict);
        }
        self.state.requests.insert(request.id, request.clone());
        Ok(())
    }

    async fn request(&mut self, caller: &str, key: &RequestKey) -> Result<Option<KnownRequest>, StoreError> {
        let mut requests = self.state.requests.values();
        Ok(requests.find(|request| request.caller == caller && request.key == *key).cloned())
    }

    async fn answer_request(
        &mut self,
        id: Ulid,
        status: u16,
        body: Option<&str>,
        _now: Timestamp,
    ) -> Result<(), StoreError> {
        if let Some(request) = self.state.requests.get_mut(&id) {
            request.answer = Some((status, body.map(str::to_owned)));
        }
        Ok(())
    }

    async fn forget_requests(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let known = self.state.requests.len();
        self.state.requests.retain(|_, request| request.created_at >= before);
        Ok((known - self.state.requests.len()) as u64)
    }

    async fn mark_write(&mut self, identity: &str, _now: Timestamp) -> Result<(), StoreError> {
        *self.state.write_marks.entry(identity.to_owned()).or_default() += 1;
        Ok(())
    }

    async fn write_mark(&mut self, identity: &str) -> Result<u64, StoreError> {
        Ok(self.state.write_marks.get(identity).copied().unwrap_or_default())
    }
}
