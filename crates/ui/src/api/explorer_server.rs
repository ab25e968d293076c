//! The server's side of [`super`]: filters from what fields say, and back into words.

use atelier_domain::filter::{Comparison, MetadataTest, Named, Path, Said, Scalar, Span, Subject, Test};
use atelier_domain::place::{Circle, InvalidPlace, Unit};
use atelier_domain::{Endpoint, Filter, Medium, Place, Timestamp};
use atelier_service::annotations::status;
use atelier_service::search::{NewSearch, Query};
use atelier_service::{AppName, Error};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Asked, FilterPart};
use crate::api::concepts::{Concept, called, meant};
use crate::error::{FieldError, UiError};
use crate::server::{service, who};

/// What was asked for, read.
pub(in crate::api) struct Reading {
    /// The filter, with what was added to it.
    pub(in crate::api) filter: Filter,
    /// What is wrong with it.
    pub(in crate::api) wrong: Vec<FieldError>,
}

/// What every find must have: the parts of a filter that can be taken out one by one.
fn parts_of(filter: Filter) -> Vec<Filter> {
    match filter {
        Filter::All(parts) => parts,
        one => vec![one],
    }
}

/// The filter of these parts, each once.
fn joined(parts: Vec<Filter>) -> Filter {
    let mut kept: Vec<Filter> = Vec::with_capacity(parts.len());
    for part in parts {
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    match kept.len() {
        1 => kept.swap_remove(0),
        _ => Filter::All(kept),
    }
}

/// The text of a filter in addresses: nothing for one that lets everything through.
pub(in crate::api) fn text(filter: &Filter) -> String {
    if *filter == Filter::default() { String::new() } else { filter.to_string() }
}

/// Reads the filter of an address, and adds what is given in its other fields.
pub(in crate::api) fn read(asked: &Asked, concepts: &[Concept]) -> Reading {
    let mut wrong = Vec::new();
    let mut note = |field: &str, message: String| wrong.push(FieldError { field: field.into(), message });
    let mut parts = match asked.q.trim() {
        "" => Vec::new(),
        q => match q.parse::<Filter>() {
            Ok(filter) => parts_of(filter),
            Err(error) => {
                note("q", format!("The filter {error}."));
                Vec::new()
            }
        },
    };
    let mut add = |field: &str, read: Result<Option<Filter>, String>| match read {
        Ok(part) => parts.extend(part),
        Err(message) => note(field, message),
    };
    add("kind", given(&asked.kind, "The type", |kind| kind.parse().map(Filter::Medium)));
    let (said, of_input) = match given(&asked.status, "The status", |status| status.parse::<i64>()) {
        Ok(Some(number))
            if STATUSES.iter().any(|(known, _, is_of_input)| *known == number && *is_of_input) =>
        {
            (None, Ok(Some(Filter::Status(number))))
        }
        Ok(number) => (number, Ok(None)),
        Err(error) => (None, Err(error)),
    };
    add("status", of_input);
    let mut said = Said { status: said, ..Said::default() };
    match given(&asked.concept, "", |typed| meant(concepts, typed)) {
        Ok(concept) => {
            said.concept = concept.map(|concept| Named { concept, is_there: asked.there != "no" });
        }
        Err(_) => add("concept", Err("No concept can be called so.".into())),
    }
    match given(&asked.by, "The person", str::parse) {
        Ok(author) => said.author = author,
        Err(error) => add("by", Err(error)),
    }
    if said != Said::default() {
        add("concept", Ok(Some(Filter::Said(said))));
    }
    add("dataset", given(&asked.dataset, "The dataset", |slug| slug.parse().map(Filter::Dataset)));
    add("key", metadata(asked));
    match near(asked) {
        Ok(circle) => add("latitude", Ok(circle.map(Filter::Near))),
        Err((field, message)) => add(field, Err(message)),
    }
    match days(asked) {
        Ok(span) => add("from", Ok((span != Span::default()).then_some(Filter::Added(span)))),
        Err((field, message)) => add(field, Err(message)),
    }
    add("unsaid", Ok((!asked.unsaid.is_empty()).then(Filter::unannotated)));
    add("words", given(&asked.words, "", |words| words.parse().map(Filter::Text)).map_err(capital));
    add("id", given(&asked.id, "The id", |id| id.parse().map(Filter::Id)));
    let filter = joined(parts);
    if let Err(error) = filter.check() {
        note("q", format!("The filter is too large: {error}."));
    }
    Reading { filter, wrong }
}

/// A field that was filled in, read; `what` is what its error is about.
fn given<T, E: ToString>(
    text: &str,
    what: &str,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    read(text).map(Some).map_err(|error| format!("{what} {}.", error.to_string()).trim().to_owned())
}

/// The first letter as a capital.
fn capital(words: String) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What is asked of what clients keep with an input.
fn metadata(asked: &Asked) -> Result<Option<Filter>, String> {
    if asked.key.trim().is_empty() {
        let is_forgotten = !asked.value.trim().is_empty();
        return if is_forgotten { Err("Say by which key the value is kept.".into()) } else { Ok(None) };
    }
    let keys = asked.key.split('/').map(|key| key.trim().to_owned()).collect();
    let path = Path::new(keys).map_err(|error| capital(format!("{error}.")))?;
    let test = match asked.compare.as_str() {
        "" if asked.value.trim().is_empty() => Test::Exists,
        "exists" => Test::Exists,
        name => {
            let comparison = Comparison::ALL.into_iter().find(|known| known.name() == name);
            Test::Compares(comparison.unwrap_or(Comparison::Is), scalar(asked.value.trim()))
        }
    };
    let test = MetadataTest::new(path, test).map_err(|error| capital(format!("{error}.")))?;
    Ok(Some(Filter::Metadata(test)))
}

/// What somebody means by a value: a number or a truth if it reads as one, and a text between quotation marks.
fn scalar(typed: &str) -> Scalar {
    let quoted = typed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match (typed, typed.parse::<f64>()) {
        ("true", _) => Scalar::Bool(true),
        ("false", _) => Scalar::Bool(false),
        ("null", _) => Scalar::Null,
        (_, Ok(number)) if number.is_finite() => Scalar::Number(number),
        _ => Scalar::Text(quoted.unwrap_or(typed).to_owned()),
    }
}

/// Within how many kilometers of a place it was made.
fn near(asked: &Asked) -> Result<Option<Circle>, (&'static str, String)> {
    let fields = [("latitude", &asked.latitude), ("longitude", &asked.longitude), ("km", &asked.km)];
    if fields.iter().all(|(_, text)| text.trim().is_empty()) {
        return Ok(None);
    }
    let number = |(field, text): (&'static str, &String)| match text.trim().parse::<f64>() {
        Ok(number) => Ok(number),
        Err(_) => {
            Err((field, "Give the latitude, the longitude and how many kilometers, as numbers.".into()))
        }
    };
    let [latitude, longitude, km] = fields.map(number);
    let (latitude, longitude, km) = (latitude?, longitude?, km?);
    let middle = Place::new(latitude, longitude).map_err(|error| {
        let field = if matches!(error, InvalidPlace::Latitude(_)) { "latitude" } else { "longitude" };
        (field, capital(format!("{error}.")))
    })?;
    let circle = Circle::new(middle, km, Unit::Kilometers);
    circle.map(Some).map_err(|error| ("km", format!("The distance {error}.")))
}

/// From the beginning of a day to the end of another, UTC.
fn days(asked: &Asked) -> Result<Span, (&'static str, String)> {
    let day = |field, text: &str, is_end: bool| {
        let wrong = || (field, "A day is written as 2027-01-31.".to_owned());
        if text.trim().is_empty() {
            return Ok(None);
        }
        let day: Date = text.trim().parse().map_err(|_| wrong())?;
        let day = if is_end { day.tomorrow().map_err(|_| wrong())? } else { day };
        let at = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| wrong())?;
        Ok(Some(Timestamp::from_micros(at.as_microsecond())))
    };
    Ok(Span { from: day("from", &asked.from, false)?, until: day("until", &asked.until, true)? })
}

