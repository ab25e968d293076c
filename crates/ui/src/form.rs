//! Forms that work with and without JavaScript. Every form of the interface follows this pattern.
//!
//! # The pattern
//!
//! A form belongs to one server function, takes its arguments as fields of the same names, and is written once:
//!
//! ```ignore
//! let form = Form::<SignIn>::new();
//! view! {
//!     <PostForm form>
//!         <ErrorSummary />
//!         <TextField name="email" label="E-mail" kind="email" autocomplete="username" />
//!         <TextField name="password" label="Password" kind="password" autocomplete="current-password" />
//!         <SubmitButton>"Sign in"</SubmitButton>
//!     </PostForm>
//! }
//! ```
//!
//! Fields and [`ErrorSummary`](crate::components::error_summary::ErrorSummary) find their form in the context: which
//! error belongs to them, and what was typed last time.
//!
//! **With JavaScript** the submission is caught and the server function called; its errors appear beside the fields,
//! whose contents are never touched. `leptos_axum::redirect` in the server function leads to the next page.
//!
//! **Without it** (or before the bundle has arrived) the browser posts to *the page's own address*. The server calls
//! the function named in the hidden field [`FORM_FIELD`] and then
//!
//! - redirects (303), if the function asked for it, or if it returned nothing: a reload never posts twice;
//! - else renders the page again at the same address, with the [`Submission`] in the context: the status is the
//!   error's, what was typed is in the fields, the errors are beside them, and a returned value (a key shown once) is
//!   in [`Form::value`].
//!
//! Nothing travels in the address: neither errors, as `ActionForm`'s `__err` does, nor anything typed. Passwords and
//! tokens are not handed back either, see [`is_secret`]. The page stays usable when the bundle arrives late, because
//! its address is the right one and the submission is handed over to the browser.

use std::marker::PhantomData;

use leptos::{
    context::Provider, ev, ev::SubmitEvent, prelude::*, server_fn::ServerFn, wasm_bindgen::JsCast as _,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    components::{loaded::Reload, password_again::PasswordAgain, toast::Toasts},
    error::UiError,
    passkeys::{self, Ceremony},
};

/// The hidden field that says which form of the page was posted: the server function's path and, if the page has
/// several forms of one kind, `#` and the form's key.
pub const FORM_FIELD: &str = "__form";

/// A form that was posted without JavaScript, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The value of [`FORM_FIELD`].
    pub form: String,
    /// What was typed, without secrets.
    pub typed: Vec<(String, String)>,
    /// What the server function returned, as JSON, or its error.
    pub outcome: Result<String, UiError>,
}

impl Submission {
    /// The path of the server function that a value of [`FORM_FIELD`] names.
    pub fn function(form: &str) -> &str {
        form.split_once('#').map_or(form, |(path, _)| path)
    }
}

/// The field in which a form carries the password again, where what it does asks for it and it was given too long ago.
/// The server takes it before it calls the form's function.
pub const PASSWORD_AGAIN_FIELD: &str = "password_again";

/// Whether what was typed into a field of this name must not be sent back.
///
/// ```
/// # use atelier_ui::form::is_secret;
/// assert!(is_secret("password") && is_secret("new_password") && is_secret("token"));
/// assert!(is_secret("password_again") && is_secret("recovery_code"));
/// assert!(!is_secret("email"));
/// ```
pub fn is_secret(name: &str) -> bool {
    name == PASSWORD_AGAIN_FIELD
        || ["password", "secret", "token", "code"].iter().any(|word| name.ends_with(word))
}

/// Hands the server's [`Submission`], if there was one, to every form of the page, in the browser too.
pub(crate) fn provide_submission() {
    let submission = SharedValue::new(use_context::<Submission>).into_inner();
    provide_context(LastSubmission(submission));
}

#[derive(Clone)]
struct LastSubmission(Option<Submission>);

/// How a form ended that the browser posted by itself and that belongs to no server function; none, if it was not posted.
pub(crate) fn posted(form: &str) -> Option<Result<String, UiError>> {
    let last = use_context::<LastSubmission>()?.0?;
    (last.form == form).then_some(last.outcome)
}

