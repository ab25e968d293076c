//! A layer above the page.

use leptos::{html, prelude::*};

use crate::components::icon::{Icon, Sign};

/// A native modal `<dialog>`, labelled by its title.
///
/// The browser itself keeps the focus inside, closes it on `Esc`, and gives the focus back to where it came from. The
/// first focus goes to the element with `autofocus`, which should be the least destructive one.
///
/// Without JavaScript nothing opens it afterwards: a page that has to work so renders it with `open` already true
/// (then it stands in the page as a section), or gives its content an address of its own.
#[component]
pub fn Dialog(
    /// Whether it is shown. Set to false when the person closes it.
    open: RwSignal<bool>,
    /// Its id, from which its title's is made.
    id: &'static str,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Two columns wide, full screen on small windows.
    #[prop(optional)]
    wide: bool,
    /// Called once it is closed and the focus is back where it came from.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
    /// What is between heading and end.
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = element.get() else { return };
        let is_modal = dialog.matches(":modal").unwrap_or(false);
        if open.get() && !is_modal {
            // Rendered open by the server it is not modal yet, and `show_modal` refuses an open dialog.
            dialog.set_open(false);
            if dialog.show_modal().is_err() {
                open.set(false);
            }
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let closed = move |_| {
        open.set(false);
        if let Some(on_close) = on_close {
            on_close.run(());
        }
    };
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <dialog
            node_ref=element
            id=id
            class="dialog"
            class:is-wide=wide
            open=open.get_untracked()
            aria-labelledby=labelled_by
            on:close=closed
        >
            <header class="dialog-head">
                <h2 id=title_id>{title}</h2>
                <button type="button" class="button is-quiet is-icon" aria-label="Close" on:click=move |_| open.set(false)>
                    <Icon sign=Sign::Close />
                </button>
            </header>
            {children()}
        </dialog>
    }
}

/// The scrolling middle of a [`Dialog`].
#[component]
pub fn DialogBody(
    /// The content.
    children: Children,
) -> impl IntoView {
    view! { <div class="dialog-body">{children()}</div> }
}

/// The end of a [`Dialog`]: the way out first, then what it is for.
#[component]
pub fn DialogFoot(
    /// The buttons.
    children: Children,
) -> impl IntoView {
    view! { <footer class="dialog-foot">{children()}</footer> }
}
