//! Searches, over REST and over gRPC.

use atelier_contract::proto::{
    MultiSearchResponse, Pagination, PostAnnotationsSearchesRequest, PostInputsSearchesRequest,
    PostSearchesByIdRequest, PostSearchesRequest, Rank, SingleSearchResponse,
};

use super::*;

const SEARCHES: &str = "/v2/users/ana/apps/tea/searches";

/// The inputs that an answer has found.
fn hits(answer: &Value) -> Vec<&str> {
    answer["hits"].as_array().unwrap().iter().map(|hit| hit["input"]["id"].as_str().unwrap()).collect()
}

fn grpc_hits(answer: &MultiSearchResponse) -> Vec<&str> {
    answer.hits.iter().map(|hit| hit.input.as_ref().unwrap().id.as_str()).collect()
}

fn tea() -> Option<UserAppIdSet> {
    Some(UserAppIdSet { user_id: "ana".into(), app_id: "tea".into() })
}

impl Story {
    /// Three inputs, of which two are in a dataset, and one is said to be green and not black.
    async fn with_leaves(&self) {
        self.with_concepts(&["green", "black"]).await;
        self.with_datasets(&["leaves"]).await;
        let mut note = text("note", "Green tea from Uji");
        note["data"]["metadata"] =
            json!({ "harvest": { "year": 2026, "flush": "first" }, "tags": ["uji", "new"] });
        let other = text("other", "Black tea");
        self.with_inputs(json!([note, other, picture("leaf", PNG)])).await;
        self.put_into("leaves", &["note", "leaf"]).await;
        let concepts = json!([{ "id": "green", "value": 1 }, { "id": "black", "value": 0 }]);
        let said = json!([{ "id": "said", "input_id": "note", "data": { "concepts": concepts } }]);
        let (_, answer) =
            self.rest(Method::POST, ANNOTATIONS, &self.ana_token, json!({ "annotations": said })).await;
        assert_eq!(code(&answer), 10000, "{answer}");
    }

    async fn search(&self, query: Value) -> (u16, Value) {
        let body = json!({ "searches": [{ "query": query }] });
        self.rest(Method::POST, &format!("{INPUTS}/searches"), &self.ana_token, body).await
    }
}

#[test]
fn inputs_are_found_by_every_filter_of_the_wire() {
    tell(async |story| {
        story.with_leaves().await;
        let of_input = |data: Value| json!([{ "input": { "data": data } }]);
        let of_annotation = |annotation: Value| json!([{ "annotation": annotation }]);
        let concept = |id: &str, value: f32| {
            of_annotation(json!({ "data": { "concepts": [{ "id": id, "value": value }] } }))
        };
        let metadata = |kept: Value| of_annotation(json!({ "data": { "metadata": kept } }));
        for (filters, expected) in [
            (json!([]), vec!["leaf", "other", "note"]),
            (json!([{}]), vec!["leaf", "other", "note"]),
            (concept("green", 1.0), vec!["note"]),
            (concept("green", 0.0), vec![]),
            (concept("black", 0.0), vec!["note"]),
            (metadata(json!({ "harvest": { "year": 2026 } })), vec!["note"]),
            (metadata(json!({ "harvest": { "year": "2026" } })), vec![]),
            (metadata(json!({ "harvest": { "flush": "first" }, "tags": ["new"] })), vec!["note"]),
            (of_annotation(json!({ "data": { "text": { "raw": "TEA green" } } })), vec!["note"]),
            (of_input(json!({ "text": { "raw": "tea" } })), vec!["other", "note"]),
            (of_input(json!({ "image": {} })), vec!["leaf"]),
            (of_input(json!({ "image": {}, "text": {} })), vec!["leaf", "other", "note"]),
            (of_input(json!({ "video": {} })), vec![]),
            (json!([{ "input": { "dataset_ids": ["leaves", "none"] } }]), vec!["leaf", "note"]),
            (json!([{ "input": { "status": { "code": 30000 } } }]), vec!["leaf", "other", "note"]),
            (json!([{ "input": { "status": { "code": 30002 } } }]), vec![]),
            (json!([{ "input": { "id": "other" } }]), vec!["other"]),
            (of_annotation(json!({ "status": { "code": 24150 } })), vec!["note"]),
            (of_annotation(json!({ "worker": { "user": { "id": "bo" } } })), vec![]),
            (json!([{ "negate": true, "input": { "dataset_ids": ["leaves"] } }]), vec!["other"]),
            (json!([{ "last_updated_time_range": { "end_time": "2001-01-01T00:00:00Z" } }]), vec![]),
        ] {
            let (http, answer) = story.search(json!({ "filters": filters })).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{filters}: {answer}");
            assert_eq!(hits(&answer), expected, "{filters}");
        }
        let both = json!([
            { "input": { "data": { "text": {} } } },
            { "negate": true, "annotation": { "data": { "concepts": [{ "id": "green", "value": 1 }] } } },
        ]);
        assert_eq!(hits(&story.search(json!({ "filters": both })).await.1), ["other"]);
        let older = json!([{ "negate": true, "input": { "data": { "concepts": [{ "id": "green" }] } } }]);
        assert_eq!(hits(&story.search(json!({ "ands": older })).await.1), ["leaf", "other"]);
        let expression = json!({ "expression": "any(id(leaf),metadata(harvest/year,at-least,2026))" });
        let (_, answer) = story.search(expression).await;
        assert_eq!(hits(&answer), ["leaf", "note"]);
        assert_eq!(answer["query"]["expression"], "any(id(leaf),metadata(harvest/year,at-least,2026.0))");
        assert_eq!(answer["hits"][1]["input"]["data"]["concepts"][0]["id"], "green", "{answer}");
        assert_eq!((&answer["hits"][0]["score"], &answer["hits"][0]["app_id"]), (&json!(1.0), &json!("tea")));
        let (_, answer) = story.search(json!({ "oldest_first": true })).await;
        assert_eq!(hits(&answer), ["note", "other", "leaf"]);
    });
}

