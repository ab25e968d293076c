//! Pages that are sent compressed.
//!
//! Whoever watches somebody's line, and has their browser ask again and again for a page that repeats what is in its
//! address, learns from how short it becomes whether the same stands on it elsewhere (BREACH). So a page is compressed
//! where the browser says in `Sec-Fetch-Site` that no other site led to it, and sent as it is to everybody else. What
//! forms are answered with may show a secret once, and is never compressed.

use std::io::Write as _;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// How hard is tried, of 11: it is done anew for each request.
const QUALITY: i32 = 4;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    /// The better one first.
    const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// The best of those that somebody understands.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        Self::ALL.into_iter().find(|coding| accepts(headers, coding.name()))
    }

    /// Its name in headers.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    fn compress(self, content: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Brotli => {
                let parameters = BrotliEncoderParams {
                    quality: QUALITY,
                    size_hint: content.len(),
                    ..BrotliEncoderParams::default()
                };
                let mut compressed = Vec::new();
                brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)?;
                Ok(compressed)
            }
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(content)?;
                encoder.finish()
            }
        }
    }
}

/// Whether `Accept-Encoding` names a coding and does not refuse it by `q=0`.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offer| {
            let (name, weight) = offer.split_once(';').unwrap_or((offer, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok());
            name.trim().eq_ignore_ascii_case(coding) && weight.is_some_and(|weight| weight > 0.0)
        })
}

/// Compresses what was asked for by an address, unless another site may have chosen that.
pub(crate) async fn pages(request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let coding = Coding::of(request.headers()).filter(|_| is_nobody_elses(request.headers()));
    let mut response = next.run(request).await;
    response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding, sec-fetch-site"));
    match coding {
        Some(coding) => compressed(response, coding).await,
        None => response,
    }
}

/// Whether no other site led here. Unlike for [`guard`](crate::guard), who does not say so does not count.
fn is_nobody_elses(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin" || site == "none")
}

async fn compressed(response: Response, coding: Coding) -> Response {
    let (mut parts, body) = response.into_parts();
    let content = match to_bytes(body, usize::MAX).await {
        // Where one is only led elsewhere, there is nothing to compress.
        Ok(content) if content.is_empty() => return Response::from_parts(parts, Body::empty()),
        Ok(content) => content,
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    // Writing into memory does not fail; should it ever, the page is sent as it is.
    let Ok(compressed) = coding.compress(&content) else {
        return Response::from_parts(parts, Body::from(content));
    };
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    Response::from_parts(parts, Body::from(compressed))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    const PAGE: &str = "<p>Everybody who works here, and what each of them may do.</p>";

    fn offering(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))])
    }

    #[test]
    fn codings_are_taken_by_name_and_weight() {
        assert_eq!(Coding::of(&offering("gzip, deflate, br;q=0.8")), Some(Coding::Brotli));
        assert_eq!(Coding::of(&offering("gzip, br;q=0")), Some(Coding::Gzip));
        assert_eq!(Coding::of(&offering("brotli")), None);
        assert_eq!(Coding::of(&HeaderMap::new()), None);
    }

    /// What a browser gets that comes from `site` and understands `codings`: the coding, and the bytes.
    async fn sent(method: Method, site: Option<&str>, codings: &str) -> (Option<HeaderValue>, Vec<u8>) {
        let page = async || PAGE.repeat(50);
        let pages = Router::new().route("/", get(page).post(page)).layer(from_fn(pages));
        let mut request = Request::builder().method(method).uri("/").header(ACCEPT_ENCODING, codings);
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let response = pages.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let coding = response.headers().get(CONTENT_ENCODING).cloned();
        (coding, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn a_page_is_compressed_as_the_browser_understands_it() {
        for site in ["none", "same-origin"] {
            let (coding, bytes) = sent(Method::GET, Some(site), "gzip, br").await;
            assert_eq!(coding.unwrap(), "br", "{site}");
            let mut page = Vec::new();
            brotli::BrotliDecompress(&mut &*bytes, &mut page).unwrap();
            assert_eq!(page, PAGE.repeat(50).as_bytes(), "{site}");
        }
        let (coding, bytes) = sent(Method::GET, Some("none"), "gzip").await;
        assert_eq!(coding.unwrap(), "gzip");
        let mut page = String::new();
        flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut page).unwrap();
        assert_eq!(page, PAGE.repeat(50));
        assert_eq!(sent(Method::GET, Some("none"), "identity").await.0, None);
    }

    #[tokio::test]
    async fn nobody_learns_from_its_length_what_stands_on_a_page() {
        let whole = PAGE.repeat(50).into_bytes();
        for site in [Some("cross-site"), Some("same-site"), None] {
            assert_eq!(sent(Method::GET, site, "gzip, br").await, (None, whole.clone()), "{site:?}");
        }
        // What a form is answered with.
        assert_eq!(sent(Method::POST, Some("same-origin"), "gzip, br").await, (None, whole));
    }
}
