//! Every query, by what it is about.

pub mod access;
pub mod annotation_history;
pub mod annotations;
pub mod apps;
pub mod assignment_reviews;
pub mod assignments;
pub mod audit;
pub mod audit_chain;
pub mod audit_search;
pub mod batch_items;
pub mod batches;
pub mod collectors;
pub mod concept_languages;
pub mod concept_relations;
pub mod concepts;
pub mod dataset_inputs;
pub mod dataset_versions;
pub mod datasets;
pub mod embeddings;
pub mod examples;
pub mod exports;
pub mod factors;
pub mod finding;
pub mod first_links;
pub mod grants;
pub mod identities;
pub mod input_jobs;
pub mod inputs;
pub mod invitations;
pub mod keys;
pub mod limits;
pub mod mails;
pub mod model_files;
pub mod model_inputs;
pub mod model_shares;
pub mod models;
pub mod neighbours;
pub mod passkeys;
pub mod pending;
mod reach;
pub mod resources;
pub mod said;
pub mod searches;
pub mod sessions;
pub mod suggestions;
pub mod task_assignments;
pub mod task_inputs;
pub mod task_progress;
pub mod tasks;
pub mod trainings;
pub mod users;
pub mod visits;
pub mod vocabs;
pub mod workflow_versions;
pub mod workflows;

/// One page of a listing that goes on after a given row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether more follow.
    pub more: bool,
}

impl<T> Page<T> {
    /// Makes a page of at most `size` rows out of `rows`, of which one more than that was asked for.
    #[must_use]
    pub fn cut(mut rows: Vec<T>, size: usize) -> Self {
        let more = rows.len() > size;
        rows.truncate(size);
        Self { rows, more }
    }

    /// The same page of what `change` makes of its rows.
    #[must_use]
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(change).collect(), more: self.more }
    }
}
