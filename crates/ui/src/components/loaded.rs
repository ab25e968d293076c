//! What a page shows once the server has answered, and what it shows instead when the answer is no.

use leptos::{prelude::*, wasm_bindgen::JsCast as _};
use leptos_meta::Title;
use leptos_router::{
    components::Redirect,
    hooks::use_location,
    location::{Location, Url},
};

use crate::{
    components::{
        auth_layout::AuthLayout,
        button::{LinkButton, Look},
        prose::Prose,
    },
    error::UiError,
    pages::{not_found::NotFound, set_status},
};

/// A way to fetch anew what the page shows.
#[derive(Clone, Copy)]
pub struct Reload(RwSignal<u32>);

impl Reload {
    /// One for a [`Loaded`] beside which something else reloads it.
    #[expect(clippy::new_without_default, reason = "it is made on purpose, and handed to a `Loaded`")]
    pub fn new() -> Self {
        Self(RwSignal::new(0))
    }

    /// The one of the [`Loaded`] around the caller.
    ///
    /// # Panics
    /// Outside a [`Loaded`].
    pub fn of_page() -> Self {
        expect_context()
    }

    /// Fetches it. What is on the page stays there until the answer has come.
    pub fn now(self) {
        // What asks for it may outlive the page.
        self.0.try_update(|count| *count = count.wrapping_add(1));
    }
}

/// The body of every page that shows something of the server's.
///
/// The server waits for the answer, so that the page arrives complete and with the right status. People who are not
/// signed in are led to sign in and back; what does not exist, or may not be seen, gets a page that says so.
#[component]
pub fn Loaded<K, T, Fetch, Answer, View>(
    /// What is asked for, as the page's address says it; when it changes, so does the page.
    #[prop(into)]
    key: Signal<K>,
    /// Asks for it.
    fetch: Fetch,
    /// The page, from the answer.
    view: View,
    /// The way to fetch it anew, where something outside needs it too.
    #[prop(optional)]
    reload: Option<Reload>,
) -> impl IntoView
where
    K: PartialEq + Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + serde::Serialize + serde::de::DeserializeOwned + 'static,
    Fetch: Fn(K) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Result<T, UiError>> + Send + 'static,
    View: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    let reload = reload.unwrap_or_else(Reload::new);
    provide_context(reload);
    let location = use_location();
    let answer = Resource::new(move || (reload.0.get(), key.get()), move |(_, key)| fetch(key));
    let body = move || {
        let (view, location) = (view.clone(), location.clone());
        Suspend::new(async move {
            match answer.await {
                Ok(answer) => {
                    let focus = FocusKept::of_page();
                    let view = view(answer);
                    focus.give_back();
                    view
                }
                Err(error) => refused(&location, error),
            }
        })
    };
    view! {
        <Transition fallback=|| view! { <p class="loading" role="status">"Loading…"</p> }.into_any()>{body}</Transition>
    }
}

/// The element that has the focus, by its id: what is fetched anew takes the place of what had it.
struct FocusKept(Option<String>);

impl FocusKept {
    fn of_page() -> Self {
        #[cfg(any(feature = "hydrate", feature = "csr"))]
        let id = document().active_element().map(|element| element.id()).filter(|id| !id.is_empty());
        #[cfg(not(any(feature = "hydrate", feature = "csr")))]
        let id = None;
        Self(id)
    }

    /// Gives the focus to the new element of that id, once it is there and unless something else has the focus.
    fn give_back(self) {
        let Some(id) = self.0 else { return };
        Effect::new(move || {
            let is_lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
            let element = document().get_element_by_id(&id).filter(|_| is_lost);
            if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
            {
                // An element that cannot take it is no worse than none.
                let _ = element.focus();
            }
        });
    }
}

fn refused(location: &Location, error: UiError) -> AnyView {
    match error {
        UiError::SignedOut { .. } => {
            let search = location.search.get_untracked();
            let mark = if search.is_empty() { "" } else { "?" };
            let here = format!("{}{mark}{search}", location.pathname.get_untracked());
            view! { <Redirect path=format!("/sign-in?next={}", Url::escape(&here)) /> }.into_any()
        }
        UiError::NotFound => view! { <NotFound /> }.into_any(),
        other => {
            set_status(other.status());
            let title = match &other {
                UiError::Forbidden { .. } => "You cannot see this page",
                _ => "This did not work",
            };
            view! {
                <Title text=title />
                <AuthLayout title>
                    <p><Prose text=other.to_string() /></p>
                    <p class="actions">
                        <LinkButton href="/apps" look=Look::Primary>"Go to your apps"</LinkButton>
                    </p>
                </AuthLayout>
            }
            .into_any()
        }
    }
}
