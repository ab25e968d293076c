//! Tasks: who labels which inputs, who looks at that, and whose turn it is.
//!
//! An [`Assignment`] is one input that one person is to label within a task. It goes round between its labeller and the
//! task's reviewers by [`Assignment::after`], which is all that decides whose turn it is; everything else keeps and
//! shows what it says.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{InputId, TaskId, UserId};
use crate::label::{Labels, Medium, Shape};
use crate::time::{MINUTE, Timestamp};

/// How long an input that somebody began to label or to review is theirs alone.
pub const LOCKED_FOR: i64 = 15 * MINUTE;

/// How many inputs somebody takes out of a common pool at once.
pub const BATCH: usize = 10;

/// The most people who label the same input.
pub const MOST_PER_INPUT: usize = 100;

/// What is to be said of the inputs of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Which concepts are there, of the whole.
    Classification,
    /// Where they are, by boxes.
    Boxes,
    /// Where they are, by polygons.
    Polygons,
    /// Where they are, by points.
    Points,
    /// Where they are in a text, by spans.
    Spans,
}

impl TaskKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Classification, Self::Boxes, Self::Polygons, Self::Points, Self::Spans];

    /// Its name in addresses and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Classification => "classification",
            Self::Boxes => "boxes",
            Self::Polygons => "polygons",
            Self::Points => "points",
            Self::Spans => "spans",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a labeller does, as the wizard offers it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Classification => "say which concepts are there",
            Self::Boxes => "draw boxes around what is there",
            Self::Polygons => "draw outlines of what is there",
            Self::Points => "set points on what is there",
            Self::Spans => "mark parts of texts",
        }
    }

    /// The kind of input that it is about; any, if `None`.
    #[must_use]
    pub fn medium(self) -> Option<Medium> {
        match self {
            Self::Classification => None,
            Self::Boxes | Self::Polygons | Self::Points => Some(Medium::Image),
            Self::Spans => Some(Medium::Text),
        }
    }

    fn fits(self, shape: &Shape) -> bool {
        matches!(
            (self, shape),
            (Self::Boxes, Shape::Box { .. })
                | (Self::Polygons, Shape::Polygon { .. })
                | (Self::Points, Shape::Point(_))
                | (Self::Spans, Shape::Span { .. })
        )
    }

    /// Checks that labels say nothing but what the task asks for: its kind, and `concepts`, its choices.
    ///
    /// # Errors
    /// The first thing that it does not ask for.
    pub fn check(self, labels: &Labels, concepts: &[String]) -> Result<(), NotAsked> {
        let unknown = labels.concepts().into_keys().find(|said| concepts.iter().all(|choice| choice != said));
        if let Some(concept) = unknown {
            return Err(NotAsked::Concept(concept.to_owned()));
        }
        match self {
            Self::Classification if !labels.regions.is_empty() => Err(NotAsked::Regions),
            Self::Classification => Ok(()),
            _ if !labels.concepts.is_empty() => Err(NotAsked::Whole(self)),
            _ if labels.regions.iter().all(|region| self.fits(&region.shape)) => Ok(()),
            _ => Err(NotAsked::Shape(self)),
        }
    }
}

/// Why labels are not what a task asks for, in words that follow "labels".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// A concept that is none of its choices.
    #[error("name `{0}`, which is none of the task’s concepts")]
    Concept(String),
    /// Parts, where the whole is asked about.
    #[error("are of a part of the input: the task asks about the whole")]
    Regions,
    /// The whole, where parts are asked for.
    #[error("are of the whole: the task asks for {}", .0.name())]
    Whole(TaskKind),
    /// Another kind of parts.
    #[error("have another shape: the task asks for {}", .0.name())]
    Shape(TaskKind),
}

/// How inputs come to labellers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerStrategy {
    /// Each input goes to certain people from the beginning.
    Partitioned,
    /// Each input goes to everybody.
    Full,
    /// Each input goes to whoever is free first.
    Dynamic,
}

impl WorkerStrategy {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Partitioned, Self::Dynamic, Self::Full];

    /// Its name in addresses and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Partitioned => "partitioned",
            Self::Full => "full",
            Self::Dynamic => "dynamic",
        }
    }

    /// The strategy of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.name() == name)
    }

    /// What it means, as the wizard offers it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Partitioned => "divided up from the beginning, the same share for each",
            Self::Full => "everybody labels every input",
            Self::Dynamic => "whoever is free takes the next ten",
        }
    }
}

