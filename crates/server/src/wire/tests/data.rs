//! Inputs, concepts, annotations and pictures.

use atelier_contract::json as wire_json;
use atelier_contract::proto::{
    Annotation, Concept, Data, GetAnnotationRequest, GetConceptCountsRequest, Image, Input,
    MultiAnnotationResponse, MultiConceptCountResponse, MultiInputResponse, PostAnnotationsRequest,
    PostInputsRequest, Region, RegionInfo, SingleAnnotationResponse, Span,
};
use atelier_domain::Scope;
use atelier_ui::SessionCookie;
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};

use super::*;
use crate::pictures;

const INPUTS: &str = "/v2/users/ana/apps/tea/inputs";
const CONCEPTS: &str = "/v2/users/ana/apps/tea/concepts";
const ANNOTATIONS: &str = "/v2/users/ana/apps/tea/annotations";

/// A PNG of one pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// `<svg xmlns="http://www.w3.org/2000/svg"/>`
const SVG: &str = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";

fn text(id: &str, raw: &str) -> Value {
    json!({ "id": id, "data": { "text": { "raw": raw } } })
}

fn picture(id: &str, base64: &str) -> Value {
    json!({ "id": id, "data": { "image": { "base64": base64 } } })
}

impl Story {
    /// Sends `inputs` with Ana's token, all of which are taken.
    async fn with_inputs(&self, inputs: Value) {
        let (http, answer) =
            self.rest(Method::POST, INPUTS, &self.ana_token, json!({ "inputs": inputs })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
    }

    async fn with_concepts(&self, ids: &[&str]) {
        let concepts: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        let (http, answer) =
            self.rest(Method::POST, CONCEPTS, &self.ana_token, json!({ "concepts": concepts })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
    }

    /// Sends one annotation of `note` that says `concept`.
    async fn say(&self, secret: &str, id: &str, concept: &str) -> (u16, Value) {
        let data = json!({ "concepts": [{ "id": concept }] });
        let annotations = json!({ "annotations": [{ "id": id, "input_id": "note", "data": data }] });
        self.rest(Method::POST, ANNOTATIONS, secret, annotations).await
    }

    async fn patch(&self, secret: &str, action: &str, annotation: Value) -> (u16, Value) {
        let body = json!({ "action": action, "annotations": [annotation], "delete_if_empty_data": true });
        self.rest(Method::PATCH, ANNOTATIONS, secret, body).await
    }

    /// Asks for a picture, with these headers.
    async fn picture(&self, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Bytes) {
        let router = pictures::router(&self.bench.service, SessionCookie { secure: false });
        let request =
            headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status.as_u16(), parts.headers, to_bytes(body, 1 << 20).await.unwrap())
    }
}

/// The ids of what a listing shows under `field`.
fn ids<'a>(answer: &'a Value, field: &str) -> Vec<&'a str> {
    answer[field].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap()).collect()
}

