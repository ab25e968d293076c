//! The server's side of [`super`]: from what forms say to what operations take, and back.

use atelier_domain::{Endpoint, Label, Labels, PatchAction, Permit, Region, Timestamp};
use atelier_service::annotations::{
    AnnotationRow, AnnotationsFilter, NewAnnotation, PatchAnnotation, status,
};
use atelier_service::{AppName, Asked, Error};

use super::{History, Mark, Stood};
use crate::api::apps::{place, refusal};
use crate::api::concepts::{Concept, called, meant, offered};
use crate::error::UiError;
use crate::server::{service, who};

/// The most annotations of one input, or of one page of inputs, that are looked at.
pub(crate) const MOST: usize = 2_000;

/// Which annotation a form is about.
pub(super) struct Place {
    pub(super) owner: String,
    pub(super) app: String,
    pub(super) input: String,
    pub(super) annotation: String,
}

impl Place {
    fn app(&self) -> AppName {
        AppName::of(&self.owner, &self.app)
    }

    /// The annotation as it stands.
    async fn row(&self) -> Result<AnnotationRow, UiError> {
        Ok(service().get_annotation(&who(), &self.app(), &self.input, &self.annotation).await?)
    }

    /// Changes the annotation, if it last changed when it was `seen`; answers when it changed.
    async fn patch(&self, action: PatchAction, labels: Labels, seen: Timestamp) -> Result<i64, UiError> {
        let slug = self.annotation.clone();
        let patch = PatchAnnotation { slug, labels, seen: Some(seen), ..PatchAnnotation::default() };
        let done = service().patch_annotations(&who(), &self.app(), action, vec![patch], true).await;
        let rows = done.map_err(beside_concept)?;
        rows.first().map(|row| row.changed_at.micros()).ok_or(UiError::NotFound)
    }
}

/// What may be done with the annotations of an app, before it is known whose one is.
pub(crate) struct May {
    permit: Permit,
    no_change: Option<String>,
    /// Why nothing can be taken away, if nothing can.
    pub(crate) no_removal: Option<String>,
}

impl May {
    /// Asks for it, for whoever has seen the app.
    pub(crate) async fn ask(app: &AppName, asked: &Asked<Permit>) -> Result<Self, UiError> {
        let (service, who) = (service(), who());
        Ok(Self {
            permit: asked.permit,
            no_change: refusal(service.get_app(&who, app, Endpoint::PatchAnnotations).await)?,
            no_removal: refusal(service.get_app(&who, app, Endpoint::DeleteAnnotation).await)?,
        })
    }

    /// Why the person cannot change what `row` says, because it is somebody else's.
    fn someone_elses(&self, row: &AnnotationRow, owner: &str) -> Option<String> {
        self.permit.may_change_annotation_of(row.user_id).is_err().then(|| {
            let author = &row.author;
            if row.user_id == self.permit.owner() {
                format!("{author}’s; nobody else can change it")
            } else {
                format!("{author}’s; only {author} and {owner} can change it")
            }
        })
    }
}

/// What an annotation says, thing by thing.
pub(crate) fn marks(row: &AnnotationRow, concepts: &[Concept], may: &May, owner: &str) -> Vec<Mark> {
    let of_whole =
        row.labels.concepts.iter().map(|label| Labels { concepts: vec![label.clone()], regions: Vec::new() });
    let of_parts = row
        .labels
        .regions
        .iter()
        .map(|region| Labels { concepts: Vec::new(), regions: vec![region.clone()] });
    let elses = may.someone_elses(row, owner);
    // Whoever may delete annotations may delete anybody's as a whole; to take something out of one is to change it.
    let is_whole = row.labels.concepts.len() + row.labels.regions.len() == 1;
    let no_removal = may.no_removal.clone().or_else(|| elses.clone().filter(|_| !is_whole));
    let no_change = may.no_change.clone().or(elses);
    of_whole
        .chain(of_parts)
        .map(|labels| Mark {
            annotation: row.slug.clone(),
            words: words(&labels, concepts),
            labels,
            author: row.author.clone(),
            is_own: row.user_id == may.permit.user(),
            changed_at: row.changed_at.micros(),
            state: (row.status != status::SUCCESS).then(|| state(row.status).to_owned()),
            no_change: no_change.clone(),
            no_removal: no_removal.clone(),
        })
        .collect()
}

