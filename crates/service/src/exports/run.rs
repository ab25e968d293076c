//! Writing the archive.

use std::collections::BTreeMap;

use atelier_domain::{Conditions, Endpoint, Part};
use atelier_store::queries::exports::HeldRow;
use atelier_store::queries::{dataset_versions, exports};
use bytes::Bytes;
use futures::SinkExt as _;
use futures::channel::mpsc;

use super::ExportVersion;
use super::archive::Archive;
use crate::datasets::versions::{FrozenInputRow, VersionRow};
use crate::formats::{Missing, Survey, Writer, readme};
use crate::{AppName, Error, Result, Service, Who};

/// How many inputs are read at once.
const AT_ONCE: usize = 500;

/// How many are, whose pictures are sent before the next ones are read.
const WITH_CONTENTS: usize = 20;

/// How much text may gather before it is written.
const GATHERED: usize = 64 << 10;

/// What is given out, to whom.
pub(super) struct Run {
    pub(super) service: Service,
    pub(super) who: Who,
    pub(super) app: AppName,
    pub(super) version: VersionRow,
    pub(super) wanted: ExportVersion,
    pub(super) pieces: mpsc::Sender<Bytes>,
}

impl Run {
    /// Writes all of it.
    ///
    /// # Errors
    /// When the caller may no longer, or something below fails.
    pub(super) async fn write(mut self) -> Result<()> {
        let survey = self.survey().await?;
        let mut writer = self.wanted.format.writer(&self.version, &survey);
        let mut archive = Archive::new();
        for list in writer.lists() {
            archive.begin(&list.path).map_err(fault)?;
            let mut text = writer.head(&list).map_err(fault)?;
            for pass in 0..list.passes {
                let mut after = 0;
                loop {
                    let inputs = self.read(list.part, after, AT_ONCE).await?;
                    let Some(last) = inputs.last() else { break };
                    after = last.position;
                    for input in &inputs {
                        writer.add(&list, pass, input, &mut text).map_err(fault)?;
                        if text.len() > GATHERED {
                            archive.write(text.as_bytes()).map_err(fault)?;
                            text.clear();
                        }
                    }
                    self.send(archive.piece()).await?;
                }
                text.push_str(&writer.end(&list, pass).map_err(fault)?);
            }
            archive.write(text.as_bytes()).map_err(fault)?;
        }
        for (path, text) in writer.others() {
            archive.begin(&path).map_err(fault)?;
            archive.write(text.as_bytes()).map_err(fault)?;
        }
        let missing = self.each(writer.as_ref(), &mut archive).await?;
        archive.begin("README.txt").map_err(fault)?;
        let text = readme(self.wanted.format, &self.version, &survey, missing.as_ref());
        archive.write(text.as_bytes()).map_err(fault)?;
        let rest = archive.end().map_err(fault)?;
        self.send(Some(rest)).await
    }

    /// Looks the version through, before anything is written that depends on all of it.
    async fn survey(&self) -> Result<Survey> {
        let mut survey = Survey::of(self.version.train.is_some());
        let mut after = 0;
        loop {
            let inputs = self.read(None, after, AT_ONCE).await?;
            let Some(last) = inputs.last() else { return Ok(survey) };
            after = last.position;
            inputs.iter().for_each(|input| survey.add(input));
        }
    }

    /// Writes the files that inputs have of their own, and what they hold if that is wanted; answers whose is gone.
    async fn each(&mut self, writer: &dyn Writer, archive: &mut Archive) -> Result<Option<Missing>> {
        let mut missing = self.wanted.with_contents.then(Missing::default);
        let at_once = if missing.is_some() { WITH_CONTENTS } else { AT_ONCE };
        let mut after = 0;
        loop {
            let (inputs, mut held) = self.read_held(after, at_once).await?;
            let Some(last) = inputs.last() else { return Ok(missing) };
            after = last.position;
            for input in &inputs {
                if let Some((path, text)) = writer.own(input) {
                    archive.begin(&path).map_err(fault)?;
                    archive.write(text.as_bytes()).map_err(fault)?;
                }
                if let Some(missing) = &mut missing
                    && self.wanted.format.takes(input)
                {
                    match self.content(held.remove(&input.position)).await? {
                        Some(bytes) => {
                            archive.begin_stored(&writer.held(input)).map_err(fault)?;
                            archive.write(&bytes).map_err(fault)?;
                        }
                        None => missing.add(&input.slug),
                    }
                }
                self.send(archive.piece()).await?;
            }
        }
    }

    /// The bytes of what an input holds, if that is still there.
    async fn content(&self, held: Option<HeldRow>) -> Result<Option<Bytes>> {
        match held {
            Some(HeldRow { body: Some(body), .. }) => Ok(Some(body.into())),
            Some(HeldRow { object_key: Some(key), .. }) => Ok(self.service.objects.get(&key).await?),
            _ => Ok(None),
        }
    }

    /// The next inputs of the version, if the caller still may have them.
    async fn read(&self, part: Option<Part>, after: i64, size: usize) -> Result<Vec<FrozenInputRow>> {
        let mut tx = self.service.store.read().await?;
        let asked =
            self.service.permit(&mut tx, &self.who, &self.app, Endpoint::PostExports, Conditions::NONE);
        let permit = asked.await?.permit;
        Ok(dataset_versions::inputs(&mut tx, &permit, self.version.id, part, after, size).await?)
    }

    /// The same of all parts, with what they hold by their places, if that is wanted.
    async fn read_held(
        &self,
        after: i64,
        size: usize,
    ) -> Result<(Vec<FrozenInputRow>, BTreeMap<i64, HeldRow>)> {
        let mut tx = self.service.store.read().await?;
        let asked =
            self.service.permit(&mut tx, &self.who, &self.app, Endpoint::PostExports, Conditions::NONE);
        let (permit, version) = (asked.await?.permit, self.version.id);
        let inputs = dataset_versions::inputs(&mut tx, &permit, version, None, after, size).await?;
        let last = inputs.last().map_or(after, |input| input.position);
        let held = match self.wanted.with_contents {
            true => exports::held(&mut tx, &permit, version, after, last).await?,
            false => Vec::new(),
        };
        Ok((inputs, held.into_iter().map(|row| (row.position, row)).collect()))
    }

    /// Sends a piece, once the one before was taken.
    async fn send(&mut self, piece: Option<Bytes>) -> Result<()> {
        match piece {
            // Nobody takes it any more: then nobody reads how it ended, either.
            Some(piece) => self.pieces.send(piece).await.map_err(|_| Error::Unavailable),
            None => Ok(()),
        }
    }
}

/// What cannot fail by anything that somebody gave us.
fn fault(error: impl std::error::Error) -> Error {
    Error::fault(&error)
}