#[test]
fn texts_and_pictures_are_added_and_counted_by_their_job() {
    tell(async |story| {
        let body = json!({
            "inputs": [text("note", "Green tea"), picture("cup", PNG)],
            "inputs_add_job_id": "first",
        });
        let (http, answer) = story.rest(Method::POST, INPUTS, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(ids(&answer, "inputs"), ["note", "cup"]);
        assert_eq!(answer["inputs"][0]["status"]["code"], 30000, "{answer}");
        assert_eq!(answer["inputs"][0]["data"]["text"]["raw"], "Green tea");
        let image = &answer["inputs"][1]["data"]["image"];
        assert_eq!(image["url"], "http://atelier.test/pictures/ana/tea/cup/original");
        assert_eq!(image["base64"], Value::Null, "bytes are not sent back");
        assert_eq!(
            (&image["image_info"]["width"], &image["image_info"]["format"]),
            (&json!(1), &json!("PNG"))
        );

        let (http, answer) = story.get(&format!("{INPUTS}/jobs/add/first"), &story.ana_token).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(answer["inputs_add_job"]["id"], "first");
        let progress = &answer["inputs_add_job"]["progress"];
        assert_eq!((&progress["success_count"], &progress["pending_count"]), (&json!("2"), &Value::Null));
        let (_, answer) = story.get(&format!("{INPUTS}/status"), &story.ana_token).await;
        assert_eq!(answer["counts"]["processed"], 2, "{answer}");
    });
}

#[test]
fn bytes_travel_over_grpc_as_they_are() {
    tell(async |story| {
        let image: Image = wire_json::from_slice(json!({ "base64": PNG }).to_string().as_bytes()).unwrap();
        let data = Data { image: Some(image), ..Data::default() };
        let input = Input { id: "cup".into(), data: Some(data), ..Input::default() };
        let question =
            PostInputsRequest { user_app_id: tea(), inputs: vec![input], ..PostInputsRequest::default() };
        let answer: MultiInputResponse = story.grpc("PostInputs", &story.ana_token, &question).await;
        assert_eq!(answer.status.unwrap().code, 10000);
        let image = answer.inputs[0].data.clone().unwrap().image.unwrap();
        assert!(image.base64.is_empty() && image.url.ends_with("/cup/original"), "{image:?}");
    });
}

#[test]
fn each_input_that_is_refused_says_why_and_the_others_are_added() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        let inside = json!({ "id": "inside", "data": { "image": { "url": "http://127.0.0.1:9/a.png" } } });
        let bad = [text("note", "Black tea"), picture("drawing", SVG), inside];
        let mut mixed = bad.to_vec();
        let filmed = json!({ "id": "filmed", "data": { "text": { "raw": "Tea" }, "video": {} } });
        let empty = json!({ "id": "empty" });
        mixed.extend([text("more", "White tea"), filmed.clone(), empty.clone(), text("more", "Oolong")]);
        let (http, answer) =
            story.rest(Method::POST, INPUTS, &story.ana_token, json!({ "inputs": mixed })).await;
        assert_eq!((http, code(&answer)), (207, 10010), "{answer}");
        assert_eq!(ids(&answer, "inputs"), ["note", "drawing", "inside", "more", "filmed", "empty", "more"]);
        let codes: Vec<&Value> =
            answer["inputs"].as_array().unwrap().iter().map(|input| &input["status"]["code"]).collect();
        assert_eq!(codes, [30100, 30101, 30106, 30000, 30104, 30104, 30100], "{answer}");
        assert!(details(&answer).starts_with("6 of 7 inputs were not added, the first because"), "{answer}");
        let why = |index: usize| answer["inputs"][index]["status"]["details"].as_str().unwrap();
        assert!(why(4).contains("data.video") && why(5).contains("an image or a text"), "{answer}");
        let progress = &answer["inputs_add_job"]["progress"];
        assert_eq!((&progress["failed_count"], &progress["success_count"]), (&json!("6"), &json!("1")));
        let (_, answer) = story.get(&format!("{INPUTS}/more"), &story.ana_token).await;
        assert_eq!(answer["input"]["data"]["text"]["raw"], "White tea", "the first of the two");

        let (http, answer) =
            story.rest(Method::POST, INPUTS, &story.ana_token, json!({ "inputs": bad })).await;
        assert_eq!((http, code(&answer)), (400, 10020), "{answer}");
        let (http, answer) =
            story.rest(Method::POST, INPUTS, &story.ana_token, json!({ "inputs": [filmed] })).await;
        assert_eq!((http, code(&answer)), (400, 10020), "{answer}");
        assert_eq!(answer["inputs_add_job"]["status"]["code"], 64002, "nothing is pending: {answer}");
        let (http, answer) =
            story.rest(Method::POST, INPUTS, &story.bo_token, json!({ "inputs": [empty] })).await;
        assert_eq!((http, code(&answer)), (403, 11007), "who may not add hears of that first: {answer}");
        let (_, answer) = story.get(&format!("{INPUTS}/note"), &story.ana_token).await;
        assert_eq!(answer["input"]["data"]["text"]["raw"], "Green tea", "what was there stays");
    });
}

