//! Adding inputs.

use std::collections::{BTreeMap, BTreeSet};

use atelier_domain::id::{IN_ORDER, InputId, JobId};
use atelier_domain::{Condition, Conditions, Endpoint, Labels, Permit, Place, ResourceId, Timestamp};
use atelier_store::queries::embeddings;
use atelier_store::queries::input_jobs::{self, JobRow};
use atelier_store::queries::inputs::{self, InputRow};
use atelier_store::{Event, WriteTx};
use futures::{FutureExt as _, StreamExt as _};
use serde_json::Value;
use tracing::Instrument as _;

use super::content::{Content, Stored};
use super::{INPUTS, metadata, target};
use crate::annotations::NewAnnotation;
use crate::measures::Adding;
use crate::{AppName, Asked, Error, Result, Service, Who};

/// How many inputs of one request are fetched and read at once.
const AT_ONCE: usize = 8;

/// How many of those that are read are added together at most, and how many bytes of text these have: others wait meanwhile.
const TOGETHER: usize = 100;
const TEXT_TOGETHER: i64 = 1 << 18;

/// The highest number that is put behind an identifier: each is tried while others wait to write.
const SUFFIXES: u32 = 100;

// INVARIANT: the inputs of a request are listed in the reverse of its order, whichever is read first.
const _: () = assert!(INPUTS <= IN_ORDER);

/// An input to be added.
#[derive(Clone, Debug)]
pub struct NewInput {
    /// Its identifier; made, if nothing is given.
    pub slug: String,
    /// What it is.
    pub content: Content,
    /// What clients keep with it.
    pub metadata: Option<Value>,
    /// Where it was made, if that is known.
    pub place: Option<Place>,
    /// What the caller says of it.
    pub labels: Labels,
    /// The datasets into which it is put, by their identifiers.
    pub datasets: Vec<String>,
}

/// What happens to an input whose identifier is taken, in the app or by an earlier one of the same request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TakenId {
    /// It is not added.
    #[default]
    Fail,
    /// The one that is there counts as added.
    Skip,
    /// It gets a number behind its identifier.
    Suffix,
}

/// Inputs to be added.
#[derive(Clone, Debug, Default)]
pub struct PostInputs {
    /// The inputs.
    pub inputs: Vec<NewInput>,
    /// What happens to those whose identifier is taken.
    pub taken: TakenId,
    /// The job that counts them; one is made, if nothing is given.
    pub job: Option<String>,
    /// How many more there were that could not be read: the job counts them as failed.
    pub unreadable: usize,
}

/// What became of inputs that were to be added.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Each input, in the order of the request; or by which identifier it was to be added, and why it was not.
    pub inputs: Vec<std::result::Result<InputRow, (String, Error)>>,
    /// The job that counted them.
    pub job: JobRow,
}

/// An input whose bytes are where they belong, with what is kept beside them.
struct Ready {
    id: InputId,
    slug: ResourceId,
    stored: Stored,
    metadata: Option<Value>,
    place: Option<Place>,
    annotation: NewAnnotation,
    datasets: Vec<String>,
}

/// What all inputs of one request have in common.
struct Request<'a> {
    who: &'a Who,
    name: &'a AppName,
    /// That the caller might begin it: by this the job is counted to its end, also if access ends meanwhile.
    begun: Permit,
    at: Timestamp,
    job: String,
    taken: TakenId,
}

impl Service {
    /// Adds inputs to the app. Each is added or refused by itself, and who comes first has an identifier; permission is
    /// asked for the request, and again in each transaction that adds some of them.
    ///
    /// # Errors
    /// When the caller may not, or the request names none or too many.
    pub async fn post_inputs(&self, who: &Who, app: &AppName, input: PostInputs) -> Result<Posted> {
        let (service, who, app) = (self.clone(), who.clone(), app.clone());
        // Beside the request, though followed with it: who hangs up in the middle leaves neither bytes without a row nor a
        // job without an end.
        let counted = Adding::begin(input.inputs.len());
        let adding = async move {
            let _counted = counted;
            service.add_inputs(&who, &app, input).await
        };
        let adding = self.background.spawn(adding.in_current_span());
        adding.await.map_err(|_| Error::Unavailable)?
    }

    async fn add_inputs(&self, who: &Who, app: &AppName, input: PostInputs) -> Result<Posted> {
        let request = self.begin(who, app, &input).await?;
        let reading = input.inputs.into_iter().enumerate().map(|(index, new)| {
            let id = InputId::nth(request.at, u16::try_from(index).unwrap_or(u16::MAX), &self.world.salt());
            let request = &request;
            // Boxed, each of them is plainly one that may move between threads, which the compiler cannot tell otherwise.
            async move { (new.slug.clone(), self.read_input(request, id, new).await) }.boxed()
        });
        let reading: Vec<_> = reading.collect();
        // What is read already is added together, and waits for nothing else.
        let mut parts = futures::stream::iter(reading).buffered(AT_ONCE).ready_chunks(TOGETHER);
        let mut inputs = Vec::new();
        while let Some(part) = parts.next().await {
            inputs.extend(self.add_part(&request, part).await);
        }
        let mut tx = self.store.read().await?;
        let job = input_jobs::get_job(&mut tx, &request.begun, &request.job).await?.ok_or(Error::NotFound)?;
        Ok(Posted { inputs, job })
    }

