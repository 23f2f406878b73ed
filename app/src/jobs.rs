//! What is done after a request was answered. A job is written in the transaction that causes it, and may run more than
//! once: each says how that does no harm.

mod announce;
mod delivery;
mod mail;
mod page;
mod post;
mod slack;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::store::{Job, JobState};

pub(crate) use delivery::{Deliveries, JobError};
pub(crate) use mail::{MailServer, Mailer};
pub(crate) use page::PagerDuty;
pub(crate) use post::{Webhook, WebhookSecret};
pub(crate) use slack::Slack;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum JobContent {
    /// Mail somebody a link to choose their first password.
    SendInvitation { user_id: Ulid },
    /// Mail somebody a link to choose another password.
    SendPasswordReset { user_id: Ulid },
    /// Tell everybody who is to know.
    Announce { notice: Notice },
    /// Tell them on one channel.
    Deliver { channel: Channel, notice: Notice },
}

impl JobContent {
    /// As it is called in the database and in logs.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::SendInvitation { .. } => "send_invitation",
            Self::SendPasswordReset { .. } => "send_password_reset",
            Self::Announce { .. } => "announce",
            Self::Deliver { .. } => "deliver",
        }
    }
}

/// Where notices go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Channel {
    Email,
    Slack,
    Webhook,
    PagerDuty,
}

/// Something that people are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notice {
    pub(crate) event: NoticeEvent,
    pub(crate) environment: String,
    /// One line.
    pub(crate) title: String,
    pub(crate) text: String,
    /// What it is about, such as `deployment:01H…`.
    pub(crate) subject: String,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoticeEvent {
    DeploymentSucceeded,
    DeploymentFailed,
    ApprovalWanted,
    FreezeBegun,
    FreezeLifted,
}

impl Job {
    /// One that is due at once.
    pub(crate) fn new(content: JobContent, now: Timestamp) -> Self {
        Self {
            id: Ulid::generate(),
            content,
            state: JobState::Waiting,
            attempts: 0,
            error: None,
            due_at: now,
            created_at: now,
            updated_at: now,
        }
    }
}
