//! Where models compute: beside the threads that answer requests, and coming after them.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;
use std::time::Duration;

use atelier_learn::engine::{self, Lanes};
use atelier_learn::picture::{Prepared, View};
use atelier_learn::public::{self, Seen};
use atelier_learn::uploaded::{Refusal, Scale, Uploaded};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::computing::{GaveUp, compute};
use crate::inputs::Pictures;
use crate::{Error, Result};

/// For how long an uploaded model may look at one input.
const MOST_TIME: Duration = Duration::from_secs(5);

/// How many MiB uploaded models may take at once for what they compute. One that takes more runs alone.
const ROOM: u32 = 1_024;

/// Runs models. Those that come with Atelier are loaded when they are first asked.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    /// As many as there are processors. They are made by a thread that gives way, and give way themselves.
    lanes: Arc<OnceLock<Lanes>>,
    /// Who may ask: as many at once as there are lanes, or threads would pile up that wait for these.
    turns: Arc<Semaphore>,
    /// Memory that is left for what uploaded models compute, in MiB.
    room: Arc<Semaphore>,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            lanes: Arc::default(),
            turns: Arc::new(Semaphore::new(threads().get())),
            room: Arc::new(Semaphore::new(ROOM as usize)),
        }
    }
}

impl Engine {
    /// What is seen in each of the pictures; where there is none, or it cannot be read, why.
    pub(super) async fn look(&self, readers: &Pictures, pictures: Vec<Result<Bytes>>) -> Vec<Result<Seen>> {
        let preparing = pictures.into_iter().map(|picture| prepare(readers, picture, public::VIEW));
        let prepared: Vec<Result<Prepared>> =
            stream::iter(preparing).buffered(threads().get()).collect().await;
        self.ask(prepared, |lanes, pictures| public::pictures()?.look(lanes, pictures)).await
    }

    /// What each of the texts is about; where there is none, why.
    pub(super) async fn embed(&self, texts: Vec<Result<String>>) -> Vec<Result<Vec<f32>>> {
        self.ask(texts, |lanes, texts| public::texts()?.embed(lanes, texts)).await
    }

    /// Loads a file of a model for so many concepts and has it look at nothing once; answers how long that took. It takes all
    /// the room that uploaded models have, so that one is loaded at a time.
    pub(super) async fn try_out(
        &self,
        file: Vec<u8>,
        concepts: usize,
    ) -> std::result::Result<(Uploaded, Duration), Refusal> {
        // INVARIANT: neither is ever closed.
        let _room = self.room.acquire_many(ROOM).await;
        let _turn = self.turns.acquire().await;
        let lanes = self.lanes.clone();
        let trying = compute(move || {
            let model = Uploaded::load(file, concepts)?;
            let began = Instant::now();
            let took =
                model.try_out(lanes.get_or_init(|| Lanes::new(threads())), MOST_TIME, &|| began.elapsed());
            Ok((model, took?))
        });
        // Whatever in a file the checks give up on is no model.
        let gave_up = |GaveUp| Err(Refusal::NotOnnx("what reads it gave up"));
        trying.await.unwrap_or_else(gave_up)
    }

    /// What an uploaded model that takes pictures finds in each of them, by itself: how likely each of its concepts is; where
    /// there is no picture, or it cannot be read, why.
    pub(super) async fn look_by(
        &self,
        model: &Arc<Uploaded>,
        scale: Scale,
        readers: &Pictures,
        pictures: Vec<Result<Bytes>>,
    ) -> Vec<Result<Vec<f32>>> {
        let looking = pictures.into_iter().map(|picture| async move {
            let view = model.view().unwrap_or(public::VIEW);
            let picture = prepare(readers, picture, view).await?;
            self.run(model, move |model, lanes| model.look(lanes, &[picture], scale)).await
        });
        stream::iter(looking).buffered(threads().get()).collect().await
    }

    /// What an uploaded model that takes vectors finds in each of them, likewise.
    pub(super) async fn tell_by(
        &self,
        model: &Arc<Uploaded>,
        vectors: Vec<Result<Vec<f32>>>,
    ) -> Vec<Result<Vec<f32>>> {
        let telling = vectors.into_iter().map(|vector| async move {
            let vector = vector?;
            self.run(model, move |model, lanes| model.predict(lanes, &[vector])).await
        });
        stream::iter(telling).buffered(threads().get()).collect().await
    }

    /// Has an uploaded model look at one input, once there is room for what it computes. What goes wrong is about this input
    /// and this model, and no fault of ours.
    async fn run(
        &self,
        model: &Arc<Uploaded>,
        run: impl FnOnce(&Uploaded, &Lanes) -> std::result::Result<Vec<Vec<f32>>, engine::Error> + Send + 'static,
    ) -> Result<Vec<f32>> {
        let takes = u32::try_from(model.cost().value_bytes >> 20).unwrap_or(ROOM).saturating_add(1);
        // INVARIANT: neither is ever closed.
        let _room = self.room.acquire_many(takes.min(ROOM)).await;
        let _turn = self.turns.acquire().await;
        let (model, lanes) = (model.clone(), self.lanes.clone());
        let answer = compute(move || run(&model, lanes.get_or_init(|| Lanes::new(threads())))).await;
        match answer.map_err(|error| Error::fault(&error))? {
            // INVARIANT: there is one for the one input.
            Ok(answers) => answers.into_iter().next().ok_or(Error::Unavailable),
            Err(error) => Err(Error::invalid("input", format!("has no answer: {error}"))),
        }
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

/// A picture as a model sees it.
async fn prepare(readers: &Pictures, picture: Result<Bytes>, view: View) -> Result<Prepared> {
    let picture = readers.decode(picture?).await?;
    let prepared = compute(move || Prepared::seen(&picture.into_rgb8(), view)).await;
    prepared.map_err(|error| Error::fault(&error))?.map_err(|error| Error::invalid("image", error))
}

fn threads() -> NonZeroUsize {
    available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
