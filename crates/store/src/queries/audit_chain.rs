//! The chain of the audit list: a link for each entry, added with it and never changed.

use atelier_domain::id::AuditId;
use atelier_domain::{Hex, Timestamp};

use super::audit::{self, AuditRow};
use crate::chain::{Hash, Link, digest};
use crate::db::{Backend, Conn, FromRow, Row, WriteTx, params, row};
use crate::{Error, Result};

/// How many rows are read at a time.
const BATCH: i64 = 1_000;

row! {
    /// Where the chain ends.
    struct HeadRow {
        position: i64,
        hash: Vec<u8>,
        entry_id: AuditId,
    }
}

row! {
    /// An answer to whether something is so.
    struct IsSo {
        so: bool,
    }
}

/// A link, and its entry.
#[derive(Clone, Debug)]
pub struct LinkedRow {
    /// Its place.
    pub position: i64,
    /// Its hash: of 32 bytes, unless somebody changed it.
    pub hash: Vec<u8>,
    /// Which entry it links.
    pub entry_id: AuditId,
    /// That entry, unless somebody removed it.
    pub entry: Option<AuditRow>,
}

impl FromRow for LinkedRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let found: Option<AuditId> = row.get("id")?;
        Ok(Self {
            position: row.get("position")?,
            hash: row.get("hash")?,
            entry_id: row.get("entry_id")?,
            entry: found.map(|_| AuditRow::from_row(row)).transpose()?,
        })
    }
}

/// The hash that a link keeps.
fn hash(bytes: &[u8]) -> Result<Hash> {
    let bytes = bytes
        .try_into()
        .map_err(|_| Error::Corrupt { column: "audit_chain.hash", reason: "must be 32 bytes".into() })?;
    Ok(Hex(bytes))
}

/// Holds the end of the chain until the transaction ends.
///
/// INVARIANT: this is the last that a transaction locks, so that nobody who holds it waits for somebody who waits for it.
async fn lock(conn: &mut Conn) -> Result<()> {
    // SQLite has one writer at a time as it is.
    if conn.backend() == Backend::Postgres {
        conn.execute("SELECT pg_advisory_xact_lock(hashtext('audit_chain'), 0)", &[]).await?;
    }
    Ok(())
}

async fn head_row(conn: &mut Conn) -> Result<Option<HeadRow>> {
    conn.fetch_optional(
        "SELECT position, hash, entry_id FROM audit_chain ORDER BY position DESC LIMIT 1",
        &[],
    )
    .await
}

async fn insert(conn: &mut Conn, link: Link, entry: AuditId) -> Result<()> {
    conn.execute(
        "INSERT INTO audit_chain (position, entry_id, hash) VALUES ($1, $2, $3)",
        params![link.position, entry, &link.hash.0],
    )
    .await?;
    Ok(())
}

/// Adds entries at the end of the chain. Their identifiers become later than the last one's where they are not, so that
/// the list is in the order of the chain, whatever the clocks of several servers say.
pub(crate) async fn append(conn: &mut Conn, entries: Vec<AuditRow>) -> Result<()> {
    lock(conn).await?;
    let head = head_row(conn).await?;
    let (mut link, mut last) = match &head {
        Some(head) => (Link { position: head.position, hash: hash(&head.hash)? }, head.entry_id),
        None => (Link::START, AuditId(uuid::Uuid::nil())),
    };
    for mut entry in entries {
        entry.id = entry.id.after(last);
        last = entry.id;
        link = link.followed_by(&digest(&entry));
        audit::insert(conn, &entry).await?;
        insert(conn, link, entry.id).await?;
    }
    Ok(())
}

/// Links the entries that were there before there was a chain, in the order of their identifiers. Of a list that has a
/// link or a root already nothing is linked: an entry without a link is no earlier one there.
pub(crate) async fn link_earlier(tx: &mut WriteTx) -> Result<()> {
    lock(tx).await?;
    if !has_only_earlier(tx).await? {
        return Ok(());
    }
    let (mut link, mut last) = (Link::START, AuditId(uuid::Uuid::nil()));
    loop {
        let entries: Vec<AuditRow> =
            tx.fetch_all(audit::select!("WHERE id > $1 ORDER BY id LIMIT $2"), params![last, BATCH]).await?;
        for entry in &entries {
            last = entry.id;
            link = link.followed_by(&digest(entry));
            insert(tx, link, entry.id).await?;
        }
        if entries.is_empty() {
            tracing::info!(audit.linked = link.position, "linked the audit entries that were there before");
            return Ok(());
        }
    }
}

/// Whether there are entries, and neither links nor roots.
pub(crate) async fn has_only_earlier(conn: &mut Conn) -> Result<bool> {
    let found: IsSo = conn
        .fetch_one(
            "SELECT EXISTS (SELECT 1 FROM audit) AND NOT EXISTS (SELECT 1 FROM audit_chain) \
             AND NOT EXISTS (SELECT 1 FROM audit_roots) AS so",
            &[],
        )
        .await?;
    Ok(found.so)
}

/// The last link, if there is any.
///
/// # Errors
/// When the database fails.
pub async fn head(conn: &mut Conn) -> Result<Option<Link>> {
    let head = head_row(conn).await?;
    head.map(|head| Ok(Link { position: head.position, hash: hash(&head.hash)? })).transpose()
}

