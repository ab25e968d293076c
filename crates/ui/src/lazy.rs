//! The pages, and whose code the browser fetches when it first needs one of them.
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
        alike::AlikeInputs,
        app::Overview,
        app_api::Api,
        app_settings::Settings,
        apps::Apps,
        apps_new::NewApp,
        audit::{AppAudit, OwnAudit},
        collaborations::Collaborations,
        collaborators::Collaborators,
        collaborators_add::AddCollaborators,
        collaborators_dialogs::over_the_list,
        collaborators_edit::EditCollaborator,
        collaborators_layers::Dialogs,
        collaborators_remove::RemoveCollaborator,
        collector::OneCollector,
        collectors::Collectors,
        concept::OneConcept,
        concepts::Concepts,
        dataset::OneDataset,
        datasets::Datasets,
        duplicates::Duplicates,
        input::OneInput,
        input_history::HistoryOfInput,
        inputs::Inputs,
        invitation_token::FollowInvitation,
        key::OneKey,
        key_new::NewKey,
        keys::AllKeys,
        landing::Landing,
        leaked::ReportLeaked,
        model::OneModel,
        model_new::NewModel,
        model_upload::UploadModel,
        model_version::VersionOfModel,
        models::Models,
        reset::AskReset,
        reset_token::ChoosePassword,
        sign_in::SignIn,
        sign_in_connect::ConnectAccount,
        sign_in_second_factor::CompleteSignIn,
        sign_in_stopped::SignInStopped,
        sign_up::SignUp,
        sign_up_token::FirstAccount,
        task::OneTask,
        task_new::NewTask,
        task_progress::{ProgressOfApp, ProgressOfTask},
        task_work::{LabelInTask, ReviewInTask},
        tasks::Tasks,
        verify_token::VerifyAddress,
        vocab::OneVocab,
        vocabs::Vocabs,
        workflow::OneWorkflow,
        workflow_edit::{EditWorkflow, NewWorkflow},
        workflows::Workflows,
    },
};

/// The name of the `<meta>` that says which chunk a page needs.
const META: &str = "atelier-chunk";

/// A page. All routes show one of these: the router would be compiled anew for each other type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// What one sees before one is somebody.
    First(FirstPage),
    /// One's apps.
    Home(HomePage),
    /// What is labelled.
    Data(DataPage),
    /// What predicts.
    Learning(LearningPage),
    /// Who may do what: the list, which is there before the forms that change it.
    People,
    /// The forms that change who may do what.
    Sharing(SharingPage),
    /// Accounts, settings and what happened.
    Settings(SettingsPage),
}

/// The pages of whoever is not signed in yet. They are in no chunk: what everybody needs brings them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FirstPage {
    Landing,
    SignIn,
    CompleteSignIn,
    SignUp,
    AskReset,
    ChoosePassword,
    VerifyAddress,
    FollowInvitation,
    ReportLeaked,
}

/// The pages of apps as such: one's own, those that others share, and the front page of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HomePage {
    Apps,
    NewApp,
    Collaborations,
    Overview,
}

/// The pages of what is labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DataPage {
    Inputs,
    OneInput,
    HistoryOfInput,
    AlikeInputs,
    Duplicates,
    Concepts,
    OneConcept,
    Vocabs,
    OneVocab,
    Datasets,
    OneDataset,
    Tasks,
    NewTask,
    OneTask,
    ProgressOfTask,
    ProgressOfApp,
    LabelInTask,
    ReviewInTask,
    Collectors,
    OneCollector,
}

/// The pages of what predicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LearningPage {
    Models,
    NewModel,
    OneModel,
    Workflows,
    NewWorkflow,
    OneWorkflow,
    EditWorkflow,
    VersionOfModel,
    UploadModel,
}

/// The forms that change who may do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SharingPage {
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

impl Page {
    /// The chunk that it is in, if it is in one.
    const fn chunk(self) -> Option<Chunk> {
        match self {
            Self::First(_) => None,
            Self::Home(_) => Some(Chunk::Home),
            Self::Data(_) => Some(Chunk::Data),
            Self::Learning(_) => Some(Chunk::Learning),
            Self::People => Some(Chunk::People),
            Self::Sharing(_) => Some(Chunk::Sharing),
            Self::Settings(_) => Some(Chunk::Settings),
        }
    }

