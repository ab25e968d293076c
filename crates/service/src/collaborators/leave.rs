//! Leaving an app that somebody else shares.

use atelier_domain::Endpoint;

use super::plan::{Act, Plan, forest, rows_around};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Gives the caller's own access to the app up. Those whom they brought in stay, under whoever brought the caller
    /// in.
    ///
    /// # Errors
    /// When the app is the caller's own.
    pub async fn leave_app(&self, who: &Who, app: &AppName) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit_to_change_access(&mut tx, who, app, Endpoint::LeaveApp).await?;
        let own = asked
            .permit
            .grant()
            .ok_or_else(|| Error::invalid("app", "is your own: nobody can leave an app that they own"))?;
        let rows = rows_around(&mut tx, &asked.permit, own).await?;
        let changes = forest(&rows)
            .leave(own)
            .map_err(|violation| Error::violation(&violation, Endpoint::LeaveApp, &[]))?;
        let left = rows.iter().find(|row| row.id == own).ok_or(Error::NotFound)?;
        let adopter = (left.granted_by, left.granted_by_name.as_str());
        let plan = Plan { act: Act::Leave, target: own, changes: &changes, rows: &rows, adopter, note: None };
        self.carry_out(&mut tx, &asked, &who.origin, &plan).await?;
        Ok(tx.commit().await?)
    }
}
