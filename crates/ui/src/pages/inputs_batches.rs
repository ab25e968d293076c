//! What is being done to many inputs, on their page.

use std::time::Duration;

use leptos::prelude::*;

use super::collaborators::AppNameFields;
use crate::{
    api::{
        apps::App,
        batches::{Batch, CancelBatch, NotDone, UndoBatch, list_batches},
        inputs::{input_path, list_path},
    },
    components::{loaded::Reload, prose::Prose, row_action::row_action},
    form::Form,
};

/// How often it is asked how far it is, while something is under way.
const LOOK: Duration = Duration::from_secs(1);

/// Asks how far it is. It belongs to the page rather than to what it loads, which is often made anew while somebody presses
/// a button of it.
#[derive(Clone, Copy)]
pub(super) struct Work {
    /// What is on the page now.
    shown: StoredValue<Option<RwSignal<Vec<Batch>>>>,
    app: Memo<(String, String)>,
    reload: Reload,
    /// Whether it is being asked.
    is_asking: StoredValue<bool>,
}

impl Work {
    /// Makes [`Self::of_page`] work, for a page of the app `app` that is fetched anew by `reload`.
    pub(super) fn provide(app: Memo<(String, String)>, reload: Reload) {
        provide_context(Self {
            shown: StoredValue::new(None),
            app,
            reload,
            is_asking: StoredValue::new(false),
        });
    }

    /// That of the page.
    ///
    /// # Panics
    /// Outside the page of inputs.
    fn of_page() -> Self {
        expect_context()
    }

    /// Asks in a moment, again and again while something is under way; then the list is fetched anew.
    fn ask(self) {
        if self.is_asking.try_get_value() != Some(false) {
            return;
        }
        self.is_asking.set_value(true);
        set_timeout(move || self.ask_now(), LOOK);
    }

    fn ask_now(self) {
        // The page may have gone meanwhile, and with it what belongs to it.
        let Some((owner, app)) = self.app.try_get_untracked() else { return };
        leptos::task::spawn_local(async move {
            let answer = list_batches(owner, app).await;
            if self.is_asking.try_set_value(false).is_some() {
                return;
            }
            // What could not be asked is asked again.
            let is_over = match answer {
                Ok(answer) => {
                    let is_over = answer.iter().all(|one| !one.is_under_way);
                    if let Some(shown) = self.shown.try_get_value().flatten() {
                        // The list may just be made anew.
                        shown.try_set(answer);
                    }
                    is_over
                }
                Err(_) => false,
            };
            if is_over {
                self.reload.now();
            } else {
                self.ask();
            }
        });
    }
}

/// What the person has begun, with how far it is.
#[component]
pub(super) fn Batches(
    /// The app.
    app: App,
    /// What they have begun.
    batches: Vec<Batch>,
) -> impl IntoView {
    let work = Work::of_page();
    let is_under_way = batches.iter().any(|one| one.is_under_way);
    let shown = RwSignal::new(batches);
    work.shown.set_value(Some(shown));
    Effect::new(move || {
        if is_under_way {
            work.ask();
        }
    });
    let app = StoredValue::new(app);
    // What is under way stays the same element, so that its button keeps the focus.
    let each = move || {
        shown.with(|shown| shown.iter().map(|one| (one.id.clone(), one.is_under_way)).collect::<Vec<_>>())
    };
    let is_any = move || shown.with(|shown| !shown.is_empty());
    view! {
        <Show when=is_any>
            // Whoever presses a button sees what becomes of it, also if the page is made anew in that moment.
            <section class="batches" aria-label="What is done to many inputs" on:submit=move |_| work.ask()>
                <For each=each key=Clone::clone let:key>
                    <One id=key.0 shown app=app.get_value() />
                </For>
            </section>
        </Show>
    }
}

#[component]
fn One(id: String, shown: RwSignal<Vec<Batch>>, app: App) -> impl IntoView {
    let batch = Memo::new(move |_| shown.with(|shown| shown.iter().find(|one| one.id == id).cloned()));
    let now = batch.get_untracked();
    let Some(first) = now else { return ().into_any() };
    let fields = || {
        view! {
            <AppNameFields app=app.clone() />
            <input type="hidden" name="batch" value=first.id.clone() />
        }
        .into_any()
    };
    let cancel = first.is_under_way.then(|| {
        let form = Form::<CancelBatch>::keyed(&first.id).reloading("Cancelled. What was done stays.");
        row_action(form, fields(), "Cancel", first.words.clone())
    });
    let undo = first.can_undo.then(|| {
        let form = Form::<UndoBatch>::keyed(&first.id).reloading("It is being undone.");
        row_action(form, fields(), "Undo", first.words.clone())
    });
    let no_undo = first.no_undo.clone().map(|why| view! { <p class="row-note"><Prose text=why /></p> });
    let look = first.is_under_way.then(|| {
        let href = list_path(&app);
        view! { <a class="button is-quiet is-small needs-no-script" href=href>"Look again"</a> }
    });
    let label = first.words.clone();
    let bar = first.is_under_way.then(|| {
        let of = move || batch.with(|batch| batch.as_ref().map_or(1, |one| one.of.max(1)).to_string());
        let through = move || batch.with(|batch| batch.as_ref().map_or(0, |one| one.through).to_string());
        view! { <progress aria-label=label max=of value=through></progress> }
    });
    let standing = move || batch.with(|batch| batch.as_ref().map(|one| one.standing.clone()));
    let told = (!first.told.is_empty() && !first.is_under_way).then(|| told(&app, &first));
    view! {
        <div class="batch" class:is-under-way=first.is_under_way>
            <p class="batch-words">
                <strong>{first.words.clone()}</strong>
                <span class="soft">{standing}</span>
            </p>
            {bar}
            <div class="row-actions">{cancel} {undo} {look}</div>
            {no_undo}
            {told}
        </div>
    }
    .into_any()
}

/// What could not be done, input by input.
fn told(app: &App, batch: &Batch) -> AnyView {
    let items = batch
        .told
        .iter()
        .map(|NotDone { input, why }| {
            let href = input_path(app, input);
            view! { <li><a href=href><code>{input.clone()}</code></a> ": " <Prose text=why.clone() /></li> }
                .into_any()
        })
        .collect_view();
    let more = (batch.untold > 0).then(|| view! { <p>{format!("And {} more.", batch.untold)}</p> });
    view! {
        <details class="batch-told">
            <summary>"What was not possible"</summary>
            <ul>{items}</ul>
            {more}
        </details>
    }
    .into_any()
}
