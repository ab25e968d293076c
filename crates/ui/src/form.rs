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

use leptos::{
    context::Provider,
    ev::SubmitEvent,
    form::FromFormData,
    prelude::*,
    server_fn::{Http, ServerFn, codec::PostUrl},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    components::{loaded::Reload, toast::Toasts},
    error::UiError,
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

/// Whether what was typed into a field of this name must not be sent back.
///
/// ```
/// # use atelier_ui::form::is_secret;
/// assert!(is_secret("password") && is_secret("new_password") && is_secret("token"));
/// assert!(!is_secret("email"));
/// ```
pub fn is_secret(name: &str) -> bool {
    ["password", "secret", "token"].iter().any(|word| name.ends_with(word))
}

/// Hands the server's [`Submission`], if there was one, to every form of the page, in the browser too.
pub(crate) fn provide_submission() {
    let submission = SharedValue::new(use_context::<Submission>).into_inner();
    provide_context(LastSubmission(submission));
}

#[derive(Clone)]
struct LastSubmission(Option<Submission>);

/// A form for the server function `S`.
pub struct Form<S: ServerFn<Output: 'static> + 'static> {
    action: ServerAction<S>,
    name: StoredValue<String>,
    parts: FormParts,
}

impl<S: ServerFn<Output: 'static>> Clone for Form<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ServerFn<Output: 'static>> Copy for Form<S> {}

/// What the fields know of their form, whatever its server function.
#[derive(Clone, Copy)]
pub struct FormParts {
    id: StoredValue<String>,
    typed: StoredValue<Vec<(String, String)>>,
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

    /// Why the last submission failed.
    pub fn error(&self) -> Signal<Option<UiError>> {
        self.error
    }

    /// The first thing to mend in a field.
    pub fn field_error(&self, name: &'static str) -> Signal<Option<String>> {
        let error = self.error;
        Signal::derive(move || error.with(|error| error.as_ref()?.about(name).next().map(str::to_owned)))
    }

    /// Whether a submission is under way.
    pub fn pending(&self) -> Signal<bool> {
        self.pending
    }
}

impl<S> Form<S>
where
    S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
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
        let action = ServerAction::<S>::new();
        let submission = use_context::<LastSubmission>()
            .and_then(|last| last.0)
            .filter(|submission| submission.form == name);
        let typed = submission.map(|submission| {
            let outcome = submission
                .outcome
                .and_then(|json| serde_json::from_str(&json).map_err(|_| UiError::Unavailable));
            action.value().set(Some(outcome));
            submission.typed
        });
        let value = action.value();
        let error = Signal::derive(move || value.with(|value| value.as_ref()?.as_ref().err().cloned()));
        let parts = FormParts {
            id: StoredValue::new(element_id(&name)),
            typed: StoredValue::new(typed.unwrap_or_default()),
            error,
            pending: action.pending().into(),
        };
        Self { action, name: StoredValue::new(name), parts }
    }

    /// What the server function returned, once it has.
    pub fn value(&self) -> Signal<Option<S::Output>> {
        let value = self.action.value();
        Signal::derive(move || value.with(|value| value.as_ref()?.as_ref().ok().cloned()))
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
        let value = self.action.value();
        let (reload, toasts) = (Reload::of_page(), Toasts::of_page());
        Effect::watch(
            move || value.with(|value| matches!(value, Some(Ok(returned)) if stays(returned))),
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

    /// What the fields know of this form.
    pub fn parts(&self) -> FormParts {
        self.parts
    }
}

/// `/api/identity/sign-in#x` becomes `identity-sign-in-x`: an id that reads well in a link to a field.
fn element_id(name: &str) -> String {
    let name = name.strip_prefix("/api/").unwrap_or(name);
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// The `<form>` element of a [`Form`]. See the module's documentation for what happens on submission.
#[component]
pub fn PostForm<S, Out>(
    /// The form that is posted.
    form: Form<S>,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    /// The fields and the button.
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Error = UiError, Protocol = Http<PostUrl, Out>>
        + DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static,
    S::Output: DeserializeOwned + Clone + Send + Sync + 'static,
    Out: 'static,
{
    let name = form.name.get_value();
    let submit = move |event: SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        // A second press while the first is under way must not do it twice.
        if form.parts.pending.get_untracked() {
            return;
        }
        match S::from_event(&event) {
            Ok(arguments) => {
                form.action.dispatch(arguments);
            }
            // A field is missing, which only the page's own code can cause: the server says the same.
            Err(_) => form
                .action
                .value()
                .set(Some(Err(UiError::form("The form was incomplete. Reload the page and try again.")))),
        }
    };
    view! {
        // The browser's own checks would speak another language and stop at the first field: ours answer.
        <form method="post" action="" novalidate class=format!("form {class}") on:submit=submit>
            <input type="hidden" name=FORM_FIELD value=name />
            <Provider value=form.parts>{children()}</Provider>
        </form>
    }
}
