//! Adding inputs.

use atelier_domain::id::{AppId, InputId, JobId};
use atelier_domain::{Condition, Conditions, Endpoint, Labels, Medium, Permit, ResourceId};
use atelier_store::queries::inputs::{self, InputRow, JobRow};
use atelier_store::{Event, WriteTx};
use bytes::Bytes;
use futures::{FutureExt as _, StreamExt as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::picture::MOST_BYTES;
use super::{INPUTS, metadata, target};
use crate::annotations::NewAnnotation;
use crate::{AppName, Asked, Error, Result, Service, Who};

/// The most bytes that a text has.
pub const MOST_CHARACTERS: usize = 1 << 20;

/// How many inputs of one request are fetched and read at once.
const AT_ONCE: usize = 8;

/// The highest number that is put behind an identifier: each is tried while others wait to write.
const SUFFIXES: u32 = 100;

/// What an input is.
#[derive(Clone, Debug)]
pub enum Content {
    /// A text.
    Text(String),
    /// The address of a text.
    TextAt(String),
    /// A picture's bytes.
    Image(Bytes),
    /// The address of a picture.
    ImageAt(String),
}

/// An input to be added.
#[derive(Clone, Debug)]
pub struct NewInput {
    /// Its identifier; made, if nothing is given.
    pub slug: String,
    /// What it is.
    pub content: Content,
    /// What clients keep with it.
    pub metadata: Option<Value>,
    /// What the caller says of it.
    pub labels: Labels,
}

/// What happens to an input whose identifier is taken.
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
#[derive(Clone, Debug)]
pub struct PostInputs {
    /// The inputs.
    pub inputs: Vec<NewInput>,
    /// What happens to those whose identifier is taken.
    pub taken: TakenId,
    /// The job that counts them; one is made, if nothing is given.
    pub job: Option<String>,
}

/// What became of inputs that were to be added.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Each input, in the order of the request; or by which identifier it was to be added, and why it was not.
    pub inputs: Vec<std::result::Result<InputRow, (String, Error)>>,
    /// The job that counted them.
    pub job: JobRow,
}

/// What all inputs of one request have in common.
struct Request<'a> {
    who: &'a Who,
    name: &'a AppName,
    /// That the caller might begin it: by this the job is counted to its end, also if access ends meanwhile.
    begun: Permit,
    job: String,
    taken: TakenId,
}

/// An input whose bytes are where they belong.
struct Stored {
    kind: Medium,
    body: Option<String>,
    source_url: Option<String>,
    object_key: Option<String>,
    thumbnail_key: Option<String>,
    media_type: &'static str,
    pixels: Option<(u32, u32)>,
    size: i64,
    sha256: [u8; 32],
}

impl Stored {
    /// Where its bytes are.
    fn keys(&self) -> Vec<String> {
        self.object_key.iter().chain(&self.thumbnail_key).cloned().collect()
    }
}

impl Service {
    /// Adds inputs to the app. Each is added or refused by itself; permission is asked for the request, and again for
    /// each of them in the transaction that adds it.
    ///
    /// # Errors
    /// When the caller may not, or the request names none or too many.
    pub async fn post_inputs(&self, who: &Who, app: &AppName, input: PostInputs) -> Result<Posted> {
        let (service, who, app) = (self.clone(), who.clone(), app.clone());
        // Beside the request: who hangs up in the middle leaves neither bytes without a row nor a job without an end.
        let adding = tokio::spawn(async move { service.add_inputs(&who, &app, input).await });
        adding.await.map_err(|_| Error::Unavailable)?
    }

    async fn add_inputs(&self, who: &Who, app: &AppName, input: PostInputs) -> Result<Posted> {
        let PostInputs { inputs, taken, job } = input;
        let request = self.begin(who, app, &inputs, taken, job).await?;
        // Boxed, each of them is plainly one that may move between threads, which the compiler cannot tell otherwise.
        let adding: Vec<_> = inputs.into_iter().map(|new| self.add_input(&request, new).boxed()).collect();
        let inputs: Vec<_> = futures::stream::iter(adding).buffered(AT_ONCE).collect().await;
        let mut tx = self.store.read().await?;
        let job = inputs::get_job(&mut tx, &request.begun, &request.job).await?.ok_or(Error::NotFound)?;
        Ok(Posted { inputs, job })
    }

