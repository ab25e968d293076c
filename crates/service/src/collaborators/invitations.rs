//! Invitations that nobody has taken up yet: sending them again, canceling them, taking them up.

use atelier_domain::id::GrantId;
use atelier_domain::time::DAY;
use atelier_domain::{Change, Condition, Conditions, Email, Endpoint, OwnPermit, Rights, Timestamp};
use atelier_store::queries::apps::AppRow;
use atelier_store::queries::grants::{Invitation, WaitingRow};
use atelier_store::queries::{apps, grants, users};
use atelier_store::{Event, WriteTx};
use serde_json::json;

use super::GrantRow;
use super::plan::{Act, Plan, told};
use crate::audit::{Action, Actor, Done};
use crate::identity::insert_automatic_token;
use crate::secrets::{hash_secret, new_secret};
use crate::{AppName, Error, Origin, Result, Service, Who};

/// How long an invitation can be taken up.
pub const INVITATION: i64 = 7 * DAY;

/// What the link of an invitation shows to whoever follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The address that was invited.
    pub address: String,
    /// What the app is called.
    pub app_name: String,
}

impl Service {
    /// Sends an invitation again, with a new link, for another 7 days. The link before it ends.
    ///
    /// # Errors
    /// When the caller may not, or it is no longer pending.
    pub async fn resend_invitation(&self, who: &Who, app: &AppName, grant: GrantId) -> Result<GrantRow> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked = self.permit_to_change_access(&mut tx, who, app, Endpoint::ResendInvitation).await?;
        let row = grants::get(&mut tx, &asked.permit, grant).await?.ok_or(Error::NotFound)?;
        check_pending(&row)?;
        let address = stored_address(row.email.as_deref().unwrap_or_default())?;
        let app: AppRow = apps::get(&mut tx, &asked.permit).await?;
        let secret = new_secret(&self.world);
        let secret_hash = hash_secret(&secret);
        let invitation =
            Invitation { address: &address, secret_hash: &secret_hash, expires_at: now.plus(INVITATION) };
        if !grants::renew(&mut tx, &asked.permit, grant, &invitation).await? {
            return Err(Error::NotFound);
        }
        self.mail_invitation(&mut tx, &asked, &app, &address, &secret).await?;
        let done = Done {
            app: Some(app.id),
            before: Some(json!({ "expires_at": row.expires_at })),
            after: Some(json!({ "expires_at": invitation.expires_at })),
            ..Done::new(Action::InvitationResent, address.as_str())
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done).await?;
        let after = grants::get(&mut tx, &asked.permit, grant).await?.ok_or(Error::NotFound)?;
        tx.announce(Event::Access(app.id));
        tx.commit().await?;
        Ok(after)
    }

    /// Cancels an invitation: its link ends. To cancel somebody else's, one must be able to remove people.
    ///
    /// # Errors
    /// When the caller may not, or it is no longer pending.
    pub async fn cancel_invitation(&self, who: &Who, app: &AppName, grant: GrantId) -> Result<()> {
        let mut tx = self.store.write().await?;
        let endpoint = Endpoint::CancelInvitation;
        let asked = self.permit_to_change_access(&mut tx, who, app, endpoint).await?;
        let row = grants::get(&mut tx, &asked.permit, grant).await?.ok_or(Error::NotFound)?;
        check_pending(&row)?;
        let others = row.granted_by != asked.permit.user();
        let conditions = Conditions::NONE.and(Condition::OthersInvitation, others);
        let app = AppName::Id(asked.permit.app());
        let asked = self.permit(&mut tx, who, &app, endpoint, conditions).await?;
        let changes = [Change::End { before: row.member() }];
        let rows = [row];
        let plan = Plan {
            act: Act::Remove,
            target: grant,
            changes: &changes,
            rows: &rows,
            adopter: asked.permit.user(),
            note: None,
        };
        self.carry_out(&mut tx, &asked, &who.origin, &plan).await?;
        Ok(tx.commit().await?)
    }

    /// What the link of an invitation says, to anyone who has it.
    ///
    /// # Errors
    /// `NotFound` when it is unknown, was used, canceled or sent again, or has expired.
    pub async fn peek_invitation(&self, secret: &str) -> Result<Invited> {
        let mut tx = self.store.read().await?;
        let waiting = grants::by_invitation(&mut tx, &hash_secret(secret), self.world.now())
            .await?
            .ok_or(Error::NotFound)?;
        Ok(Invited { address: waiting.address, app_name: waiting.app_name })
    }

    /// Takes up an invitation by its link, as somebody who has proved that the invited address is theirs. Answers the
    /// app as they see it then.
    ///
    /// # Errors
    /// `NotFound` when the link is over; `Invalid` when the address is not (proved to be) the caller's; `Conflict`
    /// when they have access already, or whoever invited them can no longer give it.
    pub async fn accept_invitation(&self, who: &Who, secret: &str) -> Result<AppRow> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::ViewAccount).await?;
        let waiting = grants::by_invitation(&mut tx, &hash_secret(secret), self.world.now())
            .await?
            .ok_or(Error::NotFound)?;
        let addresses = users::addresses(&mut tx, asked.permit.user()).await?;
        let is_theirs =
            addresses.iter().any(|row| row.address == waiting.address && row.verified_at.is_some());
        if !is_theirs {
            return Err(Error::invalid(
                "invitation",
                format!(
                    "this invitation is for {}: sign in with the account of that address, or add the address to \
                     this account and confirm it",
                    waiting.address
                ),
            ));
        }
        let app = AppName::Id(waiting.app_id);
        // This locks the app, so that whether they have access already still stands below.
        grants::granter_rights(&mut tx, &waiting).await?;
        // To leave is what everyone may who has access at all, whatever it gives.
        match self.permit(&mut tx, who, &app, Endpoint::LeaveApp, Conditions::NONE).await {
            Err(Error::NotFound) => {}
            Ok(_) | Err(Error::Forbidden { .. }) => {
                return Err(Error::Conflict(format!("you have access to {} already", waiting.app_name)));
            }
            Err(other) => return Err(other),
        }
        if !take_up(self, &mut tx, &asked.permit, &asked.name, &who.origin, &waiting).await? {
            // That it lapsed is kept.
            tx.commit().await?;
            return Err(Error::Conflict(
                "this invitation no longer gives anything: ask to be invited again".into(),
            ));
        }
        let view = self.permit(&mut tx, who, &app, Endpoint::LeaveApp, Conditions::NONE).await?;
        let row = apps::get(&mut tx, &view.permit).await?;
        tx.commit().await?;
        Ok(row)
    }
}

