//! Annotations: what people said of inputs.

use atelier_domain::id::{AnnotationId, InputId, ModelVersionId, TaskId, UserId};
use atelier_domain::{Labels, Medium, Permit, Timestamp};
use serde_json::{Value, json};

use super::annotation_history;
use super::concepts::one_of;
use super::reach::{assigned, reached};
use crate::db::{Backend, Column, Conn, Row, Sql, WriteTx, params, row};
use crate::{Error, Result};

row! {
    /// An annotation, with whose it is and of which input.
    #[derive(Clone, Debug, PartialEq)]
    pub struct AnnotationRow {
        /// Its identifier, in the order of time.
        pub id: AnnotationId,
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// Of which input.
        pub input_slug: String,
        /// Whose it is.
        pub user_id: UserId,
        /// The slug of whose it is.
        pub author_slug: String,
        /// What they are called.
        pub author: String,
        /// What it says.
        pub labels: Labels,
        /// What clients keep with it.
        pub info: Option<Value>,
        /// Where it stands, by the wire's number.
        pub status: i64,
        /// Within which task it was said.
        pub task: Option<String>,
        /// The version of a model that suggested something before.
        pub suggested_by: Option<ModelVersionId>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
    }
}

impl Column for Labels {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        row.json(column)?.ok_or_else(|| Error::Corrupt { column, reason: "is null".into() })
    }
}

fn stored(labels: &Labels) -> Result<Value> {
    serde_json::to_value(labels).map_err(|error| Error::Corrupt { column: "data", reason: error.to_string() })
}

row! {
    /// What has to be known of an input before something is said of it.
    #[derive(Clone, Debug)]
    pub struct TargetRow {
        /// Its identifier.
        pub id: InputId,
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What kind of thing it is.
        pub kind: Medium,
        /// How many characters a text has.
        pub characters: Option<i64>,
    }
}

/// The annotations of the app `$1` of inputs that are reached if `$who` is who asks; `by_input`, where they are found by their
/// inputs: SQLite would go through all of the app, which it takes for few.
macro_rules! annotation {
    (by_input $who:literal; $($condition:tt)+) => {
        annotation!(@ "(a.app_id = $1) IS TRUE", $who; $($condition)+)
    };
    ($who:literal; $($condition:tt)+) => {
        annotation!(@ "a.app_id = $1", $who; $($condition)+)
    };
    (@ $in_app:literal, $who:literal; $($condition:tt)+) => {
        concat!(
            "SELECT a.id, a.slug, i.slug AS input_slug, a.user_id, u.slug AS author_slug, u.name AS author, \
             a.data AS labels, a.info, a.status, t.slug AS task, a.suggested_by, a.created_at, a.changed_at \
             FROM annotations a JOIN inputs i ON i.id = a.input_id JOIN users u ON u.id = a.user_id \
             LEFT JOIN tasks t ON t.id = a.task_id WHERE ",
            $in_app,
            " AND ",
            reached!("a.input_id" $who),
            $($condition)+
        )
    };
}
pub(super) use annotation;

/// That `$column` is in the JSON array `$list`, if there is one.
macro_rules! among {
    (sqlite $column:literal $list:literal) => {
        concat!(" AND (", $list, " IS NULL OR ", one_of!(sqlite $column $list), ")")
    };
    (postgres $column:literal $list:literal) => {
        concat!(" AND (CAST(", $list, " AS JSONB) IS NULL OR ", one_of!(postgres $column $list), ")")
    };
}

/// The inputs of the permit's app that are named by `slugs`, which nobody deletes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn targets(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<Vec<TargetRow>> {
    macro_rules! target {
        ($($condition:tt)+) => {
            concat!(
                "SELECT id, slug, kind, CAST(length(body) AS BIGINT) AS characters FROM inputs \
                 WHERE app_id = $1 AND ",
                reached!("id" "$3"),
                " AND ",
                $($condition)+
            )
        };
    }
    let sql = Sql::differing(
        target!(one_of!(sqlite "slug" "$2")),
        target!(one_of!(postgres "slug" "$2"), " ORDER BY id FOR KEY SHARE"),
    );
    tx.fetch_all(sql, params![permit.app(), &json!(slugs), permit.assigned_to()]).await
}

/// A new annotation.
#[derive(Clone, Debug)]
pub struct NewAnnotation<'a> {
    /// Its identifier, in the order of time.
    pub id: AnnotationId,
    /// Its identifier, as clients chose it.
    pub slug: &'a str,
    /// Of which input of the permit's app.
    pub input: InputId,
    /// What it says.
    pub labels: &'a Labels,
    /// What clients keep with it.
    pub info: Option<&'a Value>,
    /// Where it stands.
    pub status: i64,
    /// Within which task of the permit's app it is said.
    pub task: Option<TaskId>,
}

