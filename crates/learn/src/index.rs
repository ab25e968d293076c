//! The nearest among many vectors: all of them are gone through, as bytes, and the best are ranked again more exactly.
//!
//! A vector is kept as its distance from a center, in bytes with a scale of its own, since what all have in common
//! would use up the few steps that a byte has. Products with a query that is kept in 16 bits then differ from the
//! exact ones by about a thousandth of the vectors' lengths, which is enough to find candidates. Whoever has the exact
//! vectors ranks these by [`rerank`]; an index that keeps [`Precision::Fine`] has a second byte for what the first
//! left over, and ranks them itself.
//!
//! The center is the mean of what is there, taken anew whenever there are twice as many vectors as when it was taken
//! last. Each vector keeps the one that it was stored by, so that nothing is rounded twice, and what goes away changes
//! nothing for what stays. Vectors that are put in, replaced and taken out are so for the next query.

mod bytes;
mod vector;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::ControlFlow;

pub use vector::Precision;

use vector::{Centers, Query, Store};

/// What a vector is known by.
pub type Key = u128;

/// How similar vectors are is told by:
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
    /// The cosine of the angle between them. A vector of length 0 is at right angles to all.
    #[default]
    Cosine,
    /// Their product.
    Product,
}

/// A vector that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbor {
    /// Its key.
    pub key: Key,
    /// How similar it is, the more the larger.
    pub similarity: f32,
}

impl Neighbor {
    /// The nearest first; of equally near ones, that of the smaller key.
    fn order(&self, other: &Self) -> Ordering {
        other.similarity.total_cmp(&self.similarity).then(self.key.cmp(&other.key))
    }
}

/// Why a vector cannot be kept or searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVector {
    /// It is wider or narrower than those that are kept.
    #[error("vectors have {index} numbers, and this one has {vector}")]
    Width {
        /// How wide those are that are kept.
        index: usize,
        /// How wide it is.
        vector: usize,
    },
    /// It has something that is no number, or too large.
    #[error("number {0} of the vector is not finite, or too large")]
    NoNumber(usize),
}

/// What numbers of vectors may not reach: their products would be infinite.
const LARGEST: f32 = 1e15;
/// How far a product of bytes may be below the exact one, of what it is.
const MARGIN: f32 = 0.02;
/// How many vectors are compared before the best among them are picked.
const BLOCK: usize = 256;
/// How many candidates are ranked again at least.
const CANDIDATES: usize = 50;
/// How many times as many as are wanted.
const SURPLUS: usize = 4;

/// Vectors, of which the nearest can be found.
#[derive(Clone, Debug)]
pub struct Index {
    metric: Metric,
    store: Store,
    centers: Centers,
    keys: Vec<Key>,
    places: HashMap<Key, usize>,
}

impl Index {
    /// An index of vectors of `width` numbers.
    #[must_use]
    pub fn new(width: usize, metric: Metric, precision: Precision) -> Self {
        Self {
            metric,
            store: Store::new(width, precision),
            centers: Centers::new(width),
            keys: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Makes room for as many more.
    pub fn reserve(&mut self, count: usize) {
        self.store.reserve(count);
        self.keys.reserve(count);
        self.places.reserve(count);
    }

    /// How many vectors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many numbers each has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.store.width()
    }

    /// Whether there is a vector of this key.
    #[must_use]
    pub fn contains(&self, key: Key) -> bool {
        self.places.contains_key(&key)
    }

    /// The keys of all, in no order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = Key> + '_ {
        self.keys.iter().copied()
    }

    /// How many bytes of memory it takes, about.
    #[must_use]
    pub fn memory(&self) -> usize {
        let key = size_of::<Key>();
        self.store.memory()
            + self.keys.capacity() * key
            + self.places.capacity() * (key + size_of::<usize>() + 1)
    }

    /// Keeps a vector, instead of what was kept by the same key.
    ///
    /// # Errors
    /// When it is of another width, or not of numbers; then nothing changes.
    pub fn insert(&mut self, key: Key, vector: &[f32]) -> Result<(), InvalidVector> {
        let vector = self.normalised(vector)?;
        self.remove(key);
        let center = self.centers.add(&vector);
        self.places.insert(key, self.keys.len());
        self.keys.push(key);
        self.store.push(&vector, self.centers.at(center), center);
        Ok(())
    }

