//! Working on trainings.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use atelier_domain::id::InputId;
use atelier_domain::time::SECOND;
use atelier_domain::training::{Fault, Phase};
use atelier_domain::{Conditions, Endpoint, Permit};
use atelier_store::queries::examples;
use atelier_store::queries::trainings::{self, End, JobRow};
use atelier_store::{Conn, Event};
use tokio::time::{Instant, sleep, timeout};

use super::Caution;
use super::gather::{Failure, Table};
use super::learn::{Learned, Material, Watch, learn};
use crate::computing::compute;
use crate::models::{catalogue, embedding};
use crate::{AppName, Error, Origin, Result, Service, Who};

/// How long a training is left to whoever took it, from when they last said that they are at it.
const LEASE: i64 = 30 * SECOND;

/// How often they say so, and look whether it is to go on.
const TICK: Duration = Duration::from_millis(500);

/// How often a training is taken up after whoever was at it has gone.
const RUNS: i64 = 3;

/// For how long it is waited for inputs to be embedded without any of them coming on.
const PATIENCE: Duration = Duration::from_secs(20);

/// From how many examples is learned at most: as many pictures take half a gigabyte, twice.
const MOST: usize = 100_000;

/// Of how many inputs vectors are read at once.
const AT_ONCE: usize = 1_000;

/// Why a run ended without a model.
enum Stop {
    /// It came to nothing, for good.
    Failed(Fault, String),
    /// Somebody cancelled or deleted it, or another server has taken over.
    Gone,
    /// Something below fails: it is taken up again later.
    Later(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable | Error::Internal { .. } | Error::Throttled { .. } => Self::Later(error),
            Error::NotFound => {
                Self::Failed(Fault::Refused, "What it was to learn from is no longer there.".to_owned())
            }
            Error::Invalid { fields } => {
                let why: Vec<String> =
                    fields.iter().map(|field| format!("the {} {}", field.field, field.message)).collect();
                Self::Failed(Fault::Refused, format!("It cannot be trained so: {}.", why.join("; ")))
            }
            other => Self::Failed(Fault::Refused, format!("Whoever began it may not train it: {other}.")),
        }
    }
}

