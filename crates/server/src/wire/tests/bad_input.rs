//! Requests that are wrong in themselves: each hears what is wrong, and changes nothing.

use atelier_contract::proto::{Key, MultiKeyResponse, PostKeysRequest};

use super::*;

async fn is_answered(story: &Story, request: (Method, &str, Value), status: u16, expected: i64, words: &str) {
    let before = story.state().await;
    let (method, path, body) = request;
    let shown = format!("{method} {path} {}", body.to_string().chars().take(200).collect::<String>());
    let (http, answer) = story.rest(method, path, &story.ana_token, body).await;
    assert_eq!((http, code(&answer)), (status, expected), "{shown}: {answer}");
    assert!(details(&answer).contains(words), "{shown}: {answer}");
    assert_eq!(story.state().await, before, "{shown}");
}

#[test]
fn a_key_that_is_none_is_told_why() {
    tell(async |story| {
        let (head, last) = story.ana_token.split_at(story.ana_token.len() - 1);
        let mistyped = format!("{head}{}", if last == "a" { "b" } else { "a" });
        let long = "x".repeat(8_000);
        for (header, words) in [
            (format!("Key {mistyped}"), "mistyped"),
            (format!("Key {head}"), "have 50 characters"),
            ("Key hello".to_owned(), "start with `atl_`"),
            (format!("Key {long}"), "start with `atl_`"),
            (format!("Basic {}", story.ana_token), "send a key"),
            (story.ana_token.clone(), "send a key"),
            ("Key".to_owned(), "send a key"),
        ] {
            let request = Request::get("/v2/users/me").header("authorization", &header);
            let response = story.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(response.status(), 401, "{header}");
            let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            let answer: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(code(&answer), 11008, "{header}: {answer}");
            assert!(details(&answer).contains(words), "{header}: {answer}");
            assert!(!answer.to_string().contains(head), "a secret is never repeated");
        }
    });
}

async fn odd_names_are_names_of_nothing(bench: Bench) {
    let story = Story::tell(bench).await;
    let long = "a".repeat(5_000);
    let odd = [
        "%D1%87%D0%B0%D0%B9",
        "%F0%9F%8D%B5",
        "tea%00",
        "%00",
        "..",
        "..%2F..%2Fetc",
        "tea%20",
        "tea%0A",
        "te%25",
        "t_a",
        "%27%20OR%201%3D1--",
        "%E2%80%AEaet",
        "*",
        "-",
        &long,
    ];
    for name in odd {
        // NUL is in no text that either database keeps, and is told so; anything else is a name of nothing.
        let expected = if name.contains("%00") { (400, 11102) } else { (404, 11101) };
        for path in [
            format!("/v2/users/ana/apps/{name}"),
            format!("/v2/users/{name}/apps/tea"),
            format!("/v2/users/{name}/keys"),
            format!("/v2/users/ana/keys/{name}"),
        ] {
            let (http, answer) = story.get(&path, &story.ana_token).await;
            let is_own = path.contains("/keys");
            let expected = if is_own { (404, 11101) } else { expected };
            assert_eq!((http, code(&answer)), expected, "{path}: {answer}");
        }
        if name.contains("%00") {
            continue;
        }
        let (http, answer) = story.get(&format!("/v2/users/{name}/apps"), &story.ana_token).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{name}: {answer}");
        assert_eq!(answer["apps"], json!([]), "{name}");
    }
    let (http, answer) = story.get("/v2/users/ana/apps/%FF", &story.ana_token).await;
    assert_eq!((http, code(&answer)), (400, 11100), "{answer}");
}

