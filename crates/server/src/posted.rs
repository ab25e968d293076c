//! Files that the browser posts to a page by itself, without scripts: the page is shown again with what became of them, as
//! after any other form.

use std::io::SeekFrom;

use atelier_service::Error;
use atelier_service::inputs::{Content, MOST_BYTES};
use atelier_ui::api::inputs::beginning;
use atelier_ui::error::UiError;
use atelier_ui::form::Submission;
use axum::body::Body;
use axum::extract::Request;
use axum::extract::multipart::Field;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use crate::upload::{Part, Parts as Fields, Unread};

/// Whether a form with files is posted.
pub(crate) fn is_posted(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    request.method() == Method::POST && kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// The page to which `form` was posted, with how that ended: what it returned, as JSON, or its error.
pub(crate) async fn page_again(
    parts: Parts,
    form: &str,
    outcome: Result<String, UiError>,
    next: Next,
) -> Response {
    page_with_typed(parts, form, Vec::new(), outcome, next).await
}

/// The same, with what was typed into its fields.
pub(crate) async fn page_with_typed(
    parts: Parts,
    form: &str,
    typed: Vec<(String, String)>,
    outcome: Result<String, UiError>,
    next: Next,
) -> Response {
    let status = outcome.as_ref().err().map(UiError::status);
    // The page itself is asked for, as whoever looks at it afterwards does.
    let mut page = Request::from_parts(parts, Body::empty());
    *page.method_mut() = Method::GET;
    page.headers_mut().remove(CONTENT_TYPE);
    page.headers_mut().remove(CONTENT_LENGTH);
    // A layer comes after the choice of who answers a method: the page of a posted form looks for this.
    page.extensions_mut().insert(Submission { form: form.to_owned(), typed, outcome });
    let mut response = next.run(page).await;
    if response.status() == StatusCode::OK
        && let Some(status) = status.and_then(|status| StatusCode::from_u16(status).ok())
    {
        *response.status_mut() = status;
    }
    response
}

/// Whether a script asks, which wants JSON and no page.
pub(crate) fn accepts_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.starts_with("application/json"))
}

/// The same answer, which nobody but whoever asked may keep, and which is what it says it is.
pub(crate) fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// What a field of a form holds, in a file that is gone once it was read.
///
/// # Errors
/// When it breaks off on the way, has more bytes than `most`, which `too_large` says, or cannot be kept.
pub(crate) async fn kept_aside(
    mut field: Field<'_>,
    most: usize,
    too_large: impl FnOnce() -> Error,
) -> Result<std::fs::File, UiError> {
    let kept = |error: std::io::Error| {
        tracing::warn!(%error, "could not keep a file that is to be taken in");
        UiError::Unavailable
    };
    let broken = |_| UiError::form("The file broke off on the way. Try again.");
    let mut file = tokio::fs::File::from_std(tempfile::tempfile().map_err(kept)?);
    let mut size = 0;
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        size += chunk.len();
        if size > most {
            return Err(too_large().into());
        }
        file.write_all(&chunk).await.map_err(kept)?;
    }
    file.flush().await.map_err(kept)?;
    file.seek(SeekFrom::Start(0)).await.map_err(kept)?;
    Ok(file.into_std().await)
}

/// The picture or text that a form holds, and what it is called.
///
/// # Errors
/// When it holds none, or too large a one.
pub(crate) async fn content(request: Request) -> Result<(String, Content), UiError> {
    let broken = |_: Unread| UiError::form("The form broke off on the way. Try again.");
    let mut parts = Fields::of(request).await.map_err(broken)?;
    let Some(Part { file, is_text, content }) = parts.next().await.map_err(broken)? else {
        return Err(Error::invalid("file", "Choose a file, or write a text.").into());
    };
    let bytes = match content {
        Ok(bytes) => bytes,
        Err(Unread::TooLarge) => {
            let why = format!("It is too large: a picture may have up to {} MB.", MOST_BYTES >> 20);
            return Err(Error::invalid("file", why).into());
        }
        Err(Unread::BrokenOff) => return Err(broken(Unread::BrokenOff)),
    };
    if !is_text {
        return Ok((file, Content::Image(bytes)));
    }
    let text =
        String::from_utf8(bytes.into()).map_err(|_| Error::invalid("text", "It is no text in UTF-8."))?;
    let name = if file.is_empty() { format!("“{}”", beginning(&text)) } else { file };
    Ok((name, Content::Text(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scripts_ask_for_json() {
        let asking = |accept: &'static str| {
            accepts_json(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]))
        };
        assert!(asking("application/json"));
        assert!(!asking("text/html,application/xhtml+xml,*/*;q=0.8"));
    }
}
