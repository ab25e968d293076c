//! What is known of examples, which is what is to be learned.

use std::collections::HashMap;

use crate::Rows;
use crate::hash::{hash, words};

/// What is said of an example and a concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It shows the concept.
    Yes,
    /// It does not.
    No,
    /// Nobody said.
    Unknown,
}

/// What is known of examples.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a> {
    /// Each example is of exactly one of `classes`, which are counted from 0.
    Exclusive {
        /// How many classes there are.
        classes: usize,
        /// The class of each example.
        of: &'a [u32],
    },
    /// Each example shows any number of `concepts`, each by itself.
    Independent {
        /// How many concepts there are.
        concepts: usize,
        /// For each example the answer of each concept.
        answers: &'a [Answer],
    },
}

/// Why targets cannot be learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTargets {
    /// Nothing to learn from.
    #[error("there are no examples")]
    NoExamples,
    /// Of each example something must be said.
    #[error("there are {examples} examples, and something is said of {said}")]
    Count {
        /// How many examples there are.
        examples: usize,
        /// Of how many something is said.
        said: usize,
    },
    /// Nothing to tell apart.
    #[error("all examples are of one class: there is nothing to tell them from")]
    OneClass,
    /// Nothing to learn.
    #[error("there are no concepts")]
    NoConcepts,
    /// A class that does not exist.
    #[error("example {example} is of class {class}, and there are {classes}")]
    UnknownClass {
        /// Which example, counted from 0.
        example: usize,
        /// The class that it is said to be of.
        class: u32,
        /// How many classes there are.
        classes: usize,
    },
    /// A class without examples.
    #[error("class {class} has no examples")]
    EmptyClass {
        /// Which one, counted from 0.
        class: usize,
    },
    /// A concept that all examples show.
    #[error("concept {concept} has no negative examples")]
    NoNegatives {
        /// Which one, counted from 0.
        concept: usize,
    },
    /// A concept that no example shows.
    #[error("concept {concept} has no positive examples")]
    NoPositives {
        /// Which one, counted from 0.
        concept: usize,
    },
}