#[test]
fn labels_come_with_an_input_only_from_those_who_may_annotate() {
    tell(async |story| {
        let scopes = ScopeSet::of(&[
            Scope::AppsGet,
            Scope::AnnotationsGet,
            Scope::ConceptsAdd,
            Scope::ConceptsGet,
            Scope::InputsAdd,
            Scope::InputsGet,
            Scope::ModelsGet,
            Scope::WorkflowsGet,
        ]);
        let key = story.key_of(&story.ana, |key| key.scopes = scopes).await;
        let plain = json!({ "inputs": [text("plain", "Green tea")] });
        let (http, answer) = story.rest(Method::POST, INPUTS, &key, plain).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");

        let data = json!({ "text": { "raw": "Green tea" }, "concepts": [{ "id": "green" }] });
        let labelled = json!({ "inputs": [{ "id": "labelled", "data": data }] });
        let (http, answer) = story.rest(Method::POST, INPUTS, &key, labelled.clone()).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("Annotations_Add"), "{answer}");

        let (_, answer) = story.rest(Method::POST, INPUTS, &story.ana_token, labelled).await;
        assert_eq!(code(&answer), 10000, "{answer}");
        let (_, answer) = story.get(&format!("{ANNOTATIONS}?input_ids=labelled"), &story.ana_token).await;
        let annotation = &answer["annotations"][0];
        assert_eq!(annotation["data"]["concepts"][0]["id"], "green", "{answer}");
        assert_eq!(annotation["worker"]["user"]["id"], "ana", "{answer}");
        assert_eq!(annotation["input_level"], true, "{answer}");
    });
}

#[test]
fn inputs_are_shown_with_what_is_said_of_the_whole_to_those_who_may_see_annotations() {
    tell(async |story| {
        let data = json!({ "text": { "raw": "Green tea" }, "concepts": [{ "id": "green" }] });
        let inputs = json!({ "inputs": [{ "id": "note", "data": data }, text("more", "Black tea")] });
        let (_, added) = story.rest(Method::POST, INPUTS, &story.ana_token, inputs).await;
        let (_, listed) = story.get(INPUTS, &story.bo_token).await;
        let (_, one) = story.get(&format!("{INPUTS}/note"), &story.bo_token).await;
        for (input, concepts) in [
            (&added["inputs"][0], vec!["green"]),
            (&listed["inputs"][1], vec!["green"]),
            (&one["input"], vec!["green"]),
        ] {
            assert_eq!(input["id"], "note", "{input}");
            assert_eq!(ids(&input["data"], "concepts"), concepts, "{input}");
            assert_eq!(input["data"]["concepts"][0]["value"], 1.0, "{input}");
            assert_eq!(input["data"]["text"]["raw"], "Green tea", "{input}");
        }
        assert_eq!(listed["inputs"][0]["data"]["concepts"], Value::Null, "{listed}");
        let change = json!({ "id": "more", "data": { "concepts": [{ "id": "black", "value": 0 }] } });
        let change = json!({ "action": "merge", "inputs": [change] });
        let (_, changed) = story.rest(Method::PATCH, INPUTS, &story.ana_token, change).await;
        let concept = &changed["inputs"][0]["data"]["concepts"][0];
        assert_eq!((&concept["id"], &concept["value"]), (&json!("black"), &json!(0.0)), "{changed}");

        // Whoever may not see annotations sees no inputs either.
        let scopes = ScopeSet::of(&[Scope::AppsGet, Scope::ConceptsGet, Scope::InputsGet]);
        let rights = atelier_domain::Rights::of(scopes);
        let key = story.exact_key(&story.ana, rights).await;
        let (http, answer) = story.get(INPUTS, &key).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("Annotations_Get"), "{answer}");
    });
}

#[test]
fn a_worker_annotates_and_touches_neither_inputs_nor_what_others_said() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        story.with_concepts(&["green", "black"]).await;
        let more = json!({ "inputs": [text("more", "Black tea")] });
        let (http, answer) = story.rest(Method::POST, INPUTS, &story.bo_token, more).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("Inputs_Add"), "{answer}");

        for (secret, id) in [(&story.ana_token, "anas"), (&story.bo_token, "bos")] {
            let (http, answer) = story.say(secret, id, "green").await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            assert_eq!(answer["annotations"][0]["status"]["code"], 24150, "{answer}");
        }
        let changed = |id: &str| json!({ "id": id, "data": { "concepts": [{ "id": "black" }] } });
        let (http, answer) = story.patch(&story.bo_token, "merge", changed("anas")).await;
        assert_eq!((http, code(&answer)), (403, 24156), "{answer}");
        assert!(details(&answer).contains("someone else's"), "{answer}");
        let (http, answer) = story.patch(&story.bo_token, "overwrite", changed("bos")).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("Annotations_Delete"), "{answer}");
        let (http, answer) = story.patch(&story.bo_token, "merge", changed("bos")).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");

        let path = format!("{INPUTS}/note/annotations/bos");
        let (http, answer) = story.rest(Method::DELETE, &path, &story.bo_token, json!({})).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        let (http, answer) = story.rest(Method::DELETE, &path, &story.ana_token, json!({})).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
    });
}

