//! Inputs are embedded as they come, and found by what they are like.

use atelier_domain::time::{HOUR, MINUTE};
use atelier_domain::{Endpoint, Labels, Preset, Reach, Rights};
use atelier_service::inputs::{Content, NewInput, PostInputs, TakenId};
use atelier_service::models::{Alike, EmbeddingCounts, Likeness, Likest};
use atelier_service::search::Query;
use atelier_service::{AppName, Error, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{give_exactly, join, street_signs};
use atelier_testkit::{Bench, on_both_databases};

on_both_databases! {
    each_input_is_embedded_once_whoever_is_at_it,
    what_cannot_be_read_is_tried_again_and_then_no_more,
    the_likest_come_first_and_what_went_is_not_found,
    a_sentence_finds_texts_about_the_same_and_pictures_that_show_it,
    a_search_ranks_what_its_filter_lets_through,
    whoever_reaches_some_inputs_finds_among_these,
    duplicates_are_found_in_groups_with_the_oldest_first,
}

const KITTENS: [(&str, &str); 4] = [
    ("cat", "A cat sleeps on the sofa."),
    ("kitten", "A kitten naps on the couch."),
    ("bank", "Interest rates went up again."),
    ("loan", "The bank raised the rate of its loans."),
];

fn input(slug: &str, content: Content) -> NewInput {
    NewInput {
        slug: slug.into(),
        content,
        metadata: None,
        place: None,
        labels: Labels::default(),
        datasets: Vec::new(),
    }
}

async fn add(bench: &Bench, who: &Who, app: &AppName, inputs: Vec<NewInput>) {
    let inputs = PostInputs { inputs, taken: TakenId::Fail, ..PostInputs::default() };
    let posted = bench.service.post_inputs(who, app, inputs).await.unwrap();
    assert!(posted.inputs.iter().all(std::result::Result::is_ok));
}

async fn add_texts(bench: &Bench, who: &Who, app: &AppName) {
    let texts = KITTENS.iter().map(|(slug, text)| input(slug, Content::Text((*text).into())));
    add(bench, who, app, texts.collect()).await;
    assert_eq!(bench.service.embed_some().await, Ok(4));
}

async fn counts(bench: &Bench, who: &Who, app: &AppName) -> (i64, i64, i64) {
    let counts = bench.service.embedding_counts(who, app).await.unwrap();
    let EmbeddingCounts { embedded, waiting, failed } = counts;
    (embedded, waiting, failed)
}

/// The inputs that are most like something, of those that `filter` lets through.
async fn search(
    bench: &Bench,
    who: &Who,
    app: &AppName,
    likeness: Likeness,
    filter: &str,
) -> Result<Alike, Error> {
    let query = Query { filter: filter.parse().unwrap(), oldest_first: false };
    let likest = Likest { skip: 0, size: 10, from: -1.0 };
    let endpoint = Endpoint::PostInputsSearches;
    let found = bench.service.search_alike(who, app, endpoint, &query, likeness, likest).await?;
    assert!(found.value.inputs.is_sorted_by(|(_, one), (_, other)| one >= other));
    Ok(found.value)
}

async fn like_input(bench: &Bench, who: &Who, app: &AppName, slug: &str) -> Result<Alike, Error> {
    search(bench, who, app, Likeness::Input(slug.into()), "all()").await
}

fn slugs(alike: Alike) -> Vec<String> {
    assert!(alike.is_known);
    alike.inputs.into_iter().map(|(row, _)| row.input.slug).collect()
}

async fn alike(bench: &Bench, who: &Who, app: &AppName, slug: &str) -> Vec<String> {
    slugs(like_input(bench, who, app, slug).await.unwrap())
}

async fn each_input_is_embedded_once_whoever_is_at_it(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let inputs =
        (0..40).map(|number| input(&format!("note-{number}"), Content::Text(format!("Sign {number}"))));
    let pictures =
        (0..3).map(|number| input(&format!("sign-{number}"), Content::Image(png(20 + number, 10).into())));
    add(&bench, &ada.who, &app, inputs.chain(pictures).collect()).await;
    assert_eq!(counts(&bench, &ada.who, &app).await, (0, 43, 0));
    let before = like_input(&bench, &ada.who, &app, "note-1").await.unwrap();
    assert!(!before.is_known && before.inputs.is_empty());
    let (one, other) = tokio::join!(bench.service.embed_some(), bench.service.embed_some());
    assert_eq!(one.unwrap() + other.unwrap(), 43);
    assert_eq!(counts(&bench, &ada.who, &app).await, (43, 0, 0));
    assert_eq!(bench.service.embed_some().await, Ok(0));
    // Pictures are like pictures, and texts like texts.
    assert_eq!(alike(&bench, &ada.who, &app, "sign-0").await.len(), 2);
    assert_eq!(alike(&bench, &ada.who, &app, "note-0").await.len(), 10);
}

async fn what_cannot_be_read_is_tried_again_and_then_no_more(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, vec![input("sign", Content::Image(png(20, 10).into()))]).await;
    let row = bench.service.get_input(&ada.who, &app, "sign").await.unwrap();
    bench.service.objects().delete(&row.object_key.unwrap()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(bench.service.embed_some().await, Ok(1));
        assert_eq!(bench.service.embed_some().await, Ok(0), "not at once");
        assert_eq!(counts(&bench, &ada.who, &app).await, (0, 1, 0));
        bench.clock.advance(MINUTE);
    }
    assert_eq!(bench.service.embed_some().await, Ok(1));
    bench.clock.advance(HOUR);
    assert_eq!(bench.service.embed_some().await, Ok(0));
    assert_eq!(counts(&bench, &ada.who, &app).await, (0, 0, 1));
}

