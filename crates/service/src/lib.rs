//! What Atelier does, one operation a file.
//!
//! Every operation goes the same way: who asks ([`Who`]), may they ([`Service::permit`], [`Service::permit_own`]), is
//! what they ask for valid, store it, audit it in the same transaction, answer. The browser's server functions, REST
//! and gRPC are three doors to these operations; none has logic of its own.

pub mod annotations;
pub mod apps;
pub mod audit;
pub mod batches;
pub mod collaborators;
pub mod collectors;
mod computing;
pub mod concepts;
pub mod csv;
pub mod datasets;
mod error;
pub mod exports;
pub mod formats;
pub mod identity;
pub mod imports;
pub mod inputs;
pub mod keys;
mod limits;
mod measures;
mod metadata;
pub mod models;
mod noting;
pub mod search;
mod secrets;
pub mod tasks;
pub mod vocabs;
mod who;
pub mod workflows;
mod world;

use std::sync::Arc;

use atelier_store::{Objects, Store};
use tokio_util::task::TaskTracker;

pub use error::{Error, FieldError, Result};
pub use secrets::hash_secret;
pub use who::{AppAddress, AppName, Asked, AskedOwn, InApp, Origin, Proof, Who};
pub use world::{Clock, Entropy, OsEntropy, SystemClock, World};

/// The operations, over a database and an object store.
#[derive(Clone)]
pub struct Service {
    store: Store,
    objects: Objects,
    world: World,
    /// Where people reach this Atelier, without a slash at the end: for links in mails.
    base_url: Arc<str>,
    passwords: secrets::PasswordHasher,
    pictures: inputs::Pictures,
    engine: models::Engine,
    indexes: models::Indexes,
    /// What predicts of models that were trained here, and of those that were uploaded.
    classifiers: models::Shelf<atelier_learn::linear::Model>,
    networks: models::Shelf<atelier_learn::uploaded::Uploaded>,
    /// Told whenever a training begins here.
    trainings: Arc<tokio::sync::Notify>,
    fetcher: inputs::Fetcher,
    imports: imports::Turns,
    /// What is done beside requests, and not waited for by them.
    background: TaskTracker,
    /// What of that is noted as used.
    noting: noting::Noting,
    providers: Option<identity::Providers>,
    /// What this place is to passkeys; none where there can be none.
    site: Option<Arc<identity::Site>>,
}

impl Service {
    /// The operations over `store` and `objects`, reached by people at `base_url`.
    #[must_use]
    pub fn new(store: Store, objects: Objects, world: World, base_url: &str) -> Self {
        let passwords = secrets::PasswordHasher::new(world.clone());
        Self {
            store,
            objects,
            world,
            base_url: base_url.trim_end_matches('/').into(),
            passwords,
            pictures: inputs::Pictures::default(),
            engine: models::Engine::default(),
            indexes: models::Indexes::default(),
            classifiers: models::Shelf::new(models::MOST_CLASSIFIERS),
            networks: models::Shelf::new(models::MOST_NETWORKS),
            trainings: Arc::default(),
            fetcher: inputs::Fetcher::new(inputs::Fetching::default()),
            imports: imports::Turns::default(),
            background: TaskTracker::new(),
            noting: noting::Noting::default(),
            providers: None,
            site: identity::Site::of(base_url).map(Arc::new),
        }
    }

    /// The same, fetching inputs from addresses as `settings` say.
    #[must_use]
    pub fn fetching(self, settings: inputs::Fetching) -> Self {
        Self { fetcher: inputs::Fetcher::new(settings), ..self }
    }

    /// Waits for what is still done beside requests: keys that end because an earlier secret was used, inputs whose sender
    /// hung up, imports up to what they are at, what was used last.
    pub async fn finish(&self) {
        self.background.close();
        self.background.wait().await;
    }

    /// Where people reach this Atelier, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The object store.
    #[must_use]
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Clock and randomness.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }
}
