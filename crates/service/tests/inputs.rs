//! Inputs, on both databases: pictures and texts, by bytes and by address, and what is left of those that go.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use atelier_domain::{Endpoint, Label, Labels, Medium, PatchAction, Preset, Region, Scope, ScopeSet, Shape};
use atelier_service::annotations::{AnnotationsFilter, NewAnnotation, status};
use atelier_service::audit::AuditFilter;
use atelier_service::inputs::{
    Content, Fetching, InputCounts, InputRow, InputsFilter, MOST_CHARACTERS, NewInput, PatchInput,
    PictureSize, PostInputs, Posted, TakenId, job,
};
use atelier_service::{AppName, Error, Result, Service, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::pictures::{png, written};
use atelier_testkit::sharing::{join, make_app, street_signs};
use atelier_testkit::{Bench, on_both_databases};
use image::{DynamicImage, ImageFormat};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

on_both_databases! {
    texts_and_pictures_are_added_as_they_were_sent,
    a_large_picture_has_a_small_one_and_a_small_one_stays_small,
    a_camera_that_was_held_upright_gives_an_upright_picture,
    what_is_no_picture_is_refused_and_nothing_of_it_kept,
    texts_have_limits,
    one_that_is_refused_does_not_stop_the_others,
    a_taken_id_fails_is_skipped_or_gets_a_number,
    of_two_with_one_id_the_first_has_it,
    what_could_not_be_read_counts_as_failed,
    what_the_caller_says_is_added_with_the_input,
    what_counts_is_shown_of_the_whole_as_it_was_said_last,
    labels_need_the_right_to_annotate,
    a_worker_neither_adds_nor_changes_nor_deletes,
    strangers_find_nothing,
    another_apps_ids_are_out_of_reach,
    listing_filters,
    pages_follow_one_another,
    inputs_of_one_moment_are_listed_in_the_reverse_of_their_order,
    metadata_is_merged_overwritten_and_removed,
    all_are_changed_or_none,
    a_patch_changes_what_the_caller_said_and_nobody_else,
    taking_labels_away_needs_the_right_to_delete_them,
    what_is_deleted_leaves_no_bytes_and_is_audited,
    of_nothing_nothing_is_deleted,
    a_job_counts_what_it_adds_and_what_it_cannot,
    a_cancelled_job_adds_nothing_more,
    what_an_address_holds_is_added,
    an_address_inside_the_network_is_not_fetched,
    of_a_server_that_is_too_slow_nothing_is_added_and_the_others_are,
}

/// What whoever brings inputs needs, and may do no more with them.
fn bringing() -> ScopeSet {
    ScopeSet::of(&[
        Scope::InputsAdd,
        Scope::AnnotationsGet,
        Scope::ConceptsGet,
        Scope::ModelsGet,
        Scope::WorkflowsGet,
    ])
}

fn new(slug: &str, content: Content) -> NewInput {
    NewInput { slug: slug.into(), content, metadata: None, labels: Labels::default() }
}

fn text(slug: &str, body: &str) -> NewInput {
    new(slug, Content::Text(body.into()))
}

fn picture(slug: &str, bytes: Vec<u8>) -> NewInput {
    new(slug, Content::Image(bytes.into()))
}

fn said(concept: &str, value: f32) -> Labels {
    Labels { concepts: vec![Label { concept: concept.parse().unwrap(), value }], regions: Vec::new() }
}

fn with_labels(input: NewInput, labels: Labels) -> NewInput {
    NewInput { labels, ..input }
}

fn adding(inputs: Vec<NewInput>) -> PostInputs {
    PostInputs { inputs, ..PostInputs::default() }
}

async fn post(service: &Service, who: &Who, app: &AppName, inputs: Vec<NewInput>) -> Result<Posted> {
    service.post_inputs(who, app, adding(inputs)).await
}

/// Adds one input whose identifier is free or `taken`, and answers what became of it.
async fn add_one(
    service: &Service,
    who: &Who,
    app: &AppName,
    input: NewInput,
    taken: TakenId,
) -> Result<InputRow> {
    let posted = service.post_inputs(who, app, PostInputs { taken, ..adding(vec![input]) }).await?;
    posted.inputs.into_iter().next().unwrap().map_err(|(_, error)| error)
}

async fn add(bench: &Bench, who: &Who, app: &AppName, input: NewInput) -> Result<InputRow> {
    let added = add_one(&bench.service, who, app, input, TakenId::Fail).await;
    // The next one is younger.
    bench.clock.advance(1_000);
    added
}

async fn delete(bench: &Bench, who: &Who, app: &AppName, slugs: &[&str]) -> Result<u64> {
    let slugs: Vec<String> = slugs.iter().map(|slug| (*slug).to_owned()).collect();
    bench.service.delete_inputs(who, app, Endpoint::DeleteInputs, &slugs).await
}

/// The identifiers of what `filter` lets through, the newest first.
async fn listed(bench: &Bench, who: &Who, app: &AppName, filter: &InputsFilter) -> Vec<String> {
    let page = bench.service.list_inputs(who, app, filter, 0, 100).await.unwrap();
    page.inputs.into_iter().map(|row| row.slug).collect()
}

async fn all(bench: &Bench, who: &Who, app: &AppName) -> Vec<String> {
    listed(bench, who, app, &InputsFilter::default()).await
}

/// Who said what of the input `slug`: authors and concepts with their values.
async fn sayings(bench: &Bench, who: &Who, app: &AppName, slug: &str) -> Vec<(String, String, f32)> {
    let filter = AnnotationsFilter { inputs: vec![slug.into()], ..AnnotationsFilter::default() };
    let rows = bench.service.list_annotations(who, app, &filter, 0, 100).await.unwrap();
    let mut sayings = Vec::new();
    for row in &rows {
        for (concept, value) in row.labels.concepts() {
            sayings.push((row.author_slug.clone(), concept.to_owned(), value));
        }
    }
    sayings
}

/// How many objects are kept, of whatever input.
fn kept_objects(bench: &Bench) -> usize {
    fn files(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }
    files(&bench.folder().join("objects"))
}

/// Reads the request on `stream` and answers it with `body`.
async fn answer(mut stream: TcpStream, body: &[u8]) {
    let mut request = [0; 2048];
    let length = stream.read(&mut request).await.unwrap();
    assert!(length > 0, "somebody asked");
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    // Whoever hung up has seen enough.
    let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
}

/// A server that answers one request with `body`, at the address that is answered.
async fn serve(body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        answer(stream, &body).await;
    });
    format!("http://{address}/it")
}

