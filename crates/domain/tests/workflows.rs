//! What holds of every graph: of those that are let through, of those that are refused, and of their pictures.

use std::collections::BTreeSet;

use atelier_domain::workflow::{DEPTH, Graph, InvalidGraph, ModelRef, NODES, Node};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

fn node(place: usize, inputs: impl IntoIterator<Item = usize>) -> Node {
    Node {
        id: place.to_string(),
        model: ModelRef { model: "m".into(), ..ModelRef::default() },
        inputs: inputs.into_iter().map(|input| input.to_string()).collect(),
        ..Node::default()
    }
}

/// Nodes that come after any others, also after themselves.
fn anything() -> impl Strategy<Value = Vec<Node>> {
    vec(btree_set(0..12_usize, 0..3), 1..12).prop_map(|all| {
        let count = all.len();
        let all = all.into_iter().enumerate();
        all.map(|(place, inputs)| node(place, inputs.into_iter().filter(|input| *input < count))).collect()
    })
}

/// Nodes that come after earlier ones, shuffled.
fn without_circles() -> impl Strategy<Value = Vec<Node>> {
    let inputs = vec(vec(any::<prop::sample::Index>(), 0..4), 1..=NODES);
    inputs
        .prop_map(|all| {
            let all = all.into_iter().enumerate();
            let earlier = |(place, inputs): (usize, Vec<prop::sample::Index>)| {
                let inputs = inputs.into_iter().filter(|_| place > 0).map(|input| input.index(place.max(1)));
                node(place, inputs.collect::<BTreeSet<_>>())
            };
            all.map(earlier).collect::<Vec<_>>()
        })
        .prop_shuffle()
}

proptest! {
    #[test]
    fn nodes_without_circles_are_a_graph(nodes in without_circles()) {
        match Graph::new(nodes.clone()) {
            Ok(graph) => {
                let ids: Vec<_> = graph.nodes().iter().map(|node| node.id.as_str()).collect();
                prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), nodes.len());
                for (place, node) in graph.nodes().iter().enumerate() {
                    let before: Vec<_> = graph.before(place).iter().map(|before| ids[*before]).collect();
                    prop_assert_eq!(&before, &node.inputs);
                    prop_assert!(graph.before(place).iter().all(|before| *before < place));
                    prop_assert!(nodes.contains(node));
                }
                // Once in order, it stays as it is.
                prop_assert_eq!(&Graph::new(graph.nodes().to_vec()).unwrap(), &graph);
            }
            Err(error) => prop_assert_eq!(error, InvalidGraph::TooDeep),
        }
    }

    #[test]
    fn a_circle_that_is_named_is_there(nodes in anything()) {
        let named = |id: &String| nodes.iter().find(|node| node.id == *id).unwrap();
        match Graph::new(nodes.clone()) {
            Ok(_) => {}
            Err(InvalidGraph::Circle(circle)) => {
                prop_assert!(!circle.is_empty());
                prop_assert_eq!(circle.iter().collect::<BTreeSet<_>>().len(), circle.len());
                for (one, next) in circle.iter().zip(circle.iter().cycle().skip(1)) {
                    prop_assert!(named(next).inputs.contains(one), "{one} is before {next}");
                }
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn everything_has_a_place_of_its_own_in_the_picture(nodes in without_circles()) {
        let Ok(graph) = Graph::new(nodes) else { return Ok(()) };
        let layout = graph.layout();
        prop_assert!(layout.layers.len() <= DEPTH + 1);
        let ways = layout.edges.iter().flat_map(|edge| &edge.through);
        let spots: Vec<_> = layout.nodes.iter().chain(ways).collect();
        prop_assert_eq!(spots.iter().collect::<BTreeSet<_>>().len(), spots.len());
        for spot in &spots {
            prop_assert!(spot.layer >= 1 && spot.row < layout.layers[spot.layer], "{spot:?}");
        }
        prop_assert_eq!(layout.layers.iter().sum::<usize>(), spots.len() + 1);
        for edge in &layout.edges {
            let from = edge.from.map_or(0, |from| layout.nodes[from].layer);
            let layers: Vec<_> = edge.through.iter().map(|spot| spot.layer).collect();
            prop_assert_eq!(layers, (from + 1..layout.nodes[edge.to].layer).collect::<Vec<_>>());
        }
    }
}
