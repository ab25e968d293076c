//! Files from the browser: pictures and texts, one or several in a request, each of which becomes an input.
//!
//! Scripts ask for JSON and send one file a request, so that each has its own progress and its own error. The plain
//! form sends everything at once, and is led back to the inputs with what became of it.

mod parts;

use std::path::Path as FilePath;

use atelier_domain::{Endpoint, Labels, Slug};
use atelier_service::inputs::{Content, NewInput, PostInputs, TakenId};
use atelier_service::{AppName, Service, Who};
use atelier_ui::SessionCookie;
use atelier_ui::api::inputs::{Obstacle, RefusedFile, SameInput, UploadAnswer};
use atelier_ui::error::UiError;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use http::header::LOCATION;
use serde_json::json;

use self::parts::FILE_LIMIT;
pub(crate) use self::parts::{Part, Parts, Unread, ending_by_itself};
use crate::{guard, identify, posted};

/// The most bytes of one request: several files, when the browser posts the form by itself.
const REQUEST_LIMIT: usize = 512 << 20;

/// The most characters of a file's name that its input is called by.
const NAME: usize = 100;

/// `POST /upload/{owner}/{app}`, for those who are signed in, from our own pages.
pub(crate) fn router(service: &Service, cookie: SessionCookie) -> Router {
    Router::new()
        .route("/upload/{owner}/{app}", post(upload))
        .layer(DefaultBodyLimit::max(REQUEST_LIMIT))
        .layer(from_fn(guard::same_site))
        .with_state(Uploads { service: service.clone(), cookie })
}

#[derive(Clone)]
struct Uploads {
    service: Service,
    cookie: SessionCookie,
}

