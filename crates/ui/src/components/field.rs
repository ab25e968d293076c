//! A labelled field of a form.

use leptos::{html, prelude::*};

use crate::{
    components::{
        icon::{Icon, Sign},
        prose::Prose,
    },
    form::{FormParts, is_secret},
    raw_text::raw_text,
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
    /// What it stands for while it is empty.
    #[prop(optional, into)]
    placeholder: Option<Signal<String>>,
    /// The id of the `<datalist>` of what may be meant.
    #[prop(optional, into)]
    list: Option<String>,
    /// Whether it may stay empty, which its label then says.
    #[prop(optional)]
    optional: bool,
    /// Learns what is typed.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let value = if is_secret(name) { String::new() } else { form.typed(name).unwrap_or(value) };
    let error = form.field_error(name);
    let described_by = described_by(form, name, hint.is_some());
    let typed = move |event| {
        if let Some(on_input) = on_input {
            on_input.run(event_target_value(&event));
        }
    };
    view! {
        <Labelled name label hint optional>
            <input
                id=form.field_id(name)
                class="input"
                name=name
                type=kind
                value=value
                placeholder=move || placeholder.map(|text| text.get())
                autocomplete=autocomplete
                list=list
                aria-required=(!optional).then_some("true")
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by
                on:input=typed
            />
        </Labelled>
    }
}

/// Several lines of text; otherwise as [`TextField`].
///
/// # Panics
/// Outside a [`PostForm`](crate::form::PostForm).
#[component]
pub fn TextArea(
    /// The argument of the server function.
    name: &'static str,
    /// Its label.
    #[prop(into)]
    label: String,
    /// One sentence that helps to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is in it at first.
    #[prop(optional, into)]
    value: String,
    /// Whether it may stay empty, which its label then says.
    #[prop(optional)]
    optional: bool,
    /// Whether a page, or a dialog, begins there.
    #[prop(optional)]
    autofocus: bool,
    /// The element, for what reads and writes it while it is typed into.
    #[prop(optional)]
    element: NodeRef<html::Textarea>,
) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let error = form.field_error(name);
    let described_by = described_by(form, name, hint.is_some());
    view! {
        <Labelled name label hint optional>
            <textarea
                node_ref=element
                id=form.field_id(name)
                class="input"
                name=name
                rows="4"
                autofocus=autofocus
                aria-required=(!optional).then_some("true")
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by
            >
                {raw_text(form.typed(name).unwrap_or(value))}
            </textarea>
        </Labelled>
    }
}

/// Label, hint and error around what is filled in.
#[component]
fn Labelled(
    name: &'static str,
    label: String,
    hint: Option<String>,
    optional: bool,
    children: Children,
) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let error = form.field_error(name);
    let id = form.field_id(name);
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="field" class:is-wrong=move || error.with(Option::is_some)>
            <label for=id>
                {label} {optional.then(|| view! { <span class="field-optional">" (optional)"</span> })}
            </label>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            {children()}
            {move || {
                error.get().map(|message| view! {
                    <p class="field-error" id=error_id.clone()><Icon sign=Sign::Warning /><span><Prose text=message /></span></p>
                })
            }}
        </div>
    }
}

/// The ids of a field's hint and error, as far as they are there.
fn described_by(form: FormParts, name: &'static str, has_hint: bool) -> impl Fn() -> Option<String> {
    let id = form.field_id(name);
    let error = form.field_error(name);
    move || {
        let hint = has_hint.then(|| format!("{id}-hint"));
        let error = error.with(Option::is_some).then(|| format!("{id}-error"));
        let ids: Vec<_> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}
