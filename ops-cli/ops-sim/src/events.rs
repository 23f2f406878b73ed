//! The service event log, in ECS's words.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html>

use ops_model::observation::ServiceEvent;

use crate::clock::timestamp;
use crate::services::Service;
use crate::state::Surroundings;

/// `DescribeServices` shows no more.
const KEPT: usize = 100;

impl Service {
    /// Adds a line, without its opening `(service <name>) `.
    pub(crate) fn say(&mut self, surroundings: &mut Surroundings<'_>, message: &str) {
        self.events.push(ServiceEvent {
            id: surroundings.identifiers.event(),
            at: Some(timestamp(surroundings.now)),
            message: format!("(service {}) {message}", self.name),
        });
        if self.events.len() > KEPT {
            self.events.remove(0);
        }
    }
}

/// `(task a) (task b)`.
pub(crate) fn tasks(ids: &[String]) -> String {
    ids.iter().map(|id| format!("(task {id})")).collect::<Vec<_>>().join(" ")
}
