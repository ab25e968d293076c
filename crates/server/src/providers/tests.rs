//! Going to a provider and coming back, as a browser does. ASVS 10.1.2, 10.2.1 and 5.1.5.

use atelier_testkit::people::PASSWORD;
use atelier_testkit::provider::{Known, Manner, TestProvider};
use atelier_testkit::{Bench, on_both_databases};
use atelier_ui::AssetPaths;
use axum::body::{Body, to_bytes};
use http::Request;
use http::header::COOKIE;
use tower::ServiceExt as _;

use super::*;
use crate::serve::context;

on_both_databases! {
    somebody_goes_comes_back_and_is_let_in_where_they_wanted_to_be,
    nobody_is_led_elsewhere,
    each_reason_has_a_page_that_says_it,
    whoever_has_an_account_says_so_by_its_password,
}

const SECURE: SessionCookie = SessionCookie { secure: true };

/// A browser that keeps cookies.
struct Browser {
    router: Router,
    cookies: std::collections::BTreeMap<String, String>,
}

/// What a browser got.
struct Got {
    status: u16,
    to: String,
    set: Vec<String>,
    page: String,
}

impl Browser {
    fn new(bench: &Bench) -> Self {
        let pages = crate::pages::router(AssetPaths::default(), context(&bench.service, SECURE));
        Self { router: router(&bench.service, SECURE).merge(pages), cookies: Default::default() }
    }

