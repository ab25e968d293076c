//! Who gave what to whom: the grants of an app form trees under its owner, and every grant lies within the one above.
//!
//! Functions here only plan: they take the grants concerned as they stand and answer what is to become of each. The
//! store reads the grants and writes the plan in one transaction.

use std::collections::BTreeMap;

use crate::endpoint::Endpoint;
use crate::id::{GrantId, UserId};
use crate::reach::Reach;
use crate::rights::{Excess, Rights};
use crate::scope_set::ScopeSet;
use crate::time::Timestamp;

/// One grant, active or pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The grant.
    pub id: GrantId,
    /// Who holds it; nobody yet while it is pending.
    pub user: Option<UserId>,
    /// The grant of whoever granted it; none if that was the owner.
    pub parent: Option<GrantId>,
    /// What it gives.
    pub rights: Rights,
}

/// Who changes the forest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Editor {
    /// Their own grant; none for the owner.
    pub grant: Option<GrantId>,
    /// What they may do here at this moment, with the credential they came with.
    pub rights: Rights,
}

/// What becomes of the people below somebody who is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Below {
    /// They are removed too.
    RemoveToo,
    /// The remover becomes their inviter, as far as the remover's own rights go.
    KeepUnderMe,
}

/// What is to become of one grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It gives something else, or stands under somebody else, from now on.
    Set {
        /// The grant as it stands.
        before: Member,
        /// The grant as it is to be.
        after: Member,
    },
    /// It ends.
    End {
        /// The grant as it stands.
        before: Member,
    },
}

impl Change {
    /// The grant as it stands.
    #[must_use]
    pub fn before(&self) -> &Member {
        match self {
            Self::Set { before, .. } | Self::End { before } => before,
        }
    }
}

/// Why a change of the forest is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The grant does not exist (any more).
    #[error("this person is no longer a collaborator")]
    Gone,
    /// It would give more than the editor may give.
    #[error("you cannot give more than you have")]
    Exceeds(Excess),
    /// It would give more than the person who granted it may give.
    #[error("it would give more than the person who invited them has")]
    ExceedsInviter(Excess),
    /// The grant stands above the editor.
    #[error("nobody can change the access of those who invited them")]
    AboveYou,
    /// The grant is the editor's own, and would be widened or extended.
    #[error("nobody can widen or extend their own access")]
    OwnGrant,
    /// The grant is the editor's own, and would be removed: nobody can keep people under a grant that they give up.
    #[error("this is you: leave the app instead")]
    Yourself,
    /// The grant would open nothing.
    #[error("these scopes open nothing: choose at least one that does")]
    OpensNothing,
    /// The end lies in the past.
    #[error("the end date is in the past")]
    EndsInThePast,
}

/// The grants of an app that a change concerns: those above and below it, and those above the editor.
#[derive(Clone, Debug, Default)]
pub struct Forest {
    members: BTreeMap<GrantId, Member>,
}

impl FromIterator<Member> for Forest {
    fn from_iter<I: IntoIterator<Item = Member>>(members: I) -> Self {
        Self { members: members.into_iter().map(|member| (member.id, member)).collect() }
    }
}

impl Forest {
    /// The grant `id`.
    #[must_use]
    pub fn get(&self, id: GrantId) -> Option<&Member> {
        self.members.get(&id)
    }

    /// The grants directly under `parent`.
    fn children(&self, parent: GrantId) -> impl Iterator<Item = &Member> {
        self.members.values().filter(move |member| member.parent == Some(parent))
    }

    /// The rights of whoever granted `member`: the owner's if nobody stands above it.
    fn inviter_rights(&self, member: &Member) -> Rights {
        member.parent.and_then(|parent| self.get(parent)).map_or(Rights::FULL, |parent| parent.rights)
    }

    /// Whether `upper` stands above `lower`.
    fn is_above(&self, upper: GrantId, lower: GrantId) -> bool {
        let mut current = self.get(lower).and_then(|member| member.parent);
        // A chain is never longer than the forest; the bound keeps a damaged one from looping for ever.
        for _ in 0..=self.members.len() {
            match current {
                Some(id) if id == upper => return true,
                Some(id) => current = self.get(id).and_then(|member| member.parent),
                None => return false,
            }
        }
        true
    }

