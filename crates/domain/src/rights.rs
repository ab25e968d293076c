//! Rights: what a grant or a key gives, and the order among rights.

use crate::endpoint::Endpoint;
use crate::endpoint_set::EndpointSet;
use crate::reach::Reach;
use crate::scope_set::ScopeSet;
use crate::time::Timestamp;

/// What a grant or a key gives: scopes, on top of them an optional allow-list of endpoints, which inputs it is about, and an
/// optional end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rights {
    /// The scopes.
    pub scopes: ScopeSet,
    /// If given, only these endpoints are open, whatever the scopes.
    pub endpoints: Option<EndpointSet>,
    /// Which inputs it is about.
    #[serde(default)]
    pub reach: Reach,
    /// If given, nothing is open from this moment on.
    pub ends_at: Option<Timestamp>,
}

impl Rights {
    /// Everything, for ever: an owner's.
    pub const FULL: Self = Self::of(ScopeSet::ALL);

    /// The given scopes, of all inputs, without allow-list or end.
    #[must_use]
    pub const fn of(scopes: ScopeSet) -> Self {
        Self { scopes, endpoints: None, reach: Reach::Everything, ends_at: None }
    }

    /// Whether the end has come by `now`.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> bool {
        self.ends_at.is_some_and(|end| end <= now)
    }

    /// Whether the allow-list, if there is one, lets `endpoint` through. Acts of the browser are not on the wire and
    /// not subject to it.
    #[must_use]
    pub fn allows(&self, endpoint: Endpoint) -> bool {
        self.endpoints.is_none_or(|allowed| allowed.contains(endpoint) || !endpoint.is_rpc())
    }

    /// Whether `endpoint` can be answered by what these reach: one that is about an app as a whole cannot be cut down to
    /// some of its inputs.
    #[must_use]
    pub fn reaches(&self, endpoint: Endpoint) -> bool {
        !(self.reach.is_limited() && endpoint.is_of_whole())
    }

    /// Whether any endpoint at all is open.
    #[must_use]
    pub fn opens_something(&self) -> bool {
        Endpoint::opened_by(self.scopes).any(|endpoint| self.allows(endpoint) && self.reaches(endpoint))
    }

    /// Whether these are at most `other`, in every respect.
    #[must_use]
    pub fn within(&self, other: &Self) -> bool {
        self.excess(other).is_none()
    }

    /// In what these exceed `other`; `None` if in nothing.
    #[must_use]
    pub fn excess(&self, other: &Self) -> Option<Excess> {
        let excess = Excess {
            scopes: self.scopes.minus(other.scopes),
            endpoints: match (self.endpoints, other.endpoints) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(own), Some(theirs)) => !own.is_subset(theirs),
            },
            reach: self.reach > other.reach,
            longer_than: match (self.ends_at, other.ends_at) {
                (_, None) => None,
                (Some(own), Some(theirs)) if own <= theirs => None,
                (_, Some(theirs)) => Some(theirs),
            },
        };
        let exceeds =
            !excess.scopes.is_empty() || excess.endpoints || excess.reach || excess.longer_than.is_some();
        exceeds.then_some(excess)
    }

    /// What both give.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        Self {
            scopes: self.scopes.intersection(other.scopes),
            endpoints: match (self.endpoints, other.endpoints) {
                (Some(a), Some(b)) => Some(a.intersection(b)),
                (one, None) => one,
                (None, one) => one,
            },
            reach: self.reach.min(other.reach),
            ends_at: match (self.ends_at, other.ends_at) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (one, None) => one,
                (None, one) => one,
            },
        }
    }
}

/// In what rights exceed others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    /// The scopes that the others lack.
    pub scopes: ScopeSet,
    /// Whether the allow-list lets through what theirs does not.
    pub endpoints: bool,
    /// Whether these reach inputs that the others do not.
    pub reach: bool,
    /// Their end, if these would last longer.
    pub longer_than: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Scope;

    fn at(micros: i64) -> Option<Timestamp> {
        Some(Timestamp::from_micros(micros))
    }

    #[test]
    fn an_end_that_never_comes_exceeds_one_that_does() {
        let never = Rights::of(ScopeSet::of(&[Scope::AppsGet]));
        let soon = Rights { ends_at: at(5), ..never };
        assert!(soon.within(&never));
        assert_eq!(never.excess(&soon).and_then(|excess| excess.longer_than), at(5));
        assert!(soon.ended(Timestamp::from_micros(5)) && !soon.ended(Timestamp::from_micros(4)));
    }

    #[test]
    fn the_meet_is_within_both() {
        let one = Rights {
            scopes: ScopeSet::of(&[Scope::AppsGet, Scope::InputsGet]),
            endpoints: Some(EndpointSet::EMPTY.with(Endpoint::ListInputs)),
            reach: Reach::Everything,
            ends_at: at(9),
        };
        let two = Rights {
            scopes: ScopeSet::of(&[Scope::AppsGet, Scope::InputsAdd]),
            endpoints: Some(EndpointSet::EMPTY.with(Endpoint::GetInput)),
            reach: Reach::Assigned,
            ends_at: None,
        };
        let meet = one.meet(&two);
        assert!(meet.within(&one) && meet.within(&two));
        assert_eq!(meet.endpoints, Some(EndpointSet::EMPTY), "disjoint allow-lists leave nothing open");
        assert!(!meet.opens_something());
        assert_eq!(meet.reach, Reach::Assigned);
    }

    #[test]
    fn what_is_about_all_inputs_exceeds_what_is_about_some() {
        let all = Rights::of(ScopeSet::of(&[Scope::AppsGet]));
        let some = Rights { reach: Reach::Assigned, ..all };
        assert!(some.within(&all));
        assert!(all.excess(&some).is_some_and(|excess| excess.reach && excess.scopes.is_empty()));
        assert!(!some.reaches(Endpoint::PostTasks) && some.reaches(Endpoint::ListInputs));
        assert!(all.reaches(Endpoint::PostTasks));
    }

    #[test]
    fn scopes_without_their_reads_open_nothing() {
        assert!(!Rights::of(ScopeSet::of(&[Scope::AnnotationsAdd])).opens_something());
        assert!(Rights::of(crate::closure::closed(ScopeSet::of(&[Scope::AnnotationsAdd]))).opens_something());
        assert!(!Rights::of(ScopeSet::EMPTY).opens_something());
    }
}
