//! Keys that do things.

use std::borrow::Cow;

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};

use crate::components::dialog::{Dialog, DialogBody};

/// Where the browser remembers that single keys are switched off.
const STORED_AS: &str = "atelier.shortcuts";

#[derive(Clone)]
struct Shortcut {
    number: u32,
    key: Cow<'static, str>,
    does: Cow<'static, str>,
    run: Callback<()>,
}

/// The keys of the page, and whether they are on.
#[derive(Clone, Copy)]
struct Shortcuts {
    all: RwSignal<Vec<Shortcut>>,
    next: StoredValue<u32>,
    on: RwSignal<bool>,
    listing: RwSignal<bool>,
}

/// Makes [`use_shortcut`] work, and listens.
pub(crate) fn provide_shortcuts() {
    let shortcuts = Shortcuts {
        all: RwSignal::default(),
        next: StoredValue::new(0),
        on: RwSignal::new(true),
        listing: RwSignal::new(false),
    };
    provide_context(shortcuts);
    Effect::new(move || {
        shortcuts.on.set(stored().as_deref() != Some("off"));
        let handle = window_event_listener(ev::keydown, move |event| shortcuts.press(&event));
        on_cleanup(move || handle.remove());
    });
    use_shortcut("?", "List the shortcuts", move || shortcuts.listing.set(true));
}

/// Binds a key for as long as the calling component is on the page. `does` says what it does in the list.
///
/// # Panics
/// Outside [`App`](crate::App).
pub fn use_shortcut(
    key: impl Into<Cow<'static, str>>,
    does: impl Into<Cow<'static, str>>,
    run: impl Fn() + Send + Sync + 'static,
) {
    let shortcuts = expect_context::<Shortcuts>();
    let number = shortcuts.next.get_value();
    shortcuts.next.set_value(number.wrapping_add(1));
    let shortcut =
        Shortcut { number, key: key.into(), does: does.into(), run: Callback::new(move |()| run()) };
    shortcuts.all.update(|all| all.push(shortcut));
    on_cleanup(move || {
        // At the end of the page the registry may be gone first.
        shortcuts.all.try_update(|all| all.retain(|shortcut| shortcut.number != number));
    });
}

impl Shortcuts {
    fn press(self, event: &ev::KeyboardEvent) {
        let with_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
        if with_modifier || event.default_prevented() || !self.on.get_untracked() || is_typing(event) {
            return;
        }
        let key = event.key();
        if matches!(key.as_str(), "Enter" | " ") && is_on(event, "button, a, summary") {
            return;
        }
        // The newest binding wins: it belongs to what is on top.
        let found = self.all.with_untracked(|all| all.iter().rev().find(|one| one.key == key).cloned());
        if let Some(shortcut) = found {
            event.prevent_default();
            shortcut.run.run(());
        }
    }
}

/// The list that `?` opens, with the switch.
#[component]
pub(crate) fn ShortcutsDialog() -> impl IntoView {
    let shortcuts = expect_context::<Shortcuts>();
    let switch = move |event: ev::Event| {
        let on = event_target_checked(&event);
        shortcuts.on.set(on);
        store(if on { "on" } else { "off" });
    };
    let rows = move || {
        // Only while it is open: as the page comes about, server and browser bind keys each in their own time.
        let shown = if shortcuts.listing.get() { shortcuts.all.get() } else { Vec::new() };
        shown
            .into_iter()
            .map(|Shortcut { key, does, .. }| view! { <div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> })
            .collect_view()
    };
    view! {
        <Dialog open=shortcuts.listing id="shortcuts" title="Keyboard shortcuts">
            <DialogBody>
                <dl class="shortcuts">
                    {rows}
                    <div><dt><kbd>"Esc"</kbd></dt><dd>"Close the topmost layer"</dd></div>
                </dl>
                <p class="checkbox">
                    <input
                        type="checkbox"
                        id="shortcuts-on"
                        prop:checked=move || shortcuts.on.get()
                        on:change=switch
                    />
                    <label for="shortcuts-on">"Single keys do things"</label>
                </p>
            </DialogBody>
        </Dialog>
    }
}

fn stored() -> Option<String> {
    window().local_storage().ok()??.get_item(STORED_AS).ok()?
}

fn store(value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        // A full or forbidden storage only means that the choice is forgotten with the page.
        let _ = storage.set_item(STORED_AS, value);
    }
}

/// Whether the key goes into a field, or a dialog has the page's attention.
fn is_typing(event: &ev::KeyboardEvent) -> bool {
    is_on(event, "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog")
}

/// Whether the key goes to something that a selector finds, or to what is in that.
fn is_on(event: &ev::KeyboardEvent, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
}
