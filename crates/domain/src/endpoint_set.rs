//! Sets of endpoints: a bitset, as for scopes.

use std::fmt;
use std::str::FromStr;

use crate::endpoint::{Endpoint, UnknownEndpoint};

/// A set of endpoints: the allow-list that a grant or key may carry on top of its scopes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct EndpointSet([u64; 3]);

const _: () = assert!(Endpoint::COUNT <= 192);

impl EndpointSet {
    /// No endpoint.
    pub const EMPTY: Self = Self([0; 3]);

    const fn split(endpoint: Endpoint) -> (u8, u64) {
        let index = endpoint as u8;
        (index / 64, 1 << (index % 64))
    }

    /// Whether it holds `endpoint`.
    #[must_use]
    pub fn contains(self, endpoint: Endpoint) -> bool {
        let (word, bit) = Self::split(endpoint);
        self.0.get(usize::from(word)).is_some_and(|bits| bits & bit != 0)
    }

    /// This set and `endpoint`.
    #[must_use]
    pub fn with(mut self, endpoint: Endpoint) -> Self {
        let (word, bit) = Self::split(endpoint);
        if let Some(bits) = self.0.get_mut(usize::from(word)) {
            *bits |= bit;
        }
        self
    }

    /// The endpoints in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        let ([a, b, c], [x, y, z]) = (self.0, other.0);
        Self([a & x, b & y, c & z])
    }

    /// Whether every endpoint of this set is in `other`.
    #[must_use]
    pub fn is_subset(self, other: Self) -> bool {
        self.intersection(other) == self
    }

    /// The endpoints in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Endpoint> {
        Endpoint::all().filter(move |endpoint| self.contains(*endpoint))
    }

    /// Whether no endpoint is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }
}

impl FromIterator<Endpoint> for EndpointSet {
    fn from_iter<I: IntoIterator<Item = Endpoint>>(endpoints: I) -> Self {
        endpoints.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for EndpointSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The names parted by single spaces: how sets are stored.
impl fmt::Display for EndpointSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, endpoint) in self.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(endpoint.rpc())?;
        }
        Ok(())
    }
}

impl FromStr for EndpointSet {
    type Err = UnknownEndpoint;

    fn from_str(names: &str) -> Result<Self, UnknownEndpoint> {
        names.split_ascii_whitespace().map(str::parse).collect()
    }
}

impl serde::Serialize for EndpointSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for EndpointSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        names.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_endpoints_reads_back() {
        let set: EndpointSet = Endpoint::all().filter(|endpoint| endpoint.is_rpc()).collect();
        assert_eq!(set.to_string().parse(), Ok(set));
        assert!(EndpointSet::EMPTY.with(Endpoint::PostInputs).is_subset(set));
        assert_eq!(EndpointSet::EMPTY.to_string(), "");
    }
}
