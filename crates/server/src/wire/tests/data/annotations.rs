//! Annotations and concepts.

use super::*;

#[test]
fn a_worker_annotates_and_touches_neither_inputs_nor_what_others_said() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        story.with_concepts(&["green", "black"]).await;
        let more = json!({ "inputs": [text("more", "Black tea")] });
        let (http, answer) = story.rest(Method::POST, INPUTS, &story.bo_token, more).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("Inputs_Add"), "{answer}");

        for (secret, id) in [(&story.ana_token, "anas"), (&story.bo_token, "bos")] {
            let (http, answer) = story.say(secret, id, "green").await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            assert_eq!(answer["annotations"][0]["status"]["code"], 24150, "{answer}");
        }
        let changed = |id: &str| json!({ "id": id, "data": { "concepts": [{ "id": "black" }] } });
        let (http, answer) = story.patch(&story.bo_token, "merge", changed("anas")).await;
        assert_eq!((http, code(&answer)), (403, 24156), "{answer}");
        assert!(details(&answer).contains("someone else's"), "{answer}");
        let (http, answer) = story.patch(&story.bo_token, "overwrite", changed("bos")).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("Annotations_Delete"), "{answer}");
        let (http, answer) = story.patch(&story.bo_token, "merge", changed("bos")).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");

        let path = format!("{INPUTS}/note/annotations/bos");
        let (http, answer) = story.rest(Method::DELETE, &path, &story.bo_token, json!({})).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        let (http, answer) = story.rest(Method::DELETE, &path, &story.ana_token, json!({})).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
    });
}

#[test]
fn everyone_is_listed_what_they_said_themselves_unless_they_ask_for_all() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        story.with_concepts(&["green"]).await;
        story.say(&story.ana_token, "anas", "green").await;
        story.say(&story.bo_token, "bos", "green").await;
        for (query, listed) in [
            ("", vec!["bos"]),
            ("?list_all_annotations=true&per_page=1000", vec!["anas", "bos"]),
            ("?user_ids=ana", vec!["anas"]),
            ("?list_all_annotations=true&ids=anas", vec!["anas"]),
            ("?list_all_annotations=true&input_ids=other", vec![]),
            ("?page=2", vec![]),
        ] {
            let (http, answer) = story.get(&format!("{ANNOTATIONS}{query}"), &story.bo_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            let mut found = ids(&answer, "annotations");
            found.sort_unstable();
            assert_eq!(found, listed, "{query}");
        }
    });
}

#[test]
fn strangers_do_not_learn_what_there_is() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        let cy = story.bench.person("cy").await;
        let token = story.key_of(&cy, |_| {}).await;
        for path in [INPUTS, CONCEPTS, ANNOTATIONS, &format!("{INPUTS}/note")] {
            let (http, answer) = story.get(path, &token).await;
            assert_eq!((http, code(&answer)), (404, 11101), "{path}: {answer}");
        }
        let (http, _) = story.rest(Method::DELETE, &format!("{INPUTS}/note"), &token, json!({})).await;
        assert_eq!(http, 404);
        let (http, _) = story.get(&format!("{INPUTS}/note"), &story.ana_token).await;
        assert_eq!(http, 200);
    });
}

#[test]
fn nothing_named_is_nothing_deleted() {
    tell(async |story| {
        story.with_inputs(json!([text("a", "One"), text("b", "Two")])).await;
        for (named, left) in [(json!({}), 2), (json!({ "ids": [] }), 2), (json!({ "ids": ["a"] }), 1)] {
            let (http, answer) = story.rest(Method::DELETE, INPUTS, &story.ana_token, named).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            let (_, answer) = story.get(INPUTS, &story.ana_token).await;
            assert_eq!(ids(&answer, "inputs").len(), left, "{answer}");
        }
        let (http, _) = story.rest(Method::DELETE, ANNOTATIONS, &story.ana_token, json!({})).await;
        assert_eq!(http, 200);
    });
}

#[test]
fn a_patch_adds_replaces_and_takes_away() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        story.say(&story.ana_token, "said", "green").await;
        for (action, concept, left) in [
            ("merge", "hot", vec!["green", "hot"]),
            ("remove", "green", vec!["hot"]),
            ("overwrite", "cold", vec!["cold"]),
        ] {
            let change = json!({ "id": "said", "data": { "concepts": [{ "id": concept }] } });
            let (http, answer) = story.patch(&story.ana_token, action, change).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            assert_eq!(ids(&answer["annotations"][0]["data"], "concepts"), left, "{action}");
        }
        let change = json!({ "id": "said", "data": { "concepts": [{ "id": "cold" }] } });
        let (_, answer) = story.patch(&story.ana_token, "remove", change.clone()).await;
        assert_eq!(answer["annotations"], json!([]), "what is empty is deleted, as was asked: {answer}");
        let (http, answer) = story.patch(&story.ana_token, "replace", change).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        assert!(details(&answer).contains("`replace`"), "{answer}");
    });
}

