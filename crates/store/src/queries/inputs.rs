//! Inputs: the pictures and texts of apps.

use atelier_domain::id::{InputId, UserId};
use atelier_domain::{Medium, Permit, Place, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Page;
use super::concepts::one_of;
use super::dataset_inputs::{InDatasets, in_datasets};
use super::reach::{assigned, reached};
use super::said::{Said, said};
use crate::Result;
use crate::db::{Conn, FromRow, Param, Row, Sql, WriteTx, params, row};

/// The status of an input that is ready, by the wire's number.
pub const READY: i64 = 30_000;

row! {
    /// An input, with who added it.
    #[derive(Clone, Debug, PartialEq)]
    pub struct InputRow {
        /// Its identifier, in the order of time.
        pub id: InputId,
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What kind of thing it is.
        pub kind: Medium,
        /// The text itself.
        pub body: Option<String>,
        /// Where it was fetched from.
        pub source_url: Option<String>,
        /// Where the picture's bytes are.
        pub object_key: Option<String>,
        /// Where a small picture of it is.
        pub thumbnail_key: Option<String>,
        /// What kind of bytes they are, such as `image/png`.
        pub media_type: Option<String>,
        /// A picture's width in pixels.
        pub width: Option<i64>,
        /// A picture's height in pixels.
        pub height: Option<i64>,
        /// How many bytes it has.
        pub size: i64,
        /// What clients keep with it.
        pub metadata: Option<Value>,
        /// How many degrees north it was made, if that is known.
        pub latitude: Option<f64>,
        /// How many degrees east, likewise.
        pub longitude: Option<f64>,
        /// Where it stands, by the wire's number.
        pub status: i64,
        /// Who added it.
        pub created_by: UserId,
        /// What they are called.
        pub author: String,
        /// When it was added.
        pub created_at: Timestamp,
        /// When it last changed.
        pub changed_at: Timestamp,
    }
}

impl InputRow {
    /// Where it was made, if that is known.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        Place::new(self.latitude?, self.longitude?).ok()
    }
}

/// An input with what is said of it as a whole, and in which datasets it is.
#[derive(Clone, Debug, PartialEq)]
pub struct InputSaidRow {
    /// The input.
    pub input: InputRow,
    /// What is said of it.
    pub said: Said,
    /// The datasets.
    pub datasets: InDatasets,
}

impl FromRow for InputSaidRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { input: InputRow::from_row(row)?, said: row.get("said")?, datasets: row.get("datasets")? })
    }
}

/// The columns of the input `i`, which the user `u` added.
macro_rules! input_columns {
    () => {
        "i.id, i.slug, i.kind, i.body, i.source_url, i.object_key, i.thumbnail_key, i.media_type, \
         i.width, i.height, i.size, i.metadata, i.latitude, i.longitude, i.status, i.created_by, u.name AS author, i.created_at, \
         i.changed_at"
    };
}
pub(super) use input_columns;

/// The inputs of the app `$1` that are reached if `$who` is who asks, each with `$more`; of one who is `assigned` inputs, those
/// alone, from which the database begins.
macro_rules! input {
    (assigned sqlite $who:literal; $($more:expr),+; $($condition:tt)+) => {
        input!(@ concat!("i.id IN (", assigned!($who), ")"); $($more),+; $($condition)+)
    };
    (assigned postgres $who:literal; $($more:expr),+; $($condition:tt)+) => {
        input!(@ concat!("i.id = ANY (ARRAY(", assigned!($who), "))"); $($more),+; $($condition)+)
    };
    ($who:literal; $($more:expr),+; $($condition:tt)+) => {
        input!(@ reached!("i.id" $who); $($more),+; $($condition)+)
    };
    (@ $reach:expr; $($more:expr),+; $($condition:tt)+) => {
        concat!(
            "SELECT ",
            input_columns!(),
            $($more,)+
            " FROM inputs i JOIN users u ON u.id = i.created_by WHERE i.app_id = $1 AND ",
            $reach,
            $($condition)+
        )
    };
}
pub(super) use input;

