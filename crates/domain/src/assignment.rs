//! Whose turn it is: what people do with one input that one of them is to label within a task.
//!
//! An [`Assignment`] goes round between its labeller and the task's reviewers by [`Assignment::after`], which is all that
//! decides whose turn it is; everything else keeps and shows what it says.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::agreement::agree;
use crate::id::UserId;
use crate::label::Labels;
use crate::task::Review;
use crate::time::{MINUTE, Timestamp};

/// How long an input that somebody began to label or to review is theirs alone.
pub const LOCKED_FOR: i64 = 15 * MINUTE;

/// How many inputs somebody takes out of a common pool at once.
pub const BATCH: usize = 10;

/// Where an assignment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentState {
    /// It is to be labelled.
    Pending,
    /// Its labeller saw it and left it, and said why.
    Skipped,
    /// It was labelled, and a reviewer is to look at it.
    AwaitingReview,
    /// It was labelled, and others have to label the same input before it is known whether they agree.
    AwaitingConsensus,
    /// It counts.
    Done,
    /// A reviewer said that it does not count.
    Rejected,
}

impl AssignmentState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Skipped,
        Self::AwaitingReview,
        Self::AwaitingConsensus,
        Self::Done,
        Self::Rejected,
    ];

    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Skipped => "skipped",
            Self::AwaitingReview => "awaiting_review",
            Self::AwaitingConsensus => "awaiting_consensus",
            Self::Done => "done",
            Self::Rejected => "rejected",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Its number on the wire, which knows no skipping: what was skipped is still to be labelled.
    #[must_use]
    pub fn wire(self) -> i64 {
        match self {
            Self::Done => 54_200,
            Self::Pending | Self::Skipped => 54_201,
            Self::AwaitingReview => 54_202,
            Self::AwaitingConsensus => 54_203,
            Self::Rejected => 54_204,
        }
    }
}

impl fmt::Display for AssignmentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "to be labelled",
            Self::Skipped => "skipped",
            Self::AwaitingReview => "in review",
            Self::AwaitingConsensus => "waiting for others",
            Self::Done => "done",
            Self::Rejected => "rejected",
        })
    }
}

/// What somebody does with an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Begins to label it.
    Start,
    /// Is done with labelling it.
    Submit,
    /// Leaves it, and says why.
    Skip,
    /// Begins to look at what was labelled.
    Review,
    /// Says that it counts.
    Approve,
    /// Gives it back to its labeller.
    RequestChanges,
    /// Says that it does not count.
    Reject,
}

impl Act {
    /// Whether it is a labeller's, or else a reviewer's.
    #[must_use]
    pub fn labels(self) -> bool {
        matches!(self, Self::Start | Self::Submit | Self::Skip)
    }
}

/// One input that one person is to label within a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Whose it is; nobody's, while it lies in the common pool.
    pub worker: Option<UserId>,
    /// Where it stands.
    pub state: AssignmentState,
    /// Who is at it just now, and until when it is theirs alone.
    pub lock: Option<(UserId, Timestamp)>,
    /// Who approved it since it was submitted last.
    pub approved_by: Vec<UserId>,
}

/// Who does something with an assignment, as far as the task knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who they are.
    pub user: UserId,
    /// Whether they label in this task.
    pub labels: bool,
    /// Whether they review in this task.
    pub reviews: bool,
}

impl Participant {
    /// Whether they review in this task at all.
    ///
    /// # Errors
    /// When they do not.
    pub fn reviewing(self) -> Result<(), NotYourTurn> {
        if self.reviews { Ok(()) } else { Err(NotYourTurn::NoReviewer) }
    }
}

/// Why it is not somebody's turn, in sentences that people read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotYourTurn {
    /// They do not label in this task.
    #[error("you are not among those who label in this task")]
    NoLabeller,
    /// They do not review in this task.
    #[error("you are not among those who review in this task")]
    NoReviewer,
    /// It is assigned to somebody else.
    #[error("this input is assigned to somebody else")]
    SomeoneElses,
    /// Somebody else is at it.
    #[error("somebody else is at this input just now")]
    Locked,
    /// It stands where nobody can do this.
    #[error("this input is {0} already")]
    Wrong(AssignmentState),
    /// It is not labelled yet.
    #[error("this input is not labelled yet")]
    NotLabelled,
    /// They labelled it themselves.
    #[error("you labelled this input yourself: somebody else reviews it")]
    OwnWork,
    /// They approved it already.
    #[error("you approved this input already")]
    Twice,
}