async fn the_likest_come_first_and_what_went_is_not_found(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add_texts(&bench, &ada.who, &app).await;
    let found = alike(&bench, &ada.who, &app, "cat").await;
    assert_eq!((found[0].as_str(), found.len()), ("kitten", 3));
    assert_eq!(alike(&bench, &ada.who, &app, "bank").await[0], "loan");
    // What went is not found any more, and what came is, at once.
    bench.service.delete_inputs(&ada.who, &app, Endpoint::DeleteInputs, &["kitten".into()]).await.unwrap();
    assert_eq!(alike(&bench, &ada.who, &app, "cat").await.len(), 2);
    add(&bench, &ada.who, &app, vec![input("tom", Content::Text("The cat is asleep on a sofa.".into()))])
        .await;
    assert_eq!(alike(&bench, &ada.who, &app, "cat").await.len(), 2);
    assert_eq!(bench.service.embed_some().await, Ok(1));
    assert_eq!(alike(&bench, &ada.who, &app, "cat").await[0], "tom");
    assert_eq!(like_input(&bench, &ada.who, &app, "kitten").await.unwrap_err(), Error::NotFound);
    // What somebody else has is never found.
    let eve = bench.person("eve").await;
    let hers = street_signs(&bench, &eve).await;
    add_texts(&bench, &eve.who, &hers).await;
    assert_eq!(alike(&bench, &eve.who, &hers, "cat").await.len(), 3);
    assert_eq!(alike(&bench, &ada.who, &app, "cat").await.len(), 3);
}

async fn a_sentence_finds_texts_about_the_same_and_pictures_that_show_it(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add_texts(&bench, &ada.who, &app).await;
    let pictures =
        (0..2).map(|number| input(&format!("sign-{number}"), Content::Image(png(20 + number, 10).into())));
    add(&bench, &ada.who, &app, pictures.collect()).await;
    assert_eq!(bench.service.embed_some().await, Ok(2));
    let sentence = |text: &str| Likeness::Content(Content::Text(text.into()));
    let all = search(&bench, &ada.who, &app, sentence("A small pet is asleep"), "all()").await.unwrap();
    let all = slugs(all);
    assert_eq!((all.len(), all[0].as_str(), all[1].as_str()), (6, "kitten", "cat"));
    let pictures =
        search(&bench, &ada.who, &app, sentence("A small pet is asleep"), "medium(image)").await.unwrap();
    assert_eq!(pictures.inputs.len(), 2);
    // A picture that is brought along is like itself.
    let sign = Likeness::Content(Content::Image(png(20, 10).into()));
    let found = search(&bench, &ada.who, &app, sign, "all()").await.unwrap();
    assert_eq!(found.inputs.len(), 2);
    assert!(found.inputs[0].1 > 0.999, "{}", found.inputs[0].1);
    for (likeness, field) in [
        (sentence(" "), "text"),
        (Likeness::Content(Content::Image(b"no picture".as_slice().into())), "image"),
    ] {
        let refused = search(&bench, &ada.who, &app, likeness, "all()").await.unwrap_err();
        assert_eq!(invalid(refused).0, field);
    }
}

