//! Which inputs of the list are chosen, and what is to be done to them.

use std::collections::BTreeSet;

use leptos::{ev::MouseEvent, prelude::*, wasm_bindgen::JsCast as _};

use super::{collaborators::AppNameFields, inputs_scrolled::Scrolled};
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
pub struct Selection {
    kept: Kept,
    chosen: RwSignal<BTreeSet<String>>,
    /// Whether all that match are meant, shown or not.
    all: RwSignal<bool>,
    /// The one that was pressed last: with Shift, everything from it on is meant.
    last: StoredValue<Option<String>>,
    /// The list that was scrolled through so far.
    list: StoredValue<Scrolled>,
}

impl Selection {
    /// Makes [`Self::of_list`] work for the lists of a page, with nothing chosen.
    pub(super) fn keep() {
        provide_context(Kept { chosen: StoredValue::default(), all: StoredValue::new(false) });
    }

    /// That of `list`, which begins with what was chosen of the one before. What is in the list no longer is chosen no
    /// longer, since nobody sees it.
    ///
    /// # Panics
    /// Outside the page of inputs.
    pub(super) fn of_list(list: Scrolled) -> Self {
        let kept: Kept = expect_context();
        let selection = Self {
            kept,
            chosen: RwSignal::new(kept.chosen.get_value()),
            all: RwSignal::new(kept.all.get_value()),
            last: StoredValue::new(None),
            list: StoredValue::new(list),
        };
        let is_kept = |slug: &String| selection.place(slug).is_some();
        if !selection.chosen.with_untracked(|chosen| chosen.iter().all(is_kept)) {
            selection.change(|chosen| chosen.retain(is_kept));
        }
        selection
    }

    fn place(self, slug: &str) -> Option<usize> {
        self.list.with_value(|list| list.with(|stretch| stretch.place(slug)))
    }

