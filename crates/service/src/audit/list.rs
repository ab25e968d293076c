//! Reading the audit list of an app, or of one's own account.

use atelier_domain::id::AuditId;
use atelier_domain::{Conditions, Endpoint, Timestamp};
use atelier_store::queries::audit::{self, AuditRow, Filter};

use crate::{AppName, Result, Service, Who};

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Only what was done by people whose name has this in it.
    pub actor: Option<String>,
    /// Only what was done to people or things whose name has this in it.
    pub subject: Option<String>,
    /// Only actions that start so: `collaborator`, `key.rotated`.
    pub action: Option<String>,
    /// Only what happened from this moment on.
    pub from: Option<Timestamp>,
    /// Only what happened before this moment.
    pub until: Option<Timestamp>,
    /// Only entries older than this one.
    pub before: Option<AuditId>,
}

impl AuditFilter {
    fn as_query(&self) -> Filter<'_> {
        fn given(text: &Option<String>) -> Option<&str> {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty())
        }
        Filter {
            actor: given(&self.actor),
            subject: given(&self.subject),
            action: given(&self.action),
            from: self.from,
            until: self.until,
            before: self.before,
        }
    }
}

/// One entry.
pub type AuditEntry = AuditRow;

/// Entries, the newest first.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Whether older ones follow.
    pub more: bool,
}

impl Service {
    /// What was done in `app`, the newest first, `size` entries at most.
    ///
    /// # Errors
    /// When the caller may not read it.
    pub async fn list_app_audit(
        &self,
        who: &Who,
        app: &AppName,
        filter: &AuditFilter,
        size: usize,
    ) -> Result<AuditPage> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListAppAudit, Conditions::NONE).await?;
        let page = audit::list_of_app(&mut tx, &asked.permit, &filter.as_query(), size).await?;
        Ok(AuditPage { entries: page.rows, more: page.more })
    }

    /// What the caller did, and what was done to them, the newest first, `size` entries at most.
    ///
    /// # Errors
    /// When the caller may not read it.
    pub async fn list_own_audit(&self, who: &Who, filter: &AuditFilter, size: usize) -> Result<AuditPage> {
        let mut tx = self.store.read().await?;
        let asked = self.permit_own(&mut tx, who, Endpoint::PostAuditLogSearches).await?;
        let page = audit::list_of_person(&mut tx, &asked.permit, &filter.as_query(), size).await?;
        Ok(AuditPage { entries: page.rows, more: page.more })
    }
}
