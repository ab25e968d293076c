//! Inputs, on both databases: pictures and texts, by bytes and by address, and what is left of those that go.

mod abandoned;
mod added;
mod changed;
mod fetched;
mod rights;
mod shown;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use atelier_domain::{
    Endpoint, Label, Labels, Medium, PatchAction, Place, Preset, Region, Scope, ScopeSet, Shape,
};
use atelier_service::annotations::{AnnotationsFilter, NewAnnotation, status};
use atelier_service::audit::AuditFilter;
use atelier_service::inputs::{
    Content, Fetching, InputCounts, InputRow, InputsFilter, MOST_TEXT_BYTES, NewInput, PatchInput,
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
    let (labels, datasets) = (Labels::default(), Vec::new());
    NewInput { slug: slug.into(), content, metadata: None, place: None, labels, datasets }
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
