//! Tasks: what is to be labelled, how, and by whom.

use atelier_domain::id::{GrantId, TaskId, UserId};
use atelier_domain::task::{Review, TaskKind, WorkerStrategy};
use atelier_domain::{EndpointSet, Permit, Reach, ScopeSet, Standing, Timestamp};
use serde_json::{Value, json};

use super::access::{granted, standing};
use super::concepts::{ConceptRow, concept, one_of};
use crate::db::{Column, Conn, FromRow, Row, Sql, WriteTx, params, row};
use crate::{Error, Result};

row! {
    /// A task.
    #[derive(Clone, Debug, PartialEq)]
    pub struct TaskRow {
        /// Its identifier, in the order of time.
        pub id: TaskId,
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What it is called.
        pub name: String,
        /// What its labellers are to do, in Markdown.
        pub instructions: String,
        /// What is to be said of its inputs.
        pub kind: TaskKind,
        /// How they come to labellers.
        pub strategy: WorkerStrategy,
        /// How many people label each.
        pub per_input: i64,
        /// Who looks at what was labelled.
        pub review: Review,
        /// Where its inputs came from.
        pub source: Value,
        /// How urgent it is: 1 is low, 2 is medium, 3 is high.
        pub priority: i64,
        /// Until when it is to be done.
        pub due_at: Option<Timestamp>,
        /// What clients keep with it.
        pub metadata: Option<Value>,
        /// Where it stands, by the wire's number.
        pub status: i64,
        /// Who made it.
        pub created_by: UserId,
        /// The slug of who made it.
        pub author_slug: String,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
    }
}

impl Column for TaskKind {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        let name: String = row.get(column)?;
        Self::from_name(&name)
            .ok_or_else(|| Error::Corrupt { column, reason: format!("`{name}` is no kind") })
    }
}

impl Column for WorkerStrategy {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        let name: String = row.get(column)?;
        let unknown = || Error::Corrupt { column, reason: format!("`{name}` is no strategy") };
        Self::from_name(&name).ok_or_else(unknown)
    }
}

impl Column for Review {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        row.json(column)?.ok_or_else(|| Error::Corrupt { column, reason: "is null".into() })
    }
}

/// The tasks of the app `$1` that are reached if `$who` is who asks: all, or those in which they have a part.
macro_rules! task {
    ($who:literal; $($condition:tt)+) => {
        concat!(
            "SELECT t.id, t.slug, t.name, t.instructions, t.kind, t.strategy, t.per_input, t.review, t.source, \
             t.priority, t.due_at, t.metadata, t.status, t.created_by, u.slug AS author_slug, t.created_at, \
             t.changed_at FROM tasks t JOIN users u ON u.id = t.created_by WHERE t.app_id = $1 AND (CAST(",
            $who,
            " AS UUID) IS NULL OR EXISTS (SELECT 1 FROM task_people own WHERE own.task_id = t.id AND own.user_id = ",
            $who,
            "))",
            $($condition)+
        )
    };
}

/// Which tasks to list; a list that is empty asks for nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Only these.
    pub slugs: &'a [String],
    /// Only those in which one of these people labels, by their slugs.
    pub labellers: &'a [String],
    /// Only those in which one of these people reviews, by their slugs.
    pub reviewers: &'a [String],
    /// Only those that stand so.
    pub status: Option<i64>,
}

/// `size` tasks of the permit's app after the first `skip`, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    filter: &Filter<'_>,
    skip: usize,
    size: usize,
) -> Result<Vec<TaskRow>> {
    macro_rules! people {
        ($dialect:ident, $list:literal, $does:literal) => {
            concat!(
                " AND (CAST(", $list, " AS JSONB) IS NULL OR EXISTS (SELECT 1 FROM task_people p \
                 JOIN users w ON w.id = p.user_id WHERE p.task_id = t.id AND p.", $does, " = TRUE AND ",
                one_of!($dialect "w.slug" $list), "))"
            )
        };
    }
    macro_rules! list {
        ($dialect:ident) => {
            task!(
                "$8";
                " AND (CAST($4 AS JSONB) IS NULL OR ",
                one_of!($dialect "t.slug" "$4"),
                ")",
                people!($dialect, "$5", "labels"),
                people!($dialect, "$6", "reviews"),
                " AND (CAST($7 AS BIGINT) IS NULL OR t.status = $7) ORDER BY t.id DESC LIMIT $2 OFFSET $3"
            )
        };
    }
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    let texts = |list: &[String]| (!list.is_empty()).then(|| json!(list));
    let (slugs, labellers, reviewers) =
        (texts(filter.slugs), texts(filter.labellers), texts(filter.reviewers));
    conn.fetch_all(
        Sql::differing(list!(sqlite), list!(postgres)),
        params![
            permit.app(),
            limit,
            offset,
            slugs.as_ref(),
            labellers.as_ref(),
            reviewers.as_ref(),
            filter.status,
            permit.assigned_to()
        ],
    )
    .await
}

