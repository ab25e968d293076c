//! What clients keep with an app: JSON inside, a `Struct` on the wire.

use std::collections::BTreeMap;

use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value as Wire};
use serde_json::{Map, Number, Value};

/// The JSON of a `Struct`.
pub(super) fn read(given: Struct) -> Value {
    let fields = given.fields.into_iter().map(|(name, value)| (name, read_value(value)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn read_value(value: Wire) -> Value {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(value)) => Value::Bool(value),
        // JSON has no word for what is not a number.
        Some(Kind::NumberValue(value)) => Number::from_f64(value).map_or(Value::Null, Value::Number),
        Some(Kind::StringValue(value)) => Value::String(value),
        Some(Kind::ListValue(list)) => Value::Array(list.values.into_iter().map(read_value).collect()),
        Some(Kind::StructValue(value)) => read(value),
    }
}

/// The `Struct` of a JSON object; none if it is something else.
pub(super) fn write(kept: &Value) -> Option<Struct> {
    let fields = kept.as_object()?.iter().map(|(name, value)| (name.clone(), write_value(value)));
    Some(Struct { fields: fields.collect::<BTreeMap<_, _>>() })
}

/// The `Value` of JSON.
pub(super) fn write_value(value: &Value) -> Wire {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(*value),
        Value::Number(value) => Kind::NumberValue(value.as_f64().unwrap_or_default()),
        Value::String(value) => Kind::StringValue(value.clone()),
        Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.iter().map(write_value).collect() })
        }
        Value::Object(_) => Kind::StructValue(write(value).unwrap_or_default()),
    };
    Wire { kind: Some(kind) }
}
