//! A search as the wire shows it.

use atelier_contract::proto::status::Status;
use atelier_contract::proto::visibility::Gettable;
use atelier_contract::proto::worker::Worker as Author;
use atelier_contract::proto::{
    Annotation, Concept, Data, Filter as WireFilter, Image, Input, Query as WireQuery, Search, Text,
    TimeRange, User, Visibility, Worker,
};
use atelier_domain::filter::{Comparison, MetadataTest, Said, Scalar, Test};
use atelier_domain::{Filter, Medium};
use atelier_service::AppAddress;
use atelier_service::search::{Query, SearchRow};
use serde_json::{Value, json};

use crate::wire::{metadata, place, status, timestamp};

/// A search that is kept, with the names by which its app is addressed.
pub(super) fn search(row: SearchRow, address: &AppAddress) -> Search {
    Search {
        id: row.slug,
        name: row.name,
        application_id: address.app.clone(),
        query: Some(query(&Query { filter: row.filter, oldest_first: row.oldest_first })),
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        save: true,
        visibility: Some(Visibility { gettable: Gettable::Private.into() }),
        ..Search::default()
    }
}

/// What is asked for: as an expression, and as far as they can say it in filters.
pub(super) fn query(query: &Query) -> WireQuery {
    let filters = match &query.filter {
        Filter::All(filters) => filters.iter().filter_map(filter).collect(),
        other => filter(other).into_iter().collect(),
    };
    WireQuery {
        filters,
        expression: query.filter.to_string(),
        oldest_first: query.oldest_first,
        ..WireQuery::default()
    }
}

/// The filter of the wire that asks for the same, if there is one.
fn filter(asked: &Filter) -> Option<WireFilter> {
    let of_input = |input| Some(WireFilter { input: Some(input), ..WireFilter::default() });
    let of_data = |data| of_input(Input { data: Some(data), ..Input::default() });
    match asked {
        Filter::Not(asked) => {
            let filter = filter(asked)?;
            (!filter.negate).then_some(WireFilter { negate: true, ..filter })
        }
        Filter::Said(said) => {
            Some(WireFilter { annotation: Some(annotation(said)?), ..WireFilter::default() })
        }
        Filter::Id(id) => of_input(Input { id: id.to_string(), ..Input::default() }),
        Filter::Status(number) => of_input(Input { status: Some(code(*number)?), ..Input::default() }),
        Filter::Medium(Medium::Image) => of_data(Data { image: Some(Image::default()), ..Data::default() }),
        Filter::Medium(Medium::Text) => of_data(Data { text: Some(Text::default()), ..Data::default() }),
        Filter::Dataset(dataset) => {
            of_input(Input { dataset_ids: vec![dataset.to_string()], ..Input::default() })
        }
        Filter::Metadata(test) => {
            of_data(Data { metadata: metadata::write(&kept(test)?), ..Data::default() })
        }
        Filter::Text(words) => {
            let text = Text { raw: words.to_string(), ..Text::default() };
            of_data(Data { text: Some(text), ..Data::default() })
        }
        Filter::Near(circle) => of_data(Data { geo: Some(place::write_circle(*circle)), ..Data::default() }),
        Filter::Within(area) => of_data(Data { geo: Some(place::write_area(*area)), ..Data::default() }),
        Filter::Changed(span) => {
            let range =
                TimeRange { start_time: span.from.map(timestamp), end_time: span.until.map(timestamp) };
            Some(WireFilter { last_updated_time_range: Some(range), ..WireFilter::default() })
        }
        Filter::All(_) | Filter::Any(_) | Filter::Added(_) => None,
    }
}

/// The status of this number, if the wire has one of it: another would read back as something else.
fn code(number: i64) -> Option<Status> {
    let status = status(number);
    (i64::from(status.code) == number && number != 0).then_some(status)
}

fn annotation(said: &Said) -> Option<Annotation> {
    // That there is any annotation is more than a message without fields says.
    if *said == Said::default() {
        return None;
    }
    let user = said.author.as_ref().map(|slug| User { id: slug.to_string(), ..User::default() });
    let concept = said.concept.as_ref().map(|named| Concept {
        id: named.concept.to_string(),
        value: if named.is_there { 1.0 } else { 0.0 },
        ..Concept::default()
    });
    let task = said.task.as_ref().map(ToString::to_string);
    Some(Annotation {
        worker: user.map(|user| Worker { worker: Some(Author::User(Box::new(user))) }),
        status: match said.status {
            Some(number) => Some(code(number)?),
            None => None,
        },
        task_id: task.unwrap_or_default(),
        data: concept.map(|concept| Data { concepts: vec![concept], ..Data::default() }),
        ..Annotation::default()
    })
}

/// The metadata that passes the test and says nothing else.
fn kept(test: &MetadataTest) -> Option<Value> {
    let value = match test.test() {
        Test::Exists => json!({}),
        Test::Compares(Comparison::Is, scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Bool(value) => json!(value),
            Scalar::Number(number) => json!(number),
            Scalar::Text(text) => json!(text),
        },
        Test::Compares(..) => return None,
    };
    Some(test.path().keys().iter().rev().fold(value, |inner, key| json!({ key: inner })))
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn what_is_answered_asks_for_the_same() {
        for (expression, filters) in [
            ("all()", 0),
            ("said(concept:stop)", 1),
            ("all(said(no-concept:stop,by:bo,status:24157,task:signs),not(dataset(harbour)))", 2),
            ("all(medium(image),status(30000),text('red sign'),id(a),changed(from:1000000))", 5),
            ("all(metadata(camera/lens,is,35.0),metadata(b,is,'x'),metadata(c),metadata(d,is,null))", 4),
            (
                "all(near(latitude:52.52,longitude:13.405,km:2.5),within(south:-1.0,west:170.0,north:1.0,east:-170.0))",
                2,
            ),
            ("all(metadata(lens,below,35.0),any(id(a),id(b)),not(said()),status(1))", 0),
        ] {
            let asked = Query { filter: expression.parse().unwrap(), oldest_first: true };
            let shown = query(&asked);
            assert_eq!((shown.filters.len(), shown.expression.as_str()), (filters, expression));
            assert_eq!(read::query(shown.clone()).unwrap(), asked, "sent back as it is: {expression}");
            let without = WireQuery { expression: String::new(), ..shown };
            let read = read::query(without).unwrap().filter;
            let parts = match (&asked.filter, filters) {
                (_, 0) => continue,
                (Filter::All(parts), _) => parts.clone(),
                (one, _) => vec![one.clone()],
            };
            let found = match &read {
                Filter::All(parts) => parts.clone(),
                one => vec![one.clone()],
            };
            assert_eq!(found, parts, "by its filters alone: {expression}");
        }
    }
}
