//! What others labelled, as a file that is posted to the page of a dataset, `POST /{owner}/{app}/datasets/{dataset}`, or of
//! all inputs, `POST /{owner}/{app}/inputs`, by a form that works without scripts. The page is shown again with what became
//! of it, as after any other form; scripts ask for lines that tell how far it is instead.

use atelier_domain::Slug;
use atelier_service::imports::{Import, Imported, Progress};
use atelier_service::{AppName, Error, Service, Who};
use atelier_ui::SessionCookie;
use atelier_ui::api::datasets::{IMPORT_FORM, IMPORT_LINES, ImportAnswer, ImportLine, NotTaken};
use atelier_ui::error::UiError;
use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::{StreamExt as _, stream};
use http::header::{ACCEPT, CONTENT_TYPE};
use percent_encoding::percent_decode_str;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

use crate::upload::ending_by_itself;
use crate::{identify, posted};

/// The most bytes of a file that is taken in: what is in memory of it are single pictures.
pub(crate) const LIMIT: usize = 2 << 30;

/// Who takes files in.
#[derive(Clone)]
pub(crate) struct Imports {
    pub(crate) service: Service,
    pub(crate) cookie: SessionCookie,
}

/// Takes in the file that is posted to the page of a dataset or of inputs, and lets the page be made that tells of it. All other
/// requests pass.
pub(crate) async fn take(State(imports): State<Imports>, request: Request, next: Next) -> Response {
    let Some((app, dataset)) = place(&request) else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let who = identify::by_session(&parts, imports.cookie);
    let request = Request::from_parts(parts.clone(), body);
    // Whoever may not is told so before the file is read.
    let may = imports.service.get_app(&who, &app, atelier_domain::Endpoint::PostInputs).await;
    let file = match may {
        Ok(_) => file(request).await,
        Err(error) => Err(error.into()),
    };
    if parts.headers.get(ACCEPT).is_some_and(|kind| kind == IMPORT_LINES) {
        return followed(imports.service, who, app, dataset, file);
    }
    let outcome = match file {
        Ok((file, name)) => {
            let import = Import { file, name, dataset: dataset.clone() };
            imports.service.import(&who, &app, import, None).await.map_err(UiError::from)
        }
        Err(error) => Err(error),
    };
    let outcome = outcome.and_then(|imported| {
        serde_json::to_string(&answer(dataset, imported)).map_err(|_| UiError::Unavailable)
    });
    posted::page_again(parts, IMPORT_FORM, outcome, next).await
}

/// Takes in a file, and tells line by line how far it is and how it ended. Whoever hangs up ends it.
fn followed(
    service: Service,
    who: Who,
    app: AppName,
    dataset: Option<String>,
    file: Result<(std::fs::File, String), UiError>,
) -> Response {
    let (telling, heard) = watch::channel(Progress::default());
    let ending = async move {
        let imported = match file {
            Ok((file, name)) => {
                let import = Import { file, name, dataset: dataset.clone() };
                service.import(&who, &app, import, Some(telling)).await.map_err(UiError::from)
            }
            Err(error) => Err(error),
        };
        match imported {
            Ok(imported) => ImportLine::Done(answer(dataset, imported)),
            Err(error) => ImportLine::Failed(error),
        }
    };
    let on_the_way =
        WatchStream::from_changes(heard).map(|Progress { through, of }| ImportLine::Progress { through, of });
    // How it ended comes last: what was told just before may be heard after it.
    let until_its_end = |has_ended: &mut bool, line: ImportLine| {
        let line = (!*has_ended).then_some(line);
        *has_ended |= !matches!(line, Some(ImportLine::Progress { .. }));
        std::future::ready(line)
    };
    let lines = stream::select(on_the_way, stream::once(ending))
        .scan(false, until_its_end)
        .map(|line| serde_json::to_string(&line).map(|line| line + "\n"));
    ([(CONTENT_TYPE, IMPORT_LINES)], Body::from_stream(lines)).into_response()
}

/// The app and the dataset to whose page a file is posted, if that is what is asked; no dataset, if it is posted to the page
/// of inputs.
fn place(request: &Request) -> Option<(AppName, Option<String>)> {
    if !posted::is_posted(request) {
        return None;
    }
    let parts: Vec<&str> = request.uri().path().split('/').collect();
    let (owner, app, dataset) = match parts[..] {
        ["", owner, app, "datasets", dataset] => (owner, app, Some(dataset)),
        ["", owner, app, "inputs"] => (owner, app, None),
        _ => return None,
    };
    let (owner, app) = (owner.parse::<Slug>().ok()?, app.parse::<Slug>().ok()?);
    let dataset = match dataset {
        Some(dataset) => Some(percent_decode_str(dataset).decode_utf8().ok()?.into_owned()),
        None => None,
    };
    Some((AppName::of(owner.as_str(), app.as_str()), dataset))
}

/// The file of the form, in a place that is gone when it was read, and what it is called.
async fn file(request: Request) -> Result<(std::fs::File, String), UiError> {
    let broken = |_| UiError::form("The file broke off on the way. Try again.");
    let mut form =
        Multipart::from_request(request.map(ending_by_itself), &()).await.map_err(|_| broken(()))?;
    while let Some(field) = form.next_field().await.map_err(|_| broken(()))? {
        let name = field.file_name().unwrap_or_default().to_owned();
        if field.name() != Some("file") || name.is_empty() {
            continue;
        }
        let too_large = || Error::invalid("file", format!("must have at most {} GB", LIMIT >> 30));
        return Ok((posted::kept_aside(field, LIMIT, too_large).await?, name));
    }
    Err(Error::invalid("file", "must be chosen").into())
}

fn answer(dataset: Option<String>, imported: Imported) -> ImportAnswer {
    let Imported { inputs, annotations, inputs_there, annotations_there, told, untold } = imported;
    let told = told.into_iter().map(|told| NotTaken { place: told.place, why: told.why });
    ImportAnswer {
        dataset,
        inputs,
        annotations,
        inputs_there,
        annotations_there,
        told: told.collect(),
        untold,
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    fn asked(method: Method, path: &str, kind: &str) -> Option<(AppName, Option<String>)> {
        let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, kind);
        place(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_a_file_that_is_posted_to_the_page_of_a_dataset_or_of_inputs_is_taken() {
        const FILES: &str = "multipart/form-data; boundary=edge";
        let (_, dataset) = asked(Method::POST, "/ada/street-signs/datasets/town%20walk", FILES).unwrap();
        assert_eq!(dataset.as_deref(), Some("town walk"));
        let (_, dataset) = asked(Method::POST, "/ada/street-signs/inputs", FILES).unwrap();
        assert_eq!(dataset, None);
        for (method, path, kind) in [
            (Method::GET, "/ada/street-signs/datasets/town", FILES),
            (Method::POST, "/ada/street-signs/datasets/town", "application/x-www-form-urlencoded"),
            (Method::POST, "/ada/street-signs/datasets", FILES),
            (Method::POST, "/ada/street-signs/inputs/town", FILES),
            (Method::POST, "/ada/street-signs/datasets/town/versions", FILES),
            (Method::POST, "/ada/street-signs/datasets/%ff", FILES),
        ] {
            assert!(asked(method.clone(), path, kind).is_none(), "{method} {path} {kind}");
        }
    }
}
