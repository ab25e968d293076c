//! The JSON of COCO's object detection.

use std::collections::{BTreeMap, BTreeSet};

use atelier_domain::{ResourceId, Shape};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Contents, Draft, Found, Regions, Source, Unreadable, concept, polygon, rectangle, share, slug_of, text,
};

#[derive(Deserialize)]
struct Document {
    images: Vec<Image>,
    #[serde(default)]
    annotations: Vec<Value>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Image {
    id: i64,
    file_name: String,
    #[serde(default)]
    width: f64,
    #[serde(default)]
    height: f64,
}

#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
}

#[derive(Deserialize)]
struct Object {
    image_id: i64,
    category_id: i64,
    #[serde(default)]
    bbox: Option<[f64; 4]>,
    #[serde(default)]
    segmentation: Value,
    #[serde(default)]
    score: Option<f64>,
    #[serde(default)]
    shape: Option<String>,
}

impl Object {
    /// The parts of a picture that it is, each as a region, in a picture of this size.
    fn shapes(&self, width: f64, height: f64) -> Result<Vec<Shape>, String> {
        let outlines = match &self.segmentation {
            Value::Array(outlines) if self.shape.as_deref() != Some("box") => outlines.as_slice(),
            _ => &[],
        };
        if outlines.is_empty() {
            let [x, y, w, h] = self.bbox.ok_or("It has neither a box nor a polygon")?;
            let edges = [x / width, y / height, (x + w) / width, (y + h) / height];
            return rectangle(edges).map(|shape| vec![shape]).map_err(|why| format!("The box {why}"));
        }
        let shapes = outlines.iter().map(|outline| {
            let numbers: Vec<f64> = serde_json::from_value(outline.clone())
                .map_err(|_| "The polygon has something that is no number".to_owned())?;
            let shares = numbers.iter().zip([width, height].into_iter().cycle()).map(|(at, size)| at / size);
            polygon(&shares.collect::<Vec<_>>()).map_err(|why| format!("The polygon {why}"))
        });
        shapes.collect()
    }
}

/// Reads the document at `path`.
///
/// # Errors
/// When there is too much of it.
pub(super) fn read(
    source: &mut Source,
    contents: &Contents,
    path: &str,
    found: &mut Found,
) -> Result<(), Unreadable> {
    let Some(text) = text(source, path, found)? else { return Ok(()) };
    let document: Document = match serde_json::from_str(&text) {
        Ok(document) => document,
        Err(error) => {
            found.tell(path, format!("It is no document of COCO: {error}."));
            return Ok(());
        }
    };
    let mut categories: BTreeMap<i64, ResourceId> = BTreeMap::new();
    for category in document.categories {
        match concept(&category.name) {
            Ok(concept) => drop(categories.insert(category.id, concept)),
            Err(why) => found.tell(format!("category {} of {path}", category.id), format!("{why}.")),
        }
    }
    let sizes: BTreeMap<i64, (f64, f64)> =
        document.images.iter().map(|image| (image.id, (image.width, image.height))).collect();
    let mut regions: BTreeMap<i64, Regions> = BTreeMap::new();
    for (object, number) in document.annotations.into_iter().zip(1..) {
        let place = format!("annotation {number} of {path}");
        match one(object, &sizes, &categories) {
            Ok((image, concept, value, shapes)) => {
                let regions = regions.entry(image).or_default();
                shapes.into_iter().for_each(|shape| regions.add(shape, concept.clone(), value));
            }
            Err(why) => found.tell(place, format!("{why}.")),
        }
    }
    let mut known = BTreeSet::new();
    for (image, number) in document.images.into_iter().zip(1..) {
        let place = format!("image {number} of {path}");
        if !known.insert(image.id) {
            found.tell(place, format!("There is an image {} already.", image.id));
            continue;
        }
        found.drafts.push(Draft {
            slug: slug_of(&image.file_name),
            file: contents.find(&image.file_name, path),
            said: regions.remove(&image.id).unwrap_or_default().said(&place),
            metadata: None,
            made_at: None,
            place,
        });
    }
    Ok(())
}

/// Of which image an annotation is, what it names, how sure that is, and where it is.
fn one(
    object: Value,
    sizes: &BTreeMap<i64, (f64, f64)>,
    categories: &BTreeMap<i64, ResourceId>,
) -> Result<(i64, ResourceId, f32, Vec<Shape>), String> {
    let object: Object =
        serde_json::from_value(object).map_err(|error| format!("It cannot be read: {error}"))?;
    let image = object.image_id;
    let (width, height) = *sizes.get(&image).ok_or_else(|| format!("There is no image {image}"))?;
    if width <= 0.0 || height <= 0.0 {
        return Err(format!("The image {image} has no size"));
    }
    let category = object.category_id;
    let concept = categories.get(&category).ok_or_else(|| format!("There is no category {category}"))?;
    let value = object.score.unwrap_or(1.0);
    let value = share(value).ok_or_else(|| format!("The score {value} is not between 0 and 1"))?;
    Ok((image, concept.clone(), value, object.shapes(width, height)?))
}
