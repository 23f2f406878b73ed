//! Mails: one-time links to one person, and notices to those who are to know.
//!
//! Run twice it mails twice. A link is made when it is mailed, so that none waits in the database; each is good alone.

use std::fmt;

use jiff::SignedDuration;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use reqwest::Url;
use ulid::Ulid;

use super::{JobError, Notice};
use crate::control_plane::ControlPlane;
use crate::identity::SecretToken;
use crate::store::{LinkPurpose, OneTimeLink, User};

const INVITATION: SignedDuration = SignedDuration::from_hours(7 * 24);
const PASSWORD_RESET: SignedDuration = SignedDuration::from_hours(1);

/// Where mails are handed in: `smtps://USER:PASSWORD@HOST:PORT` or `smtp://…?tls=required`. It is never printed.
#[derive(Clone)]
pub(crate) struct MailServer(AsyncSmtpTransport<Tokio1Executor>);

impl MailServer {
    /// `None` for what is not such a URL.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        Some(Self(AsyncSmtpTransport::<Tokio1Executor>::from_url(url).ok()?.build()))
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MailServer")
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Mailer {
    pub(crate) server: MailServer,
    pub(crate) from: Mailbox,
    /// Who is told of notices.
    pub(crate) to: Vec<Mailbox>,
    /// Of the console: what links lead to.
    pub(crate) public_url: Url,
}

impl Mailer {
    pub(super) const fn takes_notices(&self) -> bool {
        !self.to.is_empty()
    }

    pub(super) async fn send_invitation(&self, control_plane: &ControlPlane, user_id: Ulid) -> Result<(), JobError> {
        let Some(user) = user(control_plane, user_id).await?.filter(|user| user.password_hash.is_none()) else {
            // They were deleted, or have accepted it.
            return Ok(());
        };
        let link = self.link(control_plane, &user, LinkPurpose::Invitation, INVITATION).await?;
        let text = format!(
            "Hello {},\n\nyou are invited to Slipway. Choose a password within seven days:\n\n{link}\n\n\
             If you did not expect this, nothing happens without you.\n",
            user.name
        );
        self.send_to(&user, "Your invitation to Slipway", text).await
    }

    pub(super) async fn send_password_reset(
        &self,
        control_plane: &ControlPlane,
        user_id: Ulid,
    ) -> Result<(), JobError> {
        let Some(user) = user(control_plane, user_id).await? else { return Ok(()) };
        let link = self.link(control_plane, &user, LinkPurpose::PasswordReset, PASSWORD_RESET).await?;
        let text = format!(
            "Hello {},\n\nsomebody asked for another password for your account at Slipway. If it was you, choose it within \
             an hour:\n\n{link}\n\nIf it was not you, your password stays as it is.\n",
            user.name
        );
        self.send_to(&user, "Another password for Slipway", text).await
    }

    pub(super) async fn send_notice(&self, id: Ulid, notice: &Notice) -> Result<(), JobError> {
        let mut message = Message::builder()
            .from(self.from.clone())
            // Mail programs drop the second one of the same id.
            .message_id(Some(format!("<{id}@slipway>")))
            .subject(format!("[slipway] {}", notice.title));
        for to in &self.to {
            message = message.to(to.clone());
        }
        let body = format!("{}\n\n{}\n\n{} at {}\n", notice.title, notice.text, notice.subject, notice.at);
        self.hand_in(message.body(body)).await
    }

    /// A new link. What it proves stands behind the `#`, which no server logs.
    async fn link(
        &self,
        control_plane: &ControlPlane,
        user: &User,
        purpose: LinkPurpose,
        lifetime: SignedDuration,
    ) -> Result<Url, JobError> {
        let (secret, now) = (SecretToken::new("slipway_link_"), control_plane.now());
        let link = OneTimeLink {
            id: Ulid::generate(),
            user_id: user.id,
            purpose,
            hash: secret.hash(),
            expires_at: now + lifetime,
            used_at: None,
            created_at: now,
        };
        let mut transaction = control_plane.store.begin().await?;
        transaction.add_one_time_link(&link).await?;
        transaction.commit().await?;
        let path = match purpose {
            LinkPurpose::Invitation => "accept-invitation",
            LinkPurpose::PasswordReset => "reset-password",
        };
        let mut url = self.public_url.join(path).map_err(|error| JobError::failed(error.to_string()))?;
        url.set_fragment(Some(&format!("token={}", secret.reveal())));
        Ok(url)
    }

    async fn send_to(&self, user: &User, subject: &str, text: String) -> Result<(), JobError> {
        let address = user.email.as_str().parse().map_err(|_| JobError::failed("the address takes no mail"))?;
        let to = Mailbox::new(Some(user.name.clone()), address);
        let message = Message::builder().from(self.from.clone()).to(to).subject(subject).body(text);
        self.hand_in(message).await
    }

    async fn hand_in(&self, message: Result<Message, lettre::error::Error>) -> Result<(), JobError> {
        let message = message.map_err(|error| JobError::failed(error.to_string()))?;
        self.server.0.send(message).await.map(drop).map_err(|error: SmtpError| {
            // RFC 5321, section 4.2.1: 5xx is for ever.
            let text = format!("{error}: {}", crate::causes(&error));
            if error.is_permanent() { JobError::failed(text) } else { JobError::again(text) }
        })
    }
}

async fn user(control_plane: &ControlPlane, id: Ulid) -> Result<Option<User>, JobError> {
    let mut transaction = control_plane.store.begin().await?;
    Ok(transaction.user(id).await?)
}
