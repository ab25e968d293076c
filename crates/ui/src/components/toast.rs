//! Short news at the edge of the window, with a way back.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::{
    icon::{Icon, Sign},
    live::Live,
};

/// How long a toast stays.
const SHOWN_FOR: Duration = Duration::from_secs(10);

#[derive(Clone)]
struct Toast {
    number: u32,
    text: String,
    undo: Option<Callback<()>>,
}

/// The one toast that is shown: a newer one takes the place of an older.
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Option<Toast>>);

impl Toasts {
    /// The page's toasts.
    ///
    /// # Panics
    /// Outside [`App`](crate::App).
    pub fn of_page() -> Self {
        expect_context()
    }

    /// Says what was done. With `undo` it offers to take it back.
    pub fn show(self, text: impl Into<String>, undo: Option<Callback<()>>) {
        let number =
            self.0.with_untracked(|toast| toast.as_ref().map_or(0, |toast| toast.number.wrapping_add(1)));
        self.0.set(Some(Toast { number, text: text.into(), undo }));
        set_timeout(move || self.hide(number), SHOWN_FOR);
    }

    /// Takes a toast away, unless a newer one is there.
    fn hide(self, number: u32) {
        // The page may have gone meanwhile, and its signals with it.
        let is_shown =
            self.0.try_with_untracked(|toast| toast.as_ref().is_some_and(|toast| toast.number == number));
        if is_shown == Some(true) {
            self.0.set(None);
        }
    }
}

/// Makes [`Toasts::of_page`] work.
pub(crate) fn provide_toasts() {
    provide_context(Toasts(RwSignal::new(None)));
}

/// The page's polite live region. It is there from the beginning, or its first news would not be read out.
#[component]
pub(crate) fn ToastRegion() -> impl IntoView {
    let toasts = Toasts::of_page();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {move || toasts.0.get().map(|Toast { number, text, undo }| view! {
                <div class="toast">
                    <span>{text}</span>
                    {undo.map(|undo| view! {
                        <button type="button" class="button is-quiet" on:click=move |_| {
                            toasts.hide(number);
                            undo.run(());
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
