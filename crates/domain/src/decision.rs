//! Decisions: whether a caller may do what an endpoint does, and if not, why.

use crate::endpoint::{Auth, Conditions, Endpoint};
use crate::id::{AppId, GrantId, KeyId, UserId};
use crate::rights::Rights;
use crate::scope_set::ScopeSet;
use crate::time::Timestamp;

/// By what somebody is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// Signed in, in the browser: the person themselves.
    Session {
        /// When they last gave their password.
        proved_at: Timestamp,
    },
    /// A personal access token, perhaps bound to one app.
    Token {
        /// Its identifier.
        id: KeyId,
        /// What it gives at most.
        rights: Rights,
        /// The only app it reaches, if it is bound to one.
        app: Option<AppId>,
    },
    /// An app key: acts as the app's owner, in that app.
    AppKey {
        /// Its identifier.
        id: KeyId,
        /// What it gives at most.
        rights: Rights,
        /// Its app.
        app: AppId,
    },
}

impl Credential {
    /// What the credential gives at most.
    #[must_use]
    pub fn rights(&self) -> &Rights {
        match self {
            Self::Session { .. } => &Rights::FULL,
            Self::Token { rights, .. } | Self::AppKey { rights, .. } => rights,
        }
    }

    /// The only app that it reaches, if it is bound to one.
    #[must_use]
    pub fn app(&self) -> Option<AppId> {
        match self {
            Self::Session { .. } => None,
            Self::Token { app, .. } => *app,
            Self::AppKey { app, .. } => Some(*app),
        }
    }

    fn satisfies(&self, auth: Auth) -> bool {
        match auth {
            Auth::Open => true,
            Auth::Key => true,
            Auth::Pat => !matches!(self, Self::AppKey { .. }),
            Auth::Session => matches!(self, Self::Session { .. }),
        }
    }

    /// The key's identifier; none for a session.
    #[must_use]
    pub fn key(&self) -> Option<KeyId> {
        match self {
            Self::Session { .. } => None,
            Self::Token { id, .. } | Self::AppKey { id, .. } => Some(*id),
        }
    }

    /// Whether a password is to be given first: keys are their own proof.
    #[must_use]
    pub fn is_stale(&self, endpoint: Endpoint, now: Timestamp) -> bool {
        match self {
            Self::Session { proved_at } => {
                endpoint.asks_password() && !crate::session::is_proved(*proved_at, now)
            }
            Self::Token { .. } | Self::AppKey { .. } => false,
        }
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The person; for an app key, the app's owner.
    pub user: UserId,
    /// By what they are known.
    pub credential: Credential,
}

/// What the caller is to an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The app is theirs.
    Owner,
    /// They hold this grant.
    Collaborator {
        /// The grant.
        grant: GrantId,
        /// What it gives.
        rights: Rights,
    },
    /// Neither: to them the app does not exist.
    Stranger,
}

impl Standing {
    /// What it gives: everything to the owner, and nothing to a stranger.
    #[must_use]
    pub fn rights(&self) -> Option<&Rights> {
        match self {
            Self::Owner => Some(&Rights::FULL),
            Self::Collaborator { rights, .. } => Some(rights),
            Self::Stranger => None,
        }
    }

    /// The grant by which it holds; none for the owner.
    #[must_use]
    pub fn grant(&self) -> Option<GrantId> {
        match self {
            Self::Collaborator { grant, .. } => Some(*grant),
            Self::Owner | Self::Stranger => None,
        }
    }
}

/// The app that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppRef {
    /// The app.
    pub id: AppId,
    /// Whose it is.
    pub owner: UserId,
}

/// That a check has passed: the only way to an app's data.
///
/// It is made by [`decide`] alone, and what touches the app takes it instead of an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    app: AppRef,
    user: UserId,
    grant: Option<GrantId>,
    key: Option<KeyId>,
    rights: Rights,
    /// Whether it is their grant by which they reach only some inputs, if they do; else their key.
    is_limited_by_grant: bool,
    endpoint: Endpoint,
}