/// Notes which concepts an annotation of the app `$1` names, and of which input it says so: both are `$annotation`.
macro_rules! note {
    ($annotation:literal, $named:literal) => {
        concat!(
            "INSERT INTO annotation_concepts (annotation_id, input_id, app_id, concept, value) SELECT ",
            $annotation,
            ", $1, n.value ->> 0, CAST(n.value ->> 1 AS DOUBLE PRECISION) FROM ",
            $named
        )
    };
}

/// Adds an annotation of whoever holds the permit; answers whether its identifier was free.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    annotation: &NewAnnotation<'_>,
    now: Timestamp,
) -> Result<bool> {
    macro_rules! insert {
        () => {
            "INSERT INTO annotations (id, app_id, slug, input_id, user_id, data, info, status, created_at, \
             changed_at, task_id) VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $9, $11) ON CONFLICT (app_id, slug) DO NOTHING \
             RETURNING id"
        };
    }
    // PostgreSQL, which is a way off, notes the concepts in the same statement: adding is what people do all day.
    let sql = Sql::differing(
        insert!(),
        concat!(
            "WITH a AS (",
            insert!(),
            "), noted AS (",
            note!("a.id, $4", "a, jsonb_array_elements($10) AS n (value)"),
            ") SELECT id FROM a"
        ),
    );
    let (data, named) = (stored(annotation.labels)?, named(annotation.labels));
    let params = params![
        permit.app(),
        annotation.id,
        annotation.slug,
        annotation.input,
        permit.user(),
        &data,
        annotation.info,
        annotation.status,
        now,
        &named,
        annotation.task
    ];
    let inserted = tx.execute(sql, params).await? > 0;
    if inserted && tx.backend() == Backend::Sqlite {
        note_concepts(tx, permit, annotation.id, annotation.labels).await?;
    }
    Ok(inserted)
}

/// An annotation that was there before.
#[derive(Clone, Debug)]
pub struct Former<'a> {
    /// Its identifier, in the order of time.
    pub id: AnnotationId,
    /// Its identifier, as clients chose it.
    pub slug: &'a str,
    /// Of which input of the permit's app.
    pub input: InputId,
    /// Whose it is.
    pub author: UserId,
    /// What it says.
    pub labels: &'a Labels,
    /// What clients keep with it.
    pub info: Option<&'a Value>,
    /// Where it stands.
    pub status: i64,
    /// Within which task of the permit's app it was said; of one that is gone nothing is left.
    pub task: Option<&'a str>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// Adds an annotation of the permit's app again, as it was and in the name of whoever said it; answers whether its
/// identifiers were free.
///
/// # Errors
/// When the database fails.
pub async fn insert_again(tx: &mut WriteTx, permit: &Permit, former: &Former<'_>) -> Result<bool> {
    let data = stored(former.labels)?;
    let inserted = tx
        .execute(
            "INSERT INTO annotations (id, app_id, slug, input_id, user_id, data, info, status, created_at, changed_at, \
             changed_by, task_id) VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, \
             CASE WHEN $9 = $10 THEN NULL ELSE $11 END, \
             (SELECT id FROM tasks WHERE app_id = $1 AND slug = $12)) ON CONFLICT DO NOTHING",
            params![
                permit.app(),
                former.id,
                former.slug,
                former.input,
                former.author,
                &data,
                former.info,
                former.status,
                former.created_at,
                former.changed_at,
                permit.user(),
                former.task
            ],
        )
        .await?;
    if inserted > 0 {
        note_concepts(tx, permit, former.id, former.labels).await?;
    }
    Ok(inserted > 0)
}

/// The concepts that labels name, each with its value.
fn named(labels: &Labels) -> Value {
    let named: Vec<(&str, f32)> = labels.concepts().into_iter().collect();
    json!(named)
}

/// Notes which concepts the annotation `id` names, so that they can be counted and looked for.
async fn note_concepts(tx: &mut WriteTx, permit: &Permit, id: AnnotationId, labels: &Labels) -> Result<()> {
    tx.execute(
        Sql::differing(
            note!("a.id, a.input_id", "annotations a, json_each($3) AS n WHERE a.id = $2"),
            note!("a.id, a.input_id", "annotations a, jsonb_array_elements($3) AS n (value) WHERE a.id = $2"),
        ),
        params![permit.app(), id, &named(labels)],
    )
    .await?;
    Ok(())
}

/// One annotation of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, id: AnnotationId) -> Result<AnnotationRow> {
    conn.fetch_one(annotation!("$3"; " AND a.id = $2"), params![permit.app(), id, permit.assigned_to()]).await
}

