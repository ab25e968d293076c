//! Taking the second factors from an account whose owner has lost them all: for the command line, whose user has made
//! sure of who asks.

use atelier_domain::Email;
use atelier_store::Event;
use atelier_store::queries::{factors, pending, users};

use super::mail::FactorChange;
use crate::audit::{Action, Actor, Done};
use crate::{Error, Origin, Result, Service};

impl Service {
    /// Switches the second factor of the account off whose owner has verified `address`. They are told by mail.
    ///
    /// # Errors
    /// When the address is not valid or nobody's, or the account has no second factor.
    pub async fn reset_second_factors(&self, address: &str) -> Result<()> {
        let origin = Origin { address: String::new(), user_agent: "command line".into() };
        let address: Email = address.parse().map_err(|error| Error::invalid("email", error))?;
        let mut tx = self.store.write().await?;
        let user = users::by_verified_address(&mut tx, &address)
            .await?
            .ok_or_else(|| Error::invalid("email", "is not the verified address of an account"))?;
        if !factors::remove_all(&mut tx, user.id).await? {
            return Err(Error::Conflict("this account has no second factor".into()));
        }
        pending::end_all(&mut tx, user.id).await?;
        let actor = Actor { id: None, name: "The operator", key: None, origin: &origin };
        let done = Done { subject_id: Some(user.id), ..Done::new(Action::SecondFactorRemoved, &user.name) };
        self.audit(&mut tx, actor, &done);
        self.mail_factor_change(&mut tx, user.id, FactorChange::SwitchedOffByOperator).await?;
        tx.announce(Event::Person(user.id));
        Ok(tx.commit().await?)
    }
}
