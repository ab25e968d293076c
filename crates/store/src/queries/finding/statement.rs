//! The statement that finds: where it begins, and in which order it goes on.
//!
//! What is wanted are a few of many, the newest or the oldest. So a statement begins with rows that an index has in that
//! order, and looks at no more of them than it takes to have enough: at the inputs of a concept, of a dataset, of an
//! author, or else at all inputs. Neither database finds this by itself. Only words have no order: of those of a text, all
//! that have them are looked at.

use atelier_domain::Permit;
use atelier_domain::filter::{Filter, Said, Subject};
use uuid::Uuid;

use super::super::reach::assigned;
use super::Search;
use super::condition::is_of_input;
use crate::Backend;
use crate::db::Param;

/// A statement, and what is bound to it. The app is always `$1`.
pub(super) struct Statement {
    pub(super) backend: Backend,
    pub(super) sql: String,
    pub(super) params: Vec<Param<'static>>,
}

/// Where a statement begins: its tables, what holds of their rows, and the column of the order.
struct Beginning {
    from: String,
    conditions: Vec<String>,
    column: &'static str,
    /// Whether it may come upon an input several times.
    repeats: bool,
}

impl Statement {
    /// The statement that answers `size` identifiers after the first `skip`.
    pub(super) fn finding(
        backend: Backend,
        permit: &Permit,
        subject: Subject,
        search: &Search<'_>,
        skip: usize,
        size: usize,
    ) -> Self {
        let mut statement = Self { backend, sql: String::new(), params: vec![permit.app().into()] };
        let (sign, order, first) =
            if search.oldest_first { (">", "ASC", Uuid::nil()) } else { ("<", "DESC", Uuid::max()) };
        let mut parts = parts(search.filter);
        let Beginning { from, mut conditions, column, repeats } = match subject {
            Subject::Inputs => statement.of_inputs(&mut parts),
            Subject::Annotations => statement.of_annotations(&mut parts),
        };
        let after = statement.bind(search.after.unwrap_or(first));
        conditions.push(format!("{column} {sign} {after}"));
        if let Some(person) = permit.assigned_to() {
            let person = statement.bind(person);
            let input = match subject {
                Subject::Inputs => column,
                Subject::Annotations => "a.input_id",
            };
            let assigned = format!(assigned!("{person}"), person = person);
            conditions.push(format!("{input} IN ({assigned})"));
        }
        for part in parts {
            let condition = statement.condition(part, subject);
            conditions.push(format!("({condition})"));
        }
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let (limit, offset) = (statement.bind(whole(size)), statement.bind(whole(skip)));
        let group = if repeats { format!(" GROUP BY {column}") } else { String::new() };
        statement.sql = format!(
            "SELECT {column} AS id FROM {from} WHERE {}{group} ORDER BY {column} {order} LIMIT {limit} OFFSET {offset}",
            conditions.join(" AND ")
        );
        statement
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
                    repeats: false,
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
                repeats: false,
            },
            _ => {
                let conditions = vec!["i.app_id = $1".into()];
                return Beginning { from: "inputs i".into(), conditions, column: "i.id", repeats: false };
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
                repeats: true,
            };
        };
        let mut conditions = vec!["c.app_id = $1".to_owned(), self.named(named)];
        let mut from = "annotation_concepts c".to_owned();
        if !of_annotation.is_empty() {
            from.push_str(" CROSS JOIN annotations a");
            conditions.push("a.id = c.annotation_id".into());
            conditions.extend(of_annotation);
        }
        Beginning { from, conditions, column: "c.input_id", repeats: true }
    }

    /// Begins with the annotations of a concept, if the filter asks for one, else with all of them.
    fn of_annotations(&mut self, parts: &mut Vec<&Filter>) -> Beginning {
        let names = |part: &&Filter| matches!(part, Filter::Said(said) if said.concept.is_some());
        let chosen = parts.iter().position(names).map(|place| parts.remove(place));
        let mut beginning = Beginning {
            from: "annotations a".into(),
            conditions: vec!["a.app_id = $1".into()],
            column: "a.id",
            repeats: false,
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