    /// The page, once its code is there.
    #[cfg(feature = "hydrate")]
    async fn view(self) -> Result<AnyView, SplitLoaderError> {
        match self {
            Self::First(page) => Ok(first(page)),
            Self::Home(page) => split::home(page).await,
            Self::Data(page) => split::data(page).await,
            Self::Learning(page) => split::learning(page).await,
            Self::People => split::people().await,
            Self::Sharing(page) => split::sharing(page).await,
            Self::Settings(page) => split::settings(page).await,
        }
    }

    /// The page: its code is always there.
    #[cfg(not(feature = "hydrate"))]
    async fn view(self) -> Result<AnyView, SplitLoaderError> {
        Ok(match self {
            Self::First(page) => first(page),
            Self::Home(page) => home(page),
            Self::Data(page) => data(page),
            Self::Learning(page) => learning(page),
            Self::People => people(),
            Self::Sharing(page) => sharing(page),
            Self::Settings(page) => settings(page),
        })
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        #[cfg(feature = "ssr")]
        if let Some(chunk) = self.chunk() {
            preload_by_browser(chunk);
        }
        let Ok(view) = self.view().await else { return view! { <NotFetched /> }.into_any() };
        let chunk = self.chunk().map(|chunk| view! { <Meta name=META content=chunk.name() /> });
        view! { {chunk} {view} }.into_any()
    }

    async fn preload(&self) {
        // That it did not arrive is told where the page would be shown, after one more try.
        #[cfg(feature = "hydrate")]
        if let Some(chunk) = self.chunk() {
            chunk.fetch().await;
        }
    }
}

/// A part of the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chunk {
    Home,
    Data,
    Learning,
    People,
    Sharing,
    Settings,
}

impl Chunk {
    #[cfg(feature = "hydrate")]
    const ALL: [Self; 6] =
        [Self::Home, Self::Data, Self::Learning, Self::People, Self::Sharing, Self::Settings];

