//! The pages, their forms and the server functions behind them.

use atelier_ui::api::alike::BroughtPicture;
use atelier_ui::{
    App, AssetPaths,
    api::{account::ConfirmPassword, doors::DOORS},
    error::UiError,
    form::{FORM_FIELD, PASSWORD_AGAIN_FIELD, Submission, is_secret},
    shell,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, Request},
    http::{
        HeaderName, HeaderValue, Method, StatusCode, Uri,
        header::{
            ACCEPT, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
            RETRY_AFTER, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
        },
        request::Parts,
    },
    middleware::{from_fn, map_response},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use leptos::{
    nonce::Nonce,
    prelude::{FromServerFnError, provide_context},
    server_fn::{ServerFn as _, error::SERVER_FN_ERROR_HEADER},
};
use tracing::Instrument as _;

use crate::{compressed, reports};

/// The most bytes that a form or a server function's arguments may have.
const FORM_LIMIT: usize = 1 << 20;

/// Routes for every page, for the forms that are posted to them, and for the server functions.
///
/// `provide` is called once for each page and each call, inside its reactive owner: it provides the contexts that
/// components and server functions ask for. The request's `Parts` are in the context by then.
pub(crate) fn router(assets: AssetPaths, provide: impl Fn() + Clone + Send + Sync + 'static) -> Router {
    let pages = Pages { assets, provide };
    let render = {
        let pages = pages.clone();
        async move |request: Request| pages.render(request, None).await
    };
    let submit = {
        let pages = pages.clone();
        async move |request: Request| pages.submit(request).await
    };
    let call = async move |request: Request| pages.call(request).await;
    leptos_axum::generate_route_list(App)
        .iter()
        .fold(Router::new(), |router, page| {
            router.route(page.path(), get(render.clone()).post(submit.clone()))
        })
        .merge(DOORS.iter().fold(Router::new(), |doors, door| doors.route(door.path, post(call.clone()))))
        .fallback(render)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn(compressed::pages))
        .layer(map_response(with_security_headers))
}

#[derive(Clone)]
struct Pages<P> {
    assets: AssetPaths,
    provide: P,
}

