//! Which inputs tasks hold: assignments of them are added to a task, and taken out with what nobody has begun with.

use std::collections::BTreeSet;

use atelier_domain::id::{InputId, TaskId};
use atelier_domain::{Permit, Timestamp};
use serde_json::{Value, json};

use super::concepts::one_of;
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

/// How many are added by one statement.
const AT_ONCE: usize = 1_000;

/// An assignment that is to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewAssignment {
    /// The place of its input, from 0.
    pub position: usize,
    /// Which of its labellers, from 0.
    pub place: usize,
    /// Its input.
    pub input: InputId,
    /// The turn of the labeller whose it is; nobody's, if it is to lie in the pool.
    pub turn: Option<usize>,
}

/// Adds assignments to a task of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    task: TaskId,
    assignments: &[NewAssignment],
    now: Timestamp,
) -> Result<()> {
    macro_rules! insert {
        ($input:literal, $listed:literal) => {
            concat!(
                "INSERT INTO assignments (app_id, task_id, position, place, input_id, worker_id, pooled, state, round, \
                 changed_at) \
                 SELECT $1, $2, CAST(n.value ->> 0 AS BIGINT), CAST(n.value ->> 1 AS BIGINT), ",
                $input,
                ", p.user_id, FALSE, 'pending', 0, $4 FROM ",
                $listed,
                " LEFT JOIN task_people p ON p.task_id = $2 AND p.labels = TRUE \
                 AND p.turn = CAST(n.value ->> 3 AS BIGINT)"
            )
        };
    }
    let sql = Sql::differing(
        insert!("unhex(n.value ->> 2)", "json_each($3) AS n"),
        insert!("CAST(n.value ->> 2 AS UUID)", "jsonb_array_elements($3) AS n (value)"),
    );
    for some in assignments.chunks(AT_ONCE) {
        let listed: Vec<Value> = some
            .iter()
            .map(|new| json!([new.position, new.place, new.input.to_string(), new.turn]))
            .collect();
        tx.execute(sql, params![permit.app(), task, &Value::Array(listed), now]).await?;
    }
    Ok(())
}

row! {
    struct SlugRow {
        slug: String,
    }
}

/// Those of the inputs `slugs` that a task of the permit's app has.
///
/// # Errors
/// When the database fails.
pub async fn held(
    conn: &mut Conn,
    permit: &Permit,
    task: TaskId,
    slugs: &[&str],
) -> Result<BTreeSet<String>> {
    macro_rules! held {
        ($dialect:ident) => {
            concat!(
                "SELECT i.slug FROM inputs i WHERE i.app_id = $1 AND ",
                one_of!($dialect "i.slug" "$3"),
                " AND EXISTS (SELECT 1 FROM assignments a WHERE a.input_id = i.id AND a.task_id = $2)"
            )
        };
    }
    let sql = Sql::differing(held!(sqlite), held!(postgres));
    let rows: Vec<SlugRow> = conn.fetch_all(sql, params![permit.app(), task, &json!(slugs)]).await?;
    Ok(rows.into_iter().map(|row| row.slug).collect())
}

/// How many places a task of the permit's app has had for inputs: those of inputs that went are not given away again.
///
/// # Errors
/// When the database fails.
pub async fn positions(conn: &mut Conn, permit: &Permit, task: TaskId) -> Result<usize> {
    row! {
        struct Last {
            last: Option<i64>,
        }
    }
    let row: Last = conn
        .fetch_one(
            "SELECT MAX(position) AS last FROM assignments WHERE task_id = $2 AND app_id = $1",
            params![permit.app(), task],
        )
        .await?;
    Ok(row.last.and_then(|last| usize::try_from(last).ok()).map_or(0, |last| last.saturating_add(1)))
}

/// Takes those of the inputs `slugs` out of a task of the permit's app with which nobody has begun: whose turn it is has
/// not opened them, and nothing was said of them within the task. Answers which.
///
/// # Errors
/// When the database fails.
pub async fn withdraw(
    tx: &mut WriteTx,
    permit: &Permit,
    task: TaskId,
    slugs: &[&str],
) -> Result<BTreeSet<String>> {
    macro_rules! held {
        ($dialect:ident, $locked:literal) => {
            concat!(
                "SELECT i.slug FROM assignments a JOIN inputs i ON i.id = a.input_id \
                 WHERE a.app_id = $1 AND a.task_id = $2 AND i.app_id = $1 AND ",
                one_of!($dialect "i.slug" "$3"),
                " ORDER BY a.position, a.place",
                $locked
            )
        };
    }
    // Nobody begins with one of them from here on.
    let sql = Sql::differing(held!(sqlite, ""), held!(postgres, " FOR UPDATE OF a"));
    let held: Vec<SlugRow> = tx.fetch_all(sql, params![permit.app(), task, &json!(slugs)]).await?;
    if held.is_empty() {
        return Ok(BTreeSet::new());
    }
    macro_rules! untouched {
        ($dialect:ident) => {
            concat!(
                "SELECT i.slug FROM inputs i WHERE i.app_id = $1 AND ",
                one_of!($dialect "i.slug" "$3"),
                " AND EXISTS (SELECT 1 FROM assignments a WHERE a.input_id = i.id AND a.task_id = $2) \
                 AND NOT EXISTS (SELECT 1 FROM assignments o WHERE o.input_id = i.id AND o.task_id = $2 \
                 AND (o.state <> 'pending' OR o.round > 0 OR o.lock_holder IS NOT NULL)) \
                 AND NOT EXISTS (SELECT 1 FROM annotations n WHERE n.task_id = $2 AND n.input_id = i.id)"
            )
        };
    }
    let sql = Sql::differing(untouched!(sqlite), untouched!(postgres));
    let rows: Vec<SlugRow> = tx.fetch_all(sql, params![permit.app(), task, &json!(slugs)]).await?;
    let slugs: BTreeSet<String> = rows.into_iter().map(|row| row.slug).collect();
    macro_rules! delete {
        ($dialect:ident) => {
            concat!(
                "DELETE FROM assignments WHERE app_id = $1 AND task_id = $2 \
                 AND input_id IN (SELECT i.id FROM inputs i WHERE i.app_id = $1 AND ",
                one_of!($dialect "i.slug" "$3"),
                ")"
            )
        };
    }
    let sql = Sql::differing(delete!(sqlite), delete!(postgres));
    tx.execute(sql, params![permit.app(), task, &json!(slugs)]).await?;
    Ok(slugs)
}
