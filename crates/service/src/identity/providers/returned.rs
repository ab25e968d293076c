//! Coming back from a provider.

use atelier_domain::id::{SessionId, UserId};
use atelier_domain::time::MINUTE;
use atelier_domain::{DisplayName, Email};
use atelier_store::WriteTx;
use atelier_store::queries::identities::{self, Subject};
use atelier_store::queries::visits::{self, Purpose, Visit};
use atelier_store::queries::{sessions, users};

use super::provider::{Provider, Unhelpful};
use super::said::{Said, SaidOfPerson};
use super::visit::{VISIT, VisitSecret};
use crate::audit::Actor;
use crate::identity::Admission;
use crate::identity::admit::Shown;
use crate::identity::sign_up::Prepared;
use crate::{Error, Origin, Result, Service, Who};

/// How much a provider's clock may be behind ours.
const CLOCKS: i64 = MINUTE;

/// What somebody brings along who comes back.
#[derive(Clone, Default)]
pub struct Answer {
    /// By what the visit is known.
    pub state: String,
    /// For what the provider says who they are; none if it refused, or they gave up.
    pub code: Option<String>,
    /// The provider, by its address, if it says so.
    pub issuer: Option<String>,
}

/// What becomes of somebody who came back.
#[derive(Debug)]
pub enum Returned {
    /// They are let in, or asked for their second factor.
    Admitted {
        /// Which of the two.
        admission: Admission,
        /// To which page they are led.
        next: String,
    },
    /// They are led on, in the session in which they went.
    LedOn {
        /// To which page they are led.
        next: String,
    },
    /// They are to say to which account they belong.
    Waits {
        /// By what that is known, for the browser alone.
        secret: String,
    },
    /// Nothing becomes of it.
    Stopped(Stopped),
}

/// Why nothing becomes of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It is unknown in this browser, was ended before, or took too long.
    Over,
    /// The provider refused, or the person gave up.
    Declined,
    /// The provider cannot be reached.
    Unavailable,
    /// What it said is not believed.
    NotBelieved,
    /// It does not say that the person's address is theirs.
    NoAddress,
    /// Who they are there belongs to another account than the one in which they are signed in.
    SomeoneElses,
    /// They have not shown anew who they are.
    NotAnew,
}

impl Service {
    /// Ends a visit to the provider `id`, of which the browser keeps `secret`.
    ///
    /// # Errors
    /// When there is no such provider, or something below is out of reach.
    pub async fn end_visit(
        &self,
        who: &Who,
        id: &str,
        secret: Option<&str>,
        answer: Answer,
    ) -> Result<Returned> {
        const OVER: Result<Returned> = Ok(Returned::Stopped(Stopped::Over));
        let (provider, client) = self.provider(id)?;
        let Some(secret) = secret.map(VisitSecret::shown) else { return OVER };
        // Whoever was sent here by somebody else, with what is theirs, ends no visit.
        if !secret.is_state(&answer.state) {
            return OVER;
        }
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let visit = visits::end(&mut tx, &secret.hash(), now).await?;
        tx.commit().await?;
        let Some(visit) = visit.filter(|visit| visit.provider == id) else { return OVER };
        if answer.issuer.is_some_and(|issuer| issuer != provider.issuer()) {
            return Ok(Returned::Stopped(Stopped::NotBelieved));
        }
        let Some(code) = answer.code else { return Ok(Returned::Stopped(Stopped::Declined)) };
        let said = match provider.who(client, &secret, self.way_back(provider)?, code, now).await {
            Ok(said) => said,
            Err(Unhelpful::Unavailable) => return Ok(Returned::Stopped(Stopped::Unavailable)),
            Err(Unhelpful::NotBelieved) => return Ok(Returned::Stopped(Stopped::NotBelieved)),
        };
        match visit.purpose {
            Purpose::SignIn => self.sign_in_as(&who.origin, provider, visit, said).await,
            Purpose::Connect => self.offer_to_connect(who, provider, visit, said).await,
            Purpose::Prove => self.prove_as(who, provider, visit, &said).await,
        }
    }

