//! Tasks: what is to be said of which inputs, how they come to people, who looks at it, and who can take part.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Condition, Conditions, Endpoint};
use crate::id::{InputId, TaskId};
use crate::label::{Labels, Medium, Shape};
use crate::rights::Rights;
use crate::scope_set::ScopeSet;

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

/// What somebody does in a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// They label.
    Labeller,
    /// They look at what others labelled.
    Reviewer,
}

impl Role {
    /// What they ask for all day: to act on assignments, and to say or see what is said.
    fn asks(self) -> [(Endpoint, Conditions); 2] {
        let labels = Conditions::NONE.and(Condition::Labels, matches!(self, Self::Labeller));
        let said = match self {
            Self::Labeller => Endpoint::PostAnnotations,
            Self::Reviewer => Endpoint::ListAnnotations,
        };
        [(Endpoint::PutTaskAssignments, labels), (said, Conditions::NONE)]
    }

    /// The scopes without which nobody can do it.
    #[must_use]
    pub fn needs(self) -> ScopeSet {
        let needs = self.asks().into_iter().map(|(endpoint, conditions)| endpoint.needs_for(conditions));
        needs.fold(ScopeSet::EMPTY, ScopeSet::union)
    }

    /// Whether these rights, as long as they last, are enough for it.
    #[must_use]
    pub fn is_open_to(self, rights: &Rights) -> bool {
        self.needs().is_subset(rights.scopes)
            && self.asks().into_iter().all(|(endpoint, _)| rights.allows(endpoint))
    }
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

    /// What it means, in a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Partitioned => "Inputs are divided up from the beginning.",
            Self::Full => "Everybody labels every input.",
            Self::Dynamic => "Whoever is free takes the next ten.",
        }
    }
}

/// In which order labellers get the inputs of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// As they came into the task.
    #[default]
    InTurn,
    /// Those first of which the model that helps is least certain: of these it learns most (uncertainty sampling; Lewis and
    /// Gale, 1994).
    LeastCertain,
}

impl Queue {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::InTurn, Self::LeastCertain];

    /// Its name in forms and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InTurn => "in_turn",
            Self::LeastCertain => "least_certain",
        }
    }

    /// The order of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.name() == name)
    }

    /// What it means, in a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::InTurn => "Inputs come in the order of the task.",
            Self::LeastCertain => "Those come first of which the model is least certain.",
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::endpoint_set::EndpointSet;
    use crate::label::{Label, Region};
    use crate::preset::Preset;
    use crate::scope::Scope;

    fn said(concept: &str) -> Labels {
        let concepts = vec![Label { concept: concept.parse().unwrap(), value: 1.0 }];
        Labels { concepts, regions: Vec::new() }
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

    #[test]
    fn names_read_back() {
        for kind in TaskKind::ALL {
            assert_eq!(TaskKind::from_name(kind.name()), Some(kind));
        }
        for queue in Queue::ALL {
            assert_eq!(Queue::from_name(queue.name()), Some(queue));
        }
        for strategy in WorkerStrategy::ALL {
            assert_eq!(WorkerStrategy::from_name(strategy.name()), Some(strategy));
        }
    }

    #[test]
    fn a_worker_labels_a_viewer_reviews_and_an_allow_list_counts() {
        let can = |preset: Preset| {
            let rights = Rights::of(preset.scopes());
            [Role::Labeller, Role::Reviewer].map(|role| role.is_open_to(&rights))
        };
        assert_eq!(can(Preset::Worker), [true, true]);
        assert_eq!(can(Preset::Viewer), [false, true]);
        assert!(Role::Labeller.needs().contains(Scope::AnnotationsAdd));
        for endpoint in [Endpoint::PutTaskAssignments, Endpoint::PostAnnotations] {
            let one = Rights { endpoints: Some(EndpointSet::EMPTY.with(endpoint)), ..Rights::FULL };
            assert!(!Role::Labeller.is_open_to(&one), "{endpoint} alone");
        }
        assert!(Role::Labeller.is_open_to(&Rights::FULL));
    }
}
