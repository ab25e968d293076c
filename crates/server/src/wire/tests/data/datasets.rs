//! Datasets, what they hold, and their versions.

use super::*;

impl Story {
    /// The ids of the inputs that a dataset holds.
    async fn held(&self, dataset: &str) -> Vec<String> {
        let (http, answer) = self.get(&format!("{DATASETS}/{dataset}/inputs"), &self.ana_token).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        held(&answer)
    }
}

/// The ids of the inputs of an answer.
fn held(answer: &Value) -> Vec<String> {
    let inputs = answer["dataset_inputs"].as_array().unwrap().iter();
    inputs.map(|one| one["input"]["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_dataset_is_made_changed_listed_and_deleted() {
    tell(async |story| {
        let kinds = json!({
            "id": "kinds",
            "description": "Kinds of tea",
            "notes": "No herbs",
            "metadata": { "shelf": 2 },
            "visibility": { "gettable": 10 },
        });
        let body = json!({ "datasets": [kinds, { "id": "cups" }] });
        let (http, answer) = story.rest(Method::POST, DATASETS, &story.ana_token, body.clone()).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(ids(&answer, "datasets"), ["kinds", "cups"]);
        let made = &answer["datasets"][0];
        assert_eq!((&made["user_id"], &made["app_id"]), (&json!("ana"), &json!("tea")), "{answer}");
        assert_eq!((&made["description"], &made["notes"]), (&json!("Kinds of tea"), &json!("No herbs")));
        assert_eq!(made["metadata"], json!({ "shelf": 2 }));
        assert_eq!(made["visibility"]["gettable"], 10);
        assert_eq!(made["created_at"], made["modified_at"], "{answer}");
        let (http, answer) = story.rest(Method::POST, DATASETS, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (409, 11102), "{answer}");
        assert!(details(&answer).contains("duplicate dataset `kinds`"), "{answer}");

        let change = json!({ "id": "kinds", "description": "All kinds", "metadata": { "box": 1 } });
        let body = json!({ "action": "merge", "datasets": [change] });
        let (http, answer) = story.rest(Method::PATCH, DATASETS, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (_, one) = story.get(&format!("{DATASETS}/kinds"), &story.ana_token).await;
        assert_eq!(one["dataset"], answer["datasets"][0]);
        assert_eq!(one["dataset"]["description"], "All kinds");
        assert_eq!(one["dataset"]["metadata"], json!({ "shelf": 2, "box": 1 }));

        for (query, listed) in [
            ("?sort_by_id=true&sort_ascending=true", vec!["cups", "kinds"]),
            ("?sort_by_id=true", vec!["kinds", "cups"]),
            ("?search=ALL", vec!["kinds"]),
            ("?starred_only=true", vec![]),
            ("?page=2", vec![]),
        ] {
            let (http, answer) = story.get(&format!("{DATASETS}{query}"), &story.ana_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            assert_eq!(ids(&answer, "datasets"), listed, "{query}");
        }

        for (named, expected) in [(json!([]), (200, 10000)), (json!(["cups", "none"]), (404, 11101))] {
            let body = json!({ "dataset_ids": named });
            let (http, answer) = story.rest(Method::DELETE, DATASETS, &story.ana_token, body).await;
            assert_eq!((http, code(&answer)), expected, "{answer}");
        }
        let body = json!({ "dataset_ids": ["cups"] });
        let (http, answer) = story.rest(Method::DELETE, DATASETS, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (_, answer) = story.get(DATASETS, &story.ana_token).await;
        assert_eq!(ids(&answer, "datasets"), ["kinds"]);
    });
}

#[test]
fn what_is_not_kept_with_a_dataset_is_refused_by_name() {
    tell(async |story| {
        for (field, value) in [
            ("visibility", json!({ "gettable": 50 })),
            ("default_annotation_filter", json!({ "id": "green" })),
            ("default_processing_info", json!({ "frame_interpolation_info": { "sample_ms": 100 } })),
            ("image", json!({ "url": "https://example.org/tea.png" })),
        ] {
            let body = json!({ "datasets": [{ "id": "kinds", field: value }] });
            let (http, answer) = story.rest(Method::POST, DATASETS, &story.ana_token, body).await;
            assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
            assert!(details(&answer).contains(&format!("datasets.{field}")), "{answer}");
        }
        story.with_datasets(&["kinds"]).await;
        for (field, value) in [
            ("visibility", json!({ "gettable": 50 })),
            ("annotation_filter_config", json!({ "ignore_empty_inputs": true })),
            ("model_predict_config", json!({ "model": { "id": "m" } })),
            ("processing_info", json!({ "frame_interpolation_info": { "sample_ms": 100 } })),
            ("embed_model_version_ids", json!(["v"])),
        ] {
            let (http, answer) = story.freeze("kinds", json!({ field: value })).await;
            assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
            assert!(details(&answer).contains(&format!("dataset_versions.{field}")), "{answer}");
        }
        let (_, answer) = story.get(&format!("{DATASETS}/kinds/versions"), &story.ana_token).await;
        assert_eq!(answer["dataset_versions"], json!([]));
    });
}

#[test]
fn inputs_go_into_datasets_and_out_of_them() {
    tell(async |story| {
        story.with_inputs(json!([text("green", "Green tea"), text("black", "Black tea")])).await;
        story.with_datasets(&["kinds", "cups"]).await;
        let (http, answer) = story.put_into("kinds", &["black", "green"]).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(held(&answer), ["black", "green"]);
        let one = &answer["dataset_inputs"][0];
        assert_eq!(one["input"]["data"]["text"]["raw"], "Black tea", "{answer}");
        assert_eq!(one["input"]["dataset_ids"], json!(["kinds"]), "{answer}");
        assert!(one["created_at"].is_string(), "{answer}");
        let (_, alone) = story.get(&format!("{DATASETS}/kinds/inputs/black"), &story.ana_token).await;
        assert_eq!(&alone["dataset_input"], one);
        for (page, size) in [(1, 1), (2, 1), (3, 0)] {
            let path = format!("{DATASETS}/kinds/inputs?page={page}&per_page=1");
            let (http, answer) = story.get(&path, &story.ana_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            assert_eq!(held(&answer).len(), size, "{answer}");
        }
        let (http, answer) = story.put_into("kinds", &["white"]).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        let why = "dataset_inputs[0].input.id must be that of an input of this app: `white` is none";
        assert_eq!(details(&answer), why);

        // All of another dataset, as the official client asks for it.
        let filter = json!({ "input": { "dataset_ids": ["kinds"] } });
        let search = json!({ "search": { "query": { "filters": [filter] } } });
        let path = format!("{DATASETS}/cups/inputs");
        let (http, answer) = story.rest(Method::POST, &path, &story.ana_token, search).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(story.held("cups").await, ["green", "black"]);
        let other = json!({ "search": { "query": { "filters": [{ "input": { "id": "green" } }] } } });
        let (http, answer) = story.rest(Method::POST, &path, &story.ana_token, other).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");

        let body = json!({ "input_ids": ["green"] });
        let path = format!("{DATASETS}/kinds/inputs");
        let (http, answer) = story.rest(Method::DELETE, &path, &story.ana_token, body.clone()).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (http, answer) = story.rest(Method::DELETE, &path, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (404, 11101), "{answer}");
        assert_eq!(story.held("kinds").await, ["black"]);
        let (_, answer) = story.get(&format!("{INPUTS}/green"), &story.ana_token).await;
        assert_eq!(answer["input"]["dataset_ids"], json!(["cups"]), "{answer}");
    });
}

#[test]
fn inputs_are_uploaded_into_datasets() {
    tell(async |story| {
        story.with_datasets(&["kinds"]).await;
        let into = |id: &str, datasets: Value| {
            let mut input = text(id, "Green tea");
            input["dataset_ids"] = datasets;
            input
        };
        let inputs = json!([into("green", json!(["kinds"])), into("lost", json!(["none"]))]);
        let (http, answer) =
            story.rest(Method::POST, INPUTS, &story.ana_token, json!({ "inputs": inputs })).await;
        assert_eq!((http, code(&answer)), (207, 10010), "{answer}");
        assert_eq!(answer["inputs"][0]["dataset_ids"], json!(["kinds"]), "{answer}");
        let status = &answer["inputs"][1]["status"];
        assert_eq!(status["code"], 30104, "{answer}");
        assert_eq!(status["details"], "dataset_ids must be those of this app: `none` is none");
        assert_eq!(story.held("kinds").await, ["green"]);
        let (http, _) = story.get(&format!("{INPUTS}/lost"), &story.ana_token).await;
        assert_eq!(http, 404);

        // What was shown can be sent back.
        let (_, shown) = story.get(&format!("{INPUTS}/green"), &story.ana_token).await;
        let change = json!({ "id": "green", "dataset_ids": shown["input"]["dataset_ids"] });
        let body = json!({ "action": "merge", "inputs": [change] });
        let (http, answer) = story.rest(Method::PATCH, INPUTS, &story.ana_token, body.clone()).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!(answer["inputs"][0]["dataset_ids"], json!(["kinds"]), "{answer}");

        // Whoever may not see datasets names none, and is told of none.
        let rights = atelier_domain::Rights::of(ScopeSet::ALL.minus(ScopeSet::of(&[Scope::DatasetsGet])));
        let key = story.exact_key(&story.ana, rights).await;
        let inputs = json!({ "inputs": [into("more", json!(["kinds"]))] });
        for (method, body) in [(Method::POST, inputs), (Method::PATCH, body)] {
            let (http, answer) = story.rest(method, INPUTS, &key, body).await;
            assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
            assert!(details(&answer).contains("Datasets_Get"), "{answer}");
        }
        let (_, answer) = story.get(&format!("{INPUTS}/green"), &key).await;
        assert_eq!((code(&answer), &answer["input"]["dataset_ids"]), (10000, &Value::Null), "{answer}");
    });
}

#[test]
fn a_version_is_frozen_shown_and_outlives_its_dataset() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea"), text("more", "Black tea")])).await;
        story.with_concepts(&["green"]).await;
        story.say(&story.ana_token, "anas", "green").await;
        story.with_datasets(&["kinds"]).await;
        story.put_into("kinds", &["note", "more"]).await;
        let split = json!({ "seed": 7, "train": 0.5, "test": 0.5 });
        let version = json!({ "description": "Spring", "metadata": { "split": split } });
        let (http, answer) = story.freeze("kinds", version).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let made = answer["dataset_versions"][0].clone();
        let id = made["id"].as_str().unwrap();
        assert_eq!(id.len(), 32, "{made}");
        assert_eq!((&made["user_id"], &made["app_id"]), (&json!("ana"), &json!("tea")));
        assert_eq!((&made["dataset_id"], &made["description"]), (&json!("kinds"), &json!("Spring")));
        assert_eq!(made["status"]["code"], 64015, "{made}");
        assert_eq!(made["request_origin"], 1, "{made}");
        let metrics = &made["metrics"];
        assert_eq!(metrics["/"], json!({ "inputs_count": "2", "unlabeled_inputs_count": "1" }), "{made}");
        let count = |part: &str| metrics[part]["inputs_count"].as_str().unwrap().parse::<u32>().unwrap();
        assert_eq!(count("/train") + count("/valid") + count("/test"), 2, "{made}");
        assert_eq!(count("/valid"), 0, "{made}");

        let (http, answer) = story.freeze("kinds", json!({ "id": id })).await;
        assert_eq!((http, code(&answer)), (409, 64030), "{answer}");
        let odd = json!({ "metadata": { "split": { "seed": 7, "train": 0.5 } } });
        let (http, answer) = story.freeze("kinds", odd).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        assert!(details(&answer).contains("dataset_versions[0].metadata.split must have shares"), "{answer}");

        let versions = format!("{DATASETS}/kinds/versions");
        let change = json!({ "id": id, "description": "Last spring" });
        let body = json!({ "action": "merge", "dataset_versions": [change] });
        let (http, answer) = story.rest(Method::PATCH, &versions, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let changed = answer["dataset_versions"][0].clone();
        assert_eq!((&changed["description"], &changed["metrics"]), (&json!("Last spring"), metrics));

        let body = json!({ "dataset_ids": ["kinds"] });
        story.rest(Method::DELETE, DATASETS, &story.ana_token, body).await;
        let (http, answer) = story.get(&format!("{versions}/{id}"), &story.ana_token).await;
        assert_eq!((http, &answer["dataset_version"]), (200, &changed));
        for (query, listed) in [
            ("", vec![id]),
            ("?request_origins=1", vec![id]),
            ("?request_origins=2", vec![]),
            ("?page=2", vec![]),
        ] {
            let (http, answer) = story.get(&format!("{versions}{query}"), &story.ana_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{query}: {answer}");
            assert_eq!(ids(&answer, "dataset_versions"), listed, "{query}");
        }
        let body = json!({ "dataset_version_ids": [id] });
        let (http, answer) = story.rest(Method::DELETE, &versions, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (http, _) = story.get(&versions, &story.ana_token).await;
        assert_eq!(http, 404, "neither the dataset nor a version of it is there");
    });
}

#[test]
fn datasets_are_served_over_grpc_as_well() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        let ids = ["kinds", "cups"];
        let datasets = ids.map(|id| Dataset { id: id.into(), ..Dataset::default() }).to_vec();
        let question = PostDatasetsRequest { user_app_id: tea(), datasets };
        let answer: MultiDatasetResponse = story.grpc("PostDatasets", &story.ana_token, &question).await;
        assert_eq!(answer.status.unwrap().code, 10000);
        assert_eq!(answer.datasets[0].user_id, "ana");

        story.put_into("cups", &["note"]).await;
        let input = Some(Input { dataset_ids: vec!["cups".into()], ..Input::default() });
        let filters = vec![Filter { input, ..Filter::default() }];
        let query = Some(Query { filters, ..Query::default() });
        let question = PostDatasetInputsRequest {
            user_app_id: tea(),
            dataset_id: "kinds".into(),
            search: Some(Search { query, ..Search::default() }),
            ..PostDatasetInputsRequest::default()
        };
        let answer: MultiDatasetInputResponse =
            story.grpc("PostDatasetInputs", &story.ana_token, &question).await;
        assert_eq!(answer.status.unwrap().code, 10000);
        assert_eq!(story.held("kinds").await, ["note"]);

        let question = PostDatasetVersionsRequest {
            user_app_id: tea(),
            dataset_id: "kinds".into(),
            dataset_versions: vec![DatasetVersion::default()],
        };
        let answer: MultiDatasetVersionResponse =
            story.grpc("PostDatasetVersions", &story.ana_token, &question).await;
        assert_eq!(answer.status.unwrap().code, 10000);
        let version = &answer.dataset_versions[0];
        assert_eq!(
            (version.status.as_ref().unwrap().code, version.metrics["/"].inputs_count),
            (64015, Some(1))
        );
    });
}

#[test]
fn whoever_labels_sees_datasets_and_changes_none() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        story.with_datasets(&["kinds"]).await;
        story.put_into("kinds", &["note"]).await;
        let kinds = format!("{DATASETS}/kinds");
        let (http, answer) = story.get(&format!("{kinds}/inputs"), &story.bo_token).await;
        assert_eq!((http, held(&answer)), (200, vec!["note".to_owned()]), "{answer}");
        for (method, path, body, missing) in [
            (Method::POST, DATASETS.to_owned(), json!({ "datasets": [{ "id": "his" }] }), "Datasets_Add"),
            (Method::DELETE, DATASETS.to_owned(), json!({ "dataset_ids": ["kinds"] }), "Datasets_Delete"),
            (
                Method::POST,
                format!("{kinds}/inputs"),
                json!({ "dataset_inputs": [{ "input": { "id": "note" } }] }),
                "Inputs_Add",
            ),
            (Method::DELETE, format!("{kinds}/inputs"), json!({ "input_ids": ["note"] }), "Inputs_Delete"),
            (Method::POST, format!("{kinds}/versions"), json!({ "dataset_versions": [{}] }), "Datasets_Add"),
            (
                Method::DELETE,
                format!("{kinds}/versions"),
                json!({ "dataset_version_ids": ["spring"] }),
                "Datasets_Delete",
            ),
        ] {
            let (http, answer) = story.rest(method.clone(), &path, &story.bo_token, body).await;
            assert_eq!((http, code(&answer)), (403, 11007), "{method} {path}: {answer}");
            assert!(details(&answer).contains(missing), "{method} {path}: {answer}");
        }
        assert_eq!(story.held("kinds").await, ["note"]);
    });
}
