//! Giving out versions of datasets, on both databases: what is in the file, who gets it, and until when.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use atelier_domain::closure::closed;
use atelier_domain::{BasicScope, Label, Labels, Preset, Region, Rights, Scope, ScopeSet, Shape};
use atelier_service::audit::AuditFilter;
use atelier_service::datasets::NewDataset;
use atelier_service::datasets::versions::NewVersion;
use atelier_service::exports::{Export, ExportVersion};
use atelier_service::formats::Format;
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::forbidden;
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{give_exactly, join, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

on_both_databases! {
    a_version_comes_with_what_it_holds,
    each_format_is_a_whole_archive,
    what_was_deleted_since_is_named_and_the_rest_comes,
    copying_out_is_a_right_of_its_own,
    an_export_ends_where_access_does,
    the_audit_list_tells_who_copied_what,
}

/// What is said of the picture.
fn stop() -> Labels {
    let label = |concept: &str| Label { concept: concept.parse().unwrap(), value: 1.0 };
    let shape = Shape::Box { top: 0.25, left: 0.5, bottom: 0.75, right: 1.0 };
    let region = Region { id: "r1".parse().unwrap(), shape, labels: vec![label("stop")] };
    Labels { concepts: vec![label("street")], regions: vec![region] }
}

fn picture(slug: &str) -> NewInput {
    NewInput {
        slug: slug.into(),
        content: Content::Image(png(8, 4).into()),
        metadata: Some(json!({ "walk": 1 })),
        place: None,
        labels: stop(),
        datasets: vec!["town".into()],
    }
}

fn text(slug: &str) -> NewInput {
    NewInput { content: Content::Text("Stop at the sign".into()), labels: Labels::default(), ..picture(slug) }
}

/// Ada and her app, whose dataset `town` has these inputs and a version `spring`.
async fn town(bench: &Bench, inputs: Vec<NewInput>) -> (Person, AppName) {
    let ada = bench.person("ada").await;
    let app = street_signs(bench, &ada).await;
    let town = NewDataset { slug: "town".into(), ..NewDataset::default() };
    bench.service.post_datasets(&ada.who, &app, vec![town]).await.unwrap();
    for part in inputs.chunks(500) {
        let inputs = PostInputs { inputs: part.to_vec(), ..PostInputs::default() };
        let posted = bench.service.post_inputs(&ada.who, &app, inputs).await.unwrap();
        assert!(posted.inputs.iter().all(std::result::Result::is_ok));
    }
    let spring = NewVersion { slug: "spring".into(), ..NewVersion::default() };
    bench.service.post_dataset_versions(&ada.who, &app, "town", vec![spring]).await.unwrap();
    (ada, app)
}

fn wanted(format: Format) -> ExportVersion {
    ExportVersion { dataset: "town".into(), version: "spring".into(), format, with_contents: true }
}

async fn export(bench: &Bench, who: &Who, app: &AppName, format: Format) -> Result<Export> {
    bench.service.export_dataset_version(who, app, &wanted(format)).await
}

/// The files of an archive, by their paths.
async fn files(export: Export) -> BTreeMap<String, Vec<u8>> {
    let pieces: Vec<_> = export.pieces.try_collect().await.unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(pieces.concat())).unwrap();
    let mut files = BTreeMap::new();
    for number in 0..archive.len() {
        let mut file = archive.by_index(number).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

fn read(files: &BTreeMap<String, Vec<u8>>, path: &str) -> String {
    let Some(bytes) = files.get(path) else { panic!("{path} is not among {:?}", files.keys()) };
    String::from_utf8(bytes.clone()).unwrap()
}

async fn a_version_comes_with_what_it_holds(bench: Bench) {
    let (ada, app) = town(&bench, vec![picture("sign 1"), text("note")]).await;
    let export = export(&bench, &ada.who, &app, Format::Jsonl).await.unwrap();
    assert_eq!(export.name, "town-spring-jsonl");
    let files = files(export).await;
    assert_eq!(files["inputs/sign%201.png"], png(8, 4));
    assert_eq!(read(&files, "inputs/note.txt"), "Stop at the sign");
    let lines: Vec<Value> =
        read(&files, "inputs.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let sign = lines.iter().find(|line| line["id"] == "sign 1").unwrap();
    assert_eq!((&sign["width"], &sign["metadata"]), (&json!(8), &json!({ "walk": 1 })));
    let labels: Labels = serde_json::from_value(sign["annotations"][0]["labels"].clone()).unwrap();
    assert_eq!(labels, stop());
    assert_eq!(lines.len(), 2);
    assert!(read(&files, "README.txt").contains("Version spring of the dataset town"));
}

async fn each_format_is_a_whole_archive(bench: Bench) {
    let (ada, app) = town(&bench, vec![picture("sign"), text("note")]).await;
    for (format, path, picture) in [
        (Format::Jsonl, "inputs.jsonl", "inputs/sign.png"),
        (Format::Csv, "annotations.csv", "inputs/sign.png"),
        (Format::Coco, "annotations/instances_default.json", "images/default/sign.png"),
        (Format::Yolo, "labels/train/sign.txt", "images/train/sign.png"),
        (Format::Voc, "Annotations/sign.xml", "JPEGImages/sign.png"),
    ] {
        let whole = files(export(&bench, &ada.who, &app, format).await.unwrap()).await;
        assert!(!read(&whole, path).is_empty(), "{format}");
        assert_eq!(whole[picture], png(8, 4), "{format}");
        let has_text = whole.keys().any(|path| path.ends_with("note.txt"));
        assert_eq!(has_text, matches!(format, Format::Jsonl | Format::Csv), "{format}");
        let without = ExportVersion { with_contents: false, ..wanted(format) };
        let without =
            files(bench.service.export_dataset_version(&ada.who, &app, &without).await.unwrap()).await;
        assert_eq!(without[path], whole[path], "{format}");
        assert!(!without.contains_key(picture), "{format}");
        assert!(read(&without, "README.txt").contains("were not asked for"), "{format}");
    }
    let other = ExportVersion { version: "summer".into(), ..wanted(Format::Csv) };
    let refused = bench.service.export_dataset_version(&ada.who, &app, &other).await;
    assert_eq!(refused.err(), Some(Error::NotFound));
}

async fn what_was_deleted_since_is_named_and_the_rest_comes(bench: Bench) {
    let (ada, app) = town(&bench, vec![picture("sign"), picture("gone")]).await;
    let endpoint = atelier_domain::Endpoint::DeleteInput;
    bench.service.delete_inputs(&ada.who, &app, endpoint, &["gone".into()]).await.unwrap();
    let files = files(export(&bench, &ada.who, &app, Format::Coco).await.unwrap()).await;
    assert!(files.contains_key("images/default/sign.png") && !files.contains_key("images/default/gone.png"));
    let readme = read(&files, "README.txt");
    assert!(readme.contains("1 inputs were deleted") && readme.contains("- gone\r\n"), "{readme}");
    let coco: Value = serde_json::from_str(&read(&files, "annotations/instances_default.json")).unwrap();
    assert_eq!(coco["images"].as_array().map(Vec::len), Some(2));
}

async fn copying_out_is_a_right_of_its_own(bench: Bench) {
    let (ada, app) = town(&bench, vec![text("note")]).await;
    let bringing = closed(BasicScope::Input.own());
    let bo = join(&bench, &ada, &app, "bo", bringing).await;
    assert!(export(&bench, &bo.who, &app, Format::Jsonl).await.is_ok());
    let reading = Rights::of(bringing.minus(ScopeSet::of(&[Scope::ExportsAdd])));
    give_exactly(&bench, &ada, &app, bo.id, reading).await;
    let (missing, _) = forbidden(export(&bench, &bo.who, &app, Format::Jsonl).await.err().unwrap());
    assert_eq!(missing, ScopeSet::of(&[Scope::ExportsAdd]));
    for preset in [Preset::Viewer, Preset::Worker, Preset::Reviewer] {
        give_exactly(&bench, &ada, &app, bo.id, Rights::of(preset.scopes())).await;
        let (missing, _) = forbidden(export(&bench, &bo.who, &app, Format::Csv).await.err().unwrap());
        assert!(missing.contains(Scope::ExportsAdd), "{preset:?}");
    }
    let mallory = bench.person("mallory").await;
    assert_eq!(export(&bench, &mallory.who, &app, Format::Jsonl).await.err(), Some(Error::NotFound));
}

async fn an_export_ends_where_access_does(bench: Bench) {
    // More than is read at once, and random enough that it does not fit into the first piece.
    let long = |number: u32| {
        let words: Vec<String> =
            (0..3_000_u32).map(|word| (word.wrapping_mul(2_654_435_761) ^ number).to_string()).collect();
        NewInput { content: Content::Text(words.join(" ")), ..text(&format!("note-{number}")) }
    };
    let (ada, app) = town(&bench, (0..50).map(long).collect()).await;
    let bo = join(&bench, &ada, &app, "bo", closed(BasicScope::Input.own())).await;
    let mut export = export(&bench, &bo.who, &app, Format::Jsonl).await.unwrap();
    assert!(export.pieces.next().await.unwrap().is_ok());
    give_exactly(&bench, &ada, &app, bo.id, Rights::of(Preset::Viewer.scopes())).await;
    let rest: Vec<_> = export.pieces.collect().await;
    assert!(matches!(rest.last(), Some(Err(Error::Forbidden { .. }))), "{} pieces", rest.len());
}

async fn the_audit_list_tells_who_copied_what(bench: Bench) {
    let (ada, app) = town(&bench, vec![text("note")]).await;
    export(&bench, &ada.who, &app, Format::Yolo).await.unwrap();
    let filter = AuditFilter { action: Some("dataset_version.exported".into()), ..AuditFilter::default() };
    let told = bench.service.list_app_audit(&ada.who, &app, &filter, 10).await.unwrap().entries;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].subject.as_str(), told[0].actor.as_str()), ("town", "Ada"));
    let expected = json!({ "version": "spring", "format": "yolo", "contents": true });
    assert_eq!(told[0].after_state, Some(expected));
}
