//! One provider: what it says of itself, where it is gone to, and what it says of who comes back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use atelier_domain::Timestamp;
use atelier_domain::time::DAY;
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreUserInfoClaims,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, DiscoveryError,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, ErrorResponse, IssuerUrl, OAuth2TokenResponse as _,
    PkceCodeChallenge, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse as _,
    UserInfoError,
};
use reqwest::Url;

use super::client::{Asking, Unanswered};
use super::said::{Said, SaidOfPerson};
use super::visit::VisitSecret;
use super::{InvalidProvider, ProviderName, ProviderSettings};

/// For how long what a provider says of itself is taken for true. Keys that are not known yet are asked for at once.
const KEPT: i64 = DAY;

/// By what tokens may be signed: never by what both sides know.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Why a provider is of no help.
#[derive(Debug)]
pub(super) enum Unhelpful {
    /// It cannot be asked, or what it says of itself is not what the settings say.
    Unavailable,
    /// What it says of whoever came back is not believed.
    NotBelieved,
}

/// What Atelier is to a provider that has been asked about itself.
type Ready = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a provider said of itself.
struct Kept {
    metadata: CoreProviderMetadata,
    at: Timestamp,
}

/// A provider.
pub(super) struct Provider {
    settings: ProviderSettings,
    issuer: IssuerUrl,
    kept: Mutex<Option<Arc<Kept>>>,
}

impl Provider {
    pub(super) fn new(settings: ProviderSettings) -> Result<Self, InvalidProvider> {
        settings.check()?;
        let issuer = IssuerUrl::new(settings.issuer.clone())
            .map_err(|_| InvalidProvider::Issuer(settings.id.clone()))?;
        Ok(Self { settings, issuer, kept: Mutex::new(None) })
    }

    pub(super) fn id(&self) -> &str {
        &self.settings.id
    }

    pub(super) fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    pub(super) fn name(&self) -> ProviderName {
        ProviderName { id: self.settings.id.clone(), name: self.settings.name.clone() }
    }