#[test]
fn everyone_is_listed_what_they_said_themselves_unless_they_ask_for_all() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        story.with_concepts(&["green"]).await;
        story.say(&story.ana_token, "anas", "green").await;
        story.say(&story.bo_token, "bos", "green").await;
        for (query, listed) in [
            ("", vec!["bos"]),
            ("?list_all_annotations=true&per_page=1000", vec!["anas", "bos"]),
            ("?user_ids=ana", vec!["anas"]),
            ("?list_all_annotations=true&ids=anas", vec!["anas"]),
            ("?list_all_annotations=true&input_ids=other", vec![]),
            ("?page=2", vec![]),
        ] {
            let (http, answer) = story.get(&format!("{ANNOTATIONS}{query}"), &story.bo_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            let mut found = ids(&answer, "annotations");
            found.sort_unstable();
            assert_eq!(found, listed, "{query}");
        }
    });
}

#[test]
fn strangers_do_not_learn_what_there_is() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        let cy = story.bench.person("cy").await;
        let token = story.key_of(&cy, |_| {}).await;
        for path in [INPUTS, CONCEPTS, ANNOTATIONS, &format!("{INPUTS}/note")] {
            let (http, answer) = story.get(path, &token).await;
            assert_eq!((http, code(&answer)), (404, 11101), "{path}: {answer}");
        }
        let (http, _) = story.rest(Method::DELETE, &format!("{INPUTS}/note"), &token, json!({})).await;
        assert_eq!(http, 404);
        let (http, _) = story.get(&format!("{INPUTS}/note"), &story.ana_token).await;
        assert_eq!(http, 200);
    });
}

#[test]
fn pages_of_a_listing_repeat_nothing_and_end_with_an_empty_one() {
    tell(async |story| {
        story.with_inputs(json!([text("a", "One"), text("b", "Two"), text("c", "Three")])).await;
        let mut seen = Vec::new();
        for (page, size) in [(1, 2), (2, 1), (3, 0)] {
            let path = format!("{INPUTS}?page={page}&per_page=2");
            let (http, answer) = story.get(&path, &story.ana_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            let listed = ids(&answer, "inputs");
            assert_eq!(listed.len(), size, "{answer}");
            seen.extend(listed.into_iter().map(str::to_owned));
        }
        seen.sort_unstable();
        assert_eq!(seen, ["a", "b", "c"]);
    });
}

#[test]
fn nothing_named_is_nothing_deleted() {
    tell(async |story| {
        story.with_inputs(json!([text("a", "One"), text("b", "Two")])).await;
        for (named, left) in [(json!({}), 2), (json!({ "ids": [] }), 2), (json!({ "ids": ["a"] }), 1)] {
            let (http, answer) = story.rest(Method::DELETE, INPUTS, &story.ana_token, named).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            let (_, answer) = story.get(INPUTS, &story.ana_token).await;
            assert_eq!(ids(&answer, "inputs").len(), left, "{answer}");
        }
        let (http, _) = story.rest(Method::DELETE, ANNOTATIONS, &story.ana_token, json!({})).await;
        assert_eq!(http, 200);
    });
}

#[test]
fn a_patch_adds_replaces_and_takes_away() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        story.say(&story.ana_token, "said", "green").await;
        for (action, concept, left) in [
            ("merge", "hot", vec!["green", "hot"]),
            ("remove", "green", vec!["hot"]),
            ("overwrite", "cold", vec!["cold"]),
        ] {
            let change = json!({ "id": "said", "data": { "concepts": [{ "id": concept }] } });
            let (http, answer) = story.patch(&story.ana_token, action, change).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            assert_eq!(ids(&answer["annotations"][0]["data"], "concepts"), left, "{action}");
        }
        let change = json!({ "id": "said", "data": { "concepts": [{ "id": "cold" }] } });
        let (_, answer) = story.patch(&story.ana_token, "remove", change.clone()).await;
        assert_eq!(answer["annotations"], json!([]), "what is empty is deleted, as was asked: {answer}");
        let (http, answer) = story.patch(&story.ana_token, "replace", change).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        assert!(details(&answer).contains("`replace`"), "{answer}");
    });
}

