//! The server's side of [`super`].

use std::collections::{BTreeMap, BTreeSet};

use atelier_domain::{Endpoint, Filter};
use atelier_service::AppName;
use atelier_service::annotations::{AnnotationRow, AnnotationsFilter};
use atelier_service::collaborators::Filter as Collaborators;
use atelier_service::datasets::DatasetsFilter;
use atelier_service::inputs::{InputRow, InputsFilter, InputsPage};
use atelier_service::search::{self, Query, SearchRow, Subject};
use atelier_service::tasks::{TasksFilter, status};
use serde_json::Value;

use super::{Input, Inputs, MoreInputs, OneInput, list_path};
use crate::api::annotations::server::{MOST, May, marks};
use crate::api::apps::{AppPlace, if_allowed, place, refusal};
use crate::api::batches::server as batches;
use crate::api::concepts::{Concept, called, meant, offered};
use crate::api::explorer::server::{self as explorer, Names, Reading};
use crate::api::explorer::{Asked, COUNTED, Finding, SavedView};
use crate::error::{FieldError, UiError};
use crate::server::{service, who};

/// How many inputs a page has: whole rows of two, three, four, six.
const PAGE: usize = 48;

/// How many are fetched at once by whoever scrolls on.
const MORE: usize = 96;

/// How many datasets, people and saved views are offered.
const SHOWN: usize = 1_000;

/// How much of a text is shown in the list.
const BEGINNING: usize = 280;

pub(super) async fn list(owner: &str, app: &str, asked: &Asked) -> Result<Inputs, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let concepts = offered(&app).await?;
    let no_search = refusal(service.get_app(&who, &app, Endpoint::PostInputsSearches).await)?;
    let counts = if_allowed(service.count_inputs(&who, &app).await)?;
    let all = counts.as_ref().map(|counts| counts.ready + counts.pending + counts.failed);
    let (rows, more, mut finding) = match no_search {
        None => found(&app, &place, asked, &concepts, all).await?,
        Some(_) => listed(&app, asked, &concepts, PAGE).await?,
    };
    let datasets = service.list_datasets(&who, &app, &DatasetsFilter::default(), 0, SHOWN).await;
    let datasets = if_allowed(datasets)?.map(|found| found.value).unwrap_or_default();
    finding.datasets = datasets.into_iter().map(|row| row.slug).collect();
    if asked.adds() && no_search.is_none() && finding.wrong.is_empty() {
        // What was filled in becomes a part of the filter, so that the address is one that can be kept.
        leptos_axum::redirect(&asked.with(&finding.q).address(&list_path(&place.app)));
    }
    let no_batches = batches::refused(&app).await?;
    let tasks = if no_batches.assigning.is_none() { open_tasks(&app).await? } else { Vec::new() };
    let MoreInputs { inputs, next } = shown(&app, rows, more, &concepts).await?;
    Ok(Inputs {
        place,
        inputs,
        next,
        total: all,
        pending: counts.as_ref().map_or(0, |counts| counts.pending),
        failed: counts.as_ref().map_or(0, |counts| counts.failed),
        batches: batches::shown(&app, &concepts).await?,
        tasks,
        no_batches,
        concepts,
        finding,
        no_search,
        no_addition: refusal(service.get_app(&who, &app, Endpoint::PostInputs).await)?,
    })
}

pub(super) async fn more(owner: &str, app: &str, asked: &Asked) -> Result<MoreInputs, UiError> {
    let app = AppName::of(owner, app);
    service().get_app(&who(), &app, Endpoint::ListInputs).await?;
    let concepts = offered(&app).await?;
    let searches = service().get_app(&who(), &app, Endpoint::PostInputsSearches).await;
    let (rows, more, wrong) = if refusal(searches)?.is_none() {
        let Reading { filter, wrong } = explorer::read(asked, &concepts);
        let query = Query { filter, oldest_first: asked.order == "oldest" };
        let (rows, more) =
            if wrong.is_empty() { part(&app, asked, &query, MORE).await? } else { Default::default() };
        (rows, more, wrong)
    } else {
        let (rows, more, finding) = listed(&app, asked, &concepts, MORE).await?;
        (rows, more, finding.wrong)
    };
    if !wrong.is_empty() {
        return Err(UiError::Invalid { fields: wrong });
    }
    shown(&app, rows, more, &concepts).await
}