/// The concepts that labels name, with how sure they are where that is not "certainly there".
fn words(labels: &Labels, concepts: &[Concept]) -> String {
    let of_parts = labels.regions.iter().flat_map(|region| &region.labels);
    let named = labels.concepts.iter().chain(of_parts).map(|label| {
        let name = called(concepts, label.concept.as_str());
        match label.value {
            value if value >= 1.0 => name,
            value if value <= 0.0 => format!("not {name}"),
            value => format!("{name} ({:.0} %)", value * 100.0),
        }
    });
    let words = named.collect::<Vec<_>>().join(", ");
    if words.is_empty() { "No concept yet".to_owned() } else { words }
}

/// How many changes a page of an input's history has.
const CHANGES: usize = 100;

pub(super) async fn history(owner: &str, app: &str, input: String, skip: usize) -> Result<History, UiError> {
    let (service, who, name) = (service(), who(), AppName::of(owner, app));
    let place = place(service.get_app(&who, &name, Endpoint::ViewApp).await?);
    let found = service.annotation_history(&who, &name, &input, skip, CHANGES + 1).await?.value;
    let concepts = offered(&name).await?;
    let next = (found.len() > CHANGES).then_some(skip.saturating_add(CHANGES));
    let stood = found.into_iter().take(CHANGES).map(|row| Stood {
        words: in_all(&row.labels, &concepts),
        state: state(row.status).to_owned(),
        annotation: row.slug,
        author: row.author,
        changed_by: row.changed_by,
        changed_at: row.changed_at.micros(),
        task: row.task,
        is_now: row.version.is_none(),
    });
    Ok(History { place, input, stood: stood.collect(), next })
}

/// What an annotation says of the whole and of parts, in words.
fn in_all(labels: &Labels, concepts: &[Concept]) -> String {
    let whole = Labels { concepts: labels.concepts.clone(), regions: Vec::new() };
    let parts = Labels { concepts: Vec::new(), regions: labels.regions.clone() };
    let of_parts = match labels.regions.len() {
        0 => None,
        1 => Some(format!("a region: {}", words(&parts, concepts))),
        several => Some(format!("{several} regions: {}", words(&parts, concepts))),
    };
    let of_whole = (!whole.is_empty()).then(|| words(&whole, concepts));
    let all: Vec<String> = of_whole.into_iter().chain(of_parts).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join("; ") }
}

/// Where an annotation stands, in words.
fn state(number: i64) -> &'static str {
    match number {
        status::SUCCESS => "counts",
        status::AWAITING_REVIEW => "waits for a review",
        status::REVIEW_DENIED => "was rejected",
        _ => "is being worked on",
    }
}

/// What is wrong with something that was said belongs beside the field in which it was said.
fn beside_concept(error: Error) -> UiError {
    let mut error = UiError::from(error);
    if let UiError::Invalid { fields } = &mut error {
        for field in fields {
            field.field = "concept".into();
        }
    }
    error
}

pub(super) async fn add(owner: &str, app: &str, input: String, concept: &str) -> Result<(), UiError> {
    let app = AppName::of(owner, app);
    let label = Label { concept: meant(&offered(&app).await?, concept)?, value: 1.0 };
    if has_said(&app, &input, &label).await? {
        return Err(Error::invalid("concept", "You have said so already.").into());
    }
    post(&app, input, Labels { concepts: vec![label], regions: Vec::new() }).await
}

/// Whether the person has said of the whole input already what they are about to say.
async fn has_said(app: &AppName, input: &str, label: &Label) -> Result<bool, UiError> {
    let person = crate::server::person().await?;
    let own = AnnotationsFilter {
        inputs: vec![input.to_owned()],
        authors: vec![person.slug],
        ..AnnotationsFilter::default()
    };
    let rows = service().list_annotations(&who(), app, &own, 0, MOST).await?;
    Ok(rows.iter().any(|row| row.labels.concepts.contains(label)))
}

