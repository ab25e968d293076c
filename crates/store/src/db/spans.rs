//! Spans: what whoever follows a request sees of what it asks the database.
//!
//! They tell of nobody: statements bind what they are about, so that their texts are those of the source.

use std::fmt::{self, Display, Formatter};

use tracing::{Span, debug_span};

use super::Backend;

/// The span of the statement `text`.
pub(super) fn statement(backend: Backend, text: &str) -> Span {
    debug_span!(
        "statement",
        otel.name = %Summary(text),
        otel.kind = "client",
        db.system.name = system(backend),
        db.query.text = text,
    )
}

/// The span of a transaction's beginning or end, called `name`: of waiting for a connection, for the writer or the disk.
pub(super) fn transaction(backend: Backend, name: &'static str) -> Span {
    debug_span!("transaction", otel.name = name, otel.kind = "client", db.system.name = system(backend))
}

/// What OpenTelemetry calls the database.
fn system(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgresql",
    }
}

/// A statement, as short as it can be told from most others: what it does, and the table that it names first.
struct Summary<'a>(&'a str);

impl Display for Summary<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let words = || self.0.split_whitespace();
        f.write_str(words().next().unwrap_or("nothing"))?;
        let leads_to_table = |word: &str| ["FROM", "INTO", "UPDATE", "JOIN"].contains(&word);
        // Between keywords, which are in capitals, only names are not.
        let is_name = |word: &str| word.starts_with(|c: char| c.is_ascii_lowercase());
        let named = words().zip(words().skip(1)).find(|(word, next)| leads_to_table(word) && is_name(next));
        if let Some((_, table)) = named {
            let end = table.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(table.len());
            write!(f, " {}", &table[..end])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_called_by_what_it_does_and_to_which_table() {
        for (text, name) in [
            ("SELECT slug FROM apps WHERE id = $1", "SELECT apps"),
            ("INSERT INTO users(id, slug) VALUES ($1, $2)", "INSERT users"),
            ("UPDATE grants SET ended_at = $2 WHERE id = $1", "UPDATE grants"),
            ("DELETE FROM keys;", "DELETE keys"),
            ("WITH RECURSIVE below AS (SELECT id FROM grants) SELECT 1", "WITH grants"),
            ("SELECT count(*) FROM (SELECT 1 FROM inputs) AS all_of_them", "SELECT inputs"),
            ("SELECT 1", "SELECT"),
            ("", "nothing"),
        ] {
            assert_eq!(Summary(text).to_string(), name, "{text}");
        }
    }

    #[test]
    fn where_nobody_follows_there_is_no_span() {
        tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
            assert!(statement(Backend::Sqlite, "SELECT 1").is_disabled());
        });
    }
}
