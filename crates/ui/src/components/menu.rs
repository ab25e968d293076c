//! A list of actions behind a button.

use leptos::prelude::*;

use crate::components::icon::{Icon, Sign};

/// A button that opens a list, by the browser's own popover: `Esc`, a press outside and the way back of the focus
/// work by themselves, and it opens without JavaScript.
///
/// It is a disclosure, not an ARIA menu: its entries are ordinary links and buttons in Tab order.
#[component]
pub fn Menu(
    /// The popover's id, unique on the page.
    #[prop(into)]
    id: String,
    /// The button's name, after what it shows.
    #[prop(into)]
    label: String,
    /// What the button shows; only an ellipsis by default.
    #[prop(optional, into)]
    face: Option<ViewFn>,
    /// The entries: `<li>` elements with a link or a button each.
    children: Children,
) -> impl IntoView {
    let face = match face {
        Some(face) => face.run(),
        None => view! { <Icon sign=Sign::More /> }.into_any(),
    };
    view! {
        <div class="menu">
            <button type="button" class="button is-quiet" popovertarget=id.clone()>
                {face}
                <span class="visually-hidden">" " {label}</span>
            </button>
            <ul id=id class="menu-list" popover="auto" role="list">
                {children()}
            </ul>
        </div>
    }
}