    /// Checks that `editor` may hand out `rights`.
    ///
    /// # Errors
    /// When they exceed the editor's own, open nothing, or have ended already.
    pub fn invite(editor: &Editor, rights: &Rights, now: Timestamp) -> Result<(), Violation> {
        check_shape(rights, now)?;
        // INVARIANT: a grant lies within the rights of whoever granted it.
        rights.excess(&editor.rights).map_or(Ok(()), |excess| Err(Violation::Exceeds(excess)))
    }

    /// Plans to give the grant `target` the rights `wanted`, and to narrow whatever below it no longer fits.
    ///
    /// What an editor adds must be within their own rights; the whole must be within those of whoever granted it.
    ///
    /// # Errors
    /// When the grant is gone, stands above the editor, is their own and would widen, or exceeds what may be given.
    pub fn edit(
        &self,
        editor: &Editor,
        target: GrantId,
        wanted: Rights,
        now: Timestamp,
    ) -> Result<Vec<Change>, Violation> {
        let member = *self.reachable(editor, target)?;
        if editor.grant == Some(target) {
            if !wanted.within(&member.rights) {
                return Err(Violation::OwnGrant);
            }
        } else if let Some(excess) = widened(&member.rights, &wanted).excess(&editor.rights) {
            return Err(Violation::Exceeds(excess));
        }
        if let Some(excess) = wanted.excess(&self.inviter_rights(&member)) {
            return Err(Violation::ExceedsInviter(excess));
        }
        check_shape(&wanted, now)?;
        let mut plan = Vec::new();
        if wanted != member.rights {
            plan.push(Change::Set { before: member, after: Member { rights: wanted, ..member } });
            self.narrow_below(target, &wanted, &mut plan);
        }
        Ok(plan)
    }

    /// Plans to end the grant `target`, and what becomes of those below it.
    ///
    /// # Errors
    /// When the grant is gone, stands above the editor, or is their own.
    pub fn remove(&self, editor: &Editor, target: GrantId, below: Below) -> Result<Vec<Change>, Violation> {
        let member = *self.reachable(editor, target)?;
        if editor.grant == Some(target) {
            return Err(Violation::Yourself);
        }
        let mut plan = vec![Change::End { before: member }];
        match below {
            Below::RemoveToo => self.end_below(target, &mut plan),
            Below::KeepUnderMe => self.adopt(target, editor.grant, &editor.rights, &mut plan),
        }
        Ok(plan)
    }

    /// Plans that the holder of `target` leaves. Those below them come under whoever invited the leaver, and lose
    /// nothing by it.
    ///
    /// # Errors
    /// When the grant is gone.
    pub fn leave(&self, target: GrantId) -> Result<Vec<Change>, Violation> {
        let member = *self.get(target).ok_or(Violation::Gone)?;
        let mut plan = vec![Change::End { before: member }];
        self.adopt(target, member.parent, &self.inviter_rights(&member), &mut plan);
        Ok(plan)
    }

    fn reachable(&self, editor: &Editor, target: GrantId) -> Result<&Member, Violation> {
        let member = self.get(target).ok_or(Violation::Gone)?;
        match editor.grant {
            Some(own) if self.is_above(target, own) => Err(Violation::AboveYou),
            _ => Ok(member),
        }
    }

    /// Narrows everything below `upper` to what `limit` leaves; what would open nothing ends.
    fn narrow_below(&self, upper: GrantId, limit: &Rights, plan: &mut Vec<Change>) {
        for child in self.children(upper) {
            self.fit(child, Some(upper), limit, plan);
        }
    }

    /// Puts everything directly below `gone` under `parent`, whose rights are `limit`.
    fn adopt(&self, gone: GrantId, parent: Option<GrantId>, limit: &Rights, plan: &mut Vec<Change>) {
        for child in self.children(gone) {
            self.fit(child, parent, limit, plan);
        }
    }

    fn fit(&self, child: &Member, parent: Option<GrantId>, limit: &Rights, plan: &mut Vec<Change>) {
        let rights = child.rights.meet(limit);
        if !rights.opens_something() {
            plan.push(Change::End { before: *child });
            self.end_below(child.id, plan);
            return;
        }
        let after = Member { parent, rights, ..*child };
        if after != *child {
            plan.push(Change::Set { before: *child, after });
        }
        if rights != child.rights {
            self.narrow_below(child.id, &rights, plan);
        }
    }

    fn end_below(&self, upper: GrantId, plan: &mut Vec<Change>) {
        for child in self.children(upper) {
            plan.push(Change::End { before: *child });
            self.end_below(child.id, plan);
        }
    }
}

