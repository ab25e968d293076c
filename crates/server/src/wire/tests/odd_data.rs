//! Inputs, concepts and annotations by odd names, and with odd things kept with them.

use super::*;

const INPUTS: &str = "/v2/users/ana/apps/tea/inputs";
const CONCEPTS: &str = "/v2/users/ana/apps/tea/concepts";
const ANNOTATIONS: &str = "/v2/users/ana/apps/tea/annotations";

impl Story {
    /// What Ana has in her app.
    async fn data(&self) -> Value {
        let mut seen = Vec::new();
        for path in [INPUTS, CONCEPTS, &format!("{ANNOTATIONS}?list_all_annotations=true")] {
            let (http, mut answer) = self.get(path, &self.ana_token).await;
            assert_eq!(http, 200, "{answer}");
            answer.as_object_mut().unwrap().remove("status");
            seen.push(answer);
        }
        Value::Array(seen)
    }

    async fn post_input(&self, id: &str, metadata: Value) -> (u16, Value) {
        let data = json!({ "text": { "raw": "Green tea" }, "metadata": metadata });
        let body = json!({ "inputs": [{ "id": id, "data": data }] });
        self.rest(Method::POST, INPUTS, &self.ana_token, body).await
    }

    async fn post_concept(&self, id: &str) -> (u16, Value) {
        let body = json!({ "concepts": [{ "id": id }] });
        self.rest(Method::POST, CONCEPTS, &self.ana_token, body).await
    }

    async fn post_annotation(&self, id: &str, input: &str, concept: &str) -> (u16, Value) {
        let data = json!({ "concepts": [{ "id": concept }] });
        let body = json!({ "annotations": [{ "id": id, "input_id": input, "data": data }] });
        self.rest(Method::POST, ANNOTATIONS, &self.ana_token, body).await
    }
}

async fn names_of_any_script_come_back_as_they_went(bench: Bench) {
    let story = Story::tell(bench).await;
    let longest = "ä".repeat(128);
    for id in ["чай", "🍵", "green tea", "100%", "a+b&c=d", "..", "' OR 1=1--", "\u{202e}aet", &longest]
    {
        let name: String = id.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let (http, answer) = story.post_input(id, json!({})).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{id}: {answer}");
        let (http, answer) = story.post_concept(id).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{id}: {answer}");
        let (http, answer) = story.post_annotation(id, id, id).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{id}: {answer}");
        for (path, field) in [
            (format!("{INPUTS}/{name}"), "input"),
            (format!("{CONCEPTS}/{name}"), "concept"),
            (format!("{INPUTS}/{name}/annotations/{name}"), "annotation"),
        ] {
            let (http, answer) = story.get(&path, &story.ana_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{path}: {answer}");
            assert_eq!(answer[field]["id"], id, "{path}");
        }
        let (_, answer) = story.get(&format!("{INPUTS}?ids={name}"), &story.ana_token).await;
        assert_eq!(answer["inputs"].as_array().unwrap().len(), 1, "{id}: {answer}");
    }
}

async fn names_that_cannot_be_kept_are_refused_and_nothing_is_added(bench: Bench) {
    let story = Story::tell(bench).await;
    story.post_input("note", json!({})).await;
    story.post_concept("green").await;
    let before = story.data().await;
    let (too_long, endless) = ("a".repeat(129), "a".repeat(100_000));
    for id in ["a/b", "a?b", "a#b", "a\u{0}", "a\nb", "a\u{7f}b", &too_long, &endless] {
        let shown: String = id.chars().take(20).collect();
        let (http, answer) = story.post_input(id, json!({})).await;
        assert_eq!((http, code(&answer)), (400, 10020), "{shown}: {answer}");
        let status = &answer["inputs"][0]["status"];
        assert_eq!(status["code"], 30104, "{shown}: {answer}");
        assert!(status["details"].as_str().unwrap().starts_with("id must"), "{shown}: {answer}");
        for (http, answer) in [
            story.post_concept(id).await,
            story.post_annotation(id, "note", "green").await,
            story.post_annotation("fine", "note", id).await,
        ] {
            assert_eq!((http, code(&answer)), (400, 11102), "{shown}: {answer}");
            assert!(details(&answer).contains("must"), "{shown}: {answer}");
        }
        let (http, answer) = story.post_annotation("fine", id, "green").await;
        let expected = if id.contains('\0') { (400, 11102) } else { (404, 11101) };
        assert_eq!((http, code(&answer)), expected, "{shown}: {answer}");
        assert_eq!(story.data().await, before, "{shown}");
    }
}

async fn what_is_kept_with_an_input_is_neither_deep_nor_large(bench: Bench) {
    let story = Story::tell(bench).await;
    let before = story.data().await;
    for (metadata, words) in [
        (json!({ "a": "x".repeat(70_000) }), "must have at most 65536 bytes"),
        (json!({ "a": "b\u{0}" }), "must not contain"),
        (json!({ "a\u{0}": 1 }), "must not contain"),
    ] {
        let (http, answer) = story.post_input("note", metadata).await;
        assert_eq!((http, code(&answer)), (400, 10020), "{words}: {answer}");
        let why = answer["inputs"][0]["status"]["details"].as_str().unwrap();
        assert!(why.contains(words), "{words}: {answer}");
        assert_eq!(story.data().await, before, "{words}");
    }
    // What is deeper than a message may be is not even read.
    for levels in [40, 500] {
        let metadata = format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        let body = format!(
            r#"{{"inputs":[{{"id":"note","data":{{"text":{{"raw":"a"}},"metadata":{metadata}}}}}]}}"#
        );
        let request = Request::post(INPUTS)
            .header("authorization", format!("Key {}", story.ana_token))
            .header("content-type", "application/json");
        let response = story.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(response.status(), 400, "{levels}");
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(code(&answer), 11100, "{levels}: {answer}");
        assert!(details(&answer).contains("cannot be read"), "{levels}: {answer}");
        assert_eq!(story.data().await, before, "{levels}");
    }
}

atelier_testkit::on_both_databases! {
    names_of_any_script_come_back_as_they_went,
    names_that_cannot_be_kept_are_refused_and_nothing_is_added,
    what_is_kept_with_an_input_is_neither_deep_nor_large,
}
