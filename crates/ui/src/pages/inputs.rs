//! `/{owner}/{app}/inputs`

use atelier_domain::Medium;
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast as _};
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use crate::{
    api::{
        apps::App,
        concepts::Concept,
        inputs::{
            Input, Inputs as List, Obstacle, PictureSize, input_path, list_inputs, list_path, picture_path,
            upload_path,
        },
    },
    components::{
        chips::{Chip, Chips},
        concept_list::{CONCEPT_LIST, ConceptList},
        empty_state::EmptyState,
        icon::{Icon, Sign},
        loaded::{Loaded, Reload},
        pagination::Pagination,
        prose::Prose,
        room::{AppRoom, Room},
        shortcuts::use_shortcut,
        time::Time,
        uploads::{Content, Uploads},
    },
    pages::app_in_address,
};

/// The most concepts that a card names.
const CHIPS: usize = 4;

/// What can be uploaded, for the file chooser.
const ACCEPTED: &str = "image/png,image/jpeg,image/gif,image/webp,image/bmp,text/plain,.txt";

/// What the page's address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    kind: String,
    concept: String,
    words: String,
    before: String,
}

impl Asked {
    fn is_filtered(&self) -> bool {
        !(self.kind.is_empty() && self.concept.is_empty() && self.words.is_empty())
    }

    /// The address of the part that begins before an input.
    fn page(&self, app: &App, before: &str) -> String {
        let Self { kind, concept, words, .. } = self;
        let filters = [("kind", kind.as_str()), ("concept", concept), ("words", words), ("before", before)];
        let given = filters.into_iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<_> = given.map(|(name, value)| format!("{name}={}", Url::escape(value))).collect();
        format!("{}?{}", list_path(app), query.join("&"))
    }
}

/// What the page's address asks for, and in which app.
fn asked_in_address() -> Memo<((String, String), Asked)> {
    let app = app_in_address();
    let query = use_query_map();
    let part = move |name: &str| query.with(|query| query.get(name).unwrap_or_default());
    Memo::new(move |_| {
        let asked = Asked {
            kind: part("kind"),
            concept: part("concept"),
            words: part("words"),
            before: part("before"),
        };
        (app.get(), asked)
    })
}

/// The inputs of an app.
#[component]
pub fn Inputs() -> impl IntoView {
    view! {
        <Loaded
            key=asked_in_address()
            fetch=|((owner, app), asked): ((String, String), Asked)| {
                list_inputs(owner, app, asked.kind, asked.concept, asked.words, asked.before)
            }
            view=|list| view! { <Body list /> }.into_any()
        />
    }
}

#[component]
fn Body(list: List) -> impl IntoView {
    let (_, asked) = asked_in_address().get_untracked();
    let List { place, inputs, next, total, pending, failed, concepts, no_addition } = list;
    let app = place.app.clone();
    let title = format!("Inputs of {}", app.name);
    let is_empty = inputs.is_empty() && !asked.is_filtered() && asked.before.is_empty();
    let addition = match no_addition {
        Some(explanation) => view! { <p class="page-note"><Prose text=explanation /></p> }.into_any(),
        None => view! { <Addition app=app.clone() is_open=is_empty /> }.into_any(),
    };
    let cards = if inputs.is_empty() {
        nothing(&asked)
    } else {
        let cards = inputs.into_iter().map(|input| card(&app, input)).collect_view();
        view! { <ul class="cards" role="list">{cards}</ul> }.into_any()
    };
    let newest = (!asked.before.is_empty()).then(|| asked.page(&app, ""));
    let next = next.map(|before| asked.page(&app, &before));
    let is_paged = newest.is_some() || next.is_some();
    let filters = (!is_empty).then(|| filters(&app, &asked, concepts, counts(total, pending, failed)));
    view! {
        <Title text=title />
        <AppRoom place room=Room::Inputs>
            <header class="page-head"><h1>"Inputs"</h1></header>
            <Sent />
            {addition}
            {filters}
            {cards}
            {is_paged.then(|| view! { <Pagination label="Inputs" previous=newest next=next position="The newest first" /> })}
        </AppRoom>
    }
}

fn counts(total: Option<i64>, pending: i64, failed: i64) -> String {
    let Some(total) = total else { return String::new() };
    let mut words = format!("{total} in all");
    for (count, what) in [(pending, "not ready yet"), (failed, "could not be read")] {
        if count > 0 {
            words.push_str(&format!(", {count} {what}"));
        }
    }
    words
}

fn nothing(asked: &Asked) -> AnyView {
    if asked.is_filtered() {
        return view! {
            <EmptyState sign=Sign::Search title="No input fits">
                <p>"Try fewer filters, or a part of a word."</p>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState sign=Sign::Input title="No inputs yet">
            <p>
                "Inputs are the pictures and texts that are labelled here, such as photographs of street signs or \
                 letters to sort. Add some, and everybody who works on this app sees them."
            </p>
        </EmptyState>
    }
    .into_any()
}

fn filters(app: &App, asked: &Asked, concepts: Vec<Concept>, counts: String) -> AnyView {
    use_shortcut("/", "Look for inputs", || {
        let field = document().get_element_by_id("input-words");
        if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
            // A field that cannot take the focus is not on the page.
            let _ = field.focus();
        }
    });
    let kinds = [("", "Everything"), (Medium::Image.name(), "Pictures"), (Medium::Text.name(), "Texts")];
    let kinds = kinds
        .into_iter()
        .map(|(kind, label)| view! { <option value=kind selected=asked.kind == kind>{label}</option> })
        .collect_view();
    view! {
        <ConceptList concepts />
        <form class="filters" method="get" action=list_path(app) role="search">
            <label for="input-kind">"Show"</label>
            <select id="input-kind" class="input" name="kind">{kinds}</select>
            <label for="input-concept">"with the concept"</label>
            <input
                id="input-concept"
                class="input"
                name="concept"
                list=CONCEPT_LIST
                autocomplete="off"
                value=asked.concept.clone()
            />
            <label for="input-words">"and the words"</label>
            <input id="input-words" class="input" type="search" name="words" value=asked.words.clone() />
            <button class="button" type="submit">"Filter"</button>
            <span class="soft">{counts}</span>
        </form>
    }
    .into_any()
}