/// The next links after that at `position`, in order, each with its entry: none when there are no more.
///
/// # Errors
/// When the database fails.
pub async fn linked_after(conn: &mut Conn, position: i64) -> Result<Vec<LinkedRow>> {
    conn.fetch_all(
        "SELECT c.position, c.hash, c.entry_id, a.id, a.at, a.app_id, a.actor_id, a.actor, a.key_id, a.action, \
         a.subject_id, a.subject, a.before_state, a.after_state, a.address, a.user_agent \
         FROM audit_chain c LEFT JOIN audit a ON a.id = c.entry_id WHERE c.position > $1 \
         ORDER BY c.position LIMIT $2",
        params![position, BATCH],
    )
    .await
}

/// The first entries by identifier that no link knows, or those after `last`: none when there are no more.
///
/// # Errors
/// When the database fails.
pub async fn unlinked(conn: &mut Conn, last: Option<AuditId>) -> Result<Vec<AuditRow>> {
    conn.fetch_all(
        audit::select!(
            "WHERE ($3 OR id > $1) AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.entry_id = audit.id) \
             ORDER BY id LIMIT $2"
        ),
        params![last, BATCH, last.is_none()],
    )
    .await
}

/// Which entries are given out to whoever runs the server.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only what was done in apps of this owner and name, also in those that are deleted.
    pub app: Option<(String, String)>,
    /// Only what was done from this moment on.
    pub from: Option<Timestamp>,
    /// Only what was done before this moment.
    pub until: Option<Timestamp>,
}

/// The next of the wanted entries after that at `position`, in the order of the chain: none when there are no more.
///
/// # Errors
/// When the database fails.
pub async fn wanted_after(conn: &mut Conn, wanted: &Wanted, position: i64) -> Result<Vec<LinkedRow>> {
    let (owner, app) = wanted.app.as_ref().map_or((None, None), |(owner, app)| (Some(owner), Some(app)));
    conn.fetch_all(
        "SELECT c.position, c.hash, c.entry_id, a.id, a.at, a.app_id, a.actor_id, a.actor, a.key_id, a.action, \
         a.subject_id, a.subject, a.before_state, a.after_state, a.address, a.user_agent \
         FROM audit_chain c JOIN audit a ON a.id = c.entry_id WHERE c.position > $1 AND a.at >= $3 AND a.at < $4 \
         AND (CAST($5 AS TEXT) IS NULL OR a.app_id IN \
          (SELECT p.id FROM apps p JOIN users o ON o.id = p.owner_id WHERE o.slug = $5 AND p.slug = $6)) \
         ORDER BY c.position LIMIT $2",
        params![
            position,
            BATCH,
            wanted.from.map_or(i64::MIN, Timestamp::micros),
            wanted.until.map_or(i64::MAX, Timestamp::micros),
            owner.map(String::as_str),
            app.map(String::as_str),
        ],
    )
    .await
}

/// Whether there is or was an app of this owner and name.
///
/// # Errors
/// When the database fails.
pub async fn knows_app(conn: &mut Conn, owner: &str, app: &str) -> Result<bool> {
    let found: IsSo = conn
        .fetch_one(
            "SELECT EXISTS (SELECT 1 FROM apps p JOIN users o ON o.id = p.owner_id \
             WHERE o.slug = $1 AND p.slug = $2) AS so",
            params![owner, app],
        )
        .await?;
    Ok(found.so)
}

row! {
    /// The end of the chain as it was signed on one day.
    #[derive(Clone, Debug)]
    pub struct RootRow {
        /// When the day began, UTC.
        pub day: Timestamp,
        /// The place of the last link.
        pub position: i64,
        /// Its hash.
        pub hash: Vec<u8>,
        /// Whose signature it is.
        pub public_key: Vec<u8>,
        /// The signature.
        pub signature: Vec<u8>,
    }
}

/// Keeps a signed root, and answers whether it was the first of its day: any other is left as it is.
///
/// # Errors
/// When the database fails.
pub async fn add_root(tx: &mut WriteTx, root: &RootRow) -> Result<bool> {
    let added = tx
        .execute(
            "INSERT INTO audit_roots (day, position, hash, public_key, signature) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (day) DO NOTHING",
            params![
                root.day,
                root.position,
                root.hash.as_slice(),
                root.public_key.as_slice(),
                root.signature.as_slice()
            ],
        )
        .await?;
    Ok(added == 1)
}

/// Whether the root of the day that begins at `day` is there.
///
/// # Errors
/// When the database fails.
pub async fn has_root(conn: &mut Conn, day: Timestamp) -> Result<bool> {
    let found: IsSo = conn
        .fetch_one("SELECT EXISTS (SELECT 1 FROM audit_roots WHERE day = $1) AS so", params![day])
        .await?;
    Ok(found.so)
}

/// Every root, the oldest first: one for each day.
///
/// # Errors
/// When the database fails.
pub async fn roots(conn: &mut Conn) -> Result<Vec<RootRow>> {
    conn.fetch_all("SELECT day, position, hash, public_key, signature FROM audit_roots ORDER BY day", &[])
        .await
}
