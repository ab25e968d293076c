//! Listing collectors, and looking at one.

use std::collections::BTreeMap;

use atelier_domain::collector::State;
use atelier_domain::{Conditions, Endpoint, Permit};
use atelier_store::Conn;
use atelier_store::queries::collectors::{self, CollectorRow};

use crate::{AppName, Error, InApp, Result, Service, Who};

/// A collector, and how it stands at this moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Collector {
    /// The collector. What is noted of one that lost its rights a moment ago, it learns with the next input; here it
    /// stands as stopped already.
    pub row: CollectorRow,
    /// How many it has taken in this hour.
    pub in_hour: i64,
}

impl Service {
    /// `size` collectors of the app after the first `skip`, by their identifiers.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_collectors(
        &self,
        who: &Who,
        app: &AppName,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<Collector>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListCollectors, Conditions::NONE).await?;
        let rows = collectors::list(&mut tx, &asked.permit, skip, size).await?;
        let value = self.standing_now(&mut tx, &asked.permit, rows).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// One collector of the app.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that identifier.
    pub async fn get_collector(&self, who: &Who, app: &AppName, slug: &str) -> Result<InApp<Collector>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetCollector, Conditions::NONE).await?;
        let row = collectors::get(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)?;
        let value = self.stands_now(&mut tx, &asked.permit, row).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// How a collector stands at this moment.
    pub(super) async fn stands_now(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        row: CollectorRow,
    ) -> Result<Collector> {
        self.standing_now(conn, permit, vec![row]).await?.pop().ok_or(Error::NotFound)
    }

    /// How collectors stand at this moment. Each creator, with each key of theirs, is asked about once for each source.
    async fn standing_now(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        rows: Vec<CollectorRow>,
    ) -> Result<Vec<Collector>> {
        let now = self.world.now();
        let mut known = BTreeMap::new();
        let mut standing = Vec::with_capacity(rows.len());
        for mut row in rows {
            if row.state == State::Gathering {
                let acts_as = (row.created_by, row.key_id, row.source.name());
                let lost = match known.get(&acts_as) {
                    Some(lost) => Option::clone(lost),
                    None => {
                        let asked = self.ask_creator(conn, permit, &row, Conditions::NONE).await?;
                        known.entry(acts_as).or_insert(asked.err()).clone()
                    }
                };
                if lost.is_some() {
                    (row.state, row.reason) = (State::Stopped, lost);
                }
            }
            let in_hour = row.counts().in_hour_of(now);
            standing.push(Collector { row, in_hour });
        }
        Ok(standing)
    }
}
