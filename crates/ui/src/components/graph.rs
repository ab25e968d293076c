//! A workflow's graph as a picture, from above to below. What it says stands in a table or a form beside it.

use atelier_domain::workflow::{Graph, Layout, Spot};
use leptos::prelude::*;

/// How large a node is, in pixels.
const WIDTH: f64 = 212.0;
const HEIGHT: f64 = 52.0;

/// What is between nodes, beside one another and one after the other.
const BESIDE: f64 = 20.0;
const AFTER: f64 = 36.0;

/// What is left free around everything, so that no line is cut.
const EDGE: f64 = 2.0;

/// How many characters of a node's name, and of what is said of it, have room.
const NAME: usize = 26;
const CAPTION: usize = 28;

/// The picture of a graph.
#[component]
pub fn GraphPicture(
    /// The graph.
    graph: Graph,
    /// What is said of each node below its name, by its place.
    captions: Vec<String>,
    /// What goes in, in words.
    input: &'static str,
) -> impl IntoView {
    let layout = graph.layout();
    let grid = Grid::of(&layout);
    let edges = layout.edges.iter().map(|edge| {
        let start = edge.from.and_then(|from| layout.nodes.get(from)).copied();
        let end = layout.nodes.get(edge.to).copied();
        let [start, end] = [start, end].map(|spot| spot.unwrap_or(Spot { layer: 0, row: 0 }));
        let path = grid.path(start, &edge.through, end);
        view! { <path class="graph-edge" d=path></path> }.into_any()
    });
    let edges = edges.collect_view();
    let nodes = graph.nodes().iter().zip(&layout.nodes).zip(captions).map(|((node, spot), caption)| {
        let class = if node.is_silent { "graph-node is-silent" } else { "graph-node" };
        boxed(&grid, *spot, class, &node.id, &caption)
    });
    let nodes = nodes.collect_view();
    let (width, height) = grid.size();
    let begin = boxed(&grid, Spot { layer: 0, row: 0 }, "graph-node is-input", "Input", input);
    view! {
        // Somebody who cannot point has to get to its end as well.
        <div class="graph" tabindex="0" role="group" aria-label="The graph as a picture">
            <svg width=width height=height viewBox=format!("0 0 {width} {height}") role="img" aria-label=told(&graph)>
                {edges}
                {begin}
                {nodes}
            </svg>
        </div>
    }
}

/// The graph in one sentence for each node.
fn told(graph: &Graph) -> String {
    let sentences = graph.nodes().iter().map(|node| {
        let before = if node.inputs.is_empty() { "the input".to_owned() } else { node.inputs.join(" and ") };
        format!("{} comes after {before}.", node.id)
    });
    sentences.collect::<Vec<_>>().join(" ")
}

fn boxed(grid: &Grid, spot: Spot, class: &'static str, name: &str, caption: &str) -> AnyView {
    let (x, y) = grid.corner(spot);
    view! {
        <g class=class transform=format!("translate({x} {y})")>
            <title>{format!("{name}: {caption}")}</title>
            <rect width=WIDTH height=HEIGHT rx="6"></rect>
            <text class="graph-name" x=WIDTH / 2.0 y="22" text-anchor="middle">{cut(name, NAME)}</text>
            <text class="graph-caption" x=WIDTH / 2.0 y="40" text-anchor="middle">{cut(caption, CAPTION)}</text>
        </g>
    }
    .into_any()
}

/// A text of at most so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Where spots are in the picture.
struct Grid {
    layers: Vec<usize>,
    widest: usize,
}

impl Grid {
    fn of(layout: &Layout) -> Self {
        let layers = layout.layers.clone();
        Self { widest: layers.iter().copied().max().unwrap_or(1), layers }
    }

    fn size(&self) -> (f64, f64) {
        let (wide, high) = (self.widest as f64, self.layers.len() as f64);
        (wide * (WIDTH + BESIDE) - BESIDE + 2.0 * EDGE, high * (HEIGHT + AFTER) - AFTER + 2.0 * EDGE)
    }

    /// The upper left corner of a spot. Each layer stands in the middle.
    fn corner(&self, spot: Spot) -> (f64, f64) {
        let own = self.layers.get(spot.layer).copied().unwrap_or(1);
        let free = self.widest.saturating_sub(own) as f64 / 2.0;
        ((free + spot.row as f64) * (WIDTH + BESIDE) + EDGE, spot.layer as f64 * (HEIGHT + AFTER) + EDGE)
    }

    /// The way from below one spot to above another, with the head of an arrow.
    fn path(&self, start: Spot, through: &[Spot], end: Spot) -> String {
        let middle = |spot| {
            let (x, y) = self.corner(spot);
            (x + WIDTH / 2.0, y)
        };
        let (x, y) = middle(start);
        let mut path = format!("M{x} {}", y + HEIGHT);
        let mut at = (x, y + HEIGHT);
        for spot in through.iter().copied().chain([end]) {
            let (x, y) = middle(spot);
            let half = f64::midpoint(at.1, y);
            path.push_str(&format!("C{} {half} {x} {half} {x} {y}", at.0));
            if spot != end {
                path.push_str(&format!("V{}", y + HEIGHT));
            }
            at = (x, y + HEIGHT);
        }
        let (x, y) = middle(end);
        path.push_str(&format!("M{} {}L{x} {y}L{} {}", x - 5.0, y - 7.0, x + 5.0, y - 7.0));
        path
    }
}

#[cfg(test)]
mod tests {
    use atelier_domain::workflow::{ModelRef, Node};

    use super::*;

    fn graph() -> Graph {
        let node = |id: &str, inputs: &[&str]| Node {
            id: id.into(),
            model: ModelRef { model: "m".into(), ..ModelRef::default() },
            inputs: inputs.iter().map(ToString::to_string).collect(),
            ..Node::default()
        };
        Graph::new(vec![node("a", &[]), node("b", &["a"]), node("c", &["a", "b"])]).unwrap()
    }

    #[test]
    fn what_goes_past_a_node_goes_beside_it() {
        let layout = graph().layout();
        let grid = Grid::of(&layout);
        assert_eq!(grid.size(), (2.0 * WIDTH + BESIDE + 4.0, 4.0 * HEIGHT + 3.0 * AFTER + 4.0));
        let past = layout.edges.iter().find(|edge| !edge.through.is_empty()).unwrap();
        let (x, _) = grid.corner(past.through[0]);
        let (beside, _) = grid.corner(layout.nodes[1]);
        assert!((x - beside).abs() >= WIDTH, "{x} {beside}");
        let path = grid.path(layout.nodes[0], &past.through, layout.nodes[2]);
        assert!(path.matches('C').count() == 2 && path.matches('V').count() == 1, "{path}");
    }

    #[test]
    fn what_has_no_room_is_cut() {
        assert_eq!(cut("größer", 6), "größer");
        assert_eq!(cut("größer", 5), "größ…");
        assert_eq!(told(&graph()), "a comes after the input. b comes after a. c comes after a and b.");
    }
}
