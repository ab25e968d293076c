//! Removing a collaborator, and looking beforehand at what hangs below them.

use atelier_domain::id::GrantId;
use atelier_domain::{Below, Change, Conditions, Endpoint, Permit};

use super::plan::{Act, Plan, editor, forest, rows_around};
use super::{GrantRow, Preview};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// What removing the holder of `grant` would come to, for them and for everyone below. Nothing is changed.
    ///
    /// # Errors
    /// As [`Self::remove_collaborator`].
    pub async fn preview_removal(
        &self,
        who: &Who,
        app: &AppName,
        grant: GrantId,
        below: Below,
    ) -> Result<Preview> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PreviewCollaborators, Conditions::NONE).await?;
        let rows = rows_around(&mut tx, &asked.permit, grant).await?;
        let changes = plan_removal(&asked.permit, &rows, grant, below)?;
        Preview::of(grant, &changes, &rows).with_assignments(&mut tx, &asked.permit, &changes).await
    }

    /// Removes the holder of `grant`, active or pending. Those below them are removed too, or come under the caller
    /// as far as the caller's own rights go. The keys that any of those removed have for the app end.
    ///
    /// # Errors
    /// When the caller may not, or the grant is gone, stands above the caller, or is the caller's own.
    pub async fn remove_collaborator(
        &self,
        who: &Who,
        app: &AppName,
        grant: GrantId,
        below: Below,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_to_change_access(&mut tx, who, app, Endpoint::DeleteCollaborators).await?;
        let rows = rows_around(&mut tx, &asked.permit, grant).await?;
        let changes = plan_removal(&asked.permit, &rows, grant, below)?;
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
}

fn plan_removal(permit: &Permit, rows: &[GrantRow], grant: GrantId, below: Below) -> Result<Vec<Change>> {
    forest(rows)
        .remove(&editor(permit), grant, below)
        .map_err(|violation| Error::violation(&violation, permit.endpoint(), &[]))
}
