//! Accounts and sessions.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::server::{self, SessionCookie};

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their name in addresses.
    pub slug: String,
    /// What they are called.
    pub name: String,
}

/// That a letter is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSent {
    /// Where to.
    pub email: String,
}

/// That an address was confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// The address.
    pub email: String,
    /// The names of the apps whose invitations had waited for it.
    pub joined: Vec<String>,
}

/// A provider by which people sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Its name in addresses.
    pub id: String,
    /// What it is called.
    pub name: String,
}

#[cfg(feature = "ssr")]
impl From<atelier_service::identity::ProviderName> for Provider {
    fn from(provider: atelier_service::identity::ProviderName) -> Self {
        Self { id: provider.id, name: provider.name }
    }
}

/// By what people sign in here besides a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaysIn {
    /// The providers.
    pub providers: Vec<Provider>,
    /// Whether by passkeys, too.
    pub passkeys: bool,
}

/// Somebody who came back from a provider, and is to say to which account they belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// What the provider is called.
    pub provider: String,
    /// By what they know themselves there.
    pub called: String,
    /// By what they say it.
    pub by: WaitingFor,
}

/// By what somebody says to which account they belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WaitingFor {
    /// By the password of the account that has their address.
    Password,
    /// In the session in which they are signed in.
    Session(Person),
    /// By signing in as they did before.
    AnotherWay,
}

/// Who is signed in; none if nobody is.
///
/// # Errors
/// [`UiError::Unavailable`] when something below is out of reach.
#[server(name = GetPerson, prefix = "/api", endpoint = "identity/person")]
pub async fn get_person() -> Result<Option<Person>, UiError> {
    let me = server::service().whoami(&server::who()).await?;
    Ok(me.map(|me| Person { slug: me.slug, name: me.name }))
}

/// Who is signed in, for pages that are for nobody else.
///
/// # Errors
/// [`UiError::SignedOut`] if nobody is.
#[server(name = RequirePerson, prefix = "/api", endpoint = "identity/require-person")]
pub async fn require_person() -> Result<Person, UiError> {
    server::person().await
}

/// Starts a session for whoever knows the password, and leads to the page `next` of this site; where the account has a
/// second factor, to the page that asks for it.
///
/// # Errors
/// [`UiError::SignedOut`] for a wrong pair, without telling which of the two is wrong.
#[server(name = SignIn, prefix = "/api", endpoint = "identity/sign-in")]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), UiError> {
    let admission = server::service().sign_in(&email, &password, &server::who().origin).await?;
    server::admit(&admission, &next);
    Ok(())
}

/// By what people sign in here besides a password.
///
/// # Errors
/// [`UiError::Unavailable`] when the server cannot be reached.
#[server(name = ListWaysIn, prefix = "/api", endpoint = "identity/ways-in")]
pub async fn list_ways_in() -> Result<WaysIn, UiError> {
    let service = server::service();
    let providers = service.list_providers().into_iter().map(Provider::from).collect();
    Ok(WaysIn { providers, passkeys: service.offers_passkeys() })
}

/// Who came back from a provider in this browser, and is to say to which account they belong; none if that is settled
/// or took too long.
///
/// # Errors
/// [`UiError::SignedOut`] if they went in a session that is over.
#[server(name = GetWaiting, prefix = "/api", endpoint = "identity/waiting")]
pub async fn get_waiting() -> Result<Option<Waiting>, UiError> {
    use atelier_service::identity::WaitingFor as By;

    let waiting = server::service().waiting(&server::who(), &server::visit()).await?;
    let Some(waiting) = waiting else { return Ok(None) };
    let by = match waiting.by {
        By::Password => WaitingFor::Password,
        By::Session => WaitingFor::Session(server::person().await?),
        By::AnotherWay => WaitingFor::AnotherWay,
    };
    Ok(Some(Waiting { provider: waiting.provider, called: waiting.called, by }))
}

