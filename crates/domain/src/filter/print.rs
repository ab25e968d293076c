//! The text of a filter, which [`super::read`] reads.

use std::fmt::{self, Display, Formatter};

use super::{Comparison, Filter, MetadataTest, Said, Scalar, Span, Test};
use crate::place::{Area, Circle};

/// Whether a text can stand in a filter as it is. Signs that addresses give a meaning of their own are not among these.
pub(super) fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~')
}

/// A text in a filter: as it is, or between single quotation marks, of which each that is in it is said twice.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.0.is_empty() && self.0.chars().all(is_bare) {
            f.write_str(self.0)
        } else {
            write!(f, "'{}'", self.0.replace('\'', "''"))
        }
    }
}

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(filters) => joined(f, "all", filters),
            Self::Any(filters) => joined(f, "any", filters),
            Self::Not(filter) => write!(f, "not({filter})"),
            Self::Said(said) => write!(f, "said({said})"),
            Self::Id(id) => write!(f, "id({})", Quoted(id.as_str())),
            Self::Status(status) => write!(f, "status({status})"),
            Self::Medium(medium) => write!(f, "medium({medium})"),
            Self::Dataset(dataset) => write!(f, "dataset({})", Quoted(dataset.as_str())),
            Self::Metadata(test) => write!(f, "metadata({test})"),
            Self::Text(words) => write!(f, "text({})", Quoted(&words.to_string())),
            Self::Near(circle) => write!(f, "near({circle})"),
            Self::Within(area) => write!(f, "within({area})"),
            Self::Added(span) => write!(f, "added({span})"),
            Self::Changed(span) => write!(f, "changed({span})"),
        }
    }
}

fn joined(f: &mut Formatter<'_>, name: &str, filters: &[Filter]) -> fmt::Result {
    write!(f, "{name}(")?;
    separated(f, filters, ",")?;
    f.write_str(")")
}

fn separated(f: &mut Formatter<'_>, parts: &[impl Display], by: &str) -> fmt::Result {
    let mut before = "";
    for part in parts {
        write!(f, "{before}{part}")?;
        before = by;
    }
    Ok(())
}

impl Display for Said {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(named) = &self.concept {
            let name = if named.is_there { "concept" } else { "no-concept" };
            parts.push(format!("{name}:{}", Quoted(named.concept.as_str())));
        }
        if let Some(author) = &self.author {
            parts.push(format!("by:{}", Quoted(author.as_str())));
        }
        if let Some(status) = self.status {
            parts.push(format!("status:{status}"));
        }
        if let Some(task) = &self.task {
            parts.push(format!("task:{}", Quoted(task.as_str())));
        }
        separated(f, &parts, ",")
    }
}

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let part = |name, at: Option<crate::Timestamp>| at.map(|at| format!("{name}:{}", at.micros()));
        let parts: Vec<String> =
            [part("from", self.from), part("until", self.until)].into_iter().flatten().collect();
        separated(f, &parts, ",")
    }
}

impl Display for Circle {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (middle, unit) = (self.middle(), self.unit().name());
        let (latitude, longitude) = (middle.latitude(), middle.longitude());
        // As short as they read back.
        write!(f, "latitude:{latitude:?},longitude:{longitude:?},{unit}:{:?}", self.distance())
    }
}

impl Display for Area {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.south_west(), self.north_east());
        let (south, west) = (from.latitude(), from.longitude());
        let (north, east) = (to.latitude(), to.longitude());
        write!(f, "south:{south:?},west:{west:?},north:{north:?},east:{east:?}")
    }
}

impl Display for MetadataTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let keys: Vec<Quoted<'_>> = self.path().keys().iter().map(|key| Quoted(key)).collect();
        separated(f, &keys, "/")?;
        match self.test() {
            Test::Exists => Ok(()),
            Test::Compares(comparison, scalar) => write!(f, ",{comparison},{scalar}"),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Display for Scalar {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            // As short as it reads back, which for a very large number is with its exponent.
            Self::Number(number) => write!(f, "{number:?}"),
            // Texts are always quoted, or "35" would be the number.
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
        }
    }
}
