//! Finding inputs and annotations by a filter.
//!
//! First come the identifiers of what is found, by a statement that is made for the filter; then what belongs to them, by
//! one that is not. Whatever a filter says is bound, so that statements are as many as filters have forms.

mod condition;
mod metadata;
mod statement;

use atelier_domain::Permit;
use atelier_domain::filter::{Filter, Subject};
use atelier_domain::id::{AnnotationId, InputId};
use uuid::Uuid;

use super::Page;
use super::annotations::{AnnotationRow, annotation};
use super::dataset_inputs::in_datasets;
use super::inputs::{InputSaidRow, digits, input, input_columns, one_of_ids};
use super::reach::{assigned, reached};
use super::said::said;
use crate::Result;
use crate::db::{Conn, FromRow as _, Sql, params, row};
use statement::Statement;

/// What is looked for, in which order, and from where on.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// What finds must have.
    pub filter: &'a Filter,
    /// Whether the oldest come first; else the newest do.
    pub oldest_first: bool,
    /// The last of those that are known already: only those behind it are wanted.
    pub after: Option<Uuid>,
}

row! {
    struct FoundRow {
        id: Uuid,
    }
}

row! {
    struct CountRow {
        count: i64,
    }
}

async fn find(
    conn: &mut Conn,
    permit: &Permit,
    subject: Subject,
    search: &Search<'_>,
    skip: usize,
    size: usize,
) -> Result<Page<Uuid>> {
    let statement = Statement::finding(conn.backend(), permit, subject, search, skip, size.saturating_add(1));
    let rows: Vec<FoundRow> = conn.fetch_made(statement.sql, &statement.params, FoundRow::from_row).await?;
    Ok(Page::cut(rows.into_iter().map(|row| row.id).collect(), size))
}

/// Which inputs of the permit's app `search` finds: `size` of them after the first `skip`.
///
/// # Errors
/// When the database fails.
pub async fn inputs(
    conn: &mut Conn,
    permit: &Permit,
    search: &Search<'_>,
    skip: usize,
    size: usize,
) -> Result<Page<InputId>> {
    Ok(find(conn, permit, Subject::Inputs, search, skip, size).await?.map(InputId))
}

/// Which of the inputs `ids` the permit's app has and `filter` lets through, in that order.
///
/// # Errors
/// When the database fails.
pub async fn among(
    conn: &mut Conn,
    permit: &Permit,
    filter: &Filter,
    ids: &[InputId],
) -> Result<Vec<InputId>> {
    let named = digits(ids.iter().map(|id| id.0));
    let statement = Statement::among(conn.backend(), permit, filter, &named);
    let rows: Vec<FoundRow> = conn.fetch_made(statement.sql, &statement.params, FoundRow::from_row).await?;
    let mut found: Vec<InputId> = rows.into_iter().map(|row| InputId(row.id)).collect();
    sort_as(&mut found, ids, |id| *id);
    Ok(found)
}

/// Which annotations of the permit's app `search` finds: `size` of them after the first `skip`.
///
/// # Errors
/// When the database fails.
pub async fn annotations(
    conn: &mut Conn,
    permit: &Permit,
    search: &Search<'_>,
    skip: usize,
    size: usize,
) -> Result<Page<AnnotationId>> {
    Ok(find(conn, permit, Subject::Annotations, search, skip, size).await?.map(AnnotationId))
}

/// How many of the permit's app `filter` lets through; those beyond the first `most` are not counted.
///
/// # Errors
/// When the database fails.
pub async fn count(
    conn: &mut Conn,
    permit: &Permit,
    subject: Subject,
    filter: &Filter,
    most: usize,
) -> Result<usize> {
    let search = Search { filter, oldest_first: false, after: None };
    let statement = Statement::finding(conn.backend(), permit, subject, &search, 0, most);
    let sql = format!("SELECT COUNT(*) AS count FROM ({}) found", statement.sql);
    let rows: Vec<CountRow> = conn.fetch_made(sql, &statement.params, CountRow::from_row).await?;
    Ok(rows.first().map_or(0, |row| usize::try_from(row.count).unwrap_or_default()))
}

/// Those of the inputs `ids` that the permit's app has, in that order, with what is said of them by the annotations that
/// stand as `status`, and in which datasets they are.
///
/// # Errors
/// When the database fails.
pub async fn input_rows(
    conn: &mut Conn,
    permit: &Permit,
    ids: &[InputId],
    status: i64,
) -> Result<Vec<InputSaidRow>> {
    macro_rules! by_ids {
        ($dialect:ident) => {
            input!("$4"; ", ", said!($dialect "$3"), ", ", in_datasets!($dialect); " AND ", one_of_ids!($dialect "i.id"))
        };
    }
    let sql = Sql::differing(by_ids!(sqlite), by_ids!(postgres));
    let named = digits(ids.iter().map(|id| id.0));
    let params = params![permit.app(), &named, status, permit.assigned_to()];
    let mut rows: Vec<InputSaidRow> = conn.fetch_all(sql, params).await?;
    sort_as(&mut rows, ids, |row| row.input.id);
    Ok(rows)
}

/// Those of the annotations `ids` that the permit's app has, in that order.
///
/// # Errors
/// When the database fails.
pub async fn annotation_rows(
    conn: &mut Conn,
    permit: &Permit,
    ids: &[AnnotationId],
) -> Result<Vec<AnnotationRow>> {
    let sql = Sql::differing(
        annotation!("$3"; " AND ", one_of_ids!(sqlite "a.id")),
        annotation!("$3"; " AND ", one_of_ids!(postgres "a.id")),
    );
    let named = digits(ids.iter().map(|id| id.0));
    let mut rows: Vec<AnnotationRow> =
        conn.fetch_all(sql, params![permit.app(), &named, permit.assigned_to()]).await?;
    sort_as(&mut rows, ids, |row| row.id);
    Ok(rows)
}

fn sort_as<R, I: Copy + Ord>(rows: &mut [R], order: &[I], id: impl Fn(&R) -> I) {
    let places: std::collections::BTreeMap<I, usize> =
        order.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    rows.sort_by_key(|row| places.get(&id(row)).copied());
}