#[test]
fn shapes_sent_as_json_are_the_same_over_grpc() {
    tell(async |story| {
        story.with_inputs(json!([picture("cup", PNG)])).await;
        let corners = json!([
            { "row": 0.25, "col": 0.25 }, { "row": 0.75, "col": 0.25 }, { "row": 0.75, "col": 0.75 },
        ]);
        let edges = json!({ "top_row": 0.125, "left_col": 0.25, "bottom_row": 0.5, "right_col": 0.75 });
        let inside = json!({ "concepts": [{ "id": "handle", "value": 0.5 }] });
        let regions = json!([
            { "id": "edges", "region_info": { "bounding_box": edges }, "data": inside },
            { "id": "corners", "region_info": { "polygon": { "points": corners } } },
            { "id": "spot", "region_info": { "point": { "row": 0.5, "col": 0.0 } } },
        ]);
        let annotation = json!({ "id": "drawn", "input_id": "cup", "data": { "regions": regions } });
        let body = json!({ "annotations": [annotation] });
        let (http, answer) = story.rest(Method::POST, ANNOTATIONS, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");

        let question = GetAnnotationRequest {
            user_app_id: tea(),
            input_id: "cup".into(),
            annotation_id: "drawn".into(),
        };
        let answer: SingleAnnotationResponse = story.grpc("GetAnnotation", &story.ana_token, &question).await;
        let annotation = answer.annotation.unwrap();
        assert!(!annotation.input_level);
        let regions = annotation.data.unwrap().regions;
        let info = |index: usize| regions[index].region_info.clone().unwrap();
        let read = info(0).bounding_box.unwrap();
        assert_eq!((read.top_row, read.left_col, read.bottom_row, read.right_col), (0.125, 0.25, 0.5, 0.75));
        assert_eq!(regions[0].data.as_ref().unwrap().concepts[0].value, 0.5);
        let points = info(1).polygon.unwrap().points;
        assert_eq!(
            points.iter().map(|point| (point.row, point.col)).collect::<Vec<_>>(),
            [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75)]
        );
        let spot = info(2).point.unwrap();
        assert_eq!((spot.row, spot.col), (0.5, 0.0));
    });
}

#[test]
fn a_span_sent_over_grpc_is_the_same_as_json() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        let info = |end| RegionInfo {
            span: Some(Span { char_start: 0, char_end: end, ..Span::default() }),
            ..RegionInfo::default()
        };
        let green = Concept { id: "green".into(), value: 1.0, ..Concept::default() };
        let question = |end| PostAnnotationsRequest {
            user_app_id: tea(),
            annotations: vec![Annotation {
                id: "marked".into(),
                input_id: "note".into(),
                data: Some(Data {
                    regions: vec![Region {
                        region_info: Some(info(end)),
                        data: Some(Data { concepts: vec![green.clone()], ..Data::default() }),
                        ..Region::default()
                    }],
                    ..Data::default()
                }),
                ..Annotation::default()
            }],
        };
        let answer: MultiAnnotationResponse =
            story.grpc("PostAnnotations", &story.ana_token, &question(10)).await;
        let status = answer.status.unwrap();
        assert_eq!(status.code, 11102, "the text ends before: {status:?}");
        let answer: MultiAnnotationResponse =
            story.grpc("PostAnnotations", &story.ana_token, &question(5)).await;
        assert_eq!(answer.status.unwrap().code, 10000);

        let path = format!("{INPUTS}/note/annotations/marked");
        let (http, answer) = story.get(&path, &story.ana_token).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let region = &answer["annotation"]["data"]["regions"][0];
        let span = &region["region_info"]["span"];
        assert_eq!((&span["char_start"], &span["char_end"]), (&json!(0), &json!(5)), "{answer}");
        assert!(region["id"].as_str().is_some_and(|id| !id.is_empty()), "a region gets an id: {answer}");
    });
}