fn card(app: &App, input: Input) -> AnyView {
    let href = input_path(app, &input.slug);
    let face = match (&input.beginning, input.has_thumbnail) {
        (Some(beginning), _) => view! { <span class="card-text">{beginning.clone()}</span> }.into_any(),
        (None, true) => {
            let src = picture_path(app, &input.slug, PictureSize::Thumbnail);
            view! { <img src=src alt="" loading="lazy" decoding="async" /> }.into_any()
        }
        (None, false) => {
            view! { <span class="card-none"><Icon sign=Sign::Input /> "No picture yet"</span> }.into_any()
        }
    };
    let more = input.concepts.len().saturating_sub(CHIPS);
    let chips =
        input.concepts.iter().take(CHIPS).map(|name| view! { <Chip text=name.clone() /> }).collect_view();
    let more = (more > 0).then(|| view! { <Chip text=format!("+{more}") /> });
    let chips = (!input.concepts.is_empty())
        .then(|| view! { <Chips label=format!("Concepts of {}", input.slug)>{chips} {more}</Chips> });
    view! {
        <li class="card">
            <a class="card-face" href=href>
                {face}
                <code class="card-id">{input.slug.clone()}</code>
            </a>
            {chips}
            <p class="row-note">{input.author} ", " <Time at=input.made_at /></p>
        </li>
    }
    .into_any()
}

/// What became of files that were sent without JavaScript.
#[component]
fn Sent() -> impl IntoView {
    let query = use_query_map();
    let number = move |name: &str| query.with(|query| query.get(name)?.parse::<u32>().ok()).unwrap_or(0);
    move || {
        let (added, refused) = (number("added"), number("refused"));
        let because = query.with(|query| Obstacle::named(&query.get("because")?));
        let sentence = match (added, refused) {
            (0, 0) => return None,
            (added, 0) => format!("{added} added."),
            (added, refused) => {
                let because = because.unwrap_or(Obstacle::Other).sentence();
                format!("{added} added, {refused} not. {because}")
            }
        };
        Some(view! { <p class="notice">{sentence}</p> })
    }
}

/// The place to put files and texts. Without JavaScript the browser posts all of them at once.
#[component]
fn Addition(app: App, is_open: bool) -> impl IntoView {
    let (uploads, reload) = (Uploads::of_page(), Reload::of_page());
    let settled = uploads.settled();
    Effect::watch(move || settled.get(), move |_, _, _| reload.now(), false);
    let is_over = RwSignal::new(false);
    let path = StoredValue::new(upload_path(&app));
    let send_files = move |files: Option<web_sys::FileList>| {
        let Some(files) = files else { return };
        for file in (0..files.length()).filter_map(|place| files.get(place)) {
            path.with_value(|path| uploads.add(path, Content::File(file)));
        }
    };
    let chooser = NodeRef::<html::Input>::new();
    let choose = move || {
        if let Some(input) = chooser.get() {
            send_files(input.files());
            // So that the same file can be chosen once more.
            input.set_value("");
        }
    };
    // What was chosen before the bundle had arrived.
    Effect::new(choose);
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        send_files(event.data_transfer().and_then(|transfer| transfer.files()));
    };
    let hover = move |event: ev::DragEvent| {
        // Otherwise the browser would open the file.
        event.prevent_default();
        is_over.set(true);
    };
    let text = RwSignal::new(String::new());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = text.get_untracked();
        if !typed.trim().is_empty() {
            path.with_value(|path| uploads.add(path, Content::Text(typed)));
            text.set(String::new());
        }
    };
    view! {
        <details class="addition" open=is_open>
            <summary class="button is-primary"><Icon sign=Sign::Add /> "Add inputs"</summary>
            <form
                class="form"
                method="post"
                enctype="multipart/form-data"
                action=upload_path(&app)
                on:submit=submit
            >
                <div
                    class="drop"
                    class:is-over=move || is_over.get()
                    on:dragover=hover
                    on:dragleave=move |_| is_over.set(false)
                    on:drop=drop
                >
                    <label for="upload-files">"Pictures and texts"</label>
                    <input
                        node_ref=chooser
                        id="upload-files"
                        type="file"
                        name="file"
                        multiple=true
                        accept=ACCEPTED
                        on:change=move |_| choose()
                    />
                    <p class="field-hint">
                        "PNG, JPEG, GIF, WebP, BMP and plain text. "
                        <span class="needs-script">"They can be dropped here, too, and travel while you go on."</span>
                    </p>
                </div>
                <div class="field">
                    <label for="upload-text">"Or a text"</label>
                    <textarea
                        id="upload-text"
                        class="input"
                        name="text"
                        rows="3"
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                    ></textarea>
                </div>
                <p class="actions">
                    <button type="submit" class="button is-primary needs-no-script">"Add them"</button>
                    <button type="submit" class="button needs-script">"Add the text"</button>
                </p>
            </form>
        </details>
    }
}
