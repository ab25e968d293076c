//! How far it is.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::{batch_items, batches};

use super::{BatchRow, ItemRow, ItemState, SHOWN};
use crate::{AppName, Result, Service, Who};

/// How many are listed at most.
const LISTED: usize = 5;

/// Of how many inputs it is told why something was not done.
const TOLD: usize = 100;

/// Something that is done to many inputs, and what could not be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// What it is, and how far.
    pub row: BatchRow,
    /// The first inputs to which it could not be done, or of which it could not be undone.
    pub told: Vec<ItemRow>,
}

impl Service {
    /// What the caller has begun to do to inputs of the app and what is under way or ended not long ago, the newest first.
    ///
    /// # Errors
    /// When the caller may not see inputs.
    pub async fn list_batches(&self, who: &Who, app: &AppName) -> Result<Vec<Batch>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListInputs, Conditions::NONE).await?;
        let since = self.world.now().plus(-SHOWN);
        let mut listed = Vec::new();
        for row in batches::own(&mut tx, &asked.permit, since, LISTED).await? {
            let mut told = batch_items::standing(&mut tx, row.id, ItemState::Failed, TOLD).await?;
            told.extend(batch_items::standing(&mut tx, row.id, ItemState::Stays, TOLD).await?);
            listed.push(Batch { row, told });
        }
        Ok(listed)
    }
}
