//! Listing and showing inputs.

use super::*;

on_both_databases! {
    what_counts_is_shown_of_the_whole_as_it_was_said_last,
    listing_filters,
    pages_follow_one_another,
    inputs_of_one_moment_are_listed_in_the_reverse_of_their_order,
}

async fn what_counts_is_shown_of_the_whole_as_it_was_said_last(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, with_labels(text("sign", "Stop"), said("stop", 1.0))).await.unwrap();
    add(&bench, &ada.who, &app, text("silent", "Stop")).await.unwrap();
    let rights = bringing().with(Scope::AnnotationsAdd).with(Scope::ConceptsAdd);
    let bo = join(&bench, &ada, &app, "bo", rights).await;
    let annotate = async |id: &str, labels, standing| {
        let (slug, input) = (id.to_owned(), "sign".to_owned());
        let new = NewAnnotation { slug, input, labels, status: Some(standing), ..NewAnnotation::default() };
        bench.service.post_annotations(&bo.who, &app, vec![new]).await.unwrap();
        bench.clock.advance(1_000);
    };
    let part = Region {
        id: "part".parse().unwrap(),
        shape: Shape::Span { start: 0, end: 4 },
        labels: said("word", 1.0).concepts,
    };
    annotate("bos", said("stop", 0.5), status::SUCCESS).await;
    annotate("more", said("red", 1.0), status::SUCCESS).await;
    annotate("draft", said("blue", 1.0), status::PENDING).await;
    annotate("part", Labels { concepts: Vec::new(), regions: vec![part] }, status::SUCCESS).await;
    let told = |said: Vec<Label>| {
        said.into_iter().map(|said| (said.concept.to_string(), said.value)).collect::<Vec<_>>()
    };
    let shown = async |who: &Who, slugs: &[&str]| {
        let shown = bench.service.said_of_inputs(who, &app, Endpoint::ListInputs, slugs).await?.value;
        Ok::<_, Error>(shown.into_iter().map(|(slug, said)| (slug, told(said.said))).collect::<Vec<_>>())
    };
    let (stop, red) = (|value| ("stop".to_owned(), value), ("red".to_owned(), 1.0_f32));
    let expected = ("sign".to_owned(), vec![stop(0.5_f32), red.clone()]);
    let both = vec![expected.clone(), ("silent".to_owned(), Vec::new())];
    assert_eq!(shown(&ada.who, &["sign", "silent", "no-such-input"]).await, Ok(both.clone()));
    assert_eq!(shown(&bo.who, &["sign"]).await, Ok(vec![expected]));
    let all = InputsFilter::default();
    let listed = bench.service.list_inputs_with_said(&bo.who, &app, &all, 0, 10).await.unwrap().value;
    let listed = listed.into_iter().rev().map(|one| (one.input.slug, told(one.said.said)));
    assert_eq!(listed.collect::<Vec<_>>(), both);
    let one = bench.service.get_input_with_said(&bo.who, &app, "sign").await.unwrap().value;
    assert_eq!((one.input.slug, told(one.said.said)), both[0]);
    // Ada changes what she had said first: now hers is the last word.
    let again = PatchInput { slug: "sign".into(), labels: said("stop", 0.0), ..PatchInput::default() };
    bench.service.patch_inputs(&ada.who, &app, PatchAction::Merge, vec![again]).await.unwrap();
    let found = shown(&ada.who, &["sign"]).await.unwrap();
    assert_eq!(found, [("sign".to_owned(), vec![stop(0.0), red])]);
    let eve = bench.person("eve").await;
    assert_eq!(shown(&eve.who, &["sign"]).await, Err(Error::NotFound));
    let other = make_app(&bench, &ada, "house-signs").await;
    let elsewhere = bench.service.said_of_inputs(&ada.who, &other, Endpoint::ListInputs, &["sign"]).await;
    assert_eq!(elsewhere.unwrap().value, BTreeMap::new());
}

