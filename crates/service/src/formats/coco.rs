//! The JSON of COCO's object detection: pictures, what is found in them, and the categories, one document for each part.

use std::collections::BTreeMap;

use atelier_domain::Part;
use serde_json::json;

use super::objects::{Edges, Object, objects};
use super::{List, Survey, Writer, Written, measures, names, parts};
use crate::datasets::versions::FrozenInputRow;

/// Writes `annotations/instances_….json`.
pub(super) struct Coco {
    lists: Vec<List>,
    /// The number of each class, from 1.
    categories: BTreeMap<String, usize>,
    /// The number of the annotation that was written last.
    last: u64,
    /// Whether nothing stands yet in the array that is being written.
    is_first: bool,
}

impl Coco {
    pub(super) fn new(survey: &Survey) -> Self {
        let lists = parts(survey, WHOLE).into_iter().map(|(part, name)| List {
            path: format!("annotations/instances_{name}.json"),
            part,
            passes: 2,
        });
        let categories = survey.classes.iter().cloned().zip(1..).collect();
        Self { lists: lists.collect(), categories, last: 0, is_first: true }
    }

    /// Adds one thing to the array that is being written.
    fn push(&mut self, value: &serde_json::Value, text: &mut String) {
        text.push_str(if std::mem::take(&mut self.is_first) { "\n" } else { ",\n" });
        text.push_str(&value.to_string());
    }

    fn object(&mut self, image: i64, (width, height): (f64, f64), object: &Object<'_>, text: &mut String) {
        let Some(category) = self.categories.get(object.concept).copied() else { return };
        self.last += 1;
        let Edges { top, left, bottom, right } = object.edges;
        let bounds = [left * width, top * height, (right - left) * width, (bottom - top) * height];
        let corners: Vec<f64> = object
            .corners
            .iter()
            .flat_map(|point| [f64::from(point.col) * width, f64::from(point.row) * height])
            .collect();
        let area = if corners.is_empty() { bounds[2] * bounds[3] } else { area(&corners) };
        // The box is its own outline: some readers take nothing that has none.
        let [x, y, w, h] = bounds;
        let outline = if corners.is_empty() { vec![x, y, x + w, y, x + w, y + h, x, y + h] } else { corners };
        let value = json!({
            "id": self.last,
            "image_id": image,
            "category_id": category,
            "bbox": bounds,
            "segmentation": [outline],
            "area": area,
            "iscrowd": 0,
            "score": object.value,
            "shape": if object.corners.is_empty() { "box" } else { "polygon" },
        });
        self.push(&value, text);
    }
}

/// What a version without a split is called.
const WHOLE: &str = "default";

/// The area within a closed line of x, y, x, y ….
fn area(corners: &[f64]) -> f64 {
    let points: Vec<(f64, f64)> = corners.chunks_exact(2).map(|point| (point[0], point[1])).collect();
    let next = points.iter().cycle().skip(1);
    let twice: f64 = points.iter().zip(next).map(|((x, y), (u, v))| x * v - u * y).sum();
    twice.abs() / 2.0
}

impl Writer for Coco {
    fn lists(&self) -> Vec<List> {
        self.lists.clone()
    }

    fn head(&mut self, _list: &List) -> Written<String> {
        self.is_first = true;
        Ok("{\"info\":{\"description\":\"Exported from Atelier\"},\"images\":[".to_owned())
    }

    fn add(&mut self, _list: &List, pass: usize, input: &FrozenInputRow, text: &mut String) -> Written<()> {
        let Some(size) = measures(input) else { return Ok(()) };
        if pass == 0 {
            let image = json!({
                "id": input.position,
                "file_name": names::file(input),
                "width": input.width,
                "height": input.height,
            });
            self.push(&image, text);
            return Ok(());
        }
        for object in objects(input) {
            self.object(input.position, size, &object, text);
        }
        Ok(())
    }

    fn end(&mut self, _list: &List, pass: usize) -> Written<String> {
        self.is_first = true;
        if pass == 0 {
            return Ok("],\n\"annotations\":[".to_owned());
        }
        let categories: Vec<_> =
            self.categories.iter().map(|(name, id)| json!({ "id": id, "name": name })).collect();
        Ok(format!("],\n\"categories\":{}}}\n", serde_json::to_string(&categories)?))
    }

    fn held(&self, input: &FrozenInputRow) -> String {
        let part = input.part.map_or(WHOLE, Part::name);
        format!("images/{part}/{}", names::file(input))
    }
}
