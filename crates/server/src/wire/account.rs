//! REST beside the RPCs: signing in and up, and what tools ask before and after that.

use atelier_contract::proto::UserAppIdSet;
use atelier_contract::{Call, Failure, StatusCode};
use atelier_service::identity::SignUp;
use atelier_service::{Error, Service};
use serde::{Deserialize, Serialize};

use super::{failure, origin, own_account, who};

#[derive(Deserialize)]
pub(super) struct SignInQuestion {
    email: String,
    password: String,
}

#[derive(Serialize)]
pub(super) struct SignInAnswer {
    session_token: String,
    v2_user_id: String,
}

/// Begins a session, whose token counts wherever the wire asks for a session.
pub(super) async fn sign_in(
    service: Service,
    call: Call,
    question: SignInQuestion,
) -> Result<SignInAnswer, Failure> {
    let admission = service.sign_in(&question.email, &question.password, &origin(&call)).await;
    let admission = admission.map_err(|error| match error {
        Error::Unauthenticated(why) => Failure::new(StatusCode::ConnCredentialsInvalid).details(why),
        other => failure(other),
    })?;
    // Told only now that the password was right: before, it would tell of accounts.
    let signed_in = admission.signed_in().ok_or_else(|| {
        Failure::new(StatusCode::ConnCredentialsInvalid).details(
            "this account has a second factor: sign in with a browser, and give programs a token instead",
        )
    })?;
    Ok(SignInAnswer { session_token: signed_in.secret, v2_user_id: signed_in.slug })
}

#[derive(Deserialize)]
pub(super) struct LeakedKey {
    secret: String,
}

/// Ends the key whose secret somebody has found, whoever they are. Whether there was one is not told.
pub(super) async fn report_leaked(service: Service, call: Call, found: LeakedKey) -> Result<(), Failure> {
    service.report_leaked(&origin(&call), &found.secret).await.map_err(failure)
}

#[derive(Deserialize)]
pub(super) struct SignUpQuestion {
    email: String,
    password: String,
    /// The wire has names in two parts.
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    /// The name in addresses; without one, it is made from the e-mail address.
    #[serde(default)]
    user_id: String,
}

#[derive(Serialize)]
pub(super) struct SignUpAnswer {
    /// Where mail was sent: the same whether or not the address had an account before.
    email: String,
}

/// Makes an account whose address is still to be proved.
pub(super) async fn sign_up(
    service: Service,
    call: Call,
    question: SignUpQuestion,
) -> Result<SignUpAnswer, Failure> {
    let name = format!("{} {}", question.first_name.trim(), question.last_name.trim());
    let input = SignUp {
        email: question.email,
        name: name.trim().to_owned(),
        slug: question.user_id,
        password: question.password,
    };
    let signed_up = service.sign_up(&origin(&call), &input).await.map_err(failure)?;
    Ok(SignUpAnswer { email: signed_up.email })
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Serialize)]
pub(super) struct AuthMethods {
    methods: [&'static str; 1],
}

/// By what people sign in. Clients ask this, too, to find out whether a server is there.
pub(super) async fn list_methods(_: Service, _: Call, _: Nothing) -> Result<AuthMethods, Failure> {
    Ok(AuthMethods { methods: ["password"] })
}

#[derive(Deserialize)]
pub(super) struct OrganizationsQuestion {
    user_id: String,
}

#[derive(Serialize)]
pub(super) struct Organizations {
    organizations: [(); 0],
}

/// The caller's organizations: none, because apps are shared with people here.
pub(super) async fn list_organizations(
    service: Service,
    call: Call,
    question: OrganizationsQuestion,
) -> Result<Organizations, Failure> {
    let who = who(&call)?;
    let set = UserAppIdSet { user_id: question.user_id, ..UserAppIdSet::default() };
    own_account(&service, &who, &call, Some(&set)).await?;
    Ok(Organizations { organizations: [] })
}