impl Permit {
    /// The app whose data this opens.
    #[must_use]
    pub fn app(&self) -> AppId {
        self.app.id
    }

    /// Whose app it is.
    #[must_use]
    pub fn owner(&self) -> UserId {
        self.app.owner
    }

    /// Who acts.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The grant by which they act; none for the owner.
    #[must_use]
    pub fn grant(&self) -> Option<GrantId> {
        self.grant
    }

    /// The key by which they act; none in the browser.
    #[must_use]
    pub fn key(&self) -> Option<KeyId> {
        self.key
    }

    /// Everything that they may do here, with this credential.
    #[must_use]
    pub fn rights(&self) -> &Rights {
        &self.rights
    }

    /// Everything that they may do here, as scopes.
    #[must_use]
    pub fn scopes(&self) -> ScopeSet {
        self.rights.scopes
    }

    /// For what it was asked.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// Of whom a task must have given an input, for this permit to reach it: the caller, if their rights are limited to what
    /// is assigned to them; nobody, if they are not, and all inputs are reached.
    #[must_use]
    pub fn assigned_to(&self) -> Option<UserId> {
        self.rights.reach.is_limited().then_some(self.user)
    }

    /// Whether the caller acts as the owner of the app.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.user == self.app.owner
    }

    /// Whether the caller may change an annotation of `author`: their own, or any as the owner.
    ///
    /// # Errors
    /// A refusal that says so.
    pub fn may_change_annotation_of(&self, author: UserId) -> Result<(), Refusal> {
        if author == self.user || self.is_owner() {
            return Ok(());
        }
        Err(Refusal { endpoint: self.endpoint, cause: Cause::SomeoneElses })
    }

    /// Whether the caller may see how good a model is that `trainer` trained. From its figures follows how often concepts
    /// are said of all that it learned from: whoever reaches only a part of the inputs sees those of what they trained
    /// themselves, which learned from no more than that.
    ///
    /// # Errors
    /// A refusal that says so.
    pub fn may_see_evaluation_of(&self, trainer: UserId) -> Result<(), Refusal> {
        if self.assigned_to().is_none() || trainer == self.user {
            return Ok(());
        }
        let cause = Cause::OfWhole { by_grant: self.is_limited_by_grant };
        Err(Refusal { endpoint: self.endpoint, cause })
    }
}

/// That a check on the caller's own account has passed: the only way to an account's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnPermit {
    user: UserId,
    credential: Credential,
    endpoint: Endpoint,
}

impl OwnPermit {
    /// Whose account it is.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// By what they are known.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// For what it was asked.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }
}

/// That something was refused, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What was asked.
    pub endpoint: Endpoint,
    /// Why it was refused.
    pub cause: Cause,
}

/// Why something was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The caller has nothing to do with the app: to them it does not exist.
    NotFound,
    /// The caller's grant has ended.
    GrantEnded(Timestamp),
    /// The caller's key has ended.
    KeyEnded(Timestamp),
    /// This kind of credential is not taken here.
    WrongCredential(Auth),
    /// The token is bound to another app.
    BoundElsewhere,
    /// Scopes are missing.
    MissingScopes {
        /// All that are missing.
        missing: ScopeSet,
        /// Those of them that the grant does not give; the key lacks the others.
        by_grant: ScopeSet,
    },
    /// An allow-list does not name the endpoint.
    EndpointNotListed {
        /// Whether it is the grant's list; else the key's.
        by_grant: bool,
    },
    /// It is about an app as a whole, and the caller reaches only some of its inputs.
    OfWhole {
        /// Whether it is the grant that is limited; else the key.
        by_grant: bool,
    },
    /// The caller may, and has to give their password first.
    PasswordTooOld,
    /// What was to be changed is someone else's.
    SomeoneElses,
}

