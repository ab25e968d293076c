//! The parts of a form, as they come out of the bytes of a request: this is read of whatever anybody sends.
//!
//! It knows nothing of this server, so that `crates/fuzz` takes it in as it is.

use std::path::Path;

use axum::body::Body;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest as _, Request};
use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, stream};
use http::StatusCode;
use tokio::task::yield_now;

/// The most bytes of one file.
pub(crate) const FILE_LIMIT: usize = 64 << 20;

/// The parts of a request, one after the other: no more than one is in memory.
pub(crate) struct Parts(Multipart);

/// A file, or a text that was typed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The file's name; nothing, if it has none or was typed.
    pub(crate) file: String,
    /// Whether it is a text by its name, or by what is said of it.
    pub(crate) is_text: bool,
    /// What is in it, or why that could not be read: the next part may be well.
    pub(crate) content: Result<Bytes, Unread>,
}

/// Why something could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is larger than a file, or than a request may be.
    TooLarge,
    /// It ended before its end, or is no form.
    BrokenOff,
}

impl From<MultipartError> for Unread {
    /// A request beyond the limit fails where it is read.
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooLarge } else { Self::BrokenOff }
    }
}

impl Parts {
    /// Those of `request`.
    ///
    /// # Errors
    /// When it is no form with files.
    pub(crate) async fn of(request: Request) -> Result<Self, Unread> {
        let request = request.map(ending_by_itself);
        Multipart::from_request(request, &()).await.map(Self).map_err(|_| Unread::BrokenOff)
    }

    /// The next file or text, if there is one. A form sends its empty fields, too, and other fields: they are passed by.
    ///
    /// # Errors
    /// When it cannot be found where the next one begins: then nothing after it can be read.
    pub(crate) async fn next(&mut self) -> Result<Option<Part>, Unread> {
        while let Some(field) = self.0.next_field().await? {
            let is_file = field.name() == Some("file");
            if !is_file && field.name() != Some("text") {
                continue;
            }
            let file = field.file_name().unwrap_or_default().to_owned();
            let is_text = !is_file || is_named_as_text(&file) || field.content_type() == Some("text/plain");
            let content = read(field).await;
            if !file.is_empty() || content.as_ref().map_or(true, |bytes| !bytes.is_empty()) {
                return Ok(Some(Part { file, is_text, content }));
            }
        }
        Ok(None)
    }
}

/// The same body, whose end is told a moment after what came before it. Where both come at once, the first boundary is not
/// looked for in what came last, and a whole form that arrives in pieces looks as if it were broken off.
pub(crate) fn ending_by_itself(body: Body) -> Body {
    let end = stream::once(yield_now()).filter_map(async |()| None);
    Body::from_stream(body.into_data_stream().chain(end))
}

fn is_named_as_text(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"))
}

/// Reads a file as it comes, and stops when it has become too large.
async fn read(mut field: Field<'_>) -> Result<Bytes, Unread> {
    let mut all = BytesMut::new();
    while let Some(chunk) = field.chunk().await? {
        if all.len() + chunk.len() > FILE_LIMIT {
            return Err(Unread::TooLarge);
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all.freeze())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http::header::CONTENT_TYPE;

    use super::*;

    /// What is read of `body` up to its end or to where it breaks off.
    async fn read_all(body: impl Into<Body>) -> (Vec<Part>, Result<(), Unread>) {
        let request = Request::post("/").header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let mut parts = Parts::of(request.body(body.into()).unwrap()).await.unwrap();
        let mut read = Vec::new();
        loop {
            match parts.next().await {
                Ok(Some(part)) => read.push(part),
                Ok(None) => return (read, Ok(())),
                Err(unread) => return (read, Err(unread)),
            }
        }
    }

    fn part(file: &str, is_text: bool, content: &'static str) -> Part {
        Part { file: file.into(), is_text, content: Ok(Bytes::from_static(content.as_bytes())) }
    }

    #[tokio::test]
    async fn files_and_texts_are_told_from_what_else_a_form_sends() {
        let form = "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.TXT\"\r\n\r\none\r\n\
            --edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"txt\"\r\n\r\n\r\n\
            --edge\r\ncontent-disposition: form-data; name=\"password\"\r\n\r\ntwo\r\n\
            --edge\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\n\r\n\
            --edge\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\nthree\r\n--edge--\r\n";
        let (read, end) = read_all(form).await;
        assert_eq!(read, [part("a.TXT", true, "one"), part("txt", false, ""), part("", true, "three")]);
        assert_eq!(end, Ok(()));
    }

    #[tokio::test]
    async fn what_breaks_off_is_told_after_what_came_whole() {
        let form = "--edge\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\none\r\n\
            --edge\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\ntw";
        let (read, end) = read_all(form).await;
        let broken = Part { content: Err(Unread::BrokenOff), ..part("", true, "") };
        assert_eq!(read, [part("", true, "one"), broken]);
        assert_eq!(end, Err(Unread::BrokenOff));
    }

    #[tokio::test]
    async fn a_form_is_whole_also_when_its_boundary_comes_in_pieces() {
        let form = "--edge\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\none\r\n--edge--\r\n";
        let (begun, rest) = form.split_at(4);
        let late = stream::once(yield_now()).map(move |()| Ok::<_, Infallible>(rest));
        let pieces = stream::iter([Ok(begun)]).chain(late);
        assert_eq!(read_all(Body::from_stream(pieces)).await, (vec![part("", true, "one")], Ok(())));
    }

    #[tokio::test]
    async fn what_is_no_form_is_refused() {
        let request = Request::post("/").header(CONTENT_TYPE, "application/json");
        let unread = Parts::of(request.body(Body::empty()).unwrap()).await;
        assert!(matches!(unread, Err(Unread::BrokenOff)));
    }
}
