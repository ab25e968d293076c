//! Requests that arrive as text: query strings, and the parameters in paths.

use percent_encoding::percent_decode_str;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value};

use super::Unreadable;
use crate::schema;

/// The names and values of a query string, decoded.
pub(crate) fn pairs(query: &str) -> Result<Vec<(String, String)>, Unreadable> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

/// Decodes one part of a query string, in which a plus is a space.
fn decode(part: &str) -> Result<String, Unreadable> {
    let spaced = part.replace('+', " ");
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(Unreadable(format!("`{part}` in the query is not UTF-8"))),
    }
}

/// Puts `text` where `path`, field names joined by dots, leads from `message`. What the message does not have is
/// skipped; a field that may repeat gains one more entry; any other gets a new value.
///
/// # Errors
/// When the field cannot be given as text, or not as this text.
pub(crate) fn place(
    message: &MessageDescriptor,
    object: &mut Map<String, Value>,
    path: &str,
    text: String,
) -> Result<(), Unreadable> {
    let mut message = message.clone();
    let mut object = object;
    let mut rest = path;
    loop {
        let (name, below) = rest.split_once('.').map_or((rest, None), |(name, below)| (name, Some(below)));
        let Some(field) = schema::field(&message, name) else { return Ok(()) };
        // A body may have the field by its other name; were both kept, it would be open which one counts.
        let slot = match object.remove(field.json_name()) {
            Some(given) => object.entry(field.name().to_owned()).or_insert(given),
            None => object.entry(field.name().to_owned()).or_insert(Value::Null),
        };
        let Some(below) = below else { return fill(&field, slot, path, text) };
        let held = match field.kind() {
            Kind::Message(held) if !field.is_list() && !field.is_map() => held,
            _ => return Err(Unreadable(format!("`{path}` is not a field that can be given in the address"))),
        };
        if !slot.is_object() {
            *slot = Value::Object(Map::new());
        }
        let Value::Object(inner) = slot else { return Ok(()) };
        (message, object, rest) = (held, inner, below);
    }
}

fn fill(field: &FieldDescriptor, slot: &mut Value, path: &str, text: String) -> Result<(), Unreadable> {
    if field.is_map() {
        return Err(Unreadable(format!("`{path}` is not a field that can be given in the address")));
    }
    let value = value(&field.kind(), path, text)?;
    match slot {
        _ if !field.is_list() => *slot = value,
        Value::Array(list) => list.push(value),
        _ => *slot = Value::Array(vec![value]),
    }
    Ok(())
}

/// The JSON of which the reader of JSON makes the value that `text` means. It takes numbers, times and bytes as
/// strings, so only the others need work.
fn value(kind: &Kind, path: &str, text: String) -> Result<Value, Unreadable> {
    match kind {
        Kind::Bool => flag(path, &text),
        Kind::Enum(_) => Ok(text.parse::<i32>().map_or(Value::String(text), Value::from)),
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.BoolValue" => flag(path, &text),
            name if schema::is_well_known(message) && !holds_json(name) => Ok(Value::String(text)),
            // An object stands in a query as JSON, if at all.
            _ => serde_json::from_str(&text)
                .map_err(|error| Unreadable(format!("`{path}` in the query must be JSON: {error}"))),
        },
        _ => Ok(Value::String(text)),
    }
}

fn holds_json(name: &str) -> bool {
    matches!(name, "google.protobuf.Struct" | "google.protobuf.Value" | "google.protobuf.ListValue")
}

fn flag(path: &str, text: &str) -> Result<Value, Unreadable> {
    match text {
        "true" | "True" | "TRUE" | "1" => Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" | "0" => Ok(Value::Bool(false)),
        _ => Err(Unreadable(format!("`{path}` must be true or false, not `{text}`"))),
    }
}
