//! Concepts, on both databases.

use atelier_domain::closure::closed;
use atelier_domain::workflow::{ModelRef, Node};
use atelier_domain::{Endpoint, Label, Labels, PatchAction, Preset, Region, Rights, Scope, ScopeSet, Shape};
use atelier_service::annotations::NewAnnotation;
use atelier_service::apps::CreateApp;
use atelier_service::concepts::{
    CONCEPTS, ConceptLanguage, ConceptRow, ConceptSearch, FoundConcept, NewConcept, PatchConcept, Source,
    UseCase,
};
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::workflows::NewWorkflow;
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::sharing::{give_exactly, join, make_app, street_signs};
use atelier_testkit::{Bench, on_both_databases};
use serde_json::json;

on_both_databases! {
    what_is_not_given_comes_from_what_is,
    values_that_are_not_valid_are_refused_where_they_stand,
    a_concept_is_added_once,
    they_are_listed_in_the_order_in_which_they_were_added,
    a_prefix_finds_by_id_and_by_name,
    they_are_sought_by_what_they_are_called_in_a_language,
    what_models_of_elsewhere_know_is_found_behind_the_apps_own,
    whoever_may_not_look_for_concepts_hears_why,
    a_patch_changes_what_is_given,
    all_are_changed_or_none,
    who_may_not_add_concepts_looks_only,
    strangers_find_nothing,
    each_app_has_its_own,
    an_input_counts_once_for_each_concept_that_is_there,
}

fn by_id(slug: &str) -> NewConcept {
    NewConcept { slug: slug.into(), ..NewConcept::default() }
}

fn by_name(name: &str) -> NewConcept {
    NewConcept { name: name.into(), ..NewConcept::default() }
}

async fn post(bench: &Bench, who: &Who, app: &AppName, slugs: &[&str]) -> Result<Vec<ConceptRow>> {
    bench
        .service
        .post_concepts(who, app, slugs.iter().map(|slug| by_id(slug)).collect())
        .await
        .map(|made| made.value)
}

fn slugs(rows: &[ConceptRow]) -> Vec<&str> {
    rows.iter().map(|row| row.slug.as_str()).collect()
}

async fn listed(bench: &Bench, who: &Who, app: &AppName, prefix: Option<&str>) -> Vec<String> {
    let rows = bench.service.list_concepts(who, app, prefix, 0, 100).await.unwrap().value;
    rows.into_iter().map(|row| row.slug).collect()
}

async fn what_is_not_given_comes_from_what_is(bench: Bench) {
    let ada = bench.person("ada").await;
    let german = CreateApp { slug: "signs".into(), default_language: "de".into(), ..CreateApp::default() };
    bench.service.create_app(&ada.who, &german).await.unwrap();
    let app = AppName::of("ada", "signs");
    let given = NewConcept {
        slug: "yield".into(),
        name: "Give way".into(),
        definition: "A triangle on its head".into(),
        language: "en".into(),
        metadata: Some(json!({ "colour": "red" })),
        ..NewConcept::default()
    };
    let input = vec![by_id("stop"), by_name(" Vorfahrt  achten "), given];
    let rows = bench.service.post_concepts(&ada.who, &app, input).await.unwrap().value;
    let told: Vec<_> =
        rows.iter().map(|row| (row.slug.as_str(), row.name.as_str(), row.language.as_str())).collect();
    assert_eq!(
        told,
        [("stop", "stop", "de"), ("vorfahrt-achten", "Vorfahrt  achten", "de"), ("yield", "Give way", "en")]
    );
    let row = bench.service.get_concept(&ada.who, &app, "yield").await.unwrap().value;
    assert_eq!(row.definition, "A triangle on its head");
    assert_eq!(row.metadata, Some(json!({ "colour": "red" })));
    assert_eq!(row.created_at, bench.now());
}

async fn values_that_are_not_valid_are_refused_where_they_stand(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let wrong = [
        (NewConcept::default(), "concepts[1].id"),
        (by_id("a/b"), "concepts[1].id"),
        (by_name("Stop/Go"), "concepts[1].id"),
        (NewConcept { name: "x".repeat(101), ..by_id("long") }, "concepts[1].name"),
        (NewConcept { definition: "x".repeat(4_001), ..by_id("long") }, "concepts[1].definition"),
        (NewConcept { language: "not a tag".into(), ..by_id("odd") }, "concepts[1].language"),
    ];
    for (concept, expected) in wrong {
        let refused = bench.service.post_concepts(&ada.who, &app, vec![by_id("stop"), concept]).await;
        assert_eq!(invalid(refused.unwrap_err()).0, expected);
    }
    let many = (0..=CONCEPTS).map(|n| by_id(&n.to_string())).collect();
    let refused = bench.service.post_concepts(&ada.who, &app, many).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "concepts");
    assert!(listed(&bench, &ada.who, &app, None).await.is_empty(), "all or none");
}

