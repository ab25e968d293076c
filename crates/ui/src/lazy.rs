//! The pages whose code the browser fetches when it first needs one of them.
//!
//! The bundle is split: what everybody needs arrives with the first page, and the rest in chunks, each with the pages
//! that are used together. A page names its chunk in a `<meta>`, so that the browser has the chunk before it takes the
//! page over; from then on the router fetches chunks while the page before is still shown. Elsewhere than in the
//! browser's bundle, nothing is split and nothing is waited for.

use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_meta::{Meta, Title};
use leptos_router::{ChooseView, hooks::use_location};

use crate::{
    components::auth_layout::AuthLayout,
    pages::{
        account::Account,
        account_second_factor::SecondFactor,
        app_api::Api,
        app_settings::Settings,
        audit::{AppAudit, OwnAudit},
        collaborators::Collaborators,
        collaborators_add::AddCollaborators,
        collaborators_edit::EditCollaborator,
        collaborators_remove::RemoveCollaborator,
        concepts::Concepts,
        input::OneInput,
        inputs::Inputs,
        key::OneKey,
        key_new::NewKey,
        keys::AllKeys,
        sign_in_connect::ConnectAccount,
        sign_in_stopped::SignInStopped,
        sign_up_token::FirstAccount,
    },
};

/// The name of the `<meta>` that says which chunk a page needs.
const META: &str = "atelier-chunk";

/// A page in a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LazyPage {
    /// What is labelled.
    Data(DataPage),
    /// Who may do what.
    Sharing(SharingPage),
    /// Accounts, settings and what happened.
    Settings(SettingsPage),
}

/// The pages of what is labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DataPage {
    Inputs,
    OneInput,
    Concepts,
}

/// The pages of who may do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SharingPage {
    Collaborators,
    Add,
    Edit,
    Remove,
    NewKey,
    OneKey,
}

/// The pages of accounts, settings and what happened; of accounts also those that people see seldom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingsPage {
    Account,
    SecondFactor,
    Keys,
    App,
    Api,
    AppAudit,
    OwnAudit,
    FirstAccount,
    ConnectAccount,
    SignInStopped,
}

impl LazyPage {
    const fn chunk(self) -> Chunk {
        match self {
            Self::Data(_) => Chunk::Data,
            Self::Sharing(_) => Chunk::Sharing,
            Self::Settings(_) => Chunk::Settings,
        }
    }

    /// The page, once its code is there.
    #[cfg(feature = "hydrate")]
    async fn view(self) -> Result<AnyView, SplitLoaderError> {
        match self {
            Self::Data(page) => split::data(page).await,
            Self::Sharing(page) => split::sharing(page).await,
            Self::Settings(page) => split::settings(page).await,
        }
    }

    /// The page: its code is always there.
    #[cfg(not(feature = "hydrate"))]
    async fn view(self) -> Result<AnyView, SplitLoaderError> {
        Ok(match self {
            Self::Data(page) => data(page),
            Self::Sharing(page) => sharing(page),
            Self::Settings(page) => settings(page),
        })
    }
}

impl ChooseView for LazyPage {
    async fn choose(self) -> AnyView {
        #[cfg(feature = "ssr")]
        preload_by_browser(self.chunk());
        let Ok(view) = self.view().await else { return view! { <NotFetched /> }.into_any() };
        view! {
            <Meta name=META content=self.chunk().name() />
            {view}
        }
        .into_any()
    }

    async fn preload(&self) {
        // That it did not arrive is told where the page would be shown, after one more try.
        #[cfg(feature = "hydrate")]
        self.chunk().fetch().await;
    }
}

/// A part of the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chunk {
    Data,
    Sharing,
    Settings,
}

impl Chunk {
    #[cfg(feature = "hydrate")]
    const ALL: [Self; 3] = [Self::Data, Self::Sharing, Self::Settings];

    /// As the splitting of the bundle names it.
    const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Sharing => "sharing",
            Self::Settings => "settings",
        }
    }

    /// Fetches the code, unless it is there; answers whether it is.
    #[cfg(feature = "hydrate")]
    async fn fetch(self) -> bool {
        let fetched = match self {
            Self::Data => split::fetch_data().await,
            Self::Sharing => split::fetch_sharing().await,
            Self::Settings => split::fetch_settings().await,
        };
        fetched.is_ok()
    }
}