/// A new input.
#[derive(Clone, Debug)]
pub struct NewInput<'a> {
    /// Its identifier, in the order of time.
    pub id: InputId,
    /// Its identifier, as clients chose it.
    pub slug: &'a str,
    /// What kind of thing it is.
    pub kind: Medium,
    /// The text itself.
    pub body: Option<&'a str>,
    /// Where it was fetched from.
    pub source_url: Option<&'a str>,
    /// Where the picture's bytes are.
    pub object_key: Option<&'a str>,
    /// Where a small picture of it is.
    pub thumbnail_key: Option<&'a str>,
    /// What kind of bytes they are.
    pub media_type: Option<&'a str>,
    /// A picture's width and height in pixels.
    pub pixels: Option<(u32, u32)>,
    /// How many bytes it has.
    pub size: i64,
    /// The hash of its bytes.
    pub sha256: &'a [u8; 32],
    /// What clients keep with it.
    pub metadata: Option<&'a Value>,
    /// Where it was made, if that is known.
    pub place: Option<Place>,
}

/// How far a place lies along one of the axes through the middle of the earth: see [`Place::direction`].
fn along(place: Option<Place>, axis: usize) -> Option<f64> {
    place.and_then(|place| place.direction().get(axis).copied())
}

/// Adds inputs of whoever holds the permit, ready; answers which of them. Those whose identifier is taken, in the app or by
/// an earlier one of these, are not added.
///
/// They are added in the order of their identifiers, so that of two who add the same ones neither waits for the other.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    inputs: &[NewInput<'_>],
    now: Timestamp,
) -> Result<Vec<InputId>> {
    if inputs.is_empty() {
        return Ok(Vec::new());
    }
    let mut ordered: Vec<&NewInput<'_>> = inputs.iter().collect();
    ordered.sort_by_key(|input| input.slug);
    let mut params = params![permit.app(), READY, permit.user(), now].to_vec();
    let mut rows = Vec::with_capacity(ordered.len());
    for input in ordered {
        let first = params.len() + 1;
        params.extend_from_slice(params![
            input.id,
            input.slug,
            input.kind.name(),
            input.body,
            input.source_url,
            input.object_key,
            input.thumbnail_key,
            input.media_type,
            input.pixels.map(|(width, _)| i64::from(width)),
            input.pixels.map(|(_, height)| i64::from(height)),
            input.size,
            input.sha256,
            input.metadata,
            input.place.map(Place::latitude),
            input.place.map(Place::longitude),
            along(input.place, 0),
            along(input.place, 1),
            along(input.place, 2)
        ]);
        let own: Vec<String> = (first..=params.len()).map(|number| format!("${number}")).collect();
        rows.push(format!("($1, $2, $3, $4, $4, {})", own.join(", ")));
    }
    let sql = format!(
        "INSERT INTO inputs (app_id, status, created_by, created_at, changed_at, id, slug, kind, body, source_url, \
         object_key, thumbnail_key, media_type, width, height, size, sha256, metadata, latitude, longitude, place_x, place_y, \
         place_z) VALUES {} \
         ON CONFLICT (app_id, slug) DO NOTHING RETURNING id",
        rows.join(", ")
    );
    let added: Vec<IdRow> = tx.fetch_made(sql, &params, IdRow::from_row).await?;
    Ok(added.into_iter().map(|row| row.id).collect())
}

row! {
    struct IdRow {
        id: InputId,
    }
}

/// That the identifier `$column` is in the JSON array that is the parameter `$2`, in which it is hexadecimal digits.
macro_rules! one_of_ids {
    (sqlite $column:literal) => {
        concat!($column, " IN (SELECT unhex(value) FROM json_each($2))")
    };
    (postgres $column:literal) => {
        concat!($column, " = ANY (ARRAY(SELECT CAST(jsonb_array_elements_text($2) AS UUID)))")
    };
}
pub(super) use one_of_ids;

/// Identifiers as `one_of_ids!` asks for them.
pub(super) fn digits(ids: impl Iterator<Item = Uuid>) -> Value {
    json!(ids.map(|id| id.simple().to_string()).collect::<Vec<_>>())
}

