//! Who sent a request: the session's cookie, the key in the header, and from where.

use std::net::SocketAddr;

use atelier_service::{Origin, Proof, Who, hash_secret};
use atelier_ui::SessionCookie;
use axum::extract::ConnectInfo;
use http::header::USER_AGENT;
use http::request::Parts;
use http::{Extensions, HeaderMap};

/// Who sent a page's request: sessions travel by cookie, and only here.
pub(crate) fn by_session(parts: &Parts, cookie: SessionCookie) -> Who {
    let secret = atelier_ui::cookie(&parts.headers, cookie.name());
    Who {
        proof: secret.map(|secret| Proof::Session(hash_secret(secret))),
        origin: origin(&parts.headers, &parts.extensions),
    }
}

/// From where a request came. Headers that proxies write are not believed.
pub(crate) fn origin(headers: &HeaderMap, extensions: &Extensions) -> Origin {
    let address = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    Origin {
        address: address.unwrap_or_default(),
        user_agent: user_agent.unwrap_or_default().chars().take(200).collect(),
    }
}
