//! The formats in which labelled data is given out. They are pure: what they are given is in memory, and what they write
//! is text; where it comes from and goes to is said by [`crate::exports`].
//!
//! Each says what it cannot hold: see [`readme`].

mod coco;
mod csv;
mod jsonl;
mod names;
mod objects;
pub(crate) mod reading;
mod readme;
mod survey;
#[cfg(test)]
mod tests;
mod voc;
mod yolo;

use std::fmt;
use std::str::FromStr;

use atelier_domain::{Medium, Part};

pub(crate) use readme::{Missing, readme};
pub(crate) use survey::Survey;

use crate::datasets::versions::{FrozenInputRow, VersionRow};

/// A format in which a version of a dataset can be given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON object in each line: all that is known.
    Jsonl,
    /// A table with a line for each label.
    Csv,
    /// The JSON of COCO's object detection.
    Coco,
    /// A folder as YOLO reads it: a text for each picture.
    Yolo,
    /// A folder as Pascal VOC has it: an XML document for each picture.
    Voc,
}

impl Format {
    /// All of them, the one that loses nothing first.
    pub const ALL: [Self; 5] = [Self::Jsonl, Self::Csv, Self::Coco, Self::Yolo, Self::Voc];

    /// The name by which programs ask for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Coco => "coco",
            Self::Yolo => "yolo",
            Self::Voc => "voc",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Jsonl => "JSONL",
            Self::Csv => "CSV",
            Self::Coco => "COCO",
            Self::Yolo => "YOLO",
            Self::Voc => "Pascal VOC",
        }
    }

    /// What it holds, and what it cannot, in one sentence or two.
    #[must_use]
    pub fn holds(self) -> &'static str {
        match self {
            Self::Jsonl => "Everything that the version keeps.",
            Self::Csv => {
                "A line for each label, of pictures and texts. Without metadata, and without when something was said."
            }
            Self::Coco => {
                "Boxes and polygons in pictures. Without texts, points, concepts of whole pictures, and who said what."
            }
            Self::Yolo => {
                "Boxes in pictures, with polygons as boxes around them. Without texts, points, concepts of whole \
                 pictures, values, and who said what."
            }
            Self::Voc => {
                "Boxes in pictures to the pixel, with polygons as boxes around them. Without texts, points, concepts of \
                 whole pictures, values, and who said what."
            }
        }
    }

    /// Whether it tells of this input: some are for pictures alone.
    pub(crate) fn takes(self, input: &FrozenInputRow) -> bool {
        match self {
            Self::Jsonl | Self::Csv => true,
            Self::Coco | Self::Yolo | Self::Voc => is_measured(input),
        }
    }

    /// What writes it, of a version that was looked through.
    pub(crate) fn writer(self, version: &VersionRow, survey: &Survey) -> Box<dyn Writer> {
        match self {
            Self::Jsonl => Box::new(jsonl::Jsonl::new(version)),
            Self::Csv => Box::new(csv::Csv),
            Self::Coco => Box::new(coco::Coco::new(survey)),
            Self::Yolo => Box::new(yolo::Yolo::new(survey)),
            Self::Voc => Box::new(voc::Voc::new(survey)),
        }
    }
}

/// That a text names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of jsonl, csv, coco, yolo and voc")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.into()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A file that tells of many inputs: what it tells is gone through once for each of its passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct List {
    /// Where it stands.
    pub(crate) path: String,
    /// Of which part it tells; of all, if nothing is given.
    pub(crate) part: Option<Part>,
    /// How often the inputs are gone through.
    pub(crate) passes: usize,
}

impl List {
    fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), part: None, passes: 1 }
    }
}

/// Something that could not be written as JSON, which none of our values is.
pub(crate) type Written<T> = serde_json::Result<T>;

/// What writes a format, file by file.
pub(crate) trait Writer: Send + Sync {
    /// The files that tell of many inputs.
    fn lists(&self) -> Vec<List>;

    /// What a list begins with.
    fn head(&mut self, _list: &List) -> Written<String> {
        Ok(String::new())
    }

    /// Adds to `text` what the list says of an input in this pass, from 0.
    ///
    /// # Errors
    /// When it cannot be written.
    fn add(&mut self, list: &List, pass: usize, input: &FrozenInputRow, text: &mut String) -> Written<()>;

    /// What ends this pass of a list.
    ///
    /// # Errors
    /// When it cannot be written.
    fn end(&mut self, _list: &List, _pass: usize) -> Written<String> {
        Ok(String::new())
    }

    /// The file that an input has of its own, if the format has such files: where it stands, and what is in it.
    fn own(&self, _input: &FrozenInputRow) -> Option<(String, String)> {
        None
    }

    /// Where the picture or text itself stands.
    fn held(&self, input: &FrozenInputRow) -> String;

    /// Files that tell of none of the inputs: where they stand, and what is in them.
    fn others(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Whether a format of pictures can tell of the input: its size is known.
fn is_measured(input: &FrozenInputRow) -> bool {
    measures(input).is_some()
}

/// A picture's width and height in pixels.
fn measures(input: &FrozenInputRow) -> Option<(f64, f64)> {
    let (width, height) = (input.width?, input.height?);
    let is_picture = input.kind == Medium::Image && width > 0 && height > 0;
    is_picture.then_some((width as f64, height as f64))
}

/// The parts of a version, as folders and files are named after them: `whole`, if it has no split.
fn parts(survey: &Survey, whole: &'static str) -> Vec<(Option<Part>, &'static str)> {
    if survey.has_split {
        Part::ALL.into_iter().map(|part| (Some(part), part.name())).collect()
    } else {
        vec![(None, whole)]
    }
}