/// Inputs as the list shows them.
async fn shown(
    app: &AppName,
    rows: Vec<InputRow>,
    more: bool,
    concepts: &[Concept],
) -> Result<MoreInputs, UiError> {
    let next = more.then(|| rows.last().map(|row| row.id.to_string())).flatten();
    Ok(MoreInputs { inputs: with_concepts(app, rows, concepts).await?, next })
}

/// Inputs as lists show them, with what is said of them, as far as the caller may see that.
pub(in crate::api) async fn with_concepts(
    app: &AppName,
    rows: Vec<InputRow>,
    concepts: &[Concept],
) -> Result<Vec<Input>, UiError> {
    let mut said = said_of(app, &rows, concepts).await?;
    Ok(rows.into_iter().map(|row| input(row, &mut said)).collect())
}

/// `size` of what is found, from where an address asks for it, and whether more follow.
async fn part(
    app: &AppName,
    asked: &Asked,
    query: &Query,
    size: usize,
) -> Result<(Vec<InputRow>, bool), UiError> {
    let part = search::Part { after: asked.after.parse().ok(), skip: 0, size };
    let page = service().search_inputs(&who(), app, Endpoint::PostInputsSearches, query, part).await?.value;
    Ok((page.rows.into_iter().map(|row| row.input).collect(), page.more))
}

/// A part of the inputs, whether more follow, and how they were found.
type Part = (Vec<InputRow>, bool, Finding);

/// What whoever may search finds.
async fn found(
    app: &AppName,
    place: &AppPlace,
    asked: &Asked,
    concepts: &[Concept],
    all: Option<i64>,
) -> Result<Part, UiError> {
    let (service, who) = (service(), who());
    let Reading { filter, mut wrong } = explorer::read(asked, concepts);
    let query = Query { filter, oldest_first: asked.order == "oldest" };
    let is_filtered = query.filter != Filter::default();
    let (mut rows, mut more, mut found) = (Vec::new(), false, None);
    if wrong.is_empty() {
        match part(app, asked, &query, PAGE).await {
            Ok(part) => {
                (rows, more) = part;
                found = if is_filtered {
                    Some(service.count_found_inputs(&who, app, &query, COUNTED + 1).await?)
                } else {
                    all.and_then(|all| usize::try_from(all).ok())
                };
            }
            // The filter names what the person may not see, as another's view can.
            Err(UiError::Forbidden { explanation }) => {
                wrong.push(FieldError { field: "q".into(), message: explanation });
            }
            Err(UiError::Invalid { fields }) => wrong.extend(fields),
            Err(other) => return Err(other),
        }
    }
    let people = people(app, place).await?;
    let saved = service.list_searches(&who, app, Some(Subject::Inputs), 0, SHOWN).await;
    let saved = if_allowed(saved)?.map(|found| found.value.into_iter().map(saved_view).collect());
    // Whoever may change what is kept is who may keep something.
    let no_saving = refusal(service.get_app(&who, app, Endpoint::PatchSearches).await)?;
    let can_forget = refusal(service.get_app(&who, app, Endpoint::DeleteSearch).await)?.is_none();
    let names = Names { concepts, people: &people };
    let parts = if is_filtered { names.parts(&query.filter) } else { Vec::new() };
    let finding = Finding {
        q: explorer::text(&query.filter),
        parts,
        wrong,
        found,
        people,
        datasets: Vec::new(),
        saved,
        no_saving,
        can_forget,
    };
    Ok((rows, more, finding))
}

