//! A picture that is posted to the page which searches by likeness, `POST /{owner}/{app}/alike`: the page is made with what is
//! like it. It is not kept.

use atelier_domain::{Endpoint, Slug};
use atelier_service::inputs::Content;
use atelier_service::{AppName, Error, Service};
use atelier_ui::SessionCookie;
use atelier_ui::api::alike::{ALIKE_FORM, BroughtPicture};
use atelier_ui::error::UiError;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::{identify, posted};

/// What searches by likeness.
#[derive(Clone)]
pub(crate) struct Likenesses {
    pub(crate) service: Service,
    pub(crate) cookie: SessionCookie,
}

/// Hands the page the picture that is posted to it. All other requests pass.
pub(crate) async fn take(State(state): State<Likenesses>, request: Request, next: Next) -> Response {
    let Some(app) = place(&request) else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    let who = identify::by_session(&parts, state.cookie);
    // Whoever may not is told so before the file is read.
    let brought = match state.service.get_app(&who, &app, Endpoint::PostInputsSearches).await {
        Ok(_) => read(Request::from_parts(parts.clone(), body)).await,
        Err(error) => Err(error.into()),
    };
    let outcome = brought.map(|picture| {
        parts.extensions.insert(picture);
        String::new()
    });
    posted::page_again(parts, ALIKE_FORM, outcome, next).await
}

async fn read(request: Request) -> Result<BroughtPicture, UiError> {
    match posted::content(request).await? {
        (name, content @ Content::Image(_)) => Ok(BroughtPicture { name, content }),
        _ => Err(Error::invalid("file", "must be a picture").into()),
    }
}

/// The app to whose page something is posted, if that is what is asked.
fn place(request: &Request) -> Option<AppName> {
    if !posted::is_posted(request) {
        return None;
    }
    let parts: Vec<&str> = request.uri().path().split('/').collect();
    let ["", owner, app, "alike"] = parts[..] else { return None };
    let (owner, app) = (owner.parse::<Slug>().ok()?, app.parse::<Slug>().ok()?);
    Some(AppName::of(owner.as_str(), app.as_str()))
}
