//! Which inputs of the list are chosen, and what is to be done to them.

use std::collections::BTreeSet;

use leptos::{ev::MouseEvent, prelude::*};

use super::collaborators::AppNameFields;
use crate::{
    api::{
        apps::App,
        batches::{BeginBatch, NoBatches},
        explorer::{COUNTED, number},
    },
    components::{
        concept_list::CONCEPT_LIST,
        dialog::{Dialog, DialogBody, DialogFoot},
        error_summary::ErrorSummary,
    },
    form::{Form, FormParts, PostForm},
};

/// What is chosen, for as long as the page is open: the list is made anew when others change it, and with it all that
/// listens.
#[derive(Clone, Copy)]
struct Kept {
    chosen: StoredValue<BTreeSet<String>>,
    all: StoredValue<bool>,
}

/// The inputs of a list that are chosen.
#[derive(Clone, Copy)]
pub(super) struct Selection {
    kept: Kept,
    chosen: RwSignal<BTreeSet<String>>,
    /// Whether all that match are meant, shown or not.
    all: RwSignal<bool>,
    /// The one that was pressed last: with Shift, everything from it on is meant.
    last: StoredValue<Option<String>>,
    /// Those that are shown, in their order.
    shown: StoredValue<Vec<String>>,
}

impl Selection {
    /// Makes [`Self::of_list`] work for the lists of a page, with nothing chosen.
    pub(super) fn keep() {
        provide_context(Kept { chosen: StoredValue::default(), all: StoredValue::new(false) });
    }

    /// That of a list, which begins with what was chosen of the one before, and which its boxes find.
    ///
    /// # Panics
    /// Outside the page of inputs.
    pub(super) fn of_list() -> Self {
        let kept: Kept = expect_context();
        let selection = Self {
            kept,
            chosen: RwSignal::new(kept.chosen.get_value()),
            all: RwSignal::new(kept.all.get_value()),
            last: StoredValue::new(None),
            shown: StoredValue::default(),
        };
        provide_context(selection);
        selection
    }

    /// Says which inputs are shown: what is shown no longer is chosen no longer, since nobody sees it.
    pub(super) fn show(self, slugs: Vec<String>) {
        let is_kept = |slug: &String| slugs.contains(slug);
        if !self.chosen.with_untracked(|chosen| chosen.iter().all(is_kept)) {
            self.change(|chosen| chosen.retain(is_kept));
        }
        self.shown.set_value(slugs);
    }

    fn change(self, change: impl FnOnce(&mut BTreeSet<String>)) {
        self.chosen.update(change);
        self.kept.chosen.set_value(self.chosen.get_untracked());
    }

    fn mean_all(self, all: bool) {
        self.all.set(all);
        self.kept.all.set_value(all);
    }

    fn has(self, slug: &str) -> bool {
        self.all.get() || self.chosen.with(|chosen| chosen.contains(slug))
    }

    /// Chooses an input or not; with `is_range`, all between the one that was pressed before and this one.
    fn press(self, slug: &str, is_chosen: bool, is_range: bool) {
        let shown = self.shown.get_value();
        let place = |slug: &str| shown.iter().position(|one| one == slug);
        let before = self.last.get_value().filter(|_| is_range);
        let range = before.and_then(|before| place(&before)).zip(place(slug));
        self.change(|chosen| {
            let meant = match range {
                Some((one, other)) => shown.get(one.min(other)..=one.max(other)).unwrap_or_default().to_vec(),
                None => vec![slug.to_owned()],
            };
            for one in meant {
                if is_chosen {
                    chosen.insert(one);
                } else {
                    chosen.remove(&one);
                }
            }
        });
        self.last.set_value(Some(slug.to_owned()));
    }

    fn clear(self) {
        self.change(BTreeSet::clear);
        self.mean_all(false);
        self.last.set_value(None);
    }

    /// How many are chosen of those that are shown.
    fn count(self) -> usize {
        self.chosen.with(BTreeSet::len)
    }
}

/// The box by which an input is chosen.
#[component]
pub(super) fn Choose(
    /// The input's identifier.
    slug: String,
) -> impl IntoView {
    let selection: Selection = expect_context();
    // Without scripts, what was ticked before an error is still ticked after it.
    let typed = FormParts::current().and_then(|form| form.all_typed("chosen[]")).unwrap_or_default();
    let checked = typed.contains(&slug);
    let label = format!("Choose {slug}");
    let (value, is_chosen) = (slug.clone(), slug.clone());
    let press = move |event: MouseEvent| {
        selection.press(&slug, event_target_checked(&event), event.shift_key());
    };
    view! {
        <label class="choose">
            <input
                type="checkbox"
                name="chosen[]"
                value=value
                checked=checked
                aria-label=label
                prop:checked=move || selection.has(&is_chosen)
                on:click=press
            />
        </label>
    }
}

