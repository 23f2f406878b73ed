//! Notices to a URL, signed as <https://www.standardwebhooks.com> has it.
//!
//! Run twice it posts twice, with the same `webhook-id`: whoever receives it drops the second.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::{Client, StatusCode, Url};
use serde::Serialize;
use ulid::Ulid;

use super::{JobError, Notice};

const LONGEST: Duration = Duration::from_secs(15);

/// Key that posts are signed with.
#[derive(Clone)]
pub(crate) struct WebhookSecret(hmac::Key);

impl WebhookSecret {
    /// `whsec_` and base64 of 24 to 64 bytes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let key = STANDARD.decode(text.strip_prefix("whsec_")?).ok()?;
        (24..=64).contains(&key.len()).then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    fn sign(&self, id: Ulid, at: Timestamp, body: &str) -> String {
        let signed = format!("{id}.{}.{body}", at.as_second());
        format!("v1,{}", STANDARD.encode(hmac::sign(&self.0, signed.as_bytes())))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret")
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    url: Url,
    secret: WebhookSecret,
    client: Client,
}

#[derive(Serialize)]
struct Posted<'a> {
    #[serde(rename = "type")]
    kind: super::NoticeEvent,
    timestamp: Timestamp,
    data: &'a Notice,
}

impl Webhook {
    pub(crate) fn new(url: Url, secret: WebhookSecret, client: Client) -> Self {
        Self { url, secret, client }
    }

    pub(super) async fn send(&self, id: Ulid, notice: &Notice, now: Timestamp) -> Result<(), JobError> {
        let body = Posted { kind: notice.event, timestamp: notice.at, data: notice };
        let body = serde_json::to_string(&body).map_err(|error| JobError::failed(error.to_string()))?;
        let request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", id.to_string())
            .header("webhook-timestamp", now.as_second().to_string())
            .header("webhook-signature", self.secret.sign(id, now, &body))
            .body(body);
        post(request).await
    }
}

/// Posts, and tells errors that may pass from those that will not. The URL is in none of them: it may hold a secret.
pub(super) async fn post(request: reqwest::RequestBuilder) -> Result<(), JobError> {
    let response = request.timeout(LONGEST).send().await.map_err(|error| {
        let error = error.without_url();
        JobError::again(format!("{error}: {}", crate::causes(&error)))
    })?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let message = format!("it answered {status}");
    let passes =
        status.is_server_error() || [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT].contains(&status);
    Err(if passes { JobError::again(message) } else { JobError::failed(message) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn a_signature_is_the_one_that_the_specification_has() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        let signed = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
        assert_eq!(STANDARD.encode(tag), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_some());
        for unfit in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ", "whsec_?"] {
            assert!(WebhookSecret::parse(unfit).is_none(), "{unfit}");
        }
    }
}
