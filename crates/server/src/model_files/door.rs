//! Forms as browsers send them, and what they lead to.

use atelier_domain::Preset;
use atelier_service::models::ModelName;
use atelier_testkit::onnx::channels;
use atelier_testkit::people::PASSWORD;
use atelier_testkit::sharing::{join, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};
use atelier_ui::form::Submission;
use axum::body::Body;
use axum::middleware::from_fn_with_state;
use axum::{Extension, Router};
use http::header::{CONTENT_TYPE, COOKIE};
use tower::ServiceExt as _;

use super::*;

on_both_databases! { a_form_leads_to_its_model_or_back_to_itself_with_what_was_typed }

const PLAIN: SessionCookie = SessionCookie { secure: false };

/// The page of the form, which says what became of it.
async fn page(Extension(submission): Extension<Submission>) -> String {
    serde_json::to_string(&submission).unwrap()
}

/// Posts a form with a file; answers where it leads, or what became of it.
async fn post(
    bench: &Bench,
    person: &Person,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<&[u8]>,
) -> (StatusCode, Result<String, Submission>) {
    let service = &bench.service;
    let signed_in =
        service.sign_in(&person.email, PASSWORD, &person.who.origin).await.unwrap().signed_in().unwrap();
    let mut body = Vec::new();
    if let Some(file) = file {
        let head = "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"m.onnx\"\r\n\r\n";
        body.extend([head.as_bytes(), file, b"\r\n"].concat());
    }
    for (name, value) in fields {
        let field = format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(field.as_bytes());
    }
    body.extend(b"--edge--\r\n");
    let request = Request::post(path)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(COOKIE, format!("{}={}", PLAIN.name(), signed_in.secret))
        .body(Body::from(body));
    let taking = ModelFiles { service: service.clone(), cookie: PLAIN };
    let router = Router::new().fallback(page).layer(from_fn_with_state(taking, take));
    let response = router.oneshot(request.unwrap()).await.unwrap();
    let (status, next) = (response.status(), response.headers().get(LOCATION).cloned());
    if let Some(next) = next {
        return (status, Ok(next.to_str().unwrap().to_owned()));
    }
    let told = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, Err(serde_json::from_slice(&told).unwrap()))
}

async fn a_form_leads_to_its_model_or_back_to_itself_with_what_was_typed(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let new = "/ada/street-signs/models/new/upload";
    let file = channels(&[-1, 3, 8, 8]).file();
    let typed = [("name", "Of colours"), ("concepts", "Red\r\n\r\n Blue \r\n"), ("scale", "unit")];
    let (status, refused) = post(&bench, &ada, new, &typed, Some(b"no model")).await;
    let refused = refused.unwrap_err();
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.form, UPLOAD_FORM);
    assert_eq!(refused.typed, typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(refused.outcome.unwrap_err().about("file").next().unwrap().contains("ONNX model"));
    for (fields, file, about) in [
        (&typed[..], None, "file"),
        (&typed[1..], Some(&file), "name"),
        (&[typed[0], typed[2]][..], Some(&file), "concepts"),
        (&[typed[0], typed[1], ("scale", "given"), ("mean", "0")][..], Some(&file), "deviation"),
        (
            &[typed[0], typed[1], ("scale", "given"), ("mean", "0"), ("deviation", "0")],
            Some(&file),
            "deviation",
        ),
        (&[typed[0], ("concepts", &"x".repeat(TYPED + 1)), typed[2]], Some(&file), "concepts"),
    ] {
        let (status, refused) = post(&bench, &ada, new, fields, file.map(Vec::as_slice)).await;
        let error = refused.unwrap_err().outcome.unwrap_err();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{about}");
        assert!(error.about(about).next().is_some(), "{about}: {error:?}");
    }
    let (status, made) = post(&bench, &ada, new, &typed, Some(&file)).await;
    assert_eq!((status, made), (StatusCode::SEE_OTHER, Ok("/ada/street-signs/models/of%2Dcolours".into())));
    let name = ModelName::at(&app, "of-colours", "");
    let model = bench.service.get_model(&ada.who, &app, Endpoint::GetModel, &name).await.unwrap();
    let version = model.version.unwrap();
    let told = &version.upload().unwrap().told;
    let names: Vec<&str> = told.concepts.iter().map(|concept| concept.name.as_str()).collect();
    assert_eq!((names, told.scale), (vec!["Red", "Blue"], Some(Scale::UNIT)));
    let again = "/ada/street-signs/models/of-colours/upload";
    let (status, _) = post(&bench, &ada, again, &typed[1..], Some(&file)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);

    // Whoever may not hears of that, whatever they send.
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    for path in [new, again] {
        let (status, refused) = post(&bench, &bo, path, &typed, Some(&file)).await;
        let refused = refused.unwrap_err();
        assert_eq!((status, refused.typed.len()), (StatusCode::FORBIDDEN, 0));
        assert!(matches!(refused.outcome, Err(UiError::Forbidden { .. })));
    }
    let stranger = bench.person("cy").await;
    let (status, _) = post(&bench, &stranger, new, &typed, Some(&file)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
