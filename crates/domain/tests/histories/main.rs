//! Random histories of sharing an app, beside a model that says plainly what each step is to come to.
//!
//! After every step the rules of collaboration hold, whatever came before: nobody has more than whoever granted it, or
//! for longer; nothing outlives what it hangs on, unless somebody kept it; what is refused changes nothing; the owner
//! can do everything; and a plan names exactly what it changes.

mod model;

use std::collections::{BTreeMap, BTreeSet};

use atelier_domain::closure::closed;
use atelier_domain::id::{AppId, GrantId, UserId};
use atelier_domain::{
    AppRef, Below, Caller, Cause, Change, Conditions, Credential, Editor, Endpoint, EndpointSet, Forest,
    Member, Permit, Reach, Refusal, Rights, Scope, ScopeSet, Standing, Timestamp, Violation, decide,
};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use uuid::Uuid;

use model::{Gives, Grant, Model};

const OWNER: UserId = UserId(Uuid::from_u128(1));
const APP: AppRef = AppRef { id: AppId(Uuid::from_u128(2)), owner: OWNER };

/// What somebody does. People are picked among those who are there at that moment, the owner first.
#[derive(Clone, Debug)]
enum Step {
    /// Gives somebody new a grant; a modest one keeps to what they have themselves.
    Invite { by: Index, rights: Offer, modest: bool },
    /// Changes what a grant gives.
    Edit { by: Index, target: Index, edit: Edit },
    /// Ends a grant.
    Remove { by: Index, target: Index, below: Below },
    /// Gives up their own.
    Leave { target: Index },
    /// Nothing, for a while.
    Wait(i64),
}

/// What a grant is to give; its end is counted from the moment of giving.
#[derive(Clone, Debug)]
struct Offer {
    scopes: ScopeSet,
    endpoints: Option<EndpointSet>,
    reach: Reach,
    lasts: Option<i64>,
}

#[derive(Clone, Debug)]
enum Edit {
    Widen(ScopeSet),
    Narrow(ScopeSet),
    Lasting(Option<i64>),
    Limited(Option<EndpointSet>),
    Reaching(Reach),
}

/// Few enough scopes that people's sets meet, and enough that they differ.
fn scopes() -> impl Strategy<Value = ScopeSet> {
    let some = vec![
        Scope::AnnotationsGet,
        Scope::AnnotationsAdd,
        Scope::AnnotationsDelete,
        Scope::ConceptsAdd,
        Scope::InputsAdd,
        Scope::VocabsGet,
    ];
    let people = select(vec![
        ScopeSet::EMPTY,
        ScopeSet::of(&[Scope::CollaboratorsAdd]),
        ScopeSet::of(&[Scope::CollaboratorsAdd, Scope::CollaboratorsDelete]),
    ]);
    (subsequence(some, 0..=6), people)
        .prop_map(|(some, people)| some.into_iter().collect::<ScopeSet>().union(people))
}

fn endpoints() -> impl Strategy<Value = Option<EndpointSet>> {
    let some = vec![
        Endpoint::PostCollaborators,
        Endpoint::PatchCollaborators,
        Endpoint::DeleteCollaborators,
        Endpoint::ListConcepts,
        Endpoint::PostAnnotations,
    ];
    let list = subsequence(some, 0..=3).prop_map(|some| Some(some.into_iter().collect()));
    prop_oneof![2 => Just(None), 1 => list]
}

fn lasts() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![2 => Just(None), 1 => (0..40i64).prop_map(Some)]
}

fn reach() -> impl Strategy<Value = Reach> {
    prop_oneof![3 => Just(Reach::Everything), 1 => Just(Reach::Assigned)]
}

fn step() -> impl Strategy<Value = Step> {
    let offer = (scopes(), endpoints(), reach(), lasts())
        .prop_map(|(scopes, endpoints, reach, lasts)| Offer { scopes, endpoints, reach, lasts });
    let edit = prop_oneof![
        scopes().prop_map(Edit::Widen),
        scopes().prop_map(Edit::Narrow),
        lasts().prop_map(Edit::Lasting),
        endpoints().prop_map(Edit::Limited),
        reach().prop_map(Edit::Reaching),
    ];
    let below = select(vec![Below::RemoveToo, Below::KeepUnderMe]);
    prop_oneof![
        8 => (any::<Index>(), offer, prop::bool::weighted(0.8))
            .prop_map(|(by, rights, modest)| Step::Invite { by, rights, modest }),
        6 => (any::<Index>(), any::<Index>(), edit)
            .prop_map(|(by, target, edit)| Step::Edit { by, target, edit }),
        2 => (any::<Index>(), any::<Index>(), below)
            .prop_map(|(by, target, below)| Step::Remove { by, target, below }),
        1 => any::<Index>().prop_map(|target| Step::Leave { target }),
        1 => (1..10i64).prop_map(Step::Wait),
    ]
}