async fn a_concept_is_added_once(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, &["stop"]).await.unwrap();
    for twice in [["yield", "stop"], ["turn", "turn"]] {
        let Error::Taken(text) = post(&bench, &ada.who, &app, &twice).await.unwrap_err() else {
            panic!("it is taken");
        };
        assert!(text.starts_with(&format!("duplicate concept `{}`", twice[1])), "{text}");
    }
    assert_eq!(listed(&bench, &ada.who, &app, None).await, ["stop"], "all or none");
}

async fn they_are_listed_in_the_order_in_which_they_were_added(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, &["stop", "yield"]).await.unwrap();
    let rows = post(&bench, &ada.who, &app, &["turn", "alley"]).await.unwrap();
    assert_eq!(slugs(&rows), ["turn", "alley"]);
    for (skip, expected) in [(0, vec!["stop", "yield", "turn"]), (3, vec!["alley"]), (4, vec![])] {
        let page = bench.service.list_concepts(&ada.who, &app, None, skip, 3).await.unwrap().value;
        assert_eq!(slugs(&page), expected);
    }
}

async fn a_prefix_finds_by_id_and_by_name(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let named = NewConcept { name: "Stop sign".into(), ..by_id("r1-1") };
    let input = vec![by_id("stop"), by_id("bus stop"), named, by_id("100%")];
    bench.service.post_concepts(&ada.who, &app, input).await.unwrap();
    assert_eq!(listed(&bench, &ada.who, &app, Some("STOP")).await, ["stop", "r1-1"]);
    assert_eq!(listed(&bench, &ada.who, &app, Some("100%")).await, ["100%"]);
    assert!(listed(&bench, &ada.who, &app, Some("%")).await.is_empty(), "no character stands for others");
}

/// What is found, as whose it is and by what identifier.
async fn sought(
    bench: &Bench,
    who: &Who,
    app: &AppName,
    search: &ConceptSearch,
    skip: usize,
    size: usize,
) -> Result<Vec<(String, String)>> {
    let found = bench.service.search_concepts(who, app, search, skip, size).await?;
    let whose = |found| match found {
        FoundConcept::Own(row) => ("own".to_owned(), row.slug),
        FoundConcept::Known { app, concept } => (format!("{}/{}", app.owner, app.app), concept.slug),
    };
    Ok(found.value.into_iter().map(whose).collect())
}

fn called(text: &str) -> ConceptSearch {
    ConceptSearch { text: Some(text.into()), ..ConceptSearch::default() }
}

async fn they_are_sought_by_what_they_are_called_in_a_language(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let named = ["Stop sign", "Give way", "Palm"].map(by_name);
    bench.service.post_concepts(&ada.who, &app, named.into()).await.unwrap();
    let german = ConceptLanguage {
        language: "de".into(),
        name: "Halteschild".into(),
        definition: "Ein Schild".into(),
    };
    bench.service.post_concept_languages(&ada.who, &app, "stop-sign", vec![german]).await.unwrap();
    let of = |slugs: &[&str]| -> Vec<(String, String)> {
        slugs.iter().map(|slug| ("own".to_owned(), (*slug).to_owned())).collect()
    };
    let all = ["stop-sign", "give-way", "palm"];
    let find = async |search: &ConceptSearch| sought(&bench, &ada.who, &app, search, 0, 10).await;
    assert_eq!(find(&ConceptSearch::default()).await, Ok(of(&all)));
    assert_eq!(sought(&bench, &ada.who, &app, &ConceptSearch::default(), 1, 1).await, Ok(of(&all[1..2])));
    for (text, slugs) in [
        ("SIGN", &all[..1]),
        ("-way", &all[1..2]),
        ("al", &all[2..]),
        ("halte", &[][..]),
        ("_", &[]),
        ("%", &[]),
    ] {
        assert_eq!(find(&called(text)).await, Ok(of(slugs)), "{text}");
    }
    let in_language = |text: &str, tag: &str| ConceptSearch { language: Some(tag.into()), ..called(text) };
    for (text, tag, slugs) in [
        ("halte", "de", &all[..1]),
        ("", "de", &all[..1]),
        ("Stop sign", "de", &[][..]),
        ("", "en", &all[..]),
        ("", "fr", &[]),
    ] {
        assert_eq!(find(&in_language(text, tag)).await, Ok(of(slugs)), "{text} {tag}");
    }
    let found = bench.service.search_concepts(&ada.who, &app, &in_language("", "de"), 0, 1).await.unwrap();
    let FoundConcept::Own(row) = &found.value[0] else { panic!("{found:?}") };
    assert_eq!(
        (row.name.as_str(), row.language.as_str(), row.definition.as_str()),
        ("Halteschild", "de", "Ein Schild")
    );
    let (field, _) = invalid(find(&in_language("", "no tag")).await.unwrap_err());
    assert_eq!(field, "language");
}

