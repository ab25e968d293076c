//! Reading the text of a filter.
//!
//! ```text
//! filter   = all(filter,…) | any(filter,…) | not(filter) | said(field,…) | id(text) | status(number)
//!          | medium(image) | medium(text) | dataset(text) | text(text) | metadata(path) | metadata(path,how,value)
//!          | added(field,…) | changed(field,…) | near(field,…) | within(field,…)
//! said     : concept:text, no-concept:text, by:text, status:number, task:text
//! added    : from:number, until:number, in microseconds since 1970-01-01T00:00:00Z
//! near     : latitude:number, longitude:number, and one of km, miles, degrees, radians: number
//! within   : south:number, west:number, north:number, east:number, in degrees
//! path     = key/key/…
//! how      = is | below | at-most | above | at-least
//! value    = null | true | false | number | 'text'
//! text     = letters, digits and -_.~ as they are, or anything between ' and ', in which ' is ''
//! ```
//!
//! Spaces may stand anywhere but within a text.

use std::fmt;
use std::str::FromStr;

use super::print::is_bare;
use super::{
    Comparison, Filter, InvalidTest, InvalidWords, MOST_DEPTH, MOST_NODES, MetadataTest, Named, Path, Said,
    Scalar, Span, Test,
};
use crate::place::{Area, Circle, Place, Unit};
use crate::time::Timestamp;

/// Where a text stops being that of a filter, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// At which character, counted from 1.
    pub at: usize,
    /// What is wrong there.
    pub reason: Reason,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is wrong at character {}: {}", self.at, self.reason)
    }
}

