//! Deleting annotations.

use std::collections::BTreeSet;

use atelier_domain::{Conditions, Endpoint, Permit};
use atelier_store::queries::annotations;
use atelier_store::{Event, WriteTx};

use super::{AnnotationRow, targets};
use crate::audit::Action;
use crate::{AppName, Error, Result, Service, Who};

impl Service {
    /// Deletes the annotations `slugs` of the app, whosever they are; with `inputs` as well, each has to be of one of
    /// these. Of inputs alone, all annotations are deleted. If nothing is named, nothing is deleted. Answers how many
    /// were. `endpoint` is `DeleteAnnotation` or `DeleteAnnotations`.
    ///
    /// # Errors
    /// When the caller may not, or anything that is named does not exist: then nothing is deleted.
    pub async fn delete_annotations(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        slugs: &[String],
        inputs: &[String],
    ) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        let rows = find_to_delete(&mut tx, &asked.permit, slugs, inputs).await?;
        let slugs: Vec<&str> = rows.iter().map(|row| row.slug.as_str()).collect();
        let deleted = annotations::delete(&mut tx, &asked.permit, &slugs).await?;
        self.audit_annotations(&mut tx, who, &asked, Action::AnnotationsDeleted, &rows, None);
        if deleted > 0 {
            tx.announce(Event::Data(asked.permit.app()));
        }
        tx.commit().await?;
        Ok(deleted)
    }
}

/// What is named, which nobody else changes until the transaction ends.
async fn find_to_delete(
    tx: &mut WriteTx,
    permit: &Permit,
    slugs: &[String],
    inputs: &[String],
) -> Result<Vec<AnnotationRow>> {
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let targets = targets(tx, permit, &inputs).await?;
    if slugs.is_empty() {
        return Ok(annotations::of_inputs_to_change(tx, permit, &inputs).await?);
    }
    let slugs: BTreeSet<&str> = slugs.iter().map(String::as_str).collect();
    let slugs: Vec<&str> = slugs.into_iter().collect();
    let rows = annotations::named_to_change(tx, permit, &slugs).await?;
    let elsewhere = |row: &AnnotationRow| !targets.is_empty() && !targets.contains_key(&row.input_slug);
    if rows.len() < slugs.len() || rows.iter().any(elsewhere) {
        return Err(Error::NotFound);
    }
    Ok(rows)
}
