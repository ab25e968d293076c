//! Taking second factor and passkeys from an account whose owner has lost them all: for the command line, whose user has
//! made sure of who asks.

use atelier_domain::Email;
use atelier_store::Event;
use atelier_store::queries::{factors, passkeys, pending, users};

use super::mail::FactorChange;
use crate::audit::{Action, Actor, Done};
use crate::{Error, Origin, Result, Service};

/// What was taken from an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reset {
    /// Whether it had a second factor.
    pub second_factor: bool,
    /// How many passkeys it had.
    pub passkeys: u64,
}

impl Service {
    /// Switches the second factor of the account off whose owner has verified `address`, and removes its passkeys: who had
    /// one of them left would need nobody's help. They are told by mail.
    ///
    /// # Errors
    /// When the address is not valid or nobody's, or the account has neither.
    pub async fn reset_factors(&self, address: &str) -> Result<Reset> {
        let origin = Origin { address: String::new(), user_agent: "command line".into() };
        let address: Email = address.parse().map_err(|error| Error::invalid("email", error))?;
        let mut tx = self.store.write().await?;
        let user = users::by_verified_address(&mut tx, &address)
            .await?
            .ok_or_else(|| Error::invalid("email", "is not the verified address of an account"))?;
        let had = passkeys::list(&mut tx, user.id).await?;
        let reset = Reset {
            second_factor: factors::remove_all(&mut tx, user.id).await?,
            passkeys: passkeys::remove_all(&mut tx, user.id).await?,
        };
        if reset == (Reset { second_factor: false, passkeys: 0 }) {
            return Err(Error::Conflict("this account has neither a second factor nor passkeys".into()));
        }
        pending::end_all(&mut tx, user.id).await?;
        let actor = Actor { id: None, name: "The operator", key: None, origin: &origin };
        if reset.second_factor {
            let done =
                Done { subject_id: Some(user.id), ..Done::new(Action::SecondFactorRemoved, &user.name) };
            self.audit(&mut tx, actor, &done);
        }
        for passkey in &had {
            let done = Done { subject_id: Some(user.id), ..Done::new(Action::PasskeyRemoved, &passkey.name) };
            self.audit(&mut tx, actor, &done);
        }
        self.mail_factor_change(&mut tx, user.id, FactorChange::ResetByOperator(reset)).await?;
        tx.announce(Event::Person(user.id));
        tx.commit().await?;
        Ok(reset)
    }
}