    /// Asks whether the caller may do all of it, and only then whether it is too much, and begins the job.
    async fn begin<'a>(&self, who: &'a Who, name: &'a AppName, input: &PostInputs) -> Result<Request<'a>> {
        let now = self.world.now();
        let new = &input.inputs;
        let carries = new.iter().any(|new| !new.labels.is_empty());
        let names = new.iter().any(|new| !new.datasets.is_empty());
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, name, Endpoint::PostInputs, conditions(carries, names)).await?;
        if !(1..=INPUTS).contains(&new.len().saturating_add(input.unreadable)) {
            return Err(Error::invalid("inputs", format!("must be between 1 and {INPUTS}")));
        }
        let id = JobId::new(now, &self.world.salt());
        let job = input.job.clone().filter(|job| !job.is_empty()).unwrap_or_else(|| id.to_string());
        let job: ResourceId = job.parse().map_err(|error| Error::invalid("inputs_add_job_id", error))?;
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let (pending, failed) = (number(new.len()), number(input.unreadable));
        input_jobs::begin_job(&mut tx, &asked.permit, id, job.as_str(), (pending, failed), now).await?;
        tx.commit().await?;
        Ok(Request { who, name, begun: asked.permit, at: now, job: job.to_string(), taken: input.taken })
    }

    async fn read_input(&self, request: &Request<'_>, id: InputId, new: NewInput) -> Result<Ready> {
        let slug = if new.slug.is_empty() { id.to_string() } else { new.slug };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        metadata::check(new.metadata.as_ref())?;
        let stored = self.store_content(request.begun.app(), id, new.content).await?;
        let annotation = NewAnnotation { labels: new.labels, ..NewAnnotation::default() };
        Ok(Ready {
            id,
            slug,
            stored,
            metadata: new.metadata,
            place: new.place,
            annotation,
            datasets: new.datasets,
        })
    }

    /// Adds those that could be read, and counts the others as failed. Answers what became of each, in this order.
    async fn add_part(
        &self,
        request: &Request<'_>,
        part: Vec<(String, Result<Ready>)>,
    ) -> Vec<std::result::Result<InputRow, (String, Error)>> {
        let (slugs, read): (Vec<String>, Vec<Result<Ready>>) = part.into_iter().unzip();
        let ready: Vec<&Ready> = read.iter().flatten().collect();
        let mut became = Vec::with_capacity(ready.len());
        for some in cut(&ready) {
            became.extend(self.keep(request, some).await);
        }
        for (ready, became) in ready.iter().zip(&became) {
            let is_needed = match became {
                Ok(row) => row.id == ready.id,
                // Whether it was committed is not known: bytes that are left over harm nobody, a row without its bytes does.
                Err(Error::Unavailable | Error::Internal { .. }) => true,
                Err(_) => false,
            };
            if !is_needed {
                self.forget(ready.stored.keys()).await;
            }
        }
        let mut became = became.into_iter();
        let became = read.iter().map(|read| match read {
            Ok(_) => became.next().unwrap_or(Err(Error::Unavailable)),
            Err(error) => Err(error.clone()),
        });
        let became: Vec<_> = slugs
            .into_iter()
            .zip(became)
            .map(|(slug, became)| became.map_err(|error| (slug, error)))
            .collect();
        // The job is only a count: that it could not be told is no reason to hide why inputs were refused.
        let failed = became.iter().filter(|became| became.is_err()).count();
        if failed > 0
            && let Err(error) = self.count_failed(request, failed).await
        {
            tracing::warn!(%error, failed, "could not count inputs that were not added");
        }
        became
    }

    async fn count_failed(&self, request: &Request<'_>, failed: usize) -> Result<()> {
        let mut tx = self.store.write().await?;
        input_jobs::count_failed(&mut tx, &request.begun, &request.job, failed, self.world.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Adds inputs together or, where something is wrong with one of them, each by itself.
    async fn keep(&self, request: &Request<'_>, ready: &[&Ready]) -> Vec<Result<InputRow>> {
        match self.keep_together(request, ready).await {
            Ok(became) => return became,
            Err(error) if ready.len() == 1 => return vec![Err(error)],
            Err(_) => {}
        }
        let mut became: Vec<Result<InputRow>> = Vec::with_capacity(ready.len());
        for one in ready {
            // A database that was just out of reach is not asked a hundred times.
            if let Some(Err(Error::Unavailable)) = became.last() {
                became.push(Err(Error::Unavailable));
                continue;
            }
            match self.keep_together(request, std::slice::from_ref(one)).await {
                Ok(one) => became.extend(one),
                Err(error) => became.push(Err(error)),
            }
        }
        became
    }

    /// Adds inputs and what the caller says of them, and puts them into their datasets, if they still may: in one
    /// transaction, all but those whose identifier is taken.
    async fn keep_together(&self, request: &Request<'_>, ready: &[&Ready]) -> Result<Vec<Result<InputRow>>> {
        let now = self.world.now();
        let carries = ready.iter().any(|one| !one.annotation.labels.is_empty());
        let names = ready.iter().any(|one| !one.datasets.is_empty());
        let mut tx = self.store.write().await?;
        let (who, name) = (request.who, request.name);
        let asked = self.permit(&mut tx, who, name, Endpoint::PostInputs, conditions(carries, names)).await?;
        let permit = &asked.permit;
        // It holds the job until the end of the transaction: who stops it is answered before these inputs or after them.
        if !input_jobs::count_added(&mut tx, permit, &request.job, 0, now).await? {
            return Err(Error::Conflict("the job was cancelled before this input was added".into()));
        }
        let new: Vec<_> = ready
            .iter()
            .map(|one| one.stored.as_input(one.id, one.slug.as_str(), one.metadata.as_ref(), one.place))
            .collect();
        let mut added: BTreeSet<InputId> =
            inputs::insert(&mut tx, permit, &new, now).await?.into_iter().collect();
        let mut others = BTreeMap::new();
        for (one, new) in ready.iter().zip(&new) {
            if added.contains(&one.id) {
                continue;
            }
            match request.taken {
                TakenId::Fail => {}
                TakenId::Skip => {
                    let row = inputs::get(&mut tx, permit, new.slug).await?.ok_or(Error::NotFound)?;
                    others.insert(one.id, row);
                }
                TakenId::Suffix if number_behind(&mut tx, permit, new, now).await? => {
                    added.insert(one.id);
                }
                TakenId::Suffix => {}
            }
        }
        let ids: Vec<InputId> = added.iter().copied().collect();
        embeddings::enqueue(&mut tx, permit, &ids, now).await?;
        let rows = inputs::get_all(&mut tx, permit, &ids).await?;
        let mut rows: BTreeMap<InputId, InputRow> = rows.into_iter().map(|row| (row.id, row)).collect();
        for one in ready {
            if let Some(row) = rows.get(&one.id) {
                self.say_of(&mut tx, &asked, row, &one.annotation).await?;
                self.put_into_datasets(&mut tx, permit, &one.datasets, &row.slug).await?;
            }
        }
        rows.append(&mut others);
        input_jobs::count_added(&mut tx, permit, &request.job, rows.len(), now).await?;
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        let became =
            ready.iter().map(|one| rows.remove(&one.id).ok_or_else(|| taken(request.taken, &one.slug)));
        Ok(became.collect())
    }

    /// Adds an annotation of the caller's to an input, if it says anything.
    pub(super) async fn say_of(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        row: &InputRow,
        annotation: &NewAnnotation,
    ) -> Result<()> {
        if !annotation.labels.is_empty() {
            self.annotate(tx, asked, &target(row), &row.slug, annotation).await?;
        }
        Ok(())
    }
}

/// Adds an input whose identifier is taken with a number behind it; answers whether one of these was free.
async fn number_behind(
    tx: &mut WriteTx,
    permit: &Permit,
    input: &inputs::NewInput<'_>,
    now: Timestamp,
) -> Result<bool> {
    for number in 1..=SUFFIXES {
        let numbered: ResourceId =
            format!("{}-{number}", input.slug).parse().map_err(|error| Error::invalid("id", error))?;
        let input = inputs::NewInput { slug: numbered.as_str(), ..input.clone() };
        if !inputs::insert(tx, permit, &[input], now).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn taken(policy: TakenId, slug: &ResourceId) -> Error {
    Error::Taken(match policy {
        TakenId::Suffix => format!("duplicate input `{slug}`, and so are {SUFFIXES} after it"),
        TakenId::Fail | TakenId::Skip => format!("duplicate input `{slug}`: each is added once"),
    })
}

/// Parts of which each has no more text than others can wait for.
fn cut<'a, 'r>(ready: &'a [&'r Ready]) -> Vec<&'a [&'r Ready]> {
    let mut parts = Vec::new();
    let (mut from, mut text) = (0, 0);
    for (index, one) in ready.iter().enumerate() {
        let size = one.stored.text_size();
        if index > from && text + size > TEXT_TOGETHER {
            parts.push(&ready[from..index]);
            (from, text) = (index, 0);
        }
        text += size;
    }
    if from < ready.len() {
        parts.push(&ready[from..]);
    }
    parts
}

fn conditions(carries_labels: bool, names_datasets: bool) -> Conditions {
    Conditions::NONE
        .and(Condition::CarriesLabels, carries_labels)
        .and(Condition::NamesDatasets, names_datasets)
}