    /// As the splitting of the bundle names it.
    const fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Data => "data",
            Self::Learning => "learning",
            Self::People => "people",
            Self::Sharing => "sharing",
            Self::Settings => "settings",
        }
    }

    /// Fetches the code, unless it is there; answers whether it is.
    #[cfg(feature = "hydrate")]
    async fn fetch(self) -> bool {
        let fetched = match self {
            Self::Home => split::fetch_home().await,
            Self::Data => split::fetch_data().await,
            Self::Learning => split::fetch_learning().await,
            Self::People => split::fetch_people().await,
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

/// What makes the dialogs over the list of collaborators, once its code is there: it comes with the pages that hold the
/// same.
#[cfg(feature = "hydrate")]
pub(crate) async fn fetch_dialogs() -> Result<Dialogs, SplitLoaderError> {
    split::dialogs().await
}

/// What makes the dialogs over the list of collaborators: its code is always there.
#[cfg(not(feature = "hydrate"))]
pub(crate) async fn fetch_dialogs() -> Result<Dialogs, SplitLoaderError> {
    Ok(over_the_list)
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

fn first(page: FirstPage) -> AnyView {
    match page {
        FirstPage::Landing => view! { <Landing /> }.into_any(),
        FirstPage::SignIn => view! { <SignIn /> }.into_any(),
        FirstPage::CompleteSignIn => view! { <CompleteSignIn /> }.into_any(),
        FirstPage::SignUp => view! { <SignUp /> }.into_any(),
        FirstPage::AskReset => view! { <AskReset /> }.into_any(),
        FirstPage::ChoosePassword => view! { <ChoosePassword /> }.into_any(),
        FirstPage::VerifyAddress => view! { <VerifyAddress /> }.into_any(),
        FirstPage::FollowInvitation => view! { <FollowInvitation /> }.into_any(),
        FirstPage::ReportLeaked => view! { <ReportLeaked /> }.into_any(),
    }
}

fn home(page: HomePage) -> AnyView {
    match page {
        HomePage::Apps => view! { <Apps /> }.into_any(),
        HomePage::NewApp => view! { <NewApp /> }.into_any(),
        HomePage::Collaborations => view! { <Collaborations /> }.into_any(),
        HomePage::Overview => view! { <Overview /> }.into_any(),
    }
}

fn data(page: DataPage) -> AnyView {
    match page {
        DataPage::Inputs => view! { <Inputs /> }.into_any(),
        DataPage::OneInput => view! { <OneInput /> }.into_any(),
        DataPage::HistoryOfInput => view! { <HistoryOfInput /> }.into_any(),
        DataPage::AlikeInputs => view! { <AlikeInputs /> }.into_any(),
        DataPage::Duplicates => view! { <Duplicates /> }.into_any(),
        DataPage::Concepts => view! { <Concepts /> }.into_any(),
        DataPage::OneConcept => view! { <OneConcept /> }.into_any(),
        DataPage::Vocabs => view! { <Vocabs /> }.into_any(),
        DataPage::OneVocab => view! { <OneVocab /> }.into_any(),
        DataPage::Datasets => view! { <Datasets /> }.into_any(),
        DataPage::OneDataset => view! { <OneDataset /> }.into_any(),
        DataPage::Tasks => view! { <Tasks /> }.into_any(),
        DataPage::NewTask => view! { <NewTask /> }.into_any(),
        DataPage::OneTask => view! { <OneTask /> }.into_any(),
        DataPage::ProgressOfTask => view! { <ProgressOfTask /> }.into_any(),
        DataPage::ProgressOfApp => view! { <ProgressOfApp /> }.into_any(),
        DataPage::LabelInTask => view! { <LabelInTask /> }.into_any(),
        DataPage::ReviewInTask => view! { <ReviewInTask /> }.into_any(),
        DataPage::Collectors => view! { <Collectors /> }.into_any(),
        DataPage::OneCollector => view! { <OneCollector /> }.into_any(),
    }
}

fn learning(page: LearningPage) -> AnyView {
    match page {
        LearningPage::Models => view! { <Models /> }.into_any(),
        LearningPage::NewModel => view! { <NewModel /> }.into_any(),
        LearningPage::OneModel => view! { <OneModel /> }.into_any(),
        LearningPage::Workflows => view! { <Workflows /> }.into_any(),
        LearningPage::NewWorkflow => view! { <NewWorkflow /> }.into_any(),
        LearningPage::OneWorkflow => view! { <OneWorkflow /> }.into_any(),
        LearningPage::EditWorkflow => view! { <EditWorkflow /> }.into_any(),
        LearningPage::VersionOfModel => view! { <VersionOfModel /> }.into_any(),
        LearningPage::UploadModel => view! { <UploadModel /> }.into_any(),
    }
}

fn people() -> AnyView {
    view! { <Collaborators /> }.into_any()
}

fn sharing(page: SharingPage) -> AnyView {
    match page {
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

    use super::{DataPage, Dialogs, HomePage, LearningPage, SettingsPage, SharingPage, SplitLoaderError};

    #[wasm_split(home, wasm_split_path = ::leptos::wasm_split, preload(fetch_home), fallible)]
    pub(super) fn home(page: HomePage) -> Result<AnyView, SplitLoaderError> {
        Ok(super::home(page))
    }

    #[wasm_split(data, wasm_split_path = ::leptos::wasm_split, preload(fetch_data), fallible)]
    pub(super) fn data(page: DataPage) -> Result<AnyView, SplitLoaderError> {
        Ok(super::data(page))
    }

    #[wasm_split(learning, wasm_split_path = ::leptos::wasm_split, preload(fetch_learning), fallible)]
    pub(super) fn learning(page: LearningPage) -> Result<AnyView, SplitLoaderError> {
        Ok(super::learning(page))
    }

    #[wasm_split(people, wasm_split_path = ::leptos::wasm_split, preload(fetch_people), fallible)]
    pub(super) fn people() -> Result<AnyView, SplitLoaderError> {
        Ok(super::people())
    }

    #[wasm_split(sharing, wasm_split_path = ::leptos::wasm_split, fallible)]
    pub(super) fn dialogs() -> Result<Dialogs, SplitLoaderError> {
        Ok(super::over_the_list)
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
