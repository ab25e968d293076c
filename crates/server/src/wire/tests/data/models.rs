//! The public models, under the name by which existing clients look for them.

use std::io::Write as _;

use atelier_contract::proto::{
    ListModelInputsRequest, ListModelsRequest, MultiModelResponse, MultiOutputResponse,
    PostModelOutputsRequest, UserAppIdSet,
};
use atelier_domain::{Endpoint, EndpointSet};
use atelier_service::models::{NewModel, Scale, Upload, UploadTo};
use atelier_testkit::onnx::channels;

use super::*;

const MODELS: &str = "/v2/users/clarifai/apps/main/models";
const RECOGNITION: &str = "/v2/users/clarifai/apps/main/models/general-image-recognition";

#[test]
fn the_catalogue_is_listed_looked_at_and_asked() {
    tell(async |story| {
        let ana = &story.ana_token;
        let ask = async |method: Method, path: &str, body: Value| story.rest(method, path, ana, body).await;
        let get = async |path: &str| ask(Method::GET, path, json!({})).await;
        let all = [
            "general-image-recognition",
            "general-image-embedding",
            "general-text-embedding",
            "concept-thresholder",
        ];
        for path in [MODELS, "/v2/users/clarifai/models", "/v2/users/atelier/apps/main/models"] {
            let (http, answer) = get(path).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            assert_eq!(ids(&answer, "models"), all, "{path}");
        }
        for (query, expected) in [
            ("?model_type_id=text-embedder", vec![all[2]]),
            ("?search=*recognition*", vec![all[0]]),
            ("?model_type_id=visual-detector", vec![]),
            ("?page=2&per_page=2", vec![all[2], all[3]]),
            ("?page=3&per_page=2", vec![]),
        ] {
            assert_eq!(ids(&get(&format!("{MODELS}{query}")).await.1, "models"), expected, "{query}");
        }
        let sought = json!({ "model_query": { "name": "embedding", "model_type_id": "visual-embedder" } });
        let (_, answer) = ask(Method::POST, &format!("{MODELS}/searches"), sought).await;
        assert_eq!(ids(&answer, "models"), [all[1]], "{answer}");
        // An app has none of its own, and so has a person.
        assert_eq!(ids(&get("/v2/users/ana/models").await.1, "models"), [""; 0]);
        assert_eq!(get("/v2/users/bo/models").await.0, 404);
        assert_eq!(ids(&get("/v2/users/ana/apps/tea/models").await.1, "models"), [""; 0]);
        assert_eq!(get("/v2/users/ana/apps/tea/models/general-image-recognition").await.0, 404);

        let (_, answer) = get(RECOGNITION).await;
        let model = &answer["model"];
        assert_eq!(model["model_type_id"], "visual-classifier", "{answer}");
        assert_eq!((&model["user_id"], &model["app_id"]), (&json!("clarifai"), &json!("main")));
        let version = &model["model_version"];
        assert_eq!(
            (&version["active_concept_count"], &version["license"]),
            (&json!(1000), &json!("Apache-2.0"))
        );
        let id = version["id"].as_str().unwrap();
        assert_eq!(&get(&format!("{RECOGNITION}/versions/{id}")).await.1["model_version"], version);
        assert_eq!(ids(&get(&format!("{RECOGNITION}/versions")).await.1, "model_versions"), [id]);
        assert_eq!(get(&format!("{RECOGNITION}/versions/0000")).await.0, 404);
        let (_, answer) = get(&format!("{RECOGNITION}/concepts?per_page=3&search=tabby")).await;
        assert_eq!(answer["concepts"][0]["id"], "n02123045", "{answer}");
        let (_, answer) = get(&format!("{MODELS}/types/visual-classifier")).await;
        assert_eq!(answer["model_type"]["input_fields"], json!(["image"]), "{answer}");
        assert_eq!(get(&format!("{MODELS}/types")).await.1["model_types"].as_array().unwrap().len(), 5);
        let (_, answer) = get(&format!("{MODELS}/types/concept-thresholder")).await;
        assert_eq!(answer["model_type"]["input_fields"], json!(["concepts"]), "{answer}");

        let config = json!({ "output_config": { "max_concepts": 3 } });
        let wanted = json!({ "model_version": { "output_info": config } });
        let inputs = json!([picture("one", PNG), picture("svg", SVG), text("words", "A cup of tea"), { "id": "nothing" }]);
        let outputs = format!("{RECOGNITION}/outputs");
        let (http, answer) = ask(Method::POST, &outputs, json!({ "inputs": inputs, "model": wanted })).await;
        assert_eq!((http, code(&answer)), (207, 10010), "{answer}");
        assert!(details(&answer).starts_with("3 of 4 inputs"), "{answer}");
        let became = answer["outputs"].as_array().unwrap();
        let said: Vec<_> =
            became.iter().map(|one| (one["input"]["id"].as_str().unwrap(), &one["status"]["code"])).collect();
        assert_eq!((said[0], said.len()), (("one", &json!(10000)), 4), "{answer}");
        let concepts = became[0]["data"]["concepts"].as_array().unwrap();
        assert_eq!(concepts.len(), 3);
        assert!(concepts[0]["value"].as_f64() > concepts[2]["value"].as_f64(), "{answer}");
        assert!(became.iter().skip(1).all(|one| one.get("data").is_none()), "{answer}");
        assert!(became[0]["input"]["data"]["image"].get("base64").is_none(), "{answer}");
        for (inputs, status) in [(json!([]), 400), (json!([{ "id": "nothing" }]), 400)] {
            let (http, answer) = ask(Method::POST, &outputs, json!({ "inputs": inputs })).await;
            assert_eq!(http, status, "{answer}");
        }
    });
}

