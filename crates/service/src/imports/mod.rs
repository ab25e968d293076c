//! Taking in what others labelled: pictures, texts, and what is said of them, in the formats in which it is given out.
//!
//! Everything goes by the operations that add inputs and annotations, each of which asks for the caller's permit. What is
//! well is kept, input by input; of the rest it is told where it stands and what is wrong.

mod run;

use std::fs::File;
use std::sync::Arc;

use atelier_domain::Endpoint;
use tokio::sync::{Semaphore, watch};
use tracing::Instrument as _;

pub use crate::formats::reading::Told;

use crate::computing::compute;
use crate::formats::reading::{Found, Source, Unreadable, read};
use crate::{AppName, Error, Result, Service, Who};

/// What is to be taken in.
#[derive(Debug)]
pub struct Import {
    /// An archive, or a file of a format by itself.
    pub file: File,
    /// What it is called.
    pub name: String,
    /// The dataset into which inputs are put that are added; none, if nothing is given.
    pub dataset: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many inputs were added.
    pub inputs: usize,
    /// How many annotations.
    pub annotations: usize,
    /// How many inputs were not added since the app has the very same already.
    pub inputs_there: usize,
    /// How many annotations were not added since the same is said of the input already.
    pub annotations_there: usize,
    /// What was not taken, and why.
    pub told: Vec<Told>,
    /// How much more there was to tell of.
    pub untold: usize,
}

/// How far the taking in of a file has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many of its inputs were looked at.
    pub through: usize,
    /// How many it has.
    pub of: usize,
}

/// Takes in one file at a time: what is told of in a large one fills hundreds of megabytes.
#[derive(Clone, Debug)]
pub(crate) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Service {
    /// Takes in a file. Inputs that the app has already stay as they are; where only what is said was given, and not the
    /// picture or text itself, it is said of the input that the app has, as far as the caller does not say it yet. Taken in
    /// twice, a file adds nothing twice. Concepts are made, if the caller may add some.
    ///
    /// With `telling`, it tells how far it has come, and ends between two inputs once nobody hears that any more.
    ///
    /// # Errors
    /// When the caller may not, or nothing of it can be read. What was added before something below failed stays, and is
    /// told.
    pub async fn import(
        &self,
        who: &Who,
        app: &AppName,
        import: Import,
        telling: Option<watch::Sender<Progress>>,
    ) -> Result<Imported> {
        self.get_app(who, app, Endpoint::PostInputs).await?;
        if let Some(dataset) = &import.dataset {
            self.get_app(who, app, Endpoint::PostDatasetInputs).await?;
            self.get_dataset(who, app, dataset).await?;
        }
        // It is brought to its end, whoever hangs up: nobody could tell what is missing.
        let (service, who, app) = (self.clone(), who.clone(), app.clone());
        let taking = async move { service.take_in(&who, &app, import, telling).await };
        let taken = self.background.spawn(taking.in_current_span()).await;
        taken.map_err(|error| Error::fault(&error))?
    }

    async fn take_in(
        &self,
        who: &Who,
        app: &AppName,
        import: Import,
        telling: Option<watch::Sender<Progress>>,
    ) -> Result<Imported> {
        let _turn = self.imports.0.acquire().await.map_err(|_| Error::Unavailable)?;
        let Import { file, name, dataset } = import;
        let read = compute(move || {
            let mut source = Source::of(file, &name)?;
            let found = read(&mut source)?;
            Ok::<_, Unreadable>((source, found))
        });
        let read = read.await.map_err(|_| Error::Unavailable)?;
        let (source, found) = read.map_err(|error| Error::invalid("file", error))?;
        let Found { drafts, told, untold } = found;
        if drafts.iter().any(|draft| !draft.said.is_empty()) {
            self.get_app(who, app, Endpoint::PostAnnotations).await?;
        }
        let run = run::Run {
            service: self,
            who,
            app,
            dataset,
            source: Some(source),
            found: Found { drafts: Vec::new(), told, untold },
            imported: Imported::default(),
            telling,
        };
        run.take(drafts).await
    }
}
