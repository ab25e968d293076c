//! Stopping it, and having it undone.

use atelier_domain::id::BatchId;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::batches;

use super::{BatchState, undone_by};
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Stops what the caller has begun, if it is still under way: what was done stays.
    ///
    /// # Errors
    /// When the caller may not see inputs, or has begun nothing of that identifier.
    pub async fn cancel_batch(&self, who: &Who, app: &AppName, batch: BatchId) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListInputs, Conditions::NONE).await?;
        let row = batches::own_to_change(&mut tx, &asked.permit, batch).await?;
        let mut row = row.ok_or(Error::NotFound)?;
        if matches!(row.state, BatchState::Running | BatchState::Undoing) {
            row.state = BatchState::Cancelled;
            batches::update(&mut tx, &row, self.world.now()).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Begins to undo what the caller has done, beside this request.
    ///
    /// # Errors
    /// When the caller may not take it back, has begun nothing of that identifier, or it cannot be undone: it is under
    /// way, undone already, or nothing that can be.
    pub async fn undo_batch(&self, who: &Who, app: &AppName, batch: BatchId) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListInputs, Conditions::NONE).await?;
        let row = batches::own_to_change(&mut tx, &asked.permit, batch).await?;
        let mut row = row.ok_or(Error::NotFound)?;
        let Some(endpoint) = undone_by(row.act) else {
            return Err(Error::Conflict("this cannot be undone".into()));
        };
        self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        match row.state {
            BatchState::Done | BatchState::Cancelled | BatchState::Stopped => {}
            BatchState::Running => {
                return Err(Error::Conflict("this is still being done; stop it first".into()));
            }
            BatchState::Undoing | BatchState::Undone => return Ok(()),
        }
        row.state = BatchState::Undoing;
        row.why = String::new();
        batches::update(&mut tx, &row, self.world.now()).await?;
        tx.commit().await?;
        self.work_on(batch);
        Ok(())
    }
}
