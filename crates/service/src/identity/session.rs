//! Who is signed in: for pages, which look different to somebody who is.

use atelier_domain::Endpoint;
use atelier_domain::id::UserId;

use crate::{Error, Proof, Result, Service, Who};

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// Their account.
    pub user_id: UserId,
    /// Their slug.
    pub slug: String,
    /// What they are called.
    pub name: String,
}

impl Service {
    /// Who is signed in; none if nobody is, or if their session is over.
    ///
    /// # Errors
    /// When something below is out of reach.
    pub async fn whoami(&self, who: &Who) -> Result<Option<Me>> {
        if !matches!(who.proof, Some(Proof::Session(_))) {
            return Ok(None);
        }
        let mut tx = self.store.read().await?;
        match self.permit_own(&mut tx, who, Endpoint::ViewAccount).await {
            Ok(asked) => Ok(Some(Me { user_id: asked.permit.user(), slug: asked.slug, name: asked.name })),
            Err(Error::Unauthenticated(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }
}
