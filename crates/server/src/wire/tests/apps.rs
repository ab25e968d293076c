//! Apps, listed and changed over the wire.

use atelier_domain::{Rights, Scope};

use super::*;

fn ids(answer: &Value) -> Vec<&str> {
    answer["apps"].as_array().unwrap().iter().map(|app| app["id"].as_str().unwrap()).collect()
}

#[test]
fn of_somebody_elses_apps_only_the_shared_ones_are_listed() {
    tell(async |story| {
        for slug in ["rain", "salt"] {
            make_app(&story.bench, &story.ana, slug).await;
        }
        let bo = story.bench.sign_in("bo", "bo@example.org").await;
        let token = story.key_of(&bo, |_| {}).await;
        let (http, answer) = story.get("/v2/users/ana/apps", &token).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(ids(&answer), ["tea"]);
        assert_eq!(answer["apps"][0]["user_id"], "ana");
        let (_, answer) = story.get("/v2/users/ana/apps?page=2", &token).await;
        assert_eq!(ids(&answer), [""; 0]);
        let (_, answer) = story.get("/v2/users/me/apps", &token).await;
        assert_eq!(ids(&answer), [""; 0], "of one's own there are none");

        let cy = story.bench.person("cy").await;
        let stranger = story.key_of(&cy, |_| {}).await;
        let (http, mut known) = story.get("/v2/users/ana/apps", &stranger).await;
        assert_eq!((http, code(&known)), (200, 10000), "{known}");
        let (http, mut unknown) = story.get("/v2/users/nobody-at-all/apps", &stranger).await;
        assert_eq!(http, 200);
        for answer in [&mut known, &mut unknown] {
            assert_eq!(answer["apps"], json!([]));
            answer["status"].as_object_mut().unwrap().remove("req_id");
        }
        assert_eq!(known, unknown, "who shares nothing looks like who is not there");
    });
}

#[test]
fn a_grant_that_does_not_reach_the_listing_or_has_ended_lists_nothing() {
    tell(async |story| {
        let cy = story.bench.person("cy").await;
        let token = story.key_of(&cy, |_| {}).await;
        let bound = story.key_of(&story.ana, |key| key.app = Some(AppName::of("ana", "tea"))).await;
        let share = async |name: &str, rights: Rights| {
            story.bench.clock.advance(atelier_domain::time::MINUTE);
            let app = make_app(&story.bench, &story.ana, name).await;
            let sharing = AddCollaborators {
                people: vec![Invitee::User("cy".into())],
                scopes: rights.scopes,
                endpoints: rights.endpoints,
                ends_at: rights.ends_at,
                ..AddCollaborators::default()
            };
            story.bench.service.add_collaborators(&story.ana.who, &app, &sharing).await.unwrap();
        };
        let soon = story.bench.now().plus(atelier_domain::time::DAY);
        share("reads", Rights::of(ScopeSet::of(&[Scope::AppsGet, Scope::WorkflowsGet]))).await;
        share("lacks", Rights::of(ScopeSet::of(&[Scope::ConceptsGet, Scope::AppsGet]))).await;
        let worker = Preset::Worker.scopes();
        share("ends", Rights { ends_at: Some(soon), ..Rights::of(worker) }).await;
        let (_, answer) = story.get("/v2/users/ana/apps", &token).await;
        assert_eq!(ids(&answer), ["ends", "reads"], "{answer}");
        story.bench.clock.advance(2 * atelier_domain::time::DAY);
        let (_, answer) = story.get("/v2/users/ana/apps", &token).await;
        assert_eq!(ids(&answer), ["reads"], "{answer}");

        let (_, answer) = story.get("/v2/users/ana/apps", &bound).await;
        assert_eq!(ids(&answer), ["tea"], "a token that is bound to an app lists no other");
    });
}

