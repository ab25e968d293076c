//! One's own addresses: list, add, remove, make primary, mail the link again.

use atelier_domain::{Email, Endpoint};
use atelier_store::Event;
use atelier_store::queries::users;

use crate::audit::{Action, Actor, Done};
use crate::identity::AddressRow;
use crate::{Error, Result, Service, Who};

/// The most addresses that an account has.
pub const ADDRESSES: usize = 10;

impl Service {
    /// The caller's addresses, the primary one first.
    ///
    /// # Errors
    /// When the caller is not signed in.
    pub async fn list_addresses(&self, who: &Who) -> Result<Vec<AddressRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ViewAccount).await?;
        Ok(users::addresses(&mut tx, asked.permit.user()).await?)
    }

    /// Adds an address that the caller says is theirs, and mails the link by which they prove it. Whether somebody
    /// else has the address is not told.
    ///
    /// # Errors
    /// When the caller is not signed in, has the address already or too many, or it is not valid.
    pub async fn add_address(&self, who: &Who, address: &str) -> Result<Vec<AddressRow>> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::AddEmailAddress).await?;
        let address = parse(address)?;
        let user = asked.permit.user();
        if users::addresses(&mut tx, user).await?.len() >= ADDRESSES {
            let message = format!("cannot be added: an account has at most {ADDRESSES} addresses");
            return Err(Error::invalid("email", message));
        }
        users::add_address(&mut tx, user, &address, false, now).await.map_err(|error| match error {
            atelier_store::Error::Duplicate => Error::Conflict("you have this address already".into()),
            other => other.into(),
        })?;
        self.mail_verification(&mut tx, user, &asked.slug, &address).await?;
        let done = Done { subject_id: Some(user), ..Done::new(Action::AddressAdded, address.as_str()) };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        let addresses = users::addresses(&mut tx, user).await?;
        tx.announce(Event::Person(user));
        tx.commit().await?;
        Ok(addresses)
    }

    /// Takes an address of the caller away.
    ///
    /// # Errors
    /// When the caller is not signed in, has no such address, or it is the primary one.
    pub async fn remove_address(&self, who: &Who, address: &str) -> Result<Vec<AddressRow>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::RemoveEmailAddress).await?;
        let address = parse(address)?;
        let user = asked.permit.user();
        let before = users::addresses(&mut tx, user).await?;
        if own(&before, &address)?.is_primary {
            return Err(Error::invalid("email", "is where your mail goes; make another one primary first"));
        }
        if !users::remove_address(&mut tx, &asked.permit, &address).await? {
            return Err(Error::NotFound);
        }
        let done = Done { subject_id: Some(user), ..Done::new(Action::AddressRemoved, address.as_str()) };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        let addresses = users::addresses(&mut tx, user).await?;
        tx.announce(Event::Person(user));
        tx.commit().await?;
        Ok(addresses)
    }

    /// Makes a verified address of the caller the one that mail goes to.
    ///
    /// # Errors
    /// When the caller is not signed in, has no such address, or has not verified it.
    pub async fn make_address_primary(&self, who: &Who, address: &str) -> Result<Vec<AddressRow>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::MakeEmailAddressPrimary).await?;
        let address = parse(address)?;
        let user = asked.permit.user();
        own(&users::addresses(&mut tx, user).await?, &address)?;
        if !users::make_primary(&mut tx, &asked.permit, &address).await? {
            return Err(Error::invalid("email", "must be verified first"));
        }
        let addresses = users::addresses(&mut tx, user).await?;
        tx.announce(Event::Person(user));
        tx.commit().await?;
        Ok(addresses)
    }

    /// Mails the link by which the caller proves an address again; earlier links to it end.
    ///
    /// # Errors
    /// When the caller is not signed in, has no such address, or has verified it; `Throttled` after too many letters.
    pub async fn resend_verification(&self, who: &Who, address: &str) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ResendVerification).await?;
        let address = parse(address)?;
        let user = asked.permit.user();
        if own(&users::addresses(&mut tx, user).await?, &address)?.verified_at.is_some() {
            return Err(Error::invalid("email", "is verified already"));
        }
        self.spend_letter(&mut tx, user).await?;
        self.mail_verification(&mut tx, user, &asked.slug, &address).await?;
        Ok(tx.commit().await?)
    }
}

fn parse(address: &str) -> Result<Email> {
    address.parse().map_err(|error| Error::invalid("email", error))
}

/// The row of `address` among the caller's.
fn own<'a>(rows: &'a [AddressRow], address: &Email) -> Result<&'a AddressRow> {
    rows.iter().find(|row| row.address == address.as_str()).ok_or(Error::NotFound)
}