    /// Where somebody goes, who comes back to `back`; who is to show once more who they are, if `anew`.
    pub(super) async fn address(
        &self,
        client: &Asking,
        secret: &VisitSecret,
        back: RedirectUrl,
        anew: bool,
        now: Timestamp,
    ) -> Result<Url, Unhelpful> {
        let kept = self.about(client, now).await?;
        let ready = self.ready(&kept).set_redirect_uri(back);
        let (state, nonce) = (secret.state(), secret.nonce());
        let request = ready
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scope(Scope::new("email".into()))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&secret.verifier()));
        let request = if anew {
            request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO)
        } else {
            request
        };
        Ok(request.url().0)
    }

    /// Who came back to `back` with `code`. Tokens are forgotten once they are read.
    pub(super) async fn who(
        &self,
        client: &Asking,
        secret: &VisitSecret,
        back: RedirectUrl,
        code: String,
        now: Timestamp,
    ) -> Result<Said, Unhelpful> {
        let mut ready = self.ready(&*self.about(client, now).await?).set_redirect_uri(back);
        let request = ready
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| self.is_unavailable("it says nowhere where codes are exchanged"))?
            .set_pkce_verifier(secret.verifier());
        let tokens = request.request_async(client).await.map_err(|error| self.not_exchanged(&error))?;
        let token = tokens.id_token().ok_or_else(|| self.is_not_believed("it gave no token"))?;
        let mut verified = verify(&ready, token, secret, now);
        if verified.as_ref().is_err_and(is_of_unknown_key) {
            ready = self.ready(&*self.ask_about(client, now).await?);
            verified = verify(&ready, token, secret, now);
        }
        let claims = verified.map_err(|error| self.is_not_believed(told(&error)))?;

        let mut said = Said::of_token(claims);
        // Many put no more than who it is into the token, and answer the rest to whoever shows the other one.
        if said.person.address.is_none()
            && let Ok(request) =
                ready.user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
        {
            let answer: Result<CoreUserInfoClaims, _> = request.request_async(client).await;
            let answer = answer.map_err(|error| match error {
                UserInfoError::ClaimsVerification(error) => self.is_not_believed(told(&error)),
                _ => self.is_unavailable("it did not answer who somebody is"),
            });
            said.person = SaidOfPerson::of_answer(&answer?);
        }
        Ok(said)
    }

    /// What the provider says of itself: what it said not long ago, or what it is asked for now.
    async fn about(&self, client: &Asking, now: Timestamp) -> Result<Arc<Kept>, Unhelpful> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match kept {
            // What was asked for in the future was so by a clock that went wrong.
            Some(kept) if (0..KEPT).contains(&now.since(kept.at)) => Ok(kept),
            _ => self.ask_about(client, now).await,
        }
    }

    /// Asks the provider about itself, and for its keys.
    async fn ask_about(&self, client: &Asking, now: Timestamp) -> Result<Arc<Kept>, Unhelpful> {
        let metadata = CoreProviderMetadata::discover_async(self.issuer.clone(), client).await;
        let metadata = metadata.map_err(|error| match error {
            DiscoveryError::Request(error) => self.is_unavailable(&error.to_string()),
            DiscoveryError::Response(status, ..) => self.is_unavailable(&format!("it answered {status}")),
            // It names the issuer that was found, and the one that was looked for.
            DiscoveryError::Validation(why) => self.is_unavailable(&why),
            _ => self.is_unavailable("what it says of itself is not understood"),
        })?;
        let kept = Arc::new(Kept { metadata, at: now });
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept.clone());
        Ok(kept)
    }

    fn ready(&self, kept: &Kept) -> Ready {
        let id = ClientId::new(self.settings.client_id.clone());
        let secret = ClientSecret::new(self.settings.client_secret.clone());
        let ready = CoreClient::from_provider_metadata(kept.metadata.clone(), id, Some(secret));
        // By the header, unless the provider says that it takes the secret only with the rest of the form.
        let takes = kept.metadata.token_endpoint_auth_methods_supported();
        let only_in_form = takes.is_some_and(|takes| {
            takes.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !takes.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        ready.set_auth_type(if only_in_form { AuthType::RequestBody } else { AuthType::BasicAuth })
    }

    fn not_exchanged<T: ErrorResponse>(&self, error: &RequestTokenError<Unanswered, T>) -> Unhelpful {
        match error {
            RequestTokenError::Request(error) => self.is_unavailable(&error.to_string()),
            RequestTokenError::ServerResponse(_) => self.is_not_believed("it did not take the code"),
            _ => self.is_unavailable("what it answered to the code is not understood"),
        }
    }

    fn is_unavailable(&self, why: &str) -> Unhelpful {
        tracing::warn!(provider.id = self.id(), why, "a provider for signing in is not available");
        Unhelpful::Unavailable
    }

    fn is_not_believed(&self, why: &str) -> Unhelpful {
        tracing::warn!(provider.id = self.id(), why, "somebody who came back from a provider was not let in");
        Unhelpful::NotBelieved
    }
}

/// What a token says, if it is the provider's, for us, of this visit, and of now.
fn verify<'a>(
    ready: &Ready,
    token: &'a CoreIdToken,
    secret: &VisitSecret,
    now: Timestamp,
) -> Result<&'a CoreIdTokenClaims, ClaimsVerificationError> {
    let now = DateTime::<Utc>::from_timestamp_micros(now.micros()).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let verifier = ready.id_token_verifier().set_allowed_algs(SIGNATURES).set_time_fn(move || now);
    token.claims(&verifier, &secret.nonce())
}

fn is_of_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(error, ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
}

/// What is wrong with a token, without anything that is in it.
fn told(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "its token has expired",
        ClaimsVerificationError::InvalidAudience(_) => "its token is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "its token is another provider's",
        ClaimsVerificationError::InvalidNonce(_) => "its token is of another visit",
        ClaimsVerificationError::InvalidSubject(_) => "its answer is about somebody else",
        ClaimsVerificationError::SignatureVerification(_) => "its token is not signed by it",
        _ => "its token is not understood",
    }
}
