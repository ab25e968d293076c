//! Searching annotations.

use atelier_domain::{Endpoint, Permit};
use atelier_store::Conn;
use atelier_store::queries::finding;

use super::{Page, Part, Query};
use crate::annotations::AnnotationRow;
use crate::{AppName, InApp, Result, Service, Who};

impl Service {
    /// The annotations of the app that are found by `query`.
    ///
    /// # Errors
    /// When the caller may not search, or the query is not valid.
    pub async fn search_annotations(
        &self,
        who: &Who,
        app: &AppName,
        query: &Query,
        part: Part,
    ) -> Result<InApp<Page<AnnotationRow>>> {
        let mut tx = self.store.read().await?;
        let endpoint = Endpoint::PostAnnotationsSearches;
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
) -> Result<Page<AnnotationRow>> {
    let found = finding::annotations(conn, permit, &query.after(part), part.skip, part.size).await?;
    let rows = finding::annotation_rows(conn, permit, &found.rows).await?;
    Ok(Page { rows, more: found.more })
}
