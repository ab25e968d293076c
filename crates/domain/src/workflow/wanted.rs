//! What is wanted of what a node gives, and what a filter lets through.

use std::fmt;
use std::str::FromStr;

/// The most concepts that are named in one node.
const NAMED: usize = 1_000;

/// What is wanted of the concepts that a node gives.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// At most so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concepts: Option<u32>,
    /// Only those of which the model is at least so sure, from 0 to 1.
    #[serde(skip_serializing_if = "is_zero")]
    pub from: f32,
    /// Only these, by identifier or name; all, if it is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Of a filter: which it lets through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
fn is_zero(number: &f32) -> bool {
    *number == 0.0
}

/// Which concepts a filter lets through: each that it names, by how sure the model before it is of that.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Threshold {
    /// How values are compared.
    pub comparison: Comparison,
    /// What each concept is compared with. Concepts that stand in none of them are not let through.
    pub bounds: Vec<Bound>,
}

/// With what a filter compares a concept.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bound {
    /// The concept, by identifier or name.
    pub concept: String,
    /// From 0 to 1.
    pub value: f32,
}

/// How a filter compares how sure a model is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Comparison {
    /// More than the bound.
    GreaterThan,
    /// As much, or more.
    #[default]
    GreaterThanOrEqualTo,
    /// Less.
    LessThan,
    /// As much, or less.
    LessThanOrEqualTo,
    /// As much.
    EqualTo,
}

/// That a text names no way of comparing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {all}, not `{0}`", all = Comparison::ALL.map(Comparison::name).join(", "))]
pub struct UnknownComparison(String);

impl Comparison {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::GreaterThan,
        Self::GreaterThanOrEqualTo,
        Self::LessThan,
        Self::LessThanOrEqualTo,
        Self::EqualTo,
    ];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GreaterThan => "GREATER_THAN",
            Self::GreaterThanOrEqualTo => "GREATER_THAN_OR_EQUAL_TO",
            Self::LessThan => "LESS_THAN",
            Self::LessThanOrEqualTo => "LESS_THAN_OR_EQUAL_TO",
            Self::EqualTo => "EQUAL_TO",
        }
    }

    /// Its sign: `≥`.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::GreaterThan => ">",
            Self::GreaterThanOrEqualTo => "≥",
            Self::LessThan => "<",
            Self::LessThanOrEqualTo => "≤",
            Self::EqualTo => "=",
        }
    }

    #[expect(clippy::float_cmp, reason = "that is what is asked for")]
    fn holds(self, value: f32, bound: f32) -> bool {
        match self {
            Self::GreaterThan => value > bound,
            Self::GreaterThanOrEqualTo => value >= bound,
            Self::LessThan => value < bound,
            Self::LessThanOrEqualTo => value <= bound,
            Self::EqualTo => value == bound,
        }
    }
}

impl FromStr for Comparison {
    type Err = UnknownComparison;

    fn from_str(name: &str) -> Result<Self, UnknownComparison> {
        let found = Self::ALL.into_iter().find(|comparison| comparison.name() == name);
        found.ok_or_else(|| UnknownComparison(name.to_owned()))
    }
}

/// Why something cannot be wanted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidWanted {
    /// A value is none from 0 to 1.
    #[error("{0} must be between 0 and 1")]
    Value(&'static str),
    /// There are too many concepts.
    #[error("at most {NAMED} concepts can be named")]
    TooMany,
    /// A concept has no name.
    #[error("concepts must be named")]
    Unnamed,
    /// A filter compares nothing.
    #[error("a threshold must name the concepts that it is about")]
    NoBounds,
}

impl Wanted {
    /// Whether everything is wanted.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it can be wanted.
    ///
    /// # Errors
    /// The first thing that speaks against it.
    pub fn check(&self) -> Result<(), InvalidWanted> {
        let is_part = |value: f32| (0.0..=1.0).contains(&value);
        if !is_part(self.from) {
            return Err(InvalidWanted::Value("min_value"));
        }
        let bounds = self.threshold.as_ref().map(|threshold| threshold.bounds.as_slice());
        if bounds.is_some_and(<[Bound]>::is_empty) {
            return Err(InvalidWanted::NoBounds);
        }
        let bounds = bounds.unwrap_or_default();
        if self.only.len() > NAMED || bounds.len() > NAMED {
            return Err(InvalidWanted::TooMany);
        }
        if bounds.iter().any(|bound| !is_part(bound.value)) {
            return Err(InvalidWanted::Value("the value of a threshold"));
        }
        let mut named = self.only.iter().chain(bounds.iter().map(|bound| &bound.concept));
        if named.any(|name| name.trim().is_empty()) { Err(InvalidWanted::Unnamed) } else { Ok(()) }
    }