#[test]
fn shapes_sent_as_json_are_the_same_over_grpc() {
    tell(async |story| {
        story.with_inputs(json!([picture("cup", PNG)])).await;
        let corners = json!([
            { "row": 0.25, "col": 0.25 }, { "row": 0.75, "col": 0.25 }, { "row": 0.75, "col": 0.75 },
        ]);
        let edges = json!({ "top_row": 0.125, "left_col": 0.25, "bottom_row": 0.5, "right_col": 0.75 });
        let inside = json!({ "concepts": [{ "id": "handle", "value": 0.5 }] });
        let regions = json!([
            { "id": "edges", "region_info": { "bounding_box": edges }, "data": inside },
            { "id": "corners", "region_info": { "polygon": { "points": corners } } },
            { "id": "spot", "region_info": { "point": { "row": 0.5, "col": 0.0 } } },
        ]);
        let annotation = json!({ "id": "drawn", "input_id": "cup", "data": { "regions": regions } });
        let body = json!({ "annotations": [annotation] });
        let (http, answer) = story.rest(Method::POST, ANNOTATIONS, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");

        let question = GetAnnotationRequest {
            user_app_id: tea(),
            input_id: "cup".into(),
            annotation_id: "drawn".into(),
        };
        let answer: SingleAnnotationResponse = story.grpc("GetAnnotation", &story.ana_token, &question).await;
        let annotation = answer.annotation.unwrap();
        assert!(!annotation.input_level);
        let regions = annotation.data.unwrap().regions;
        let info = |index: usize| regions[index].region_info.clone().unwrap();
        let read = info(0).bounding_box.unwrap();
        assert_eq!((read.top_row, read.left_col, read.bottom_row, read.right_col), (0.125, 0.25, 0.5, 0.75));
        assert_eq!(regions[0].data.as_ref().unwrap().concepts[0].value, 0.5);
        let points = info(1).polygon.unwrap().points;
        assert_eq!(
            points.iter().map(|point| (point.row, point.col)).collect::<Vec<_>>(),
            [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75)]
        );
        let spot = info(2).point.unwrap();
        assert_eq!((spot.row, spot.col), (0.5, 0.0));
    });
}

#[test]
fn a_span_sent_over_grpc_is_the_same_as_json() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        let info = |end| RegionInfo {
            span: Some(Span { char_start: 0, char_end: end, ..Span::default() }),
            ..RegionInfo::default()
        };
        let green = Concept { id: "green".into(), value: 1.0, ..Concept::default() };
        let question = |end| PostAnnotationsRequest {
            user_app_id: tea(),
            annotations: vec![Annotation {
                id: "marked".into(),
                input_id: "note".into(),
                data: Some(Data {
                    regions: vec![Region {
                        region_info: Some(info(end)),
                        data: Some(Data { concepts: vec![green.clone()], ..Data::default() }),
                        ..Region::default()
                    }],
                    ..Data::default()
                }),
                ..Annotation::default()
            }],
        };
        let answer: MultiAnnotationResponse =
            story.grpc("PostAnnotations", &story.ana_token, &question(10)).await;
        let status = answer.status.unwrap();
        assert_eq!(status.code, 11102, "the text ends before: {status:?}");
        let answer: MultiAnnotationResponse =
            story.grpc("PostAnnotations", &story.ana_token, &question(5)).await;
        assert_eq!(answer.status.unwrap().code, 10000);

        let path = format!("{INPUTS}/note/annotations/marked");
        let (http, answer) = story.get(&path, &story.ana_token).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let region = &answer["annotation"]["data"]["regions"][0];
        let span = &region["region_info"]["span"];
        assert_eq!((&span["char_start"], &span["char_end"]), (&json!(0), &json!(5)), "{answer}");
        assert!(region["id"].as_str().is_some_and(|id| !id.is_empty()), "a region gets an id: {answer}");
    });
}

