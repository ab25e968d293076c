//! Short news at the edge of the window, with a way back.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;

use crate::components::{
    icon::{Icon, Sign},
    live::Live,
};

/// How long a toast stays.
const SHOWN_FOR: Duration = Duration::from_secs(10);

/// Takes back what a toast tells of. It belongs to nobody, unlike a `Callback`: the part of the page that shows the
/// toast is often rendered anew, or gone, when it is pressed.
pub type Undo = Arc<dyn Fn() + Send + Sync>;

#[derive(Clone)]
struct Toast {
    number: u32,
    text: String,
    undo: Option<Undo>,
}

/// The one toast that is shown, a newer one taking the place of an older, and what is only read out.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Option<Toast>>,
    said: RwSignal<String>,
}

impl Toasts {
    /// The page's toasts.
    ///
    /// # Panics
    /// Outside [`App`](crate::App).
    pub fn of_page() -> Self {
        expect_context()
    }

    /// Says what was done. With `undo` it offers to take it back.
    pub fn show(self, text: impl Into<String>, undo: Option<Undo>) {
        let number =
            self.shown.with_untracked(|toast| toast.as_ref().map_or(0, |toast| toast.number.wrapping_add(1)));
        self.shown.set(Some(Toast { number, text: text.into(), undo }));
        set_timeout(move || self.hide(number), SHOWN_FOR);
    }

    /// Says what everybody else sees on the page by themselves, such as where a box stands now.
    pub fn say(self, text: impl Into<String>) {
        self.said.set(text.into());
    }

    /// Takes a toast away, unless a newer one is there.
    fn hide(self, number: u32) {
        // The page may have gone meanwhile, and its signals with it.
        let is_shown =
            self.shown.try_with_untracked(|toast| toast.as_ref().is_some_and(|toast| toast.number == number));
        if is_shown == Some(true) {
            self.shown.set(None);
        }
    }
}

/// Makes [`Toasts::of_page`] work.
pub(crate) fn provide_toasts() {
    provide_context(Toasts { shown: RwSignal::new(None), said: RwSignal::new(String::new()) });
}

/// The page's polite live region. It is there from the beginning, or its first news would not be read out.
#[component]
pub(crate) fn ToastRegion() -> impl IntoView {
    let toasts = Toasts::of_page();
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-atomic="false">
            <p class="visually-hidden">{move || toasts.said.get()}</p>
            {move || toasts.shown.get().map(|Toast { number, text, undo }| view! {
                <div class="toast">
                    <span>{text}</span>
                    {undo.map(|undo| view! {
                        <button type="button" class="button is-quiet" on:click=move |_| {
                            toasts.hide(number);
                            undo();
                        }>
                            <Icon sign=Sign::Undo />
                            "Undo"
                        </button>
                    })}
                </div>
            })}
            {Live::of_application().notice()}
        </div>
    }
}
