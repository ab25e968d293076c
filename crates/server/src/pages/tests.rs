//! Pages and their forms, as a browser without scripts uses them.

use std::sync::Mutex;
use std::time::Duration;

use atelier_domain::session::PROOF;
use atelier_domain::{Preset, ScopeSet, Slug};
use atelier_service::AppName;
use atelier_service::apps::CreateApp;
use atelier_service::collaborators::{EditCollaborator, GrantRow};
use atelier_service::keys::CreateKey;
use atelier_testkit::passkeys::Manner;
use atelier_testkit::people::{PASSWORD, with_key};
use atelier_testkit::sharing::{edit, invite, people, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};
use atelier_ui::SessionCookie;
use http::header::COOKIE;
use tower::ServiceExt as _;

use super::*;
use crate::serve::context;

mod doors;

on_both_databases! {
    the_second_of_two_editors_sees_the_conflict_and_what_they_typed,
    what_people_write_stays_text,
    a_form_takes_the_password_again_with_what_it_does,
    anyone_ends_a_key_that_they_found_by_the_page_for_it,
    whoever_started_the_server_makes_the_first_account_by_its_link,
    a_second_factor_is_asked_for_on_a_page_of_its_own,
    a_recovery_code_gets_in_and_tells_how_many_are_left,
    a_second_factor_is_set_up_without_scripts,
    a_passkey_signs_in_the_browser_that_was_asked,
    of_a_page_for_nobody_nothing_is_made,
}

const PLAIN: SessionCookie = SessionCookie { secure: false };

/// Somebody's browser.
struct Browser {
    router: Router,
    cookie: String,
}

impl Browser {
    async fn of(bench: &Bench, person: &Person) -> Self {
        let service = &bench.service;
        let signed_in =
            service.sign_in(&person.email, PASSWORD, &person.who.origin).await.unwrap().signed_in().unwrap();
        let assets = AssetPaths::default();
        let cookie = format!("{}={}", PLAIN.name(), signed_in.secret);
        Self { router: super::router(assets, context(service, PLAIN)), cookie }
    }

    /// Opens the page at `path`; answers the status, and the page.
    async fn get(&self, path: &str) -> (u16, String) {
        self.ask(Request::get(path), Body::empty()).await
    }

    /// Posts a form to the page at `path`; answers the status, and the page.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, Body::from(body)).await
    }

    async fn ask(&self, request: http::request::Builder, body: Body) -> (u16, String) {
        let response = self.send(request, body).await;
        let status = response.status().as_u16();
        let page = to_bytes(response.into_body(), 1 << 22).await.unwrap();
        (status, String::from_utf8(page.to_vec()).unwrap())
    }

    async fn send(&self, request: http::request::Builder, body: Body) -> Response {
        let request = request.header(COOKIE, &self.cookie).body(body).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Posts a form to the page at `path`, and takes the cookies that come back; answers the status, and where it leads.
    async fn follow(&mut self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.send(request, Body::from(body)).await;
        let handed_over = response.headers().get_all(SET_COOKIE).iter();
        let pairs = handed_over.filter_map(|header| header.to_str().ok()?.split_once(';'));
        let cookies: Vec<&str> = pairs.map(|(pair, _)| pair).filter(|pair| !pair.ends_with('=')).collect();
        self.cookie = cookies.join("; ");
        let next = response.headers().get(LOCATION).and_then(|next| next.to_str().ok());
        (response.status().as_u16(), next.unwrap_or_default().to_owned())
    }

    fn of_nobody(bench: &Bench) -> Self {
        let router = super::router(AssetPaths::default(), context(&bench.service, PLAIN));
        Self { router, cookie: String::new() }
    }
}

/// The scopes whose boxes are ticked.
fn ticked(page: &str) -> ScopeSet {
    let boxes =
        page.split("<input").filter_map(|element| element.split_once('>')).map(|(element, _)| element);
    let ticked = boxes.filter(|element| element.contains("scopes[]") && element.contains(" checked"));
    let values = ticked.filter_map(|element| element.split_once("value=\"")?.1.split_once('"'));
    ScopeSet::from_wire(values.map(|(value, _)| value)).unwrap()
}

