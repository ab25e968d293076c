//! The audit list of an app as files, as a browser gets them.

use std::collections::BTreeSet;

use atelier_domain::id::AuditId;
use atelier_domain::{Below, Preset, Scope};
use atelier_store::queries::audit;
use atelier_testkit::people::PASSWORD;
use atelier_testkit::sharing::{join, people, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};
use axum::body::to_bytes;
use axum::extract::Request;
use http::header::COOKIE;
use serde_json::Value;
use tower::ServiceExt as _;

use super::*;

on_both_databases! {
    all_of_what_the_filter_lets_through_comes_as_a_file,
    whoever_may_not_see_the_list_gets_no_file,
    a_download_ends_where_access_does,
    what_is_a_formula_in_a_spreadsheet_is_text_in_the_file,
}

const PLAIN: SessionCookie = SessionCookie { secure: false };

const LIST: &str = "/ada/street-signs/settings/audit";

/// Asks for a file as somebody who is signed in, or as nobody.
async fn ask(bench: &Bench, person: Option<&Person>, path: &str) -> Response {
    let mut request = Request::get(path);
    if let Some(person) = person {
        let service = &bench.service;
        let signed_in =
            service.sign_in(&person.email, PASSWORD, &person.who.origin).await.unwrap().signed_in().unwrap();
        request = request.header(COOKIE, format!("{}={}", PLAIN.name(), signed_in.secret));
    }
    let request = request.body(Body::empty()).unwrap();
    router(&bench.service, PLAIN).oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn header(response: &Response, name: HeaderName) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// Has Ada make an app, of which `count` more entries tell, each of something else whose name begins with `word`.
async fn long_list(bench: &Bench, count: usize, word: &str) -> (Person, AppName) {
    let ada = bench.person("ada").await;
    let app = street_signs(bench, &ada).await;
    let made = bench.service.list_app_audit(&ada.who, &app, &AuditFilter::default(), 1).await.unwrap();
    let app_id = made.entries[0].app_id;
    let mut tx = bench.service.store().write().await.unwrap();
    for number in 0..count {
        let now = bench.now();
        let entry = audit::NewEntry {
            id: AuditId::new(now, &bench.service.world().salt()),
            app: app_id,
            actor_id: Some(ada.id),
            actor: "Ada",
            key: None,
            action: "input.deleted",
            subject_id: None,
            subject: &format!("{word}-{number}"),
            before: None,
            after: None,
            address: "127.0.0.1",
            user_agent: "test",
        };
        audit::add(&mut tx, &entry, now);
    }
    tx.commit().await.unwrap();
    (ada, app)
}

async fn all_of_what_the_filter_lets_through_comes_as_a_file(bench: Bench) {
    const COUNT: usize = 2 * PART + 50;
    let (ada, _) = long_list(&bench, COUNT, "input").await;
    let response = ask(&bench, Some(&ada), &format!("{LIST}.jsonl")).await;
    assert_eq!(response.status(), StatusCode::OK);
    for (name, value) in [
        (CONTENT_TYPE, "application/jsonl"),
        (CONTENT_DISPOSITION, "attachment; filename=\"ada-street-signs-audit.jsonl\""),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
    ] {
        assert_eq!(header(&response, name.clone()), value, "{name}");
    }
    let lines: Vec<Value> =
        text(response).await.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let subjects: Vec<&str> = lines.iter().map(|line| line["subject"].as_str().unwrap()).collect();
    // The newest first, as the page has them, each once.
    let mut wanted: Vec<String> = (0..COUNT).rev().map(|number| format!("input-{number}")).collect();
    wanted.push("Street-signs".into());
    assert_eq!(subjects.len(), wanted.len());
    assert_eq!(subjects[..COUNT], wanted[..COUNT]);
    // What is counted over all apps is nobody's business here.
    assert!(lines.iter().all(|line| line.get("position").is_none() && line.get("hash").is_none()));

    let filtered =
        format!("{LIST}.jsonl?subject=input-7&action=input&from=2026-01-01&until=2026-01-01&actor=");
    let lines = text(ask(&bench, Some(&ada), &filtered).await).await;
    let numbers: BTreeSet<&str> = lines.lines().collect();
    assert_eq!(numbers.len(), (0..COUNT).filter(|number| number.to_string().starts_with('7')).count());
    let nothing = text(ask(&bench, Some(&ada), &format!("{LIST}.jsonl?from=2026-01-02")).await).await;
    assert_eq!(nothing, "");

    let response = ask(&bench, Some(&ada), &format!("{LIST}.csv?action=app")).await;
    assert_eq!(header(&response, CONTENT_TYPE), "text/csv; charset=utf-8");
    assert_eq!(header(&response, CONTENT_DISPOSITION), "attachment; filename=\"ada-street-signs-audit.csv\"");
    let table = text(response).await;
    let rows: Vec<&str> = table.split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 2, "{table}");
    assert!(rows[0].starts_with("id,at,app_id,"), "{table}");
    assert!(rows[1].contains(",\"2026-01-01T12:00:00."), "{table}");
    assert!(rows[1].contains(",\"app.created\","), "{table}");
}