/// A form for the server function `S`, which only says where it is posted to and as what its answer reads back. All
/// else is the same code for every form: a copy of it for each would double the bundle.
pub struct Form<S> {
    posting: Posting,
    function: PhantomData<fn() -> S>,
}

impl<S> Clone for Form<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Form<S> {}

/// A form, whatever its server function.
#[derive(Clone, Copy)]
struct Posting {
    path: &'static str,
    name: StoredValue<String>,
    /// What the server function returned last, as JSON, or its error.
    outcome: RwSignal<Option<Result<String, UiError>>>,
    pending: RwSignal<bool>,
    /// Whether the router follows where the server function leads.
    follows: bool,
    /// Whether what was typed is done with once it was accepted, though the form stays.
    resets: bool,
    /// What the browser is asked by a passkey before.
    ceremony: Option<Ceremony>,
    parts: FormParts,
}

/// What the fields know of their form, whatever its server function.
#[derive(Clone, Copy)]
pub struct FormParts {
    id: StoredValue<String>,
    typed: StoredValue<Vec<(String, String)>>,
    outcome: RwSignal<Option<Result<String, UiError>>>,
    error: Signal<Option<UiError>>,
    pending: Signal<bool>,
}

impl FormParts {
    /// The form that the calling component stands in, if it stands in one.
    pub fn current() -> Option<Self> {
        use_context()
    }

    /// The id of a field's element, unique on the page.
    pub fn field_id(&self, name: &str) -> String {
        self.id.with_value(|id| format!("{id}-{name}"))
    }

    /// What was typed into a field before the page was rendered again.
    pub fn typed(&self, name: &str) -> Option<String> {
        self.typed
            .with_value(|typed| typed.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()))
    }

    /// Everything that was given under a name before the page was rendered again; nothing if it was not.
    pub fn all_typed(&self, name: &str) -> Option<Vec<String>> {
        self.typed.with_value(|typed| {
            let given = typed.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone());
            (!typed.is_empty()).then(|| given.collect())
        })
    }

    /// Why the last submission failed.
    pub fn error(&self) -> Signal<Option<UiError>> {
        self.error
    }

    /// The first thing to mend in a field.
    pub fn field_error(&self, name: &'static str) -> Signal<Option<String>> {
        let error = self.error;
        Signal::derive(move || error.with(|error| error.as_ref()?.about(name).next().map(str::to_owned)))
    }

    /// Is as if nothing had been submitted yet.
    pub(crate) fn forget(&self) {
        self.outcome.set(None);
    }

    /// Whether a submission is under way.
    pub fn pending(&self) -> Signal<bool> {
        self.pending
    }
}

impl Posting {
    fn new(path: &'static str, name: String) -> Self {
        let submission = use_context::<LastSubmission>()
            .and_then(|last| last.0)
            .filter(|submission| submission.form == name);
        let (typed, outcome) = match submission {
            Some(submission) => (submission.typed, Some(submission.outcome)),
            None => (Vec::new(), None),
        };
        let (outcome, pending) = (RwSignal::new(outcome), RwSignal::new(false));
        let error = Signal::derive(move || outcome.with(|outcome| outcome.as_ref()?.as_ref().err().cloned()));
        let parts = FormParts {
            id: StoredValue::new(element_id(&name)),
            typed: StoredValue::new(typed),
            outcome,
            error,
            pending: pending.into(),
        };
        Self {
            path,
            name: StoredValue::new(name),
            outcome,
            pending,
            follows: true,
            resets: false,
            ceremony: None,
            parts,
        }
    }

    /// Posts what is typed, with a passkey's answer if it needs one.
    async fn send(self, typed: &web_sys::FormData) -> Result<String, UiError> {
        if let Some(ceremony) = self.ceremony {
            passkeys::answer(ceremony, typed).await?;
        }
        post(self.path, typed, self.follows).await
    }

