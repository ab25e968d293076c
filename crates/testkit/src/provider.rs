//! A provider that speaks OpenID Connect, on a port of its own: as right, or as wrong, as a test wants it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use atelier_service::identity::{Answer, Begun, ProviderSettings, Providers};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::Bench;

const CLIENT: &str = "atelier";
const SECRET: &str = "known to both";

/// Somebody whom a provider knows.
#[derive(Clone, Debug)]
pub struct Known {
    /// What it calls them.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether it has checked that the address is theirs.
    pub is_checked: bool,
    /// What they are called.
    pub name: Option<String>,
    /// What they are called where they sign in.
    pub user_name: Option<String>,
}

impl Known {
    /// Somebody whose address it has checked.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            subject: format!("subject of {name}"),
            email: Some(format!("{name}@example.org")),
            is_checked: true,
            name: None,
            user_name: None,
        }
    }
}

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is what is wrong")]
pub enum Wrong {
    Nonce,
    Audience,
    Issuer,
    Signature,
    SharedSecret,
    Unsigned,
    Expired,
    Subject,
}

/// How somebody is sent back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// What is wrong with their token.
    pub wrong: Option<Wrong>,
    /// Whether who they are is only answered to whoever shows the token, and is not in it.
    pub only_answered: bool,
    /// How many seconds ago they showed who they are; the moment is not said, if it is not said here.
    pub shown_ago: Option<i64>,
}

/// A provider; it is gone when this is dropped.
pub struct TestProvider {
    issuer: String,
    inside: Arc<Mutex<Inside>>,
    serving: JoinHandle<()>,
}

struct Inside {
    issuer: String,
    keys: u8,
    codes: HashMap<String, Code>,
    answers: HashMap<String, Value>,
    asked: Vec<String>,
}

struct Code {
    token: String,
    answer: Value,
    challenge: String,
    back: String,
}

impl Drop for TestProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl TestProvider {
    /// Starts one.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let issuer = format!("http://{}", listener.local_addr().expect("it has an address"));
        let inside = Arc::new(Mutex::new(Inside {
            issuer: issuer.clone(),
            keys: 1,
            codes: HashMap::new(),
            answers: HashMap::new(),
            asked: Vec::new(),
        }));
        let shared = inside.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { issuer, inside, serving }
    }

    /// What an operator says of it, under the name `id`.
    #[must_use]
    pub fn settings(&self, id: &str) -> ProviderSettings {
        ProviderSettings {
            id: id.into(),
            name: "Example".into(),
            issuer: self.issuer.clone(),
            client_id: CLIENT.into(),
            client_secret: SECRET.into(),
        }
    }

    /// Has people sign in by it on `bench`, under the name `example`.
    ///
    /// # Panics
    /// When its settings are not valid.
    pub fn serve(&self, bench: &mut Bench) {
        let providers = Providers::new(vec![self.settings("example")]).expect("the settings are valid");
        bench.service = bench.service.clone().with_providers(providers);
    }

    /// Signs with another key from now on, and shows no other.
    pub fn change_key(&self) {
        self.inside.lock().expect("nobody panicked").keys += 1;
    }

    /// The paths that it was asked for.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.inside.lock().expect("nobody panicked").asked.clone()
    }

    /// Has `known` sign in who was sent here, and sends them back.
    ///
    /// # Panics
    /// When they were not sent as the protocol wants it.
    #[must_use]
    pub fn sign_in(&self, bench: &Bench, begun: &Begun, known: &Known, manner: Manner) -> Answer {
        let (path, query) = begun.address.split_once('?').expect("there is a query");
        assert_eq!(path, format!("{}/authorize", self.issuer));
        let sent: HashMap<String, String> = serde_urlencoded::from_str(query).expect("a query");
        assert_eq!((sent["client_id"].as_str(), sent["response_type"].as_str()), (CLIENT, "code"));
        assert_eq!(sent["code_challenge_method"], "S256");
        let mut inside = self.inside.lock().expect("nobody panicked");
        let now = bench.now().micros() / 1_000_000;
        let person = json!({
            "email": known.email,
            "email_verified": known.email.as_ref().map(|_| known.is_checked),
            "name": known.name,
            "preferred_username": known.user_name,
        });
        let is = |wrong| manner.wrong == Some(wrong);
        let mut claims = json!({
            "iss": if is(Wrong::Issuer) { "https://elsewhere.example.org" } else { &self.issuer },
            "aud": if is(Wrong::Audience) { "somebody else" } else { CLIENT },
            "sub": known.subject,
            "nonce": if is(Wrong::Nonce) { "of another visit" } else { &sent["nonce"] },
            "iat": now,
            "exp": if is(Wrong::Expired) { now - 1 } else { now + 60 },
            "auth_time": manner.shown_ago.map(|ago| now - ago),
        });
        let mut answer = person.clone();
        answer["sub"] = json!(if is(Wrong::Subject) { "somebody else" } else { &known.subject });
        if !manner.only_answered {
            claims.as_object_mut().expect("an object").extend(person.as_object().expect("one").clone());
        }
        claims.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        answer.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        let code = format!("code {}", inside.codes.len() + inside.answers.len());
        let token = inside.sign(&claims, manner.wrong);
        let (challenge, back) = (sent["code_challenge"].clone(), sent["redirect_uri"].clone());
        inside.codes.insert(code.clone(), Code { token, answer, challenge, back });
        Answer { state: sent["state"].clone(), code: Some(code), issuer: Some(self.issuer.clone()) }
    }
}

