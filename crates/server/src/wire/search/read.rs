//! What a search of the wire asks for, as a filter. What is not understood is refused, since leaving it out would find
//! too much.

use atelier_contract::Failure;
use atelier_contract::proto::visibility::Gettable;
use atelier_contract::proto::worker::Worker as Author;
use atelier_contract::proto::{
    And, Annotation, Concept, Data, Filter as WireFilter, Image, Input, Query as WireQuery, Rank, Search,
    Text, TimeRange, Visibility,
};
use atelier_domain::filter::{Comparison, MOST_NODES, MetadataTest, Named, Path, Said, Scalar, Span, Test};
use atelier_domain::{Filter, Medium};
use atelier_service::models::Likeness;
use atelier_service::search::Query;
use serde_json::Value;

use crate::wire::inputs::read_content;
use crate::wire::{labels, metadata, moment, place};

/// Refuses what a search may have on the wire and is not kept here. How likeness is measured counts for nothing: vectors
/// are of one length, among which the distance and the angle put others in the same order. What only answers say is not
/// looked at.
pub(super) fn refuse_unkept(search: &Search) -> Result<(), Failure> {
    if search.as_of.is_some() {
        return Err(Failure::invalid("searches.as_of is not known to this server"));
    }
    if search.min_value != 0.0 {
        return Err(Failure::invalid("searches.min_value is for finds that are ranked: give query.ranks"));
    }
    match search.visibility.as_ref().map_or(Gettable::UnknownVisibility, Visibility::gettable) {
        Gettable::UnknownVisibility | Gettable::Private => Ok(()),
        Gettable::Org | Gettable::Public => {
            Err(Failure::invalid("searches.visibility must be private: a search is shared with its app"))
        }
    }
}

/// What the inputs that a search finds are to be like, which is taken out of it.
pub(super) fn likeness(query: &mut WireQuery) -> Result<Option<Likeness>, Failure> {
    let mut ranks = std::mem::take(&mut query.ranks).into_iter().filter(is_rank);
    let Some(rank) = ranks.next() else { return Ok(None) };
    if ranks.next().is_some() {
        return Err(Failure::invalid("query.ranks must be one: finds are ranked by one thing"));
    }
    if rank.negate {
        return Err(Failure::invalid("query.ranks.negate must be false: the likest come first"));
    }
    let mut annotation = rank.annotation.unwrap_or_default();
    let input = std::mem::take(&mut annotation.input_id);
    let mut data = annotation.data.take().unwrap_or_default();
    let likeness = match (data.image.is_some() || data.text.is_some(), input.is_empty()) {
        (true, true) => read_content(&mut data).map(Likeness::Content)?,
        (false, false) => Likeness::Input(input),
        _ => {
            let why = "query.ranks.annotation must have an image, a text or the input_id of another input";
            return Err(Failure::invalid(why));
        }
    };
    if data != Data::default() || annotation != Annotation::default() {
        let why = "query.ranks.annotation must say nothing besides: finds are chosen by query.filters";
        return Err(Failure::invalid(why));
    }
    Ok(Some(likeness))
}

/// What a search asks for that does not rank what it finds.
pub(super) fn query(query: WireQuery) -> Result<Query, Failure> {
    if query.ranks.iter().any(is_rank) {
        return Err(Failure::invalid("query.ranks is for searches of inputs that are not kept"));
    }
    // Each is compared with those before it.
    if query.filters.len() + query.ands.len() > MOST_NODES {
        return Err(Failure::invalid(format!("query asks for more than {MOST_NODES} things at once")));
    }
    let mut parts = match query.expression.as_str() {
        "" => Vec::new(),
        text => {
            let read: Result<Filter, _> = text.parse();
            vec![read.map_err(|error| Failure::invalid(format!("query.expression {error}")))?]
        }
    };
    let filters = query.filters.into_iter().map(filter).chain(query.ands.into_iter().map(and));
    for part in filters {
        // An answer says in its filters what it says in its expression already, and may be sent back as it is.
        let Some(part) = part? else { continue };
        if !parts.iter().any(|whole| says(whole, &part)) {
            parts.push(part);
        }
    }
    Ok(Query { filter: joined(parts, Filter::All), oldest_first: query.oldest_first })
}

/// Whether what `part` asks for is asked for by `whole`, in the same words.
fn says(whole: &Filter, part: &Filter) -> bool {
    whole == part || matches!(whole, Filter::All(filters) if filters.iter().any(|whole| says(whole, part)))
}