/// One task of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<TaskRow>> {
    conn.fetch_optional(task!("$3"; " AND t.slug = $2"), params![permit.app(), slug, permit.assigned_to()])
        .await
}

/// One task of the permit's app, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn get_to_change(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<TaskRow>> {
    let sql = Sql::differing(
        task!("$3"; " AND t.slug = $2"),
        task!("$3"; " AND t.slug = $2 FOR NO KEY UPDATE OF t"),
    );
    tx.fetch_optional(sql, params![permit.app(), slug, permit.assigned_to()]).await
}

row! {
    /// Somebody who labels or reviews in a task.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ParticipantRow {
        /// In which task.
        pub task_id: TaskId,
        /// Who.
        pub user_id: UserId,
        /// Their slug.
        pub slug: String,
        /// What they are called.
        pub name: String,
        /// Whether they label.
        pub labels: bool,
        /// Whether they review.
        pub reviews: bool,
        /// How large their share is, compared with those of the others.
        pub weight: i64,
        /// Their turn among the labellers.
        pub turn: i64,
    }
}

/// Who labels and reviews in the tasks `slugs` of the permit's app, task by task in the order of their turns.
///
/// # Errors
/// When the database fails.
pub async fn people(conn: &mut Conn, permit: &Permit, slugs: &[&str]) -> Result<Vec<ParticipantRow>> {
    macro_rules! people {
        ($dialect:ident) => {
            concat!(
                "SELECT p.task_id, p.user_id, u.slug, u.name, p.labels, p.reviews, p.weight, p.turn \
                 FROM tasks t JOIN task_people p ON p.task_id = t.id JOIN users u ON u.id = p.user_id \
                 WHERE t.app_id = $1 AND ",
                one_of!($dialect "t.slug" "$2"),
                " ORDER BY p.task_id, p.turn, u.slug"
            )
        };
    }
    conn.fetch_all(Sql::differing(people!(sqlite), people!(postgres)), params![permit.app(), &json!(slugs)])
        .await
}

/// Somebody who can see the permit's app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsiderRow {
    /// Who.
    pub user_id: UserId,
    /// Their slug.
    pub slug: String,
    /// What they are to the app.
    pub standing: Standing,
}

row! {
    struct FoundRow {
        user_id: UserId,
        slug: String,
        grant_id: Option<GrantId>,
        scopes: Option<ScopeSet>,
        endpoints: Option<EndpointSet>,
        reach: Option<Reach>,
        ends_at: Option<Timestamp>,
    }
}

/// Those of the people `slugs` who own the permit's app or have a grant on it.
///
/// # Errors
/// When the database fails.
pub async fn insiders(conn: &mut Conn, permit: &Permit, slugs: &[&str]) -> Result<Vec<InsiderRow>> {
    macro_rules! insiders {
        ($dialect:ident) => {
            concat!(
                "SELECT u.id AS user_id, u.slug, g.id AS grant_id, g.scopes, g.endpoints, g.reach, g.ends_at FROM users u \
                 LEFT JOIN grants g ON g.app_id = $1 AND g.user_id = u.id AND g.state = 'active' \
                 WHERE (u.id = $3 OR g.id IS NOT NULL) AND ",
                one_of!($dialect "u.slug" "$2")
            )
        };
    }
    let sql = Sql::differing(insiders!(sqlite), insiders!(postgres));
    let rows: Vec<FoundRow> =
        conn.fetch_all(sql, params![permit.app(), &json!(slugs), permit.owner()]).await?;
    let insider = |row: FoundRow| {
        let grant = granted(row.grant_id, row.scopes, row.endpoints, row.reach, row.ends_at);
        let standing = standing(row.user_id, Some(permit.owner()), grant);
        InsiderRow { user_id: row.user_id, slug: row.slug, standing }
    };
    Ok(rows.into_iter().map(insider).collect())
}