async fn whoever_may_not_see_the_list_gets_no_file(bench: Bench) {
    let (ada, app) = long_list(&bench, 3, "input").await;
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    let cy = join(&bench, &ada, &app, "cy", Preset::Worker.scopes().with(Scope::AuditLogsGet)).await;
    let di = bench.person("di").await;
    for ending in ["csv", "jsonl"] {
        let path = format!("{LIST}.{ending}");
        for (person, status) in
            [(None, 401), (Some(&bo), 403), (Some(&di), 404), (Some(&cy), 200), (Some(&ada), 200)]
        {
            let response = ask(&bench, person, &path).await;
            assert_eq!(response.status().as_u16(), status, "{:?}", person.map(|person| &person.slug));
            assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), "nosniff");
            if status != 200 {
                assert_eq!(header(&response, CONTENT_DISPOSITION), "");
                let told = text(response).await;
                assert!(!told.contains("input-"), "{told}");
                assert_eq!(told.contains("AuditLogs_Get"), status == 403, "{told}");
            }
        }
        // As the list is refused, so is the file: also what is not there.
        for (path, status) in [
            (format!("/ada/coffee/settings/audit.{ending}"), 404),
            (format!("/nobody/street-signs/settings/audit.{ending}"), 404),
            (format!("{path}?from=yesterday"), 422),
            (format!("{path}?before=x"), 404),
        ] {
            assert_eq!(ask(&bench, Some(&ada), &path).await.status().as_u16(), status, "{path}");
        }
    }
}

async fn a_download_ends_where_access_does(bench: Bench) {
    let (ada, app) = long_list(&bench, 3 * PART, "input").await;
    let cy = join(&bench, &ada, &app, "cy", Preset::Worker.scopes().with(Scope::AuditLogsGet)).await;
    let response = ask(&bench, Some(&cy), &format!("{LIST}.jsonl")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut parts = response.into_body().into_data_stream();
    for _ in 0..2 {
        let part = parts.next().await.unwrap().unwrap();
        assert_eq!(part.iter().filter(|byte| **byte == b'\n').count(), PART);
    }
    let grant = people(&bench, &ada.who, &app).await.remove(0);
    bench.service.remove_collaborator(&ada.who, &app, grant.id, Below::RemoveToo).await.unwrap();
    assert!(parts.next().await.unwrap().is_err(), "what follows is not sent, and that is told");
    assert!(parts.next().await.is_none());
}

async fn what_is_a_formula_in_a_spreadsheet_is_text_in_the_file(bench: Bench) {
    let (ada, _) = long_list(&bench, 1, "=1+1;\"x\"").await;
    let table = text(ask(&bench, Some(&ada), &format!("{LIST}.csv")).await).await;
    assert!(table.contains(",\"'=1+1;\"\"x\"\"-0\","), "{table}");
    assert!(!table.contains(",\"=") && !table.contains(",="), "{table}");
}
