//! Versions of datasets as files, as browsers and programs get them.

use std::collections::BTreeSet;

use atelier_domain::{Preset, ScopeSet};
use atelier_service::Who;
use atelier_service::datasets::NewDataset;
use atelier_service::datasets::versions::NewVersion;
use atelier_service::keys::CreateKey;
use atelier_testkit::people::PASSWORD;
use atelier_testkit::sharing::{join, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};
use axum::body::to_bytes;
use http::StatusCode;
use http::header::{AUTHORIZATION, COOKIE};
use tower::ServiceExt as _;

use super::*;

on_both_databases! {
    a_browser_and_a_program_get_the_file,
    whoever_may_not_gets_no_file_and_hears_why,
}

const PLAIN: SessionCookie = SessionCookie { secure: false };

const VERSION: &str = "/ada/street-signs/datasets/town%20walk/versions/spring/download";

/// Asks for `path`, with a header that says who asks.
async fn ask(bench: &Bench, proof: Option<(HeaderName, String)>, path: &str) -> Response {
    let mut request = Request::get(path);
    if let Some((name, value)) = proof {
        request = request.header(name, value);
    }
    router(&bench.service, PLAIN).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn session(bench: &Bench, person: &Person) -> Option<(HeaderName, String)> {
    let signed_in = bench.service.sign_in(&person.email, PASSWORD, &person.who.origin).await.unwrap();
    Some((COOKIE, format!("{}={}", PLAIN.name(), signed_in.signed_in().unwrap().secret)))
}

async fn key(bench: &Bench, who: &Who, scopes: ScopeSet) -> Option<(HeaderName, String)> {
    let key = CreateKey { description: "Copies".into(), scopes, ..CreateKey::default() };
    let secret = bench.service.create_key(who, &key).await.unwrap().secret;
    Some((AUTHORIZATION, format!("Key {}", secret.expose())))
}

fn header(response: &Response, name: HeaderName) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// Ada, whose app has a dataset with a version and nothing in it.
async fn town(bench: &Bench) -> (Person, AppName) {
    let ada = bench.person("ada").await;
    let app = street_signs(bench, &ada).await;
    let town = NewDataset { slug: "town walk".into(), ..NewDataset::default() };
    bench.service.post_datasets(&ada.who, &app, vec![town]).await.unwrap();
    let spring = NewVersion { slug: "spring".into(), ..NewVersion::default() };
    bench.service.post_dataset_versions(&ada.who, &app, "town walk", vec![spring]).await.unwrap();
    (ada, app)
}

async fn a_browser_and_a_program_get_the_file(bench: Bench) {
    let (ada, _) = town(&bench).await;
    for proof in [session(&bench, &ada).await, key(&bench, &ada.who, ScopeSet::ALL).await] {
        let response = ask(&bench, proof, &format!("{VERSION}?format=coco&contents=yes")).await;
        assert_eq!(response.status(), StatusCode::OK);
        let name = "attachment; filename=\"town walk-spring-coco.zip\"; \
                    filename*=UTF-8''town%20walk%2Dspring%2Dcoco.zip";
        for (header_name, value) in [
            (CONTENT_TYPE, "application/zip"),
            (CONTENT_DISPOSITION, name),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (CACHE_CONTROL, "no-store"),
            (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        ] {
            assert_eq!(header(&response, header_name.clone()), value, "{header_name}");
        }
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        assert!(bytes.starts_with(b"PK\x03\x04"), "{bytes:?}");
    }
}

async fn whoever_may_not_gets_no_file_and_hears_why(bench: Bench) {
    let (ada, app) = town(&bench).await;
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    let di = bench.person("di").await;
    let asked = format!("{VERSION}?format=jsonl");
    let reads = key(&bench, &ada.who, Preset::Viewer.scopes()).await;
    let mut told = BTreeSet::new();
    for (proof, status) in [
        (None, 401),
        (session(&bench, &bo).await, 403),
        (reads, 403),
        (session(&bench, &di).await, 404),
        (Some((AUTHORIZATION, "Key nonsense".into())), 401),
    ] {
        let response = ask(&bench, proof, &asked).await;
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(header(&response, CONTENT_DISPOSITION), "");
        let text = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        assert_eq!(text.contains("Exports_Add"), status == 403, "{text}");
        told.insert(text);
    }
    assert!(told.len() >= 4, "{told:?}");
    let ada = session(&bench, &ada).await;
    for (path, status) in [
        (format!("{VERSION}?format=xml"), 400),
        (VERSION.to_owned(), 400),
        (asked.replace("spring", "summer"), 404),
        (asked.replace("town%20walk", "village"), 404),
        (asked.replace("street-signs", "coffee"), 404),
    ] {
        assert_eq!(ask(&bench, ada.clone(), &path).await.status().as_u16(), status, "{path}");
    }
}
