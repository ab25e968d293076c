//! The server's side of [`super`].

use std::collections::{BTreeMap, BTreeSet};

use atelier_domain::Endpoint;
use atelier_service::AppName;
use atelier_service::annotations::{AnnotationRow, AnnotationsFilter};
use atelier_service::inputs::{InputRow, InputsFilter, InputsPage};
use serde_json::Value;

use super::{Input, Inputs, OneInput};
use crate::api::annotations::server::{MOST, May, marks};
use crate::api::apps::{if_allowed, place, refusal};
use crate::api::concepts::{Concept, called, meant, offered};
use crate::error::UiError;
use crate::server::{service, who};

/// How many inputs a page has: whole rows of two, three, four, six.
const PAGE: usize = 48;

/// How much of a text is shown in the list.
const BEGINNING: usize = 280;

/// What the page's address asks for.
pub(super) struct Asking {
    pub(super) kind: String,
    pub(super) concept: String,
    pub(super) words: String,
    pub(super) before: String,
}

impl Asking {
    fn filter(&self, concepts: &[Concept]) -> Result<InputsFilter, UiError> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let concept = given(&self.concept).map(|typed| meant(concepts, &typed)).transpose()?;
        Ok(InputsFilter {
            // What can only have been written into the address by hand filters nothing.
            kind: self.kind.parse().ok(),
            concept: concept.map(|concept| concept.to_string()),
            text: given(&self.words),
            before: self.before.parse().ok(),
            ..InputsFilter::default()
        })
    }
}

pub(super) async fn list(owner: &str, app: &str, asking: &Asking) -> Result<Inputs, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let concepts = offered(&app).await?;
    let filter = asking.filter(&concepts)?;
    let InputsPage { inputs, more } = service.list_inputs(&who, &app, &filter, 0, PAGE).await?;
    let counts = if_allowed(service.count_inputs(&who, &app).await)?;
    let mut said = said_of(&app, &inputs, &concepts).await?;
    let next = more.then(|| inputs.last().map(|row| row.id.to_string())).flatten();
    Ok(Inputs {
        place,
        inputs: inputs.into_iter().map(|row| input(row, &mut said)).collect(),
        next,
        total: counts.as_ref().map(|counts| counts.ready + counts.pending + counts.failed),
        pending: counts.as_ref().map_or(0, |counts| counts.pending),
        failed: counts.as_ref().map_or(0, |counts| counts.failed),
        concepts,
        no_addition: refusal(service.get_app(&who, &app, Endpoint::PostInputs).await)?,
    })
}

/// The names of the concepts that people say are in each of the inputs.
async fn said_of(
    app: &AppName,
    inputs: &[InputRow],
    concepts: &[Concept],
) -> Result<BTreeMap<String, BTreeSet<String>>, UiError> {
    let mut said = BTreeMap::<String, BTreeSet<String>>::new();
    if inputs.is_empty() {
        return Ok(said);
    }
    let of_these = AnnotationsFilter {
        inputs: inputs.iter().map(|row| row.slug.clone()).collect(),
        ..AnnotationsFilter::default()
    };
    let rows = if_allowed(service().list_annotations(&who(), app, &of_these, 0, MOST).await)?;
    for AnnotationRow { input_slug, labels, .. } in rows.into_iter().flatten() {
        let there = labels.concepts().into_iter().filter(|(_, value)| *value > 0.0);
        let names = there.map(|(concept, _)| called(concepts, concept)).collect::<Vec<_>>();
        said.entry(input_slug).or_default().extend(names);
    }
    Ok(said)
}

fn input(row: InputRow, said: &mut BTreeMap<String, BTreeSet<String>>) -> Input {
    Input {
        medium: row.kind,
        beginning: row.body.map(|body| body.chars().take(BEGINNING).collect()),
        has_thumbnail: row.thumbnail_key.is_some(),
        concepts: said.remove(&row.slug).unwrap_or_default().into_iter().collect(),
        author: row.author,
        made_at: row.created_at.micros(),
        slug: row.slug,
    }
}

pub(super) async fn get(owner: &str, app: &str, input: &str) -> Result<OneInput, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let asked = service.get_app(&who, &app, Endpoint::ViewApp).await?;
    let row = service.get_input(&who, &app, input).await?;
    let concepts = offered(&app).await?;
    let neighbours = if_allowed(service.neighbours(&who, &app, row.id).await)?.unwrap_or_default();
    let of_this = AnnotationsFilter { inputs: vec![row.slug.clone()], ..AnnotationsFilter::default() };
    let said = if_allowed(service.list_annotations(&who, &app, &of_this, 0, MOST).await)?;
    let may = May::ask(&app, &asked.1).await?;
    let place = place(asked);
    let owner = &place.app.owner_name;
    let said = said.unwrap_or_default();
    let marks = said.iter().flat_map(|said| marks(said, &concepts, &may, owner)).collect();
    Ok(OneInput {
        facts: facts(&row),
        has_picture: row.object_key.is_some(),
        pixels: row.width.zip(row.height),
        medium: row.kind,
        text: row.body,
        author: row.author,
        made_at: row.created_at.micros(),
        slug: row.slug,
        marks,
        concepts,
        newer: neighbours.newer,
        older: neighbours.older,
        no_addition: refusal(service.get_app(&who, &app, Endpoint::PostAnnotations).await)?,
        no_removal: may.no_removal,
        no_deletion: refusal(service.get_app(&who, &app, Endpoint::DeleteInput).await)?,
        place,
    })
}

/// What an input is, then what clients keep with it.
fn facts(row: &InputRow) -> Vec<(String, String)> {
    let size = match (row.width, row.height) {
        (Some(width), Some(height)) => Some(format!("{width} × {height} pixels, {}", bytes(row.size))),
        _ => Some(bytes(row.size)),
    };
    let own = [("Type", row.media_type.clone()), ("Size", size), ("Fetched from", row.source_url.clone())];
    let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let kept = match &row.metadata {
        Some(Value::Object(fields)) => {
            fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        Some(Value::Null) | None => Vec::new(),
        Some(other) => vec![("Metadata".to_owned(), plain(other))],
    };
    own.chain(kept).collect()
}

/// A value as people read it: a text without its quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A number of bytes as people say it.
fn bytes(size: i64) -> String {
    match size {
        ..1_000 => format!("{size} bytes"),
        1_000..1_000_000 => format!("{} kB", size / 1_000),
        _ => format!("{}.{} MB", size / 1_000_000, size % 1_000_000 / 100_000),
    }
}

pub(super) async fn delete(owner: &str, app: &str, input: String) -> Result<(), UiError> {
    let name = AppName::of(owner, app);
    service().delete_inputs(&who(), &name, Endpoint::DeleteInput, &[input]).await?;
    leptos_axum::redirect(&format!("/{owner}/{app}/inputs"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_their_own_unit() {
        assert_eq!([9, 12_345, 3_450_000].map(bytes), ["9 bytes", "12 kB", "3.4 MB"]);
    }
}
