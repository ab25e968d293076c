//! Who asks, and whether they may.

use atelier_domain::id::{AppId, UserId};
use atelier_domain::time::MINUTE;
use atelier_domain::{
    AppRef, Cause, Conditions, Endpoint, OwnPermit, Permit, PublicPermit, Refusal, decide, decide_own,
    decide_public,
};
use atelier_store::Conn;
use atelier_store::queries::access::{self, Access, Target};
use atelier_store::queries::{grants, keys, sessions};

pub use atelier_store::queries::access::{AppAddress, Proof};

use crate::identity::WaysIn;
use crate::noting::Used;
use crate::{Error, Result, Service, measures};

/// Who asks: what they show, and from where.
#[derive(Clone, Debug)]
pub struct Who {
    /// What they show; nothing, if they are not known.
    pub proof: Option<Proof>,
    /// From where.
    pub origin: Origin,
}

/// From where somebody asks: kept beside what they change.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The network address.
    pub address: String,
    /// The program, as it calls itself.
    pub user_agent: String,
}

/// Under whose name the catalogue of what is public stands. Nobody else can have it, nor the name under which existing
/// clients look: [`atelier_domain::Slug`].
const CATALOGUE_OWNER: &str = "atelier";
/// What the catalogue is called among their apps.
pub(crate) const CATALOGUE: &str = "main";

/// An app, as it is named in addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppName {
    /// `owner/app`; without an owner (or with `me`), the caller's own; without an app, the one the key is bound to.
    Named {
        /// The owner's slug.
        owner: Option<String>,
        /// The app's slug.
        app: Option<String>,
    },
    /// By its identifier.
    Id(AppId),
}

impl AppName {
    /// The app `owner/app`.
    #[must_use]
    pub fn of(owner: &str, app: &str) -> Self {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self::Named { owner: given(owner), app: given(app) }
    }

    /// Whether it is the catalogue of what is public that is named, under our name for it or the one that existing clients
    /// look for.
    #[must_use]
    pub fn is_public(&self) -> bool {
        let Self::Named { owner: Some(owner), app } = self else { return false };
        matches!(owner.as_str(), CATALOGUE_OWNER | "clarifai")
            && app.as_deref().is_none_or(|app| app == CATALOGUE)
    }

    fn target(&self) -> Target<'_> {
        match self {
            Self::Id(id) => Target::Id(*id),
            Self::Named { app: None, .. } => Target::Bound,
            Self::Named { owner, app: Some(app) } => match owner.as_deref() {
                None | Some("me") => Target::Mine(app),
                Some(owner) => Target::Of { owner, app },
            },
        }
    }
}

/// Somebody who asked and may.
#[derive(Clone, Debug)]
pub struct Asked<P, A = AppAddress> {
    /// That they may.
    pub permit: P,
    /// Their slug.
    pub slug: String,
    /// Their name.
    pub name: String,
    /// How the app is addressed.
    pub app: A,
}

/// Somebody who asked about their own account and may.
pub type AskedOwn = Asked<OwnPermit, ()>;

/// Something of an app, with how the app is addressed.
#[derive(Clone, Debug, PartialEq)]
pub struct InApp<T> {
    /// How the app is addressed.
    pub app: AppAddress,
    /// What it is.
    pub value: T,
}

impl Service {
    /// Asks whether `who` may do what `endpoint` does in `app` when `conditions` hold, in the snapshot of `conn`.
    ///
    /// # Errors
    /// `Unauthenticated`, `NotFound` or `Forbidden`, the last with its explanation; `Unavailable` or `Internal` when
    /// deciding failed.
    #[tracing::instrument(level = "debug", skip_all, fields(endpoint = endpoint.rpc()))]
    pub async fn permit(
        &self,
        conn: &mut Conn,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        conditions: Conditions,
    ) -> Result<Asked<Permit>> {
        let now = self.world.now();
        let access =
            self.look_up(conn, who, app.target()).await.inspect_err(|error| count(endpoint, error))?;
        let (Some(app), Some(address)) = (access.app, access.address.clone()) else {
            measures::decided(endpoint, Some(&Cause::NotFound));
            return Err(Error::NotFound);
        };
        match decide(&access.caller, app, &access.standing, endpoint, conditions, now) {
            Ok(permit) => {
                measures::decided(endpoint, None);
                self.note_use(&access);
                Ok(Asked { permit, slug: access.slug, name: access.name, app: address })
            }
            Err(refusal) if refusal.cause == Cause::PasswordTooOld => {
                Err(self.ask_again(conn, access.caller.user, &refusal).await)
            }
            Err(refusal) => Err(explain(conn, access.caller.user, app, &refusal).await),
        }
    }

    /// Asks whether `who` may do what `endpoint` does to their own account, in the snapshot of `conn`.
    ///
    /// # Errors
    /// As [`Self::permit`].
    #[tracing::instrument(level = "debug", skip_all, fields(endpoint = endpoint.rpc()))]
    pub async fn permit_own(&self, conn: &mut Conn, who: &Who, endpoint: Endpoint) -> Result<AskedOwn> {
        let access =
            self.look_up(conn, who, Target::Account).await.inspect_err(|error| count(endpoint, error))?;
        match decide_own(&access.caller, endpoint, self.world.now()) {
            Ok(permit) => {
                measures::decided(endpoint, None);
                self.note_use(&access);
                Ok(Asked { permit, slug: access.slug, name: access.name, app: () })
            }
            Err(refusal) if refusal.cause == Cause::PasswordTooOld => {
                Err(self.ask_again(conn, access.caller.user, &refusal).await)
            }
            Err(refusal) => {
                log_refusal(access.caller.user, &refusal);
                Err(Error::refused(&refusal, &[]))
            }
        }
    }