impl Assignment {
    /// One that is `worker`'s, or nobody's yet.
    #[must_use]
    pub fn new(worker: Option<UserId>) -> Self {
        Self { worker, state: AssignmentState::Pending, lock: None, approved_by: Vec::new() }
    }

    /// Whether somebody else than `user` is at it at that moment.
    #[must_use]
    pub fn is_locked_for(&self, user: UserId, now: Timestamp) -> bool {
        self.lock.is_some_and(|(holder, until)| holder != user && until > now)
    }

    /// What it is after somebody has done something with it; `is_sampled` says whether reviewers are to look at it, see
    /// [`Review::samples`]. Where consensus is asked for, what is submitted waits for [`consensus`].
    ///
    /// # Errors
    /// When it is not their turn.
    pub fn after(
        &self,
        act: Act,
        by: Participant,
        review: Review,
        is_sampled: bool,
        now: Timestamp,
    ) -> Result<Self, NotYourTurn> {
        if act.labels() {
            self.check_labeller(by, now)?;
        } else {
            self.check_reviewer(by, now)?;
        }
        let lock = Some((by.user, now.plus(LOCKED_FOR)));
        let next = |state| Self { state, lock: None, ..self.clone() };
        Ok(match act {
            // Whoever comes back to what they skipped labels it after all.
            Act::Start => {
                Self { worker: Some(by.user), state: AssignmentState::Pending, lock, ..self.clone() }
            }
            Act::Skip => Self { worker: Some(by.user), ..next(AssignmentState::Skipped) },
            Act::Submit => {
                let state = match review {
                    Review::None => AssignmentState::Done,
                    Review::Manual { .. } if is_sampled => AssignmentState::AwaitingReview,
                    Review::Manual { .. } => AssignmentState::Done,
                    Review::Consensus { .. } => AssignmentState::AwaitingConsensus,
                };
                Self { worker: Some(by.user), approved_by: Vec::new(), ..next(state) }
            }
            Act::Review => Self { lock, ..self.clone() },
            Act::Approve => {
                let mut approved_by = self.approved_by.clone();
                if approved_by.contains(&by.user) {
                    return Err(NotYourTurn::Twice);
                }
                approved_by.push(by.user);
                let enough = match review {
                    Review::Manual { approvals, .. } => usize::from(approvals),
                    Review::None | Review::Consensus { .. } => 1,
                };
                let state = if approved_by.len() >= enough { AssignmentState::Done } else { self.state };
                Self { approved_by, ..next(state) }
            }
            Act::RequestChanges => Self { approved_by: Vec::new(), ..next(AssignmentState::Pending) },
            Act::Reject => next(AssignmentState::Rejected),
        })
    }

    fn check_labeller(&self, by: Participant, now: Timestamp) -> Result<(), NotYourTurn> {
        if !by.labels {
            return Err(NotYourTurn::NoLabeller);
        }
        if self.worker.is_some_and(|worker| worker != by.user) {
            return Err(NotYourTurn::SomeoneElses);
        }
        if self.is_locked_for(by.user, now) {
            return Err(NotYourTurn::Locked);
        }
        match self.state {
            AssignmentState::Pending | AssignmentState::Skipped => Ok(()),
            other => Err(NotYourTurn::Wrong(other)),
        }
    }

    fn check_reviewer(&self, by: Participant, now: Timestamp) -> Result<(), NotYourTurn> {
        by.reviewing()?;
        if self.worker == Some(by.user) {
            return Err(NotYourTurn::OwnWork);
        }
        if self.is_locked_for(by.user, now) {
            return Err(NotYourTurn::Locked);
        }
        match self.state {
            AssignmentState::AwaitingReview => Ok(()),
            AssignmentState::Pending => Err(NotYourTurn::NotLabelled),
            other => Err(NotYourTurn::Wrong(other)),
        }
    }
}