impl Targets<'_> {
    /// How many classes or concepts there are.
    #[must_use]
    pub fn width(&self) -> usize {
        match *self {
            Self::Exclusive { classes, .. } => classes,
            Self::Independent { concepts, .. } => concepts,
        }
    }

    /// Whether each example is of exactly one class.
    #[must_use]
    pub fn is_exclusive(&self) -> bool {
        matches!(self, Self::Exclusive { .. })
    }

    /// Of how many examples something is said.
    #[must_use]
    pub fn count(&self) -> usize {
        match *self {
            Self::Exclusive { of, .. } => of.len(),
            Self::Independent { concepts, answers } => answers.len().checked_div(concepts).unwrap_or(0),
        }
    }

    /// What is said of an example and a class or concept.
    #[must_use]
    pub fn answer(&self, example: usize, class: usize) -> Answer {
        match *self {
            Self::Exclusive { of, .. } => match of.get(example) {
                Some(given) if *given as usize == class => Answer::Yes,
                Some(_) => Answer::No,
                None => Answer::Unknown,
            },
            Self::Independent { concepts, answers } => {
                answers.get(example * concepts + class).copied().unwrap_or(Answer::Unknown)
            }
        }
    }

    /// How many examples show each class or concept, and how many do not.
    #[must_use]
    pub fn counts(&self) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); self.width()];
        match *self {
            Self::Exclusive { of, .. } => {
                for class in of {
                    if let Some(counts) = counts.get_mut(*class as usize) {
                        counts.positive += 1;
                    }
                }
                for counts in &mut counts {
                    counts.negative = of.len() - counts.positive;
                }
            }
            Self::Independent { concepts, answers } => {
                for row in answers.chunks_exact(concepts.max(1)) {
                    for (counts, answer) in counts.iter_mut().zip(row) {
                        match answer {
                            Answer::Yes => counts.positive += 1,
                            Answer::No => counts.negative += 1,
                            Answer::Unknown => {}
                        }
                    }
                }
            }
        }
        counts
    }

    /// The fewest examples of anything that is to be told apart: of a class, or of either answer of a concept.
    #[must_use]
    pub fn smallest(&self) -> usize {
        let counts = self.counts();
        let fewest = |counts: &Counts| match self {
            Self::Exclusive { .. } => counts.positive,
            Self::Independent { .. } => counts.positive.min(counts.negative),
        };
        counts.iter().map(fewest).min().unwrap_or(0)
    }

    /// Whether this is said of `examples` examples.
    ///
    /// # Errors
    /// When nothing is there, it is said of more or fewer, or names a class that does not exist.
    pub fn check_shape(&self, examples: usize) -> Result<(), InvalidTargets> {
        if examples == 0 {
            return Err(InvalidTargets::NoExamples);
        }
        if self.width() == 0 {
            return Err(InvalidTargets::NoConcepts);
        }
        let whole = match *self {
            Self::Exclusive { .. } => true,
            Self::Independent { concepts, answers } => answers.len().is_multiple_of(concepts),
        };
        if self.count() != examples || !whole {
            return Err(InvalidTargets::Count { examples, said: self.count() });
        }
        if let Self::Exclusive { classes, of } = *self {
            let unknown =
                |(example, class): (usize, &u32)| (*class as usize >= classes).then_some((example, *class));
            if let Some((example, class)) = of.iter().enumerate().find_map(unknown) {
                return Err(InvalidTargets::UnknownClass { example, class, classes });
            }
        }
        Ok(())
    }

    /// Whether this can be learned from `examples` rows.
    ///
    /// # Errors
    /// When [`check_shape`](Self::check_shape) refuses it, nothing is to be told apart, or something has no examples.
    pub fn check(&self, examples: usize) -> Result<(), InvalidTargets> {
        self.check_shape(examples)?;
        if let Self::Exclusive { of, .. } = *self
            && of.iter().all(|class| Some(class) == of.first())
        {
            return Err(InvalidTargets::OneClass);
        }
        for (at, counts) in self.counts().into_iter().enumerate() {
            match self {
                Self::Exclusive { .. } if counts.positive == 0 => {
                    return Err(InvalidTargets::EmptyClass { class: at });
                }
                Self::Independent { .. } if counts.positive == 0 => {
                    return Err(InvalidTargets::NoPositives { concept: at });
                }
                Self::Independent { .. } if counts.negative == 0 => {
                    return Err(InvalidTargets::NoNegatives { concept: at });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// How many examples show something, and how many do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Those that show it.
    pub positive: usize,
    /// Those of which it is known that they do not.
    pub negative: usize,
}

/// Pairs of examples that are equal to the last bit and of which different things are said: what is wrong in one of
/// the two can be learned from neither. Each pair has its earlier example first; of many equal ones, each is paired
/// with the first that it contradicts.
#[must_use]
pub fn contradictions(rows: Rows<'_>, targets: Targets<'_>) -> Vec<(usize, usize)> {
    // Of equal rows, one of each thing that is said is kept to be compared with.
    let mut alike: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    let said = |example| (0..targets.width()).map(move |class| targets.answer(example, class));
    for (example, row) in rows.iter().enumerate() {
        let seen = alike.entry(hash(0, words(row))).or_default();
        let contradicts = |other: &&usize| {
            rows.row(**other) == row
                && said(**other)
                    .zip(said(example))
                    .any(|pair| matches!(pair, (Answer::Yes, Answer::No) | (Answer::No, Answer::Yes)))
        };
        found.extend(seen.iter().find(contradicts).map(|other| (*other, example)));
        if !seen.iter().any(|other| said(*other).eq(said(example)) && rows.row(*other) == row) {
            seen.push(example);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Answer::{No, Unknown, Yes};
    use super::*;

    #[test]
    fn what_cannot_be_learned_is_refused_by_name() {
        let refused = |targets: Targets<'_>, examples| targets.check(examples).unwrap_err().to_string();
        let classes = |classes, of| Targets::Exclusive { classes, of };
        let concepts = |concepts, answers| Targets::Independent { concepts, answers };
        assert_eq!(refused(classes(2, &[]), 0), "there are no examples");
        assert_eq!(refused(classes(2, &[0, 1]), 3), "there are 3 examples, and something is said of 2");
        assert_eq!(
            refused(classes(2, &[1, 1]), 2),
            "all examples are of one class: there is nothing to tell them from"
        );
        assert_eq!(refused(classes(2, &[0, 2]), 2), "example 1 is of class 2, and there are 2");
        assert_eq!(refused(classes(3, &[0, 2]), 2), "class 1 has no examples");
        assert_eq!(refused(concepts(0, &[]), 2), "there are no concepts");
        assert_eq!(
            refused(concepts(2, &[Yes, No, No]), 1),
            "there are 1 examples, and something is said of 1"
        );
        assert_eq!(refused(concepts(2, &[Yes, No, No, No]), 2), "concept 1 has no positive examples");
        assert_eq!(refused(concepts(1, &[Yes, Unknown]), 2), "concept 0 has no negative examples");
        assert_eq!(classes(3, &[0, 2, 1]).check(3), Ok(()));
        assert_eq!(concepts(2, &[Yes, Unknown, No, Yes, Unknown, No]).check(3), Ok(()));
    }

    #[test]
    fn the_smallest_is_what_there_is_least_of() {
        assert_eq!(Targets::Exclusive { classes: 2, of: &[0, 1, 1] }.smallest(), 1);
        let answers = [Yes, Yes, Yes, No, No, Unknown];
        assert_eq!(Targets::Independent { concepts: 1, answers: &answers }.smallest(), 2);
    }

    #[test]
    fn what_contradicts_is_found_once_each() {
        let values = [1.0, 2.0, 1.0, 3.0, 1.0];
        let rows = Rows::new(&values, 1).unwrap();
        assert_eq!(
            contradictions(rows, Targets::Exclusive { classes: 2, of: &[0, 1, 1, 0, 1] }),
            [(0, 2), (0, 4)]
        );
        let answers = [Yes, No, Unknown, No, No];
        assert_eq!(contradictions(rows, Targets::Independent { concepts: 1, answers: &answers }), [(0, 4)]);
    }
}