impl std::error::Error for FilterError {}

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Too many nodes lie one below the other.
    #[error("a filter is at most {MOST_DEPTH} levels deep")]
    TooDeep,
    /// There are too many nodes.
    #[error("a filter has at most {MOST_NODES} parts")]
    TooMany,
    /// Something else should stand there.
    #[error("expected {0}")]
    Expected(&'static str),
    /// There is no filter, field or comparison of that name.
    #[error("`{0}` is none of {1}")]
    Unknown(String, &'static str),
    /// A field is there twice, or against another.
    #[error("`{0}` is said already")]
    Twice(String),
    /// A value is not valid.
    #[error("`{0}` is not valid: {1}")]
    Value(String, String),
    /// The words cannot be searched for.
    #[error(transparent)]
    Words(#[from] InvalidWords),
    /// The metadata cannot be asked so.
    #[error(transparent)]
    Metadata(#[from] InvalidTest),
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let mut reader = Reader { text, rest: text, nodes: 0 };
        let filter = reader.filter(1)?;
        if reader.peek().is_some() {
            return Err(reader.error(Reason::Expected("the end")));
        }
        Ok(filter)
    }
}

type Read<T> = Result<T, FilterError>;

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    nodes: usize,
}

const FILTERS: &str =
    "all, any, not, said, id, status, medium, dataset, metadata, text, near, within, added and changed";

impl<'a> Reader<'a> {
    /// Something is wrong with what comes next.
    fn error(&self, reason: Reason) -> FilterError {
        self.error_at(self.rest, reason)
    }

    /// Something is wrong with what `rest` begins with.
    fn error_at(&self, rest: &str, reason: Reason) -> FilterError {
        let before = self.text.len().saturating_sub(rest.len());
        let at = self.text.get(..before).unwrap_or_default().chars().count() + 1;
        FilterError { at, reason }
    }

    /// The next character that is no space.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches(' ');
        self.rest.chars().next()
    }

    /// Whether `sign` comes next; then it is passed.
    fn passes(&mut self, sign: char) -> bool {
        let comes = self.peek() == Some(sign);
        if comes {
            self.rest = self.rest.get(sign.len_utf8()..).unwrap_or_default();
        }
        comes
    }

    fn expect(&mut self, sign: char, name: &'static str) -> Read<()> {
        if self.passes(sign) { Ok(()) } else { Err(self.error(Reason::Expected(name))) }
    }

    /// A run of characters that stand as they are.
    fn bare(&mut self) -> Read<&'a str> {
        self.peek();
        let end = self.rest.find(|c| !is_bare(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or(("", self.rest));
        if word.is_empty() {
            return Err(self.error(Reason::Expected("a word")));
        }
        self.rest = rest;
        Ok(word)
    }

    /// A text, as it is or quoted.
    fn value(&mut self) -> Read<String> {
        if self.peek() != Some('\'') {
            return self.bare().map(str::to_owned);
        }
        let (mut value, mut rest) = (String::new(), self.rest.get(1..).unwrap_or_default());
        loop {
            let Some((part, after)) = rest.split_once('\'') else {
                return Err(self.error(Reason::Expected("a closing `'`")));
            };
            value.push_str(part);
            match after.strip_prefix('\'') {
                Some(more) => {
                    value.push('\'');
                    rest = more;
                }
                None => {
                    self.rest = after;
                    return Ok(value);
                }
            }
        }
    }

    /// A text that is a valid `T`.
    fn parsed<T: FromStr<Err: fmt::Display>>(&mut self) -> Read<T> {
        self.peek();
        let start = self.rest;
        let text = self.value()?;
        text.parse().map_err(|error: T::Err| {
            let why = error.to_string();
            self.error_at(start, Reason::Value(text.clone(), why))
        })
    }

    fn number(&mut self) -> Read<i64> {
        self.peek();
        let start = self.rest;
        let word = self.bare()?;
        let why = || Reason::Value(word.into(), "must be a whole number".into());
        word.parse().map_err(|_| self.error_at(start, why()))
    }

    fn filter(&mut self, depth: usize) -> Read<Filter> {
        self.peek();
        let start = self.rest;
        self.nodes += 1;
        if depth > MOST_DEPTH {
            return Err(self.error(Reason::TooDeep));
        }
        if self.nodes > MOST_NODES {
            return Err(self.error(Reason::TooMany));
        }
        let name = self.bare()?;
        self.expect('(', "`(`")?;
        let filter = match name {
            "all" => Filter::All(self.filters(depth)?),
            "any" => Filter::Any(self.filters(depth)?),
            "not" => Filter::Not(Box::new(self.filter(depth + 1)?)),
            "said" => Filter::Said(self.said()?),
            "id" => Filter::Id(self.parsed()?),
            "status" => Filter::Status(self.number()?),
            "medium" => Filter::Medium(self.parsed()?),
            "dataset" => Filter::Dataset(self.parsed()?),
            "metadata" => Filter::Metadata(self.metadata()?),
            "text" => {
                self.peek();
                let words = self.rest;
                let text = self.value()?;
                Filter::Text(text.parse().map_err(|error| self.error_at(words, Reason::Words(error)))?)
            }
            "near" => Filter::Near(self.circle()?),
            "within" => Filter::Within(self.area()?),
            "added" => Filter::Added(self.span()?),
            "changed" => Filter::Changed(self.span()?),
            other => return Err(self.error_at(start, Reason::Unknown(other.into(), FILTERS))),
        };
        self.expect(')', "`)`")?;
        Ok(filter)
    }

    fn filters(&mut self, depth: usize) -> Read<Vec<Filter>> {
        let mut filters = Vec::new();
        if self.peek() == Some(')') {
            return Ok(filters);
        }
        loop {
            filters.push(self.filter(depth + 1)?);
            if !self.passes(',') {
                return Ok(filters);
            }
        }
    }

    /// Each field up to the closing parenthesis, by its name, from where it begins.
    fn fields(&mut self, mut field: impl FnMut(&mut Self, &'a str) -> Read<Result<(), Reason>>) -> Read<()> {
        if self.peek() == Some(')') {
            return Ok(());
        }
        loop {
            self.peek();
            let start = self.rest;
            let name = self.bare()?;
            self.expect(':', "`:`")?;
            field(self, name)?.map_err(|reason| self.error_at(start, reason))?;
            if !self.passes(',') {
                return Ok(());
            }
        }
    }

    fn said(&mut self) -> Read<Said> {
        let mut said = Said::default();
        self.fields(|reader, name| {
            let is_said = match name {
                "concept" | "no-concept" => {
                    let named = Named { concept: reader.parsed()?, is_there: name == "concept" };
                    said.concept.replace(named).is_some()
                }
                "by" => said.author.replace(reader.parsed()?).is_some(),
                "status" => said.status.replace(reader.number()?).is_some(),
                "task" => said.task.replace(reader.parsed()?).is_some(),
                other => {
                    let fields = "concept, no-concept, by, status and task";
                    return Ok(Err(Reason::Unknown(other.into(), fields)));
                }
            };
            Ok(if is_said { Err(Reason::Twice(name.into())) } else { Ok(()) })
        })?;
        Ok(said)
    }

    fn span(&mut self) -> Read<Span> {
        let mut span = Span::default();
        self.fields(|reader, name| {
            let end = match name {
                "from" => &mut span.from,
                "until" => &mut span.until,
                other => return Ok(Err(Reason::Unknown(other.into(), "from and until"))),
            };
            let at = Timestamp::from_micros(reader.number()?);
            Ok(if end.replace(at).is_some() { Err(Reason::Twice(name.into())) } else { Ok(()) })
        })?;
        Ok(span)
    }

    /// A number with or without places behind the point.
    fn decimal(&mut self) -> Read<f64> {
        self.peek();
        let start = self.rest;
        let word = self.bare()?;
        let why = || Reason::Value(word.into(), "must be a number".into());
        word.parse().map_err(|_| self.error_at(start, why()))
    }

    fn circle(&mut self) -> Read<Circle> {
        self.peek();
        let start = self.rest;
        let (mut latitude, mut longitude, mut distance) = (None, None, None);
        self.fields(|reader, name| {
            let unit = Unit::ALL.into_iter().find(|unit| unit.name() == name);
            let is_said = match (name, unit) {
                ("latitude", _) => latitude.replace(reader.decimal()?).is_some(),
                ("longitude", _) => longitude.replace(reader.decimal()?).is_some(),
                (_, Some(unit)) => distance.replace((reader.decimal()?, unit)).is_some(),
                (other, None) => {
                    let fields = "latitude, longitude, km, miles, degrees and radians";
                    return Ok(Err(Reason::Unknown(other.into(), fields)));
                }
            };
            Ok(if is_said { Err(Reason::Twice(name.into())) } else { Ok(()) })
        })?;
        let (Some(latitude), Some(longitude), Some((distance, unit))) = (latitude, longitude, distance)
        else {
            return Err(self.error_at(start, Reason::Expected("latitude, longitude and a distance")));
        };
        let middle = self.place(start, latitude, longitude)?;
        let wrong =
            |error: crate::place::InvalidDistance| Reason::Value(unit.name().to_owned(), error.to_string());
        Circle::new(middle, distance, unit).map_err(|error| self.error_at(start, wrong(error)))
    }

    fn area(&mut self) -> Read<Area> {
        self.peek();
        let start = self.rest;
        let edges = ["south", "west", "north", "east"];
        let mut found = [None; 4];
        self.fields(|reader, name| {
            let edge = edges.iter().zip(&mut found).find(|(edge, _)| **edge == name);
            let Some((_, edge)) = edge else {
                return Ok(Err(Reason::Unknown(name.into(), "south, west, north and east")));
            };
            Ok(if edge.replace(reader.decimal()?).is_some() {
                Err(Reason::Twice(name.into()))
            } else {
                Ok(())
            })
        })?;
        let [Some(south), Some(west), Some(north), Some(east)] = found else {
            return Err(self.error_at(start, Reason::Expected("south, west, north and east")));
        };
        let (from, to) = (self.place(start, south, west)?, self.place(start, north, east)?);
        let wrong = |error: crate::place::InvalidArea| Reason::Value("within".to_owned(), error.to_string());
        Area::new(from, to).map_err(|error| self.error_at(start, wrong(error)))
    }

    /// A place whose numbers stand behind `start`.
    fn place(&self, start: &str, latitude: f64, longitude: f64) -> Read<Place> {
        let wrong = |error: crate::place::InvalidPlace| {
            Reason::Value(format!("{latitude}, {longitude}"), error.to_string())
        };
        Place::new(latitude, longitude).map_err(|error| self.error_at(start, wrong(error)))
    }

    fn metadata(&mut self) -> Read<MetadataTest> {
        self.peek();
        let start = self.rest;
        let mut keys = vec![self.value()?];
        while self.passes('/') {
            keys.push(self.value()?);
        }
        let path = Path::new(keys).map_err(|error| self.error_at(start, error.into()))?;
        let test = if self.passes(',') {
            let comparison = self.comparison()?;
            self.expect(',', "`,` and a value")?;
            Test::Compares(comparison, self.scalar()?)
        } else {
            Test::Exists
        };
        MetadataTest::new(path, test).map_err(|error| self.error_at(start, error.into()))
    }

    fn comparison(&mut self) -> Read<Comparison> {
        self.peek();
        let start = self.rest;
        let name = self.bare()?;
        let unknown = || Reason::Unknown(name.into(), "is, below, at-most, above and at-least");
        Comparison::ALL
            .into_iter()
            .find(|comparison| comparison.name() == name)
            .ok_or_else(|| self.error_at(start, unknown()))
    }

    fn scalar(&mut self) -> Read<Scalar> {
        if self.peek() == Some('\'') {
            return self.value().map(Scalar::Text);
        }
        let start = self.rest;
        Ok(match self.bare()? {
            "null" => Scalar::Null,
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            word => match word.parse() {
                Ok(number) => Scalar::Number(number),
                Err(_) => {
                    let expected = "null, true, false, a number, or a text between `'` and `'`";
                    return Err(self.error_at(start, Reason::Expected(expected)));
                }
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        text.parse::<Filter>().expect_err(text).to_string()
    }

    #[test]
    fn a_filter_is_written_in_one_way_and_read_in_several() {
        for (written, read) in [
            ("all()", " all ( ) "),
            ("said(concept:stop,by:bo,status:24150)", "said( status : 24150, by:'bo', concept:stop )"),
            (
                "any(not(said()),metadata(camera/'f stop',at-most,2.8))",
                "any( not(said( )), metadata('camera' / 'f stop', at-most, 2.80))",
            ),
            ("text('red sign')", "text('Red (sign)')"),
            ("id('it''s')", "id('it''s')"),
            ("metadata(weather,is,'35')", "metadata(weather,is,'35')"),
            ("added(from:-1,until:12)", "added(until:12,from:-1)"),
            ("near(latitude:52.52,longitude:-13.0,km:10.0)", "near(km: 10, latitude: 52.520, longitude:-13)"),
            (
                "within(south:-20.0,west:170.0,north:20.0,east:-170.0)",
                "within(north:20,east:-170,south:-20,west:170)",
            ),
        ] {
            let filter: Filter = read.parse().expect(read);
            assert_eq!(filter.to_string(), written);
            assert_eq!(written.parse(), Ok(filter));
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, expected) in [
            ("", "is wrong at character 1: expected a word"),
            ("all(id(a), id(b)", "is wrong at character 17: expected `)`"),
            ("all(id(ä), wer(b))", "is wrong at character 12: `wer` is none of all, any, not, said"),
            ("id(a)b", "is wrong at character 6: expected the end"),
            ("id('a)", "is wrong at character 4: expected a closing `'`"),
            ("id('a/b')", "is wrong at character 4: `a/b` is not valid: must not contain `/`"),
            ("medium(film)", "is wrong at character 8: `film` is not valid: `film` is neither"),
            ("status(x)", "is wrong at character 8: `x` is not valid: must be a whole number"),
            ("said(concept:a,no-concept:b)", "is wrong at character 16: `no-concept` is said already"),
            ("said(of:a)", "is wrong at character 6: `of` is none of concept"),
            ("added(from:1,from:2)", "is wrong at character 14: `from` is said already"),
            ("near(latitude:1,longitude:2)", "is wrong at character 6: expected latitude, longitude and a"),
            (
                "near(latitude:91,longitude:2,km:1)",
                "is wrong at character 6: `91, 2` is not valid: latitude must be between -90 and 90",
            ),
            ("near(latitude:1,longitude:2,km:-1)", "is wrong at character 6: `km` is not valid: must be a"),
            ("near(latitude:x)", "is wrong at character 15: `x` is not valid: must be a number"),
            ("near(km:1,miles:1)", "is wrong at character 11: `miles` is said already"),
            ("within(south:1,west:1,north:0,east:1)", "is wrong at character 8: `within` is not valid: the"),
            ("within(up:1)", "is wrong at character 8: `up` is none of south"),
            ("metadata(a,like,1)", "is wrong at character 12: `like` is none of is, below"),
            ("metadata(a,is,rain)", "is wrong at character 15: expected null, true"),
            ("metadata(a,below,true)", "is wrong at character 10: only numbers and texts"),
            ("text('…')", "is wrong at character 6: there is no word"),
        ] {
            let told = wrong(text);
            assert!(told.starts_with(expected), "{text}: {told}");
        }
        let deep = format!("{}said(){}", "not(".repeat(MOST_DEPTH), ")".repeat(MOST_DEPTH));
        assert!(wrong(&deep).contains("levels deep"), "{}", wrong(&deep));
        let wide = format!("all({})", vec!["said()"; MOST_NODES].join(","));
        assert!(wrong(&wide).contains("at most 64 parts"), "{}", wrong(&wide));
    }
}
