//! What was said of inputs as a whole.

use atelier_domain::{Label, Permit};
use serde_json::{Value, json};

use super::concepts::texts;
use crate::db::{Conn, Sql, params, row};
use crate::{Error, Result};

/// What one annotation says of the whole of an input.
#[derive(Clone, Debug, PartialEq)]
pub struct SaidRow {
    /// Of which input.
    pub input_slug: String,
    /// Which concepts are there, or are not.
    pub concepts: Vec<Label>,
}

/// What is said of the inputs `slugs` of the permit's app as a whole, by the annotations that stand as `status`: what
/// changed last comes last.
///
/// # Errors
/// When the database fails.
pub async fn of_inputs(
    conn: &mut Conn,
    permit: &Permit,
    slugs: &[&str],
    status: i64,
) -> Result<Vec<SaidRow>> {
    row! {
        struct Said {
            input_slug: String,
            concepts: Value,
        }
    }
    macro_rules! said {
        ($dialect:ident $length:literal) => {
            concat!(
                // The outlines of regions can be long, and are of no use here.
                "SELECT i.slug AS input_slug, a.data -> 'concepts' AS concepts \
                 FROM inputs i JOIN annotations a ON a.input_id = i.id \
                 WHERE i.app_id = $1 AND a.status = $3 AND ",
                $length,
                "(a.data -> 'concepts') > 0 AND i.slug IN ",
                texts!($dialect "$2"),
                " ORDER BY a.changed_at, a.id"
            )
        };
    }
    let sql = Sql::differing(said!(sqlite "json_array_length"), said!(postgres "jsonb_array_length"));
    let rows: Vec<Said> = conn.fetch_all(sql, params![permit.app(), &json!(slugs), status]).await?;
    let read = |row: Said| match serde_json::from_value(row.concepts) {
        Ok(concepts) => Ok(SaidRow { input_slug: row.input_slug, concepts }),
        Err(error) => Err(Error::Corrupt { column: "data", reason: error.to_string() }),
    };
    rows.into_iter().map(read).collect()
}
