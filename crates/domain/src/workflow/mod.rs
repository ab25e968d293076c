//! Workflows: graphs of models, through which inputs go.
//!
//! A node looks at the workflow's input itself, or at what the nodes before it gave. It runs for an input if each node
//! before it gave something: a filter that lets nothing through ends its branch there.

mod fit;
mod invalid;
mod layout;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use fit::{Feed, Ports};
pub use invalid::{InvalidGraph, Misfit};
pub use layout::{Edge, Layout, Spot};
pub use wanted::{Bound, Comparison, InvalidWanted, Threshold, Wanted};

use crate::label::Medium;
use crate::model::ModelKind;
use crate::value::ResourceId;

/// The most nodes of a workflow.
pub const NODES: usize = 32;

/// The most nodes that one after the other look at an input.
pub const DEPTH: usize = 16;

/// A model, as a workflow names it.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct ModelRef {
    /// Whose app it is in; that of the workflow's own app, if it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// The app that it is in; the workflow's own, if it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub app: String,
    /// Its identifier.
    pub model: String,
    /// The version that is meant; its newest, if nothing is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Of which kind it was found to be when the workflow was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ModelKind>,
    /// What it takes of the workflow's own input, as it was found then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<Medium>,
}

impl ModelRef {
    /// What its model takes and gives, if that was found.
    #[must_use]
    pub fn ports(&self) -> Option<Ports> {
        self.kind.map(|kind| Ports::of(kind, self.takes))
    }
}

impl fmt::Display for ModelRef {
    /// `owner/app/model`, or `model` alone if it is in the workflow's own app.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.owner, &self.app] {
            if !part.is_empty() {
                write!(f, "{part}/")?;
            }
        }
        f.write_str(&self.model)
    }
}

/// A model in the graph.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Node {
    /// By what the others name it.
    pub id: String,
    /// The model.
    pub model: ModelRef,
    /// The nodes before it; the workflow's own input alone, if it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
    /// What is wanted of what it gives.
    #[serde(default, skip_serializing_if = "Wanted::is_all")]
    pub wanted: Wanted,
    /// Whether what it gives goes to the nodes behind it alone, and is not answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_silent: bool,
}

/// The graph of a workflow: without circles, each of its nodes named once, in an order in which each comes after those
/// that are before it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<Node>", into = "Vec<Node>")]
pub struct Graph {
    nodes: Vec<Node>,
    /// For each node, where those before it stand.
    before: Vec<Vec<usize>>,
}

impl Graph {
    /// The graph of these nodes. Those that stand in an order in which each comes after those before it stay in it.
    ///
    /// # Errors
    /// When they are no graph that can be run, which says why.
    pub fn new(nodes: Vec<Node>) -> Result<Self, InvalidGraph> {
        if nodes.is_empty() {
            return Err(InvalidGraph::Empty);
        }
        if nodes.len() > NODES {
            return Err(InvalidGraph::TooMany);
        }
        let mut places = BTreeMap::new();
        for (place, node) in nodes.iter().enumerate() {
            if let Err(why) = node.id.parse::<ResourceId>() {
                return Err(InvalidGraph::Id { id: node.id.clone(), why });
            }
            if places.insert(node.id.as_str(), place).is_some() {
                return Err(InvalidGraph::Duplicate(node.id.clone()));
            }
            if node.model.model.is_empty() {
                return Err(InvalidGraph::NoModel(node.id.clone()));
            }
            node.wanted.check().map_err(|why| InvalidGraph::Wanted { node: node.id.clone(), why })?;
        }
        let before = nodes.iter().map(|node| before(node, &places)).collect::<Result<Vec<_>, _>>()?;
        let order = in_order(&before).map_err(|circle| {
            let ids = circle.into_iter().filter_map(|place| nodes.get(place)).map(|node| node.id.clone());
            InvalidGraph::Circle(ids.collect())
        })?;
        let graph = Self::of_order(nodes, &before, &order);
        if graph.depths().into_iter().max().unwrap_or_default() > DEPTH {
            return Err(InvalidGraph::TooDeep);
        }
        Ok(graph)
    }

