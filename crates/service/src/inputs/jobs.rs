//! The jobs that count what is being added.

use atelier_domain::time::HOUR;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::input_jobs::{self, JobRow};

use crate::{AppName, Error, Result, Service, Who};

/// How long a job may not come on before whoever worked on it is taken for dead: much longer than one input takes.
const ABANDONED: i64 = HOUR;

impl Service {
    /// Completes the jobs that a server which was killed has left, with what they had not added as failed, so that nobody
    /// waits for them. For servers to call from time to time; answers how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn complete_abandoned_jobs(&self) -> Result<u64> {
        let now = self.world.now();
        let before = now.plus(-ABANDONED);
        if !input_jobs::any_abandoned(&mut *self.store.read().await?, before).await? {
            return Ok(0);
        }
        let mut tx = self.store.write().await?;
        let completed = input_jobs::complete_abandoned(&mut tx, before, now).await?;
        tx.commit().await?;
        Ok(completed)
    }

    /// The job `slug` of the app.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that identifier.
    pub async fn get_inputs_add_job(&self, who: &Who, app: &AppName, slug: &str) -> Result<JobRow> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetInputsAddJob, Conditions::NONE).await?;
        input_jobs::get_job(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)
    }

    /// The jobs of the app, the newest first, `size` of them after `skip`.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_inputs_add_jobs(
        &self,
        who: &Who,
        app: &AppName,
        skip: usize,
        size: usize,
    ) -> Result<Vec<JobRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListInputsAddJobs, Conditions::NONE).await?;
        Ok(input_jobs::list_jobs(&mut tx, &asked.permit, skip, size).await?)
    }

    /// Stops the job `slug` of the app, if it still runs: what it has added stays, and nothing more is added. Answers
    /// it as it stands then.
    ///
    /// # Errors
    /// When the caller may not, or there is none of that identifier.
    pub async fn cancel_inputs_add_job(&self, who: &Who, app: &AppName, slug: &str) -> Result<JobRow> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::CancelInputsAddJob, Conditions::NONE).await?;
        input_jobs::cancel_job(&mut tx, &asked.permit, slug, self.world.now()).await?;
        let row = input_jobs::get_job(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)?;
        tx.commit().await?;
        Ok(row)
    }
}