/// Decides whether `caller`, being `standing` to `app`, may do what `endpoint` does when `conditions` hold.
///
/// # Errors
/// A refusal that says why. It is decided in this order: is there an app for them, has their access ended, is the
/// credential of the right kind and for this app, are all scopes there, does no allow-list forbid it, is it about no more
/// than what they reach, was the password given not long ago.
pub fn decide(
    caller: &Caller,
    app: AppRef,
    standing: &Standing,
    endpoint: Endpoint,
    conditions: Conditions,
    now: Timestamp,
) -> Result<Permit, Refusal> {
    let refuse = |cause| Err(Refusal { endpoint, cause });
    let Some(granted) = standing.rights() else {
        return refuse(Cause::NotFound);
    };
    if let Some(end) = granted.ends_at.filter(|_| granted.ended(now)) {
        return refuse(Cause::GrantEnded(end));
    }
    let credential = &caller.credential;
    let key = credential.rights();
    if let Some(end) = key.ends_at.filter(|_| key.ended(now)) {
        return refuse(Cause::KeyEnded(end));
    }
    if credential.app().is_some_and(|bound| bound != app.id) {
        return refuse(Cause::BoundElsewhere);
    }
    if !credential.satisfies(endpoint.auth()) {
        return refuse(Cause::WrongCredential(endpoint.auth()));
    }
    let needs = endpoint.needs_for(conditions);
    let by_grant = needs.minus(granted.scopes);
    let missing = by_grant.union(needs.minus(key.scopes));
    if !missing.is_empty() {
        return refuse(Cause::MissingScopes { missing, by_grant });
    }
    if !granted.allows(endpoint) {
        return refuse(Cause::EndpointNotListed { by_grant: true });
    }
    if !key.allows(endpoint) {
        return refuse(Cause::EndpointNotListed { by_grant: false });
    }
    if !granted.reaches(endpoint) {
        return refuse(Cause::OfWhole { by_grant: true });
    }
    if !key.reaches(endpoint) {
        return refuse(Cause::OfWhole { by_grant: false });
    }
    if credential.is_stale(endpoint, now) {
        return refuse(Cause::PasswordTooOld);
    }
    let id = credential.key();
    let grant = standing.grant();
    let is_limited_by_grant = granted.reach.is_limited();
    let rights = granted.meet(key);
    Ok(Permit { app, user: caller.user, grant, key: id, rights, is_limited_by_grant, endpoint })
}

