//! Invitations that nobody has taken up yet: sending them again, canceling them, taking them up.

use atelier_domain::id::GrantId;
use atelier_domain::time::DAY;
use atelier_domain::{Change, Condition, Conditions, Endpoint};
use atelier_store::Event;
use atelier_store::queries::apps::AppRow;
use atelier_store::queries::grants::Invitation;
use atelier_store::queries::{apps, grants, invitations, users};
use serde_json::json;

use super::GrantRow;
use super::plan::{Act, Plan};
use super::take_up::Uptake;
use crate::audit::{Action, Actor, Done};
use crate::identity::stored_address;
use crate::secrets::{hash_secret, new_secret};
use crate::{AppName, Error, Result, Service, Who};

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
    /// When the caller may not, or it is no longer pending; `Throttled` after too many letters.
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
        if !invitations::renew(&mut tx, &asked.permit, grant, &invitation).await? {
            return Err(Error::NotFound);
        }
        self.spend_letter(&mut tx, asked.permit.user()).await?;
        self.mail_invitation(&mut tx, &asked, &app, &address, &secret).await?;
        let done = Done {
            app: Some(app.id),
            before: Some(json!({ "expires_at": row.expires_at })),
            after: Some(json!({ "expires_at": invitation.expires_at })),
            ..Done::new(Action::InvitationResent, address.as_str())
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
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
            adopter: (asked.permit.user(), &asked.name),
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
        let waiting = invitations::by_invitation(&mut tx, &hash_secret(secret), self.world.now())
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
        let waiting = invitations::by_invitation(&mut tx, &hash_secret(secret), self.world.now())
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
        let actor = Actor::of_account(&asked, &who.origin);
        let refused = match self.take_up(&mut tx, &asked.permit, actor, &waiting).await? {
            Uptake::Joined => None,
            Uptake::HadAccess => Some(format!("you have access to {} already", waiting.app_name)),
            Uptake::Nothing => {
                Some("this invitation no longer gives anything: ask to be invited again".into())
            }
        };
        if let Some(refused) = refused {
            // That it lapsed is kept.
            tx.commit().await?;
            return Err(Error::Conflict(refused));
        }
        // To leave is what everyone may who has access at all, whatever it gives.
        let app = AppName::Id(waiting.app_id);
        let view = self.permit(&mut tx, who, &app, Endpoint::LeaveApp, Conditions::NONE).await?;
        let row = apps::get(&mut tx, &view.permit).await?;
        tx.commit().await?;
        Ok(row)
    }
}

fn check_pending(row: &GrantRow) -> Result<()> {
    if row.is_pending() {
        return Ok(());
    }
    Err(Error::Conflict(format!("{} has taken the invitation up already", row.holder())))
}
