//! Annotations: add, list, look at, change, delete.
//!
//! Annotations belong to people: whoever adds one may change it, and so may the owner of the app. What somebody said
//! goes only by the hand of those who may delete annotations, whether they delete it, remove a part of it, or overwrite
//! it.

mod delete;
mod history;
mod list;
mod patch;
mod post;
mod texts;

use std::collections::BTreeMap;

use atelier_domain::id::{InputId, UserId};
use atelier_domain::{Medium, Permit, ScopeSet};
use atelier_store::WriteTx;
use atelier_store::queries::annotations;
use serde_json::{Value, json};

pub use atelier_store::queries::annotations::AnnotationRow;
pub use history::StoodRow;
pub use list::AnnotationsFilter;
pub use patch::PatchAnnotation;
pub use post::NewAnnotation;

use crate::audit::{Action, Actor, Done};
use crate::{Asked, Error, Result, Service, Who};

/// The most annotations that are added or changed at once.
pub const ANNOTATIONS: usize = 1_000;

/// Where an annotation can stand, by the wire's numbers.
pub mod status {
    /// It counts.
    pub const SUCCESS: i64 = 24_150;
    /// Its author is still at it.
    pub const PENDING: i64 = 24_151;
    /// Its author is done, and somebody is to look at it.
    pub const AWAITING_REVIEW: i64 = 24_157;
    /// Somebody looked at it, and it does not count. Only the owner of the app says so.
    pub const REVIEW_DENIED: i64 = 24_158;
}

/// What has to be known of an input before something is said of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    /// The input.
    pub(crate) id: InputId,
    /// What kind of thing it is.
    pub(crate) medium: Medium,
    /// How many characters a text has, if it is there already.
    pub(crate) characters: Option<u32>,
}

impl Service {
    /// Tells in the audit list what was done to annotations that stood as `before`, and what they are `after` it, if
    /// they still are.
    pub(crate) fn audit_annotations(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        asked: &Asked<Permit>,
        action: Action,
        before: &[AnnotationRow],
        after: Option<&[AnnotationRow]>,
    ) {
        let Some((subject, subject_id)) = subject(before) else { return };
        let done = Done {
            app: Some(asked.permit.app()),
            subject_id,
            before: Some(told(before)),
            after: after.map(told),
            ..Done::new(action, &subject)
        };
        self.audit(tx, Actor::in_app(asked, &who.origin), &done);
    }

    /// Tells the audit list that annotations are there again, in the names of those whose they were.
    pub(crate) fn audit_restored(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        asked: &Asked<Permit>,
        restored: &[AnnotationRow],
    ) {
        let Some((subject, subject_id)) = subject(restored) else { return };
        let done = Done {
            app: Some(asked.permit.app()),
            subject_id,
            after: Some(told(restored)),
            ..Done::new(Action::AnnotationsRestored, &subject)
        };
        self.audit(tx, Actor::in_app(asked, &who.origin), &done);
    }
}

/// What an entry of the audit list about annotations is about; nothing, if there are none.
fn subject(rows: &[AnnotationRow]) -> Option<(String, Option<UserId>)> {
    match rows {
        [] => None,
        [one] => Some((one.slug.clone(), Some(one.user_id))),
        several => Some((format!("{} annotations", several.len()), None)),
    }
}

/// What has to be known of an input before something is said of it, from its row.
pub(crate) fn target(row: annotations::TargetRow) -> Target {
    let characters = row.characters.and_then(|count| u32::try_from(count).ok());
    Target { id: row.id, medium: row.kind, characters }
}

/// The inputs of the app that are named by `slugs`, which nobody deletes until the transaction ends.
///
/// # Errors
/// When one of them does not exist.
async fn targets(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<BTreeMap<String, Target>> {
    let rows = annotations::targets(tx, permit, slugs).await?;
    let targets: BTreeMap<String, Target> =
        rows.into_iter().map(|row| (row.slug.clone(), target(row))).collect();
    if slugs.iter().any(|slug| !targets.contains_key(*slug)) {
        return Err(Error::NotFound);
    }
    Ok(targets)
}

/// What annotations say, as the audit list keeps it.
fn told(rows: &[AnnotationRow]) -> Value {
    let one = |row: &AnnotationRow| {
        json!({
            "id": row.slug,
            "input": row.input_slug,
            "author": row.author_slug,
            "concepts": row.labels.concepts(),
            "regions": row.labels.regions.len(),
        })
    };
    rows.iter().map(one).collect()
}

fn check_count(count: usize) -> Result<()> {
    if count > ANNOTATIONS {
        return Err(Error::invalid("annotations", format!("must be at most {ANNOTATIONS} at once")));
    }
    Ok(())
}

/// Whether the holder of the permit may let an annotation stand so. A collaborator changes only annotations of their
/// own, and nobody but the owner denies one: they would review themselves.
fn check_status(permit: &Permit, number: i64) -> Result<()> {
    match number {
        status::SUCCESS | status::PENDING | status::AWAITING_REVIEW => Ok(()),
        status::REVIEW_DENIED if permit.is_owner() => Ok(()),
        status::REVIEW_DENIED => Err(Error::Forbidden {
            endpoint: permit.endpoint(),
            explanation: "only the owner of the app says that an annotation was denied in its review".into(),
            missing: ScopeSet::EMPTY,
        }),
        _ => Err(Error::invalid(
            "status",
            format!(
                "must be {} (success), {} (pending), {} (awaiting review) or {} (review denied)",
                status::SUCCESS,
                status::PENDING,
                status::AWAITING_REVIEW,
                status::REVIEW_DENIED
            ),
        )),
    }
}
