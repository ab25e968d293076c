//! Undoing it: what was said is taken back, what was put into a dataset is taken out. What was taken out of what is said
//! is put back by [`super::taken`].

use std::collections::BTreeMap;

use atelier_domain::{Label, Permit};
use atelier_store::WriteTx;
use atelier_store::queries::annotations::{self, AnnotationRow};
use atelier_store::queries::dataset_inputs;
use serde_json::json;

use super::say::value;
use super::{BatchRow, ItemRow, ItemState, concept, inputs_of};
use crate::audit::{Action, Actor, Done};
use crate::{Asked, Result, Service, Who, datasets};

impl Service {
    /// Takes back what was said. What was changed since, by whomever, stays as it is.
    pub(super) async fn take_back_part(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        asked: &Asked<Permit>,
        batch: &BatchRow,
        items: Vec<ItemRow>,
    ) -> Result<Vec<ItemRow>> {
        let permit = &asked.permit;
        let said = Label { concept: concept(&batch.subject)?, value: value(batch.act) };
        let slugs: Vec<&str> = items.iter().filter_map(|item| item.annotation.as_deref()).collect();
        let rows = annotations_to_change(tx, permit, &slugs).await?;
        let mut taken = Vec::new();
        let mut became = Vec::with_capacity(items.len());
        for item in items {
            let row = item.annotation.as_deref().and_then(|slug| rows.get(slug));
            became.push(match (row, item.earlier) {
                (None, _) => stays(item, "what was said of it is gone already"),
                (Some(row), _) if !row.labels.concepts.contains(&said) => {
                    stays(item, "what was said of it was changed since")
                }
                (Some(row), Some(earlier)) => {
                    // What was kept came out of a value of this size.
                    let label = Label { concept: said.concept.clone(), value: earlier as f32 };
                    self.give(tx, permit, row, &label).await?;
                    undone(item)
                }
                (Some(row), None) if row.labels.concepts.len() > 1 || !row.labels.regions.is_empty() => {
                    stays(item, "what was said of it was changed since")
                }
                (Some(row), None) => {
                    taken.push(row.clone());
                    undone(item)
                }
            });
        }
        let slugs: Vec<&str> = taken.iter().map(|row| row.slug.as_str()).collect();
        annotations::delete(tx, permit, &slugs).await?;
        self.audit_annotations(tx, who, asked, Action::AnnotationsDeleted, &taken, None);
        Ok(became)
    }

    /// Takes out of the dataset what was put into it.
    pub(super) async fn take_out_part(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        asked: &Asked<Permit>,
        batch: &BatchRow,
        items: Vec<ItemRow>,
    ) -> Result<Vec<ItemRow>> {
        let permit = &asked.permit;
        let out_of = datasets::kept(tx, permit, &batch.subject).await?;
        let slugs = inputs_of(&items);
        dataset_inputs::delete(tx, permit, out_of.id, &slugs).await?;
        if !slugs.is_empty() {
            let done = Done {
                app: Some(permit.app()),
                before: Some(json!({ "inputs": slugs })),
                ..Done::new(Action::DatasetInputsRemoved, &out_of.slug)
            };
            self.audit(tx, Actor::in_app(asked, &who.origin), &done);
        }
        Ok(items.into_iter().map(undone).collect())
    }
}

/// The annotations `slugs` that are still there, by these identifiers: nobody else changes them from here on.
pub(super) async fn annotations_to_change(
    tx: &mut WriteTx,
    permit: &Permit,
    slugs: &[&str],
) -> Result<BTreeMap<String, AnnotationRow>> {
    let rows = annotations::named_to_change(tx, permit, slugs).await?;
    Ok(rows.into_iter().map(|row| (row.slug.clone(), row)).collect())
}

pub(super) fn undone(item: ItemRow) -> ItemRow {
    ItemRow { state: ItemState::Undone, ..item }
}

pub(super) fn stays(item: ItemRow, why: &str) -> ItemRow {
    ItemRow { state: ItemState::Stays, why: why.to_owned(), ..item }
}
