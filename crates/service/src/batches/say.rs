//! Saying a concept of many inputs, and taking one out of what is said of them.

use std::collections::BTreeMap;

use atelier_domain::{Conditions, Endpoint, Label, Labels, Permit};
use atelier_store::WriteTx;
use atelier_store::queries::annotations::{self, AnnotationRow, Filter};

use super::run::gone;
use super::taken::{Taken, kept};
use super::{Act, BatchRow, ItemRow, ItemState, concept, inputs_of};
use crate::annotations::{NewAnnotation, Target};
use crate::audit::Action;
use crate::who::refuse;
use crate::{AppName, Asked, Error, Result, Service, Who};

/// The most annotations of one part that are looked at.
const LOOKED_AT: usize = 100_000;

impl Service {
    /// Says a concept of inputs in the name of whoever began the batch. Where they said so already it stays, and where they
    /// said the opposite, outside of tasks, they say this from now on.
    pub(super) async fn say_part(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        asked: &Asked<Permit>,
        row: &BatchRow,
        items: Vec<ItemRow>,
    ) -> Result<Vec<ItemRow>> {
        let label = Label { concept: concept(&row.subject)?, value: value(row.act) };
        let labels = Labels { concepts: vec![label.clone()], regions: Vec::new() };
        let slugs = inputs_of(&items);
        let targets = annotations::targets(tx, &asked.permit, &slugs).await?;
        let targets: BTreeMap<String, Target> =
            targets.into_iter().map(|row| (row.slug.clone(), crate::annotations::target(row))).collect();
        let inputs: Vec<String> = slugs.iter().map(|slug| (*slug).to_owned()).collect();
        let authors = [asked.slug.clone()];
        let own = Filter { inputs: &inputs, authors: &authors, ..Filter::default() };
        let own = annotations::list(tx, &asked.permit, &own, 0, LOOKED_AT).await?;
        let mut said: BTreeMap<String, AnnotationRow> = BTreeMap::new();
        for annotation in own.into_iter().filter(|annotation| annotation.task.is_none()) {
            if annotation.labels.concepts.iter().any(|own| own.concept == label.concept) {
                // The oldest come first: the last word counts.
                said.insert(annotation.input_slug.clone(), annotation);
            }
        }
        // To say otherwise is to change what one said, which is a question of its own.
        let no_change = if said.values().any(|own| value_in(own, &label) != label.value) {
            let (app, change) = (AppName::Id(row.app_id), Endpoint::PatchAnnotations);
            self.permit(tx, who, &app, change, Conditions::NONE).await.err().map(told).transpose()?
        } else {
            None
        };
        let mut became = Vec::with_capacity(items.len());
        for item in items {
            let Some(target) = targets.get(&item.input) else {
                became.push(gone(item));
                continue;
            };
            became.push(match said.get(&item.input) {
                Some(own) if value_in(own, &label) == label.value => {
                    ItemRow { state: ItemState::Same, ..item }
                }
                Some(own) => match &no_change {
                    Some(why) => ItemRow { state: ItemState::Failed, why: why.clone(), ..item },
                    None => {
                        self.give(tx, &asked.permit, own, &label).await?;
                        ItemRow {
                            state: ItemState::Done,
                            annotation: Some(own.slug.clone()),
                            earlier: Some(f64::from(value_in(own, &label))),
                            ..item
                        }
                    }
                },
                None => {
                    let new = NewAnnotation { labels: labels.clone(), ..NewAnnotation::default() };
                    match self.annotate(tx, asked, target, &item.input, &new).await {
                        Ok(made) => ItemRow { state: ItemState::Done, annotation: Some(made.slug), ..item },
                        Err(error) => failed(item, error)?,
                    }
                }
            });
        }
        Ok(became)
    }

    /// Has an annotation give a concept of the whole this value.
    pub(super) async fn give(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        row: &AnnotationRow,
        label: &Label,
    ) -> Result<()> {
        let change = Labels { concepts: vec![label.clone()], regions: Vec::new() };
        let labels = row.labels.merged(&change);
        let change =
            annotations::AnnotationChange { labels: &labels, info: row.info.as_ref(), status: row.status };
        Ok(annotations::update(tx, permit, row.id, &change, self.world.now()).await?)
    }