/// Why a step was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Decision(Refusal),
    Forest(Violation),
}

/// An app as the store keeps it: its grants, on which plans are carried out.
#[derive(Clone, Debug, Default, PartialEq)]
struct App {
    members: BTreeMap<GrantId, Member>,
    given: u128,
    now: i64,
}

impl App {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.now)
    }

    fn forest(&self) -> Forest {
        self.members.values().copied().collect()
    }

    fn next_id(&self) -> GrantId {
        GrantId(Uuid::from_u128(100 + self.given))
    }

    /// The owner, or somebody who holds a grant.
    fn somebody(&self, index: &Index) -> Option<GrantId> {
        match index.index(self.members.len() + 1) {
            0 => None,
            position => self.members.keys().nth(position - 1).copied(),
        }
    }

    fn some_grant(&self, index: &Index) -> Option<Member> {
        (!self.members.is_empty())
            .then(|| *self.members.values().nth(index.index(self.members.len())).unwrap())
    }

    fn ask(&self, by: Option<GrantId>, endpoint: Endpoint) -> Result<Permit, Refusal> {
        let (user, standing) = match by {
            None => (OWNER, Standing::Owner),
            Some(grant) => {
                (UserId(grant.0), Standing::Collaborator { grant, rights: self.members[&grant].rights })
            }
        };
        let caller = Caller { user, credential: Credential::Session { proved_at: self.now() } };
        decide(&caller, APP, &standing, endpoint, Conditions::NONE, self.now())
    }

    fn editor(&self, by: Option<GrantId>, endpoint: Endpoint) -> Result<Editor, Refused> {
        let permit = self.ask(by, endpoint).map_err(Refused::Decision)?;
        Ok(Editor { grant: permit.grant(), rights: *permit.rights() })
    }

    fn invite(&mut self, by: Option<GrantId>, rights: Rights) -> Result<(), Refused> {
        let editor = self.editor(by, Endpoint::PostCollaborators)?;
        Forest::invite(&editor, &rights, self.now()).map_err(Refused::Forest)?;
        let id = self.next_id();
        self.members.insert(id, Member { id, user: Some(UserId(id.0)), parent: by, rights });
        self.given += 1;
        Ok(())
    }

    /// Carries a plan out, having checked that it names each grant once and as it stands, and changes it.
    fn carry_out(&mut self, target: GrantId, plan: &[Change]) {
        let mut named = BTreeSet::new();
        for change in plan {
            let before = *change.before();
            assert_eq!(self.members.get(&before.id), Some(&before), "the plan knows the grant as it stands");
            assert!(named.insert(before.id), "the plan names each grant once");
            match change {
                Change::Set { after, .. } => {
                    assert_ne!(*after, before, "the plan names only what changes");
                    assert_eq!((after.id, after.user), (before.id, before.user));
                    self.members.insert(after.id, *after);
                }
                Change::End { .. } => {
                    self.members.remove(&before.id);
                }
            }
        }
        assert!(
            plan.first().is_none_or(|first| first.before().id == target),
            "the plan begins with its subject"
        );
    }
}

/// The app and the model, going the same way.
#[derive(Default)]
struct History {
    app: App,
    model: Model,
}

