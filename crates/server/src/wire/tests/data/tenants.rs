//! What is in one app is out of reach by way of another. ASVS 8.2.2 and 8.4.1.

use super::*;

const OWN: &str = "/v2/users/mallory/apps/own";
const VERSIONS: &str = "/v2/users/ana/apps/tea/datasets/kinds/versions";

/// ASVS 8.2.2 and 8.4.1.
#[test]
fn what_is_in_anothers_app_is_not_found_by_way_of_ones_own() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        story.with_datasets(&["kinds"]).await;
        story.put_into("kinds", &["note"]).await;
        story.freeze("kinds", json!({ "id": "spring" })).await;
        story.with_concepts(&["green"]).await;
        story.say(&story.ana_token, "anas", "green").await;
        let vocab = json!({ "vocabs": [{ "id": "leaves", "concepts": [{ "id": "green" }] }] });
        story.rest(Method::POST, "/v2/users/ana/apps/tea/vocabs", &story.ana_token, vocab).await;
        let (_, jobs) = story.get("/v2/users/ana/apps/tea/inputs/jobs/add", &story.ana_token).await;
        let job = jobs["inputs_add_jobs"][0]["id"].as_str().unwrap().to_owned();
        let bo = people(&story.bench, &story.ana.who, &AppName::of("ana", "tea")).await[0].id;
        let pending = invite(
            &story.bench,
            &story.ana.who,
            &AppName::of("ana", "tea"),
            "cy@example.org",
            Preset::Viewer.scopes(),
        )
        .await
        .id;
        let key = story.bench.service.list_keys(&story.ana.who).await.unwrap()[0].id;
        let mallory = story.bench.person("mallory").await;
        make_app(&story.bench, &mallory, "own").await;
        let token = story.key_of(&mallory, |_| {}).await;
        let before = story.state().await;
        let seen = |path: &'static str| {
            let story = &story;
            async move { story.get(path, &story.ana_token).await.1 }
        };
        let (inputs, said) =
            (seen(INPUTS).await["inputs"].clone(), seen(ANNOTATIONS).await["annotations"].clone());
        let datasets = seen(DATASETS).await["datasets"].clone();
        let versions = seen(VERSIONS).await["dataset_versions"].clone();

        let data = json!({ "concepts": [{ "id": "green" }] });
        let input = json!({ "id": "note", "data": { "metadata": { "taken": true } } });
        let annotation = json!({ "id": "anas", "input_id": "note", "data": data });
        let overwrite = |name: &str, what: &Value| json!({ "action": "overwrite", name: [what] });
        let scopes = |id: &dyn std::fmt::Display| json!({ "id": id.to_string(), "scopes": ["Apps_Get"] });
        for (method, path, body) in [
            ("GET", format!("{OWN}/inputs/note"), json!({})),
            ("PATCH", format!("{OWN}/inputs"), overwrite("inputs", &input)),
            ("DELETE", format!("{OWN}/inputs/note"), json!({})),
            ("GET", format!("{OWN}/inputs/jobs/add/{job}"), json!({})),
            ("PATCH", format!("{OWN}/inputs/jobs/add/{job}"), json!({})),
            ("GET", format!("{OWN}/concepts/green"), json!({})),
            (
                "PATCH",
                format!("{OWN}/concepts"),
                overwrite("concepts", &json!({ "id": "green", "name": "Taken" })),
            ),
            ("DELETE", format!("{OWN}/concepts"), json!({ "ids": ["green"] })),
            ("POST", format!("{OWN}/concepts/green/merges"), json!({ "ids": [] })),
            ("GET", format!("{OWN}/concepts/green/languages"), json!({})),
            (
                "POST",
                format!("{OWN}/concepts/green/languages"),
                json!({ "concept_languages": [{ "id": "de", "name": "Taken" }] }),
            ),
            ("GET", format!("{OWN}/concepts/green/relations"), json!({})),
            ("POST", format!("{OWN}/concepts/green/relations"), json!({})),
            ("DELETE", format!("{OWN}/concepts/green/relations"), json!({})),
            ("GET", format!("{OWN}/vocabs/leaves"), json!({})),
            (
                "PATCH",
                format!("{OWN}/vocabs"),
                overwrite("vocabs", &json!({ "id": "leaves", "name": "Taken" })),
            ),
            ("DELETE", format!("{OWN}/vocabs"), json!({ "ids": ["leaves"] })),
            ("GET", format!("{OWN}/inputs/note/annotations/anas"), json!({})),
            (
                "POST",
                format!("{OWN}/annotations"),
                json!({ "annotations": [{ "input_id": "note", "data": data }] }),
            ),
            ("PATCH", format!("{OWN}/annotations"), overwrite("annotations", &annotation)),
            ("DELETE", format!("{OWN}/inputs/note/annotations/anas"), json!({})),
            ("GET", format!("{OWN}/datasets/kinds"), json!({})),
            (
                "PATCH",
                format!("{OWN}/datasets"),
                overwrite("datasets", &json!({ "id": "kinds", "notes": "Taken" })),
            ),
            ("DELETE", format!("{OWN}/datasets"), json!({ "dataset_ids": ["kinds"] })),
            ("GET", format!("{OWN}/datasets/kinds/inputs"), json!({})),
            ("GET", format!("{OWN}/datasets/kinds/inputs/note"), json!({})),
            (
                "POST",
                format!("{OWN}/datasets/kinds/inputs"),
                json!({ "dataset_inputs": [{ "input": { "id": "note" } }] }),
            ),
            ("DELETE", format!("{OWN}/datasets/kinds/inputs"), json!({ "input_ids": ["note"] })),
            ("GET", format!("{OWN}/datasets/kinds/versions"), json!({})),
            ("GET", format!("{OWN}/datasets/kinds/versions/spring"), json!({})),
            (
                "POST",
                format!("{OWN}/datasets/kinds/versions"),
                json!({ "dataset_versions": [{ "id": "summer" }] }),
            ),
            (
                "PATCH",
                format!("{OWN}/datasets/kinds/versions"),
                overwrite("dataset_versions", &json!({ "id": "spring", "description": "Taken" })),
            ),
            (
                "DELETE",
                format!("{OWN}/datasets/kinds/versions"),
                json!({ "dataset_version_ids": ["spring"] }),
            ),
            ("PATCH", format!("{OWN}/collaborators"), overwrite("collaborators", &scopes(&bo))),
            ("PATCH", format!("{OWN}/collaborators"), overwrite("collaborators", &scopes(&pending))),
            ("DELETE", format!("{OWN}/collaborators"), json!({ "collaborator_ids": [bo.to_string()] })),
            ("DELETE", format!("{OWN}/collaborators"), json!({ "collaborator_ids": [pending.to_string()] })),
            ("GET", format!("/v2/users/mallory/keys/{key}"), json!({})),
            (
                "PATCH",
                "/v2/users/mallory/keys".into(),
                overwrite("keys", &json!({ "id": key.to_string(), "description": "Taken" })),
            ),
            ("DELETE", format!("/v2/users/mallory/keys/{key}"), json!({})),
            // By the names of those to whom it belongs, nothing is there either.
            ("GET", format!("/v2/users/ana/keys/{key}"), json!({})),
            ("DELETE", format!("/v2/users/ana/keys/{key}"), json!({})),
        ] {
            let (http, answer) = story.rest(method.parse().unwrap(), &path, &token, body).await;
            assert_eq!(http, 404, "{method} {path}: {answer}");
            if method == "GET" {
                let path = path.replace("mallory", "ana").replace("/own", "/tea");
                let (http, answer) = story.get(&path, &story.ana_token).await;
                assert_eq!(http, 200, "it is there, for whom it belongs to: {path}: {answer}");
            }
        }
        assert_eq!(story.state().await, before);
        assert_eq!(seen(INPUTS).await["inputs"], inputs);
        assert_eq!(seen(ANNOTATIONS).await["annotations"], said);
        assert_eq!(seen(DATASETS).await["datasets"], datasets);
        assert_eq!(seen(VERSIONS).await["dataset_versions"], versions);

        // An input comes into no dataset of another app, however that is named.
        let into = json!({ "id": "hers", "data": { "text": { "raw": "Tea" } }, "dataset_ids": ["kinds"] });
        let (http, answer) =
            story.rest(Method::POST, &format!("{OWN}/inputs"), &token, json!({ "inputs": [into] })).await;
        assert_eq!((http, code(&answer)), (400, 10020), "{answer}");
        let why = answer["inputs"][0]["status"]["details"].as_str().unwrap();
        assert!(why.contains("dataset_ids") && why.contains("`kinds`"), "{answer}");
    });
}