async fn upload(
    State(uploads): State<Uploads>,
    Path((owner, app)): Path<(String, String)>,
    request: Request,
) -> Response {
    // What is no name leads nowhere: above all not to another site.
    let (Ok(owner), Ok(app)) = (owner.parse::<Slug>(), app.parse::<Slug>()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (parts, body) = request.into_parts();
    let who = identify::by_session(&parts, uploads.cookie);
    let is_asked_by_script = posted::accepts_json(&parts.headers);
    let name = AppName::of(owner.as_str(), app.as_str());
    // Whoever may not is told so before the first file is read.
    let answer = match uploads.service.get_app(&who, &name, Endpoint::PostInputs).await {
        Err(error) => Answer::refused(error.into()),
        Ok(_) => match Parts::of(Request::from_parts(parts, body)).await {
            Ok(parts) => take_all(&uploads.service, &who, &name, parts).await,
            Err(_) => {
                Answer::refused(UiError::form("The form was incomplete. Reload the page and try again."))
            }
        },
    };
    posted::guarded(if is_asked_by_script {
        (answer.status, Json(answer.files)).into_response()
    } else {
        led_back(&owner, &app, &answer.files)
    })
}

/// What became of all files.
struct Answer {
    files: UploadAnswer,
    /// That of the last thing that went wrong.
    status: StatusCode,
}

impl Answer {
    fn new() -> Self {
        Self { files: UploadAnswer::default(), status: StatusCode::OK }
    }

    /// None of the files was looked at.
    fn refused(error: UiError) -> Self {
        let mut answer = Self::new();
        answer.refuse(String::new(), &Refused::Error(error));
        answer
    }

    /// Notes that no input was made of a file.
    fn refuse(&mut self, file: String, refused: &Refused) {
        self.status = refused.status();
        self.files.refused.push(RefusedFile {
            file,
            message: refused.message(),
            obstacle: refused.obstacle(),
        });
    }
}

fn status(error: &UiError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn obstacle(error: &UiError) -> Obstacle {
    match error {
        UiError::Forbidden { .. }
        | UiError::PasswordNeeded { .. }
        | UiError::SignInNeeded { .. }
        | UiError::NotFound
        | UiError::SignedOut { .. } => Obstacle::Forbidden,
        UiError::Invalid { .. } => Obstacle::Unreadable,
        UiError::Conflict { .. }
        | UiError::Throttled { .. }
        | UiError::Unavailable
        | UiError::Internal { .. } => Obstacle::Other,
    }
}

/// Makes an input of each file and text, one after the other.
async fn take_all(service: &Service, who: &Who, app: &AppName, mut parts: Parts) -> Answer {
    let mut answer = Answer::new();
    loop {
        match parts.next().await {
            Ok(Some(part)) => take(service, who, app, part, &mut answer).await,
            Ok(None) => return answer,
            Err(unread) => {
                answer.refuse(String::new(), &Refused::Unread(unread));
                return answer;
            }
        }
    }
}

/// Why no input was made of a file.
enum Refused {
    Unread(Unread),
    NotText,
    Error(UiError),
}

impl Refused {
    fn obstacle(&self) -> Obstacle {
        match self {
            Self::Unread(Unread::TooLarge) => Obstacle::TooLarge,
            Self::Unread(Unread::BrokenOff) => Obstacle::Other,
            Self::NotText => Obstacle::Unreadable,
            Self::Error(error) => obstacle(error),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Unread(Unread::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unread(Unread::BrokenOff) => StatusCode::BAD_REQUEST,
            Self::NotText => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Error(error) => status(error),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Unread(Unread::TooLarge) => {
                format!("It is too large: a file may have up to {} MB.", FILE_LIMIT >> 20)
            }
            Self::Unread(Unread::BrokenOff) => "It broke off on the way. Try again.".to_owned(),
            Self::NotText => "It is no text in UTF-8.".to_owned(),
            Self::Error(error) => error.to_string(),
        }
    }
}

/// Makes an input of one file or text.
async fn take(service: &Service, who: &Who, app: &AppName, part: Part, answer: &mut Answer) {
    let Part { file, is_text, content } = part;
    let taken = match content {
        Ok(bytes) => add(service, who, app, &file, bytes, is_text).await,
        Err(unread) => Err(Refused::Unread(unread)),
    };
    match taken {
        Ok((added, there)) => {
            if let Some(there) = there {
                answer.files.same.push(SameInput { added: added.clone(), there });
            }
            answer.files.added.push(added);
        }
        Err(refused) => answer.refuse(file, &refused),
    }
}

/// Makes an input of what was read, and answers its identifier, and that of one that holds the same bytes already.
async fn add(
    service: &Service,
    who: &Who,
    app: &AppName,
    file: &str,
    bytes: Bytes,
    is_text: bool,
) -> Result<(String, Option<String>), Refused> {
    let content = if is_text {
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| Refused::NotText)?;
        Content::Text(with_plain_lines(&text))
    } else {
        Content::Image(bytes)
    };
    let metadata = (!file.is_empty()).then(|| json!({ "filename": file }));
    let input = NewInput {
        slug: slug_of(file),
        content,
        metadata,
        place: None,
        labels: Labels::default(),
        datasets: Vec::new(),
    };
    let input = PostInputs { inputs: vec![input], taken: TakenId::Suffix, ..PostInputs::default() };
    let refused = |error: atelier_service::Error| Refused::Error(error.into());
    let posted = service.post_inputs(who, app, input).await.map_err(refused)?;
    let made = posted.inputs.into_iter().next();
    let row = made.ok_or(Refused::Error(UiError::Unavailable))?.map_err(|(_, error)| refused(error))?;
    // It is there, whatever can be said of it.
    let there = service.same_input(who, app, row.id).await.unwrap_or_default();
    Ok((row.slug, there))
}

/// The text with line feeds alone, as browsers show it: then everybody counts its characters alike.
fn with_plain_lines(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n")
}

/// By what the input of a file is known: the file's name, without its ending and what no identifier may hold. Nothing,
/// if nothing is left: then one is made.
fn slug_of(file: &str) -> String {
    let stem = FilePath::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let plain = |c: char| if c.is_control() || ['/', '\\', '?', '#'].contains(&c) { '-' } else { c };
    let name: String = stem.chars().map(plain).take(NAME).collect();
    name.trim().to_owned()
}

/// Back to the inputs, with what became of the files: only numbers and a word of ours travel in the address.
fn led_back(owner: &Slug, app: &Slug, files: &UploadAnswer) -> Response {
    let (added, refused) = (files.added.len(), files.refused.len());
    let mut next = format!("/{owner}/{app}/inputs?added={added}&refused={refused}");
    if !files.same.is_empty() {
        next.push_str(&format!("&same={}", files.same.len()));
    }
    if let Some(first) = files.refused.first() {
        next.push_str("&because=");
        next.push_str(first.obstacle.name());
    }
    (StatusCode::SEE_OTHER, [(LOCATION, next)]).into_response()
}

#[cfg(test)]
mod door;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_called_as_its_file() {
        assert_eq!(slug_of("grey heron.JPG"), "grey heron");
        assert_eq!(slug_of("what?#.png"), "what--");
        assert_eq!(slug_of(""), "");
        assert!(slug_of(&"ä".repeat(300)).chars().count() <= NAME);
    }

    #[test]
    fn lines_end_alike() {
        assert_eq!(with_plain_lines("\u{feff}a\r\nb\rc\n"), "a\nb\nc\n");
    }

    #[test]
    fn the_plain_form_is_led_back_with_numbers_only() {
        let mut answer = Answer::new();
        answer.files.added.push("a".into());
        answer.refuse("<script>.svg".into(), &Refused::NotText);
        let [owner, app] = ["ada", "birds"].map(|name| name.parse::<Slug>().unwrap());
        let response = led_back(&owner, &app, &answer.files);
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let next = response.headers().get(LOCATION).unwrap();
        assert_eq!(next, "/ada/birds/inputs?added=1&refused=1&because=unreadable");
    }
}
