//! The public catalogue: the models that come with Atelier. It belongs to nobody, so that no grant is about it; what
//! somebody may do with it is what their credential gives at all.

use crate::decision::{AppRef, Caller, Cause, Permit, Refusal, Standing, decide, decide_own};
use crate::endpoint::{Conditions, Endpoint};
use crate::id::UserId;
use crate::time::Timestamp;

/// That a check has passed: the only way to use what is public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicPermit {
    user: UserId,
    endpoint: Endpoint,
}

impl PublicPermit {
    /// Who acts.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// For what it was asked.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }
}

/// Whoever may do something with an app's own models may do it with the public ones, from there.
impl From<&Permit> for PublicPermit {
    fn from(permit: &Permit) -> Self {
        Self { user: permit.user(), endpoint: permit.endpoint() }
    }
}

/// Decides whether `caller` may do what `endpoint` does with what is public. A key that is bound to an app gives what it
/// gives there, where its holder is `standing`: somebody who may see no models in that app sees no public ones by its keys.
///
/// # Errors
/// A refusal that says why, as [`decide`].
pub fn decide_public(
    caller: &Caller,
    bound: Option<(AppRef, &Standing)>,
    endpoint: Endpoint,
    now: Timestamp,
) -> Result<PublicPermit, Refusal> {
    if caller.credential.app().is_none() {
        let own = decide_own(caller, endpoint, now)?;
        return Ok(PublicPermit { user: own.user(), endpoint });
    }
    let Some((app, standing)) = bound else {
        return Err(Refusal { endpoint, cause: Cause::NotFound });
    };
    decide(caller, app, standing, endpoint, Conditions::NONE, now).map(|permit| PublicPermit::from(&permit))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::decision::Credential;
    use crate::id::{AppId, GrantId, KeyId};
    use crate::rights::Rights;
    use crate::scope::Scope;
    use crate::scope_set::ScopeSet;

    const NOW: Timestamp = Timestamp::from_micros(1_000);
    const ADA: UserId = UserId(Uuid::from_u128(1));
    const APP: AppRef = AppRef { id: AppId(Uuid::from_u128(2)), owner: UserId(Uuid::from_u128(3)) };

    fn token(rights: Rights, app: Option<AppId>) -> Caller {
        Caller { user: ADA, credential: Credential::Token { id: KeyId(Uuid::from_u128(4)), rights, app } }
    }

    fn holding(scopes: ScopeSet) -> Standing {
        Standing::Collaborator { grant: GrantId(Uuid::from_u128(5)), rights: Rights::of(scopes) }
    }

    #[test]
    fn whoever_signed_in_may_use_what_is_public() {
        let caller = Caller { user: ADA, credential: Credential::Session { proved_at: NOW } };
        let permit = decide_public(&caller, None, Endpoint::PostModelOutputs, NOW).unwrap();
        assert_eq!((permit.user(), permit.endpoint()), (ADA, Endpoint::PostModelOutputs));
    }

    #[test]
    fn a_token_gives_what_its_scopes_give() {
        let endpoint = Endpoint::PostModelOutputs;
        let needs = endpoint.needs();
        assert!(decide_public(&token(Rights::of(needs), None), None, endpoint, NOW).is_ok());
        for scope in needs.iter() {
            let caller = token(Rights::of(needs.minus(ScopeSet::of(&[scope]))), None);
            let cause = Cause::MissingScopes { missing: ScopeSet::of(&[scope]), by_grant: ScopeSet::EMPTY };
            assert_eq!(decide_public(&caller, None, endpoint, NOW), Err(Refusal { endpoint, cause }));
        }
        let ended = token(Rights { ends_at: Some(NOW), ..Rights::of(needs) }, None);
        let refusal = decide_public(&ended, None, endpoint, NOW).unwrap_err();
        assert_eq!(refusal.cause, Cause::KeyEnded(NOW));
    }

    #[test]
    fn a_key_of_an_app_gives_no_more_than_its_holder_may_there() {
        let endpoint = Endpoint::ListModels;
        let caller = token(Rights::FULL, Some(APP.id));
        let missing = ScopeSet::of(&[Scope::ModelsGet]);
        let (all, none) = (holding(endpoint.needs()), holding(endpoint.needs().minus(missing)));
        assert!(decide_public(&caller, Some((APP, &all)), endpoint, NOW).is_ok());
        assert!(decide_public(&caller, Some((APP, &Standing::Owner)), endpoint, NOW).is_ok());
        let cause = Cause::MissingScopes { missing, by_grant: missing };
        assert_eq!(
            decide_public(&caller, Some((APP, &none)), endpoint, NOW),
            Err(Refusal { endpoint, cause })
        );
        for bound in [None, Some((APP, &Standing::Stranger))] {
            let refusal = decide_public(&caller, bound, endpoint, NOW).unwrap_err();
            assert_eq!(refusal.cause, Cause::NotFound);
        }
    }
}
