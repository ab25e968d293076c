//! What was said of inputs as a whole.

use atelier_domain::{Label, Permit};
use serde_json::json;

use super::concepts::one_of;
use super::dataset_inputs::{InDatasets, in_datasets};
use super::reach::{assigned, reached};
use crate::Result;
use crate::db::{Column, Conn, Row, Sql, params, row};

/// What each annotation says of the whole of an input: which concepts are there, or are not. What changed last comes
/// last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said(pub Vec<Vec<Label>>);

impl Column for Said {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        Ok(Self(row.json(column)?.unwrap_or_default()))
    }
}

/// The column of what is said of the input `i` as a whole by the annotations that stand as `$status`. The outlines of
/// regions, which can be long, are of no use there.
macro_rules! said {
    (sqlite $status:literal) => {
        said!("json_group_array", "json_array_length", $status)
    };
    (postgres $status:literal) => {
        said!("jsonb_agg", "jsonb_array_length", $status)
    };
    ($gather:literal, $length:literal, $status:literal) => {
        concat!(
            "(SELECT ",
            $gather,
            "(a.data -> 'concepts' ORDER BY a.changed_at, a.id) FROM annotations a \
             WHERE a.input_id = i.id AND a.status = ",
            $status,
            " AND ",
            $length,
            "(a.data -> 'concepts') > 0) AS said"
        )
    };
}
pub(super) use said;

row! {
    /// What is said of one input, and in which datasets it is.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SaidRow {
        /// Of which input.
        pub slug: String,
        /// What is said of it.
        pub said: Said,
        /// The datasets.
        pub datasets: InDatasets,
    }
}

/// What is said of the inputs `slugs` of the permit's app as a whole, by the annotations that stand as `status`, and in
/// which datasets they are.
///
/// # Errors
/// When the database fails.
pub async fn of_inputs(
    conn: &mut Conn,
    permit: &Permit,
    slugs: &[&str],
    status: i64,
) -> Result<Vec<SaidRow>> {
    macro_rules! of_inputs {
        ($dialect:ident) => {
            concat!(
                "SELECT i.slug, ",
                said!($dialect "$3"),
                ", ",
                in_datasets!($dialect),
                " FROM inputs i WHERE i.app_id = $1 AND ",
                one_of!($dialect "i.slug" "$2"),
                " AND ",
                reached!("i.id" "$4")
            )
        };
    }
    let sql = Sql::differing(of_inputs!(sqlite), of_inputs!(postgres));
    conn.fetch_all(sql, params![permit.app(), &json!(slugs), status, permit.assigned_to()]).await
}
