//! Taking in what others labelled, on both databases: what was exported comes back, what is wrong is told, and who may.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek as _, Write as _};

use atelier_domain::{
    Endpoint, Label, Labels, PatchAction, Place, Point, Preset, Region, Rights, Scope, Shape,
};
use atelier_service::annotations::AnnotationsFilter;
use atelier_service::datasets::NewDataset;
use atelier_service::datasets::versions::NewVersion;
use atelier_service::exports::ExportVersion;
use atelier_service::formats::Format;
use atelier_service::imports::{Import, Imported, Progress};
use atelier_service::inputs::{Content, InputsFilter, NewInput, PatchInput, PostInputs};
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{give_exactly, join, make_app, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};
use futures::TryStreamExt as _;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;
use tokio::sync::watch;

on_both_databases! {
    what_was_exported_comes_back_as_far_as_its_format_holds_it,
    places_come_back_to_the_last_digit,
    what_is_wrong_is_told_and_the_rest_comes_in,
    what_is_said_alone_is_said_of_what_the_app_has,
    what_only_others_may_say_is_told_and_the_rest_comes_in,
    what_is_taken_in_again_is_not_said_twice,
    an_input_that_is_there_gets_what_is_said_of_it_if_nothing_was,
    how_far_it_is_is_told_and_nobody_who_hears_it_ends_it,
    whoever_may_not_add_takes_nothing_in,
}

fn label(concept: &str, value: f32) -> Label {
    Label { concept: concept.parse().unwrap(), value }
}

fn region(id: &str, shape: Shape, concept: &str) -> Region {
    Region { id: id.parse().unwrap(), shape, labels: vec![label(concept, 1.0)] }
}

fn boxed() -> Region {
    region("r1", Shape::Box { top: 0.25, left: 0.5, bottom: 0.75, right: 1.0 }, "stop")
}

fn triangle() -> Region {
    let points = [(0.0, 0.0), (0.0, 0.5), (0.5, 0.0)].map(|(row, col)| Point { row, col });
    region("r2", Shape::Polygon { points: points.to_vec() }, "stop")
}

fn input(slug: &str, content: Content, labels: Labels) -> NewInput {
    let metadata = Some(json!({ "walk": 1 }));
    NewInput { slug: slug.into(), content, metadata, place: None, labels, datasets: vec!["town".into()] }
}

async fn add(bench: &Bench, who: &Who, app: &AppName, inputs: Vec<NewInput>) {
    let inputs = PostInputs { inputs, ..PostInputs::default() };
    let posted = bench.service.post_inputs(who, app, inputs).await.unwrap();
    assert!(posted.inputs.iter().all(std::result::Result::is_ok));
}

/// Ada's app with a dataset `town`, which has nothing in it.
async fn town(bench: &Bench, ada: &Person, app: AppName) -> AppName {
    let town = NewDataset { slug: "town".into(), ..NewDataset::default() };
    bench.service.post_datasets(&ada.who, &app, vec![town]).await.unwrap();
    app
}

