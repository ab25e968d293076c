//! What is logged of a day in which much goes wrong.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use atelier_domain::limit::Allowance;
use atelier_domain::time::SECOND;
use atelier_domain::{Labels, Preset};
use atelier_service::identity::SignUp;
use atelier_service::inputs::{Content, Fetching, NewInput, PostInputs};
use atelier_service::keys::CreateKey;
use atelier_testkit::people::{PASSWORD, anonymous, with_key};
use atelier_testkit::sharing::{join, street_signs};
use atelier_testkit::{Bench, Database};
use atelier_ui::SessionCookie;
use axum::body::Body;
use axum::middleware::from_fn;
use http::Request;
use http::header::{COOKIE, ORIGIN};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tower::ServiceExt as _;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::{USUAL, subscriber};
use crate::mailer::Mailer;
use crate::{guard, metrics, pages, serve, wire};

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A mail server that knows nobody, and says so by their address.
async fn refusing_mail_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 mail\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = match line.split_once(':') {
                    Some(("RCPT TO", to)) => format!("550 nobody is called {to}\r\n"),
                    _ => "250 well\r\n".to_owned(),
                };
                if write.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    });
    format!("smtp://{address}")
}

#[test]
fn no_secret_and_no_address_is_logged() {
    let kept = Kept::default();
    subscriber(kept.clone(), false, USUAL.into(), None).init();
    let secrets =
        Arc::new(Mutex::new(vec![PASSWORD.to_owned(), "example.org".to_owned(), "a wrong one".to_owned()]));
    let found = secrets.clone();
    Bench::run(Database::Sqlite, |bench| async move {
        let secret = |text: &str| secrets.lock().unwrap().push(text.to_owned());
        let service = &bench.service;
        let ada = bench.person("ada").await;
        let app = street_signs(&bench, &ada).await;
        let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
        // Sign-ins: right, wrong, and of nobody; an address that is known already.
        let origin = &ada.who.origin;
        let signed_in = service.sign_in(&ada.email, PASSWORD, origin).await.unwrap().signed_in().unwrap();
        secret(&signed_in.secret);
        service.sign_in(&ada.email, "a wrong one", origin).await.unwrap_err();
        service.sign_in("nobody@example.org", PASSWORD, origin).await.unwrap_err();
        let again = SignUp {
            email: ada.email.clone(),
            name: "Ada".into(),
            slug: "ada-2".into(),
            password: PASSWORD.into(),
        };
        service.sign_up(origin, &again).await.unwrap();
        service.request_reset(&ada.email).await.unwrap();
        // Keys: used, unknown, narrower than what is asked.
        let key = CreateKey {
            description: "A script".into(),
            scopes: Preset::Worker.scopes(),
            ..CreateKey::default()
        };
        let key = service.create_key(&ada.who, &key).await.unwrap();
        secret(key.secret.expose());
        service.list_keys(&with_key(key.secret.expose())).await.ok();
        let unknown = "atl_0000000000000000000000000000000000000000000000";
        secret(unknown);
        service.list_keys(&with_key(unknown)).await.unwrap_err();
        // Refusals, to somebody known and to nobody.
        service.list_app_keys(&bo.who, &app).await.unwrap_err();
        service.list_app_keys(&anonymous(), &app).await.unwrap_err();
        let revoked = service
            .create_key(
                &ada.who,
                &CreateKey {
                    scopes: Preset::Worker.scopes(),
                    description: "Old".into(),
                    ..CreateKey::default()
                },
            )
            .await
            .unwrap();
        secret(revoked.secret.expose());
        service.revoke_key(&ada.who, revoked.key.id).await.unwrap();
        let router = wire::router(service, Allowance::new(1_000, SECOND)).layer(from_fn(metrics::measure));
        for path in ["/v2/users/ada/apps/street-signs/keys", "/v2/users/me?email=ada@example.org%0d%0aforged"]
        {
            for shown in [key.secret.expose(), revoked.secret.expose(), unknown] {
                let request = Request::get(path).header("authorization", format!("Key {shown}"));
                router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            }
        }
        // A form that another site sends, to an address that is a secret.
        let link = "5ecret-0f-a-mailed-link";
        secret(link);
        let cookie = SessionCookie { secure: false };
        let pages = pages::router(atelier_ui::AssetPaths::default(), serve::context(service, cookie));
        let pages = pages.layer(from_fn(guard::same_site));
        let request = Request::post(format!("/verify/{link}"))
            .header(ORIGIN, "http://elsewhere.example")
            .header(COOKIE, format!("{}={}", cookie.name(), signed_in.secret));
        let answer = pages.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), http::StatusCode::FORBIDDEN);
        // A breach of the policy on such a page, as browsers report it in their two ways.
        let reports = crate::reports::router(service.world().clone());
        for body in [
            json!({ "csp-report": { "document-uri": format!("http://a.example/verify/{link}"),
                "effective-directive": "img-src", "blocked-uri": format!("https://elsewhere.example/{link}") } }),
            json!([{ "type": "csp-violation", "url": format!("http://a.example/verify/{link}"), "body": {
                "documentURL": format!("http://a.example/verify/{link}"),
                "effectiveDirective": "font-src", "blockedURL": "inline" } }]),
        ] {
            let request = Request::post(crate::reports::PATH).body(Body::from(body.to_string())).unwrap();
            reports.clone().oneshot(request).await.unwrap();
        }
        // An input at an address that holds a signature, where nobody answers.
        let fetching = Fetching { allow_private: true, ..Fetching::default() };
        let content = Content::ImageAt(format!("http://127.0.0.1:1/picture?signature={link}"));
        let input = NewInput {
            slug: "far".into(),
            content,
            metadata: None,
            place: None,
            labels: Labels::default(),
            datasets: Vec::new(),
        };
        let inputs = PostInputs { inputs: vec![input], ..PostInputs::default() };
        let posted = service.clone().fetching(fetching).post_inputs(&ada.who, &app, inputs).await.unwrap();
        assert!(posted.inputs[0].is_err());
        // Mail that nobody takes.
        let mailer = Mailer::by_smtp(&refusing_mail_server().await, "Atelier <atelier@localhost>").unwrap();
        assert!(mailer.send_one(service).await.unwrap());
    });
    let bytes = kept.0.lock().unwrap().clone();
    let log = String::from_utf8(bytes).unwrap();
    for told in
        ["refused a request", "refused a request that came from another site", "could not send a mail"]
    {
        assert!(log.contains(&format!("\"message\":\"{told}\"")), "{told} is not in\n{log}");
    }
    for told in ["img-src", "https://elsewhere.example", "font-src", "inline"] {
        assert!(log.contains(told), "{told} is not in\n{log}");
    }
    for secret in found.lock().unwrap().iter() {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
    for line in log.lines() {
        assert!(!line.contains('@'), "an address is in {line}");
        assert!(!line.chars().any(char::is_control), "{line:?}");
        serde_json::from_str::<Value>(line).unwrap();
    }
}
