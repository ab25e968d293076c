//! A table with a line for each label.

use atelier_domain::{Label, Part, Place, Region, Shape};

use super::jsonl::standing;
use super::{List, Writer, Written, names};
use crate::csv::cell;
use crate::datasets::versions::{FrozenAnnotation, FrozenInputRow};

/// Writes `annotations.csv`.
pub(super) struct Csv;

/// The columns.
const COLUMNS: [&str; 20] = [
    "input",
    "file",
    "kind",
    "part",
    "latitude",
    "longitude",
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

/// Adds a line that begins with what its input has in each of its lines, and goes on with these cells.
fn line<'a>(own: &str, cells: impl IntoIterator<Item = &'a str>, text: &mut String) {
    text.push_str(own);
    for one in cells {
        text.push(',');
        text.push_str(&cell(one));
    }
    text.push_str("\r\n");
}

/// How many columns, the first ones, are about the input.
const OWN: usize = 6;

/// The cells that an input has in each of its lines.
fn own(input: &FrozenInputRow, file: &str) -> String {
    let part = input.part.map(Part::name).unwrap_or_default();
    let [slug, file, kind, part] = [&input.slug, file, input.kind.name(), part].map(cell);
    // Written as they are: a spreadsheet makes nothing else of a number, also of one that begins with a minus.
    let degrees = |of: fn(Place) -> f64| input.place().map(|place| of(place).to_string()).unwrap_or_default();
    let cells: [String; OWN] = [slug, file, kind, part, degrees(Place::latitude), degrees(Place::longitude)];
    cells.join(",")
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
    fn say(&self, input: &str, said: &FrozenAnnotation, text: &mut String) {
        let standing = standing(said.status);
        let own = [said.id.as_str(), &said.author, &standing];
        let mut write = |region: Option<&Region>, label: Option<&Label>| {
            let place = place(region);
            let value = label.map(|label| label.value.to_string()).unwrap_or_default();
            let concept = label.map(|label| label.concept.as_str()).unwrap_or_default();
            let cells = own.into_iter().chain(place.iter().map(String::as_str));
            line(input, cells.chain([concept, &value]), text);
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
        let own = own(input, &self.held(input));
        for said in &input.said {
            self.say(&own, said, text);
        }
        if input.said.is_empty() {
            line(&own, std::iter::repeat_n("", COLUMNS.len() - OWN), text);
        }
        Ok(())
    }

    fn held(&self, input: &FrozenInputRow) -> String {
        format!("inputs/{}", names::file(input))
    }
}
