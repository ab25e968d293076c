//! Beginning to do something to many inputs.

use std::collections::BTreeSet;

use atelier_domain::filter::Subject;
use atelier_domain::id::BatchId;
use atelier_domain::{Endpoint, Label, Labels, Permit};
use atelier_store::WriteTx;
use atelier_store::queries::{batch_items, batches, concepts, finding};

use super::{Act, BatchRow, FOUND, ItemRow, ItemState, NAMED, concept, count, needed};
use crate::datasets;
use crate::search::Query;
use crate::tasks::{open_task, status};
use crate::{AppName, Asked, Error, Result, Service, Who};

/// Which inputs.
#[derive(Clone, Debug, PartialEq)]
pub enum Chosen {
    /// Those of these identifiers.
    Named(Vec<String>),
    /// All that are found.
    Matching(Query),
}

/// Something to be done to inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBatch {
    /// What.
    pub act: Act,
    /// The concept, dataset or task by which, by its identifier; nothing for what is deleted.
    pub subject: String,
    /// To which inputs.
    pub chosen: Chosen,
}

impl Service {
    /// Begins to do something to many inputs of the app, and answers at once: it is done beside this request. Of inputs
    /// that are found, those that are added later are left out.
    ///
    /// # Errors
    /// When the caller may not do it, or search; when no input is chosen, or too many are named; or when there is no such
    /// concept, dataset or task, or the task is over.
    pub async fn begin_batch(&self, who: &Who, app: &AppName, new: &NewBatch) -> Result<BatchRow> {
        let proof = Self::shown(who)?;
        let (endpoint, conditions) = needed(new.act);
        let found = match &new.chosen {
            Chosen::Named(_) => None,
            Chosen::Matching(query) => {
                // Counted before anybody has to wait for the one writer.
                let mut tx = self.store.read().await?;
                self.permit(&mut tx, who, app, endpoint, conditions).await?;
                let searches = Endpoint::PostInputsSearches;
                let asked = self.permit(&mut tx, who, app, searches, query.conditions()).await?;
                query.check()?;
                let permit = &asked.permit;
                Some(finding::count(&mut tx, permit, Subject::Inputs, &query.filter, FOUND).await?)
            }
        };
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, conditions).await?;
        let named = match &new.chosen {
            Chosen::Named(slugs) => each_once(slugs),
            Chosen::Matching(_) => Vec::new(),
        };
        let total = found.unwrap_or(named.len());
        if total == 0 {
            return Err(Error::invalid("chosen", "must be at least one input"));
        }
        if named.len() > NAMED {
            return Err(Error::invalid("chosen", format!("must be at most {NAMED} inputs at once")));
        }
        self.check_subject(&mut tx, &asked, new.act, &new.subject).await?;
        let now = self.world.now();
        let id = BatchId::new(now, &self.world.salt());
        let filter = match &new.chosen {
            Chosen::Named(_) => None,
            Chosen::Matching(query) => Some(&query.filter),
        };
        let batch = batches::NewBatch {
            id,
            proof,
            address: &who.origin.address,
            user_agent: &who.origin.user_agent,
            act: new.act,
            subject: &new.subject,
            filter,
            total,
        };
        batches::insert(&mut tx, &asked.permit, &batch, now).await?;
        let waiting = |(position, input): (usize, &str)| ItemRow {
            position: count(position),
            input: input.to_owned(),
            state: ItemState::Waiting,
            annotation: None,
            earlier: None,
            why: String::new(),
            taken: None,
        };
        let items: Vec<ItemRow> = named.into_iter().enumerate().map(waiting).collect();
        batch_items::keep(&mut tx, id, &items).await?;
        let row = batches::get_to_work(&mut tx, id).await?.ok_or(Error::NotFound)?;
        tx.commit().await?;
        self.work_on(id);
        Ok(row)
    }

    /// Whether the concept, dataset or task is there by which something is to be done. A concept that is to be said is made, if
    /// the caller may add concepts.
    async fn check_subject(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        act: Act,
        subject: &str,
    ) -> Result<()> {
        match act {
            Act::Say | Act::Deny => {
                let label = Label { concept: concept(subject)?, value: 1.0 };
                let labels = Labels { concepts: vec![label], regions: Vec::new() };
                self.provide_concepts(tx, asked, &labels).await
            }
            Act::Unsay => {
                let concept = concept(subject)?;
                let known = concepts::get(tx, &asked.permit, concept.as_str()).await?;
                known.map(drop).ok_or_else(|| {
                    Error::invalid("concept", format!("must be one of this app: `{concept}` is none"))
                })
            }
            Act::Put => {
                let none = |error| match error {
                    Error::NotFound => {
                        Error::invalid("dataset", format!("must be one of this app: `{subject}` is none"))
                    }
                    other => other,
                };
                datasets::kept(tx, &asked.permit, subject).await.map(drop).map_err(none)
            }
            Act::Assign => match open_task(tx, &asked.permit, subject).await {
                Ok(task) if task.row.status == status::DONE => {
                    Err(Error::invalid("task", format!("must be one that is open: `{subject}` is done")))
                }
                Ok(_) => Ok(()),
                Err(Error::NotFound) => {
                    Err(Error::invalid("task", format!("must be one of this app: `{subject}` is none")))
                }
                Err(Error::Conflict(why)) => {
                    Err(Error::invalid("task", format!("must be one that is open: {why}")))
                }
                Err(other) => Err(other),
            },
            Act::Delete => Ok(()),
        }
    }
}

/// These, in their order, without what is named again.
fn each_once(slugs: &[String]) -> Vec<&str> {
    let mut known = BTreeSet::new();
    slugs.iter().map(|slug| slug.trim()).filter(|slug| !slug.is_empty() && known.insert(*slug)).collect()
}