/// The service of `bench`, which fetches from the network around it.
fn fetching(bench: &Bench) -> Service {
    bench.service.clone().fetching(Fetching { allow_private: true, ..Fetching::default() })
}

async fn texts_and_pictures_are_added_as_they_were_sent(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let bytes = png(40, 20);
    let inputs = vec![
        NewInput { metadata: Some(json!({ "camera": "left" })), ..text("a text", "Stop at the café") },
        picture("a-picture", bytes.clone()),
        text("", "has no id"),
    ];
    let posted = post(&bench.service, &ada.who, &app, inputs).await.unwrap();
    let rows: Vec<InputRow> = posted.inputs.into_iter().map(|added| added.unwrap()).collect();
    let [words, image, nameless] = rows.as_slice() else { panic!("{rows:?}") };

    assert_eq!((words.slug.as_str(), words.kind), ("a text", Medium::Text));
    assert_eq!((words.body.as_deref(), words.size), (Some("Stop at the café"), 17));
    assert_eq!(words.metadata, Some(json!({ "camera": "left" })));
    assert_eq!((words.created_by, words.author.as_str()), (ada.id, "Ada"));
    assert_eq!((words.status, words.created_at), (30_000, bench.now()));

    assert_eq!((image.slug.as_str(), image.kind), ("a-picture", Medium::Image));
    assert_eq!((image.width, image.height), (Some(40), Some(20)));
    assert_eq!(image.media_type.as_deref(), Some("image/png"));
    assert_eq!(image.size, i64::try_from(bytes.len()).unwrap());
    let original = bench.service.picture(&ada.who, &app, "a-picture", PictureSize::Original).await.unwrap();
    assert_eq!((original.media_type.as_str(), &original.bytes[..]), ("image/png", bytes.as_slice()));

    assert_eq!(nameless.slug.len(), 32);
    assert!(nameless.slug.bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", nameless.slug);

    let found = bench.service.get_input(&ada.who, &app, "a text").await.unwrap();
    assert_eq!(&found, words);
    let of_text = bench.service.picture(&ada.who, &app, "a text", PictureSize::Original).await;
    assert_eq!(of_text.unwrap_err(), Error::NotFound);
    let counts = bench.service.count_inputs(&ada.who, &app).await.unwrap();
    assert_eq!(counts, InputCounts { ready: 3, pending: 0, failed: 0 });
}

async fn a_large_picture_has_a_small_one_and_a_small_one_stays_small(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let clear = written(&DynamicImage::new_rgba8(400, 640), ImageFormat::Png);
    let inputs =
        vec![picture("large", png(640, 400)), picture("see-through", clear), picture("small", png(30, 20))];
    post(&bench.service, &ada.who, &app, inputs).await.unwrap();
    for (slug, size, format) in [
        ("large", (320, 200), ImageFormat::Jpeg),
        ("see-through", (200, 320), ImageFormat::Png),
        ("small", (30, 20), ImageFormat::Jpeg),
    ] {
        let small = bench.service.picture(&ada.who, &app, slug, PictureSize::Thumbnail).await.unwrap();
        let read = image::load_from_memory(&small.bytes).unwrap();
        assert_eq!((read.width(), read.height()), size, "{slug}");
        assert_eq!(image::guess_format(&small.bytes).unwrap(), format, "{slug}");
        assert_eq!(small.media_type, format.to_mime_type(), "{slug}");
    }
}

async fn a_camera_that_was_held_upright_gives_an_upright_picture(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let jpeg = written(&DynamicImage::new_rgb8(640, 320), ImageFormat::Jpeg);
    // An EXIF segment after the first marker, which says nothing but: turn it by 90 degrees.
    let exif = b"\xff\xe1\x00\x22Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
    let row = add(&bench, &ada.who, &app, picture("upright", turned.clone())).await.unwrap();
    assert_eq!((row.width, row.height), (Some(320), Some(640)));
    let small = bench.service.picture(&ada.who, &app, "upright", PictureSize::Thumbnail).await.unwrap();
    let read = image::load_from_memory(&small.bytes).unwrap();
    assert_eq!((read.width(), read.height()), (160, 320));
    let original = bench.service.picture(&ada.who, &app, "upright", PictureSize::Original).await.unwrap();
    assert_eq!(original.bytes, turned, "kept as it was sent");
}

async fn what_is_no_picture_is_refused_and_nothing_of_it_kept(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let whole = png(64, 64);
    for (bytes, why) in [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "SVG"),
        (b"<?xml version='1.0'?><svg/>".to_vec(), "SVG"),
        (b"hello".to_vec(), "PNG"),
        (Vec::new(), "PNG"),
        (b"%PDF-1.7".to_vec(), "PNG"),
        (whole[..whole.len() / 2].to_vec(), "cannot be read"),
    ] {
        let refused = add(&bench, &ada.who, &app, picture("it", bytes)).await.unwrap_err();
        let (field, message) = invalid(refused);
        assert_eq!(field, "image");
        assert!(message.contains(why), "{message}");
    }
    assert_eq!(all(&bench, &ada.who, &app).await, Vec::<String>::new());
    assert_eq!(kept_objects(&bench), 0);
}

