//! Reading what others wrote, and what we did: what is well is taken, and of the rest it is told what is wrong and where.
//!
//! What is read comes from strangers. Nothing is written anywhere by a name that stands in it, and how much of it is read
//! is limited before it is.

mod coco;
mod csv;
mod directory;
mod jsonl;
mod source;
#[cfg(test)]
mod tests;
mod voc;
mod yaml;
mod yolo;

use std::collections::{BTreeMap, BTreeSet};

use atelier_domain::{Label, Labels, Place, Point, Region, ResourceId, Shape};
use serde_json::Value;

pub(crate) use source::{Source, Unreadable};

/// An input that was found, to be added or to be said something of.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    /// Where it stands, as people look for it: `line 3 of inputs.jsonl`.
    pub(crate) place: String,
    /// By what it is known.
    pub(crate) slug: String,
    /// Where the picture or text itself is; nothing, if it is not among the files.
    pub(crate) file: Option<String>,
    /// What is kept with it.
    pub(crate) metadata: Option<Value>,
    /// Where on earth it was made, if that is known.
    pub(crate) made_at: Option<Place>,
    /// What is said of it, annotation by annotation.
    pub(crate) said: Vec<Said>,
}

/// An annotation of an input that was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Said {
    /// Where it stands.
    pub(crate) place: String,
    /// What it says.
    pub(crate) labels: Labels,
    /// What is kept with it.
    pub(crate) info: Option<Value>,
    /// Where it stood, by the wire's number; if nothing is given, it counts.
    pub(crate) status: Option<i64>,
}

/// Something that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it stands, as people look for it: `line 3 of inputs.jsonl`.
    pub place: String,
    /// What is wrong, in a sentence.
    pub why: String,
}

/// The most things that are told of one import: what is wrong is often wrong in every line.
pub(crate) const MOST_TOLD: usize = 1_000;

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// What is to be added, in its order.
    pub(crate) drafts: Vec<Draft>,
    /// What was not taken.
    pub(crate) told: Vec<Told>,
    /// How much more there was to tell.
    pub(crate) untold: usize,
}

impl Found {
    /// Tells what counts more than all that was told, however much that is.
    pub(crate) fn tell_first(&mut self, place: impl Into<String>, why: impl Into<String>) {
        self.told.insert(0, Told { place: place.into(), why: why.into() });
    }

    /// Tells that something was not taken.
    pub(crate) fn tell(&mut self, place: impl Into<String>, why: impl Into<String>) {
        if self.told.len() < MOST_TOLD {
            self.told.push(Told { place: place.into(), why: why.into() });
        } else {
            self.untold += 1;
        }
    }
}

/// Reads what `source` holds, in whatever format it is.
///
/// # Errors
/// When it is in none that is known, or cannot be read at all.
pub(crate) fn read(source: &mut Source) -> Result<Found, Unreadable> {
    let mut found = Found::default();
    let contents = Contents::of(source);
    let named = |source: &Source, is: fn(&str) -> bool| -> Vec<String> {
        source.paths().filter(|path| is(path)).map(str::to_owned).collect()
    };
    let jsonl = named(source, |path| path.ends_with(".jsonl"));
    let csv = named(source, |path| path.ends_with(".csv"));
    let json = named(source, |path| path.ends_with(".json") && !path.ends_with("version.json"));
    let xml = named(source, |path| path.ends_with(".xml"));
    if !jsonl.is_empty() {
        jsonl.iter().try_for_each(|path| jsonl::read(source, &contents, path, &mut found))?;
    } else if !csv.is_empty() {
        csv.iter().try_for_each(|path| csv::read(source, &contents, path, &mut found))?;
    } else if !json.is_empty() {
        json.iter().try_for_each(|path| coco::read(source, &contents, path, &mut found))?;
    } else if !xml.is_empty() {
        xml.iter().try_for_each(|path| voc::read(source, &contents, path, &mut found))?;
    } else if source.paths().any(|path| path.ends_with(".txt") && path.contains("labels/")) {
        yolo::read(source, &contents, &mut found)?;
    } else {
        return Err(Unreadable::NoFormat);
    }
    Ok(found)
}

