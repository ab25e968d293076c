//! Collectors: what of the inputs that are offered to one is taken into its app.
//!
//! Whether an input belongs to the sample follows from the input and the collector alone, so that it is the same on every
//! server and however often it is offered. Limits are counts that whoever keeps them holds while one more is added.

use std::fmt;
use std::str::FromStr;

use crate::decision::{Cause, Refusal};
use crate::endpoint::Endpoint;
use crate::id::CollectorId;
use crate::split::place_of;
use crate::time::{HOUR, Timestamp};
use crate::words::scope_names;

/// The parts of a whole: shares are kept in millionths, which both databases count alike.
const WHOLE: u32 = 1_000_000;

/// The most inputs that a limit lets through.
pub const MOST: i64 = 1_000_000_000;

/// Which share of what is offered is taken: more than nothing, at most everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

/// That a number is no share, in words that follow the field's name.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("must be above 0 and at most 1, in steps of a millionth: `{0}` is not")]
pub struct InvalidShare(f64);

impl Share {
    /// Everything.
    pub const ALL: Self = Self(WHOLE);

    /// The share `share` of a whole, to the millionth.
    ///
    /// # Errors
    /// When it is nothing, less than that, more than everything, or no number.
    pub fn new(share: f64) -> Result<Self, InvalidShare> {
        let millionths = (share * f64::from(WHOLE)).round();
        // What is not a number is no share either.
        if !(1.0..=f64::from(WHOLE)).contains(&millionths) {
            return Err(InvalidShare(share));
        }
        Ok(Self(millionths as u32))
    }

    /// The share of so many millionths.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of_millionths(millionths: i64) -> Result<Self, InvalidShare> {
        let known = u32::try_from(millionths).ok().filter(|known| (1..=WHOLE).contains(known));
        known.map(Self).ok_or(InvalidShare(millionths as f64 / f64::from(WHOLE)))
    }

    /// How many millionths it is.
    #[must_use]
    pub fn millionths(self) -> i64 {
        self.0.into()
    }

    /// As a part of 1.
    #[must_use]
    pub fn as_part(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// Whether an input is in the sample of `collector`: the one whose content has this SHA-256.
    #[must_use]
    pub fn takes(self, collector: CollectorId, content: &[u8; 32]) -> bool {
        place_of(collector.0.as_bytes().iter().chain(content).copied()) < self.as_part()
    }
}

impl fmt::Display for Share {
    /// In a hundred: `2.5 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", f64::from(self.0) / 10_000.0)
    }
}

/// What a collector watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Inputs that programs send to it, with a key of the app.
    Uploads,
    /// What the app's people and programs have predicted by a model of the app.
    Predictions,
}

impl Watched {
    /// Its name: `uploads` or `predictions`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uploads => "uploads",
            Self::Predictions => "predictions",
        }
    }

    /// What the creator of such a collector has to be allowed, at every input that it takes.
    #[must_use]
    pub const fn needs(self) -> &'static [Endpoint] {
        match self {
            Self::Uploads => &[Endpoint::PostInputs],
            Self::Predictions => &[Endpoint::PostInputs, Endpoint::PostModelOutputs],
        }
    }
}

/// That a text names nothing that can be watched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be `uploads` or `predictions`, not `{0}`")]
pub struct UnknownSource(String);

impl FromStr for Watched {
    type Err = UnknownSource;

    fn from_str(name: &str) -> Result<Self, UnknownSource> {
        [Self::Uploads, Self::Predictions]
            .into_iter()
            .find(|watched| watched.name() == name)
            .ok_or_else(|| UnknownSource(name.into()))
    }
}

/// Whether a collector takes anything at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It does.
    Gathering,
    /// Somebody had it rest.
    Paused,
    /// It stopped by itself, since its creator may no longer do what it does.
    Stopped,
}

impl State {
    /// Its name: `gathering`, `paused` or `stopped`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gathering => "gathering",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
        }
    }
}

/// That a text names no state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be `gathering`, `paused` or `stopped`, not `{0}`")]
pub struct UnknownState(String);

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(name: &str) -> Result<Self, UnknownState> {
        [Self::Gathering, Self::Paused, Self::Stopped]
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or_else(|| UnknownState(name.into()))
    }
}

/// How many inputs a collector takes at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// In one hour of the clock, UTC.
    pub per_hour: Option<i64>,
    /// Ever.
    pub in_total: Option<i64>,
}