#[test]
fn a_span_is_shown_with_its_stretch_of_the_text() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "🍵 Grüner чай 茶"), text("plain", "Green tea")])).await;
        let span = |id: &str, start: u32, end: u32, raw: &str| {
            let info = json!({ "span": { "char_start": start, "char_end": end, "raw_text": raw } });
            json!({ "id": id, "region_info": info, "data": { "concepts": [{ "id": "word" }] } })
        };
        let of = |id: &str, input: &str, regions: Value| json!({ "id": id, "input_id": input, "data": { "regions": regions } });
        // What a client says of the text beside a span does not matter.
        let annotations = json!([
            of("odd", "note", json!([span("a", 0, 1, ""), span("b", 2, 8, "tea"), span("c", 9, 12, "")])),
            of("end", "note", json!([span("d", 13, 14, "")])),
            of("easy", "plain", json!([span("e", 6, 9, "coffee")])),
        ]);
        let body = json!({ "annotations": annotations });
        let (_, posted) = story.rest(Method::POST, ANNOTATIONS, &story.ana_token, body).await;
        let query = "?list_all_annotations=true";
        let (_, listed) = story.get(&format!("{ANNOTATIONS}{query}"), &story.bo_token).await;
        for answer in [&posted, &listed] {
            assert_eq!(code(answer), 10000, "{answer}");
            let mut told = Vec::new();
            for annotation in answer["annotations"].as_array().unwrap() {
                for region in annotation["data"]["regions"].as_array().unwrap() {
                    told.push(region["region_info"]["span"]["raw_text"].as_str().unwrap());
                }
            }
            told.sort_unstable();
            assert_eq!(told, ["Grüner", "tea", "чай", "茶", "🍵"]);
        }
        let change = of("end", "note", json!([span("d", 9, 14, "")]));
        let (_, patched) = story.patch(&story.ana_token, "merge", change).await;
        let (_, one) = story.get(&format!("{INPUTS}/note/annotations/end"), &story.bo_token).await;
        for annotation in [&patched["annotations"][0], &one["annotation"]] {
            let span = &annotation["data"]["regions"][0]["region_info"]["span"];
            assert_eq!(*span, json!({ "char_start": 9, "char_end": 14, "raw_text": "чай 茶" }));
        }
    });
}

#[test]
fn what_is_not_kept_is_refused_by_its_name_over_the_wire() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        let annotation = json!({ "input_id": "note", "data": { "frames": [{}] } });
        let body = json!({ "annotations": [annotation] });
        let (http, answer) = story.rest(Method::POST, ANNOTATIONS, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        assert!(details(&answer).contains("data.frames is not kept by this server"), "{answer}");
    });
}

#[test]
fn a_concept_is_added_once_and_changed_afterwards() {
    tell(async |story| {
        story.with_concepts(&["green"]).await;
        let again = json!({ "concepts": [{ "id": "green" }] });
        let (http, answer) = story.rest(Method::POST, CONCEPTS, &story.ana_token, again).await;
        assert_eq!((http, code(&answer)), (400, 40003), "{answer}");
        assert!(details(&answer).contains("duplicate"), "{answer}");

        let change = json!({ "action": "overwrite", "concepts": [{ "id": "green", "name": "Green tea" }] });
        let (http, answer) = story.rest(Method::PATCH, CONCEPTS, &story.ana_token, change).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (_, one) = story.get(&format!("{CONCEPTS}/green"), &story.bo_token).await;
        let (_, all) = story.get(CONCEPTS, &story.bo_token).await;
        for concept in [&answer["concepts"][0], &one["concept"], &all["concepts"][0]] {
            assert_eq!((&concept["id"], &concept["name"]), (&json!("green"), &json!("Green tea")));
            assert_eq!((&concept["user_id"], &concept["app_id"]), (&json!("ana"), &json!("tea")));
        }
        // Whoever adds one to a shared app, it is that app's.
        let scopes = atelier_domain::closure::closed(ScopeSet::of(&[Scope::ConceptsAdd]));
        let cy = story.bench.person("cy").await;
        story.share_with(&cy, scopes).await;
        let (_, answer) = story
            .rest(
                Method::POST,
                CONCEPTS,
                &story.key_of(&cy, |_| {}).await,
                json!({ "concepts": [{ "id": "cys" }] }),
            )
            .await;
        let concept = &answer["concepts"][0];
        assert_eq!((&concept["user_id"], &concept["app_id"]), (&json!("ana"), &json!("tea")), "{answer}");
        let (_, answer) = story.get(&format!("{CONCEPTS}?page=2"), &story.ana_token).await;
        assert_eq!((code(&answer), &answer["concepts"]), (10000, &json!([])), "{answer}");
    });
}

