//! Collectors, and what is offered to them.

use atelier_contract::proto::{
    ListCollectorsRequest, MultiCollectedInputResponse, MultiCollectorResponse, PostCollectorInputsRequest,
};
use atelier_domain::{Endpoint, EndpointSet};
use atelier_testkit::sharing::{give_exactly, join};

use super::*;

const COLLECTORS: &str = "/v2/users/ana/apps/tea/collectors";

fn uploads(id: &str) -> Value {
    json!({ "id": id, "description": "From the gate", "collector_source": { "uploads_collector_source": {} } })
}

#[test]
fn a_collector_is_made_filled_changed_listed_and_deleted() {
    tell(async |story| {
        let ana = &story.ana_token;
        let ask = async |method: Method, path: &str, body: Value| story.rest(method, path, ana, body).await;
        let mut camera = uploads("camera");
        camera["pre_queue_random_sample"] = json!(1.0);
        camera["limit_in_total"] = json!(2);
        // What a client of the published protocol sends along and means nothing here.
        camera["post_queue_workflow_id"] = json!("Empty");
        let collectors = json!({ "collectors": [camera] });
        let (http, answer) = ask(Method::POST, COLLECTORS, collectors.clone()).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let made = &answer["collectors"][0];
        assert_eq!((&made["state"], &made["gathered"]), (&json!(1), &json!(0)), "{made}");
        assert_eq!((&made["user_id"], &made["creator_user_id"]), (&json!("ana"), &json!("ana")));
        assert_eq!(made["status"]["code"], 10000);
        let (http, answer) = ask(Method::POST, COLLECTORS, collectors).await;
        assert_eq!((http, code(&answer)), (409, 11102), "{answer}");

        let path = format!("{COLLECTORS}/camera/inputs");
        let said =
            json!({ "id": "said", "data": { "text": { "raw": "Tea" }, "concepts": [{ "id": "green" }] } });
        let inputs = json!([text("one", "Green tea"), said, { "id": "nothing" }, text("two", "Black tea"), text("three", "Mint")]);
        let (http, answer) = ask(Method::POST, &path, json!({ "inputs": inputs })).await;
        assert_eq!((http, code(&answer)), (207, 10010), "{answer}");
        let became = answer["collected_inputs"].as_array().unwrap();
        let outcomes: Vec<_> =
            became.iter().map(|one| (one["id"].as_str().unwrap(), &one["outcome"])).collect();
        let expected = [("one", 1), ("said", 4), ("nothing", 4), ("two", 1), ("three", 3)];
        for ((id, outcome), (wanted, number)) in outcomes.iter().zip(expected) {
            assert_eq!((*id, *outcome), (wanted, &json!(number)), "{answer}");
        }
        assert_eq!(became.len(), 5);
        assert!(
            became[1]["status"]["details"].as_str().unwrap().contains("gathers inputs alone"),
            "{answer}"
        );
        assert_eq!(ids(&ask(Method::GET, INPUTS, json!({})).await.1, "inputs"), ["two", "one"]);

        let change = json!({ "id": "camera", "limit_in_total": 3, "description": "Longer" });
        let (_, answer) =
            ask(Method::PATCH, COLLECTORS, json!({ "action": "merge", "collectors": [change] })).await;
        let changed = &answer["collectors"][0];
        assert_eq!((&changed["limit_in_total"], &changed["gathered"]), (&json!(3), &json!(2)), "{answer}");
        let (_, answer) = ask(
            Method::PATCH,
            COLLECTORS,
            json!({ "action": "overwrite", "collectors": [{ "id": "camera", "state": 2 }] }),
        )
        .await;
        let changed = &answer["collectors"][0];
        assert_eq!(changed["state"], 2, "{answer}");
        assert!(changed.get("limit_in_total").is_none() && changed.get("description").is_none(), "{answer}");
        let (http, answer) = ask(Method::POST, &path, json!({ "inputs": [text("four", "Mint")] })).await;
        assert_eq!(http, 409, "{answer}");
        assert!(details(&answer).contains("`camera` is paused"), "{answer}");

        let request = ListCollectorsRequest { user_app_id: set(), ..Default::default() };
        let listed: MultiCollectorResponse = story.grpc("ListCollectors", ana, &request).await;
        assert_eq!(listed.collectors.len(), 1);
        assert_eq!((listed.collectors[0].id.as_str(), listed.collectors[0].gathered), ("camera", 2));
        let one = format!("{COLLECTORS}/camera");
        assert_eq!(ask(Method::GET, &one, json!({})).await.1["collector"]["state"], 2);
        let (http, _) = ask(Method::DELETE, COLLECTORS, json!({ "delete_all": true })).await;
        assert_eq!(http, 400);
        assert_eq!(
            ask(Method::DELETE, COLLECTORS, json!({})).await.0,
            200,
            "nothing that is named is nothing"
        );
        assert_eq!(ask(Method::GET, &one, json!({})).await.0, 200);
        ask(Method::DELETE, COLLECTORS, json!({ "ids": ["camera"] })).await;
        assert_eq!(ask(Method::GET, &one, json!({})).await.0, 404);
        assert_eq!(ids(&ask(Method::GET, INPUTS, json!({})).await.1, "inputs"), ["two", "one"]);
    });
}