impl Inside {
    fn key(&self) -> SigningKey {
        SigningKey::from_bytes(&[self.keys; 32])
    }

    fn sign(&self, claims: &Value, wrong: Option<Wrong>) -> String {
        let algorithm = match wrong {
            Some(Wrong::Unsigned) => "none",
            Some(Wrong::SharedSecret) => "HS256",
            _ => "EdDSA",
        };
        let header = json!({ "alg": algorithm, "kid": self.keys.to_string() });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = match wrong {
            Some(Wrong::Unsigned) => Vec::new(),
            Some(Wrong::SharedSecret) => hmac(SECRET.as_bytes(), signed.as_bytes()),
            Some(Wrong::Signature) => SigningKey::from_bytes(&[0xff; 32]).sign(signed.as_bytes()).to_vec(),
            _ => self.key().sign(signed.as_bytes()).to_vec(),
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Answers a request: the status, and what is told.
    fn answer(&mut self, path: &str, authorization: &str, body: &str) -> (u16, Value) {
        self.asked.push(path.into());
        let issuer = &self.issuer;
        match path {
            "/.well-known/openid-configuration" => {
                let about = json!({
                    "issuer": issuer,
                    "authorization_endpoint": format!("{issuer}/authorize"),
                    "token_endpoint": format!("{issuer}/token"),
                    "userinfo_endpoint": format!("{issuer}/who"),
                    "jwks_uri": format!("{issuer}/keys"),
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
                });
                (200, about)
            }
            "/keys" => {
                let x = URL_SAFE_NO_PAD.encode(self.key().verifying_key().to_bytes());
                let key = json!({
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                    "kid": self.keys.to_string(), "x": x,
                });
                (200, json!({ "keys": [key] }))
            }
            "/token" => {
                self.exchange(authorization, body).unwrap_or((400, json!({ "error": "invalid_grant" })))
            }
            "/who" => match self.answers.get(authorization.trim_start_matches("Bearer ")) {
                Some(answer) => (200, answer.clone()),
                None => (401, json!({})),
            },
            _ => (404, json!({})),
        }
    }

    /// Gives a token for a code, once, to whoever knows the secret, asked for the code, and sent it where it went.
    fn exchange(&mut self, authorization: &str, body: &str) -> Option<(u16, Value)> {
        let given: HashMap<String, String> = serde_urlencoded::from_str(body).ok()?;
        // The parts of the header are encoded as those of a form.
        let expected = format!("{CLIENT}:{}", SECRET.replace(' ', "+"));
        if authorization != format!("Basic {}", STANDARD.encode(expected)) {
            return None;
        }
        let code = self.codes.remove(given.get("code")?)?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(given.get("code_verifier")?));
        if challenge != code.challenge || *given.get("redirect_uri")? != code.back {
            return None;
        }
        let access = format!("access-{}", self.answers.len());
        self.answers.insert(access.clone(), code.answer);
        let tokens = json!({
            "access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": code.token,
        });
        Some((200, tokens))
    }
}

/// As RFC 2104 has it, for keys of up to 64 bytes.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let pad = |byte: u8| -> Vec<u8> {
        (0..64).map(|index| key.get(index).copied().unwrap_or_default() ^ byte).collect()
    };
    let inner = Sha256::digest([pad(0x36), message.to_vec()].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}

/// Answers one request.
async fn serve(mut stream: TcpStream, inside: Arc<Mutex<Inside>>) {
    let mut request = Vec::new();
    let (head, length) = loop {
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&part[..count]),
        }
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").parse().unwrap_or(0);
            if body.len() >= length {
                break (head.to_owned(), length);
            }
        }
    };
    let body = String::from_utf8_lossy(&request[request.len() - length..]).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let authorization = header(&head, "authorization");
    let (status, told) = inside.lock().expect("nobody panicked").answer(path, &authorization, &body);
    let told = told.to_string();
    let answer = format!(
        "HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n\
         {told}",
        told.len()
    );
    // Whoever asked may have turned away.
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// What a header says.
fn header(head: &str, name: &str) -> String {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut found = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
    found.next().map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}