/// The version `spring` of the dataset, as a file.
async fn exported(bench: &Bench, who: &Who, app: &AppName, format: Format) -> File {
    let wanted =
        ExportVersion { dataset: "town".into(), version: "spring".into(), format, with_contents: true };
    let export = bench.service.export_dataset_version(who, app, &wanted).await.unwrap();
    let pieces: Vec<_> = export.pieces.try_collect().await.unwrap();
    file(&pieces.concat())
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

async fn import(bench: &Bench, who: &Who, app: &AppName, file: File, name: &str) -> Result<Imported> {
    let import = Import { file, name: name.into(), dataset: Some("town".into()) };
    bench.service.import(who, app, import, None).await
}

/// What is said of each input of the app.
async fn said(bench: &Bench, who: &Who, app: &AppName) -> BTreeMap<String, Vec<Labels>> {
    let page = bench.service.list_inputs(who, app, &InputsFilter::default(), 0, 100).await.unwrap();
    let mut said: BTreeMap<String, Vec<Labels>> =
        page.inputs.into_iter().map(|row| (row.slug, Vec::new())).collect();
    let all = bench.service.list_annotations(who, app, &AnnotationsFilter::default(), 0, 100).await.unwrap();
    for row in all {
        said.entry(row.input_slug).or_default().push(row.labels);
    }
    said
}

async fn what_was_exported_comes_back_as_far_as_its_format_holds_it(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let app = town(&bench, &ada, app).await;
    let picture = || Content::Image(png(8, 4).into());
    let everything = Labels { concepts: vec![label("street", 0.5)], regions: vec![boxed(), triangle()] };
    let regions = |regions: Vec<Region>| vec![Labels { concepts: Vec::new(), regions }];
    add(
        &bench,
        &ada.who,
        &app,
        vec![
            input("sign 1", picture(), everything.clone()),
            input("empty", picture(), Labels::default()),
            input("note", Content::Text("Stop at the sign".into()), Labels::default()),
        ],
    )
    .await;
    let spring = NewVersion { slug: "spring".into(), ..NewVersion::default() };
    bench.service.post_dataset_versions(&ada.who, &app, "town", vec![spring]).await.unwrap();
    let around = region("r2", Shape::Box { top: 0.0, left: 0.0, bottom: 0.5, right: 0.5 }, "stop");
    for (format, of_sign, has_note) in [
        (Format::Jsonl, vec![everything.clone()], true),
        (Format::Csv, vec![everything.clone()], true),
        (Format::Coco, regions(vec![boxed(), triangle()]), false),
        (Format::Yolo, regions(vec![boxed(), around.clone()]), false),
        (Format::Voc, regions(vec![boxed(), around.clone()]), false),
    ] {
        let copy = make_app(&bench, &ada, format.name()).await;
        let copy = town(&bench, &ada, copy).await;
        let archive = exported(&bench, &ada.who, &app, format).await;
        let imported = import(&bench, &ada.who, &copy, archive, "town.zip").await.unwrap();
        assert!(imported.told.is_empty(), "{format}: {:?}", imported.told);
        assert_eq!((imported.inputs, imported.annotations), (if has_note { 3 } else { 2 }, 1), "{format}");
        let mut expected = BTreeMap::from([("sign 1".to_owned(), of_sign), ("empty".to_owned(), Vec::new())]);
        if has_note {
            expected.insert("note".to_owned(), Vec::new());
        }
        assert_eq!(said(&bench, &ada.who, &copy).await, expected, "{format}");
        let held = bench.service.list_dataset_inputs(&ada.who, &copy, "town", (None, 0), 10).await.unwrap();
        assert_eq!(held.value.len(), expected.len(), "{format}");
        let row = bench.service.get_input(&ada.who, &copy, "sign 1").await.unwrap();
        assert_eq!((row.width, row.size), (Some(8), png(8, 4).len() as i64), "{format}");
        assert_eq!(row.metadata.is_some(), format == Format::Jsonl, "{format}");
        // A second time, everything is there already and stays as it is.
        let archive = exported(&bench, &ada.who, &app, format).await;
        let again = import(&bench, &ada.who, &copy, archive, "town.zip").await.unwrap();
        assert_eq!((again.inputs, again.annotations), (0, 0), "{format}");
        assert_eq!((again.inputs_there, again.annotations_there), (expected.len(), 1), "{format}");
        assert!(again.told.is_empty(), "{format}: {:?}", again.told);
        // Where it came from, nothing is said a second time either, whatever the format could not hold.
        let archive = exported(&bench, &ada.who, &app, format).await;
        let back = import(&bench, &ada.who, &app, archive, "town.zip").await.unwrap();
        assert_eq!((back.inputs, back.annotations, back.inputs_there), (0, 0, expected.len()), "{format}");
        assert_eq!(back.annotations_there + back.told.len(), 1, "{format}: {:?}", back.told);
    }
}

/// A place, of all digits that there are, or at an edge of what there is; or none.
fn place() -> impl Strategy<Value = Option<Place>> {
    let latitude = prop_oneof![8 => -90.0..=90.0_f64, 1 => Just(90.0), 1 => Just(-0.0), 1 => Just(1e-300)];
    let longitude = prop_oneof![8 => -180.0..=180.0_f64, 1 => Just(180.0), 1 => Just(-180.0)];
    let place = (latitude, longitude).prop_map(|(north, east)| Place::new(north, east).unwrap());
    prop_oneof![1 => Just(None), 4 => place.prop_map(Some)]
}

/// Where each input of the app was made.
async fn places(bench: &Bench, who: &Who, app: &AppName) -> BTreeMap<String, Option<Place>> {
    let page = bench.service.list_inputs(who, app, &InputsFilter::default(), 0, 1_000).await.unwrap();
    page.inputs.into_iter().map(|row| (row.slug.clone(), row.place())).collect()
}

async fn places_come_back_to_the_last_digit(bench: Bench) {
    const INPUTS: usize = 100;
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let app = town(&bench, &ada, app).await;
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[21; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let made_up = prop::collection::vec((place(), any::<bool>()), INPUTS).new_tree(&mut runner).unwrap();
    // Texts and pictures, some with two labels, which is two lines of a table, and some with none.
    let of = |(number, (place, is_labelled)): (usize, (Option<Place>, bool))| {
        let labels = Labels { concepts: vec![label("street", 0.5), label("stop", 1.0)], regions: vec![] };
        let content = match number % 3 {
            0 => Content::Image(png(8, 4).into()),
            _ => Content::Text("Stop at the sign".into()),
        };
        let labels = if is_labelled { labels } else { Labels::default() };
        NewInput { place, ..input(&format!("sign {number}"), content, labels) }
    };
    let inputs: Vec<NewInput> = made_up.current().into_iter().enumerate().map(of).collect();
    let expected: BTreeMap<_, _> = inputs.iter().map(|input| (input.slug.clone(), input.place)).collect();
    for part in inputs.chunks(50) {
        add(&bench, &ada.who, &app, part.to_vec()).await;
    }
    assert_eq!(places(&bench, &ada.who, &app).await, expected);
    let spring = NewVersion { slug: "spring".into(), ..NewVersion::default() };
    bench.service.post_dataset_versions(&ada.who, &app, "town", vec![spring]).await.unwrap();
    // What is given out is where they were made as it was known when the version was.
    let moved = |slug: &String| PatchInput {
        slug: slug.clone(),
        place: Some(Place::new(1.0, 2.0).unwrap()),
        ..PatchInput::default()
    };
    let moved = expected.keys().take(50).map(moved).collect();
    bench.service.patch_inputs(&ada.who, &app, PatchAction::Merge, moved).await.unwrap();
    for (format, holds_places) in
        [(Format::Jsonl, true), (Format::Csv, true), (Format::Coco, false), (Format::Yolo, false)]
    {
        let copy = make_app(&bench, &ada, format.name()).await;
        let copy = town(&bench, &ada, copy).await;
        let archive = exported(&bench, &ada.who, &app, format).await;
        let imported = import(&bench, &ada.who, &copy, archive, "town.zip").await.unwrap();
        assert!(imported.told.is_empty(), "{format}: {:?}", imported.told);
        let there = places(&bench, &ada.who, &copy).await;
        if holds_places {
            assert_eq!(there, expected, "{format}");
        } else {
            assert!(!there.is_empty() && there.values().all(Option::is_none), "{format}: {there:?}");
        }
    }
}

async fn what_is_wrong_is_told_and_the_rest_comes_in(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let app = town(&bench, &ada, app).await;
    let mut writer = zip::ZipWriter::new(tempfile::tempfile().unwrap());
    let whole = |value: f32| json!({ "labels": { "concepts": [{ "concept": "stop", "value": value }], "regions": [] } });
    let lines = [
        json!({ "id": "sign", "file": "sign.png", "annotations": [whole(1.0), whole(2.0)] }),
        json!({ "id": "lost", "file": "lost.png" }),
        json!({ "id": "words", "file": "words.png" }),
        json!({ "id": "a/b", "file": "sign.png" }),
        json!({ "id": "sign", "file": "sign.png" }),
        json!({ "id": "north", "file": "sign.png", "place": { "latitude": 90.5, "longitude": 0.0 } }),
    ];
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let files = [
        ("inputs.jsonl", format!("{}\n{{\"id\":\"half", lines.join("\n")).into_bytes()),
        ("sign.png", png(8, 4)),
        ("words.png", b"no picture".to_vec()),
    ];
    for (path, bytes) in files {
        writer.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    let archive = writer.finish().unwrap();
    let imported = import(&bench, &ada.who, &app, archive, "a.zip").await.unwrap();
    assert_eq!((imported.inputs, imported.annotations), (1, 1));
    let told: Vec<(&str, &str)> =
        imported.told.iter().map(|told| (told.place.as_str(), told.why.as_str())).collect();
    for (place, words) in [
        ("line 7 of inputs.jsonl", "no JSON object"),
        ("line 6 of inputs.jsonl", "latitude must be between -90 and 90, and is 90.5"),
        ("line 2 of inputs.jsonl", "missing"),
        ("line 4 of inputs.jsonl", "cannot be an input"),
        ("line 5 of inputs.jsonl", "in the file already"),
        ("line 3 of inputs.jsonl", "not taken"),
        ("line 1 of inputs.jsonl, annotation 2", "the value 2"),
    ] {
        let is_told = told.iter().any(|(at, why)| *at == place && why.contains(words));
        assert!(is_told, "{place}: {words}: {told:#?}");
    }
    assert_eq!(told.len(), 7, "{told:#?}");
    let (field, why) =
        invalid(import(&bench, &ada.who, &app, file(b"hello"), "notes.doc").await.unwrap_err());
    assert_eq!(field, "file");
    assert!(why.contains("JSONL, CSV, COCO, YOLO"), "{why}");
}

async fn what_is_said_alone_is_said_of_what_the_app_has(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let app = town(&bench, &ada, app).await;
    let note = input("note", Content::Text("Stop at the sign".into()), Labels::default());
    add(&bench, &ada.who, &app, vec![note]).await;
    let table =
        "input,shape,start,end,concept\nnote,span,0,4,stop\nnote,span,4,400,stop\nother,whole,,,stop\n";
    let imported = import(&bench, &ada.who, &app, file(table.as_bytes()), "labels.csv").await.unwrap();
    assert_eq!((imported.inputs, imported.annotations), (0, 0));
    let why: Vec<&str> = imported.told.iter().map(|told| told.why.as_str()).collect();
    assert!(why.iter().any(|why| why.contains("goes on after the text")), "{why:?}");
    assert!(why.iter().any(|why| why.contains("no input `other`")), "{why:?}");
    let table = "input,shape,start,end,concept\nnote,span,0,4,stop\n";
    let imported = import(&bench, &ada.who, &app, file(table.as_bytes()), "labels.csv").await.unwrap();
    assert_eq!((imported.annotations, imported.told.len()), (1, 0));
}

async fn what_is_taken_in_again_is_not_said_twice(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let app = town(&bench, &ada, app).await;
    let note = input("note", Content::Text("Stop at the sign".into()), Labels::default());
    add(&bench, &ada.who, &app, vec![note]).await;
    let table = "input,shape,start,end,concept\nnote,span,0,4,stop\n";
    for expected in [(1, 0), (0, 1)] {
        let imported = import(&bench, &ada.who, &app, file(table.as_bytes()), "labels.csv").await.unwrap();
        assert_eq!((imported.annotations, imported.annotations_there), expected);
        assert!(imported.told.is_empty(), "{:?}", imported.told);
        assert_eq!(said(&bench, &ada.who, &app).await["note"].len(), 1);
    }
    // Something else is said besides.
    let table = "input,shape,start,end,concept\nnote,span,0,4,sign\n";
    let imported = import(&bench, &ada.who, &app, file(table.as_bytes()), "labels.csv").await.unwrap();
    assert_eq!((imported.annotations, imported.annotations_there), (1, 0));
}

async fn an_input_that_is_there_gets_what_is_said_of_it_if_nothing_was(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let app = town(&bench, &ada, app).await;
    let cy = join(&bench, &ada, &app, "cy", Preset::LabellingLead.scopes()).await;
    let said_of = |concept: &str| Labels { concepts: vec![label(concept, 1.0)], regions: Vec::new() };
    let text = |slug: &str, text: &str, labels| input(slug, Content::Text(text.into()), labels);
    // As if the server had been killed before what is said of `red` came in. Of `green`, Cy says the same already.
    let there = vec![
        text("red", "A red sign", Labels::default()),
        text("green", "A green sign", said_of("stop")),
        text("blue", "Another sign", Labels::default()),
    ];
    add(&bench, &cy.who, &app, there).await;
    let archive = || {
        let mut writer = zip::ZipWriter::new(tempfile::tempfile().unwrap());
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file("inputs.jsonl", options).unwrap();
        for id in ["red", "green", "blue"] {
            let annotation = json!({ "labels": said_of("stop") });
            let line = json!({ "id": id, "file": format!("{id}.txt"), "annotations": [annotation] });
            writeln!(writer, "{line}").unwrap();
        }
        for id in ["red", "green", "blue"] {
            writer.start_file(format!("{id}.txt"), options).unwrap();
            write!(writer, "A {id} sign").unwrap();
        }
        writer.finish().unwrap()
    };
    for (annotations, annotations_there) in [(1, 1), (0, 2)] {
        let imported = import(&bench, &ada.who, &app, archive(), "signs.zip").await.unwrap();
        assert_eq!((imported.inputs, imported.annotations), (0, annotations));
        assert_eq!((imported.inputs_there, imported.annotations_there), (2, annotations_there));
        let told: Vec<&str> = imported.told.iter().map(|told| told.why.as_str()).collect();
        assert_eq!(told, ["The app has another input `blue` already: that one stays as it is."]);
    }
    let said = said(&bench, &ada.who, &app).await;
    assert_eq!([said["red"].len(), said["green"].len(), said["blue"].len()], [1, 1, 0]);
    // Whoever may not see what is said adds nothing to it, and hears so.
    let blind = Endpoint::all().filter(|one| one.is_rpc() && *one != Endpoint::ListAnnotations).collect();
    give_exactly(&bench, &ada, &app, cy.id, Rights { endpoints: Some(blind), ..Rights::FULL }).await;
    let imported = import(&bench, &cy.who, &app, archive(), "signs.zip").await.unwrap();
    assert_eq!((imported.annotations, imported.inputs_there, imported.annotations_there), (0, 2, 0));
    let not_seen = imported.told.iter().filter(|told| told.why.starts_with("You may not see")).count();
    assert_eq!((not_seen, imported.told.len()), (2, 3), "{:?}", imported.told);
}

async fn how_far_it_is_is_told_and_nobody_who_hears_it_ends_it(bench: Bench) {
    const INPUTS: usize = 1_000;
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let app = town(&bench, &ada, app).await;
    let archive = || {
        let mut writer = zip::ZipWriter::new(tempfile::tempfile().unwrap());
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file("inputs.jsonl", options).unwrap();
        for number in 0..INPUTS {
            let labels = json!({ "concepts": [{ "concept": "stop", "value": 1.0 }], "regions": [] });
            let line = json!({ "id": format!("note-{number}"), "file": format!("{number}.txt"), "annotations": [{ "labels": labels }] });
            writeln!(writer, "{line}").unwrap();
        }
        for number in 0..INPUTS {
            writer.start_file(format!("{number}.txt"), options).unwrap();
            write!(writer, "The sign of house {number}").unwrap();
        }
        let mut file = writer.finish().unwrap();
        file.rewind().unwrap();
        Import { file, name: "notes.zip".into(), dataset: Some("town".into()) }
    };
    // Whoever hears of it goes once the first inputs are in.
    let (telling, mut heard) = watch::channel(Progress::default());
    let taking = bench.service.import(&ada.who, &app, archive(), Some(telling));
    let hearing = async move {
        heard.wait_for(|progress| progress.through > 0).await.map(|progress| *progress).unwrap()
    };
    let (first, progress) = tokio::join!(taking, hearing);
    assert_eq!(progress.of, INPUTS);
    let first = first.unwrap();
    assert!(first.inputs > 0 && first.inputs < INPUTS, "{}", first.inputs);
    assert_eq!(first.annotations, first.inputs, "no input is taken in by half");
    assert!(first.told.iter().any(|told| told.why.contains("it was cancelled")), "{:?}", first.told);
    // Tried again, the rest comes in, and nothing twice.
    let (telling, heard) = watch::channel(Progress::default());
    let again = bench.service.import(&ada.who, &app, archive(), Some(telling)).await.unwrap();
    assert_eq!((again.inputs, again.annotations), (INPUTS - first.inputs, INPUTS - first.inputs));
    assert_eq!((again.inputs_there, again.annotations_there), (first.inputs, first.inputs));
    assert_eq!((again.told.len(), again.untold), (0, 0), "{:?}", again.told);
    drop(heard);
    let page =
        bench.service.list_inputs(&ada.who, &app, &InputsFilter::default(), 0, 2 * INPUTS).await.unwrap();
    assert_eq!(page.inputs.len(), INPUTS);
}

async fn what_only_others_may_say_is_told_and_the_rest_comes_in(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = town(&bench, &ada, street_signs(&bench, &ada).await).await;
    let cy = join(&bench, &ada, &app, "cy", Preset::LabellingLead.scopes()).await;
    let lines = [("a", "review_denied"), ("b", "success")].map(|(id, status)| {
        format!(
            r#"{{"id":"{id}","file":"{id}.txt","annotations":[{{"status":"{status}","labels":{{"concepts":[{{"concept":"stop","value":1.0}}],"regions":[]}}}}]}}"#
        )
    });
    let mut archive = zip::ZipWriter::new(tempfile::tempfile().unwrap());
    for (path, text) in [("inputs.jsonl", lines.join("\n").as_str()), ("a.txt", "one"), ("b.txt", "two")] {
        archive.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
    }
    let imported = import(&bench, &cy.who, &app, archive.finish().unwrap(), "signs.zip").await.unwrap();
    assert_eq!((imported.inputs, imported.annotations), (2, 1), "{imported:?}");
    assert_eq!(imported.told.len(), 1, "{imported:?}");
}

async fn whoever_may_not_add_takes_nothing_in(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let app = town(&bench, &ada, app).await;
    let note = input("note", Content::Text("Stop at the sign".into()), Labels::default());
    add(&bench, &ada.who, &app, vec![note]).await;
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    let mallory = bench.person("mallory").await;
    let table = b"input,concept\nnote,stop\n";
    let (missing, _) = forbidden(import(&bench, &bo.who, &app, file(table), "labels.csv").await.unwrap_err());
    assert!(missing.contains(Scope::InputsAdd), "{missing:?}");
    let refused = import(&bench, &mallory.who, &app, file(table), "labels.csv").await;
    assert_eq!(refused.unwrap_err(), Error::NotFound);
    assert_eq!(said(&bench, &ada.who, &app).await["note"], []);
    let elsewhere = Import { file: file(table), name: "labels.csv".into(), dataset: Some("village".into()) };
    assert_eq!(bench.service.import(&ada.who, &app, elsewhere, None).await.unwrap_err(), Error::NotFound);
}
