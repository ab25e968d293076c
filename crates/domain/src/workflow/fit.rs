//! Whether models fit together: what each takes is what the nodes before it give, or the workflow's own input.

use super::{Graph, Misfit};
use crate::label::Medium;
use crate::model::{Gives, ModelKind};

/// What a model takes and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// What it takes of the workflow's own input, if it looks at that.
    pub medium: Option<Medium>,
    /// What it takes of other models, if it takes that.
    pub given: Option<Gives>,
    /// What it gives.
    pub gives: Gives,
}

impl Ports {
    /// Those of a model of this kind, which takes pictures or texts as `takes` says, where not all of its kind do.
    #[must_use]
    pub fn of(kind: ModelKind, takes: Option<Medium>) -> Self {
        let given = match kind {
            ModelKind::EmbeddingClassifier => Some(Gives::Embeddings),
            ModelKind::ConceptThresholder => Some(Gives::Concepts),
            ModelKind::VisualClassifier | ModelKind::VisualEmbedder | ModelKind::TextEmbedder => None,
        };
        Self { medium: kind.takes().or(takes), given, gives: kind.gives() }
    }

    /// Whether it is a filter: concepts go in, and some of them come out.
    #[must_use]
    pub fn is_filter(self) -> bool {
        self.given == Some(Gives::Concepts) && self.gives == Gives::Concepts
    }
}

/// What a node looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feed {
    /// The workflow's own input.
    Input,
    /// What the nodes at these places gave.
    Nodes(Vec<usize>),
}

