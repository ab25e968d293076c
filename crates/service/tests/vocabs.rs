//! Vocabularies, and what concepts are besides their names, on both databases.

use atelier_domain::closure::closed;
use atelier_domain::{BasicScope, Label, Labels, PatchAction, Preset, Region, Scope, ScopeSet, Shape};
use atelier_service::annotations::NewAnnotation;
use atelier_service::audit::AuditFilter;
use atelier_service::concepts::{ConceptLanguage, NewConcept, NewRelation, PatchConcept, RelationsFilter};
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::vocabs::{NewVocab, PatchVocab, Step, Vocab};
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::invalid;
use atelier_testkit::sharing::{join, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    a_vocabulary_keeps_its_order,
    patches_add_replace_and_take_away,
    a_concept_moves_by_one_place,
    what_is_no_concept_is_refused_and_nothing_is_kept,
    deleting_a_vocabulary_leaves_its_concepts,
    each_act_needs_its_scope,
    neighbours_differ_in_colour_and_a_chosen_one_stays,
    a_key_says_one_concept,
    a_concept_has_a_name_in_each_language_once,
    the_name_in_its_own_language_is_the_concepts,
    relations_are_said_from_both_sides,
    nothing_is_a_kind_of_itself,
    relations_go_with_their_concept_or_by_their_ids,
    a_deleted_concept_is_said_of_nothing,
    deleting_what_others_said_needs_that_right,
    merged_concepts_are_one_everywhere,
    only_the_owner_merges_what_others_said,
}

async fn concepts(bench: &Bench, who: &Who, app: &AppName, slugs: &[&str]) {
    let new = slugs.iter().map(|slug| NewConcept { slug: (*slug).into(), ..NewConcept::default() });
    bench.service.post_concepts(who, app, new.collect()).await.unwrap();
}

/// Ada's app with these concepts.
async fn with_concepts(bench: &Bench, slugs: &[&str]) -> (Person, AppName) {
    let ada = bench.person("ada").await;
    let app = street_signs(bench, &ada).await;
    concepts(bench, &ada.who, &app, slugs).await;
    (ada, app)
}

async fn make(bench: &Bench, who: &Who, app: &AppName, slug: &str, held: &[&str]) -> Result<Vocab> {
    let held = held.iter().map(|slug| (*slug).to_owned()).collect();
    let vocab = NewVocab { slug: slug.into(), concepts: held, ..NewVocab::default() };
    bench.service.post_vocabs(who, app, vec![vocab]).await.map(|made| made.value.into_iter().next().unwrap())
}

async fn held(bench: &Bench, who: &Who, app: &AppName, slug: &str) -> Vec<String> {
    let vocab = bench.service.get_vocab(who, app, slug).await.unwrap().value;
    assert_eq!(vocab.row.concepts, vocab.concepts.len() as i64, "the count is that of the list");
    vocab.concepts.into_iter().map(|concept| concept.slug).collect()
}

fn lacks(error: Error, scope: Scope) -> bool {
    matches!(error, Error::Forbidden { missing, .. } if missing == ScopeSet::of(&[scope]))
}

async fn a_vocabulary_keeps_its_order(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a", "b", "c"]).await;
    let made = make(&bench, &ada.who, &app, "signs", &["c", "a", "c", "b"]).await.unwrap();
    assert_eq!((made.row.name.as_str(), made.row.concepts), ("signs", 3), "who is named twice stands once");
    assert_eq!(held(&bench, &ada.who, &app, "signs").await, ["c", "a", "b"]);
    let by_name = NewVocab { name: "Bird calls".into(), ..NewVocab::default() };
    let made = bench.service.post_vocabs(&ada.who, &app, vec![by_name]).await.unwrap().value;
    assert_eq!((made[0].row.slug.as_str(), made[0].row.concepts), ("bird-calls", 0));
    let listed = bench.service.list_vocabs(&ada.who, &app, 0, 10).await.unwrap().value;
    let listed: Vec<_> = listed.iter().map(|row| (row.slug.as_str(), row.concepts)).collect();
    assert_eq!(listed, [("bird-calls", 0), ("signs", 3)]);
    assert!(bench.service.list_vocabs(&ada.who, &app, 2, 10).await.unwrap().value.is_empty());
    let Error::Taken(why) = make(&bench, &ada.who, &app, "signs", &[]).await.unwrap_err() else {
        panic!("it is there")
    };
    assert!(why.contains("`signs`"), "{why}");
}