/// Where inputs and annotations can stand: by the wire's number, in words, and whether inputs do.
const STATUSES: [(i64, &str, bool); 7] = [
    (status::SUCCESS, "that counts", false),
    (status::PENDING, "that is not finished", false),
    (status::AWAITING_REVIEW, "that waits for a review", false),
    (status::REVIEW_DENIED, "that was rejected", false),
    (30_000, "ready", true),
    (30_001, "not ready yet", true),
    (30_002, "could not be read", true),
];

/// Who and what is called how.
pub(in crate::api) struct Names<'a> {
    pub(in crate::api) concepts: &'a [Concept],
    pub(in crate::api) people: &'a [(String, String)],
}

impl Names<'_> {
    /// The parts of a filter in words, each with the filter that is left without it.
    pub(in crate::api) fn parts(&self, filter: &Filter) -> Vec<FilterPart> {
        let parts = parts_of(filter.clone());
        let without = |place: usize| {
            let mut left = parts.clone();
            left.remove(place);
            text(&joined(left))
        };
        let part = |(place, part): (usize, &Filter)| FilterPart {
            words: capital(self.words(part)),
            without: without(place),
        };
        parts.iter().enumerate().map(part).collect()
    }

    /// What a filter asks for.
    fn words(&self, filter: &Filter) -> String {
        let several = |filters: &[Filter], between: &str| {
            let words: Vec<String> = filters.iter().map(|filter| self.words(filter)).collect();
            format!("({})", words.join(between))
        };
        match filter {
            Filter::All(filters) if filters.is_empty() => "everything".into(),
            Filter::Any(filters) if filters.is_empty() => "nothing".into(),
            Filter::All(filters) => several(filters, " and "),
            Filter::Any(filters) => several(filters, " or "),
            Filter::Not(inner) if **inner == Filter::Said(Said::default()) => "nobody said anything".into(),
            Filter::Not(inner) => format!("not: {}", self.words(inner)),
            Filter::Said(said) => self.said(said),
            Filter::Id(id) => format!("id {id}"),
            Filter::Status(number) => standing(*number),
            Filter::Medium(Medium::Image) => "pictures".into(),
            Filter::Medium(Medium::Text) => "texts".into(),
            Filter::Dataset(dataset) => format!("in the dataset {dataset}"),
            Filter::Metadata(test) => kept(test),
            Filter::Text(words) => format!("words: {words}"),
            Filter::Near(circle) => {
                format!("within {} {} of {}", circle.distance(), circle.unit().name(), circle.middle())
            }
            Filter::Within(area) => format!("between {} and {}", area.south_west(), area.north_east()),
            Filter::Added(span) => format!("added {}", stretch(*span)),
            Filter::Changed(span) => format!("changed {}", stretch(*span)),
        }
    }

    fn said(&self, said: &Said) -> String {
        let mut words = match &said.concept {
            Some(named) => {
                let name = called(self.concepts, named.concept.as_str());
                if named.is_there { name } else { format!("not {name}") }
            }
            None => "an annotation".into(),
        };
        if let Some(author) = &said.author {
            let name = self.people.iter().find(|(slug, _)| slug == author.as_str());
            words.push_str(&format!(" by {}", name.map_or(author.as_str(), |(_, name)| name)));
        }
        if let Some(task) = &said.task {
            words.push_str(&format!(" within the task {task}"));
        }
        match said.status {
            Some(number) => format!("{words} {}", standing(number)),
            None => words,
        }
    }
}