#[test]
fn a_span_is_shown_with_its_stretch_of_the_text() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "🍵 Grüner чай 茶"), text("plain", "Green tea")])).await;
        let span = |id: &str, start: u32, end: u32, raw: &str| {
            let info = json!({ "span": { "char_start": start, "char_end": end, "raw_text": raw } });
            json!({ "id": id, "region_info": info, "data": { "concepts": [{ "id": "word" }] } })
        };
        let of = |id: &str, input: &str, regions: Value| json!({ "id": id, "input_id": input, "data": { "regions": regions } });
        // What a client says of the text beside a span does not matter.
        let annotations = json!([
            of("odd", "note", json!([span("a", 0, 1, ""), span("b", 2, 8, "tea"), span("c", 9, 12, "")])),
            of("end", "note", json!([span("d", 13, 14, "")])),
            of("easy", "plain", json!([span("e", 6, 9, "coffee")])),
        ]);
        let body = json!({ "annotations": annotations });
        let (_, posted) = story.rest(Method::POST, ANNOTATIONS, &story.ana_token, body).await;
        let query = "?list_all_annotations=true";
        let (_, listed) = story.get(&format!("{ANNOTATIONS}{query}"), &story.bo_token).await;
        for answer in [&posted, &listed] {
            assert_eq!(code(answer), 10000, "{answer}");
            let mut told = Vec::new();
            for annotation in answer["annotations"].as_array().unwrap() {
                for region in annotation["data"]["regions"].as_array().unwrap() {
                    told.push(region["region_info"]["span"]["raw_text"].as_str().unwrap());
                }
            }
            told.sort_unstable();
            assert_eq!(told, ["Grüner", "tea", "чай", "茶", "🍵"]);
        }
        let change = of("end", "note", json!([span("d", 9, 14, "")]));
        let (_, patched) = story.patch(&story.ana_token, "merge", change).await;
        let (_, one) = story.get(&format!("{INPUTS}/note/annotations/end"), &story.bo_token).await;
        for annotation in [&patched["annotations"][0], &one["annotation"]] {
            let span = &annotation["data"]["regions"][0]["region_info"]["span"];
            assert_eq!(*span, json!({ "char_start": 9, "char_end": 14, "raw_text": "чай 茶" }));
        }
    });
}

#[test]
fn what_is_not_kept_is_refused_by_its_name_over_the_wire() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        let annotation = json!({ "input_id": "note", "data": { "frames": [{}] } });
        let body = json!({ "annotations": [annotation] });
        let (http, answer) = story.rest(Method::POST, ANNOTATIONS, &story.ana_token, body).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        assert!(details(&answer).contains("data.frames is not kept by this server"), "{answer}");
    });
}

#[test]
fn a_concept_is_added_once_and_changed_afterwards() {
    tell(async |story| {
        story.with_concepts(&["green"]).await;
        let again = json!({ "concepts": [{ "id": "green" }] });
        let (http, answer) = story.rest(Method::POST, CONCEPTS, &story.ana_token, again).await;
        assert_eq!((http, code(&answer)), (400, 40003), "{answer}");
        assert!(details(&answer).contains("duplicate"), "{answer}");

        let change = json!({ "action": "overwrite", "concepts": [{ "id": "green", "name": "Green tea" }] });
        let (http, answer) = story.rest(Method::PATCH, CONCEPTS, &story.ana_token, change).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (_, one) = story.get(&format!("{CONCEPTS}/green"), &story.bo_token).await;
        let (_, all) = story.get(CONCEPTS, &story.bo_token).await;
        for concept in [&answer["concepts"][0], &one["concept"], &all["concepts"][0]] {
            assert_eq!((&concept["id"], &concept["name"]), (&json!("green"), &json!("Green tea")));
            assert_eq!((&concept["user_id"], &concept["app_id"]), (&json!("ana"), &json!("tea")));
        }
        // Whoever adds one to a shared app, it is that app's.
        let scopes = atelier_domain::closure::closed(ScopeSet::of(&[Scope::ConceptsAdd]));
        let cy = story.bench.person("cy").await;
        story.share_with(&cy, scopes).await;
        let (_, answer) = story
            .rest(
                Method::POST,
                CONCEPTS,
                &story.key_of(&cy, |_| {}).await,
                json!({ "concepts": [{ "id": "cys" }] }),
            )
            .await;
        let concept = &answer["concepts"][0];
        assert_eq!((&concept["user_id"], &concept["app_id"]), (&json!("ana"), &json!("tea")), "{answer}");
        let (_, answer) = story.get(&format!("{CONCEPTS}?page=2"), &story.ana_token).await;
        assert_eq!((code(&answer), &answer["concepts"]), (10000, &json!([])), "{answer}");
    });
}

