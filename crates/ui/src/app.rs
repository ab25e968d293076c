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
    lazy::{DataPage, FirstPage, HomePage, LearningPage, Page, SettingsPage, SharingPage},
    pages::{inputs_scrolled::provide_scrolled_lists, not_found::NotFound},
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
    provide_scrolled_lists();
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
                <Route path=StaticSegment("") view=Page::First(FirstPage::Landing) ssr=SsrMode::Async />
                <Route path=StaticSegment("sign-in") view=Page::First(FirstPage::SignIn) ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("sign-in"), StaticSegment("connect"))
                    view=Page::Settings(SettingsPage::ConnectAccount)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("sign-in"), StaticSegment("stopped"))
                    view=Page::Settings(SettingsPage::SignInStopped)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("sign-in"), StaticSegment("second-factor"))
                    view=Page::First(FirstPage::CompleteSignIn)
                    ssr=SsrMode::Async
                />
                <Route path=StaticSegment("sign-up") view=Page::First(FirstPage::SignUp) ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("sign-up"), ParamSegment("token"))
                    view=Page::Settings(SettingsPage::FirstAccount)
                    ssr=SsrMode::Async
                />
                <Route path=StaticSegment("reset") view=Page::First(FirstPage::AskReset) ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("reset"), ParamSegment("token"))
                    view=Page::First(FirstPage::ChoosePassword)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("verify"), ParamSegment("token"))
                    view=Page::First(FirstPage::VerifyAddress)
                    ssr=SsrMode::Async
                />
                <Route path=StaticSegment("leaked") view=Page::First(FirstPage::ReportLeaked) ssr=SsrMode::Async />
                <Route path=StaticSegment("apps") view=Page::Home(HomePage::Apps) ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("apps"), StaticSegment("new"))
                    view=Page::Home(HomePage::NewApp)
                    ssr=SsrMode::Async
                />
                <Route
                    path=StaticSegment("collaborations")
                    view=Page::Home(HomePage::Collaborations)
                    ssr=SsrMode::Async
                />
                <Route path=StaticSegment("account") view=Page::Settings(SettingsPage::Account) ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("account"), StaticSegment("second-factor"))
                    view=Page::Settings(SettingsPage::SecondFactor)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("account"), StaticSegment("keys"))
                    view=Page::Settings(SettingsPage::Keys)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("account"), StaticSegment("audit"))
                    view=Page::Settings(SettingsPage::OwnAudit)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("account"), StaticSegment("keys"), StaticSegment("new"))
                    view=Page::Sharing(SharingPage::NewKey)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("account"), StaticSegment("keys"), ParamSegment("key"))
                    view=Page::Sharing(SharingPage::OneKey)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(StaticSegment("invitation"), ParamSegment("token"))
                    view=Page::First(FirstPage::FollowInvitation)
                    ssr=SsrMode::Async
                />
                // Last, because the first that fits wins: everything above is more definite than any two words.
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"))
                    view=Page::Home(HomePage::Overview)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("inputs"))
                    view=Page::Data(DataPage::Inputs)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("inputs"), ParamSegment("input"))
                    view=Page::Data(DataPage::OneInput)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("inputs"), ParamSegment("input"), StaticSegment("history"))
                    view=Page::Data(DataPage::HistoryOfInput)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("alike"))
                    view=Page::Data(DataPage::AlikeInputs)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("duplicates"))
                    view=Page::Data(DataPage::Duplicates)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("concepts"))
                    view=Page::Data(DataPage::Concepts)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("concepts"), ParamSegment("concept"))
                    view=Page::Data(DataPage::OneConcept)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("vocabs"))
                    view=Page::Data(DataPage::Vocabs)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("vocabs"), ParamSegment("vocab"))
                    view=Page::Data(DataPage::OneVocab)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("datasets"))
                    view=Page::Data(DataPage::Datasets)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("datasets"), ParamSegment("dataset"))
                    view=Page::Data(DataPage::OneDataset)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("tasks"))
                    view=Page::Data(DataPage::Tasks)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("tasks"), StaticSegment("new"))
                    view=Page::Data(DataPage::NewTask)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("tasks"), ParamSegment("task"))
                    view=Page::Data(DataPage::OneTask)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("tasks"), ParamSegment("task"), StaticSegment("progress"))
                    view=Page::Data(DataPage::ProgressOfTask)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("progress"))
                    view=Page::Data(DataPage::ProgressOfApp)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("tasks"), ParamSegment("task"), StaticSegment("label"))
                    view=Page::Data(DataPage::LabelInTask)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("tasks"), ParamSegment("task"), StaticSegment("review"))
                    view=Page::Data(DataPage::ReviewInTask)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("collectors"))
                    view=Page::Data(DataPage::Collectors)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("collectors"), ParamSegment("collector"))
                    view=Page::Data(DataPage::OneCollector)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("models"))
                    view=Page::Learning(LearningPage::Models)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("models"), StaticSegment("new"))
                    view=Page::Learning(LearningPage::NewModel)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("models"), ParamSegment("model"), StaticSegment("upload"))
                    view=Page::Learning(LearningPage::UploadModel)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("models"), ParamSegment("model"), StaticSegment("versions"), ParamSegment("version"))
                    view=Page::Learning(LearningPage::VersionOfModel)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("models"), ParamSegment("model"))
                    view=Page::Learning(LearningPage::OneModel)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("workflows"))
                    view=Page::Learning(LearningPage::Workflows)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("new-workflow"))
                    view=Page::Learning(LearningPage::NewWorkflow)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("workflows"), ParamSegment("workflow"))
                    view=Page::Learning(LearningPage::OneWorkflow)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(
                        ParamSegment("owner"),
                        ParamSegment("app"),
                        StaticSegment("workflows"),
                        ParamSegment("workflow"),
                        StaticSegment("edit"),
                    )
                    view=Page::Learning(LearningPage::EditWorkflow)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"))
                    view=Page::Settings(SettingsPage::App)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("audit"))
                    view=Page::Settings(SettingsPage::AppAudit)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("api"))
                    view=Page::Settings(SettingsPage::Api)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("collaborators"))
                    view=Page::People
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("collaborators"), StaticSegment("add"))
                    view=Page::Sharing(SharingPage::Add)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("collaborators"), ParamSegment("grant"))
                    view=Page::Sharing(SharingPage::Edit)
                    ssr=SsrMode::Async
                />
                <Route
                    path=(ParamSegment("owner"), ParamSegment("app"), StaticSegment("settings"), StaticSegment("collaborators"), ParamSegment("grant"), StaticSegment("remove"))
                    view=Page::Sharing(SharingPage::Remove)
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
