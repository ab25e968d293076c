//! Closure: the reads without which chosen scopes would open nothing.
//!
//! By the wire's table almost every endpoint needs `Apps_Get`, and ticking a group alone opens none of its endpoints.
//! So choosing scopes also chooses what they need: what the scope table declares, and what the endpoints of the
//! scope's own group need. Closure adds reads only; a right to change something is held by those to whom somebody
//! gave it by name.
//!
//! What closure gives is closed: an added read brings what it needs itself. So whatever is stored, confirming it again
//! changes nothing, and whoever holds a set can give exactly that set; narrowing keeps it so, for what two closed sets
//! have in common is closed.

use crate::basic::BasicScope;
use crate::endpoint::Endpoint;
use crate::scope::Scope;
use crate::scope_set::ScopeSet;

/// A read that closure added, and the chosen scope that needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    /// The scope that was added.
    pub scope: Scope,
    /// The chosen scope without which it would not have been.
    pub needed_by: Scope,
}

/// Chosen scopes together with the reads they need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// What was chosen.
    pub chosen: ScopeSet,
    /// What was chosen and what it needs.
    pub scopes: ScopeSet,
    /// Each added read with its reason, in the order of the scope table.
    pub added: Vec<Added>,
}

impl Closure {
    /// The chosen scope that needs `scope`, if closure added it.
    #[must_use]
    pub fn reason(&self, scope: Scope) -> Option<Scope> {
        self.added.iter().find(|added| added.scope == scope).map(|added| added.needed_by)
    }

    /// Adds those of `needs` that only look, for the sake of `scope`: if that was added too, of what it was added for.
    fn add(&mut self, needs: ScopeSet, scope: Scope) {
        let needed_by = self.reason(scope).unwrap_or(scope);
        for scope in needs.reads().minus(self.scopes).iter() {
            self.scopes = self.scopes.with(scope);
            self.added.push(Added { scope, needed_by });
        }
    }
}

/// Closes `chosen` over what it needs.
#[must_use]
pub fn close(chosen: ScopeSet) -> Closure {
    let mut closure = Closure { chosen, scopes: chosen, added: Vec::new() };
    loop {
        let held = closure.scopes;
        for scope in held.iter() {
            closure.add(scope.depends_on(), scope);
        }
        for endpoint in Endpoint::all() {
            if let Some(scope) = main_scope(endpoint, closure.scopes) {
                closure.add(endpoint.needs(), scope);
            }
        }
        if closure.scopes == held {
            closure.added.sort_unstable_by_key(|added| added.scope);
            return closure;
        }
    }
}

/// The closure of everything in `chosen`, without the reasons.
#[must_use]
pub fn closed(chosen: ScopeSet) -> ScopeSet {
    close(chosen).scopes
}

/// The scope for whose sake `endpoint` belongs to those `held`: the group's own scopes that it needs are held, and so
/// is every change that it makes. It is the strongest of them, a change before a read.
fn main_scope(endpoint: Endpoint, held: ScopeSet) -> Option<Scope> {
    let own = endpoint.needs().intersection(endpoint.group()?.own());
    if !own.is_subset(held) || !endpoint.needs().writes().is_subset(held) {
        return None;
    }
    own.writes().iter().last().or_else(|| own.iter().last())
}

/// A change of another kind that an act of a chosen group needs, which closure never adds by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The act that stays closed.
    pub endpoint: Endpoint,
    /// The group to which it belongs.
    pub group: BasicScope,
    /// What would open it.
    pub scopes: ScopeSet,
}

/// The acts of the chosen groups that stay closed for want of a change that nobody ticked: to be offered, not given.
#[must_use]
pub fn lacking(chosen: ScopeSet) -> Vec<Lacking> {
    Endpoint::all()
        .filter_map(|endpoint| {
            let group = endpoint.group()?;
            let own = endpoint.needs().intersection(group.own());
            let scopes = endpoint.needs().writes().minus(chosen);
            let begun = !own.writes().is_empty() && own.is_subset(closed(chosen));
            (begun && !scopes.is_empty()).then_some(Lacking { endpoint, group, scopes })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticking_annotation_adds_the_reads_that_its_endpoints_need() {
        let closure = close(BasicScope::Annotation.own());
        for scope in
            [Scope::AppsGet, Scope::InputsGet, Scope::ConceptsGet, Scope::ModelsGet, Scope::WorkflowsGet]
        {
            assert!(closure.scopes.contains(scope), "{scope}");
        }
        assert_eq!(closure.reason(Scope::WorkflowsGet), Some(Scope::AnnotationsAdd));
        assert_eq!(closure.reason(Scope::AnnotationsAdd), None, "it was chosen, not added");
    }

    #[test]
    fn every_group_opens_its_own_endpoints_and_no_change_that_nobody_ticked() {
        for group in BasicScope::ALL {
            let closure = close(group.own());
            assert!(closure.scopes.minus(group.own()).writes().is_empty(), "{group:?} hands out a change");
            for endpoint in Endpoint::all().filter(|endpoint| endpoint.group() == Some(group)) {
                let foreign = endpoint.needs().writes().minus(group.own());
                let opens = endpoint.needs().is_subset(closure.scopes);
                assert_eq!(
                    opens,
                    foreign.is_empty(),
                    "{group:?} and {endpoint}, which also needs {foreign:?}"
                );
            }
        }
    }

    #[test]
    fn every_single_scope_gains_reads_only_and_closure_is_stable() {
        for scope in Scope::all() {
            let once = closed(ScopeSet::of(&[scope]));
            assert!(once.minus(ScopeSet::of(&[scope])).writes().is_empty(), "{scope}");
            assert_eq!(closed(once), once, "{scope}");
        }
    }

    #[test]
    fn what_an_added_read_needs_is_explained_by_what_was_chosen() {
        let closure = close(ScopeSet::of(&[Scope::Predict]));
        assert_eq!(closure.reason(Scope::ModelsGet), Some(Scope::Predict));
        // Models name concepts: the read that was added brings that one, for the same reason.
        assert_eq!(closure.reason(Scope::ConceptsGet), Some(Scope::Predict));
        assert!(!closure.scopes.contains(Scope::InputsGet), "predicting shows nobody's pictures");
    }

    #[test]
    fn closure_explains_every_addition_by_something_chosen() {
        for group in BasicScope::ALL {
            let closure = close(group.own());
            assert_eq!(closure.added.len(), closure.scopes.minus(closure.chosen).len());
            assert!(closure.added.iter().all(|added| closure.chosen.contains(added.needed_by)));
        }
    }

    #[test]
    fn a_collector_lacks_the_right_to_add_inputs_and_is_told_so() {
        let lacks = lacking(BasicScope::Collector.own());
        assert!(
            lacks.contains(&Lacking {
                endpoint: Endpoint::PostCollectors,
                group: BasicScope::Collector,
                scopes: ScopeSet::of(&[Scope::InputsAdd]),
            }),
            "{lacks:?}"
        );
        assert!(lacking(BasicScope::Collector.own().with(Scope::InputsAdd)).is_empty());
    }

    #[test]
    fn reading_annotations_does_not_show_who_the_collaborators_are() {
        assert!(!closed(ScopeSet::of(&[Scope::AnnotationsGet])).contains(Scope::CollaboratorsGet));
    }
}