    /// Takes a vector out; answers whether it was there.
    pub fn remove(&mut self, key: Key) -> bool {
        let Some(place) = self.places.remove(&key) else { return false };
        let vector = self.store.vector(place, &self.centers);
        self.centers.remove(&vector);
        self.store.swap_remove(place);
        self.keys.swap_remove(place);
        // The last took its place.
        if let Some(moved) = self.keys.get(place) {
            self.places.insert(*moved, place);
        }
        true
    }

    /// The nearest to a vector among those that `filter` lets through, the nearest first: as exactly as vectors are
    /// kept.
    ///
    /// With [`Precision::Coarse`], whoever has the exact vectors takes [`candidates`](Self::candidates) and ranks them.
    /// The filter is asked only about what would be among the best.
    ///
    /// # Errors
    /// When the vector is of another width, or not of numbers.
    pub fn nearest(
        &self,
        vector: &[f32],
        count: usize,
        filter: impl Fn(Key) -> bool,
    ) -> Result<Vec<Neighbor>, InvalidVector> {
        let mut found = self.candidates(vector, count, filter)?;
        if self.store.is_fine() {
            let vector = self.normalised(vector)?;
            for neighbor in &mut found {
                if let Some(place) = self.places.get(&neighbor.key) {
                    neighbor.similarity = product(&vector, &self.store.vector(*place, &self.centers));
                }
            }
            found.sort_unstable_by(Neighbor::order);
        }
        found.truncate(count);
        Ok(found)
    }

    /// Those among which the `count` nearest are, for [`rerank`]: at least 50, or four times as many as are wanted, if
    /// there are, with their similarities as bytes have them, the nearest first.
    ///
    /// # Errors
    /// When the vector is of another width, or not of numbers.
    pub fn candidates(
        &self,
        vector: &[f32],
        count: usize,
        filter: impl Fn(Key) -> bool,
    ) -> Result<Vec<Neighbor>, InvalidVector> {
        let query = self.query(vector)?;
        let mut best = Best::new(count.saturating_mul(SURPLUS).max(CANDIDATES));
        self.scan(&query, 0, |key, similarity| {
            if similarity >= best.least {
                let neighbor = Neighbor { key, similarity };
                if best.takes(&neighbor) && filter(key) {
                    best.push(neighbor);
                }
            }
        });
        Ok(best.sorted())
    }

