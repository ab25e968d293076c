//! Files as browsers send them, with what must not come in among what may.

use atelier_domain::Preset;
use atelier_service::inputs::InputsFilter;
use atelier_testkit::people::PASSWORD;
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{join, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};
use axum::body::{Body, to_bytes};
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE};
use tower::ServiceExt as _;

use super::*;

on_both_databases! { what_is_no_picture_is_told_by_its_file_and_the_others_come_in }

const PLAIN: SessionCookie = SessionCookie { secure: false };

/// Sends `files` to the app `street-signs` of Ada's, as a script does; answers the status and what became of them.
async fn send(bench: &Bench, person: &Person, files: &[(&str, &str, Vec<u8>)]) -> (StatusCode, UploadAnswer) {
    let service = &bench.service;
    let signed_in =
        service.sign_in(&person.email, PASSWORD, &person.who.origin).await.unwrap().signed_in().unwrap();
    let mut body = Vec::new();
    for (name, kind, bytes) in files {
        let head = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: {kind}\r\n\r\n"
        );
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--edge--\r\n");
    let request = Request::post("/upload/ada/street-signs")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(ACCEPT, "application/json")
        .header(COOKIE, format!("{}={}", PLAIN.name(), signed_in.secret));
    let response = router(service, PLAIN).oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = response.status();
    let answer = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&answer).unwrap())
}

async fn what_is_no_picture_is_told_by_its_file_and_the_others_come_in(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#.to_vec();
    let half = png(64, 64)[..60].to_vec();
    let files = [
        ("sign.png", "image/png", png(8, 8)),
        ("drawing.svg", "image/svg+xml", svg.clone()),
        // Neither its name nor what is said of it makes a picture of it.
        ("disguised.png", "image/png", svg),
        ("words.jpg", "image/jpeg", b"hello".to_vec()),
        ("half.png", "image/png", half),
        ("bytes.txt", "text/plain", vec![0xff, 0xfe, 0x00]),
        ("note.txt", "text/plain", b"Stop".to_vec()),
    ];
    let (status, answer) = send(&bench, &ada, &files).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.added, ["sign", "note"]);
    let told: Vec<(&str, &str)> =
        answer.refused.iter().map(|refused| (refused.file.as_str(), refused.message.as_str())).collect();
    for ((file, message), (expected, words)) in told.iter().zip([
        ("drawing.svg", "SVG"),
        ("disguised.png", "SVG"),
        ("words.jpg", "PNG"),
        ("half.png", "Cannot be read"),
        ("bytes.txt", "no text in UTF-8"),
    ]) {
        assert_eq!(*file, expected, "{told:?}");
        assert!(message.contains(words), "{file}: {message}");
    }
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(answer.refused.iter().all(|refused| refused.obstacle == Obstacle::Unreadable));

    // Whoever may not add inputs hears of that, whatever they send.
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    let (status, answer) = send(&bench, &bo, &files).await;
    assert_eq!((status, answer.added.len()), (StatusCode::FORBIDDEN, 0));
    assert_eq!(answer.refused[0].obstacle, Obstacle::Forbidden);
    let page = bench.service.list_inputs(&ada.who, &app, &InputsFilter::default(), 0, 100).await.unwrap();
    let mut slugs: Vec<&str> = page.inputs.iter().map(|row| row.slug.as_str()).collect();
    slugs.sort_unstable();
    assert_eq!(slugs, ["note", "sign"]);
}
