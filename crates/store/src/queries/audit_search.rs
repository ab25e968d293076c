//! The audit list as the wire searches it: by exact names, in either direction, in numbered pages.

use atelier_domain::{OwnPermit, Permit, Timestamp};
use serde_json::Value;

use crate::Result;
use crate::db::{Conn, params, row};

row! {
    /// One entry, with the names by which those in it are found at this moment.
    #[derive(Clone, Debug)]
    pub struct FoundRow {
        /// When it happened.
        pub at: Timestamp,
        /// Who did it, by the name of that time.
        pub actor: String,
        /// Their slug.
        pub actor_slug: Option<String>,
        /// What was done.
        pub action: String,
        /// To whom or what, by the name of that time.
        pub subject: String,
        /// The slug of the person to whom it was done, or whose it was done to.
        pub subject_slug: Option<String>,
        /// What they are called.
        pub subject_name: Option<String>,
        /// In which app.
        pub app_slug: Option<String>,
        /// The slug of that app's owner.
        pub app_owner: Option<String>,
        /// How it stood before.
        pub before_state: Option<Value>,
        /// How it stood afterwards.
        pub after_state: Option<Value>,
        /// From which network address.
        pub address: String,
    }
}

/// Which entries are wanted: those that fit everything that is given.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Only what was done from this moment on.
    pub from: Option<Timestamp>,
    /// Only what was done before this moment.
    pub until: Option<Timestamp>,
    /// Only what was done by people of these slugs.
    pub actors: Option<Vec<String>>,
    /// Only these actions.
    pub actions: Option<Vec<String>>,
    /// Not these actions.
    pub other_actions: Vec<String>,
    /// Only what was done to these: people by slug, apps as `owner/app`.
    pub targets: Option<Vec<String>>,
    /// Only what was done from these network addresses.
    pub addresses: Option<Vec<String>>,
    /// Whether the oldest come first.
    pub oldest_first: bool,
}

/// Names as one text with a space around each: none of them has one in it. A statement asks whether a name is among
/// them by whether taking it out, spaces and all, makes another text: unlike `LIKE`, this knows no wildcards.
fn spaced(names: &[String]) -> String {
    let mut text = String::from(" ");
    for name in names.iter().filter(|name| !name.contains(' ')) {
        text.push_str(name);
        text.push(' ');
    }
    text
}

macro_rules! search {
    ($whose:literal, $order:literal) => {
        concat!(
            "SELECT x.at, x.actor, u.slug AS actor_slug, x.action, x.subject, s.slug AS subject_slug, \
             s.name AS subject_name, a.slug AS app_slug, o.slug AS app_owner, x.before_state, x.after_state, x.address \
             FROM audit x LEFT JOIN users u ON u.id = x.actor_id LEFT JOIN users s ON s.id = x.subject_id \
             LEFT JOIN apps a ON a.id = x.app_id LEFT JOIN users o ON o.id = a.owner_id WHERE ",
            $whose,
            " AND x.at >= $2 AND x.at < $3 \
             AND (CAST($4 AS TEXT) IS NULL OR replace($4, ' ' || u.slug || ' ', '') <> $4) \
             AND (CAST($5 AS TEXT) IS NULL OR replace($5, ' ' || x.action || ' ', '') <> $5) \
             AND replace($6, ' ' || x.action || ' ', '') = $6 \
             AND (CAST($7 AS TEXT) IS NULL OR replace($7, ' ' || s.slug || ' ', '') <> $7 \
              OR replace($7, ' ' || o.slug || '/' || a.slug || ' ', '') <> $7) \
             AND (CAST($8 AS TEXT) IS NULL OR replace($8, ' ' || x.address || ' ', '') <> $8) \
             ORDER BY x.id ",
            $order,
            " LIMIT $9 OFFSET $10"
        )
    };
}

macro_rules! fetch {
    ($conn:expr, $whose:literal, $id:expr, $search:expr, $page:expr, $size:expr) => {{
        let search = $search;
        let sql = if search.oldest_first { search!($whose, "ASC") } else { search!($whose, "DESC") };
        let among = |names: &Option<Vec<String>>| names.as_deref().map(spaced);
        let size = i64::from($size);
        let params = params![
            $id,
            search.from.map_or(i64::MIN, Timestamp::micros),
            search.until.map_or(i64::MAX, Timestamp::micros),
            among(&search.actors),
            among(&search.actions),
            spaced(&search.other_actions),
            among(&search.targets),
            among(&search.addresses),
            size,
            i64::from($page.saturating_sub(1)) * size,
        ];
        $conn.fetch_all(sql, params).await
    }};
}

/// Page `page` (from 1) of `size` entries of the permit's app.
///
/// # Errors
/// When the database fails.
pub async fn of_app(
    conn: &mut Conn,
    permit: &Permit,
    search: &Search,
    page: u32,
    size: u32,
) -> Result<Vec<FoundRow>> {
    fetch!(conn, "x.app_id = $1", permit.app(), search, page, size)
}

/// Page `page` (from 1) of `size` entries that tell of what the person did, or of what was done to them.
///
/// # Errors
/// When the database fails.
pub async fn of_person(
    conn: &mut Conn,
    permit: &OwnPermit,
    search: &Search,
    page: u32,
    size: u32,
) -> Result<Vec<FoundRow>> {
    fetch!(conn, "(x.actor_id = $1 OR x.subject_id = $1)", permit.user(), search, page, size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_space_is_no_name_and_finds_nothing() {
        assert_eq!(spaced(&["a".into(), "b c".into(), "d".into()]), " a d ");
        assert_eq!(spaced(&[]), " ");
    }
}