impl Limits {
    /// Whether these let more through than `other` do.
    #[must_use]
    pub fn exceed(self, other: Self) -> bool {
        let beyond = |own: Option<i64>, theirs: Option<i64>| match (own, theirs) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(own), Some(theirs)) => own > theirs,
        };
        beyond(self.per_hour, other.per_hour) || beyond(self.in_total, other.in_total)
    }
}

/// How many inputs a collector has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// In all.
    pub in_total: i64,
    /// The hour in which it took the last one, counted from 1970.
    pub hour: i64,
    /// In that hour.
    pub in_hour: i64,
}

/// Which limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// That of this hour.
    #[error("it has taken what it may in this hour")]
    Hour,
    /// That of all.
    #[error("it has taken all that it may")]
    Total,
}

impl Taken {
    /// How many were taken in the hour of `now`.
    #[must_use]
    pub fn in_hour_of(self, now: Timestamp) -> i64 {
        // A clock that was ahead, here or at another server, must not give an hour twice.
        if hour_of(now) > self.hour { 0 } else { self.in_hour }
    }

    /// The counts after one more at `now`.
    ///
    /// # Errors
    /// When that would be beyond `limits`.
    pub fn one_more(self, limits: Limits, now: Timestamp) -> Result<Self, Full> {
        if limits.in_total.is_some_and(|most| self.in_total >= most) {
            return Err(Full::Total);
        }
        let in_hour = self.in_hour_of(now);
        if limits.per_hour.is_some_and(|most| in_hour >= most) {
            return Err(Full::Hour);
        }
        Ok(Self {
            in_total: self.in_total.saturating_add(1),
            hour: self.hour.max(hour_of(now)),
            in_hour: in_hour.saturating_add(1),
        })
    }
}

/// The hour of a moment, counted from 1970.
fn hour_of(now: Timestamp) -> i64 {
    now.micros().div_euclid(HOUR)
}

