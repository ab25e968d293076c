//! What server functions ask of the server around them.

use atelier_service::{Service, Who};
use http::HeaderValue;
use http::header::SET_COOKIE;
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

use crate::{api::identity::Person, error::UiError};

/// How the session's secret travels: by one cookie, whose name and attributes depend on whether the connection is
/// encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionCookie {
    /// Whether the site is reached over TLS. Over plain http, which is for loopback only, browsers take neither
    /// `Secure` nor the prefix that demands it.
    pub secure: bool,
}

impl SessionCookie {
    /// The cookie's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        if self.secure { "__Host-atelier" } else { "atelier" }
    }

    /// The header that hands a secret to the browser, until the session is over at the latest.
    #[must_use]
    pub fn handing_over(self, secret: &str) -> String {
        let seconds = atelier_domain::session::ABSOLUTE / atelier_domain::time::SECOND;
        self.header(secret, seconds)
    }

    /// The header that takes the secret back.
    #[must_use]
    pub fn taking_back(self) -> String {
        self.header("", 0)
    }

    fn header(self, value: &str, max_age: i64) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}", self.name())
    }
}

/// The operations.
pub(crate) fn service() -> Service {
    expect_context()
}

/// Who asks, and from where.
pub(crate) fn who() -> Who {
    expect_context()
}

/// Who is signed in, where somebody has to be.
pub(crate) async fn person() -> Result<Person, UiError> {
    match service().whoami(&who()).await? {
        Some(me) => Ok(Person { slug: me.slug, name: me.name }),
        None => Err(UiError::SignedOut { message: "Sign in to see this page.".to_owned() }),
    }
}

/// Sends a `Set-Cookie` header along with the answer.
pub(crate) fn set_cookie(make: impl FnOnce(SessionCookie) -> String) {
    let cookie = make(expect_context());
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        response.append_header(SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 3.3.1, 3.3.2, 3.3.3 and 3.3.4.
    #[test]
    fn the_cookie_is_for_this_host_and_for_no_script() {
        let secure = SessionCookie { secure: true };
        let handed_over = secure.handing_over("secret");
        assert!(handed_over.starts_with("__Host-atelier=secret; Path=/; "), "{handed_over}");
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age=1209600"] {
            assert!(handed_over.contains(part), "{handed_over}");
        }
        assert!(!handed_over.contains("Domain"), "{handed_over}");
        assert!(secure.taking_back().contains("=; Path=/; Max-Age=0"));
        let plain = SessionCookie { secure: false }.handing_over("secret");
        assert!(plain.starts_with("atelier=secret;") && plain.contains("; HttpOnly"), "{plain}");
    }
}
