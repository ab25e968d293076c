//! A model that is posted as a file, `POST /{owner}/{app}/models/new/upload`, or a version of one that was uploaded before,
//! `POST /{owner}/{app}/models/{model}/upload`, by a form that works without scripts. It leads to the page of the model; what
//! is refused is told on the page of the form, with what was typed.

use std::fs::File;

use atelier_domain::{Endpoint, Slug};
use atelier_service::models::uploaded::{MOST_BYTES, Refusal};
use atelier_service::models::{NewModel, Scale, Upload, UploadTo};
use atelier_service::{AppName, Error, Service, Who};
use atelier_ui::SessionCookie;
use atelier_ui::api::models::{PixelScale, UPLOAD_FORM};
use atelier_ui::error::UiError;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::LOCATION;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::upload::ending_by_itself;
use crate::{identify, posted};

/// The most bytes of what is typed into one field: a thousand concepts fit into it.
const TYPED: usize = 256 << 10;

/// The most fields that are read.
const FIELDS: usize = 20;

/// What takes models in.
#[derive(Clone)]
pub(crate) struct ModelFiles {
    pub(crate) service: Service,
    pub(crate) cookie: SessionCookie,
}

/// What was filled in.
#[derive(Default)]
struct Filled {
    file: Option<File>,
    typed: Vec<(String, String)>,
}

impl Filled {
    fn typed(&self, name: &str) -> &str {
        let found = self.typed.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.trim()).unwrap_or_default()
    }
}

