//! What a handler learns about a request besides its message.

use std::fmt;
use std::net::SocketAddr;

use atelier_domain::Endpoint;
use axum::extract::ConnectInfo;
use http::HeaderMap;
use http::header::{AUTHORIZATION, USER_AGENT};
use http::request::Parts;

use crate::Failure;

/// The surroundings of one request.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is asked.
    pub endpoint: Endpoint,
    /// The secret that came along, if any; nothing is known about it yet.
    pub credential: Option<Credential>,
    /// What the request is called in the log and in its answer.
    pub request_id: String,
    /// The other end of the connection, if the server was told to note it.
    pub peer: Option<SocketAddr>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The way in.
    pub transport: Transport,
    /// Why it is not answered, if something that came before has said so.
    pub(super) refused: Option<Failure>,
}

/// What something before the gateway puts into a request's extensions to have it refused in band, as its transport
/// asks for.
#[derive(Clone, Debug)]
pub struct Refused(pub Failure);

/// The way by which a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// JSON over HTTP.
    Rest,
    /// gRPC.
    Grpc,
}

/// A secret from an `authorization` header. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(String);

impl Credential {
    /// The one that a request's headers carry, by either of the two schemes that are spoken.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let (scheme, secret) = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
        let known = scheme.eq_ignore_ascii_case("key") || scheme.eq_ignore_ascii_case("bearer");
        let secret = secret.trim();
        (known && !secret.is_empty()).then(|| Self(secret.to_owned()))
    }

    /// The secret itself, to be looked up.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)")
    }
}

impl Call {
    pub(super) fn new(
        endpoint: Endpoint,
        transport: Transport,
        parts: &Parts,
        new_request_id: impl FnOnce() -> String,
    ) -> Self {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            endpoint,
            credential: Credential::of(&parts.headers),
            request_id: request_id(parts).unwrap_or_else(new_request_id),
            peer: parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer),
            user_agent: header(USER_AGENT.as_str()).map(str::to_owned),
            transport,
            refused: parts.extensions.get::<Refused>().map(|Refused(failure)| failure.clone()),
        }
    }
}

/// The id that a proxy or client gave the request, if it is fit for a log line.
pub(super) fn request_id(parts: &Parts) -> Option<String> {
    let id = parts.headers.get("x-request-id")?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=128).contains(&id.len()).then_some(id).filter(|id| id.bytes().all(plain)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(headers: &[(&str, &str)]) -> Call {
        let mut request = http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).expect("valid headers").into_parts();
        Call::new(Endpoint::GetUser, Transport::Rest, &parts, || "made".into())
    }

    #[test]
    fn both_schemes_carry_a_secret_and_others_do_not() {
        for (header, secret) in [
            ("Key abc", Some("abc")),
            ("key abc", Some("abc")),
            ("Bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("Key", None),
            ("Key  ", None),
            ("abc", None),
        ] {
            let call = call(&[("authorization", header)]);
            assert_eq!(call.credential.as_ref().map(Credential::reveal), secret, "{header}");
        }
        assert_eq!(call(&[]).credential, None);
    }

    #[test]
    fn a_secret_does_not_show_in_debug() {
        let shown = format!("{:?}", call(&[("authorization", "Key s3cret")]));
        assert!(shown.contains("Credential(…)") && !shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn a_request_id_is_taken_over_only_if_it_is_plain() {
        assert_eq!(call(&[("x-request-id", "a-1.b")]).request_id, "a-1.b");
        assert_eq!(call(&[("x-request-id", "a b")]).request_id, "made");
        assert_eq!(call(&[("x-request-id", &"a".repeat(129))]).request_id, "made");
        assert_eq!(call(&[]).request_id, "made");
    }
}
