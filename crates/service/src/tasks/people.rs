//! Who may label and review in a task.

use atelier_domain::id::UserId;
use atelier_domain::{Permit, Rights, ScopeSet};
use atelier_store::queries::{assignments, tasks};
use atelier_store::{Conn, WriteTx};

use super::{TO_LABEL, TO_REVIEW, are_enough, can_label, can_review, needs};
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
        field: &str,
        named: &[(&str, u32)],
    ) -> Result<Vec<Chosen>> {
        let does = if field == "reviewers" { TO_REVIEW } else { TO_LABEL };
        let slugs: Vec<&str> = named.iter().map(|(slug, _)| *slug).collect();
        let found = tasks::able(conn, permit, &slugs).await?;
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
            let rights = person.rights(permit);
            let held = if rights.ended(self.world.now()) { ScopeSet::EMPTY } else { rights.scopes };
            if let Some(missing) = needs(does).minus(held).iter().next() {
                let why = format!("must be able to do it: the access of `{slug}` does not include {missing}");
                return Err(Error::invalid(field, why));
            }
            if !are_enough(&rights, does) {
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
        let (can_label, can_review) = (rights.is_some_and(can_label), rights.is_some_and(can_review));
        if can_label && can_review {
            return Ok(());
        }
        if !can_label {
            assignments::release_everywhere(tx, permit, user, self.world.now()).await?;
        }
        tasks::retire(tx, permit, user, can_label, can_review).await?;
        Ok(())
    }
}