    /// Takes a concept out of everything that is said of inputs, as far as whoever began the batch may change that. What
    /// says nothing more is deleted.
    pub(super) async fn unsay_part(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        asked: &Asked<Permit>,
        row: &BatchRow,
        items: Vec<ItemRow>,
    ) -> Result<Vec<ItemRow>> {
        let concept = concept(&row.subject)?;
        let permit = &asked.permit;
        let slugs = inputs_of(&items);
        let targets = annotations::targets(tx, permit, &slugs).await?;
        let said = annotations::of_inputs_to_change(tx, permit, &slugs).await?;
        let (mut before, mut after, mut emptied) = (Vec::new(), Vec::new(), Vec::new());
        let mut refused: BTreeMap<String, String> = BTreeMap::new();
        for own in said.into_iter().filter(|own| own.labels.concepts().contains_key(concept.as_str())) {
            let target = targets.iter().find(|target| target.slug == own.input_slug).map(|target| target.id);
            let labels = own.labels.renamed(&concept, None);
            let may = match permit.may_change_annotation_of(own.user_id) {
                Err(refusal) => Err(refuse(tx, permit, &refusal).await),
                Ok(()) => match (own.task.as_deref(), target) {
                    // What was said within a task stays as it was submitted, until it is to be labelled again.
                    (Some(task), Some(input)) if own.user_id == permit.user() => {
                        self.may_say_within(tx, permit, task, input, &labels).await.map(drop)
                    }
                    _ => Ok(()),
                },
            };
            match may {
                Ok(()) if labels.is_empty() => emptied.push(own),
                Ok(()) => {
                    after.push(AnnotationRow { labels, changed_at: self.world.now(), ..own.clone() });
                    before.push(own);
                }
                Err(error) => {
                    let input = own.input_slug.clone();
                    refused.insert(input, told(error)?);
                }
            }
        }
        for row in &after {
            let change = annotations::AnnotationChange {
                labels: &row.labels,
                info: row.info.as_ref(),
                status: row.status,
            };
            annotations::update(tx, permit, row.id, &change, row.changed_at).await?;
        }
        let gone_slugs: Vec<&str> = emptied.iter().map(|row| row.slug.as_str()).collect();
        annotations::delete(tx, permit, &gone_slugs).await?;
        self.audit_annotations(tx, who, asked, Action::AnnotationsOverwritten, &before, Some(&after));
        self.audit_annotations(tx, who, asked, Action::AnnotationsDeleted, &emptied, None);
        let mut taken: BTreeMap<String, Vec<Taken>> = BTreeMap::new();
        for row in before.iter().chain(&emptied) {
            taken.entry(row.input_slug.clone()).or_default().push(Taken::of(row));
        }
        let became = |item: ItemRow| {
            if targets.iter().all(|target| target.slug != item.input) {
                return Ok(gone(item));
            }
            // What was taken out can be put back, also where something else of the input could not be.
            let of_this = taken.remove(&item.input).map(|rows| kept(&rows)).transpose()?;
            Ok(match (refused.remove(&item.input), of_this) {
                (Some(why), taken) => ItemRow { state: ItemState::Failed, why, taken, ..item },
                (None, Some(taken)) => ItemRow { state: ItemState::Done, taken: Some(taken), ..item },
                (None, None) => ItemRow { state: ItemState::Same, ..item },
            })
        };
        items.into_iter().map(became).collect()
    }
}

/// The value that an annotation gives the concept of `label`.
fn value_in(own: &AnnotationRow, label: &Label) -> f32 {
    let given = own.labels.concepts.iter().find(|own| own.concept == label.concept);
    given.map_or(0.0, |own| own.value)
}

/// The value by which a concept is said to be there, or not to be.
pub(super) fn value(act: Act) -> f32 {
    if act == Act::Deny { 0.0 } else { 1.0 }
}

/// An input to which it could not be done, if that is its own fault.
fn failed(item: ItemRow, error: Error) -> Result<ItemRow> {
    Ok(ItemRow { state: ItemState::Failed, why: told(error)?, ..item })
}

/// Why something could not be done to one input.
///
/// # Errors
/// When that is the fault of something below, which would strike the others as well.
pub(super) fn told(error: Error) -> Result<String> {
    match error {
        Error::Unavailable | Error::Internal { .. } | Error::Throttled { .. } => Err(error),
        Error::Invalid { fields } => {
            let why: Vec<String> =
                fields.iter().map(|field| format!("{} {}", field.field, field.message)).collect();
            Ok(why.join("; "))
        }
        other => Ok(other.to_string()),
    }
}
