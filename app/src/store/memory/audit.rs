use async_trait::async_trait;
use jiff::Timestamp;

use super::MemoryTransaction;
use crate::store::{AuditEvent, AuditRepository, NewAuditEvent, Page, StoreError};

#[async_trait]
impl AuditRepository for MemoryTransaction {
    async fn append_audit_event(&mut self, event: NewAuditEvent, now: Timestamp) -> Result<(), StoreError> {
        let (number, hash) = self.state.audit_events.last().map_or((0, [0; 32]), |last| (last.number, last.hash));
        self.state.audit_events.push(AuditEvent::after(number, hash, event, now));
        Ok(())
    }

    async fn audit_events(&mut self, page: Page) -> Result<Vec<AuditEvent>, StoreError> {
        let events = self.state.audit_events.iter().rev();
        let skipped = page.after.map_or(0, |after| events.clone().take_while(|event| event.id != after).count() + 1);
        Ok(events.skip(skipped).take(page.limit as usize).cloned().collect())
    }
}
