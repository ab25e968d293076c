//! Models that were asked not long ago, kept in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use atelier_domain::id::ModelVersionId;

use crate::Result;

/// What predicts, by its version. Versions never change, and are asked for only once the database has told that they are
/// there.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    kept: Arc<Mutex<AllKept<T>>>,
    /// How many bytes are kept: beyond it, those that were asked longest ago are forgotten.
    most: usize,
    /// Held by whoever makes one, so that it is made once, and no two large ones at once.
    making: Arc<tokio::sync::Mutex<()>>,
}

impl<T> Clone for Shelf<T> {
    fn clone(&self) -> Self {
        Self { kept: self.kept.clone(), most: self.most, making: self.making.clone() }
    }
}

#[derive(Debug)]
struct AllKept<T> {
    kept: HashMap<ModelVersionId, Kept<T>>,
    /// How often anything was asked for.
    asked: u64,
}

#[derive(Debug)]
struct Kept<T> {
    model: Arc<T>,
    size: usize,
    /// How often anything had been asked for when it was asked last.
    asked: u64,
}

impl<T> Shelf<T> {
    /// One for so many bytes.
    pub(crate) fn new(most: usize) -> Self {
        let kept = Mutex::new(AllKept { kept: HashMap::new(), asked: 0 });
        Self { kept: Arc::new(kept), most, making: Arc::default() }
    }

    /// What predicts for a version, made by `make`, which tells its size in bytes, unless it is kept.
    ///
    /// # Errors
    /// Those of `make`.
    pub(super) async fn get(
        &self,
        version: ModelVersionId,
        make: impl AsyncFnOnce() -> Result<(T, usize)>,
    ) -> Result<Arc<T>> {
        if let Some(model) = self.known(version) {
            return Ok(model);
        }
        let _made_once = self.making.lock().await;
        if let Some(model) = self.known(version) {
            return Ok(model);
        }
        let (model, size) = make().await?;
        let model = Arc::new(model);
        self.keep(version, model.clone(), size);
        Ok(model)
    }

    fn known(&self, version: ModelVersionId) -> Option<Arc<T>> {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.asked += 1;
        let asked = all.asked;
        let kept = all.kept.get_mut(&version)?;
        kept.asked = asked;
        Some(kept.model.clone())
    }

    fn keep(&self, version: ModelVersionId, model: Arc<T>, size: usize) {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = all.asked;
        all.kept.insert(version, Kept { model, size, asked });
        while all.kept.values().map(|kept| kept.size).sum::<usize>() > self.most {
            let others = all.kept.iter().filter(|(other, _)| **other != version);
            let Some(oldest) = others.min_by_key(|(_, kept)| kept.asked).map(|(other, _)| *other) else {
                return;
            };
            all.kept.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn what_was_asked_longest_ago_is_forgotten_beyond_the_limit() {
        let shelf: Shelf<u128> = Shelf::new(10);
        let made = Mutex::new(Vec::new());
        let get = |number: u128, size: usize| {
            let (shelf, made) = (shelf.clone(), &made);
            async move {
                let make = async || {
                    made.lock().unwrap().push(number);
                    Ok((number, size))
                };
                *shelf.get(ModelVersionId(Uuid::from_u128(number)), make).await.unwrap()
            }
        };
        for (number, size) in [(1, 4), (2, 4), (1, 4), (3, 4), (1, 4), (2, 4), (4, 40), (4, 40), (1, 4)] {
            assert_eq!(get(number, size).await, number);
        }
        // 3 drives out 2, which drives out 3; 4 is larger than all that is kept, and is, alone.
        assert_eq!(*made.lock().unwrap(), [1, 2, 3, 2, 4, 1]);
    }
}
