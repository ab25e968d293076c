//! `GET /events?app=OWNER/APP`: what changes in an app, as server-sent events to its open pages.
//!
//! The names of the events are `access` and `data` (something changed), `own` (what the person may do changed) and
//! `ended` (there is nothing more to follow); the last two carry a sentence. Only a session's cookie is taken.

use std::convert::Infallible;

use atelier_service::apps::{Following, News};
use atelier_service::{AppName, Service};
use atelier_ui::SessionCookie;
use atelier_ui::error::UiError;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures::StreamExt as _;
use futures::stream::unfold;
use http::request::Parts;
use http::{HeaderName, StatusCode};
use tokio_util::sync::CancellationToken;

use crate::identify;

/// The route. Once `stop` is cancelled every stream ends, so that none keeps the server from stopping.
pub(crate) fn router(service: &Service, cookie: SessionCookie, stop: CancellationToken) -> Router {
    Router::new().route("/events", get(follow)).with_state(Events { service: service.clone(), cookie, stop })
}

#[derive(Clone)]
struct Events {
    service: Service,
    cookie: SessionCookie,
    stop: CancellationToken,
}

#[derive(serde::Deserialize)]
struct Wanted {
    app: String,
}

async fn follow(State(events): State<Events>, Query(wanted): Query<Wanted>, parts: Parts) -> Response {
    let Some((owner, app)) = wanted.app.split_once('/') else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let who = identify::by_session(&parts, events.cookie);
    let following = match events.service.follow_app(&who, &AppName::of(owner, app)).await {
        Ok(following) => following,
        Err(error) => {
            let status = StatusCode::from_u16(UiError::from(error).status());
            return status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        }
    };
    let news = unfold(following, async |mut following: Following| {
        let news = following.next().await?;
        Some((Ok::<_, Infallible>(event(news)), following))
    });
    let news = news.take_until(events.stop.cancelled_owned());
    // Proxies that gather an answer before they pass it on would keep everything back.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    (unbuffered, Sse::new(news).keep_alive(KeepAlive::default())).into_response()
}

/// Browsers drop an event without data.
fn event(news: News) -> Event {
    match news {
        News::Access => Event::default().event("access").data("changed"),
        News::Data => Event::default().event("data").data("changed"),
        News::Own(sentence) => Event::default().event("own").data(sentence),
        News::Ended(sentence) => Event::default().event("ended").data(sentence),
    }
}
