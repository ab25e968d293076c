//! How many requests a key makes. ASVS 2.4.1.

use atelier_contract::proto::{GetUserRequest, SingleUserResponse};
use http::StatusCode;
use serde_json::json;

use super::*;

/// A story in which each key makes at most three requests in ten seconds.
fn tell_few<F: Future<Output = ()>>(test: impl FnOnce(Story) -> F) {
    tell(async |mut story| {
        story.router = router(&story.bench.service, Allowance::new(3, 10 * SECOND));
        test(story).await;
    });
}

async fn get_me(story: &Story, secret: &str) -> Response<Body> {
    let request = Request::get("/v2/users/me").header("authorization", format!("Key {secret}"));
    story.send(request.body(Body::empty()).unwrap()).await
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

/// ASVS 2.4.1.
#[test]
fn a_key_is_told_what_is_left_and_refused_when_nothing_is() {
    tell_few(async |story| {
        for left in [2, 1, 0] {
            let response = get_me(&story, &story.bo_token).await;
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(header(&response, "ratelimit-policy"), "\"key\";q=3;w=10");
            assert!(header(&response, "ratelimit").starts_with(&format!("\"key\";r={left};t=")));
            assert_eq!(header(&response, "retry-after"), "");
        }
        let response = get_me(&story, &story.bo_token).await;
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(header(&response, "retry-after"), "4");
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(code(&answer), 11005, "{answer}");
        assert!(details(&answer).contains("try again in 4 seconds"), "{answer}");
        // Over gRPC as well, in band; other keys go on.
        let answer: SingleUserResponse =
            story.grpc("GetUser", &story.bo_token, &GetUserRequest::default()).await;
        assert_eq!(answer.status.unwrap().code, 11005);
        assert_eq!(get_me(&story, &story.ana_token).await.status(), StatusCode::OK);
        story.bench.clock.advance(4 * SECOND);
        assert_eq!(get_me(&story, &story.bo_token).await.status(), StatusCode::OK);
    });
}

#[test]
fn what_is_refused_for_being_too_many_changes_nothing() {
    tell_few(async |story| {
        for _ in 0..3 {
            get_me(&story, &story.ana_token).await;
        }
        let app = json!({ "apps": [{ "id": "coffee" }] });
        let (http, answer) = story.rest(Method::POST, "/v2/users/me/apps", &story.ana_token, app).await;
        assert_eq!((http, code(&answer)), (429, 11005), "{answer}");
        story.bench.clock.advance(10 * SECOND);
        let (http, _) = story.get("/v2/users/me/apps/coffee", &story.ana_token).await;
        assert_eq!(http, 404);
    });
}

/// ASVS 7.4.2.
#[test]
fn anyone_reports_a_leaked_key_and_is_answered_the_same_whether_there_was_one() {
    tell(async |story| {
        let mut answers = Vec::new();
        for secret in [story.bo_token.as_str(), "hello"] {
            let (http, mut answer) =
                story.rest(Method::POST, "/v2/leaked_keys", "", json!({ "secret": secret })).await;
            answer["status"]["req_id"].take();
            answers.push((http, answer));
        }
        assert_eq!(answers[0].0, 202, "{answers:?}");
        assert_eq!(answers[0], answers[1]);
        let (http, answer) = story.get("/v2/users/me", &story.bo_token).await;
        assert_eq!((http, code(&answer)), (401, 11009), "{answer}");
    });
}
