//! Searches by filter, on both databases.

mod kept;
mod made_up;
mod model;
mod words;

use atelier_domain::closure::closed;
use atelier_domain::{Endpoint, Filter, Label, Labels, Scope, ScopeSet};
use atelier_service::annotations::NewAnnotation;
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::search::{NewSearch, Part, PatchSearch, Query, SearchRow, Subject};
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::sharing::{join, make_app, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};

/// A text to be added.
fn text(slug: &str, body: &str) -> NewInput {
    NewInput {
        slug: slug.into(),
        content: Content::Text(body.into()),
        metadata: None,
        place: None,
        labels: Labels::default(),
        datasets: Vec::new(),
    }
}

fn said(concept: &str, value: f32) -> Labels {
    Labels { concepts: vec![Label { concept: concept.parse().unwrap(), value }], regions: Vec::new() }
}

/// Adds inputs, each of them later than the one before.
async fn add(bench: &Bench, who: &Who, app: &AppName, inputs: Vec<NewInput>) {
    for input in inputs {
        let posted =
            bench.service.post_inputs(who, app, PostInputs { inputs: vec![input], ..PostInputs::default() });
        posted.await.unwrap().inputs.remove(0).map_err(|(_, error)| error).unwrap();
        bench.clock.advance(1_000);
    }
}

fn query(filter: &str) -> Query {
    Query { filter: filter.parse().unwrap(), oldest_first: false }
}

fn first(size: usize) -> Part {
    Part { after: None, skip: 0, size }
}

/// The identifiers of the inputs that are found, in their order.
async fn found(bench: &Bench, who: &Who, app: &AppName, query: &Query) -> Result<Vec<String>> {
    let endpoint = Endpoint::PostInputsSearches;
    let page = bench.service.search_inputs(who, app, endpoint, query, first(1_000)).await?.value;
    assert!(!page.more);
    Ok(page.rows.into_iter().map(|row| row.input.slug).collect())
}
