//! Changing for what a key is, and what it gives.

use atelier_domain::closure::closed;
use atelier_domain::id::{GrantId, KeyId};
use atelier_domain::{
    DisplayName, Editor, Endpoint, EndpointSet, Forest, Member, Reach, Rights, ScopeSet, Timestamp,
};
use atelier_store::Event;
use atelier_store::queries::keys;

use super::{KeyRow, check_unbound, done, told_row};
use crate::audit::{Action, Actor, Done};
use crate::{Error, Result, Service, Who};

/// What to change; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct ChangeKey {
    /// For what it is.
    pub description: Option<String>,
    /// The scopes as they were chosen; the reads that they need come along.
    pub scopes: Option<ScopeSet>,
    /// The endpoints to which it is limited; `Some(None)` lifts the limit.
    pub endpoints: Option<Option<EndpointSet>>,
    /// Which inputs it is about.
    pub reach: Option<Reach>,
    /// When it ends; `Some(None)`: never.
    pub ends_at: Option<Option<Timestamp>>,
}

impl Service {
    /// Changes one of the caller's own keys, and answers it as it stands then. What it gains must lie within what the
    /// caller came with.
    ///
    /// # Errors
    /// When the caller may not, has no such key, a value is not valid, the key follows a grant, or it would open
    /// nothing or more than the caller may give.
    pub async fn change_key(&self, who: &Who, key: KeyId, input: &ChangeKey) -> Result<KeyRow> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let endpoint = Endpoint::PatchKeys;
        let asked = self.permit_own(&mut tx, who, endpoint).await?;
        check_unbound(&asked.permit, endpoint)?;
        let before = keys::get(&mut tx, &asked.permit, key).await?.ok_or(Error::NotFound)?;
        if before.grant_id.is_some() {
            return Err(Error::invalid(
                "key",
                format!(
                    "this token follows your access to {} and changes with it; it cannot be changed by itself",
                    before.app_name.as_deref().unwrap_or("an app")
                ),
            ));
        }
        let description = input.description.as_deref().unwrap_or(&before.description);
        let description: DisplayName =
            description.parse().map_err(|error| Error::invalid("description", error))?;
        let had = before.rights();
        let wanted = Rights {
            scopes: input.scopes.map_or(had.scopes, closed),
            endpoints: input.endpoints.unwrap_or(had.endpoints),
            reach: input.reach.unwrap_or(had.reach),
            ends_at: input.ends_at.unwrap_or(had.ends_at),
        };
        if wanted != had {
            // A key is a tree of one: what its owner adds must be within what they came with, as with a person.
            let alone = Member { id: GrantId(key.0), user: Some(before.user_id), parent: None, rights: had };
            let giver = Editor { grant: None, rights: *asked.permit.credential().rights() };
            Forest::from_iter([alone])
                .edit(&giver, alone.id, wanted, now)
                .map_err(|violation| Error::violation(&violation, endpoint, &[]))?;
        }
        keys::update(&mut tx, &asked.permit, key, description.as_str(), &wanted).await?;
        let after = keys::get(&mut tx, &asked.permit, key).await?.ok_or(Error::NotFound)?;
        let done = Done {
            before: Some(told_row(&before)),
            after: Some(told_row(&after)),
            ..done(Action::KeyChanged, &after)
        };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        tx.announce(Event::Person(after.user_id));
        tx.commit().await?;
        Ok(after)
    }
}
