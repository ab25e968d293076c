//! The statement that finds: where it begins, and in which order it goes on.
//!
//! What is wanted are a few of many, the newest or the oldest. So a statement begins with rows that an index has in that
//! order, and looks at no more of them than it takes to have enough: at the inputs of a concept, of a dataset, of an
//! author, or else at all inputs. Neither database finds this by itself. SQLite keeps the words of texts in the order of the
//! inputs as well; PostgreSQL's index of them has none, and it weighs by itself whether to begin there.

use atelier_domain::Permit;
use atelier_domain::filter::{Filter, Said, Subject};
use serde_json::Value;
use uuid::Uuid;

use super::super::inputs::one_of_ids;
use super::super::reach::assigned;
use super::Search;
use super::condition::is_of_input;
use crate::Backend;
use crate::db::Param;

/// A statement, and what is bound to it. The app is always `$1`.
pub(super) struct Statement<'a> {
    pub(super) backend: Backend,
    pub(super) sql: String,
    pub(super) params: Vec<Param<'a>>,
    /// Whether it looks at few inputs, each of which it knows.
    pub(super) is_of_few: bool,
}

/// Where a statement begins: its tables, what holds of their rows, and the column of the identifiers.
struct Beginning {
    from: String,
    conditions: Vec<String>,
    column: &'static str,
    order: Order,
}

/// In which order identifiers come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// In their own.
    Own,
    /// In their own, some of them several times.
    Repeated,
    /// In that of the numbers under which SQLite keeps words: see [`place_of_words`].
    Places,
}

impl<'a> Statement<'a> {
    /// The statement that answers `size` identifiers after the first `skip`.
    pub(super) fn finding(
        backend: Backend,
        permit: &Permit,
        subject: Subject,
        search: &Search<'_>,
        skip: usize,
        size: usize,
    ) -> Self {
        let params = vec![permit.app().into()];
        let mut statement = Self { backend, sql: String::new(), params, is_of_few: false };
        let (sign, direction, first) =
            if search.oldest_first { (">", "ASC", Uuid::nil()) } else { ("<", "DESC", Uuid::max()) };
        let mut parts = parts(search.filter);
        let Beginning { from, mut conditions, column, order } = match subject {
            Subject::Inputs => statement.of_inputs(&mut parts),
            Subject::Annotations => statement.of_annotations(&mut parts),
        };
        let ordered = match order {
            Order::Own | Order::Repeated => {
                let after = statement.bind(search.after.unwrap_or(first));
                conditions.push(format!("{column} {sign} {after}"));
                column
            }
            Order::Places => {
                if let Some(after) = search.after {
                    // It may have been deleted meanwhile.
                    let (place, after) = (statement.bind(place_of_words(after)), statement.bind(after));
                    conditions.push(format!(
                        "w.rowid {sign} COALESCE((SELECT l.place FROM input_words_places l WHERE l.input_id = {after}), {place})"
                    ));
                }
                "w.rowid"
            }
        };
        let input = match subject {
            Subject::Inputs => column,
            Subject::Annotations => "a.input_id",
        };
        conditions.extend(statement.reached(permit, input));
        for part in parts {
            let condition = statement.condition(part, subject);
            conditions.push(format!("({condition})"));
        }
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let (limit, offset) = (statement.bind(whole(size)), statement.bind(whole(skip)));
        let group = if order == Order::Repeated { format!(" GROUP BY {column}") } else { String::new() };
        statement.sql = format!(
            "SELECT {column} AS id FROM {from} WHERE {}{group} ORDER BY {ordered} {direction} LIMIT {limit} OFFSET {offset}",
            conditions.join(" AND ")
        );
        statement
    }

    /// The statement that answers, in no order, those of the inputs with the identifiers `ids` that the filter lets through.
    pub(super) fn among(backend: Backend, permit: &Permit, filter: &Filter, ids: &'a Value) -> Self {
        let one_of = match backend {
            Backend::Sqlite => one_of_ids!(sqlite "i.id"),
            Backend::Postgres => one_of_ids!(postgres "i.id"),
        };
        let params = vec![permit.app().into(), ids.into()];
        let mut statement = Self { backend, sql: String::new(), params, is_of_few: true };
        let mut conditions = vec!["i.app_id = $1".to_owned(), one_of.to_owned()];
        conditions.extend(statement.reached(permit, "i.id"));
        for part in parts(filter) {
            let condition = statement.condition(part, Subject::Inputs);
            conditions.push(format!("({condition})"));
        }
        statement.sql = format!("SELECT i.id FROM inputs i WHERE {}", conditions.join(" AND "));
        statement
    }

    /// That the input `$input` is reached by the permit's holder, if that is not any.
    fn reached(&mut self, permit: &Permit, input: &str) -> Option<String> {
        let person = self.bind(permit.assigned_to()?);
        let assigned = format!(assigned!("{person}"), person = person);
        Some(match self.backend {
            Backend::Sqlite => format!("{input} IN ({assigned})"),
            // It would join what it takes for many, though most people have few.
            Backend::Postgres => format!("{input} = ANY (ARRAY({assigned}))"),
        })
    }

    /// Binds `param`, and answers how the statement refers to it.
    pub(super) fn bind(&mut self, param: impl Into<Param<'static>>) -> String {
        self.params.push(param.into());
        format!("${}", self.params.len())
    }

