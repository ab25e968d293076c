//! Dividing a dataset into what is learned from, what is looked at meanwhile, and what is tested with.
//!
//! Into which part an input falls follows from its identifier and a seed alone. So it falls into the same part however
//! many others there are, and in every later version that is divided by the same seed: nothing that was tested with is
//! learned from because something else was added.

use std::fmt;
use std::str::FromStr;

/// How far shares may be from coming to 1: they are written as decimals.
const TOLERANCE: f64 = 1e-6;

/// A part of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// What is learned from.
    Train,
    /// What is looked at meanwhile.
    Valid,
    /// What is tested with in the end.
    Test,
}

impl Part {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Train, Self::Valid, Self::Test];

    /// Its name: `train`, `valid` or `test`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// That a text names no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of train, valid and test")]
pub struct UnknownPart(String);

impl FromStr for Part {
    type Err = UnknownPart;

    fn from_str(name: &str) -> Result<Self, UnknownPart> {
        Self::ALL.into_iter().find(|part| part.name() == name).ok_or_else(|| UnknownPart(name.into()))
    }
}

/// How a dataset is divided: a seed, and shares that come to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    seed: u64,
    train: f64,
    valid: f64,
    test: f64,
}

/// Why a dataset cannot be divided so, in words that follow the field's name.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum InvalidSplit {
    /// A share is none.
    #[error("must have shares between 0 and 1: `{0}` is {1}")]
    Share(Part, f64),
    /// The shares are not those of a whole.
    #[error("must have shares that come to 1: they come to {0}")]
    Sum(f64),
}

impl Split {
    /// A division by `seed` into these shares, each between 0 and 1.
    ///
    /// # Errors
    /// When a share is none, or they do not come to 1.
    pub fn new(seed: u64, train: f64, valid: f64, test: f64) -> Result<Self, InvalidSplit> {
        let split = Self { seed, train, valid, test };
        for (part, share) in split.shares() {
            // What is not a number is no share either.
            if !(0.0..=1.0).contains(&share) {
                return Err(InvalidSplit::Share(part, share));
            }
        }
        let sum = train + valid + test;
        if (sum - 1.0).abs() > TOLERANCE { Err(InvalidSplit::Sum(sum)) } else { Ok(split) }
    }

    fn shares(&self) -> [(Part, f64); 3] {
        [(Part::Train, self.train), (Part::Valid, self.valid), (Part::Test, self.test)]
    }

    /// The part into which the input of this identifier falls: never one whose share is 0.
    #[must_use]
    pub fn part(&self, input: &str) -> Part {
        let place = place(self.seed, input);
        let (mut end, mut last) = (0.0, Part::Train);
        for (part, share) in self.shares().into_iter().filter(|(_, share)| *share > 0.0) {
            end += share;
            last = part;
            if place < end {
                break;
            }
        }
        // Sums of decimals end a little before 1, or after it: whatever lies between belongs to the last part.
        last
    }
}

/// Where the input stands between 0 and 1, by the seed and its identifier.
pub(crate) fn place(seed: u64, input: &str) -> f64 {
    place_of(seed.to_le_bytes().into_iter().chain(input.bytes()))
}

/// Where what has these bytes stands between 0 and 1. A place that was given once stays, so that this never changes: FNV-1a
/// over the bytes, with the bits mixed as MurmurHash3 does in the end, since FNV leaves the upper ones of short texts
/// alike.
pub(crate) fn place_of(bytes: impl Iterator<Item = u8>) -> f64 {
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    let [high @ .., _, _, _, _] = (hash ^ (hash >> 33)).to_be_bytes();
    f64::from(u32::from_be_bytes(high)) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Shares that come to 1.
    fn split() -> impl Strategy<Value = Split> {
        (any::<u64>(), 0_u8..=10, 0_u8..=10).prop_map(|(seed, one, other)| {
            let (low, high) = (one.min(other), one.max(other));
            let share = |tenths: u8| f64::from(tenths) / 10.0;
            Split::new(seed, share(low), share(high - low), share(10 - high)).unwrap()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn parts_have_their_shares(split in split(), name in "[a-z]{0,8}") {
            let mut counts = std::collections::BTreeMap::new();
            for number in 0..10_000 {
                *counts.entry(split.part(&format!("{name}{number}"))).or_insert(0_u32) += 1;
            }
            for (part, share) in split.shares() {
                let found = f64::from(counts.get(&part).copied().unwrap_or_default()) / 10_000.0;
                // Six times what chance does to ten thousand; exactly nothing, and all, where that is the share.
                let tolerance = 6.0 * (share * (1.0 - share) / 10_000.0).sqrt();
                prop_assert!((found - share).abs() <= tolerance, "{part}: {found} instead of {share}");
            }
        }

        #[test]
        fn who_takes_more_keeps_what_they_had(seed in any::<u64>(), tenths in 0_u8..10, input in "\\PC{1,40}") {
            let train = |tenths: u8| {
                let share = f64::from(tenths) / 10.0;
                Split::new(seed, share, 0.0, 1.0 - share).unwrap().part(&input) == Part::Train
            };
            prop_assert!(!train(tenths) || train(tenths + 1));
        }

        #[test]
        fn another_seed_divides_otherwise(seed in any::<u64>()) {
            let parts = |seed| {
                let split = Split::new(seed, 0.5, 0.0, 0.5).unwrap();
                (0..64).map(|number| split.part(&number.to_string())).collect::<Vec<_>>()
            };
            prop_assert_eq!(parts(seed), parts(seed));
            prop_assert_ne!(parts(seed), parts(seed.wrapping_add(1)));
        }
    }

    /// What was divided once must fall into the same parts in every later release.
    #[test]
    fn an_input_stays_where_it_was_put() {
        let split = Split::new(7, 0.6, 0.2, 0.2).unwrap();
        let parts: Vec<Part> = (0..10).map(|number| split.part(&format!("input-{number}"))).collect();
        use Part::{Test, Train, Valid};
        assert_eq!(parts, [Train, Valid, Valid, Train, Valid, Train, Train, Valid, Train, Test]);
    }

    #[test]
    fn shares_are_those_of_a_whole() {
        assert!(Split::new(0, 0.8, 0.1, 0.1).is_ok());
        assert!(Split::new(0, 1.0, 0.0, 0.0).is_ok());
        assert_eq!(Split::new(0, 1.5, -0.5, 0.0), Err(InvalidSplit::Share(Part::Train, 1.5)));
        assert!(matches!(Split::new(0, 0.5, f64::NAN, 0.5), Err(InvalidSplit::Share(Part::Valid, _))));
        let refused = Split::new(0, 0.5, 0.25, 0.0).unwrap_err();
        assert_eq!(refused.to_string(), "must have shares that come to 1: they come to 0.75");
    }

    #[test]
    fn names_read_back() {
        for part in Part::ALL {
            assert_eq!(part.name().parse(), Ok(part));
        }
        assert_eq!("dev".parse::<Part>().unwrap_err().to_string(), "`dev` is none of train, valid and test");
    }
}