    /// Asks whether `who` may do what `endpoint` does with what is public, in the snapshot of `conn`.
    ///
    /// # Errors
    /// As [`Self::permit`].
    #[tracing::instrument(level = "debug", skip_all, fields(endpoint = endpoint.rpc()))]
    pub async fn permit_public(
        &self,
        conn: &mut Conn,
        who: &Who,
        endpoint: Endpoint,
    ) -> Result<PublicPermit> {
        let access =
            self.look_up(conn, who, Target::Bound).await.inspect_err(|error| count(endpoint, error))?;
        let bound = access.app.map(|app| (app, &access.standing));
        match decide_public(&access.caller, bound, endpoint, self.world.now()) {
            Ok(permit) => {
                measures::decided(endpoint, None);
                self.note_use(&access);
                Ok(permit)
            }
            Err(refusal) => match access.app {
                Some(app) => Err(explain(conn, access.caller.user, app, &refusal).await),
                None => {
                    log_refusal(access.caller.user, &refusal);
                    Err(Error::refused(&refusal, &[]))
                }
            },
        }
    }

    /// Logs what was refused to `user` because they showed too long ago who they are, and says how they do so again.
    async fn ask_again(&self, conn: &mut Conn, user: UserId, refusal: &Refusal) -> Error {
        log_refusal(user, refusal);
        match self.ways_in(conn, user).await {
            Ok(WaysIn { has_password: true, passkeys, .. }) => {
                Error::PasswordNeeded { or_passkey: passkeys > 0 }
            }
            Ok(WaysIn { providers, passkeys, .. }) => {
                Error::SignInNeeded { providers, or_passkey: passkeys > 0 }
            }
            Err(error) => error,
        }
    }

    /// What one read says about `who`, and what they are to `target`.
    pub(crate) async fn look_up(&self, conn: &mut Conn, who: &Who, target: Target<'_>) -> Result<Access> {
        let unknown = |text: &str| Error::Unauthenticated(text.into());
        let proof = who.proof.as_ref().ok_or_else(|| unknown("sign in, or send a key, to do this"))?;
        if let Some(access) = access::look_up(conn, proof, target, self.world.now()).await? {
            return Ok(access);
        }
        Err(match proof {
            Proof::Key(hash) => {
                self.watch_reuse(conn, *hash, &who.origin).await?;
                unknown("this key is unknown or was revoked")
            }
            Proof::Session(_) => unknown("your session has ended; sign in again"),
        })
    }

    /// Notes that key, session and grant are in use, to the minute, beside the request rather than in its way.
    fn note_use(&self, access: &Access) {
        let now = self.world.now();
        // What was noted in the future was noted by a clock that went wrong.
        if access.noted_at.is_some_and(|noted| (0..MINUTE).contains(&now.since(noted))) {
            return;
        }
        let used = Used::of(access);
        let Some(being_noted) = self.noting.begin(used) else { return };
        let store = self.store.clone();
        self.background.spawn(async move {
            let noted = async {
                let mut tx = store.write().await?;
                if let Some(session) = used.session {
                    sessions::touch(&mut tx, session, now).await?;
                }
                if let Some(key) = used.key {
                    keys::touch(&mut tx, key, now).await?;
                }
                if let Some(grant) = used.grant {
                    grants::touch(&mut tx, grant, now).await?;
                }
                tx.commit().await
            };
            if let Err(error) = noted.await {
                tracing::warn!(%error, "could not note the last use of a credential");
            }
            drop(being_noted);
        });
    }
}

/// Logs what was refused to the holder of `permit`, who may do this, but not to that thing, and explains it to them.
pub(crate) async fn refuse(conn: &mut Conn, permit: &Permit, refusal: &Refusal) -> Error {
    let app = AppRef { id: permit.app(), owner: permit.owner() };
    explain(conn, permit.user(), app, refusal).await
}

/// Logs what was refused to `user`, and explains it with the names of those who could change that.
async fn explain(conn: &mut Conn, user: UserId, app: AppRef, refusal: &Refusal) -> Error {
    log_refusal(user, refusal);
    let givers = match refusal.cause {
        Cause::NotFound | Cause::PasswordTooOld => Ok(Vec::new()),
        _ => grants::givers(conn, app, refusal.missing()).await,
    };
    match givers {
        Ok(givers) => Error::refused(refusal, &givers),
        Err(error) => error.into(),
    }
}

/// Counts a decision that did not come to be, because nobody was known to be asking.
fn count(endpoint: Endpoint, error: &Error) {
    if matches!(error, Error::Unauthenticated(_)) {
        measures::not_known(endpoint);
    }
}

fn log_refusal(user: UserId, refusal: &Refusal) {
    measures::decided(refusal.endpoint, Some(&refusal.cause));
    tracing::info!(
        user.id = %user,
        endpoint = %refusal.endpoint,
        cause = ?refusal.cause,
        "refused a request"
    );
}
