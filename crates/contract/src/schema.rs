//! The descriptors of the wire at run time: what JSON input, query strings and the OpenAPI document go by.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost_reflect::{
    DescriptorPool, EnumDescriptor, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    ServiceDescriptor,
};

// INVARIANT: the build script compiled these descriptors from our own .proto files, and the types with them, so
// every name that this module looks up is there. The tests below touch each of the look-ups.
static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin")).as_slice())
        .expect("the build script wrote valid descriptors")
});

/// All descriptors.
#[cfg(test)]
pub(crate) fn pool() -> &'static DescriptorPool {
    &POOL
}

/// The descriptor of a generated type.
pub(crate) fn message<M: prost::Name>() -> MessageDescriptor {
    POOL.get_message_by_name(&M::full_name()).expect("a generated type has a descriptor")
}

/// The RPCs that have messages.
pub(crate) fn service() -> ServiceDescriptor {
    POOL.get_service_by_name("clarifai.api.V2").expect("service.proto defines V2")
}

/// The table of status codes.
pub(crate) fn status_code() -> EnumDescriptor {
    POOL.get_enum_by_name("clarifai.api.status.StatusCode").expect("status_code.proto defines StatusCode")
}

/// An option that `extensions.proto` defines.
fn option(name: &str) -> ExtensionDescriptor {
    let name = format!("clarifai.api.utils.{name}");
    POOL.get_extension_by_name(&name).expect("extensions.proto defines the option")
}

/// The field that a client calls `name`: `user_app_id` or `userAppId`.
pub(crate) fn field(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    message.get_field_by_name(name).or_else(|| message.get_field_by_json_name(name))
}

/// The fields of a message that do not mean the usual empty value when JSON leaves them out, and what they mean.
pub(crate) fn defaults(message: &MessageDescriptor) -> &'static [(FieldDescriptor, f32)] {
    static FIELDS: LazyLock<HashMap<String, Vec<(FieldDescriptor, f32)>>> = LazyLock::new(|| {
        let default_float = option("cl_default_float");
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for field in POOL.all_messages().flat_map(|message| message.fields().collect::<Vec<_>>()) {
            let options = field.options();
            if options.has_extension(&default_float)
                && let Some(number) = options.get_extension(&default_float).as_f32()
            {
                found.entry(field.parent_message().full_name().to_owned()).or_default().push((field, number));
            }
        }
        found
    });
    FIELDS.get(message.full_name()).map_or(&[], Vec::as_slice)
}

/// The message that a field holds: once, in a list, or as the values of a map.
pub(crate) fn held(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(entry) if field.is_map() => entry.map_entry_value_field().kind().as_message().cloned(),
        Kind::Message(message) => Some(message),
        _ => None,
    }
}

/// Whether a message has a JSON form of its own instead of an object with its fields: times, structs, wrappers.
pub(crate) fn is_well_known(message: &MessageDescriptor) -> bool {
    message.package_name() == "google.protobuf"
}

#[cfg(test)]
mod tests {
    use atelier_domain::Endpoint;

    use super::*;

    #[test]
    fn every_served_rpc_is_an_endpoint_and_its_paths_name_fields_of_its_request() {
        for method in service().methods() {
            let endpoint: Endpoint = method.name().parse().expect("in the endpoint table");
            for path in endpoint.paths() {
                for place in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
                    let mut message = method.input();
                    let mut parts = place.split('.').peekable();
                    while let Some(part) = parts.next() {
                        let field =
                            message.get_field_by_name(part).unwrap_or_else(|| panic!("{endpoint}: {place}"));
                        match field.kind() {
                            Kind::Message(next) if parts.peek().is_some() => message = next,
                            kind => {
                                assert!(kind == Kind::String && parts.peek().is_none(), "{endpoint}: {place}")
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn every_answer_begins_with_its_status_and_every_request_with_whose_app_is_meant() {
        for method in service().methods() {
            let status = method.output().get_field(1).expect("a first field");
            assert_eq!(status.name(), "status");
            assert_eq!(
                status.kind().as_message().map(MessageDescriptor::full_name),
                Some("clarifai.api.status.Status")
            );
            if let Some(first) = method.input().get_field(1) {
                let whose = first.kind().as_message().is_some_and(|kind| kind.name() == "UserAppIDSet");
                let exempt = ["GetStatusCode", "ListScopes"].contains(&method.name());
                assert!(whose || exempt, "{}", method.name());
            }
        }
    }

    #[test]
    fn the_only_default_that_differs_is_the_value_of_a_concept() {
        let found: Vec<String> = pool()
            .all_messages()
            .flat_map(|message| defaults(&message))
            .map(|(field, number)| format!("{}={number}", field.full_name()))
            .collect();
        assert_eq!(found, ["clarifai.api.Concept.value=1"]);
    }
}