/// Connects who came back from a provider to the account that has their address, by its password, and lets them in.
///
/// # Errors
/// [`UiError::Invalid`] for another password, and when that took too long.
#[server(name = ConnectByPassword, prefix = "/api", endpoint = "identity/connect-by-password")]
pub async fn connect_by_password(password: String) -> Result<(), UiError> {
    use atelier_service::identity::Admission;

    let origin = server::who().origin;
    let done = server::service().connect_by_password(&origin, &server::visit(), &password).await;
    let (admission, next) = done.map_err(|error| UiError::from(error).instead_of("visit", VISIT_OVER))?;
    match admission {
        Admission::SignedIn(_) => {
            server::set_cookie(SessionCookie::taking_back_visit);
            server::admit(&admission, &next);
        }
        // Only then is it connected, on this page.
        Admission::SecondFactor(_) => server::admit(&admission, "/sign-in/connect"),
    }
    Ok(())
}

/// Connects who came back from a provider to the account of whoever is signed in.
///
/// # Errors
/// [`UiError::Invalid`] when that took too long; [`UiError::Conflict`] if they are connected to another account.
#[server(name = ConnectIdentity, prefix = "/api", endpoint = "identity/connect")]
pub async fn connect_identity() -> Result<(), UiError> {
    let done = server::service().connect_identity(&server::who(), &server::visit()).await;
    let next = done.map_err(|error| UiError::from(error).instead_of("visit", VISIT_OVER))?;
    server::set_cookie(SessionCookie::taking_back_visit);
    leptos_axum::redirect(server::page_or_home(&next));
    Ok(())
}

/// What is said of a visit to a provider that is settled or took too long.
#[cfg(feature = "ssr")]
const VISIT_OVER: &str = "This took too long, or was done already. Sign in once more.";

/// That somebody signed in with a recovery code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// How many they have left.
    pub codes_left: usize,
    /// The page of this site to which they were on their way.
    pub next: String,
}

/// Completes a sign-in with the code of the person's app, and leads to the page `next` of this site.
///
/// # Errors
/// [`UiError::Invalid`] if it is another code, [`UiError::SignedOut`] if no sign-in waits for it.
#[server(name = CompleteSignIn, prefix = "/api", endpoint = "identity/complete-sign-in")]
pub async fn complete_sign_in(code: String, #[server(default)] next: String) -> Result<(), UiError> {
    use atelier_service::identity::SecondProof;
    server::complete_sign_in(SecondProof::Code(&code)).await?;
    leptos_axum::redirect(server::page_or_home(&next));
    Ok(())
}

/// Completes a sign-in with a recovery code.
///
/// # Errors
/// As [`complete_sign_in`].
#[server(name = UseRecoveryCode, prefix = "/api", endpoint = "identity/use-recovery-code")]
pub async fn use_recovery_code(
    recovery_code: String,
    #[server(default)] next: String,
) -> Result<Recovered, UiError> {
    use atelier_service::identity::SecondProof;
    let done = server::complete_sign_in(SecondProof::RecoveryCode(&recovery_code)).await;
    let done = done.map_err(|error| error.renamed("code", "recovery_code"))?;
    let next = server::page_or_home(&next).to_owned();
    Ok(Recovered { codes_left: done.recovery_codes_left, next })
}

/// Whether `path` leads to a page of this site: what comes after signing in must not send people elsewhere. Browsers
/// read `//host` and `/\host` as other sites, and drop tabs and line breaks before they look.
///
/// ```
/// # use atelier_ui::api::identity::is_page_of_this_site;
/// assert!(is_page_of_this_site("/ada/birds?view=tree"));
/// assert!(!is_page_of_this_site("//example.org"));
/// assert!(!is_page_of_this_site("/\\example.org"));
/// assert!(!is_page_of_this_site("/\t/example.org"));
/// assert!(!is_page_of_this_site("https://example.org"));
/// ```
pub fn is_page_of_this_site(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|rest| !rest.starts_with(['/', '\\']))
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Ends the session.
///
/// # Errors
/// [`UiError::Unavailable`] when something below is out of reach.
#[server(name = SignOut, prefix = "/api", endpoint = "identity/sign-out")]
pub async fn sign_out() -> Result<(), UiError> {
    server::service().sign_out(&server::who()).await?;
    server::set_cookie(SessionCookie::taking_back);
    leptos_axum::redirect("/");
    Ok(())
}

