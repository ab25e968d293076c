//! How prost names the Rust items that it makes.

use heck::{ToSnakeCase, ToUpperCamelCase};
use prost_reflect::{FieldDescriptor, MessageDescriptor, OneofDescriptor};

/// The package whose Rust module is `crate::proto`.
pub(crate) const PACKAGE: &str = "clarifai.api";

/// The path of a message's struct.
pub(crate) fn message(message: &MessageDescriptor) -> String {
    format!("{}::{}", scope(message), message.name().to_upper_camel_case())
}

/// The path of a oneof's enum.
pub(crate) fn oneof(oneof: &OneofDescriptor) -> String {
    let message = oneof.parent_message();
    let module = message.name().to_snake_case();
    format!("{}::{module}::{}", scope(message), oneof.name().to_upper_camel_case())
}

/// The variant of a oneof's enum.
pub(crate) fn variant(field: &FieldDescriptor) -> String {
    field.name().to_upper_camel_case()
}

/// The field of a message's struct.
pub(crate) fn field(name: &str) -> String {
    match name {
        "type" | "where" | "in" | "ref" => format!("r#{name}"),
        _ => name.to_snake_case(),
    }
}

/// The module that holds a message's struct.
fn scope(message: &MessageDescriptor) -> String {
    match message.parent_message() {
        Some(parent) => format!("{}::{}", scope(&parent), parent.name().to_snake_case()),
        None => {
            let below = message.package_name().strip_prefix(PACKAGE).unwrap_or_default();
            format!("crate::proto{}", below.replace('.', "::"))
        }
    }
}