async fn post(app: &AppName, input: String, labels: Labels) -> Result<(), UiError> {
    let annotation = NewAnnotation { input, labels, ..NewAnnotation::default() };
    let done = service().post_annotations(&who(), app, vec![annotation]).await;
    done.map(|_| ()).map_err(beside_concept)
}

fn read_region(json: &str) -> Result<Region, UiError> {
    serde_json::from_str(json).map_err(|_| UiError::form("This is no region. Draw it again."))
}

pub(super) async fn add_region(place: &Place, region: &str) -> Result<i64, UiError> {
    let region = read_region(region)?;
    let annotation = NewAnnotation {
        slug: place.annotation.clone(),
        input: place.input.clone(),
        labels: Labels { concepts: Vec::new(), regions: vec![region.clone()] },
        ..NewAnnotation::default()
    };
    match service().post_annotations(&who(), &place.app(), vec![annotation]).await {
        Ok(rows) => rows.first().map(|row| row.changed_at.micros()).ok_or(UiError::NotFound),
        // It was saved before, and the answer did not arrive.
        Err(Error::Taken(message)) => match place.row().await {
            Ok(row) if row.labels.regions == [region] => Ok(row.changed_at.micros()),
            _ => Err(Error::Taken(message).into()),
        },
        Err(error) => Err(beside_concept(error)),
    }
}

pub(super) async fn change_region(place: &Place, region: &str, seen: i64) -> Result<i64, UiError> {
    let (region, seen) = (read_region(region)?, Timestamp::from_micros(seen));
    let row = place.row().await?;
    let mut regions = row.labels.regions;
    let own = regions.iter_mut().find(|own| own.id == region.id).ok_or(UiError::NotFound)?;
    if *own == region {
        return Ok(row.changed_at.micros());
    }
    let stays = |label: &Label| region.labels.iter().any(|new| new.concept == label.concept);
    if own.labels.iter().all(stays) {
        // Nothing that was said is taken away, so that it needs no right to delete.
        let labels = Labels { concepts: Vec::new(), regions: vec![region] };
        return place.patch(PatchAction::Merge, labels, seen).await;
    }
    *own = region;
    place.patch(PatchAction::Overwrite, Labels { concepts: Vec::new(), regions }, seen).await
}

pub(super) async fn remove(
    place: &Place,
    region: &str,
    concept: &str,
    seen: Option<i64>,
) -> Result<Option<i64>, UiError> {
    let row = place.row().await?;
    if seen.is_some_and(|seen| seen != row.changed_at.micros()) {
        let message = "The annotation changed meanwhile.".to_owned();
        return Err(UiError::Conflict { message });
    }
    let mut gone = Labels::default();
    if region.is_empty() {
        gone.concepts =
            row.labels.concepts.iter().filter(|own| own.concept.as_str() == concept).cloned().collect();
    } else {
        let named = row.labels.regions.iter().filter(|own| own.id.as_str() == region);
        gone.regions = named.map(|own| Region { labels: Vec::new(), ..own.clone() }).collect();
    }
    if gone.is_empty() {
        return Err(UiError::NotFound);
    }
    if !row.labels.without(&gone).is_empty() {
        return place.patch(PatchAction::Remove, gone, row.changed_at).await.map(Some);
    }
    let (annotation, input) = (place.annotation.clone(), place.input.clone());
    service()
        .delete_annotations(&who(), &place.app(), Endpoint::DeleteAnnotation, &[annotation], &[input])
        .await?;
    Ok(None)
}

pub(super) async fn put_back(owner: &str, app: &str, input: String, labels: &str) -> Result<(), UiError> {
    let labels = serde_json::from_str(labels).map_err(|_| UiError::form("This cannot be put back."))?;
    post(&AppName::of(owner, app), input, labels).await
}