/// Those of the inputs `ids` that the permit's app has, in no order.
///
/// # Errors
/// When the database fails.
pub async fn get_all(conn: &mut Conn, permit: &Permit, ids: &[InputId]) -> Result<Vec<InputRow>> {
    let sql = Sql::differing(
        input!("$3"; ""; " AND ", one_of_ids!(sqlite "i.id")),
        input!("$3"; ""; " AND ", one_of_ids!(postgres "i.id")),
    );
    conn.fetch_all(sql, params![permit.app(), &digits(ids.iter().map(|id| id.0)), permit.assigned_to()]).await
}

/// The input `slug` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, slug: &str) -> Result<Option<InputRow>> {
    conn.fetch_optional(
        input!("$3"; ""; " AND i.slug = $2"),
        params![permit.app(), slug, permit.assigned_to()],
    )
    .await
}

/// The input `slug` of the permit's app, with what is said of it by the annotations that stand as `status`, and in which
/// datasets it is.
///
/// # Errors
/// When the database fails.
pub async fn get_with_said(
    conn: &mut Conn,
    permit: &Permit,
    slug: &str,
    status: i64,
) -> Result<Option<InputSaidRow>> {
    macro_rules! get {
        ($dialect:ident) => {
            input!("$4"; ", ", said!($dialect "$3"), ", ", in_datasets!($dialect); " AND i.slug = $2")
        };
    }
    let sql = Sql::differing(get!(sqlite), get!(postgres));
    conn.fetch_optional(sql, params![permit.app(), slug, status, permit.assigned_to()]).await
}

/// The input `slug` of the permit's app, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn get_to_change(tx: &mut WriteTx, permit: &Permit, slug: &str) -> Result<Option<InputRow>> {
    let sql = Sql::differing(
        input!("$3"; ""; " AND i.slug = $2"),
        input!("$3"; ""; " AND i.slug = $2 FOR UPDATE OF i"),
    );
    tx.fetch_optional(sql, params![permit.app(), slug, permit.assigned_to()]).await
}

row! {
    struct SlugRow {
        slug: String,
    }
}

/// The oldest other input of the permit's app that holds the same bytes as the input `id` of it, by its identifier.
///
/// # Errors
/// When the database fails.
pub async fn same(conn: &mut Conn, permit: &Permit, id: InputId) -> Result<Option<String>> {
    let found: Option<SlugRow> = conn
        .fetch_optional(
            concat!(
                "SELECT o.slug FROM inputs i JOIN inputs o ON o.app_id = i.app_id AND o.sha256 = i.sha256 \
                 WHERE i.app_id = $1 AND i.id = $2 AND o.id <> i.id AND ",
                reached!("o.id" "$3"),
                " ORDER BY o.id LIMIT 1"
            ),
            params![permit.app(), id, permit.assigned_to()],
        )
        .await?;
    Ok(found.map(|row| row.slug))
}

row! {
    /// Where an input's bytes are.
    #[derive(Clone, Debug)]
    pub struct StoredRow {
        /// Its identifier, in the order of time.
        pub id: InputId,
        /// Where the picture's bytes are.
        pub object_key: Option<String>,
        /// Where a small picture of it is.
        pub thumbnail_key: Option<String>,
        /// The hash of its bytes.
        pub sha256: Vec<u8>,
    }
}

/// Where the bytes of all inputs of all apps are: the first `size` after the input `after`. For backups, which ask for
/// no permit: whoever can make one has everything already.
///
/// # Errors
/// When the database fails.
pub async fn stored(conn: &mut Conn, after: InputId, size: usize) -> Result<Vec<StoredRow>> {
    conn.fetch_all(
        "SELECT id, object_key, thumbnail_key, sha256 FROM inputs WHERE id > $1 ORDER BY id LIMIT $2",
        params![after, i64::try_from(size).unwrap_or(i64::MAX)],
    )
    .await
}

/// What reads `$columns` of those inputs of the app `$1` whose identifiers are in the JSON array `$2`, as far as whoever is
/// `$3` reaches them, and `$more` holds.
macro_rules! of_named {
    ($dialect:ident $columns:literal $more:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM inputs WHERE app_id = $1",
            $more,
            " AND ",
            one_of!($dialect "slug" "$2"),
            " AND ",
            reached!("id" "$3")
        )
    };
}

row! {
    /// A text, and of which input it is.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TextRow {
        /// The input's identifier, as clients chose it.
        pub slug: String,
        /// The text.
        pub body: String,
    }
}