/// The annotation `slug` of the input `input` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn of_input(
    conn: &mut Conn,
    permit: &Permit,
    input: &str,
    slug: &str,
) -> Result<Option<AnnotationRow>> {
    conn.fetch_optional(
        annotation!("$4"; " AND i.slug = $2 AND a.slug = $3"),
        params![permit.app(), input, slug, permit.assigned_to()],
    )
    .await
}

/// What to list of an app's annotations; a list that is empty asks for nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Only these.
    pub slugs: &'a [String],
    /// Only those of these inputs.
    pub inputs: &'a [String],
    /// Only those of these people, by their slugs.
    pub authors: &'a [String],
    /// Only those that stand so.
    pub statuses: &'a [i64],
    /// Only those that were said within this task.
    pub task: Option<&'a str>,
    /// Only those before which one of these versions of models suggested something.
    pub versions: &'a [String],
}

/// The annotations of the permit's app that `filter` lets through, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    filter: &Filter<'_>,
    skip: usize,
    size: usize,
) -> Result<Vec<AnnotationRow>> {
    macro_rules! suggested {
        (sqlite) => {
            among!(sqlite "lower(hex(a.suggested_by))" "$10")
        };
        (postgres) => {
            among!(postgres "replace(CAST(a.suggested_by AS TEXT), '-', '')" "$10")
        };
    }
    macro_rules! list {
        ($dialect:ident, $($found_by:tt)+) => {
            list!(@ ["$9"] $dialect, $($found_by)+)
        };
        (by_input $dialect:ident) => {
            list!(@ [by_input "$9"] $dialect, " AND i.app_id = $1 AND ", one_of!($dialect "i.slug" "$5"))
        };
        (@ [$($who:tt)+] $dialect:ident, $($found_by:tt)+) => {
            annotation!(
                $($who)+;
                $($found_by)+,
                among!($dialect "a.slug" "$4"),
                among!($dialect "i.slug" "$5"),
                among!($dialect "u.slug" "$6"),
                among!($dialect "CAST(a.status AS TEXT)" "$7"),
                suggested!($dialect),
                " AND (CAST($8 AS TEXT) IS NULL OR t.slug = $8) ORDER BY a.id LIMIT $2 OFFSET $3"
            )
        };
    }
    // All conditions are always there; what is named is found by its index, not by going through the whole app.
    let sql = if !filter.slugs.is_empty() {
        Sql::differing(
            list!(sqlite, " AND ", one_of!(sqlite "a.slug" "$4")),
            list!(postgres, " AND ", one_of!(postgres "a.slug" "$4")),
        )
    } else if !filter.inputs.is_empty() {
        Sql::differing(list!(by_input sqlite), list!(by_input postgres))
    } else if filter.task.is_some() {
        macro_rules! within {
            ($dialect:ident) => {
                list!(
                    $dialect,
                    " AND a.task_id = (SELECT w.id FROM tasks w WHERE w.app_id = $1 AND w.slug = $8)"
                )
            };
        }
        Sql::differing(within!(sqlite), within!(postgres))
    } else {
        Sql::differing(list!(sqlite, ""), list!(postgres, ""))
    };
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    let texts = |list: &[String]| (!list.is_empty()).then(|| json!(list));
    let (slugs, inputs, authors) = (texts(filter.slugs), texts(filter.inputs), texts(filter.authors));
    let statuses: Vec<String> = filter.statuses.iter().map(ToString::to_string).collect();
    let (statuses, versions) = (texts(&statuses), texts(filter.versions));
    conn.fetch_all(
        sql,
        params![
            permit.app(),
            limit,
            offset,
            slugs.as_ref(),
            inputs.as_ref(),
            authors.as_ref(),
            statuses.as_ref(),
            filter.task,
            permit.assigned_to(),
            versions.as_ref()
        ],
    )
    .await
}

/// Those of the annotations `slugs` that the permit's app has, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn named_to_change(
    tx: &mut WriteTx,
    permit: &Permit,
    slugs: &[&str],
) -> Result<Vec<AnnotationRow>> {
    let sql = Sql::differing(
        annotation!("$3"; " AND ", one_of!(sqlite "a.slug" "$2"), " ORDER BY a.id"),
        annotation!("$3"; " AND ", one_of!(postgres "a.slug" "$2"), " ORDER BY a.id FOR UPDATE OF a"),
    );
    tx.fetch_all(sql, params![permit.app(), &json!(slugs), permit.assigned_to()]).await
}

