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

/// A field that matters to the filling in of defaults.
pub(crate) enum Defaulted {
    /// It means this number when JSON leaves it out.
    Itself(FieldDescriptor, f32),
    /// Its messages hold such fields, at whatever depth.
    Within(FieldDescriptor, MessageDescriptor),
}

/// The [`Defaulted`] fields of a message; none for most messages, so that filling in skips them whole.
pub(crate) fn defaulted(message: &MessageDescriptor) -> &'static [Defaulted] {
    static FIELDS: LazyLock<HashMap<String, Vec<Defaulted>>> = LazyLock::new(defaulted_fields);
    FIELDS.get(message.full_name()).map_or(&[], Vec::as_slice)
}

fn defaulted_fields() -> HashMap<String, Vec<Defaulted>> {
    let default_float = option("cl_default_float");
    let mut found: HashMap<String, Vec<Defaulted>> = HashMap::new();
    for message in POOL.all_messages() {
        let own: Vec<Defaulted> = message
            .fields()
            .filter(|field| field.options().has_extension(&default_float))
            .filter_map(|field| {
                let number = field.options().get_extension(&default_float).as_f32()?;
                Some(Defaulted::Itself(field, number))
            })
            .collect();
        if !own.is_empty() {
            found.insert(message.full_name().to_owned(), own);
        }
    }
    // Messages hold one another in circles, so go on until nothing new is reached.
    loop {
        let before = found.len();
        for message in POOL.all_messages() {
            let leads = message
                .fields()
                .any(|field| within(&field).is_some_and(|m| found.contains_key(m.full_name())));
            if leads {
                found.entry(message.full_name().to_owned()).or_default();
            }
        }
        if found.len() == before {
            break;
        }
    }
    for name in found.keys().cloned().collect::<Vec<_>>() {
        let Some(message) = POOL.get_message_by_name(&name) else { continue };
        let leading: Vec<Defaulted> = message
            .fields()
            .filter_map(|field| {
                let held = within(&field).filter(|held| found.contains_key(held.full_name()))?;
                Some(Defaulted::Within(field, held))
            })
            .collect();
        found.entry(name).or_default().extend(leading);
    }
    found
}

/// The message that a field holds, once or repeatedly. Maps are left out: none of ours holds such a message.
fn within(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(message) if !field.is_map() => Some(message),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
                assert!(whose || method.name() == "GetStatusCode", "{}", method.name());
            }
        }
    }

    #[test]
    fn the_only_default_that_differs_is_the_value_of_a_concept() {
        let own: BTreeSet<String> = pool()
            .all_messages()
            .flat_map(|message| defaulted(&message))
            .filter_map(|field| match field {
                Defaulted::Itself(field, number) => Some(format!("{}={number}", field.full_name())),
                Defaulted::Within(..) => None,
            })
            .collect();
        assert_eq!(own, BTreeSet::from(["clarifai.api.Concept.value=1".to_owned()]));
        let request = message::<crate::proto::PostInputsRequest>();
        assert_eq!(defaulted(&request).len(), 1, "only the inputs lead to concepts");
        assert!(defaulted(&message::<crate::proto::GetKeyRequest>()).is_empty());
    }
}
