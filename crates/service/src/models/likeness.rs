//! Inputs that are like one another, found by what the public models see in them.
//!
//! The vectors of an app are kept in memory, as bytes, from when somebody first searches among them. Each search first asks
//! the database, in the snapshot in which it is decided, for what changed since: so it finds what is there at that moment,
//! whichever server embedded or deleted it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use atelier_domain::id::{AppId, InputId};
use atelier_domain::{Conditions, Endpoint, Medium, Permit};
use atelier_learn::index::{Index, Metric, Neighbor, Precision};
use atelier_learn::public;
use atelier_store::Conn;
use atelier_store::queries::embeddings::{self, ChangedRow};
use atelier_store::queries::inputs::{self, InputRow};
use uuid::Uuid;

use super::catalogue;
use super::embedding::read;
use crate::computing::compute;
use crate::{AppName, Error, Result, Service, Who};

/// How many changes are asked for at once.
const CHANGES: usize = 2_000;

/// How much memory vectors take, in bytes: beyond it, those of the apps that were searched longest ago are forgotten.
const MOST_MEMORY: usize = 512 << 20;

/// Inputs that are like another one.
#[derive(Clone, Debug, Default)]
pub struct Alike {
    /// Whether it is known what that one is like: if not, it waits to be embedded, or could not be.
    pub is_known: bool,
    /// The others, the likest first, each with how alike it is: 1, if it is the same.
    pub inputs: Vec<(InputRow, f32)>,
}

/// The vectors that are kept in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Indexes(Arc<Mutex<HashMap<(AppId, &'static str), Shelf>>>);

/// Where the vectors of one kind of inputs of an app are kept; nowhere, while somebody works on them or if that failed.
#[derive(Clone, Debug, Default)]
struct Shelf {
    kept: Arc<tokio::sync::Mutex<Option<Kept>>>,
    /// How much memory they took last.
    memory: usize,
    /// How often anything had been searched for when they were searched last.
    used: u64,
}

/// Vectors, as they were after a change.
#[derive(Debug)]
struct Kept {
    index: Index,
    after: i64,
}

impl Kept {
    fn empty(kind: Medium) -> Self {
        let width = match kind {
            Medium::Image => public::PICTURE_WIDTH,
            Medium::Text => public::TEXT_WIDTH,
        };
        Self { index: Index::new(width, Metric::Cosine, Precision::Fine), after: 0 }
    }

    /// Takes in what changed.
    fn take(&mut self, rows: Vec<ChangedRow>, model: &str) {
        for row in rows {
            let key = row.input_id.0.as_u128();
            self.after = row.change;
            let vector = row.vector.filter(|_| row.model == model);
            // What another model saw, or is no vector at all, is like nothing here.
            let is_kept = vector.is_some_and(|vector| self.index.insert(key, &read(&vector)).is_ok());
            if !is_kept {
                self.index.remove(key);
            }
        }
    }
}

impl Service {
    /// The `size` inputs of the app that are most like `slug`, of those that the caller reaches.
    ///
    /// # Errors
    /// When the caller may not search, or there is no such input.
    pub async fn alike(&self, who: &Who, app: &AppName, slug: &str, size: usize) -> Result<Alike> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostInputsSearches, Conditions::NONE).await?;
        let permit = &asked.permit;
        let input = inputs::get(&mut tx, permit, slug).await?.ok_or(Error::NotFound)?;
        let model = match input.kind {
            Medium::Image => catalogue::PICTURES,
            Medium::Text => catalogue::TEXTS,
        };
        let own = embeddings::get(&mut tx, permit, input.id).await?.filter(|own| own.model == model);
        let Some(own) = own else { return Ok(Alike::default()) };
        let reached = embeddings::reached(&mut tx, permit).await?;
        let reached: Option<HashSet<u128>> =
            reached.map(|ids| ids.into_iter().map(|id| id.0.as_u128()).collect());
        let own_key = input.id.0.as_u128();
        let is_sought =
            move |key| key != own_key && reached.as_ref().is_none_or(|reached| reached.contains(&key));
        let query = read(&own.vector);
        let near = self.nearest(&mut tx, permit, input.kind, model, query, size, is_sought).await?;
        let ids: Vec<InputId> = near.iter().map(|near| InputId(Uuid::from_u128(near.key))).collect();
        let rows = inputs::get_all(&mut tx, permit, &ids).await?;
        let mut rows: HashMap<u128, InputRow> =
            rows.into_iter().map(|row| (row.id.0.as_u128(), row)).collect();
        let inputs = near.iter().filter_map(|near| Some((rows.remove(&near.key)?, near.similarity)));
        Ok(Alike { is_known: true, inputs: inputs.collect() })
    }

    /// The nearest vectors of the inputs of a kind of the permit's app, among those that are sought.
    #[expect(clippy::too_many_arguments, reason = "each is one thing that is asked")]
    async fn nearest(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        kind: Medium,
        model: &'static str,
        query: Vec<f32>,
        size: usize,
        is_sought: impl Fn(u128) -> bool + Send + 'static,
    ) -> Result<Vec<Neighbor>> {
        let place = (permit.app(), kind.name());
        let shelf = self.indexes.shelf(place);
        // Others wait meanwhile: what the first has fetched, they need not.
        let mut shelf = shelf.lock().await;
        let mut kept = shelf.take().unwrap_or_else(|| Kept::empty(kind));
        loop {
            let rows = embeddings::changed(conn, permit, kind, kept.after, CHANGES).await?;
            let is_last = rows.len() < CHANGES;
            if !rows.is_empty() {
                let taking = compute(move || {
                    kept.take(rows, model);
                    kept
                });
                kept = taking.await.map_err(|error| Error::fault(&error))?;
            }
            if is_last {
                break;
            }
        }
        let searching = compute(move || {
            let near = kept.index.nearest(&query, size, is_sought);
            (kept, near)
        });
        let (kept, near) = searching.await.map_err(|error| Error::fault(&error))?;
        self.indexes.note(place, kept.index.memory());
        *shelf = Some(kept);
        near.map_err(|error| Error::fault(&error))
    }
}

impl Indexes {
    /// Where the vectors of that kind of inputs of the app are kept.
    fn shelf(&self, place: (AppId, &'static str)) -> Arc<tokio::sync::Mutex<Option<Kept>>> {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = shelves.values().map(|shelf| shelf.used).max().unwrap_or_default();
        let shelf = shelves.entry(place).or_default();
        shelf.used = last.saturating_add(1);
        shelf.kept.clone()
    }

    /// Notes how much memory those take that were searched, and forgets others if all take too much.
    fn note(&self, place: (AppId, &'static str), memory: usize) {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shelf) = shelves.get_mut(&place) {
            shelf.memory = memory;
        }
        while shelves.values().map(|shelf| shelf.memory).sum::<usize>() > MOST_MEMORY {
            let others = shelves.iter().filter(|(other, _)| **other != place);
            let Some(oldest) = others.min_by_key(|(_, shelf)| shelf.used).map(|(other, _)| *other) else {
                return;
            };
            shelves.remove(&oldest);
        }
    }
}
