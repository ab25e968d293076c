//! Adding inputs to a task, and taking out again those with which nobody has begun.

use std::collections::BTreeMap;

use atelier_domain::Permit;
use atelier_store::WriteTx;

use super::run::gone;
use super::undo::{stays, undone};
use super::{BatchRow, ItemRow, ItemState, inputs_of};
use crate::tasks::Extended;
use crate::{Result, Service};

impl Service {
    /// Adds inputs to the task of the batch.
    pub(super) async fn assign_part(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        row: &BatchRow,
        items: Vec<ItemRow>,
    ) -> Result<Vec<ItemRow>> {
        let slugs = inputs_of(&items);
        let mut became: BTreeMap<String, Extended> =
            self.extend_task(tx, permit, &row.subject, &slugs).await?;
        let stands = |item: ItemRow| match became.remove(&item.input) {
            None => gone(item),
            Some(Extended::Added) => ItemRow { state: ItemState::Done, ..item },
            Some(Extended::Held) => ItemRow { state: ItemState::Same, ..item },
            Some(Extended::Refused(why)) => ItemRow { state: ItemState::Failed, why, ..item },
        };
        Ok(items.into_iter().map(stands).collect())
    }

    /// Takes out of the task what was added to it, as far as nobody has begun with it.
    pub(super) async fn withdraw_part(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        row: &BatchRow,
        items: Vec<ItemRow>,
    ) -> Result<Vec<ItemRow>> {
        let slugs = inputs_of(&items);
        let withdrawn = self.shorten_task(tx, permit, &row.subject, &slugs).await?;
        let stands = |item: ItemRow| match withdrawn.contains(&item.input) {
            true => undone(item),
            false => stays(item, "somebody has begun with it"),
        };
        Ok(items.into_iter().map(stands).collect())
    }
}
