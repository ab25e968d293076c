//! Asking a browser to sign, and taking its answer once.

use std::fmt;

use atelier_domain::id::SessionId;
use atelier_domain::time::MINUTE;
use atelier_store::WriteTx;
use atelier_store::queries::passkeys::{self, ChallengeRow, Purpose};
use serde_json::Value;

use super::site::Asked;
use crate::secrets::{hash_secret, new_secret};
use crate::{Error, Result, Service};

/// How long a browser may take to answer.
pub const CHALLENGE: i64 = 5 * MINUTE;

/// What a browser is asked to sign.
pub struct Challenge {
    /// The options for its credentials, as JSON.
    pub options: String,
    /// By what the answer is known to come from the same browser, which alone has it.
    pub secret: String,
}

/// Never the secret itself.
impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Service {
    /// Keeps by what the answer to `asked` is verified.
    pub(super) async fn keep_challenge(
        &self,
        tx: &mut WriteTx,
        purpose: Purpose,
        session: Option<SessionId>,
        asked: Asked,
    ) -> Result<Challenge> {
        let secret = new_secret(&self.world);
        let ends = self.world.now().plus(CHALLENGE);
        let row = ChallengeRow { session_id: session, state: asked.state };
        passkeys::ask(tx, &hash_secret(&secret), purpose, &row, ends).await?;
        Ok(Challenge { options: asked.options, secret })
    }

    /// By what the answer is verified that the browser with `secret` gives, in `session` if it was asked in one.
    pub(super) async fn take_challenge(
        &self,
        tx: &mut WriteTx,
        purpose: Purpose,
        session: Option<SessionId>,
        secret: &str,
    ) -> Result<Value> {
        let row = passkeys::take(tx, &hash_secret(secret), purpose, self.world.now()).await?;
        Ok(row.filter(|row| row.session_id == session).ok_or_else(over)?.state)
    }
}

/// The same for what nobody was asked, what was answered and what took too long.
fn over() -> Error {
    Error::Conflict("this took too long, or was answered already; try again".into())
}
