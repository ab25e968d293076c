//! Bytes: uploads and thumbnails, in a local folder or an S3-compatible store.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};

use crate::{Error, Result};

/// An object store, opened.
#[derive(Clone, Debug)]
pub struct Objects(Arc<dyn ObjectStore>);

impl Objects {
    /// Opens a folder, which is made if it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path)
            .map_err(|source| object_store::Error::Generic { store: "folder", source: Box::new(source) })?;
        // Renames are made durable before an upload is acknowledged, as the database is.
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(path)?.with_fsync(true))))
    }

    /// Opens an S3-compatible store at `s3://BUCKET`; credentials and endpoint come from the usual environment.
    ///
    /// # Errors
    /// When the address is of another kind or incomplete.
    pub fn s3(url: &str) -> Result<Self> {
        if !url.starts_with("s3://") {
            return Err(Error::Address(url.into()));
        }
        Ok(Self(Arc::new(object_store::aws::AmazonS3Builder::from_env().with_url(url).build()?)))
    }

    /// Stores `bytes` under `key`, replacing what was there.
    ///
    /// # Errors
    /// When they could not be stored.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        self.0.put(&Key::from(key), PutPayload::from_bytes(bytes)).await?;
        Ok(())
    }

    /// The bytes under `key`; none if there are none.
    ///
    /// # Errors
    /// When they could not be read.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        match self.0.get(&Key::from(key)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The key of some object; none if the store is empty.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn first(&self) -> Result<Option<String>> {
        use futures::TryStreamExt as _;
        let found = self.0.list(None).try_next().await?;
        Ok(found.map(|object| object.location.to_string()))
    }

    /// Removes what is under `key`, if anything is.
    ///
    /// # Errors
    /// When it could not be removed.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match self.0.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