/// The texts of those of the inputs `slugs` of the permit's app that are texts.
///
/// # Errors
/// When the database fails.
pub async fn texts(conn: &mut Conn, permit: &Permit, slugs: &[&str]) -> Result<Vec<TextRow>> {
    let sql = Sql::differing(
        of_named!(sqlite "slug, body" " AND body IS NOT NULL"),
        of_named!(postgres "slug, body" " AND body IS NOT NULL"),
    );
    conn.fetch_all(sql, params![permit.app(), &json!(slugs), permit.assigned_to()]).await
}

row! {
    /// By what an input's content is told from others.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DigestRow {
        /// The input's identifier, as clients chose it.
        pub slug: String,
        /// The SHA-256 of what it holds.
        pub sha256: Vec<u8>,
    }
}

/// The digests of those of the inputs `slugs` that the permit's app has, in no order.
///
/// # Errors
/// When the database fails.
pub async fn digests(conn: &mut Conn, permit: &Permit, slugs: &[&str]) -> Result<Vec<DigestRow>> {
    let sql = Sql::differing(of_named!(sqlite "slug, sha256" ""), of_named!(postgres "slug, sha256" ""));
    conn.fetch_all(sql, params![permit.app(), &json!(slugs), permit.assigned_to()]).await
}

/// What to list; what is not given lets everything through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Only these; all, if it is empty.
    pub slugs: &'a [String],
    /// Only those of this kind.
    pub kind: Option<Medium>,
    /// Only those in which somebody says that this concept is.
    pub concept: Option<&'a str>,
    /// Only those with this in their identifier or text, whatever its case.
    pub text: Option<&'a str>,
    /// Only those that are older than this one.
    pub before: Option<InputId>,
}

/// The statements that list inputs `$with` more of them, each for whoever reaches everything and for whoever does not: all,
/// and those that are named, which are found by their names and not by going through the whole app.
macro_rules! list {
    ($dialect:ident $($with:expr),+) => {
        [
            list!(of $dialect "CAST($4 AS TEXT) IS NULL"; $($with),+),
            list!(of $dialect one_of!($dialect "i.slug" "$4"); $($with),+),
        ]
    };
    (of sqlite $named:expr; $($with:expr),+) => {
        [
            list!("instr", ["$9"] $named; $($with),+),
            list!("instr", [assigned sqlite "$9"] $named; $($with),+),
        ]
    };
    (of postgres $named:expr; $($with:expr),+) => {
        [
            list!("strpos", ["$9"] $named; $($with),+),
            list!("strpos", [assigned postgres "$9"] $named; $($with),+),
        ]
    };
    ($place:literal, [$($who:tt)+] $named:expr; $($with:expr),+) => {
        input!(
            $($who)+; $($with),+;
            " AND ", $named,
            " AND (CAST($5 AS TEXT) IS NULL OR i.kind = $5)",
            " AND (CAST($6 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM annotations a \
             JOIN annotation_concepts c ON c.annotation_id = a.id \
             WHERE a.input_id = i.id AND c.concept = $6 AND c.value > 0))",
            " AND (CAST($7 AS TEXT) IS NULL OR ", $place, "(lower(i.slug), lower($7)) > 0 \
             OR ", $place, "(lower(i.body), lower($7)) > 0)",
            " AND i.id < $8 ORDER BY i.id DESC LIMIT $2 OFFSET $3"
        )
    };
}

/// The inputs of the permit's app that `filter` lets through, the newest first, `size` of them after `skip`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    filter: &Filter<'_>,
    skip: usize,
    size: usize,
) -> Result<Page<InputRow>> {
    filter.fetch(conn, [list!(sqlite ""), list!(postgres "")], permit, skip, size, None).await
}

/// As [`list`], each with what is said of it by the annotations that stand as `status`, and in which datasets it is.
///
/// # Errors
/// When the database fails.
pub async fn list_with_said(
    conn: &mut Conn,
    permit: &Permit,
    filter: &Filter<'_>,
    skip: usize,
    size: usize,
    status: i64,
) -> Result<Page<InputSaidRow>> {
    let lists = [
        list!(sqlite ", ", said!(sqlite "$10"), ", ", in_datasets!(sqlite)),
        list!(postgres ", ", said!(postgres "$10"), ", ", in_datasets!(postgres)),
    ];
    filter.fetch(conn, lists, permit, skip, size, Some(status)).await
}

