//! What people show besides their password: the app that makes codes.

use atelier_domain::Timestamp;
use atelier_domain::id::UserId;

use crate::Result;
use crate::db::{Conn, params, row};

row! {
    /// The app of somebody that makes codes.
    #[derive(Clone)]
    pub struct AuthenticatorRow {
        /// The secret from which they are made.
        pub secret: Vec<u8>,
        /// The step of the last code that was taken.
        pub last_step: i64,
        /// Since when it counts.
        pub created_at: Timestamp,
    }
}

/// The app of `user` that makes codes, if they have one.
///
/// # Errors
/// When the database fails: then nobody may be let through.
pub async fn authenticator(conn: &mut Conn, user: UserId) -> Result<Option<AuthenticatorRow>> {
    conn.fetch_optional(
        "SELECT secret, last_step, created_at FROM authenticators WHERE user_id = $1",
        params![user],
    )
    .await
}