async fn patches_add_replace_and_take_away(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a", "b", "c", "d"]).await;
    make(&bench, &ada.who, &app, "signs", &["b", "a"]).await.unwrap();
    for (action, named, expected) in [
        (PatchAction::Merge, vec!["a", "d"], vec!["b", "a", "d"]),
        (PatchAction::Remove, vec!["b", "c"], vec!["a", "d"]),
        (PatchAction::Overwrite, vec!["c", "a"], vec!["c", "a"]),
        (PatchAction::Overwrite, vec![], vec![]),
    ] {
        let named = named.into_iter().map(str::to_owned).collect();
        let change = PatchVocab { slug: "signs".into(), concepts: Some(named), ..PatchVocab::default() };
        bench.service.patch_vocabs(&ada.who, &app, action, vec![change]).await.unwrap();
        assert_eq!(held(&bench, &ada.who, &app, "signs").await, expected, "{action:?}");
    }
    let change = PatchVocab {
        slug: "signs".into(),
        name: Some("Street signs".into()),
        description: Some("What stands beside roads".into()),
        concepts: None,
    };
    let changed =
        bench.service.patch_vocabs(&ada.who, &app, PatchAction::Merge, vec![change]).await.unwrap().value;
    assert_eq!(changed[0].row.name, "Street signs");
    assert_eq!(changed[0].row.description, "What stands beside roads");
    let unknown = PatchVocab { slug: "other".into(), ..PatchVocab::default() };
    let refused = bench.service.patch_vocabs(&ada.who, &app, PatchAction::Merge, vec![unknown]).await;
    assert_eq!(refused, Err(Error::NotFound));
}

async fn a_concept_moves_by_one_place(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a", "b", "c"]).await;
    make(&bench, &ada.who, &app, "signs", &["a", "b", "c"]).await.unwrap();
    for (concept, step, expected) in [
        ("c", Step::Earlier, ["a", "c", "b"]),
        ("a", Step::Later, ["c", "a", "b"]),
        ("c", Step::Earlier, ["c", "a", "b"]),
        ("b", Step::Later, ["c", "a", "b"]),
    ] {
        bench.service.move_in_vocab(&ada.who, &app, "signs", concept, step).await.unwrap();
        assert_eq!(held(&bench, &ada.who, &app, "signs").await, expected, "{concept} {step:?}");
    }
    let refused = bench.service.move_in_vocab(&ada.who, &app, "signs", "d", Step::Later).await;
    assert_eq!(refused, Err(Error::NotFound));
}

async fn what_is_no_concept_is_refused_and_nothing_is_kept(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a"]).await;
    let (field, why) = invalid(make(&bench, &ada.who, &app, "signs", &["a", "z"]).await.unwrap_err());
    assert_eq!(field, "vocabs[0].concepts");
    assert!(why.contains("`z` is none"), "{why}");
    assert!(bench.service.list_vocabs(&ada.who, &app, 0, 10).await.unwrap().value.is_empty());
    assert_eq!(invalid(make(&bench, &ada.who, &app, "a/b", &[]).await.unwrap_err()).0, "vocabs[0].id");
    let nameless = bench.service.post_vocabs(&ada.who, &app, vec![NewVocab::default()]).await;
    assert_eq!(invalid(nameless.unwrap_err()).0, "vocabs[0].id");
}