async fn what_people_write_stays_text(bench: Bench) {
    const MARKUP: &str = "</textarea></title><b id=out>&lt;";
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = CreateApp { slug: "street-signs".into(), name: MARKUP.into(), ..CreateApp::default() };
    bench.service.create_app(&ada.who, &app).await.unwrap();
    let app = AppName::of("ada", "street-signs");
    let grant = invite(&bench, &ada.who, &app, &bo.email, Preset::Worker.scopes()).await;
    let edited = EditCollaborator { note: Some(MARKUP.into()), ..edit(&grant, Preset::Worker.scopes()) };
    bench.service.edit_collaborator(&ada.who, &app, &edited).await.unwrap();
    let browser = Browser::of(&bench, &ada).await;
    let list = "/ada/street-signs/settings/collaborators";
    for path in ["/apps", "/ada/street-signs", list, &format!("{list}/{}", grant.id), &format!("{list}/add")]
    {
        let (status, page) = browser.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(!page.contains("<b id=out>"), "{path}: {page}");
        assert!(page.contains("&lt;b id=out>") || page.contains("&lt;b id=out&gt;"), "{path}: {page}");
        assert!(page.contains("&amp;lt;"), "{path}: {page}");
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
    assert!(Preset::Reviewer.scopes().is_subset(ticked(&page)), "what was chosen is ticked: {page}");
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

/// ASVS 7.5.3, 7.5.1 and 7.5.2.
async fn a_form_takes_the_password_again_with_what_it_does(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let browser = Browser::of(&bench, &ada).await;
    bench.clock.advance(PROOF);
    let path = "/ada/street-signs/settings/collaborators/add";
    let fields = [
        (FORM_FIELD, "/api/collaborators/add"),
        ("owner", "ada"),
        ("app", "street-signs"),
        ("people", "cy@example.org"),
        ("preset", "worker"),
        ("ends", "never"),
        ("note", "Labels on Mondays"),
    ];
    let asked = format!("name=\"{PASSWORD_AGAIN_FIELD}\"");
    let (_, page) = browser.get(path).await;
    assert!(!page.contains(&asked), "nobody is asked before it is needed: {page}");
    let (status, page) = browser.post(path, &fields).await;
    assert_eq!(status, 403, "{page}");
    assert!(page.contains(&asked) && page.contains(">Labels on Mondays</textarea>"), "{page}");

    let with = |password| {
        let mut fields = fields.to_vec();
        fields.push((PASSWORD_AGAIN_FIELD, password));
        fields
    };
    let (status, page) = browser.post(path, &with("not the password")).await;
    assert_eq!(status, 422, "{page}");
    assert!(page.contains(&asked) && !page.contains("not the password"), "{page}");
    assert!(people(&bench, &ada.who, &app).await.is_empty());
    let (status, page) = browser.post(path, &with(PASSWORD)).await;
    assert_eq!(status, 303, "{page}");
    assert_eq!(people(&bench, &ada.who, &app).await.len(), 1);
}

async fn anyone_ends_a_key_that_they_found_by_the_page_for_it(bench: Bench) {
    let ada = bench.person("ada").await;
    let key = CreateKey { description: "Uploads".into(), scopes: ScopeSet::ALL, ..CreateKey::default() };
    let secret = bench.service.create_key(&ada.who, &key).await.unwrap().secret;
    let stranger = Browser::of_nobody(&bench);
    let mut answers = Vec::new();
    for text in [secret.expose(), "hello"] {
        let fields = [(FORM_FIELD, "/api/keys/report-leaked"), ("secret", text)];
        let (status, page) = stranger.post("/leaked", &fields).await;
        assert_eq!(status, 200, "{page}");
        assert!(!page.contains(text), "{page}");
        answers.push(page.contains("Thank you"));
    }
    assert_eq!(answers, [true, true], "it is not told whether there was such a key");
    assert!(bench.service.get_user(&with_key(secret.expose())).await.is_err());
}

/// ASVS 6.3.2.
async fn whoever_started_the_server_makes_the_first_account_by_its_link(bench: Bench) {
    let link = bench.service.first_link().await.unwrap().unwrap();
    let path = link.strip_prefix(bench.service.base_url()).unwrap();
    let token = path.strip_prefix("/sign-up/").unwrap();
    let router = super::router(AssetPaths::default(), context(&bench.service, PLAIN));
    let operator = Browser { router, cookie: String::new() };
    let (status, page) = operator.get(path).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("Create the first account"), "{page}");
    let with = |token, password| {
        [
            (FORM_FIELD, "/api/identity/first-account"),
            ("token", token),
            ("name", "Ada Lovelace"),
            ("email", "ada@example.org"),
            ("password", password),
        ]
    };
    let (status, page) = operator.post(path, &with(token, "short")).await;
    assert_eq!(status, 422, "{page}");
    assert!(page.contains("value=\"Ada Lovelace\""), "what was typed stays: {page}");
    let (status, page) = operator.post("/sign-up/another", &with("another", PASSWORD)).await;
    assert_eq!(status, 422, "{page}");
    assert!(page.contains("This link has ended"), "{page}");
    let (status, page) = operator.post(path, &with(token, PASSWORD)).await;
    assert_eq!(status, 303, "{page}");
    bench.sign_in("ada", "ada@example.org").await;
    let (status, page) = operator.post(path, &with(token, PASSWORD)).await;
    assert_eq!(status, 422, "{page}");
}

const SECOND_FACTOR: &str = "/sign-in/second-factor";

/// Gives the right password, on the way to the account's page.
async fn give_password(browser: &mut Browser, person: &Person) {
    let fields = [
        (FORM_FIELD, "/api/identity/sign-in"),
        ("email", person.email.as_str()),
        ("password", PASSWORD),
        ("next", "/account?from=mail"),
    ];
    let (status, next) = browser.follow("/sign-in", &fields).await;
    assert_eq!((status, next), (303, format!("{SECOND_FACTOR}?next=%2Faccount%3Ffrom%3Dmail")));
}

/// ASVS 6.3.3.
async fn a_second_factor_is_asked_for_on_a_page_of_its_own(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    let mut browser = Browser::of_nobody(&bench);
    give_password(&mut browser, &ada).await;
    assert!(browser.cookie.starts_with("atelier-pending="), "{}", browser.cookie);
    // The password alone opens nothing.
    let (_, page) = browser.get("/account").await;
    assert!(!page.contains(&ada.email), "{page}");
    let (status, page) = browser.get(SECOND_FACTOR).await;
    assert_eq!(status, 200);
    assert!(page.contains("name=\"code\"") && page.contains("name=\"recovery_code\""), "{page}");

    let code = app.code(bench.now());
    let wrong = "no such code";
    let fields =
        |code| [(FORM_FIELD, "/api/identity/complete-sign-in"), ("code", code), ("next", "/account")];
    let (status, page) = browser.post(SECOND_FACTOR, &fields(wrong)).await;
    assert_eq!(status, 422, "{page}");
    assert!(page.contains("Is not what your app shows now") && !page.contains(wrong), "{page}");
    let (status, next) = browser.follow(SECOND_FACTOR, &fields(&code)).await;
    assert_eq!((status, next.as_str()), (303, "/account"));
    assert!(
        browser.cookie.starts_with("atelier="),
        "the secret of the sign-in is taken back: {}",
        browser.cookie
    );
    let (_, page) = browser.get("/account").await;
    assert!(page.contains(&ada.email), "{page}");
    // Whoever comes without a password is sent to give one.
    let stranger = Browser::of_nobody(&bench);
    let (status, page) = stranger.post(SECOND_FACTOR, &fields(&code)).await;
    assert_eq!(status, 401, "{page}");
    assert!(page.contains("start again with your password"), "{page}");
}

async fn a_recovery_code_gets_in_and_tells_how_many_are_left(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = bench.set_up_app(&ada).await;
    let mut browser = Browser::of_nobody(&bench);
    give_password(&mut browser, &ada).await;
    let fields = |code| {
        let next = "https://example.org/";
        [(FORM_FIELD, "/api/identity/use-recovery-code"), ("recovery_code", code), ("next", next)]
    };
    let (status, page) = browser.post(SECOND_FACTOR, &fields("a wrong one")).await;
    assert_eq!(status, 422, "{page}");
    assert!(page.contains("Is not one of your recovery codes") && page.contains("<details"), "{page}");
    assert!(!page.contains("a wrong one"), "{page}");
    let (status, page) = browser.post(SECOND_FACTOR, &fields(&app.recovery_codes[0])).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("9 recovery codes"), "{page}");
    assert!(page.contains("href=\"/apps\"") && !page.contains("href=\"https://example.org"), "{page}");
    assert!(!page.contains(&app.recovery_codes[0]), "{page}");
}

