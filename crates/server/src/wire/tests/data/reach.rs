//! Whoever is limited to assigned tasks sees no more of an app by any RPC than what tasks gave to them.

use atelier_domain::{Endpoint, Reach};
use atelier_testkit::sharing::give_exactly;

use super::super::tier_zero::{method, path};
use super::*;

const TASKS: &str = "/v2/users/ana/apps/tea/tasks";

/// What belongs to the input that no task gave to Bo: its name, what it says, what is said of it.
const HIDDEN: [&str; 3] = ["hidden-leaf", "Hidden words", "hidden-remark"];

impl Story {
    /// Two texts with a remark each, in one dataset that is frozen; one of them is Bo's to label, who has every scope of the
    /// app, as far as it goes for what tasks gave to him. Answers his secret.
    async fn with_a_task_of_bos(&self) -> String {
        self.with_concepts(&["green"]).await;
        self.with_datasets(&["kinds", "all"]).await;
        let raw = |id: &str, raw: &str, datasets: &[&str]| json!({ "id": id, "dataset_ids": datasets, "data": { "text": { "raw": raw } } });
        let inputs =
            [raw("note", "Plain words", &["kinds", "all"]), raw("hidden-leaf", "Hidden words", &["all"])];
        self.with_inputs(json!(inputs)).await;
        self.say(&self.ana_token, "plain-remark", "green").await;
        let data = json!({ "concepts": [{ "id": "green" }] });
        let hidden = json!({ "id": "hidden-remark", "input_id": "hidden-leaf", "data": data });
        let said = json!({ "annotations": [hidden] });
        assert_eq!(self.rest(Method::POST, ANNOTATIONS, &self.ana_token, said).await.0, 200);
        self.freeze("all", json!({ "id": "spring" })).await;
        let task = |id: &str, dataset: &str, worker: &str| {
            json!({
                "id": id,
                "type": "CONCEPTS_CLASSIFICATION",
                "input_source": { "type": "DATASET", "id": dataset },
                "worker": { "strategy": "PARTITIONED", "user_ids": [worker] },
                "concept_ids": ["green"],
            })
        };
        let body = json!({ "tasks": [task("his", "kinds", "bo"), task("hers", "all", "ana")] });
        let (http, answer) = self.rest(Method::POST, TASKS, &self.ana_token, body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let bo = self.bench.sign_in("bo", "bo@example.org").await;
        let rights = Rights { reach: Reach::Assigned, ..Rights::FULL };
        give_exactly(&self.bench, &self.ana, &AppName::of("ana", "tea"), bo.id, rights).await;
        self.key_of(&bo, |_| {}).await
    }
}

/// The path of an RPC about the hidden input, or whatever it asks for of that input's.
fn about_the_hidden_one(endpoint: Endpoint) -> String {
    let nothing = "00000000-0000-0000-0000-000000000000";
    let named = endpoint.paths()[0]
        .replace("{user_app_id.user_id}", "ana")
        .replace("{user_app_id.app_id}", "tea")
        .replace("{input_id}", "hidden-leaf")
        .replace("{annotation_id}", "hidden-remark")
        .replace("{dataset_id}", "all")
        .replace("{dataset_version_id}", "spring")
        .replace("{task_id}", "hers")
        .replace("{concept_id}", "green");
    if named.contains('{') { path(endpoint).replace(nothing, "green") } else { named }
}

#[test]
fn no_rpc_tells_them_of_an_input_that_no_task_gave_them() {
    tell(async |story| {
        let bos = story.with_a_task_of_bos().await;
        let mut shown_to_owner = Vec::new();
        for endpoint in Endpoint::all().filter(|endpoint| endpoint.is_of_app() && !endpoint.is_of_whole()) {
            let reads = method(endpoint.verb()) == Method::GET || endpoint.rpc().ends_with("Searches");
            if !reads {
                continue;
            }
            let (path, body) = (about_the_hidden_one(endpoint), json!({ "searches": [{ "query": {} }] }));
            let names_it = |answer: &Value| HIDDEN.iter().any(|word| answer.to_string().contains(word));
            let (http, answer) = story.rest(method(endpoint.verb()), &path, &bos, body.clone()).await;
            // What is not served yet says so.
            assert!(http < 500 || http == 501, "{endpoint}: {answer}");
            assert!(!names_it(&answer["inputs"]) && !names_it(&answer["hits"]), "{endpoint}: {answer}");
            // What was asked for may be named in a refusal of it.
            assert!(http >= 400 || !names_it(&answer), "{endpoint}: {answer}");
            let (http, answer) = story.rest(method(endpoint.verb()), &path, &story.ana_token, body).await;
            if http == 200 && names_it(&answer) {
                shown_to_owner.push(endpoint.rpc());
            }
        }
        for rpc in [
            "GetAnnotation",
            "GetDatasetInput",
            "GetInput",
            "ListAnnotations",
            "ListDatasetInputs",
            "ListInputs",
            "PostAnnotationsSearches",
            "PostInputsSearches",
            "PostSearches",
            "ListNextTaskAssignments",
        ] {
            assert!(shown_to_owner.contains(&rpc), "{rpc} would tell: {shown_to_owner:?}");
        }
    });
}

#[test]
fn what_is_counted_is_what_tasks_gave_them() {
    tell(async |story| {
        let bos = story.with_a_task_of_bos().await;
        let both = |path: &'static str| {
            let (story, bos) = (&story, &bos);
            async move { [story.get(path, &story.ana_token).await.1, story.get(path, bos).await.1] }
        };
        let [all, his] = both("/v2/users/ana/apps/tea/inputs/status").await;
        assert_eq!(
            (&all["counts"]["processed"], &his["counts"]["processed"]),
            (&json!(2), &json!(1)),
            "{his}"
        );
        let [all, his] = both("/v2/users/ana/apps/tea/resource_counts").await;
        assert_eq!((&all["inputs"], &his["inputs"]), (&json!("2"), &json!("1")), "{all} {his}");
        let counted = |answer: &Value| answer["concept_counts"][0]["concept_type_count"]["positive"].clone();
        let [all, his] = both("/v2/users/ana/apps/tea/concepts/status").await;
        assert_eq!((counted(&all), counted(&his)), (json!(2), json!(1)), "{all} {his}");
        let [all, his] = both("/v2/users/ana/apps/tea/datasets/all/versions").await;
        let size = |answer: &Value| answer["dataset_versions"][0]["metrics"].to_string();
        assert_ne!(size(&all), size(&his), "{all}");
        let [all, his] = both(TASKS).await;
        assert_eq!((ids(&all, "tasks").len(), ids(&his, "tasks")), (2, vec!["his"]));
    });
}

