//! Dividing examples so that each part is like the whole.
#![cfg_attr(
    not(test),
    expect(
        clippy::indexing_slicing,
        reason = "what indexes was counted from the same examples, sayings and parts"
    )
)]

use crate::hash::hash;
use crate::{Answer, Targets};

/// Into how many folds examples are divided at most.
pub const MOST: usize = 5;

/// Examples, divided into folds: what is predicted of each is learned from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folds {
    count: usize,
    of: Vec<usize>,
}

impl Folds {
    /// Divides examples into [`MOST`] folds, or as many as the smallest class has examples, but at least 2.
    ///
    /// Into which fold an example falls depends on the seed, on what is known of all examples, and on the identifiers;
    /// not on their order. Examples with the same identifier fall into the same fold: whoever knows of copies gives
    /// them one, so that nothing is tested with what it was learned from.
    #[must_use]
    pub fn stratified(seed: u64, ids: &[impl AsRef<[u8]>], targets: Targets<'_>) -> Self {
        let word = |bytes: &[u8]| bytes.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        let key = |id: &[u8]| hash(seed, id.chunks(8).map(word).chain([id.len() as u64]));
        let keys: Vec<u64> = ids.iter().map(|id| key(id.as_ref())).collect();
        let count = targets.smallest().clamp(2, MOST);
        let examples: Vec<usize> = (0..keys.len()).collect();
        Self { count, of: assign(&keys, targets, &examples, count) }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The fold of each example.
    #[must_use]
    pub fn of(&self) -> &[usize] {
        &self.of
    }

    /// The examples outside a fold, and those in it.
    #[must_use]
    pub fn split(&self, fold: usize) -> (Vec<usize>, Vec<usize>) {
        (0..self.of.len()).partition(|example| self.of.get(*example) != Some(&fold))
    }
}

/// Divides some examples into parts in which everything that is said of them occurs about equally often; those of the
/// same key stay together. Answers one part for each.
///
/// What is said least often is divided first, as long as it can be divided evenly (Sechidis, Tsoumakas and Vlahavas,
/// "On the stratification of multi-label data", 2011): each example that says it, in the order of their keys, goes
/// where most of it is still wanted.
pub(crate) fn assign(keys: &[u64], targets: Targets<'_>, examples: &[usize], parts: usize) -> Vec<usize> {
    // Things that can be said: of exclusive classes each, of concepts both answers.
    let sayings = if targets.is_exclusive() { targets.width() } else { targets.width() * 2 };
    let said = |example: usize| {
        (0..targets.width()).filter_map(move |class| {
            match (targets.answer(example, class), targets.is_exclusive()) {
                (Answer::Yes, true) => Some(class),
                (Answer::Yes, false) => Some(class * 2),
                (Answer::No, false) => Some(class * 2 + 1),
                _ => None,
            }
        })
    };
    // What stays together, in the order of keys: where in `examples` it is.
    let mut order: Vec<usize> = (0..examples.len()).collect();
    order.sort_by_key(|at| keys.get(*at));
    let groups: Vec<&[usize]> = order.chunk_by(|one, other| keys.get(*one) == keys.get(*other)).collect();

    let mut left = vec![0_usize; sayings];
    let mut saying: Vec<Vec<usize>> = vec![Vec::new(); sayings];
    for (number, group) in groups.iter().enumerate() {
        for what in group.iter().flat_map(|at| said(examples[*at])) {
            left[what] += 1;
            if saying[what].last() != Some(&number) {
                saying[what].push(number);
            }
        }
    }
    let mut wanted: Vec<Vec<f64>> =
        (0..parts).map(|_| left.iter().map(|count| *count as f64 / parts as f64).collect()).collect();
    let mut room = vec![examples.len() as f64 / parts as f64; parts];
    let mut part_of: Vec<Option<usize>> = vec![None; groups.len()];
    let mut place =
        |number: usize, what: Option<usize>, left: &mut [usize], part_of: &mut [Option<usize>]| {
            let want = |part: usize| (what.map_or(0.0, |what| wanted[part][what]), room[part]);
            // The first of those that want it most.
            let best = (0..parts).reduce(|best, part| {
                let ((most, roomy), (wants, room)) = (want(best), want(part));
                if wants.total_cmp(&most).then(room.total_cmp(&roomy)).is_gt() { part } else { best }
            });
            let best = best.unwrap_or(0);
            part_of[number] = Some(best);
            for at in groups[number] {
                room[best] -= 1.0;
                for what in said(examples[*at]) {
                    wanted[best][what] -= 1.0;
                    left[what] -= 1;
                }
            }
        };
    while let Some(what) = (0..sayings).filter(|what| left[*what] > 0).min_by_key(|what| left[*what]) {
        for number in &saying[what] {
            if part_of[*number].is_none() {
                place(*number, Some(what), &mut left, &mut part_of);
            }
        }
    }
    // Those of which nothing is said.
    for number in 0..groups.len() {
        if part_of[number].is_none() {
            place(number, None, &mut left, &mut part_of);
        }
    }
    let mut parts_of = vec![0; examples.len()];
    for (group, part) in groups.iter().zip(part_of) {
        group.iter().for_each(|at| parts_of[*at] = part.unwrap_or(0));
    }
    parts_of
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("input-{number}")).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn classes_have_their_shares(seed: u64, of in prop::collection::vec(0_u32..4, 20..200)) {
            let targets = Targets::Exclusive { classes: 4, of: &of };
            let folds = Folds::stratified(seed, &names(of.len()), targets);
            prop_assert_eq!(folds.count(), targets.smallest().clamp(2, MOST));
            for class in 0..4 {
                let all = of.iter().filter(|other| **other == class).count();
                for fold in 0..folds.count() {
                    let here = folds.split(fold).1.iter().filter(|example| of[**example] == class).count();
                    let share = all as f64 / folds.count() as f64;
                    prop_assert!((here as f64 - share).abs() < 1.0, "{here} of {all} in {} folds", folds.count());
                }
            }
            let sizes = (0..folds.count()).map(|fold| folds.split(fold).1.len());
            prop_assert!(sizes.clone().max().unwrap() - sizes.min().unwrap() <= 4);
        }