async fn a_second_factor_is_set_up_without_scripts(bench: Bench) {
    let ada = bench.person("ada").await;
    let browser = Browser::of(&bench, &ada).await;
    let path = "/account/second-factor";
    let (status, page) = browser.get(path).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("Set up an app") && !page.contains("otpauth:"), "{page}");
    let (status, _) = browser.post(path, &[(FORM_FIELD, "/api/account/set-up-authenticator")]).await;
    assert_eq!(status, 303);
    let (_, page) = browser.get(path).await;
    let (_, secret) = page.split_once("otpauth://totp/Atelier:ada?secret=").expect("the link is there");
    let app = atelier_testkit::CodeApp::new(&secret[..32]);
    assert!(page.contains("class=\"qr\""), "{page}");
    let code = app.code(bench.now());
    let fields = [(FORM_FIELD, "/api/account/confirm-authenticator"), ("code", code.as_str())];
    let (status, page) = browser.post(path, &fields).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("Your recovery codes") && page.matches("<li><code>").count() == 10, "{page}");
    assert!(page.contains("data:text/plain"), "{page}");
    let (_, page) = browser.get(path).await;
    assert!(page.contains("10 recovery codes") && !page.contains("otpauth:"), "{page}");
    let (_, page) = browser.get("/account").await;
    assert!(page.contains("10 recovery codes"), "{page}");

    let (status, _) = browser.post(path, &[(FORM_FIELD, "/api/account/remove-second-factor")]).await;
    assert_eq!(status, 303);
    let (_, page) = browser.get(path).await;
    assert!(page.contains("Set up an app"), "{page}");
}