/// Who looks at what was labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "strategy", rename_all = "snake_case")]
pub enum Review {
    /// Nobody: it counts once it was submitted.
    None,
    /// Reviewers, of a share of it.
    Manual {
        /// Of how many in a hundred; the others count at once.
        percent: u8,
        /// How many of them have to approve.
        approvals: u8,
    },
    /// The labellers themselves, as far as they say the same; reviewers decide where they do not.
    Consensus {
        /// How many labellers have to say the same.
        labellers: u8,
    },
}

impl Review {
    /// Whether somebody is to look at what was said of an input within a task: always the same answer, and a share of all
    /// inputs of the review's percentage.
    #[must_use]
    pub fn samples(self, task: TaskId, input: InputId) -> bool {
        match self {
            Self::None => false,
            Self::Consensus { .. } => true,
            Self::Manual { percent, .. } => {
                let both = format!("{task}{input}");
                crate::split::place(0, &both) < f64::from(percent) / 100.0
            }
        }
    }
}

/// Divides inputs up among workers, `per_input` different ones for each, by their weights: of `inputs`, each gets as many
/// as their weight asks for, up to one. Who outweighs all others gets every input once and no more.
///
/// The answer says for each input who is to label it, by their places among `weights`. Nobody has a weight of 0 who is to
/// get anything; without weights above 0, or more people per input than there are, nothing is divided up.
#[must_use]
pub fn partition(inputs: usize, weights: &[u32], per_input: usize) -> Vec<Vec<usize>> {
    let able = weights.iter().filter(|weight| **weight > 0).count();
    if able < per_input || per_input == 0 {
        return Vec::new();
    }
    let shares = shares(weights, per_input);
    // What each is owed of the inputs so far. Those who are owed most are next; with every turn the sum stays the same.
    let mut owed = vec![0.0_f64; weights.len()];
    let turn = |owed: &mut Vec<f64>| {
        for (owed, share) in owed.iter_mut().zip(&shares) {
            *owed += share;
        }
        let mut order: Vec<usize> = (0..owed.len()).collect();
        order.sort_by(|one, other| {
            let of = |place: &usize| owed.get(*place).copied().unwrap_or_default();
            of(other).total_cmp(&of(one)).then(one.cmp(other))
        });
        order.truncate(per_input);
        for place in &order {
            if let Some(owed) = owed.get_mut(*place) {
                *owed -= 1.0;
            }
        }
        order.sort_unstable();
        order
    };
    (0..inputs).map(|_| turn(&mut owed)).collect()
}

