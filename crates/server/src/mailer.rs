//! Sends the mail that operations wrote: by SMTP, or into files where no mail server is configured.

use std::path::PathBuf;
use std::time::Duration;

use atelier_domain::time::{MINUTE, SECOND};
use atelier_service::Service;
use atelier_store::queries::mails::{self, MailRow};
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::file::AsyncFileTransport;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// How long it sleeps when nothing is due.
const PAUSE: Duration = Duration::from_millis(500);

/// Where mail goes.
pub(crate) enum Mailer {
    Smtp { transport: AsyncSmtpTransport<Tokio1Executor>, from: Mailbox },
    Files { transport: AsyncFileTransport<Tokio1Executor>, from: Mailbox },
}

/// Why mail cannot be set up, or a mail not be sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    #[error("`{0}` is not an address that mail can come from or go to")]
    Address(String),
    #[error("the mail server's address is not understood: {0}")]
    Server(lettre::transport::smtp::Error),
    #[error("could not make `{0}`: {1}")]
    Folder(PathBuf, std::io::Error),
    #[error("the mail could not be composed: {0}")]
    Compose(#[from] lettre::error::Error),
    #[error("the mail server did not take it: {0}")]
    Smtp(#[from] lettre::transport::smtp::Error),
    #[error("it could not be written: {0}")]
    File(#[from] lettre::transport::file::Error),
}

impl MailError {
    /// What is told where no address may be: what mail servers say names whom they do not know.
    fn told(&self) -> String {
        match self {
            Self::Address(_) => "an address is not understood".into(),
            Self::Smtp(error) => match error.status() {
                Some(code) => format!("the mail server did not take it: it answered {code}"),
                None => "the mail server could not be reached, or broke off".into(),
            },
            other => other.to_string(),
        }
    }
}

impl Mailer {
    /// The mailer that the settings ask for.
    pub(crate) fn new(config: &Config) -> Result<Self, MailError> {
        let from = mailbox(&config.mail_from)?;
        match &config.smtp {
            Some(url) => Self::by_smtp(url, &config.mail_from),
            None => {
                let folder = config.outbox();
                std::fs::create_dir_all(&folder).map_err(|error| MailError::Folder(folder.clone(), error))?;
                Ok(Self::Files { transport: AsyncFileTransport::new(folder), from })
            }
        }
    }

    /// One that sends by the mail server at `url`.
    pub(crate) fn by_smtp(url: &str, from: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(MailError::Server)?;
        Ok(Self::Smtp { transport: transport.build(), from: mailbox(from)? })
    }

    /// Sends what is due, again and again, until it is told to stop.
    pub(crate) async fn run(self, service: Service, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.send_one(&service).await {
                Ok(true) => {}
                Ok(false) => {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(PAUSE) => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "could not look for mail to be sent");
                    tokio::time::sleep(PAUSE * 10).await;
                }
            }
        }
    }

    /// Sends one mail, if one is due; answers whether one was. One that fails is tried again later, each time after
    /// twice as long.
    pub(crate) async fn send_one(&self, service: &Service) -> atelier_store::Result<bool> {
        let now = service.world().now();
        let mut tx = service.store().write().await?;
        let Some(mail) = mails::take_due(&mut tx, now, now.plus(5 * MINUTE)).await? else { return Ok(false) };
        tx.commit().await?;
        let tx = match self.send(&mail).await {
            Ok(()) => {
                let mut tx = service.store().write().await?;
                mails::sent(&mut tx, mail.id, service.world().now()).await?;
                tx
            }
            Err(error) => {
                let why = error.told();
                tracing::warn!(mail.id = %mail.id, mail.attempts = mail.attempts, why, "could not send a mail");
                tracing::debug!(mail.id = %mail.id, %error, "this is why a mail could not be sent");
                let mut tx = service.store().write().await?;
                let wait = (10 * SECOND) << mail.attempts.clamp(0, 10);
                mails::postpone(&mut tx, mail.id, service.world().now().plus(wait)).await?;
                tx
            }
        };
        tx.commit().await?;
        Ok(true)
    }

    async fn send(&self, mail: &MailRow) -> Result<(), MailError> {
        let (Self::Smtp { from, .. } | Self::Files { from, .. }) = self;
        let message = Message::builder()
            .from(from.clone())
            .to(mailbox(&mail.recipient)?)
            .subject(&mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())?;
        match self {
            Self::Smtp { transport, .. } => {
                transport.send(message).await?;
            }
            Self::Files { transport, .. } => {
                transport.send(message).await?;
            }
        }
        Ok(())
    }
}

fn mailbox(text: &str) -> Result<Mailbox, MailError> {
    text.parse().map_err(|_| MailError::Address(text.into()))
}
