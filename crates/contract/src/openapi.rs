//! The OpenAPI document, made from the endpoint table and the descriptors.

use std::collections::{BTreeMap, HashMap};

use atelier_domain::{Auth, Endpoint, Verb};
use prost_reflect::{
    EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};
use serde_json::{Map, Value, json};

use crate::gateway::beside;
use crate::proto::status::Status;
use crate::schema;

/// The OpenAPI 3.1 document of the RPCs that are served over REST. `version` is that of the application.
///
/// Beside what OpenAPI knows, an operation has `x-required-scopes`, which every such request needs, and
/// `x-conditional-scopes`, which a request needs further if the named condition holds of it.
#[must_use]
pub fn document(version: &str) -> Value {
    let mut components = Components::default();
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for method in schema::service().methods() {
        let Ok(endpoint) = method.name().parse::<Endpoint>() else { continue };
        for (position, path) in endpoint.paths().iter().enumerate() {
            let operation = operation(endpoint, &method, position, path, &mut components);
            let verb = endpoint.verb().as_str().to_ascii_lowercase();
            paths.entry(readable(path)).or_default().insert(verb, operation);
        }
    }
    for (endpoint, path) in beside::ADDRESSES {
        let verb = endpoint.verb().as_str().to_ascii_lowercase();
        paths
            .entry(readable(path))
            .or_default()
            .insert(verb, operation_beside(*endpoint, path, &mut components));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Atelier",
            "version": version,
            "description": "Everything that can be asked of Atelier over REST. The same is served over gRPC as \
                `clarifai.api.V2`. Every answer has a `status`, whose code is 10000 for success.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": tags(),
        "paths": paths,
        "components": {"schemas": components.schemas(), "securitySchemes": security_schemes()},
    })
}

/// The name of a field in a path: without the message in which it stands, since tools that make clients take names that
/// a programming language would.
fn short(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

/// A path with the short names of its fields.
fn readable(path: &str) -> String {
    let parts = path.split_inclusive('{').map(|part| match part.split_once('}') {
        Some((field, rest)) => format!("{}}}{rest}", short(field)),
        None => part.to_owned(),
    });
    parts.collect()
}

fn security_schemes() -> Value {
    json!({
        "key": {
            "type": "apiKey", "in": "header", "name": "authorization",
            "description": "`Key <secret>`, the secret being that of a personal access token or, where the \
                operation allows it, of an app key.",
        },
        "bearer": {"type": "http", "scheme": "bearer", "description": "The same secrets, as `Bearer <secret>`."},
        "session": {
            "type": "http", "scheme": "bearer",
            "description": "`Bearer <session_token>`, as `POST /v2/login` answers it. The cookie of a browser's \
                session, `__Host-atelier` (`atelier` over plain http), is taken by pages alone.",
        },
    })
}

fn security(auth: Auth) -> Value {
    match auth {
        Auth::Key | Auth::Pat => json!([{"key": []}, {"bearer": []}]),
        Auth::Session => json!([{"session": []}]),
        Auth::Open => json!([]),
    }
}

/// The operation of an act that has an address beside the RPCs.
fn operation_beside(endpoint: Endpoint, path: &str, components: &mut Components) -> Value {
    let texts = |names: &[&str]| -> Map<String, Value> {
        names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect()
    };
    let list = json!({"type": "array", "items": {"type": "string"}});
    let (description, question, required, mut answer) = match endpoint {
        Endpoint::SignIn => (
            "Begins a session. Its token is taken by the operations that ask for a session.",
            texts(&["email", "password"]),
            vec!["email", "password"],
            texts(&["session_token", "v2_user_id"]),
        ),
        Endpoint::SignUp => (
            "Makes an account, whose address is proved by a link that is mailed to it. The answer is the same for \
             an address that has an account.",
            texts(&["email", "password", "first_name", "last_name", "user_id"]),
            vec!["email", "password", "first_name"],
            texts(&["email"]),
        ),
        Endpoint::ListOrganizations => (
            "The caller's organizations. There are none: apps are shared with people.",
            Map::new(),
            Vec::new(),
            Map::from_iter([("organizations".to_owned(), json!({"type": "array", "maxItems": 0}))]),
        ),
        Endpoint::ListAuthMethods => (
            "By what people sign in.",
            Map::new(),
            Vec::new(),
            Map::from_iter([("methods".to_owned(), list)]),
        ),
        Endpoint::ReportLeakedKey => (
            "Ends the key whose secret somebody has found. Anyone may report; whether there was such a key is not told.",
            texts(&["secret"]),
            vec!["secret"],
            Map::new(),
        ),
        _ => ("", Map::new(), Vec::new(), Map::new()),
    };
    answer.insert("status".to_owned(), components.reference(&schema::message::<Status>()));
    let answer = json!({"application/json": {"schema": {"type": "object", "properties": answer}}});
    let in_path = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let mut operation = json!({
        "operationId": endpoint.rpc(),
        "tags": [tag(endpoint)],
        "description": description,
        "security": security(endpoint.auth()),
        "x-required-scopes": endpoint.needs().to_wire(),
        "parameters": in_path
            .map(|name| {
                json!({"name": short(name), "in": "path", "required": true, "schema": {"type": "string"}})
            })
            .collect::<Vec<_>>(),
        "responses": {
            beside::success(endpoint).as_str(): {"description": "Success.", "content": answer},
            "default": {"description": "A failure; `status` says which.", "content": answer},
        },
    });
    if endpoint.verb() == Verb::Post {
        let schema = json!({"type": "object", "properties": question, "required": required});
        operation["requestBody"] =
            json!({"required": true, "content": {"application/json": {"schema": schema}}});
    }
    operation
}

/// The tag of an endpoint: its group in the scope picker, or `Account` for what stands in none.
fn tag(endpoint: Endpoint) -> &'static str {
    endpoint.group().map_or("Account", |group| group.name())
}