/// All annotations of the inputs `slugs` of the permit's app, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn of_inputs_to_change(
    tx: &mut WriteTx,
    permit: &Permit,
    slugs: &[&str],
) -> Result<Vec<AnnotationRow>> {
    let sql = Sql::differing(
        annotation!("$3"; " AND i.app_id = $1 AND ", one_of!(sqlite "i.slug" "$2"), " ORDER BY a.id"),
        annotation!(
            "$3";
            " AND i.app_id = $1 AND ",
            one_of!(postgres "i.slug" "$2"),
            " ORDER BY a.id FOR UPDATE OF a"
        ),
    );
    tx.fetch_all(sql, params![permit.app(), &json!(slugs), permit.assigned_to()]).await
}

/// At most `size` of the annotations of the permit's app that name one of the concepts, which nobody else changes until the
/// transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn naming_to_change(
    tx: &mut WriteTx,
    permit: &Permit,
    concepts: &[&str],
    size: usize,
) -> Result<Vec<AnnotationRow>> {
    macro_rules! naming {
        ($dialect:ident) => {
            annotation!(
                "$4";
                " AND a.id IN (SELECT annotation_id FROM annotation_concepts WHERE app_id = $1 AND ",
                one_of!($dialect "concept" "$2"),
                " LIMIT $3) ORDER BY a.id"
            )
        };
    }
    let sql = Sql::differing(naming!(sqlite), concat!(naming!(postgres), " FOR UPDATE OF a"));
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    tx.fetch_all(sql, params![permit.app(), &json!(concepts), limit, permit.assigned_to()]).await
}

/// Somebody else than whoever holds the permit who named one of the concepts in an annotation of its app.
///
/// # Errors
/// When the database fails.
pub async fn other_author_naming(
    conn: &mut Conn,
    permit: &Permit,
    concepts: &[&str],
) -> Result<Option<UserId>> {
    row! {
        struct Author {
            user_id: UserId,
        }
    }
    macro_rules! other {
        ($dialect:ident) => {
            concat!(
                "SELECT a.user_id FROM annotation_concepts n JOIN annotations a ON a.id = n.annotation_id \
                 WHERE n.app_id = $1 AND a.user_id <> $3 AND ",
                one_of!($dialect "n.concept" "$2"),
                " LIMIT 1"
            )
        };
    }
    let row: Option<Author> = conn
        .fetch_optional(
            Sql::differing(other!(sqlite), other!(postgres)),
            params![permit.app(), &json!(concepts), permit.user()],
        )
        .await?;
    Ok(row.map(|row| row.user_id))
}

/// What of an annotation can be changed.
#[derive(Clone, Debug)]
pub struct AnnotationChange<'a> {
    /// What it says.
    pub labels: &'a Labels,
    /// What clients keep with it.
    pub info: Option<&'a Value>,
    /// Where it stands.
    pub status: i64,
}

/// Changes the annotation `id` of the permit's app, and keeps how it stood.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    id: AnnotationId,
    change: &AnnotationChange<'_>,
    now: Timestamp,
) -> Result<()> {
    let data = stored(change.labels)?;
    annotation_history::keep(tx, permit, id).await?;
    tx.execute(
        "UPDATE annotations SET data = $3, info = $4, status = $5, changed_at = $6, changed_by = $7 \
         WHERE app_id = $1 AND id = $2",
        params![permit.app(), id, &data, change.info, change.status, now, permit.user()],
    )
    .await?;
    tx.execute(
        "DELETE FROM annotation_concepts WHERE app_id = $1 AND annotation_id = $2",
        params![permit.app(), id],
    )
    .await?;
    note_concepts(tx, permit, id, change.labels).await
}

/// Says where what somebody said of an input within a task of the permit's app stands, and keeps how it stood; answers how
/// many annotations stand otherwise than before.
///
/// # Errors
/// When the database fails.
pub async fn set_status_within(
    tx: &mut WriteTx,
    permit: &Permit,
    task: TaskId,
    input: InputId,
    author: UserId,
    status: i64,
    now: Timestamp,
) -> Result<u64> {
    annotation_history::keep_within(tx, permit, task, (input, author), status).await?;
    tx.execute(
        "UPDATE annotations SET status = $5, changed_at = $6, changed_by = $7 \
         WHERE app_id = $1 AND task_id = $2 AND input_id = $3 AND user_id = $4 AND status <> $5",
        params![permit.app(), task, input, author, status, now, permit.user()],
    )
    .await
}

/// Deletes the annotations `slugs` of the permit's app; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, slugs: &[&str]) -> Result<u64> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!(
                "DELETE FROM annotations WHERE app_id = $1 AND ",
                one_of!($dialect "slug" "$2"),
                " AND ",
                reached!("input_id" "$3")
            )
        };
    }
    let sql = Sql::differing(delete!(sqlite), delete!(postgres));
    tx.execute(sql, params![permit.app(), &json!(slugs), permit.assigned_to()]).await
}