async fn deleting_a_vocabulary_leaves_its_concepts(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a"]).await;
    make(&bench, &ada.who, &app, "one", &["a"]).await.unwrap();
    make(&bench, &ada.who, &app, "two", &["a"]).await.unwrap();
    let with_a = bench.service.vocabs_with_concept(&ada.who, &app, "a").await.unwrap();
    assert_eq!(with_a.iter().map(|row| row.slug.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    let delete = async |slugs: &[&str]| {
        let slugs: Vec<String> = slugs.iter().map(|slug| (*slug).to_owned()).collect();
        bench.service.delete_vocabs(&ada.who, &app, &slugs).await
    };
    assert_eq!(delete(&["one", "three"]).await, Err(Error::NotFound));
    assert_eq!(delete(&[]).await, Ok(0), "nothing that is named is nothing");
    assert_eq!(bench.service.list_vocabs(&ada.who, &app, 0, 10).await.unwrap().value.len(), 2);
    assert_eq!(delete(&["one"]).await, Ok(1));
    assert_eq!(bench.service.get_vocab(&ada.who, &app, "one").await, Err(Error::NotFound));
    assert!(bench.service.get_concept(&ada.who, &app, "a").await.is_ok());
}

async fn each_act_needs_its_scope(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a"]).await;
    make(&bench, &ada.who, &app, "signs", &["a"]).await.unwrap();
    let see = join(&bench, &ada, &app, "bo", closed(ScopeSet::of(&[Scope::VocabsGet]))).await;
    assert_eq!(held(&bench, &see.who, &app, "signs").await, ["a"]);
    assert!(lacks(make(&bench, &see.who, &app, "own", &[]).await.unwrap_err(), Scope::VocabsAdd));
    let add = join(&bench, &ada, &app, "cy", closed(ScopeSet::of(&[Scope::VocabsAdd]))).await;
    make(&bench, &add.who, &app, "own", &["a"]).await.unwrap();
    let refused = bench.service.delete_vocabs(&add.who, &app, &["own".into()]).await;
    assert!(lacks(refused.unwrap_err(), Scope::VocabsDelete));
    let all = join(&bench, &ada, &app, "di", closed(BasicScope::Vocab.own())).await;
    assert_eq!(bench.service.delete_vocabs(&all.who, &app, &["own".into()]).await, Ok(1));
    let eve = bench.person("eve").await;
    assert_eq!(bench.service.list_vocabs(&eve.who, &app, 0, 10).await, Err(Error::NotFound));
    assert_eq!(make(&bench, &eve.who, &app, "own", &[]).await, Err(Error::NotFound));
}

async fn neighbours_differ_in_colour_and_a_chosen_one_stays(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a", "b"]).await;
    let get = async |slug| bench.service.get_concept(&ada.who, &app, slug).await.unwrap().value;
    assert_ne!(get("a").await.color(), get("b").await.color());
    let paint = async |color: &str| {
        let change = PatchConcept { slug: "b".into(), color: Some(color.into()), ..PatchConcept::default() };
        bench.service.patch_concepts(&ada.who, &app, PatchAction::Merge, vec![change]).await
    };
    let of_place = get("b").await.color();
    paint("#00FF00").await.unwrap();
    assert_eq!(get("b").await.color().as_str(), "#00ff00");
    let rename = PatchConcept { slug: "b".into(), name: Some("B".into()), ..PatchConcept::default() };
    bench.service.patch_concepts(&ada.who, &app, PatchAction::Overwrite, vec![rename]).await.unwrap();
    assert_eq!(get("b").await.color().as_str(), "#00ff00", "what is not given stays");
    assert_eq!(invalid(paint("green").await.unwrap_err()).0, "concepts[0].color");
    paint("").await.unwrap();
    assert_eq!(get("b").await.color(), of_place);
}

async fn a_key_says_one_concept(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a", "b"]).await;
    let give = async |slug: &str, key: &str| {
        let change =
            PatchConcept { slug: slug.into(), shortcut: Some(key.into()), ..PatchConcept::default() };
        bench.service.patch_concepts(&ada.who, &app, PatchAction::Merge, vec![change]).await
    };
    give("a", "1").await.unwrap();
    give("a", "1").await.unwrap();
    let (field, why) = invalid(give("b", "1").await.unwrap_err());
    assert_eq!((field.as_str(), why.as_str()), ("concepts[0].shortcut", "`1` says `a` already"));
    assert_eq!(invalid(give("b", "n").await.unwrap_err()).0, "concepts[0].shortcut");
    give("a", "").await.unwrap();
    give("b", "1").await.unwrap();
    let with_key = NewConcept { slug: "c".into(), shortcut: Some("1".into()), ..NewConcept::default() };
    let refused = bench.service.post_concepts(&ada.who, &app, vec![with_key]).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "concepts[0].shortcut");
    assert_eq!(bench.service.get_concept(&ada.who, &app, "c").await, Err(Error::NotFound));
}

fn name(language: &str, name: &str) -> ConceptLanguage {
    ConceptLanguage { language: language.into(), name: name.into(), ..ConceptLanguage::default() }
}

async fn names(bench: &Bench, who: &Who, app: &AppName, concept: &str) -> Vec<(String, String)> {
    let rows = bench.service.list_concept_languages(who, app, concept).await.unwrap();
    rows.into_iter().map(|row| (row.language, row.name)).collect()
}

fn pairs(names: &[(&str, &str)]) -> Vec<(String, String)> {
    names.iter().map(|(language, name)| ((*language).to_owned(), (*name).to_owned())).collect()
}

async fn a_concept_has_a_name_in_each_language_once(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["stop"]).await;
    let add = async |names| bench.service.post_concept_languages(&ada.who, &app, "stop", names).await;
    add(vec![name("fr", "Arrêt"), name("de", "Halt")]).await.unwrap();
    assert_eq!(
        names(&bench, &ada.who, &app, "stop").await,
        pairs(&[("en", "stop"), ("de", "Halt"), ("fr", "Arrêt")])
    );
    for taken in ["de", "en"] {
        let refused = add(vec![name("it", "Alt"), name(taken, "Nochmal")]).await;
        assert!(matches!(refused, Err(Error::Taken(_))), "{taken}");
    }
    assert_eq!(names(&bench, &ada.who, &app, "stop").await.len(), 3, "all or none");
    let refused = add(vec![name("not a tag", "x")]).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "languages[0].language");
    let one = bench.service.get_concept_language(&ada.who, &app, "stop", "fr").await.unwrap();
    assert_eq!(one.name, "Arrêt");
    let none = bench.service.get_concept_language(&ada.who, &app, "stop", "pl").await;
    assert_eq!(none, Err(Error::NotFound));
}