fn tags() -> Value {
    let service = schema::service();
    let tags: BTreeMap<&str, Value> = service
        .methods()
        .filter_map(|method| method.name().parse::<Endpoint>().ok())
        .map(|endpoint| {
            let sentence = endpoint.group().map_or("Users, apps, keys and scopes", |group| group.sentence());
            (tag(endpoint), json!({"name": tag(endpoint), "description": sentence}))
        })
        .collect();
    tags.into_values().collect()
}

fn operation(
    endpoint: Endpoint,
    method: &MethodDescriptor,
    position: usize,
    path: &str,
    components: &mut Components,
) -> Value {
    let question = method.input();
    let in_path: Vec<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    let mut parameters: Vec<Value> = in_path
        .iter()
        .map(
            |name| json!({"name": short(name), "in": "path", "required": true, "schema": {"type": "string"}}),
        )
        .collect();
    // An id must be unique, so the further paths of an RPC are told apart by a number.
    let id = if position == 0 {
        endpoint.rpc().to_owned()
    } else {
        format!("{}_{}", endpoint.rpc(), position + 1)
    };
    let conditional: Vec<Value> = endpoint
        .needs_if()
        .iter()
        .map(|(condition, scopes)| json!({"condition": format!("{condition:?}"), "scopes": scopes.to_wire()}))
        .collect();
    let answer = json!({"application/json": {"schema": components.reference(&method.output())}});
    let mut operation = json!({
        "operationId": id,
        "tags": [tag(endpoint)],
        "security": security(endpoint.auth()),
        "x-required-scopes": endpoint.needs().to_wire(),
        "x-conditional-scopes": conditional,
        "responses": {
            "200": {"description": "Success, or success in part.", "content": answer},
            "default": {"description": "A failure; `status` says which.", "content": answer},
        },
    });
    if let Some(description) = components.comments.of(&question.parent_file(), question.path()) {
        operation["description"] = description.into();
    }
    if endpoint.verb() == Verb::Get {
        query(&question, "", &in_path, components, &mut parameters);
    } else {
        let schema = components.reference(&question);
        operation["requestBody"] = json!({
            "required": endpoint.verb() == Verb::Post,
            "content": {"application/json": {"schema": schema}},
        });
    }
    operation["parameters"] = parameters.into();
    operation
}

/// The fields of `message` as query parameters, those of the messages in it with dots in their names.
fn query(
    message: &MessageDescriptor,
    prefix: &str,
    in_path: &[&str],
    components: &mut Components,
    parameters: &mut Vec<Value>,
) {
    for field in message.fields() {
        let name = format!("{prefix}{}", field.name());
        match field.kind() {
            Kind::Message(inner) if !schema::is_well_known(&inner) => {
                // Requests nest one level; what is deeper no client sends in a query.
                if prefix.is_empty() && !field.is_list() && !field.is_map() {
                    query(&inner, &format!("{name}."), in_path, components, parameters);
                }
            }
            _ if in_path.contains(&name.as_str()) => {}
            _ => {
                let mut parameter = json!({"name": name, "in": "query", "schema": components.field(&field)});
                if let Some(description) =
                    components.comments.of(&field.parent_message().parent_file(), field.path())
                {
                    parameter["description"] = description.into();
                }
                if is_deprecated(&field) {
                    parameter["deprecated"] = true.into();
                }
                parameters.push(parameter);
            }
        }
    }
}

