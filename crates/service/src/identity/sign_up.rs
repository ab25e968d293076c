//! Signing up, in the browser or from the command line.

use atelier_domain::id::{KeyId, UserId};
use atelier_domain::password::Password;
use atelier_domain::secret::KeySecret;
use atelier_domain::value::InvalidValue;
use atelier_domain::{DisplayName, Email, Rights, Slug};
use atelier_store::WriteTx;
use atelier_store::queries::{keys, users};
use serde_json::json;

use crate::audit::{Action, Actor, Done};
use crate::secrets::hash_secret;
use crate::{Error, FieldError, Origin, Result, Service, World};

/// Who signs up.
#[derive(Clone, Default)]
pub struct SignUp {
    /// Their e-mail address.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// Their name in addresses; made from their e-mail address, if nothing is given.
    pub slug: String,
    /// The password that they choose.
    pub password: String,
}

/// That somebody signed up: the same whether or not the address had an account before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedUp {
    /// Where mail was sent.
    pub email: String,
}

/// An account made from the command line.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its identifier.
    pub user_id: UserId,
    /// Its name in addresses.
    pub slug: String,
    /// The secret of its default token, to be shown once.
    pub token: KeySecret,
}

/// How many slugs are tried until one is free.
const ATTEMPTS: usize = 8;

/// What was typed, where all of it is valid.
pub(super) struct Valid {
    email: Email,
    name: DisplayName,
    /// The slug that was asked for; else one is made.
    slug: Option<Slug>,
    password: Password,
}

/// An account to be written.
pub(super) struct Prepared {
    pub(super) email: Email,
    pub(super) name: DisplayName,
    /// The slug that was asked for; else one is made.
    pub(super) slug: Option<Slug>,
    /// From what one is made.
    pub(super) called: String,
    /// None for whoever signs in by a provider alone.
    pub(super) password_hash: Option<String>,
}

impl Service {
    /// Makes an account, and mails the link by which its address is proved. When the address has an account already,
    /// none is made; the answer is the same, and the mail says so.
    ///
    /// # Errors
    /// When a value is not valid, or the slug that was asked for is taken; `Throttled` after too many from one network.
    pub async fn sign_up(&self, origin: &Origin, input: &SignUp) -> Result<SignedUp> {
        let valid = check(input)?;
        // Before the password is hashed, which is what costs most.
        let mut tx = self.store.write().await?;
        self.spend_sign_up(&mut tx, origin).await?;
        tx.commit().await?;
        let account = self.prepare_account(valid).await?;
        let (mut tx, user, slug) = self.insert_account(&account, None).await?;
        if users::by_verified_address(&mut tx, &account.email).await?.is_some() {
            // The account was written only to find out whether its slug is free: what is told of slugs must not
            // depend on the address. It goes with its transaction.
            drop(tx);
            let mut tx = self.store.write().await?;
            self.mail_already_known(&mut tx, &account.email).await?;
            tx.commit().await?;
        } else {
            self.mail_verification(&mut tx, user, slug.as_str(), &account.email).await?;
            self.audit_sign_up(&mut tx, origin, user, &slug, &account);
            tx.commit().await?;
        }
        Ok(SignedUp { email: account.email.as_str().into() })
    }

    /// Makes an account whose address counts as proved: for the command line, whose user is trusted with it. Answers
    /// the secret of its default token too.
    ///
    /// # Errors
    /// When a value is not valid, or the slug or the address is taken.
    pub async fn create_verified_user(&self, input: &SignUp) -> Result<NewAccount> {
        let origin = Origin { address: String::new(), user_agent: "command line".into() };
        let account = self.prepare_account(check(input)?).await?;
        let token = KeySecret::new(&self.world.random());
        let (mut tx, user, slug) = self.insert_account(&account, Some(&token)).await?;
        self.audit_sign_up(&mut tx, &origin, user, &slug, &account);
        let actor = Actor { id: Some(user), name: account.name.as_str(), key: None, origin: &origin };
        self.prove_address(&mut tx, actor, user, &account.email).await?;
        tx.commit().await?;
        Ok(NewAccount { user_id: user, slug: slug.as_str().into(), token })
    }

    /// Hashes the password, while no transaction is open.
    pub(super) async fn prepare_account(&self, valid: Valid) -> Result<Prepared> {
        let Valid { email, name, slug, password } = valid;
        let password_hash = self.passwords.hash(&password).await?;
        let called = email.as_str().into();
        Ok(Prepared { email, name, slug, called, password_hash: Some(password_hash) })
    }

