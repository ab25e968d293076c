//! Asking a provider: not for long, not for much, and nobody else that it may name.

use std::time::Duration;

use futures::future::BoxFuture;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use reqwest::{Client, Request};

use super::settings::is_protected;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take altogether.
const WITHIN: Duration = Duration::from_secs(10);
/// The most bytes that an answer may have.
const MOST: usize = 1 << 20;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("it would have been asked without encryption")]
    Unprotected,
    #[error("the request could not be made")]
    Request,
    #[error("it could not be reached: {0}")]
    Unreachable(reqwest::Error),
    #[error("its answer has more than {MOST} bytes")]
    TooLarge,
}

/// What asks providers.
#[derive(Clone)]
pub(super) struct Asking(Client);

impl Asking {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        // As for fetching inputs: if somebody installed one before, theirs is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().redirect(Policy::none());
        client.connect_timeout(CONNECT).timeout(WITHIN).build().map(Self)
    }
}

impl<'c> AsyncHttpClient<'c> for Asking {
    type Error = Unanswered;
    type Future = BoxFuture<'c, Result<HttpResponse, Unanswered>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(send(&self.0, request))
    }
}

/// Sends one request.
async fn send(client: &Client, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
    let request = Request::try_from(request).map_err(|_| Unanswered::Request)?;
    if !is_protected(request.url()) {
        return Err(Unanswered::Unprotected);
    }
    // Without the address, which may hold what is secret.
    let unreachable = |error: reqwest::Error| Unanswered::Unreachable(error.without_url());
    let mut answer = client.execute(request).await.map_err(unreachable)?;
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(unreachable)? {
        if body.len() + part.len() > MOST {
            return Err(Unanswered::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}
