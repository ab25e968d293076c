//! Going to a provider and coming back: the two addresses between our pages and theirs.
//!
//! Both are followed by links. Going changes nothing, and whoever comes back is let in only in the browser that went,
//! by the secret in its cookie: that another site leads people here is of no use to it.

use atelier_service::identity::{Answer, Purpose, Returned, Stopped};
use atelier_service::{Error, Service};
use atelier_ui::SessionCookie;
use atelier_ui::api::identity::is_page_of_this_site;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use leptos_router::location::Url;
use serde::Deserialize;

use crate::identify;

/// Where somebody says to which account they belong.
const CONNECT_PAGE: &str = "/sign-in/connect";

/// The routes.
pub(crate) fn router(service: &Service, cookie: SessionCookie) -> Router {
    Router::new()
        .route("/sign-in/with/{provider}", get(go))
        .route("/sign-in/from/{provider}", get(come_back))
        .with_state((service.clone(), cookie))
}

/// For what somebody goes, and where they are led afterwards.
#[derive(Deserialize)]
struct Going {
    #[serde(default)]
    next: String,
    #[serde(default, rename = "for")]
    purpose: String,
}

async fn go(
    State((service, cookie)): State<(Service, SessionCookie)>,
    Path(provider): Path<String>,
    Query(going): Query<Going>,
    parts: Parts,
) -> Response {
    let purpose = match going.purpose.as_str() {
        "connect" => Purpose::Connect,
        "proof" => Purpose::Prove,
        _ => Purpose::SignIn,
    };
    let next = if is_page_of_this_site(&going.next) { going.next.as_str() } else { "/apps" };
    let who = identify::by_session(&parts, cookie);
    match service.begin_visit(&who, &provider, purpose, next).await {
        Ok(begun) => leading(&begun.address, [cookie.handing_over_visit(&begun.secret)]),
        Err(Error::Unauthenticated(_)) => leading(&format!("/sign-in?next={}", Url::escape(next)), []),
        Err(error) => stopping(reason(&error), cookie),
    }
}

/// What a provider, or somebody who pretends to be one, sends along.
#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    state: String,
    code: Option<String>,
    iss: Option<String>,
}

async fn come_back(
    State((service, cookie)): State<(Service, SessionCookie)>,
    Path(provider): Path<String>,
    Query(sent): Query<Sent>,
    parts: Parts,
) -> Response {
    let who = identify::by_session(&parts, cookie);
    let secret = atelier_ui::cookie(&parts.headers, cookie.visit_name());
    let answer = Answer { state: sent.state, code: sent.code, issuer: sent.iss };
    match service.end_visit(&who, &provider, secret, answer).await {
        Ok(Returned::Admitted { admission, next }) => {
            let (session, next) = cookie.admitting(&admission, &next);
            leading(&next, [session, cookie.taking_back_visit()])
        }
        Ok(Returned::LedOn { next }) => leading(&next, [cookie.taking_back_visit()]),
        Ok(Returned::Waits { secret }) => leading(CONNECT_PAGE, [cookie.handing_over_visit(&secret)]),
        Ok(Returned::Stopped(stopped)) => stopping(name(stopped), cookie),
        Err(error) => stopping(reason(&error), cookie),
    }
}

/// Leads to the page that says why nothing became of it.
fn stopping(why: &str, cookie: SessionCookie) -> Response {
    leading(&format!("/sign-in/stopped?why={why}"), [cookie.taking_back_visit()])
}

/// Leads somewhere, and sets cookies. The address from where, which holds secrets, is neither kept nor told there.
fn leading<const N: usize>(to: &str, cookies: [String; N]) -> Response {
    let Ok(to) = HeaderValue::from_str(to) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let fixed = [
        (LOCATION, to),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    let mut response = (StatusCode::SEE_OTHER, fixed).into_response();
    for cookie in cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The name of a reason, as the page for it knows it.
fn name(stopped: Stopped) -> &'static str {
    match stopped {
        Stopped::Over => "over",
        Stopped::Declined => "declined",
        Stopped::Unavailable => "unavailable",
        Stopped::NotBelieved => "not-believed",
        Stopped::NoAddress => "no-address",
        Stopped::SomeoneElses => "someone-elses",
        Stopped::NotAnew => "not-anew",
    }
}

fn reason(error: &Error) -> &'static str {
    match error {
        Error::NotFound => "unknown",
        _ => name(Stopped::Unavailable),
    }
}

#[cfg(test)]
mod tests;
