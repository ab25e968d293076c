//! Adding a passkey to one's account.

use atelier_domain::id::PasskeyId;
use atelier_domain::{DisplayName, Endpoint};
use atelier_store::Event;
use atelier_store::queries::access::Target;
use atelier_store::queries::passkeys::{self, NewPasskey, Purpose};
use atelier_store::queries::users;

use super::Challenge;
use super::own::MOST_PASSKEYS;
use crate::audit::{Action, Actor, Done};
use crate::{Error, Result, Service, Who};

impl Service {
    /// Asks the caller's browser for a passkey that is to be called `name`.
    ///
    /// # Errors
    /// When the caller is not signed in, the name is not valid, they have as many as anybody may have, or there are none
    /// here; `PasswordNeeded`.
    pub async fn begin_passkey(&self, who: &Who, name: &str) -> Result<Challenge> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::AddPasskey).await?;
        // Before the device makes one, which nothing here could take away again.
        called(name)?;
        let user = users::get(&mut tx, asked.permit.user()).await?.ok_or(Error::NotFound)?;
        let all = passkeys::list(&mut tx, user.id).await?;
        if all.len() >= MOST_PASSKEYS {
            let message = format!("an account has {MOST_PASSKEYS} passkeys at most; remove one first");
            return Err(Error::Conflict(message));
        }
        let known = all.into_iter().map(|row| row.credential_id).collect();
        let wanted = self.site()?.ask_to_add(&user, known)?;
        let session = self.look_up(&mut tx, who, Target::Account).await?.session;
        let challenge = self.keep_challenge(&mut tx, Purpose::Add, session, wanted).await?;
        tx.commit().await?;
        Ok(challenge)
    }

    /// Adds the passkey that the caller's browser answers has been made, and tells them by mail.
    ///
    /// # Errors
    /// When the caller is not signed in, the name is not valid, the browser was not asked in this session, or its answer
    /// is not believed; `PasswordNeeded`.
    pub async fn add_passkey(&self, who: &Who, secret: &str, name: &str, answer: &str) -> Result<()> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::AddPasskey).await?;
        let name = called(name)?;
        let session = self.look_up(&mut tx, who, Target::Account).await?.session;
        let state = self.take_challenge(&mut tx, Purpose::Add, session, secret).await?;
        let Some((credential_id, credential)) = self.site()?.added(answer, state)? else {
            // What was answered once is not answered again.
            tx.commit().await?;
            return Err(Error::Conflict("what your device answered could not be verified; try again".into()));
        };
        let id = PasskeyId::new(now, &self.world.salt());
        let new = NewPasskey { id, name: &name, credential_id: &credential_id, credential: &credential };
        match passkeys::insert(&mut tx, &asked.permit, &new, now).await {
            Ok(()) => {}
            Err(atelier_store::Error::Duplicate) => {
                return Err(Error::Conflict("this passkey was added already".into()));
            }
            Err(other) => return Err(other.into()),
        }
        let user = asked.permit.user();
        let done = Done { subject_id: Some(user), ..Done::new(Action::PasskeyAdded, name.as_str()) };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        self.mail_passkey(&mut tx, user, true).await?;
        tx.announce(Event::Person(user));
        Ok(tx.commit().await?)
    }
}

/// What a passkey is called.
fn called(name: &str) -> Result<DisplayName> {
    name.parse().map_err(|error| Error::invalid("name", error))
}