impl Graph {
    /// What each node looks at, if the one at each place has a model with those of `ports`. The nodes before one that looks
    /// at the workflow's own input, or takes something else than they give, only decide whether it runs.
    ///
    /// # Errors
    /// When they do not fit together, which says why.
    pub fn fit(&self, ports: &[Ports]) -> Result<Vec<Feed>, Misfit> {
        let nodes = self.nodes.iter().zip(&self.before).zip(ports);
        let mut feeds = Vec::with_capacity(self.nodes.len());
        let mut first: Option<(&str, Medium)> = None;
        for ((node, before), own) in nodes {
            let id = || node.id.clone();
            let named = |place: usize| self.nodes.get(place).map(|node| node.id.clone()).unwrap_or_default();
            if node.wanted.threshold.is_some() && !own.is_filter() {
                return Err(Misfit::NoFilter(id()));
            }
            let given = before.iter().filter_map(|place| Some((*place, ports.get(*place)?.gives)));
            let given: Vec<(usize, Gives)> = given.collect();
            let is_taken = |gives: Gives| own.given == Some(gives);
            // Whether something was found can decide about a node. That there is a vector decides nothing.
            let useless = given.iter().find(|(_, gives)| *gives == Gives::Embeddings && !is_taken(*gives));
            if let Some((place, gives)) = useless {
                return Err(Misfit::Useless { node: id(), input: named(*place), gives: *gives });
            }
            let taken: Vec<usize> =
                given.iter().filter(|(_, gives)| is_taken(*gives)).map(|(place, _)| *place).collect();
            if let (Some(Gives::Embeddings), [one, other, ..]) = (own.given, taken.as_slice()) {
                return Err(Misfit::Ambiguous { node: id(), one: named(*one), other: named(*other) });
            }
            // A vector of a text says nothing to a model that learned from those of pictures.
            let others = taken.iter().find_map(|place| {
                let medium = ports.get(*place)?.medium?;
                (own.given == Some(Gives::Embeddings) && Some(medium) != own.medium)
                    .then_some((*place, medium))
            });
            if let (Some((place, takes)), Some(others)) = (others, own.medium) {
                return Err(Misfit::Mixed { one: named(place), takes, other: id(), others });
            }
            if !taken.is_empty() {
                feeds.push(Feed::Nodes(taken));
                continue;
            }
            let Some(takes) = own.medium else {
                return Err(Misfit::Unfed { node: id(), takes: own.given.unwrap_or(Gives::Concepts) });
            };
            match first {
                Some((one, medium)) if medium != takes => {
                    let one = one.to_owned();
                    return Err(Misfit::Mixed { one, takes: medium, other: id(), others: takes });
                }
                _ => first = Some((&node.id, takes)),
            }
            feeds.push(Feed::Input);
        }
        Ok(feeds)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{graph, node};
    use super::super::{Bound, Comparison, Threshold, Wanted};
    use super::*;

    const RECOGNISER: Ports = Ports { medium: Some(Medium::Image), given: None, gives: Gives::Concepts };
    const READER: Ports = Ports { medium: Some(Medium::Text), given: None, gives: Gives::Concepts };
    const EMBEDDER: Ports = Ports { medium: Some(Medium::Image), given: None, gives: Gives::Embeddings };
    const CLASSIFIER: Ports =
        Ports { medium: Some(Medium::Image), given: Some(Gives::Embeddings), gives: Gives::Concepts };
    const FILTER: Ports = Ports { medium: None, given: Some(Gives::Concepts), gives: Gives::Concepts };

    fn fit(nodes: &[(&str, &[&str], Ports)]) -> Result<Vec<Feed>, String> {
        let named: Vec<(&str, &[&str])> = nodes.iter().map(|(id, inputs, _)| (*id, *inputs)).collect();
        let ports: Vec<Ports> = nodes.iter().map(|(_, _, ports)| *ports).collect();
        graph(&named).unwrap().fit(&ports).map_err(|misfit| misfit.to_string())
    }

    #[test]
    fn each_looks_at_what_it_takes() {
        assert_eq!(Ports::of(ModelKind::VisualClassifier, None), RECOGNISER);
        assert_eq!(Ports::of(ModelKind::VisualEmbedder, None), EMBEDDER);
        assert_eq!(Ports::of(ModelKind::ConceptThresholder, None), FILTER);
        assert_eq!(Ports::of(ModelKind::EmbeddingClassifier, Some(Medium::Image)), CLASSIFIER);
        let of_texts = Ports { medium: Some(Medium::Text), ..EMBEDDER };
        assert_eq!(
            fit(&[("embed", &[], of_texts), ("classify", &["embed"], CLASSIFIER)]).unwrap_err(),
            "must all take the same: `embed` takes text, `classify` takes image"
        );
        let feeds = fit(&[
            ("recognise", &[], RECOGNISER),
            ("filter", &["recognise"], FILTER),
            ("embed", &["filter"], EMBEDDER),
            ("classify", &["embed", "filter"], CLASSIFIER),
            ("alone", &[], CLASSIFIER),
            ("both", &["classify", "alone"], FILTER),
        ]);
        let expected = [
            Feed::Input,
            Feed::Nodes(vec![0]),
            Feed::Input,
            Feed::Nodes(vec![2]),
            Feed::Input,
            Feed::Nodes(vec![3, 4]),
        ];
        assert_eq!(feeds.unwrap(), expected);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_reason() {
        for (nodes, why) in [
            (
                vec![("filter", &[][..], FILTER)],
                "`filter` takes concepts, and comes after no node that gives any",
            ),
            (
                vec![("embed", &[], EMBEDDER), ("recognise", &["embed"], RECOGNISER)],
                "`recognise` comes after `embed`, which gives embeddings: it has no use for them",
            ),
            (
                vec![("embed", &[], EMBEDDER), ("filter", &["embed"], FILTER)],
                "`filter` comes after `embed`, which gives embeddings: it has no use for them",
            ),
            (
                vec![("a", &[], EMBEDDER), ("b", &[], EMBEDDER), ("classify", &["a", "b"], CLASSIFIER)],
                "`classify` takes one vector: it cannot come after both `a` and `b`",
            ),
            (
                vec![("look", &[], RECOGNISER), ("read", &["look"], READER)],
                "must all take the same: `look` takes image, `read` takes text",
            ),
        ] {
            assert_eq!(fit(&nodes).unwrap_err(), why);
        }
        let bounds = vec![Bound { concept: "cat".into(), value: 0.5 }];
        let threshold = Some(Threshold { comparison: Comparison::default(), bounds });
        let recognise = super::super::Node {
            wanted: Wanted { threshold, ..Wanted::default() },
            ..node("recognise", &[])
        };
        let misfit = Graph::new(vec![recognise]).unwrap().fit(&[RECOGNISER]).unwrap_err();
        assert_eq!(misfit.to_string(), "`recognise` is no filter, and has no threshold of its own");
    }
}
