//! One's own account: look at it, change what one is called.

use atelier_domain::id::SessionId;
use atelier_domain::{DisplayName, Endpoint};
use atelier_store::Event;
use atelier_store::queries::access::Target;
use atelier_store::queries::{passkeys, users};

use crate::identity::{AddressRow, Identity, PasskeyRow, UserRow};
use crate::{Error, Result, Service, Who};

/// A person's account, as they see it.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account.
    pub user: UserRow,
    /// Its addresses, the primary one first.
    pub addresses: Vec<AddressRow>,
    /// The session in which it was asked for.
    pub session: Option<SessionId>,
    /// Who the person is to the providers by which they sign in.
    pub identities: Vec<Identity>,
    /// Whether it has a password.
    pub has_password: bool,
    /// Its passkeys, in the order in which they were added.
    pub passkeys: Vec<PasskeyRow>,
}

impl Service {
    /// The caller's own account.
    ///
    /// # Errors
    /// When the caller is not signed in.
    pub async fn get_account(&self, who: &Who) -> Result<Account> {
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ViewAccount).await?;
        let access = self.look_up(&mut tx, who, Target::Account).await?;
        let user = users::get(&mut tx, asked.permit.user()).await?.ok_or(Error::NotFound)?;
        let addresses = users::addresses(&mut tx, user.id).await?;
        let identities = self.identities_of(&mut tx, user.id).await?;
        let has_password = users::has_password(&mut tx, user.id).await?;
        let passkeys = passkeys::list(&mut tx, user.id).await?;
        Ok(Account { user, addresses, session: access.session, identities, has_password, passkeys })
    }

    /// The caller's account and addresses, for programs: what `GetUser` answers.
    ///
    /// # Errors
    /// When the caller may not see it.
    pub async fn get_user(&self, who: &Who) -> Result<(UserRow, Vec<AddressRow>)> {
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::GetUser).await?;
        let user = users::get(&mut tx, asked.permit.user()).await?.ok_or(Error::NotFound)?;
        let addresses = users::addresses(&mut tx, user.id).await?;
        Ok((user, addresses))
    }

    /// Changes what the caller is called.
    ///
    /// # Errors
    /// When the caller is not signed in, or the name is not valid.
    pub async fn change_name(&self, who: &Who, name: &str) -> Result<UserRow> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ChangeProfile).await?;
        let name: DisplayName = name.parse().map_err(|error| Error::invalid("name", error))?;
        users::set_name(&mut tx, &asked.permit, name.as_str(), now).await?;
        let user = users::get(&mut tx, asked.permit.user()).await?.ok_or(Error::NotFound)?;
        tx.announce(Event::Person(user.id));
        tx.commit().await?;
        Ok(user)
    }
}