    /// All pairs that are at least as similar, each once, by asking for the neighbours of each vector: near
    /// duplicates. Of two vectors that are kept as bytes, similarities are exact to about a thousandth.
    ///
    /// It takes as long as a query for each vector, or half of that. After each it tells `progress` how many are done, and how
    /// many pairs were found; that may end it with those.
    pub fn pairs(
        &self,
        similarity: f32,
        mut progress: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Vec<(Key, Neighbor)> {
        let mut found = Vec::new();
        for (place, key) in self.keys.iter().enumerate() {
            let vector = self.store.vector(place, &self.centers);
            let query = Query::new(&vector, &self.centers);
            // What lies before it was asked already.
            self.scan(&query, place + 1, |other, about| {
                // Bytes are not so exact that what is just below could be left out.
                if about >= similarity - MARGIN * similarity.abs() {
                    let exact = self.places.get(&other).map(|place| self.store.vector(*place, &self.centers));
                    let exact = exact.map_or(about, |other| product(&vector, &other));
                    if exact >= similarity {
                        found.push((*key, Neighbor { key: other, similarity: exact }));
                    }
                }
            });
            if progress(place + 1, found.len()).is_break() {
                break;
            }
        }
        found.sort_by(|one, other| one.1.order(&other.1).then(one.0.cmp(&other.0)));
        found
    }

    fn query(&self, vector: &[f32]) -> Result<Query, InvalidVector> {
        Ok(Query::new(&self.normalised(vector)?, &self.centers))
    }

    /// Tells each vector from `first` on how similar it is, about.
    fn scan(&self, query: &Query, first: usize, mut each: impl FnMut(Key, f32)) {
        let mut similarities = [0.0; BLOCK];
        for start in (first..self.keys.len()).step_by(BLOCK) {
            let keys = self.keys.get(start..).unwrap_or_default();
            let count = keys.len().min(BLOCK);
            self.store.similarities(query, start, similarities.get_mut(..count).unwrap_or_default());
            for (key, similarity) in keys.iter().zip(similarities).take(count) {
                each(*key, similarity);
            }
        }
    }

    /// The vector as it is kept: for cosines, of length 1.
    fn normalised(&self, vector: &[f32]) -> Result<Vec<f32>, InvalidVector> {
        if vector.len() != self.width() {
            return Err(InvalidVector::Width { index: self.width(), vector: vector.len() });
        }
        if let Some(at) = vector.iter().position(|value| value.is_nan() || value.abs() >= LARGEST) {
            return Err(InvalidVector::NoNumber(at));
        }
        let factor = match self.metric {
            Metric::Product => 1.0,
            Metric::Cosine => over_length(vector),
        };
        Ok(vector.iter().map(|value| (f64::from(*value) * factor) as f32).collect())
    }
}

/// One over the length of a vector; 1 if it has none.
fn over_length(vector: &[f32]) -> f64 {
    let square: f64 = vector.iter().map(|value| f64::from(*value) * f64::from(*value)).sum();
    if square > 0.0 { square.sqrt().recip() } else { 1.0 }
}

fn product(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() as f32
}

/// The nearest to a vector among candidates of which the exact vectors are at hand, the nearest first. Those of another
/// width are left out.
#[must_use]
pub fn rerank<'a>(
    vector: &[f32],
    metric: Metric,
    candidates: impl IntoIterator<Item = (Key, &'a [f32])>,
    count: usize,
) -> Vec<Neighbor> {
    let factor = |vector: &[f32]| match metric {
        Metric::Product => 1.0,
        Metric::Cosine => over_length(vector),
    };
    let own = factor(vector);
    let fitting = candidates.into_iter().filter(|(_, other)| other.len() == vector.len());
    let mut found: Vec<Neighbor> = fitting
        .map(|(key, other)| {
            let product: f64 = vector.iter().zip(other).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            Neighbor { key, similarity: (product * own * factor(other)) as f32 }
        })
        .collect();
    found.sort_unstable_by(Neighbor::order);
    found.truncate(count);
    found
}

/// The best of what comes along.
struct Best {
    count: usize,
    /// At most twice as many as are wanted: then the worse half is dropped, which is cheaper than keeping order.
    found: Vec<Neighbor>,
    /// The worst of the last best, and how similar it is.
    worst: Option<Neighbor>,
    least: f32,
}

impl Best {
    fn new(count: usize) -> Self {
        Self { count, found: Vec::new(), worst: None, least: f32::NEG_INFINITY }
    }

    /// Whether it may be among the best.
    fn takes(&self, neighbor: &Neighbor) -> bool {
        self.worst.is_none_or(|worst| neighbor.order(&worst).is_lt())
    }

    fn push(&mut self, neighbor: Neighbor) {
        self.found.push(neighbor);
        if self.found.len() == self.count.saturating_mul(2) {
            self.found.select_nth_unstable_by(self.count - 1, Neighbor::order);
            self.found.truncate(self.count);
            self.worst = self.found.last().copied();
            self.least = self.worst.map_or(f32::NEG_INFINITY, |worst| worst.similarity);
        }
    }

