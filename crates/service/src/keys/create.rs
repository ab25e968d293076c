//! Making a key.

use atelier_domain::closure::closed;
use atelier_domain::id::KeyId;
use atelier_domain::{
    Conditions, DisplayName, Editor, Endpoint, EndpointSet, Forest, Reach, Rights, ScopeSet, Timestamp,
};
use atelier_store::Event;
use atelier_store::queries::keys;

use super::{OpenedKey, check_unbound, done, told_row};
use crate::audit::{Action, Actor, Done};
use crate::secrets::hash_secret;
use crate::{AppName, Error, Result, Service, Who};

/// The key to be made.
#[derive(Clone, Debug, Default)]
pub struct CreateKey {
    /// For what it is.
    pub description: String,
    /// The scopes as they were chosen; the reads that they need come along.
    pub scopes: ScopeSet,
    /// The endpoints to which it is limited.
    pub endpoints: Option<EndpointSet>,
    /// Which inputs it is about.
    pub reach: Reach,
    /// When it ends; not given, it does not.
    pub ends_at: Option<Timestamp>,
    /// The only app that it reaches.
    pub app: Option<AppName>,
    /// Whether it is an app key, which acts for the owner of the app; else a personal access token.
    pub is_app_key: bool,
}

impl Service {
    /// Makes a key of the caller's own, never wider or longer than what they came with.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, the key would open nothing or more than the caller's own, or
    /// it is an app key for somebody else's app.
    pub async fn create_key(&self, who: &Who, input: &CreateKey) -> Result<OpenedKey> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let endpoint = Endpoint::PostKeys;
        let asked = self.permit_own(&mut tx, who, endpoint).await?;
        check_unbound(&asked.permit, endpoint)?;
        let description: DisplayName =
            input.description.parse().map_err(|error| Error::invalid("description", error))?;
        let rights = Rights {
            scopes: closed(input.scopes),
            endpoints: input.endpoints,
            reach: input.reach,
            ends_at: input.ends_at,
        };
        // What somebody may hand out to a key is what they may hand out to a person.
        let giver = Editor { grant: None, rights: *asked.permit.credential().rights() };
        Forest::invite(&giver, &rights, now)
            .map_err(|violation| Error::violation(&violation, endpoint, &[]))?;
        let app = match &input.app {
            None if input.is_app_key => return Err(Error::invalid("app", "must be given for an app key")),
            None => None,
            Some(app) => {
                let view = self.permit(&mut tx, who, app, Endpoint::GetApp, Conditions::NONE).await?;
                if input.is_app_key && !view.permit.is_owner() {
                    return Err(Error::Forbidden {
                        endpoint,
                        explanation:
                            "app keys act for the owner of the app, and only the owner makes them; make a \
                                      token that is bound to the app instead"
                                .into(),
                        missing: ScopeSet::EMPTY,
                    });
                }
                Some(view.permit.app())
            }
        };
        let secret = self.new_key_secret();
        let secret_hash = hash_secret(secret.expose());
        let key = keys::NewKey {
            id: KeyId::new(now, &self.world.salt()),
            secret: Some((&secret_hash, secret.last_four())),
            is_app_key: input.is_app_key,
            user: asked.permit.user(),
            app,
            grant: None,
            description: description.as_str(),
            rights,
        };
        keys::insert(&mut tx, &key, now).await?;
        let row = keys::get(&mut tx, &asked.permit, key.id).await?.ok_or(Error::NotFound)?;
        let done = Done { after: Some(told_row(&row)), ..done(Action::KeyCreated, &row) };
        self.audit(&mut tx, Actor::of_account(&asked, &who.origin), &done);
        tx.announce(Event::Person(row.user_id));
        tx.commit().await?;
        Ok(OpenedKey { key: row, secret })
    }
}
