//! Adding what was found, some inputs at a time.

use std::collections::BTreeSet;

use atelier_domain::{Labels, ResourceId};
use bytes::Bytes;
use tokio::sync::watch;

use super::{Imported, Progress};
use crate::annotations::{AnnotationsFilter, NewAnnotation};
use crate::computing::compute;
use crate::formats::reading::{Draft, Found, Said, Source, Unreadable};
use crate::inputs::{Content, InputsFilter, MOST_BYTES, MOST_TEXT_BYTES, NewInput, PostInputs};
use crate::{AppName, Error, Result, Service, Who};

/// How many inputs are added by one request.
const AT_ONCE: usize = 50;

/// How many bytes they have together before they are added.
const GATHERED: usize = 32 << 20;

/// To how many annotations is compared what is said of an input.
const MOST_ALREADY: usize = 10_000;

/// The taking in of a file.
pub(super) struct Run<'a> {
    pub(super) service: &'a Service,
    pub(super) who: &'a Who,
    pub(super) app: &'a AppName,
    pub(super) dataset: Option<String>,
    /// Where pictures and texts are; away while one of them is read.
    pub(super) source: Option<Source>,
    /// What is told of it.
    pub(super) found: Found,
    pub(super) imported: Imported,
    /// Where it is told how far it has come, if somebody hears that.
    pub(super) telling: Option<watch::Sender<Progress>>,
}

/// An input to be added, with what is to be said of it.
struct Ready {
    place: String,
    slug: String,
    /// The SHA-256 of its picture or text.
    sha256: [u8; 32],
    said: Vec<Said>,
}

/// A picture or text of the source.
struct Brought {
    content: Content,
    /// How many bytes it has.
    size: usize,
    /// The SHA-256 of these.
    sha256: [u8; 32],
}

/// Whose annotations of an input are compared to what is said of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The caller's: two people may well say the same.
    Own,
    /// Everybody's.
    All,
}

