//! What a filter asks, as a condition of SQL.
//!
//! INVARIANT: a condition is true or false and never unknown, so that its opposite is the other half. What may be null is
//! asked for within `EXISTS`, or beside whether it is.

use atelier_domain::filter::{Filter, Named, Said, Span, Subject};
use atelier_domain::place::{Area, Circle};

use super::statement::Statement;
use crate::Backend;

/// Whether a filter asks something of the row of an input.
pub(super) fn is_of_input(filter: &Filter) -> bool {
    match filter {
        Filter::Id(_)
        | Filter::Status(_)
        | Filter::Medium(_)
        | Filter::Dataset(_)
        | Filter::Metadata(_)
        | Filter::Text(_)
        | Filter::Near(_)
        | Filter::Within(_) => true,
        Filter::All(_)
        | Filter::Any(_)
        | Filter::Not(_)
        | Filter::Said(_)
        | Filter::Added(_)
        | Filter::Changed(_) => false,
    }
}

impl Statement<'_> {
    /// That the filter lets through what is subject at: the row `i` of an input or, if annotations are searched, `a` of an
    /// annotation and `i` of its input.
    pub(super) fn condition(&mut self, filter: &Filter, subject: Subject) -> String {
        let row = match subject {
            Subject::Inputs => "i",
            Subject::Annotations => "a",
        };
        match filter {
            Filter::All(filters) => self.joined(filters, subject, " AND ", "TRUE"),
            Filter::Any(filters) => self.joined(filters, subject, " OR ", "FALSE"),
            Filter::Not(filter) => format!("NOT ({})", self.condition(filter, subject)),
            Filter::Said(said) => self.is_said(said, subject),
            Filter::Id(id) => {
                let id = self.bind(id.to_string());
                format!("i.app_id = $1 AND i.slug = {id}")
            }
            Filter::Status(status) => format!("i.status = {}", self.bind(*status)),
            Filter::Medium(medium) => format!("i.kind = {}", self.bind(medium.name().to_owned())),
            Filter::Dataset(dataset) => {
                let dataset = self.bind(dataset.to_string());
                self.exists(&format!(
                    "dataset_inputs m WHERE m.input_id = i.id AND m.dataset_id = \
                     (SELECT d.id FROM datasets d WHERE d.app_id = $1 AND d.slug = {dataset})"
                ))
            }
            Filter::Metadata(test) => self.metadata(test),
            Filter::Text(words) => self.words(&words.to_string()),
            Filter::Near(circle) => self.near(*circle),
            Filter::Within(area) => self.within(*area),
            Filter::Added(span) => self.span(&format!("{row}.created_at"), *span),
            Filter::Changed(span) => self.span(&format!("{row}.changed_at"), *span),
        }
    }

    fn joined(&mut self, filters: &[Filter], subject: Subject, by: &str, none: &str) -> String {
        let parts: Vec<String> =
            filters.iter().map(|filter| format!("({})", self.condition(filter, subject))).collect();
        if parts.is_empty() { none.into() } else { parts.join(by) }
    }

    /// That the annotation that is looked at is so, or one of the input that is.
    fn is_said(&mut self, said: &Said, subject: Subject) -> String {
        let named = said.concept.as_ref().map(|named| self.named(named));
        let of_annotation = self.of_annotation(said);
        if subject == Subject::Annotations {
            let named = named.map(|named| {
                format!(
                    "EXISTS (SELECT 1 FROM annotation_concepts c WHERE c.annotation_id = a.id AND {named})"
                )
            });
            // Nobody may have that name, and few annotations are said within a task.
            let known = of_annotation.into_iter().map(|condition| format!("({condition}) IS TRUE"));
            let conditions: Vec<String> = named.into_iter().chain(known).collect();
            return if conditions.is_empty() { "TRUE".into() } else { conditions.join(" AND ") };
        }
        let (from, found_by) = match (&named, of_annotation.is_empty()) {
            (None, _) => ("annotations a", "a.input_id = i.id"),
            (Some(_), true) => ("annotation_concepts c", "c.app_id = $1 AND c.input_id = i.id"),
            (Some(_), false) => (
                "annotation_concepts c JOIN annotations a ON a.id = c.annotation_id",
                "c.app_id = $1 AND c.input_id = i.id",
            ),
        };
        let conditions: Vec<String> =
            [found_by.to_owned()].into_iter().chain(named).chain(of_annotation).collect();
        self.exists(&format!("{from} WHERE {}", conditions.join(" AND ")))
    }

    /// That there is a row `from` there.
    ///
    /// SQLite 3.51 may make a join of such a question, and then counts for an `OFFSET` each row that it joins: what is
    /// asked whether it is true stays a question.
    pub(super) fn exists(&self, from: &str) -> String {
        let question = format!("EXISTS (SELECT 1 FROM {from})");
        match self.backend {
            Backend::Sqlite => format!("({question}) IS TRUE"),
            Backend::Postgres => question,
        }
    }

    /// What holds of the row `a` of an annotation, other than that it names a concept. Of some rows it is unknown.
    pub(super) fn of_annotation(&mut self, said: &Said) -> Vec<String> {
        let mut conditions = Vec::new();
        if let Some(author) = &said.author {
            let author = self.bind(author.to_string());
            // SQLite keeps the order of an index for a single one, and not for a list of them.
            conditions.push(format!(
                "a.user_id = (SELECT u.id FROM users u WHERE lower(u.slug) = lower({author}))"
            ));
        }
        if let Some(status) = said.status {
            conditions.push(format!("a.status = {}", self.bind(status)));
        }
        if let Some(task) = &said.task {
            let task = self.bind(task.to_string());
            conditions.push(format!(
                "a.task_id = (SELECT t.id FROM tasks t WHERE t.app_id = $1 AND t.slug = {task})"
            ));
        }
        conditions
    }

    /// That the row `c` of a concept that an annotation names is this one, and says the same of it.
    pub(super) fn named(&mut self, named: &Named) -> String {
        let concept = self.bind(named.concept.to_string());
        let sign = if named.is_there { ">" } else { "=" };
        format!("c.concept = {concept} AND c.value {sign} 0")
    }

    fn span(&mut self, column: &str, span: Span) -> String {
        let from = span.from.map(|from| format!("{column} >= {}", self.bind(from)));
        let until = span.until.map(|until| format!("{column} < {}", self.bind(until)));
        let ends: Vec<String> = from.into_iter().chain(until).collect();
        if ends.is_empty() { "TRUE".into() } else { ends.join(" AND ") }
    }

    /// That the input's place is within a circle: first by its latitude, of which there is an index.
    fn near(&mut self, circle: Circle) -> String {
        let (lowest, highest) = circle.latitudes();
        let (lowest, highest) = (self.bind(lowest), self.bind(highest));
        let [x, y, z] = circle.middle().direction().map(|share| self.bind(share));
        let most = self.bind(circle.chord_squared());
        format!(
            "(i.latitude IS NOT NULL AND i.latitude >= {lowest} AND i.latitude <= {highest} \
             AND (i.place_x - {x}) * (i.place_x - {x}) + (i.place_y - {y}) * (i.place_y - {y}) \
             + (i.place_z - {z}) * (i.place_z - {z}) <= {most})"
        )
    }

    /// That the input's place is within an area.
    fn within(&mut self, area: Area) -> String {
        let (from, to) = (area.south_west(), area.north_east());
        let (south, north) = (self.bind(from.latitude()), self.bind(to.latitude()));
        let (west, east) = (self.bind(from.longitude()), self.bind(to.longitude()));
        let by = if area.is_across() { "OR" } else { "AND" };
        format!(
            "(i.latitude IS NOT NULL AND i.latitude >= {south} AND i.latitude <= {north} \
             AND (i.longitude >= {west} {by} i.longitude <= {east}))"
        )
    }

    /// That all of the words, which have only spaces between them, are in the input's text.
    fn words(&mut self, words: &str) -> String {
        match self.backend {
            // All that has the words would be gone through for those few.
            Backend::Sqlite if self.is_of_few => {
                let matched = self.matched(words);
                format!(
                    "EXISTS (SELECT 1 FROM input_words_places p CROSS JOIN input_words w \
                     WHERE p.input_id = i.id AND w.rowid = p.place AND {matched})"
                )
            }
            Backend::Sqlite => {
                let matched = self.matched(words);
                format!(
                    "i.id IN (SELECT p.input_id FROM input_words w JOIN input_words_places p \
                     ON p.place = w.rowid WHERE {matched} AND p.app_id = $1)"
                )
            }
            Backend::Postgres => {
                let words = self.bind(words.to_owned());
                format!("(i.words IS NOT NULL AND i.words @@ plainto_tsquery('simple', {words}))")
            }
        }
    }

    /// That SQLite's row `w` of the words of a text has all of the words.
    pub(super) fn matched(&mut self, words: &str) -> String {
        // Each between quotation marks, or some would be the names of operators.
        let quoted: Vec<String> = words.split(' ').map(|word| format!("\"{word}\"")).collect();
        format!("w.input_words MATCH {}", self.bind(quoted.join(" ")))
    }
}
