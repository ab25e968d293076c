//! What a filter means, said once more: of what a listing shows, in memory.

use atelier_domain::filter::{Comparison, MetadataTest, Named, Said, Scalar, Span, Test};
use atelier_domain::{Filter, Timestamp};
use atelier_service::annotations::AnnotationRow;
use atelier_service::inputs::InputRow;
use serde_json::Value;

/// An input, the datasets in which it is, and what is said of it.
pub(crate) struct Whole {
    pub(crate) input: InputRow,
    pub(crate) datasets: Vec<String>,
    pub(crate) said: Vec<AnnotationRow>,
}

/// Whether the filter lets the input through or, if one is given, the annotation of it.
pub(crate) fn fits(filter: &Filter, whole: &Whole, annotation: Option<&AnnotationRow>) -> bool {
    let input = &whole.input;
    match filter {
        Filter::All(filters) => filters.iter().all(|filter| fits(filter, whole, annotation)),
        Filter::Any(filters) => filters.iter().any(|filter| fits(filter, whole, annotation)),
        Filter::Not(filter) => !fits(filter, whole, annotation),
        Filter::Said(said) => match annotation {
            Some(annotation) => is_said(said, annotation),
            None => whole.said.iter().any(|annotation| is_said(said, annotation)),
        },
        Filter::Id(id) => input.slug == id.as_str(),
        Filter::Status(status) => input.status == *status,
        Filter::Medium(medium) => input.kind == *medium,
        Filter::Dataset(dataset) => whole.datasets.iter().any(|slug| slug == dataset.as_str()),
        Filter::Metadata(test) => input.metadata.as_ref().is_some_and(|metadata| passes(test, metadata)),
        Filter::Text(words) => input.body.as_deref().is_some_and(|body| words.are_in(body)),
        Filter::Near(circle) => input.place().is_some_and(|place| circle.contains(place)),
        Filter::Within(area) => input.place().is_some_and(|place| area.contains(place)),
        Filter::Added(span) => is_within(*span, annotation.map_or(input.created_at, |said| said.created_at)),
        Filter::Changed(span) => {
            is_within(*span, annotation.map_or(input.changed_at, |said| said.changed_at))
        }
    }
}

fn is_said(said: &Said, annotation: &AnnotationRow) -> bool {
    let names = |named: &Named| {
        let value = annotation.labels.concepts().get(named.concept.as_str()).copied();
        value.is_some_and(|value| (value > 0.0) == named.is_there)
    };
    said.concept.as_ref().is_none_or(names)
        && said.author.as_ref().is_none_or(|author| author.as_str() == annotation.author_slug)
        && said.status.is_none_or(|status| status == annotation.status)
        && said.task.as_ref().is_none_or(|task| Some(task.as_str()) == annotation.task.as_deref())
}

fn is_within(span: Span, at: Timestamp) -> bool {
    span.from.is_none_or(|from| at >= from) && span.until.is_none_or(|until| at < until)
}

fn passes(test: &MetadataTest, metadata: &Value) -> bool {
    let mut value = metadata;
    for key in test.path().keys() {
        match value.as_object().and_then(|members| members.get(key)) {
            Some(member) => value = member,
            None => return false,
        }
    }
    match (test.test(), value) {
        (Test::Exists, _) => true,
        (Test::Compares(comparison, scalar), Value::Array(entries)) => {
            entries.iter().any(|entry| compares(*comparison, scalar, entry))
        }
        (Test::Compares(comparison, scalar), value) => compares(*comparison, scalar, value),
    }
}

fn compares(comparison: Comparison, scalar: &Scalar, value: &Value) -> bool {
    let order = match (scalar, value) {
        (Scalar::Null, Value::Null) => Some(std::cmp::Ordering::Equal),
        (Scalar::Bool(wanted), Value::Bool(value)) => Some(value.cmp(wanted)),
        (Scalar::Number(wanted), Value::Number(value)) => {
            value.as_f64().and_then(|value| value.partial_cmp(wanted))
        }
        (Scalar::Text(wanted), Value::String(value)) => Some(value.cmp(wanted)),
        _ => None,
    };
    order.is_some_and(|order| comparison.holds(order))
}
