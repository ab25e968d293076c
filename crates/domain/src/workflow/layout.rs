//! Where nodes stand in a picture of the graph: in layers from the input on, with ways between them for what goes further
//! than from one layer to the next.

use super::Graph;

/// A place in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// Which layer; the workflow's own input is alone in the first, 0.
    pub layer: usize,
    /// Which place in its layer, from 0.
    pub row: usize,
}

/// What goes from one node to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// From which; from the workflow's own input, if nothing is given.
    pub from: Option<usize>,
    /// To which.
    pub to: usize,
    /// The places that are left free for it in the layers between them.
    pub through: Vec<Spot>,
}

/// Where everything stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Where each node stands.
    pub nodes: Vec<Spot>,
    /// What goes between them.
    pub edges: Vec<Edge>,
    /// How many places each layer has, beginning with that of the input.
    pub layers: Vec<usize>,
}

/// What takes a place.
#[derive(Clone, Copy)]
enum Item {
    Node(usize),
    /// An edge that goes on to a later layer.
    Way(usize),
}

impl Graph {
    /// Where its nodes stand in a picture: each in the layer after the last of those before it, and within a layer in the
    /// order of what they come from, so that few edges cross.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let depths = self.depths();
        let depth_of = |place: &usize| depths.get(*place).copied().unwrap_or_default();
        let mut layout = Layout {
            nodes: depths.iter().map(|depth| Spot { layer: *depth, row: 0 }).collect(),
            edges: self.edges(),
            layers: vec![1],
        };
        for layer in 1..=depths.iter().copied().max().unwrap_or_default() {
            let mut items = Vec::new();
            for (place, depth) in depths.iter().enumerate() {
                if *depth == layer {
                    items.push((layout.mean_row(self.before(place), layer), Item::Node(place)));
                }
            }
            for (index, edge) in layout.edges.iter().enumerate() {
                let starts = edge.from.as_ref().map(&depth_of).unwrap_or_default();
                if (starts + 1..depth_of(&edge.to)).contains(&layer) {
                    items.push((layout.row_before(edge, layer), Item::Way(index)));
                }
            }
            items.sort_by(|(one, _), (other, _)| one.total_cmp(other));
            layout.layers.push(items.len());
            for (row, (_, item)) in items.into_iter().enumerate() {
                match item {
                    Item::Node(place) => {
                        if let Some(spot) = layout.nodes.get_mut(place) {
                            spot.row = row;
                        }
                    }
                    Item::Way(index) => {
                        if let Some(edge) = layout.edges.get_mut(index) {
                            edge.through.push(Spot { layer, row });
                        }
                    }
                }
            }
        }
        layout
    }

    fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (to, before) in self.before.iter().enumerate() {
            if before.is_empty() {
                edges.push(Edge { from: None, to, through: Vec::new() });
            }
            edges.extend(before.iter().map(|from| Edge { from: Some(*from), to, through: Vec::new() }));
        }
        edges
    }
}

impl Layout {
    /// How high what leads to a node in `layer` stands: halfway between those that are before it.
    fn mean_row(&self, before: &[usize], layer: usize) -> f64 {
        let rows = self.edges.iter().filter(|edge| edge.from.is_some_and(|from| before.contains(&from)));
        let rows: Vec<f64> = rows.map(|edge| self.row_before(edge, layer)).collect();
        if rows.is_empty() { 0.0 } else { rows.iter().sum::<f64>() / rows.len() as f64 }
    }

    /// How high an edge stands in the layer before `layer`, counted from that layer's middle.
    fn row_before(&self, edge: &Edge, layer: usize) -> f64 {
        let start = edge.from.and_then(|from| self.nodes.get(from));
        let before = edge.through.iter().chain(start).find(|spot| spot.layer + 1 == layer);
        let Some(spot) = before else { return 0.0 };
        let places = self.layers.get(spot.layer).copied().unwrap_or(1);
        spot.row as f64 - (places as f64 - 1.0) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;

    fn spot(layer: usize, row: usize) -> Spot {
        Spot { layer, row }
    }

    #[test]
    fn what_goes_over_a_layer_has_a_way_through_it() {
        let layout = graph(&[("a", &[]), ("b", &["a"]), ("c", &["a", "b"])]).unwrap().layout();
        assert_eq!(layout.nodes, [spot(1, 0), spot(2, 0), spot(3, 0)]);
        assert_eq!(layout.layers, [1, 1, 2, 1]);
        let ways: Vec<_> =
            layout.edges.iter().map(|edge| (edge.from, edge.to, edge.through.clone())).collect();
        let expected =
            [(None, 0, vec![]), (Some(0), 1, vec![]), (Some(0), 2, vec![spot(2, 1)]), (Some(1), 2, vec![])];
        assert_eq!(ways, expected);
    }

    #[test]
    fn branches_stand_beside_what_they_come_from() {
        let nodes: &[(&str, &[&str])] = &[("a", &[]), ("b", &[]), ("of b", &["b"]), ("of a", &["a"])];
        let layout = graph(nodes).unwrap().layout();
        assert_eq!(layout.nodes, [spot(1, 0), spot(1, 1), spot(2, 1), spot(2, 0)]);
        assert_eq!(Graph::empty().layout(), Layout { nodes: vec![], edges: vec![], layers: vec![1] });
    }
}
