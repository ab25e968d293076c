//! The words of texts.

use super::*;

on_both_databases! {
    texts_are_found_by_all_of_their_words,
    a_text_without_end_is_looked_through_from_its_beginning,
    what_was_deleted_is_found_no_more,
    an_app_is_searched_and_no_other,
    texts_are_gone_through_in_parts_whatever_is_deleted_meanwhile,
}

async fn texts_are_found_by_all_of_their_words(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let texts = [
        ("plain", "Two stop signs on Mill Hill"),
        ("signs", "stop/yield, see https://example.org/mill-hill?x=STOP_sign&y=3.5 (“one” of them)"),
        ("german", "Ein rotes straßenschild, grün übermalt"),
        ("code", "let a' = b\\c + \"stop\"; // and, or, not NEAR"),
        ("none", "…!"),
    ];
    add(&bench, &ada.who, &app, texts.map(|(slug, body)| text(slug, body)).to_vec()).await;
    for (words, expected) in [
        ("stop", vec!["code", "signs", "plain"]),
        ("STOP mill", vec!["signs", "plain"]),
        ("hill-stop!", vec!["signs", "plain"]),
        ("yield", vec!["signs"]),
        ("example org", vec!["signs"]),
        ("5 3", vec!["signs"]),
        ("sto", vec![]),
        ("straßenschild GRÜN", vec!["german"]),
        ("not and near or", vec!["code"]),
        ("b c", vec!["code"]),
    ] {
        let query = query(&format!("text('{words}')"));
        assert_eq!(found(&bench, &ada.who, &app, &query).await.unwrap(), expected, "{words}");
    }
    let others = found(&bench, &ada.who, &app, &query("not(text(stop))")).await.unwrap();
    assert_eq!(others, ["none", "german"]);
}

async fn a_text_without_end_is_looked_through_from_its_beginning(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    // Every word another: as much as an index ever has to take in.
    let mut long: String = (0..110_000).map(|number| format!("w{number} ")).collect();
    long.push_str("end");
    assert!(long.len() > 700_000);
    add(&bench, &ada.who, &app, vec![text("long", &long)]).await;
    assert_eq!(found(&bench, &ada.who, &app, &query("text('w0 w25000')")).await.unwrap(), ["long"]);
    assert!(found(&bench, &ada.who, &app, &query("text(end)")).await.unwrap().is_empty());
}

async fn what_was_deleted_is_found_no_more(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, vec![text("a", "red stop"), text("b", "red yield")]).await;
    bench.service.delete_inputs(&ada.who, &app, Endpoint::DeleteInputs, &["a".into()]).await.unwrap();
    assert_eq!(found(&bench, &ada.who, &app, &query("text(red)")).await.unwrap(), ["b"]);
    // Whatever takes the place of the one that is gone is found by its own words.
    add(&bench, &ada.who, &app, vec![text("a", "green give way")]).await;
    assert_eq!(found(&bench, &ada.who, &app, &query("text(red)")).await.unwrap(), ["b"]);
    assert_eq!(found(&bench, &ada.who, &app, &query("text('give way')")).await.unwrap(), ["a"]);
}

async fn an_app_is_searched_and_no_other(bench: Bench) {
    let ada = bench.person("ada").await;
    let (one, other) = (street_signs(&bench, &ada).await, make_app(&bench, &ada, "tea").await);
    for app in [&one, &other] {
        let mine = NewInput { labels: said("stop", 1.0), ..text("note", "stop here") };
        add(&bench, &ada.who, app, vec![mine]).await;
    }
    bench.service.delete_inputs(&ada.who, &other, Endpoint::DeleteInputs, &["note".into()]).await.unwrap();
    for filter in ["all()", "text(stop)", "said(concept:stop)", "said(by:ada)", "id(note)", "said()"] {
        assert_eq!(found(&bench, &ada.who, &one, &query(filter)).await.unwrap(), ["note"], "{filter}");
        assert!(found(&bench, &ada.who, &other, &query(filter)).await.unwrap().is_empty(), "{filter}");
        let found = bench.service.search_annotations(&ada.who, &other, &query(filter), first(9)).await;
        assert!(found.unwrap().value.rows.is_empty(), "{filter}");
    }
}

async fn texts_are_gone_through_in_parts_whatever_is_deleted_meanwhile(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    // Three requests, of which two come at the same moment.
    for (request, ended) in [("a", 0), ("b", 1_000), ("c", 1_000)] {
        let inputs = (0..7).map(|number| text(&format!("{request}-{number}"), "stop here")).collect();
        let inputs = PostInputs { inputs, ..PostInputs::default() };
        let posted = bench.service.post_inputs(&ada.who, &app, inputs).await.unwrap();
        assert!(posted.inputs.iter().all(|became| became.is_ok()));
        bench.clock.advance(ended);
    }
    for oldest_first in [false, true] {
        let query = Query { oldest_first, ..query("text('stop here')") };
        let (mut known, mut after) = (Vec::new(), None);
        loop {
            let part = Part { after, skip: 0, size: 4 };
            let endpoint = Endpoint::PostInputsSearches;
            let page =
                bench.service.search_inputs(&ada.who, &app, endpoint, &query, part).await.unwrap().value;
            known.extend(page.rows.iter().map(|row| row.input.slug.clone()));
            let Some(last) = page.rows.last().filter(|_| page.more) else { break };
            after = Some(last.input.id.0);
            if last.input.slug.starts_with('c') {
                let last = [last.input.slug.clone()];
                bench.service.delete_inputs(&ada.who, &app, Endpoint::DeleteInputs, &last).await.unwrap();
            }
        }
        // Those of one request in its order, and the last request at the end.
        if !oldest_first {
            known.reverse();
        }
        let gone = if oldest_first { 1 } else { 0 };
        assert_eq!(known.len(), 21 - gone, "{known:?}");
        let of =
            |request: char| known.iter().filter(move |slug| slug.starts_with(request)).collect::<Vec<_>>();
        for request in ['a', 'b', 'c'] {
            assert!(of(request).is_sorted(), "{known:?}");
        }
        assert!(known[14..].iter().all(|slug| slug.starts_with('c')), "{known:?}");
    }
}
