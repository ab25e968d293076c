//! The link of an invitation.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::identity::Person;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::server;

/// What an invitation is to, and who looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The address that was invited.
    pub email: String,
    /// What the app is called.
    pub app_name: String,
    /// Who is signed in, if anybody is.
    pub person: Option<Person>,
}

/// What the invitation with this token is to.
///
/// # Errors
/// [`UiError::NotFound`] if it was used, taken back, or has expired.
#[server(name = GetInvitation, prefix = "/api", endpoint = "invitations/get")]
pub async fn get_invitation(token: String) -> Result<Invitation, UiError> {
    let (service, who) = (server::service(), server::who());
    let invited = service.peek_invitation(&token).await?;
    let me = service.whoami(&who).await?;
    Ok(Invitation {
        email: invited.address,
        app_name: invited.app_name,
        person: me.map(|me| Person { slug: me.slug, name: me.name }),
    })
}

/// Takes an invitation up, and leads into the app.
///
/// # Errors
/// [`UiError::Invalid`] if the invited address is not one that the person has verified.
#[server(name = AcceptInvitation, prefix = "/api", endpoint = "invitations/accept")]
pub async fn accept_invitation(token: String) -> Result<(), UiError> {
    let app = server::service().accept_invitation(&server::who(), &token).await?;
    leptos_axum::redirect(&format!("/{}/{}", app.owner_slug, app.slug));
    Ok(())
}
