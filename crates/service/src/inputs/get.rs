//! Looking at one input, and at its picture.

use std::collections::BTreeMap;

use atelier_domain::id::InputId;
use atelier_domain::{Conditions, Endpoint};
use atelier_store::queries::inputs::{self, InputRow};
use bytes::Bytes;

use super::picture;
use crate::{AppName, Error, Result, Service, Who};

/// Which form of a picture is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureSize {
    /// As it was added.
    Original,
    /// Small, for lists.
    Thumbnail,
}

/// A picture's bytes.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The bytes.
    pub bytes: Bytes,
    /// What kind they are, such as `image/png`.
    pub media_type: String,
}

impl Service {
    /// The oldest other input of the app that holds the same bytes as the input `id`, by its identifier, if there is one.
    ///
    /// # Errors
    /// When the caller may not see inputs.
    pub async fn same_input(&self, who: &Who, app: &AppName, id: InputId) -> Result<Option<String>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetInput, Conditions::NONE).await?;
        Ok(inputs::same(&mut tx, &asked.permit, id).await?)
    }

    /// The SHA-256 of what those of the inputs `slugs` hold that the app has and the caller reaches, by their identifiers.
    ///
    /// # Errors
    /// When the caller may not see inputs.
    pub(crate) async fn input_digests(
        &self,
        who: &Who,
        app: &AppName,
        slugs: &[&str],
    ) -> Result<BTreeMap<String, Vec<u8>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetInput, Conditions::NONE).await?;
        let rows = inputs::digests(&mut tx, &asked.permit, slugs).await?;
        Ok(rows.into_iter().map(|row| (row.slug, row.sha256)).collect())
    }

    /// The input `slug` of the app.
    ///
    /// # Errors
    /// When the caller may not see it, or there is none of that identifier.
    pub async fn get_input(&self, who: &Who, app: &AppName, slug: &str) -> Result<InputRow> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::GetInput, Conditions::NONE).await?;
        inputs::get(&mut tx, &asked.permit, slug).await?.ok_or(Error::NotFound)
    }

    /// The picture of the input `slug` of the app.
    ///
    /// # Errors
    /// When the caller may not see it, there is none of that identifier, or it is no picture.
    pub async fn picture(&self, who: &Who, app: &AppName, slug: &str, size: PictureSize) -> Result<Picture> {
        let row = self.get_input(who, app, slug).await?;
        let key = match size {
            PictureSize::Original => row.object_key,
            PictureSize::Thumbnail => row.thumbnail_key,
        };
        let bytes = self.objects.get(&key.ok_or(Error::NotFound)?).await?.ok_or(Error::NotFound)?;
        let format = image::guess_format(&bytes).ok().and_then(picture::media_type);
        Ok(Picture { media_type: format.unwrap_or("application/octet-stream").to_owned(), bytes })
    }
}
