//! Finding the collaborator that a program means.

use atelier_domain::id::GrantId;
use atelier_domain::{Conditions, Email, Endpoint};
use atelier_store::queries::{grants, users};

use super::GrantRow;
use crate::{AppName, Error, Result, Service, Who};

/// How a collaborator can be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedCollaborator {
    /// By their grant.
    Grant(GrantId),
    /// By the slug of their account.
    User(String),
    /// By an address: the one that was invited, or one that they have verified.
    Address(Email),
}

impl Service {
    /// The collaborator or pending invitation that is meant, for a caller who may do what `endpoint` does.
    ///
    /// # Errors
    /// When the caller may not, or there is none.
    pub async fn find_collaborator(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        named: &NamedCollaborator,
    ) -> Result<GrantRow> {
        let mut tx = self.store.read().await?;
        let permit = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?.permit;
        let user = match named {
            NamedCollaborator::Grant(id) => {
                return grants::get(&mut tx, &permit, *id).await?.ok_or(Error::NotFound);
            }
            NamedCollaborator::User(slug) => users::by_slug(&mut tx, slug).await?,
            NamedCollaborator::Address(address) => {
                if let Some(pending) = grants::of_address(&mut tx, &permit, address).await? {
                    return Ok(pending);
                }
                users::by_verified_address(&mut tx, address).await?
            }
        };
        let user = user.ok_or(Error::NotFound)?;
        grants::of_user(&mut tx, &permit, user.id).await?.ok_or(Error::NotFound)
    }
}