impl Run<'_> {
    /// Adds the drafts, and answers what became of them: also if it ends before its end, since what came in stays.
    ///
    /// # Errors
    /// When the caller may no longer, or something below fails, before anything was added.
    pub(super) async fn take(mut self, drafts: Vec<Draft>) -> Result<Imported> {
        let all = drafts.len();
        if let Err(error) = self.take_each(drafts).await {
            if self.imported == Imported::default() {
                return Err(error);
            }
            let place = format!("after {} of {all} inputs", self.imported.inputs);
            self.found
                .tell_first(place, format!("It broke off here: {error}. What came before is in the app."));
        }
        let Found { told, untold, .. } = self.found;
        Ok(Imported { told, untold, ..self.imported })
    }

    async fn take_each(&mut self, drafts: Vec<Draft>) -> Result<()> {
        let (mut inputs, mut ready, mut gathered) = (Vec::new(), Vec::new(), 0);
        let mut known = BTreeSet::new();
        let of = drafts.len();
        for (number, draft) in drafts.into_iter().enumerate() {
            self.tell_how_far(Progress { through: number.saturating_sub(inputs.len()), of })?;
            let Draft { place, slug, file, metadata, made_at, said } = draft;
            if let Err(error) = slug.parse::<ResourceId>() {
                self.found.tell(place, format!("`{slug}` cannot be an input’s id: it {error}."));
                continue;
            }
            if !known.insert(slug.clone()) {
                self.found.tell(place, format!("There is an input `{slug}` in the file already."));
                continue;
            }
            let Some(file) = file else {
                self.say_without_content(place, &slug, said).await?;
                continue;
            };
            let Some(Brought { content, size, sha256 }) = self.content(&file, &place).await? else {
                continue;
            };
            gathered += size;
            inputs.push(NewInput {
                slug: slug.clone(),
                content,
                metadata,
                place: made_at,
                labels: Labels::default(),
                datasets: self.dataset.iter().cloned().collect(),
            });
            ready.push(Ready { place, slug, sha256, said });
            if inputs.len() == AT_ONCE || gathered >= GATHERED {
                self.add(std::mem::take(&mut inputs), std::mem::take(&mut ready)).await?;
                gathered = 0;
            }
        }
        self.add(inputs, ready).await
    }

    /// Tells how far it has come.
    ///
    /// # Errors
    /// When whoever heard it has gone.
    fn tell_how_far(&self, progress: Progress) -> Result<()> {
        let Some(telling) = &self.telling else { return Ok(()) };
        if telling.is_closed() {
            return Err(Error::Conflict("it was cancelled".into()));
        }
        telling.send_replace(progress);
        Ok(())
    }

    /// What is in a file of the source; nothing, if it was told what is wrong with it.
    async fn content(&mut self, path: &str, place: &str) -> Result<Option<Brought>> {
        let is_text = path.to_ascii_lowercase().ends_with(".txt");
        let most = if is_text { MOST_TEXT_BYTES } else { MOST_BYTES };
        let mut source = self.source.take().ok_or(Error::Unavailable)?;
        let name = path.to_owned();
        let read = compute(move || {
            let brought =
                source.bytes(&name, most as u64).map(|bytes| bytes.map(|bytes| brought(bytes, is_text)));
            (source, brought)
        });
        let (source, read) = read.await.map_err(|_| Error::Unavailable)?;
        self.source = Some(source);
        let why = match read {
            Ok(Some(Some(brought))) => return Ok(Some(brought)),
            Ok(Some(None)) => format!("{path} is no text in UTF-8."),
            Ok(None) => format!("{path} is too large: it may have up to {} MB.", most >> 20),
            Err(Unreadable::File(why)) => format!("{path}: {why}"),
            Err(error) => error.to_string(),
        };
        self.found.tell(place, why);
        Ok(None)
    }

    /// Adds inputs, and says of each what is said of it.
    async fn add(&mut self, inputs: Vec<NewInput>, ready: Vec<Ready>) -> Result<()> {
        if inputs.is_empty() {
            return Ok(());
        }
        if self.service.background.is_closed() {
            // The server stops, and waits for what is under way.
            return Err(Error::Unavailable);
        }
        let inputs = PostInputs { inputs, ..PostInputs::default() };
        let posted = self.service.post_inputs(self.who, self.app, inputs).await?;
        let (mut said, mut taken) = (Vec::new(), Vec::new());
        for (became, ready) in posted.inputs.into_iter().zip(ready) {
            match became {
                Ok(row) => {
                    self.imported.inputs += 1;
                    said.extend(ready.said.into_iter().map(|said| (row.slug.clone(), said)));
                }
                Err((_, Error::Taken(_))) => taken.push(ready),
                Err((_, error)) => self.refuse(ready.place, error)?,
            }
        }
        self.say(said).await?;
        self.say_of_those_that_are_there(taken).await
    }

    /// Says something of inputs whose identifiers are taken, if the app has the very same and nobody says anything of them
    /// yet: a file that is taken in once more, because nobody heard how it went, brings what is missing. What people said
    /// since stays as it is, and so does what was given out in a format that could not hold all of it.
    async fn say_of_those_that_are_there(&mut self, taken: Vec<Ready>) -> Result<()> {
        if taken.is_empty() {
            return Ok(());
        }
        let slugs: Vec<&str> = taken.iter().map(|ready| ready.slug.as_str()).collect();
        let kept = self.service.input_digests(self.who, self.app, &slugs).await?;
        for Ready { place, slug, sha256, said } in taken {
            if kept.get(&slug).is_none_or(|digest| digest[..] != sha256) {
                let why = format!("The app has another input `{slug}` already: that one stays as it is.");
                self.found.tell(place, why);
                continue;
            }
            self.imported.inputs_there += 1;
            let Some(already) = self.already_said(&slug, Whose::All).await? else {
                let why = "You may not see what is said of it already, so that nothing was added to that.";
                self.found.tell(place, why);
                continue;
            };
            if already.is_empty() {
                self.say(said.into_iter().map(|said| (slug.clone(), said)).collect()).await?;
                continue;
            }
            let (there, other) = apart(&already, said);
            self.imported.annotations_there += there.len();
            for said in other {
                self.found.tell(said.place, format!("Something else is said of `{slug}` already."));
            }
        }
        Ok(())
    }

    /// Says something of an input whose picture or text was not given, if the app has it.
    async fn say_without_content(&mut self, place: String, slug: &str, said: Vec<Said>) -> Result<()> {
        let filter = InputsFilter { slugs: vec![slug.to_owned()], ..InputsFilter::default() };
        let page = self.service.list_inputs(self.who, self.app, &filter, 0, 1).await?;
        if page.inputs.is_empty() {
            let why = format!("Its picture or text is missing, and the app has no input `{slug}`.");
            self.found.tell(place, why);
            return Ok(());
        }
        // Whoever may not see what is said may say something nevertheless.
        let already = self.already_said(slug, Whose::Own).await?.unwrap_or_default();
        let (there, new) = apart(&already, said);
        self.imported.annotations_there += there.len();
        self.say(new.into_iter().map(|said| (slug.to_owned(), said)).collect()).await
    }

    /// What is said of an input already; nothing, if the caller may not see it.
    async fn already_said(&self, slug: &str, whose: Whose) -> Result<Option<Vec<Labels>>> {
        let filter = AnnotationsFilter {
            inputs: vec![slug.to_owned()],
            own: whose == Whose::Own,
            ..AnnotationsFilter::default()
        };
        match self.service.list_annotations(self.who, self.app, &filter, 0, MOST_ALREADY).await {
            Ok(rows) => Ok(Some(rows.into_iter().map(|row| row.labels).collect())),
            Err(Error::Forbidden { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Says all of it at once; if something of it cannot be said, the rest one by one.
    async fn say(&mut self, said: Vec<(String, Said)>) -> Result<()> {
        let said: Vec<_> = said.into_iter().filter(|(_, said)| !said.labels.is_empty()).collect();
        for part in said.chunks(AT_ONCE) {
            let all = part.iter().map(|(input, said)| annotation(input, said)).collect();
            if self.service.post_annotations(self.who, self.app, all).await.is_ok() {
                self.imported.annotations += part.len();
                continue;
            }
            for (input, said) in part {
                let one = vec![annotation(input, said)];
                match self.service.post_annotations(self.who, self.app, one).await {
                    Ok(_) => self.imported.annotations += 1,
                    Err(error) => self.refuse(said.place.clone(), error)?,
                }
            }
        }
        Ok(())
    }

    /// Tells why something was not added, if that is its own fault: it is not valid, it is there already, its input went
    /// meanwhile, or it says what only others may say, as that a reviewer rejected it.
    ///
    /// # Errors
    /// When it is not: then nothing that follows would be added, either.
    fn refuse(&mut self, place: String, error: Error) -> Result<()> {
        match error {
            Error::Invalid { fields } => {
                let why: Vec<String> =
                    fields.iter().map(|field| format!("{} {}", field.field, field.message)).collect();
                self.found.tell(place, format!("It was not taken: {}.", why.join("; ")));
                Ok(())
            }
            Error::Forbidden { .. } | Error::SomeoneElses { .. } | Error::NotFound => {
                self.found.tell(place, format!("It was not taken: {error}."));
                Ok(())
            }
            Error::Conflict(why) | Error::Taken(why) => {
                self.found.tell(place, format!("It was not taken: {why}."));
                Ok(())
            }
            other => Err(other),
        }
    }
}

/// What the bytes of a file are; nothing, if they are to be a text and are none.
fn brought(bytes: Vec<u8>, is_text: bool) -> Option<Brought> {
    let size = bytes.len();
    let content = if is_text {
        Content::Text(String::from_utf8(bytes).ok()?)
    } else {
        Content::Image(Bytes::from(bytes))
    };
    Some(Brought { sha256: content.digest(), content, size })
}

/// What is said already, and what is not; what says nothing is neither.
fn apart(already: &[Labels], said: Vec<Said>) -> (Vec<Said>, Vec<Said>) {
    let said = said.into_iter().filter(|said| !said.labels.is_empty());
    said.partition(|said| already.iter().any(|one| says_the_same(one, &said.labels)))
}

/// Whether two say the same, whatever their regions are called: some formats have no names for them.
fn says_the_same(one: &Labels, other: &Labels) -> bool {
    let mut regions = one.regions.iter().zip(&other.regions);
    one.concepts == other.concepts
        && one.regions.len() == other.regions.len()
        && regions.all(|(one, other)| one.shape == other.shape && one.labels == other.labels)
}

fn annotation(input: &str, said: &Said) -> NewAnnotation {
    NewAnnotation {
        input: input.to_owned(),
        labels: said.labels.clone(),
        info: said.info.clone(),
        status: said.status,
        ..NewAnnotation::default()
    }
}