const OWN: &str = "/v2/users/ana/apps/tea/models";

const TEAS: [&str; 5] = [
    "A cup of green tea.",
    "Black tea with milk.",
    "The tea leaves steep for three minutes.",
    "A pot of mint tea.",
    "Tea grows on hills.",
];
const TRAINS: [&str; 5] = [
    "The train leaves at noon.",
    "A railway station with six platforms.",
    "The locomotive pulls nine wagons.",
    "We missed the night train.",
    "Rails were laid across the plain.",
];

#[test]
fn an_apps_own_model_is_made_trained_asked_and_deleted() {
    tell(async |story| {
        let ana = &story.ana_token;
        let ask = async |method: Method, path: &str, body: Value| story.rest(method, path, ana, body).await;
        let get = async |path: &str| ask(Method::GET, path, json!({})).await;
        let said = |kind: &str, texts: [&str; 5]| {
            let inputs = texts.iter().enumerate().map(|(number, raw)| {
                json!({
                    "id": format!("{kind}-{number}"),
                    "data": { "text": { "raw": raw }, "concepts": [{ "id": kind, "value": 1 }] },
                })
            });
            inputs.collect::<Vec<_>>()
        };
        story.with_inputs(json!([said("tea", TEAS), said("train", TRAINS)].concat())).await;

        let model =
            json!({ "id": "topics", "model_type_id": "embedding-classifier", "display_name": "Topics" });
        let (http, answer) = ask(Method::POST, OWN, json!({ "models": [model] })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(answer["model"]["model_type_id"], "embedding-classifier", "{answer}");
        assert!(answer["model"].get("model_version").is_none(), "{answer}");
        let (http, answer) = ask(Method::POST, OWN, json!({ "models": [model] })).await;
        assert_eq!((http, code(&answer)), (409, 11102), "{answer}");
        let public = json!({ "id": "open", "visibility": { "gettable": 50 } });
        assert_eq!(ask(Method::POST, OWN, json!({ "models": [public] })).await.0, 400);
        let topics = format!("{OWN}/topics");
        let outputs = format!("{topics}/outputs");
        let question = json!({ "inputs": [text("one", "A cup of tea"), text("two", "The train is late")] });
        let (http, answer) = ask(Method::POST, &outputs, question.clone()).await;
        assert_eq!((http, code(&answer)), (409, 21102), "{answer}");

        let concepts = json!([{ "id": "tea" }, { "id": "train" }]);
        let version = json!({
            "output_info": { "data": { "concepts": concepts }, "output_config": { "concepts_mutually_exclusive": true } },
            "train_info": { "params": { "medium": "text", "penalty": null } },
        });
        let versions = format!("{topics}/versions");
        for (params, word) in [
            (json!({ "medium": "sound" }), "medium"),
            (json!({ "penalty": "strong" }), "penalty"),
            (json!({ "dataset_version_id": "x" }), "dataset_id"),
            (json!({ "dataset_id": "x" }), "dataset"),
        ] {
            let body = json!({ "model_versions": [{ "train_info": { "params": params } }] });
            let (http, answer) = ask(Method::POST, &versions, body).await;
            assert!(http == 400 && details(&answer).contains(word), "{answer}");
        }
        let (http, answer) = ask(Method::POST, &versions, json!({ "model_versions": [version] })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let id = answer["model"]["model_version"]["id"].as_str().unwrap().to_owned();
        let state = async || get(&format!("{versions}/{id}")).await.1["model_version"].clone();
        assert_eq!((id.len(), &state().await["status"]["code"]), (32, &json!(21103)));
        assert_eq!(code(&ask(Method::POST, &outputs, question.clone()).await.1), 21103);
        assert_eq!(story.bench.service.train_next().await, Ok(true));

        let trained = state().await;
        assert_eq!(trained["status"]["code"], 21100, "{trained}");
        let counted = (&trained["active_concept_count"], &trained["total_input_count"]);
        assert_eq!(counted, (&json!(2), &json!(10)));
        assert_eq!(trained["train_info"]["params"]["medium"], "text");
        let metrics = &trained["metrics"];
        assert!(metrics["summary"]["macro_avg_roc_auc"].as_f64().unwrap() > 0.8, "{metrics}");
        assert_eq!(metrics["confusion_matrix"]["matrix"].as_array().unwrap().len(), 4, "{metrics}");
        let told = &metrics["binary_metrics"][0];
        assert_eq!((&told["num_pos"], &told["concept"]["id"]), (&json!(5), &json!("tea")));

        let (http, answer) = ask(Method::POST, &outputs, question).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let first = |place: usize| answer["outputs"][place]["data"]["concepts"][0]["id"].clone();
        assert_eq!((first(0), first(1)), (json!("tea"), json!("train")), "{answer}");
        assert_eq!(ids(&get(&format!("{topics}/concepts")).await.1, "concepts"), ["tea", "train"]);
        assert_eq!(ids(&get(OWN).await.1, "models"), ["topics"]);
        assert_eq!(ids(&get("/v2/users/ana/models").await.1, "models"), ["topics"]);
        let kind = get(&format!("{OWN}/types/embedding-classifier")).await.1["model_type"].clone();
        assert_eq!((&kind["trainable"], &kind["input_fields"]), (&json!(true), &json!(["image", "text"])));
        assert_eq!(get("/v2/users/ana/apps/tea/resource_counts").await.1["models"], "1");

        // From what it learned, whatever is said or added afterwards.
        story.with_inputs(json!([text("later", "A tea house by the station.")])).await;
        let learned = &get(&format!("{topics}/inputs?per_page=4")).await.1;
        assert_eq!(ids(learned, "inputs"), ["train-4", "train-3", "train-2", "train-1"]);
        assert_eq!(learned["inputs"][0]["data"]["concepts"][0]["id"], "train", "{learned}");
        let rest = &get(&format!("{versions}/{id}/inputs?per_page=4&page=3")).await.1;
        assert_eq!(ids(rest, "inputs"), ["tea-1", "tea-0"]);
        assert_eq!(ids(&get(&format!("{topics}/inputs?page=2")).await.1, "inputs"), [""; 0]);
        assert_eq!(ids(&get(&format!("{RECOGNITION}/inputs")).await.1, "inputs"), [""; 0]);
        assert_eq!(get(&format!("{versions}/{}/inputs", "0".repeat(32))).await.0, 404);
        let question = ListModelInputsRequest {
            user_app_id: tea(),
            model_id: "topics".into(),
            version_id: id.clone(),
            ..Default::default()
        };
        let answer: MultiInputResponse = story.grpc("ListModelInputs", ana, &question).await;
        assert_eq!(answer.inputs.len(), 10);

        // Whoever sees models alone sees no figures from which follows how often concepts are said.
        let scopes = Endpoint::GetModelVersion.needs();
        let narrow = story.exact_key(&story.ana, Rights::of(scopes)).await;
        let (http, answer) = story.rest(Method::GET, &format!("{versions}/{id}"), &narrow, json!({})).await;
        let metrics = &answer["model_version"]["metrics"];
        assert_eq!(http, 200, "{answer}");
        assert!(metrics.get("summary").is_some() && metrics.get("binary_metrics").is_none(), "{answer}");

        let described =
            json!({ "model_versions": [{ "id": id, "description": "The first" }], "action": "merge" });
        let (_, answer) = ask(Method::PATCH, &versions, described).await;
        assert_eq!(answer["model_versions"][0]["description"], "The first", "{answer}");
        let change = json!({ "models": [{ "id": "topics", "notes": "Of texts." }], "action": "merge" });
        let (_, answer) = ask(Method::PATCH, OWN, change).await;
        let changed = &answer["models"][0];
        assert_eq!((&changed["notes"], &changed["display_name"]), (&json!("Of texts."), &json!("Topics")));

        // A training that comes to nothing says why. Identifiers are in the order of time.
        story.bench.clock.advance(1);
        let only = json!({ "data": { "concepts": [{ "id": "tea" }] } });
        let (_, answer) =
            ask(Method::POST, &versions, json!({ "model_versions": [{ "output_info": only }] })).await;
        let failed = answer["model"]["model_version"]["id"].as_str().unwrap().to_owned();
        assert_eq!(story.bench.service.train_next().await, Ok(true));
        let (_, answer) = get(&format!("{versions}/{failed}")).await;
        let status = &answer["model_version"]["status"];
        assert_eq!(status["code"], 21112, "{answer}");
        assert!(status["details"].as_str().unwrap().contains("nothing to tell it from"), "{answer}");

        assert_eq!(ids(&get(&versions).await.1, "model_versions"), [failed.as_str(), id.as_str()]);
        assert_eq!(code(&ask(Method::DELETE, &format!("{versions}/{failed}"), json!({})).await.1), 10000);
        assert_eq!(get(&format!("{versions}/{failed}")).await.0, 404);
        assert_eq!(code(&ask(Method::DELETE, OWN, json!({})).await.1), 10000);
        assert_eq!(ids(&get(OWN).await.1, "models"), ["topics"], "nothing was named");
        assert_eq!(code(&ask(Method::DELETE, OWN, json!({ "ids": ["topics"] })).await.1), 10000);
        assert_eq!(get(&topics).await.0, 404);
    });
}

#[test]
fn what_is_public_is_answered_over_grpc_and_to_keys_that_may() {
    tell(async |story| {
        let public = Some(UserAppIdSet { user_id: "clarifai".into(), app_id: "main".into() });
        let input = text("cup", "A cup of tea").to_string();
        let request = PostModelOutputsRequest {
            user_app_id: public.clone(),
            model_id: "general-text-embedding".into(),
            inputs: vec![wire_json::from_slice(input.as_bytes()).unwrap()],
            ..Default::default()
        };
        let answer: MultiOutputResponse = story.grpc("PostModelOutputs", &story.ana_token, &request).await;
        let data = answer.outputs[0].data.clone().unwrap();
        assert_eq!((data.embeddings[0].num_dimensions, data.embeddings[0].vector.len()), (384, 384));
        // Where only answers stream, one comes; where questions do, one for each.
        let answer: MultiOutputResponse =
            story.grpc("GenerateModelOutputs", &story.ana_token, &request).await;
        assert_eq!(answer.outputs.len(), 1);
        let streamed: Vec<MultiOutputResponse> =
            story.grpc_stream("StreamModelOutputs", &story.ana_token, &[&request, &request]).await;
        let codes: Vec<_> = streamed.iter().map(|answer| answer.status.as_ref().unwrap().code).collect();
        assert_eq!(codes, [10000, 10000]);
        let listing = ListModelsRequest { user_app_id: public, ..Default::default() };
        let scopes = ScopeSet::of(&[Scope::AppsGet, Scope::CollaboratorsGet]);
        let narrow = story.key_of(&story.ana, |key| key.scopes = scopes).await;
        let refused: MultiModelResponse = story.grpc("ListModels", &narrow, &listing).await;
        assert_eq!((refused.status.unwrap().code, refused.models.len()), (11007, 0));
        let refused: MultiOutputResponse = story.grpc("PostModelOutputs", &narrow, &request).await;
        assert_eq!((refused.status.unwrap().code, refused.outputs.len()), (11007, 0));
        let refused: Vec<MultiOutputResponse> =
            story.grpc_stream("StreamModelOutputs", &narrow, &[&request, &request]).await;
        assert_eq!(refused.len(), 2);
        assert!(refused.iter().all(|refused| refused.status.as_ref().unwrap().code == 11007), "{refused:?}");
        // A list of what a key may ask names each by itself.
        let listed = EndpointSet::from_iter([Endpoint::PostModelOutputs]);
        let listed = story.key_of(&story.ana, |key| key.endpoints = Some(listed)).await;
        let answer: MultiOutputResponse = story.grpc("PostModelOutputs", &listed, &request).await;
        assert_eq!(answer.status.unwrap().code, 10000);
        let refused: MultiOutputResponse = story.grpc("GenerateModelOutputs", &listed, &request).await;
        assert_eq!(refused.status.unwrap().code, 11007);
    });
}

#[test]
fn what_was_uploaded_is_asked_like_others_and_says_nothing_of_a_training() {
    tell(async |story| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&channels(&[-1, 3, 8, 16]).file()).unwrap();
        let upload = Upload {
            to: UploadTo::New(NewModel { slug: "colours".into(), ..NewModel::default() }),
            file,
            concepts: vec!["Red".into(), "Blue".into()],
            scale: Scale::UNIT,
            description: String::new(),
        };
        let app = AppName::of("ana", "tea");
        story.bench.service.upload_model(&story.ana.who, &app, upload).await.unwrap();
        let ana = &story.ana_token;
        let ask = async |method: Method, path: &str, body: Value| story.rest(method, path, ana, body).await;
        let own = "/v2/users/ana/apps/tea/models/colours";
        let (_, answer) = ask(Method::GET, own, json!({})).await;
        let model = &answer["model"];
        assert_eq!(model["model_type_id"], "visual-classifier", "{answer}");
        let (_, listed) = ask(Method::GET, &format!("{own}/versions"), json!({})).await;
        let version = &listed["model_versions"][0];
        assert_eq!(&model["model_version"], version);
        assert_eq!(version["status"]["code"], 21100, "{version}");
        assert_eq!(version["input_info"]["params"], json!({ "width": 16, "height": 8 }));
        assert_eq!(version["active_concept_count"], 2);
        let told: Vec<_> = version["output_info"]["data"]["concepts"].as_array().unwrap().iter().collect();
        assert_eq!((&told[0]["id"], &told[1]["name"]), (&json!("red"), &json!("Blue")));
        let id = version["id"].as_str().unwrap();
        let (_, alone) = ask(Method::GET, &format!("{own}/versions/{id}"), json!({})).await;
        for said_of_trainings in ["metrics", "train_info"] {
            assert!(alone["model_version"].get(said_of_trainings).is_none(), "{alone}");
        }
        let inputs = json!({ "inputs": [picture("one", PNG), text("words", "A cup of tea")] });
        let (_, answer) = ask(Method::POST, &format!("{own}/versions/{id}/outputs"), inputs).await;
        assert_eq!(code(&answer), 10010, "{answer}");
        let found = answer["outputs"][0]["data"]["concepts"].as_array().unwrap();
        assert_eq!((found.len(), &found[0]["app_id"]), (2, &json!("tea")), "{answer}");
        let (http, answer) = ask(Method::POST, &format!("{own}/versions"), json!({})).await;
        assert_eq!(http, 400, "{answer}");
        assert!(details(&answer).contains("was uploaded, and is not trained here"), "{answer}");
        assert_eq!(ask(Method::DELETE, own, json!({})).await.0, 200);
    });
}
