//! Putting back what a concept was taken out of, as it was.

use std::collections::{BTreeMap, BTreeSet};

use atelier_domain::id::{AnnotationId, UserId};
use atelier_domain::{Conditions, Endpoint, Labels, Permit, Timestamp};
use atelier_store::WriteTx;
use atelier_store::queries::annotations::{self, AnnotationRow, Former};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::say::told;
use super::undo::{annotations_to_change, stays, undone};
use super::{BatchRow, ItemRow, concept, inputs_of};
use crate::audit::Action;
use crate::who::refuse;
use crate::{AppName, Asked, Error, Result, Service, Who};

/// An annotation as it stood before something was taken out of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Taken {
    id: AnnotationId,
    slug: String,
    author: UserId,
    labels: Labels,
    info: Option<Value>,
    status: i64,
    task: Option<String>,
    created_at: Timestamp,
    changed_at: Timestamp,
}

impl Taken {
    /// What is kept of an annotation.
    pub(super) fn of(row: &AnnotationRow) -> Self {
        Self {
            id: row.id,
            slug: row.slug.clone(),
            author: row.user_id,
            labels: row.labels.clone(),
            info: row.info.clone(),
            status: row.status,
            task: row.task.clone(),
            created_at: row.created_at,
            changed_at: row.changed_at,
        }
    }
}

/// What is kept with an input of the annotations that something was taken out of.
///
/// # Errors
/// When it cannot be written down.
pub(super) fn kept(rows: &[Taken]) -> Result<Value> {
    serde_json::to_value(rows).map_err(|error| Error::fault(&error))
}

/// Where annotations stand when they are put back.
struct Standing {
    rows: BTreeMap<String, AnnotationRow>,
    inputs: BTreeMap<String, annotations::TargetRow>,
    /// Why annotations cannot be changed, if they cannot.
    no_change: Option<String>,
}

impl Service {
    /// Puts back what was said of inputs before a concept was taken out of it: in the name of whoever said it, with what
    /// else was said there. What was changed since, by whomever, stays as it is.
    pub(super) async fn put_back_part(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        asked: &Asked<Permit>,
        batch: &BatchRow,
        items: Vec<ItemRow>,
    ) -> Result<Vec<ItemRow>> {
        let permit = &asked.permit;
        let inputs = inputs_of(&items);
        let inputs = annotations::targets(tx, permit, &inputs).await?;
        let taken: Vec<Vec<Taken>> = items.iter().map(read).collect::<Result<_>>()?;
        let slugs: Vec<&str> = taken.iter().flatten().map(|one| one.slug.as_str()).collect();
        let rows = annotations_to_change(tx, permit, &slugs).await?;
        // What something else is still said in is changed, which is a question of its own.
        let no_change = if rows.is_empty() {
            None
        } else {
            let (app, change) = (AppName::Id(batch.app_id), Endpoint::PatchAnnotations);
            self.permit(tx, who, &app, change, Conditions::NONE).await.err().map(told).transpose()?
        };
        let standing = Standing {
            rows,
            inputs: inputs.into_iter().map(|row| (row.slug.clone(), row)).collect(),
            no_change,
        };
        let (mut before, mut after, mut anew) = (Vec::new(), Vec::new(), Vec::new());
        let mut became = Vec::with_capacity(items.len());
        for (item, taken) in items.into_iter().zip(taken) {
            let mut why = BTreeSet::new();
            for one in &taken {
                match self.put_back(tx, asked, batch, &standing, &item.input, one).await? {
                    Ok(Some((row, restored))) => {
                        before.push(row);
                        after.push(restored);
                    }
                    Ok(None) => anew.push(one.slug.clone()),
                    Err(because) => {
                        why.insert(because);
                    }
                }
            }
            became.push(if why.is_empty() {
                // It is kept no longer than it is needed.
                ItemRow { taken: None, ..undone(item) }
            } else {
                stays(item, &why.into_iter().collect::<Vec<_>>().join("; "))
            });
        }
        self.audit_annotations(tx, who, asked, Action::AnnotationsOverwritten, &before, Some(&after));
        let anew: Vec<&str> = anew.iter().map(String::as_str).collect();
        let made = annotations::named_to_change(tx, permit, &anew).await?;
        self.audit_restored(tx, who, asked, &made);
        Ok(became)
    }

    /// Puts back one annotation. Answers how it stood and how it stands where it was still there, or why it stays away.
    async fn put_back(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        batch: &BatchRow,
        standing: &Standing,
        input: &str,
        taken: &Taken,
    ) -> Result<std::result::Result<Option<(AnnotationRow, AnnotationRow)>, String>> {
        let permit = &asked.permit;
        let Some(target) = standing.inputs.get(input) else {
            return Ok(Err("there is no such input any more".into()));
        };
        if let Err(refusal) = permit.may_change_annotation_of(taken.author) {
            return told(refuse(tx, permit, &refusal).await).map(Err);
        }
        let left = taken.labels.renamed(&concept(&batch.subject)?, None);
        let row = standing.rows.get(&taken.slug);
        let is_as_left = match row {
            Some(row) => {
                row.id == taken.id
                    && row.labels == left
                    && row.info == taken.info
                    && row.status == taken.status
            }
            None => left.is_empty(),
        };
        if !is_as_left {
            let why = if row.is_some() {
                "what was said of it was changed since"
            } else {
                "what was said of it is gone already"
            };
            return Ok(Err(why.into()));
        }
        if let (Some(_), Some(why)) = (row, &standing.no_change) {
            return Ok(Err(why.clone()));
        }
        // As whoever takes it out, whoever puts it back cannot change what stands as it was submitted.
        let within = match taken.task.as_deref() {
            Some(task) if taken.author == permit.user() => {
                self.may_say_within(tx, permit, task, target.id, &taken.labels).await.map(drop)
            }
            _ => Ok(()),
        };
        let may = match within {
            Ok(()) => self.provide_concepts(tx, asked, &taken.labels).await,
            Err(error) => Err(error),
        };
        if let Err(error) = may {
            return told(error).map(Err);
        }
        let Some(row) = row else {
            let former = Former {
                id: taken.id,
                slug: &taken.slug,
                input: target.id,
                author: taken.author,
                labels: &taken.labels,
                info: taken.info.as_ref(),
                status: taken.status,
                task: taken.task.as_deref(),
                created_at: taken.created_at,
                changed_at: taken.changed_at,
            };
            let is_back = annotations::insert_again(tx, permit, &former).await?;
            let taken_by_another = "another annotation has its identifier now";
            return Ok(if is_back { Ok(None) } else { Err(taken_by_another.into()) });
        };
        let now = self.world.now();
        let change = annotations::AnnotationChange {
            labels: &taken.labels,
            info: taken.info.as_ref(),
            status: taken.status,
        };
        annotations::update(tx, permit, row.id, &change, now).await?;
        let restored = AnnotationRow { labels: taken.labels.clone(), changed_at: now, ..row.clone() };
        Ok(Ok(Some((row.clone(), restored))))
    }
}

/// What was kept with an input.
fn read(item: &ItemRow) -> Result<Vec<Taken>> {
    let kept = item.taken.clone().unwrap_or_else(|| Value::Array(Vec::new()));
    serde_json::from_value(kept).map_err(|error| Error::fault(&error))
}