async fn texts_have_limits(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, text("longest", &"x".repeat(MOST_CHARACTERS))).await.unwrap();
    let too_long = "x".repeat(MOST_CHARACTERS + 1);
    for body in ["", " \n", "a\0b", too_long.as_str()] {
        let refused = add(&bench, &ada.who, &app, text("it", body)).await.unwrap_err();
        assert_eq!(invalid(refused).0, "text");
    }
    let refused = add(&bench, &ada.who, &app, text("a/b", "text")).await.unwrap_err();
    assert_eq!(invalid(refused).0, "id");
    let listing = NewInput { metadata: Some(json!(["no", "object"])), ..text("it", "text") };
    let refused = add(&bench, &ada.who, &app, listing).await.unwrap_err();
    assert_eq!(invalid(refused).0, "metadata");
    assert_eq!(all(&bench, &ada.who, &app).await, ["longest"]);
}

async fn one_that_is_refused_does_not_stop_the_others(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    // More than are read at once, so that the order of the answers is not that of luck.
    let inputs: Vec<NewInput> = (0..20)
        .map(|number| {
            let slug = format!("sign-{number:02}");
            if number % 5 == 3 { picture(&slug, b"no picture".to_vec()) } else { picture(&slug, png(8, 8)) }
        })
        .collect();
    let posted = post(&bench.service, &ada.who, &app, inputs).await.unwrap();
    for (number, became) in posted.inputs.iter().enumerate() {
        let slug = match became {
            Ok(row) => row.slug.as_str(),
            Err((slug, _)) => slug.as_str(),
        };
        assert_eq!(slug, format!("sign-{number:02}"));
        assert_eq!(became.is_err(), number % 5 == 3, "{slug}");
    }
    assert_eq!(all(&bench, &ada.who, &app).await.len(), 16);
    let none = post(&bench.service, &ada.who, &app, Vec::new()).await.unwrap_err();
    assert_eq!(invalid(none).0, "inputs");
    let too_many = (0..1_001).map(|_| text("", "text")).collect();
    let too_many = post(&bench.service, &ada.who, &app, too_many).await.unwrap_err();
    assert_eq!(invalid(too_many).0, "inputs");
}

async fn a_taken_id_fails_is_skipped_or_gets_a_number(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let first = add(&bench, &ada.who, &app, picture("sign", png(8, 8))).await.unwrap();
    let kept = kept_objects(&bench);
    let again = |taken| add_one(&bench.service, &ada.who, &app, picture("sign", png(16, 16)), taken);

    let refused = again(TakenId::Fail).await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict(why) if why.contains("duplicate input `sign`")), "{refused}");
    assert_eq!(again(TakenId::Skip).await.unwrap(), first);
    assert_eq!(kept_objects(&bench), kept, "what was sent for nothing is gone");

    let second = again(TakenId::Suffix).await.unwrap();
    let third = again(TakenId::Suffix).await.unwrap();
    assert_eq!((second.slug.as_str(), third.slug.as_str()), ("sign-1", "sign-2"));
    assert_eq!((second.width, first.width), (Some(16), Some(8)));
    assert_eq!(kept_objects(&bench), 3 * kept);
}

async fn of_two_with_one_id_the_first_has_it(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let service = fetching(&bench);
    for (taken, expected) in [
        (TakenId::Fail, ["ok 1", "duplicate", "duplicate"]),
        (TakenId::Skip, ["ok 1", "ok 1", "ok 1"]),
        (TakenId::Suffix, ["ok 1", "ok 2", "ok 3"]),
    ] {
        let slug = format!("{taken:?}");
        // The first comes by a slower way than the others.
        let first = new(&slug, Content::TextAt(serve("1".into()).await));
        // White space at the edges is no part of an identifier.
        let inputs = vec![first, text(&slug, "2"), text(&format!(" {slug} "), "3")];
        let posted = service.post_inputs(&ada.who, &app, PostInputs { taken, ..adding(inputs) }).await;
        let told = posted.unwrap().inputs.into_iter().map(|became| match became {
            Ok(row) => format!("ok {}", row.body.unwrap()),
            Err((_, Error::Conflict(why))) => why.split(' ').next().unwrap().to_owned(),
            Err((_, other)) => panic!("{other:?}"),
        });
        assert_eq!(told.collect::<Vec<_>>(), expected, "{taken:?}");
        assert_eq!(service.get_input(&ada.who, &app, &slug).await.unwrap().body.as_deref(), Some("1"));
    }
    let mut numbered = all(&bench, &ada.who, &app).await;
    numbered.sort_unstable();
    assert_eq!(numbered, ["Fail", "Skip", "Suffix", "Suffix-1", "Suffix-2"]);
}

