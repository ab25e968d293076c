//! Searching inputs.

use atelier_domain::{Endpoint, Permit};
use atelier_store::Conn;
use atelier_store::queries::finding;

use super::{Page, Part, Query};
use crate::annotations::status;
use crate::inputs::InputWithSaid;
use crate::{AppName, InApp, Result, Service, Who};

impl Service {
    /// The inputs of the app that are found by `query`, with what is said of them. `endpoint` is `PostInputsSearches` or
    /// `PostSearches`.
    ///
    /// # Errors
    /// When the caller may not search, or the query is not valid.
    pub async fn search_inputs(
        &self,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        query: &Query,
        part: Part,
    ) -> Result<InApp<Page<InputWithSaid>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, endpoint, query.conditions()).await?;
        query.check()?;
        let value = find(&mut tx, &asked.permit, query, part).await?;
        Ok(InApp { app: asked.app, value })
    }
}

pub(super) async fn find(
    conn: &mut Conn,
    permit: &Permit,
    query: &Query,
    part: Part,
) -> Result<Page<InputWithSaid>> {
    let found = finding::inputs(conn, permit, &query.after(part), part.skip, part.size).await?;
    let rows = finding::input_rows(conn, permit, &found.rows, status::SUCCESS).await?;
    let rows = rows.into_iter().map(|row| InputWithSaid::of(row, permit)).collect();
    Ok(Page { rows, more: found.more })
}