/// What becomes of what several people said of one input, each in an assignment that waits for the others. `waiting` is how
/// many have not said anything yet, and `needed` how many have to say the same.
///
/// The largest group that says the same counts once it is large enough, and its members are `Done`; whoever said something
/// else is rejected. If no group can become large enough any more, reviewers look at all of them. Until then all wait.
#[must_use]
pub fn consensus(said: &[&Labels], waiting: usize, needed: usize) -> Vec<AssignmentState> {
    let agreeing = |one: &&Labels| said.iter().filter(|other| agree(one, other)).count();
    let largest = said.iter().map(agreeing).max().unwrap_or_default();
    if largest >= needed {
        // The first of the largest groups: of two that are as large, those who were first.
        let group = said.iter().find(|one| agreeing(one) == largest);
        let counts = |one: &&Labels| group.is_some_and(|group| agree(group, one));
        let state = |one| if counts(one) { AssignmentState::Done } else { AssignmentState::Rejected };
        return said.iter().map(state).collect();
    }
    let state = if largest + waiting < needed {
        AssignmentState::AwaitingReview
    } else {
        AssignmentState::AwaitingConsensus
    };
    vec![state; said.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::label::Label;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000_000);

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn labeller(number: u128) -> Participant {
        Participant { user: user(number), labels: true, reviews: false }
    }

    fn reviewer(number: u128) -> Participant {
        Participant { user: user(number), labels: true, reviews: true }
    }

    const MANUAL: Review = Review::Manual { percent: 100, approvals: 1 };

    fn act(
        assignment: &Assignment,
        act: Act,
        by: Participant,
        review: Review,
    ) -> Result<Assignment, NotYourTurn> {
        assignment.after(act, by, review, review != Review::None, NOW)
    }

    fn said(concept: &str) -> Labels {
        let concepts = vec![Label { concept: concept.parse().unwrap(), value: 1.0 }];
        Labels { concepts, regions: Vec::new() }
    }

    #[test]
    fn what_is_submitted_counts_at_once_where_nobody_reviews() {
        let begun = act(&Assignment::new(None), Act::Start, labeller(1), Review::None).unwrap();
        assert_eq!((begun.worker, begun.state), (Some(user(1)), AssignmentState::Pending));
        let done = act(&begun, Act::Submit, labeller(1), Review::None).unwrap();
        assert_eq!((done.state, done.lock), (AssignmentState::Done, None));
        let again = act(&done, Act::Submit, labeller(1), Review::None);
        assert_eq!(again, Err(NotYourTurn::Wrong(AssignmentState::Done)));
    }

    #[test]
    fn a_review_ends_in_counting_in_not_counting_or_in_another_round() {
        let submitted = act(&Assignment::new(Some(user(1))), Act::Submit, labeller(1), MANUAL).unwrap();
        assert_eq!(submitted.state, AssignmentState::AwaitingReview);
        let approved = act(&submitted, Act::Approve, reviewer(2), MANUAL).unwrap();
        assert_eq!(approved.state, AssignmentState::Done);
        let rejected = act(&submitted, Act::Reject, reviewer(2), MANUAL).unwrap();
        assert_eq!(rejected.state, AssignmentState::Rejected);
        let back = act(&submitted, Act::RequestChanges, reviewer(2), MANUAL).unwrap();
        assert_eq!((back.state, back.worker), (AssignmentState::Pending, Some(user(1))));
        let other = act(&back, Act::Submit, labeller(3), MANUAL);
        assert_eq!(other, Err(NotYourTurn::SomeoneElses), "it goes back to whoever labelled it");
        let again = act(&back, Act::Submit, labeller(1), MANUAL).unwrap();
        assert_eq!(again.state, AssignmentState::AwaitingReview);
    }

    #[test]
    fn nobody_reviews_their_own() {
        let own = act(&Assignment::new(Some(user(2))), Act::Submit, reviewer(2), MANUAL).unwrap();
        for review in [Act::Review, Act::Approve, Act::RequestChanges, Act::Reject] {
            assert_eq!(act(&own, review, reviewer(2), MANUAL), Err(NotYourTurn::OwnWork));
            assert!(act(&own, review, reviewer(3), MANUAL).is_ok());
            assert_eq!(act(&own, review, labeller(3), MANUAL), Err(NotYourTurn::NoReviewer));
            let unlabelled = Assignment::new(Some(user(2)));
            assert_eq!(act(&unlabelled, review, reviewer(3), MANUAL), Err(NotYourTurn::NotLabelled));
        }
    }

    #[test]
    fn several_have_to_approve_each_once_and_after_changes_anew() {
        let review = Review::Manual { percent: 100, approvals: 2 };
        let submitted = act(&Assignment::new(Some(user(1))), Act::Submit, labeller(1), review).unwrap();
        let once = act(&submitted, Act::Approve, reviewer(2), review).unwrap();
        assert_eq!(once.state, AssignmentState::AwaitingReview);
        assert_eq!(act(&once, Act::Approve, reviewer(2), review), Err(NotYourTurn::Twice));
        assert_eq!(act(&once, Act::Approve, reviewer(3), review).unwrap().state, AssignmentState::Done);
        let back = act(&once, Act::RequestChanges, reviewer(3), review).unwrap();
        let again = act(&back, Act::Submit, labeller(1), review).unwrap();
        assert!(again.approved_by.is_empty(), "what was approved is no longer what is there");
    }

    #[test]
    fn what_somebody_is_at_is_theirs_until_their_time_is_over() {
        let begun = act(&Assignment::new(None), Act::Start, labeller(1), MANUAL).unwrap();
        // Nobody takes it away from them by the lock alone: it is assigned to them.
        assert_eq!(act(&begun, Act::Start, labeller(2), MANUAL), Err(NotYourTurn::SomeoneElses));
        let submitted = act(&begun, Act::Submit, labeller(1), MANUAL).unwrap();
        let looking = act(&submitted, Act::Review, reviewer(2), MANUAL).unwrap();
        assert_eq!(act(&looking, Act::Approve, reviewer(3), MANUAL), Err(NotYourTurn::Locked));
        let later = looking.after(Act::Approve, reviewer(3), MANUAL, true, NOW.plus(LOCKED_FOR));
        assert_eq!(later.unwrap().state, AssignmentState::Done);
        assert!(act(&looking, Act::Approve, reviewer(2), MANUAL).is_ok());
    }

    #[test]
    fn what_is_skipped_waits_for_whoever_skipped_it_and_may_be_taken_up_again() {
        let skipped = act(&Assignment::new(None), Act::Skip, labeller(1), MANUAL).unwrap();
        assert_eq!((skipped.state, skipped.worker), (AssignmentState::Skipped, Some(user(1))));
        let begun = act(&skipped, Act::Start, labeller(1), MANUAL).unwrap();
        assert_eq!(begun.state, AssignmentState::Pending);
    }

    #[test]
    fn a_stranger_to_the_task_does_nothing_in_it() {
        let nobody = Participant { user: user(9), labels: false, reviews: false };
        let submitted = act(&Assignment::new(Some(user(1))), Act::Submit, labeller(1), MANUAL).unwrap();
        for one in [Act::Start, Act::Submit, Act::Skip] {
            assert_eq!(act(&Assignment::new(None), one, nobody, MANUAL), Err(NotYourTurn::NoLabeller));
        }
        for one in [Act::Review, Act::Approve, Act::RequestChanges, Act::Reject] {
            assert_eq!(act(&submitted, one, nobody, MANUAL), Err(NotYourTurn::NoReviewer));
        }
    }

    #[test]
    fn those_who_agree_count_and_reviewers_decide_where_nobody_can() {
        use AssignmentState::{AwaitingConsensus, AwaitingReview, Done, Rejected};
        let (cat, dog, cow) = (said("cat"), said("dog"), said("cow"));
        assert_eq!(consensus(&[&cat], 2, 2), [AwaitingConsensus]);
        assert_eq!(consensus(&[&cat, &dog], 1, 2), [AwaitingConsensus; 2]);
        assert_eq!(consensus(&[&cat, &dog, &cat], 0, 2), [Done, Rejected, Done]);
        assert_eq!(consensus(&[&cat, &dog, &cow], 0, 2), [AwaitingReview; 3]);
        assert_eq!(
            consensus(&[&cat, &dog], 1, 3),
            [AwaitingReview; 2],
            "not even the last can bring three together"
        );
        assert_eq!(consensus(&[&dog, &dog, &cat, &cat], 0, 2), [Done, Done, Rejected, Rejected]);
    }

    #[test]
    fn states_read_back() {
        for state in AssignmentState::ALL {
            assert_eq!(AssignmentState::from_name(state.name()), Some(state));
        }
    }

    proptest! {
        #[test]
        fn whoever_acts_in_whatever_order_nobody_reviews_their_own_and_nothing_over_changes(
            acts in prop::collection::vec((0_usize..7, 1_u128..4), 1..20)
        ) {
            const ACTS: [Act; 7] =
                [Act::Start, Act::Submit, Act::Skip, Act::Review, Act::Approve, Act::RequestChanges, Act::Reject];
            let mut assignment = Assignment::new(None);
            for (index, who) in acts {
                let Ok(next) = act(&assignment, ACTS[index], reviewer(who), MANUAL) else { continue };
                if !ACTS[index].labels() {
                    prop_assert_ne!(assignment.worker, Some(user(who)));
                    prop_assert_eq!(assignment.worker, next.worker);
                }
                prop_assert!(!matches!(assignment.state, AssignmentState::Done | AssignmentState::Rejected));
                assignment = next;
            }
        }
    }
}
