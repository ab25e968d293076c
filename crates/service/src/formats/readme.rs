//! What stands beside the data for whoever opens the file: what is in it, and what is not.

use super::{Format, Survey};
use crate::datasets::versions::VersionRow;

/// The most inputs that are named.
const NAMED: usize = 50;

/// Inputs whose pictures or texts are no longer there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Missing {
    count: u64,
    named: Vec<String>,
}

impl Missing {
    /// Notes that this one's is not there.
    pub(crate) fn add(&mut self, slug: &str) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(slug.to_owned());
        }
    }
}

/// What is left out by a format, with how often it occurs.
fn left_out(format: Format, survey: &Survey) -> Vec<(u64, &'static str)> {
    const OF_PICTURES: &str = "texts: the format is for pictures";
    const UNMEASURED: &str = "pictures whose size is not known";
    const PLACES: &str = "places where inputs were made";
    const UNCOUNTED: &str = "annotations that do not count (pending, awaiting review, or denied in it)";
    const WHOLES: &str = "labels of whole inputs: the format has labels of boxes alone";
    const ABSENT: &str = "labels that say that something is not there";
    const UNSURE: &str = "values below 1: whatever is above 0 is there";
    const POINTS: &str = "points";
    const UNNAMED: &str = "regions without a concept";
    const BOXED: &str = "polygons are written as the boxes around them";
    match format {
        Format::Jsonl | Format::Csv => Vec::new(),
        Format::Coco => vec![
            (survey.texts, OF_PICTURES),
            (survey.unmeasured, UNMEASURED),
            (survey.places, PLACES),
            (survey.uncounted, UNCOUNTED),
            (survey.wholes, WHOLES),
            (survey.absent, ABSENT),
            (survey.points, POINTS),
            (survey.unnamed, UNNAMED),
        ],
        Format::Yolo | Format::Voc => vec![
            (survey.texts, OF_PICTURES),
            (survey.unmeasured, UNMEASURED),
            (survey.places, PLACES),
            (survey.uncounted, UNCOUNTED),
            (survey.wholes, WHOLES),
            (survey.absent, ABSENT),
            (survey.unsure, UNSURE),
            (survey.points, POINTS),
            (survey.unnamed, UNNAMED),
            (survey.polygons, BOXED),
        ],
    }
}

/// How the format is laid out here.
fn layout(format: Format) -> &'static str {
    match format {
        Format::Jsonl => {
            "inputs.jsonl has a JSON object in each line: an input, and every annotation of it with its author and where it \
             stood. Edges and points are shares of the picture's height and width; spans count characters from 0. The place \
             where an input was made names its latitude and its longitude, in degrees: it is no list, as GeoJSON has it, \
             which begins with the longitude."
        }
        Format::Csv => {
            "annotations.csv has a line for each label, in UTF-8. latitude and longitude say where the input was made, in \
             degrees: both or neither. Edges and points are shares of the picture's height and width, points as x y x y …; \
             spans count characters from 0. A text that a spreadsheet would compute begins with an apostrophe. Not in it: \
             metadata, sizes and hashes of inputs, what clients kept with annotations, and when something was said."
        }
        Format::Coco => {
            "annotations/instances_….json is COCO's object detection, one document for each part. Besides its own fields, an \
             annotation has score (how sure) and shape (box or polygon). A region with several concepts is written once for \
             each. What several people said stands side by side, without who said it."
        }
        Format::Yolo => {
            "labels/ has a text for each picture: class, and the box's middle, width and height as shares of the picture. \
             data.yaml names the classes; without a split, val is the same folder as train, because readers ask for one. A \
             region with several concepts is written once for each. What several people said stands side by side."
        }
        Format::Voc => {
            "Annotations/ has a document for each picture, with boxes in whole pixels from 1, the last included; \
             ImageSets/Main/ lists the pictures of each part. A region with several concepts is written once for each. What \
             several people said stands side by side."
        }
    }
}

/// The text of README.txt.
pub(crate) fn readme(
    format: Format,
    version: &VersionRow,
    survey: &Survey,
    missing: Option<&Missing>,
) -> String {
    let mut text = format!(
        "Version {} of the dataset {}, as {}\r\n{} inputs, {} annotations\r\n\r\n{}\r\n\r\n",
        version.slug,
        version.dataset,
        format.label(),
        survey.inputs,
        survey.annotations,
        layout(format)
    );
    let left_out: Vec<_> = left_out(format, survey).into_iter().filter(|(count, _)| *count > 0).collect();
    if format == Format::Jsonl {
        text.push_str("Nothing that the version keeps is left out.\r\n");
    } else if !left_out.is_empty() {
        text.push_str("What the format cannot hold, and how often it occurs in the version:\r\n");
        for (count, what) in left_out {
            text.push_str(&format!("- {count} × {what}\r\n"));
        }
    }
    text.push_str(
        "\r\nFiles are named after inputs; what is neither a letter nor a digit of ASCII, nor one of . _ -, is written as in \
         addresses (%20 for a space).\r\n",
    );
    match missing {
        None => text.push_str("The pictures and texts themselves were not asked for.\r\n"),
        Some(missing) if missing.count > 0 => {
            text.push_str(&format!(
                "\r\n{} inputs were deleted since the version was made, so that their pictures or texts are not in this \
                 file:\r\n",
                missing.count
            ));
            for slug in &missing.named {
                text.push_str(&format!("- {slug}\r\n"));
            }
            if missing.count > missing.named.len() as u64 {
                text.push_str("- and others\r\n");
            }
        }
        Some(_) => {}
    }
    text
}
