//! The root of every page: what all of them share, and which address shows which.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{Route, Router, Routes},
};

use crate::{
    components::{
        live::provide_live,
        shortcuts::{ShortcutsDialog, provide_shortcuts},
        time::provide_now,
        toast::{ToastRegion, provide_toasts},
        uploads::{UploadList, provide_uploads},
    },
    form::provide_submission,
    lazy::{DataPage, LazyPage, SettingsPage, SharingPage},
    pages::{
        app::Overview, apps::Apps, apps_new::NewApp, collaborations::Collaborations,
        invitation_token::FollowInvitation, landing::Landing, leaked::ReportLeaked, not_found::NotFound,
        reset::AskReset, reset_token::ChoosePassword, sign_in::SignIn, sign_in_second_factor::CompleteSignIn,
        sign_up::SignUp, verify_token::VerifyAddress,
    },
    raw_text::raw_text,
};

/// The whole application, for all three ways of rendering it.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // In this order on both sides: what the server hands over is numbered.
    provide_now();
    provide_submission();
    provide_toasts();
    provide_uploads();
    provide_live();
    provide_shortcuts();
    // Effects run only in the browser, after the page was taken over: what waits for that can see it.
    Effect::new(|| {
        if let Some(page) = document().document_element() {
            // The attribute's name is valid, which is all that could fail.
            let _ = page.set_attribute("data-hydrated", "");
        }
    });

    view! {
        <Title formatter=full_title />
        <Router>
            <Routes fallback=|| view! { <NotFound /> }.into_any()>
                <Route path=StaticSegment("") view=|| view! { <Landing /> }.into_any() ssr=SsrMode::Async />
                <Route path=StaticSegment("sign-in") view=|| view! { <SignIn /> }.into_any() ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("sign-in"), StaticSegment("connect"))
                    view=LazyPage::Settings(SettingsPage::ConnectAccount)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("sign-in"), StaticSegment("stopped"))
                    view=LazyPage::Settings(SettingsPage::SignInStopped)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("sign-in"), StaticSegment("second-factor"))
                    view=|| view! { <CompleteSignIn /> }.into_any()
                    ssr=SsrMode::Async
                />
                <Route path=StaticSegment("sign-up") view=|| view! { <SignUp /> }.into_any() ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("sign-up"), ParamSegment("token"))
                    view=LazyPage::Settings(SettingsPage::FirstAccount)
                    ssr=SsrMode::Async
                />
                <Route path=StaticSegment("reset") view=|| view! { <AskReset /> }.into_any() ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("reset"), ParamSegment("token"))
                    view=|| view! { <ChoosePassword /> }.into_any()
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("verify"), ParamSegment("token"))
                    view=|| view! { <VerifyAddress /> }.into_any()
                    ssr=SsrMode::Async
                />
                <Route path=StaticSegment("leaked") view=|| view! { <ReportLeaked /> }.into_any() ssr=SsrMode::Async />
                <Route path=StaticSegment("apps") view=|| view! { <Apps /> }.into_any() ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("apps"), StaticSegment("new"))
                    view=|| view! { <NewApp /> }.into_any()
                    ssr=SsrMode::Async
                />
                <Route
                    path=StaticSegment("collaborations")
                    view=|| view! { <Collaborations /> }.into_any()
                    ssr=SsrMode::Async
                />
                <Route path=StaticSegment("account") view=LazyPage::Settings(SettingsPage::Account) ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("account"), StaticSegment("second-factor"))
                    view=LazyPage::Settings(SettingsPage::SecondFactor)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("account"), StaticSegment("keys"))
                    view=LazyPage::Settings(SettingsPage::Keys)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("account"), StaticSegment("audit"))
                    view=LazyPage::Settings(SettingsPage::OwnAudit)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("account"), StaticSegment("keys"), StaticSegment("new"))
                    view=LazyPage::Sharing(SharingPage::NewKey)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("account"), StaticSegment("keys"), ParamSegment("key"))
                    view=LazyPage::Sharing(SharingPage::OneKey)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("invitation"), ParamSegment("token"))
                    view=|| view! { <FollowInvitation /> }.into_any()
                    ssr=SsrMode::Async
                />
                // Last, because the first that fits wins: everything above is more definite than any two words.
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"))
                    view=|| view! { <Overview /> }.into_any()
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("inputs"))
                    view=LazyPage::Data(DataPage::Inputs)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("inputs"), ParamSegment("input"))
                    view=LazyPage::Data(DataPage::OneInput)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("concepts"))
                    view=LazyPage::Data(DataPage::Concepts)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"))
                    view=LazyPage::Settings(SettingsPage::App)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("audit"))
                    view=LazyPage::Settings(SettingsPage::AppAudit)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("api"))
                    view=LazyPage::Settings(SettingsPage::Api)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("collaborators"))
                    view=LazyPage::Sharing(SharingPage::Collaborators)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("collaborators"), StaticSegment("add"))
                    view=LazyPage::Sharing(SharingPage::Add)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("collaborators"), ParamSegment("grant"))
                    view=LazyPage::Sharing(SharingPage::Edit)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("collaborators"), ParamSegment("grant"), StaticSegment("remove"))
                    view=LazyPage::Sharing(SharingPage::Remove)
                    ssr=SsrMode::Async
                />
            </Routes>
        </Router>
        <UploadList />
        <ToastRegion />
        <ShortcutsDialog />
    }
}

/// The page's own title first: it is what fits on a tab.
fn full_title(page: String) -> String {
    if page.is_empty() { "Atelier".to_owned() } else { raw_text(format!("{page} · Atelier")) }
}
