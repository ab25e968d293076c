//! What a model suggests of an input of a task, and whether it was said.

use std::collections::{BTreeMap, BTreeSet};

use atelier_domain::id::{AnnotationId, ModelVersionId};
use atelier_domain::{Conditions, Endpoint, Labels, Permit};
use atelier_store::queries::suggestions::{self, SuggestionRow};
use atelier_store::{Conn, WriteTx};

use super::{Task, find};
use crate::{AppName, Error, Result, Service, Who};

/// From which value on a concept is said to be there.
const THERE: f32 = 0.5;

/// What a model suggests of an input.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The version of the model.
    pub version: String,
    /// The model, as clients named it.
    pub model: String,
    /// What people call it.
    pub name: String,
    /// From which probability on a concept is suggested.
    pub from: f64,
    /// The probability of those of the task's choices that the model knows, in the order of the choices.
    pub found: Vec<(String, f64)>,
}

impl Suggestion {
    fn of(row: SuggestionRow, task: &Task) -> Result<Self> {
        let found: BTreeMap<String, f64> =
            serde_json::from_value(row.found).map_err(|error| Error::fault(&error))?;
        let choices = task.concepts.iter();
        let found = choices.filter_map(|choice| Some((choice.slug.clone(), *found.get(&choice.slug)?)));
        Ok(Self {
            found: found.collect(),
            version: row.version_id.to_string(),
            model: row.model,
            name: row.name,
            from: row.from_value,
        })
    }

    /// The identifiers of the concepts that are suggested.
    pub fn concepts(&self) -> impl Iterator<Item = &str> {
        self.found.iter().filter(|(_, value)| *value >= self.from).map(|(slug, _)| slug.as_str())
    }
}

impl Service {
    /// What a model suggests of an input of a task of the app; nothing, while none does.
    ///
    /// # Errors
    /// When the caller may not see it, or there is no such task.
    pub async fn suggestion(
        &self,
        who: &Who,
        app: &AppName,
        task: &str,
        input: &str,
    ) -> Result<Option<Suggestion>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ViewSuggestions, Conditions::NONE).await?;
        let task = find(&mut tx, &asked.permit, task).await?;
        read(&mut tx, &asked.permit, &task, input).await
    }
}

async fn read(conn: &mut Conn, permit: &Permit, task: &Task, input: &str) -> Result<Option<Suggestion>> {
    let row = suggestions::get(conn, permit, task.row.id, input).await?;
    row.map(|row| Suggestion::of(row, task)).transpose()
}

/// Marks what the permit's holder said of an input within a task as said after `version` suggested something of it, and whether
/// it is that.
///
/// What is no longer suggested so, since the model was trained again meanwhile, cannot be compared, and marks nothing.
///
/// # Errors
/// When the database fails.
pub(super) async fn mark(
    tx: &mut WriteTx,
    permit: &Permit,
    task: &str,
    input: &str,
    version: &str,
    (said, meant): (AnnotationId, &Labels),
) -> Result<()> {
    let task = find(tx, permit, task).await?;
    let Some(suggestion) = read(tx, permit, &task, input).await? else { return Ok(()) };
    let suggested: BTreeSet<&str> = suggestion.concepts().collect();
    let Ok(id) = version.parse::<ModelVersionId>() else { return Ok(()) };
    if suggestion.version != version || suggested.is_empty() {
        return Ok(());
    }
    let there = meant.concepts().into_iter().filter(|(_, value)| *value > THERE);
    let there: BTreeSet<&str> = there.map(|(slug, _)| slug).collect();
    suggestions::mark(tx, permit, said, id, there == suggested).await?;
    Ok(())
}
