//! Versions of datasets: what they held at one moment, and what was said of it.

use std::collections::BTreeMap;

use atelier_domain::id::{DatasetId, DatasetVersionId, InputId};
use atelier_domain::{Labels, Medium, Part, Permit, Place, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::concepts::one_of;
use super::reach::{assigned, reached};
use crate::Result;
use crate::db::{Column, Conn, Row, Sql, WriteTx, params, row};

row! {
    /// A version of a dataset.
    #[derive(Clone, Debug, PartialEq)]
    pub struct VersionRow {
        /// Its identifier, in the order of time.
        pub id: DatasetVersionId,
        /// Of which dataset, by the identifier that clients chose; it may be gone.
        pub dataset: String,
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What it is.
        pub description: String,
        /// What clients keep with it.
        pub metadata: Option<Value>,
        /// How many inputs it has.
        pub inputs: i64,
        /// Of how many of them nobody had said anything.
        pub unlabelled: i64,
        /// How many of them are learned from; none, if it is not divided.
        pub train: Option<i64>,
        /// How many are looked at meanwhile.
        pub valid: Option<i64>,
        /// How many are tested with.
        pub test: Option<i64>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When what is kept with it last changed.
        pub changed_at: Timestamp,
    }
}

/// The versions of the app `$1`, which count what is reached if `$who` is who asks.
macro_rules! version {
    (sqlite $who:literal; $($condition:tt)+) => {
        version!("json_array_length", $who; $($condition)+)
    };
    (postgres $who:literal; $($condition:tt)+) => {
        version!("jsonb_array_length", $who; $($condition)+)
    };
    ($length:literal, $who:literal; $($condition:tt)+) => {
        concat!(
            "SELECT v.id, v.dataset, v.slug, v.description, v.metadata, ",
            version!(count $who, "v.inputs"; ""), " AS inputs, ",
            version!(count $who, "v.unlabelled"; " AND ", $length, "(r.said) = 0"), " AS unlabelled, ",
            version!(count $who, "v.train"; " AND r.part = 'train'"), " AS train, ",
            version!(count $who, "v.valid"; " AND r.part = 'valid'"), " AS valid, ",
            version!(count $who, "v.test"; " AND r.part = 'test'"), " AS test, \
             v.created_at, v.changed_at FROM dataset_versions v WHERE v.app_id = $1",
            $($condition)+
        )
    };
    // What was counted when the version was made, unless only a part of it is reached.
    (count $who:literal, $counted:literal; $($condition:expr),+) => {
        concat!(
            "CASE WHEN CAST(", $who, " AS UUID) IS NULL OR ", $counted, " IS NULL THEN ", $counted,
            " ELSE (SELECT COUNT(*) FROM dataset_version_inputs r WHERE r.version_id = v.id \
             AND r.input_id IN (", assigned!($who), ")", $($condition),+, ") END"
        )
    };
}

/// A new version.
#[derive(Clone, Debug)]
pub struct NewVersion<'a> {
    /// Its identifier, in the order of time.
    pub id: DatasetVersionId,
    /// Of which dataset, by the identifier that clients chose.
    pub dataset: &'a str,
    /// Its identifier, as clients chose it.
    pub slug: &'a str,
    /// What it is.
    pub description: &'a str,
    /// What clients keep with it.
    pub metadata: Option<&'a Value>,
}

/// Begins a version of a dataset of the permit's app, with nothing in it; answers whether its identifier was free.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    version: &NewVersion<'_>,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "INSERT INTO dataset_versions (id, app_id, dataset, slug, description, metadata, inputs, unlabelled, \
             created_by, created_at, changed_at) VALUES ($2, $1, $3, $4, $5, $6, 0, 0, $7, $8, $8) \
             ON CONFLICT (app_id, dataset, slug) DO NOTHING",
            params![
                permit.app(),
                version.id,
                version.dataset,
                version.slug,
                version.description,
                version.metadata,
                permit.user(),
                now
            ],
        )
        .await?;
    Ok(inserted > 0)
}