async fn what_could_not_be_read_counts_as_failed(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let post = async |slugs: &[&str], unreadable| {
        let inputs = slugs.iter().map(|slug| text(slug, "text")).collect();
        let input = PostInputs { unreadable, job: Some("batch".into()), ..adding(inputs) };
        let job = bench.service.post_inputs(&ada.who, &app, input).await?.job;
        Ok::<_, Error>((job.done, job.failed, job.pending, job.status))
    };
    assert_eq!(post(&[], 2).await, Ok((0, 2, 0, job::COMPLETED)));
    assert_eq!(post(&["a"], 1).await, Ok((1, 3, 0, job::COMPLETED)));
    assert_eq!(post(&[], 1).await, Ok((1, 4, 0, job::COMPLETED)));
    assert_eq!(invalid(post(&[], 0).await.unwrap_err()).0, "inputs");
    assert_eq!(invalid(post(&["b"], 1_000).await.unwrap_err()).0, "inputs");
}

async fn what_the_caller_says_is_added_with_the_input(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, with_labels(text("sign", "Stop"), said("stop", 1.0))).await.unwrap();
    let expected = [("ada".to_owned(), "stop".to_owned(), 1.0_f32)];
    assert_eq!(sayings(&bench, &ada.who, &app, "sign").await, expected);
    // What cannot be said of it is refused with it, and neither is there.
    let beyond = with_labels(picture("other", png(8, 8)), said("stop", 2.0));
    let refused = add(&bench, &ada.who, &app, beyond).await.unwrap_err();
    assert_eq!(invalid(refused).0, "labels");
    assert_eq!(all(&bench, &ada.who, &app).await, ["sign"]);
    assert_eq!(kept_objects(&bench), 0);
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
    let shown = async |who: &Who, slugs: &[&str]| {
        let shown = bench.service.concepts_of_inputs(who, &app, Endpoint::ListInputs, slugs).await?;
        let told = |said: Vec<Label>| {
            said.into_iter().map(|said| (said.concept.to_string(), said.value)).collect::<Vec<_>>()
        };
        Ok::<_, Error>(shown.into_iter().map(|(slug, said)| (slug, told(said))).collect::<Vec<_>>())
    };
    let (stop, red) = (|value| ("stop".to_owned(), value), ("red".to_owned(), 1.0_f32));
    let expected = vec![("sign".to_owned(), vec![stop(0.5_f32), red.clone()])];
    assert_eq!(shown(&ada.who, &["sign", "silent", "no-such-input"]).await, Ok(expected.clone()));
    assert_eq!(shown(&bo.who, &["sign"]).await, Ok(expected));
    // Ada changes what she had said first: now hers is the last word.
    let again = PatchInput { slug: "sign".into(), metadata: None, labels: said("stop", 0.0) };
    bench.service.patch_inputs(&ada.who, &app, PatchAction::Merge, vec![again]).await.unwrap();
    let found = shown(&ada.who, &["sign"]).await.unwrap();
    assert_eq!(found, [("sign".to_owned(), vec![stop(0.0), red])]);
    let eve = bench.person("eve").await;
    assert_eq!(shown(&eve.who, &["sign"]).await, Err(Error::NotFound));
    let other = make_app(&bench, &ada, "house-signs").await;
    let elsewhere = bench.service.concepts_of_inputs(&ada.who, &other, Endpoint::ListInputs, &["sign"]).await;
    assert_eq!(elsewhere, Ok(BTreeMap::new()));
}

async fn labels_need_the_right_to_annotate(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, with_labels(text("first", "Stop"), said("stop", 1.0))).await.unwrap();
    let bo = join(&bench, &ada, &app, "bo", bringing()).await;
    let labelled = with_labels(text("labelled", "Stop"), said("stop", 1.0));
    // One of them refuses the request, before anything is added.
    let inputs = vec![text("plain", "Stop"), labelled.clone()];
    let refused = post(&bench.service, &bo.who, &app, inputs).await.unwrap_err();
    assert_eq!(forbidden(refused).0, ScopeSet::of(&[Scope::AnnotationsAdd]));
    assert_eq!(all(&bench, &ada.who, &app).await, ["first"]);
    add(&bench, &bo.who, &app, text("plain", "Stop")).await.unwrap();

    let patch = PatchInput { slug: "plain".into(), metadata: None, labels: said("stop", 1.0) };
    let refused = bench.service.patch_inputs(&bo.who, &app, PatchAction::Merge, vec![patch]).await;
    assert_eq!(forbidden(refused.unwrap_err()).0, ScopeSet::of(&[Scope::AnnotationsAdd]));

    let cy = join(&bench, &ada, &app, "cy", bringing().with(Scope::AnnotationsAdd)).await;
    add(&bench, &cy.who, &app, labelled).await.unwrap();
    // To name a concept that the app lacks is to add one.
    let unknown = with_labels(picture("unknown", png(8, 8)), said("give-way", 1.0));
    let refused = add(&bench, &cy.who, &app, unknown).await.unwrap_err();
    let (field, message) = invalid(refused);
    assert_eq!(field, "concepts");
    assert!(message.contains("`give-way`") && message.contains("Concepts_Add"), "{message}");
    assert_eq!(kept_objects(&bench), 0);
}

