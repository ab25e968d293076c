//! A folder as Pascal VOC has it: for each picture an XML document, and lists of the pictures of each part.

use atelier_domain::Part;

use super::objects::{Edges, objects};
use super::{List, Survey, Writer, Written, is_measured, measures, names, parts};
use crate::datasets::versions::FrozenInputRow;

/// Writes `Annotations/….xml` and `ImageSets/Main/….txt`.
pub(super) struct Voc {
    lists: Vec<List>,
}

impl Voc {
    pub(super) fn new(survey: &Survey) -> Self {
        let lists = parts(survey, "trainval").into_iter().map(|(part, name)| {
            let name = if part == Some(Part::Valid) { "val" } else { name };
            List { path: format!("ImageSets/Main/{name}.txt"), part, passes: 1 }
        });
        Self { lists: lists.collect() }
    }
}

/// A text between two tags. What XML has no way to write is replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The first and the last pixel between two edges, counted from 1: never none.
fn pixels(first: f64, last: f64, size: f64) -> (f64, f64) {
    let from = ((first * size).round() + 1.0).clamp(1.0, size);
    let to = (last * size).round().clamp(from, size);
    (from, to)
}

impl Writer for Voc {
    fn lists(&self) -> Vec<List> {
        self.lists.clone()
    }

    fn add(&mut self, _list: &List, _pass: usize, input: &FrozenInputRow, text: &mut String) -> Written<()> {
        if is_measured(input) {
            text.push_str(&names::stem(input));
            text.push('\n');
        }
        Ok(())
    }

    fn own(&self, input: &FrozenInputRow) -> Option<(String, String)> {
        let (width, height) = measures(input)?;
        let mut xml = format!(
            "<annotation>\n  <folder>JPEGImages</folder>\n  <filename>{}</filename>\n  <size>\n    \
             <width>{width}</width>\n    <height>{height}</height>\n    <depth>3</depth>\n  </size>\n  \
             <segmented>0</segmented>\n",
            escaped(&names::file(input))
        );
        for object in objects(input) {
            let Edges { top, left, bottom, right } = object.edges;
            let ((xmin, xmax), (ymin, ymax)) = (pixels(left, right, width), pixels(top, bottom, height));
            xml.push_str(&format!(
                "  <object>\n    <name>{}</name>\n    <pose>Unspecified</pose>\n    <truncated>0</truncated>\n    \
                 <difficult>0</difficult>\n    <bndbox>\n      <xmin>{xmin}</xmin>\n      <ymin>{ymin}</ymin>\n      \
                 <xmax>{xmax}</xmax>\n      <ymax>{ymax}</ymax>\n    </bndbox>\n  </object>\n",
                escaped(object.concept)
            ));
        }
        xml.push_str("</annotation>\n");
        Some((format!("Annotations/{}.xml", names::stem(input)), xml))
    }

    fn held(&self, input: &FrozenInputRow) -> String {
        format!("JPEGImages/{}", names::file(input))
    }
}