    /// Writes the account with its address and default token, in a transaction that is still open.
    pub(super) async fn insert_account(
        &self,
        account: &Prepared,
        token: Option<&KeySecret>,
    ) -> Result<(WriteTx, UserId, Slug)> {
        for attempt in 0..ATTEMPTS {
            let slug = match &account.slug {
                Some(slug) => slug.clone(),
                None => made_slug(&self.world, &account.called, attempt)
                    .map_err(|error| Error::invalid("slug", error))?,
            };
            // A new transaction each time: PostgreSQL goes on with none in which something failed.
            let mut tx = self.store.write().await?;
            match self.insert_rows(&mut tx, account, &slug, token).await {
                Ok(user) => return Ok((tx, user, slug)),
                Err(atelier_store::Error::Duplicate) if account.slug.is_none() => {}
                Err(atelier_store::Error::Duplicate) => break,
                Err(other) => return Err(other.into()),
            }
        }
        Err(Error::invalid("slug", "is taken; choose another"))
    }

    async fn insert_rows(
        &self,
        tx: &mut WriteTx,
        account: &Prepared,
        slug: &Slug,
        token: Option<&KeySecret>,
    ) -> atelier_store::Result<UserId> {
        let now = self.world.now();
        let id = UserId::new(now, &self.world.salt());
        let user = users::NewUser {
            id,
            slug: slug.as_str(),
            name: account.name.as_str(),
            password_hash: account.password_hash.as_deref(),
        };
        users::insert(tx, &user, now).await?;
        users::add_address(tx, id, &account.email, true, now).await?;
        let hash = token.map(|token| hash_secret(token.expose()));
        let key = keys::NewKey {
            id: KeyId::new(now, &self.world.salt()),
            secret: hash.as_ref().zip(token.map(KeySecret::last_four)),
            is_app_key: false,
            user: id,
            app: None,
            grant: None,
            description: "Default token",
            rights: Rights::FULL,
        };
        keys::insert(tx, &key, now).await?;
        Ok(id)
    }

    pub(super) fn audit_sign_up(
        &self,
        tx: &mut WriteTx,
        origin: &Origin,
        user: UserId,
        slug: &Slug,
        account: &Prepared,
    ) {
        let actor = Actor { id: Some(user), name: account.name.as_str(), key: None, origin };
        let done = Done {
            subject_id: Some(user),
            after: Some(json!({ "id": slug.as_str(), "name": account.name.as_str() })),
            ..Done::new(Action::SignedUp, account.name.as_str())
        };
        self.audit(tx, actor, &done);
    }
}

/// Checks what was typed.
pub(super) fn check(input: &SignUp) -> Result<Valid> {
    // Everything that is wrong is said at once.
    let mut wrong = Vec::new();
    let mut note = |field: &str, message: String| {
        wrong.push(FieldError { field: field.into(), message });
    };
    let email: Option<Email> =
        input.email.parse().map_err(|error: InvalidValue| note("email", error.to_string())).ok();
    let name: Option<DisplayName> =
        input.name.parse().map_err(|error: InvalidValue| note("name", error.to_string())).ok();
    let slug: Option<Slug> = (!input.slug.trim().is_empty())
        .then(|| input.slug.parse().map_err(|error: InvalidValue| note("slug", error.to_string())).ok())
        .flatten();
    let about = [input.name.as_str(), input.slug.as_str(), input.email.as_str()];
    let password =
        Password::choose(&input.password, &about).map_err(|error| note("password", error.to_string())).ok();
    let (Some(email), Some(name), Some(password), true) = (email, name, password, wrong.is_empty()) else {
        return Err(Error::Invalid { fields: wrong });
    };
    Ok(Valid { email, name, slug, password })
}

/// A slug made from what somebody is called, as from the local part of their address; from the second attempt on with
/// random digits behind it.
fn made_slug(world: &World, called: &str, attempt: usize) -> std::result::Result<Slug, InvalidValue> {
    let local = called.split(['@', '+']).next().unwrap_or_default();
    let plain: String =
        local.chars().take(40).map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let base = plain.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let [a, b, c] = world.random::<3>();
    let digits = format!("{a:02x}{b:02x}{c:02x}");
    let wanted = if attempt == 0 { base.to_owned() } else { format!("{base}-{digits}") };
    // What is left may be empty, or a word of our own addresses.
    wanted.parse().or_else(|_| format!("user-{digits}").parse())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(called: &str, attempt: usize) -> String {
        made_slug(&World::real(), called, attempt).expect("a slug").to_string()
    }

    #[test]
    fn slugs_are_made_from_addresses() {
        assert_eq!(made("ada.lovelace+atelier@example.org", 0), "ada-lovelace");
        assert_eq!(made("Ada Lovelace", 0), "Ada-Lovelace");
        assert!(made("ada@example.org", 1).starts_with("ada-"));
        assert_eq!(made("ada@example.org", 1).len(), "ada-".len() + 6);
        for nothing_left in ["me@example.org", "é@example.org", "_@example.org"] {
            assert!(made(nothing_left, 0).starts_with("user-"), "{nothing_left}");
        }
    }
}
