//! Cross-site requests: what carries a cookie and changes something must come from our own pages.
//!
//! Browsers say in `Sec-Fetch-Site` where a request comes from; older ones send `Origin`. One that says neither is no
//! browser, and has no cookie that somebody else could ride on.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode};

/// Refuses a request that another site made a browser send.
pub(crate) async fn same_site(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_ours(request.headers()) {
        return next.run(request).await;
    }
    // Not the path: it may hold the secret of a link.
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    tracing::warn!(http.route = route, "refused a request that came from another site");
    (StatusCode::FORBIDDEN, "this request came from another site").into_response()
}

fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match (text(ORIGIN.as_str()), text(HOST.as_str())) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    /// ASVS 3.5.1.
    #[test]
    fn only_our_own_pages_change_anything() {
        assert!(is_ours(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(is_ours(&headers(&[("sec-fetch-site", "none")])));
        assert!(!is_ours(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!is_ours(&headers(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://a"),
            ("host", "a")
        ])));
        assert!(is_ours(&headers(&[("origin", "http://a.example"), ("host", "a.example")])));
        assert!(!is_ours(&headers(&[("origin", "http://evil.example"), ("host", "a.example")])));
        assert!(!is_ours(&headers(&[("origin", "null"), ("host", "a.example")])));
        assert!(is_ours(&headers(&[])));
    }
}
