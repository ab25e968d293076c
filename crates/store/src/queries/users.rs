//! People, their e-mail addresses, and the links mailed to them.

use std::collections::BTreeSet;

use atelier_domain::id::UserId;
use atelier_domain::{Email, OwnPermit, Timestamp};

use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// A person's account.
    #[derive(Clone, Debug)]
    pub struct UserRow {
        /// Its identifier.
        pub id: UserId,
        /// Its name in addresses.
        pub slug: String,
        /// What the person is called.
        pub name: String,
        /// When it was made.
        pub created_at: Timestamp,
        /// The address that mail goes to.
        pub email: Option<String>,
    }
}

row! {
    /// An account with what its password hashes to.
    #[derive(Clone)]
    pub struct PasswordRow {
        /// Whose it is.
        pub user_id: UserId,
        /// The hash, in PHC form; none if the account has no password.
        pub password_hash: Option<String>,
    }
}

row! {
    /// An e-mail address that somebody claims.
    #[derive(Clone, Debug)]
    pub struct AddressRow {
        /// The address.
        pub address: String,
        /// Whether mail goes there.
        pub is_primary: bool,
        /// When its owner proved that it is theirs.
        pub verified_at: Option<Timestamp>,
    }
}

row! {
    /// A link that was mailed.
    #[derive(Clone, Debug)]
    pub struct LinkRow {
        /// For whom.
        pub user_id: UserId,
        /// To which address.
        pub address: String,
        /// Until when it can be used.
        pub expires_at: Timestamp,
        /// When it was used.
        pub used_at: Option<Timestamp>,
    }
}

/// For what a link is mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To prove that an address is one's own.
    VerifyAddress,
    /// To set a new password.
    ResetPassword,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::VerifyAddress => "verify_address",
            Self::ResetPassword => "reset_password",
        }
    }
}

const USER: &str = "SELECT u.id, u.slug, u.name, u.created_at, e.address AS email FROM users u \
    LEFT JOIN email_addresses e ON e.user_id = u.id AND e.is_primary = TRUE WHERE u.id = $1";
const USER_BY_SLUG: &str = "SELECT u.id, u.slug, u.name, u.created_at, e.address AS email FROM users u \
    LEFT JOIN email_addresses e ON e.user_id = u.id AND e.is_primary = TRUE WHERE u.slug = $1";
pub(super) const USER_BY_IDENTITY: &str = "SELECT u.id, u.slug, u.name, u.created_at, e.address AS email FROM identities i JOIN users u ON u.id = i.user_id \
    LEFT JOIN email_addresses e ON e.user_id = u.id AND e.is_primary = TRUE WHERE i.issuer = $1 AND i.subject = $2";
const USER_BY_ADDRESS: &str = "SELECT u.id, u.slug, u.name, u.created_at, p.address AS email \
    FROM email_addresses e JOIN users u ON u.id = e.user_id \
    LEFT JOIN email_addresses p ON p.user_id = u.id AND p.is_primary = TRUE \
    WHERE e.address = $1 AND e.verified_at IS NOT NULL";

/// A new account.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// Its identifier.
    pub id: UserId,
    /// Its name in addresses.
    pub slug: &'a str,
    /// What the person is called.
    pub name: &'a str,
    /// What the password hashes to, in PHC form; none if it has no password.
    pub password_hash: Option<&'a str>,
}

/// Makes an account.
///
/// # Errors
/// [`Duplicate`](crate::Error::Duplicate) when the slug is taken.
pub async fn insert(tx: &mut WriteTx, user: &NewUser<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO users (id, slug, name, password_hash, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $5)",
        params![user.id, user.slug, user.name, user.password_hash.unwrap_or_default(), now],
    )
    .await?;
    Ok(())
}

/// The account `id`.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut Conn, id: UserId) -> Result<Option<UserRow>> {
    conn.fetch_optional(USER, params![id]).await
}