async fn what_models_of_elsewhere_know_is_found_behind_the_apps_own(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, &["teapot", "stop"]).await.unwrap();
    let public = |model: &str| ModelRef {
        owner: "clarifai".into(),
        app: "main".into(),
        model: model.into(),
        ..ModelRef::default()
    };
    let recogniser = Source::Model(public("general-image-recognition"));
    let search = ConceptSearch { source: Some(recogniser.clone()), ..called("teapot") };
    let find = async |search: &ConceptSearch, skip, size| {
        sought(&bench, &ada.who, &app, search, skip, size).await.unwrap()
    };
    let both = find(&search, 0, 10).await;
    assert_eq!(both.iter().map(|(whose, _)| whose.as_str()).collect::<Vec<_>>(), ["own", "clarifai/main"]);
    // Pages go through both, whether they end in one or between them.
    assert_eq!(find(&search, 0, 1).await, both[..1]);
    assert_eq!(find(&search, 1, 1).await, both[1..]);
    assert_eq!(find(&search, 1, 10).await, both[1..]);
    assert_eq!(find(&search, 2, 10).await, Vec::new());
    let all = ConceptSearch { source: Some(recogniser), ..ConceptSearch::default() };
    assert_eq!(find(&all, 0, 2_000).await.len(), 1_002);
    assert_eq!(find(&all, 1_000, 10).await.len(), 2);
    for alone in [
        ConceptSearch { only_of_source: true, ..search.clone() },
        ConceptSearch { uses: vec![UseCase::Detection, UseCase::Classification], ..search.clone() },
        ConceptSearch { only_of_source: true, language: Some("en".into()), ..search.clone() },
    ] {
        assert_eq!(find(&alone, 0, 10).await, both[1..], "{alone:?}");
    }
    for none in [
        ConceptSearch { uses: vec![UseCase::Detection], ..search.clone() },
        ConceptSearch { only_of_source: true, language: Some("de".into()), ..search.clone() },
        ConceptSearch { uses: vec![UseCase::Classification], ..called("teapot") },
        ConceptSearch { only_of_source: true, ..called("teapot") },
        ConceptSearch {
            only_of_source: true,
            source: Some(Source::Model(public("general-text-embedding"))),
            ..called("")
        },
    ] {
        assert_eq!(find(&none, 0, 10).await, Vec::new(), "{none:?}");
    }

    // A workflow knows what its models know, each concept once.
    let node =
        |id: &str| Node { id: id.into(), model: public("general-image-recognition"), ..Node::default() };
    let two =
        NewWorkflow { slug: "two".into(), nodes: vec![node("one"), node("other")], ..NewWorkflow::default() };
    let made = bench.service.post_workflows(&ada.who, &app, vec![two]).await.unwrap().value.remove(0);
    let workflow = |version: Option<String>| ConceptSearch {
        source: Some(Source::Workflow {
            owner: String::new(),
            app: String::new(),
            workflow: "two".into(),
            version,
        }),
        ..called("teapot")
    };
    assert_eq!(find(&workflow(None), 0, 10).await, both);
    assert_eq!(find(&workflow(Some(made.version_id.to_string())), 0, 10).await, both);
    let missing = sought(&bench, &ada.who, &app, &workflow(Some("0".repeat(32))), 0, 10).await;
    assert_eq!(missing, Err(Error::NotFound));
    let missing = ConceptSearch { source: Some(Source::Model(public("nothing"))), ..called("") };
    assert_eq!(sought(&bench, &ada.who, &app, &missing, 0, 10).await, Err(Error::NotFound));

    // In the catalogue there are those of its models, and no others.
    let catalogue = AppName::of("clarifai", "main");
    let found = sought(&bench, &ada.who, &catalogue, &called("teapot"), 0, 10).await.unwrap();
    assert_eq!(found, both[1..]);
}