fn standing(number: i64) -> String {
    let known = STATUSES.iter().find(|(known, ..)| *known == number);
    known.map_or_else(|| format!("with the status {number}"), |(_, words, _)| (*words).to_owned())
}

fn kept(test: &MetadataTest) -> String {
    let key = test.path().keys().join("/");
    match test.test() {
        Test::Exists => format!("has {key}"),
        Test::Compares(comparison, scalar) => {
            let value = match scalar {
                Scalar::Null => "null".to_owned(),
                Scalar::Bool(is) => is.to_string(),
                Scalar::Number(number) => number.to_string(),
                Scalar::Text(text) => format!("“{text}”"),
            };
            let sign = match comparison {
                Comparison::AtMost => "≤",
                Comparison::AtLeast => "≥",
                other => other.sign(),
            };
            format!("{key} {sign} {value}")
        }
    }
}

/// A stretch of time: by its days where it begins and ends with days, else by its moments, UTC.
fn stretch(span: Span) -> String {
    let day = |at: Timestamp, before: bool| {
        let written = |at: jiff::Timestamp| {
            let at = TimeZone::UTC.to_datetime(at);
            let is_whole = at.time() == jiff::civil::Time::midnight();
            match (is_whole, before.then(|| at.date().yesterday().ok()).flatten()) {
                (true, Some(last)) => last.to_string(),
                (true, None) => at.date().to_string(),
                (false, _) => format!("{} {} UTC", at.date(), at.time()),
            }
        };
        jiff::Timestamp::from_microsecond(at.micros()).map_or_else(|_| at.micros().to_string(), written)
    };
    match (span.from.map(|at| day(at, false)), span.until.map(|at| day(at, true))) {
        (Some(from), Some(until)) if from == until => format!("on {from}"),
        (Some(from), Some(until)) => format!("from {from} to {until}"),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "at any time".into(),
    }
}

/// What an address asks for, where it has to be right.
pub(in crate::api) fn query(q: &str, order: &str) -> Result<Query, UiError> {
    let filter = match q.trim() {
        "" => Filter::default(),
        q => q.parse().map_err(|error| Error::invalid("q", error))?,
    };
    Ok(Query { filter, oldest_first: order == "oldest" })
}