/// Asks for a passkey as the page's script does: the browser keeps the cookie. Answers the options.
async fn ask_passkey(browser: &mut Browser) -> String {
    let response = browser.send(Request::post("/api/identity/ask-passkey"), Body::empty()).await;
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("atelier-asked=") && cookie.contains("; HttpOnly"), "{cookie}");
    browser.cookie = cookie.split(';').next().unwrap().to_owned();
    let options = to_bytes(response.into_body(), 1 << 16).await.unwrap();
    serde_json::from_slice(&options).unwrap()
}

/// ASVS 6.7.2.
async fn a_passkey_signs_in_the_browser_that_was_asked(bench: Bench) {
    const PATH: &str = "/api/identity/sign-in-by-passkey";
    let ada = bench.person("ada").await;
    let mut passkey = bench.add_passkey(&ada, "Work laptop").await;
    let (mut one, mut other) = (Browser::of_nobody(&bench), Browser::of_nobody(&bench));
    let (_, page) = one.get("/sign-in").await;
    assert!(page.contains("Sign in with a passkey"), "{page}");
    let options = ask_passkey(&mut one).await;
    ask_passkey(&mut other).await;
    let answer = passkey.sign(&options, &Manner::default());
    let fields = [("answer", answer.as_str()), ("next", "/collaborations")];
    let (status, body) = other.post(PATH, &fields).await;
    assert_eq!(status, 401, "{body}");
    assert!(body.contains("No account has this passkey"), "{body}");
    let (status, body) = Browser::of_nobody(&bench).post(PATH, &fields).await;
    assert_eq!(status, 409, "{body}");
    let (_, next) = one.follow(PATH, &fields).await;
    assert_eq!(next, "/collaborations");
    assert!(one.cookie.starts_with("atelier="), "what it was asked by is taken back: {}", one.cookie);
    let (_, page) = one.get("/account").await;
    assert!(page.contains(&ada.email) && page.contains("Work laptop"), "{page}");
}

#[test]
fn nobody_is_called_like_an_address_of_ours() {
    for page in leptos_axum::generate_route_list(App) {
        let mut parts = page.path().split('/').skip(1);
        let first = parts.next().unwrap_or_default();
        if !first.is_empty() && !first.starts_with('{') {
            assert!(first.parse::<Slug>().is_err(), "`{first}` can be somebody's name: {}", page.path());
        }
    }
}

/// Whoever asks may hang up while their page waits for the database: what it would have stood in is gone by then.
async fn of_a_page_for_nobody_nothing_is_made(bench: Bench) {
    static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.lock().unwrap().push(panic.to_string());
        told(panic);
    }));
    let ada = bench.person("ada").await;
    street_signs(&bench, &ada).await;
    let browser = Browser::of(&bench, &ada).await;
    let page = "/ada/street-signs/settings/collaborators";
    for round in 0..200 {
        let asked = browser.get(page);
        // Each leaves a little later than the one before, the last ones when they have their page.
        let _ = tokio::time::timeout(Duration::from_micros(100 * round), asked).await;
    }
    let panics = std::mem::take(&mut *PANICS.lock().unwrap());
    assert!(panics.is_empty(), "{panics:?}");
}
