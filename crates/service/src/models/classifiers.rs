//! Trained models that were asked not long ago, kept in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use atelier_domain::Permit;
use atelier_domain::id::ModelVersionId;
use atelier_learn::linear::Model;
use atelier_store::Conn;
use atelier_store::queries::trainings;

use crate::{Error, Result};

/// How many bytes of weights are kept: beyond it, those that were asked longest ago are forgotten.
const MOST_MEMORY: usize = 64 << 20;

/// What predicts, by its version. Versions never change, and are asked for only once the database has told that they are
/// there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Classifiers(Arc<Mutex<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    kept: HashMap<ModelVersionId, Kept>,
    /// How often anything was asked for.
    asked: u64,
}

#[derive(Debug)]
struct Kept {
    model: Arc<Model>,
    size: usize,
    /// How often anything had been asked for when it was asked last.
    asked: u64,
}

impl Classifiers {
    /// What predicts for a version of the permit's app that is trained.
    ///
    /// # Errors
    /// When it is gone, or damaged.
    pub(super) async fn get(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        version: ModelVersionId,
    ) -> Result<Arc<Model>> {
        if let Some(model) = self.known(version) {
            return Ok(model);
        }
        let weights = trainings::weights(conn, permit, version).await?.ok_or(Error::NotFound)?;
        let model = Arc::new(Model::from_bytes(&weights).map_err(|error| Error::fault(&error))?);
        self.keep(version, model.clone(), weights.len());
        Ok(model)
    }

    fn known(&self, version: ModelVersionId) -> Option<Arc<Model>> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.asked += 1;
        let asked = shelf.asked;
        let kept = shelf.kept.get_mut(&version)?;
        kept.asked = asked;
        Some(kept.model.clone())
    }

    fn keep(&self, version: ModelVersionId, model: Arc<Model>, size: usize) {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = shelf.asked;
        shelf.kept.insert(version, Kept { model, size, asked });
        while shelf.kept.values().map(|kept| kept.size).sum::<usize>() > MOST_MEMORY {
            let others = shelf.kept.iter().filter(|(other, _)| **other != version);
            let Some(oldest) = others.min_by_key(|(_, kept)| kept.asked).map(|(other, _)| *other) else {
                return;
            };
            shelf.kept.remove(&oldest);
        }
    }
}