fn is_deprecated(field: &FieldDescriptor) -> bool {
    field.field_descriptor_proto().options.as_ref().is_some_and(|options| options.deprecated())
}

/// The schemas of the messages and enums that the operations refer to.
#[derive(Default)]
struct Components {
    schemas: BTreeMap<String, Value>,
    comments: Comments,
}

impl Components {
    fn schemas(self) -> BTreeMap<String, Value> {
        self.schemas
    }

    /// A reference to the schema of a message, which is added if it is not there yet.
    fn reference(&mut self, message: &MessageDescriptor) -> Value {
        let name = component(message.full_name());
        if !self.schemas.contains_key(&name) {
            // Its place is taken before its fields are looked at: messages refer to one another in circles.
            self.schemas.insert(name.clone(), Value::Null);
            let schema = self.message(message);
            self.schemas.insert(name.clone(), schema);
        }
        refer(&name)
    }

    fn message(&mut self, message: &MessageDescriptor) -> Value {
        let mut properties = Map::new();
        for field in message.fields() {
            let mut property = self.field(&field);
            if let Some(description) = self.comments.of(&message.parent_file(), field.path()) {
                property["description"] = description.into();
            }
            if is_deprecated(&field) {
                property["deprecated"] = true.into();
            }
            for (_, number) in schema::defaults(message).iter().filter(|(defaulted, _)| *defaulted == field) {
                property["default"] = Value::from(*number);
            }
            properties.insert(field.name().to_owned(), property);
        }
        let mut schema = json!({"type": "object", "properties": properties});
        if let Some(description) = self.comments.of(&message.parent_file(), message.path()) {
            schema["description"] = description.into();
        }
        schema
    }

    fn field(&mut self, field: &FieldDescriptor) -> Value {
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                json!({"type": "object", "additionalProperties": self.kind(&entry.map_entry_value_field().kind())})
            }
            kind if field.is_list() => json!({"type": "array", "items": self.kind(&kind)}),
            kind => self.kind(&kind),
        }
    }

    fn kind(&mut self, kind: &Kind) -> Value {
        match kind {
            Kind::Bool => json!({"type": "boolean"}),
            Kind::String => json!({"type": "string"}),
            Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
            Kind::Float => json!({"type": "number", "format": "float"}),
            Kind::Double => json!({"type": "number", "format": "double"}),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => json!({"type": "integer", "format": "int32"}),
            Kind::Uint32 | Kind::Fixed32 => {
                json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": u32::MAX})
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => json!({"type": "string", "format": "int64"}),
            Kind::Uint64 | Kind::Fixed64 => json!({"type": "string", "format": "uint64"}),
            Kind::Enum(choices) => self.choices(choices),
            Kind::Message(message) if schema::is_well_known(message) => self.well_known(message),
            Kind::Message(message) => self.reference(message),
        }
    }

    fn well_known(&mut self, message: &MessageDescriptor) -> Value {
        match message.name() {
            "Timestamp" => json!({"type": "string", "format": "date-time"}),
            "Duration" => json!({"type": "string", "format": "duration"}),
            "Struct" => json!({"type": "object", "additionalProperties": true}),
            "ListValue" => json!({"type": "array", "items": {}}),
            "Value" => json!({}),
            // What is left wraps a single value.
            _ => message.get_field_by_name("value").map_or(json!({}), |value| self.kind(&value.kind())),
        }
    }

    /// A reference to the schema of an enum: numbers, with their names in the description.
    fn choices(&mut self, choices: &EnumDescriptor) -> Value {
        let name = component(choices.full_name());
        self.schemas.entry(name.clone()).or_insert_with(|| {
            let mut names: BTreeMap<i32, String> = BTreeMap::new();
            for value in choices.values() {
                // The first name of a number is the one in use.
                names.entry(value.number()).or_insert_with(|| value.name().to_owned());
            }
            let meanings: Vec<String> =
                names.iter().map(|(number, name)| format!("{number} {name}")).collect();
            json!({
                "type": "integer",
                "enum": names.keys().collect::<Vec<_>>(),
                "description": format!("The names are accepted as well: {}.", meanings.join(", ")),
            })
        });
        refer(&name)
    }
}

/// The name of a component: `Concept`, `status.Status`.
fn component(full_name: &str) -> String {
    full_name.strip_prefix("clarifai.api.").unwrap_or(full_name).to_owned()
}

