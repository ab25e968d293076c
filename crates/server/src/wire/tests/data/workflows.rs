//! Workflows, and what comes of inputs that go through them.

use atelier_contract::proto::{
    ListWorkflowVersionsRequest, ListWorkflowsRequest, MultiWorkflowResponse, MultiWorkflowVersionResponse,
    PostWorkflowResultsRequest, PostWorkflowResultsResponse, PostWorkflowsRequest, UserAppIdSet,
};

use super::*;

const WORKFLOWS: &str = "/v2/users/ana/apps/tea/workflows";

fn public(model: &str) -> Value {
    json!({ "id": model, "user_id": "clarifai", "app_id": "main" })
}

/// A recogniser, and a filter that lets through what is said of it in `wanted`.
fn leaves(wanted: Value) -> Value {
    let sure = json!({
        "id": "sure", "model": public("concept-thresholder"), "node_inputs": [{ "node_id": "look" }],
        "output_info_override": wanted,
    });
    json!([{ "id": "look", "model": public("general-image-recognition") }, sure])
}

#[test]
fn a_workflow_is_made_changed_listed_run_and_deleted() {
    tell(async |story| {
        let ana = &story.ana_token;
        let ask = async |method: Method, path: &str, body: Value| story.rest(method, path, ana, body).await;
        let get = async |path: &str| ask(Method::GET, path, json!({})).await;
        let config = json!({ "max_concepts": 2, "min_value": 0.0 });
        let nodes = leaves(json!({ "output_config": config }));
        let workflow = json!({ "id": "leaves", "description": "Leaves", "nodes": nodes });
        let (http, answer) = ask(Method::POST, WORKFLOWS, json!({ "workflows": [workflow] })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let made = &answer["workflows"][0];
        assert_eq!((&made["user_id"], &made["app_id"]), (&json!("ana"), &json!("tea")));
        let look = &made["nodes"][0]["model"];
        assert_eq!(look["model_type_id"], "visual-classifier", "{answer}");
        assert_eq!((&look["user_id"], &look["app_id"]), (&json!("clarifai"), &json!("main")));
        assert_eq!(look["model_version"]["id"].as_str().map(str::len), Some(32), "{answer}");
        assert_eq!(made["nodes"][1]["output_info_override"]["output_config"]["max_concepts"], 2, "{answer}");
        let first = made["version"]["id"].as_str().unwrap();
        let path = format!("{WORKFLOWS}/leaves");
        assert_eq!(&get(&path).await.1["workflow"], made);
        for list in [WORKFLOWS, "/v2/users/ana/workflows", "/v2/users/ana/apps/tea/workflows?search=*eav*"] {
            assert_eq!(ids(&get(list).await.1, "workflows"), ["leaves"], "{list}");
        }
        assert_eq!(ids(&get(&format!("{WORKFLOWS}?page=2")).await.1, "workflows"), [""; 0]);
        assert_eq!(get("/v2/users/bo/workflows").await.0, 404);
        let (http, answer) = ask(Method::POST, WORKFLOWS, json!({ "workflows": [workflow] })).await;
        assert_eq!((http, code(&answer)), (409, 11102), "{answer}");

        let inputs = json!([picture("one", PNG), text("words", "A cup of tea"), { "id": "nothing" }]);
        let (http, answer) = ask(Method::POST, &format!("{path}/results"), json!({ "inputs": inputs })).await;
        assert_eq!((http, code(&answer)), (207, 10010), "{answer}");
        assert!(details(&answer).starts_with("2 of 3 inputs"), "{answer}");
        let results = answer["results"].as_array().unwrap();
        let said: Vec<_> = results.iter().map(|result| &result["input"]["id"]).collect();
        assert_eq!(said, ["one", "words", "nothing"]);
        let outputs = results[0]["outputs"].as_array().unwrap();
        let found: Vec<_> =
            outputs.iter().map(|output| output["data"]["concepts"].as_array().unwrap().len()).collect();
        assert_eq!(found, [20, 2], "{answer}");
        assert_eq!(outputs[1]["model"]["id"], "concept-thresholder", "{answer}");
        assert_eq!(answer["workflow"]["id"], "leaves", "{answer}");

        // The parameters of filters as other clients write them; what nothing comes of is said of each node behind it.
        let bound = json!({ "concepts": [{ "id": "n02123045", "value": 1.0 }] });
        let params = json!({ "concept_threshold_type": "GREATER_THAN" });
        let mut nodes = leaves(json!({ "data": bound, "params": params }));
        let behind = json!({
            "id": "behind", "model": public("general-image-recognition"), "node_inputs": [{ "node_id": "sure" }],
        });
        nodes.as_array_mut().unwrap().push(behind);
        let change = json!({ "action": "overwrite", "workflows": [{ "id": "leaves", "nodes": nodes }] });
        let (http, answer) = ask(Method::PATCH, WORKFLOWS, change).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let kept = &answer["workflows"][0]["nodes"][1]["output_info_override"];
        assert_eq!(kept["params"], params, "{answer}");
        assert_eq!(kept["data"]["concepts"][0]["id"], "n02123045", "{answer}");
        let run = json!({ "inputs": [picture("one", PNG)], "output_config": { "max_concepts": 3 } });
        let (_, answer) = ask(Method::POST, &format!("{path}/results"), run.clone()).await;
        let outputs = answer["results"][0]["outputs"].as_array().unwrap();
        assert_eq!(outputs[0]["data"]["concepts"].as_array().unwrap().len(), 3, "{answer}");
        assert_eq!(outputs[2]["status"]["details"], "did not run: `sure` gave nothing", "{answer}");
        assert_eq!(outputs[2]["status"]["code"], 10000, "{answer}");
        // An earlier version does what it did.
        let (_, answer) = ask(Method::POST, &format!("{path}/versions/{first}/results"), run).await;
        assert_eq!(answer["results"][0]["outputs"].as_array().unwrap().len(), 2, "{answer}");
        assert_eq!(answer["workflow"]["version"]["id"], *first, "{answer}");

        let (_, answer) = get(&format!("{path}/versions")).await;
        let versions: Vec<String> =
            ids(&answer, "workflow_versions").into_iter().map(str::to_owned).collect();
        assert_eq!((versions.len(), versions[1].as_str()), (2, first));
        let said = json!({ "id": first, "description": "The first", "is_deprecated": true });
        let change = json!({ "action": "merge", "workflow_versions": [said] });
        let (http, answer) = ask(Method::PATCH, &format!("{path}/versions"), change).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (_, answer) = get(&format!("{path}/versions/{first}")).await;
        assert_eq!(answer["workflow_version"]["description"], "The first", "{answer}");
        let change = json!({ "action": "merge", "workflow_versions": [{ "id": first, "nodes": nodes }] });
        assert_eq!(ask(Method::PATCH, &format!("{path}/versions"), change).await.0, 400);
        let delete = json!({ "workflow_version_ids": [first] });
        assert_eq!(ask(Method::DELETE, &format!("{path}/versions"), delete.clone()).await.0, 200);
        assert_eq!(ask(Method::DELETE, &format!("{path}/versions"), delete).await.0, 404);
        assert_eq!(get("/v2/users/ana/apps/tea/resource_counts").await.1["workflows"], "1");

        // Nobody is told that nothing is deleted by naming nothing.
        assert_eq!(ask(Method::DELETE, WORKFLOWS, json!({})).await.0, 200);
        assert_eq!(ask(Method::DELETE, WORKFLOWS, json!({ "delete_all": true })).await.0, 400);
        assert_eq!(get(&path).await.0, 200);
        assert_eq!(ask(Method::DELETE, &path, json!({})).await.0, 200);
        assert_eq!(get(&path).await.0, 404);
    });
}

#[test]
fn what_is_no_workflow_is_refused_in_words() {
    tell(async |story| {
        let post = async |workflow: Value| {
            let body = json!({ "workflows": [workflow] });
            let (http, answer) = story.rest(Method::POST, WORKFLOWS, &story.ana_token, body).await;
            assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
            details(&answer).to_owned()
        };
        let node = |id: &str, model: &str, before: &[&str]| {
            let inputs: Vec<Value> = before.iter().map(|id| json!({ "node_id": id })).collect();
            json!({ "id": id, "model": public(model), "node_inputs": inputs })
        };
        let filter = "concept-thresholder";
        for (workflow, words) in [
            (
                json!({ "id": "w", "nodes": [node("a", filter, &["b"]), node("b", filter, &["a"])] }),
                "workflows[0].nodes must not go in a circle: a → b → a",
            ),
            (json!({ "id": "w" }), "workflows[0].nodes must have at least one node"),
            (
                json!({ "id": "w", "nodes": [node("a", "none", &[])] }),
                "`clarifai/main/none`, which does not exist",
            ),
            (json!({ "id": "w", "nodes": [{ "id": "a" }] }), "`a` names no model"),
            (
                json!({ "id": "w", "nodes": leaves(json!({ "params": { "concept_threshold_type": "MORE" } })) }),
                "not `MORE`",
            ),
            (
                json!({ "id": "w", "visibility": { "gettable": 50 }, "nodes": leaves(json!({})) }),
                "must be private",
            ),
        ] {
            let told = post(workflow).await;
            assert!(told.contains(words), "{told}");
        }
    });
}

#[test]
fn workflows_are_asked_for_over_grpc_and_by_keys_that_may() {
    tell(async |story| {
        let tea = Some(UserAppIdSet { user_id: "ana".into(), app_id: "tea".into() });
        let workflow = json!({ "id": "leaves", "nodes": leaves(json!({})) }).to_string();
        let request = PostWorkflowsRequest {
            user_app_id: tea.clone(),
            workflows: vec![wire_json::from_slice(workflow.as_bytes()).unwrap()],
        };
        let made: MultiWorkflowResponse = story.grpc("PostWorkflows", &story.ana_token, &request).await;
        assert_eq!((made.status.unwrap().code, made.workflows[0].nodes.len()), (10000, 2));
        let listing = ListWorkflowVersionsRequest {
            user_app_id: tea.clone(),
            workflow_id: "leaves".into(),
            ..Default::default()
        };
        let listed: MultiWorkflowVersionResponse =
            story.grpc("ListWorkflowVersions", &story.ana_token, &listing).await;
        assert_eq!(listed.workflow_versions.len(), 1);
        let input = picture("one", PNG).to_string();
        let run = PostWorkflowResultsRequest {
            user_app_id: tea.clone(),
            workflow_id: "leaves".into(),
            inputs: vec![wire_json::from_slice(input.as_bytes()).unwrap()],
            ..Default::default()
        };
        let ran: PostWorkflowResultsResponse =
            story.grpc("PostWorkflowResults", &story.ana_token, &run).await;
        assert_eq!((ran.status.unwrap().code, ran.results[0].outputs.len()), (10000, 2));
        // The catalogue's own asks nothing, and is there for everybody.
        let empty = PostWorkflowResultsRequest {
            user_app_id: Some(UserAppIdSet { user_id: "clarifai".into(), app_id: "main".into() }),
            workflow_id: "Empty".into(),
            ..run.clone()
        };
        let ran: PostWorkflowResultsResponse =
            story.grpc("PostWorkflowResults", &story.ana_token, &empty).await;
        assert_eq!((ran.status.unwrap().code, ran.results[0].outputs.len()), (10000, 0));
        let scopes = ScopeSet::of(&[Scope::AppsGet, Scope::ModelsGet, Scope::WorkflowsGet]);
        let narrow = story.key_of(&story.ana, |key| key.scopes = scopes).await;
        let refused: PostWorkflowResultsResponse = story.grpc("PostWorkflowResults", &narrow, &run).await;
        assert_eq!((refused.status.unwrap().code, refused.results.len()), (11007, 0));
        let unread = PostWorkflowResultsRequest { inputs: vec![Input::default()], ..run };
        let refused: PostWorkflowResultsResponse = story.grpc("PostWorkflowResults", &narrow, &unread).await;
        assert_eq!((refused.status.unwrap().code, refused.results.len()), (11007, 0));
        let listing = ListWorkflowsRequest { user_app_id: tea, ..Default::default() };
        let listed: MultiWorkflowResponse = story.grpc("ListWorkflows", &narrow, &listing).await;
        assert_eq!(listed.workflows.len(), 1);
    });
}

#[test]
fn an_app_tells_its_default_workflow_to_whoever_may_see_workflows() {
    tell(async |story| {
        let ana = &story.ana_token;
        let ask = async |method: Method, path: &str, body: Value| story.rest(method, path, ana, body).await;
        let app = "/v2/users/ana/apps/tea";
        let (_, answer) = ask(Method::GET, app, json!({})).await;
        let empty = json!({ "id": "Empty", "user_id": "clarifai", "app_id": "main" });
        let told = |answer: &Value, key: &str| answer["app"]["default_workflow"][key].clone();
        for key in ["id", "user_id", "app_id"] {
            assert_eq!(told(&answer, key), empty[key], "{answer}");
        }
        let workflow = json!({ "id": "leaves", "nodes": leaves(json!({})) });
        ask(Method::POST, WORKFLOWS, json!({ "workflows": [workflow] })).await;
        let set = async |workflow: Value| {
            let apps = json!([{ "id": "tea", "default_workflow": workflow }]);
            ask(Method::PATCH, "/v2/users/ana/apps", json!({ "action": "overwrite", "apps": apps })).await
        };
        let (http, answer) = set(json!({ "id": "leaves", "user_id": "ana", "app_id": "tea" })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        // Whoever changes an app need not see its workflows.
        assert!(answer["apps"][0].get("default_workflow").is_none(), "{answer}");
        let (_, answer) = ask(Method::GET, app, json!({})).await;
        assert_eq!(
            (told(&answer, "id"), told(&answer, "app_id")),
            (json!("leaves"), json!("tea")),
            "{answer}"
        );
        for wrong in [
            json!({ "id": "none" }),
            json!({ "id": "leaves", "user_id": "bo", "app_id": "tea" }),
            json!({ "id": "General", "user_id": "clarifai", "app_id": "main" }),
        ] {
            assert_eq!(set(wrong.clone()).await.0, 400, "{wrong}");
        }
        assert_eq!(set(empty.clone()).await.0, 200);
        assert_eq!(told(&ask(Method::GET, app, json!({})).await.1, "id"), "Empty");
        for (workflow, http) in [(empty, 200), (json!({ "id": "leaves" }), 400)] {
            let apps = json!([{ "id": format!("made-{http}"), "default_workflow": workflow }]);
            let (answered, answer) = ask(Method::POST, "/v2/users/ana/apps", json!({ "apps": apps })).await;
            assert_eq!(answered, http, "{answer}");
        }
    });
}

#[test]
fn a_filter_is_a_model_with_versions_as_other_clients_make_it() {
    tell(async |story| {
        let ana = &story.ana_token;
        let ask = async |method: Method, path: &str, body: Value| story.rest(method, path, ana, body).await;
        let models = "/v2/users/ana/apps/tea/models";
        let sure = &format!("{models}/sure");
        let (http, answer) = ask(Method::GET, sure, json!({})).await;
        assert_eq!((http, code(&answer)), (404, 21200), "{answer}");
        assert_eq!(answer["status"]["description"], "Model does not exist");
        let (http, answer) = story.get("/v2/users/bo/apps/tea/models/sure", ana).await;
        assert_eq!(
            (http, code(&answer)),
            (404, 11101),
            "of an app that is not there nothing is told: {answer}"
        );

        let model = json!({ "id": "sure", "model_type_id": "concept-thresholder" });
        let (http, answer) = ask(Method::POST, models, json!({ "models": [model] })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(answer["model"]["model_type_id"], "concept-thresholder", "{answer}");
        let bound = json!({ "id": "n02123045", "value": 0.9 });
        let params = json!({ "concept_threshold_type": "LESS_THAN", "concepts": [bound] });
        let versions = &format!("{sure}/versions");
        let make = async |info: Value| {
            let body = json!({ "model_versions": [{ "output_info": info, "description": "Cats" }] });
            ask(Method::POST, versions, body).await
        };
        let (http, answer) = make(json!({ "params": params })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let version = answer["model"]["model_version"].clone();
        assert_eq!((&version["status"]["code"], &version["description"]), (&json!(21100), &json!("Cats")));
        // By this clients tell that it is the one that they would make.
        assert_eq!(version["output_info"]["params"], params, "{answer}");
        assert_eq!(version["output_info"]["data"]["concepts"][0]["id"], "n02123045", "{answer}");
        assert!(version.get("train_info").is_none() && version.get("metrics").is_none(), "{version}");
        let id = version["id"].as_str().unwrap();
        let (_, alone) = ask(Method::GET, &format!("{versions}/{id}"), json!({})).await;
        assert_eq!(alone["model_version"], version);
        for (info, word) in [
            (json!({ "params": { "concept_threshold_type": "MORE" } }), "not `MORE`"),
            (json!({ "data": { "concepts": [{ "id": "n02123045", "value": 2.0 }] } }), "between 0 and 1"),
            (json!({ "data": { "concepts": [{ "id": "nothing", "value": 0.5 }] } }), "`nothing` is neither"),
        ] {
            let (http, answer) = make(info).await;
            assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
            assert!(details(&answer).contains(word), "{answer}");
        }

        // As it stands in the documents of other clients: made at once, of what is said of the model.
        let at_once = json!({
            "id": "less", "model_type_id": "concept-thresholder",
            "output_info": { "data": { "concepts": [bound] }, "params": { "concept_threshold_type": "GREATER_THAN" } },
        });
        let (http, answer) = ask(Method::POST, models, json!({ "model": at_once })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let said = &answer["model"]["model_version"]["output_info"];
        assert_eq!(said["params"]["concept_threshold_type"], "GREATER_THAN", "{answer}");

        let own = |model: &str, after: &str| json!({ "id": model, "model": { "id": model }, "node_inputs": [{ "node_id": after }] });
        let look = json!({ "id": "look", "model": public("general-image-recognition") });
        let nodes = json!([look, own("sure", "look"), own("less", "look")]);
        let body = json!({ "workflows": [{ "id": "w", "nodes": nodes }] });
        let (http, answer) = ask(Method::POST, WORKFLOWS, body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let named = &answer["workflows"][0]["nodes"][1]["model"];
        assert_eq!(
            (&named["model_version"]["id"], &named["app_id"]),
            (&json!(id), &json!("tea")),
            "{answer}"
        );
        let inputs = json!({ "inputs": [picture("one", PNG)] });
        let (_, answer) = ask(Method::POST, &format!("{WORKFLOWS}/w/results"), inputs.clone()).await;
        let outputs = answer["results"][0]["outputs"].as_array().unwrap();
        assert_eq!(ids(&outputs[1]["data"], "concepts"), ["n02123045"], "{answer}");
        assert!(outputs[2]["data"]["concepts"].as_array().is_none_or(Vec::is_empty), "{answer}");
        let (http, answer) = ask(Method::POST, &format!("{sure}/outputs"), inputs).await;
        assert_ne!(http, 200, "{answer}");
        assert!(answer["outputs"][0]["status"]["details"].as_str().unwrap().contains("workflow"), "{answer}");
    });
}
