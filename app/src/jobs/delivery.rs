//! Which job is done by what.

use crate::control_plane::ControlPlane;
use crate::store::{Job, StoreError};

use super::{Channel, JobContent, Mailer, PagerDuty, Slack, Webhook};

/// What reaches people, as far as it is configured.
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    pub(crate) mailer: Option<Mailer>,
    pub(crate) slack: Option<Slack>,
    pub(crate) webhook: Option<Webhook>,
    pub(crate) pager_duty: Option<PagerDuty>,
}

/// Why a job is not done, and whether it may be tried again: that is decided where the error is known.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct JobError {
    message: String,
    again: bool,
}

impl JobError {
    /// It may go better the next time.
    pub(crate) fn again(message: impl Into<String>) -> Self {
        Self { message: message.into(), again: true }
    }

    /// It takes a person.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), again: false }
    }

    pub(crate) const fn may_be_tried_again(&self) -> bool {
        self.again
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        let message = format!("{error}: {}", crate::causes(&error));
        match error {
            StoreError::Unavailable(_) | StoreError::Conflict => Self::again(message),
            StoreError::Inconsistent { .. } | StoreError::Refused(_) => Self::failed(message),
        }
    }
}

impl Deliveries {
    /// Where notices go.
    pub(super) fn channels(&self) -> Vec<Channel> {
        let mail = self.mailer.as_ref().is_some_and(Mailer::takes_notices);
        [
            (mail, Channel::Email),
            (self.slack.is_some(), Channel::Slack),
            (self.webhook.is_some(), Channel::Webhook),
            (self.pager_duty.is_some(), Channel::PagerDuty),
        ]
        .into_iter()
        .filter_map(|(configured, channel)| configured.then_some(channel))
        .collect()
    }

    pub(crate) async fn run(&self, control_plane: &ControlPlane, job: &Job) -> Result<(), JobError> {
        let missing = |variable| JobError::failed(format!("{variable} is not set: set it, then retry"));
        match &job.content {
            JobContent::SendInvitation { user_id } => {
                let mailer = self.mailer.as_ref().ok_or_else(|| missing("SLIPWAY_SMTP_URL"))?;
                mailer.send_invitation(control_plane, *user_id).await
            }
            JobContent::SendPasswordReset { user_id } => {
                let mailer = self.mailer.as_ref().ok_or_else(|| missing("SLIPWAY_SMTP_URL"))?;
                mailer.send_password_reset(control_plane, *user_id).await
            }
            JobContent::Announce { notice } => self.announce(control_plane, job, notice).await,
            JobContent::Deliver { channel: Channel::Email, notice } => {
                self.mailer.as_ref().ok_or_else(|| missing("SLIPWAY_SMTP_URL"))?.send_notice(job.id, notice).await
            }
            JobContent::Deliver { channel: Channel::Slack, notice } => {
                self.slack.as_ref().ok_or_else(|| missing("SLIPWAY_SLACK_WEBHOOK_URL"))?.send(notice).await
            }
            JobContent::Deliver { channel: Channel::Webhook, notice } => {
                let webhook = self.webhook.as_ref().ok_or_else(|| missing("SLIPWAY_WEBHOOK_URL"))?;
                webhook.send(job.id, notice, control_plane.now()).await
            }
            JobContent::Deliver { channel: Channel::PagerDuty, notice } => {
                let pager_duty = self.pager_duty.as_ref();
                pager_duty.ok_or_else(|| missing("SLIPWAY_PAGERDUTY_ROUTING_KEY"))?.send(notice).await
            }
        }
    }
}
