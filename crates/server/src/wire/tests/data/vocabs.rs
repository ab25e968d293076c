//! Vocabularies, and what concepts are besides their names.

use super::*;

const VOCABS: &str = "/v2/users/ana/apps/tea/vocabs";

#[test]
fn a_vocabulary_is_made_changed_listed_and_deleted() {
    tell(async |story| {
        story.with_concepts(&["green", "black", "white"]).await;
        let ana = &story.ana_token;
        let ask = async |method: Method, path: &str, body: Value| story.rest(method, path, ana, body).await;
        let concepts = json!([{ "id": "white" }, { "id": "green" }]);
        let vocabs = json!({ "vocabs": [{ "id": "leaves", "name": "Leaves", "concepts": concepts }] });
        let (http, answer) = ask(Method::POST, VOCABS, vocabs.clone()).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let made = &answer["vocabs"][0];
        assert_eq!(ids(made, "concepts"), ["white", "green"]);
        assert_eq!((&made["concept_count"], &made["user_id"]), (&json!(2), &json!("ana")));

        let (http, answer) = ask(Method::POST, VOCABS, vocabs).await;
        assert_eq!((http, code(&answer)), (409, 11102), "{answer}");
        let (_, answer) = ask(Method::GET, VOCABS, json!({})).await;
        assert_eq!(ids(&answer, "vocabs"), ["leaves"]);
        assert!(answer["vocabs"][0].get("concepts").is_none(), "a listing leaves them out: {answer}");

        let change = |action: &str, named: &[&str]| {
            let concepts: Vec<Value> = named.iter().map(|id| json!({ "id": id })).collect();
            json!({ "action": action, "vocabs": [{ "id": "leaves", "concepts": concepts }] })
        };
        for (action, named, expected) in [
            ("merge", vec!["black"], vec!["white", "green", "black"]),
            ("remove", vec!["white"], vec!["green", "black"]),
            ("overwrite", vec!["black", "white"], vec!["black", "white"]),
            // A list that is empty is none.
            ("overwrite", vec![], vec!["black", "white"]),
        ] {
            let (_, answer) = ask(Method::PATCH, VOCABS, change(action, &named)).await;
            assert_eq!(ids(&answer["vocabs"][0], "concepts"), expected, "{answer}");
        }
        let (http, answer) = ask(Method::PATCH, VOCABS, change("merge", &["oolong"])).await;
        assert_eq!((http, code(&answer)), (400, 11102), "{answer}");
        assert!(
            details(&answer).contains("vocabs[0].concepts must be those of this app: `oolong`"),
            "{answer}"
        );

        let path = format!("{VOCABS}/leaves");
        let (_, answer) = ask(Method::GET, &path, json!({})).await;
        assert_eq!(ids(&answer["vocab"], "concepts"), ["black", "white"]);
        let (_, answer) = ask(Method::DELETE, VOCABS, json!({})).await;
        assert_eq!(code(&answer), 10000, "nothing that is named is nothing: {answer}");
        assert_eq!(ask(Method::GET, &path, json!({})).await.0, 200);
        ask(Method::DELETE, VOCABS, json!({ "ids": ["leaves"] })).await;
        assert_eq!(ask(Method::GET, &path, json!({})).await.0, 404);
    });
}

