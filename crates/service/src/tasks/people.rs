//! Who may label and review in a task.

use atelier_domain::id::UserId;
use atelier_domain::task::Role;
use atelier_domain::{Permit, Rights, ScopeSet};
use atelier_store::queries::{assignments, tasks};
use atelier_store::{Conn, WriteTx};

use crate::{Error, Result, Service};

/// Somebody who is to take part in a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Who.
    pub(super) user: UserId,
    /// How large their share is, if they label.
    pub(super) weight: u32,
}

impl Service {
    /// The people who are named, each of whom has to be able to do what is asked of them.
    ///
    /// # Errors
    /// When somebody is named twice, is not among the people of the app, or lacks a right for it.
    pub(super) async fn able(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        role: Role,
        named: &[(&str, u32)],
    ) -> Result<Vec<Chosen>> {
        let field = match role {
            Role::Labeller => "labellers",
            Role::Reviewer => "reviewers",
        };
        let slugs: Vec<&str> = named.iter().map(|(slug, _)| *slug).collect();
        let found = tasks::insiders(conn, permit, &slugs).await?;
        let mut chosen: Vec<Chosen> = Vec::with_capacity(named.len());
        for (slug, weight) in named {
            let person = found.iter().find(|person| person.slug == *slug);
            let Some(person) = person else {
                let why = format!("must be people of this app: `{slug}` is none");
                return Err(Error::invalid(field, why));
            };
            if chosen.iter().any(|other| other.user == person.user_id) {
                return Err(Error::invalid(field, format!("name `{slug}` twice")));
            }
            let rights = person.standing.rights().ok_or(Error::NotFound)?;
            let held = if rights.ended(self.world.now()) { ScopeSet::EMPTY } else { rights.scopes };
            if let Some(missing) = role.needs().minus(held).iter().next() {
                let why = format!("must be able to do it: the access of `{slug}` does not include {missing}");
                return Err(Error::invalid(field, why));
            }
            if !role.is_open_to(rights) {
                let why =
                    format!("must be able to do it: the access of `{slug}` is limited to other endpoints");
                return Err(Error::invalid(field, why));
            }
            chosen.push(Chosen { user: person.user_id, weight: *weight });
        }
        Ok(chosen)
    }

    /// Has somebody whose access changed label and review only where they still can: none, if it ended. What they have
    /// still to label goes back into the pools of its tasks; what they did stays.
    pub(crate) async fn retire(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        user: UserId,
        rights: Option<&Rights>,
    ) -> Result<()> {
        let can = |role: Role| rights.is_some_and(|rights| role.is_open_to(rights));
        let (can_label, can_review) = (can(Role::Labeller), can(Role::Reviewer));
        if can_label && can_review {
            return Ok(());
        }
        if !can_label {
            assignments::release_everywhere(tx, permit, user, self.world.now()).await?;
        }
        tasks::retire(tx, permit, user, can_label, can_review).await?;
        Ok(())
    }

    /// Takes people whose grants have ended by their dates out of tasks, as if somebody had removed them at that moment:
    /// what they had still to label goes back into the pools. Answers how many inputs that were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retire_ended(&self) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let released = tasks::retire_ended(&mut tx, self.world.now()).await?;
        tx.commit().await?;
        Ok(released)
    }
}
