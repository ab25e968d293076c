//! People: signing up and in, their addresses, passwords and sessions.

mod addresses;
mod admit;
mod complete_sign_in;
mod first_account;
mod mail;
mod one_time;
mod passkeys;
mod password;
mod profile;
mod providers;
mod reset_factors;
mod second_factor;
mod session;
mod sessions;
mod sign_in;
mod sign_out;
mod sign_up;
mod verify_address;
mod ways_in;

use atelier_domain::Rights;
use atelier_domain::id::{AppId, GrantId, KeyId, UserId};
use atelier_store::WriteTx;
use atelier_store::queries::keys;

/// An e-mail address that somebody claims.
pub use atelier_store::queries::users::AddressRow;

/// A browser session that has not been ended.
pub use atelier_store::queries::sessions::SessionRow;

/// A person's account.
pub use atelier_store::queries::users::UserRow;

pub use addresses::ADDRESSES;
pub use admit::{Admission, PENDING_SIGN_IN, PendingSignIn, SignedIn};
pub use complete_sign_in::{Completed, SecondProof};
pub use first_account::FIRST_LINK;
pub use one_time::RECOVERY_CODES;
pub use passkeys::{CHALLENGE, Challenge, MOST_PASSKEYS, PasskeyRow};
pub use password::RESET_LINK;
pub use profile::Account;
pub use providers::{
    Answer, Begun, Identity, InvalidProvider, ProviderName, ProviderSettings, Providers, Purpose, Returned,
    Stopped, VISIT, Waiting, WaitingFor,
};
pub use reset_factors::Reset;
pub use second_factor::{Offer, SecondFactor};
pub use session::Me;
pub use sessions::Sessions;
pub use sign_up::{NewAccount, SignUp, SignedUp};
pub use verify_address::{VERIFICATION_LINK, Verified};

pub(crate) use passkeys::Site;
pub(crate) use verify_address::stored_address;
pub(crate) use ways_in::WaysIn;

use crate::{Result, Service};

/// Makes the token that every collaborator has for an app by itself: it follows their grant, and has no secret until
/// they open it.
pub(crate) async fn insert_automatic_token(
    service: &Service,
    tx: &mut WriteTx,
    user: UserId,
    app: AppId,
    app_name: &str,
    grant: GrantId,
    rights: &Rights,
) -> Result<()> {
    let now = service.world.now();
    let description = format!("Automatic token for {app_name}");
    let key = keys::NewKey {
        id: KeyId::new(now, &service.world.salt()),
        secret: None,
        is_app_key: false,
        user,
        app: Some(app),
        grant: Some(grant),
        description: &description,
        rights: *rights,
    };
    Ok(keys::insert(tx, &key, now).await?)
}