#[test]
fn apps_are_found_by_name() {
    tell(async |story| {
        // The newest come first, and the clock stands still.
        story.bench.clock.advance(atelier_domain::time::MINUTE);
        let app = CreateApp { slug: "rain".into(), name: "Rain and wind".into(), ..CreateApp::default() };
        story.bench.service.create_app(&story.ana.who, &app).await.unwrap();
        let search = async |query: Value| {
            let path = "/v2/users/ana/apps/searches";
            let (http, answer) = story.rest(Method::POST, path, &story.ana_token, query).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            ids(&answer).join(" ")
        };
        assert_eq!(search(json!({ "app_query": { "name": "AND W" } })).await, "rain");
        assert_eq!(search(json!({})).await, "rain tea");
        assert_eq!(search(json!({ "pagination": { "page": 2, "per_page": 1 } })).await, "tea");
        assert_eq!(search(json!({ "pagination": { "page": 3, "per_page": 1 } })).await, "");
    });
}

#[test]
fn an_app_gets_other_details_and_another_address() {
    tell(async |story| {
        let token = &story.ana_token;
        let path = "/v2/users/ana/apps/tea/partial";
        let details_of = |id: &str| json!({ "action": "overwrite", "apps": [{ "id": id, "name": "Teas" }] });
        let (http, answer) = story.rest(Method::PATCH, path, token, details_of("tea")).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(answer["apps"][0]["name"], "Teas");
        let (http, answer) = story.rest(Method::PATCH, path, token, details_of("other")).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        let none = json!({ "action": "overwrite", "apps": [] });
        let (http, answer) = story.rest(Method::PATCH, path, token, none).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");

        let path = "/v2/users/ana/apps/ids";
        let rename = |to: &str| json!({ "action": "overwrite", "ids": [{ "id": "tea", "new_id": to }] });
        let (http, answer) = story.rest(Method::PATCH, path, token, rename("no/good")).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        assert!(details(&answer).starts_with("id "), "{answer}");
        let (http, answer) = story.rest(Method::PATCH, path, token, rename("leaves")).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(ids(&answer), ["leaves"]);
        let (http, _) = story.get("/v2/users/ana/apps/tea", token).await;
        assert_eq!(http, 404);
        let (http, answer) = story.rest(Method::PATCH, path, &story.bo_token, rename("mine")).await;
        assert_eq!((http, code(&answer)), (404, 11101), "{answer}");
    });
}

#[test]
fn what_clients_keep_with_an_app_is_merged_to_the_bottom_or_overwritten() {
    tell(async |story| {
        let path = "/v2/users/ana/apps/tea";
        for (action, metadata, kept) in [
            ("overwrite", json!({ "a": { "b": 1, "c": [1, 2] } }), json!({ "a": { "b": 1, "c": [1, 2] } })),
            (
                "merge",
                json!({ "a": { "c": [3] }, "d": true }),
                json!({ "a": { "b": 1, "c": [3] }, "d": true }),
            ),
            ("overwrite", json!({ "a": { "c": [] } }), json!({ "a": { "c": [] } })),
        ] {
            let body = json!({ "action": action, "app": { "id": "tea", "metadata": metadata } });
            let (http, answer) = story.rest(Method::PATCH, path, &story.ana_token, body).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            let (_, answer) = story.get(path, &story.ana_token).await;
            assert_eq!(answer["app"]["metadata"], kept, "{action}");
        }
    });
}

#[test]
fn what_is_in_an_app_is_counted_and_who_annotated_is_listed() {
    tell(async |story| {
        let texts = ["a", "b"].map(|id| json!({ "id": id, "data": { "text": { "raw": id } } }));
        let path = "/v2/users/ana/apps/tea/inputs";
        story.rest(Method::POST, path, &story.ana_token, json!({ "inputs": texts })).await;
        let path = "/v2/users/ana/apps/tea/datasets";
        story.rest(Method::POST, path, &story.ana_token, json!({ "datasets": [{ "id": "kinds" }] })).await;
        let path = "/v2/users/ana/apps/tea/resource_counts";
        let (http, mut answer) = story.get(path, &story.ana_token).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        // Of what the wire counts, inputs and datasets are all that there is.
        answer.as_object_mut().unwrap().remove("status");
        assert_eq!(answer, json!({ "datasets": "1", "inputs": "2" }));
        let path = "/v2/users/ana/apps/tea/annotations/workers";
        let (http, answer) = story.get(path, &story.ana_token).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(answer["workers"], json!([]));
        let (http, answer) = story.get(path, &story.bo_token).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("Collaborators_Get"), "{answer}");
    });
}