#[test]
fn what_they_reach_is_theirs_to_work_on_and_nothing_else_changes() {
    tell(async |story| {
        let bos = story.with_a_task_of_bos().await;
        let (_, before) = story.get(ANNOTATIONS, &story.ana_token).await;
        let data = json!({ "concepts": [{ "id": "green" }] });
        let of_hidden = json!({ "annotations": [{ "input_id": "hidden-leaf", "data": data }] });
        let input = json!({ "id": "hidden-leaf", "data": { "metadata": { "taken": true } } });
        let patch = json!({ "action": "merge", "inputs": [input] });
        let said = json!({ "id": "hidden-remark", "input_id": "hidden-leaf", "data": data });
        let into = json!({ "dataset_inputs": [{ "input": { "id": "hidden-leaf" } }] });
        for (method, path, body) in [
            (Method::POST, ANNOTATIONS.to_owned(), of_hidden),
            (Method::PATCH, ANNOTATIONS.to_owned(), json!({ "action": "merge", "annotations": [said] })),
            (Method::DELETE, format!("{INPUTS}/hidden-leaf/annotations/hidden-remark"), json!({})),
            (Method::PATCH, INPUTS.to_owned(), patch),
            (Method::DELETE, format!("{INPUTS}/hidden-leaf"), json!({})),
            (Method::POST, format!("{DATASETS}/kinds/inputs"), into),
        ] {
            let (http, answer) = story.rest(method.clone(), &path, &bos, body).await;
            // A list of what is to be put somewhere says which of it there is not.
            let expected = if path.ends_with("/kinds/inputs") { 400 } else { 404 };
            assert_eq!(http, expected, "{method} {path}: {answer}");
        }
        story.rest(Method::DELETE, INPUTS, &bos, json!({ "ids": ["hidden-leaf"] })).await;
        story
            .rest(
                Method::DELETE,
                &format!("{DATASETS}/all/inputs"),
                &bos,
                json!({ "input_ids": ["hidden-leaf"] }),
            )
            .await;
        assert_eq!(story.get(&format!("{DATASETS}/all/inputs/hidden-leaf"), &story.ana_token).await.0, 200);
        let (_, after) = story.get(ANNOTATIONS, &story.ana_token).await;
        assert_eq!(after["annotations"], before["annotations"]);
        let (http, answer) = story.say(&bos, "his-remark", "green").await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
    });
}

