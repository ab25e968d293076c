//! Handing in what somebody says of an input of a task.

use atelier_domain::assignment::Act;
use atelier_domain::{Conditions, Endpoint, Labels, PatchAction};
use atelier_store::queries::annotations::{self, Filter};

use super::ActOnAssignment;
use super::suggestion::mark;
use crate::annotations::{AnnotationRow, NewAnnotation, PatchAnnotation, status as said};
use crate::{AppName, Error, Result, Service, Who};

/// How many annotations of one person are looked at within a task and input: it makes one.
const OWN: usize = 2;

impl Service {
    /// Says `meant` of an input within a task of the app, and submits it: both or neither. What the caller said there
    /// before and does not mean any more is said not to be there. If they had seen what the version `suggested_by` of a model
    /// suggests, it is marked so, and whether they said the same.
    ///
    /// To hand in once more what was handed in already does nothing: whoever sent it may not have heard that it got
    /// through.
    ///
    /// # Errors
    /// When the caller may not, there is no such task or input, the task is not worked on, it is not the caller's turn, or
    /// it is not what the task asks for.
    pub async fn submit_labels(
        &self,
        who: &Who,
        app: &AppName,
        task: &str,
        input: &str,
        meant: Labels,
        suggested_by: Option<&str>,
    ) -> Result<()> {
        let doing = |act| ActOnAssignment {
            task: task.to_owned(),
            input: input.to_owned(),
            act,
            labellers: Vec::new(),
            note: String::new(),
        };
        let mut tx = self.store.write().await?;
        let begun = match self.act_within(&mut tx, who, app, &doing(Act::Start)).await {
            Ok(_) => Ok(()),
            Err(error @ Error::Conflict(_)) => Err(error),
            Err(error) => return Err(error),
        };
        let asked = self.permit(&mut tx, who, app, Endpoint::ListAnnotations, Conditions::NONE).await?;
        let own = Filter {
            inputs: &[input.to_owned()],
            authors: &[asked.slug],
            task: Some(task),
            ..Filter::default()
        };
        let before = annotations::list(&mut tx, &asked.permit, &own, 0, OWN).await?.into_iter().next();
        if let Err(not_now) = begun {
            let is_there = |row: &AnnotationRow| row.status != said::PENDING && says(&row.labels, &meant);
            return if before.as_ref().is_some_and(is_there) { Ok(()) } else { Err(not_now) };
        }
        let said = match before {
            None => {
                let new = NewAnnotation {
                    input: input.to_owned(),
                    labels: meant.clone(),
                    task: task.to_owned(),
                    ..NewAnnotation::default()
                };
                self.post_annotations_within(&mut tx, who, app, &[new]).await?
            }
            Some(row) => {
                let labels = row.labels.revised(&meant);
                let patch = PatchAnnotation { slug: row.slug, labels, ..PatchAnnotation::default() };
                self.patch_annotations_within(&mut tx, who, app, PatchAction::Merge, &[patch], false).await?
            }
        };
        if let (Some(version), Some(said)) = (suggested_by, said.first()) {
            mark(&mut tx, &asked.permit, task, input, version, (said.id, &meant)).await?;
        }
        self.act_within(&mut tx, who, app, &doing(Act::Submit)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whether `labels` say what `meant` says, and nothing else.
fn says(labels: &Labels, meant: &Labels) -> bool {
    labels.merged(&labels.revised(meant)) == *labels
}