impl Filter<'_> {
    /// The page that `lists` list on each database, of annotations that stand as `status` if they ask for them.
    async fn fetch<T: FromRow>(
        &self,
        conn: &mut Conn,
        lists: [[[&'static str; 2]; 2]; 2],
        permit: &Permit,
        skip: usize,
        size: usize,
        status: Option<i64>,
    ) -> Result<Page<T>> {
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let slugs = (!self.slugs.is_empty()).then(|| json!(self.slugs));
        let mut params = params![
            permit.app(),
            whole(size).saturating_add(1),
            whole(skip),
            slugs.as_ref(),
            self.kind.map(Medium::name),
            self.concept,
            self.text,
            self.before.map_or(Uuid::max(), |id| id.0),
            permit.assigned_to()
        ]
        .to_vec();
        params.extend(status.map(Param::from));
        let [sqlite, postgres] = lists.map(|[all, named]| {
            let [whole, part] = if slugs.is_none() { all } else { named };
            if permit.assigned_to().is_none() { whole } else { part }
        });
        let sql = Sql::differing(sqlite, postgres);
        Ok(Page::cut(conn.fetch_all(sql, &params).await?, size))
    }
}

/// Keeps `metadata` and where it was made with the input `id` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    id: InputId,
    metadata: Option<&Value>,
    place: Option<Place>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE inputs SET metadata = $3, changed_at = $4, latitude = $5, longitude = $6, place_x = $7, \
         place_y = $8, place_z = $9 WHERE app_id = $1 AND id = $2",
        params![
            permit.app(),
            id,
            metadata,
            now,
            place.map(Place::latitude),
            place.map(Place::longitude),
            along(place, 0),
            along(place, 1),
            along(place, 2)
        ],
    )
    .await?;
    Ok(())
}

row! {
    /// What is left of an input that was deleted.
    #[derive(Clone, Debug)]
    pub struct DeletedRow {
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// Where the picture's bytes are.
        pub object_key: Option<String>,
        /// Where a small picture of it is.
        pub thumbnail_key: Option<String>,
    }
}

/// Deletes the inputs `slugs` of the permit's app, and what was said of them; answers those that there were.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, slugs: &[String]) -> Result<Vec<DeletedRow>> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!(
                "DELETE FROM inputs WHERE app_id = $1 AND ",
                one_of!($dialect "slug" "$2"),
                " AND ",
                reached!("id" "$3"),
                " RETURNING slug, object_key, thumbnail_key"
            )
        };
    }
    let sql = Sql::differing(delete!(sqlite), delete!(postgres));
    tx.fetch_all(sql, params![permit.app(), &json!(slugs), permit.assigned_to()]).await
}

row! {
    /// How many inputs stand where.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct InputCounts {
        /// Those that are ready.
        pub ready: i64,
        /// Those that are being fetched or read.
        pub pending: i64,
        /// Those that could not be.
        pub failed: i64,
    }
}

/// How many inputs of the permit's app stand where.
///
/// # Errors
/// When the database fails.
pub async fn counts(conn: &mut Conn, permit: &Permit) -> Result<InputCounts> {
    macro_rules! counts {
        ($from:expr) => {
            concat!(
                "SELECT CAST(COALESCE(SUM(CASE WHEN status = 30000 THEN count END), 0) AS BIGINT) AS ready, \
                 CAST(COALESCE(SUM(CASE WHEN status IN (30001, 30003) THEN count END), 0) AS BIGINT) AS pending, \
                 CAST(COALESCE(SUM(CASE WHEN status NOT IN (30000, 30001, 30003) THEN count END), 0) AS BIGINT) \
                 AS failed FROM ",
                $from
            )
        };
    }
    match permit.assigned_to() {
        None => conn.fetch_one(counts!("input_tallies WHERE app_id = $1"), params![permit.app()]).await,
        Some(person) => {
            let reached = counts!(concat!(
                "(SELECT status, 1 AS count FROM inputs WHERE app_id = $1 AND id IN (",
                assigned!("$2"),
                ")) reached"
            ));
            conn.fetch_one(reached, params![permit.app(), person]).await
        }
    }
}