    fn sorted(mut self) -> Vec<Neighbor> {
        self.found.sort_unstable_by(Neighbor::order);
        self.found.truncate(self.count);
        self.found
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::testing::{Random, clusters};

    fn brute(
        vectors: &BTreeMap<Key, Vec<f32>>,
        query: &[f32],
        metric: Metric,
        count: usize,
    ) -> Vec<Neighbor> {
        rerank(query, metric, vectors.iter().map(|(key, vector)| (*key, vector.as_slice())), count)
    }

    /// What happens to an index.
    #[derive(Clone, Debug)]
    enum Act {
        Insert(Key, u64),
        Remove(Key),
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            3 => (0_u128..60, any::<u64>()).prop_map(|(key, seed)| Act::Insert(key, seed)),
            1 => (0_u128..60).prop_map(Act::Remove),
        ];
        prop::collection::vec(act, 1..200)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        /// It finds what a search through exact vectors finds, whatever came and went.
        #[test]
        fn the_nearest_are_those_of_a_search_through_all(
            acts in acts(),
            width in 1_usize..80,
            metric in prop::sample::select(&[Metric::Cosine, Metric::Product]),
            precision in prop::sample::select(&[Precision::Coarse, Precision::Fine]),
            shift in -3.0_f32..3.0,
        ) {
            let mut index = Index::new(width, metric, precision);
            let mut exact: BTreeMap<Key, Vec<f32>> = BTreeMap::new();
            for act in acts {
                match act {
                    Act::Insert(key, seed) => {
                        let mut random = Random(seed);
                        let vector: Vec<f32> = (0..width).map(|_| random.normal() + shift).collect();
                        index.insert(key, &vector).unwrap();
                        exact.insert(key, vector);
                    }
                    Act::Remove(key) => prop_assert_eq!(index.remove(key), exact.remove(&key).is_some()),
                }
                prop_assert_eq!(index.len(), exact.len());
            }
            prop_assert!(index.keys().all(|key| exact.contains_key(&key) && index.contains(key)));
            let mut random = Random(1);
            for _ in 0..3 {
                let query: Vec<f32> = (0..width).map(|_| random.normal() + shift).collect();
                let wanted = brute(&exact, &query, metric, 5);
                let found = index.candidates(&query, 5, |_| true).unwrap();
                let reranked = found.iter().map(|neighbor| (neighbor.key, exact[&neighbor.key].as_slice()));
                prop_assert_eq!(&rerank(&query, metric, reranked, 5), &wanted);
                let size = match metric {
                    Metric::Cosine => 1.0,
                    Metric::Product => (width as f32) * (1.0 + shift * shift) * 4.0,
                };
                let tolerance = size * if precision == Precision::Fine { 1e-4 } else { 0.02 };
                let nearest = index.nearest(&query, 5, |_| true).unwrap();
                prop_assert_eq!(nearest.len(), wanted.len());
                for (found, wanted) in nearest.iter().zip(&wanted) {
                    let off = (found.similarity - wanted.similarity).abs();
                    prop_assert!(off <= tolerance, "{off} is more than {tolerance}");
                }
                // What the filter keeps out is not found, and nothing is missing because of it.
                let odd = |key: Key| key % 2 == 1;
                let some: BTreeMap<_, _> = exact.iter().filter(|(key, _)| odd(**key)).collect();
                let filtered = index.nearest(&query, 60, odd).unwrap();
                prop_assert_eq!(filtered.len(), some.len());
                prop_assert!(filtered.iter().all(|neighbor| odd(neighbor.key)));
            }
        }
    }

    #[test]
    fn among_many_clusters_all_of_the_ten_nearest_are_found() {
        let (width, count) = (96, 4_000);
        let (values, _) = clusters(&mut Random(3), count + 20, width, 40, 10.0);
        let mut vectors = values.chunks(width).map(<[f32]>::to_vec);
        let exact: BTreeMap<Key, Vec<f32>> = (0..count as u128).zip(vectors.by_ref()).collect();
        for precision in [Precision::Coarse, Precision::Fine] {
            let mut index = Index::new(width, Metric::Cosine, precision);
            exact.iter().for_each(|(key, vector)| index.insert(*key, vector).unwrap());
            for query in values.chunks(width).skip(count) {
                let wanted = brute(&exact, query, Metric::Cosine, 10);
                let candidates = index.candidates(query, 10, |_| true).unwrap();
                let reranked = candidates.iter().map(|found| (found.key, exact[&found.key].as_slice()));
                assert_eq!(rerank(query, Metric::Cosine, reranked, 10), wanted);
                if precision == Precision::Fine {
                    let keys =
                        |found: &[Neighbor]| found.iter().map(|neighbor| neighbor.key).collect::<Vec<_>>();
                    assert_eq!(keys(&index.nearest(query, 10, |_| true).unwrap()), keys(&wanted));
                }
            }
        }
    }