/// Copies into `version` what the dataset `from` of the permit's app holds now, in its order, with every annotation as it
/// stands; answers how many inputs these are.
///
/// # Errors
/// When the database fails.
pub async fn freeze(
    tx: &mut WriteTx,
    permit: &Permit,
    version: DatasetVersionId,
    from: DatasetId,
) -> Result<u64> {
    macro_rules! freeze {
        ($said:literal) => {
            concat!(
                "INSERT INTO dataset_version_inputs (version_id, position, input_id, slug, kind, media_type, width, \
                 height, size, sha256, metadata, latitude, longitude, said, added_at) \
                 SELECT v.id, row_number() OVER (ORDER BY m.added_at, m.input_id), i.id, i.slug, i.kind, \
                 i.media_type, i.width, i.height, i.size, i.sha256, i.metadata, i.latitude, i.longitude, ",
                $said,
                ", m.added_at FROM dataset_versions v CROSS JOIN datasets d CROSS JOIN dataset_inputs m \
                 CROSS JOIN inputs i WHERE v.app_id = $1 AND v.id = $2 AND d.app_id = v.app_id AND d.id = $3 \
                 AND m.dataset_id = d.id AND i.id = m.input_id AND i.app_id = v.app_id"
            )
        };
    }
    // One statement: it sees one moment on both databases. SQLite joins in this order, and else might go through all inputs
    // of the app.
    let sql = Sql::differing(
        freeze!(
            "(SELECT json_group_array(json_object('id', a.slug, 'author', w.slug, 'status', a.status, \
             'labels', json(a.data), 'info', json(a.info), 'changed_at', a.changed_at) ORDER BY a.id) \
             FROM annotations a JOIN users w ON w.id = a.user_id WHERE a.input_id = i.id)"
        ),
        freeze!(
            "COALESCE((SELECT jsonb_agg(jsonb_build_object('id', a.slug, 'author', w.slug, 'status', a.status, \
             'labels', a.data, 'info', a.info, 'changed_at', a.changed_at) ORDER BY a.id) \
             FROM annotations a JOIN users w ON w.id = a.user_id WHERE a.input_id = i.id), '[]')"
        ),
    );
    tx.execute(sql, params![permit.app(), version, from]).await
}

row! {
    /// An input of a version, by its place in it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PlaceRow {
        /// Its place, from 1.
        pub position: i64,
        /// Its identifier, as clients chose it.
        pub slug: String,
    }
}

/// The inputs of `version` of the permit's app behind the place `after`, `size` of them.
///
/// # Errors
/// When the database fails.
pub async fn places(
    conn: &mut Conn,
    permit: &Permit,
    version: DatasetVersionId,
    after: i64,
    size: usize,
) -> Result<Vec<PlaceRow>> {
    conn.fetch_all(
        "SELECT r.position, r.slug FROM dataset_versions v JOIN dataset_version_inputs r ON r.version_id = v.id \
         WHERE v.app_id = $1 AND v.id = $2 AND r.position > $3 ORDER BY r.position LIMIT $4",
        params![permit.app(), version, after, i64::try_from(size).unwrap_or(i64::MAX)],
    )
    .await
}

/// Notes that the inputs at these places of `version` of the permit's app fall into `part`.
///
/// # Errors
/// When the database fails.
pub async fn divide(
    tx: &mut WriteTx,
    permit: &Permit,
    version: DatasetVersionId,
    part: Part,
    positions: &[i64],
) -> Result<()> {
    macro_rules! divide {
        ($among:literal) => {
            concat!(
                "UPDATE dataset_version_inputs SET part = $4 \
                 WHERE version_id = (SELECT id FROM dataset_versions WHERE app_id = $1 AND id = $2) AND position ",
                $among
            )
        };
    }
    let sql = Sql::differing(
        divide!("IN (SELECT value FROM json_each($3))"),
        divide!(
            "= ANY (ARRAY(SELECT CAST(n.value AS BIGINT) FROM jsonb_array_elements_text($3) AS n (value)))"
        ),
    );
    tx.execute(sql, params![permit.app(), version, &json!(positions), part.name()]).await?;
    Ok(())
}

