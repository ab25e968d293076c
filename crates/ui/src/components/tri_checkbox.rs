//! A checkbox over a group: none, some, all.

use leptos::{html, prelude::*};

/// How much of a group is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tri {
    /// Nothing.
    None,
    /// A part.
    Some,
    /// Everything.
    All,
}

impl Tri {
    /// The state of a group of which `chosen` of `all` are chosen.
    ///
    /// ```
    /// # use atelier_ui::components::tri_checkbox::Tri;
    /// assert_eq!([Tri::of(0, 3), Tri::of(1, 3), Tri::of(3, 3)], [Tri::None, Tri::Some, Tri::All]);
    /// ```
    pub const fn of(chosen: usize, all: usize) -> Self {
        if chosen == 0 {
            Self::None
        } else if chosen < all {
            Self::Some
        } else {
            Self::All
        }
    }
}

/// A native checkbox whose third state is the `indeterminate` property, which no HTML can set: without JavaScript a
/// part shows as unchecked, and the group's own checkboxes below it still say the truth.
#[component]
pub fn TriCheckbox(
    /// The element's id, unique on the page.
    #[prop(into)]
    id: String,
    /// The field's name when the form is posted.
    #[prop(into)]
    name: String,
    /// The field's value when the form is posted.
    #[prop(into)]
    value: String,
    /// What is chosen.
    #[prop(into)]
    state: Signal<Tri>,
    /// Called with whether all or nothing is wanted now.
    #[prop(into)]
    on_toggle: Callback<bool>,
    /// Whether it cannot be changed; the reason belongs into the text that `described_by` names.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The id of the sentence about it.
    #[prop(optional, into)]
    described_by: Option<String>,
    /// The label.
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(element) = element.get() {
            element.set_indeterminate(state.get() == Tri::Some);
        }
    });
    view! {
        <span class="checkbox">
            <input
                node_ref=element
                type="checkbox"
                id=id.clone()
                name=name
                value=value
                checked=state.get_untracked() == Tri::All
                prop:checked=move || state.get() == Tri::All
                disabled=disabled
                aria-describedby=described_by
                on:change=move |event| on_toggle.run(event_target_checked(&event))
            />
            <label for=id>{children()}</label>
        </span>
    }
}
