//! Adding inputs.

use std::collections::BTreeSet;

use atelier_domain::id::{IN_ORDER, InputId, JobId};
use atelier_domain::{Condition, Conditions, Endpoint, Labels, Permit, Place, ResourceId, Timestamp};
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

/// What is kept with an input, beside what it holds.
struct Beside {
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
    /// Adds inputs to the app. Each is added or refused by itself; permission is asked for the request, and again for
    /// each of them in the transaction that adds it.
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
        let mut known = BTreeSet::new();
        let (mut first, mut again) = (Vec::new(), Vec::new());
        for (index, new) in input.inputs.into_iter().enumerate() {
            let slug = new.slug.trim().to_owned();
            let is_again = !slug.is_empty() && !known.insert(slug);
            let request = &request;
            let id = InputId::nth(request.at, u16::try_from(index).unwrap_or(u16::MAX), &self.world.salt());
            let adding = async move { (index, self.add_input(request, id, new).await) };
            // Boxed, each of them is plainly one that may move between threads, which the compiler cannot tell otherwise.
            if is_again { again.push(adding.boxed()) } else { first.push(adding.boxed()) }
        }
        // Who comes first has the identifier, whoever is read faster, unless it could not be added. Numbers are given in the order of the request.
        let at_once = if request.taken == TakenId::Suffix { 1 } else { AT_ONCE };
        let mut added: Vec<_> = futures::stream::iter(first).buffered(at_once).collect().await;
        for adding in again {
            added.push(adding.await);
        }
        added.sort_by_key(|(index, _)| *index);
        let mut tx = self.store.read().await?;
        let job = input_jobs::get_job(&mut tx, &request.begun, &request.job).await?.ok_or(Error::NotFound)?;
        Ok(Posted { inputs: added.into_iter().map(|(_, became)| became).collect(), job })
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

    async fn add_input(
        &self,
        request: &Request<'_>,
        id: InputId,
        new: NewInput,
    ) -> std::result::Result<InputRow, (String, Error)> {
        let slug = new.slug.clone();
        match self.try_add_input(request, id, new).await {
            Ok(row) => Ok(row),
            Err(error) => {
                // The job is only a count: that it could not be told is no reason to hide why the input was refused.
                if let Err(error) = self.count_failed(request).await {
                    tracing::warn!(%error, "could not count an input that was not added");
                }
                Err((slug, error))
            }
        }
    }

    async fn count_failed(&self, request: &Request<'_>) -> Result<()> {
        let mut tx = self.store.write().await?;
        input_jobs::count_failed(&mut tx, &request.begun, &request.job, self.world.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn try_add_input(&self, request: &Request<'_>, id: InputId, new: NewInput) -> Result<InputRow> {
        let slug = if new.slug.is_empty() { id.to_string() } else { new.slug.clone() };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        metadata::check(new.metadata.as_ref())?;
        let stored = self.store_content(request.begun.app(), id, new.content).await?;
        let annotation = NewAnnotation { labels: new.labels, ..NewAnnotation::default() };
        let beside = Beside { metadata: new.metadata, place: new.place, annotation, datasets: new.datasets };
        let added = self.keep_input(request, id, &slug, &stored, &beside).await;
        match &added {
            Ok(row) if row.id == id => {}
            // Whether it was committed is not known: bytes that are left over harm nobody, a row without its bytes does.
            Err(Error::Unavailable | Error::Internal { .. }) => {}
            // Nothing refers to what was stored for it.
            Ok(_) | Err(_) => self.forget(stored.keys()).await,
        }
        added
    }

    /// Adds the input and what the caller says of it, and puts it into its datasets, if they still may.
    async fn keep_input(
        &self,
        request: &Request<'_>,
        id: InputId,
        slug: &ResourceId,
        stored: &Stored,
        beside: &Beside,
    ) -> Result<InputRow> {
        let now = self.world.now();
        let conditions = conditions(!beside.annotation.labels.is_empty(), !beside.datasets.is_empty());
        let mut tx = self.store.write().await?;
        let (who, name) = (request.who, request.name);
        let asked = self.permit(&mut tx, who, name, Endpoint::PostInputs, conditions).await?;
        let permit = &asked.permit;
        // It holds the job until the end of the transaction: who stops it is answered before this input or after it.
        if !input_jobs::count_added(&mut tx, permit, &request.job, now).await? {
            return Err(Error::Conflict("the job was cancelled before this input was added".into()));
        }
        let mut chosen = slug.to_string();
        let mut number = 0_u32;
        loop {
            let input = stored.as_input(id, &chosen, beside.metadata.as_ref(), beside.place);
            if inputs::insert(&mut tx, permit, &input, now).await? {
                break;
            }
            match request.taken {
                TakenId::Fail => {
                    return Err(Error::Taken(format!("duplicate input `{slug}`: each is added once")));
                }
                TakenId::Skip => {
                    let row = inputs::get(&mut tx, permit, &chosen).await?.ok_or(Error::NotFound)?;
                    tx.commit().await?;
                    return Ok(row);
                }
                TakenId::Suffix if number == SUFFIXES => {
                    return Err(Error::Taken(format!(
                        "duplicate input `{slug}`, and so are {SUFFIXES} after it"
                    )));
                }
                TakenId::Suffix => {
                    number += 1;
                    let numbered: ResourceId =
                        format!("{slug}-{number}").parse().map_err(|error| Error::invalid("id", error))?;
                    chosen = numbered.to_string();
                }
            }
        }
        let row = inputs::get(&mut tx, permit, &chosen).await?.ok_or(Error::NotFound)?;
        self.say_of(&mut tx, &asked, &row, &beside.annotation).await?;
        self.put_into_datasets(&mut tx, permit, &beside.datasets, &row.slug).await?;
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(row)
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

fn conditions(carries_labels: bool, names_datasets: bool) -> Conditions {
    Conditions::NONE
        .and(Condition::CarriesLabels, carries_labels)
        .and(Condition::NamesDatasets, names_datasets)
}