    /// Asks whether the caller may do all of it, and only then whether it is too much, and begins the job.
    async fn begin<'a>(
        &self,
        who: &'a Who,
        name: &'a AppName,
        new: &[NewInput],
        taken: TakenId,
        job: Option<String>,
    ) -> Result<Request<'a>> {
        let now = self.world.now();
        let carries = new.iter().any(|new| !new.labels.is_empty());
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, name, Endpoint::PostInputs, conditions(carries)).await?;
        if new.is_empty() || new.len() > INPUTS {
            return Err(Error::invalid("inputs", format!("must be between 1 and {INPUTS}")));
        }
        let id = JobId::new(now, &self.world.salt());
        let job = job.filter(|job| !job.is_empty()).unwrap_or_else(|| id.to_string());
        let job: ResourceId = job.parse().map_err(|error| Error::invalid("inputs_add_job_id", error))?;
        let pending = i64::try_from(new.len()).unwrap_or(i64::MAX);
        inputs::begin_job(&mut tx, &asked.permit, id, job.as_str(), pending, now).await?;
        tx.commit().await?;
        Ok(Request { who, name, begun: asked.permit, job: job.to_string(), taken })
    }

    async fn add_input(
        &self,
        request: &Request<'_>,
        new: NewInput,
    ) -> std::result::Result<InputRow, (String, Error)> {
        let slug = new.slug.clone();
        match self.try_add_input(request, new).await {
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
        inputs::count_failed(&mut tx, &request.begun, &request.job, self.world.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn try_add_input(&self, request: &Request<'_>, new: NewInput) -> Result<InputRow> {
        let id = InputId::new(self.world.now(), &self.world.salt());
        let slug = if new.slug.is_empty() { id.to_string() } else { new.slug.clone() };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        metadata::check(new.metadata.as_ref())?;
        let stored = self.store_content(request.begun.app(), id, new.content).await?;
        let annotation = NewAnnotation { labels: new.labels, ..NewAnnotation::default() };
        let added = self.keep_input(request, id, &slug, &stored, new.metadata.as_ref(), &annotation).await;
        match &added {
            Ok(row) if row.id == id => {}
            // Whether it was committed is not known: bytes that are left over harm nobody, a row without its bytes does.
            Err(Error::Unavailable | Error::Internal { .. }) => {}
            // Nothing refers to what was stored for it.
            Ok(_) | Err(_) => self.forget(stored.keys()).await,
        }
        added
    }

    /// Adds the input and what the caller says of it, if they still may.
    async fn keep_input(
        &self,
        request: &Request<'_>,
        id: InputId,
        slug: &ResourceId,
        stored: &Stored,
        metadata: Option<&Value>,
        annotation: &NewAnnotation,
    ) -> Result<InputRow> {
        let now = self.world.now();
        let carries = !annotation.labels.is_empty();
        let mut tx = self.store.write().await?;
        let (who, name) = (request.who, request.name);
        let asked = self.permit(&mut tx, who, name, Endpoint::PostInputs, conditions(carries)).await?;
        let permit = &asked.permit;
        // It holds the job until the end of the transaction: who stops it is answered before this input or after it.
        if !inputs::count_added(&mut tx, permit, &request.job, now).await? {
            return Err(Error::Conflict("the job was cancelled before this input was added".into()));
        }
        let mut chosen = slug.to_string();
        let mut number = 0_u32;
        loop {
            let input = inputs::NewInput {
                id,
                slug: &chosen,
                kind: stored.kind,
                body: stored.body.as_deref(),
                source_url: stored.source_url.as_deref(),
                object_key: stored.object_key.as_deref(),
                thumbnail_key: stored.thumbnail_key.as_deref(),
                media_type: Some(stored.media_type),
                pixels: stored.pixels,
                size: stored.size,
                sha256: &stored.sha256,
                metadata,
            };
            if inputs::insert(&mut tx, permit, &input, now).await? {
                break;
            }
            match request.taken {
                TakenId::Fail => {
                    return Err(Error::Conflict(format!("duplicate input `{slug}`: each is added once")));
                }
                TakenId::Skip => {
                    let row = inputs::get(&mut tx, permit, &chosen).await?.ok_or(Error::NotFound)?;
                    tx.commit().await?;
                    return Ok(row);
                }
                TakenId::Suffix if number == SUFFIXES => {
                    return Err(Error::Conflict(format!(
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
        self.say_of(&mut tx, &asked, &row, annotation).await?;
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
            self.annotate(tx, asked, &target(row), annotation).await?;
        }
        Ok(())
    }

    /// Fetches what has to be fetched, reads it, and puts its bytes where they belong.
    async fn store_content(&self, app: AppId, id: InputId, content: Content) -> Result<Stored> {
        match content {
            Content::Text(text) => text_input(text, None),
            Content::TextAt(url) => {
                let bytes = self.fetcher.fetch(&url, MOST_CHARACTERS).await?;
                let text = String::from_utf8(bytes.into())
                    .map_err(|_| Error::invalid("url", "must hold a text in UTF-8"))?;
                text_input(text, Some(url))
            }
            Content::Image(bytes) => self.store_picture(app, id, bytes, None).await,
            Content::ImageAt(url) => {
                let bytes = self.fetcher.fetch(&url, MOST_BYTES).await?;
                self.store_picture(app, id, bytes, Some(url)).await
            }
        }
    }

    async fn store_picture(
        &self,
        app: AppId,
        id: InputId,
        bytes: Bytes,
        source_url: Option<String>,
    ) -> Result<Stored> {
        let read = self.pictures.read(bytes.clone()).await?;
        let place = format!("apps/{app}/inputs/{id}");
        let (object_key, thumbnail_key) = (format!("{place}/original"), format!("{place}/thumbnail"));
        let stored = Stored {
            kind: Medium::Image,
            body: None,
            source_url,
            media_type: read.media_type,
            pixels: Some(read.pixels),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: Sha256::digest(&bytes).into(),
            object_key: Some(object_key.clone()),
            thumbnail_key: Some(thumbnail_key.clone()),
        };
        self.objects.put(&object_key, bytes).await?;
        if let Err(error) = self.objects.put(&thumbnail_key, read.thumbnail).await {
            self.forget(vec![object_key]).await;
            return Err(error.into());
        }
        Ok(stored)
    }

    /// Removes stored bytes that nothing refers to any more. Left behind they would waste space and harm nobody, so
    /// that a failure is only told.
    pub(super) async fn forget(&self, keys: Vec<String>) {
        for key in keys {
            if let Err(error) = self.objects.delete(&key).await {
                tracing::warn!(%error, object.key = key, "could not remove bytes that nothing refers to");
            }
        }
    }
}

fn conditions(carries_labels: bool) -> Conditions {
    Conditions::NONE.and(Condition::CarriesLabels, carries_labels)
}

fn text_input(text: String, source_url: Option<String>) -> Result<Stored> {
    let wrong = |why: String| Err(Error::invalid("text", why));
    if text.trim().is_empty() {
        return wrong("must not be empty".into());
    }
    if text.len() > MOST_CHARACTERS {
        return wrong(format!("must have at most {} MiB", MOST_CHARACTERS >> 20));
    }
    if text.contains('\0') {
        return wrong("must not contain the character NUL".into());
    }
    Ok(Stored {
        kind: Medium::Text,
        source_url,
        object_key: None,
        thumbnail_key: None,
        media_type: "text/plain",
        pixels: None,
        size: i64::try_from(text.len()).unwrap_or(i64::MAX),
        sha256: Sha256::digest(text.as_bytes()).into(),
        body: Some(text),
    })
}
