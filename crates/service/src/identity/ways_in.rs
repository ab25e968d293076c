//! By what somebody can sign in: at least one way stays.

use atelier_domain::id::UserId;
use atelier_store::Conn;
use atelier_store::queries::{passkeys, users};

use crate::identity::ProviderName;
use crate::{Result, Service};

/// By what somebody can sign in here, and show once more who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WaysIn {
    /// Whether they have a password.
    pub(crate) has_password: bool,
    /// The providers that know them.
    pub(crate) providers: Vec<ProviderName>,
    /// How many passkeys they have.
    pub(crate) passkeys: usize,
}

impl Service {
    /// By what `user` can sign in.
    pub(crate) async fn ways_in(&self, conn: &mut Conn, user: UserId) -> Result<WaysIn> {
        let passkeys = if self.offers_passkeys() { passkeys::list(conn, user).await?.len() } else { 0 };
        Ok(WaysIn {
            has_password: users::has_password(conn, user).await?,
            providers: self.providers_of(conn, user).await?,
            passkeys,
        })
    }
}
