//! Datasets, on both databases: what is kept with them, what they hold, what was frozen of it, and who may.

mod filled;
mod frozen;
mod kept;
mod rights;

use atelier_domain::closure::closed;
use atelier_domain::{
    BasicScope, Endpoint, Label, Labels, Part, PatchAction, Place, Preset, Scope, ScopeSet, Split,
};
use atelier_service::annotations::{NewAnnotation, PatchAnnotation, status};
use atelier_service::audit::AuditFilter;
use atelier_service::datasets::versions::{
    FrozenAnnotation, FrozenInputRow, NewVersion, PatchVersion, VERSIONS, VersionRow,
};
use atelier_service::datasets::{
    DATASETS, DatasetInput, DatasetRow, DatasetsFilter, NewDataset, Order, PatchDataset,
};
use atelier_service::inputs::{Content, InputsFilter, NewInput, PatchInput, PostInputs};
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::sharing::{join, make_app, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};
use serde_json::{Value, json};

/// What the group Input gives, with what it needs.
fn bringing() -> ScopeSet {
    closed(BasicScope::Input.own())
}

fn named(slug: &str) -> NewDataset {
    NewDataset { slug: slug.into(), ..NewDataset::default() }
}

fn text(slug: &str) -> NewInput {
    NewInput {
        slug: slug.into(),
        content: Content::Text("Stop at the sign".into()),
        metadata: None,
        place: None,
        labels: Labels::default(),
        datasets: Vec::new(),
    }
}

fn said(concept: &str, value: f32) -> Labels {
    Labels { concepts: vec![Label { concept: concept.parse().unwrap(), value }], regions: Vec::new() }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Ada and her app, with inputs of these identifiers and datasets of those.
async fn app_with(bench: &Bench, inputs: &[&str], datasets: &[&str]) -> (Person, AppName) {
    let ada = bench.person("ada").await;
    let app = street_signs(bench, &ada).await;
    for slug in inputs {
        add(bench, &ada.who, &app, text(slug)).await.unwrap();
    }
    for slug in datasets {
        make(bench, &ada.who, &app, slug).await.unwrap();
    }
    (ada, app)
}

/// Adds one input; the next one is younger.
async fn add(bench: &Bench, who: &Who, app: &AppName, input: NewInput) -> Result<()> {
    let inputs = PostInputs { inputs: vec![input], ..PostInputs::default() };
    let added = bench.service.post_inputs(who, app, inputs).await?.inputs.remove(0);
    bench.clock.advance(1_000);
    added.map(drop).map_err(|(_, error)| error)
}

/// Makes one dataset; the next one is younger.
async fn make(bench: &Bench, who: &Who, app: &AppName, slug: &str) -> Result<DatasetRow> {
    let made = bench.service.post_datasets(who, app, vec![named(slug)]).await;
    bench.clock.advance(1_000);
    made.map(|made| made.value[0].clone())
}

/// Puts inputs into a dataset; the next ones come later.
async fn put(bench: &Bench, who: &Who, app: &AppName, dataset: &str, inputs: &[&str]) -> Result<Vec<String>> {
    let put = bench.service.post_dataset_inputs(who, app, dataset, &strings(inputs)).await;
    bench.clock.advance(1_000);
    put.map(|put| slugs(&put.value))
}

fn slugs(inputs: &[DatasetInput]) -> Vec<String> {
    inputs.iter().map(|one| one.input.input.slug.clone()).collect()
}

/// What a dataset holds, in its order.
async fn held(bench: &Bench, who: &Who, app: &AppName, dataset: &str) -> Vec<String> {
    let found = bench.service.list_dataset_inputs(who, app, dataset, (None, 0), 100).await;
    slugs(&found.unwrap().value)
}

async fn all_inputs(bench: &Bench, who: &Who, app: &AppName) -> Vec<String> {
    let page = bench.service.list_inputs(who, app, &InputsFilter::default(), 0, 100).await.unwrap();
    page.inputs.into_iter().map(|row| row.slug).collect()
}

/// Makes one version; the next one is younger.
async fn freeze(
    bench: &Bench,
    who: &Who,
    app: &AppName,
    dataset: &str,
    new: NewVersion,
) -> Result<VersionRow> {
    let made = bench.service.post_dataset_versions(who, app, dataset, vec![new]).await;
    bench.clock.advance(1_000);
    made.map(|made| made.value[0].clone())
}

fn version(slug: &str) -> NewVersion {
    NewVersion { slug: slug.into(), ..NewVersion::default() }
}

/// What a version holds, in its order.
async fn frozen(bench: &Bench, who: &Who, app: &AppName, of: (&str, &str)) -> Vec<FrozenInputRow> {
    bench.service.list_dataset_version_inputs(who, app, of, None, 0, 10_000).await.unwrap()
}

/// What the audit list tells of this action, the newest first: of what, and what there was before.
async fn audited(bench: &Bench, who: &Who, app: &AppName, action: &str) -> Vec<(String, Option<Value>)> {
    let filter = AuditFilter { action: Some(action.into()), ..AuditFilter::default() };
    let page = bench.service.list_app_audit(who, app, &filter, 50).await.unwrap();
    page.entries.into_iter().map(|entry| (entry.subject, entry.before_state)).collect()
}
