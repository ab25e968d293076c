//! Listing tasks, and looking at one.

use std::collections::BTreeMap;

use atelier_domain::id::TaskId;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::{assignments, tasks};

use super::{CountRow, Task, find, read};
use crate::{AppName, InApp, Result, Service, Who};

/// Which tasks to list; a list that is empty asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct TasksFilter {
    /// Only these.
    pub slugs: Vec<String>,
    /// Only those in which one of these people labels.
    pub labellers: Vec<String>,
    /// Only those in which one of these people reviews.
    pub reviewers: Vec<String>,
    /// Only those that stand so.
    pub status: Option<i64>,
}

impl Service {
    /// `size` tasks of the app after the first `skip`, the newest first.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_tasks(
        &self,
        who: &Who,
        app: &AppName,
        filter: &TasksFilter,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<Task>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListTasks, Conditions::NONE).await?;
        let filter = tasks::Filter {
            slugs: &filter.slugs,
            labellers: &filter.labellers,
            reviewers: &filter.reviewers,
            status: filter.status,
        };
        let rows = tasks::list(&mut tx, &asked.permit, &filter, skip, size).await?;
        let value = read(&mut tx, &asked.permit, rows).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// `size` tasks of the app after the first `skip`, the newest first, each with how its assignments stand.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn tasks_with_counts(
        &self,
        who: &Who,
        app: &AppName,
        skip: usize,
        size: usize,
    ) -> Result<Vec<(Task, Vec<CountRow>)>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListTasks, Conditions::NONE).await?;
        let rows = tasks::list(&mut tx, &asked.permit, &tasks::Filter::default(), skip, size).await?;
        let slugs: Vec<&str> = rows.iter().map(|row| row.slug.as_str()).collect();
        let mut counts: BTreeMap<TaskId, Vec<CountRow>> = BTreeMap::new();
        for count in assignments::counts(&mut tx, &asked.permit, &slugs).await? {
            counts.entry(count.task_id).or_default().push(count);
        }
        let found = read(&mut tx, &asked.permit, rows).await?.into_iter();
        let with_counts = |task: Task| {
            let own = counts.remove(&task.row.id).unwrap_or_default();
            (task, own)
        };
        Ok(found.map(with_counts).collect())
    }

    /// One task of the app.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that identifier.
    pub async fn get_task(&self, who: &Who, app: &AppName, slug: &str) -> Result<InApp<Task>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetTask, Conditions::NONE).await?;
        let value = find(&mut tx, &asked.permit, slug).await?;
        Ok(InApp { app: asked.app, value })
    }
}