/// What everybody who sees a collector reads of why its creator may not do what it does.
#[must_use]
pub fn why_stopped(refusal: &Refusal) -> String {
    match refusal.cause {
        Cause::NotFound => "its creator no longer has access to this app".into(),
        Cause::GrantEnded(_) => "its creator’s access to this app has ended".into(),
        Cause::KeyEnded(_) => "the key with which it was made has ended".into(),
        Cause::MissingScopes { missing, by_grant } => {
            let holder = if by_grant.is_empty() {
                "the key with which it was made"
            } else {
                "its creator’s access to this app"
            };
            let lacking = if by_grant.is_empty() { missing } else { by_grant };
            format!("{holder} no longer includes {}", scope_names(lacking))
        }
        _ => format!("its creator may no longer do what it does (`{}`)", refusal.endpoint),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{Scope, ScopeSet};

    const COLLECTOR: CollectorId = CollectorId(Uuid::from_u128(7));
    const OTHER: CollectorId = CollectorId(Uuid::from_u128(8));

    fn content(number: u32) -> [u8; 32] {
        let mut content = [0; 32];
        content[..4].copy_from_slice(&number.to_be_bytes());
        content
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_micros(hours * HOUR + 5)
    }

    #[test]
    fn a_share_is_above_nothing_and_at_most_everything() {
        for (share, millionths) in
            [(1.0, 1_000_000), (0.1, 100_000), (0.000_001, 1), (f64::from(0.3_f32), 300_000)]
        {
            assert_eq!(Share::new(share).map(Share::millionths), Ok(millionths), "{share}");
        }
        for share in [0.0, -0.1, 1.1, 0.000_000_1, f64::NAN, f64::INFINITY] {
            assert!(Share::new(share).is_err(), "{share}");
        }
        assert!(Share::of_millionths(0).is_err() && Share::of_millionths(1_000_001).is_err());
        assert_eq!(Share::new(0.025).unwrap().to_string(), "2.5 %");
    }

    #[test]
    fn about_its_share_is_in_the_sample_of_each_collector_and_another_one_in_each() {
        let tenth = Share::new(0.1).unwrap();
        let taken = |collector| (0..10_000).filter(move |number| tenth.takes(collector, &content(*number)));
        for collector in [COLLECTOR, OTHER] {
            let count = taken(collector).count();
            assert!((900..1_100).contains(&count), "{count}");
        }
        let both = taken(COLLECTOR).filter(|number| tenth.takes(OTHER, &content(*number))).count();
        assert!((50..200).contains(&both), "the two samples have nothing to do with each other: {both}");
    }

    #[test]
    fn the_sample_stays_as_it_was_once() {
        // What is decided here was decided before: a change of it would have other inputs taken than yesterday.
        let half = Share::new(0.5).unwrap();
        let taken: Vec<u32> = (0..12).filter(|number| half.takes(COLLECTOR, &content(*number))).collect();
        assert_eq!(taken, STAYS);
    }

    const STAYS: [u32; 6] = [0, 1, 3, 5, 8, 10];

    proptest! {
        #[test]
        fn a_larger_share_takes_what_a_smaller_one_takes(content: [u8; 32], low in 1_i64..1_000_000, more in 0_i64..1_000_000) {
            let low = Share::of_millionths(low).unwrap();
            let high = Share::of_millionths((low.millionths() + more).min(1_000_000)).unwrap();
            prop_assert!(!low.takes(COLLECTOR, &content) || high.takes(COLLECTOR, &content));
            prop_assert!(Share::ALL.takes(COLLECTOR, &content));
        }
    }

    #[test]
    fn no_more_is_taken_than_the_limits_let_through() {
        let limits = Limits { per_hour: Some(2), in_total: Some(3) };
        let mut taken = Taken::default();
        for _ in 0..2 {
            taken = taken.one_more(limits, at(10)).unwrap();
        }
        assert_eq!(taken.one_more(limits, at(10)), Err(Full::Hour));
        assert_eq!((taken.in_hour_of(at(10)), taken.in_hour_of(at(11))), (2, 0));
        taken = taken.one_more(limits, at(11)).unwrap();
        assert_eq!((taken.in_total, taken.in_hour), (3, 1));
        assert_eq!(taken.one_more(limits, at(12)), Err(Full::Total));
        assert_eq!(taken.one_more(Limits::default(), at(12)).unwrap().in_total, 4);
        assert_eq!(
            Taken::default().one_more(Limits { per_hour: Some(0), in_total: None }, at(1)),
            Err(Full::Hour)
        );
    }

    #[test]
    fn a_clock_that_goes_back_gives_no_hour_twice() {
        let limits = Limits { per_hour: Some(1), in_total: None };
        let taken = Taken::default().one_more(limits, at(10)).unwrap();
        assert_eq!(taken.one_more(limits, at(9)), Err(Full::Hour));
        assert!(taken.one_more(limits, at(11)).is_ok());
    }

    #[test]
    fn a_limit_that_goes_away_lets_more_through() {
        let ten = Limits { per_hour: Some(10), in_total: Some(10) };
        assert!(!ten.exceed(ten));
        assert!(
            Limits { per_hour: None, ..ten }.exceed(ten) && !ten.exceed(Limits { per_hour: None, ..ten })
        );
        assert!(Limits { in_total: Some(11), ..ten }.exceed(ten));
    }

    #[test]
    fn why_it_stopped_is_said_of_the_creator_and_not_to_whoever_reads_it() {
        let endpoint = Endpoint::PostInputs;
        let missing = ScopeSet::of(&[Scope::InputsAdd]);
        let told = |cause| why_stopped(&Refusal { endpoint, cause });
        assert_eq!(
            told(Cause::MissingScopes { missing, by_grant: missing }),
            "its creator’s access to this app no longer includes `Inputs_Add`"
        );
        assert_eq!(
            told(Cause::MissingScopes { missing, by_grant: ScopeSet::EMPTY }),
            "the key with which it was made no longer includes `Inputs_Add`"
        );
        for cause in
            [Cause::NotFound, Cause::GrantEnded(at(1)), Cause::KeyEnded(at(1)), Cause::BoundElsewhere]
        {
            assert!(!told(cause).contains("your"), "{cause:?}");
        }
    }

    #[test]
    fn what_predicts_needs_the_right_to_predict() {
        for watched in [Watched::Uploads, Watched::Predictions] {
            assert_eq!(watched.name().parse(), Ok(watched));
            let needs =
                watched.needs().iter().fold(ScopeSet::EMPTY, |set, endpoint| set.union(endpoint.needs()));
            assert!(needs.contains(Scope::InputsAdd));
            assert_eq!(needs.contains(Scope::Predict), watched == Watched::Predictions);
        }
        for state in [State::Gathering, State::Paused, State::Stopped] {
            assert_eq!(state.name().parse(), Ok(state));
        }
    }
}
