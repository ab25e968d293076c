//! Letting in whoever has shown a first factor: at once, or once they have shown a second one.

use std::fmt;

use atelier_domain::id::{SessionId, UserId};
use atelier_domain::time::MINUTE;
use atelier_store::queries::{factors, pending, sessions};
use atelier_store::{Conn, Event, WriteTx};

use crate::audit::{Action, Actor, Done};
use crate::identity::UserRow;
use crate::secrets::{hash_secret, new_secret};
use crate::{Origin, Result, Service, measures};

/// How long somebody has to show their second factor.
pub const PENDING_SIGN_IN: i64 = 10 * MINUTE;

/// What follows a right first factor.
#[derive(Clone, Debug)]
pub enum Admission {
    /// The session has begun: the account has no second factor.
    SignedIn(SignedIn),
    /// The second factor is asked for.
    SecondFactor(PendingSignIn),
}

impl Admission {
    /// The session, if it has begun.
    #[must_use]
    pub fn signed_in(self) -> Option<SignedIn> {
        match self {
            Self::SignedIn(signed_in) => Some(signed_in),
            Self::SecondFactor(_) => None,
        }
    }
}

/// A session that has begun.
#[derive(Clone)]
pub struct SignedIn {
    /// Its secret, for the browser alone.
    pub secret: String,
    /// Whose it is.
    pub user_id: UserId,
    /// Their slug.
    pub slug: String,
    /// What they are called.
    pub name: String,
}

/// Never the secret itself.
impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("slug", &self.slug).finish_non_exhaustive()
    }
}

/// A sign-in that waits for a second factor, for [`PENDING_SIGN_IN`].
#[derive(Clone)]
pub struct PendingSignIn {
    /// Its secret, for the browser alone.
    pub secret: String,
}

/// Never the secret itself.
impl fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingSignIn")
    }
}

/// What somebody has shown who is to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// One factor: a password, or what a provider says of them.
    OneFactor,
    /// A passkey, which is two by itself: a device, and what unlocks it. Nothing more is asked for.
    TwoFactors,
}

impl Service {
    /// Lets `user` in, of whom what they have shown was right: every way in ends here. That it was right is for the
    /// caller to see to, in the same transaction.
    pub(super) async fn admit(
        &self,
        tx: &mut WriteTx,
        user: UserRow,
        shown: Shown,
        origin: &Origin,
    ) -> Result<Admission> {
        if shown == Shown::TwoFactors || !has_second_factor(tx, user.id).await? {
            return Ok(Admission::SignedIn(self.begin_session(tx, user, origin).await?));
        }
        let secret = new_secret(&self.world);
        let ends = self.world.now().plus(PENDING_SIGN_IN);
        pending::insert(tx, &hash_secret(&secret), user.id, ends).await?;
        Ok(Admission::SecondFactor(PendingSignIn { secret }))
    }

    /// Begins a session of `user`, who has shown all that they have to, and tells the audit list.
    pub(super) async fn begin_session(
        &self,
        tx: &mut WriteTx,
        user: UserRow,
        origin: &Origin,
    ) -> Result<SignedIn> {
        let secret = self.start_session(tx, user.id, origin).await?;
        let actor = Actor { id: Some(user.id), name: &user.name, key: None, origin };
        let done = Done { subject_id: Some(user.id), ..Done::new(Action::SignedIn, &user.name) };
        self.audit(tx, actor, &done);
        Ok(SignedIn { secret, user_id: user.id, slug: user.slug, name: user.name })
    }

    /// Begins a session of `user`, and answers its secret.
    pub(super) async fn start_session(
        &self,
        tx: &mut WriteTx,
        user: UserId,
        origin: &Origin,
    ) -> Result<String> {
        let now = self.world.now();
        let secret = new_secret(&self.world);
        let session = sessions::NewSession {
            id: SessionId::new(now, &self.world.salt()),
            secret_hash: &hash_secret(&secret),
            user,
            user_agent: &origin.user_agent,
            address: &origin.address,
        };
        sessions::insert(tx, &session, now).await?;
        tx.announce(Event::Person(user));
        Ok(secret)
    }

    /// Takes away pending sign-ins that have expired; answers how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_pending_sign_ins(&self) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let forgotten = pending::forget(&mut tx, self.world.now()).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

impl Admission {
    /// Counts it, once it is committed.
    pub(super) fn measure(&self) {
        measures::signed_in(match self {
            Self::SignedIn(_) => "signed_in",
            Self::SecondFactor(_) => "second_factor",
        });
    }
}

/// Whether a right password alone lets nobody into the account `user`.
async fn has_second_factor(conn: &mut Conn, user: UserId) -> Result<bool> {
    Ok(factors::authenticator(conn, user).await?.is_some())
}
