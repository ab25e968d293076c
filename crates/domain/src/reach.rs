//! Reach: which of an app's inputs somebody's rights are about.

use std::fmt;
use std::str::FromStr;

/// Which inputs of an app rights reach, in lists, searches, counts and copies as well as by identifier. What is said of an
/// input is reached with it.
///
/// The order is that of how much is reached, so that the lesser of two is what both reach.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Only those that tasks gave to the holder: to label, as long as they are theirs, and those of tasks which they
    /// review.
    Assigned,
    /// All of them.
    #[default]
    Everything,
}

impl Reach {
    /// Both, the greater first.
    pub const ALL: [Self; 2] = [Self::Everything, Self::Assigned];

    /// The word for it in databases and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Assigned => "assigned",
        }
    }

    /// Whether it is limited to assigned tasks.
    #[must_use]
    pub fn is_limited(self) -> bool {
        self == Self::Assigned
    }

    /// Limited, if `limited`.
    #[must_use]
    pub fn limited_if(limited: bool) -> Self {
        if limited { Self::Assigned } else { Self::Everything }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that is no reach's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a reach: it is `everything` or `assigned`")]
pub struct UnknownReach(pub String);

impl FromStr for Reach {
    type Err = UnknownReach;

    fn from_str(name: &str) -> Result<Self, UnknownReach> {
        Self::ALL.into_iter().find(|reach| reach.name() == name).ok_or_else(|| UnknownReach(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_the_lesser_is_what_both_reach() {
        for reach in Reach::ALL {
            assert_eq!(reach.name().parse(), Ok(reach));
            assert_eq!(serde_json::to_value(reach).ok(), Some(reach.name().into()));
            assert_eq!(reach.min(Reach::Assigned), Reach::Assigned);
            assert_eq!(reach.min(Reach::Everything), reach);
        }
        assert!("all".parse::<Reach>().is_err());
    }
}