/// What `wanted` has that `had` had not: the part of an edit for which the editor must answer.
fn widened(had: &Rights, wanted: &Rights) -> Rights {
    let excess = wanted.excess(had);
    Rights {
        scopes: excess.map_or(ScopeSet::EMPTY, |excess| excess.scopes),
        endpoints: if excess.is_some_and(|excess| excess.endpoints) {
            wanted.endpoints
        } else {
            Some(crate::endpoint_set::EndpointSet::EMPTY)
        },
        reach: if excess.is_some_and(|excess| excess.reach) { wanted.reach } else { Reach::Assigned },
        ends_at: if excess.is_some_and(|excess| excess.longer_than.is_some()) {
            wanted.ends_at
        } else {
            Some(Timestamp::from_micros(i64::MIN))
        },
    }
}

fn check_shape(rights: &Rights, now: Timestamp) -> Result<(), Violation> {
    if rights.ended(now) {
        return Err(Violation::EndsInThePast);
    }
    if !rights.opens_something() {
        return Err(Violation::OpensNothing);
    }
    Ok(())
}

/// Whether somebody who holds `held` could give `wanted` to a collaborator who lacks it: they hold it themselves, and
/// may change other people's access.
#[must_use]
pub fn could_give(held: ScopeSet, wanted: ScopeSet) -> bool {
    wanted.union(Endpoint::PatchCollaborators.needs()).is_subset(held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closure::closed;
    use crate::endpoint_set::EndpointSet;
    use crate::scope::Scope;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_micros(1_000);
    const OWNER: Editor = Editor { grant: None, rights: Rights::FULL };

    fn id(n: u128) -> GrantId {
        GrantId(Uuid::from_u128(n))
    }

    fn member(n: u128, parent: Option<u128>, scopes: &[Scope]) -> Member {
        Member { id: id(n), user: None, parent: parent.map(id), rights: rights(scopes) }
    }

    fn rights(scopes: &[Scope]) -> Rights {
        Rights::of(closed(ScopeSet::of(scopes)))
    }

    fn as_editor(member: &Member) -> Editor {
        Editor { grant: Some(member.id), rights: member.rights }
    }

    #[test]
    fn narrowing_bo_narrows_di_with_him() {
        let bo = member(1, None, &[Scope::AnnotationsAdd, Scope::CollaboratorsAdd]);
        let di = member(2, Some(1), &[Scope::AnnotationsAdd]);
        let forest: Forest = [bo, di].into_iter().collect();
        let plan = forest.edit(&OWNER, bo.id, rights(&[Scope::AnnotationsGet]), NOW).unwrap();
        assert_eq!(plan.len(), 2);
        let Change::Set { after, .. } = plan[1] else { panic!("{plan:?}") };
        assert!(!after.rights.scopes.contains(Scope::AnnotationsAdd));
        assert!(after.rights.within(&rights(&[Scope::AnnotationsGet])));
    }

    #[test]
    fn what_opens_nothing_any_more_ends() {
        let bo = member(1, None, &[Scope::AnnotationsAdd, Scope::ConceptsGet]);
        let di = Member {
            rights: Rights {
                endpoints: Some(EndpointSet::EMPTY.with(crate::Endpoint::PostAnnotations)),
                ..rights(&[Scope::AnnotationsAdd])
            },
            ..member(2, Some(1), &[])
        };
        let ed = member(3, Some(2), &[Scope::AnnotationsGet]);
        let forest: Forest = [bo, di, ed].into_iter().collect();
        let plan = forest.edit(&OWNER, bo.id, rights(&[Scope::ConceptsGet]), NOW).unwrap();
        assert_eq!(plan[1..], [Change::End { before: di }, Change::End { before: ed }]);
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        let bo = member(1, None, &[Scope::AnnotationsAdd, Scope::CollaboratorsAdd]);
        let violation = Forest::invite(&as_editor(&bo), &rights(&[Scope::InputsDelete]), NOW).unwrap_err();
        let Violation::Exceeds(excess) = violation else { panic!("{violation:?}") };
        assert_eq!(excess.scopes, ScopeSet::of(&[Scope::InputsDelete]));
    }

    #[test]
    fn an_editor_adds_only_what_they_hold_and_never_more_than_the_inviter_holds() {
        let lead = member(1, None, &[Scope::CollaboratorsAdd, Scope::AnnotationsAdd]);
        let peer = member(2, None, &[Scope::InputsAdd]);
        let child = member(3, Some(2), &[Scope::InputsAdd]);
        let forest: Forest = [lead, peer, child].into_iter().collect();
        // The peer keeps what the lead does not hold; the lead adds what they do hold.
        let with_labels = rights(&[Scope::InputsAdd, Scope::AnnotationsAdd]);
        assert!(forest.edit(&as_editor(&lead), peer.id, with_labels, NOW).is_ok());
        assert!(matches!(
            forest.edit(&as_editor(&lead), peer.id, rights(&[Scope::InputsAdd, Scope::InputsDelete]), NOW),
            Err(Violation::Exceeds(_))
        ));
        assert!(matches!(
            forest.edit(&OWNER, child.id, with_labels, NOW),
            Err(Violation::ExceedsInviter(excess)) if excess.scopes == ScopeSet::of(&[Scope::AnnotationsAdd])
        ));
    }

    #[test]
    fn nobody_touches_those_above_them_or_widens_themselves() {
        let ada = member(1, None, &[Scope::CollaboratorsAdd, Scope::CollaboratorsDelete]);
        let bo = member(2, Some(1), &[Scope::CollaboratorsAdd, Scope::CollaboratorsDelete]);
        let forest: Forest = [ada, bo].into_iter().collect();
        let editor = as_editor(&bo);
        assert_eq!(forest.edit(&editor, ada.id, rights(&[Scope::AppsGet]), NOW), Err(Violation::AboveYou));
        assert_eq!(forest.remove(&editor, ada.id, Below::RemoveToo), Err(Violation::AboveYou));
        assert_eq!(
            forest.edit(&editor, bo.id, rights(&[Scope::CollaboratorsAdd, Scope::InputsAdd]), NOW),
            Err(Violation::OwnGrant)
        );
        assert!(forest.edit(&editor, bo.id, rights(&[Scope::CollaboratorsGet]), NOW).is_ok());
        for below in [Below::RemoveToo, Below::KeepUnderMe] {
            assert_eq!(forest.remove(&editor, bo.id, below), Err(Violation::Yourself));
        }
    }

    #[test]
    fn removing_bo_keeps_di_under_the_remover_or_takes_her_along() {
        let bo = member(1, None, &[Scope::AnnotationsAdd, Scope::CollaboratorsAdd]);
        let di = member(2, Some(1), &[Scope::AnnotationsAdd]);
        let forest: Forest = [bo, di].into_iter().collect();
        assert_eq!(
            forest.remove(&OWNER, bo.id, Below::KeepUnderMe),
            Ok(vec![
                Change::End { before: bo },
                Change::Set { before: di, after: Member { parent: None, ..di } }
            ])
        );
        assert_eq!(
            forest.remove(&OWNER, bo.id, Below::RemoveToo),
            Ok(vec![Change::End { before: bo }, Change::End { before: di }])
        );
        assert_eq!(forest.leave(di.id), Ok(vec![Change::End { before: di }]));
        assert_eq!(forest.leave(id(9)), Err(Violation::Gone));
    }

    #[test]
    fn ends_in_the_past_or_beyond_the_inviters_and_empty_sets_are_refused() {
        let soon = Rights { ends_at: Some(NOW.plus(10)), ..rights(&[Scope::CollaboratorsAdd]) };
        let editor = Editor { grant: Some(id(1)), rights: soon };
        let later = Rights { ends_at: Some(NOW.plus(11)), ..soon };
        assert!(matches!(Forest::invite(&editor, &later, NOW), Err(Violation::Exceeds(_))));
        let past = Rights { ends_at: Some(NOW), ..soon };
        assert_eq!(Forest::invite(&editor, &past, NOW), Err(Violation::EndsInThePast));
        assert_eq!(Forest::invite(&OWNER, &Rights::of(ScopeSet::EMPTY), NOW), Err(Violation::OpensNothing));
    }

    #[test]
    fn only_those_who_may_change_access_could_give_something() {
        let wanted = ScopeSet::of(&[Scope::AnnotationsDelete]);
        let inviter = closed(ScopeSet::of(&[Scope::CollaboratorsAdd])).union(wanted);
        assert!(!could_give(inviter, wanted), "inviting others changes nobody's access");
        let lead = inviter.with(Scope::CollaboratorsDelete);
        assert!(could_give(lead, wanted));
        assert!(!could_give(lead, wanted.with(Scope::InputsDelete)), "they do not hold it themselves");
    }
}