    /// Lets in whoever is known; makes an account for whoever is not, if nobody has proved their address before.
    async fn sign_in_as(
        &self,
        origin: &Origin,
        provider: &Provider,
        visit: Visit,
        said: Said,
    ) -> Result<Returned> {
        let subject = Subject { issuer: provider.issuer(), name: &said.subject };
        let mut tx = self.store.write().await?;
        if let Some(user) = identities::owner(&mut tx, subject).await? {
            let admission = self.admit(&mut tx, user, Shown::OneFactor, origin).await?;
            tx.commit().await?;
            admission.measure();
            return Ok(Returned::Admitted { admission, next: visit.next });
        }
        let SaidOfPerson { address, name, user_name } = said.person;
        let Some(address) = address else { return Ok(Returned::Stopped(Stopped::NoAddress)) };
        if users::by_verified_address(&mut tx, &address).await?.is_some() {
            return self.keep_return(tx, &visit, subject, address.as_str()).await;
        }
        drop(tx);

        let account = Prepared {
            name: name.map_or_else(|| called(&address), Ok)?,
            called: user_name.unwrap_or_else(|| address.as_str().into()),
            email: address,
            slug: None,
            password_hash: None,
        };
        let (mut tx, user, slug) = self.insert_account(&account, None).await?;
        // Nobody proves it meanwhile; if somebody just has, the account goes with its transaction.
        users::lock_addresses(&mut tx, std::slice::from_ref(&account.email)).await?;
        if users::by_verified_address(&mut tx, &account.email).await?.is_some() {
            drop(tx);
            let tx = self.store.write().await?;
            return self.keep_return(tx, &visit, subject, account.email.as_str()).await;
        }
        self.audit_sign_up(&mut tx, origin, user, &slug, &account);
        let user = users::get(&mut tx, user).await?.ok_or(Error::NotFound)?;
        if !self.connect(&mut tx, provider, &said.subject, &user, origin).await? {
            // The same person came back twice at once: the other time has made their account.
            return Ok(Returned::Stopped(Stopped::Over));
        }
        let actor = Actor { id: Some(user.id), name: account.name.as_str(), key: None, origin };
        self.prove_address(&mut tx, actor, user.id, &account.email).await?;
        let admission = self.admit(&mut tx, user, Shown::OneFactor, origin).await?;
        tx.commit().await?;
        admission.measure();
        Ok(Returned::Admitted { admission, next: visit.next })
    }

    /// Has whoever went in their session say whether who they are at the provider is to be connected to their account:
    /// it may be somebody else who is signed in there in this browser.
    async fn offer_to_connect(
        &self,
        who: &Who,
        provider: &Provider,
        visit: Visit,
        said: Said,
    ) -> Result<Returned> {
        let Some((me, _)) = self.in_session_of(who, &visit).await? else {
            return Ok(Returned::Stopped(Stopped::Over));
        };
        let subject = Subject { issuer: provider.issuer(), name: &said.subject };
        let mut tx = self.store.write().await?;
        match identities::owner(&mut tx, subject).await? {
            Some(owner) if owner.id == me => Ok(Returned::LedOn { next: visit.next }),
            Some(_) => Ok(Returned::Stopped(Stopped::SomeoneElses)),
            None => {
                let SaidOfPerson { address, name, user_name } = &said.person;
                let address = address.as_ref().map(Email::as_str);
                let called = address.or(user_name.as_deref()).or(name.as_ref().map(DisplayName::as_str));
                self.keep_return(tx, &visit, subject, called.unwrap_or_default()).await
            }
        }
    }

    /// Notes that whoever went in their session has shown once more who they are.
    async fn prove_as(&self, who: &Who, provider: &Provider, visit: Visit, said: &Said) -> Result<Returned> {
        let Some((me, session)) = self.in_session_of(who, &visit).await? else {
            return Ok(Returned::Stopped(Stopped::Over));
        };
        let subject = Subject { issuer: provider.issuer(), name: &said.subject };
        let mut tx = self.store.write().await?;
        if identities::owner(&mut tx, subject).await?.is_none_or(|owner| owner.id != me) {
            return Ok(Returned::Stopped(Stopped::SomeoneElses));
        }
        if said.shown_at.is_none_or(|shown_at| shown_at < visit.began_at.plus(-CLOCKS)) {
            return Ok(Returned::Stopped(Stopped::NotAnew));
        }
        sessions::prove(&mut tx, session, self.world.now()).await?;
        tx.commit().await?;
        Ok(Returned::LedOn { next: visit.next })
    }

    /// The person and their session, if it is the one in which they went.
    async fn in_session_of(&self, who: &Who, visit: &Visit) -> Result<Option<(UserId, SessionId)>> {
        match self.session_of(who).await {
            Ok(current) => Ok(Some(current).filter(|(_, session)| visit.session == Some(*session))),
            Err(Error::Unauthenticated(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Keeps who came back until they have said to which account they belong.
    async fn keep_return(
        &self,
        mut tx: WriteTx,
        visit: &Visit,
        subject: Subject<'_>,
        called: &str,
    ) -> Result<Returned> {
        let secret = VisitSecret::new(&self.world);
        let ends = self.world.now().plus(VISIT);
        visits::keep(&mut tx, &secret.hash(), visit, subject, called, ends).await?;
        tx.commit().await?;
        Ok(Returned::Waits { secret: secret.expose().into() })
    }
}

/// What somebody is called of whom only the address is known.
fn called(address: &Email) -> Result<DisplayName> {
    let local = address.as_str().split('@').next().unwrap_or_default();
    local.parse().map_err(|error| Error::invalid("name", error))
}
