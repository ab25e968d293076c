//! A labelled field of a form.

use leptos::prelude::*;

use crate::{
    components::icon::{Icon, Sign},
    form::{FormParts, is_secret},
};

/// One line of text with its label, its hint and its error, tied together for screen readers.
///
/// Inside a [`PostForm`](crate::form::PostForm) it shows by itself what was typed before and what is wrong with it.
///
/// # Panics
/// Outside a [`PostForm`](crate::form::PostForm).
#[component]
pub fn TextField(
    /// The argument of the server function.
    name: &'static str,
    /// Its label.
    #[prop(into)]
    label: String,
    /// The input's `type`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// One sentence that helps to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is in it at first.
    #[prop(optional, into)]
    value: String,
    /// Whether it may stay empty, which its label then says.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let value = if is_secret(name) { String::new() } else { form.typed(name).unwrap_or(value) };
    let id = form.field_id(name);
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let error = form.field_error(name);
    let described_by = {
        let hint_id = hint.is_some().then(|| hint_id.clone());
        let error_id = error_id.clone();
        move || {
            let error_id = error.with(Option::is_some).then(|| error_id.clone());
            let ids: Vec<_> = hint_id.iter().cloned().chain(error_id).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    view! {
        <div class="field" class:is-wrong=move || error.with(Option::is_some)>
            <label for=id.clone()>
                {label} {optional.then(|| view! { <span class="field-optional">" (optional)"</span> })}
            </label>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            <input
                id=id
                class="input"
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                aria-required=(!optional).then_some("true")
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by
            />
            {move || {
                error.get().map(|message| view! {
                    <p class="field-error" id=error_id.clone()><Icon sign=Sign::Warning />{message}</p>
                })
            }}
        </div>
    }
}