impl<P: Fn() + Clone + Send + Sync + 'static> Pages<P> {
    /// Renders the page at the request's address, all of it before the first byte, so that its status is known.
    async fn render(&self, request: Request, submission: Option<Submission>) -> Response {
        let submission = submission.or_else(|| request.extensions().get().cloned());
        let picture: Option<BroughtPicture> = request.extensions().get().cloned();
        let nonce = Nonce::new();
        let policy = content_security_policy(&nonce);
        let provide = self.provide.clone();
        let context = move || {
            provide_context(nonce.clone());
            if let Some(submission) = &submission {
                provide_context(submission.clone());
            }
            if let Some(picture) = &picture {
                provide_context(picture.clone());
            }
            provide();
        };
        let assets = self.assets.clone();
        let render = leptos_axum::render_app_async_with_context(context, move || shell(assets.clone()));
        // What a page is made of would be gone in the middle of making it, if whoever asked for it has left: it is made to
        // its end. One that panics has told so.
        let rendered = tokio::spawn(render(request).in_current_span()).await;
        let mut response = rendered.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
        if let Ok(policy) = policy {
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    /// Runs the server function of a form that was posted to its page; see `atelier_ui::form` for what follows.
    async fn submit(&self, request: Request) -> Response {
        // A form that was posted with a file is answered already: see `crate::posted`.
        if request.extensions().get::<Submission>().is_some() {
            return self.render(request, None).await;
        }
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, FORM_LIMIT).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        let Ok(mut typed) = serde_urlencoded::from_bytes::<Vec<(String, String)>>(&body) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let Some(form) = typed.iter().find(|(name, _)| name == FORM_FIELD).map(|(_, value)| value.clone())
        else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let Ok(function) = Submission::function(&form).parse::<Uri>() else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let mut call = Request::from_parts(parts.clone(), Body::from(body));
        *call.uri_mut() = function;
        let (answer, body) = self.call(call).await.into_parts();
        let Ok(body) = to_bytes(body, FORM_LIMIT).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };

        let outcome = if answer.headers.contains_key(SERVER_FN_ERROR_HEADER) {
            Err(UiError::de(body))
        } else if !answer.status.is_success() {
            return answer.status.into_response();
        } else {
            Ok(String::from_utf8_lossy(&body).into_owned())
        };
        let status = outcome.as_ref().map_or_else(UiError::status, |_| 200);
        let next = answer.headers.get(LOCATION).cloned().or_else(|| {
            let is_nothing = outcome.as_deref() == Ok("null");
            is_nothing.then(|| HeaderValue::from_str(&parts.uri.to_string()).ok()).flatten()
        });
        let mut response = match next {
            Some(next) => (StatusCode::SEE_OTHER, [(LOCATION, next)]).into_response(),
            None => {
                typed.retain(|(name, _)| name != FORM_FIELD && !is_secret(name));
                self.render(page_request(parts), Some(Submission { form, typed, outcome })).await
            }
        };
        if response.status() == StatusCode::OK
            && let Ok(status) = StatusCode::from_u16(status)
        {
            *response.status_mut() = status;
        }
        for cookie in answer.headers.get_all(SET_COOKIE) {
            response.headers_mut().append(SET_COOKIE, cookie.clone());
        }
        response
    }

    /// Runs a server function. Where its form carries the password again, that is taken first: what it asks for a fresh
    /// password then finds one.
    async fn call(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, FORM_LIMIT).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        if carries_password(&parts, &body) {
            let mut confirm = Request::from_parts(parts.clone(), Body::from(body.clone()));
            *confirm.uri_mut() = Uri::from_static(ConfirmPassword::PATH);
            let confirmed = self.run(confirm).await;
            if !confirmed.status().is_success() {
                return confirmed;
            }
        }
        self.run(Request::from_parts(parts, Body::from(body))).await
    }

    /// Runs a server function and gives its error the status that belongs to it.
    async fn run(&self, mut request: Request) -> Response {
        // For `text/html`, leptos would redirect by itself and put the error into the address.
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        let response =
            leptos_axum::handle_server_fns_with_context(self.provide.clone(), request).await.into_response();
        if !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, FORM_LIMIT).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let error = UiError::de(body.clone());
        if let Ok(status) = StatusCode::from_u16(error.status()) {
            parts.status = status;
        }
        if let UiError::Throttled { retry_after, .. } = error {
            parts.headers.insert(RETRY_AFTER, retry_after.into());
        }
        Response::from_parts(parts, Body::from(body))
    }
}

/// Whether a form gives the password again beside what it does.
fn carries_password(parts: &Parts, body: &[u8]) -> bool {
    let is_form = parts
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    is_form
        && parts.uri.path() != ConfirmPassword::PATH
        && serde_urlencoded::from_bytes::<Vec<(String, String)>>(body)
            .is_ok_and(|fields| fields.iter().any(|(name, _)| name == PASSWORD_AGAIN_FIELD))
}

/// The request with which the browser would have asked for the page that a form was posted to.
fn page_request(mut parts: Parts) -> Request {
    parts.method = Method::GET;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    Request::from_parts(parts, Body::empty())
}

/// Scripts run only with the nonce, or when one that has it loads them. `wasm-unsafe-eval` is what WebAssembly needs.
fn content_security_policy(nonce: &Nonce) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    HeaderValue::from_str(&format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'; report-uri {PATH}; report-to csp",
        PATH = reports::PATH
    ))
}

/// What every answer carries, unless its page has said something stricter.
async fn with_security_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        // Not `no-referrer` everywhere: browsers would then post forms with `Origin: null`.
        (REFERRER_POLICY, "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if headers.contains_key(CONTENT_SECURITY_POLICY)
        && let Ok(endpoints) = HeaderValue::from_str(&format!("csp=\"{}\"", reports::PATH))
    {
        headers.insert(HeaderName::from_static("reporting-endpoints"), endpoints);
    }
    response
}

#[cfg(test)]
mod tests;