async fn the_name_in_its_own_language_is_the_concepts(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["stop"]).await;
    let patch = async |action, change| {
        bench.service.patch_concept_languages(&ada.who, &app, "stop", action, vec![change]).await
    };
    bench.service.post_concept_languages(&ada.who, &app, "stop", vec![name("de", "Halt")]).await.unwrap();
    patch(PatchAction::Merge, name("en", "Stop sign")).await.unwrap();
    assert_eq!(bench.service.get_concept(&ada.who, &app, "stop").await.unwrap().value.name, "Stop sign");
    patch(PatchAction::Merge, name("de", "Stoppschild")).await.unwrap();
    let own = patch(PatchAction::Remove, name("en", "")).await;
    assert_eq!(invalid(own.unwrap_err()).0, "languages[0].language");
    assert_eq!(patch(PatchAction::Merge, name("fr", "Arrêt")).await, Err(Error::NotFound));
    let left = patch(PatchAction::Remove, name("de", "")).await.unwrap();
    assert_eq!(left.into_iter().map(|row| row.language).collect::<Vec<_>>(), ["en"]);
}

async fn relate(
    bench: &Bench,
    who: &Who,
    app: &AppName,
    subject: &str,
    says: &str,
    object: &str,
) -> Result<String> {
    let relation = NewRelation { predicate: says.into(), object: object.into(), ..NewRelation::default() };
    let made = bench.service.post_concept_relations(who, app, subject, vec![relation]).await?;
    Ok(made.value[0].id.to_string())
}