    /// Whether a concept of this identifier and name is let through, of which a model is so sure. How many are is not
    /// looked at.
    #[must_use]
    pub fn lets(&self, id: &str, name: &str, value: f32) -> bool {
        let is_it = |named: &String| named == id || named == name;
        value >= self.from
            && (self.only.is_empty() || self.only.iter().any(is_it))
            && self.threshold.as_ref().is_none_or(|threshold| {
                let mut bounds = threshold.bounds.iter().filter(|bound| is_it(&bound.concept));
                bounds.any(|bound| threshold.comparison.holds(value, bound.value))
            })
    }
}

impl Wanted {
    /// The concepts that it names, by identifier or name.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        let bounds = self.threshold.iter().flat_map(|threshold| &threshold.bounds);
        self.only.iter().map(String::as_str).chain(bounds.map(|bound| bound.concept.as_str()))
    }
}

impl fmt::Display for Wanted {
    /// In words that follow a model: `at least 0.5 sure, 3 at most`; nothing, if everything is wanted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.from > 0.0 {
            parts.push(format!("at least {} sure", self.from));
        }
        if let Some(most) = self.concepts {
            parts.push(format!("{most} at most"));
        }
        if !self.only.is_empty() {
            parts.push(format!("only {}", self.only.join(", ")));
        }
        if let Some(Threshold { comparison, bounds }) = &self.threshold {
            let bounds = bounds
                .iter()
                .map(|Bound { concept, value }| format!("{concept} {} {value}", comparison.sign()));
            parts.push(bounds.collect::<Vec<_>>().join(", "));
        }
        f.write_str(&parts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_comparison_has_one_name() {
        for comparison in Comparison::ALL {
            assert_eq!(serde_json::to_value(comparison).unwrap(), comparison.name());
            assert_eq!(comparison.name().parse(), Ok(comparison));
        }
        assert!("MORE".parse::<Comparison>().unwrap_err().to_string().ends_with("EQUAL_TO, not `MORE`"));
    }

    #[test]
    fn a_filter_lets_through_what_it_names() {
        let bound = |concept: &str, value| Bound { concept: concept.into(), value };
        let wanted = |comparison| Wanted {
            threshold: Some(Threshold { comparison, bounds: vec![bound("cat", 0.5), bound("Dog", 0.25)] }),
            ..Wanted::default()
        };
        let more = wanted(Comparison::GreaterThan);
        assert!(more.lets("cat", "Cat", 0.75) && !more.lets("cat", "Cat", 0.5));
        assert!(more.lets("n02", "Dog", 0.5) && !more.lets("bird", "Bird", 1.0));
        let at_least = wanted(Comparison::GreaterThanOrEqualTo);
        assert!(at_least.lets("cat", "", 0.5) && !at_least.lets("cat", "", 0.25));
        let less = wanted(Comparison::LessThan);
        assert!(less.lets("cat", "", 0.25) && !less.lets("cat", "", 0.5));
        let at_most = wanted(Comparison::LessThanOrEqualTo);
        assert!(at_most.lets("cat", "", 0.5) && !at_most.lets("cat", "", 0.75));
        let equal = wanted(Comparison::EqualTo);
        assert!(equal.lets("cat", "", 0.5) && !equal.lets("cat", "", 0.75));
        let sure = Wanted { from: 0.5, only: vec!["cat".into()], ..Wanted::default() };
        assert!(sure.lets("cat", "", 0.5) && !sure.lets("cat", "", 0.25) && !sure.lets("dog", "", 1.0));
        assert!(Wanted::default().lets("cat", "", 0.0));
    }

    #[test]
    fn what_cannot_be_wanted_is_refused() {
        let values = [-0.1, 1.1, f32::NAN];
        for from in values {
            let wanted = Wanted { from, ..Wanted::default() };
            assert_eq!(wanted.check(), Err(InvalidWanted::Value("min_value")));
        }
        let threshold = |bounds| Wanted {
            threshold: Some(Threshold { comparison: Comparison::default(), bounds }),
            ..Wanted::default()
        };
        for value in values {
            let wanted = threshold(vec![Bound { concept: "cat".into(), value }]);
            assert_eq!(wanted.check(), Err(InvalidWanted::Value("the value of a threshold")));
        }
        assert_eq!(threshold(Vec::new()).check(), Err(InvalidWanted::NoBounds));
        let unnamed = threshold(vec![Bound { concept: " ".into(), value: 0.5 }]);
        assert_eq!(unnamed.check(), Err(InvalidWanted::Unnamed));
        let many = Wanted { only: vec!["cat".into(); NAMED + 1], ..Wanted::default() };
        assert_eq!(many.check(), Err(InvalidWanted::TooMany));
    }

    #[test]
    fn what_is_wanted_is_said_in_words() {
        let bounds = vec![Bound { concept: "cat".into(), value: 0.9 }];
        let threshold = Some(Threshold { comparison: Comparison::LessThan, bounds });
        let wanted = Wanted { concepts: Some(3), from: 0.5, only: vec!["cat".into()], threshold };
        assert_eq!(wanted.to_string(), "at least 0.5 sure; 3 at most; only cat; cat < 0.9");
        assert_eq!(Wanted::default().to_string(), "");
    }
}