/// What everybody gets who sees the list: by kind, concept and words alone.
async fn listed(app: &AppName, asked: &Asked, concepts: &[Concept], size: usize) -> Result<Part, UiError> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let concept = given(&asked.concept).map(|typed| meant(concepts, &typed)).transpose();
    let concept = match concept {
        Ok(concept) => concept.map(|concept| concept.to_string()),
        Err(UiError::Invalid { fields }) => {
            return Ok((Vec::new(), false, Finding { wrong: fields, ..Finding::default() }));
        }
        Err(other) => return Err(other),
    };
    let filter = InputsFilter {
        // What can only have been written into the address by hand filters nothing.
        kind: asked.kind.parse().ok(),
        concept,
        text: given(&asked.words),
        before: asked.after.parse().ok(),
        ..InputsFilter::default()
    };
    let InputsPage { inputs, more } = service().list_inputs(&who(), app, &filter, 0, size).await?;
    Ok((inputs, more, Finding::default()))
}

/// The tasks that take inputs: those that are worked on, or rest.
async fn open_tasks(app: &AppName) -> Result<Vec<(String, String)>, UiError> {
    let tasks = service().list_tasks(&who(), app, &TasksFilter::default(), 0, SHOWN).await;
    let tasks = if_allowed(tasks)?.map(|found| found.value).unwrap_or_default();
    let is_open = |status: i64| [status::IN_PROGRESS, status::IDLE].contains(&status);
    let open = tasks.into_iter().filter(|task| is_open(task.row.status));
    Ok(open.map(|task| (task.row.slug, task.row.name)).collect())
}

/// Whose annotations can be asked for: one's own, and those of the others, as far as the person sees who they are.
async fn people(app: &AppName, place: &AppPlace) -> Result<Vec<(String, String)>, UiError> {
    let rows = service().list_collaborators(&who(), app, &Collaborators::default(), SHOWN).await;
    let rows = if_allowed(rows)?.map(|page| page.rows);
    let me = (place.person.slug.clone(), format!("{} (you)", place.person.name));
    let owner = rows.is_some().then(|| (place.app.owner.clone(), place.app.owner_name.clone()));
    let others = rows.into_iter().flatten().filter_map(|row| row.user_slug.zip(row.user_name));
    let mut people = vec![me];
    for (slug, name) in owner.into_iter().chain(others) {
        if people.iter().all(|(known, _)| *known != slug) {
            people.push((slug, name));
        }
    }
    Ok(people)
}

fn saved_view(row: SearchRow) -> SavedView {
    SavedView {
        q: explorer::text(&row.filter),
        slug: row.slug,
        name: row.name,
        oldest_first: row.oldest_first,
    }
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
        cursor: row.id.to_string(),
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
    let place = row.place().map(|place| place.to_string());
    let own = [
        ("Type", row.media_type.clone()),
        ("Size", size),
        ("Place", place),
        ("Fetched from", row.source_url.clone()),
    ];
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

/// A value as people read it: a text without its quotes, and a whole number without a fraction, which every number has on
/// the wire.
fn plain(value: &Value) -> String {
    /// Above it, numbers are not exact any more, and long.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match (value, value.as_f64()) {
        (Value::String(text), _) => text.clone(),
        (_, Some(number)) if number.fract() == 0.0 && number.abs() < EXACT => number.to_string(),
        _ => value.to_string(),
    }
}

/// A number of bytes as people say it.
pub(in crate::api) fn bytes(size: i64) -> String {
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

    #[test]
    fn values_are_read_as_people_write_them() {
        let values = serde_json::json!([1.0, 2, -0.5, 1e300, "1.0", true, ["a"], null]);
        let read: Vec<String> = values.as_array().unwrap().iter().map(plain).collect();
        assert_eq!(read, ["1", "2", "-0.5", "1e+300", "1.0", "true", "[\"a\"]", "null"]);
    }
}