    #[test]
    fn a_filter_that_lets_nothing_through_finds_nothing() {
        let mut index = Index::new(2, Metric::Cosine, Precision::Coarse);
        index.insert(7, &[1.0, 2.0]).unwrap();
        assert_eq!(index.nearest(&[1.0, 0.0], 3, |_| false), Ok(vec![]));
        assert_eq!(index.nearest(&[1.0, 0.0], 0, |_| true), Ok(vec![]));
        assert!(index.remove(7) && !index.remove(7) && index.is_empty());
        assert_eq!(index.nearest(&[1.0, 0.0], 3, |_| true), Ok(vec![]));
    }

    #[test]
    fn vectors_without_length_are_at_right_angles_to_all() {
        for precision in [Precision::Coarse, Precision::Fine] {
            let mut index = Index::new(3, Metric::Cosine, precision);
            index.insert(1, &[0.0; 3]).unwrap();
            index.insert(2, &[1.0, 0.0, 0.0]).unwrap();
            index.insert(3, &[-1.0, 0.0, 0.0]).unwrap();
            let found = index.nearest(&[2.0, 0.0, 0.0], 3, |_| true).unwrap();
            for (neighbor, (key, similarity)) in found.iter().zip([(2, 1.0), (1, 0.0), (3, -1.0)]) {
                assert!(neighbor.key == key && (neighbor.similarity - similarity).abs() < 0.01, "{found:?}");
            }
            let found = index.nearest(&[0.0; 3], 3, |_| true).unwrap();
            assert!(found.iter().all(|neighbor| neighbor.similarity.abs() < 0.01), "{found:?}");
        }
    }

    #[test]
    fn what_is_no_vector_is_refused_and_nothing_is_lost() {
        let mut index = Index::new(2, Metric::Product, Precision::Fine);
        index.insert(1, &[1.0, 2.0]).unwrap();
        let refused = index.insert(1, &[1.0]).unwrap_err();
        assert_eq!(refused.to_string(), "vectors have 2 numbers, and this one has 1");
        for wrong in [f32::NAN, f32::INFINITY, -1e20] {
            assert_eq!(index.insert(1, &[0.0, wrong]), Err(InvalidVector::NoNumber(1)));
            assert_eq!(index.nearest(&[wrong, 0.0], 1, |_| true), Err(InvalidVector::NoNumber(0)));
        }
        let found = index.nearest(&[1.0, 0.0], 1, |_| true).unwrap();
        assert!((found[0].similarity - 1.0).abs() < 1e-4);
    }

    #[test]
    fn near_duplicates_are_found_once_each() {
        let mut random = Random(12);
        let mut index = Index::new(64, Metric::Cosine, Precision::Fine);
        for key in 0..300_u128 {
            let vector: Vec<f32> = (0..64).map(|_| random.normal() + 1.0).collect();
            index.insert(key, &vector).unwrap();
            if key % 100 == 5 {
                let near: Vec<f32> = vector.iter().map(|value| value + random.normal() * 0.05).collect();
                index.insert(1_000 + key, &near).unwrap();
            }
        }
        let mut told = 0;
        let found = index.pairs(0.99, |done, _| {
            told = done;
            ControlFlow::Continue(())
        });
        assert_eq!(told, 303);
        let mut pairs: Vec<_> = found.iter().map(|(key, other)| (*key, other.key)).collect();
        pairs.sort_unstable();
        assert_eq!(pairs, [(5, 1_005), (105, 1_105), (205, 1_205)]);
        assert!(found.is_sorted_by(|one, other| one.1.similarity >= other.1.similarity));
        // It can be ended: the first has its neighbours by then.
        assert_eq!(
            index
                .pairs(0.99, |_, found| if found == 1 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
                .len(),
            1
        );
    }
}
