use std::collections::BTreeMap;

use prost::Message;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Timestamp, Value as Anything};
use serde_json::{Map, Value, json};

use super::{from_object, from_slice, pairs, place};
use crate::proto::{
    Annotation, AppResourceCounts, AuditLogTarget, BoundingBox, Concept, Data, DatasetVersion,
    DatasetVersionMetrics, Embedding, FrameInfo, Image, Input, ListAnnotationsRequest, ListAppsRequest,
    ListInputsRequest, Model, MultiConceptResponse, MultiInputResponse, PostAnnotationsRequest,
    PostInputsRequest, User, Visibility, Worker, audit_log_target, dataset_version, list_apps_request,
    visibility, worker,
};
use crate::schema;

fn written(message: &impl serde::Serialize) -> Value {
    serde_json::from_str(&text(message)).expect("valid JSON")
}

fn text(message: &impl serde::Serialize) -> String {
    serde_json::to_string(message).expect("every message can be written")
}

fn read<M: Message + prost::Name + Default>(json: &Value) -> M {
    from_slice(json.to_string().as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn refused<M: Message + prost::Name + Default>(json: &str) -> String {
    from_slice::<M>(json.as_bytes()).map(|_| ()).expect_err(json).to_string()
}

/// The message that a query string stands for.
fn queried<M: Message + prost::Name + Default>(query: &str) -> Result<M, super::Unreadable> {
    let mut object = Map::new();
    for (name, value) in pairs(query)? {
        place(&schema::message::<M>(), &mut object, &name, value)?;
    }
    from_object(object)
}

#[test]
fn what_is_empty_is_left_out_unless_it_is_to_be_shown() {
    assert_eq!(text(&Image::default()), "{}");
    assert_eq!(
        written(&Concept { id: "cat".into(), ..Concept::default() }),
        json!({"id": "cat", "value": 0.0})
    );
    assert_eq!(
        written(&BoundingBox::default()),
        json!({"top_row": 0.0, "left_col": 0.0, "bottom_row": 0.0, "right_col": 0.0})
    );
    assert_eq!(written(&MultiConceptResponse::default()), json!({"concepts": []}));
    assert_eq!(written(&FrameInfo::default()), json!({"index": 0, "time": "0", "number": 0}));
}

#[test]
fn floats_have_their_own_shortest_form() {
    let box_ = BoundingBox { top_row: 0.1, left_col: 0.333_333_34, bottom_row: 1.0, right_col: f32::NAN };
    assert_eq!(text(&box_), r#"{"top_row":0.1,"left_col":0.33333334,"bottom_row":1.0,"right_col":"NaN"}"#);
    assert_eq!(
        text(&Embedding { vector: vec![0.1, -2.5], num_dimensions: 2 }),
        r#"{"vector":[0.1,-2.5],"num_dimensions":2}"#
    );
    let back: BoundingBox = read(&written(&box_));
    assert!(back.right_col.is_nan());
}

#[test]
fn integers_of_64_bits_are_strings_and_read_as_either() {
    let counts = AppResourceCounts { inputs: i64::MAX, ..AppResourceCounts::default() };
    assert_eq!(text(&counts), r#"{"inputs":"9223372036854775807"}"#);
    assert_eq!(read::<AppResourceCounts>(&json!({"inputs": "9223372036854775807"})), counts);
    assert_eq!(read::<AppResourceCounts>(&json!({"inputs": 7})).inputs, 7);
    let metrics = DatasetVersionMetrics { inputs_count: Some(0), ..DatasetVersionMetrics::default() };
    assert_eq!(text(&metrics), r#"{"inputs_count":"0"}"#);
    let version =
        DatasetVersion { metrics: BTreeMap::from([("all".into(), metrics)]), ..DatasetVersion::default() };
    assert_eq!(written(&version), json!({"metrics": {"all": {"inputs_count": "0"}}}));
    assert_eq!(read::<DatasetVersion>(&written(&version)), version);
}

#[test]
fn enums_are_written_as_numbers_and_read_as_numbers_or_names() {
    let public = Visibility { gettable: visibility::Gettable::Public.into() };
    assert_eq!(text(&public), r#"{"gettable":50}"#);
    assert_eq!(read::<Visibility>(&json!({"gettable": 50})), public);
    assert_eq!(read::<Visibility>(&json!({"gettable": "PUBLIC"})), public);
    let status = read::<Annotation>(&json!({"status": {"code": "ANNOTATION_AWAITING_REVIEW"}})).status;
    assert_eq!(status.map(|status| status.code), Some(24157));
}

#[test]
fn times_end_in_z_and_have_no_more_digits_than_they_need() {
    for (nanos, shown) in [
        (0, "2024-02-29T12:30:00Z"),
        (500_000_000, "2024-02-29T12:30:00.500Z"),
        (1_000, "2024-02-29T12:30:00.000001Z"),
        (1, "2024-02-29T12:30:00.000000001Z"),
    ] {
        let input =
            Input { created_at: Some(Timestamp { seconds: 1_709_209_800, nanos }), ..Input::default() };
        assert_eq!(written(&input), json!({"created_at": shown}));
        assert_eq!(read::<Input>(&json!({"createdAt": shown})), input);
    }
    let offset: Input = read(&json!({"created_at": "2024-02-29T13:30:00+01:00"}));
    assert_eq!(offset.created_at.map(|time| time.seconds), Some(1_709_209_800));
    assert!(refused::<Input>(r#"{"created_at": "yesterday"}"#).contains("created_at"));
}

#[test]
fn structs_are_ordinary_objects() {
    let given =
        json!({"metadata": {"a": null, "b": true, "n": 3, "f": 0.5, "s": "é", "l": [1, {"x": []}], "o": {}}});
    let data: Data = read(&given);
    assert_eq!(written(&data), given);
    let list = Kind::ListValue(ListValue {
        values: vec![Anything { kind: Some(Kind::NumberValue(2f64.powi(60))) }],
    });
    let metadata = Struct { fields: BTreeMap::from([("l".into(), Anything { kind: Some(list) })]) };
    let data = Data { metadata: Some(metadata), ..Data::default() };
    assert_eq!(text(&data), r#"{"metadata":{"l":[1.152921504606847e+18]}}"#);
}

#[test]
fn bytes_are_base64() {
    let image = Image { base64: vec![0xfb, 0xff, 0x00].into(), ..Image::default() };
    assert_eq!(text(&image), r#"{"base64":"+/8A"}"#);
    assert_eq!(read::<Image>(&json!({"base64": "+/8A"})), image);
    assert_eq!(read::<Image>(&json!({"base64": "-_8A"})), image, "the alphabet for addresses");
    assert!(refused::<Image>(r#"{"base64": "!"}"#).starts_with("at `base64`: "));
}

#[test]
fn the_chosen_field_of_a_oneof_is_shown_even_if_it_is_empty() {
    let worker =
        Worker { worker: Some(worker::Worker::User(Box::new(User { id: "ann".into(), ..User::default() }))) };
    assert_eq!(written(&worker), json!({"user": {"id": "ann"}}));
    assert_eq!(read::<Worker>(&written(&worker)), worker);
    let target = AuditLogTarget { target: Some(audit_log_target::Target::App(Box::default())) };
    assert_eq!(written(&target), json!({"app": {}}));
    assert_eq!(read::<AuditLogTarget>(&written(&target)), target);
    let config = dataset_version::DataConfig::ModelPredictConfig(Default::default());
    let version = DatasetVersion { data_config: Some(config), ..DatasetVersion::default() };
    assert_eq!(read::<DatasetVersion>(&written(&version)), version);
}

#[test]
fn a_concept_without_a_value_is_there_in_json_and_not_in_binary() {
    let request: PostInputsRequest = read(&json!({"inputs": [{"data": {
        "concepts": [{"id": "a"}, {"id": "b", "value": 0}, {"id": "c", "value": 0.25}, {"id": "d", "value": null}],
        "regions": [{"data": {"concepts": [{"id": "e"}]}}]
    }}]}));
    let data = request.inputs[0].data.clone().expect("data");
    let values: Vec<f32> = data.concepts.iter().map(|concept| concept.value).collect();
    assert_eq!(values, [1.0, 0.0, 0.25, 1.0]);
    let within = data.regions[0].data.as_ref().expect("data");
    assert_eq!(within.concepts[0].value, 1.0);
    let worker: PostAnnotationsRequest = read(&json!({"annotations": [{"worker": {"model": {"outputInfo":
        {"output_config": {"select_concepts": [{"id": "f"}]}}}}}]}));
    assert!(format!("{worker:?}").contains("value: 1.0"), "through camelCase and a oneof");

    let binary = Concept { id: "a".into(), ..Concept::default() }.encode_to_vec();
    assert_eq!(Concept::decode(binary.as_slice()).map(|concept| concept.value), Ok(0.0));
}

#[test]
fn names_come_in_either_case_and_unknown_ones_are_skipped() {
    let request: PostInputsRequest = read(
        &json!({"userAppId": {"user_id": "ann", "appId": "cats"}, "nonsense": {"deep": [1]}, "inputs": null}),
    );
    let whose = request.user_app_id.expect("whose");
    assert_eq!((whose.user_id.as_str(), whose.app_id.as_str()), ("ann", "cats"));
    assert!(request.inputs.is_empty());
    let deep: DatasetVersion = read(&json!({"metrics": {"all": {"nonsense": 1, "inputsCount": "3"}}}));
    assert_eq!(deep.metrics["all"].inputs_count, Some(3));
}

#[test]
fn what_cannot_be_read_is_named() {
    assert_eq!(
        refused::<PostInputsRequest>(r#"{"inputs": [{}, {"data": {"concepts": [{"value": "much"}]}}]}"#)
            .split(": ")
            .next(),
        Some("at `inputs[1].data.concepts[0].value`")
    );
    assert!(refused::<PostInputsRequest>(r#"{"inputs": "#).starts_with("the JSON cannot be read: EOF"));
    assert_eq!(refused::<PostInputsRequest>("[]"), "the JSON must be an object");
    assert!(
        refused::<Visibility>(r#"{"gettable": "NOBODY"}"#).starts_with("at `gettable`: "),
        "not just skipped"
    );
    assert!(refused::<Visibility>(r#"{"gettable": {}}"#).starts_with("at `gettable`: "));
    assert!(from_slice::<Input>(b"{\"id\": \"\xff\"}").is_err());
    assert_eq!(from_slice::<Input>(b" "), Ok(Input::default()), "no body is an empty one");
}

#[test]
fn deep_nesting_is_an_error_and_not_the_end_of_the_stack() {
    let nest =
        |open: &str, close: &str, levels: usize| format!("{}{}", open.repeat(levels), close.repeat(levels));
    // On a stack as small as any that a server gives its tasks.
    let run = move || {
        for levels in [30, 60, 100, 10_000, 1_000_000] {
            let data = nest(r#"{"regions":[{"data":"#, "}]}", levels).replace(":}", ":{}}");
            let lists = format!(r#"{{"metadata":{{"x":{}}}}}"#, nest("[", "]", levels));
            let objects =
                format!(r#"{{"metadata":{}{{}}{}}}"#, r#"{"x":"#.repeat(levels), "}".repeat(levels));
            let unknown = format!(r#"{{"unknown":{}}}"#, nest("[", "]", levels));
            for json in [data, lists, objects, unknown] {
                let result = from_slice::<Data>(json.as_bytes());
                assert!(levels <= 100 || result.is_err(), "{levels} levels");
            }
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread").join().expect("no panic");
    let shallow = format!(r#"{{"metadata":{{"x":{}}}}}"#, nest("[", "]", 20));
    assert!(from_slice::<Data>(shallow.as_bytes()).is_ok());
}

#[test]
fn deep_binary_nesting_is_an_error_too() {
    // The circle with the largest messages in it, model, version, training, and again, on the same small stack.
    let run = || {
        for rounds in [30, 200] {
            let mut bytes = bytes::Bytes::new();
            for _ in 0..rounds {
                for tag in [3, 21, 6] {
                    let mut outer = Vec::new();
                    prost::encoding::bytes::encode(tag, &bytes, &mut outer);
                    bytes = outer.into();
                }
            }
            let bounded = rounds == 30;
            assert_eq!(Model::decode(bytes).is_ok(), bounded, "{rounds} rounds");
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread").join().expect("no panic");
}

#[test]
fn a_query_fills_fields_of_every_kind() {
    let request: ListAppsRequest = queried(
        "user_app_id.user_id=ann&page=2&perPage=16&sort_by_name=True&featured_only=false&visibility.gettable=PUBLIC\
         &additional_fields=stars&additional_fields=counts&unknown=1&unknown.deep=2&search=a%26b+c%2Bd%3D%C3%A9%F0%9F%90%88&&name",
    )
    .expect("readable");
    assert_eq!(request.user_app_id.map(|whose| whose.user_id).as_deref(), Some("ann"));
    assert_eq!((request.page, request.per_page), (2, 16));
    assert_eq!(request.sort_by, Some(list_apps_request::SortBy::SortByName(true)));
    assert!(!request.featured_only);
    assert_eq!(request.visibility.map(|visibility| visibility.gettable), Some(50));
    assert_eq!(request.additional_fields, ["stars", "counts"]);
    assert_eq!(request.search, "a&b c+d=é🐈");

    let inputs: ListInputsRequest = queried("status.code=30000&ids=a&ids=a").expect("readable");
    assert_eq!(inputs.status.map(|status| status.code), Some(30000));
    assert_eq!(inputs.ids, ["a", "a"]);
    let annotations: ListAnnotationsRequest = queried("statuses=%7B%22code%22%3A24150%7D").expect("readable");
    assert_eq!(annotations.statuses[0].code, 24150);
}

#[test]
fn a_query_that_does_not_fit_is_refused() {
    for (query, reason) in [
        ("page=many", "at `page`: "),
        ("sort_by_name=perhaps", "`sort_by_name` must be true or false, not `perhaps`"),
        ("search=%ff", "`%ff` in the query is not UTF-8"),
        ("user_app_id=ann", "`user_app_id` in the query must be JSON: "),
        ("page.more=1", "`page.more` is not a field that can be given in the address"),
        ("additional_fields.more=1", "`additional_fields.more` is not a field"),
        ("visibility.gettable=NOBODY", "at `visibility.gettable`: "),
    ] {
        match queried::<ListAppsRequest>(query) {
            Err(error) => assert!(error.to_string().starts_with(reason), "{query}: {error}"),
            Ok(request) => panic!("{query} gave {request:?}"),
        }
    }
}

#[test]
fn a_list_is_written_in_the_order_of_its_fields() {
    let input = Input { id: "i".into(), dataset_ids: vec!["d".into()], ..Input::default() };
    let answer = MultiInputResponse { inputs: vec![input], ..MultiInputResponse::default() };
    assert_eq!(text(&answer), r#"{"inputs":[{"id":"i","dataset_ids":["d"]}]}"#);
}
