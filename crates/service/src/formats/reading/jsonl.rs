//! A JSON object in each line: an input, as exports have it.

use atelier_domain::{Labels, Place};
use serde::Deserialize;
use serde_json::Value;

use super::{Contents, Draft, Found, Said, Source, Unreadable, slug_of, text};
use crate::annotations::status;

/// An input, as its line has it: as much of that as matters.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: String,
    #[serde(default)]
    file: String,
    #[serde(default)]
    metadata: Option<Value>,
    #[serde(default)]
    place: Option<Value>,
    #[serde(default)]
    annotations: Vec<Value>,
}

/// An annotation, as the line of its input has it.
#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    status: Option<String>,
    labels: Labels,
    #[serde(default)]
    info: Option<Value>,
}

/// Where an annotation stood, by the wire's number.
pub(super) fn standing(word: &str) -> Option<i64> {
    match word {
        "success" => Some(status::SUCCESS),
        "pending" => Some(status::PENDING),
        "awaiting_review" => Some(status::AWAITING_REVIEW),
        "review_denied" => Some(status::REVIEW_DENIED),
        _ => None,
    }
}

/// Where an input was made, if its line says so.
///
/// # Errors
/// When it is no place, in a sentence without its end. A list is none: whoever writes one may begin it with the longitude,
/// as GeoJSON does.
fn place_of(place: Option<Value>) -> Result<Option<Place>, String> {
    match place {
        None => Ok(None),
        Some(place) if place.is_object() => serde_json::from_value(place)
            .map(Some)
            .map_err(|error| format!("Its place cannot be read: {error}")),
        Some(_) => Err("Its place must be an object with `latitude` and `longitude`".into()),
    }
}

/// Reads each line of the file at `path`.
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
    for (number, line) in text.lines().zip(1..).map(|(line, number)| (number, line.trim())) {
        if line.is_empty() {
            continue;
        }
        let place = format!("line {number} of {path}");
        let read: Line = match serde_json::from_str(line) {
            Ok(read) => read,
            Err(error) => {
                found.tell(place, format!("It is no JSON object of an input: {error}."));
                continue;
            }
        };
        let made_at = match place_of(read.place) {
            Ok(made_at) => made_at,
            Err(why) => {
                found.tell(place, format!("{why}."));
                continue;
            }
        };
        let slug = if read.id.is_empty() { slug_of(&read.file) } else { read.id };
        let file = contents.find(&read.file, path).filter(|_| !read.file.is_empty());
        let mut said = Vec::with_capacity(read.annotations.len());
        for (annotation, number) in read.annotations.into_iter().zip(1..) {
            let place = format!("{place}, annotation {number}");
            match serde_json::from_value::<Annotation>(annotation) {
                Ok(Annotation { status, labels, info }) => {
                    let status = status.as_deref().and_then(standing);
                    said.push(Said { place, labels, info, status });
                }
                Err(error) => found.tell(place, format!("It cannot be read: {error}.")),
            }
        }
        found.drafts.push(Draft { place, slug, file, metadata: read.metadata, made_at, said });
    }
    Ok(())
}
