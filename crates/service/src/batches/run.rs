//! Doing it, part by part.

use atelier_domain::id::{BatchId, InputId};
use atelier_domain::{Conditions, Endpoint, Permit};
use atelier_store::queries::{batch_items, batches, dataset_inputs, finding, inputs};
use atelier_store::{Event, WriteTx};
use serde_json::json;
use tracing::Instrument as _;

use super::{
    AT_ONCE, Act, BatchRow, BatchState, ItemRow, ItemState, count, inputs_of, needed, undone_by, who,
};
use crate::annotations::status;
use crate::audit::{Action, Actor, Done};
use crate::search::{Part, Query};
use crate::{AppName, Asked, Error, Result, Service, Who, datasets};

/// Inputs to which something is done next.
struct Next {
    items: Vec<ItemRow>,
    /// The last of them, if they were found.
    last: Option<InputId>,
    /// Whether there are more.
    more: bool,
}

/// What is left to be done once a part is committed.
#[derive(Default)]
pub(super) struct After {
    /// Where the bytes are of what was deleted.
    forgotten: Vec<String>,
}

impl Service {
    /// Works on a batch beside requests, until it ends or the server stops.
    pub(super) fn work_on(&self, id: BatchId) {
        let service = self.clone();
        let working = async move {
            // A server that stops waits for the part that is under way, and leaves the rest to the next.
            while !service.background.is_closed() {
                match service.work_once(id).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(error) => {
                        tracing::warn!(%error, batch.id = %id, "a batch waits until it can go on");
                        return;
                    }
                }
            }
        };
        self.background.spawn(working.in_current_span());
    }

    /// Does the next part of a batch; answers whether there is another one.
    ///
    /// # Errors
    /// When something below fails: then the part was not done.
    async fn work_once(&self, id: BatchId) -> Result<bool> {
        let row = batches::get_to_work(&mut *self.store.read().await?, id).await?;
        let Some(row) = row else { return Ok(false) };
        let worked = match row.state {
            BatchState::Running => self.do_part(&row).await,
            BatchState::Undoing => self.undo_part(&row).await,
            _ => return Ok(false),
        };
        match worked {
            Err(error @ (Error::Unavailable | Error::Internal { .. } | Error::Throttled { .. })) => {
                Err(error)
            }
            // Whoever began it may no longer, or what it was about is gone.
            Err(error) => {
                self.stop(id, &error).await?;
                Ok(false)
            }
            Ok(more) => Ok(more),
        }
    }

    /// Notes that a batch cannot go on, and why.
    async fn stop(&self, id: BatchId, error: &Error) -> Result<()> {
        let mut tx = self.store.write().await?;
        let Some(mut row) = batches::hold(&mut tx, id).await? else { return Ok(()) };
        if matches!(row.state, BatchState::Running | BatchState::Undoing) {
            row.state = BatchState::Stopped;
            row.why = match error {
                Error::NotFound => "what it is about is no longer there".to_owned(),
                other => other.to_string(),
            };
            batches::update(&mut tx, &row, self.world.now()).await?;
            tx.announce(Event::Data(row.app_id));
        }
        tx.commit().await?;
        Ok(())
    }

    async fn do_part(&self, seen: &BatchRow) -> Result<bool> {
        let (who, app) = (who(seen)?, AppName::Id(seen.app_id));
        let next = self.next(seen, &who, &app).await?;
        let mut tx = self.store.write().await?;
        let Some(mut row) = batches::hold(&mut tx, seen.id).await? else { return Ok(false) };
        if row.state != seen.state || places(&row) != places(seen) {
            // Somebody stopped it, or another server has come on with it.
            return Ok(true);
        }
        let (endpoint, conditions) = needed(row.act);
        let asked = self.permit(&mut tx, &who, &app, endpoint, conditions).await?;
        let mut after = After::default();
        let became = match row.act {
            Act::Say | Act::Deny => self.say_part(&mut tx, &who, &asked, &row, next.items).await?,
            Act::Unsay => self.unsay_part(&mut tx, &who, &asked, &row, next.items).await?,
            Act::Put => self.put_part(&mut tx, &asked.permit, &row, next.items).await?,
            Act::Assign => self.assign_part(&mut tx, &asked.permit, &row, next.items).await?,
            Act::Delete => self.delete_part(&mut tx, &who, &asked, next.items, &mut after).await?,
        };
        for item in &became {
            match item.state {
                ItemState::Done => row.done += 1,
                ItemState::Same => row.same += 1,
                _ => row.failed += 1,
            }
        }
        batch_items::keep(&mut tx, row.id, &became).await?;
        row.last_input = next.last.or(row.last_input);
        if !next.more {
            row.state = BatchState::Done;
            tx.announce(Event::Data(row.app_id));
        }
        batches::update(&mut tx, &row, self.world.now()).await?;
        tx.commit().await?;
        // Only now: had the transaction failed, they would still be needed.
        self.forget(after.forgotten).await;
        Ok(next.more)
    }

    /// The inputs that come next.
    async fn next(&self, row: &BatchRow, who: &Who, app: &AppName) -> Result<Next> {
        let mut tx = self.store.read().await?;
        let Some(filter) = &row.filter else {
            let mut items = batch_items::standing(&mut tx, row.id, ItemState::Waiting, AT_ONCE + 1).await?;
            let more = items.len() > AT_ONCE;
            items.truncate(AT_ONCE);
            return Ok(Next { items, last: None, more });
        };
        let query = Query { filter: filter.clone(), oldest_first: false };
        let searches = Endpoint::PostInputsSearches;
        let asked = self.permit(&mut tx, who, app, searches, query.conditions()).await?;
        // The newest first: what is added meanwhile comes before where it begins.
        let part = Part { after: row.last_input.map(|id| id.0), skip: 0, size: AT_ONCE };
        let found = finding::inputs(&mut tx, &asked.permit, &query.after(part), 0, part.size).await?;
        let rows = finding::input_rows(&mut tx, &asked.permit, &found.rows, status::SUCCESS).await?;
        let first = places(row);
        let item = |(place, row): (usize, atelier_store::queries::inputs::InputSaidRow)| ItemRow {
            position: first.saturating_add(count(place)),
            input: row.input.slug,
            state: ItemState::Waiting,
            annotation: None,
            earlier: None,
            why: String::new(),
            taken: None,
        };
        let items = rows.into_iter().enumerate().map(item).collect();
        Ok(Next { items, last: found.rows.last().copied(), more: found.more })
    }

    async fn put_part(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        row: &BatchRow,
        items: Vec<ItemRow>,
    ) -> Result<Vec<ItemRow>> {
        let into = datasets::kept(tx, permit, &row.subject).await?;
        let slugs = inputs_of(&items);
        let known = dataset_inputs::keep_inputs(tx, permit, &slugs).await?;
        let held = dataset_inputs::named(tx, permit, into.id, &slugs, status::SUCCESS).await?;
        let held: Vec<String> = held.into_iter().map(|row| row.input.input.slug).collect();
        dataset_inputs::insert(tx, permit, into.id, &slugs, self.world.now()).await?;
        let became = |item: ItemRow| {
            if held.contains(&item.input) {
                ItemRow { state: ItemState::Same, ..item }
            } else if known.contains(&item.input) {
                ItemRow { state: ItemState::Done, ..item }
            } else {
                gone(item)
            }
        };
        Ok(items.into_iter().map(became).collect())
    }

    async fn delete_part(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        asked: &Asked<Permit>,
        items: Vec<ItemRow>,
        after: &mut After,
    ) -> Result<Vec<ItemRow>> {
        let slugs: Vec<String> = items.iter().map(|item| item.input.clone()).collect();
        let deleted = inputs::delete(tx, &asked.permit, &slugs).await?;
        let named: Vec<&str> = deleted.iter().map(|row| row.slug.as_str()).collect();
        if !named.is_empty() {
            let subject = format!("{} inputs", named.len());
            let done = Done {
                app: Some(asked.permit.app()),
                before: Some(json!({ "inputs": named })),
                ..Done::new(Action::InputsDeleted, &subject)
            };
            self.audit(tx, Actor::in_app(asked, &who.origin), &done);
        }
        let became = |item: ItemRow| match named.contains(&item.input.as_str()) {
            true => ItemRow { state: ItemState::Done, ..item },
            false => gone(item),
        };
        let became = items.into_iter().map(became).collect();
        let keys = deleted.into_iter().flat_map(|row| [row.object_key, row.thumbnail_key]).flatten();
        after.forgotten.extend(keys);
        Ok(became)
    }

    /// Undoes the next part of a batch; answers whether there is another one.
    async fn undo_part(&self, seen: &BatchRow) -> Result<bool> {
        let (who, app) = (who(seen)?, AppName::Id(seen.app_id));
        let endpoint = undone_by(seen.act).ok_or(Error::NotFound)?;
        let mut tx = self.store.write().await?;
        let Some(mut row) = batches::hold(&mut tx, seen.id).await? else { return Ok(false) };
        if row.state != BatchState::Undoing {
            return Ok(true);
        }
        let asked = self.permit(&mut tx, &who, &app, endpoint, Conditions::NONE).await?;
        let mut items = batch_items::to_undo(&mut tx, row.id, AT_ONCE + 1).await?;
        let more = items.len() > AT_ONCE;
        items.truncate(AT_ONCE);
        let became = match row.act {
            Act::Put => self.take_out_part(&mut tx, &who, &asked, &row, items).await?,
            Act::Assign => self.withdraw_part(&mut tx, &asked.permit, &row, items).await?,
            Act::Unsay => self.put_back_part(&mut tx, &who, &asked, &row, items).await?,
            _ => self.take_back_part(&mut tx, &who, &asked, &row, items).await?,
        };
        row.undone += count(became.iter().filter(|item| item.state == ItemState::Undone).count());
        batch_items::keep(&mut tx, row.id, &became).await?;
        if !more {
            row.state = BatchState::Undone;
            tx.announce(Event::Data(row.app_id));
        }
        batches::update(&mut tx, &row, self.world.now()).await?;
        tx.commit().await?;
        Ok(more)
    }
}

/// How many inputs are through.
fn places(row: &BatchRow) -> i64 {
    row.done + row.same + row.failed
}

/// An input that somebody has deleted meanwhile.
pub(super) fn gone(item: ItemRow) -> ItemRow {
    ItemRow { state: ItemState::Failed, why: "there is no such input any more".into(), ..item }
}