    /// Begins with the part of the filter by which the fewest inputs are likely to be looked at, and takes it out.
    fn of_inputs(&mut self, parts: &mut Vec<&Filter>) -> Beginning {
        let is_one = |part: &&Filter| matches!(part, Filter::Id(_));
        let place = if parts.iter().any(is_one) {
            None
        } else {
            let by_concept = |part: &&Filter| matches!(part, Filter::Said(said) if said.concept.is_some());
            let by_dataset = |part: &&Filter| matches!(part, Filter::Dataset(_));
            let by_author = |part: &&Filter| matches!(part, Filter::Said(said) if said.author.is_some());
            let place = |is: &dyn Fn(&&Filter) -> bool| parts.iter().position(is);
            let by_words =
                |part: &&Filter| matches!(part, Filter::Text(_)) && self.backend == Backend::Sqlite;
            place(&by_concept)
                .or_else(|| place(&by_dataset))
                .or_else(|| place(&by_words))
                .or_else(|| place(&by_author))
        };
        let chosen = place.map(|place| parts.remove(place));
        let mut beginning = match chosen {
            Some(Filter::Said(said)) => self.with_said(said),
            Some(Filter::Dataset(dataset)) => {
                let dataset = self.bind(dataset.to_string());
                Beginning {
                    from: "dataset_inputs m".into(),
                    conditions: vec![format!(
                        "m.dataset_id = (SELECT d.id FROM datasets d WHERE d.app_id = $1 AND d.slug = {dataset})"
                    )],
                    column: "m.input_id",
                    order: Order::Own,
                }
            }
            // PostgreSQL weighs by itself how many texts have the words.
            Some(Filter::Text(words)) => Beginning {
                from: "input_words w CROSS JOIN input_words_places p".into(),
                conditions: vec![
                    self.matched(&words.to_string()),
                    "p.place = w.rowid AND p.app_id = $1".into(),
                ],
                column: "p.input_id",
                order: Order::Places,
            },
            _ => {
                let conditions = vec!["i.app_id = $1".into()];
                return Beginning { from: "inputs i".into(), conditions, column: "i.id", order: Order::Own };
            }
        };
        if !parts.is_empty() {
            // SQLite begins with whatever stands left of a cross join.
            beginning.from.push_str(" CROSS JOIN inputs i");
            beginning.conditions.push(format!("i.id = {}", beginning.column));
        }
        beginning
    }

    /// Begins with what is said of inputs: by its concept if it has one, else by its author.
    fn with_said(&mut self, said: &Said) -> Beginning {
        let of_annotation = self.of_annotation(said);
        let Some(named) = &said.concept else {
            let mut conditions = vec!["a.app_id = $1".to_owned()];
            conditions.extend(of_annotation);
            return Beginning {
                from: "annotations a".into(),
                conditions,
                column: "a.input_id",
                order: Order::Repeated,
            };
        };
        let mut conditions = vec!["c.app_id = $1".to_owned(), self.named(named)];
        let mut from = "annotation_concepts c".to_owned();
        if !of_annotation.is_empty() {
            from.push_str(" CROSS JOIN annotations a");
            conditions.push("a.id = c.annotation_id".into());
            conditions.extend(of_annotation);
        }
        Beginning { from, conditions, column: "c.input_id", order: Order::Repeated }
    }

    /// Begins with the annotations of a concept, if the filter asks for one, else with all of them.
    fn of_annotations(&mut self, parts: &mut Vec<&Filter>) -> Beginning {
        let names = |part: &&Filter| matches!(part, Filter::Said(said) if said.concept.is_some());
        let chosen = parts.iter().position(names).map(|place| parts.remove(place));
        let mut beginning = Beginning {
            from: "annotations a".into(),
            conditions: vec!["a.app_id = $1".into()],
            column: "a.id",
            order: Order::Own,
        };
        if let Some(Filter::Said(said)) = chosen {
            beginning.from = "annotation_concepts c CROSS JOIN annotations a".into();
            beginning.conditions.push("c.app_id = $1 AND a.id = c.annotation_id".into());
            beginning.conditions.extend(said.concept.as_ref().map(|named| self.named(named)));
            beginning.conditions.extend(self.of_annotation(said));
        }
        if parts.iter().any(|part| part.has(&is_of_input)) {
            beginning.from.push_str(" CROSS JOIN inputs i");
            beginning.conditions.push("i.id = a.input_id".into());
        }
        beginning
    }
}

/// What all finds must have.
fn parts(filter: &Filter) -> Vec<&Filter> {
    match filter {
        Filter::All(filters) => filters.iter().flat_map(parts).collect(),
        other => vec![other],
    }
}

/// The number under which SQLite keeps the words of the input `id`, or above which it is the next that was free: see the
/// migration `0019_words`.
fn place_of_words(id: Uuid) -> i64 {
    const SINCE: i64 = 1_577_836_800_000;
    let [m0, m1, m2, m3, m4, m5, u0, u1, i0, i1, ..] = id.into_bytes();
    let millis = i64::from_be_bytes([0, 0, m0, m1, m2, m3, m4, m5]);
    let micros = i64::from(u16::from_be_bytes([u0 & 0x0f, u1]));
    let index = i64::from(u16::from_be_bytes([i0 & 0x3f, i1])).min(4_095);
    ((millis - SINCE) * 1_000 + micros).saturating_mul(4_096).saturating_add(index)
}
