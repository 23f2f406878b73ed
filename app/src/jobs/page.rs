//! Failures to whoever is on call, by PagerDuty's events: <https://developer.pagerduty.com/docs/events-api-v2/overview/>
//!
//! Run twice it changes nothing: an incident has the environment as its key, and a good deployment there resolves it.

use reqwest::{Client, Url};
use serde_json::json;

use super::post::post;
use super::{JobError, Notice, NoticeEvent};

/// Characters of a summary.
const LONGEST: usize = 1024;

#[derive(Clone)]
pub(crate) struct PagerDuty {
    url: Url,
    routing_key: String,
    client: Client,
}

impl std::fmt::Debug for PagerDuty {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PagerDuty")
    }
}

impl PagerDuty {
    pub(crate) const fn new(url: Url, routing_key: String, client: Client) -> Self {
        Self { url, routing_key, client }
    }

    pub(super) async fn send(&self, notice: &Notice) -> Result<(), JobError> {
        let action = match notice.event {
            NoticeEvent::DeploymentFailed => "trigger",
            NoticeEvent::DeploymentSucceeded => "resolve",
            // Nobody is woken for these.
            NoticeEvent::ApprovalWanted | NoticeEvent::FreezeBegun | NoticeEvent::FreezeLifted => return Ok(()),
        };
        let summary: String = notice.title.chars().take(LONGEST).collect();
        let body = json!({
            "routing_key": self.routing_key,
            "event_action": action,
            "dedup_key": format!("slipway/{}", notice.environment),
            "payload": {
                "summary": summary, "source": notice.environment, "severity": "critical", "timestamp": notice.at,
                "component": notice.subject, "custom_details": {"text": notice.text},
            },
        });
        post(self.client.post(self.url.clone()).json(&body)).await
    }
}