    /// Posts what is typed, and notes how it ends.
    fn submit(self, event: &SubmitEvent) {
        // A second press while the first is under way must not do it twice.
        if self.pending.get_untracked() {
            return;
        }
        let form =
            event.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let Ok(typed) = web_sys::FormData::new_with_form(&form) else { return };
        // Of several buttons, the one that was pressed says what is meant, as it does without JavaScript.
        let pressed = event.submitter().and_then(|one| one.dyn_into::<web_sys::HtmlButtonElement>().ok());
        if let Some(button) = pressed.filter(|button| !button.name().is_empty())
            && typed.append_with_str(&button.name(), &button.value()).is_err()
        {
            return;
        }
        self.pending.set(true);
        leptos::task::spawn_local(async move {
            let outcome = self.send(&typed).await;
            if self.resets && outcome.is_ok() {
                form.reset();
            }
            self.outcome.set(Some(outcome));
            self.pending.set(false);
        });
    }
}

/// Calls a server function with the fields of a form. Where it leads elsewhere, the router follows if `follows`.
#[cfg(any(feature = "hydrate", feature = "csr"))]
pub(crate) async fn post(path: &str, fields: &web_sys::FormData, follows: bool) -> Result<String, UiError> {
    use leptos::server_fn::redirect::{REDIRECT_HEADER, call_redirect_hook};

    let body =
        web_sys::UrlSearchParams::new_with_str_sequence_sequence(fields).map_err(|_| UiError::Unavailable)?;
    let (answer, text) = send(path, body).await?;
    if follows
        && answer.headers().get(REDIRECT_HEADER).is_some()
        && let Some(next) = answer.headers().get("location")
    {
        call_redirect_hook(&next);
    }
    Ok(text)
}

/// Posts what a form holds, files with it, to a page; answers what it says to scripts.
#[cfg(any(feature = "hydrate", feature = "csr"))]
pub(crate) async fn post_files(path: &str, fields: &web_sys::FormData) -> Result<String, UiError> {
    Ok(send(path, fields.clone()).await?.1)
}

/// Posts `body`; answers what was answered, and its text.
#[cfg(any(feature = "hydrate", feature = "csr"))]
async fn send(
    path: &str,
    body: impl Into<leptos::wasm_bindgen::JsValue>,
) -> Result<(gloo_net::http::Response, String), UiError> {
    let unreachable = |_| UiError::Unavailable;
    let request = gloo_net::http::Request::post(path).header("accept", "application/json");
    let answer = request.body(body).map_err(unreachable)?.send().await.map_err(unreachable)?;
    let text = answer.text().await.map_err(unreachable)?;
    if answer.ok() { Ok((answer, text)) } else { Err(UiError::de(text.into_bytes().into())) }
}

/// Only browsers submit.
#[cfg(not(any(feature = "hydrate", feature = "csr")))]
pub(crate) async fn post_files(_: &str, _: &web_sys::FormData) -> Result<String, UiError> {
    Err(UiError::Unavailable)
}

/// Only browsers submit.
#[cfg(not(any(feature = "hydrate", feature = "csr")))]
pub(crate) async fn post(_: &str, _: &web_sys::FormData, _: bool) -> Result<String, UiError> {
    Err(UiError::Unavailable)
}

