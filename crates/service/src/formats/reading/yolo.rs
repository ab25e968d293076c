//! A folder as YOLO has it: for each picture a text with a line for each box or polygon.

use std::collections::BTreeMap;

use atelier_domain::{ResourceId, Shape};

use super::{
    Contents, Draft, Found, Regions, Source, Unreadable, concept, polygon, rectangle, slug_of, text, yaml,
};

/// The endings of pictures.
const PICTURES: [&str; 6] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"];

/// What the classes are called, by their numbers: in `data.yaml`, or line by line in `classes.txt`.
fn classes(source: &mut Source, found: &mut Found) -> Result<BTreeMap<usize, String>, Unreadable> {
    let paths: Vec<String> = source.paths().map(str::to_owned).collect();
    if let Some(path) = paths.iter().find(|path| path.ends_with(".yaml") || path.ends_with(".yml")) {
        return Ok(text(source, path, found)?.map(|text| yaml::names(&text)).unwrap_or_default());
    }
    let is_list = |path: &&String| path.ends_with("classes.txt") || path.ends_with("obj.names");
    let Some(path) = paths.iter().find(is_list) else { return Ok(BTreeMap::new()) };
    let text = text(source, path, found)?.unwrap_or_default();
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).enumerate().collect())
}

/// Reads the texts, and the pictures that have none.
///
/// # Errors
/// When there is too much of them.
pub(super) fn read(source: &mut Source, contents: &Contents, found: &mut Found) -> Result<(), Unreadable> {
    let mut concepts: BTreeMap<usize, ResourceId> = BTreeMap::new();
    for (number, name) in classes(source, found)? {
        match concept(&name) {
            Ok(concept) => drop(concepts.insert(number, concept)),
            Err(why) => found.tell(format!("class {number}"), format!("{why}.")),
        }
    }
    let texts: Vec<String> = source
        .paths()
        .filter(|path| path.ends_with(".txt") && path.contains("labels/"))
        .map(str::to_owned)
        .collect();
    let mut told = std::collections::BTreeSet::new();
    for path in texts {
        let Some(text) = text(source, &path, found)? else { continue };
        let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".txt")).unwrap_or_default();
        let file = PICTURES.iter().find_map(|ending| contents.find(&format!("{stem}{ending}"), &path));
        let mut regions = Regions::default();
        for (line, number) in text.lines().zip(1..) {
            if line.trim().is_empty() {
                continue;
            }
            match one(line, &concepts) {
                Ok((shape, concept)) => regions.add(shape, concept, 1.0),
                Err(why) => found.tell(format!("line {number} of {path}"), format!("{why}.")),
            }
        }
        told.extend(file.clone());
        let (slug, said) = (slug_of(&format!("{stem}.txt")), regions.said(&path));
        found.drafts.push(Draft { place: path, slug, file, metadata: None, made_at: None, said });
    }
    // Pictures in which there is nothing need no text.
    let pictures = contents.paths().filter(|path| !path.ends_with(".txt") && !told.contains(*path));
    for path in pictures {
        let (place, slug) = (path.clone(), slug_of(path));
        found.drafts.push(Draft { place, slug, file: Some(path.clone()), ..Draft::default() });
    }
    Ok(())
}

/// What a line says: a class and a box, or a class and the corners of a polygon.
fn one(line: &str, concepts: &BTreeMap<usize, ResourceId>) -> Result<(Shape, ResourceId), String> {
    let mut words = line.split_whitespace();
    let class = words.next().unwrap_or_default();
    let number: usize = class.parse().map_err(|_| format!("`{class}` is no number of a class"))?;
    let concept = concepts.get(&number).ok_or_else(|| format!("There is no class {number}"))?;
    let numbers: Vec<f64> =
        words.map(str::parse).collect::<Result<_, _>>().map_err(|_| "It has something that is no number")?;
    let shape = match numbers.as_slice() {
        // How sure a model was, which some write behind the box, is no part of it.
        [x, y, w, h] | [x, y, w, h, _] => {
            let edges = [x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0];
            rectangle(edges).map_err(|why| format!("The box {why}"))?
        }
        corners => polygon(corners).map_err(|why| format!("The polygon {why}"))?,
    };
    Ok((shape, concept.clone()))
}