    /// The graph without nodes, which asks nothing of any input: that of the catalogue's empty workflow.
    #[must_use]
    pub fn empty() -> Self {
        Self { nodes: Vec::new(), before: Vec::new() }
    }

    fn of_order(nodes: Vec<Node>, before: &[Vec<usize>], order: &[usize]) -> Self {
        let mut new_places = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            if let Some(place) = new_places.get_mut(*old) {
                *place = new;
            }
        }
        let new_place = |old: &usize| new_places.get(*old).copied().unwrap_or_default();
        let before =
            order.iter().map(|old| before.get(*old).into_iter().flatten().map(new_place).collect()).collect();
        let mut nodes: Vec<(usize, Node)> =
            nodes.into_iter().enumerate().map(|(old, node)| (new_place(&old), node)).collect();
        nodes.sort_by_key(|(place, _)| *place);
        Self { nodes: nodes.into_iter().map(|(_, node)| node).collect(), before }
    }

    /// Its nodes, each after those before it.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Its nodes, to be changed.
    #[must_use]
    pub fn into_nodes(self) -> Vec<Node> {
        self.nodes
    }

    /// Where the nodes before the one at `place` stand, in the order in which it names them.
    #[must_use]
    pub fn before(&self, place: usize) -> &[usize] {
        self.before.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    /// For each node, how many look at an input up to it, one after the other.
    fn depths(&self) -> Vec<usize> {
        let mut depths: Vec<usize> = Vec::with_capacity(self.nodes.len());
        for before in &self.before {
            let deepest = before.iter().filter_map(|place| depths.get(*place)).max();
            depths.push(deepest.copied().unwrap_or_default() + 1);
        }
        depths
    }
}

impl TryFrom<Vec<Node>> for Graph {
    type Error = InvalidGraph;

    fn try_from(nodes: Vec<Node>) -> Result<Self, InvalidGraph> {
        if nodes.is_empty() { Ok(Self::empty()) } else { Self::new(nodes) }
    }
}

impl From<Graph> for Vec<Node> {
    fn from(graph: Graph) -> Self {
        graph.nodes
    }
}

/// Where the nodes before `node` stand.
fn before(node: &Node, places: &BTreeMap<&str, usize>) -> Result<Vec<usize>, InvalidGraph> {
    let mut seen = BTreeSet::new();
    let mut before = Vec::with_capacity(node.inputs.len());
    for input in &node.inputs {
        if !seen.insert(input) {
            return Err(InvalidGraph::Repeated { node: node.id.clone(), input: input.clone() });
        }
        match places.get(input.as_str()) {
            Some(place) => before.push(*place),
            None => return Err(InvalidGraph::Unknown { node: node.id.clone(), input: input.clone() }),
        }
    }
    Ok(before)
}

/// An order in which each comes after those before it; of those that could be next, the first.
///
/// # Errors
/// When there is none: a circle, each of which comes before the next, and the last before the first.
fn in_order(before: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut order = Vec::with_capacity(before.len());
    let mut placed = BTreeSet::new();
    while order.len() < before.len() {
        let is_next = |(place, before): &(usize, &Vec<usize>)| {
            !placed.contains(place) && before.iter().all(|place| placed.contains(place))
        };
        let Some((next, _)) = before.iter().enumerate().find(is_next) else {
            return Err(circle(before, &placed));
        };
        placed.insert(next);
        order.push(next);
    }
    Ok(order)
}