#[test]
fn how_often_concepts_occur_is_told_page_by_page_to_those_who_may_look_at_inputs() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea"), text("more", "Black tea")])).await;
        story.with_concepts(&["green", "black", "white"]).await;
        story.say(&story.ana_token, "anas", "green").await;
        story.say(&story.bo_token, "bos", "green").await;
        let absent = json!({ "concepts": [{ "id": "green", "value": 0 }] });
        let said = json!({ "annotations": [{ "input_id": "more", "data": absent }] });
        let (http, _) = story.rest(Method::POST, ANNOTATIONS, &story.bo_token, said).await;
        assert_eq!(http, 200);
        let path = format!("{CONCEPTS}/status");
        for (query, listed) in [
            ("", json!([["green", 1, 1], ["black", 0, 0], ["white", 0, 0]])),
            ("?per_page=2", json!([["green", 1, 1], ["black", 0, 0]])),
            ("?per_page=2&page=2", json!([["white", 0, 0]])),
            ("?per_page=2&page=3", json!([])),
        ] {
            let (http, answer) = story.get(&format!("{path}{query}"), &story.bo_token).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            let told = answer["concept_counts"].as_array().unwrap().iter().map(|entry| {
                let count = &entry["concept_type_count"];
                assert_eq!(&entry["detail_concept_count"]["processed"], count, "{answer}");
                json!([entry["id"], count["positive"], count["negative"]])
            });
            assert_eq!(told.collect::<Value>(), listed, "{query}");
        }
        let question = GetConceptCountsRequest { user_app_id: tea(), page: 1, per_page: 1 };
        let answer: MultiConceptCountResponse =
            story.grpc("GetConceptCounts", &story.bo_token, &question).await;
        assert_eq!(answer.concept_counts.len(), 1);
        assert_eq!(answer.concept_counts[0].name, "green");
    });
}

