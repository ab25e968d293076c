//! The server's side of [`super`].

use atelier_domain::Endpoint;
use atelier_domain::id::BatchId;
use atelier_service::batches::{self, Act, BatchRow, BatchState, Chosen, NewBatch};
use atelier_service::{AppName, Error};

use super::{Batch, NoBatches, NotDone};
use crate::api::apps::refusal;
use crate::api::concepts::{Concept, called, meant, offered};
use crate::api::explorer::server::query;
use crate::error::UiError;
use crate::server::{service, who};

/// To which inputs something is to be done.
pub(super) struct Reach {
    pub(super) q: String,
    pub(super) is_all: bool,
    pub(super) chosen: Vec<String>,
}

/// By what something is to be done: by that of these which what is done is about.
pub(super) struct By {
    pub(super) concept: String,
    pub(super) dataset: String,
    pub(super) task: String,
}

pub(super) async fn begin(owner: &str, app: &str, act: &str, by: By, reach: Reach) -> Result<(), UiError> {
    let By { concept, dataset, task } = by;
    let app = AppName::of(owner, app);
    let act = match act {
        "say" => Act::Say,
        "deny" => Act::Deny,
        "unsay" => Act::Unsay,
        "put" => Act::Put,
        "assign" => Act::Assign,
        "delete" => Act::Delete,
        _ => return Err(UiError::form("Choose what is to be done.")),
    };
    let chosen =
        if reach.is_all { Chosen::Matching(query(&reach.q, "")?) } else { Chosen::Named(reach.chosen) };
    let subject = match act {
        Act::Say | Act::Deny | Act::Unsay => {
            if concept.trim().is_empty() {
                return Err(Error::invalid("concept", "Say which concept.").into());
            }
            meant(&offered(&app).await?, &concept)?.to_string()
        }
        Act::Put => {
            if dataset.trim().is_empty() {
                return Err(Error::invalid("dataset", "Choose a dataset.").into());
            }
            dataset
        }
        Act::Assign => {
            if task.trim().is_empty() {
                return Err(Error::invalid("task", "Choose a task.").into());
            }
            task
        }
        Act::Delete => String::new(),
    };
    let new = NewBatch { act, subject, chosen };
    service().begin_batch(&who(), &app, &new).await.map(drop).map_err(of_selection)
}

/// That nothing is chosen is said in words of the page, and belongs to no field of it.
fn of_selection(error: Error) -> UiError {
    match error {
        Error::Invalid { fields } if fields.iter().any(|field| field.field == "chosen") => {
            let why = fields.first().map_or("", |field| field.message.as_str());
            UiError::form(format!("What is chosen {why}."))
        }
        other => other.into(),
    }
}

fn id(batch: &str) -> Result<BatchId, UiError> {
    batch.parse().map_err(|_| UiError::NotFound)
}

pub(super) async fn cancel(owner: &str, app: &str, batch: &str) -> Result<(), UiError> {
    let app = AppName::of(owner, app);
    // Whoever may not is told so, whatever they ask about.
    service().get_app(&who(), &app, Endpoint::ListInputs).await?;
    Ok(service().cancel_batch(&who(), &app, id(batch)?).await?)
}

pub(super) async fn undo(owner: &str, app: &str, batch: &str) -> Result<(), UiError> {
    let app = AppName::of(owner, app);
    service().get_app(&who(), &app, Endpoint::ListInputs).await?;
    Ok(service().undo_batch(&who(), &app, id(batch)?).await?)
}

pub(super) async fn list(owner: &str, app: &str) -> Result<Vec<Batch>, UiError> {
    let app = AppName::of(owner, app);
    let concepts = offered(&app).await?;
    shown(&app, &concepts).await
}

/// What the person has begun, as pages show it.
pub(in crate::api) async fn shown(app: &AppName, concepts: &[Concept]) -> Result<Vec<Batch>, UiError> {
    let mut shown = Vec::new();
    for one in service().list_batches(&who(), app).await? {
        let row = one.row;
        let is_under_way = matches!(row.state, BatchState::Running | BatchState::Undoing);
        let ended = matches!(row.state, BatchState::Done | BatchState::Cancelled | BatchState::Stopped);
        let undone_by = batches::undone_by(row.act).filter(|_| ended && row.done > 0);
        let no_undo = match undone_by {
            Some(endpoint) => refusal(service().get_app(&who(), app, endpoint).await)?,
            None => None,
        };
        let told: Vec<NotDone> =
            one.told.into_iter().map(|item| NotDone { input: item.input, why: item.why }).collect();
        let listed = i64::try_from(told.len()).unwrap_or(i64::MAX);
        let (through, of) = match row.state {
            BatchState::Undoing | BatchState::Undone => (row.undone, row.done),
            _ => (row.done + row.same + row.failed, row.total),
        };
        shown.push(Batch {
            words: words(&row, concepts),
            standing: standing(&row),
            through,
            of: of.max(through),
            is_under_way,
            can_undo: undone_by.is_some() && no_undo.is_none(),
            no_undo,
            untold: row.failed.saturating_sub(listed).max(0),
            told,
            id: row.id.to_string(),
        });
    }
    Ok(shown)
}

/// What is done.
fn words(row: &BatchRow, concepts: &[Concept]) -> String {
    let concept = || called(concepts, &row.subject);
    match row.act {
        Act::Say => format!("Say that {} is there", concept()),
        Act::Deny => format!("Say that {} is not there", concept()),
        Act::Unsay => format!("Take {} out of what is said", concept()),
        Act::Put => format!("Put into {}", row.subject),
        Act::Assign => format!("Add to the task {}", row.subject),
        Act::Delete => "Delete".to_owned(),
    }
}

/// How far it is.
fn standing(row: &BatchRow) -> String {
    let through = row.done + row.same + row.failed;
    let mut sentences = match row.state {
        BatchState::Running => vec![format!("{through} of {} inputs.", row.total.max(through))],
        BatchState::Done => vec![format!("Done with {}.", inputs(through))],
        BatchState::Cancelled => vec![format!("Cancelled after {}.", inputs(through))],
        BatchState::Stopped => vec![format!("It broke off after {}: {}.", inputs(through), row.why)],
        BatchState::Undoing => vec![format!("Undoing: {} of {}.", row.undone, inputs(row.done))],
        BatchState::Undone => vec![format!("Undone with {}.", inputs(row.undone))],
    };
    if row.same > 0 {
        sentences.push(format!("{} so already.", was(row.same)));
    }
    if row.failed > 0 {
        sentences.push(format!("{} not possible.", was(row.failed)));
    }
    sentences.join(" ")
}

fn inputs(number: i64) -> String {
    if number == 1 { "1 input".to_owned() } else { format!("{number} inputs") }
}

fn was(number: i64) -> String {
    if number == 1 { "1 was".to_owned() } else { format!("{number} were") }
}

/// What the person cannot do to inputs.
pub(in crate::api) async fn refused(app: &AppName) -> Result<NoBatches, UiError> {
    let refused = async |endpoint| refusal(service().get_app(&who(), app, endpoint).await);
    Ok(NoBatches {
        saying: refused(Endpoint::PostAnnotations).await?,
        // Taking out asks for what changing and deleting annotations ask for.
        unsaying: match refused(Endpoint::PatchAnnotations).await? {
            None => refused(Endpoint::DeleteAnnotations).await?,
            why => why,
        },
        putting: refused(Endpoint::PostDatasetInputs).await?,
        assigning: refused(Endpoint::PatchTasks).await?,
        deletion: refused(Endpoint::DeleteInputs).await?,
    })
}
