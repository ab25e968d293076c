//! Changing annotations.

use std::collections::BTreeMap;

use atelier_domain::{Condition, Conditions, Endpoint, Labels, PatchAction, Permit, Timestamp};
use atelier_store::queries::annotations;
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::{AnnotationRow, Target, check_count, check_status, targets};
use crate::audit::Action;
use crate::metadata;
use crate::who::refuse;
use crate::{AppName, Asked, Error, Result, Service, Who};

/// What to change of an annotation.
#[derive(Clone, Debug, Default)]
pub struct PatchAnnotation {
    /// Which annotation.
    pub slug: String,
    /// The labels that are merged into its own, put in their place, or taken away.
    pub labels: Labels,
    /// What clients keep with it, by the same action; what is not given stays.
    pub info: Option<Value>,
    /// Where it stands from now on; what is not given stays. What was said within a task stands as its assignment does.
    pub status: Option<i64>,
    /// When it last changed as far as the caller has seen: if it changed since, nothing is done.
    pub seen: Option<Timestamp>,
}

impl Service {
    /// Changes annotations of the app, all of them or none, and answers those that are there afterwards, in this
    /// order. With `delete_if_empty`, those that the patch leaves without a label are deleted.
    ///
    /// A patch that removes or overwrites is a deletion, and needs the right to delete annotations besides.
    ///
    /// # Errors
    /// When the caller may not, an annotation does not exist, changed since the caller has seen it, or is somebody
    /// else's and the caller not the owner of the app, or the labels do not fit their input or name a concept that
    /// the caller may not add.
    pub async fn patch_annotations(
        &self,
        who: &Who,
        app: &AppName,
        action: PatchAction,
        input: Vec<PatchAnnotation>,
        delete_if_empty: bool,
    ) -> Result<Vec<AnnotationRow>> {
        let mut tx = self.store.write().await?;
        let rows = self.patch_annotations_within(&mut tx, who, app, action, &input, delete_if_empty).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// As [`Self::patch_annotations`], within a transaction that does more.
    pub(crate) async fn patch_annotations_within(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        app: &AppName,
        action: PatchAction,
        input: &[PatchAnnotation],
        delete_if_empty: bool,
    ) -> Result<Vec<AnnotationRow>> {
        let conditions = Conditions::NONE.and(Condition::RemovesOrOverwrites, action.deletes());
        let asked = self.permit(tx, who, app, Endpoint::PatchAnnotations, conditions).await?;
        check_count(input.len())?;
        let found = find_to_patch(tx, &asked.permit, input).await?;
        let inputs: Vec<&str> = found.iter().map(|row| row.input_slug.as_str()).collect();
        let targets = targets(tx, &asked.permit, &inputs).await?;
        let (mut before, mut after, mut emptied) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (change, row)) in input.iter().zip(found).enumerate() {
            let target = targets.get(&row.input_slug).ok_or(Error::NotFound)?;
            let changed = self
                .patched_annotation(tx, &asked, action, change, &row, target)
                .await
                .map_err(|error| error.within("annotations", index))?;
            // Only what this patch has emptied: otherwise a merge with nothing in it could delete.
            if delete_if_empty && changed.labels.is_empty() && !row.labels.is_empty() {
                emptied.push(row);
            } else {
                before.push(row);
                after.push(changed);
            }
        }
        for row in &after {
            let change = annotations::AnnotationChange {
                labels: &row.labels,
                info: row.info.as_ref(),
                status: row.status,
            };
            annotations::update(tx, &asked.permit, row.id, &change, row.changed_at).await?;
        }
        let slugs: Vec<&str> = emptied.iter().map(|row| row.slug.as_str()).collect();
        annotations::delete(tx, &asked.permit, &slugs).await?;
        if action.deletes() {
            let overwritten = Action::AnnotationsOverwritten;
            self.audit_annotations(tx, who, &asked, overwritten, &before, Some(&after));
        }
        self.audit_annotations(tx, who, &asked, Action::AnnotationsDeleted, &emptied, None);
        tx.announce(Event::Data(asked.permit.app()));
        Ok(after)
    }

    /// The annotation `row` as `change` makes it. Nothing but missing concepts is written.
    async fn patched_annotation(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        action: PatchAction,
        change: &PatchAnnotation,
        row: &AnnotationRow,
        target: &Target,
    ) -> Result<AnnotationRow> {
        if change.seen.is_some_and(|seen| seen != row.changed_at) {
            return Err(Error::Conflict(format!("the annotation `{}` changed meanwhile", row.slug)));
        }
        let labels = match action {
            PatchAction::Merge => row.labels.merged(&change.labels),
            PatchAction::Overwrite => row.labels.overwritten(&change.labels),
            PatchAction::Remove => row.labels.without(&change.labels),
        };
        labels.check(target.medium, target.characters).map_err(|error| Error::invalid("labels", error))?;
        // What was said within a task stays as it was submitted, until it is to be labelled again.
        if let Some(task) = row.task.as_deref().filter(|_| row.user_id == asked.permit.user()) {
            self.may_say_within(tx, &asked.permit, task, target.id, &labels).await?;
        }
        if let Some(number) = change.status {
            check_status(&asked.permit, number)?;
            if row.task.is_some() && number != row.status {
                let why = "follows the assignment of its task: it changes as that is submitted and reviewed";
                return Err(Error::invalid("status", why));
            }
        }
        // What is to be taken away need not exist.
        if action != PatchAction::Remove {
            self.provide_concepts(tx, asked, &change.labels).await?;
        }
        Ok(AnnotationRow {
            labels,
            info: metadata::patched(action, row.info.clone(), change.info.as_ref()),
            status: change.status.unwrap_or(row.status),
            changed_at: self.world.now(),
            ..row.clone()
        })
    }
}

/// The annotations that `input` names, in its order.
async fn find_to_patch(
    tx: &mut WriteTx,
    permit: &Permit,
    input: &[PatchAnnotation],
) -> Result<Vec<AnnotationRow>> {
    let slugs: Vec<&str> = input.iter().map(|change| change.slug.as_str()).collect();
    let rows = annotations::named_to_change(tx, permit, &slugs).await?;
    let mut by_slug: BTreeMap<String, Option<AnnotationRow>> =
        rows.into_iter().map(|row| (row.slug.clone(), Some(row))).collect();
    let mut found = Vec::with_capacity(input.len());
    for slug in slugs {
        let row = by_slug.get_mut(slug).ok_or(Error::NotFound)?.take();
        let row = row.ok_or_else(|| Error::invalid("annotations", format!("name `{slug}` twice")))?;
        if let Err(refusal) = permit.may_change_annotation_of(row.user_id) {
            return Err(refuse(tx, permit, &refusal).await);
        }
        found.push(row);
    }
    Ok(found)
}
