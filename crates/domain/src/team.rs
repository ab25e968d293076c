//! How far the people of a task agree, where several of them labelled the same inputs.

use std::collections::{BTreeMap, BTreeSet};

use crate::agreement::{cohen_kappa, fleiss_kappa, matched};
use crate::id::{InputId, UserId};
use crate::label::{Labels, Region};

/// How far two people agree.
#[derive(Clone, Debug, PartialEq)]
pub struct PairAgreement {
    /// The one.
    pub one: UserId,
    /// The other.
    pub other: UserId,
    /// How many inputs both labelled.
    pub inputs: usize,
    /// Cohen's kappa of which of the task's concepts are there; none, where it says nothing.
    pub kappa: Option<f64>,
    /// How far the regions overlap that both drew, on average; none, where both drew none.
    pub overlap: Option<f64>,
}

/// How far a team agrees.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TeamAgreement {
    /// How many inputs several people labelled.
    pub inputs: usize,
    /// Each two who labelled an input in common.
    pub pairs: Vec<PairAgreement>,
    /// Fleiss' kappa, of the inputs that as many people labelled as most were labelled by.
    pub fleiss: Option<f64>,
    /// How many inputs that is of.
    pub fleiss_inputs: usize,
}

/// How far people agree on which of `choices` are in inputs, and where: of what each said of each input within a task.
/// That a concept is there or not counts for each input and concept by itself.
#[must_use]
pub fn agreement(said: &BTreeMap<(InputId, UserId), Labels>, choices: &[&str]) -> TeamAgreement {
    let mut by_input: BTreeMap<InputId, Vec<(UserId, &Labels)>> = BTreeMap::new();
    for ((input, user), labels) in said {
        by_input.entry(*input).or_default().push((*user, labels));
    }
    by_input.retain(|_, people| people.len() > 1);
    let users: BTreeSet<UserId> = by_input.values().flatten().map(|(user, _)| *user).collect();
    let users: Vec<UserId> = users.into_iter().collect();
    let mut pairs = Vec::new();
    for (place, one) in users.iter().enumerate() {
        for other in users.iter().skip(place + 1) {
            pairs.extend(pair(*one, *other, &by_input, choices));
        }
    }
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for people in by_input.values() {
        *sizes.entry(people.len()).or_default() += 1;
    }
    let most = sizes.iter().max_by_key(|(people, inputs)| (**inputs, **people)).map(|(people, _)| *people);
    let compared: Vec<&Vec<(UserId, &Labels)>> =
        by_input.values().filter(|people| Some(people.len()) == most).collect();
    let counts = compared.iter().flat_map(|people| {
        choices.iter().map(|choice| {
            let mut counts = BTreeMap::from([(false, 0), (true, 0)]);
            for (_, labels) in *people {
                *counts.entry(names(labels, choice)).or_default() += 1;
            }
            counts
        })
    });
    TeamAgreement {
        inputs: by_input.len(),
        fleiss: fleiss_kappa(counts),
        fleiss_inputs: compared.len(),
        pairs,
    }
}

fn pair(
    one: UserId,
    other: UserId,
    by_input: &BTreeMap<InputId, Vec<(UserId, &Labels)>>,
    choices: &[&str],
) -> Option<PairAgreement> {
    let of = |people: &[(UserId, &Labels)], user| {
        people.iter().find(|(own, _)| *own == user).map(|(_, labels)| (*labels).clone())
    };
    let common: Vec<(Labels, Labels)> =
        by_input.values().filter_map(|people| of(people, one).zip(of(people, other))).collect();
    let decided = common.iter().flat_map(|(first, second)| {
        choices.iter().map(move |choice| (names(first, choice), names(second, choice)))
    });
    let kappa = cohen_kappa(decided);
    let (mut sum, mut count) = (0.0, 0.0);
    for (first, second) in &common {
        let found = matched(&drawn(first), &drawn(second));
        sum += found.pairs.iter().map(|(.., overlap)| f64::from(*overlap)).sum::<f64>();
        // A region without a partner overlaps with nothing.
        count += (found.pairs.len() + found.only_first + found.only_second) as f64;
    }
    let overlap = (count > 0.0).then(|| sum / count);
    (!common.is_empty()).then_some(PairAgreement { one, other, inputs: common.len(), kappa, overlap })
}

/// Whether labels say that a concept is there.
fn names(labels: &Labels, concept: &str) -> bool {
    labels.concepts().get(concept).is_some_and(|value| *value > 0.5)
}

/// The regions that were not taken back.
fn drawn(labels: &Labels) -> Vec<Region> {
    labels.regions.iter().filter(|region| !region.is_denied()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Label, Shape};
    use crate::time::Timestamp;

    fn input(number: u8) -> InputId {
        InputId::new(Timestamp::from_micros(i64::from(number)), &[number; 10])
    }

    fn user(number: u8) -> UserId {
        UserId::new(Timestamp::from_micros(i64::from(number)), &[number; 10])
    }

    fn says(concepts: &[&str]) -> Labels {
        let label = |concept: &&str| Label { concept: concept.parse().unwrap(), value: 1.0 };
        Labels { concepts: concepts.iter().map(label).collect(), regions: Vec::new() }
    }

    fn draws(left: f32) -> Labels {
        let shape = Shape::Box { top: 0.0, left, bottom: 0.5, right: left + 0.5 };
        let labels = vec![Label { concept: "cat".parse().unwrap(), value: 1.0 }];
        let region = Region { id: "r".parse().unwrap(), shape, labels };
        Labels { concepts: Vec::new(), regions: vec![region] }
    }

    #[test]
    fn only_inputs_that_several_labelled_are_compared() {
        let said = BTreeMap::from([
            ((input(1), user(1)), says(&["cat"])),
            ((input(1), user(2)), says(&["cat"])),
            ((input(2), user(1)), says(&["dog"])),
            ((input(2), user(2)), says(&["dog"])),
            ((input(3), user(1)), says(&["cat"])),
        ]);
        let found = agreement(&said, &["cat", "dog"]);
        assert_eq!((found.inputs, found.fleiss_inputs), (2, 2));
        assert_eq!(found.fleiss, Some(1.0));
        let [pair] = found.pairs.as_slice() else { panic!("{found:?}") };
        assert_eq!((pair.one, pair.other, pair.inputs), (user(1), user(2), 2));
        assert_eq!((pair.kappa, pair.overlap), (Some(1.0), None));
        assert_eq!(agreement(&BTreeMap::new(), &["cat"]), TeamAgreement::default());
    }

    #[test]
    fn who_says_the_opposite_disagrees_more_than_chance() {
        let said = BTreeMap::from([
            ((input(1), user(1)), says(&["cat"])),
            ((input(1), user(2)), says(&["dog"])),
            ((input(2), user(1)), says(&["dog"])),
            ((input(2), user(2)), says(&["cat"])),
        ]);
        let found = agreement(&said, &["cat", "dog"]);
        assert_eq!(found.fleiss, Some(-1.0));
        assert_eq!(found.pairs[0].kappa, Some(-1.0));
    }

    #[test]
    fn a_region_without_a_partner_counts_as_no_overlap() {
        let both = BTreeMap::from([((input(1), user(1)), draws(0.0)), ((input(1), user(2)), draws(0.0))]);
        assert_eq!(agreement(&both, &["cat"]).pairs[0].overlap, Some(1.0));
        let apart = BTreeMap::from([((input(1), user(1)), draws(0.0)), ((input(1), user(2)), draws(0.5))]);
        assert_eq!(agreement(&apart, &["cat"]).pairs[0].overlap, Some(0.0));
    }
}
