//! How a task stands.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::assignments;

use super::{CountRow, SaidCountRow, find};
use crate::{AppName, InApp, Result, Service, Who};

impl Service {
    /// How many assignments of a task of the app stand in which way, labeller by labeller; those of nobody lie in the
    /// pool. `endpoint` is `GetTaskInputCount` or `GetTask`.
    ///
    /// # Errors
    /// When the caller may not see it, or there is no such task.
    pub async fn task_counts(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        slug: &str,
    ) -> Result<InApp<Vec<CountRow>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        let task = find(&mut tx, &asked.permit, slug).await?;
        let value = assignments::counts(&mut tx, &asked.permit, &[&task.row.slug]).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// How much was said within a task of the app, author by author, and how it stands.
    ///
    /// # Errors
    /// When the caller may not see it, or there is no such task.
    pub async fn task_annotation_counts(
        &self,
        who: &Who,
        app: &AppName,
        slug: &str,
    ) -> Result<InApp<Vec<SaidCountRow>>> {
        let mut tx = self.store.read().await?;
        let endpoint = Endpoint::GetTaskAnnotationCount;
        let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
        let task = find(&mut tx, &asked.permit, slug).await?;
        let value = assignments::said_counts(&mut tx, &asked.permit, task.row.id).await?;
        Ok(InApp { app: asked.app, value })
    }
}
