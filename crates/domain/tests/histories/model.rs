//! What sharing is to come to, said a second time and as plainly as can be: a list of grants, recomputed from the top
//! after every step until nothing changes any more.

use std::collections::BTreeSet;

use atelier_domain::id::GrantId;
use atelier_domain::{Endpoint, Member, Reach, Rights, Scope};

/// What somebody can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gives {
    scopes: BTreeSet<Scope>,
    list: Option<BTreeSet<Endpoint>>,
    all_inputs: bool,
    end: i64,
}

impl Gives {
    /// What `rights` say.
    pub(crate) fn of(rights: &Rights) -> Self {
        Self {
            scopes: rights.scopes.iter().collect(),
            list: rights.endpoints.map(|list| list.iter().collect()),
            all_inputs: rights.reach == Reach::Everything,
            end: rights.ends_at.map_or(i64::MAX, |end| end.micros()),
        }
    }

    fn opens(&self, endpoint: Endpoint) -> bool {
        endpoint.needs().iter().all(|scope| self.scopes.contains(&scope))
            && (self.all_inputs || !endpoint.is_of_whole())
            && (endpoint.paths().is_empty() || self.list.as_ref().is_none_or(|list| list.contains(&endpoint)))
    }

    /// Whether a program can do anything by it.
    pub(crate) fn opens_something(&self) -> bool {
        Endpoint::all()
            .filter(|endpoint| !endpoint.paths().is_empty() && !endpoint.needs().is_empty())
            .any(|endpoint| self.opens(endpoint))
    }

    fn list_within(&self, other: &Self) -> bool {
        match (&self.list, &other.list) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(own), Some(theirs)) => own.is_subset(theirs),
        }
    }

    /// Whether all of it is in `other`.
    pub(crate) fn within(&self, other: &Self) -> bool {
        self.scopes.is_subset(&other.scopes)
            && self.list_within(other)
            && self.all_inputs <= other.all_inputs
            && self.end <= other.end
    }

    /// Whether what it has and `had` has not is in `other`.
    fn adds_to_only_from(&self, had: &Self, other: &Self) -> bool {
        self.scopes.difference(&had.scopes).all(|scope| other.scopes.contains(scope))
            && (self.list_within(had) || self.list_within(other))
            && (self.all_inputs <= had.all_inputs || self.all_inputs <= other.all_inputs)
            && (self.end <= had.end || self.end <= other.end)
    }

    fn cut(&mut self, limit: &Self) {
        self.scopes.retain(|scope| limit.scopes.contains(scope));
        self.all_inputs &= limit.all_inputs;
        self.list = match (self.list.take(), &limit.list) {
            (Some(own), Some(theirs)) => Some(own.intersection(theirs).copied().collect()),
            (own, theirs) => own.or_else(|| theirs.clone()),
        };
        self.end = self.end.min(limit.end);
    }
}

/// One grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) id: GrantId,
    pub(crate) under: Option<GrantId>,
    pub(crate) gives: Gives,
}

impl From<&Member> for Grant {
    fn from(member: &Member) -> Self {
        Self { id: member.id, under: member.parent, gives: Gives::of(&member.rights) }
    }
}

/// Every grant of an app, in the order in which they were given, and what time it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) grants: Vec<Grant>,
    pub(crate) now: i64,
}

