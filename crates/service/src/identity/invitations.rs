//! Taking up the invitations that waited for an address, once it is verified.

use atelier_domain::id::{AppId, UserId};
use atelier_domain::{Caller, Credential, Email, Endpoint, OwnPermit, Rights, Timestamp, decide_own};
use atelier_store::queries::apps;
use atelier_store::queries::grants::{self, WaitingRow};
use atelier_store::{Event, WriteTx};
use serde_json::json;

use super::insert_automatic_token;
use crate::audit::{Action, Actor, Done};
use crate::{Error, Origin, Result, Service};

/// How many collaborations are read at once.
const CHUNK: usize = 1_000;

impl Service {
    /// Makes every grant active that waits for `address`, which `user` has just proved to be theirs, as far as
    /// whoever granted it can still give it; those that give nothing any more lapse. Answers the names of the apps
    /// that they joined.
    pub(super) async fn take_up_invitations(
        &self,
        tx: &mut WriteTx,
        actor: Actor<'_>,
        user: UserId,
        address: &Email,
    ) -> Result<Vec<String>> {
        let now = self.world.now();
        let permit = proved_person(user, now)?;
        let mut seen = grants::waiting_for(tx, address, now).await?;
        // Apps are locked in one order everywhere here, so that two of these never wait for one another.
        seen.sort_by_key(|waiting| waiting.app_id);
        let mut joined = Vec::new();
        for seen in &seen {
            // This locks the app; what was read of the grant before may have changed until then.
            grants::granter_rights(tx, seen).await?;
            let still = grants::waiting_for(tx, address, now).await?;
            let Some(waiting) = still.into_iter().find(|waiting| waiting.id == seen.id) else { continue };
            let granter = grants::granter_rights(tx, &waiting).await?;
            // PostgreSQL goes on with no transaction in which something failed: that they hold a grant already must
            // be asked beforehand.
            let has_access = waiting.owner_id == user || holds_grant(tx, &permit, waiting.app_id).await?;
            let rights = granter
                .map(|granter| promised(&waiting).meet(&granter))
                .filter(|rights| !has_access && rights.opens_something() && !rights.ended(now));
            match rights {
                Some(rights) => {
                    if grants::activate(tx, &permit, &waiting, &rights, now).await? {
                        self.note_joined(tx, actor, user, &waiting, &rights).await?;
                        joined.push(waiting.app_name);
                    }
                }
                None => self.lapse_invitation(tx, &waiting, now).await?,
            }
        }
        Ok(joined)
    }

    async fn note_joined(
        &self,
        tx: &mut WriteTx,
        actor: Actor<'_>,
        user: UserId,
        waiting: &WaitingRow,
        rights: &Rights,
    ) -> Result<()> {
        let app = waiting.app_id;
        insert_automatic_token(self, tx, user, app, &waiting.app_name, waiting.id, rights).await?;
        let done = Done {
            app: Some(app),
            subject_id: Some(user),
            before: Some(json!(promised(waiting))),
            after: Some(json!(rights)),
            ..Done::new(Action::CollaboratorJoined, actor.name)
        };
        self.audit(tx, actor, &done).await?;
        tx.announce(Event::Access(app));
        tx.announce(Event::Person(user));
        Ok(())
    }

    async fn lapse_invitation(&self, tx: &mut WriteTx, waiting: &WaitingRow, now: Timestamp) -> Result<()> {
        grants::lapse(tx, waiting, now).await?;
        // Nobody's act: the people of the app learn nothing of who verified the address, or from where.
        let origin = Origin::default();
        let actor = Actor { id: None, name: "Atelier", key: None, origin: &origin };
        let done = Done {
            app: Some(waiting.app_id),
            before: Some(json!(promised(waiting))),
            ..Done::new(Action::InvitationLapsed, &waiting.address)
        };
        self.audit(tx, actor, &done).await?;
        tx.announce(Event::Access(waiting.app_id));
        Ok(())
    }
}

/// What the invitation said it would give.
fn promised(waiting: &WaitingRow) -> Rights {
    Rights { scopes: waiting.scopes, endpoints: waiting.endpoints, ends_at: waiting.ends_at }
}

/// Whether the person holds a grant on `app` already.
async fn holds_grant(tx: &mut WriteTx, permit: &OwnPermit, app: AppId) -> Result<bool> {
    let mut before = None;
    loop {
        let page = apps::list_shared(tx, permit, before, CHUNK).await?;
        if page.rows.iter().any(|shared| shared.app_id == app) {
            return Ok(true);
        }
        match page.rows.last() {
            Some(last) if page.more => before = Some(last.grant_id),
            _ => return Ok(false),
        }
    }
}

/// The permit of a person who has just proved an address. Only the account's own person could ask for the link, and
/// only the mailbox's reader could follow it: that is proof enough to take up what waits for exactly that address,
/// though they may not be signed in in the browser where they opened their mail.
fn proved_person(user: UserId, now: Timestamp) -> Result<OwnPermit> {
    let caller = Caller { user, credential: Credential::Session };
    decide_own(&caller, Endpoint::ViewAccount, now).map_err(|refusal| Error::refused(&refusal, &[]))
}
