//! Giving out versions of datasets as files: copying out is a right of its own.
//!
//! A version is gone through part by part, as often as its format needs. Each part asks for the caller's permit again, in
//! the snapshot that it is read from: somebody who reads slowly holds no connection to the database, and a download ends
//! where access does. Since versions never change, the parts make one whole. What is written is sent at once: how much
//! memory that takes depends on how many files there are, and not on how large they are.

mod archive;
mod run;

use std::pin::Pin;

use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::dataset_versions;
use bytes::Bytes;
use futures::channel::mpsc;
use futures::stream::{self, Stream, StreamExt as _};
use serde_json::json;

use crate::audit::{Action, Actor, Done};
use crate::formats::Format;
use crate::{AppName, Error, Result, Service, Who};

use run::Run;

/// What to give out.
#[derive(Clone, Debug)]
pub struct ExportVersion {
    /// Of which dataset.
    pub dataset: String,
    /// Which of its versions.
    pub version: String,
    /// As what.
    pub format: Format,
    /// Whether with the pictures and texts themselves.
    pub with_contents: bool,
}

/// A zip on its way out.
pub struct Export {
    /// What it is called, without an ending.
    pub name: String,
    /// The zip, piece by piece. It ends with an error if access ends meanwhile: then it is cut short.
    pub pieces: Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>,
}

impl Service {
    /// Starts to give out a version of a dataset as a zip, which the audit list tells.
    ///
    /// # Errors
    /// When the caller may not, or there is no such version.
    pub async fn export_dataset_version(
        &self,
        who: &Who,
        app: &AppName,
        wanted: &ExportVersion,
    ) -> Result<Export> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostExports, Conditions::NONE).await?;
        let found = dataset_versions::get(&mut tx, &asked.permit, &wanted.dataset, &wanted.version).await?;
        let version = found.ok_or(Error::NotFound)?;
        let done = Done {
            app: Some(asked.permit.app()),
            after: Some(json!({
                "version": version.slug,
                "format": wanted.format.name(),
                "contents": wanted.with_contents,
            })),
            ..Done::new(Action::DatasetVersionExported, &version.dataset)
        };
        self.audit(&mut tx, Actor::in_app(&asked, &who.origin), &done);
        tx.commit().await?;

        let name = format!("{}-{}-{}", version.dataset, version.slug, wanted.format);
        // One piece waits while the next one is written.
        let (sender, pieces) = mpsc::channel(0);
        let run = Run {
            service: self.clone(),
            who: who.clone(),
            app: app.clone(),
            version,
            wanted: wanted.clone(),
            pieces: sender,
        };
        // Both are driven by whoever reads: who leaves ends the writing as well.
        let failed = stream::once(run.write()).filter_map(async |ended| ended.err().map(Err));
        Ok(Export { name, pieces: Box::pin(stream::select(pieces.map(Ok), failed)) })
    }
}
