//! Pages and their forms, as a browser without scripts uses them.

use atelier_domain::Preset;
use atelier_service::collaborators::GrantRow;
use atelier_testkit::people::PASSWORD;
use atelier_testkit::sharing::{edit, invite, people, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};
use atelier_ui::SessionCookie;
use http::header::COOKIE;
use tower::ServiceExt as _;

use super::*;
use crate::serve::context;

on_both_databases! { the_second_of_two_editors_sees_the_conflict_and_what_they_typed }

const PLAIN: SessionCookie = SessionCookie { secure: false };

/// Somebody's browser.
struct Browser {
    router: Router,
    cookie: String,
}

impl Browser {
    async fn of(bench: &Bench, person: &Person) -> Self {
        let service = &bench.service;
        let signed_in = service.sign_in(&person.email, PASSWORD, &person.who.origin).await.unwrap();
        let nowhere = String::new;
        let assets = AssetPaths { script: nowhere(), module: nowhere(), style: nowhere() };
        let cookie = format!("{}={}", PLAIN.name(), signed_in.secret);
        Self { router: super::router(assets, context(service, PLAIN)), cookie }
    }

    /// Posts a form to the page at `path`; answers the status, and the page.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = Request::post(path)
            .header(COOKIE, &self.cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let page = to_bytes(response.into_body(), 1 << 22).await.unwrap();
        (status, String::from_utf8(page.to_vec()).unwrap())
    }
}

async fn the_second_of_two_editors_sees_the_conflict_and_what_they_typed(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    let grant = invite(&bench, &ada.who, &app, &bo.email, Preset::Worker.scopes()).await;
    // Both have the page open. Somebody else is first.
    let first = bench.service.edit_collaborator(&ada.who, &app, &edit(&grant, Preset::Viewer.scopes())).await;
    let first: GrantRow = first.unwrap();

    let browser = Browser::of(&bench, &ada).await;
    let path = format!("/ada/street-signs/settings/collaborators/{}", grant.id);
    let (grant_id, version) = (grant.id.to_string(), grant.version.to_string());
    let fields = [
        (FORM_FIELD, "/api/collaborators/edit"),
        ("owner", "ada"),
        ("app", "street-signs"),
        ("grant", grant_id.as_str()),
        ("version", version.as_str()),
        ("preset", "reviewer"),
        ("ends", "never"),
        ("note", "Reviews on Mondays"),
    ];
    let (status, page) = browser.post(&path, &fields).await;
    assert_eq!(status, 409, "{page}");
    assert!(page.contains("The access of Bo was changed meanwhile, and is Viewer now"), "{page}");
    assert!(page.contains(">Reviews on Mondays</textarea>"), "what was typed stands in its field: {page}");
    // What the first one wrote stands, and the second goes on from it.
    let rows = people(&bench, &ada.who, &app).await;
    assert_eq!((rows[0].scopes, rows[0].note.as_str()), (first.scopes, ""));
    let version = first.version.to_string();
    assert!(page.contains(&format!("name=\"version\" value=\"{version}\"")), "{page}");
    let again = fields.map(|(name, value)| (name, if name == "version" { version.as_str() } else { value }));
    let (status, page) = browser.post(&path, &again).await;
    assert_eq!(status, 303, "{page}");
    let rows = people(&bench, &ada.who, &app).await;
    assert_eq!((rows[0].scopes, rows[0].note.as_str()), (Preset::Reviewer.scopes(), "Reviews on Mondays"));
}