fn set() -> Option<UserAppIdSet> {
    Some(UserAppIdSet { user_id: "ana".into(), app_id: "tea".into() })
}

#[test]
fn a_collector_of_predictions_is_kept_and_shown_and_what_is_not_done_is_refused() {
    tell(async |story| {
        let ana = &story.ana_token;
        let post = async |collector: Value| {
            story.rest(Method::POST, COLLECTORS, ana, json!({ "collectors": [collector] })).await
        };
        let of = |source: Value| json!({ "id": "watch", "collector_source": { "api_post_model_outputs_collector_source": source } });
        for (collector, words) in [
            (of(json!({ "model_id": "leaves", "model_app_id": "coffee" })), "must be a model of this app"),
            (
                of(json!({ "model_id": "leaves", "post_inputs_key_id": "0".repeat(32) })),
                "must be the key with which",
            ),
            (of(json!({})), "model "),
            (json!({ "id": "x" }), "collector_source must have"),
            (
                json!({ "id": "x", "pre_queue_workflow_id": "blur", "collector_source": { "uploads_collector_source": {} } }),
                "not run by this server",
            ),
            (
                json!({ "id": "x", "collect_outputs": true, "collector_source": { "uploads_collector_source": {} } }),
                "not done by this server",
            ),
            (
                json!({ "id": "x", "pre_queue_random_sample": 1.5, "collector_source": { "uploads_collector_source": {} } }),
                "pre_queue_random_sample must be above 0",
            ),
        ] {
            let (http, answer) = post(collector).await;
            assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
            assert!(details(&answer).contains(words), "{words}: {answer}");
        }
        let source = json!({ "model_user_id": "ana", "model_app_id": "tea", "model_id": "leaves", "caller_user_id": "ana" });
        let (http, answer) = post(of(source)).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let kept = &answer["collectors"][0]["collector_source"]["api_post_model_outputs_collector_source"];
        assert_eq!((&kept["model_id"], &kept["caller_user_id"]), (&json!("leaves"), &json!("ana")));
        assert!(kept["post_inputs_key_id"].as_str().is_some_and(|key| key.len() == 32), "{answer}");
        let path = format!("{COLLECTORS}/watch/inputs");
        let (http, answer) =
            story.rest(Method::POST, &path, ana, json!({ "inputs": [text("one", "Tea")] })).await;
        assert_eq!(http, 400, "{answer}");
    });
}

/// ASVS 8.2.1 and 8.3.1.
#[test]
fn a_key_that_only_sends_does_nothing_else_and_stops_counting_with_its_collector() {
    tell(async |story| {
        let scopes = ScopeSet::of(&[Scope::CollectorsAdd, Scope::CollectorsDelete, Scope::InputsAdd]);
        let app = AppName::of("ana", "tea");
        let bo = join(&story.bench, &story.ana, &app, "bob", scopes).await;
        let bos = story.key_of(&bo, |_| {}).await;
        let (http, answer) =
            story.rest(Method::POST, COLLECTORS, &bos, json!({ "collectors": [uploads("camera")] })).await;
        assert_eq!(http, 200, "{answer}");
        let only = EndpointSet::EMPTY.with(Endpoint::PostCollectorInputs);
        let rights = Rights { endpoints: Some(only), ..Rights::of(Endpoint::PostCollectorInputs.needs()) };
        let key = story.exact_key(&story.ana, rights).await;
        let request = |id: &str| PostCollectorInputsRequest {
            user_app_id: set(),
            collector_id: "camera".into(),
            inputs: vec![Input {
                id: id.into(),
                data: Some(Data {
                    text: Some(atelier_contract::proto::Text { raw: id.into(), ..Default::default() }),
                    ..Data::default()
                }),
                ..Input::default()
            }],
        };
        let answer: MultiCollectedInputResponse =
            story.grpc("PostCollectorInputs", &key, &request("one")).await;
        assert_eq!(answer.collected_inputs[0].status.as_ref().unwrap().code, 30000, "{answer:?}");
        for path in [INPUTS, COLLECTORS, &format!("{COLLECTORS}/camera"), &format!("{INPUTS}/one")] {
            let (http, answer) = story.get(path, &key).await;
            assert_eq!((http, code(&answer)), (403, 11007), "{path} {answer}");
        }
        let (http, _) = story.rest(Method::POST, INPUTS, &key, json!({ "inputs": [text("x", "Tea")] })).await;
        assert_eq!(http, 403);

        let rights = Rights::of(ScopeSet::ALL.minus(ScopeSet::of(&[Scope::InputsAdd])));
        give_exactly(&story.bench, &story.ana, &app, bo.id, rights).await;
        let (_, answer) = story.get(&format!("{COLLECTORS}/camera"), &story.ana_token).await;
        assert_eq!(answer["collector"]["state"], 3, "{answer}");
        assert_eq!(answer["collector"]["status"]["code"], 11007);
        assert!(
            answer["collector"]["status"]["details"].as_str().unwrap().contains("`Inputs_Add`"),
            "{answer}"
        );
        let answer: MultiCollectedInputResponse =
            story.grpc("PostCollectorInputs", &key, &request("two")).await;
        let status = answer.status.unwrap();
        assert!(status.details.contains("has stopped: its creator’s access"), "{status:?}");
    });
}