async fn a_worker_neither_adds_nor_changes_nor_deletes(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, picture("sign", png(8, 8))).await.unwrap();
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    let kept = kept_objects(&bench);

    assert_eq!(all(&bench, &bo.who, &app).await, ["sign"]);
    assert!(bench.service.picture(&bo.who, &app, "sign", PictureSize::Thumbnail).await.is_ok());
    let refused = post(&bench.service, &bo.who, &app, vec![picture("his", png(8, 8))]).await.unwrap_err();
    assert!(forbidden(refused).0.contains(Scope::InputsAdd));
    let patch = PatchInput { slug: "sign".into(), metadata: Some(json!({})), labels: Labels::default() };
    let refused = bench.service.patch_inputs(&bo.who, &app, PatchAction::Merge, vec![patch]).await;
    assert!(forbidden(refused.unwrap_err()).0.contains(Scope::InputsAdd));
    assert!(
        forbidden(delete(&bench, &bo.who, &app, &["sign"]).await.unwrap_err())
            .0
            .contains(Scope::InputsDelete)
    );
    // Not even of nothing: whoever may not is told so.
    assert!(forbidden(delete(&bench, &bo.who, &app, &[]).await.unwrap_err()).0.contains(Scope::InputsDelete));

    assert_eq!(all(&bench, &ada.who, &app).await, ["sign"]);
    assert_eq!(kept_objects(&bench), kept);
}

async fn strangers_find_nothing(bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let app = street_signs(&bench, &ada).await;
    let row = add(&bench, &ada.who, &app, picture("sign", png(8, 8))).await.unwrap();
    for name in [app.clone(), AppName::of("ada", "no-such-app")] {
        let (service, who, name) = (&bench.service, &eve.who, &name);
        let patch = PatchInput { slug: "sign".into(), ..PatchInput::default() };
        let everything = InputsFilter::default();
        let errors = [
            post(service, who, name, vec![text("hers", "text")]).await.unwrap_err(),
            service.list_inputs(who, name, &everything, 0, 10).await.unwrap_err(),
            service.get_input(who, name, "sign").await.unwrap_err(),
            service.picture(who, name, "sign", PictureSize::Original).await.unwrap_err(),
            service.patch_inputs(who, name, PatchAction::Merge, vec![patch]).await.unwrap_err(),
            delete(&bench, who, name, &["sign"]).await.unwrap_err(),
            service.count_inputs(who, name).await.unwrap_err(),
            service.neighbours(who, name, row.id).await.unwrap_err(),
            service.list_inputs_add_jobs(who, name, 0, 10).await.unwrap_err(),
            service.get_inputs_add_job(who, name, "batch").await.unwrap_err(),
            service.cancel_inputs_add_job(who, name, "batch").await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error, Error::NotFound);
        }
    }
}

async fn another_apps_ids_are_out_of_reach(bench: Bench) {
    let ada = bench.person("ada").await;
    let (app, other) = (street_signs(&bench, &ada).await, make_app(&bench, &ada, "other").await);
    let row = add(&bench, &ada.who, &app, picture("sign", png(8, 8))).await.unwrap();
    let batch = PostInputs { job: Some("batch".into()), ..adding(vec![text("note", "Stop")]) };
    bench.service.post_inputs(&ada.who, &app, batch).await.unwrap();

    let (service, who) = (&bench.service, &ada.who);
    let patch = PatchInput { slug: "sign".into(), metadata: Some(json!({})), ..PatchInput::default() };
    let errors = [
        service.get_input(who, &other, "sign").await.unwrap_err(),
        service.picture(who, &other, "sign", PictureSize::Original).await.unwrap_err(),
        service.patch_inputs(who, &other, PatchAction::Merge, vec![patch]).await.unwrap_err(),
        delete(&bench, who, &other, &["sign"]).await.unwrap_err(),
        service.get_inputs_add_job(who, &other, "batch").await.unwrap_err(),
        service.cancel_inputs_add_job(who, &other, "batch").await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error, Error::NotFound);
    }
    let named = InputsFilter { slugs: vec!["sign".into()], ..InputsFilter::default() };
    assert_eq!(listed(&bench, who, &other, &named).await, Vec::<String>::new());
    let counts = service.count_inputs(who, &other).await.unwrap();
    assert_eq!(counts, InputCounts::default());

    // The same identifier is free there, and what happens to it does not touch the first.
    add(&bench, who, &other, picture("sign", png(16, 16))).await.unwrap();
    assert_eq!(delete(&bench, who, &other, &["sign"]).await, Ok(1));
    assert_eq!(service.get_input(who, &app, "sign").await, Ok(row));
    assert!(service.picture(who, &app, "sign", PictureSize::Original).await.is_ok());
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