/// A file that is too long to be one of a format, or is none of UTF-8, is told and passed over.
fn text(source: &mut Source, path: &str, found: &mut Found) -> Result<Option<String>, Unreadable> {
    match source.text(path) {
        Ok(text) => Ok(Some(text)),
        Err(Unreadable::File(why)) => {
            found.tell(path, why);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The identifier of the input that a file shows: the file's name without its ending, read as addresses are.
fn slug_of(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let decoded = percent_encoding::percent_decode_str(stem).decode_utf8();
    let decoded = decoded.map_or_else(|_| stem.to_owned(), std::borrow::Cow::into_owned);
    // What no identifier may hold.
    let plain = |c: char| if c.is_control() || ['/', '\\', '?', '#'].contains(&c) { '-' } else { c };
    decoded.chars().map(plain).collect::<String>().trim().to_owned()
}

/// The name of a class as the identifier of a concept.
///
/// # Errors
/// When it is none.
fn concept(name: &str) -> Result<ResourceId, String> {
    name.trim().parse().map_err(|error| format!("`{name}` cannot be a concept’s id: it {error}"))
}

/// How far an edge may lie outside of its picture: by what sums of rounded numbers come to.
const SLACK: f64 = 1e-4;

/// A share of a picture, if it is one.
fn share(value: f64) -> Option<f32> {
    (-SLACK..=1.0 + SLACK).contains(&value).then(|| value.clamp(0.0, 1.0) as f32)
}

/// A box of these edges, as shares of the picture.
///
/// # Errors
/// When it is none, in words that follow "The box".
fn rectangle([left, top, right, bottom]: [f64; 4]) -> Result<Shape, String> {
    if left >= right || top >= bottom {
        return Err(
            "has no area: its right edge must lie beyond its left one, its bottom below its top".into()
        );
    }
    let [Some(left), Some(top), Some(right), Some(bottom)] = [left, top, right, bottom].map(share) else {
        return Err("reaches outside the picture".into());
    };
    if left >= right || top >= bottom {
        return Err("is too small".into());
    }
    Ok(Shape::Box { top, left, bottom, right })
}

/// A polygon of x, y, x, y …, as shares of the picture.
///
/// # Errors
/// When it is none, in words that follow "The polygon".
fn polygon(corners: &[f64]) -> Result<Shape, String> {
    if corners.len() < 6 || !corners.len().is_multiple_of(2) {
        return Err("has fewer than three corners, or half a one".into());
    }
    let points: Option<Vec<Point>> = corners
        .chunks_exact(2)
        .map(|corner| match corner {
            [x, y] => Some(Point { row: share(*y)?, col: share(*x)? }),
            _ => None,
        })
        .collect();
    points.map(|points| Shape::Polygon { points }).ok_or_else(|| "reaches outside the picture".into())
}

/// The regions of one picture, which are numbered as they come; those that show the same are one with several concepts.
#[derive(Default)]
struct Regions(Vec<Region>);

impl Regions {
    fn add(&mut self, shape: Shape, concept: ResourceId, value: f32) {
        let label = Label { concept, value };
        if let Some(last) = self.0.last_mut().filter(|last| last.shape == shape)
            && last.labels.iter().all(|other| other.concept != label.concept)
        {
            last.labels.push(label);
            return;
        }
        // A number is always an identifier.
        if let Ok(id) = format!("r{}", self.0.len() + 1).parse() {
            self.0.push(Region { id, shape, labels: vec![label] });
        }
    }

    /// As an annotation that stands at `place`; none, if there are none.
    fn said(self, place: &str) -> Vec<Said> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let labels = Labels { concepts: Vec::new(), regions: self.0 };
        vec![Said { place: place.to_owned(), labels, ..Said::default() }]
    }
}

/// Where the files with pictures and texts are.
struct Contents {
    paths: BTreeSet<String>,
    /// Their paths by their names.
    named: BTreeMap<String, Vec<String>>,
}

/// The words between the signs of a path.
fn path_words(path: &str) -> BTreeSet<&str> {
    path.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

impl Contents {
    fn of(source: &Source) -> Self {
        const ENDINGS: [&str; 7] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".txt"];
        let is_content = |path: &&str| {
            let lower = path.to_ascii_lowercase();
            ENDINGS.iter().any(|ending| lower.ends_with(ending))
        };
        let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let paths: BTreeSet<String> = source.paths().filter(is_content).map(str::to_owned).collect();
        let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in &paths {
            named.entry(name(path)).or_default().push(path.clone());
        }
        Self { paths, named }
    }

    /// All of them, in their order.
    fn paths(&self) -> impl Iterator<Item = &String> {
        self.paths.iter()
    }

    /// Where the file is that is named so by what stands in the file `by`: at `path` itself, or elsewhere by its name,
    /// since formats name folders in different ways. Of several of one name it is the one whose folders are named most
    /// alike, as `images/train` is for `labels/train`; where several are as much alike, none is, so that nothing is said
    /// of the wrong picture.
    fn find(&self, path: &str, by: &str) -> Option<String> {
        if let Some(path) = self.paths.get(path) {
            return Some(path.clone());
        }
        let named = self.named.get(path.rsplit(['/', '\\']).next().unwrap_or(path))?;
        let wanted: BTreeSet<&str> = path_words(path).union(&path_words(by)).copied().collect();
        let alike = |candidate: &String| path_words(candidate).intersection(&wanted).count();
        let most = named.iter().map(alike).max()?;
        let mut best = named.iter().filter(|candidate| alike(candidate) == most);
        best.next().filter(|_| best.next().is_none()).cloned()
    }
}
