//! Having models tell what they find in the inputs of the tasks in which they help.
//!
//! That needs no request: what a model finds is kept for each input of the task before somebody gets to it, from what the
//! input is like, which is known since it came. A server that is killed has told a part; the next one goes on with the rest.

use atelier_domain::id::InputId;
use atelier_domain::time::SECOND;
use atelier_learn::linear::Model;
use atelier_learn::{Rows, uncertainty};
use atelier_store::Event;
use atelier_store::queries::suggestions::{self, UntoldRow};
use serde_json::{Map, Value, json};

use super::status;
use crate::computing::compute;
use crate::models::{Outcome, vector};
use crate::{Error, Result, Service};

/// Of how many inputs it is told at once.
const AT_ONCE: usize = 500;

/// How long these are left to whoever took them.
const LEASE: i64 = 60 * SECOND;

/// After how long a task in which all was told is looked at again: while inputs come, there is something new all the time.
const REST: i64 = SECOND;

/// What a model finds in an input.
struct Told {
    input: InputId,
    found: Value,
    uncertainty: f64,
}

impl Service {
    /// Has the model that waits longest for it tell what it finds in some inputs of the task in which it helps, of any app;
    /// answers in how many.
    ///
    /// # Errors
    /// When something below fails: then it is done later, here or elsewhere.
    pub async fn suggest_some(&self) -> Result<usize> {
        let now = self.world.now();
        // Nobody waits for the one writer because nothing is to be done.
        if !suggestions::is_any_due(&mut *self.store.read().await?, status::IN_PROGRESS, now).await? {
            return Ok(0);
        }
        let mut tx = self.store.write().await?;
        let job = suggestions::take(&mut tx, status::IN_PROGRESS, now, now.plus(LEASE)).await?;
        tx.commit().await?;
        let Some(job) = job else { return Ok(0) };
        let outcome: Outcome =
            serde_json::from_value(job.result.clone()).map_err(|error| Error::fault(&error))?;
        let mut read = self.store.read().await?;
        let untold = suggestions::untold(&mut read, &job, &outcome.embedder, AT_ONCE).await?;
        drop(read);
        let is_all = untold.len() < AT_ONCE;
        let model = Model::from_bytes(&job.weights).map_err(|error| Error::fault(&error))?;
        let told = compute(move || tell(&model, &untold)).await.map_err(|error| Error::fault(&error))??;
        let mut tx = self.store.write().await?;
        for one in &told {
            suggestions::keep(&mut tx, &job, one.input, &one.found, one.uncertainty).await?;
        }
        let now = self.world.now();
        suggestions::give_back(&mut tx, &job, is_all, if is_all { now.plus(REST) } else { now }).await?;
        if !told.is_empty() {
            tx.announce(Event::Data(job.app_id));
        }
        tx.commit().await?;
        Ok(told.len())
    }
}

/// What the model finds in each input.
fn tell(model: &Model, inputs: &[UntoldRow]) -> Result<Vec<Told>> {
    // One that is damaged is as one that is not known: nothing is suggested of it.
    let read = inputs.iter().map(|row| (row.input_id, vector(&row.vector)));
    let fits =
        |values: &Vec<f32>| values.len() == model.width() && values.iter().all(|value| value.is_finite());
    let (ids, values): (Vec<InputId>, Vec<Vec<f32>>) = read.filter(|(_, values)| fits(values)).unzip();
    let values = values.concat();
    let rows = Rows::new(&values, model.width()).map_err(|error| Error::fault(&error))?;
    let probabilities = model.probabilities(rows).map_err(|error| Error::fault(&error))?;
    let told = ids.into_iter().zip(probabilities.chunks_exact(model.outputs().max(1)));
    let told = told.map(|(input, of)| {
        let uncertain = if model.is_exclusive() { uncertainty::of_classes } else { uncertainty::of_concepts };
        let found: Map<String, Value> =
            model.names().iter().cloned().zip(of.iter().map(|value| json!(value))).collect();
        Told { input, found: found.into(), uncertainty: uncertain(of.iter().copied()) }
    });
    Ok(told.collect())
}
