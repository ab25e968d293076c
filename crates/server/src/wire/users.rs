//! People: on the wire, everyone sees only themselves.

use atelier_contract::proto::{EmailAddress, GetUserRequest, SingleUserResponse, User, UserDetail};
use atelier_contract::{Call, Failure};
use atelier_service::Service;

use super::{failure, own_account, timestamp, who};

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetUserRequest,
) -> Result<SingleUserResponse, Failure> {
    let who = who(&call)?;
    own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
    let (user, addresses) = service.get_user(&who).await.map_err(failure)?;
    let email_addresses = addresses.into_iter().map(|row| EmailAddress {
        email: row.address,
        primary: row.is_primary,
        verified: row.verified_at.is_some(),
    });
    let detail = UserDetail {
        primary_email: user.email.unwrap_or_default(),
        email_addresses: email_addresses.collect(),
        ..UserDetail::default()
    };
    let user = User {
        created_at: Some(timestamp(user.created_at)),
        user_detail: Some(detail),
        ..named(user.slug, user.name)
    };
    Ok(SingleUserResponse { user: Some(user), ..SingleUserResponse::default() })
}

/// Somebody of whom no more is told than how they are called. Names have no parts here, so all of it comes first.
pub(super) fn named(slug: String, name: String) -> User {
    User { id: slug, first_name: name, ..User::default() }
}
