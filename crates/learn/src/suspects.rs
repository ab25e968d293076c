//! Labels that are probably wrong.
//!
//! They are those of which a model that learned from the other examples is sure that something else is true: confident
//! learning (Northcutt, Jiang and Chuang, 2021). How sure it has to be is different for each class, since models are
//! surer of some than of others: as sure as it is, in the mean, of those that are said to be of that class.

use serde::{Deserialize, Serialize};

use crate::quality::{InvalidPredictions, Judged};
use crate::{Answer, Targets};

/// Something that is probably said wrongly of an example.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// Of which example.
    pub example: usize,
    /// The class that it is said to be of; or the concept.
    pub class: usize,
    /// What is said of the concept; `Yes` of exclusive classes.
    pub said: Answer,
    /// The class that it more probably is of; none of concepts, of which it is the opposite.
    pub instead: Option<usize>,
    /// The probability of what is said.
    pub probability: f64,
    /// How much more probable the other is: the larger, the surer it is that what is said is wrong.
    pub margin: f64,
}

/// What is probably wrong among what is said, the surest first, by probabilities that were learned from other
/// examples, as [`cross_validate`](crate::quality::cross_validate) gives them.
///
/// # Errors
/// When probabilities are missing or none.
pub fn suspects(targets: Targets<'_>, probabilities: &[f64]) -> Result<Vec<Suspect>, InvalidPredictions> {
    let judged = Judged::new(targets, probabilities)?;
    let mut found: Vec<Suspect> =
        if targets.is_exclusive() { of_classes(&judged) } else { of_concepts(&judged).collect() };
    // In order of examples where margins are equal: the sort is stable.
    found.sort_by(|one, other| other.margin.total_cmp(&one.margin));
    Ok(found)
}

/// The mean of probabilities, and none of nothing.
fn mean(probabilities: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = probabilities.fold((0_usize, 0.0), |(count, sum), next| (count + 1, sum + next));
    (count > 0).then(|| sum / count as f64)
}

fn of_classes(judged: &Judged<'_>) -> Vec<Suspect> {
    let targets = judged.targets;
    let of = |class: usize| (0..targets.count()).filter(move |at| targets.answer(*at, class) == Answer::Yes);
    let sure: Vec<Option<f64>> = (0..targets.width())
        .map(|class| mean(of(class).map(|example| judged.probability(example, class))))
        .collect();
    let mut found = Vec::new();
    for class in 0..targets.width() {
        for example in of(class) {
            let confident = sure.iter().enumerate().filter_map(|(other, sure)| {
                let probability = judged.probability(example, other);
                sure.is_some_and(|sure| probability >= sure).then_some((other, probability))
            });
            // The most probable of those that the model is sure of: that may be what is said.
            let best = confident.reduce(|best, next| if next.1 > best.1 { next } else { best });
            if let Some((instead, more)) = best.filter(|(other, _)| *other != class) {
                let probability = judged.probability(example, class);
                let (instead, margin) = (Some(instead), more - probability);
                found.push(Suspect { example, class, said: Answer::Yes, instead, probability, margin });
            }
        }
    }
    found.sort_by_key(|suspect| suspect.example);
    found
}

/// Each concept is told from its opposite.
fn of_concepts<'a>(judged: &'a Judged<'a>) -> impl Iterator<Item = Suspect> + 'a {
    let targets = judged.targets;
    (0..targets.width()).flat_map(move |class| {
        let of = move |answer| (0..targets.count()).filter(move |at| targets.answer(*at, class) == answer);
        let yes = mean(of(Answer::Yes).map(|example| judged.probability(example, class)));
        let no = mean(of(Answer::No).map(|example| 1.0 - judged.probability(example, class)));
        (0..targets.count()).filter_map(move |example| {
            let said = targets.answer(example, class);
            let share = judged.probability(example, class);
            let (probability, more, sure, own) = match said {
                Answer::Yes => (share, 1.0 - share, no?, yes?),
                Answer::No => (1.0 - share, share, yes?, no?),
                Answer::Unknown => return None,
            };
            // Unless it is as sure of what is said, and that is more probable.
            let wrong = more >= sure && (more > probability || probability < own);
            let margin = more - probability;
            wrong.then_some(Suspect { example, class, said, instead: None, probability, margin })
        })
    })
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::Rows;
    use crate::folds::Folds;
    use crate::linear::{Options, Problem};
    use crate::quality::cross_validate;
    use crate::testing::{Random, clusters};

    #[test]
    fn classes_are_suspected_as_computed_by_hand() {
        // In the mean the model is sure of class 0 by 0.6 and of class 1 by 0.5.
        let probabilities = [0.9, 0.1, 0.8, 0.2, 0.1, 0.9, 0.1, 0.9, 0.3, 0.7, 0.9, 0.1, 0.7, 0.3];
        let targets = Targets::Exclusive { classes: 2, of: &[0, 0, 0, 1, 1, 1, 1] };
        let found = suspects(targets, &probabilities).unwrap();
        let shown: Vec<_> = found.iter().map(|found| (found.example, found.class, found.instead)).collect();
        assert_eq!(shown, [(2, 0, Some(1)), (5, 1, Some(0)), (6, 1, Some(0))]);
        assert!((found[0].margin - 0.8).abs() < 1e-12 && (found[2].probability - 0.3).abs() < 1e-12);
    }

    #[test]
    fn what_a_model_is_unsure_of_everywhere_is_suspected_only_by_what_it_is_surer_of() {
        // The most probable class is another one, but it is so of all of that class, and less than there.
        let probabilities = [0.6, 0.4, 0.6, 0.4, 0.9, 0.1, 0.9, 0.1];
        let targets = Targets::Exclusive { classes: 2, of: &[1, 1, 0, 0] };
        assert_eq!(suspects(targets, &probabilities), Ok(vec![]));
    }

    #[test]
    fn concepts_are_suspected_in_either_direction() {
        use Answer::{No, Unknown, Yes};
        let answers = [Yes, Yes, No, No, Yes, No, Unknown];
        let probabilities = [0.9, 0.8, 0.1, 0.2, 0.05, 0.95, 0.99];
        let found =
            suspects(Targets::Independent { concepts: 1, answers: &answers }, &probabilities).unwrap();
        let shown: Vec<_> = found.iter().map(|found| (found.example, found.said, found.instead)).collect();
        assert_eq!(shown, [(4, Yes, None), (5, No, None)]);
    }

    #[test]
    fn labels_that_were_exchanged_are_found() {
        let (values, truth) = clusters(&mut Random(21), 300, 20, 3, 6.0);
        let exchanged = |example: usize| example % 25 == 3;
        let of: Vec<u32> = truth
            .iter()
            .enumerate()
            .map(|(example, of)| if exchanged(example) { (of + 1) % 3 } else { *of })
            .collect();
        let targets = Targets::Exclusive { classes: 3, of: &of };
        let problem = Problem { rows: Rows::new(&values, 20).unwrap(), targets, weights: None };
        let ids: Vec<String> = (0..300).map(|example| example.to_string()).collect();
        let folds = Folds::stratified(1, &ids, targets);
        let crossed =
            cross_validate(&problem, folds, &Options::default(), &mut |_| ControlFlow::Continue(()));
        let found = suspects(targets, &crossed.unwrap().probabilities).unwrap();
        let right = found.iter().filter(|suspect| {
            exchanged(suspect.example) && suspect.instead == Some(truth[suspect.example] as usize)
        });
        assert!(right.count() >= 11 && found.len() <= 16, "{found:?}");
    }
}