#[test]
fn how_often_concepts_occur_is_told_page_by_page_to_those_who_may_look_at_inputs() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea"), text("more", "Black tea")])).await;
        story.with_concepts(&["green", "black", "white"]).await;
        story.say(&story.ana_token, "anas", "green").await;
        story.say(&story.bo_token, "bos", "green").await;
        let absent = json!({ "concepts": [{ "id": "green", "value": 0 }] });
        let said = json!({ "annotations": [{ "input_id": "more", "data": absent }] });
        let (http, _) = story.rest(Method::POST, ANNOTATIONS, &story.bo_token, said).await;
        assert_eq!(http, 200);
        let path = format!("{CONCEPTS}/status");
        for (query, listed) in [
            ("", json!([["green", 1, 1], ["black", 0, 0], ["white", 0, 0]])),
            ("?per_page=2", json!([["green", 1, 1], ["black", 0, 0]])),
            ("?per_page=2&page=2", json!([["white", 0, 0]])),
            ("?per_page=2&page=3", json!([])),
        ] {
            let (http, answer) = story.get(&format!("{path}{query}"), &story.bo_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            let told = answer["concept_counts"].as_array().unwrap().iter().map(|entry| {
                let count = &entry["concept_type_count"];
                assert_eq!(&entry["detail_concept_count"]["processed"], count, "{answer}");
                json!([entry["id"], count["positive"], count["negative"]])
            });
            assert_eq!(told.collect::<Value>(), listed, "{query}");
        }
        let question = GetConceptCountsRequest { user_app_id: tea(), page: 1, per_page: 1 };
        let answer: MultiConceptCountResponse =
            story.grpc("GetConceptCounts", &story.bo_token, &question).await;
        assert_eq!(answer.concept_counts.len(), 1);
        assert_eq!(answer.concept_counts[0].name, "green");
    });
}

#[test]
fn a_picture_is_given_to_those_who_may_see_its_input_each_time_they_ask() {
    tell(async |story| {
        story.with_inputs(json!([picture("my cup", PNG), text("note", "Green tea")])).await;
        let (_, answer) = story.get(&format!("{INPUTS}/my%20cup"), &story.ana_token).await;
        let url = answer["input"]["data"]["image"]["url"].as_str().unwrap();
        let path = url.strip_prefix("http://atelier.test").unwrap();

        let bo = format!("Key {}", story.bo_token);
        let (http, headers, bytes) = story.picture(path, &[("authorization", &bo)]).await;
        assert_eq!((http, headers[CONTENT_TYPE].to_str().unwrap()), (200, "image/png"));
        assert!(bytes.starts_with(b"\x89PNG"));
        assert!(
            headers[CONTENT_DISPOSITION].to_str().unwrap().starts_with("inline; filename=\"my cup.png\"")
        );
        assert!(headers[CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
        let tag = headers[ETAG].to_str().unwrap();
        let (http, _, bytes) = story.picture(path, &[("authorization", &bo), ("if-none-match", tag)]).await;
        assert_eq!((http, bytes.len()), (304, 0));

        let small = path.replace("/original", "/thumbnail");
        let session = format!("atelier={}", story.session_of(&story.ana).await);
        let (http, headers, _) = story.picture(&small, &[("cookie", &session)]).await;
        assert_eq!(http, 200);
        assert_ne!(headers[ETAG].to_str().unwrap(), tag, "another size is another picture");

        let cy = story.bench.person("cy").await;
        let cy = format!("Key {}", story.key_of(&cy, |_| {}).await);
        for (path, headers, refused) in [
            (path, vec![], 401),
            (path, vec![("authorization", "Key hello")], 401),
            (path, vec![("authorization", cy.as_str()), ("if-none-match", tag)], 404),
            (path.replace("my%20cup", "note").as_str(), vec![("authorization", bo.as_str())], 404),
            (path.replace("my%20cup", "none").as_str(), vec![("authorization", bo.as_str())], 404),
        ] {
            let (http, headers, bytes) = story.picture(path, &headers).await;
            assert_eq!(http, refused, "{path}");
            assert!(headers[CONTENT_TYPE].to_str().unwrap().starts_with("text/plain"), "{path}");
            assert!(!bytes.is_empty(), "it is said why");
        }
    });
}