/// A choice of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceRow {
    /// Of which task.
    pub task_id: TaskId,
    /// The concept.
    pub concept: ConceptRow,
}

impl FromRow for ChoiceRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { task_id: row.get("task_id")?, concept: ConceptRow::from_row(row)? })
    }
}

/// The choices of the tasks `slugs` of the permit's app, task by task in their order.
///
/// # Errors
/// When the database fails.
pub async fn concepts(conn: &mut Conn, permit: &Permit, slugs: &[&str]) -> Result<Vec<ChoiceRow>> {
    macro_rules! choices {
        ($dialect:ident) => {
            concat!(
                "SELECT m.task_id, l.* FROM tasks t JOIN task_concepts m ON m.task_id = t.id JOIN (",
                concept!(""; ""),
                ") l ON l.slug = m.concept WHERE t.app_id = $1 AND m.app_id = $1 AND ",
                one_of!($dialect "t.slug" "$2"),
                " ORDER BY m.task_id, m.position"
            )
        };
    }
    conn.fetch_all(Sql::differing(choices!(sqlite), choices!(postgres)), params![permit.app(), &json!(slugs)])
        .await
}

/// A new task.
#[derive(Clone, Debug)]
pub struct NewTask<'a> {
    /// Its identifier, in the order of time.
    pub id: TaskId,
    /// Its identifier, as clients chose it.
    pub slug: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// What its labellers are to do.
    pub instructions: &'a str,
    /// What is to be said of its inputs.
    pub kind: TaskKind,
    /// How they come to labellers.
    pub strategy: WorkerStrategy,
    /// How many people label each.
    pub per_input: usize,
    /// Who looks at what was labelled.
    pub review: Review,
    /// Where its inputs come from.
    pub source: &'a Value,
    /// How urgent it is.
    pub priority: i64,
    /// Until when it is to be done.
    pub due_at: Option<Timestamp>,
    /// What clients keep with it.
    pub metadata: Option<&'a Value>,
    /// Where it stands.
    pub status: i64,
}

/// Adds a task without people, concepts and inputs to the permit's app; answers whether its identifier was free.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut WriteTx, permit: &Permit, task: &NewTask<'_>, now: Timestamp) -> Result<bool> {
    let inserted = tx
        .execute(
            "INSERT INTO tasks (id, app_id, slug, name, instructions, kind, strategy, per_input, review, source, \
             priority, due_at, metadata, status, created_by, created_at, changed_at) \
             VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16) \
             ON CONFLICT (app_id, slug) DO NOTHING",
            params![
                permit.app(),
                task.id,
                task.slug,
                task.name,
                task.instructions,
                task.kind.name(),
                task.strategy.name(),
                i64::try_from(task.per_input).unwrap_or(i64::MAX),
                &json!(task.review),
                task.source,
                task.priority,
                task.due_at,
                task.metadata,
                task.status,
                permit.user(),
                now
            ],
        )
        .await?;
    Ok(inserted > 0)
}

/// What of a task can be changed once it runs.
#[derive(Clone, Debug)]
pub struct TaskChange<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What its labellers are to do.
    pub instructions: &'a str,
    /// How urgent it is.
    pub priority: i64,
    /// Until when it is to be done.
    pub due_at: Option<Timestamp>,
    /// What clients keep with it.
    pub metadata: Option<&'a Value>,
    /// Where it stands.
    pub status: i64,
}