async fn relations_are_said_from_both_sides(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["heron", "bird"]).await;
    relate(&bench, &ada.who, &app, "heron", "hyponym", "bird").await.unwrap();
    for (concept, expected) in [("heron", ("hyponym", "bird")), ("bird", ("hypernym", "heron"))] {
        let said = bench.service.relations_of_concept(&ada.who, &app, concept).await.unwrap();
        let said: Vec<_> = said
            .iter()
            .map(|found| {
                (found.relation.predicate.name(), found.relation.object.as_str(), found.kept_with.as_str())
            })
            .collect();
        assert_eq!(said, [(expected.0, expected.1, "heron")]);
    }
    // As the wire lists them, they stand with their subject alone.
    let listed = async |subject: &str, predicate: &str| {
        let filter = RelationsFilter {
            subject: subject.into(),
            predicate: predicate.into(),
            ..RelationsFilter::default()
        };
        bench
            .service
            .list_concept_relations(&ada.who, &app, &filter, 0, 10)
            .await
            .map(|found| found.value.len())
    };
    assert_eq!(listed("", "").await, Ok(1));
    assert_eq!(listed("heron", "hyponym").await, Ok(1));
    assert_eq!(listed("heron", "synonym").await, Ok(0));
    assert_eq!(listed("bird", "").await, Ok(0));
    assert_eq!(listed("fish", "").await, Err(Error::NotFound));
    assert_eq!(invalid(listed("", "meronym").await.unwrap_err()).0, "predicate");
    let twice = relate(&bench, &ada.who, &app, "heron", "hyponym", "bird").await;
    assert!(matches!(twice, Err(Error::Taken(_))));
    let unknown = relate(&bench, &ada.who, &app, "heron", "hyponym", "fish").await;
    assert_eq!(invalid(unknown.unwrap_err()).0, "relations[0].object");
}

async fn nothing_is_a_kind_of_itself(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["heron", "bird", "animal"]).await;
    relate(&bench, &ada.who, &app, "heron", "hyponym", "bird").await.unwrap();
    // The same said from the other side.
    relate(&bench, &ada.who, &app, "animal", "hypernym", "bird").await.unwrap();
    for (subject, predicate, object) in [
        ("animal", "hyponym", "heron"),
        ("heron", "hypernym", "animal"),
        ("bird", "hyponym", "bird"),
        ("bird", "synonym", "bird"),
    ] {
        let refused = relate(&bench, &ada.who, &app, subject, predicate, object).await;
        assert_eq!(invalid(refused.unwrap_err()).0, "relations[0].object", "{subject} {predicate} {object}");
    }
    // What follows from others may be said all the same.
    relate(&bench, &ada.who, &app, "heron", "hyponym", "animal").await.unwrap();
}

async fn relations_go_with_their_concept_or_by_their_ids(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a", "b", "c"]).await;
    let first = relate(&bench, &ada.who, &app, "a", "synonym", "b").await.unwrap();
    let second = relate(&bench, &ada.who, &app, "b", "synonym", "c").await.unwrap();
    let delete = async |subject: &str, ids: &[String]| {
        bench.service.delete_concept_relations(&ada.who, &app, subject, ids).await
    };
    assert_eq!(
        delete("a", std::slice::from_ref(&second)).await,
        Err(Error::NotFound),
        "it is kept with another"
    );
    assert_eq!(delete("a", &["nonsense".into()]).await, Err(Error::NotFound));
    assert_eq!(delete("a", &[first]).await, Ok(1));
    bench.service.delete_concepts(&ada.who, &app, &["c".into()]).await.unwrap();
    assert!(bench.service.relations_of_concept(&ada.who, &app, "b").await.unwrap().is_empty());
}

