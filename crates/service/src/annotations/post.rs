//! Adding annotations.

use atelier_domain::id::AnnotationId;
use atelier_domain::{Conditions, Endpoint, Labels, Permit, ResourceId};
use atelier_store::queries::annotations;
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::{AnnotationRow, Target, check_count, check_status, status, targets};
use crate::{AppName, Asked, Error, Result, Service, Who};

/// An annotation to be added.
#[derive(Clone, Debug, Default)]
pub struct NewAnnotation {
    /// Its identifier; made, if nothing is given.
    pub slug: String,
    /// Of which input.
    pub input: String,
    /// What it says.
    pub labels: Labels,
    /// What clients keep with it.
    pub info: Option<Value>,
    /// Where it stands: see [`status`]; as a success, if nothing is given. What is said within a task stands as its
    /// assignment does.
    pub status: Option<i64>,
    /// Within which task it is said, if within one.
    pub task: String,
}

impl Service {
    /// Adds annotations of the caller's to inputs of the app, all of them or none, and answers them in this order.
    /// Concepts that the app lacks are made, if the caller may add concepts.
    ///
    /// # Errors
    /// When the caller may not, an input does not exist, labels do not fit their input or name a concept that the
    /// caller may not add, or an identifier is taken.
    pub async fn post_annotations(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<NewAnnotation>,
    ) -> Result<Vec<AnnotationRow>> {
        let mut tx = self.store.write().await?;
        let rows = self.post_annotations_within(&mut tx, who, app, &input).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// As [`Self::post_annotations`], within a transaction that does more.
    pub(crate) async fn post_annotations_within(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        app: &AppName,
        input: &[NewAnnotation],
    ) -> Result<Vec<AnnotationRow>> {
        let asked = self.permit(tx, who, app, Endpoint::PostAnnotations, Conditions::NONE).await?;
        check_count(input.len())?;
        let named: Vec<&str> = input.iter().map(|new| new.input.as_str()).collect();
        let targets = targets(tx, &asked.permit, &named).await?;
        let mut rows = Vec::with_capacity(input.len());
        for (index, new) in input.iter().enumerate() {
            let target = targets.get(&new.input).ok_or(Error::NotFound)?;
            let row = self
                .annotate(tx, &asked, target, &new.input, new)
                .await
                .map_err(|error| error.within("annotations", index))?;
            rows.push(row);
        }
        tx.announce(Event::Data(asked.permit.app()));
        Ok(rows)
    }

    /// Adds `new`, an annotation of the caller's, to `target`, the input `input`, whatever input it names itself. Whether
    /// the caller may annotate at all was asked before.
    ///
    /// # Errors
    /// When the labels do not fit the target or name a concept that the caller may not add, the status is not one
    /// that they may give, or the identifier is taken.
    pub(crate) async fn annotate(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        target: &Target,
        input: &str,
        new: &NewAnnotation,
    ) -> Result<AnnotationRow> {
        let now = self.world.now();
        let id = AnnotationId::new(now, &self.world.salt());
        let slug = if new.slug.is_empty() { id.to_string() } else { new.slug.clone() };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        let number = new.status.unwrap_or(status::SUCCESS);
        check_status(&asked.permit, number)?;
        new.labels
            .check(target.medium, target.characters)
            .map_err(|error| Error::invalid("labels", error))?;
        let task = match new.task.as_str() {
            "" => None,
            task => Some(self.may_say_within(tx, &asked.permit, task, target.id, &new.labels).await?),
        };
        // What its task asks for is there already: a task has its own choices.
        let number = if task.is_some() { status::PENDING } else { number };
        self.provide_concepts(tx, asked, &new.labels).await?;
        let annotation = annotations::NewAnnotation {
            id,
            slug: slug.as_str(),
            input: target.id,
            labels: &new.labels,
            info: new.info.as_ref(),
            status: number,
            task,
        };
        if !annotations::insert(tx, &asked.permit, &annotation, now).await? {
            return Err(Error::Taken(format!("duplicate annotation `{slug}`: each is added once")));
        }
        Ok(AnnotationRow {
            id,
            slug: slug.as_str().to_owned(),
            input_slug: input.to_owned(),
            user_id: asked.permit.user(),
            author_slug: asked.slug.clone(),
            author: asked.name.clone(),
            labels: new.labels.clone(),
            info: new.info.clone(),
            status: number,
            task: task.map(|_| new.task.clone()),
            suggested_by: None,
            created_at: now,
            changed_at: now,
        })
    }
}
