//! JSON input.

use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor};
use serde_json::{Map, Value};

use crate::schema;

/// JSON that is not the message it should be: a sentence that names the place and says what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub(crate) String);

/// Reads a message as lenient as the wire is: names in snake_case or camelCase, enums by number or by name, 64-bit
/// integers as strings or numbers, unknown fields skipped. A missing `Concept.value` becomes 1.
///
/// # Errors
/// When it is no JSON object, when a value does not fit its field, and when objects nest deeper than any message
/// does.
pub fn from_slice<M: prost::Message + prost::Name + Default>(json: &[u8]) -> Result<M, Unreadable> {
    from_object(parse_object(json)?)
}

/// Parses an object. Nothing at all is an empty object, since PATCH and DELETE may come without a body.
pub(crate) fn parse_object(json: &[u8]) -> Result<Map<String, Value>, Unreadable> {
    if json.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    // INVARIANT: serde_json refuses more than 128 levels, which bounds every recursion over the value from here on.
    match serde_json::from_slice(json) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Unreadable("the JSON must be an object".into())),
        Err(error) => Err(Unreadable(format!("the JSON cannot be read: {error}"))),
    }
}

/// Turns an object into the message that it describes.
pub(crate) fn from_object<M: prost::Message + prost::Name + Default>(
    mut object: Map<String, Value>,
) -> Result<M, Unreadable> {
    let message = schema::message::<M>();
    prepare(&message, &mut object);
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let mut track = serde_path_to_error::Track::new();
    let object = Value::Object(object);
    let deserializer = serde_path_to_error::Deserializer::new(object, &mut track);
    let dynamic = DynamicMessage::deserialize_with_options(message, deserializer, &options)
        .map_err(|error| Unreadable(format!("at `{}`: {error}", track.path())))?;
    dynamic.transcode_to().map_err(|error| Unreadable(format!("the JSON cannot be read: {error}")))
}

/// Drops the fields that the message does not have, and gives those that JSON left out their value where that is not
/// the usual empty one.
///
/// Dropping is done here because the reader can skip unknown fields only together with unknown names of enums, and a
/// filter whose name is misspelt must not turn into no filter.
fn prepare(message: &MessageDescriptor, object: &mut Map<String, Value>) {
    object.retain(|name, value| {
        let Some(field) = schema::field(message, name) else { return false };
        let Some(held) = schema::held(&field).filter(|held| !schema::is_well_known(held)) else {
            return true;
        };
        match value {
            Value::Object(entries) if field.is_map() => prepare_each(&held, entries.values_mut()),
            Value::Object(inner) => prepare(&held, inner),
            Value::Array(list) => prepare_each(&held, list.iter_mut()),
            _ => {}
        }
        true
    });
    for (field, number) in schema::defaults(message) {
        let given = |name| object.get(name).is_some_and(|value| !value.is_null());
        if !given(field.name()) && !given(field.json_name()) {
            object.insert(field.name().to_owned(), Value::from(*number));
        }
    }
}

fn prepare_each<'a>(message: &MessageDescriptor, values: impl Iterator<Item = &'a mut Value>) {
    for value in values {
        if let Value::Object(object) = value {
            prepare(message, object);
        }
    }
}
