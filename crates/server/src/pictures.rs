//! Pictures of inputs, for pages and for programs: `GET /pictures/{owner}/{app}/{input}/original` and `…/thumbnail`.
//!
//! Each time it is asked anew whether the caller may see the input, even if they have the picture already: access can
//! end. A picture came from somebody else, so that it is given out as what it was read as, and can do nothing.

use atelier_contract::Credential;
use atelier_domain::secret::{InvalidSecret, KeySecret};
use atelier_service::inputs::{Picture, PictureSize};
use atelier_service::{AppName, Error, Proof, Service, Who, hash_secret};
use atelier_ui::SessionCookie;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName,
    IF_NONE_MATCH, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use leptos_router::location::Url;

use crate::identify;

/// What every answer carries.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    // The caller may keep it, and has to ask before it is shown again.
    (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
    (VARY, HeaderValue::from_static("authorization, cookie")),
];

/// The routes, for those who send a key and those who are signed in.
pub(crate) fn router(service: &Service, cookie: SessionCookie) -> Router {
    Router::new()
        .route("/pictures/{owner}/{app}/{input}/original", get(original))
        .route("/pictures/{owner}/{app}/{input}/thumbnail", get(thumbnail))
        .with_state(Pictures { service: service.clone(), cookie })
}

/// Where a picture is, below the address of this server.
pub(crate) fn path(owner: &str, app: &str, input: &str, size: PictureSize) -> String {
    // People choose the identifiers of inputs: they may hold almost anything.
    format!("/pictures/{owner}/{app}/{}/{}", Url::escape(input), word(size))
}

fn word(size: PictureSize) -> &'static str {
    match size {
        PictureSize::Original => "original",
        PictureSize::Thumbnail => "thumbnail",
    }
}

#[derive(Clone)]
struct Pictures {
    service: Service,
    cookie: SessionCookie,
}

/// The input that is meant: its owner, its app, and its own identifier.
type Address = Path<(String, String, String)>;

async fn original(state: State<Pictures>, address: Address, request: Request) -> Response {
    give(state, address, request, PictureSize::Original).await
}

async fn thumbnail(state: State<Pictures>, address: Address, request: Request) -> Response {
    give(state, address, request, PictureSize::Thumbnail).await
}

async fn give(
    State(pictures): State<Pictures>,
    Path((owner, app, input)): Address,
    request: Request,
    size: PictureSize,
) -> Response {
    let (parts, _) = request.into_parts();
    let answer = match who(&parts, pictures.cookie) {
        Ok(who) => {
            let app = AppName::of(&owner, &app);
            find(&pictures.service, &who, &app, &input, size, &parts.headers).await
        }
        Err(error) => Err(error),
    };
    let mut response = answer.unwrap_or_else(|error| refusal(&error));
    response.headers_mut().extend(HEADERS);
    response
}

/// Who asks: by a key if they send one, else by their session.
///
/// # Errors
/// When what they send is no key.
pub(crate) fn who(parts: &Parts, cookie: SessionCookie) -> Result<Who, Error> {
    let Some(credential) = Credential::of(&parts.headers) else {
        return Ok(identify::by_session(parts, cookie));
    };
    let secret: KeySecret = credential
        .reveal()
        .parse()
        .map_err(|error: InvalidSecret| Error::Unauthenticated(error.to_string()))?;
    let proof = Some(Proof::Key(hash_secret(secret.expose())));
    Ok(Who { proof, origin: identify::origin(&parts.headers, &parts.extensions) })
}

async fn find(
    service: &Service,
    who: &Who,
    app: &AppName,
    input: &str,
    size: PictureSize,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    let row = service.get_input(who, app, input).await?;
    // What an input shows never changes: another picture is another input, even under the same address.
    let tag = format!("\"{}-{}\"", row.id, word(size));
    if is_known(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let Picture { bytes, media_type } = service.picture(who, app, input, size).await?;
    let disposition = disposition(&row.slug, &media_type);
    let headers = [(CONTENT_TYPE, media_type), (CONTENT_DISPOSITION, disposition), (ETAG, tag)];
    Ok((headers, bytes).into_response())
}

/// Whether the caller has what `tag` names.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let texts = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    })
}

/// Under which name a browser keeps the picture, if somebody asks it to. The first name is for those that know nothing
/// but ASCII.
fn disposition(id: &str, media_type: &str) -> String {
    let ending = match media_type {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "image/bmp" => ".bmp",
        _ => "",
    };
    // Many identifiers are the names of files, endings and all.
    let ending = if id.to_ascii_lowercase().ends_with(ending) { "" } else { ending };
    let plain = |c: char| if c == ' ' || (c.is_ascii_graphic() && !"\"\\%".contains(c)) { c } else { '_' };
    let ascii: String = id.chars().map(plain).collect();
    format!("inline; filename=\"{ascii}{ending}\"; filename*=UTF-8''{}{ending}", Url::escape(id))
}

/// That something was refused, with the status for why.
pub(crate) fn refusal(error: &Error) -> Response {
    let status = match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden { .. }
        | Error::SomeoneElses { .. }
        | Error::PasswordNeeded { .. }
        | Error::SignInNeeded { .. } => StatusCode::FORBIDDEN,
        Error::Invalid { .. } => StatusCode::BAD_REQUEST,
        Error::Conflict(_) | Error::Taken(_) | Error::Untrained { .. } => StatusCode::CONFLICT,
        Error::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, error.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_quotes() {
        for (id, shown) in [
            ("cup", "inline; filename=\"cup.png\"; filename*=UTF-8''cup.png"),
            ("a\"; b=\\", "inline; filename=\"a_; b=_.png\"; filename*=UTF-8''a%22%3B%20b%3D%5C.png"),
            ("Käse", "inline; filename=\"K_se.png\"; filename*=UTF-8''K%C3%A4se.png"),
            ("a\r\nb", "inline; filename=\"a__b.png\"; filename*=UTF-8''a%0D%0Ab.png"),
        ] {
            assert_eq!(disposition(id, "image/png"), shown);
            assert!(HeaderValue::from_str(&disposition(id, "image/png")).is_ok());
        }
        let named = disposition("cup.PNG", "image/png");
        assert!(named.starts_with("inline; filename=\"cup.PNG\""), "{named}");
    }

    #[test]
    fn identifiers_are_one_part_of_the_address() {
        assert_eq!(
            path("ana", "tea", "a b%?", PictureSize::Thumbnail),
            "/pictures/ana/tea/a%20b%25%3F/thumbnail"
        );
    }

    #[test]
    fn a_picture_is_known_by_any_of_the_tags_that_are_sent() {
        let sent = |value| HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(value))]);
        for known in ["\"a\"", "\"b\", \"a\"", "W/\"a\"", "*"] {
            assert!(is_known(&sent(known), "\"a\""), "{known}");
        }
        assert!(!is_known(&sent("\"b\", a"), "\"a\""));
        assert!(!is_known(&HeaderMap::new(), "\"a\""));
    }
}