    async fn get(&mut self, path: &str) -> Got {
        self.ask(Request::get(path), Body::empty()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.ask(request, Body::from(serde_urlencoded::to_string(fields).unwrap())).await
    }

    async fn ask(&mut self, request: http::request::Builder, body: Body) -> Got {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(COOKIE, cookies.join("; ")).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let to = response.headers().get(LOCATION).map(text).unwrap_or_default();
        let set: Vec<String> = response.headers().get_all(SET_COOKIE).iter().map(text).collect();
        for cookie in &set {
            let (name, rest) = cookie.split_once('=').unwrap();
            self.cookies.insert(name.into(), rest.split(';').next().unwrap().into());
        }
        let status = response.status().as_u16();
        let page = to_bytes(response.into_body(), 1 << 22).await.unwrap();
        Got { status, to, set, page: String::from_utf8(page.to_vec()).unwrap() }
    }

    /// Comes back from the provider, to which `got` led, as `known`.
    async fn back(&mut self, bench: &Bench, provider: &TestProvider, got: &Got, known: &Known) -> Got {
        let begun = atelier_service::identity::Begun { address: got.to.clone(), secret: String::new() };
        let answer = provider.sign_in(bench, &begun, known, Manner::default());
        let (code, issuer) = (answer.code.unwrap(), answer.issuer.unwrap());
        let query = [("state", answer.state), ("code", code), ("iss", issuer)];
        let query = serde_urlencoded::to_string(query).unwrap();
        self.get(&format!("/sign-in/from/example?{query}")).await
    }
}

async fn open(bench: &mut Bench) -> TestProvider {
    let provider = TestProvider::start().await;
    provider.serve(bench);
    provider
}

/// ASVS 10.1.2 and 10.2.1.
async fn somebody_goes_comes_back_and_is_let_in_where_they_wanted_to_be(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let mut browser = Browser::new(&bench);
    let page = browser.get("/sign-in?next=/account").await.page;
    assert!(page.contains("href=\"/sign-in/with/example?next=%2Faccount\""), "{page}");
    assert!(page.contains("Continue with Example"), "{page}");

    let gone = browser.get("/sign-in/with/example?next=%2Faccount").await;
    assert_eq!(gone.status, 303, "{}", gone.page);
    for part in ["__Host-atelier-visit=", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age=600"] {
        assert!(gone.set[0].contains(part), "{:?}", gone.set);
    }
    let secret = browser.cookies["__Host-atelier-visit"].clone();
    assert!(!gone.to.contains(&secret), "what the browser keeps is told to nobody");
    let back = browser.back(&bench, &provider, &gone, &Known::new("bo")).await;
    assert_eq!((back.status, back.to.as_str()), (303, "/account"));
    assert_eq!(browser.cookies["__Host-atelier-visit"], "", "it is taken back");
    let account = browser.get("/account").await;
    assert!(
        account.page.contains("bo@example.org") && account.page.contains("Disconnect"),
        "{}",
        account.page
    );

    // Somebody else's browser gets nowhere with the same answer.
    let gone = browser.get("/sign-in/with/example").await;
    let mut other = Browser::new(&bench);
    let theirs = other.back(&bench, &provider, &gone, &Known::new("bo")).await;
    assert_eq!((theirs.status, theirs.to.as_str()), (303, "/sign-in/stopped?why=over"));
    assert!(theirs.set.iter().all(|cookie| !cookie.starts_with("__Host-atelier=")), "{:?}", theirs.set);
}

async fn nobody_is_led_elsewhere(mut bench: Bench) {
    let provider = open(&mut bench).await;
    let mut browser = Browser::new(&bench);
    for next in ["https://example.org", "//example.org", "/\\example.org", "/%09/example.org"] {
        let gone = browser.get(&format!("/sign-in/with/example?next={next}")).await;
        let back = browser.back(&bench, &provider, &gone, &Known::new("bo")).await;
        assert_eq!((back.status, back.to.as_str()), (303, "/apps"), "{next}");
    }
}

async fn each_reason_has_a_page_that_says_it(mut bench: Bench) {
    let _provider = open(&mut bench).await;
    let mut browser = Browser::new(&bench);
    let reasons = [
        Stopped::Over,
        Stopped::Declined,
        Stopped::Unavailable,
        Stopped::NotBelieved,
        Stopped::NoAddress,
        Stopped::SomeoneElses,
        Stopped::NotAnew,
    ];
    let mut told = std::collections::BTreeSet::new();
    for reason in reasons {
        let got = browser.get(&format!("/sign-in/stopped?why={}", name(reason))).await;
        assert_eq!(
            got.status,
            match reason {
                Stopped::Unavailable => 503,
                Stopped::SomeoneElses => 409,
                _ => 422,
            }
        );
        let (_, words) = got.page.split_once("<h1>").unwrap();
        let (words, _) = words.split_once("</main>").unwrap();
        told.insert(words.to_owned());
    }
    assert_eq!(told.len(), reasons.len(), "{told:?}");
    // What a provider says of it is shown to nobody.
    let got = browser.get("/sign-in/from/example?error=access_denied&error_description=Call+0900").await;
    assert_eq!((got.status, got.to.as_str()), (303, "/sign-in/stopped?why=over"));
    let unknown = browser.get("/sign-in/with/another").await.to;
    assert_eq!(browser.get(&unknown).await.status, 404);
    // What is for somebody who is signed in leads to sign in first.
    let got = browser.get("/sign-in/with/example?for=connect&next=/account").await;
    assert_eq!(got.to, "/sign-in?next=%2Faccount");
}

async fn whoever_has_an_account_says_so_by_its_password(mut bench: Bench) {
    let provider = open(&mut bench).await;
    bench.person("ada").await;
    let mut browser = Browser::new(&bench);
    let gone = browser.get("/sign-in/with/example?next=/account").await;
    let back = browser.back(&bench, &provider, &gone, &Known::new("ada")).await;
    assert_eq!((back.status, back.to.as_str()), (303, CONNECT_PAGE));
    let page = browser.get(CONNECT_PAGE).await.page;
    assert!(page.contains("ada@example.org") && page.contains("type=\"password\""), "{page}");
    let form = (atelier_ui::form::FORM_FIELD, "/api/identity/connect-by-password");
    let wrong = browser.post(CONNECT_PAGE, &[form, ("password", "not the password")]).await;
    assert_eq!(wrong.status, 422, "{}", wrong.page);
    let connected = browser.post(CONNECT_PAGE, &[form, ("password", PASSWORD)]).await;
    assert_eq!((connected.status, connected.to.as_str()), (303, "/account"));
    assert_eq!(browser.get("/account").await.status, 200);
    // It is settled, for whoever goes back to the page.
    assert_eq!(browser.get(CONNECT_PAGE).await.status, 422);
}