/// Clients send a rank that says nothing when they are not asked for one.
fn is_rank(rank: &Rank) -> bool {
    rank.negate || rank.annotation.as_ref().is_some_and(|annotation| *annotation != Annotation::default())
}

/// What stands where finds are chosen, and can only rank them.
fn by_likeness(field: &str) -> Failure {
    Failure::invalid(format!("{field} asks for what is alike: give it in query.ranks"))
}

/// One filter stands for itself.
fn joined(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

/// A filter that says nothing is none.
fn ended(parts: Vec<Filter>, negate: bool) -> Option<Filter> {
    if parts.is_empty() {
        return None;
    }
    let filter = joined(parts, Filter::All);
    Some(if negate { Filter::Not(Box::new(filter)) } else { filter })
}

fn filter(filter: WireFilter) -> Result<Option<Filter>, Failure> {
    let mut parts = Vec::new();
    if let Some(annotation) = filter.annotation {
        parts.extend(of_annotation(annotation)?);
    }
    if let Some(input) = filter.input {
        parts.extend(of_input(input)?);
    }
    if let Some(range) = filter.last_updated_time_range {
        parts.push(Filter::Changed(span(range)?));
    }
    Ok(ended(parts, filter.negate))
}

fn and(and: And) -> Result<Option<Filter>, Failure> {
    if and.output.is_some() {
        return Err(by_likeness("query.ands.output"));
    }
    let mut parts = Vec::new();
    if let Some(annotation) = and.annotation {
        parts.extend(of_annotation(annotation)?);
    }
    if let Some(input) = and.input {
        parts.extend(of_input(input)?);
    }
    Ok(ended(parts, and.negate))
}

fn span(range: TimeRange) -> Result<Span, Failure> {
    Ok(Span {
        from: range.start_time.map(|at| moment("last_updated_time_range.start_time", at)).transpose()?,
        until: range.end_time.map(|at| moment("last_updated_time_range.end_time", at)).transpose()?,
    })
}

fn value<T: std::str::FromStr<Err: std::fmt::Display>>(field: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error| Failure::invalid(format!("{field} `{text}` {error}")))
}

/// What an annotation must be: one that has all of it, for each of the concepts.
fn of_annotation(annotation: Annotation) -> Result<Vec<Filter>, Failure> {
    let unknown = [
        ("id", !annotation.id.is_empty()),
        ("annotation_info", annotation.annotation_info.is_some()),
        ("consensus_info", annotation.consensus_info.is_some()),
        ("model_version_id", !annotation.model_version_id.is_empty()),
        ("embed_model_version_id", !annotation.embed_model_version_id.is_empty()),
        ("created_at", annotation.created_at.is_some()),
        ("modified_at", annotation.modified_at.is_some()),
        ("trusted", annotation.trusted),
        ("input_level", annotation.input_level),
    ];
    if let Some((name, _)) = unknown.iter().find(|(_, given)| *given) {
        let why = format!("query.filters.annotation.{name} is nothing that this server searches by");
        return Err(Failure::invalid(why));
    }
    let author = match annotation.worker.and_then(|worker| worker.worker) {
        None => annotation.user_id,
        Some(Author::User(user)) => user.id,
        Some(Author::Model(_) | Author::Workflow(_)) => {
            return Err(Failure::invalid(
                "query.filters.annotation.worker must be a user: only people annotate",
            ));
        }
    };
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let said = Said {
        concept: None,
        author: given(author).map(|slug| value("the user", &slug)).transpose()?,
        status: annotation.status.map(|status| i64::from(status.code)).filter(|code| *code != 0),
        task: given(annotation.task_id).map(|task| value("the task", &task)).transpose()?,
    };
    let mut parts = Vec::new();
    if let Some(input) = given(annotation.input_id) {
        parts.push(Filter::Id(value("the input", &input)?));
    }
    let data = annotation.data.unwrap_or_default();
    if data.concepts.is_empty() && said != Said::default() {
        parts.push(Filter::Said(said.clone()));
    }
    parts.extend(of_data(data, &said)?);
    Ok(parts)
}

