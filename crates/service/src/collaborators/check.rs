//! Looking beforehand at what stands against adding people.

use atelier_domain::{Conditions, Endpoint};

use super::Invitee;
use super::add::{TWICE, check_number};
use crate::{AppName, Result, Service, Who};

impl Service {
    /// What stands against adding each of them, in their order. Nothing is changed.
    ///
    /// Who has an account is not told, nor which addresses are one person's: only adding somebody, which is audited, shows
    /// that.
    ///
    /// # Errors
    /// When the caller may not add anybody, or names more than [`PEOPLE`](super::PEOPLE).
    pub async fn check_invitees(
        &self,
        who: &Who,
        app: &AppName,
        invitees: &[Invitee],
    ) -> Result<Vec<Option<String>>> {
        let mut conn = self.store.read().await?;
        let asked = self.permit(&mut conn, who, app, Endpoint::CheckInvitees, Conditions::NONE).await?;
        check_number(invitees)?;
        let mut against = Vec::new();
        for (position, invitee) in invitees.iter().enumerate() {
            let is_again = invitees.iter().take(position).any(|before| before == invitee);
            against.push(if is_again {
                Some(TWICE.to_owned())
            } else {
                self.person(&mut conn, &asked.permit, invitee).await?.err()
            });
        }
        Ok(against)
    }
}
