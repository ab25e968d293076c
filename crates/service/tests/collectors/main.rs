//! Collectors, on both databases: what they take, for whom, and when they stop.

mod creators;
mod predicted;
mod taking;

use std::time::Duration;

use atelier_domain::collector::{Full, Limits, Share, State};
use atelier_domain::time::{DAY, HOUR};
use atelier_domain::{
    BasicScope, Conditions, Endpoint, EndpointSet, Label, Labels, Permit, Preset, Rights, Scope, ScopeSet,
};
use atelier_service::audit::AuditFilter;
use atelier_service::collectors::{
    Became, Collector, NewCollector, Offered, PatchCollector, Predicted, Predictions, Source, Wanted,
};
use atelier_service::inputs::{Content, InputsFilter, NewInput};
use atelier_service::keys::CreateKey;
use atelier_service::models::{ModelName, Predict, Wanted as WantedConcepts};
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::people::with_key;
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{edit, give_exactly, join, make_app, people, street_signs};
use atelier_testkit::texts::{BANKS, CATS};
use atelier_testkit::topics::{TOPICS, add_topics, train_topics};
use atelier_testkit::{Bench, Person, on_both_databases};

fn collecting() -> ScopeSet {
    BasicScope::Collector.own().with(Scope::InputsAdd)
}

fn uploads(slug: &str) -> NewCollector {
    NewCollector {
        slug: slug.into(),
        description: "What the camera sees".into(),
        source: Source::Uploads,
        share: Share::ALL,
        limits: Limits::default(),
    }
}

async fn make(bench: &Bench, who: &Who, app: &AppName, new: NewCollector) -> Result<Collector> {
    Ok(bench.service.post_collectors(who, app, vec![new]).await?.value.remove(0))
}

fn text(body: impl Into<String>) -> NewInput {
    let (labels, datasets) = (Labels::default(), Vec::new());
    NewInput {
        slug: String::new(),
        content: Content::Text(body.into()),
        metadata: None,
        place: None,
        labels,
        datasets,
    }
}

async fn offer(
    bench: &Bench,
    who: &Who,
    app: &AppName,
    slug: &str,
    inputs: Vec<NewInput>,
) -> Result<Vec<Offered>> {
    bench.service.offer_to_collector(who, app, slug, inputs, 0).await
}

async fn offer_one(bench: &Bench, who: &Who, app: &AppName, slug: &str, body: &str) -> Result<Became> {
    Ok(offer(bench, who, app, slug, vec![text(body)]).await?.remove(0).became)
}

async fn shown(bench: &Bench, who: &Who, app: &AppName, slug: &str) -> Collector {
    bench.service.get_collector(who, app, slug).await.unwrap().value
}

async fn count(bench: &Bench, who: &Who, app: &AppName) -> usize {
    bench.service.list_inputs(who, app, &InputsFilter::default(), 0, 1_000).await.unwrap().inputs.len()
}

fn gathered(offered: &[Offered]) -> usize {
    offered.iter().filter(|one| matches!(one.became, Became::Gathered(_))).count()
}

fn stopped(outcome: Result<Became>) -> String {
    match outcome {
        Ok(Became::Refused(Error::Conflict(why))) | Err(Error::Conflict(why)) => why,
        other => panic!("{other:?}"),
    }
}

async fn audited(bench: &Bench, ada: &Person, app: &AppName) -> Vec<(String, String)> {
    let page = bench.service.list_app_audit(&ada.who, app, &AuditFilter::default(), 100).await.unwrap();
    let about = page.entries.into_iter().filter(|entry| entry.action.starts_with("collector."));
    about.map(|entry| (entry.action, entry.actor)).collect()
}
