//! The first account: whoever started the server makes it, by a link that only they were shown.

use atelier_domain::time::DAY;
use atelier_store::queries::{first_links, users};

use super::sign_up::check;
use crate::audit::Actor;
use crate::identity::{SignUp, SignedIn};
use crate::secrets::{hash_secret, new_secret};
use crate::{Error, Origin, Result, Service};

/// How long the link can be used.
pub const FIRST_LINK: i64 = DAY;

impl Service {
    /// Makes the link by which the first account is made, while there is none: for whoever starts the server. One that
    /// was made before ends.
    ///
    /// # Errors
    /// When something below is out of reach.
    pub async fn first_link(&self) -> Result<Option<String>> {
        let mut tx = self.store.write().await?;
        if first_links::has_accounts(&mut tx).await? {
            first_links::end_all(&mut tx).await?;
            tx.commit().await?;
            return Ok(None);
        }
        let secret = new_secret(&self.world);
        first_links::replace(&mut tx, &hash_secret(&secret), self.world.now().plus(FIRST_LINK)).await?;
        tx.commit().await?;
        Ok(Some(format!("{base}/sign-up/{secret}", base = self.base_url)))
    }

    /// Uses the link: makes an account, whose address counts as proved since its owner started the server, and begins a
    /// session of it.
    ///
    /// # Errors
    /// When the link is unknown, was used or has ended, as it has once there is an account; when a value is not valid.
    pub async fn make_first_account(
        &self,
        origin: &Origin,
        secret: &str,
        input: &SignUp,
    ) -> Result<SignedIn> {
        let (link, now) = (hash_secret(secret), self.world.now());
        // What is refused costs no link, and nobody without one has passwords hashed.
        let mut look = self.store.read().await?;
        if !first_links::is_good(&mut look, &link, now).await? {
            return Err(ended());
        }
        drop(look);
        let account = self.prepare_account(check(input)?).await?;
        let (mut tx, user, slug) = self.insert_account(&account, None).await?;
        if !first_links::take(&mut tx, &link, user, now).await? {
            return Err(ended());
        }
        self.audit_sign_up(&mut tx, origin, user, &slug, &account);
        let actor = Actor { id: Some(user), name: account.name.as_str(), key: None, origin };
        self.prove_address(&mut tx, actor, user, &account.email).await?;
        let user = users::get(&mut tx, user).await?.ok_or(Error::NotFound)?;
        let signed_in = self.begin_session(&mut tx, user, origin).await?;
        tx.commit().await?;
        Ok(signed_in)
    }
}

/// The same for a link that never was, one that was used, and one that has ended.
fn ended() -> Error {
    Error::invalid("link", "has ended")
}
