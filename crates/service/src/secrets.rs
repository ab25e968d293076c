//! Secrets: hashing of passwords and tokens.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use atelier_domain::password::Password;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::computing::compute;
use crate::{Error, Result, World};

/// The SHA-256 of a secret: what is stored of it, and by what it is looked up. Secrets here carry at least 200 random
/// bits, so that a plain hash is enough.
#[must_use]
pub fn hash_secret(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// A secret of 256 random bits for a link or a session, as text.
pub(crate) fn new_secret(world: &World) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(world.random::<32>())
}

/// Hashes passwords with argon2id, few at a time: each takes 46 MiB.
#[derive(Clone)]
pub(crate) struct PasswordHasher {
    world: World,
    turns: Arc<Semaphore>,
}

/// OWASP's first choice for argon2id.
fn argon2() -> Argon2<'static> {
    let params = Params::new(47_104, 1, 1, None).expect("these parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl PasswordHasher {
    pub(crate) fn new(world: World) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { world, turns: Arc::new(Semaphore::new(cores)) }
    }

    /// What `password` hashes to, in PHC form.
    pub(crate) async fn hash(&self, password: &Password) -> Result<String> {
        let (password, salt) = (password.clone(), self.world.random::<16>());
        self.in_turn(move || {
            argon2()
                .hash_password_with_salt(password.expose().as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .ok()
        })
        .await?
        .ok_or_else(|| Error::Internal { id: "argon2".into() })
    }

    /// Whether `password` hashes to `hash`. Without a hash it takes as long, and does not.
    pub(crate) async fn verify(&self, password: &Password, hash: Option<&str>) -> Result<bool> {
        let (password, hash) = (password.clone(), hash.map(str::to_owned));
        let Some(hash) = hash else {
            self.hash(&password).await?;
            return Ok(false);
        };
        self.in_turn(move || {
            argon2::PasswordHash::new(&hash)
                .is_ok_and(|hash| argon2().verify_password(password.expose().as_bytes(), &hash).is_ok())
        })
        .await
    }

    /// Whether `hash` was made otherwise than hashes are made now.
    pub(crate) fn is_outdated(hash: &str) -> bool {
        let current = argon2();
        !argon2::PasswordHash::new(hash).is_ok_and(|hash| {
            hash.algorithm == Algorithm::Argon2id.ident()
                && hash.version == Some(Version::V0x13.into())
                && Params::try_from(&hash).is_ok_and(|params| {
                    (params.m_cost(), params.t_cost(), params.p_cost())
                        == (current.params().m_cost(), current.params().t_cost(), current.params().p_cost())
                })
        })
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _turn = self.turns.acquire().await.map_err(|_| Error::Unavailable)?;
        compute(work).await.map_err(|_| Error::Unavailable)
    }
}