async fn texts_that_cannot_be_kept_are_refused(bench: Bench) {
    let story = Story::tell(bench).await;
    let long = "a".repeat(65);
    for id in ["", "a/b", "чай", "🍵", "a b", "me", "-a", "a\0", "a\u{202e}b", &long] {
        let body = json!({ "apps": [{ "id": id }] });
        is_answered(&story, (Method::POST, "/v2/users/ana/apps", body), 400, 11102, "id ").await;
    }
    let post = |app: Value| (Method::POST, "/v2/users/ana/apps", json!({ "apps": [app] }));
    let long = "x".repeat(4_001);
    for (app, words) in [
        (json!({ "id": "fresh", "name": "x".repeat(101) }), "name must have at most"),
        (json!({ "id": "fresh", "name": "a\u{0}b" }), "name must not contain"),
        (json!({ "id": "fresh", "description": long }), "description must have at most"),
        (json!({ "id": "fresh", "description": "a\u{0}b" }), "must not contain"),
        (json!({ "id": "fresh", "default_language": "x".repeat(36) }), "default_language must be"),
        (json!({ "id": "fresh", "default_language": "e\u{0}n" }), "default_language must be"),
        (json!({ "id": "fresh", "metadata": { "a": ["b\u{0}"] } }), "must not contain"),
        (json!({ "id": "fresh", "metadata": { "a\u{0}": 1 } }), "must not contain"),
    ] {
        is_answered(&story, post(app), 400, 11102, words).await;
    }
    let searched = json!({ "query": { "user_ids": ["a\u{0}"] } });
    let path = "/v2/users/ana/audit_log/searches";
    is_answered(&story, (Method::POST, path, searched), 400, 11102, "must not contain").await;
}

atelier_testkit::on_both_databases! { odd_names_are_names_of_nothing, texts_that_cannot_be_kept_are_refused }