async fn metadata_is_merged_overwritten_and_removed(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, text("sign", "Stop")).await.unwrap();
    let patch = async |action, metadata: Value| {
        let change = PatchInput { slug: "sign".into(), metadata: Some(metadata), labels: Labels::default() };
        let rows = bench.service.patch_inputs(&ada.who, &app, action, vec![change]).await?;
        Ok::<_, Error>(rows.into_iter().next().unwrap())
    };
    let row = patch(PatchAction::Merge, json!({ "camera": "left", "shift": 1 })).await.unwrap();
    assert_eq!(row.metadata, Some(json!({ "camera": "left", "shift": 1 })));
    assert!(row.changed_at > row.created_at);
    let row = patch(PatchAction::Merge, json!({ "shift": 2, "light": "dusk" })).await.unwrap();
    assert_eq!(row.metadata, Some(json!({ "camera": "left", "shift": 2, "light": "dusk" })));
    let row = patch(PatchAction::Remove, json!({ "shift": null, "unknown": 1 })).await.unwrap();
    assert_eq!(row.metadata, Some(json!({ "camera": "left", "light": "dusk" })));
    patch(PatchAction::Merge, json!({ "place": { "street": { "name": "Elm" }, "tags": [1, 2] } }))
        .await
        .unwrap();
    let deeper = json!({ "place": { "street": { "number": 7 }, "tags": [3] } });
    let row = patch(PatchAction::Merge, deeper).await.unwrap();
    let place = json!({ "street": { "name": "Elm", "number": 7 }, "tags": [3] });
    assert_eq!(row.metadata, Some(json!({ "camera": "left", "light": "dusk", "place": place })));
    let row = patch(PatchAction::Overwrite, json!({ "weather": "rain" })).await.unwrap();
    assert_eq!(row.metadata, Some(json!({ "weather": "rain" })));

    // Small by itself, and too much with what is there.
    patch(PatchAction::Merge, json!({ "long": "x".repeat(40_000) })).await.unwrap();
    let refused = patch(PatchAction::Merge, json!({ "longer": "x".repeat(40_000) })).await.unwrap_err();
    assert_eq!(invalid(refused).0, "inputs[0].metadata");
    let refused = patch(PatchAction::Overwrite, json!("no object")).await.unwrap_err();
    assert_eq!(invalid(refused).0, "inputs[0].metadata");
}

async fn all_are_changed_or_none(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let row = add(&bench, &ada.who, &app, text("sign", "Stop")).await.unwrap();
    let change = |slug: &str| PatchInput {
        slug: slug.into(),
        metadata: Some(json!({ "camera": "left" })),
        labels: said("stop", 1.0),
    };
    let changes = vec![change("sign"), change("no-such-input")];
    let refused = bench.service.patch_inputs(&ada.who, &app, PatchAction::Merge, changes).await;
    assert_eq!(refused, Err(Error::NotFound));
    assert_eq!(bench.service.get_input(&ada.who, &app, "sign").await, Ok(row));
    assert!(sayings(&bench, &ada.who, &app, "sign").await.is_empty());
}

async fn a_patch_changes_what_the_caller_said_and_nobody_else(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let labelled = with_labels(text("sign", "Stop"), said("stop", 1.0));
    add(&bench, &ada.who, &app, labelled).await.unwrap();
    let rights = bringing().with(Scope::AnnotationsAdd).with(Scope::AnnotationsDelete);
    let bo = join(&bench, &ada, &app, "bo", rights).await;
    let patch = async |action, labels| {
        let change = PatchInput { slug: "sign".into(), metadata: None, labels };
        bench.service.patch_inputs(&bo.who, &app, action, vec![change]).await.unwrap();
        bench.clock.advance(1_000);
        let rows = sayings(&bench, &ada.who, &app, "sign").await;
        rows.into_iter().map(|(author, _, value)| (author, value)).collect::<Vec<_>>()
    };
    let adas = ("ada".to_owned(), 1.0_f32);
    let bos = |value: f32| ("bo".to_owned(), value);
    assert_eq!(patch(PatchAction::Merge, said("stop", 0.5)).await, [adas.clone(), bos(0.5)]);
    assert_eq!(patch(PatchAction::Merge, said("stop", 0.25)).await, [adas.clone(), bos(0.25)]);
    assert_eq!(patch(PatchAction::Overwrite, said("stop", 0.0)).await, [adas.clone(), bos(0.0)]);
    assert_eq!(patch(PatchAction::Remove, said("stop", 1.0)).await, [adas]);
}

