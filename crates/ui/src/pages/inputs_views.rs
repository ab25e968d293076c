//! Views of the inputs that are kept under a name.

use leptos::prelude::*;

use super::collaborators::AppNameFields;
use crate::{
    api::{
        apps::App,
        explorer::{Asked, Finding, ForgetView, SaveView, SavedView},
    },
    components::{
        button::{Look, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
        row_action::row_action,
    },
    form::{Form, PostForm},
};

/// What is kept, and a form that keeps what is shown; nothing for whoever may do neither.
#[component]
pub(super) fn Views(
    /// The app.
    app: App,
    /// Where the list is.
    here: String,
    /// What is shown.
    seen: Asked,
    /// What is filtered, and what is kept.
    finding: Finding,
) -> impl IntoView {
    let Finding { saved, no_saving, can_forget, .. } = finding;
    let saved = saved.unwrap_or_default();
    let list = (!saved.is_empty()).then(|| {
        let links = saved.iter().map(|view| link(&here, &seen, view)).collect_view();
        view! { <ul class="chips" role="list" aria-label="Saved views">{links}</ul> }
    });
    let shown = saved.into_iter().find(|view| is_shown(&seen, view));
    let removal = shown.as_ref().filter(|_| can_forget).map(|view| {
        let fields = view! {
            <AppNameFields app=app.clone() />
            <input type="hidden" name="saved" value=view.slug.clone() />
        };
        let form = Form::<ForgetView>::keyed(&view.slug).reloading("The saved view was deleted.");
        row_action(form, fields.into_any(), "Delete the saved view", view.name.clone())
    });
    let can_save = no_saving.is_none() && shown.is_none() && seen.is_filtered();
    let saving = can_save.then(|| saving(app, &seen));
    let is_anything = list.is_some() || saving.is_some();
    is_anything.then(|| view! { <div class="saved-views">{list} {removal} {saving}</div> })
}

fn is_shown(seen: &Asked, view: &SavedView) -> bool {
    seen.q == view.q && (seen.order == "oldest") == view.oldest_first
}

fn link(here: &str, seen: &Asked, saved: &SavedView) -> AnyView {
    let order = if saved.oldest_first { "oldest" } else { "" };
    let href = Asked { order: order.to_owned(), ..seen.with(&saved.q) }.address(here);
    let current = is_shown(seen, saved).then_some("page");
    view! { <li><a class="chip-link" href=href aria-current=current>{saved.name.clone()}</a></li> }.into_any()
}

fn saving(app: App, seen: &Asked) -> AnyView {
    let form = Form::<SaveView>::keyed(&seen.q).reloading("The view was saved.");
    let is_open = form.parts().error().get_untracked().is_some();
    let (q, order) = (seen.q.clone(), seen.order.clone());
    view! {
        <details class="save-view" open=is_open>
            <summary>"Save this view"</summary>
            <PostForm form class="is-inline">
                <ErrorSummary />
                <AppNameFields app />
                <input type="hidden" name="q" value=q />
                <input type="hidden" name="order" value=order />
                <TextField name="name" label="Name of the view" />
                <p class="actions"><SubmitButton look=Look::Secondary>"Save"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
}