async fn a_search_ranks_what_its_filter_lets_through(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add_texts(&bench, &ada.who, &app).await;
    // Many that are as like as can be, and are not let through.
    let echoes = (0..300).map(|number| input(&format!("echo-{number}"), Content::Text(KITTENS[0].1.into())));
    let echoes: Vec<NewInput> = echoes.collect();
    for part in echoes.chunks(100) {
        add(&bench, &ada.who, &app, part.to_vec()).await;
    }
    while bench.service.embed_some().await.unwrap() > 0 {}
    assert!(alike(&bench, &ada.who, &app, "cat").await.iter().all(|slug| slug.starts_with("echo-")));
    let cat = || Likeness::Input("cat".into());
    let few = search(&bench, &ada.who, &app, cat(), "any(id(loan),id(kitten),id(bank))").await.unwrap();
    let few = slugs(few);
    assert_eq!((few.len(), few[0].as_str()), (3, "kitten"));
    let others = search(&bench, &ada.who, &app, cat(), "not(text(cat))").await.unwrap();
    assert_eq!(slugs(others)[0], "kitten");
    // Part by part, each is found once.
    let mut found = Vec::new();
    for skip in (0..400).step_by(100) {
        let likest = Likest { skip, size: 100, from: -1.0 };
        let (endpoint, query) = (Endpoint::PostSearches, Query::default());
        let part = bench.service.search_alike(&ada.who, &app, endpoint, &query, cat(), likest).await.unwrap();
        found.extend(part.value.inputs.into_iter().map(|(row, _)| row.input.slug));
    }
    let once: std::collections::BTreeSet<&String> = found.iter().collect();
    assert_eq!((found.len(), once.len()), (303, 303));
    let likest = Likest { skip: 0, size: 400, from: 0.999 };
    let (endpoint, query) = (Endpoint::PostSearches, Query::default());
    let same = bench.service.search_alike(&ada.who, &app, endpoint, &query, cat(), likest).await.unwrap();
    assert_eq!(same.value.inputs.len(), 300);
}

async fn whoever_reaches_some_inputs_finds_among_these(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add_texts(&bench, &ada.who, &app).await;
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    let refusal = like_input(&bench, &bo.who, &app, "cat").await.unwrap_err();
    assert!(forbidden(refusal).1.contains("Search"));
    // Without a task of his, he reaches none.
    give_exactly(&bench, &ada, &app, bo.id, Rights { reach: Reach::Assigned, ..Rights::FULL }).await;
    assert_eq!(like_input(&bench, &bo.who, &app, "cat").await.unwrap_err(), Error::NotFound);
}

async fn duplicates_are_found_in_groups_with_the_oldest_first(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add_texts(&bench, &ada.who, &app).await;
    let find = async |who: &Who, from| bench.service.find_duplicates(who, &app, from).await;
    let grouped = async |who: &Who, from| {
        let found = find(who, from).await.unwrap().value;
        assert!(found.is_all);
        let slug = |(row, _): &(atelier_service::inputs::InputRow, f32)| row.slug.clone();
        found.groups.iter().map(|group| group.iter().map(slug).collect()).collect::<Vec<Vec<String>>>()
    };
    assert_eq!(grouped(&ada.who, 0.98).await, Vec::<Vec<String>>::new(), "no two are the same");
    // Each after the other, so that it is known which is the oldest.
    let (picture, other) = (png(40, 30), png(30, 40));
    for (slug, content) in [
        ("cat-again", Content::Text("A cat sleeps on the sofa".into())),
        ("shot", Content::Image(picture.clone().into())),
        ("cat-thrice", Content::Text("A cat sleeps on the sofa.".into())),
        ("shot-again", Content::Image(picture.into())),
        ("another", Content::Image(other.into())),
    ] {
        bench.clock.advance(MINUTE);
        add(&bench, &ada.who, &app, vec![input(slug, content)]).await;
    }
    while bench.service.embed_some().await.unwrap() > 0 {}
    let found = grouped(&ada.who, 0.98).await;
    assert_eq!(found[0], ["cat", "cat-thrice", "cat-again"], "the same before the nearly same");
    assert_eq!(found[1][..2], ["shot", "shot-again"]);
    assert_eq!(found.len(), 2);
    for from in [0.5, 1.1, f32::NAN] {
        assert_eq!(invalid(find(&ada.who, from).await.unwrap_err()).0, "from");
    }
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    assert!(forbidden(find(&bo.who, 0.98).await.unwrap_err()).1.contains("Search"));
    // Without a task of his, he reaches none.
    give_exactly(&bench, &ada, &app, bo.id, Rights { reach: Reach::Assigned, ..Rights::FULL }).await;
    assert_eq!(grouped(&bo.who, 0.98).await, Vec::<Vec<String>>::new());
}