async fn taking_labels_away_needs_the_right_to_delete_them(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let labelled = with_labels(text("sign", "Stop"), said("stop", 1.0));
    add(&bench, &ada.who, &app, labelled).await.unwrap();
    let bo = join(&bench, &ada, &app, "bo", bringing().with(Scope::AnnotationsAdd)).await;
    let change = |labels, metadata| vec![PatchInput { slug: "sign".into(), metadata, labels }];
    bench
        .service
        .patch_inputs(&bo.who, &app, PatchAction::Merge, change(said("stop", 1.0), None))
        .await
        .unwrap();
    for action in [PatchAction::Overwrite, PatchAction::Remove] {
        let refused =
            bench.service.patch_inputs(&bo.who, &app, action, change(said("stop", 0.0), None)).await;
        assert_eq!(forbidden(refused.unwrap_err()).0, ScopeSet::of(&[Scope::AnnotationsDelete]));
        // Metadata is nobody's saying.
        let kept = change(Labels::default(), Some(json!({ "camera": "left" })));
        assert!(bench.service.patch_inputs(&bo.who, &app, action, kept).await.is_ok());
    }
    let values: Vec<f32> =
        sayings(&bench, &ada.who, &app, "sign").await.into_iter().map(|(_, _, value)| value).collect();
    assert_eq!(values, [1.0_f32, 1.0]);
}

async fn what_is_deleted_leaves_no_bytes_and_is_audited(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let gone = add(&bench, &ada.who, &app, picture("gone", png(640, 400))).await.unwrap();
    add(&bench, &ada.who, &app, picture("stays", png(8, 8))).await.unwrap();
    add(&bench, &ada.who, &app, with_labels(text("note", "Stop"), said("stop", 1.0))).await.unwrap();
    let kept = kept_objects(&bench);

    // All of them or none.
    assert_eq!(delete(&bench, &ada.who, &app, &["gone", "no-such-input"]).await, Err(Error::NotFound));
    assert_eq!(all(&bench, &ada.who, &app).await, ["note", "stays", "gone"]);
    assert_eq!(kept_objects(&bench), kept);

    assert_eq!(delete(&bench, &ada.who, &app, &["gone", "note", "gone"]).await, Ok(2));
    assert_eq!(all(&bench, &ada.who, &app).await, ["stays"]);
    for key in [gone.object_key, gone.thumbnail_key].into_iter().flatten() {
        assert_eq!(bench.service.objects().get(&key).await.unwrap(), None, "{key}");
    }
    assert!(kept_objects(&bench) < kept);
    assert!(bench.service.picture(&ada.who, &app, "stays", PictureSize::Original).await.is_ok());
    assert_eq!(bench.service.get_input(&ada.who, &app, "gone").await, Err(Error::NotFound));

    let filter = AuditFilter { action: Some("input.deleted".into()), ..AuditFilter::default() };
    let entries = bench.service.list_app_audit(&ada.who, &app, &filter).await.unwrap().entries;
    let told: Vec<_> = entries.iter().map(|entry| entry.before_state.clone()).collect();
    assert_eq!(told, [Some(json!({ "inputs": ["gone", "note"] }))]);

    let one = ["stays".to_owned()];
    let alone = bench.service.delete_inputs(&ada.who, &app, Endpoint::DeleteInput, &one).await;
    assert_eq!(alone, Ok(1));
    let again = bench.service.delete_inputs(&ada.who, &app, Endpoint::DeleteInput, &one).await;
    assert_eq!(again, Err(Error::NotFound));
    assert_eq!(kept_objects(&bench), 0);
}

async fn of_nothing_nothing_is_deleted(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, picture("sign", png(8, 8))).await.unwrap();
    let kept = kept_objects(&bench);
    assert_eq!(delete(&bench, &ada.who, &app, &[]).await, Ok(0));
    assert_eq!(all(&bench, &ada.who, &app).await, ["sign"]);
    assert_eq!(kept_objects(&bench), kept);
}

async fn a_job_counts_what_it_adds_and_what_it_cannot(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let batch = |slugs: &[&str]| PostInputs {
        job: Some("batch".into()),
        ..adding(slugs.iter().map(|slug| text(slug, "text")).collect())
    };
    let posted = bench.service.post_inputs(&ada.who, &app, batch(&["a", "b", "a/b"])).await.unwrap();
    assert_eq!((posted.job.slug.as_str(), posted.job.status), ("batch", job::COMPLETED));
    assert_eq!((posted.job.done, posted.job.failed, posted.job.pending), (2, 1, 0));

    // The next part of the same job goes on counting.
    let posted = bench.service.post_inputs(&ada.who, &app, batch(&["b", "c"])).await.unwrap();
    assert_eq!((posted.job.done, posted.job.failed, posted.job.pending), (3, 2, 0));
    let found = bench.service.get_inputs_add_job(&ada.who, &app, "batch").await.unwrap();
    assert_eq!(found, posted.job);

    // One that is over cannot be stopped.
    let still = bench.service.cancel_inputs_add_job(&ada.who, &app, "batch").await.unwrap();
    assert_eq!(still.status, job::COMPLETED);

    bench.clock.advance(1_000);
    let unnamed = post(&bench.service, &ada.who, &app, vec![text("d", "text")]).await.unwrap().job;
    assert!(!unnamed.slug.is_empty());
    let jobs = bench.service.list_inputs_add_jobs(&ada.who, &app, 0, 10).await.unwrap();
    assert_eq!(jobs, [unnamed.clone(), found.clone()]);
    assert_eq!(bench.service.list_inputs_add_jobs(&ada.who, &app, 1, 10).await, Ok(vec![found]));
    let unknown = bench.service.get_inputs_add_job(&ada.who, &app, "no-such-job").await;
    assert_eq!(unknown, Err(Error::NotFound));
}

