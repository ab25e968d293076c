//! Inputs that are like something: another input, a picture, or a sentence.
//!
//! The vectors of an app are kept in memory, as bytes, from when somebody first searches among them. Each search first asks
//! the database, in the snapshot in which it is decided, for what changed since: so it finds what is there at that moment,
//! whichever server embedded or deleted it.
//!
//! What a search asks for besides is asked of the database about those that are likest; and if it lets few through at all,
//! they are looked for among these.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use atelier_domain::filter::Filter;
use atelier_domain::id::{AppId, InputId};
use atelier_domain::{Endpoint, Medium, Permit};
use atelier_learn::index::{Index, Metric, Neighbor, Precision};
use atelier_learn::public;
use atelier_store::Conn;
use atelier_store::queries::embeddings::{self, ChangedRow, Space};
use atelier_store::queries::finding::{self, Search};
use atelier_store::queries::inputs;
use uuid::Uuid;

use super::catalogue;
use super::embedding::read;
use crate::annotations::status;
use crate::computing::compute;
use crate::inputs::{Content, InputWithSaid};
use crate::search::Query;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// How many changes are asked for at once.
const CHANGES: usize = 2_000;

/// How much memory vectors take, in bytes: beyond it, those of the apps that were searched longest ago are forgotten.
const MOST_MEMORY: usize = 512 << 20;

/// How far finds are ranked: nobody looks at what is less like it than so many others.
pub const MOST_RANKED: usize = 1_000;

/// How many of the likest are asked about first, for each that is wanted; and by how many times more each time that too
/// few of them are let through.
const ASKED: usize = 4;
const MORE: usize = 16;

/// Up to how many inputs that a search lets through are looked through for those that are likest.
const FEW: usize = 10_000;

/// What inputs are to be like.
#[derive(Clone, Debug)]
pub enum Likeness {
    /// Another input of the app.
    Input(String),
    /// A picture, or a text: then texts about the same, and pictures that show it.
    Content(Content),
}

/// Which of those that are like something are wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likest {
    /// How many come before the first that is wanted.
    pub skip: usize,
    /// How many are wanted at most; beyond [`MOST_RANKED`] in all there are none.
    pub size: usize,
    /// Only those that are at least so alike, up to 1.
    pub from: f32,
}

/// Inputs that are like something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alike {
    /// Whether it is known what that is like: if not, it is an input that waits to be embedded, or could not be.
    pub is_known: bool,
    /// The others, the likest first, each with how alike it is: 1, if it is the same.
    pub inputs: Vec<(InputWithSaid, f32)>,
}

/// What is looked for, as a vector.
struct Sought {
    vector: Vec<f32>,
    /// Among which vectors.
    spaces: &'static [Space],
    /// The input itself, which is not meant.
    except: Option<InputId>,
}

