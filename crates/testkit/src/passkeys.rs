//! Passkeys on a device of a test: what WebAuthn has a browser and an authenticator do, written anew rather than taken from
//! what is tested, and what they must not do.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Bench, Person};

/// That somebody was there.
const PRESENT: u8 = 0x01;
/// That they have shown to the device who they are.
const VERIFIED: u8 = 0x04;
/// That a new passkey follows.
const NEW: u8 = 0x40;

/// How a browser and its device behave.
#[derive(Clone, Debug)]
pub struct Manner {
    /// At which origin the browser says that it is.
    pub origin: String,
    /// For which host the device signs.
    pub host: String,
    /// Whether the device made sure of its owner.
    pub verifies: bool,
    /// Whether the device counts how often it has signed.
    pub counts: bool,
    /// What is signed instead of what was asked for.
    pub challenge: Option<String>,
    /// By what browsers know a new passkey, instead of what no other has.
    pub id: Option<Vec<u8>>,
}

impl Default for Manner {
    /// As it should be, where a bench is reached.
    fn default() -> Self {
        Self {
            origin: "https://atelier.test".into(),
            host: "atelier.test".into(),
            verifies: true,
            counts: true,
            challenge: None,
            id: None,
        }
    }
}

/// A passkey. A copy of it signs as well as it does.
#[derive(Clone)]
pub struct Passkey {
    key: SigningKey,
    /// By what browsers know it.
    pub id: Vec<u8>,
    /// For whom it was made.
    pub owner: Vec<u8>,
    /// How often it has signed.
    pub signed: u32,
}

impl Passkey {
    /// Makes one as `options` ask; answers what the browser sends.
    ///
    /// # Panics
    /// When these are no options.
    #[must_use]
    pub fn make(options: &str, manner: &Manner) -> (Self, String) {
        let options: Value = serde_json::from_str(options).expect("options are JSON");
        let seed = text(&options["challenge"]);
        let key = SigningKey::from_slice(&Sha256::digest(seed)).expect("almost every number is a key");
        let owner = URL_SAFE_NO_PAD.decode(text(&options["user"]["id"])).expect("its owner is in base64");
        let id = Sha256::digest(format!("id {seed}"))[..16].to_vec();
        let id = manner.id.clone().unwrap_or(id);
        let passkey = Self { key, id, owner, signed: 0 };
        let said = said(manner, "webauthn.create", &options);
        let mut signs = passkey.data(manner, NEW);
        signs.extend_from_slice(&[0; 16]);
        signs.extend_from_slice(&[0, 16]);
        signs.extend_from_slice(&passkey.id);
        signs.extend_from_slice(&passkey.public_key());
        // `{ fmt: "none", attStmt: {}, authData: … }` in CBOR.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(signs.len()).expect("it has less than 256 bytes"));
        object.extend_from_slice(&signs);
        let response = json!({ "clientDataJSON": encoded(&said), "attestationObject": encoded(&object) });
        let answer = passkey.answer(&response);
        (passkey, answer)
    }

    /// Signs as `options` ask; answers what the browser sends.
    ///
    /// # Panics
    /// When these are no options.
    pub fn sign(&mut self, options: &str, manner: &Manner) -> String {
        let options: Value = serde_json::from_str(options).expect("options are JSON");
        if manner.counts {
            self.signed += 1;
        }
        let said = said(manner, "webauthn.get", &options);
        let data = self.data(manner, 0);
        let signature: Signature = self.key.sign(&[data.as_slice(), &Sha256::digest(&said)].concat());
        self.answer(&json!({
            "clientDataJSON": encoded(&said),
            "authenticatorData": encoded(&data),
            "signature": encoded(signature.to_der().as_bytes()),
            "userHandle": encoded(&self.owner),
        }))
    }

    fn answer(&self, response: &Value) -> String {
        let id = encoded(&self.id);
        json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        })
        .to_string()
    }

    /// What the device says of itself.
    fn data(&self, manner: &Manner, flags: u8) -> Vec<u8> {
        let verified = if manner.verifies { VERIFIED } else { 0 };
        let mut data = Sha256::digest(&manner.host).to_vec();
        data.push(flags | PRESENT | verified);
        data.extend_from_slice(&self.signed.to_be_bytes());
        data
    }

    /// `{ 1: 2, 3: -7, -1: 1, -2: x, -3: y }` in CBOR: a point of P-256.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let point = point.as_bytes();
        let (x, y) = point[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat()
    }
}

/// What the browser says of what it was asked.
fn said(manner: &Manner, kind: &str, options: &Value) -> Vec<u8> {
    let challenge = manner.challenge.as_deref().unwrap_or_else(|| text(&options["challenge"]));
    let said = json!({ "type": kind, "challenge": challenge, "origin": manner.origin, "crossOrigin": false });
    said.to_string().into_bytes()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("it is a text")
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Bench {
    /// Adds a passkey to the account of `person`.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn add_passkey(&self, person: &Person, name: &str) -> Passkey {
        let asked = self.service.begin_passkey(&person.who, name).await.expect("one can be added");
        let (passkey, answer) = Passkey::make(&asked.options, &Manner::default());
        let added = self.service.add_passkey(&person.who, &asked.secret, name, &answer).await;
        added.expect("the answer is right");
        passkey
    }
}