async fn a_cancelled_job_adds_nothing_more(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let service = fetching(&bench);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/it", listener.local_addr().unwrap());
    let late = png(8, 8);
    // While the picture is on its way, somebody stops the job.
    let stop = async {
        let (stream, _) = listener.accept().await.unwrap();
        let stopped = service.cancel_inputs_add_job(&ada.who, &app, "batch").await.unwrap();
        assert_eq!((stopped.status, stopped.done, stopped.pending), (job::CANCELLED, 0, 1));
        answer(stream, &late).await;
    };
    let batch =
        PostInputs { job: Some("batch".into()), ..adding(vec![new("late", Content::ImageAt(address))]) };
    let (posted, ()) = tokio::join!(service.post_inputs(&ada.who, &app, batch), stop);
    let posted = posted.unwrap();
    let [Err((slug, error))] = posted.inputs.as_slice() else { panic!("{posted:?}") };
    assert!(slug == "late" && matches!(error, Error::Conflict(why) if why.contains("cancelled")), "{error}");
    assert_eq!((posted.job.status, posted.job.failed, posted.job.pending), (job::CANCELLED, 1, 0));
    // Nor does the job begin anew with the next part of it.
    let next = PostInputs {
        job: Some("batch".into()),
        ..adding(vec![new("next", Content::Text("Stop at the café".into()))])
    };
    let posted = service.post_inputs(&ada.who, &app, next).await.unwrap();
    assert!(matches!(posted.inputs.as_slice(), [Err((_, Error::Conflict(_)))]), "{posted:?}");
    assert_eq!((posted.job.status, posted.job.failed, posted.job.pending), (job::CANCELLED, 2, 0));
    assert_eq!(all(&bench, &ada.who, &app).await, Vec::<String>::new());
    assert_eq!(kept_objects(&bench), 0);
}

async fn what_an_address_holds_is_added(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let service = fetching(&bench);
    let add = |input| add_one(&service, &ada.who, &app, input, TakenId::Fail);

    let address = serve(png(40, 20)).await;
    let row = add(new("sign", Content::ImageAt(address.clone()))).await.unwrap();
    assert_eq!((row.kind, row.width, row.height), (Medium::Image, Some(40), Some(20)));
    assert_eq!(row.source_url, Some(address));
    let address = serve("Stop at the café".into()).await;
    let row = add(new("note", Content::TextAt(address))).await.unwrap();
    assert_eq!((row.kind, row.body.as_deref()), (Medium::Text, Some("Stop at the café")));

    let address = serve(b"<html>no picture</html>".to_vec()).await;
    let refused = add(new("page", Content::ImageAt(address))).await.unwrap_err();
    assert_eq!(invalid(refused).0, "image");
    let address = serve(vec![0xff, 0xfe, 0x00]).await;
    let refused = add(new("bytes", Content::TextAt(address))).await.unwrap_err();
    assert_eq!(invalid(refused).0, "url");
    let address = serve(vec![b'x'; MOST_CHARACTERS + 1]).await;
    let refused = add(new("long", Content::TextAt(address))).await.unwrap_err();
    assert_eq!(invalid(refused).0, "url");
    assert_eq!(all(&bench, &ada.who, &app).await.len(), 2);
}

async fn an_address_inside_the_network_is_not_fetched(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    // It is there, and would answer.
    let inside = serve(png(8, 8)).await;
    for address in [inside.as_str(), "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest/"] {
        for content in [Content::ImageAt(address.into()), Content::TextAt(address.into())] {
            let refused = add(&bench, &ada.who, &app, new("it", content)).await.unwrap_err();
            let (field, message) = invalid(refused);
            assert_eq!(field, "url");
            assert!(message.contains("open internet"), "{address}: {message}");
        }
    }
    let off = bench.service.clone().fetching(Fetching { enabled: false, ..Fetching::default() });
    let refused =
        add_one(&off, &ada.who, &app, new("it", Content::ImageAt(inside)), TakenId::Fail).await.unwrap_err();
    let (field, message) = invalid(refused);
    assert_eq!(field, "url");
    assert!(message.contains("takes no inputs by address"), "{message}");
    assert_eq!(all(&bench, &ada.who, &app).await, Vec::<String>::new());
}

async fn of_a_server_that_is_too_slow_nothing_is_added_and_the_others_are(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let soon = Fetching { allow_private: true, within: Duration::from_millis(400), ..Fetching::default() };
    let service = bench.service.clone().fetching(soon);
    // It takes the question, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/it", silent.local_addr().unwrap());
    let inputs = vec![
        text("note", "Stop"),
        new("slow picture", Content::ImageAt(address.clone())),
        new("slow text", Content::TextAt(address)),
        picture("sign", png(8, 8)),
    ];
    let posted = post(&service, &ada.who, &app, inputs).await.unwrap();
    for became in &posted.inputs[1..3] {
        let (_, error) = became.as_ref().unwrap_err();
        let (field, message) = invalid(error.clone());
        assert_eq!((field.as_str(), message.as_str()), ("url", "took longer than 400ms"));
    }
    assert_eq!((posted.job.done, posted.job.failed, posted.job.pending), (2, 2, 0));
    assert_eq!(all(&bench, &ada.who, &app).await, ["sign", "note"]);
    assert_eq!(kept_objects(&bench), 2, "the picture and its thumbnail");
}
