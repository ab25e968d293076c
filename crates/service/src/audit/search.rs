//! Searching the audit list of an app, or of one's own account, as the wire does.

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::audit_search::{self, FoundRow, Search};

use crate::{AppName, Result, Service, Who};

impl Service {
    /// Page `page` (from 1) of `size` entries that fit `search`: of the audit list of `app`, or without one of what
    /// the caller did and of what was done to them.
    ///
    /// # Errors
    /// When the caller may not read it.
    pub async fn search_audit(
        &self,
        who: &Who,
        app: Option<&AppName>,
        search: &Search,
        page: u32,
        size: u32,
    ) -> Result<Vec<FoundRow>> {
        let endpoint = Endpoint::PostAuditLogSearches;
        let mut tx = self.store.read().await?;
        let found = match app {
            Some(app) => {
                let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
                audit_search::of_app(&mut tx, &asked.permit, search, page, size).await?
            }
            None => {
                let asked = self.permit_own(&mut tx, who, endpoint).await?;
                audit_search::of_person(&mut tx, &asked.permit, search, page, size).await?
            }
        };
        Ok(found)
    }
}
