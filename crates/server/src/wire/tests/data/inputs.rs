//! Inputs and their pictures.

use super::*;

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
        assert_eq!(image["url"], "https://atelier.test/pictures/ana/tea/cup/original");
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
fn a_picture_is_given_to_those_who_may_see_its_input_each_time_they_ask() {
    tell(async |story| {
        story.with_inputs(json!([picture("my cup", PNG), text("note", "Green tea")])).await;
        let (_, answer) = story.get(&format!("{INPUTS}/my%20cup"), &story.ana_token).await;
        let url = answer["input"]["data"]["image"]["url"].as_str().unwrap();
        let path = url.strip_prefix("https://atelier.test").unwrap();

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
