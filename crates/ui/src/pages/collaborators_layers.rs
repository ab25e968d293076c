//! What opens over the list of collaborators. Without JavaScript its links lead to the pages that hold the same.

use leptos::{ev::MouseEvent, leptos_dom::helpers::WindowListenerHandle, prelude::*, task::spawn_local};

use super::collaborators::list_path;
use crate::{
    api::{apps::App, collaborators::Person},
    components::loaded::Reload,
    lazy::fetch_dialogs,
};

/// What stands over the list.
#[derive(Clone)]
pub(crate) enum Layer {
    Add(App),
    Edit(App, Box<Person>),
    Remove(App, Box<Person>),
}

impl Layer {
    /// Where the page is that holds the same.
    pub(super) fn page(&self) -> String {
        match self {
            Self::Add(app) => format!("{}/add", list_path(app)),
            Self::Edit(app, person) => format!("{}/{}", list_path(app), person.grant),
            Self::Remove(app, person) => format!("{}/{}/remove", list_path(app), person.grant),
        }
    }
}

/// Makes the dialog of a layer. Its code comes after that of the list: see [`fetch_dialogs`].
pub(crate) type Dialogs = fn(Layers, Layer) -> AnyView;

/// Whether there is something over the list.
#[derive(Clone)]
enum Open {
    Nothing,
    /// As soon as its code is there.
    Soon,
    Now(Layer, Dialogs),
}

/// The one layer over the list.
///
/// It is kept beside what the page loads, so that loading that anew leaves alone what is typed into it.
#[derive(Clone, Copy)]
pub(crate) struct Layers(RwSignal<Open>);

impl Layers {
    /// Makes [`Self::of_page`] and [`Reload::of_page`] work for what stands over the list.
    pub(super) fn provide(reload: Reload) {
        provide_context(reload);
        provide_context(Self(RwSignal::new(Open::Nothing)));
        fetch_when_used();
    }

    /// Those of the list.
    ///
    /// # Panics
    /// Outside the list of collaborators.
    pub(super) fn of_page() -> Self {
        expect_context()
    }

    /// Opens a dialog, or the page that holds the same where the dialog's code does not arrive.
    pub(super) fn open(self, layer: Layer) {
        // A second press while the first waits must not open it twice.
        if !matches!(self.0.get_untracked(), Open::Nothing) {
            return;
        }
        self.0.set(Open::Soon);
        spawn_local(async move {
            let dialogs = fetch_dialogs().await;
            // The list may have been left meanwhile.
            if self.0.is_disposed() {
                return;
            }
            match dialogs {
                Ok(dialogs) => self.0.set(Open::Now(layer, dialogs)),
                Err(_) => {
                    self.close();
                    // An address of our own is never refused.
                    let _ = window().location().set_href(&layer.page());
                }
            }
        });
    }

    /// Is open no longer.
    pub(super) fn close(self) {
        self.0.set(Open::Nothing);
    }
}

/// Has the dialogs' code fetched as soon as somebody begins to use the page: then it is there when they open one, and
/// whoever only looks is not kept waiting for it.
fn fetch_when_used() {
    const USES: [&str; 3] = ["pointermove", "pointerdown", "keydown"];
    Effect::new(|| {
        let is_used = StoredValue::new(false);
        let used = move |_| {
            if !is_used.get_value() {
                is_used.set_value(true);
                // What does not arrive now is fetched once more when it is needed.
                spawn_local(async { drop(fetch_dialogs().await) });
            }
        };
        let listeners = USES.map(|event| window_event_listener_untyped(event, used));
        on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    });
}

/// Takes a press on a link for what the page does itself, unless it asks for another tab or window.
pub(super) fn instead_of_following(event: &MouseEvent, act: impl FnOnce()) {
    let asks_for_more = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.button() == 0 && !asks_for_more {
        event.prevent_default();
        act();
    }
}

/// The dialog that is open, if one is.
#[component]
pub(super) fn OpenLayer() -> impl IntoView {
    let layers = Layers::of_page();
    move || match layers.0.get() {
        Open::Nothing => ().into_any(),
        Open::Soon => view! { <div class="toasts"><p class="toast">"Loading…"</p></div> }.into_any(),
        Open::Now(layer, dialogs) => dialogs(layers, layer),
    }
}
