//! Changing what a collaborator may do, and looking beforehand at what that comes to.

use atelier_domain::closure::closed;
use atelier_domain::id::GrantId;
use atelier_domain::{
    Change, Conditions, Endpoint, EndpointSet, Permit, Reach, Rights, ScopeSet, Timestamp, words,
};
use atelier_store::Conn;
use atelier_store::queries::grants;

use super::add::check_note;
use super::plan::{Act, Plan, editor, forest, not_allowed, rows_around};
use super::{GrantRow, Preview};
use crate::{AppName, Error, Result, Service, Who};

/// What a collaborator is to have.
#[derive(Clone, Debug)]
pub struct EditCollaborator {
    /// Their grant, active or pending.
    pub grant: GrantId,
    /// The scopes as they were chosen; the reads that they need come along.
    pub scopes: ScopeSet,
    /// The endpoints to which they are limited.
    pub endpoints: Option<EndpointSet>,
    /// Which inputs it is about.
    pub reach: Reach,
    /// When their access ends.
    pub ends_at: Option<Timestamp>,
    /// What is to stand beside it; what is not given stays.
    pub note: Option<String>,
    /// The version of the grant that the choice was made on; not given, it does not matter.
    pub expected_version: Option<i64>,
}

impl EditCollaborator {
    fn rights(&self) -> Rights {
        Rights {
            scopes: closed(self.scopes),
            endpoints: self.endpoints,
            reach: self.reach,
            ends_at: self.ends_at,
        }
    }
}

impl Service {
    /// What the change would come to, for the person and for everyone below them. Nothing is changed.
    ///
    /// # Errors
    /// As [`Self::edit_collaborator`].
    pub async fn preview_edit(&self, who: &Who, app: &AppName, input: &EditCollaborator) -> Result<Preview> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PreviewCollaborators, Conditions::NONE).await?;
        let rows = rows_around(&mut tx, &asked.permit, input.grant).await?;
        check_version(&rows, input)?;
        let changes = self.plan_edit(&mut tx, &asked.permit, &rows, input).await?;
        Preview::of(input.grant, &changes, &rows).with_assignments(&mut tx, &asked.permit, &changes).await
    }

    /// Changes what a collaborator may do, and narrows what they granted with them. Answers the grant as it stands
    /// then.
    ///
    /// # Errors
    /// When the caller may not, a rule of the forest stands against it, or the grant was changed meanwhile.
    pub async fn edit_collaborator(
        &self,
        who: &Who,
        app: &AppName,
        input: &EditCollaborator,
    ) -> Result<GrantRow> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_to_change_access(&mut tx, who, app, Endpoint::PatchCollaborators).await?;
        if let Some(note) = &input.note {
            check_note(note)?;
        }
        let rows = rows_around(&mut tx, &asked.permit, input.grant).await?;
        check_version(&rows, input)?;
        let mut changes = self.plan_edit(&mut tx, &asked.permit, &rows, input).await?;
        let target = rows.iter().find(|row| row.id == input.grant).ok_or(Error::NotFound)?;
        let note = input.note.as_deref().filter(|note| *note != target.note);
        if changes.is_empty() && note.is_some() {
            // Written like any other change, so that whoever edits the same grant notices.
            changes.push(Change::Set { before: target.member(), after: target.member() });
        }
        if !changes.is_empty() {
            let plan = Plan {
                act: Act::Edit,
                target: input.grant,
                changes: &changes,
                rows: &rows,
                adopter: (asked.permit.user(), &asked.name),
                note,
            };
            self.carry_out(&mut tx, &asked, &who.origin, &plan).await?;
        }
        let after = grants::get(&mut tx, &asked.permit, input.grant).await?.ok_or(Error::NotFound)?;
        tx.commit().await?;
        Ok(after)
    }

    async fn plan_edit(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        rows: &[GrantRow],
        input: &EditCollaborator,
    ) -> Result<Vec<Change>> {
        match forest(rows).edit(&editor(permit), input.grant, input.rights(), self.world.now()) {
            Ok(changes) => Ok(changes),
            Err(violation) => Err(not_allowed(conn, permit, &violation).await),
        }
    }
}

fn check_version(rows: &[GrantRow], input: &EditCollaborator) -> Result<()> {
    let row = rows.iter().find(|row| row.id == input.grant).ok_or(Error::NotFound)?;
    if input.expected_version.is_some_and(|expected| expected != row.version) {
        return Err(Error::Conflict(format!(
            "the access of {} was changed meanwhile, and is {} now; your choice is kept, look again",
            row.holder(),
            words::access(row.scopes, row.reach)
        )));
    }
    Ok(())
}