pub(super) async fn save(owner: &str, app: &str, name: String, q: &str, order: &str) -> Result<(), UiError> {
    let app = AppName::of(owner, app);
    let search = NewSearch { slug: String::new(), name, subject: Subject::Inputs, query: query(q, order)? };
    let beside_name = |error: Error| match UiError::from(error) {
        UiError::Invalid { mut fields } => {
            fields.iter_mut().for_each(|field| field.field = "name".into());
            UiError::Invalid { fields }
        }
        UiError::Conflict { .. } => Error::invalid("name", "There is a view of that name already.").into(),
        other => other,
    };
    let kept = service().keep_search(&who(), &app, Endpoint::PostInputsSearches, &search).await;
    kept.map(|_| ()).map_err(beside_name)
}

pub(super) async fn forget(owner: &str, app: &str, saved: &str) -> Result<(), UiError> {
    Ok(service().delete_search(&who(), &AppName::of(owner, app), saved).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concept(slug: &str, name: &str) -> Concept {
        Concept { slug: slug.into(), name: name.into(), color: String::new() }
    }

    #[test]
    fn fields_are_added_to_the_filter_and_told_in_words() {
        let concepts = [concept("stop", "Stop sign")];
        let people = [("bo".to_owned(), "Bo Diddley".to_owned())];
        let asked = Asked {
            q: "medium(image)".into(),
            concept: "stop SIGN".into(),
            there: "no".into(),
            by: "bo".into(),
            status: status::AWAITING_REVIEW.to_string(),
            dataset: "harbour".into(),
            key: "camera/iso".into(),
            compare: "at-least".into(),
            value: "200".into(),
            from: "2026-01-02".into(),
            until: "2026-01-02".into(),
            latitude: "52.52".into(),
            longitude: "-13.4".into(),
            km: "10".into(),
            ..Asked::default()
        };
        let Reading { filter, wrong } = read(&asked, &concepts);
        assert_eq!(wrong, []);
        let text = text(&filter);
        assert_eq!(
            text,
            "all(medium(image),said(no-concept:stop,by:bo,status:24157),dataset(harbour),\
             metadata(camera/iso,at-least,200.0),near(latitude:52.52,longitude:-13.4,km:10.0),added(from:1767312000000000,until:1767398400000000))"
        );
        let parts = Names { concepts: &concepts, people: &people }.parts(&filter);
        let words: Vec<&str> = parts.iter().map(|part| part.words.as_str()).collect();
        assert_eq!(
            words,
            [
                "Pictures",
                "Not Stop sign by Bo Diddley that waits for a review",
                "In the dataset harbour",
                "Camera/iso ≥ 200",
                "Within 10 km of 52.52, -13.4",
                "Added on 2026-01-02",
            ]
        );
        assert!(
            parts[2].without.starts_with("all(medium(image),said(") && !parts[2].without.contains("harbour")
        );
        // What is asked for twice is asked for once, and what is left of one part is nothing.
        let again = read(&Asked { q: "medium(text)".into(), kind: "text".into(), ..Asked::default() }, &[]);
        assert_eq!(super::text(&again.filter), "medium(text)");
        assert_eq!(Names { concepts: &[], people: &[] }.parts(&again.filter)[0].without, "");
    }

    #[test]
    fn what_cannot_be_read_is_told_field_by_field() {
        let asked = Asked {
            q: "medium(".into(),
            kind: "film".into(),
            words: "…".into(),
            from: "tomorrow".into(),
            value: "200".into(),
            latitude: "91".into(),
            longitude: "0".into(),
            km: "1".into(),
            concept: "a/b".into(),
            ..Asked::default()
        };
        let Reading { filter, wrong } = read(&asked, &[]);
        assert_eq!(filter, Filter::default());
        let fields: Vec<&str> = wrong.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["q", "kind", "concept", "key", "latitude", "from", "words"]);
        assert_eq!(wrong[6].message, "There is no word: it takes a letter or a digit.");
    }

    #[test]
    fn a_value_is_a_number_a_truth_or_a_text() {
        assert_eq!(scalar("2.50"), Scalar::Number(2.5));
        assert_eq!(scalar("true"), Scalar::Bool(true));
        assert_eq!(scalar("\"200\""), Scalar::Text("200".into()));
        assert_eq!(scalar("rain"), Scalar::Text("rain".into()));
        assert_eq!(scalar("inf"), Scalar::Text("inf".into()));
    }
}