/// Changes a task of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    task: TaskId,
    change: &TaskChange<'_>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE tasks SET name = $3, instructions = $4, priority = $5, due_at = $6, metadata = $7, status = $8, \
         changed_at = $9 WHERE app_id = $1 AND id = $2",
        params![
            permit.app(),
            task,
            change.name,
            change.instructions,
            change.priority,
            change.due_at,
            change.metadata,
            change.status,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Gives a task of the permit's app these choices, all of which have to exist, in this order.
///
/// # Errors
/// When the database fails.
pub async fn set_concepts(tx: &mut WriteTx, permit: &Permit, task: TaskId, concepts: &[&str]) -> Result<()> {
    tx.execute("DELETE FROM task_concepts WHERE app_id = $1 AND task_id = $2", params![permit.app(), task])
        .await?;
    macro_rules! insert {
        ($place:literal, $listed:literal) => {
            concat!(
                "INSERT INTO task_concepts (app_id, task_id, concept, position) SELECT $1, $2, n.value, ",
                $place,
                " FROM ",
                $listed
            )
        };
    }
    let sql = Sql::differing(
        insert!("n.key + 1", "json_each($3) AS n"),
        insert!("n.place", "jsonb_array_elements_text($3) WITH ORDINALITY AS n (value, place)"),
    );
    tx.execute(sql, params![permit.app(), task, &json!(concepts)]).await?;
    Ok(())
}

/// What somebody does in a task.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Who.
    pub user: UserId,
    /// Whether they label.
    pub labels: bool,
    /// Whether they review.
    pub reviews: bool,
    /// How large their share is.
    pub weight: u32,
    /// Their turn among the labellers.
    pub turn: usize,
}

/// Says what somebody does in a task of the permit's app, whatever they did before.
///
/// # Errors
/// When the database fails.
pub async fn set_part(tx: &mut WriteTx, permit: &Permit, task: TaskId, part: Part) -> Result<()> {
    tx.execute(
        "INSERT INTO task_people (app_id, task_id, user_id, labels, reviews, weight, turn) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (task_id, user_id) DO UPDATE SET labels = excluded.labels, \
         reviews = excluded.reviews, weight = excluded.weight, turn = excluded.turn",
        params![
            permit.app(),
            task,
            part.user,
            part.labels,
            part.reviews,
            i64::from(part.weight),
            i64::try_from(part.turn).unwrap_or(i64::MAX)
        ],
    )
    .await?;
    Ok(())
}

/// Takes somebody out of a task of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn remove_part(tx: &mut WriteTx, permit: &Permit, task: TaskId, user: UserId) -> Result<()> {
    tx.execute(
        "DELETE FROM task_people WHERE app_id = $1 AND task_id = $2 AND user_id = $3",
        params![permit.app(), task, user],
    )
    .await?;
    Ok(())
}

/// Takes from somebody, in every task of the permit's app, to label or to review, as far as they no longer can.
///
/// # Errors
/// When the database fails.
pub async fn retire(
    tx: &mut WriteTx,
    permit: &Permit,
    user: UserId,
    can_label: bool,
    can_review: bool,
) -> Result<()> {
    tx.execute(
        "UPDATE task_people SET labels = (labels AND $3), reviews = (reviews AND $4) \
         WHERE app_id = $1 AND user_id = $2",
        params![permit.app(), user, can_label, can_review],
    )
    .await?;
    Ok(())
}

/// Deletes the tasks `slugs` of the permit's app, and nothing that was said within them; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<u64> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!("DELETE FROM tasks WHERE app_id = $1 AND ", one_of!($dialect "slug" "$2"))
        };
    }
    tx.execute(Sql::differing(delete!(sqlite), delete!(postgres)), params![permit.app(), &json!(slugs)]).await
}

/// Takes whoever's grant has ended by its date out of the tasks of its app: what they had still to label goes back into
/// the pools, and they label and review no more. Answers how many inputs went back.
///
/// # Errors
/// When the database fails.
pub async fn retire_ended(tx: &mut WriteTx, now: Timestamp) -> Result<u64> {
    let released = tx
        .execute(
            "UPDATE assignments SET worker_id = NULL, pooled = FALSE, state = 'pending', lock_holder = NULL, \
             locked_until = NULL, reason = NULL, changed_at = $1 WHERE state IN ('pending', 'skipped') \
             AND (task_id, worker_id) IN (SELECT p.task_id, p.user_id FROM grants g JOIN task_people p \
             ON p.app_id = g.app_id AND p.user_id = g.user_id AND p.labels = TRUE \
             WHERE g.state = 'active' AND g.ends_at <= $1)",
            params![now],
        )
        .await?;
    tx.execute(
        "UPDATE task_people SET labels = FALSE, reviews = FALSE WHERE (labels = TRUE OR reviews = TRUE) \
         AND (app_id, user_id) IN (SELECT app_id, user_id FROM grants WHERE state = 'active' AND ends_at <= $1)",
        params![now],
    )
    .await?;
    Ok(released)
}
