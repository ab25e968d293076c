//! Everything that is wrong with a form, above it.

use leptos::{html, prelude::*};

use crate::{
    components::prose::Prose,
    error::{FieldError, UiError},
    form::FormParts,
};

/// What has to be mended, with links to the fields. Takes the focus when it appears, so that it is read out and the
/// next press of Tab leads to the first link.
///
/// # Panics
/// Outside a [`PostForm`](crate::form::PostForm).
#[component]
pub fn ErrorSummary() -> impl IntoView {
    let form = expect_context::<FormParts>();
    // To show again who they are, the form asks people by itself.
    let error = form.error();
    let shown = Memo::new(move |_| error.with(|error| error.as_ref().is_some_and(|one| !one.asks_again())));
    let element = NodeRef::<html::Div>::new();
    Effect::new(move || {
        error.track();
        if shown.get()
            && let Some(element) = element.get()
        {
            // An element that cannot take the focus stays readable where it is.
            let _ = element.focus();
        }
    });
    view! {
        <Show when=move || shown.get()>
            <div node_ref=element class="error-summary" tabindex="-1" role="alert">
                {move || error.get().map(|error| summary(form, error))}
            </div>
        </Show>
    }
}

fn summary(form: FormParts, error: UiError) -> AnyView {
    let heading = match &error {
        UiError::Invalid { fields } if fields.iter().any(|field| !field.field.is_empty()) => {
            if fields.len() == 1 { "One thing needs your attention.".to_owned() } else { error.to_string() }
        }
        _ => return view! { <p><Prose text=error.to_string() /></p> }.into_any(),
    };
    let UiError::Invalid { fields } = error else { return ().into_any() };
    let entries = fields.into_iter().map(|FieldError { field, message }| {
        if field.is_empty() {
            view! { <li><Prose text=message /></li> }.into_any()
        } else {
            let href = format!("#{}", form.field_id(&field));
            view! { <li><a href=href rel="external"><Prose text=message /></a></li> }.into_any()
        }
    });
    view! {
        <p>{heading}</p>
        <ul>{entries.collect_view()}</ul>
    }
    .into_any()
}