/// A circle among those that are not `placed`, each of which has another of them before it.
fn circle(before: &[Vec<usize>], placed: &BTreeSet<usize>) -> Vec<usize> {
    let Some(start) = (0..before.len()).find(|place| !placed.contains(place)) else { return Vec::new() };
    let mut way = vec![start];
    let mut at = start;
    loop {
        let earlier = before.get(at).into_iter().flatten().copied();
        let Some(earlier) = earlier.into_iter().find(|place| !placed.contains(place)) else { return way };
        if let Some(first) = way.iter().position(|seen| *seen == earlier) {
            let mut circle = way.split_off(first);
            // It was gone against its direction, beginning with the first.
            circle.reverse();
            circle.rotate_right(1);
            return circle;
        }
        way.push(earlier);
        at = earlier;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn node(id: &str, inputs: &[&str]) -> Node {
        Node {
            id: id.into(),
            model: ModelRef { model: "m".into(), ..ModelRef::default() },
            inputs: inputs.iter().map(ToString::to_string).collect(),
            ..Node::default()
        }
    }

    pub(super) fn graph(nodes: &[(&str, &[&str])]) -> Result<Graph, InvalidGraph> {
        Graph::new(nodes.iter().map(|(id, inputs)| node(id, inputs)).collect())
    }

    fn why(nodes: &[(&str, &[&str])]) -> String {
        graph(nodes).unwrap_err().to_string()
    }

    #[test]
    fn nodes_come_after_those_before_them() {
        let sorted = graph(&[("c", &["b", "a"]), ("b", &["a"]), ("a", &[]), ("d", &[])]).unwrap();
        let ids: Vec<_> = sorted.nodes().iter().map(|node| node.id.as_str()).collect();
        assert_eq!(ids, ["a", "b", "c", "d"]);
        assert_eq!(sorted.before(2), [1, 0]);
        // What is in such an order stays.
        let kept = graph(&[("b", &[]), ("a", &[]), ("c", &["a"])]).unwrap();
        let ids: Vec<_> = kept.nodes().iter().map(|node| node.id.as_str()).collect();
        assert_eq!(ids, ["b", "a", "c"]);
    }

    #[test]
    fn what_is_no_graph_is_refused_with_its_reason() {
        assert_eq!(why(&[]), "must have at least one node");
        assert_eq!(
            why(&[("a", &[]), ("a", &[])]),
            "`a` is there twice: each node has an identifier of its own"
        );
        assert_eq!(why(&[("a", &["b"])]), "`a` comes after `b`, which is none of the nodes");
        assert_eq!(why(&[("a", &[]), ("b", &["a", "a"])]), "`b` names `a` twice");
        assert_eq!(why(&[("a", &["a"])]), "must not go in a circle: a → a");
        let circle = why(&[("x", &[]), ("a", &["x", "c"]), ("b", &["a"]), ("c", &["b"]), ("d", &["c"])]);
        assert_eq!(circle, "must not go in a circle: a → b → c → a");
        let many: Vec<Node> = (0..=NODES).map(|number| node(&number.to_string(), &[])).collect();
        assert_eq!(Graph::new(many).unwrap_err(), InvalidGraph::TooMany);
        let long = (0..=DEPTH).map(|number| {
            let before = number.checked_sub(1).map(|before: usize| before.to_string());
            node(&number.to_string(), &before.iter().map(String::as_str).collect::<Vec<_>>())
        });
        assert_eq!(Graph::new(long.collect()).unwrap_err(), InvalidGraph::TooDeep);
        let unnamed = Node { model: ModelRef::default(), ..node("a", &[]) };
        assert_eq!(Graph::new(vec![unnamed]).unwrap_err(), InvalidGraph::NoModel("a".into()));
    }

    #[test]
    fn a_graph_is_kept_as_its_nodes() {
        let graph = graph(&[("a", &[]), ("b", &["a"])]).unwrap();
        let kept = serde_json::to_string(&graph).unwrap();
        assert_eq!(
            kept,
            r#"[{"id":"a","model":{"model":"m"}},{"id":"b","model":{"model":"m"},"inputs":["a"]}]"#
        );
        assert_eq!(serde_json::from_str::<Graph>(&kept).unwrap(), graph);
        let circle = r#"[{"id":"a","model":{"model":"m"},"inputs":["a"]}]"#;
        assert!(serde_json::from_str::<Graph>(circle).is_err());
        assert_eq!(serde_json::from_str::<Graph>("[]").unwrap(), Graph::empty());
    }
}
