//! Searching the audit list.

use atelier_domain::Scope;

use super::*;

const PATH: &str = "/v2/users/ana/audit_log/searches";

async fn search(story: &Story, secret: &str, body: Value) -> (u16, Value) {
    story.rest(Method::POST, PATH, secret, body).await
}

/// What each entry tells, in order.
async fn told(story: &Story, body: Value) -> Vec<String> {
    let (http, answer) = search(story, &story.ana_token, body.clone()).await;
    assert_eq!((http, code(&answer)), (200, 10000), "{body}: {answer}");
    let entries = answer["entries"].as_array().unwrap().iter();
    entries.map(|entry| entry["description"].as_str().unwrap().to_owned()).collect()
}

fn actions(told: &[String]) -> Vec<&str> {
    told.iter().map(|description| description.split(':').next().unwrap()).collect()
}

#[test]
fn ones_own_entries_are_searched_by_whatever_an_entry_has() {
    tell(async |story| {
        story.bench.clock.advance(atelier_domain::time::HOUR);
        let wrong = json!({ "email": "ana@example.org", "password": "rain and tea at noon" });
        story.rest(Method::POST, "/v2/login", "", wrong).await;

        let all = told(&story, json!({})).await;
        assert!(all.len() > 5, "{all:?}");
        let mut turned = told(&story, json!({ "sort_ascending": true })).await;
        turned.reverse();
        assert_eq!(turned, all);

        let query = |query: Value| json!({ "query": query, "sort_ascending": true });
        let found = told(&story, query(json!({ "operations": [600, "COLLABORATOR_ADD"] }))).await;
        assert_eq!(actions(&found), ["app.created", "collaborator.added"]);
        let found = told(&story, query(json!({ "success": false }))).await;
        assert_eq!(actions(&found), ["session.refused"]);
        let found = told(&story, query(json!({ "success": true }))).await;
        assert_eq!(found.len(), all.len() - 1);
        let found = told(&story, query(json!({ "success": false, "operations": [600] }))).await;
        assert_eq!(found.len(), 0);
        let found = told(&story, query(json!({ "targets": [{ "user": { "id": "bo" } }] }))).await;
        assert_eq!(found, ["collaborator.added: Bo"]);
        let tea = json!({ "targets": [{ "app": { "user_id": "ana", "id": "tea" } }] });
        let found = told(&story, query(tea)).await;
        assert_eq!(actions(&found), ["app.created", "collaborator.added"]);
        let found = told(&story, query(json!({ "user_ids": ["ana"], "operations": [700] }))).await;
        assert_eq!(found.len(), 1);
        // An underscore stands for itself, and a percent sign, too.
        for nobody in ["an_", "a%", "bo", "an", "ana bo"] {
            let found = told(&story, query(json!({ "user_ids": [nobody], "operations": [700] }))).await;
            assert_eq!(found.len(), 0, "{nobody}");
        }
        let found = told(&story, query(json!({ "source_ips": ["192.0.2.7"] }))).await;
        assert_eq!(found.len(), 0);
        let found = told(&story, query(json!({ "timestamp_from": "2026-01-01T12:30:00Z" }))).await;
        assert_eq!(actions(&found), ["session.refused"]);
        let found = told(&story, query(json!({ "timestamp_to": "2026-01-01T12:00:00Z" }))).await;
        assert_eq!(found.len(), 0);

        let mut paged = Vec::new();
        for page in 1.. {
            let pagination = json!({ "pagination": { "page": page, "per_page": 2 } });
            let found = told(&story, pagination).await;
            if found.is_empty() {
                break;
            }
            paged.extend(found);
        }
        assert_eq!(paged, all, "pages follow one another without gap or overlap");
    });
}

#[test]
fn an_entry_names_people_app_and_change() {
    tell(async |story| {
        let body = json!({ "query": { "operations": [700] } });
        let (_, answer) = search(&story, &story.ana_token, body).await;
        let entry = &answer["entries"][0];
        assert_eq!(entry["user"]["id"], "ana");
        assert_eq!(entry["targets"][0]["user"]["id"], "bo");
        assert_eq!(entry["targets"][1]["app"]["id"], "tea");
        assert_eq!(entry["operation"], 700);
        assert_eq!(entry["success"], true);
        assert!(entry["details"][0].as_str().unwrap().contains("Annotations_Add"), "{entry}");
    });
}

#[test]
fn what_cannot_be_searched_for_is_refused() {
    tell(async |story| {
        for query in [
            json!({ "targets": [{ "model": { "id": "m" } }] }),
            json!({ "targets": [{}] }),
            json!({ "targets": [{ "app": { "id": "tea" } }] }),
            json!({ "operations": [0] }),
        ] {
            let body = json!({ "query": query });
            let (http, answer) = search(&story, &story.ana_token, body).await;
            assert_eq!((http, code(&answer)), (400, 11102), "{query}: {answer}");
        }
        let (http, answer) = search(&story, &story.bo_token, json!({})).await;
        assert!(http == 403 || http == 404, "{answer}");
    });
}

#[test]
fn the_list_of_an_app_is_read_by_whoever_may() {
    tell(async |story| {
        let bo = story.bench.sign_in("bo", "bo@example.org").await;
        let bo_token = story.key_of(&bo, |_| {}).await;
        let of_app = json!({ "user_app_id": { "user_id": "ana", "app_id": "tea" } });
        let (http, answer) = search(&story, &story.ana_token, of_app.clone()).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(answer["entries"].as_array().unwrap().len(), 3, "{answer}");

        let (http, answer) = search(&story, &bo_token, of_app.clone()).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("AuditLogs_Get"), "{answer}");

        let cy = story.bench.person("cy").await;
        let cy_token = story.key_of(&cy, |_| {}).await;
        let (http, answer) = search(&story, &cy_token, of_app.clone()).await;
        assert_eq!((http, code(&answer)), (404, 11101), "{answer}");

        let scopes = Preset::Viewer.scopes().union(ScopeSet::of(&[Scope::AuditLogsGet]));
        story.share_with(&cy, scopes).await;
        let (http, answer) = search(&story, &cy_token, of_app).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(answer["entries"].as_array().unwrap().len(), 4, "{answer}");
    });
}