        #[test]
        fn both_answers_of_each_concept_are_everywhere(
            seed: u64,
            answers in prop::collection::vec(prop::sample::select(&[Answer::Yes, Answer::No, Answer::Unknown]), 600)
        ) {
            let targets = Targets::Independent { concepts: 3, answers: &answers };
            let folds = Folds::stratified(seed, &names(200), targets);
            let says = |example: usize, what: usize| {
                targets.answer(example, what / 2) == [Answer::Yes, Answer::No][what % 2]
            };
            let all = |what| (0..200).filter(|example| says(*example, what)).count();
            let rarest = (0..6).min_by_key(|what| all(*what)).unwrap();
            for fold in 0..folds.count() {
                let (_, held) = folds.split(fold);
                for what in 0..6 {
                    let here = held.iter().filter(|example| says(**example, what)).count() as f64;
                    let share = all(what) as f64 / folds.count() as f64;
                    // The rarest is divided first; all cannot be divided evenly at once.
                    let tolerance = if what == rarest { 1.0 } else { 0.75 * share };
                    prop_assert!((here - share).abs() < tolerance, "{here} instead of {share}");
                }
            }
        }

        #[test]
        fn the_order_changes_nothing(
            seed: u64,
            mut of in prop::collection::vec(0_u32..3, 10..60),
            turn in 0_usize..60,
        ) {
            let mut ids = names(of.len());
            let folds = Folds::stratified(seed, &ids, Targets::Exclusive { classes: 3, of: &of });
            let turn = turn % of.len();
            of.rotate_left(turn);
            ids.rotate_left(turn);
            let turned = Folds::stratified(seed, &ids, Targets::Exclusive { classes: 3, of: &of });
            let mut expected = folds.of().to_vec();
            expected.rotate_left(turn);
            prop_assert_eq!(turned.of(), expected);
        }
    }

    #[test]
    fn copies_stay_together() {
        let of: Vec<u32> = (0..100).map(|example| example % 2).collect();
        let ids: Vec<String> = (0..100).map(|example| format!("content {}", example / 4)).collect();
        let folds = Folds::stratified(1, &ids, Targets::Exclusive { classes: 2, of: &of });
        assert!(folds.of().chunks(4).all(|copies| copies.iter().all(|fold| *fold == copies[0])));
        assert!((0..5).all(|fold| folds.split(fold).1.len() == 20));
    }

    #[test]
    fn another_seed_divides_otherwise() {
        let of: Vec<u32> = (0..100).map(|example| example % 2).collect();
        let by = |seed| Folds::stratified(seed, &names(100), Targets::Exclusive { classes: 2, of: &of });
        assert_eq!(by(1), by(1));
        assert_ne!(by(1), by(2));
    }

    #[test]
    fn many_copies_of_few_are_divided_in_the_end() {
        let of = [0, 1, 0, 1, 0, 1];
        let folds =
            Folds::stratified(1, &["a", "b", "a", "b", "a", "b"], Targets::Exclusive { classes: 2, of: &of });
        assert_eq!(folds.of().len(), 6);
        assert!(folds.of().iter().all(|fold| *fold < folds.count()));
    }
}