async fn whoever_may_not_look_for_concepts_hears_why(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, &["stop"]).await.unwrap();
    let eve = bench.person("eve").await;
    assert_eq!(sought(&bench, &eve.who, &app, &called(""), 0, 10).await, Err(Error::NotFound));
    let bo = join(&bench, &ada, &app, "bo", Preset::Viewer.scopes()).await;
    assert_eq!(sought(&bench, &bo.who, &app, &called(""), 0, 10).await.map(|found| found.len()), Ok(1));
    for lost in Endpoint::PostConceptsSearches.needs().iter() {
        let rights = Rights::of(Endpoint::PostConceptsSearches.needs().minus(ScopeSet::of(&[lost])));
        give_exactly(&bench, &ada, &app, bo.id, rights).await;
        let (missing, _) = forbidden(sought(&bench, &bo.who, &app, &called(""), 0, 10).await.unwrap_err());
        assert!(missing.contains(lost), "{missing:?}");
    }
    // What somebody may not see of another app is not there for them.
    let elsewhere = Source::Model(ModelRef {
        owner: "ada".into(),
        app: "street-signs".into(),
        model: "signs".into(),
        ..ModelRef::default()
    });
    let own = make_app(&bench, &eve, "own").await;
    let search = ConceptSearch { source: Some(elsewhere), ..called("") };
    assert_eq!(sought(&bench, &eve.who, &own, &search, 0, 10).await, Err(Error::NotFound));
}

async fn a_patch_changes_what_is_given(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let stop = NewConcept { metadata: Some(json!({ "a": 1, "b": 1 })), ..by_id("stop") };
    let before = bench.service.post_concepts(&ada.who, &app, vec![stop]).await.unwrap().value.remove(0);
    bench.clock.advance(1_000_000);
    let change =
        PatchConcept { slug: "stop".into(), name: Some("Stop sign".into()), ..PatchConcept::default() };
    let patched =
        bench.service.patch_concepts(&ada.who, &app, PatchAction::Merge, vec![change]).await.unwrap().value;
    let expected = ConceptRow { name: "Stop sign".into(), changed_at: bench.now(), ..before };
    assert_eq!(patched, std::slice::from_ref(&expected));
    assert_eq!(bench.service.get_concept(&ada.who, &app, "stop").await.unwrap().value, expected);
    for (action, metadata) in
        [(PatchAction::Merge, json!({ "a": 1, "b": 2 })), (PatchAction::Overwrite, json!({ "b": 2 }))]
    {
        let change = PatchConcept {
            slug: "stop".into(),
            metadata: Some(json!({ "b": 2 })),
            ..PatchConcept::default()
        };
        bench.service.patch_concepts(&ada.who, &app, action, vec![change]).await.unwrap();
        let row = bench.service.get_concept(&ada.who, &app, "stop").await.unwrap().value;
        assert_eq!((row.metadata, row.name.as_str()), (Some(metadata), "Stop sign"));
    }
    let nothing = PatchConcept { slug: "stop".into(), ..PatchConcept::default() };
    let removal = bench.service.patch_concepts(&ada.who, &app, PatchAction::Remove, vec![nothing]).await;
    assert_eq!(invalid(removal.unwrap_err()).0, "action");
}

async fn all_are_changed_or_none(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, &["stop", "yield"]).await.unwrap();
    let rename = |slug: &str, name: &str| PatchConcept {
        slug: slug.into(),
        name: Some(name.into()),
        ..PatchConcept::default()
    };
    let input = vec![rename("stop", "Stop sign"), rename("turn", "Turn")];
    let refused = bench.service.patch_concepts(&ada.who, &app, PatchAction::Merge, input).await;
    assert_eq!(refused, Err(Error::NotFound));
    let input = vec![rename("stop", "Stop sign"), rename("yield", "")];
    let refused = bench.service.patch_concepts(&ada.who, &app, PatchAction::Merge, input).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "concepts[1].name");
    assert_eq!(bench.service.get_concept(&ada.who, &app, "stop").await.unwrap().value.name, "stop");
}

async fn who_may_not_add_concepts_looks_only(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, &["stop"]).await.unwrap();
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    assert_eq!(listed(&bench, &bo.who, &app, None).await, ["stop"]);
    let missing = ScopeSet::of(&[Scope::ConceptsAdd]);
    let added = post(&bench, &bo.who, &app, &["yield"]).await.unwrap_err();
    assert!(matches!(added, Error::Forbidden { missing: found, .. } if found == missing));
    let change = PatchConcept { slug: "stop".into(), name: Some("Go".into()), ..PatchConcept::default() };
    let changed = bench.service.patch_concepts(&bo.who, &app, PatchAction::Merge, vec![change]).await;
    assert!(matches!(changed.unwrap_err(), Error::Forbidden { missing: found, .. } if found == missing));
    let cy = join(&bench, &ada, &app, "cy", closed(missing)).await;
    assert_eq!(slugs(&post(&bench, &cy.who, &app, &["yield"]).await.unwrap()), ["yield"]);
}

