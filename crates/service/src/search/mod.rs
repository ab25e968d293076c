//! Searches: finding inputs and annotations by a filter, and keeping what is asked for.
//!
//! A search finds what fits, the newest or the oldest first; [`Service::search_alike`](crate::Service::search_alike) ranks it by
//! how alike it is to something.

mod annotations;
mod by_id;
mod count;
mod delete;
mod inputs;
mod list;
mod patch;
mod post;

use atelier_domain::{Condition, Conditions, Filter};
use atelier_store::queries::finding;
use serde_json::{Value, json};
use uuid::Uuid;

pub use atelier_domain::filter::Subject;
pub use atelier_store::queries::Page;
pub use atelier_store::queries::searches::SearchRow;
pub use by_id::{Finds, Found};
pub use count::COUNTED;
pub use patch::PatchSearch;
pub use post::NewSearch;

use crate::{Error, Result};

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// What finds must have.
    pub filter: Filter,
    /// Whether the oldest come first; else the newest do.
    pub oldest_first: bool,
}

/// Which of the finds are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The identifier of the last one that is known already: only those behind it are wanted.
    pub after: Option<Uuid>,
    /// How many of these come before the first that is wanted.
    pub skip: usize,
    /// How many are wanted at most.
    pub size: usize,
}

/// What the audit list tells of a search.
fn audited(row: &SearchRow) -> Value {
    json!({ "name": row.name, "subject": row.subject.name(), "filter": row.filter.to_string() })
}

impl Query {
    pub(crate) fn check(&self) -> Result<()> {
        self.filter.check().map_err(|error| Error::invalid("query", error))
    }

    /// What makes further scopes necessary: whoever may not see datasets must not learn what is in them.
    pub(crate) fn conditions(&self) -> Conditions {
        Conditions::NONE.and(Condition::NamesDatasets, self.names_datasets())
    }

    fn names_datasets(&self) -> bool {
        self.filter.has(&|filter: &Filter| matches!(filter, Filter::Dataset(_)))
    }

    pub(crate) fn after(&self, part: Part) -> finding::Search<'_> {
        finding::Search { filter: &self.filter, oldest_first: self.oldest_first, after: part.after }
    }
}