/// Takes in the model that is posted to the page where one is uploaded. All other requests pass.
pub(crate) async fn take(State(state): State<ModelFiles>, request: Request, next: Next) -> Response {
    let Some((owner, app, model)) = place(&request) else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let who = identify::by_session(&parts, state.cookie);
    let name = AppName::of(owner.as_str(), app.as_str());
    let mut filled = Filled::default();
    // Whoever may not is told so before the file is read.
    let uploaded = match state.service.get_app(&who, &name, Endpoint::PostModelVersionsUpload).await {
        Ok(_) => match fill(Request::from_parts(parts.clone(), body), &mut filled).await {
            Ok(()) => upload(&state.service, &who, &name, model, &mut filled).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(error.into()),
    };
    match uploaded {
        Ok(model) => {
            let model = utf8_percent_encode(&model, NON_ALPHANUMERIC);
            (StatusCode::SEE_OTHER, [(LOCATION, format!("/{owner}/{app}/models/{model}"))]).into_response()
        }
        Err(error) => posted::page_with_typed(parts, UPLOAD_FORM, filled.typed, Err(error), next).await,
    }
}

/// The app, and the model of which a file is to become a version, if that is what is asked; no model, if one is to be made.
fn place(request: &Request) -> Option<(Slug, Slug, Option<String>)> {
    if !posted::is_posted(request) {
        return None;
    }
    let parts: Vec<&str> = request.uri().path().split('/').collect();
    let ["", owner, app, "models", model, "upload"] = parts[..] else { return None };
    let model = percent_decode_str(model).decode_utf8().ok()?.into_owned();
    // No model has the identifier `new`.
    Some((owner.parse().ok()?, app.parse().ok()?, Some(model).filter(|model| model != "new")))
}

/// Reads what was filled in, also what comes after something that cannot be taken: then that is told at the end.
async fn fill(request: Request, filled: &mut Filled) -> Result<(), UiError> {
    let broken = |_| UiError::form("The form broke off on the way. Try again.");
    let mut form =
        Multipart::from_request(request.map(ending_by_itself), &()).await.map_err(|_| broken(()))?;
    let mut refused = Ok(());
    for _ in 0..FIELDS {
        let Some(mut field) = form.next_field().await.map_err(|_| broken(()))? else { return refused };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            if !field.file_name().unwrap_or_default().is_empty() {
                let too_large = || Error::invalid("file", Refusal::TooManyBytes);
                match posted::kept_aside(field, MOST_BYTES, too_large).await {
                    Ok(file) => filled.file = Some(file),
                    Err(error) => refused = Err(error),
                }
            }
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| broken(()))? {
            if bytes.len() + chunk.len() > TYPED {
                return Err(Error::invalid(&name, "is too long").into());
            }
            bytes.extend_from_slice(&chunk);
        }
        filled.typed.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    Err(broken(()))
}

/// Takes in what was filled in; answers the identifier of the model.
async fn upload(
    service: &Service,
    who: &Who,
    app: &AppName,
    model: Option<String>,
    filled: &mut Filled,
) -> Result<String, UiError> {
    let file = filled.file.take().ok_or_else(|| Error::invalid("file", "must be chosen"))?;
    let to = match model {
        Some(model) => UploadTo::Model(model),
        None if filled.typed("name").is_empty() => {
            return Err(Error::invalid("name", "must not be empty").into());
        }
        None => UploadTo::New(NewModel {
            name: filled.typed("name").to_owned(),
            description: filled.typed("description").to_owned(),
            ..NewModel::default()
        }),
    };
    let concepts = match filled.typed("vocab") {
        "" => {
            let lines = filled.typed("concepts").lines().map(str::trim);
            lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
        }
        vocab => {
            let vocab = service.get_vocab(who, app, vocab).await?.value;
            vocab.concepts.into_iter().map(|row| row.slug).collect()
        }
    };
    let scale = scale(filled)?;
    let uploaded = service
        .upload_model(who, app, Upload { to, file, concepts, scale, description: String::new() })
        .await;
    Ok(uploaded.map_err(of_field)?.value.slug)
}

/// How pixels are scaled, as it was chosen or typed.
fn scale(filled: &Filled) -> Result<Scale, UiError> {
    let chosen = PixelScale::ALL.into_iter().find(|choice| choice.slug() == filled.typed("scale"));
    let chosen = chosen.ok_or_else(|| UiError::form("Choose how pixels are scaled."))?;
    if let Some(scale) = chosen.scale() {
        return Ok(scale);
    }
    let read = |name: &str| {
        let numbers: Result<Vec<f32>, _> =
            filled.typed(name).split(',').map(|number| number.trim().parse::<f32>()).collect();
        match numbers.as_deref() {
            Ok([one]) => Ok([*one; 3]),
            Ok([red, green, blue]) => Ok([*red, *green, *blue]),
            _ => Err(Error::invalid(name, "must be one number, or three with commas between them")),
        }
    };
    Ok(Scale { mean: read("mean")?, deviation: read("deviation")? })
}

/// What is wrong, by the field of the form in which it was typed: the model’s identifier follows from its name.
fn of_field(error: Error) -> Error {
    let Error::Invalid { mut fields } = error else { return error };
    for field in &mut fields {
        match field.field.as_str() {
            "id" => field.field = "name".to_owned(),
            "scale" => field.field = "deviation".to_owned(),
            _ => {}
        }
    }
    Error::Invalid { fields }
}

#[cfg(test)]
mod door;
#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Method;
    use http::header::CONTENT_TYPE;

    use super::*;

    #[test]
    fn only_what_is_posted_with_files_to_where_a_model_is_uploaded_is_taken() {
        const FILES: &str = "multipart/form-data; boundary=edge";
        let asked = |method: Method, path: &str, kind: &str| {
            let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, kind);
            place(&request.body(Body::empty()).unwrap()).map(|(_, _, model)| model)
        };
        let post = |path: &str| asked(Method::POST, path, FILES);
        assert_eq!(post("/ada/street-signs/models/of%20signs/upload"), Some(Some("of signs".into())));
        assert_eq!(post("/ada/street-signs/models/new/upload"), Some(None));
        for path in ["/ada/street-signs/models/signs", "/ada/street-signs/upload", "/ada/s/inputs/x/upload"] {
            assert_eq!(post(path), None, "{path}");
        }
        let path = "/ada/street-signs/models/new/upload";
        assert_eq!(asked(Method::GET, path, FILES), None);
        assert_eq!(asked(Method::POST, path, "application/x-www-form-urlencoded"), None);
    }

    #[test]
    fn pixels_are_scaled_as_somebody_says() {
        let scaled = |typed: &[(&str, &str)]| {
            let typed = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            scale(&Filled { file: None, typed: typed.collect() })
        };
        assert_eq!(scaled(&[("scale", "imagenet"), ("mean", "nonsense")]), Ok(Scale::IMAGE_NET));
        let given = |mean, deviation| scaled(&[("scale", "given"), ("mean", mean), ("deviation", deviation)]);
        let expected = Scale { mean: [0.5; 3], deviation: [0.1, 0.2, 0.3] };
        assert_eq!(given("0.5", "0.1, 0.2,0.3"), Ok(expected));
        for (mean, deviation) in [("", "1"), ("0,0", "1"), ("0", "one"), ("0", "1,2,3,4")] {
            assert!(given(mean, deviation).is_err(), "{mean} {deviation}");
        }
        assert!(scaled(&[]).is_err());
    }
}
