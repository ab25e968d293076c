//! The ways to providers by which people sign in.

use leptos::prelude::*;
use leptos_router::location::Url;

use crate::api::identity::Provider;

/// For what somebody goes to a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To sign in.
    SignIn,
    /// To connect who they are there to their account.
    Connect,
    /// To show again who they are.
    Prove,
}

impl Wish {
    const fn words(self) -> &'static str {
        match self {
            Self::SignIn => "Continue with",
            Self::Connect => "Connect",
            Self::Prove => "Sign in again with",
        }
    }

    /// What the way's address says of it.
    const fn parameter(self) -> &'static str {
        match self {
            Self::SignIn => "",
            Self::Connect => "&for=connect",
            Self::Prove => "&for=proof",
        }
    }
}

/// A link for each provider. The browser itself follows it, since it leads away from this site; a form could not, for
/// our policy keeps what is sent by forms here.
#[component]
pub fn ProviderLinks(
    /// To which ones.
    providers: Vec<Provider>,
    /// For what.
    wish: Wish,
    /// To which page of this site people are led afterwards.
    #[prop(into)]
    next: String,
) -> impl IntoView {
    let links = providers.into_iter().map(|Provider { id, name }| {
        let next = Url::escape(&next);
        let href = format!("/sign-in/with/{id}?next={next}{}", wish.parameter());
        view! {
            <li>
                <a class="button" href=href rel="external">{format!("{} {name}", wish.words())}</a>
            </li>
        }
    });
    view! { <ul class="provider-links">{links.collect_view()}</ul> }
}
