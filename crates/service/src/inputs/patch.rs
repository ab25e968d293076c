//! Changing inputs: what is kept with them, and what the caller says of them.

use atelier_domain::{Condition, Conditions, Endpoint, Labels, PatchAction, Permit, Place};
use atelier_store::queries::annotations::{self, AnnotationChange, AnnotationRow};
use atelier_store::queries::inputs::{self, InputRow};
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::{INPUTS, metadata, target};
use crate::annotations::NewAnnotation;
use crate::audit::Action;
use crate::metadata::patched;
use crate::{AppName, Asked, Error, Result, Service, Who};

/// What to change of an input.
#[derive(Clone, Debug, Default)]
pub struct PatchInput {
    /// Which input.
    pub slug: String,
    /// What clients keep with it, by the action; what is not given stays.
    pub metadata: Option<Value>,
    /// Where it was made; what is not given stays. To remove any is to know no place of it.
    pub place: Option<Place>,
    /// What the caller says of it, by the action.
    pub labels: Labels,
    /// The datasets into which it is put besides those in which it is.
    pub datasets: Vec<String>,
}

impl Service {
    /// Changes inputs of the app, all of them or none, and answers them in this order.
    ///
    /// Labels change what the caller said of the input, and nothing that others said. To take away or overwrite what
    /// was said is a deletion, and needs the right to delete annotations besides. Datasets are only added to.
    ///
    /// # Errors
    /// When the caller may not, an input does not exist, or what is given does not fit it.
    pub async fn patch_inputs(
        &self,
        who: &Who,
        app: &AppName,
        action: PatchAction,
        input: Vec<PatchInput>,
    ) -> Result<Vec<InputRow>> {
        let now = self.world.now();
        let carries = input.iter().any(|change| !change.labels.is_empty());
        let names = input.iter().any(|change| !change.datasets.is_empty());
        let conditions = Conditions::NONE
            .and(Condition::CarriesLabels, carries)
            .and(Condition::RemovesOrOverwrites, carries && action.deletes())
            .and(Condition::NamesDatasets, names);
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchInputs, conditions).await?;
        let permit = &asked.permit;
        if input.len() > INPUTS {
            return Err(Error::invalid("inputs", format!("must be at most {INPUTS}")));
        }
        if names && action != PatchAction::Merge {
            let why = "can only be merged: inputs are taken out of a dataset by DeleteDatasetInputs";
            return Err(Error::invalid("dataset_ids", why));
        }
        let mut rows = Vec::with_capacity(input.len());
        for (index, change) in input.iter().enumerate() {
            let within = |error: Error| error.within("inputs", index);
            let row = inputs::get_to_change(&mut tx, permit, &change.slug).await?.ok_or(Error::NotFound)?;
            let kept = patched(action, row.metadata.clone(), change.metadata.as_ref());
            metadata::check(kept.as_ref()).map_err(within)?;
            let place = match (action, change.place) {
                (_, None) => row.place(),
                (PatchAction::Remove, Some(_)) => None,
                (PatchAction::Merge | PatchAction::Overwrite, given) => given,
            };
            inputs::update(&mut tx, permit, row.id, kept.as_ref(), place, now).await?;
            if !change.labels.is_empty() {
                self.patch_said(&mut tx, who, &asked, action, &row, &change.labels).await.map_err(within)?;
            }
            self.put_into_datasets(&mut tx, permit, &change.datasets, &row.slug).await.map_err(within)?;
            rows.push(inputs::get(&mut tx, permit, &change.slug).await?.ok_or(Error::NotFound)?);
        }
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(rows)
    }

    /// Changes what the caller said of an input: by their first annotation of it, or by a new one if they said
    /// nothing yet. What is to be taken away is taken from all of theirs.
    async fn patch_said(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        asked: &Asked<Permit>,
        action: PatchAction,
        row: &InputRow,
        labels: &Labels,
    ) -> Result<()> {
        let mut said = annotations::of_inputs_to_change(tx, &asked.permit, &[row.slug.as_str()]).await?;
        said.retain(|annotation| annotation.user_id == asked.permit.user());
        if action != PatchAction::Remove {
            said.truncate(1);
            if said.is_empty() {
                let new = NewAnnotation { labels: labels.clone(), ..NewAnnotation::default() };
                return self.say_of(tx, asked, row, &new).await;
            }
            self.provide_concepts(tx, asked, labels).await?;
        }
        let mut after = Vec::with_capacity(said.len());
        for annotation in &said {
            let labels = match action {
                PatchAction::Merge => annotation.labels.merged(labels),
                PatchAction::Overwrite => annotation.labels.overwritten(labels),
                PatchAction::Remove => annotation.labels.without(labels),
            };
            let target = target(row);
            labels
                .check(target.medium, target.characters)
                .map_err(|error| Error::invalid("labels", error))?;
            let change = AnnotationChange {
                labels: &labels,
                info: annotation.info.as_ref(),
                status: annotation.status,
            };
            annotations::update(tx, &asked.permit, annotation.id, &change, self.world.now()).await?;
            after.push(AnnotationRow { labels, ..annotation.clone() });
        }
        if action.deletes() {
            let overwritten = Action::AnnotationsOverwritten;
            self.audit_annotations(tx, who, asked, overwritten, &said, Some(&after));
        }
        Ok(())
    }
}
