//! Sets of scopes: a bitset, so that a check is a few instructions and allocates nothing.

use std::fmt;

use crate::scope::{Scope, UnknownScope};

/// A set of [`Scope`]s.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ScopeSet(u128);

// The table must fit the bitset; should it ever outgrow it, the build says so here.
const _: () = assert!(Scope::COUNT <= u128::BITS as usize);

impl ScopeSet {
    /// No scope.
    pub const EMPTY: Self = Self(0);
    /// Every scope there is: what an owner holds, and what `All` means on the wire.
    pub const ALL: Self = Self(u128::MAX >> (u128::BITS as usize - Scope::COUNT));

    /// The set of the listed scopes.
    #[must_use]
    pub const fn of(scopes: &[Scope]) -> Self {
        let mut bits = 0;
        let mut rest = scopes;
        while let [first, tail @ ..] = rest {
            bits |= 1 << *first as u8;
            rest = tail;
        }
        Self(bits)
    }

    /// Whether it holds `scope`.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// Whether every scope of this set is in `other`.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether no scope is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many scopes are in it.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The scopes in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The scopes in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The scopes of this set that are not in `other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// This set and `scope`.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | 1 << scope as u8)
    }

    /// The scopes of this set that only look.
    #[must_use]
    pub fn reads(self) -> Self {
        self.iter().filter(|scope| scope.access() == crate::scope::Access::Read).collect()
    }

    /// The scopes of this set that change or act.
    #[must_use]
    pub fn writes(self) -> Self {
        self.minus(self.reads())
    }

    /// The scopes in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Scope> + Clone {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let index = rest.trailing_zeros();
            rest &= rest - 1;
            Scope::at(index)
        })
    }

    /// The set that the given wire names stand for; `All` stands for every scope that exists now.
    ///
    /// # Errors
    /// The first name that is no scope's.
    pub fn from_wire<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownScope> {
        let mut set = Self::EMPTY;
        for name in names {
            set = if name == "All" { Self::ALL } else { set.with(name.parse()?) };
        }
        Ok(set)
    }

    /// The names as the wire shows them: `All` when nothing is missing.
    #[must_use]
    pub fn to_wire(self) -> Vec<String> {
        if self == Self::ALL {
            return vec!["All".into()];
        }
        self.iter().map(|scope| scope.wire().into()).collect()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The names in the order of the table, parted by single spaces: how sets are stored. A scope that a later
/// release adds is not in it, so that no stored set ever widens by itself.
impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.wire())?;
        }
        Ok(())
    }
}

impl std::str::FromStr for ScopeSet {
    type Err = UnknownScope;

    fn from_str(names: &str) -> Result<Self, UnknownScope> {
        // Stored sets are in the order of the table, and read at each request: each name is looked for after the last.
        let mut rest = Scope::all();
        let mut set = Self::EMPTY;
        for name in names.split_ascii_whitespace() {
            set = match rest.find(|scope| scope.wire() == name) {
                Some(scope) => set.with(scope),
                None => {
                    rest = Scope::all();
                    set.union(Self::from_wire([name])?)
                }
            };
        }
        Ok(set)
    }
}

impl serde::Serialize for ScopeSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ScopeSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        names.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_holds_exactly_the_table() {
        assert_eq!(ScopeSet::ALL.len(), Scope::COUNT);
        assert_eq!(Scope::all().collect::<ScopeSet>(), ScopeSet::ALL);
        assert_eq!(ScopeSet::ALL.to_wire(), ["All"]);
        assert_eq!(ScopeSet::from_wire(["All"]), Ok(ScopeSet::ALL));
    }

    #[test]
    fn a_stored_set_reads_back() {
        let set = ScopeSet::of(&[Scope::AnnotationsAdd, Scope::AppsGet]);
        assert_eq!(set.to_string().parse(), Ok(set));
        assert_eq!(ScopeSet::EMPTY.to_string(), "");
        assert_eq!(ScopeSet::ALL.to_string().parse(), Ok(ScopeSet::ALL));
        let as_people_type = "Apps_Get  Annotations_Add Apps_Get";
        assert_eq!(as_people_type.parse(), Ok(set));
        assert_eq!("Apps_Get All".parse(), Ok(ScopeSet::ALL));
        assert_eq!("Apps_Get Apps_Guess".parse::<ScopeSet>(), Err(UnknownScope("Apps_Guess".into())));
        assert!("Apps_Get Nope".parse::<ScopeSet>().is_err());
    }

    #[test]
    fn differences_and_order() {
        let wide = ScopeSet::of(&[Scope::InputsGet, Scope::InputsAdd]);
        let narrow = ScopeSet::of(&[Scope::InputsGet]);
        assert!(narrow.is_subset(wide) && !wide.is_subset(narrow));
        assert_eq!(wide.minus(narrow), ScopeSet::of(&[Scope::InputsAdd]));
        assert_eq!(wide.writes(), ScopeSet::of(&[Scope::InputsAdd]));
    }
}
