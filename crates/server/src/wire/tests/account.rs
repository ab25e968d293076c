//! REST beside the RPCs.

use super::*;

async fn post(story: &Story, path: &str, body: Value) -> (u16, Value) {
    story.rest(Method::POST, path, "", body).await
}

#[test]
fn signing_in_tells_a_wrong_password_from_an_unknown_address_in_nothing() {
    tell(async |story| {
        let wrong = json!({ "email": "ana@example.org", "password": "rain and tea at noon" });
        let unknown = json!({ "email": "nobody@example.org", "password": "rain and tea at noon" });
        let (http, mut first) = post(&story, "/v2/login", wrong).await;
        assert_eq!((http, code(&first)), (401, 11002), "{first}");
        let (http, mut second) = post(&story, "/v2/login", unknown).await;
        assert_eq!(http, 401);
        for answer in [&mut first, &mut second] {
            answer["status"].as_object_mut().unwrap().remove("req_id");
        }
        assert_eq!(first, second);

        let (http, answer) = post(&story, "/v2/login", json!({ "email": "ana@example.org" })).await;
        assert_eq!((http, code(&answer)), (400, 11100), "{answer}");
        let body = json!({ "email": "ana@example.org", "password": 70_707_070 });
        let (http, answer) = post(&story, "/v2/login", body).await;
        assert_eq!((http, code(&answer)), (400, 11100), "{answer}");
        assert!(!answer.to_string().contains("70707070"), "what may be a password is not repeated");
    });
}

/// ASVS 6.3.3.
#[test]
fn whoever_has_a_second_factor_is_told_to_use_a_token_once_the_password_was_right() {
    tell(async |story| {
        let wrong = json!({ "email": "ana@example.org", "password": "rain and tea at noon" });
        let right = json!({ "email": "ana@example.org", "password": PASSWORD });
        let (_, mut before) = post(&story, "/v2/login", wrong.clone()).await;
        story.bench.set_up_app(&story.ana).await;
        let (http, answer) = post(&story, "/v2/login", right).await;
        assert_eq!((http, code(&answer)), (401, 11002), "{answer}");
        assert!(details(&answer).contains("give programs a token"), "{answer}");
        assert!(answer.get("session_token").is_none(), "{answer}");
        let (_, mut after) = post(&story, "/v2/login", wrong).await;
        for answer in [&mut before, &mut after] {
            answer["status"].as_object_mut().unwrap().remove("req_id");
        }
        assert_eq!(before, after);
    });
}

#[test]
fn a_session_counts_only_where_nothing_else_does_and_ends_with_signing_out() {
    tell(async |story| {
        let session = story.session_of(&story.ana).await;
        let (http, answer) = story.get("/v2/users/me/scopes", &session).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        for path in ["/v2/users/me", "/v2/users/ana/apps", "/v2/users/ana/apps/tea/collaborators"] {
            let (http, answer) = story.get(path, &session).await;
            assert_eq!((http, code(&answer)), (401, 11008), "{path}: {answer}");
        }
        let who = atelier_testkit::people::with_session(&session);
        story.bench.service.sign_out(&who).await.unwrap();
        let (http, answer) = story.get("/v2/users/me/scopes", &session).await;
        assert_eq!((http, code(&answer)), (401, 11009), "{answer}");
    });
}

#[test]
fn signing_up_answers_the_same_for_an_address_that_has_an_account() {
    tell(async |story| {
        let account = |email: &str, id: &str| {
            json!({
                "email": email, "password": "a kettle for the garden", "first_name": "Dee", "user_id": id,
            })
        };
        let (http, new) = post(&story, "/v2/signup", account("dee@example.org", "dee")).await;
        assert_eq!((http, code(&new)), (200, 10000), "{new}");
        assert_eq!(new["email"], "dee@example.org");
        let (http, known) = post(&story, "/v2/signup", account("ana@example.org", "dora")).await;
        assert_eq!((http, code(&known)), (200, 10000), "{known}");
        let fields = |answer: &Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(fields(&new), fields(&known));

        let weak = json!({ "email": "eve", "password": "short", "first_name": "Eve" });
        let (http, answer) = post(&story, "/v2/signup", weak).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        assert!(details(&answer).contains("email") && details(&answer).contains("password"), "{answer}");
        let (http, answer) = post(&story, "/v2/signup", account("fay@example.org", "dee")).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        assert_eq!(details(&answer), "id is taken; choose another");
    });
}

#[test]
fn organizations_are_none_and_ones_own_business() {
    tell(async |story| {
        for path in ["/v2/users/ana/organizations", "/v2/users/me/organizations"] {
            let (http, answer) = story.get(path, &story.ana_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            assert_eq!(answer["organizations"], json!([]));
        }
        let (http, answer) = story.get("/v2/users/bo/organizations", &story.ana_token).await;
        assert_eq!((http, code(&answer)), (404, 11101), "{answer}");
        let (http, answer) = story.get("/v2/users/ana/organizations", "").await;
        assert_eq!((http, code(&answer)), (401, 11008), "{answer}");
    });
}

#[test]
fn anyone_can_ask_how_people_sign_in() {
    tell(async |story| {
        let (http, answer) = story.get("/v2/auth/methods", "").await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(answer["methods"], json!(["password"]));
        let (http, answer) = post(&story, "/v2/auth/methods", json!({})).await;
        assert_eq!(http, 405, "{answer}");
    });
}
