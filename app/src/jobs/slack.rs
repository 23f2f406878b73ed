//! Notices to a Slack channel, by an incoming webhook: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>
//!
//! Run twice it tells twice: Slack knows no key to tell the second by.

use reqwest::{Client, Url};
use serde_json::json;

use super::post::post;
use super::{JobError, Notice, NoticeEvent};

/// Characters of a section's text: <https://docs.slack.dev/reference/block-kit/blocks/section-block>
const LONGEST: usize = 2900;

#[derive(Clone)]
pub(crate) struct Slack {
    /// It is a secret: who has it may write to the channel.
    url: Url,
    client: Client,
}

impl std::fmt::Debug for Slack {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Slack")
    }
}

impl Slack {
    pub(crate) const fn new(url: Url, client: Client) -> Self {
        Self { url, client }
    }

    pub(super) async fn send(&self, notice: &Notice) -> Result<(), JobError> {
        let sign = match notice.event {
            NoticeEvent::DeploymentSucceeded => ":white_check_mark:",
            NoticeEvent::DeploymentFailed => ":rotating_light:",
            NoticeEvent::ApprovalWanted => ":raised_hand:",
            NoticeEvent::FreezeBegun => ":snowflake:",
            NoticeEvent::FreezeLifted => ":sunny:",
        };
        let text: String = notice.text.chars().take(LONGEST).collect();
        let section = |text: String| json!({"type": "section", "text": {"type": "mrkdwn", "text": text}});
        let mut blocks = vec![section(format!("{sign} *{}*", escaped(&notice.title)))];
        if !text.is_empty() {
            blocks.push(section(escaped(&text)));
        }
        let body = json!({"text": notice.title, "blocks": blocks});
        post(self.client.post(self.url.clone()).json(&body)).await
    }
}

/// The three characters that mean something to Slack: <https://docs.slack.dev/messaging/formatting-message-text>
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