#[test]
fn what_is_not_understood_is_refused() {
    tell(async |story| {
        story.with_leaves().await;
        let picture = json!({ "data": { "image": { "url": "https://example.org/leaf.png" } } });
        let text = json!({ "data": { "text": { "raw": "tea" } } });
        let said = json!({ "data": { "text": { "raw": "tea" }, "concepts": [{ "id": "green" }] } });
        for (query, http, expected, words) in [
            (json!({ "ranks": [{ "annotation": text }, { "annotation": text }] }), 400, 11102, "must be one"),
            (json!({ "ranks": [{ "annotation": text, "negate": true }] }), 400, 11102, "query.ranks.negate"),
            (
                json!({ "ranks": [{ "annotation": { "id": "a" } }] }),
                400,
                11102,
                "query.ranks.annotation must have",
            ),
            (
                json!({ "ranks": [{ "annotation": said }] }),
                400,
                11102,
                "query.ranks.annotation must say nothing",
            ),
            (json!({ "ranks": [{ "annotation": { "input_id": "nothing" } }] }), 404, 11101, ""),
            (json!({ "filters": [{ "annotation": picture }] }), 400, 11102, "give it in query.ranks"),
            (json!({ "ands": [{ "output": {} }] }), 400, 11102, "give it in query.ranks"),
            (json!({ "expression": "all(id(a)" }), 400, 11102, "query.expression is wrong at character 10"),
            (
                json!({ "filters": [{ "annotation": { "id": "a" } }] }),
                400,
                11102,
                "query.filters.annotation.id",
            ),
            (
                json!({ "filters": [{ "annotation": { "data": { "geo": {} } } }] }),
                400,
                11102,
                "data.geo must have a geo_point with a geo_limit",
            ),
        ] {
            let (answered, answer) = story.search(query.clone()).await;
            assert_eq!((answered, code(&answer)), (http, expected), "{query}: {answer}");
            assert!(details(&answer).contains(words), "{query}: {answer}");
        }
        // Clients send a rank that says nothing.
        let (_, answer) = story.search(json!({ "ranks": [{}, { "annotation": {} }] })).await;
        assert_eq!(hits(&answer).len(), 3, "{answer}");
    });
}

#[test]
fn what_is_found_is_ranked_by_how_alike_it_is() {
    tell(async |story| {
        story.with_leaves().await;
        while story.bench.service.embed_some().await.unwrap() > 0 {}
        let text = json!({ "data": { "text": { "raw": "Green tea" } } });
        let ranks = json!([{ "annotation": text }]);
        let (status, all) = story.search(json!({ "ranks": ranks })).await;
        assert_eq!((status, hits(&all).len()), (200, 3), "{all}");
        let scores: Vec<f64> =
            all["hits"].as_array().unwrap().iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
        assert!(scores.is_sorted_by(|one, other| one >= other) && scores[0] < 1.0, "{scores:?}");
        let filters = json!([{ "input": { "id": "note" } }]);
        let (_, one) = story.search(json!({ "ranks": ranks, "filters": filters })).await;
        assert_eq!(hits(&one), ["note"]);
        let like = json!([{ "annotation": { "input_id": "note" } }]);
        let (_, others) = story.search(json!({ "ranks": like })).await;
        assert_eq!(hits(&others), ["other"], "texts are like texts: {others}");
    });
}

