//! Taking up an invitation, by its link or because its address was just verified.

use atelier_domain::{Email, OwnPermit, Rights};
use atelier_store::queries::invitations::{self, WaitingRow};
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::plan::{set, told};
use crate::audit::{Action, Actor, Done};
use crate::identity::{insert_automatic_token, stored_address};
use crate::{Origin, Result, Service};

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Uptake {
    /// The person is a collaborator from now on.
    Joined,
    /// They had access already, and the invitation lapsed.
    HadAccess,
    /// It no longer waits, or gives nothing any more: then it lapsed.
    Nothing,
}

impl Service {
    /// Takes up everything that waits for `address`, which the person of `permit` has proved to be theirs. Answers
    /// the names of the apps that they joined.
    pub(crate) async fn take_up_all(
        &self,
        tx: &mut WriteTx,
        permit: &OwnPermit,
        actor: Actor<'_>,
        address: &Email,
    ) -> Result<Vec<String>> {
        let mut waiting = invitations::waiting_for(tx, address, self.world.now()).await?;
        // Apps are locked in one order, so that two of these never wait for one another.
        waiting.sort_by_key(|waiting| waiting.app_id);
        let mut joined = Vec::new();
        for waiting in waiting {
            if self.take_up(tx, permit, actor, &waiting).await? == Uptake::Joined {
                joined.push(waiting.app_name);
            }
        }
        Ok(joined)
    }

    /// Makes the grant `seen` active, held by the person of `permit`, as far as whoever granted it can still give it.
    /// That its address is theirs is for the caller to see to.
    pub(crate) async fn take_up(
        &self,
        tx: &mut WriteTx,
        permit: &OwnPermit,
        actor: Actor<'_>,
        seen: &WaitingRow,
    ) -> Result<Uptake> {
        let now = self.world.now();
        // This locks the app; what was read of the grant before may have changed until then.
        invitations::granter_rights(tx, seen).await?;
        let still = invitations::waiting_for(tx, &stored_address(&seen.address)?, now).await?;
        let Some(waiting) = still.into_iter().find(|waiting| waiting.id == seen.id) else {
            return Ok(Uptake::Nothing);
        };
        // Asked beforehand: PostgreSQL goes on with no transaction in which something failed.
        if invitations::has_access(tx, permit, &waiting).await? {
            self.lapse(tx, &waiting).await?;
            return Ok(Uptake::HadAccess);
        }
        // INVARIANT: a grant lies within the rights of whoever granted it, at this moment too.
        let rights = invitations::granter_rights(tx, &waiting)
            .await?
            .map(|granter| waiting.rights().meet(&granter))
            .filter(|rights| rights.opens_something() && !rights.ended(now));
        let Some(rights) = rights else {
            self.lapse(tx, &waiting).await?;
            return Ok(Uptake::Nothing);
        };
        if !invitations::activate(tx, permit, &waiting, &rights, now).await? {
            return Ok(Uptake::Nothing);
        }
        self.note_joined(tx, permit, actor, &waiting, &rights).await?;
        Ok(Uptake::Joined)
    }

    async fn note_joined(
        &self,
        tx: &mut WriteTx,
        permit: &OwnPermit,
        actor: Actor<'_>,
        waiting: &WaitingRow,
        rights: &Rights,
    ) -> Result<()> {
        let (user, app) = (permit.user(), waiting.app_id);
        insert_automatic_token(self, tx, user, app, &waiting.app_name, waiting.id, rights).await?;
        let done = Done {
            app: Some(app),
            subject_id: Some(user),
            before: Some(with_state(told(&waiting.rights()), "pending")),
            after: Some(with_state(told(rights), "active")),
            ..Done::new(Action::CollaboratorJoined, &waiting.address)
        };
        self.audit(tx, actor, &done);
        tx.announce(Event::Access(app));
        tx.announce(Event::Person(user));
        Ok(())
    }

    async fn lapse(&self, tx: &mut WriteTx, waiting: &WaitingRow) -> Result<()> {
        invitations::lapse(tx, waiting, self.world.now()).await?;
        // Nobody's act: the people of the app learn nothing of who reads mail there, or from where.
        let origin = Origin::default();
        let actor = Actor { id: None, name: "Atelier", key: None, origin: &origin };
        let done = Done {
            app: Some(waiting.app_id),
            before: Some(told(&waiting.rights())),
            ..Done::new(Action::InvitationLapsed, &waiting.address)
        };
        self.audit(tx, actor, &done);
        tx.announce(Event::Access(waiting.app_id));
        Ok(())
    }
}

/// What a grant gives, and whether somebody holds it.
fn with_state(mut told: Value, state: &str) -> Value {
    set(&mut told, "state", state.into());
    told
}