#[test]
fn json_that_cannot_be_read_is_told_where() {
    tell(async |story| {
        let post = async |kind: Option<&str>, body: &str| {
            let mut request = Request::post("/v2/users/ana/apps")
                .header("authorization", format!("Key {}", story.ana_token));
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            let response = story.send(request.body(Body::from(body.to_owned())).unwrap()).await;
            let http = response.status().as_u16();
            let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            let answer: Value = serde_json::from_slice(&bytes).unwrap();
            (http, code(&answer), details(&answer).to_owned())
        };
        let before = story.state().await;
        let json = Some("application/json");
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let nested = format!(
            r#"{{"apps":[{{"id":"new","metadata":{}1{}}}]}}"#,
            r#"{"a":"#.repeat(110),
            "}".repeat(110)
        );
        let lists = format!(r#"{{"apps":{deep}}}"#);
        for (kind, body, words) in [
            (json, "{", "the JSON cannot be read"),
            (json, "[]", "must be an object"),
            (json, "null", "must be an object"),
            (json, r#"{"apps": 7}"#, "apps"),
            (json, r#"{"apps": [{"id": 7}]}"#, "apps[0].id"),
            (json, r#"{"apps": [{"id": "x", "created_at": "yesterday"}]}"#, "apps[0].created_at"),
            (json, deep.as_str(), "the JSON cannot be read"),
            (json, lists.as_str(), "the JSON cannot be read"),
            (json, nested.as_str(), "apps[0].metadata"),
            (Some("text/plain"), r#"{"apps": []}"#, "must be application/json"),
            (Some("application/x-www-form-urlencoded"), "apps=1", "must be application/json"),
            (Some("multipart/form-data; boundary=x"), "--x--", "must be application/json"),
            (Some("application/grpc"), "x", "must be application/json"),
        ] {
            let (http, code, details) = post(kind, body).await;
            let shown: String = body.chars().take(80).collect();
            assert_eq!((http, code), (400, 11100), "{shown}: {details}");
            assert!(details.contains(words), "{shown}: {details}");
            assert!(details.len() < 500, "{shown}: an answer does not repeat the question");
        }
        assert_eq!(story.state().await, before);
        let (http, code, _) = post(None, r#"{"apps": [{"id": "plain"}]}"#).await;
        assert_eq!((http, code), (200, 10000), "a client may say nothing about its JSON");
    });
}

#[test]
fn a_broken_grpc_message_ends_the_call_and_is_not_to_be_sent_again() {
    tell(async |story| {
        let send = async |kind: &str, body: Vec<u8>| {
            let request = Request::post("/clarifai.api.V2/PostApps")
                .header("content-type", kind)
                .header("te", "trailers")
                .header("authorization", format!("Key {}", story.ana_token));
            story.send(request.body(Body::from(body)).unwrap()).await
        };
        let before = story.state().await;
        for (body, what) in [
            (vec![0, 0, 0, 0, 100, 1, 2, 3], "shorter than it says"),
            (vec![0, 0, 0], "without the whole of its length"),
            (Vec::new(), "none at all"),
            (vec![0, 0, 0, 0, 3, 0x0a, 0xff, 0xff], "no protobuf"),
            (vec![1, 0, 0, 0, 1, 0], "compressed, and nobody says how"),
            (vec![7, 0, 0, 0, 0], "with an unknown flag"),
            (vec![0, 0xff, 0xff, 0xff, 0xff], "of four gigabytes"),
        ] {
            let response = send("application/grpc", body).await;
            assert_eq!(response.status(), 200, "{what}");
            let status = response.headers().get("grpc-status").map(|code| code.to_str().unwrap().to_owned());
            let status: i32 = status.unwrap_or_default().parse().unwrap_or_default();
            assert!(status != 0 && status != 14, "{what}: {status}");
        }
        let response = send("application/json", framed(&[])).await;
        assert_eq!(response.status(), 415);
        assert_eq!(story.state().await, before);
    });
}

#[test]
fn a_key_is_given_no_more_than_there_is() {
    tell(async |story| {
        let post = |key: Value| (Method::POST, "/v2/users/ana/keys", json!({ "keys": [key] }));
        let reads = json!(["Apps_Get", "Workflows_Get"]);
        for (key, words) in [
            (json!({ "description": "x", "scopes": ["Fly"] }), "`Fly` is not a scope"),
            (json!({ "description": "x", "scopes": ["inputs_get"] }), "`inputs_get` is not a scope"),
            (json!({ "description": "x", "scopes": [] }), "open nothing"),
            (json!({ "description": "x" }), "open nothing"),
            (json!({ "scopes": reads }), "description must not be empty"),
            (
                json!({ "description": "x", "scopes": reads, "endpoints": ["Fly"] }),
                "`Fly` is not an endpoint",
            ),
            (json!({ "description": "x", "scopes": reads, "endpoints": ["ViewApp"] }), "not an endpoint"),
            (json!({ "description": "x", "scopes": reads, "type": "session" }), "type must be"),
            (
                json!({ "description": "x", "scopes": reads, "type": "app_specific_key" }),
                "apps must be given",
            ),
            (
                json!({ "description": "x", "scopes": reads, "expires_at": "2020-01-01T00:00:00Z" }),
                "expires_at ",
            ),
        ] {
            is_answered(&story, post(key), 400, 11102, words).await;
        }
        let narrow = story
            .key_of(&story.ana, |key| {
                key.ends_at = Some(story.bench.now().plus(atelier_domain::time::DAY));
            })
            .await;
        let (_, path, body) = post(json!({
            "description": "x", "scopes": reads, "expires_at": "2026-02-01T00:00:00Z",
        }));
        let (http, answer) = story.rest(Method::POST, path, &narrow, body).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("a later end date"), "{answer}");
    });
}

#[test]
fn a_moment_that_json_could_not_write_is_refused() {
    tell(async |story| {
        let before = story.state().await;
        let refused = async |seconds: i64, nanos: i32| {
            let key = Key {
                description: "Far".into(),
                scopes: vec!["Apps_Get".into(), "Workflows_Get".into()],
                expires_at: Some(prost_types::Timestamp { seconds, nanos }),
                ..Key::default()
            };
            let question = PostKeysRequest { keys: vec![key], ..PostKeysRequest::default() };
            let answer: MultiKeyResponse = story.grpc("PostKeys", &story.ana_token, &question).await;
            let status = answer.status.unwrap();
            (status.code, status.details)
        };
        for (seconds, nanos) in [(i64::MAX, 0), (253_370_764_800, 0), (4_000_000_000, -1), (i64::MIN, 0)] {
            let (code, details) = refused(seconds, nanos).await;
            assert_eq!((code, details.as_str()), (11102, "expires_at must be in the years 1 to 9998"));
        }
        assert_eq!(story.state().await, before);
        assert_eq!(refused(253_370_764_799, 999_999_999).await.0, 10000, "the last moment of all");
        let (http, answer) = story.get("/v2/users/ana/keys", &story.ana_token).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
    });
}