/// The vectors that are kept in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Indexes(Arc<Mutex<HashMap<(AppId, Space), Shelf>>>);

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
    fn empty(space: Space) -> Self {
        let width = match space {
            Space::Looks => public::PICTURE_WIDTH,
            Space::Meanings | Space::Texts => public::TEXT_WIDTH,
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
    /// The inputs of the app that are found by `query`, those first that are most like `likeness`. `endpoint` is
    /// `PostInputsSearches`, `PostAnnotationsSearches` or `PostSearches`.
    ///
    /// # Errors
    /// When the caller may not search, the query is not valid, there is no such input, or what is given cannot be read.
    pub async fn search_alike(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        query: &Query,
        likeness: Likeness,
        likest: Likest,
    ) -> Result<InApp<Alike>> {
        query.check()?;
        if !(-1.0..=1.0).contains(&likest.from) {
            return Err(Error::invalid("min_value", "must be between -1 and 1"));
        }
        let (input, content) = match likeness {
            Likeness::Input(slug) => (Some(slug), None),
            Likeness::Content(content) => {
                // Nothing is computed for whoever may not ask, and nothing of the database is held while it is.
                let mut tx = self.store.read().await?;
                self.permit(&mut tx, who, app, endpoint, query.conditions()).await?;
                drop(tx);
                (None, Some(self.sought(content).await?))
            }
        };
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, query.conditions()).await?;
        let permit = &asked.permit;
        let sought = match input {
            Some(slug) => sought_like(&mut tx, permit, &slug).await?,
            None => content,
        };
        let Some(sought) = sought else { return Ok(InApp { app: asked.app, value: Alike::default() }) };
        let end = likest.skip.saturating_add(likest.size).min(MOST_RANKED);
        let near = self.ranked(&mut tx, permit, &query.filter, &sought, end).await?;
        let near = near.into_iter().filter(|(_, similarity)| *similarity >= likest.from).skip(likest.skip);
        let near: Vec<(InputId, f32)> = near.collect();
        let ids: Vec<InputId> = near.iter().map(|(id, _)| *id).collect();
        let rows = finding::input_rows(&mut tx, permit, &ids, status::SUCCESS).await?;
        let similarities: HashMap<InputId, f32> = near.into_iter().collect();
        let inputs = rows.into_iter().filter_map(|row| {
            let similarity = *similarities.get(&row.input.id)?;
            Some((InputWithSaid::of(row, permit), similarity))
        });
        let inputs = inputs.collect();
        Ok(InApp { app: asked.app, value: Alike { is_known: true, inputs } })
    }

    /// What a picture or text is like.
    async fn sought(&self, content: Content) -> Result<Sought> {
        let (found, spaces): (_, &[Space]) = match content.medium() {
            Medium::Image => {
                let picture = self.picture_of(content).await;
                let seen = self.engine.look(&self.pictures, vec![picture]).await;
                (seen.into_iter().next().map(|seen| seen.map(|seen| seen.embedding)), &[Space::Looks])
            }
            Medium::Text => {
                let text = self.text_of(content).await;
                let read = self.engine.embed(vec![text]).await;
                (read.into_iter().next(), &[Space::Texts, Space::Meanings])
            }
        };
        let vector = found.unwrap_or(Err(Error::Unavailable))?;
        Ok(Sought { vector, spaces, except: None })
    }

    /// The first `size` of the inputs that the filter lets through and the permit's holder reaches, the likest first, each
    /// with how alike it is.
    async fn ranked(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        filter: &Filter,
        sought: &Sought,
        size: usize,
    ) -> Result<Vec<(InputId, f32)>> {
        let mut asked = size.saturating_mul(ASKED);
        loop {
            let near = self.near(conn, permit, sought, asked, None).await?;
            let ids: Vec<InputId> = near.iter().map(|(id, _)| *id).collect();
            let there: HashSet<InputId> =
                finding::among(conn, permit, filter, &ids).await?.into_iter().collect();
            if there.len() >= size || near.len() < asked {
                return Ok(near.into_iter().filter(|(id, _)| there.contains(id)).take(size).collect());
            }
            let search = Search { filter, oldest_first: false, after: None };
            let few = finding::inputs(conn, permit, &search, 0, FEW).await?;
            if !few.more {
                return self.near(conn, permit, sought, size, Some(few.rows.into_iter().collect())).await;
            }
            asked = asked.saturating_mul(MORE);
        }
    }

    /// The `size` inputs of the permit's app that are likest, of all or of `few`.
    async fn near(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        sought: &Sought,
        size: usize,
        few: Option<HashSet<InputId>>,
    ) -> Result<Vec<(InputId, f32)>> {
        let few = few.map(Arc::new);
        let mut near = Vec::new();
        for space in sought.spaces {
            let (except, few) = (sought.except, few.clone());
            let is_meant = move |key| {
                let id = InputId(Uuid::from_u128(key));
                Some(id) != except && few.as_ref().is_none_or(|few| few.contains(&id))
            };
            let found = self.nearest(conn, permit, *space, sought.vector.clone(), size, is_meant).await?;
            near.extend(found.into_iter().map(|one| (InputId(Uuid::from_u128(one.key)), one.similarity)));
        }
        near.sort_by(likest_first);
        near.truncate(size);
        Ok(near)
    }

    /// The nearest vectors of the permit's app in a space, among those that are meant.
    async fn nearest(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        space: Space,
        query: Vec<f32>,
        size: usize,
        is_meant: impl Fn(u128) -> bool + Send + 'static,
    ) -> Result<Vec<Neighbor>> {
        let searching = move |index: &Index| index.nearest(&query, size, is_meant);
        let near = self.among_vectors(conn, permit, space, searching).await?;
        near.map_err(|error| Error::fault(&error))
    }

    /// What `work` finds among all vectors of the permit's app in a space.
    pub(super) async fn among_vectors<T: Send + 'static>(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        space: Space,
        work: impl FnOnce(&Index) -> T + Send + 'static,
    ) -> Result<T> {
        let place = (permit.app(), space);
        let model = catalogue::embedder(space.medium());
        let shelf = self.indexes.shelf(place);
        // Others wait meanwhile: what the first has fetched, they need not.
        let mut shelf = shelf.lock().await;
        let mut kept = shelf.take().unwrap_or_else(|| Kept::empty(space));
        loop {
            let rows = embeddings::changed(conn, permit, space, kept.after, CHANGES).await?;
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
        let working = compute(move || {
            let found = work(&kept.index);
            (kept, found)
        });
        let (kept, found) = working.await.map_err(|error| Error::fault(&error))?;
        self.indexes.note(place, kept.index.memory());
        *shelf = Some(kept);
        Ok(found)
    }
}

/// What the input `slug` is like, if that is known yet.
///
/// # Errors
/// When there is none that the permit's holder reaches.
async fn sought_like(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<Sought>> {
    let input = inputs::get(conn, permit, slug).await?.ok_or(Error::NotFound)?;
    let own = embeddings::get(conn, permit, input.id).await?;
    let own = own.filter(|own| own.model == catalogue::embedder(input.kind));
    let spaces: &[Space] = match input.kind {
        Medium::Image => &[Space::Looks],
        Medium::Text => &[Space::Texts],
    };
    Ok(own.map(|own| Sought { vector: read(&own.vector), spaces, except: Some(input.id) }))
}

/// Of two that are equally alike, the newer one.
fn likest_first((one, nearness): &(InputId, f32), (other, farness): &(InputId, f32)) -> Ordering {
    farness.total_cmp(nearness).then_with(|| other.cmp(one))
}

impl Indexes {
    /// Where the vectors of that kind of inputs of the app are kept.
    fn shelf(&self, place: (AppId, Space)) -> Arc<tokio::sync::Mutex<Option<Kept>>> {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = shelves.values().map(|shelf| shelf.used).max().unwrap_or_default();
        let shelf = shelves.entry(place).or_default();
        shelf.used = last.saturating_add(1);
        shelf.kept.clone()
    }

    /// Notes how much memory those take that were searched, and forgets others if all take too much.
    fn note(&self, place: (AppId, Space), memory: usize) {
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
