//! Inputs that are nearly the same as others.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use atelier_domain::id::InputId;
use atelier_domain::{Conditions, Endpoint};
use atelier_learn::index::Index;
use atelier_store::queries::embeddings::Space;
use atelier_store::queries::inputs::{self, InputRow};
use uuid::Uuid;

use crate::{AppName, Error, InApp, Result, Service, Who};

/// The most pairs that are looked at.
const PAIRS: usize = 10_000;

/// How many numbers are multiplied at most for one answer: that takes a few seconds, and is enough for all pairs of ten thousand
/// pictures.
const PRODUCTS: usize = 100_000_000_000;

/// Inputs that are nearly the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duplicates {
    /// In each group the oldest first, and then those that are at least so like it, the likest first, each with how alike. Each
    /// input is in one group at most; the groups with the oldest inputs come first.
    pub groups: Vec<Vec<(InputRow, f32)>>,
    /// Whether all inputs that were looked at were compared: if not, there are too many, or too many that are alike.
    pub is_all: bool,
}

impl Service {
    /// The inputs of the app that are at least so like another one, from over 0.5 up to 1, as the public models see them.
    ///
    /// # Errors
    /// When the caller may not search, or `from` is not within these bounds.
    pub async fn find_duplicates(&self, who: &Who, app: &AppName, from: f32) -> Result<InApp<Duplicates>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostInputsSearches, Conditions::NONE).await?;
        // Below, everything is like everything; also what is no number is not within them.
        if !(from > 0.5 && from <= 1.0) {
            return Err(Error::invalid("from", "must be over 0.5 and at most 1"));
        }
        let mut pairs = Vec::new();
        let mut is_all = true;
        for space in [Space::Looks, Space::Texts] {
            let pairing = move |index: &Index| paired(index, from);
            let (found, is_whole) = self.among_vectors(&mut tx, &asked.permit, space, pairing).await?;
            pairs.extend(found);
            is_all &= is_whole;
        }
        let named: BTreeSet<InputId> = pairs.iter().flat_map(|(one, other, _)| [*one, *other]).collect();
        let named: Vec<InputId> = named.into_iter().collect();
        // Only those that the caller reaches.
        let rows = inputs::get_all(&mut tx, &asked.permit, &named).await?;
        let value = Duplicates { groups: groups(&pairs, rows), is_all };
        Ok(InApp { app: asked.app, value })
    }
}

/// All pairs that are so alike, as far as they are compared, and whether all were.
fn paired(index: &Index, from: f32) -> (Vec<(InputId, InputId, f32)>, bool) {
    let (mut products, mut is_whole) = (0_usize, true);
    let found = index.pairs(from, |done, found| {
        let left = index.len() - done;
        products = products.saturating_add(left.saturating_mul(index.width()));
        // The last has nothing to be compared with.
        is_whole = left <= 1 || (found < PAIRS && products < PRODUCTS);
        if is_whole { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let id = |key| InputId(Uuid::from_u128(key));
    let found = found.into_iter().map(|(key, other)| (id(key), id(other.key), other.similarity));
    (found.collect(), is_whole)
}

/// The oldest of those that are alike, and those that are like it: again and again, among those that are left.
fn groups(pairs: &[(InputId, InputId, f32)], rows: Vec<InputRow>) -> Vec<Vec<(InputRow, f32)>> {
    // Identifiers are in the order of time.
    let mut left: BTreeMap<InputId, InputRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut alike: HashMap<InputId, Vec<(InputId, f32)>> = HashMap::new();
    for (one, other, similarity) in pairs {
        alike.entry(*one).or_default().push((*other, *similarity));
        alike.entry(*other).or_default().push((*one, *similarity));
    }
    let mut groups = Vec::new();
    while let Some((id, oldest)) = left.pop_first() {
        let mut others = alike.remove(&id).unwrap_or_default();
        others.sort_by(|(one, near), (other, far)| far.total_cmp(near).then(one.cmp(other)));
        let others =
            others.into_iter().filter_map(|(other, similarity)| Some((left.remove(&other)?, similarity)));
        let others: Vec<(InputRow, f32)> = others.collect();
        if !others.is_empty() {
            groups.push(std::iter::once((oldest, 1.0)).chain(others).collect());
        }
    }
    groups
}
