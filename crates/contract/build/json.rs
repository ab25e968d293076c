//! Writes `serde::Serialize` for every message: the JSON of the wire, straight from the typed fields.
//!
//! The wrappers named in the generated code live in `src/json/write.rs`.

use std::error::Error;
use std::fmt::Write;

use prost_reflect::{
    Cardinality, DescriptorPool, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    OneofDescriptor, Value,
};

use crate::names;

/// The implementations, as Rust.
pub(crate) fn implementations(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let show_if_empty = pool
        .get_extension_by_name("clarifai.api.utils.cl_show_if_empty")
        .ok_or("the option cl_show_if_empty is not defined")?;
    let ours = |message: &MessageDescriptor| {
        message.package_name().starts_with(names::PACKAGE) && !message.is_map_entry()
    };
    let mut code = String::new();
    for message in pool.all_messages().filter(ours) {
        code += &implementation(&message, &show_if_empty)?;
    }
    Ok(code)
}

fn implementation(
    message: &MessageDescriptor,
    show_if_empty: &ExtensionDescriptor,
) -> Result<String, Box<dyn Error>> {
    let mut entries = String::new();
    let mut oneofs = Vec::new();
    for field in message.fields() {
        match field.containing_oneof() {
            None => {
                let always = matches!(*field.options().get_extension(show_if_empty), Value::Bool(true));
                entries += &entry(&field, always)?;
            }
            Some(oneof) if !oneofs.contains(&oneof) => {
                entries += &choice(&oneof)?;
                oneofs.push(oneof);
            }
            Some(_) => {}
        }
    }
    let name = names::message(message);
    let mutable = if entries.is_empty() { "" } else { "mut " };
    Ok(format!(
        "impl serde::Serialize for {name} {{
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{
                let {mutable}map = serializer.serialize_map(None)?;
                {entries}
                map.end()
            }}
        }}\n"
    ))
}

/// Writes a field that stands alone; an empty one only if it is to be shown `always`.
fn entry(field: &FieldDescriptor, always: bool) -> Result<String, Box<dyn Error>> {
    let name = field.name();
    let place = format!("self.{}", names::field(name));
    if field.is_map() {
        return map_entry(field, name, &place);
    }
    if field.cardinality() == Cardinality::Repeated {
        let values = match wrap(&field.kind(), "value", "*value") {
            None => format!("&{place}"),
            Some(value) => format!("&each(&{place}, |value| {value})"),
        };
        return Ok(guarded(&format!("!{place}.is_empty()"), always, name, &values));
    }
    if let Kind::Message(_) = field.kind() {
        let value = held(&field.kind());
        return Ok(format!("if let Some(value) = &{place} {{ map.serialize_entry({name:?}, {value})?; }}\n"));
    }
    let filled = match field.kind() {
        Kind::Bool => place.clone(),
        Kind::String | Kind::Bytes => format!("!{place}.is_empty()"),
        Kind::Float | Kind::Double => format!("{place} != 0.0"),
        _ => format!("{place} != 0"),
    };
    let value = match wrap(&field.kind(), &format!("&{place}"), &place) {
        None => format!("&{place}"),
        Some(value) => format!("&{value}"),
    };
    Ok(guarded(&filled, always, name, &value))
}

fn guarded(filled: &str, always: bool, name: &str, value: &str) -> String {
    let entry = format!("map.serialize_entry({name:?}, {value})?;");
    if always { entry + "\n" } else { format!("if {filled} {{ {entry} }}\n") }
}

/// Writes a map, if its keys and values write themselves.
fn map_entry(field: &FieldDescriptor, name: &str, place: &str) -> Result<String, Box<dyn Error>> {
    let Kind::Message(entry) = field.kind() else { return Err("the entries of a map are messages".into()) };
    let (key, value) = (entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind());
    if key != Kind::String || wrap(&value, "", "").is_some() {
        return Err(format!("no JSON form is known for the map {}", field.full_name()).into());
    }
    Ok(guarded(&format!("!{place}.is_empty()"), false, name, &format!("&{place}")))
}

/// Writes the one field of a oneof that is set, even if it is empty.
fn choice(oneof: &OneofDescriptor) -> Result<String, Box<dyn Error>> {
    let kind = names::oneof(oneof);
    let mut code = format!("match &self.{} {{\nNone => {{}}\n", names::field(oneof.name()));
    for field in oneof.fields() {
        let value = held(&field.kind());
        let (variant, name) = (names::variant(&field), field.name());
        writeln!(code, "Some({kind}::{variant}(value)) => map.serialize_entry({name:?}, {value})?,")?;
    }
    Ok(code + "}\n")
}

/// What writes `value`, a reference to what a field holds.
fn held(kind: &Kind) -> String {
    wrap(kind, "value", "*value").map_or("value".to_owned(), |value| format!("&{value}"))
}

/// The wrapper around a value, given as a reference and as a copy, whose Rust type does not write itself as the wire
/// wants.
fn wrap(kind: &Kind, reference: &str, copy: &str) -> Option<String> {
    Some(match kind {
        Kind::Float => format!("Float({copy})"),
        Kind::Double => format!("Double({copy})"),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 | Kind::Uint64 | Kind::Fixed64 => {
            format!("Digits({copy})")
        }
        Kind::Bytes => format!("Base64({reference})"),
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" => format!("Moment({reference})"),
            "google.protobuf.Duration" => format!("Length({reference})"),
            "google.protobuf.Struct" => format!("Object({reference})"),
            "google.protobuf.Value" => format!("Anything({reference})"),
            "google.protobuf.Int64Value" | "google.protobuf.UInt64Value" => format!("Digits({copy})"),
            "google.protobuf.FloatValue" => format!("Float({copy})"),
            "google.protobuf.DoubleValue" => format!("Double({copy})"),
            "google.protobuf.BytesValue" => format!("Base64({reference})"),
            _ => return None,
        },
        _ => return None,
    })
}
