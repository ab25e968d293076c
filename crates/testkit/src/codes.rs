//! An app that makes codes: RFC 6238, read anew rather than taken from what is tested.

use atelier_domain::Timestamp;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::{Bench, Person};

/// How long one code is shown, in microseconds.
pub const STEP: i64 = 30_000_000;

/// An app that was set up as somebody's second factor, and the recovery codes that they were shown.
#[derive(Clone, Debug)]
pub struct CodeApp {
    secret: Vec<u8>,
    /// The recovery codes.
    pub recovery_codes: Vec<String>,
}

impl CodeApp {
    /// An app into which `secret` was typed.
    ///
    /// # Panics
    /// When it is no secret.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        let secret = BASE32_NOPAD.decode(secret.as_bytes()).expect("a secret is base32");
        Self { secret, recovery_codes: Vec::new() }
    }

    /// What it shows at that moment.
    ///
    /// # Panics
    /// Never: a key of any length is taken.
    #[must_use]
    pub fn code(&self, at: Timestamp) -> String {
        let counter = u64::try_from(at.micros() / STEP).unwrap_or_default();
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).expect("a key of any length is taken");
        mac.update(&counter.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let from = usize::from(hash[hash.len() - 1] & 15);
        let number = hash[from..from + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }
}

impl Bench {
    /// Sets an app up as `person`'s second factor. The clock moves on, so that the code that it shows next is a new one.
    ///
    /// # Panics
    /// When any of it fails.
    pub async fn set_up_app(&self, person: &Person) -> CodeApp {
        let service = &self.service;
        service.set_up_authenticator(&person.who).await.expect("an app can be set up");
        let factor = service.get_second_factor(&person.who).await.expect("they may see it");
        let app = CodeApp::new(&factor.offer.expect("it was just offered").secret);
        let code = app.code(self.now());
        let recovery_codes =
            service.confirm_authenticator(&person.who, &code).await.expect("the code is right");
        self.clock.advance(STEP);
        CodeApp { recovery_codes, ..app }
    }
}