fn refer(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The comments of the .proto files, which are the descriptions of the document.
#[derive(Default)]
struct Comments(HashMap<String, HashMap<Vec<i32>, String>>);

impl Comments {
    /// The comment above what stands at `path` in `file`.
    fn of(&mut self, file: &FileDescriptor, path: &[i32]) -> Option<String> {
        let comments = self.0.entry(file.name().to_owned()).or_insert_with(|| {
            let source =
                file.file_descriptor_proto().source_code_info.iter().flat_map(|source| &source.location);
            source
                .filter(|location| !location.leading_comments().trim().is_empty())
                .map(|location| (location.path.clone(), unwrap(location.leading_comments())))
                .collect()
        });
        comments.get(path).cloned()
    }
}

/// A comment as one paragraph.
fn unwrap(comment: &str) -> String {
    comment.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_served_path_has_its_operation() {
        let document = document("1.2.3");
        assert_eq!(document["info"]["version"], "1.2.3");
        let mut ids = std::collections::BTreeSet::new();
        for method in schema::service().methods() {
            let endpoint: Endpoint = method.name().parse().expect("in the endpoint table");
            for path in endpoint.paths() {
                let verb = endpoint.verb().as_str().to_ascii_lowercase();
                let operation = &document["paths"][readable(path)][&verb];
                let id = operation["operationId"].as_str().expect("an id");
                assert!(id.starts_with(endpoint.rpc()) && ids.insert(id.to_owned()), "{id}");
                assert_eq!(operation["x-required-scopes"], json!(endpoint.needs().to_wire()));
            }
        }
    }

    #[test]
    fn an_operation_says_what_it_takes_and_needs() {
        let document = document("0");
        let path = "/v2/users/{user_id}/apps/{app_id}/inputs";
        let post = &document["paths"][path]["post"];
        assert_eq!(post["operationId"], "PostInputs");
        assert_eq!(post["tags"], json!(["Input"]));
        assert_eq!(
            post["x-conditional-scopes"],
            json!([
                {"condition": "CarriesLabels", "scopes": ["Annotations_Add"]},
                {"condition": "NamesDatasets", "scopes": ["Datasets_Get"]},
            ])
        );
        let body = &post["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body, &json!({"$ref": "#/components/schemas/PostInputsRequest"}));
        let get = &document["paths"]["/v2/inputs"]["get"];
        let names: Vec<&str> = get["parameters"]
            .as_array()
            .expect("parameters")
            .iter()
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        assert!(
            ["user_app_id.user_id", "page", "status.code", "ids"].iter().all(|name| names.contains(name))
        );
        assert_eq!(document["paths"]["/v2/status_codes"]["get"]["security"], json!([]));
    }

    #[test]
    fn what_is_served_beside_the_rpcs_is_described_and_says_what_it_is_for() {
        let document = document("0");
        for (endpoint, path) in beside::ADDRESSES {
            let verb = endpoint.verb().as_str().to_ascii_lowercase();
            let operation = &document["paths"][*path][&verb];
            assert_eq!(operation["operationId"], endpoint.rpc());
            assert_ne!(operation["description"], "", "{endpoint}");
            let answer = &operation["responses"][beside::success(*endpoint).as_str()]["content"]["application/json"]
                ["schema"];
            assert_eq!(
                answer["properties"].as_object().expect("fields").len(),
                match endpoint {
                    Endpoint::SignIn => 3,
                    Endpoint::ReportLeakedKey => 1,
                    _ => 2,
                }
            );
        }
        let organizations = &document["paths"]["/v2/users/{user_id}/organizations"]["get"];
        assert_eq!(organizations["parameters"][0]["name"], "user_id");
        assert_eq!(document["paths"]["/v2/login"]["post"]["security"], json!([]));
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(map) => {
                    found.extend(map.get("$ref").and_then(Value::as_str));
                    map.values().for_each(|value| references(value, found));
                }
                Value::Array(list) => list.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let document = document("0");
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let name = reference.strip_prefix("#/components/schemas/").expect("a schema");
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }

    #[test]
    fn a_schema_shows_the_json_of_the_wire() {
        let document = document("0");
        let concept = &document["components"]["schemas"]["Concept"];
        assert_eq!(concept["description"], "A word that labels inputs.");
        assert_eq!(concept["properties"]["value"]["default"], json!(1.0));
        assert_eq!(concept["properties"]["created_at"]["format"], "date-time");
        let gettable = &document["components"]["schemas"]["Visibility.Gettable"];
        assert_eq!(gettable["enum"], json!([0, 10, 30, 50]));
        let metrics = &document["components"]["schemas"]["DatasetVersion"]["properties"]["metrics"];
        assert_eq!(metrics["additionalProperties"]["$ref"], "#/components/schemas/DatasetVersionMetrics");
    }
}