async fn text(bench: &Bench, who: &Who, app: &AppName, slug: &str) {
    let input = NewInput {
        slug: slug.into(),
        content: Content::Text("Stop at the sign".into()),
        metadata: None,
        place: None,
        labels: Labels::default(),
        datasets: Vec::new(),
    };
    let input = PostInputs { inputs: vec![input], ..PostInputs::default() };
    bench.service.post_inputs(who, app, input).await.unwrap();
}

async fn say(bench: &Bench, who: &Who, app: &AppName, slug: &str, said: &[&str], of_part: &[&str]) {
    let labels = |slugs: &[&str]| {
        slugs.iter().map(|slug| Label { concept: slug.parse().unwrap(), value: 1.0 }).collect::<Vec<_>>()
    };
    let regions = if of_part.is_empty() {
        Vec::new()
    } else {
        let shape = Shape::Span { start: 0, end: 4 };
        vec![Region { id: "part".parse().unwrap(), shape, labels: labels(of_part) }]
    };
    let annotation = NewAnnotation {
        slug: slug.into(),
        input: "note".into(),
        labels: Labels { concepts: labels(said), regions },
        ..NewAnnotation::default()
    };
    bench.service.post_annotations(who, app, vec![annotation]).await.unwrap();
}

async fn said(bench: &Bench, who: &Who, app: &AppName, slug: &str) -> Vec<String> {
    let row = bench.service.get_annotation(who, app, "note", slug).await.unwrap();
    row.labels.concepts().into_keys().map(str::to_owned).collect()
}

async fn a_deleted_concept_is_said_of_nothing(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a", "b"]).await;
    text(&bench, &ada.who, &app, "note").await;
    make(&bench, &ada.who, &app, "signs", &["a", "b"]).await.unwrap();
    say(&bench, &ada.who, &app, "one", &["a", "b"], &["a"]).await;
    assert_eq!(bench.service.delete_concepts(&ada.who, &app, &[]).await, Ok(0));
    let refused = bench.service.delete_concepts(&ada.who, &app, &["a".into(), "z".into()]).await;
    assert_eq!(refused, Err(Error::NotFound));
    assert_eq!(said(&bench, &ada.who, &app, "one").await, ["a", "b"], "all or none");
    assert_eq!(bench.service.delete_concepts(&ada.who, &app, &["a".into()]).await, Ok(1));
    assert_eq!(said(&bench, &ada.who, &app, "one").await, ["b"]);
    let row = bench.service.get_annotation(&ada.who, &app, "note", "one").await.unwrap();
    assert_eq!(row.labels.regions.len(), 1, "the part is still there");
    assert_eq!(held(&bench, &ada.who, &app, "signs").await, ["b"]);
    let actions = bench.service.list_app_audit(&ada.who, &app, &AuditFilter::default(), 10).await.unwrap();
    let actions: Vec<_> = actions.entries.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions[..2], ["concept.deleted", "annotation.overwritten"]);
}

async fn deleting_what_others_said_needs_that_right(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["a", "b"]).await;
    text(&bench, &ada.who, &app, "note").await;
    say(&bench, &ada.who, &app, "one", &["a"], &[]).await;
    let bo = join(&bench, &ada, &app, "bo", closed(BasicScope::Concept.own())).await;
    let refused = bench.service.delete_concepts(&bo.who, &app, &["a".into()]).await;
    assert!(lacks(refused.unwrap_err(), Scope::AnnotationsDelete));
    assert_eq!(said(&bench, &ada.who, &app, "one").await, ["a"]);
    assert_eq!(bench.service.delete_concepts(&bo.who, &app, &["b".into()]).await, Ok(1), "nobody said it");
    let more = closed(BasicScope::Concept.own().union(BasicScope::Annotation.own()));
    let cy = join(&bench, &ada, &app, "cy", more).await;
    assert_eq!(bench.service.delete_concepts(&cy.who, &app, &["a".into()]).await, Ok(1));
    assert!(said(&bench, &ada.who, &app, "one").await.is_empty());
    let worker = join(&bench, &ada, &app, "di", Preset::Worker.scopes()).await;
    let refused = bench.service.delete_concepts(&worker.who, &app, &["a".into()]).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })));
}

