use lettre::message::Mailbox;
use reqwest::Url;

use super::Reader;
use crate::jobs::{MailServer, WebhookSecret};

/// Where PagerDuty takes events: <https://developer.pagerduty.com/docs/send-alert-event>
const PAGER_DUTY: &str = "https://events.pagerduty.com/v2/enqueue";

/// What reaches people, as far as the variables say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delivery {
    pub(crate) mail: Option<Mail>,
    pub(crate) slack: Option<Url>,
    pub(crate) webhook: Option<(Url, WebhookSecret)>,
    /// Where to, and with which routing key.
    pub(crate) pager_duty: Option<(Url, String)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) server: MailServer,
    pub(crate) from: Mailbox,
    pub(crate) to: Vec<Mailbox>,
    pub(crate) public_url: Url,
}

impl Delivery {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let server = reader.secret("SLIPWAY_SMTP_URL", smtp_url);
        let from = reader.optional("SLIPWAY_MAIL_FROM", mailbox);
        let to = reader.optional("SLIPWAY_MAIL_TO", mailboxes);
        let public_url = reader.optional("SLIPWAY_PUBLIC_URL", url);
        if server.is_some() {
            reader.missing("SLIPWAY_MAIL_FROM");
            reader.missing("SLIPWAY_PUBLIC_URL");
        }
        let mail = match (server, from, public_url) {
            (Some(server), Some(from), Some(public_url)) => {
                Some(Mail { server, from, to: to.unwrap_or_default(), public_url })
            }
            _ => None,
        };
        let webhook_url = reader.secret("SLIPWAY_WEBHOOK_URL", url);
        let webhook_secret = reader.secret("SLIPWAY_WEBHOOK_SECRET", webhook_secret);
        if webhook_url.is_some() {
            reader.missing("SLIPWAY_WEBHOOK_SECRET");
        }
        let routing_key = reader.secret("SLIPWAY_PAGERDUTY_ROUTING_KEY", routing_key);
        let pager_duty_url = reader.optional("SLIPWAY_PAGERDUTY_URL", url).or_else(|| PAGER_DUTY.parse().ok());
        Self {
            mail,
            slack: reader.secret("SLIPWAY_SLACK_WEBHOOK_URL", url),
            webhook: webhook_url.zip(webhook_secret),
            pager_duty: pager_duty_url.zip(routing_key),
        }
    }
}

fn smtp_url(text: &str) -> Result<MailServer, String> {
    MailServer::parse(text).ok_or_else(|| "smtps://USER:PASSWORD@HOST:PORT".to_owned())
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|_| "an address, for example Slipway <slipway@example.com>".to_owned())
}

fn mailboxes(text: &str) -> Result<Vec<Mailbox>, String> {
    let all: Result<Vec<_>, _> = text.split(',').map(|address| address.trim().parse()).collect();
    all.map_err(|_| "addresses with commas between them".to_owned())
}

fn url(text: &str) -> Result<Url, String> {
    let url: Option<Url> = text.parse().ok();
    let url = url.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    url.ok_or_else(|| "a URL, for example https://slipway.example".to_owned())
}

fn webhook_secret(text: &str) -> Result<WebhookSecret, String> {
    WebhookSecret::parse(text).ok_or_else(|| "whsec_ and base64 of 24 to 64 bytes".to_owned())
}

fn routing_key(text: &str) -> Result<String, String> {
    if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Ok(text.to_owned())
    } else {
        Err("a routing key of 32 letters and digits".to_owned())
    }
}
