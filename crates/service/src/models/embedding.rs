//! What inputs are like, as the public models see them: found out beside requests, some at a time, by whichever server
//! has time for it.

use atelier_domain::id::InputId;
use atelier_domain::time::MINUTE;
use atelier_domain::{Conditions, Endpoint, Medium, Timestamp};
use atelier_store::queries::embeddings::{self, Embedding, WaitingRow};
use bytes::Bytes;
use half::f16;

pub use atelier_store::queries::embeddings::EmbeddingCounts;

use super::catalogue;
use crate::{AppName, Error, Result, Service, Who};

/// How many inputs are embedded together.
const AT_ONCE: usize = 32;

/// How long those that are taken are left to whoever took them.
const TURN: i64 = 5 * MINUTE;

/// How often an input is tried, and after how long again.
const TRIES: i64 = 3;
const PAUSE: i64 = MINUTE;

/// When those are due that are tried no more.
pub(super) const NEVER: Timestamp = Timestamp::from_micros(i64::MAX);

impl Service {
    /// Embeds some of the inputs that wait for it, of any app; answers how many these were.
    ///
    /// What cannot be read is tried again later, and at last no more: it is counted then.
    ///
    /// # Errors
    /// When something below fails: then they are tried again after a while, here or elsewhere.
    pub async fn embed_some(&self) -> Result<usize> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let waiting = embeddings::take(&mut tx, now, now.plus(TURN), AT_ONCE).await?;
        tx.commit().await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let (pictures, texts): (Vec<WaitingRow>, Vec<WaitingRow>) =
            waiting.into_iter().partition(|row| row.kind == Medium::Image);
        let count = pictures.len() + texts.len();
        let mut bytes = Vec::with_capacity(pictures.len());
        for row in &pictures {
            bytes.push(self.bytes_of(row).await);
        }
        let seen = self.engine.look(&self.pictures, bytes).await;
        let seen = seen.into_iter().map(|seen| {
            let seen = seen?;
            let meaning = seen.meaning();
            Ok((seen.embedding, Some(meaning)))
        });
        let bodies = texts.iter().map(|row| Ok(row.body.clone().unwrap_or_default()));
        let read = self.engine.embed(bodies.collect()).await;
        let read = read.into_iter().map(|vector| Ok((vector?, None)));
        let mut became: Vec<_> = pictures.iter().zip(seen).chain(texts.iter().zip(read)).collect();
        became.sort_by_key(|(row, _)| row.app_id);
        let mut tx = self.store.write().await?;
        for (row, seen) in became {
            match seen {
                Ok((vector, meaning)) => {
                    let (vector, meaning) = (written(&vector), meaning.as_deref().map(written));
                    let model = catalogue::embedder(row.kind);
                    let embedding = Embedding { model, vector: &vector, meaning: meaning.as_deref() };
                    embeddings::keep(&mut tx, row.id, embedding).await?;
                }
                Err(error) => {
                    let is_tried_again = row.tries < TRIES;
                    let again_at = if is_tried_again { now.plus(PAUSE) } else { NEVER };
                    tell(row.id, is_tried_again, &error);
                    embeddings::put_off(&mut tx, row.id, again_at, &error.to_string()).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(count)
    }

    /// How many inputs of the app are embedded, and how many are not.
    ///
    /// # Errors
    /// When the caller may not list inputs there.
    pub async fn embedding_counts(&self, who: &Who, app: &AppName) -> Result<EmbeddingCounts> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListInputs, Conditions::NONE).await?;
        Ok(embeddings::counts(&mut tx, &asked.permit, NEVER).await?)
    }

    /// The bytes of a picture that waits.
    async fn bytes_of(&self, row: &WaitingRow) -> Result<Bytes> {
        let key = row.object_key.as_deref().ok_or(Error::NotFound)?;
        self.objects.get(key).await?.ok_or(Error::NotFound)
    }
}

/// A vector as it is kept: in half precision, two bytes a number, the lower first.
pub(super) fn written(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|number| f16::from_f32(*number).to_le_bytes()).collect()
}

fn tell(input: InputId, is_tried_again: bool, error: &Error) {
    tracing::warn!(%error, input.id = %input, is_tried_again, "could not embed an input");
}

/// A vector that was kept so.
pub(crate) fn read(kept: &[u8]) -> Vec<f32> {
    kept.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect()
}