impl From<atelier_store::Error> for Stop {
    fn from(error: atelier_store::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<Failure> for Stop {
    fn from((fault, why): Failure) -> Self {
        Self::Failed(fault, why)
    }
}

/// Ends what is computed once nobody waits for it any more.
struct EndsOnDrop(Arc<Watch>);

impl Drop for EndsOnDrop {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Service {
    /// Trains the model that waits longest for it, of any app, or that another server has left; answers whether there was one.
    ///
    /// Whoever stops waiting for it leaves it to be taken up again in half a minute.
    ///
    /// # Errors
    /// When something below fails: then it is taken up again, here or elsewhere.
    pub async fn train_next(&self) -> Result<bool> {
        let now = self.world.now();
        // Nobody waits for the one writer because nothing is to be done.
        if !trainings::is_any_due(&mut *self.store.read().await?, now).await? {
            return Ok(false);
        }
        let mut tx = self.store.write().await?;
        let job = trainings::take(&mut tx, now, now.plus(LEASE)).await?;
        if let Some(job) = &job {
            tx.announce(Event::Data(job.app_id));
        }
        tx.commit().await?;
        let Some(job) = job else { return Ok(false) };
        let trained = if job.runs > RUNS {
            let why = format!("The server stopped {RUNS} times while it was being trained.");
            Err(Stop::Failed(Fault::GivenUp, why))
        } else {
            self.train(&job).await
        };
        match trained {
            Ok(()) | Err(Stop::Gone) => {}
            Err(Stop::Failed(fault, why)) => {
                self.end_training(&job, End::Failed { fault, why: &why }).await?
            }
            Err(Stop::Later(error)) => return Err(error),
        }
        Ok(true)
    }

    /// Waits until there may be something to train, and no longer than `rest`.
    pub async fn training_begins(&self, rest: Duration) {
        // Others tell it by the database alone.
        let _ = timeout(rest, self.trainings.notified()).await;
    }

    async fn end_training(&self, job: &JobRow, end: End<'_>) -> Result<()> {
        let mut tx = self.store.write().await?;
        trainings::end(&mut tx, job, end, self.world.now()).await?;
        tx.announce(Event::Data(job.app_id));
        tx.commit().await?;
        Ok(())
    }

    async fn train(&self, job: &JobRow) -> std::result::Result<(), Stop> {
        let origin = Origin { address: job.address.clone(), user_agent: job.user_agent.clone() };
        let who = Who { proof: Some(job.proof()?), origin };
        let watch = Arc::new(Watch::default());
        let material = self.material(job, &who, &watch).await?;
        let _ends = EndsOnDrop(watch.clone());
        let watched = watch.clone();
        let computing = compute(move || learn(material, &watched));
        tokio::pin!(computing);
        let learned = loop {
            tokio::select! {
                learned = &mut computing => break learned,
                () = sleep(TICK) => self.go_on(job, &watch).await?,
            }
        };
        let learned = learned.map_err(|error| Error::fault(&error))??;
        self.publish(job, &who, learned).await
    }

    /// Says how far it is, and that it is not to be left to others.
    async fn go_on(&self, job: &JobRow, watch: &Watch) -> std::result::Result<(), Stop> {
        let (phase, part) = watch.at();
        let mut tx = self.store.write().await?;
        let goes_on = trainings::go_on(&mut tx, job, phase, part, self.world.now().plus(LEASE)).await?;
        tx.commit().await?;
        if goes_on { Ok(()) } else { Err(Stop::Gone) }
    }

    /// What is learned from, as whoever began it may read it now. Inputs that were not looked at yet are.
    async fn material(&self, job: &JobRow, who: &Who, watch: &Watch) -> std::result::Result<Material, Stop> {
        let (app, trains) = (AppName::Id(job.app_id), Endpoint::PostModelVersions);
        let mut is_waited_for = true;
        loop {
            let mut tx = self.store.read().await?;
            let asked = self.permit(&mut tx, who, &app, trains, Conditions::NONE).await?;
            let permit = asked.permit;
            let mut table = self.gather_examples(&mut tx, who, &permit, &job.settings).await?;
            if table.inputs.len() > MOST {
                let why = format!(
                    "There are {} labelled inputs, and {MOST} are learned from at most: choose a dataset of fewer.",
                    table.inputs.len()
                );
                return Err(Stop::Failed(Fault::TooMany, why));
            }
            if is_waited_for && waiting(&mut tx, &permit, &table.inputs).await? > 0 {
                drop(tx);
                self.look_first(job, &permit, &table.inputs, watch).await?;
                // What could not be looked at until now is not waited for again.
                is_waited_for = false;
                continue;
            }
            // Concepts of which nothing is said need no vectors to be told so.
            table.prune();
            table.check()?;
            return read(&mut tx, &permit, table, job.settings.penalty).await;
        }
    }

    /// Looks at inputs that wait for it, until all of them were looked at or none has come on for a while.
    async fn look_first(
        &self,
        job: &JobRow,
        permit: &Permit,
        inputs: &[InputId],
        watch: &Watch,
    ) -> std::result::Result<(), Stop> {
        let mut tx = self.store.write().await?;
        for some in inputs.chunks(AT_ONCE) {
            examples::hurry(&mut tx, permit, some).await?;
        }
        tx.commit().await?;
        let (mut first, mut last, mut since) = (None, i64::MAX, Instant::now());
        loop {
            let left = waiting(&mut *self.store.read().await?, permit, inputs).await?;
            let all = *first.get_or_insert(left);
            watch.note(Phase::Embedding, (all - left) as f64 / all.max(1) as f64);
            self.go_on(job, watch).await?;
            if left < last {
                (last, since) = (left, Instant::now());
            }
            if left == 0 || since.elapsed() > PATIENCE {
                return Ok(());
            }
            if self.embed_some().await? == 0 {
                sleep(TICK).await;
            }
        }
    }

    /// Keeps what was learned, if whoever began it still may.
    async fn publish(&self, job: &JobRow, who: &Who, learned: Learned) -> std::result::Result<(), Stop> {
        let Learned { outcome, kept, weights, inputs } = learned;
        let fault = |error: serde_json::Error| Error::fault(&error);
        let result = serde_json::to_value(&outcome).map_err(fault)?;
        let evaluation = serde_json::to_value(&kept).map_err(fault)?;
        let mut tx = self.store.write().await?;
        let app = AppName::Id(job.app_id);
        self.permit(&mut tx, who, &app, Endpoint::PostModelVersions, Conditions::NONE).await?;
        let end =
            End::Trained { result: &result, evaluation: &evaluation, weights: &weights, inputs: &inputs };
        if !trainings::end(&mut tx, job, end, self.world.now()).await? {
            return Err(Stop::Gone);
        }
        tx.announce(Event::Data(job.app_id));
        tx.commit().await?;
        Ok(())
    }
}

/// How many of the inputs wait to be looked at.
async fn waiting(conn: &mut Conn, permit: &Permit, inputs: &[InputId]) -> Result<i64> {
    let mut waiting = 0;
    for some in inputs.chunks(AT_ONCE) {
        waiting += examples::waiting(conn, permit, some, embedding::NEVER).await?;
    }
    Ok(waiting)
}

/// The examples with what they are like; those of which that is not known are left out.
async fn read(
    conn: &mut Conn,
    permit: &Permit,
    mut table: Table,
    penalty: Option<f64>,
) -> std::result::Result<Material, Stop> {
    let embedder = catalogue::embedder(table.medium);
    let width = catalogue::width(table.medium);
    let mut values = Vec::with_capacity(table.inputs.len() * width);
    let mut copies: HashMap<InputId, Vec<u8>> = HashMap::with_capacity(table.inputs.len());
    for some in table.inputs.chunks(AT_ONCE) {
        let rows = examples::vectors(conn, permit, embedder, some).await?;
        let mut rows: HashMap<InputId, examples::VectorRow> =
            rows.into_iter().map(|row| (row.input_id, row)).collect();
        for input in some {
            let Some(row) = rows.remove(input) else { continue };
            let vector = embedding::read(&row.vector);
            if vector.len() == width && vector.iter().all(|number| number.is_finite()) {
                values.extend(vector);
                copies.insert(*input, row.sha256);
            }
        }
    }
    let unseen = table.inputs.len() - copies.len();
    if unseen > 0 {
        table.retain(|input| copies.contains_key(input));
        table.cautions.push(Caution::Unseen { inputs: unseen });
        let before = table.inputs.clone();
        table.prune();
        if table.inputs.len() < before.len() {
            // Examples that say nothing of what is left went, too.
            let left: std::collections::HashSet<InputId> = table.inputs.iter().copied().collect();
            let mut rows = before.iter().map(|input| left.contains(input)).flat_map(|kept| vec![kept; width]);
            values.retain(|_| rows.next().unwrap_or(false));
        }
        table.check()?;
    }
    let copies = table.inputs.iter().map(|input| copies.remove(input).unwrap_or_default()).collect();
    Ok(Material { table, embedder, values, width, copies, penalty })
}
