//! A zip that is sent while it is written: no more of it is in memory than what was written since it was last taken, and
//! the list of its files, which stands at its end.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// From how many bytes on something is sent.
const PIECE: usize = 128 << 10;

/// What was written and not taken yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

/// An archive that is being written.
pub(super) struct Archive {
    writer: ZipWriter<StreamWriter<Written>>,
    written: Written,
}

impl Archive {
    pub(super) fn new() -> Self {
        let written = Written::default();
        Self { writer: ZipWriter::new_stream(written.clone()), written }
    }

    /// Begins a file of text that may become long.
    ///
    /// # Errors
    /// When there is a file of this path, or the one before became too large.
    pub(super) fn begin(&mut self, path: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        Ok(self.writer.start_file(path, options.large_file(true))?)
    }

    /// Begins a file that is as small already as it can be, such as a picture.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub(super) fn begin_stored(&mut self, path: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        Ok(self.writer.start_file(path, options)?)
    }

    /// Goes on with the file that was begun last.
    ///
    /// # Errors
    /// When it becomes too large.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)
    }

    /// What is to be sent by now, if that is worth it.
    pub(super) fn piece(&self) -> Option<Bytes> {
        (self.written.len() >= PIECE).then(|| self.written.take())
    }

    /// Ends it, and answers what is still to be sent.
    ///
    /// # Errors
    /// When the last file became too large.
    pub(super) fn end(self) -> io::Result<Bytes> {
        self.writer.finish()?;
        Ok(self.written.take())
    }
}