#[test]
fn searches_are_kept_used_and_deleted_over_both_doors() {
    tell(async |story| {
        story.with_leaves().await;
        let ana = &story.ana_token;
        let filter = Filter {
            annotation: Some(Annotation {
                data: Some(Data {
                    concepts: vec![Concept { id: "green".into(), value: 1.0, ..Concept::default() }],
                    ..Data::default()
                }),
                ..Annotation::default()
            }),
            ..Filter::default()
        };
        let query = Query { filters: vec![filter], ranks: vec![Rank::default()], ..Query::default() };
        let search = Search {
            id: "green".into(),
            name: "What is green".into(),
            query: Some(query.clone()),
            save: true,
            ..Search::default()
        };
        let asked = PostInputsSearchesRequest {
            user_app_id: tea(),
            searches: vec![search.clone()],
            ..Default::default()
        };
        let answer: MultiSearchResponse = story.grpc("PostInputsSearches", ana, &asked).await;
        assert_eq!((answer.id.as_str(), grpc_hits(&answer)), ("green", vec!["note"]), "{answer:?}");
        let again: MultiSearchResponse = story.grpc("PostInputsSearches", ana, &asked).await;
        assert_eq!(again.status.unwrap().code, 11102, "each is kept once");

        let by_id = PostSearchesByIdRequest { user_app_id: tea(), id: "green".into(), pagination: None };
        let answer: MultiSearchResponse = story.grpc("PostSearchesByID", ana, &by_id).await;
        assert_eq!(grpc_hits(&answer), ["note"]);
        let path = format!("{SEARCHES}/green");
        let (_, answer) = story.rest(Method::POST, &path, ana, json!({ "pagination": { "page": 2 } })).await;
        assert_eq!((code(&answer), hits(&answer).len()), (10000, 0), "{answer}");

        let (_, answer) = story.rest(Method::GET, &path, ana, json!({})).await;
        let kept = &answer["search"];
        assert_eq!((&kept["name"], &kept["application_id"]), (&json!("What is green"), &json!("tea")));
        assert_eq!(kept["query"]["filters"][0]["annotation"]["data"]["concepts"][0]["id"], "green");
        assert_eq!(kept["query"]["expression"], "said(concept:green)");
        // As it was answered, it may be sent back.
        let change =
            json!({ "action": "overwrite", "searches": [{ "id": "green", "query": kept["query"] }] });
        let (_, answer) = story.rest(Method::PATCH, SEARCHES, ana, change).await;
        assert_eq!(answer["searches"][0]["query"], kept["query"], "{answer}");
        let other = json!({ "action": "overwrite", "searches": [{ "id": "green", "name": "Leaves" }] });
        let (_, answer) = story.rest(Method::PATCH, &format!("{INPUTS}/searches"), ana, other.clone()).await;
        assert_eq!(answer["searches"][0]["name"], "Leaves", "{answer}");
        let (http, _) = story.rest(Method::PATCH, &format!("{ANNOTATIONS}/searches"), ana, other).await;
        assert_eq!(http, 404, "it searches inputs");
        let removal = json!({ "action": "remove", "searches": [{ "id": "green" }] });
        assert_eq!(story.rest(Method::PATCH, SEARCHES, ana, removal).await.0, 400);

        let (_, answer) = story.rest(Method::GET, SEARCHES, ana, json!({})).await;
        assert_eq!(ids(&answer, "searches"), ["green"]);
        let (_, answer) = story.rest(Method::DELETE, &path, ana, json!({})).await;
        assert_eq!(code(&answer), 10000, "{answer}");
        assert_eq!(story.rest(Method::GET, &path, ana, json!({})).await.0, 404);
        let gone: SingleSearchResponse = story.grpc("GetSearch", ana, &by_id).await;
        assert_eq!(gone.status.unwrap().code, 11101);

        let annotations = PostAnnotationsSearchesRequest {
            user_app_id: tea(),
            searches: vec![Search { save: false, ..search.clone() }],
            pagination: Some(Pagination { page: 1, per_page: 5 }),
        };
        let answer: MultiSearchResponse = story.grpc("PostAnnotationsSearches", ana, &annotations).await;
        let found = answer.hits[0].annotation.as_ref().unwrap();
        assert_eq!((found.id.as_str(), found.input_id.as_str()), ("said", "note"));
        let older = PostSearchesRequest { user_app_id: tea(), query: Some(query), ..Default::default() };
        let answer: MultiSearchResponse = story.grpc("PostSearches", ana, &older).await;
        assert_eq!(grpc_hits(&answer), ["note"]);
        let count = PostInputsSearchesRequest { searches: Vec::new(), only_count: true, ..asked };
        let answer: MultiSearchResponse = story.grpc("PostInputsSearches", ana, &count).await;
        assert_eq!((answer.hit_counts[0].estimated_total, answer.hits.len()), (3, 0));
    });
}