impl Model {
    /// The grant `id`.
    pub(crate) fn get(&self, id: GrantId) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.id == id)
    }

    /// What the holder of `id` has; the owner, who holds no grant, has everything.
    pub(crate) fn held(&self, id: Option<GrantId>) -> Gives {
        id.map_or(Gives::of(&Rights::FULL), |id| self.get(id).expect("it stands").gives.clone())
    }

    /// Whether the holder of `id` may do what `endpoint` does at this moment.
    pub(crate) fn may(&self, id: Option<GrantId>, endpoint: Endpoint) -> bool {
        let held = self.held(id);
        held.end > self.now && held.opens(endpoint)
    }

    /// Everyone above `id`, the nearest first.
    pub(crate) fn above(&self, id: GrantId) -> Vec<GrantId> {
        let mut above = Vec::new();
        let mut next = self.get(id).and_then(|grant| grant.under);
        while let Some(id) = next {
            assert!(!above.contains(&id), "nobody stands above themselves");
            above.push(id);
            next = self.get(id).expect("nothing hangs on what has ended").under;
        }
        above
    }

    /// Whether `by` may touch the grant `target` at all.
    fn reaches(&self, by: Option<GrantId>, target: GrantId) -> bool {
        self.get(target).is_some() && by.is_none_or(|by| !self.above(by).contains(&target))
    }

    fn is_offer(&self, gives: &Gives) -> bool {
        gives.end > self.now && gives.opens_something()
    }

    /// `by` gives a new grant; answers whether they may.
    pub(crate) fn invite(&mut self, by: Option<GrantId>, id: GrantId, gives: &Gives) -> bool {
        let may = self.is_offer(gives) && gives.within(&self.held(by));
        if may {
            self.grants.push(Grant { id, under: by, gives: gives.clone() });
        }
        may
    }

    /// `by` changes a grant; answers whether they may.
    pub(crate) fn edit(&mut self, by: Option<GrantId>, target: GrantId, gives: &Gives) -> bool {
        if !self.reaches(by, target) || !self.is_offer(gives) {
            return false;
        }
        let had = self.held(Some(target));
        let granter = self.held(self.get(target).expect("it stands").under);
        let may = gives.within(&granter)
            && if by == Some(target) {
                gives.within(&had)
            } else {
                gives.adds_to_only_from(&had, &self.held(by))
            };
        if may {
            self.change(target, |grant| grant.gives = gives.clone());
            self.settle();
        }
        may
    }

    /// `by` removes a grant, and those below it too; answers whether they may.
    pub(crate) fn remove_with_all_below(&mut self, by: Option<GrantId>, target: GrantId) -> bool {
        let may = self.reaches(by, target) && by != Some(target);
        if may {
            self.grants.retain(|grant| grant.id != target);
            self.settle();
        }
        may
    }

    /// `by` removes a grant, and takes those directly below it under themselves; answers whether they may.
    pub(crate) fn remove_and_keep(&mut self, by: Option<GrantId>, target: GrantId) -> bool {
        let may = self.reaches(by, target) && by != Some(target);
        if may {
            self.hand_over(target, by);
        }
        may
    }

    /// The holder of a grant leaves; those directly below come under whoever granted it.
    pub(crate) fn leave(&mut self, target: GrantId) {
        let heir = self.get(target).expect("it stands").under;
        self.hand_over(target, heir);
    }

    fn hand_over(&mut self, target: GrantId, heir: Option<GrantId>) {
        self.grants.retain(|grant| grant.id != target);
        for grant in &mut self.grants {
            if grant.under == Some(target) {
                grant.under = heir;
            }
        }
        self.settle();
    }

    fn change(&mut self, id: GrantId, change: impl FnOnce(&mut Grant)) {
        change(self.grants.iter_mut().find(|grant| grant.id == id).expect("it stands"));
    }

    /// Cuts everything to what it hangs on, and drops what hangs on nothing or opens nothing, until all fits.
    fn settle(&mut self) {
        loop {
            let before = self.grants.clone();
            for grant in &before {
                match grant.under {
                    Some(upper) if self.get(upper).is_none() => {
                        self.grants.retain(|other| other.id != grant.id);
                    }
                    upper => {
                        let limit = self.held(upper);
                        self.change(grant.id, |grant| grant.gives.cut(&limit));
                    }
                }
            }
            self.grants.retain(|grant| grant.gives.opens_something());
            if self.grants == before {
                return;
            }
        }
    }
}