async fn strangers_find_nothing(bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let app = street_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, &["stop"]).await.unwrap();
    let (service, who) = (&bench.service, &eve.who);
    assert_eq!(post(&bench, who, &app, &["yield"]).await, Err(Error::NotFound));
    assert_eq!(service.list_concepts(who, &app, None, 0, 10).await, Err(Error::NotFound));
    assert_eq!(service.get_concept(who, &app, "stop").await, Err(Error::NotFound));
    assert_eq!(service.concept_counts(who, &app, 0, 10).await, Err(Error::NotFound));
    let change = PatchConcept { slug: "stop".into(), name: Some("Go".into()), ..PatchConcept::default() };
    let changed = service.patch_concepts(who, &app, PatchAction::Merge, vec![change]).await;
    assert_eq!(changed, Err(Error::NotFound));
}

async fn each_app_has_its_own(bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let hers = street_signs(&bench, &ada).await;
    let other = street_signs(&bench, &eve).await;
    post(&bench, &ada.who, &hers, &["stop", "yield"]).await.unwrap();
    assert_eq!(bench.service.get_concept(&eve.who, &other, "stop").await, Err(Error::NotFound));
    let rename = PatchConcept { slug: "stop".into(), name: Some("Go".into()), ..PatchConcept::default() };
    let changed = bench.service.patch_concepts(&eve.who, &other, PatchAction::Merge, vec![rename]).await;
    assert_eq!(changed, Err(Error::NotFound));
    let named = NewConcept { name: "Halt".into(), ..by_id("stop") };
    bench.service.post_concepts(&eve.who, &other, vec![named]).await.unwrap();
    assert_eq!(listed(&bench, &eve.who, &other, None).await, ["stop"]);
    assert_eq!(bench.service.get_concept(&ada.who, &hers, "stop").await.unwrap().value.name, "stop");
}

async fn an_input_counts_once_for_each_concept_that_is_there(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, &["stop", "yield", "turn"]).await.unwrap();
    let inputs = ["one", "two"]
        .map(|slug| NewInput {
            slug: slug.into(),
            content: Content::Text("Stop at the sign".into()),
            metadata: None,
            place: None,
            labels: Labels::default(),
            datasets: Vec::new(),
        })
        .into_iter()
        .collect();
    let input = PostInputs { inputs, ..PostInputs::default() };
    bench.service.post_inputs(&ada.who, &app, input).await.unwrap();
    let label = |concept: &str, value| Label { concept: concept.parse().unwrap(), value };
    let annotation = |input: &str, concepts, regions| NewAnnotation {
        input: input.into(),
        labels: Labels { concepts, regions },
        ..NewAnnotation::default()
    };
    let part = Region {
        id: "part".parse().unwrap(),
        shape: Shape::Span { start: 0, end: 4 },
        labels: vec![label("stop", 1.0)],
    };
    let annotations = vec![
        // Said twice of one input, once of the whole and once of a part: it counts once.
        annotation("one", vec![label("stop", 1.0), label("yield", 1.0)], Vec::new()),
        annotation("one", Vec::new(), vec![part]),
        // That something is not there counts for itself.
        annotation("two", vec![label("stop", 1.0), label("yield", 0.0)], Vec::new()),
    ];
    bench.service.post_annotations(&ada.who, &app, annotations).await.unwrap();
    let counted = async |skip, size| -> Vec<(String, i64, i64)> {
        let counts = bench.service.concept_counts(&ada.who, &app, skip, size).await.unwrap();
        counts.into_iter().map(|row| (row.concept.slug, row.present, row.absent)).collect()
    };
    let all = [("stop", 2, 0), ("yield", 1, 1), ("turn", 0, 0)]
        .map(|(slug, present, absent)| (slug.to_owned(), present, absent));
    assert_eq!(counted(0, usize::MAX).await, all);
    assert_eq!(counted(0, 2).await, all[..2]);
    assert_eq!(counted(2, 2).await, all[2..]);
    assert_eq!(counted(3, 2).await, []);
    // What another app of hers says of concepts of the same identifiers counts there.
    let other = make_app(&bench, &ada, "house-signs").await;
    post(&bench, &ada.who, &other, &["stop"]).await.unwrap();
    let counts = bench.service.concept_counts(&ada.who, &other, 0, 10).await.unwrap();
    assert_eq!(counts.iter().map(|row| (row.present, row.absent)).collect::<Vec<_>>(), [(0, 0)]);
}