/// The account of that slug.
///
/// # Errors
/// When the database fails.
pub async fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<UserRow>> {
    conn.fetch_optional(USER_BY_SLUG, params![slug]).await
}

/// The account whose owner has proved that `address` is theirs.
///
/// # Errors
/// When the database fails.
pub async fn by_verified_address(conn: &mut Conn, address: &Email) -> Result<Option<UserRow>> {
    conn.fetch_optional(USER_BY_ADDRESS, params![address]).await
}

/// The account to which somebody signs in with `address`, verified or its first, still unverified one; with the hash
/// of its password.
///
/// # Errors
/// When the database fails.
pub async fn password_by_address(conn: &mut Conn, address: &Email) -> Result<Option<PasswordRow>> {
    conn.fetch_optional(
        "SELECT u.id AS user_id, NULLIF(u.password_hash, '') AS password_hash FROM email_addresses e JOIN users u ON u.id = e.user_id \
         WHERE e.address = $1 ORDER BY e.verified_at IS NULL, e.created_at LIMIT 1",
        params![address],
    )
    .await
}

/// What the password of `user` hashes to.
///
/// # Errors
/// When the database fails.
pub async fn password_of(conn: &mut Conn, user: UserId) -> Result<Option<PasswordRow>> {
    conn.fetch_optional(
        "SELECT id AS user_id, NULLIF(password_hash, '') AS password_hash FROM users WHERE id = $1",
        params![user],
    )
    .await
}

/// Whether `user` has a password.
///
/// # Errors
/// When the database fails.
pub async fn has_password(conn: &mut Conn, user: UserId) -> Result<bool> {
    Ok(password_of(conn, user).await?.is_some_and(|row| row.password_hash.is_some()))
}

/// Keeps everyone else from changing how `user` gets in, until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut WriteTx, user: UserId) -> Result<()> {
    // The update changes nothing: it is what locks the row.
    tx.execute("UPDATE users SET changed_at = changed_at WHERE id = $1", params![user]).await?;
    Ok(())
}

/// Sets what the password of `user` hashes to.
///
/// # Errors
/// When the database fails.
pub async fn set_password(tx: &mut WriteTx, user: UserId, password_hash: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE users SET password_hash = $2, changed_at = $3 WHERE id = $1",
        params![user, password_hash, now],
    )
    .await?;
    Ok(())
}

/// Sets what the person is called.
///
/// # Errors
/// When the database fails.
pub async fn set_name(tx: &mut WriteTx, permit: &OwnPermit, name: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE users SET name = $2, changed_at = $3 WHERE id = $1",
        params![permit.user(), name, now],
    )
    .await?;
    Ok(())
}

/// The addresses of `user`, the primary one first.
///
/// # Errors
/// When the database fails.
pub async fn addresses(conn: &mut Conn, user: UserId) -> Result<Vec<AddressRow>> {
    conn.fetch_all(
        "SELECT address, is_primary, verified_at FROM email_addresses WHERE user_id = $1 \
         ORDER BY is_primary DESC, created_at",
        params![user],
    )
    .await
}

/// Adds an address that `user` claims.
///
/// # Errors
/// [`Duplicate`](crate::Error::Duplicate) when they have it already.
pub async fn add_address(
    tx: &mut WriteTx,
    user: UserId,
    address: &Email,
    is_primary: bool,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO email_addresses (user_id, address, is_primary, created_at) VALUES ($1, $2, $3, $4)",
        params![user, address, is_primary, now],
    )
    .await?;
    Ok(())
}

/// Keeps everyone else from proving that one of `addresses` is theirs, and from inviting it, until the transaction ends.
/// Whoever locks apps as well locks addresses first.
///
/// # Errors
/// When the database fails.
pub async fn lock_addresses(tx: &mut WriteTx, addresses: &[Email]) -> Result<()> {
    // In one order, so that two of these never wait for one another. An address may have no row yet that could be
    // locked. SQLite has one writer at a time as it is.
    let addresses: BTreeSet<&str> = addresses.iter().map(Email::as_str).collect();
    for address in addresses {
        tx.execute(
            Sql::differing(
                "SELECT 1 WHERE $1 IS NULL",
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
            ),
            params![address],
        )
        .await?;
    }
    Ok(())
}