#[test]
fn what_waits_in_a_task_is_reviewed_by_one_request() {
    tell(async |story| {
        let (ana, bo) = (&story.ana_token, &story.bo_token);
        story.with_inputs(json!([text("one", "Green tea"), text("two", "Black tea")])).await;
        story.with_concepts(&["green"]).await;
        let tasks = "/v2/users/ana/apps/tea/tasks";
        let task = json!({
            "id": "leaves",
            "type": "CONCEPTS_CLASSIFICATION",
            "worker": { "strategy": "PARTITIONED", "user_ids": ["bo"] },
            "review": { "strategy": "MANUAL", "user_ids": ["ana"] },
            "concept_ids": ["green"],
        });
        let (http, answer) = story.rest(Method::POST, tasks, ana, json!({ "tasks": [task] })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        for input in ["one", "two"] {
            let put = async |action: &str| {
                let act = json!({ "input_id": input, "action": action });
                let (http, answer) =
                    story.rest(Method::PUT, &format!("{tasks}/leaves/assignments"), bo, act).await;
                assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            };
            put("LABEL_START").await;
            let data = json!({ "concepts": [{ "id": "green" }] });
            let said = json!({ "annotations": [{ "input_id": input, "task_id": "leaves", "data": data }] });
            let (http, answer) = story.rest(Method::POST, ANNOTATIONS, bo, said).await;
            assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
            put("LABEL_SUBMIT").await;
        }

        let path = "/v2/users/ana/apps/tea/task/leaves/annotations/status";
        let stand = |action: &str, status_code: Value| json!({ "action": action, "status_code": status_code, "user_ids": ["bo"], "status_codes": [24157] });
        let (http, answer) = story.rest(Method::PATCH, path, bo, stand("overwrite", json!(24150))).await;
        assert_eq!((http, code(&answer)), (409, 54100), "{answer}");
        assert!(details(&answer).contains("not among those who review"), "{answer}");
        for (body, word) in [
            (stand("merge", json!(24150)), "action"),
            (stand("", json!(24150)), "action"),
            (stand("overwrite", json!(24157)), "status_code"),
            (json!({ "action": "overwrite" }), "status_code"),
        ] {
            let (http, answer) = story.rest(Method::PATCH, path, ana, body).await;
            assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
            assert!(details(&answer).contains(word), "{answer}");
        }
        let missing = path.replace("leaves", "roots");
        assert_eq!(story.rest(Method::PATCH, &missing, ana, stand("overwrite", json!(24150))).await.0, 404);
        let body = stand("overwrite", json!("ANNOTATION_SUCCESS"));
        let (http, answer) = story.rest(Method::PATCH, path, ana, body).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        assert_eq!((&answer["user_ids"], &answer["updated_count"]), (&json!(["bo"]), &json!(2)), "{answer}");
        let (_, listed) = story.get(&format!("{ANNOTATIONS}?task_id=leaves&user_ids=bo"), ana).await;
        let stands = listed["annotations"].as_array().unwrap().iter().map(|said| &said["status"]["code"]);
        assert_eq!(stands.collect::<Vec<_>>(), [24150, 24150], "{listed}");
        // Over gRPC, once more: nothing waits.
        let question = PatchAnnotationsStatusRequest {
            user_app_id: tea(),
            task_id: "leaves".into(),
            action: "overwrite".into(),
            status_code: 24158,
            ..Default::default()
        };
        let answer: PatchAnnotationsStatusResponse =
            story.grpc("PatchAnnotationsStatus", ana, &question).await;
        assert_eq!((answer.status.unwrap().code, answer.updated_count), (10000, 0));
    });
}

#[test]
fn concepts_are_sought_by_their_names_as_clients_do() {
    tell(async |story| {
        let ana = &story.ana_token;
        let concepts = json!([{ "id": "dog", "name": "Dog" }, { "id": "oak" }, { "id": "hot-dog" }]);
        let (http, answer) = story.rest(Method::POST, CONCEPTS, ana, json!({ "concepts": concepts })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let app_key = story
            .key_of(&story.ana, |key| {
                key.app = Some(AppName::of("ana", "tea"));
                key.is_app_key = true;
            })
            .await;
        let search =
            async |secret: &str, path: &str, body: Value| story.rest(Method::POST, path, secret, body).await;
        let path = &format!("{CONCEPTS}/searches");
        let named = |name: &str| json!({ "concept_query": { "name": name } });
        // Without the address of an app, in the one to which the key is bound.
        for (secret, path) in [(ana, path.as_str()), (&app_key, "/v2/concepts/searches")] {
            for (body, expected) in [
                (named("dog*"), vec!["dog", "hot-dog"]),
                (named("DOG"), vec!["dog", "hot-dog"]),
                (json!({}), vec!["dog", "oak", "hot-dog"]),
                (json!({ "pagination": { "page": 2, "per_page": 2 } }), vec!["hot-dog"]),
                (json!({ "pagination": { "page": 3, "per_page": 2 } }), vec![]),
                (json!({ "concept_query": { "language": "ja" } }), vec![]),
                (json!({ "concept_query": { "use_cases": ["CLASSIFICATION"] } }), vec![]),
                (json!({ "concept_query": { "use_cases": [0] } }), vec!["dog", "oak", "hot-dog"]),
            ] {
                let (http, answer) = search(secret, path, body.clone()).await;
                assert_eq!((http, code(&answer)), (200, 10000), "{body} {answer}");
                assert_eq!(ids(&answer, "concepts"), expected, "{body}");
            }
        }
        let recogniser =
            json!({ "id": "general-image-recognition", "user_id": "clarifai", "app_id": "main" });
        let query = json!({ "name": "hot dog", "model": recogniser, "ignore_app_concepts": true });
        let body = json!({ "concept_query": query, "extra_info": { "rankable_model": recogniser } });
        let (_, answer) = search(ana, path, body).await;
        let found = &answer["concepts"][0];
        assert_eq!((&found["name"], &found["app_id"]), (&json!("hot dog"), &json!("main")), "{answer}");
        assert_eq!(found["extra_info"].get("is_rankable"), None, "no search ranks by a concept: {answer}");
        for (query, http) in [
            (json!({ "use_cases": [7] }), 400),
            (json!({ "language": "no tag" }), 400),
            (json!({ "model": {} }), 400),
            (json!({ "workflow": { "user_id": "ana" } }), 400),
            (json!({ "model": { "id": "nothing" } }), 404),
            (json!({ "workflow_id": "nothing" }), 404),
        ] {
            let body = json!({ "concept_query": query });
            assert_eq!(search(ana, path, body).await.0, http, "{query}");
        }
        let question = PostConceptsSearchesRequest {
            user_app_id: tea(),
            concept_query: Some(ConceptQuery { name: "oak".into(), ..ConceptQuery::default() }),
            ..Default::default()
        };
        let answer: MultiConceptResponse = story.grpc("PostConceptsSearches", ana, &question).await;
        assert_eq!((answer.concepts.len(), answer.concepts[0].id.as_str()), (1, "oak"));
        let public = PostConceptsSearchesRequest {
            user_app_id: Some(UserAppIdSet { user_id: "clarifai".into(), app_id: "main".into() }),
            concept_query: Some(ConceptQuery { name: "dog".into(), ..ConceptQuery::default() }),
            ..question
        };
        let answer: MultiConceptResponse = story.grpc("PostConceptsSearches", ana, &public).await;
        assert!(!answer.concepts.is_empty() && answer.concepts.iter().all(|one| one.app_id == "main"));
    });
}