    /// The inputs from one place to another, whichever comes first.
    fn between(self, one: usize, other: usize) -> Vec<String> {
        self.list.with_value(|list| list.with(|stretch| stretch.slugs(one.min(other)..one.max(other) + 1)))
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
    pub(super) fn press(self, slug: &str, is_chosen: bool, is_range: bool) {
        let before = self.last.get_value().filter(|_| is_range);
        let range = before.and_then(|before| self.place(&before)).zip(self.place(slug));
        let meant = match range {
            Some((one, other)) => self.between(one, other),
            None => vec![slug.to_owned()],
        };
        self.set(meant, is_chosen);
        self.last.set_value(Some(slug.to_owned()));
    }

    /// Goes on from an input to another one with what is chosen from the one that was pressed last; on the way back, what
    /// is left is chosen no longer.
    pub(super) fn extend(self, from: &str, to: &str) {
        let first = self.last.get_value().unwrap_or_else(|| from.to_owned());
        self.last.set_value(Some(first.clone()));
        let (Some(first), Some(from), Some(to)) = (self.place(&first), self.place(from), self.place(to))
        else {
            return;
        };
        let before = self.between(first, from);
        let now = self.between(first, to);
        self.set(before.into_iter().filter(|slug| !now.contains(slug)).collect(), false);
        self.set(now, true);
    }

    fn set(self, slugs: Vec<String>, is_chosen: bool) {
        self.change(|chosen| {
            for slug in slugs {
                if is_chosen {
                    chosen.insert(slug);
                } else {
                    chosen.remove(&slug);
                }
            }
        });
    }

    fn clear(self) {
        self.change(BTreeSet::clear);
        self.mean_all(false);
        self.last.set_value(None);
    }

    /// Has a form say all that is chosen, also what is not in the document.
    fn say(self, fields: &web_sys::FormData) {
        fields.delete(CHOSEN);
        self.chosen.with_untracked(|chosen| {
            for slug in chosen {
                // It is a name and a text, which is all that could be wrong.
                let _ = fields.append_with_str(CHOSEN, slug);
            }
        });
    }

    /// How many are chosen of those that are shown.
    fn count(self) -> usize {
        self.chosen.with(BTreeSet::len)
    }
}

/// The name of the boxes by which inputs are chosen.
const CHOSEN: &str = "chosen[]";

/// The box by which an input is chosen.
#[component]
pub(super) fn Choose(
    /// The input's identifier.
    slug: String,
    /// What is chosen.
    selection: Selection,
) -> impl IntoView {
    // Without scripts, what was ticked before an error is still ticked after it.
    let typed = FormParts::current().and_then(|form| form.all_typed(CHOSEN)).unwrap_or_default();
    let checked = typed.contains(&slug);
    let label = format!("Choose {slug}");
    // By its id, what has the focus is found again once the list was made anew.
    let id = format!("chosen-{slug}");
    let (value, is_chosen) = (slug.clone(), slug.clone());
    let press = move |event: MouseEvent| {
        selection.press(&slug, event_target_checked(&event), event.shift_key());
    };
    view! {
        <label class="choose">
            <input
                type="checkbox"
                id=id
                name=CHOSEN
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
    /// The tasks that take inputs, by identifier and name.
    tasks: Vec<(String, String)>,
    /// What is chosen.
    selection: Selection,
    /// The list.
    children: Children,
) -> impl IntoView {
    // What fills the form's buttons stands in it, too.
    provide_context(selection);
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
        let shown = selection.list.with_value(|list| list.with(|stretch| stretch.slugs(0..stretch.len())));
        selection.set(shown, true);
    };
    let say = move |event: web_sys::Event| {
        // The types know nothing of what every browser does.
        let fields = web_sys::js_sys::Reflect::get(&event, &"formData".into());
        if let Some(fields) = fields.ok().and_then(|fields| fields.dyn_into::<web_sys::FormData>().ok()) {
            selection.say(&fields);
        }
    };
    view! {
        <div class="chooser-form" on:formdata=say>
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
                <Acts datasets tasks no />
            </div>
            {children()}
        </PostForm>
        </div>
    }
}

/// A button that says what is to be done.
fn act(name: &'static str, words: &'static str, no: &Option<String>) -> Option<AnyView> {
    no.is_none().then(|| {
        view! { <button type="submit" class="button" name="act" value=name>{words}</button> }.into_any()
    })
}

/// What is done by one of several things, each with its identifier and name; nothing, where there is none, or the person
/// may not.
fn one_of(
    label: &'static str,
    name: &'static str,
    things: Vec<(String, String)>,
    act: Option<AnyView>,
) -> Option<AnyView> {
    let act = act.filter(|_| !things.is_empty())?;
    let form = expect_context::<FormParts>();
    let (id, typed) = (form.field_id(name), form.typed(name).unwrap_or_default());
    let options = things
        .into_iter()
        .map(|(slug, name)| {
            let is_chosen = slug == typed;
            view! { <option value=slug selected=is_chosen>{name}</option> }.into_any()
        })
        .collect_view();
    let view = view! {
        <div class="chooser-act">
            <label for=id.clone()>{label}</label>
            <select id=id class="input" name=name>
                <option value="">"Choose one"</option>
                {options}
            </select>
            {act}
        </div>
    };
    Some(view.into_any())
}

/// What can be done to what is chosen.
#[component]
fn Acts(datasets: Vec<String>, tasks: Vec<(String, String)>, no: NoBatches) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let concept = form.field_id("concept");
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
    let datasets = datasets.into_iter().map(|slug| (slug.clone(), slug)).collect();
    let of_datasets = one_of("Dataset", "dataset", datasets, act("put", "Put in", &no.putting));
    let of_tasks = one_of("Task", "task", tasks, act("assign", "Add to it", &no.assigning));
    let deletion = no.deletion.is_none().then(|| view! { <Deletion /> });
    view! { <div class="chooser-acts">{of_concepts} {of_datasets} {of_tasks} {deletion}</div> }
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