/// Makes the grant `waiting` active, held by the person of `permit`, as far as whoever granted it can still give it;
/// one that gives nothing any more lapses. Answers whether they joined. That the invited address is theirs, and that
/// they have no access yet, is for the caller to see to.
pub(crate) async fn take_up(
    service: &Service,
    tx: &mut WriteTx,
    permit: &OwnPermit,
    name: &str,
    origin: &Origin,
    waiting: &WaitingRow,
) -> Result<bool> {
    let now = service.world.now();
    // This locks the app; what was read of the grant before may have changed until then.
    grants::granter_rights(tx, waiting).await?;
    let address = stored_address(&waiting.address)?;
    let still = grants::waiting_for(tx, &address, now).await?;
    let Some(waiting) = still.into_iter().find(|still| still.id == waiting.id) else { return Ok(false) };
    let promised = Rights { scopes: waiting.scopes, endpoints: waiting.endpoints, ends_at: waiting.ends_at };
    let rights = grants::granter_rights(tx, &waiting)
        .await?
        .map(|granter| promised.meet(&granter))
        .filter(|rights| rights.opens_something() && !rights.ended(now));
    let Some(rights) = rights else {
        lapse(service, tx, &waiting, &promised, now).await?;
        return Ok(false);
    };
    let activated =
        grants::activate(tx, permit, &waiting, &rights, now).await.map_err(|error| match error {
            atelier_store::Error::Duplicate => {
                Error::Conflict(format!("you have access to {} already", waiting.app_name))
            }
            other => other.into(),
        })?;
    if !activated {
        return Ok(false);
    }
    let (user, app) = (permit.user(), waiting.app_id);
    insert_automatic_token(service, tx, user, app, &waiting.app_name, waiting.id, &rights).await?;
    let done = Done {
        app: Some(app),
        subject_id: Some(user),
        before: Some(told(&promised)),
        after: Some(told(&rights)),
        ..Done::new(Action::CollaboratorJoined, name)
    };
    service.audit(tx, Actor { id: Some(user), name, key: None, origin }, &done).await?;
    tx.announce(Event::Access(app));
    tx.announce(Event::Person(user));
    Ok(true)
}

async fn lapse(
    service: &Service,
    tx: &mut WriteTx,
    waiting: &WaitingRow,
    promised: &Rights,
    now: Timestamp,
) -> Result<()> {
    grants::lapse(tx, waiting, now).await?;
    // Nobody's act: the people of the app learn nothing of who followed the link, or from where.
    let origin = Origin::default();
    let actor = Actor { id: None, name: "Atelier", key: None, origin: &origin };
    let done = Done {
        app: Some(waiting.app_id),
        before: Some(told(promised)),
        ..Done::new(Action::InvitationLapsed, &waiting.address)
    };
    service.audit(tx, actor, &done).await?;
    tx.announce(Event::Access(waiting.app_id));
    Ok(())
}

fn check_pending(row: &GrantRow) -> Result<()> {
    if row.is_pending() {
        return Ok(());
    }
    Err(Error::Conflict(format!("{} has taken the invitation up already", row.holder())))
}

/// An address as it was stored. That it does not read back is a fault of ours; the address itself is not logged.
fn stored_address(text: &str) -> Result<Email> {
    text.parse().map_err(|_| {
        atelier_store::Error::Corrupt { column: "address", reason: "not an e-mail address".into() }.into()
    })
}
