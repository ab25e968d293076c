//! What a page shows once the server has answered, and what it shows instead when the answer is no.

use std::{pin::Pin, sync::Arc};

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
///
/// Only what depends on the answer's type is compiled for each page: all else is one copy, see [`load`].
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
    let key = Memo::new(move |_| key.get());
    let version = Memo::new(move |before: Option<&u32>| {
        // Read rather than only tracked: one that was never read would be new to whoever looks first, and what the server
        // has sent along would be fetched again.
        key.with(|_| ());
        before.map_or(0, |before| before.wrapping_add(1))
    });
    let fetch = move || -> Fetching {
        let answer = fetch(key.get_untracked());
        Box::pin(async move { answer.await.and_then(Answered::of) })
    };
    let view = move |answer: Answered| answer.read::<T>().map(&view);
    load(version, Box::new(fetch), Arc::new(view), reload)
}

/// Asks for what a page shows.
type Fetch = Box<dyn Fn() -> Fetching + Send + Sync>;
type Fetching = Pin<Box<dyn Future<Output = Result<Answered, UiError>> + Send>>;

/// Makes the page from the answer.
type View = Arc<dyn Fn(Answered) -> Result<AnyView, UiError> + Send + Sync>;

/// An answer, whatever its type: as JSON where the server hands it over, as itself where the browser asked for it.
#[derive(Clone)]
enum Answered {
    Json(String),
    #[cfg(not(feature = "ssr"))]
    Value(Arc<dyn std::any::Any + Send + Sync>),
}

impl Answered {
    #[cfg(feature = "ssr")]
    fn of<T: serde::Serialize>(answer: T) -> Result<Self, UiError> {
        serde_json::to_string(&answer).map(Self::Json).map_err(|_| UiError::Unavailable)
    }

    #[cfg(not(feature = "ssr"))]
    fn of<T: Send + Sync + 'static>(answer: T) -> Result<Self, UiError> {
        Ok(Self::Value(Arc::new(answer)))
    }

    fn read<T: serde::de::DeserializeOwned + Clone + 'static>(self) -> Result<T, UiError> {
        let answer = match &self {
            // From bytes, as answers of server functions are read: a reader of each kind would double what types cost.
            Self::Json(json) => serde_json::from_slice(json.as_bytes()).ok(),
            #[cfg(not(feature = "ssr"))]
            Self::Value(value) => value.downcast_ref::<T>().cloned(),
        };
        answer.ok_or(UiError::Unavailable)
    }
}

impl serde::Serialize for Answered {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Json(json) => serializer.serialize_str(json),
            #[cfg(not(feature = "ssr"))]
            Self::Value(_) => Err(serde::ser::Error::custom("only the server hands answers over")),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Answered {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::Json)
    }
}

/// The part of [`Loaded`] that is the same for every page. A copy of it for each would be a third of the bundle.
fn load(version: Memo<u32>, fetch: Fetch, view: View, reload: Option<Reload>) -> AnyView {
    let reload = reload.unwrap_or_else(Reload::new);
    provide_context(reload);
    let location = use_location();
    let answer = Resource::new(move || (reload.0.get(), version.get()), move |_| fetch());
    let body = move || {
        let (view, location) = (view.clone(), location.clone());
        Suspend::new(async move {
            // Of two answers that come one upon the other, the second finds no focus until the first has given it back.
            let before = FocusKept::of_page();
            let answer = answer.await;
            let focus = FocusKept::of_page().or(before);
            match answer.and_then(|answer| view(answer)) {
                Ok(view) => {
                    focus.give_back();
                    view
                }
                Err(error) => refused(&location, error),
            }
        })
    };
    view! {
        <Transition fallback=|| view! { <p class="loading" role="status">"Loading…"</p> }.into_any()>{once(body)}</Transition>
    }
    .into_any()
}

/// The page for the boundary that waits for it. The browser makes it anew for each answer. The server makes it once: of a
/// function, it would make one page more to see whether that waits for something else.
fn once<T>(body: impl Fn() -> Suspend<T> + Send + 'static) -> impl IntoView
where
    T: IntoView + Send + 'static,
    Suspend<T>: IntoView,
{
    #[cfg(feature = "ssr")]
    return body();
    #[cfg(not(feature = "ssr"))]
    return body;
}

/// What has the focus, by its id if it has one: what is fetched anew takes its place.
struct FocusKept(Option<String>);

impl FocusKept {
    fn of_page() -> Self {
        // The server's pages have no focus yet.
        if cfg!(feature = "ssr") { Self(None) } else { Self(focused().map(|element| element.id())) }
    }

    /// This one, or where nothing had the focus, the other.
    fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0))
    }

    /// Gives the focus to the new element of that id, once it is there and unless something else has the focus. What is
    /// gone for good, as the row of somebody who was removed, leaves it to the page's main part, so that the next Tab
    /// goes on from there.
    fn give_back(self) {
        let Some(id) = self.0 else { return };
        request_animation_frame(move || {
            if focused().is_none() {
                let element = Some(id).filter(|id| !id.is_empty());
                let element = element.and_then(|id| document().get_element_by_id(&id));
                if let Some(element) = element.or_else(|| document().get_element_by_id("content")) {
                    focus(&element);
                }
            }
        });
    }
}

/// The element that has the focus.
fn focused() -> Option<web_sys::Element> {
    document().active_element().filter(|element| element.tag_name() != "BODY")
}

/// Puts the focus on an element. What cannot take it leaves it where it was.
pub(crate) fn focus(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        let _ = element.focus();
    } else if let Some(element) = element.dyn_ref::<web_sys::SvgElement>() {
        let _ = element.focus();
    }
}

/// Puts the focus on what a selector finds first, once the page shows what has just changed.
pub(super) fn focus_soon(selector: &'static str) {
    request_animation_frame(move || {
        if let Ok(Some(element)) = document().query_selector(selector) {
            focus(&element);
        }
    });
}

/// The page's path, with what it asks for.
pub(super) fn path_of(location: &Location) -> String {
    let search = location.search.get_untracked();
    let mark = if search.is_empty() { "" } else { "?" };
    format!("{}{mark}{search}", location.pathname.get_untracked())
}

fn refused(location: &Location, error: UiError) -> AnyView {
    match error {
        UiError::SignedOut { .. } => {
            let here = path_of(location);
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