/// Of each input, the part that each gets: by weight, but never more than one. What is beyond one goes to the others.
fn shares(weights: &[u32], per_input: usize) -> Vec<f64> {
    let mut shares = vec![0.0; weights.len()];
    let mut full = vec![false; weights.len()];
    loop {
        let taken = full.iter().filter(|full| **full).count();
        let left = per_input.saturating_sub(taken) as f64;
        let open =
            || weights.iter().zip(&full).filter(|(_, full)| !**full).map(|(weight, _)| f64::from(*weight));
        let total: f64 = open().sum();
        let mut grew = false;
        for ((share, full), weight) in shares.iter_mut().zip(&mut full).zip(weights) {
            if *full {
                *share = 1.0;
                continue;
            }
            *share = if total > 0.0 { left * f64::from(*weight) / total } else { 0.0 };
            if *share >= 1.0 {
                *share = 1.0;
                *full = true;
                grew = true;
            }
        }
        if !grew {
            return shares;
        }
    }
}

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

    /// Whether nothing more is to be done.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Rejected | Self::Skipped)
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
        if !by.reviews {
            return Err(NotYourTurn::NoReviewer);
        }
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

    /// What it is once its labeller no longer works on the task: what they did stays theirs, and what they had still to do
    /// goes back to the pool.
    #[must_use]
    pub fn without_worker(&self) -> Self {
        match self.state {
            AssignmentState::Pending | AssignmentState::Skipped => Self::new(None),
            _ => self.clone(),
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
    let agreeing = |one: &&Labels| said.iter().filter(|other| crate::agreement::agree(one, other)).count();
    let largest = said.iter().map(agreeing).max().unwrap_or_default();
    if largest >= needed {
        // The first of the largest groups: of two that are as large, those who were first.
        let group = said.iter().find(|one| agreeing(one) == largest);
        let counts = |one: &&Labels| group.is_some_and(|group| crate::agreement::agree(group, one));
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
    use crate::label::{Label, Region};

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
        assert!(skipped.state.is_over());
        let begun = act(&skipped, Act::Start, labeller(1), MANUAL).unwrap();
        assert_eq!(begun.state, AssignmentState::Pending);
    }

    #[test]
    fn what_was_done_stays_and_what_was_to_be_done_goes_back() {
        let open = act(&Assignment::new(None), Act::Start, labeller(1), MANUAL).unwrap();
        assert_eq!(open.without_worker(), Assignment::new(None));
        let submitted = act(&open, Act::Submit, labeller(1), MANUAL).unwrap();
        assert_eq!(submitted.without_worker(), submitted);
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

    fn said(concept: &str) -> Labels {
        let concepts = vec![Label { concept: concept.parse().unwrap(), value: 1.0 }];
        Labels { concepts, regions: Vec::new() }
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
    fn labels_are_what_the_task_asks_for() {
        let choices = ["cat".to_owned(), "dog".to_owned()];
        let boxed = |shape| Labels {
            concepts: Vec::new(),
            regions: vec![Region { id: "r".parse().unwrap(), shape, labels: said("cat").concepts }],
        };
        let a_box = Shape::Box { top: 0.0, left: 0.0, bottom: 0.5, right: 0.5 };
        let span = Shape::Span { start: 0, end: 3 };
        assert_eq!(TaskKind::Classification.check(&said("cat"), &choices), Ok(()));
        assert_eq!(
            TaskKind::Classification.check(&said("cow"), &choices),
            Err(NotAsked::Concept("cow".into()))
        );
        assert_eq!(TaskKind::Classification.check(&boxed(a_box.clone()), &choices), Err(NotAsked::Regions));
        assert_eq!(TaskKind::Boxes.check(&boxed(a_box.clone()), &choices), Ok(()));
        assert_eq!(TaskKind::Boxes.check(&said("cat"), &choices), Err(NotAsked::Whole(TaskKind::Boxes)));
        assert_eq!(TaskKind::Spans.check(&boxed(a_box), &choices), Err(NotAsked::Shape(TaskKind::Spans)));
        assert_eq!(TaskKind::Spans.check(&boxed(span), &choices), Ok(()));
        assert_eq!(
            TaskKind::Boxes.check(&Labels::default(), &choices),
            Ok(()),
            "nothing is there to be found"
        );
    }

    #[test]
    fn names_read_back() {
        for kind in TaskKind::ALL {
            assert_eq!(TaskKind::from_name(kind.name()), Some(kind));
        }
        for strategy in WorkerStrategy::ALL {
            assert_eq!(WorkerStrategy::from_name(strategy.name()), Some(strategy));
        }
        for state in AssignmentState::ALL {
            assert_eq!(AssignmentState::from_name(state.name()), Some(state));
        }
    }

    #[test]
    fn a_sample_is_as_large_as_it_is_asked_to_be_and_always_the_same() {
        let task = TaskId(Uuid::from_u128(77));
        let review = |percent| Review::Manual { percent, approvals: 1 };
        let sampled = |percent| {
            let inputs = (0..10_000_u128).map(|number| InputId(Uuid::from_u128((number << 70) | number)));
            inputs.filter(|input| review(percent).samples(task, *input)).count()
        };
        assert_eq!((sampled(0), sampled(100)), (0, 10_000));
        assert!((2_800..3_200).contains(&sampled(30)), "{}", sampled(30));
        assert_eq!(sampled(30), sampled(30));
        assert!(!Review::None.samples(task, InputId(Uuid::from_u128(1))));
    }

    proptest! {
        #[test]
        fn every_input_goes_to_different_people_and_everybody_gets_their_share(
            inputs in 0_usize..300, weights in prop::collection::vec(0_u32..20, 1..8), per_input in 1_usize..4
        ) {
            let parts = partition(inputs, &weights, per_input);
            let able = weights.iter().filter(|weight| **weight > 0).count();
            if able < per_input {
                prop_assert!(parts.is_empty());
                return Ok(());
            }
            prop_assert_eq!(parts.len(), inputs);
            let mut counts = vec![0_usize; weights.len()];
            for part in &parts {
                prop_assert_eq!(part.len(), per_input);
                prop_assert!(part.windows(2).all(|two| two[0] < two[1]), "nobody twice");
                for place in part {
                    counts[*place] += 1;
                }
            }
            for ((count, weight), share) in counts.iter().zip(&weights).zip(shares(&weights, per_input)) {
                prop_assert!(*weight > 0 || *count == 0, "who is to get nothing gets nothing");
                prop_assert!((*count as f64 - share * inputs as f64).abs() <= 1.0 + 1e-6, "{count} of {share}");
            }
        }

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
