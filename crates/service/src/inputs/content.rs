//! What inputs hold: fetching it, reading it, and putting its bytes where they belong.

use atelier_domain::id::{AppId, InputId};
use atelier_domain::{Medium, Place};
use atelier_store::queries::inputs::NewInput;
use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::picture::MOST_BYTES;
use crate::{Error, Result, Service};

/// The most bytes that a text has.
pub const MOST_TEXT_BYTES: usize = 1 << 20;

/// What an input is.
#[derive(Clone, Debug)]
pub enum Content {
    /// A text.
    Text(String),
    /// The address of a text.
    TextAt(String),
    /// A picture's bytes.
    Image(Bytes),
    /// The address of a picture.
    ImageAt(String),
}

impl Content {
    /// What kind of thing it is.
    #[must_use]
    pub fn medium(&self) -> Medium {
        match self {
            Self::Text(_) | Self::TextAt(_) => Medium::Text,
            Self::Image(_) | Self::ImageAt(_) => Medium::Image,
        }
    }

    /// The SHA-256 of what it is: of its bytes, or of the address at which they are.
    pub(crate) fn digest(&self) -> [u8; 32] {
        match self {
            Self::Text(text) | Self::TextAt(text) | Self::ImageAt(text) => Sha256::digest(text).into(),
            Self::Image(bytes) => Sha256::digest(bytes).into(),
        }
    }
}

/// An input whose bytes are where they belong.
pub(crate) struct Stored {
    kind: Medium,
    body: Option<String>,
    source_url: Option<String>,
    object_key: Option<String>,
    thumbnail_key: Option<String>,
    media_type: &'static str,
    pixels: Option<(u32, u32)>,
    size: i64,
    sha256: [u8; 32],
}

impl Stored {
    /// Where its bytes are.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.object_key.iter().chain(&self.thumbnail_key).cloned().collect()
    }

    /// How many bytes of text it has.
    pub(crate) fn text_size(&self) -> i64 {
        if self.body.is_some() { self.size } else { 0 }
    }

    /// The input of the identifier `slug` that holds it.
    pub(crate) fn as_input<'a>(
        &'a self,
        id: InputId,
        slug: &'a str,
        metadata: Option<&'a Value>,
        place: Option<Place>,
    ) -> NewInput<'a> {
        NewInput {
            id,
            slug,
            kind: self.kind,
            body: self.body.as_deref(),
            source_url: self.source_url.as_deref(),
            object_key: self.object_key.as_deref(),
            thumbnail_key: self.thumbnail_key.as_deref(),
            media_type: Some(self.media_type),
            pixels: self.pixels,
            size: self.size,
            sha256: &self.sha256,
            metadata,
            place,
        }
    }
}

impl Service {
    /// Fetches what has to be fetched, reads it, and puts its bytes where they belong.
    pub(crate) async fn store_content(&self, app: AppId, id: InputId, content: Content) -> Result<Stored> {
        match content {
            Content::Text(text) => text_input(text, None),
            Content::TextAt(url) => {
                let bytes = self.fetcher.fetch(&url, MOST_TEXT_BYTES).await?;
                let text = String::from_utf8(bytes.into())
                    .map_err(|_| Error::invalid("url", "must hold a text in UTF-8"))?;
                text_input(text, Some(url))
            }
            Content::Image(bytes) => self.store_picture(app, id, bytes, None).await,
            Content::ImageAt(url) => {
                let bytes = self.fetcher.fetch(&url, MOST_BYTES).await?;
                self.store_picture(app, id, bytes, Some(url)).await
            }
        }
    }

    async fn store_picture(
        &self,
        app: AppId,
        id: InputId,
        bytes: Bytes,
        source_url: Option<String>,
    ) -> Result<Stored> {
        let read = self.pictures.read(bytes.clone()).await?;
        let place = format!("apps/{app}/inputs/{id}");
        let (object_key, thumbnail_key) = (format!("{place}/original"), format!("{place}/thumbnail"));
        let stored = Stored {
            kind: Medium::Image,
            body: None,
            source_url,
            media_type: read.media_type,
            pixels: Some(read.pixels),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: Sha256::digest(&bytes).into(),
            object_key: Some(object_key.clone()),
            thumbnail_key: Some(thumbnail_key.clone()),
        };
        self.objects.put(&object_key, bytes).await?;
        if let Err(error) = self.objects.put(&thumbnail_key, read.thumbnail).await {
            self.forget(vec![object_key]).await;
            return Err(error.into());
        }
        Ok(stored)
    }

    /// Removes stored bytes that nothing refers to any more. Left behind they would waste space and harm nobody, so
    /// that a failure is only told.
    pub(crate) async fn forget(&self, keys: Vec<String>) {
        for key in keys {
            if let Err(error) = self.objects.delete(&key).await {
                tracing::warn!(%error, object.key = key, "could not remove bytes that nothing refers to");
            }
        }
    }
}

fn text_input(text: String, source_url: Option<String>) -> Result<Stored> {
    let wrong = |why: String| Err(Error::invalid("text", why));
    if text.trim().is_empty() {
        return wrong("must not be empty".into());
    }
    if text.len() > MOST_TEXT_BYTES {
        return wrong(format!("must have at most {} MiB", MOST_TEXT_BYTES >> 20));
    }
    if text.contains('\0') {
        return wrong("must not contain the character NUL".into());
    }
    Ok(Stored {
        kind: Medium::Text,
        source_url,
        object_key: None,
        thumbnail_key: None,
        media_type: "text/plain",
        pixels: None,
        size: i64::try_from(text.len()).unwrap_or(i64::MAX),
        sha256: Sha256::digest(text.as_bytes()).into(),
        body: Some(text),
    })
}