/// Makes an account and sends the letter that proves the address.
///
/// # Errors
/// [`UiError::Invalid`] for what cannot be accepted. An address that has an account already is not an error: its
/// owner gets a letter instead.
#[server(name = SignUp, prefix = "/api", endpoint = "identity/sign-up")]
pub async fn sign_up(name: String, email: String, password: String) -> Result<MailSent, UiError> {
    let input = atelier_service::identity::SignUp { email, name, slug: String::new(), password };
    let done = server::service().sign_up(&server::who().origin, &input).await?;
    Ok(MailSent { email: done.email })
}

/// Makes the first account with the link that the server printed when it started, and begins a session of it.
///
/// # Errors
/// [`UiError::Invalid`] for a link that has ended, and for what cannot be accepted.
#[server(name = FirstAccount, prefix = "/api", endpoint = "identity/first-account")]
pub async fn first_account(
    token: String,
    name: String,
    email: String,
    password: String,
) -> Result<(), UiError> {
    let input = atelier_service::identity::SignUp { email, name, slug: String::new(), password };
    let done = server::service().make_first_account(&server::who().origin, &token, &input).await;
    let signed_in = done.map_err(|error| UiError::from(error).instead_of("link", FIRST_LINK_ENDED))?;
    server::set_cookie(|cookie| cookie.handing_over(&signed_in.secret));
    leptos_axum::redirect("/apps");
    Ok(())
}

/// What is said of a link for the first account that cannot be used, whyever.
#[cfg(feature = "ssr")]
const FIRST_LINK_ENDED: &str = "This link has ended: it is for the first account, and for one day. While there is no \
    account, the server prints a new one whenever it starts.";

/// Sends a letter with which a new password can be chosen; answers alike whether there is an account or not.
///
/// # Errors
/// [`UiError::Invalid`] if it is no address, [`UiError::Throttled`] after too many letters.
#[server(name = AskReset, prefix = "/api", endpoint = "identity/ask-reset")]
pub async fn ask_reset(email: String) -> Result<MailSent, UiError> {
    // The operation answers alike for what is no address; here somebody mistyped theirs and should learn of it.
    let address: atelier_domain::Email =
        email.parse().map_err(|error| atelier_service::Error::invalid("email", error))?;
    server::service().request_reset(address.as_str()).await?;
    Ok(MailSent { email: address.as_str().to_owned() })
}

/// Sets a new password with the token of a letter, and ends every session of the account.
///
/// # Errors
/// [`UiError::Invalid`] for a token that is unknown, used or too old, and for a password that is too weak.
#[server(name = ChoosePassword, prefix = "/api", endpoint = "identity/choose-password")]
pub async fn choose_password(token: String, password: String) -> Result<(), UiError> {
    let done = server::service().reset_password(&server::who().origin, &token, &password).await;
    done.map_err(|error| UiError::from(error).about_link())?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// Confirms an address with the token of a letter, and the password of the account that asked for it.
///
/// # Errors
/// [`UiError::Invalid`] for a token that is unknown, used or too old, or another password.
#[server(name = VerifyAddress, prefix = "/api", endpoint = "identity/verify-address")]
pub async fn verify_address(token: String, password: String) -> Result<Verified, UiError> {
    let done = server::service().verify_address(&server::who().origin, &token, &password).await;
    let done = done.map_err(|error| UiError::from(error).about_link())?;
    Ok(Verified { email: done.email, joined: done.joined })
}
