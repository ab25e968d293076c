//! The audit list: entries are added in the transaction of what they tell of, and never changed.

use atelier_domain::id::{AppId, AuditId, KeyId, UserId};
use atelier_domain::{OwnPermit, Permit, Timestamp};
use serde_json::Value;

use super::Page;
use crate::Result;
use crate::db::{Conn, WriteTx, params, row};

row! {
    /// One entry.
    #[derive(Clone, Debug)]
    pub struct AuditRow {
        /// Its identifier, in the order of the list.
        pub id: AuditId,
        /// When it happened.
        pub at: Timestamp,
        /// In which app.
        pub app_id: Option<AppId>,
        /// Who did it.
        pub actor_id: Option<UserId>,
        /// Who did it, by the name of that time.
        pub actor: String,
        /// With which key.
        pub key_id: Option<KeyId>,
        /// What was done.
        pub action: String,
        /// To whom.
        pub subject_id: Option<UserId>,
        /// To whom or what, by the name of that time.
        pub subject: String,
        /// How it stood before.
        pub before_state: Option<Value>,
        /// How it stood afterwards.
        pub after_state: Option<Value>,
        /// From which network address.
        pub address: String,
        /// With which program.
        pub user_agent: String,
    }
}

/// A new entry.
#[derive(Clone, Debug)]
pub struct NewEntry<'a> {
    /// Its identifier, unless the list has come to a later one already: then it gets one that follows.
    pub id: AuditId,
    /// In which app.
    pub app: Option<AppId>,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// Who did it, by name.
    pub actor: &'a str,
    /// With which key.
    pub key: Option<KeyId>,
    /// What was done.
    pub action: &'a str,
    /// To whom.
    pub subject_id: Option<UserId>,
    /// To whom or what, by name.
    pub subject: &'a str,
    /// How it stood before.
    pub before: Option<&'a Value>,
    /// How it stands afterwards.
    pub after: Option<&'a Value>,
    /// From which network address.
    pub address: &'a str,
    /// With which program.
    pub user_agent: &'a str,
}

/// Adds an entry, which is written when the transaction is committed: see [`WriteTx::commit`].
pub fn add(tx: &mut WriteTx, entry: &NewEntry<'_>, now: Timestamp) {
    tx.tell(AuditRow {
        id: entry.id,
        at: now,
        app_id: entry.app,
        actor_id: entry.actor_id,
        actor: entry.actor.to_owned(),
        key_id: entry.key,
        action: entry.action.to_owned(),
        subject_id: entry.subject_id,
        subject: entry.subject.to_owned(),
        before_state: entry.before.cloned(),
        after_state: entry.after.cloned(),
        address: entry.address.to_owned(),
        user_agent: entry.user_agent.to_owned(),
    });
}

/// Writes an entry. What adds it also links it: `audit_chain::append`.
pub(super) async fn insert(conn: &mut Conn, entry: &AuditRow) -> Result<()> {
    conn.execute(
        "INSERT INTO audit (id, at, app_id, actor_id, actor, key_id, action, subject_id, subject, before_state, \
         after_state, address, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            entry.id,
            entry.at,
            entry.app_id,
            entry.actor_id,
            &entry.actor,
            entry.key_id,
            &entry.action,
            entry.subject_id,
            &entry.subject,
            entry.before_state.as_ref(),
            entry.after_state.as_ref(),
            &entry.address,
            &entry.user_agent
        ],
    )
    .await?;
    Ok(())
}

/// All columns of the entries that `$which` of them says.
macro_rules! select {
    ($($which:literal),+) => {
        concat!(
            "SELECT id, at, app_id, actor_id, actor, key_id, action, subject_id, subject, before_state, after_state, \
             address, user_agent FROM audit ",
            $($which),+
        )
    };
}
pub(super) use select;

/// What to list of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Only what was done by people whose name has this in it.
    pub actor: Option<&'a str>,
    /// Only what was done to people or things whose name has this in it.
    pub subject: Option<&'a str>,
    /// Only actions that start so.
    pub action: Option<&'a str>,
    /// Only what happened from this moment on.
    pub from: Option<Timestamp>,
    /// Only what happened before this moment.
    pub until: Option<Timestamp>,
    /// Only entries older than this one.
    pub before: Option<AuditId>,
}

// The casts tell PostgreSQL the types of parameters that may be null.
macro_rules! list {
    ($whose:literal) => {
        select!(
            "WHERE ",
            $whose,
            " AND (CAST($3 AS TEXT) IS NULL OR lower(actor) LIKE '%' || lower($3) || '%') \
             AND (CAST($4 AS TEXT) IS NULL OR lower(subject) LIKE '%' || lower($4) || '%') \
             AND (CAST($5 AS TEXT) IS NULL OR action LIKE $5 || '%') \
             AND at >= $6 AND at < $7 AND id < $8 ORDER BY id DESC LIMIT $2"
        )
    };
}

macro_rules! fetch {
    ($conn:expr, $whose:literal, $id:expr, $filter:expr, $size:expr) => {{
        let filter = $filter;
        let limit = i64::try_from($size).unwrap_or(i64::MAX).saturating_add(1);
        let from = filter.from.map_or(i64::MIN, Timestamp::micros);
        let until = filter.until.map_or(i64::MAX, Timestamp::micros);
        let before = filter.before.map_or(uuid::Uuid::max(), |id| id.0);
        let rows = $conn
            .fetch_all(
                list!($whose),
                params![$id, limit, filter.actor, filter.subject, filter.action, from, until, before],
            )
            .await?;
        Ok(Page::cut(rows, $size))
    }};
}

/// The entries of the permit's app, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_of_app(
    conn: &mut Conn,
    permit: &Permit,
    filter: &Filter<'_>,
    size: usize,
) -> Result<Page<AuditRow>> {
    fetch!(conn, "app_id = $1", permit.app(), filter, size)
}

/// The entries that tell of what the person did, or of what was done to them, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_of_person(
    conn: &mut Conn,
    permit: &OwnPermit,
    filter: &Filter<'_>,
    size: usize,
) -> Result<Page<AuditRow>> {
    fetch!(conn, "(actor_id = $1 OR subject_id = $1)", permit.user(), filter, size)
}

/// What was last done to the person's access to `app`.
///
/// # Errors
/// When the database fails.
pub async fn last_of_access(conn: &mut Conn, permit: &OwnPermit, app: AppId) -> Result<Option<AuditRow>> {
    conn.fetch_optional(
        select!(
            "WHERE subject_id = $1 AND app_id = $2 AND action LIKE 'collaborator.%' ORDER BY id DESC LIMIT 1"
        ),
        params![permit.user(), app],
    )
    .await
}