/// Fetches the chunk of the page that the server rendered, so that it can be taken over at once; answers whether all the
/// code that the page needs is there.
#[cfg(feature = "hydrate")]
pub async fn fetch_chunk_of_page() -> bool {
    let selector = format!("meta[name={META}]");
    let name =
        document().query_selector(&selector).ok().flatten().and_then(|meta| meta.get_attribute("content"));
    match Chunk::ALL.into_iter().find(|chunk| name.as_deref() == Some(chunk.name())) {
        Some(chunk) => chunk.fetch().await,
        None => true,
    }
}

/// Has the browser fetch a chunk beside what every page needs, rather than after it.
#[cfg(feature = "ssr")]
fn preload_by_browser(chunk: Chunk) {
    use http::{HeaderValue, header::LINK};

    let (Some(assets), Some(response)) =
        (use_context::<crate::AssetPaths>(), use_context::<leptos_axum::ResponseOptions>())
    else {
        return;
    };
    for module in assets.chunks.get(chunk.name()).into_iter().flatten() {
        let link = HeaderValue::from_str(&format!("<{module}>; rel=preload; as=fetch; crossorigin"));
        if let Ok(link) = link {
            response.append_header(LINK, link);
        }
    }
}

/// What is shown where a page's code did not arrive. The way on is a link that the browser itself follows: the server's
/// page names the code that belongs to it.
#[component]
fn NotFetched() -> impl IntoView {
    const TITLE: &str = "This page did not arrive";
    let location = use_location();
    let here = move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() { path } else { format!("{path}?{search}") }
    };
    view! {
        <Title text=TITLE />
        <AuthLayout title=TITLE>
            <p>"The connection broke, or Atelier was updated meanwhile."</p>
            <p class="actions">
                <a class="button is-primary" href=here rel="external">"Open the page again"</a>
            </p>
        </AuthLayout>
    }
}

fn data(page: DataPage) -> AnyView {
    match page {
        DataPage::Inputs => view! { <Inputs /> }.into_any(),
        DataPage::OneInput => view! { <OneInput /> }.into_any(),
        DataPage::Concepts => view! { <Concepts /> }.into_any(),
    }
}

fn sharing(page: SharingPage) -> AnyView {
    match page {
        SharingPage::Collaborators => view! { <Collaborators /> }.into_any(),
        SharingPage::Add => view! { <AddCollaborators /> }.into_any(),
        SharingPage::Edit => view! { <EditCollaborator /> }.into_any(),
        SharingPage::Remove => view! { <RemoveCollaborator /> }.into_any(),
        SharingPage::NewKey => view! { <NewKey /> }.into_any(),
        SharingPage::OneKey => view! { <OneKey /> }.into_any(),
    }
}

fn settings(page: SettingsPage) -> AnyView {
    match page {
        SettingsPage::Account => view! { <Account /> }.into_any(),
        SettingsPage::SecondFactor => view! { <SecondFactor /> }.into_any(),
        SettingsPage::Keys => view! { <AllKeys /> }.into_any(),
        SettingsPage::App => view! { <Settings /> }.into_any(),
        SettingsPage::Api => view! { <Api /> }.into_any(),
        SettingsPage::AppAudit => view! { <AppAudit /> }.into_any(),
        SettingsPage::OwnAudit => view! { <OwnAudit /> }.into_any(),
        SettingsPage::FirstAccount => view! { <FirstAccount /> }.into_any(),
        SettingsPage::ConnectAccount => view! { <ConnectAccount /> }.into_any(),
        SettingsPage::SignInStopped => view! { <SignInStopped /> }.into_any(),
    }
}

/// The points at which the bundle is split: `cargo xtask bundle` finds them by what the macro makes of them.
#[cfg(feature = "hydrate")]
mod split {
    use leptos::{prelude::AnyView, wasm_split::wasm_split};

    use super::{DataPage, SettingsPage, SharingPage, SplitLoaderError};

    #[wasm_split(data, wasm_split_path = ::leptos::wasm_split, preload(fetch_data), fallible)]
    pub(super) fn data(page: DataPage) -> Result<AnyView, SplitLoaderError> {
        Ok(super::data(page))
    }

    #[wasm_split(sharing, wasm_split_path = ::leptos::wasm_split, preload(fetch_sharing), fallible)]
    pub(super) fn sharing(page: SharingPage) -> Result<AnyView, SplitLoaderError> {
        Ok(super::sharing(page))
    }

    #[wasm_split(settings, wasm_split_path = ::leptos::wasm_split, preload(fetch_settings), fallible)]
    pub(super) fn settings(page: SettingsPage) -> Result<AnyView, SplitLoaderError> {
        Ok(super::settings(page))
    }
}