/// Notes that `user` has proved that `address` is theirs. Other people's unproved claims to it fall. Nobody invites the
/// address meanwhile: whoever does waits until the transaction ends.
///
/// # Errors
/// [`Duplicate`](crate::Error::Duplicate) when somebody else has proved it before.
pub async fn verify_address(tx: &mut WriteTx, user: UserId, address: &Email, now: Timestamp) -> Result<bool> {
    lock_addresses(tx, std::slice::from_ref(address)).await?;
    let verified = tx
        .execute(
            "UPDATE email_addresses SET verified_at = COALESCE(verified_at, $3) WHERE user_id = $1 AND address = $2",
            params![user, address, now],
        )
        .await?;
    tx.execute(
        "DELETE FROM email_addresses WHERE address = $2 AND user_id <> $1 AND verified_at IS NULL \
         AND is_primary = FALSE",
        params![user, address],
    )
    .await?;
    Ok(verified == 1)
}

/// Makes a verified address the one that mail goes to; answers whether it was one.
///
/// # Errors
/// When the database fails.
pub async fn make_primary(tx: &mut WriteTx, permit: &OwnPermit, address: &Email) -> Result<bool> {
    let user = permit.user();
    let known: Option<AddressRow> = tx
        .fetch_optional(
            "SELECT address, is_primary, verified_at FROM email_addresses \
             WHERE user_id = $1 AND address = $2 AND verified_at IS NOT NULL",
            params![user, address],
        )
        .await?;
    if known.is_none() {
        return Ok(false);
    }
    tx.execute("UPDATE email_addresses SET is_primary = FALSE WHERE user_id = $1", params![user]).await?;
    tx.execute(
        "UPDATE email_addresses SET is_primary = TRUE WHERE user_id = $1 AND address = $2",
        params![user, address],
    )
    .await?;
    Ok(true)
}

/// Takes an address away that is not the primary one; answers whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn remove_address(tx: &mut WriteTx, permit: &OwnPermit, address: &Email) -> Result<bool> {
    let removed = tx
        .execute(
            "DELETE FROM email_addresses WHERE user_id = $1 AND address = $2 AND is_primary = FALSE",
            params![permit.user(), address],
        )
        .await?;
    Ok(removed == 1)
}

/// Keeps the hash of a link that is about to be mailed. Earlier ones for the same purpose and address end.
///
/// # Errors
/// When the database fails.
pub async fn add_link(
    tx: &mut WriteTx,
    secret_hash: &[u8; 32],
    purpose: Purpose,
    user: UserId,
    address: &Email,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE mailed_links SET used_at = $4 WHERE user_id = $1 AND purpose = $2 AND address = $3 \
         AND used_at IS NULL",
        params![user, purpose.as_str(), address, now],
    )
    .await?;
    tx.execute(
        "INSERT INTO mailed_links (secret_hash, purpose, user_id, address, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![secret_hash, purpose.as_str(), user, address, now, expires_at],
    )
    .await?;
    Ok(())
}

/// Uses a mailed link up; none if it is unknown, was used, or has expired.
///
/// # Errors
/// When the database fails.
pub async fn use_link(
    tx: &mut WriteTx,
    secret_hash: &[u8; 32],
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<LinkRow>> {
    tx.fetch_optional(
        "UPDATE mailed_links SET used_at = $3 WHERE secret_hash = $1 AND purpose = $2 AND used_at IS NULL \
         AND expires_at > $3 RETURNING user_id, address, expires_at, used_at",
        params![secret_hash, purpose.as_str(), now],
    )
    .await
}
