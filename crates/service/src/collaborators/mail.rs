//! What people are mailed about apps that others share with them.
//!
//! Mail to an address without an account holds slugs only, no name that somebody chose freely: whoever may invite
//! could otherwise have us send any text to any mailbox.

use atelier_domain::{Email, Permit};
use atelier_store::WriteTx;
use atelier_store::queries::apps::AppRow;
use atelier_store::queries::{mails, users};
use uuid::Uuid;

use crate::{Asked, Result, Service};

impl Service {
    /// Writes a mail, to be sent once the transaction is on disk.
    pub(crate) async fn write_mail(
        &self,
        tx: &mut WriteTx,
        recipient: &str,
        subject: &str,
        body: &str,
    ) -> Result<()> {
        let now = self.world.now();
        let millis = u64::try_from(now.micros() / 1000).unwrap_or_default();
        let id: Uuid = uuid::Builder::from_unix_timestamp_millis(millis, &self.world.salt()).into_uuid();
        Ok(mails::insert(tx, id, recipient, subject, body, now).await?)
    }

    /// Where mail reaches `user`: an address of which they have proved that it is theirs, the primary one first.
    pub(crate) async fn mailbox(
        &self,
        tx: &mut WriteTx,
        user: atelier_domain::id::UserId,
    ) -> Result<Option<String>> {
        let addresses = users::addresses(tx, user).await?;
        Ok(addresses.into_iter().find(|row| row.verified_at.is_some()).map(|row| row.address))
    }

    /// Tells somebody with an account that they are a collaborator now.
    pub(super) async fn mail_added(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        app: &AppRow,
        recipient: &str,
    ) -> Result<()> {
        let subject = format!("You are now a collaborator of {}", app.name);
        let body = format!(
            "{inviter} has made you a collaborator of the app {name}.\n\n\
             You can open it now:\n\n\
             {base}/{owner}/{slug}\n\n\
             If you do not want this, you can leave the app there at any time.\n",
            inviter = asked.name,
            name = app.name,
            base = self.base_url,
            owner = app.owner_slug,
            slug = app.slug,
        );
        self.write_mail(tx, recipient, &subject, &body).await
    }

    /// Mails an invitation to an address that has no account yet.
    pub(super) async fn mail_invitation(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        app: &AppRow,
        address: &Email,
        secret: &str,
    ) -> Result<()> {
        let subject = format!("Invitation to {}/{} on Atelier", app.owner_slug, app.slug);
        let body = format!(
            "`{inviter}` invites you to work on the app `{owner}/{slug}` on Atelier.\n\n\
             To take this up, open this link within 7 days, and sign in or make an account with this address:\n\n\
             {base}/invitation/{secret}\n\n\
             If you do not want this, there is nothing to do.\n",
            inviter = asked.slug,
            owner = app.owner_slug,
            slug = app.slug,
            base = self.base_url,
        );
        self.write_mail(tx, address.as_str(), &subject, &body).await
    }
}