async fn listing_filters(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let first = with_labels(text("sign-1", "Stop at the corner"), said("stop", 1.0));
    add(&bench, &ada.who, &app, first).await.unwrap();
    let second = add(&bench, &ada.who, &app, picture("sign-2", png(8, 8))).await.unwrap();
    let third = with_labels(text("note", "50 % off"), said("stop", 0.0));
    add(&bench, &ada.who, &app, third).await.unwrap();

    let none = InputsFilter::default;
    let some = |text: &str| Some(text.to_owned());
    for (filter, expected) in [
        (none(), vec!["note", "sign-2", "sign-1"]),
        (
            InputsFilter { slugs: vec!["sign-1".into(), "note".into(), "x".into()], ..none() },
            vec!["note", "sign-1"],
        ),
        (InputsFilter { kind: Some(Medium::Image), ..none() }, vec!["sign-2"]),
        (InputsFilter { kind: Some(Medium::Text), ..none() }, vec!["note", "sign-1"]),
        // Somebody says of the note that the concept is not there.
        (InputsFilter { concept: some("stop"), ..none() }, vec!["sign-1"]),
        (InputsFilter { concept: some("give-way"), ..none() }, vec![]),
        (InputsFilter { text: some("sToP"), ..none() }, vec!["sign-1"]),
        (InputsFilter { text: some("SIGN"), ..none() }, vec!["sign-2", "sign-1"]),
        (InputsFilter { text: some("%"), ..none() }, vec!["note"]),
        (InputsFilter { text: some("_"), ..none() }, vec![]),
        (InputsFilter { before: Some(second.id), ..none() }, vec!["sign-1"]),
        (InputsFilter { kind: Some(Medium::Text), text: some("sign"), ..none() }, vec!["sign-1"]),
    ] {
        assert_eq!(listed(&bench, &ada.who, &app, &filter).await, expected, "{filter:?}");
    }
}

async fn pages_follow_one_another(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    for slug in ["a", "b", "c"] {
        add(&bench, &ada.who, &app, text(slug, "text")).await.unwrap();
    }
    let everything = InputsFilter::default();
    for (skip, expected, more) in
        [(0, vec!["c", "b"], true), (1, vec!["b", "a"], false), (2, vec!["a"], false), (3, vec![], false)]
    {
        let page = bench.service.list_inputs(&ada.who, &app, &everything, skip, 2).await.unwrap();
        let slugs: Vec<&str> = page.inputs.iter().map(|row| row.slug.as_str()).collect();
        assert_eq!((slugs, page.more), (expected, more), "after {skip}");
    }
}

async fn inputs_of_one_moment_are_listed_in_the_reverse_of_their_order(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    // The clock stands still within a request, and hardly moves between them.
    let mut expected = Vec::new();
    for request in 0..3 {
        let slugs: Vec<String> = (0..30).map(|number| format!("{request}-{number}")).collect();
        // Pictures and texts take differently long.
        let inputs = slugs.iter().enumerate().map(|(number, slug)| match number % 3 {
            0 => picture(slug, png(200, 200)),
            _ => text(slug, "text"),
        });
        post(&bench.service, &ada.who, &app, inputs.collect()).await.unwrap();
        expected.extend(slugs);
        bench.clock.advance(1);
    }
    expected.reverse();
    assert_eq!(all(&bench, &ada.who, &app).await, expected);
    // By pages that begin after the last one seen, while others are added: nothing twice, nothing left out.
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let filter = InputsFilter { before, ..InputsFilter::default() };
        let page = bench.service.list_inputs(&ada.who, &app, &filter, 0, 7).await.unwrap();
        post(&bench.service, &ada.who, &app, vec![text("", "meanwhile")]).await.unwrap();
        before = page.inputs.last().map(|row| row.id);
        seen.extend(page.inputs.into_iter().map(|row| row.slug));
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, expected);
}
