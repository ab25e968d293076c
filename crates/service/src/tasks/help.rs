//! Models that help in tasks.

use atelier_domain::task::{Queue, TaskKind};
use atelier_domain::{Conditions, Endpoint, ModelKind};
use atelier_store::Event;
use atelier_store::queries::suggestions::{self, HelperRow, TakenCounts};
use atelier_store::queries::{models, tasks};

use super::find;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// How a model is to help in a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Help {
    /// The identifier of the model, which is one of the app's own.
    pub model: String,
    /// From which probability on it suggests a concept, over 0 and below 1.
    pub from: f64,
    /// In which order labellers get the inputs.
    pub queue: Queue,
}

/// How a model helps in a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Helping {
    /// The model that helps, if one does.
    pub helper: Option<HelperRow>,
    /// How often what was suggested was said so.
    pub taken: TakenCounts,
}

impl Service {
    /// Has a model of the app help in a task of whole inputs, or none any more. What it finds is told beside requests, by the
    /// newest of its versions that is trained, and told anew once a newer one is; to all who label in the task, whether or not
    /// they may ask models themselves: it is whoever has it help who needs that right.
    ///
    /// # Errors
    /// When the caller may not change tasks or ask models, there is no such task or model, or that one cannot help in it.
    pub async fn help_in_task(
        &self,
        who: &Who,
        app: &AppName,
        slug: &str,
        help: Option<&Help>,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchTasks, Conditions::NONE).await?;
        self.permit(&mut tx, who, app, Endpoint::PostModelOutputs, Conditions::NONE).await?;
        let permit = &asked.permit;
        let row = tasks::get_to_change(&mut tx, permit, slug).await?.ok_or(Error::NotFound)?;
        match help {
            None => suggestions::end_help(&mut tx, permit, row.id).await?,
            Some(help) => {
                if row.kind != TaskKind::Classification {
                    let why = "can help only where concepts of whole inputs are said";
                    return Err(Error::invalid("model", why));
                }
                // That is also what a probability that is no number is not.
                if !(help.from > 0.0 && help.from < 1.0) {
                    return Err(Error::invalid("from", "must be over 0 and below 1"));
                }
                let model = models::get(&mut tx, permit, &help.model).await?;
                let is_trained_here = |model: &models::ModelRow| {
                    model.kind == ModelKind::EmbeddingClassifier && !model.is_uploaded
                };
                let model = model.filter(is_trained_here);
                let model = model.ok_or_else(|| {
                    let why = format!("must be one that is trained in this app: `{}` is none", help.model);
                    Error::invalid("model", why)
                })?;
                suggestions::set_helper(&mut tx, permit, row.id, model.id, help.from, help.queue).await?;
            }
        }
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(())
    }

    /// How a model helps in a task of the app, and how often what it suggested was said.
    ///
    /// # Errors
    /// When the caller may not see it, or there is no such task.
    pub async fn task_help(&self, who: &Who, app: &AppName, slug: &str) -> Result<InApp<Helping>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ViewSuggestions, Conditions::NONE).await?;
        let permit = &asked.permit;
        let task = find(&mut tx, permit, slug).await?;
        let helper = suggestions::helper(&mut tx, permit, task.row.id).await?;
        let taken = suggestions::counts(&mut tx, permit, task.row.id).await?;
        Ok(InApp { app: asked.app, value: Helping { helper, taken } })
    }
}