async fn merge(bench: &Bench, who: &Who, app: &AppName, into: &str, slugs: &[&str]) -> Result<String> {
    let slugs: Vec<String> = slugs.iter().map(|slug| (*slug).to_owned()).collect();
    bench.service.merge_concepts(who, app, into, &slugs).await.map(|left| left.value.slug)
}

async fn merged_concepts_are_one_everywhere(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["cat", "kitten", "tomcat", "dog"]).await;
    text(&bench, &ada.who, &app, "note").await;
    make(&bench, &ada.who, &app, "pets", &["kitten", "dog"]).await.unwrap();
    make(&bench, &ada.who, &app, "all", &["tomcat", "cat"]).await.unwrap();
    say(&bench, &ada.who, &app, "one", &["kitten", "cat"], &["tomcat"]).await;
    say(&bench, &ada.who, &app, "two", &["dog"], &[]).await;
    assert_eq!(invalid(merge(&bench, &ada.who, &app, "cat", &["cat"]).await.unwrap_err()).0, "concepts");
    assert_eq!(merge(&bench, &ada.who, &app, "cat", &["mouse"]).await, Err(Error::NotFound));
    assert_eq!(merge(&bench, &ada.who, &app, "cat", &["kitten", "tomcat"]).await, Ok("cat".into()));
    assert_eq!(said(&bench, &ada.who, &app, "one").await, ["cat"]);
    assert_eq!(said(&bench, &ada.who, &app, "two").await, ["dog"]);
    assert_eq!(held(&bench, &ada.who, &app, "pets").await, ["cat", "dog"], "in its place");
    assert_eq!(held(&bench, &ada.who, &app, "all").await, ["cat"], "once");
    assert_eq!(bench.service.get_concept(&ada.who, &app, "kitten").await, Err(Error::NotFound));
    let counts = bench.service.concept_counts(&ada.who, &app, 0, 10).await.unwrap();
    let counts: Vec<_> = counts.iter().map(|row| (row.concept.slug.as_str(), row.present)).collect();
    assert_eq!(counts, [("cat", 1), ("dog", 1)]);
}

async fn only_the_owner_merges_what_others_said(bench: Bench) {
    let (ada, app) = with_concepts(&bench, &["cat", "kitten"]).await;
    text(&bench, &ada.who, &app, "note").await;
    let lead = join(&bench, &ada, &app, "bo", Preset::LabellingLead.scopes()).await;
    let worker = join(&bench, &ada, &app, "cy", Preset::Worker.scopes()).await;
    say(&bench, &lead.who, &app, "leads", &["kitten"], &[]).await;
    say(&bench, &worker.who, &app, "workers", &["kitten"], &[]).await;
    let refused = merge(&bench, &lead.who, &app, "cat", &["kitten"]).await;
    assert!(matches!(refused, Err(Error::SomeoneElses { .. })), "{refused:?}");
    assert_eq!(said(&bench, &ada.who, &app, "leads").await, ["kitten"], "nothing was begun");
    assert_eq!(merge(&bench, &ada.who, &app, "cat", &["kitten"]).await, Ok("cat".into()));
    for slug in ["leads", "workers"] {
        assert_eq!(said(&bench, &ada.who, &app, slug).await, ["cat"]);
    }
    let row = bench.service.get_annotation(&ada.who, &app, "note", "workers").await.unwrap();
    assert_eq!(row.user_id, worker.id, "what was said stays that of who said it");
}