/// What an input must be. Of several kinds or datasets one is enough.
fn of_input(input: Input) -> Result<Vec<Filter>, Failure> {
    if input.settings.is_some() || input.created_at.is_some() || input.modified_at.is_some() {
        let why = "query.filters.input.settings and its moments are nothing that this server searches by";
        return Err(Failure::invalid(why));
    }
    let mut parts = Vec::new();
    if !input.id.is_empty() {
        parts.push(Filter::Id(value("the input", &input.id)?));
    }
    if let Some(status) = input.status.filter(|status| status.code != 0) {
        parts.push(Filter::Status(i64::from(status.code)));
    }
    if !input.dataset_ids.is_empty() {
        let datasets = input.dataset_ids.iter().map(|id| Ok(Filter::Dataset(value("the dataset", id)?)));
        parts.push(joined(datasets.collect::<Result<_, Failure>>()?, Filter::Any));
    }
    let mut data = input.data.unwrap_or_default();
    let (video, audio) = (data.video.take(), data.audio.take());
    let mut media = Vec::new();
    if data.image.take_if(|image| *image == Image::default()).is_some() {
        media.push(Filter::Medium(Medium::Image));
    }
    if data.text.take_if(|text| *text == Text::default()).is_some() {
        media.push(Filter::Medium(Medium::Text));
    }
    // There are neither films nor sounds here, so that those who ask for them find nothing.
    if !media.is_empty() || video.is_some() || audio.is_some() {
        parts.push(joined(media, Filter::Any));
    }
    parts.extend(of_data(data, &Said::default())?);
    Ok(parts)
}

fn of_data(mut data: Data, said: &Said) -> Result<Vec<Filter>, Failure> {
    let geo = data.geo.take();
    labels::refuse_unkept(&data)?;
    if data.image.is_some() {
        return Err(by_likeness("data.image"));
    }
    if !data.regions.is_empty() {
        return Err(Failure::invalid("data.regions is nothing that this server searches by"));
    }
    let mut parts = Vec::new();
    for concept in data.concepts {
        let named = named(concept)?;
        parts.push(Filter::Said(Said { concept: Some(named), ..said.clone() }));
    }
    if let Some(geo) = geo {
        parts.push(place::read_filter(geo)?);
    }
    if let Some(text) = data.text {
        if !text.url.is_empty() {
            return Err(by_likeness("data.text.url"));
        }
        let words = text.raw.parse();
        parts.push(Filter::Text(words.map_err(|error| Failure::invalid(format!("data.text.raw: {error}")))?));
    }
    if let Some(kept) = data.metadata {
        in_metadata(&mut Vec::new(), &metadata::read(kept), &mut parts)?;
    }
    Ok(parts)
}

/// Without a value a concept is not there: the wire's binary form has no other way to say so.
fn named(concept: Concept) -> Result<Named, Failure> {
    let id = if concept.id.is_empty() { concept.name } else { concept.id };
    Ok(Named { concept: value("the concept", &id)?, is_there: concept.value > 0.0 })
}

/// What an input's metadata must have: everything that stands in `wanted`, wherever it does.
fn in_metadata(keys: &mut Vec<String>, wanted: &Value, parts: &mut Vec<Filter>) -> Result<(), Failure> {
    let scalar = match wanted {
        Value::Object(members) if !members.is_empty() => {
            for (key, wanted) in members {
                keys.push(key.clone());
                in_metadata(keys, wanted, parts)?;
                keys.pop();
            }
            return Ok(());
        }
        Value::Array(entries) if !entries.is_empty() => {
            if entries.iter().any(|entry| entry.is_object() || entry.is_array()) {
                let why = "data.metadata must not look for lists or objects within lists";
                return Err(Failure::invalid(why));
            }
            return entries.iter().try_for_each(|entry| in_metadata(keys, entry, parts));
        }
        Value::Object(_) | Value::Array(_) => None,
        Value::Null => Some(Scalar::Null),
        Value::Bool(value) => Some(Scalar::Bool(*value)),
        Value::Number(number) => Some(Scalar::Number(number.as_f64().unwrap_or_default())),
        Value::String(text) => Some(Scalar::Text(text.clone())),
    };
    if keys.is_empty() {
        return Ok(());
    }
    let test = scalar.map_or(Test::Exists, |scalar| Test::Compares(Comparison::Is, scalar));
    let test = Path::new(keys.clone()).and_then(|path| MetadataTest::new(path, test));
    parts.push(Filter::Metadata(test.map_err(|error| Failure::invalid(format!("data.metadata: {error}")))?));
    Ok(())
}
