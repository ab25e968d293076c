//! Buttons, and links that look like them.

use leptos::{ev::MouseEvent, prelude::*};

use crate::{
    components::icon::{Icon, Sign},
    form::FormParts,
};

/// How loud a button is. A view has one primary button at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one thing that the view is for.
    Primary,
    /// Everything else.
    #[default]
    Secondary,
    /// Without border, for rows and bars.
    Quiet,
    /// What cannot be undone.
    Danger,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button is-primary",
            Self::Secondary => "button",
            Self::Quiet => "button is-quiet",
            Self::Danger => "button is-danger",
        }
    }
}

/// A button that does something on this page.
#[component]
pub fn Button(
    /// How loud it is.
    #[prop(optional)]
    look: Look,
    /// A drawing before the text.
    #[prop(optional, into)]
    icon: Option<Sign>,
    /// Whether it can be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether it takes the focus when its dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// What happens.
    on_press: impl Fn(MouseEvent) + Send + 'static,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! {
        <button type="button" class=look.class() disabled=disabled autofocus=autofocus on:click=on_press>
            {icon.map(|sign| view! { <Icon sign /> })}
            {children()}
        </button>
    }
}

/// The button of a form. While a submission is under way it says so and ignores further presses.
#[component]
pub fn SubmitButton(
    /// How loud it is.
    #[prop(default = Look::Primary)]
    look: Look,
    /// Its id, for keys that press it.
    #[prop(optional, into)]
    id: Option<String>,
    /// The argument that says, by any value, that it was this button of its form.
    #[prop(optional)]
    name: Option<&'static str>,
    /// Whether it can be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Its text.
    children: Children,
) -> impl IntoView {
    let pending = FormParts::current().map(|form| form.pending());
    let is_pending = move || pending.is_some_and(|pending| pending.get());
    view! {
        // While it is under way not `disabled`: that would take the focus away from whoever pressed it.
        <button
            type="submit"
            id=id
            name=name
            value=name.map(|_| "yes")
            disabled=disabled
            class=look.class()
            class:is-pending=is_pending
            aria-disabled=move || is_pending().then_some("true")
        >
            {children()}
        </button>
    }
}

/// A link to another page that looks like a button.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How loud it is.
    #[prop(optional)]
    look: Look,
    /// A drawing before the text.
    #[prop(optional, into)]
    icon: Option<Sign>,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=look.class()>
            {icon.map(|sign| view! { <Icon sign /> })}
            {children()}
        </a>
    }
}
