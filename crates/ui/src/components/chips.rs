//! Small labels in a row: scopes, filters, addresses.

use leptos::prelude::*;

use crate::components::icon::{Icon, Sign};

/// What a chip's colour says beside its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// A plain label.
    #[default]
    Plain,
    /// Chosen or added.
    Accent,
    /// Worth a look before going on.
    Warning,
    /// Refused or removed.
    Danger,
}

impl Tone {
    /// The class of a chip of this tone.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "chip",
            Self::Accent => "chip is-accent",
            Self::Warning => "chip is-warning",
            Self::Danger => "chip is-danger",
        }
    }
}

/// A wrapping row of chips, read as a list.
#[component]
pub fn Chips(
    /// What the list is of, for screen readers.
    #[prop(into)]
    label: String,
    /// The chips.
    children: Children,
) -> impl IntoView {
    // Without the role, Safari stops reading a list whose bullets are gone as one.
    view! { <ul class="chips" role="list" aria-label=label>{children()}</ul> }
}

/// One label.
#[component]
pub fn Chip(
    /// What it says.
    #[prop(into)]
    text: String,
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// Why it is there, or what is wrong with it, in words.
    #[prop(optional_no_strip)]
    note: Option<String>,
    /// Takes it away; without it the chip has no button.
    #[prop(optional, into)]
    on_remove: Option<Callback<()>>,
) -> impl IntoView {
    let remove = on_remove.map(|remove| {
        view! {
            <button
                type="button"
                class="chip-remove"
                aria-label=format!("Remove {text}")
                on:click=move |_| remove.run(())
            >
                <Icon sign=Sign::Close />
            </button>
        }
    });
    view! {
        <li class=tone.class()>
            <span>{text}</span>
            {note.map(|note| view! { " " <small>{note}</small> })}
            {remove}
        </li>
    }
}
