//! What server functions ask of the server around them.

use atelier_domain::time::SECOND;
use atelier_service::identity::{
    Admission, CHALLENGE, Challenge, Completed, PENDING_SIGN_IN, SecondProof, VISIT,
};
use atelier_service::{Service, Who};
use http::header::{COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use leptos_router::location::Url;

use crate::{
    api::identity::{Person, is_page_of_this_site},
    error::UiError,
};

/// Where the second factor is asked for.
const SECOND_FACTOR_PAGE: &str = "/sign-in/second-factor";

/// How the session's secret travels: by one cookie, whose name and attributes depend on whether the connection is
/// encrypted. The secret of a sign-in that waits for a second factor travels by one of its own.
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

    /// The name of the cookie of a sign-in that waits for a second factor.
    #[must_use]
    pub const fn pending_name(self) -> &'static str {
        if self.secure { "__Host-atelier-pending" } else { "atelier-pending" }
    }

    /// The name of the cookie of a visit to a provider.
    #[must_use]
    pub const fn visit_name(self) -> &'static str {
        if self.secure { "__Host-atelier-visit" } else { "atelier-visit" }
    }

    /// The name of the cookie of a browser that was asked to sign by a passkey.
    #[must_use]
    pub const fn asked_name(self) -> &'static str {
        if self.secure { "__Host-atelier-asked" } else { "atelier-asked" }
    }

    /// The header by which a browser that is asked to sign by a passkey is known again.
    #[must_use]
    pub fn handing_over_asked(self, secret: &str) -> String {
        self.header(self.asked_name(), secret, CHALLENGE / SECOND)
    }

    /// The header that takes that back.
    #[must_use]
    pub fn taking_back_asked(self) -> String {
        self.header(self.asked_name(), "", 0)
    }

    /// The header that hands the secret of a visit to a provider to the browser. It is sent along when the provider
    /// leads people back, which `SameSite=Strict` would not allow.
    #[must_use]
    pub fn handing_over_visit(self, secret: &str) -> String {
        self.header(self.visit_name(), secret, VISIT / SECOND)
    }

    /// The header that takes the secret of a visit to a provider back.
    #[must_use]
    pub fn taking_back_visit(self) -> String {
        self.header(self.visit_name(), "", 0)
    }

    /// The header that hands a secret to the browser, until the session is over at the latest.
    #[must_use]
    pub fn handing_over(self, secret: &str) -> String {
        self.header(self.name(), secret, atelier_domain::session::ABSOLUTE / SECOND)
    }

    /// The header that takes the secret back.
    #[must_use]
    pub fn taking_back(self) -> String {
        self.header(self.name(), "", 0)
    }

    /// The header that takes the secret of a pending sign-in back.
    #[must_use]
    pub fn taking_back_pending(self) -> String {
        self.header(self.pending_name(), "", 0)
    }

    /// What follows a right first factor: the header that hands over a secret, and the page of this site that comes
    /// next. That is `next`, if it is one, once the session has begun.
    #[must_use]
    pub fn admitting(self, admission: &Admission, next: &str) -> (String, String) {
        match admission {
            Admission::SignedIn(signed_in) => {
                (self.handing_over(&signed_in.secret), page_or_home(next).to_owned())
            }
            Admission::SecondFactor(pending) => {
                let cookie = self.header(self.pending_name(), &pending.secret, PENDING_SIGN_IN / SECOND);
                (cookie, format!("{SECOND_FACTOR_PAGE}?next={}", Url::escape(page_or_home(next))))
            }
        }
    }

    fn header(self, name: &str, value: &str, max_age: i64) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}")
    }
}

/// The page `next` of this site; that of the person's apps, if it is none.
pub(crate) fn page_or_home(next: &str) -> &str {
    if is_page_of_this_site(next) { next } else { "/apps" }
}

/// The value of a cookie that the browser sent.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(sent, _)| *sent == name)
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty())
}

/// The operations.
pub(crate) fn service() -> Service {
    expect_context()
}

/// Who asks, and from where.
pub(crate) fn who() -> Who {
    expect_context()
}

/// The secret of the visit to a provider that was made in this browser; empty if there was none.
pub(crate) fn visit() -> String {
    kept(SessionCookie::visit_name)
}

/// The secret of what this browser was asked to sign by a passkey; empty if it was not.
pub(crate) fn asked() -> String {
    kept(SessionCookie::asked_name)
}

/// Asks this browser to sign by a passkey: answers the options for its credentials, and has it keep the secret.
pub(crate) fn ask_browser(challenge: Challenge) -> String {
    set_cookie(|cookie| cookie.handing_over_asked(&challenge.secret));
    challenge.options
}

/// What this browser keeps in a cookie; empty if it keeps none.
fn kept(name: impl Fn(SessionCookie) -> &'static str) -> String {
    let name = name(expect_context());
    let parts = use_context::<http::request::Parts>();
    parts.and_then(|parts| cookie(&parts.headers, name).map(str::to_owned)).unwrap_or_default()
}

/// Who is signed in, where somebody has to be.
pub(crate) async fn person() -> Result<Person, UiError> {
    match service().whoami(&who()).await? {
        Some(me) => Ok(Person { slug: me.slug, name: me.name }),
        None => Err(UiError::SignedOut { message: "Sign in to see this page.".to_owned() }),
    }
}

/// Hands the secret of what follows a right first factor to the browser, and leads it on.
pub(crate) fn admit(admission: &Admission, next: &str) {
    let (header, next) = expect_context::<SessionCookie>().admitting(admission, next);
    set_cookie(|_| header);
    leptos_axum::redirect(&next);
}

/// Completes the sign-in that this browser began, and exchanges its secret for that of the session.
pub(crate) async fn complete_sign_in(proof: SecondProof<'_>) -> Result<Completed, UiError> {
    let name = expect_context::<SessionCookie>().pending_name();
    let parts: Parts = expect_context();
    // A secret that nobody has is answered as one that is over.
    let secret = cookie(&parts.headers, name).unwrap_or_default();
    let completed = service().complete_sign_in(secret, proof, &who().origin).await?;
    set_cookie(|cookie| cookie.handing_over(&completed.signed_in.secret));
    set_cookie(SessionCookie::taking_back_pending);
    Ok(completed)
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
    use atelier_service::identity::PendingSignIn;

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
        let visit = secure.handing_over_visit("secret");
        assert!(visit.starts_with("__Host-atelier-visit=secret; Path=/; Max-Age=600; "), "{visit}");
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(visit.contains(part), "{visit}");
        }
        let asked = secure.handing_over_asked("secret");
        assert!(asked.starts_with("__Host-atelier-asked=secret; Path=/; Max-Age=300; "), "{asked}");
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(asked.contains(part), "{asked}");
        }
        let pending = Admission::SecondFactor(PendingSignIn { secret: "secret".into() });
        let (pending, page) = secure.admitting(&pending, "/ada/tea?view=tree");
        assert!(pending.starts_with("__Host-atelier-pending=secret; Path=/; Max-Age=600; "), "{pending}");
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(pending.contains(part), "{pending}");
        }
        assert_eq!(page, "/sign-in/second-factor?next=%2Fada%2Ftea%3Fview%3Dtree");
        let plain = SessionCookie { secure: false }.handing_over("secret");
        assert!(plain.starts_with("atelier=secret;") && plain.contains("; HttpOnly"), "{plain}");
    }
}
