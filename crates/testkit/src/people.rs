//! Typed users: people of a test, by what they show.

use atelier_domain::id::UserId;
use atelier_service::identity::SignUp;
use atelier_service::{Origin, Proof, Who, hash_secret};
use atelier_store::queries::{mails, sessions};

use crate::Bench;

/// The password of every person of a test.
pub const PASSWORD: &str = "tea and rain at noon";

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their account.
    pub id: UserId,
    /// Its name in addresses.
    pub slug: String,
    /// Their address.
    pub email: String,
    /// Their session.
    pub who: Who,
}

/// Somebody who shows nothing.
#[must_use]
pub fn anonymous() -> Who {
    Who { proof: None, origin: origin() }
}

/// Somebody who shows a key.
#[must_use]
pub fn with_key(secret: &str) -> Who {
    Who { proof: Some(Proof::Key(hash_secret(secret))), origin: origin() }
}

/// Somebody who shows a session's cookie.
#[must_use]
pub fn with_session(secret: &str) -> Who {
    Who { proof: Some(Proof::Session(hash_secret(secret))), origin: origin() }
}

fn origin() -> Origin {
    Origin { address: "127.0.0.1".into(), user_agent: "test".into() }
}

impl Bench {
    /// Registers `slug` with the address `slug@example.org`, verifies it, and signs in. The clock moves a little, so that
    /// this is the order in which it happened.
    ///
    /// # Panics
    /// When any of it fails.
    pub async fn person(&self, slug: &str) -> Person {
        let email = format!("{slug}@example.org");
        self.sign_up(slug, &email).await;
        let link = self.mailed_secret(&email, "/verify/").await;
        self.clock.advance(1);
        self.service.verify_address(&origin(), &link, PASSWORD).await.expect("the link is good");
        self.clock.advance(1);
        self.sign_in(slug, &email).await
    }

    /// Registers `slug` with an address that stays unverified.
    ///
    /// # Panics
    /// When it fails.
    pub async fn sign_up(&self, slug: &str, email: &str) {
        let mut name = slug.to_owned();
        name[..1].make_ascii_uppercase();
        let input = SignUp { email: email.into(), name, slug: slug.into(), password: PASSWORD.into() };
        self.service.sign_up(&origin(), &input).await.expect("the account can be made");
    }

    /// Signs in.
    ///
    /// # Panics
    /// When it fails.
    pub async fn sign_in(&self, slug: &str, email: &str) -> Person {
        let admission =
            self.service.sign_in(email, PASSWORD, &origin()).await.expect("the password is right");
        let signed_in = admission.signed_in().expect("the account has no second factor");
        Person {
            id: signed_in.user_id,
            slug: slug.into(),
            email: email.into(),
            who: with_session(&signed_in.secret),
        }
    }

    /// Has `person` given their password just now, without the time that hashing it takes.
    ///
    /// # Panics
    /// When their session is over.
    pub async fn prove_password(&self, person: &Person) {
        let session = self.service.list_sessions(&person.who).await.expect("they are signed in").current;
        let mut tx = self.service.store().write().await.expect("a transaction");
        sessions::prove(&mut tx, session.expect("a session"), self.now()).await.expect("it can be noted");
        tx.commit().await.expect("the commit holds");
    }

    /// Takes all waiting mail, and answers the last secret after `path` in a mail to `email`.
    ///
    /// # Panics
    /// When there is none.
    pub async fn mailed_secret(&self, email: &str, path: &str) -> String {
        let mut found = None;
        while let Some(mail) = self.next_mail().await {
            if mail.recipient == email
                && let Some((_, rest)) = mail.body.split_once(path)
            {
                found = rest.split_whitespace().next().map(str::to_owned);
            }
        }
        found.unwrap_or_else(|| panic!("no mail to {email} has a link with {path}"))
    }

    /// Takes the next mail that waits.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn next_mail(&self) -> Option<mails::MailRow> {
        let now = self.now();
        let mut tx = self.service.store().write().await.expect("a transaction");
        let mail = mails::take_due(&mut tx, now, now.plus(1)).await.expect("mail can be taken");
        if let Some(mail) = &mail {
            mails::sent(&mut tx, mail.id, now).await.expect("mail can be noted as sent");
        }
        tx.commit().await.expect("the commit holds");
        mail
    }
}