#[test]
fn concepts_have_colours_keys_names_and_relations() {
    tell(async |story| {
        story.with_concepts(&["green", "tea", "matcha"]).await;
        let ana = &story.ana_token;
        let ask = async |method: Method, path: &str, body: Value| story.rest(method, path, ana, body).await;
        let change = json!({ "id": "green", "color": "#00AA00", "shortcut": "1" });
        let (_, answer) =
            ask(Method::PATCH, CONCEPTS, json!({ "action": "merge", "concepts": [change] })).await;
        let concept = &answer["concepts"][0];
        assert_eq!((&concept["color"], &concept["shortcut"]), (&json!("#00aa00"), &json!("1")), "{answer}");

        let languages = format!("{CONCEPTS}/green/languages");
        let german = json!({ "concept_languages": [{ "id": "de", "name": "Grün" }] });
        let (http, answer) = ask(Method::POST, &languages, german.clone()).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let (_, answer) = ask(Method::POST, &languages, german).await;
        assert_eq!(code(&answer), 40003, "{answer}");
        assert_eq!(ids(&ask(Method::GET, &languages, json!({})).await.1, "concept_languages"), ["en", "de"]);
        let (_, answer) = ask(Method::GET, &format!("{languages}/de"), json!({})).await;
        assert_eq!(answer["concept_language"]["name"], "Grün");
        let gone = json!({ "action": "remove", "concept_languages": [{ "id": "de" }] });
        ask(Method::PATCH, &languages, gone).await;
        assert_eq!(ask(Method::GET, &format!("{languages}/de"), json!({})).await.0, 404);

        let graphs = format!("{CONCEPTS}/knowledge_graphs");
        let (_, answer) =
            ask(Method::POST, &graphs, json!({ "knowledge_graphs": [{ "id": "drinks" }] })).await;
        assert_eq!(answer["knowledge_graphs"][0]["name"], "drinks", "{answer}");
        assert_eq!(ids(&ask(Method::GET, &graphs, json!({})).await.1, "knowledge_graphs"), ["drinks"]);

        let relations = format!("{CONCEPTS}/green/relations");
        let kind = json!({ "predicate": "hyponym", "object_concept": { "id": "tea" }, "knowledge_graph_id": "drinks" });
        let (http, answer) = ask(Method::POST, &relations, json!({ "concept_relations": [kind] })).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let relation = &answer["concept_relations"][0];
        assert_eq!(relation["subject_concept"]["id"], "green");
        let id = relation["id"].as_str().unwrap();
        let of_graph = format!("{CONCEPTS}/relations?knowledge_graph_id=drinks");
        assert_eq!(ids(&ask(Method::GET, &of_graph, json!({})).await.1, "concept_relations"), [id]);
        let of_other = format!("{CONCEPTS}/relations?knowledge_graph_id=dishes");
        assert!(ids(&ask(Method::GET, &of_other, json!({})).await.1, "concept_relations").is_empty());
        let unknown = json!({ "predicate": "hyponym", "object_concept": { "id": "oolong" } });
        let (http, answer) = ask(Method::POST, &relations, json!({ "concept_relations": [unknown] })).await;
        assert_eq!(http, 400);
        assert!(details(&answer).contains("concept_relations[0].object must be a concept"), "{answer}");
        ask(Method::DELETE, &relations, json!({ "ids": [id] })).await;
        assert!(ids(&ask(Method::GET, &relations, json!({})).await.1, "concept_relations").is_empty());
    });
}

#[test]
fn concepts_are_merged_and_deleted_with_what_was_said() {
    tell(async |story| {
        story.with_inputs(json!([text("note", "Green tea")])).await;
        story.with_concepts(&["green", "verde", "black"]).await;
        story.say(&story.ana_token, "anas", "verde").await;
        let merges = format!("{CONCEPTS}/green/merges");
        let (http, answer) =
            story.rest(Method::POST, &merges, &story.ana_token, json!({ "ids": ["verde"] })).await;
        assert_eq!(
            (http, code(&answer), &answer["concept"]["id"]),
            (200, 10000, &json!("green")),
            "{answer}"
        );
        let said = async || {
            let (_, answer) = story.get(&format!("{ANNOTATIONS}?ids=anas"), &story.ana_token).await;
            answer["annotations"][0]["data"]["concepts"].as_array().map(|concepts| concepts.len())
        };
        assert_eq!(said().await, Some(1));
        let (_, listed) = story.get(CONCEPTS, &story.ana_token).await;
        assert_eq!(ids(&listed, "concepts"), ["green", "black"]);
        // Whoever may change concepts and not delete what was said leaves what is said.
        let lead =
            ScopeSet::of(&[Scope::AppsGet, Scope::ConceptsAdd, Scope::ConceptsDelete, Scope::ConceptsGet]);
        let key = story.exact_key(&story.ana, Rights::of(lead)).await;
        let delete =
            async |id: &str| story.rest(Method::DELETE, CONCEPTS, &key, json!({ "ids": [id] })).await;
        let (http, answer) = delete("green").await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("Annotations_Delete"), "{answer}");
        assert_eq!(said().await, Some(1));
        assert_eq!(delete("black").await.0, 200);
        story.rest(Method::DELETE, CONCEPTS, &story.ana_token, json!({ "ids": ["green"] })).await;
        assert_eq!(said().await.unwrap_or_default(), 0);
    });
}