impl History {
    /// Takes `step` in both; answers whether it was done.
    fn take(&mut self, step: &Step) -> bool {
        let before = self.app.clone();
        let done = match step {
            Step::Wait(span) => {
                self.app.now += span;
                self.model.now += span;
                true
            }
            Step::Invite { by, rights, modest } => {
                let by = self.app.somebody(by);
                let mut rights = self.rights(rights);
                if let Some(by) = by.filter(|_| *modest) {
                    rights = rights.meet(&self.app.members[&by].rights);
                }
                let id = self.app.next_id();
                let may = self.model.may(by, Endpoint::PostCollaborators)
                    && self.model.invite(by, id, &Gives::of(&rights));
                self.agree(may, |app| app.invite(by, rights))
            }
            Step::Edit { by, target, edit } => {
                let Some(target) = self.app.some_grant(target) else { return false };
                let by = self.app.somebody(by);
                let wanted = self.wanted(&target.rights, edit);
                let may = self.model.may(by, Endpoint::PatchCollaborators)
                    && self.model.edit(by, target.id, &Gives::of(&wanted));
                self.agree(may, |app| {
                    let editor = app.editor(by, Endpoint::PatchCollaborators)?;
                    let plan = app.forest().edit(&editor, target.id, wanted, app.now());
                    plan.map(|plan| app.carry_out(target.id, &plan)).map_err(Refused::Forest)
                })
            }
            Step::Remove { by, target, below } => {
                let Some(Member { id: target, .. }) = self.app.some_grant(target) else { return false };
                let by = self.app.somebody(by);
                let lost: Vec<GrantId> = self.below(target);
                let may = self.model.may(by, Endpoint::DeleteCollaborators)
                    && match below {
                        Below::RemoveToo => self.model.remove_with_all_below(by, target),
                        Below::KeepUnderMe => self.model.remove_and_keep(by, target),
                    };
                let done = self.agree(may, |app| {
                    let editor = app.editor(by, Endpoint::DeleteCollaborators)?;
                    let plan = app.forest().remove(&editor, target, *below);
                    plan.map(|plan| app.carry_out(target, &plan)).map_err(Refused::Forest)
                });
                if done && *below == Below::RemoveToo {
                    assert!(lost.iter().all(|lost| !self.app.members.contains_key(lost)));
                }
                done
            }
            Step::Leave { target } => {
                let Some(Member { id: target, .. }) = self.app.some_grant(target) else { return false };
                let may = self.model.may(Some(target), Endpoint::LeaveApp);
                if may {
                    self.model.leave(target);
                }
                self.agree(may, |app| {
                    app.editor(Some(target), Endpoint::LeaveApp)?;
                    let plan = app.forest().leave(target).map_err(Refused::Forest)?;
                    assert!(
                        plan.iter().skip(1).all(|change| matches!(
                            change,
                            Change::Set { before, after } if before.rights == after.rights
                        )),
                        "nobody loses anything when somebody leaves"
                    );
                    app.carry_out(target, &plan);
                    Ok(())
                })
            }
        };
        if !done {
            assert_eq!(self.app, before, "what is refused changes nothing");
        }
        self.check();
        done
    }

    /// Does something to the app, which is to be done exactly if the model did it.
    fn agree(&mut self, may: bool, act: impl FnOnce(&mut App) -> Result<(), Refused>) -> bool {
        let outcome = act(&mut self.app);
        assert_eq!(outcome.is_ok(), may, "{outcome:?}");
        may
    }

    fn rights(&self, offer: &Offer) -> Rights {
        let ends_at = offer.lasts.map(|lasts| self.app.now().plus(lasts));
        Rights { scopes: closed(offer.scopes), endpoints: offer.endpoints, reach: offer.reach, ends_at }
    }

    fn wanted(&self, had: &Rights, edit: &Edit) -> Rights {
        match edit {
            Edit::Widen(more) => Rights { scopes: closed(had.scopes.union(*more)), ..*had },
            Edit::Narrow(less) => Rights { scopes: closed(had.scopes.minus(*less)), ..*had },
            Edit::Lasting(lasts) => Rights { ends_at: lasts.map(|lasts| self.app.now().plus(lasts)), ..*had },
            Edit::Limited(endpoints) => Rights { endpoints: *endpoints, ..*had },
            Edit::Reaching(reach) => Rights { reach: *reach, ..*had },
        }
    }

    fn below(&self, upper: GrantId) -> Vec<GrantId> {
        self.app.members.keys().copied().filter(|id| self.model.above(*id).contains(&upper)).collect()
    }

    /// What holds at every moment.
    fn check(&self) {
        let stands: Vec<Grant> = self.app.members.values().map(Grant::from).collect();
        assert_eq!(stands, self.model.grants, "both have gone the same way");
        let forest = self.app.forest();
        for member in self.app.members.values() {
            if let Some(parent) = member.parent {
                let granter = self.app.members[&parent].rights;
                assert!(member.rights.scopes.is_subset(granter.scopes), "no scope exceeds the granter's");
                let end = |rights: &Rights| rights.ends_at.map_or(i64::MAX, Timestamp::micros);
                assert!(end(&member.rights) <= end(&granter), "no end is later than the granter's");
                assert!(Gives::of(&member.rights).within(&Gives::of(&granter)));
            }
            assert_eq!(closed(member.rights.scopes), member.rights.scopes, "a grant is closed, and stays so");
            assert!(member.rights.opens_something());
            let over = self
                .model
                .above(member.id)
                .iter()
                .any(|upper| self.app.members[upper].rights.ended(self.app.now()));
            if over {
                let refusal = self.app.ask(Some(member.id), Endpoint::LeaveApp).unwrap_err();
                assert!(matches!(refusal.cause, Cause::GrantEnded(_)), "it is over with what it hangs on");
            }
            let owner = Editor { grant: None, rights: Rights::FULL };
            for below in [Below::RemoveToo, Below::KeepUnderMe] {
                assert!(forest.remove(&owner, member.id, below).is_ok(), "the owner can remove anyone");
            }
        }
        for endpoint in Endpoint::all() {
            assert!(self.app.ask(None, endpoint).is_ok(), "the owner can do everything");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_history_keeps_the_rules(steps in prop::collection::vec(step(), 1..40)) {
        let mut history = History::default();
        for step in &steps {
            history.take(step);
        }
    }
}
