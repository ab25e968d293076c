//! A folder as YOLO reads it: for each picture a text with a line for each box, and `data.yaml` with the classes.

use std::collections::BTreeMap;

use atelier_domain::Part;

use super::objects::{Edges, objects};
use super::{List, Survey, Writer, Written, is_measured, names};
use crate::datasets::versions::FrozenInputRow;

/// Writes `labels/…/….txt`.
pub(super) struct Yolo {
    /// The number of each class, from 0.
    classes: BTreeMap<String, usize>,
    has_split: bool,
}

/// What a version without a split is called.
const WHOLE: &str = "train";

impl Yolo {
    pub(super) fn new(survey: &Survey) -> Self {
        Self { classes: survey.classes.iter().cloned().zip(0..).collect(), has_split: survey.has_split }
    }
}

fn part(input: &FrozenInputRow) -> &'static str {
    input.part.map_or(WHOLE, Part::name)
}

impl Writer for Yolo {
    fn lists(&self) -> Vec<List> {
        Vec::new()
    }

    fn add(&mut self, _: &List, _: usize, _: &FrozenInputRow, _: &mut String) -> Written<()> {
        Ok(())
    }

    fn own(&self, input: &FrozenInputRow) -> Option<(String, String)> {
        if !is_measured(input) {
            return None;
        }
        let mut lines = String::new();
        for object in objects(input) {
            let Some(class) = self.classes.get(object.concept) else { continue };
            let Edges { top, left, bottom, right } = object.edges;
            let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
            lines.push_str(&format!("{class} {x} {y} {} {}\n", right - left, bottom - top));
        }
        Some((format!("labels/{}/{}.txt", part(input), names::stem(input)), lines))
    }

    fn held(&self, input: &FrozenInputRow) -> String {
        format!("images/{}/{}", part(input), names::file(input))
    }

    fn others(&self) -> Vec<(String, String)> {
        let mut yaml = String::new();
        // Readers ask for a folder of validation even if there is none.
        let (valid, test) = if self.has_split { ("valid", "test: images/test\n") } else { (WHOLE, "") };
        yaml.push_str(&format!("train: images/train\nval: images/{valid}\n{test}"));
        yaml.push_str(if self.classes.is_empty() { "names: {}\n" } else { "names:\n" });
        for (name, number) in &self.classes {
            // What JSON quotes, YAML reads.
            yaml.push_str(&format!("  {number}: {}\n", serde_json::Value::from(name.as_str())));
        }
        vec![("data.yaml".to_owned(), yaml)]
    }
}