/// Decides whether `caller` may do what `endpoint` does to their own account.
///
/// # Errors
/// A refusal that says why, as [`decide`].
pub fn decide_own(caller: &Caller, endpoint: Endpoint, now: Timestamp) -> Result<OwnPermit, Refusal> {
    let refuse = |cause| Err(Refusal { endpoint, cause });
    let credential = caller.credential;
    let key = credential.rights();
    if let Some(end) = key.ends_at.filter(|_| key.ended(now)) {
        return refuse(Cause::KeyEnded(end));
    }
    if !credential.satisfies(endpoint.auth()) {
        return refuse(Cause::WrongCredential(endpoint.auth()));
    }
    let missing = endpoint.needs().minus(key.scopes);
    if !missing.is_empty() {
        return refuse(Cause::MissingScopes { missing, by_grant: ScopeSet::EMPTY });
    }
    if !key.allows(endpoint) {
        return refuse(Cause::EndpointNotListed { by_grant: false });
    }
    if !key.reaches(endpoint) {
        return refuse(Cause::OfWhole { by_grant: false });
    }
    if credential.is_stale(endpoint, now) {
        return refuse(Cause::PasswordTooOld);
    }
    Ok(OwnPermit { user: caller.user, credential, endpoint })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint_set::EndpointSet;
    use crate::scope::Scope;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_micros(1_000);
    const OWNER: UserId = UserId(Uuid::from_u128(1));
    const OTHER: UserId = UserId(Uuid::from_u128(2));
    const APP: AppRef = AppRef { id: AppId(Uuid::from_u128(3)), owner: OWNER };
    const KEY: KeyId = KeyId(Uuid::from_u128(4));

    fn token(rights: Rights) -> Caller {
        Caller { user: OTHER, credential: Credential::Token { id: KEY, rights, app: Some(APP.id) } }
    }

    fn holding(scopes: ScopeSet) -> Standing {
        Standing::Collaborator { grant: GrantId(Uuid::from_u128(5)), rights: Rights::of(scopes) }
    }

    fn ask(caller: &Caller, standing: &Standing, endpoint: Endpoint) -> Result<Permit, Refusal> {
        decide(caller, APP, standing, endpoint, Conditions::NONE, NOW)
    }

    #[test]
    fn each_endpoint_opens_to_exactly_its_scopes_and_to_none_missing_one() {
        for endpoint in Endpoint::all() {
            let session = Caller { user: OTHER, credential: Credential::Session { proved_at: NOW } };
            for (condition, holds) in std::iter::once((None, false))
                .chain(endpoint.needs_if().iter().map(|(condition, _)| (Some(*condition), true)))
            {
                let conditions = condition.map_or(Conditions::NONE, |c| Conditions::NONE.and(c, holds));
                let needs = endpoint.needs_for(conditions);
                let exact = decide(&session, APP, &holding(needs), endpoint, conditions, NOW);
                assert_eq!(exact.map(|permit| permit.scopes()), Ok(needs), "{endpoint}");
                for lost in needs.iter() {
                    let less = needs.minus(ScopeSet::of(&[lost]));
                    let missing = ScopeSet::of(&[lost]);
                    let by_grant = decide(&session, APP, &holding(less), endpoint, conditions, NOW);
                    assert_eq!(
                        by_grant,
                        Err(Refusal { endpoint, cause: Cause::MissingScopes { missing, by_grant: missing } })
                    );
                    if endpoint.auth() != Auth::Session {
                        let caller = token(Rights::of(less));
                        let by_key = decide(&caller, APP, &holding(needs), endpoint, conditions, NOW);
                        let by_grant = ScopeSet::EMPTY;
                        assert_eq!(
                            by_key,
                            Err(Refusal { endpoint, cause: Cause::MissingScopes { missing, by_grant } })
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn to_a_stranger_nothing_exists_whatever_their_key_says() {
        for endpoint in Endpoint::all() {
            let refusal = ask(&token(Rights::FULL), &Standing::Stranger, endpoint).unwrap_err();
            assert_eq!(refusal.cause, Cause::NotFound);
        }
    }

    #[test]
    fn nothing_outlives_its_end() {
        let ended = Rights { ends_at: Some(NOW), ..Rights::FULL };
        let grant = Standing::Collaborator { grant: GrantId(Uuid::from_u128(5)), rights: ended };
        assert_eq!(
            ask(&token(Rights::FULL), &grant, Endpoint::ListInputs).unwrap_err().cause,
            Cause::GrantEnded(NOW)
        );
        assert_eq!(
            ask(&token(ended), &holding(ScopeSet::ALL), Endpoint::ListInputs).unwrap_err().cause,
            Cause::KeyEnded(NOW)
        );
    }

    #[test]
    fn an_old_password_opens_what_does_not_ask_for_it_and_keys_are_never_asked() {
        let old = NOW.plus(-crate::session::PROOF);
        for endpoint in Endpoint::all() {
            let session = Caller { user: OWNER, credential: Credential::Session { proved_at: old } };
            let fresh = Caller { user: OWNER, credential: Credential::Session { proved_at: old.plus(1) } };
            let cause = endpoint.asks_password().then_some(Cause::PasswordTooOld);
            assert_eq!(ask(&session, &Standing::Owner, endpoint).err().map(|refusal| refusal.cause), cause);
            assert_eq!(decide_own(&session, endpoint, NOW).err().map(|refusal| refusal.cause), cause);
            assert!(ask(&fresh, &Standing::Owner, endpoint).is_ok(), "{endpoint}");
            assert!(decide_own(&fresh, endpoint, NOW).is_ok(), "{endpoint}");
            let by_key = decide_own(&token(Rights::FULL), endpoint, NOW).err().map(|refusal| refusal.cause);
            assert_ne!(by_key, Some(Cause::PasswordTooOld), "{endpoint}");
        }
    }

    /// ASVS 7.5.1, 7.5.2 and 7.5.3.
    #[test]
    fn what_hands_out_access_or_changes_the_way_in_asks_for_the_password() {
        let asking: Vec<_> = Endpoint::all().filter(|one| one.asks_password()).map(Endpoint::rpc).collect();
        assert_eq!(
            asking,
            [
                "PostKeys",
                "PatchKeys",
                "DeleteApp",
                "PostCollaborators",
                "PatchCollaborators",
                "DeleteCollaborators",
                "ResendInvitation",
                "CancelInvitation",
                "AddEmailAddress",
                "RemoveEmailAddress",
                "MakeEmailAddressPrimary",
                "EndSession",
                "RevealKey",
                "RotateKey",
                "ConnectIdentity",
                "DisconnectIdentity",
                "SetUpAuthenticator",
                "ConfirmAuthenticator",
                "MakeRecoveryCodes",
                "RemoveSecondFactor",
                "AddPasskey",
                "RemovePasskey",
            ]
        );
    }

    #[test]
    fn an_app_key_is_not_taken_where_a_person_is_asked_for() {
        let key = Caller {
            user: OWNER,
            credential: Credential::AppKey { id: KEY, rights: Rights::FULL, app: APP.id },
        };
        assert!(ask(&key, &Standing::Owner, Endpoint::ListInputs).is_ok());
        assert_eq!(
            ask(&key, &Standing::Owner, Endpoint::DeleteApp).unwrap_err().cause,
            Cause::WrongCredential(Auth::Pat)
        );
        assert_eq!(
            ask(&key, &Standing::Owner, Endpoint::LeaveApp).unwrap_err().cause,
            Cause::WrongCredential(Auth::Session)
        );
    }

    #[test]
    fn a_bound_token_reaches_no_other_app() {
        let elsewhere = AppRef { id: AppId(Uuid::from_u128(9)), owner: OTHER };
        let refusal = decide(
            &token(Rights::FULL),
            elsewhere,
            &Standing::Owner,
            Endpoint::ListInputs,
            Conditions::NONE,
            NOW,
        );
        assert_eq!(refusal.unwrap_err().cause, Cause::BoundElsewhere);
    }

    #[test]
    fn allow_lists_of_grant_and_key_both_hold() {
        let listed =
            Rights { endpoints: Some(EndpointSet::EMPTY.with(Endpoint::ListInputs)), ..Rights::FULL };
        let grant = Standing::Collaborator { grant: GrantId(Uuid::from_u128(5)), rights: listed };
        assert!(ask(&token(Rights::FULL), &grant, Endpoint::ListInputs).is_ok());
        assert_eq!(
            ask(&token(Rights::FULL), &grant, Endpoint::GetInput).unwrap_err().cause,
            Cause::EndpointNotListed { by_grant: true }
        );
        assert_eq!(
            ask(&token(listed), &holding(ScopeSet::ALL), Endpoint::GetInput).unwrap_err().cause,
            Cause::EndpointNotListed { by_grant: false }
        );
    }

    #[test]
    fn annotations_belong_to_people() {
        let mine = ask(&token(Rights::FULL), &holding(ScopeSet::ALL), Endpoint::PatchAnnotations).unwrap();
        assert!(mine.may_change_annotation_of(OTHER).is_ok());
        assert_eq!(mine.may_change_annotation_of(OWNER).unwrap_err().cause, Cause::SomeoneElses);
    }

    #[test]
    fn ones_own_account_opens_to_sessions_and_to_tokens_with_the_scope() {
        let session = Caller { user: OTHER, credential: Credential::Session { proved_at: NOW } };
        assert!(decide_own(&session, Endpoint::ListSessions, NOW).is_ok());
        assert!(decide_own(&token(Rights::FULL), Endpoint::ListSessions, NOW).is_err());
        assert!(
            decide_own(&token(Rights::of(ScopeSet::of(&[Scope::KeysGet]))), Endpoint::ListKeys, NOW).is_ok()
        );
        assert!(decide_own(&token(Rights::of(ScopeSet::EMPTY)), Endpoint::ListKeys, NOW).is_err());
    }
}
