//! An id that can be taken along.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::icon::{Icon, Sign};

/// A monospaced value with a button that copies it. Without JavaScript one click still selects all of it.
#[component]
pub fn Copyable(
    /// The value.
    #[prop(into)]
    value: String,
    /// What it is, for the button's name: "Copy app id".
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! {
        <span class="copyable">
            <code>{value.clone()}</code>
            <CopyButton value what />
        </span>
    }
}

/// The button alone. It says "Copied" only once it is true.
#[component]
pub fn CopyButton(
    /// The value.
    #[prop(into)]
    value: String,
    /// What it is.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let state = RwSignal::new(State::Ready);
    let copy = move |_| {
        let value = value.clone();
        leptos::task::spawn_local(async move {
            state.set(if write_to_clipboard(&value).await { State::Copied } else { State::Refused });
            set_timeout(move || state.set(State::Ready), Duration::from_secs(2));
        });
    };
    let sign = move || if state.get() == State::Copied { Sign::Check } else { Sign::Copy };
    view! {
        <button type="button" class="button is-quiet is-small" on:click=copy>
            {move || view! { <Icon sign=sign() /> }}
            <span aria-live="polite">
                {move || match state.get() {
                    State::Ready => "Copy",
                    State::Copied => "Copied",
                    State::Refused => "Select it and copy by hand",
                }}
            </span>
            <span class="visually-hidden">" " {what}</span>
        </button>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    Copied,
    Refused,
}

/// Whether the browser has taken the text. It refuses on pages that are not secure.
#[cfg(not(feature = "ssr"))]
async fn write_to_clipboard(text: &str) -> bool {
    // Absent, not failing, where the page is not secure; the binding does not know that.
    if !window().is_secure_context() {
        return false;
    }
    wasm_bindgen_futures::JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}

/// The server has no clipboard, and nobody presses a button there.
#[cfg(feature = "ssr")]
async fn write_to_clipboard(_: &str) -> bool {
    false
}
