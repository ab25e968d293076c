//! The OpenAPI document of the wire.

use std::sync::LazyLock;

use atelier_contract::openapi;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};

/// The document, and the tag by which clients know whether theirs is the same.
struct Document {
    text: Bytes,
    tag: String,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let text = Bytes::from(text());
    let digest = Sha256::digest(&text);
    let tag: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Document { text, tag: format!("\"{tag}\"") }
});

/// The document of this version, for people to read as well.
pub(crate) fn text() -> String {
    format!("{:#}", openapi::document(env!("CARGO_PKG_VERSION")))
}

/// The document is everybody's and changes with the version only: whoever has it asks whether it is still the same.
pub(super) async fn get(headers: HeaderMap) -> Response {
    let Document { text, tag } = &*DOCUMENT;
    let mut response = if is_known(&headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = HeaderValue::from_static("application/json");
        ([(CONTENT_TYPE, kind)], text.clone()).into_response()
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// Whether the client says that it has what `tag` names.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|known| known.trim())
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knowing(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_tag_is_found_among_others_and_in_its_weak_form() {
        assert!(is_known(&knowing("\"a\", W/\"b\""), "\"b\""));
        assert!(is_known(&knowing("*"), "\"b\""));
        assert!(!is_known(&knowing("\"bb\""), "\"b\""));
        assert!(!is_known(&HeaderMap::new(), "\"b\""));
    }
}