/// The list, with what can be done to those of it that are chosen.
#[component]
pub(super) fn Chooser(
    /// The app.
    app: App,
    /// What is filtered, as its text.
    q: String,
    /// How many match; none, for whoever may not search: then only what is shown can be chosen.
    found: Option<usize>,
    /// The datasets into which inputs can be put.
    datasets: Vec<String>,
    /// What the person cannot do.
    no: NoBatches,
    /// The list.
    children: Children,
) -> impl IntoView {
    let selection: Selection = expect_context();
    let form = Form::<BeginBatch>::new().reloading("It has begun, and goes on while you do something else.");
    let begun = form.value();
    Effect::watch(
        move || begun.with(Option::is_some),
        move |begun, _, _| {
            if *begun {
                selection.clear();
            }
        },
        false,
    );
    let is_any = move || selection.all.get() || selection.count() > 0;
    let how_many = move || match (selection.all.get(), selection.count()) {
        (true, _) => "All of them are chosen.".to_owned(),
        (false, 0) => "Nothing is chosen.".to_owned(),
        (false, 1) => "1 is chosen.".to_owned(),
        (false, count) => format!("{} are chosen.", number(count)),
    };
    let is_filtered = !q.is_empty();
    let all = found.map(|found| {
        let label = match found {
            found if !is_filtered => format!("All {} inputs", number(found)),
            found if found > COUNTED => format!("All that match, more than {}", number(COUNTED)),
            found => format!("All {} that match", number(found)),
        };
        view! {
            <p class="checkbox">
                <input
                    type="checkbox"
                    id="choose-all"
                    name="reach"
                    value="all"
                    prop:checked=move || selection.all.get()
                    on:change=move |event| selection.mean_all(event_target_checked(&event))
                />
                <label for="choose-all">{label}</label>
            </p>
        }
    });
    let choose_shown = move |_| {
        let shown = selection.shown.get_value();
        selection.change(|chosen| chosen.extend(shown));
    };
    view! {
        <PostForm form class="chooser">
            <AppNameFields app />
            <input type="hidden" name="q" value=q />
            <div class="chooser-bar" class:is-any=is_any>
                <div class="chooser-which">
                    {all}
                    <span class="soft needs-script" aria-live="polite">{how_many}</span>
                    <span class="needs-script">
                        <button type="button" class="button is-quiet is-small" on:click=choose_shown>
                            "Choose those shown"
                        </button>
                        <button type="button" class="button is-quiet is-small" on:click=move |_| selection.clear()>
                            "Choose none"
                        </button>
                    </span>
                </div>
                <ErrorSummary />
                <Acts datasets no />
            </div>
            {children()}
        </PostForm>
    }
}

/// A button that says what is to be done.
fn act(name: &'static str, words: &'static str, no: &Option<String>) -> Option<AnyView> {
    no.is_none().then(|| {
        view! { <button type="submit" class="button" name="act" value=name>{words}</button> }.into_any()
    })
}

/// What can be done to what is chosen.
#[component]
fn Acts(datasets: Vec<String>, no: NoBatches) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let concept = form.field_id("concept");
    let dataset = form.field_id("dataset");
    let of_concepts = (no.saying.is_none() || no.unsaying.is_none()).then(|| {
        view! {
            <div class="chooser-act">
                <label for=concept.clone()>"Concept"</label>
                <input
                    id=concept
                    class="input"
                    name="concept"
                    list=CONCEPT_LIST
                    autocomplete="off"
                    value=form.typed("concept").unwrap_or_default()
                />
                {act("say", "Is there", &no.saying)}
                {act("deny", "Is not there", &no.saying)}
                {act("unsay", "Take out", &no.unsaying)}
            </div>
        }
    });
    let of_datasets = (no.putting.is_none() && !datasets.is_empty()).then(|| {
        let typed = form.typed("dataset").unwrap_or_default();
        let options = datasets
            .into_iter()
            .map(|slug| {
                let is_chosen = slug == typed;
                let name = slug.clone();
                view! { <option value=slug selected=is_chosen>{name}</option> }.into_any()
            })
            .collect_view();
        view! {
            <div class="chooser-act">
                <label for=dataset.clone()>"Dataset"</label>
                <select id=dataset class="input" name="dataset">
                    <option value="">"Choose one"</option>
                    {options}
                </select>
                {act("put", "Put in", &no.putting)}
            </div>
        }
    });
    let deletion = no.deletion.is_none().then(|| view! { <Deletion /> });
    view! { <div class="chooser-acts">{of_concepts} {of_datasets} {deletion}</div> }
}

/// Deleting, which is asked about first: in a dialog, or without scripts where one opens it.
#[component]
fn Deletion() -> impl IntoView {
    const WHAT_FOLLOWS: &str = "What was said of them goes with them, and they leave their datasets. Versions of these keep what was said, \
         and not the pictures and texts. This cannot be undone.";
    let selection: Selection = expect_context();
    let open = RwSignal::new(false);
    let title = Signal::derive(move || match (selection.all.get(), selection.count()) {
        (true, _) => "Delete all inputs that match?".to_owned(),
        (false, 1) => "Delete 1 input?".to_owned(),
        (false, count) => format!("Delete {} inputs?", number(count)),
    });
    let is_none = move || !selection.all.get() && selection.count() == 0;
    view! {
        <button
            type="button"
            class="button needs-script"
            disabled=is_none
            on:click=move |_| open.set(true)
        >
            "Delete …"
        </button>
        <details class="needs-no-script">
            <summary>"Delete them …"</summary>
            <p>{WHAT_FOLLOWS}</p>
            <button type="submit" class="button is-danger" name="act" value="delete">"Delete the chosen inputs"</button>
        </details>
        <Dialog open id="delete-inputs" title>
            <DialogBody><p>{WHAT_FOLLOWS}</p></DialogBody>
            <DialogFoot>
                <button type="button" class="button" autofocus on:click=move |_| open.set(false)>"Cancel"</button>
                <button
                    type="submit"
                    class="button is-danger"
                    name="act"
                    value="delete"
                    on:click=move |_| open.set(false)
                >
                    "Delete them"
                </button>
            </DialogFoot>
        </Dialog>
    }
}
