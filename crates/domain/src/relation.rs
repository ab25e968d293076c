//! How concepts stand to one another.

use std::fmt;
use std::str::FromStr;

/// What a relation says of its subject and its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Predicate {
    /// The subject is a kind of the object: a heron is a bird.
    Hyponym,
    /// The object is a kind of the subject.
    Hypernym,
    /// Both mean the same.
    Synonym,
}

impl Predicate {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Hyponym, Self::Hypernym, Self::Synonym];

    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hyponym => "hyponym",
            Self::Hypernym => "hypernym",
            Self::Synonym => "synonym",
        }
    }

    /// The words between the subject and the object.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Hyponym => "is a kind of",
            Self::Hypernym => "is the kind of which one is",
            Self::Synonym => "means the same as",
        }
    }

    /// What the same relation says with subject and object changed round.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Hyponym => Self::Hypernym,
            Self::Hypernym => Self::Hyponym,
            Self::Synonym => Self::Synonym,
        }
    }
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// That a text names no relation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be hypernym, hyponym or synonym, not `{0}`")]
pub struct UnknownPredicate(String);

impl FromStr for Predicate {
    type Err = UnknownPredicate;

    fn from_str(name: &str) -> Result<Self, UnknownPredicate> {
        Self::ALL
            .into_iter()
            .find(|predicate| predicate.name() == name)
            .ok_or_else(|| UnknownPredicate(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_relation_reads_back_and_turns_round() {
        for predicate in Predicate::ALL {
            assert_eq!(predicate.name().parse(), Ok(predicate));
            assert_eq!(predicate.inverse().inverse(), predicate);
        }
        assert!("meronym".parse::<Predicate>().is_err());
    }
}
