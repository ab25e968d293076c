//! A table with a line for each label.

use atelier_domain::{Label, Part, Region, Shape};

use super::jsonl::standing;
use super::{List, Writer, Written, names};
use crate::csv::cell;
use crate::datasets::versions::{FrozenAnnotation, FrozenInputRow};

/// Writes `annotations.csv`.
pub(super) struct Csv;

/// The columns.
const COLUMNS: [&str; 18] = [
    "input",
    "file",
    "kind",
    "part",
    "annotation",
    "author",
    "status",
    "region",
    "shape",
    "left",
    "top",
    "right",
    "bottom",
    "points",
    "start",
    "end",
    "concept",
    "value",
];

/// Adds a line of these cells.
fn line<'a>(cells: impl IntoIterator<Item = &'a str>, text: &mut String) {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// The cells from `region` to `end`: what a label is of.
fn place(region: Option<&Region>) -> [String; 9] {
    let mut cells: [String; 9] = Default::default();
    let [id, shape, left, top, right, bottom, points, start, end] = &mut cells;
    let Some(region) = region else {
        *shape = "whole".to_owned();
        return cells;
    };
    *id = region.id.to_string();
    match &region.shape {
        Shape::Box { top: t, left: l, bottom: b, right: r } => {
            *shape = "box".to_owned();
            for (cell, edge) in [(left, l), (top, t), (right, r), (bottom, b)] {
                *cell = edge.to_string();
            }
        }
        Shape::Polygon { points: corners } => {
            *shape = "polygon".to_owned();
            let corners: Vec<String> =
                corners.iter().map(|point| format!("{} {}", point.col, point.row)).collect();
            *points = corners.join(" ");
        }
        Shape::Point(point) => {
            *shape = "point".to_owned();
            *points = format!("{} {}", point.col, point.row);
        }
        Shape::Span { start: first, end: last } => {
            *shape = "span".to_owned();
            *start = first.to_string();
            *end = last.to_string();
        }
    }
    cells
}

impl Csv {
    /// The lines of one annotation of an input whose own cells are `input`.
    fn say(&self, input: &[&str], said: &FrozenAnnotation, text: &mut String) {
        let standing = standing(said.status);
        let own = [said.id.as_str(), &said.author, &standing];
        let mut write = |region: Option<&Region>, label: Option<&Label>| {
            let place = place(region);
            let value = label.map(|label| label.value.to_string()).unwrap_or_default();
            let concept = label.map(|label| label.concept.as_str()).unwrap_or_default();
            let cells = input.iter().copied().chain(own).chain(place.iter().map(String::as_str));
            line(cells.chain([concept, &value]), text);
        };
        for label in &said.labels.concepts {
            write(None, Some(label));
        }
        for region in &said.labels.regions {
            for label in &region.labels {
                write(Some(region), Some(label));
            }
            if region.labels.is_empty() {
                write(Some(region), None);
            }
        }
        if said.labels.is_empty() {
            write(None, None);
        }
    }
}

impl Writer for Csv {
    fn lists(&self) -> Vec<List> {
        vec![List::new("annotations.csv")]
    }

    fn head(&mut self, _list: &List) -> Written<String> {
        Ok(format!("{}\r\n", COLUMNS.join(",")))
    }

    fn add(&mut self, _list: &List, _pass: usize, input: &FrozenInputRow, text: &mut String) -> Written<()> {
        let (file, part) = (self.held(input), input.part.map(Part::name).unwrap_or_default());
        let own = [input.slug.as_str(), &file, input.kind.name(), part];
        for said in &input.said {
            self.say(&own, said, text);
        }
        if input.said.is_empty() {
            let rest = COLUMNS.len() - own.len();
            line(own.into_iter().chain(std::iter::repeat_n("", rest)), text);
        }
        Ok(())
    }

    fn held(&self, input: &FrozenInputRow) -> String {
        format!("inputs/{}", names::file(input))
    }
}