#[test]
fn the_limit_travels_beside_the_scopes_and_no_patch_lifts_it_unsaid() {
    tell(async |story| {
        let cy = story.bench.person("cy").await;
        let scopes = json!(["Annotations_Add", "Collaborators_Add"]);
        let collaborator = |more: Value| {
            let mut one = json!({ "user": { "id": "cy" }, "scopes": scopes });
            one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({ "action": "overwrite", "collaborators": [one] })
        };
        let limited = |answer: &Value| answer["collaborators"][0]["assigned_tasks_only"].clone();
        let token = &story.ana_token;
        let limit = collaborator(json!({ "assigned_tasks_only": true }));
        let (http, answer) = story.rest(Method::POST, COLLABORATORS, token, limit).await;
        assert_eq!((http, limited(&answer)), (200, json!(true)), "{answer}");
        let (_, answer) = story.rest(Method::PATCH, COLLABORATORS, token, collaborator(json!({}))).await;
        assert_eq!(limited(&answer), true, "{answer}");
        let cys = automatic_token(&story.bench, &cy.who).await;
        let (_, mine) = story.get("/v2/users/ana/apps/tea/myscopes", &cys).await;
        assert_eq!(mine["assigned_tasks_only"], true, "{mine}");
        // Nobody hands out more than they have.
        let di = story.bench.person("di").await;
        let invite = |more: bool| {
            let one = json!({ "user": { "id": di.slug }, "scopes": ["Annotations_Get"], "assigned_tasks_only": more });
            json!({ "collaborators": [one] })
        };
        let (http, answer) = story.rest(Method::POST, COLLABORATORS, &cys, invite(false)).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("inputs beyond assigned tasks"), "{answer}");
        let (http, answer) = story.rest(Method::POST, COLLABORATORS, &cys, invite(true)).await;
        assert_eq!(http, 200, "{answer}");
        let (http, answer) = story.rest(Method::POST, TASKS, &cys, json!({})).await;
        assert_eq!(http, 403, "{answer}");
        let lift = collaborator(json!({ "assigned_tasks_only": false }));
        let (_, answer) = story.rest(Method::PATCH, COLLABORATORS, token, lift).await;
        assert_eq!(limited(&answer), false, "{answer}");
        let (_, mine) = story.get("/v2/users/ana/apps/tea/myscopes", &cys).await;
        assert_eq!(mine["assigned_tasks_only"], false, "{mine}");

        let limited_key = story.key_of(&story.ana, |key| key.reach = Reach::Assigned).await;
        let (_, answer) = story.get(INPUTS, &limited_key).await;
        assert_eq!(answer["inputs"], json!([]), "{answer}");
    });
}
