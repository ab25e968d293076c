//! Where models compute: beside the threads that answer requests, and coming after them.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;

use atelier_learn::engine::{self, Lanes};
use atelier_learn::picture::Prepared;
use atelier_learn::public::{self, Seen};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use tokio::sync::Semaphore;

use crate::computing::{GaveUp, compute};
use crate::inputs::Pictures;
use crate::{Error, Result};

/// Runs the models that come with Atelier; each is loaded when it is first asked.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    /// As many as there are processors. They are made by a thread that gives way, and give way themselves.
    lanes: Arc<OnceLock<Lanes>>,
    /// Who may ask: as many at once as there are lanes, or threads would pile up that wait for these.
    turns: Arc<Semaphore>,
}

impl Default for Engine {
    fn default() -> Self {
        Self { lanes: Arc::default(), turns: Arc::new(Semaphore::new(threads().get())) }
    }
}

impl Engine {
    /// What is seen in each of the pictures; where there is none, or it cannot be read, why.
    pub(super) async fn look(&self, readers: &Pictures, pictures: Vec<Result<Bytes>>) -> Vec<Result<Seen>> {
        let preparing = pictures.into_iter().map(|picture| prepare(readers, picture));
        let prepared: Vec<Result<Prepared>> =
            stream::iter(preparing).buffered(threads().get()).collect().await;
        self.ask(prepared, |lanes, pictures| public::pictures()?.look(lanes, pictures)).await
    }

    /// What each of the texts is about; where there is none, why.
    pub(super) async fn embed(&self, texts: Vec<Result<String>>) -> Vec<Result<Vec<f32>>> {
        self.ask(texts, |lanes, texts| public::texts()?.embed(lanes, texts)).await
    }

    /// Asks a model about those of the items that are there, all at once.
    async fn ask<I: Send + 'static, O: Send + 'static>(
        &self,
        items: Vec<Result<I>>,
        ask: impl FnOnce(&Lanes, &[I]) -> std::result::Result<Vec<O>, engine::Error> + Send + 'static,
    ) -> Vec<Result<O>> {
        let mut there = Vec::with_capacity(items.len());
        let places: Vec<Result<()>> =
            items.into_iter().map(|item| item.map(|item| there.push(item))).collect();
        let lanes = self.lanes.clone();
        // INVARIANT: it is never closed.
        let _turn = self.turns.acquire().await;
        let answers = compute(move || ask(lanes.get_or_init(|| Lanes::new(threads())), &there)).await;
        let answers = match answers {
            Ok(Ok(answers)) => Ok(answers),
            Ok(Err(error)) => Err(Error::fault(&error)),
            Err(error @ GaveUp) => Err(Error::fault(&error)),
        };
        let mut answers = answers.map(Vec::into_iter);
        let mut next = || match &mut answers {
            // INVARIANT: there is one for each item that is there.
            Ok(answers) => answers.next().ok_or(Error::Unavailable),
            Err(error) => Err(error.clone()),
        };
        places.into_iter().map(|place| place.and_then(|()| next())).collect()
    }
}

/// A picture as the public models see it.
async fn prepare(readers: &Pictures, picture: Result<Bytes>) -> Result<Prepared> {
    let picture = readers.decode(picture?).await?;
    let prepared = compute(move || Prepared::new(&picture.into_rgb8())).await;
    prepared.map_err(|error| Error::fault(&error))?.map_err(|error| Error::invalid("image", error))
}

fn threads() -> NonZeroUsize {
    available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