impl<S> Form<S>
where
    S: ServerFn<Error = UiError>,
    S::Output: DeserializeOwned + Clone + Send + Sync + 'static,
{
    /// The only form of its kind on the page.
    #[expect(
        clippy::new_without_default,
        reason = "a form is made on purpose, and registers itself with the page"
    )]
    pub fn new() -> Self {
        Self::named(S::PATH.to_owned())
    }

    /// One of several forms of its kind; the key tells it from the others, as a row's id does.
    pub fn keyed(key: &str) -> Self {
        Self::named(format!("{}#{key}", S::PATH))
    }

    fn named(name: String) -> Self {
        Self { posting: Posting::new(S::PATH, name), function: PhantomData }
    }

    /// What its fields know of it.
    pub fn parts(&self) -> FormParts {
        self.posting.parts
    }

    /// What the server function returned, once it has.
    pub fn value(&self) -> Signal<Option<S::Output>> {
        let outcome = self.posting.outcome;
        Signal::derive(move || outcome.with(|outcome| read(outcome.as_ref())))
    }

    /// Stays on the page wherever the server function leads, and hands over what it returned, as a dialog needs it that
    /// stands over the page to which the form would lead.
    #[must_use]
    pub fn staying(mut self, done: impl Fn(S::Output) + Send + Sync + 'static) -> Self {
        self.posting.follows = false;
        let outcome = self.posting.outcome;
        Effect::watch(
            move || outcome.with(|outcome| read(outcome.as_ref())),
            move |returned: &Option<S::Output>, _, _| {
                if let Some(returned) = returned {
                    done(returned.clone());
                }
            },
            false,
        );
        self
    }

    /// Is empty again once it has succeeded: for forms that add something and stay for the next.
    #[must_use]
    pub fn emptied(mut self) -> Self {
        self.posting.resets = true;
        self
    }

    /// Has the browser answer by a passkey before it is posted: for server functions that take the `answer`.
    #[must_use]
    pub fn answering(mut self, ceremony: Ceremony) -> Self {
        self.posting.ceremony = Some(ceremony);
        self
    }

    /// Fetches what the page shows anew whenever the form has succeeded, and says so in a toast.
    ///
    /// For forms that change something of the page they stand on. Without JavaScript the page is rendered anew anyway.
    pub fn reloading(self, done: &'static str) -> Self {
        self.reloading_if(done, |_| true)
    }

    /// As [`Self::reloading`], where what was returned says whether the page still stands at its address.
    pub fn reloading_if(
        self,
        done: &'static str,
        stays: impl Fn(&S::Output) -> bool + Send + Sync + 'static,
    ) -> Self {
        let outcome = self.posting.outcome;
        let (reload, toasts) = (Reload::of_page(), Toasts::of_page());
        Effect::watch(
            move || outcome.with(|outcome| read(outcome.as_ref()).is_some_and(|returned| stays(&returned))),
            move |stays, _, _| {
                if *stays {
                    toasts.show(done, None);
                    reload.now();
                }
            },
            false,
        );
        self
    }
}

/// What a server function returned, read back.
fn read<T: DeserializeOwned>(outcome: Option<&Result<String, UiError>>) -> Option<T> {
    serde_json::from_slice(outcome?.as_ref().ok()?.as_bytes()).ok()
}

/// `/api/identity/sign-in#x` becomes `identity-sign-in-x`: an id that reads well in a link to a field.
fn element_id(name: &str) -> String {
    let name = name.strip_prefix("/api/").unwrap_or(name);
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// The `<form>` element of a [`Form`]. See the module's documentation for what happens on submission.
#[component]
pub fn PostForm<S: 'static>(
    /// The form that is posted.
    form: Form<S>,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    /// The fields and the button.
    children: Children,
) -> impl IntoView {
    post_form(form.posting, class, children)
}

fn post_form(posting: Posting, class: &str, children: Children) -> AnyView {
    let name = posting.name.get_value();
    let submit = move |event: SubmitEvent| {
        if !event.default_prevented() {
            event.prevent_default();
            posting.submit(&event);
        }
    };
    view! {
        // The browser's own checks would speak another language and stop at the first field: ours answer.
        <form method="post" action="" novalidate class=format!("form {class}") on:submit=submit>
            <input type="hidden" name=FORM_FIELD value=name />
            <Provider value=posting.parts>
                <PasswordAgain />
                {children()}
            </Provider>
        </form>
    }
    .into_any()
}

/// A form with files among its fields, which the browser posts to the page by itself, with scripts or without: what it takes
/// there is known by `name`. Its fields find it in the context, as those of [`PostForm`].
#[component]
pub fn FilesForm(
    /// As what it is posted.
    name: &'static str,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    /// The fields and the button.
    children: Children,
) -> impl IntoView {
    let Posting { pending, parts, .. } = Posting::new(name, name.to_owned());
    let submit = move |event: SubmitEvent| {
        // A second press while the first is under way must not do it twice.
        if pending.get_untracked() {
            event.prevent_default();
        }
        pending.set(true);
    };
    // Whoever comes back to the page as they left it can post again.
    let shown = window_event_listener(ev::pageshow, move |_| {
        pending.try_set(false);
    });
    on_cleanup(move || shown.remove());
    view! {
        <form
            method="post"
            action=""
            enctype="multipart/form-data"
            novalidate
            class=format!("form {class}")
            on:submit=submit
        >
            <Provider value=parts>{children()}</Provider>
        </form>
    }
}
