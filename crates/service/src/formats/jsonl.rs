//! A JSON object in each line: all that a version keeps of an input.

use atelier_domain::{Hex, Labels, Part, Place, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::{List, Writer, Written, names};
use crate::annotations::status;
use crate::datasets::versions::{FrozenAnnotation, FrozenInputRow, VersionRow};

/// Writes `inputs.jsonl`, and `version.json` beside it.
pub(super) struct Jsonl {
    version: String,
}

impl Jsonl {
    pub(super) fn new(version: &VersionRow) -> Self {
        let told = json!({
            "dataset": version.dataset,
            "id": version.slug,
            "description": version.description,
            "metadata": version.metadata,
            "inputs": version.inputs,
            "made_at": moment(version.created_at),
        });
        Self { version: format!("{told:#}\n") }
    }
}

/// An input, as its line has it.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    file: String,
    kind: &'static str,
    media_type: Option<&'a str>,
    width: Option<i64>,
    height: Option<i64>,
    size: i64,
    sha256: Option<Hex<32>>,
    metadata: Option<&'a Value>,
    place: Option<Place>,
    part: Option<&'static str>,
    added_at: Option<jiff::Timestamp>,
    annotations: Vec<Said<'a>>,
}

/// An annotation, as the line of its input has it.
#[derive(Serialize)]
struct Said<'a> {
    id: &'a str,
    author: &'a str,
    status: String,
    labels: &'a Labels,
    info: Option<&'a Value>,
    changed_at: Option<jiff::Timestamp>,
}

/// As other programs write moments; none that no calendar has.
fn moment(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_microsecond(at.micros()).ok()
}

/// Where an annotation stands, in a word; by its number, if there is no word for it.
pub(super) fn standing(number: i64) -> String {
    let word = match number {
        status::SUCCESS => "success",
        status::PENDING => "pending",
        status::AWAITING_REVIEW => "awaiting_review",
        status::REVIEW_DENIED => "review_denied",
        other => return other.to_string(),
    };
    word.to_owned()
}

fn said(said: &FrozenAnnotation) -> Said<'_> {
    Said {
        id: &said.id,
        author: &said.author,
        status: standing(said.status),
        labels: &said.labels,
        info: said.info.as_ref(),
        changed_at: moment(said.changed_at),
    }
}

impl Writer for Jsonl {
    fn lists(&self) -> Vec<List> {
        vec![List::new("inputs.jsonl")]
    }

    fn add(&mut self, _list: &List, _pass: usize, input: &FrozenInputRow, text: &mut String) -> Written<()> {
        let line = Line {
            id: &input.slug,
            file: self.held(input),
            kind: input.kind.name(),
            media_type: input.media_type.as_deref(),
            width: input.width,
            height: input.height,
            size: input.size,
            sha256: input.sha256.as_slice().try_into().ok().map(Hex),
            metadata: input.metadata.as_ref(),
            place: input.place(),
            part: input.part.map(Part::name),
            added_at: moment(input.added_at),
            annotations: input.said.iter().map(said).collect(),
        };
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
        Ok(())
    }

    fn held(&self, input: &FrozenInputRow) -> String {
        format!("inputs/{}", names::file(input))
    }

    fn others(&self) -> Vec<(String, String)> {
        vec![("version.json".to_owned(), self.version.clone())]
    }
}