/// Notes how many inputs `version` of the permit's app has, and how many are in which part if it is divided.
///
/// # Errors
/// When the database fails.
pub async fn count(
    tx: &mut WriteTx,
    permit: &Permit,
    version: DatasetVersionId,
    inputs: u64,
    parts: Option<&BTreeMap<Part, i64>>,
) -> Result<()> {
    macro_rules! count {
        ($length:literal) => {
            concat!(
                "UPDATE dataset_versions SET inputs = $3, train = $4, valid = $5, test = $6, \
                 unlabelled = (SELECT COUNT(*) FROM dataset_version_inputs r WHERE r.version_id = $2 AND ",
                $length,
                "(r.said) = 0) WHERE app_id = $1 AND id = $2"
            )
        };
    }
    let sql = Sql::differing(count!("json_array_length"), count!("jsonb_array_length"));
    let inputs = i64::try_from(inputs).unwrap_or(i64::MAX);
    let of = |part: Part| parts.map(|parts| parts.get(&part).copied().unwrap_or_default());
    let [train, valid, test] = Part::ALL.map(of);
    tx.execute(sql, params![permit.app(), version, inputs, train, valid, test]).await?;
    Ok(())
}

/// One version of the dataset `dataset` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, permit: &Permit, dataset: &str, slug: &str) -> Result<Option<VersionRow>> {
    let sql = Sql::differing(
        version!(sqlite "$4"; " AND v.dataset = $2 AND v.slug = $3"),
        version!(postgres "$4"; " AND v.dataset = $2 AND v.slug = $3"),
    );
    conn.fetch_optional(sql, params![permit.app(), dataset, slug, permit.assigned_to()]).await
}

/// One version of the dataset `dataset` of the permit's app, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn get_to_change(
    tx: &mut WriteTx,
    permit: &Permit,
    dataset: &str,
    slug: &str,
) -> Result<Option<VersionRow>> {
    let sql = Sql::differing(
        version!(sqlite "$4"; " AND v.dataset = $2 AND v.slug = $3"),
        version!(postgres "$4"; " AND v.dataset = $2 AND v.slug = $3 FOR NO KEY UPDATE OF v"),
    );
    tx.fetch_optional(sql, params![permit.app(), dataset, slug, permit.assigned_to()]).await
}

/// The versions of the dataset `dataset` of the permit's app, the newest first, `size` of them after `skip`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    dataset: &str,
    skip: usize,
    size: usize,
) -> Result<Vec<VersionRow>> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    let sql = Sql::differing(
        version!(sqlite "$5"; " AND v.dataset = $2 ORDER BY v.id DESC LIMIT $3 OFFSET $4"),
        version!(postgres "$5"; " AND v.dataset = $2 ORDER BY v.id DESC LIMIT $3 OFFSET $4"),
    );
    conn.fetch_all(sql, params![permit.app(), dataset, limit, offset, permit.assigned_to()]).await
}

row! {
    struct KnownRow {
        known: bool,
    }
}

/// Whether the permit's app has a dataset `dataset`, or versions of one that it had.
///
/// # Errors
/// When the database fails.
pub async fn is_known(conn: &mut Conn, permit: &Permit, dataset: &str) -> Result<bool> {
    let row: KnownRow = conn
        .fetch_one(
            "SELECT EXISTS (SELECT 1 FROM datasets WHERE app_id = $1 AND slug = $2) \
             OR EXISTS (SELECT 1 FROM dataset_versions WHERE app_id = $1 AND dataset = $2) AS known",
            params![permit.app(), dataset],
        )
        .await?;
    Ok(row.known)
}

/// What of a version can be changed: what is kept with it, and nothing that it holds.
#[derive(Clone, Debug)]
pub struct VersionChange<'a> {
    /// What it is.
    pub description: &'a str,
    /// What clients keep with it.
    pub metadata: Option<&'a Value>,
}

/// Changes `version` of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn update(
    tx: &mut WriteTx,
    permit: &Permit,
    version: DatasetVersionId,
    change: &VersionChange<'_>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE dataset_versions SET description = $3, metadata = $4, changed_at = $5 WHERE app_id = $1 AND id = $2",
        params![permit.app(), version, change.description, change.metadata, now],
    )
    .await?;
    Ok(())
}

/// Deletes the versions `slugs` of the dataset `dataset` of the permit's app, with what they hold; answers how many there
/// were.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut WriteTx, permit: &Permit, dataset: &str, slugs: &[&str]) -> Result<u64> {
    macro_rules! delete {
        ($dialect:ident) => {
            concat!(
                "DELETE FROM dataset_versions WHERE app_id = $1 AND dataset = $2 AND ",
                one_of!($dialect "slug" "$3")
            )
        };
    }
    let sql = Sql::differing(delete!(sqlite), delete!(postgres));
    tx.execute(sql, params![permit.app(), dataset, &json!(slugs)]).await
}

/// An annotation, as it stood when a version was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrozenAnnotation {
    /// Its identifier, as clients chose it.
    pub id: String,
    /// The slug of whose it was.
    pub author: String,
    /// Where it stood, by the wire's number.
    pub status: i64,
    /// What it said.
    pub labels: Labels,
    /// What clients kept with it.
    pub info: Option<Value>,
    /// When it had last changed.
    pub changed_at: Timestamp,
}

impl Column for Vec<FrozenAnnotation> {
    fn read(row: &Row<'_>, column: &'static str) -> Result<Self> {
        Ok(row.json(column)?.unwrap_or_default())
    }
}

row! {
    /// An input, as it was when a version was made. What it held is not copied: it is found by the input, as long as that
    /// is there, and known by its hash.
    #[derive(Clone, Debug, PartialEq)]
    pub struct FrozenInputRow {
        /// Its place in the version, from 1.
        pub position: i64,
        /// Which input it was.
        pub input_id: InputId,
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What kind of thing it was.
        pub kind: Medium,
        /// What kind of bytes it had, such as `image/png`.
        pub media_type: Option<String>,
        /// A picture's width in pixels.
        pub width: Option<i64>,
        /// A picture's height in pixels.
        pub height: Option<i64>,
        /// How many bytes it had.
        pub size: i64,
        /// The hash of its bytes.
        pub sha256: Vec<u8>,
        /// What clients kept with it.
        pub metadata: Option<Value>,
        /// Where it was made, in degrees north of the equator: see [`FrozenInputRow::place`].
        pub latitude: Option<f64>,
        /// In degrees east of Greenwich.
        pub longitude: Option<f64>,
        /// What had been said of it.
        pub said: Vec<FrozenAnnotation>,
        /// Into which part it falls, if the version is divided.
        pub part: Option<Part>,
        /// When it had been put into the dataset.
        pub added_at: Timestamp,
    }
}

impl FrozenInputRow {
    /// Where it was made, if that was known.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        Place::new(self.latitude?, self.longitude?).ok()
    }
}

/// What `version` of the permit's app holds behind the place `after`, in its order, `size` inputs; with a `part` those of
/// it alone.
///
/// # Errors
/// When the database fails.
pub async fn inputs(
    conn: &mut Conn,
    permit: &Permit,
    version: DatasetVersionId,
    part: Option<Part>,
    after: i64,
    size: usize,
) -> Result<Vec<FrozenInputRow>> {
    conn.fetch_all(
        concat!(
            "SELECT r.position, r.input_id, r.slug, r.kind, r.media_type, r.width, r.height, r.size, r.sha256, \
             r.metadata, r.latitude, r.longitude, r.said, r.part, r.added_at \
             FROM dataset_versions v JOIN dataset_version_inputs r ON r.version_id = v.id \
             WHERE v.app_id = $1 AND v.id = $2 AND r.position > $3 AND (CAST($5 AS TEXT) IS NULL OR r.part = $5) AND ",
            reached!("r.input_id" "$6"),
            " ORDER BY r.position LIMIT $4"
        ),
        params![
            permit.app(),
            version,
            after,
            i64::try_from(size).unwrap_or(i64::MAX),
            part.map(Part::name),
            permit.assigned_to()
        ],
    )
    .await
}
