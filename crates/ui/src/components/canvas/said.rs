//! What people say of parts of an input, one by one, beside what somebody draws there.

use atelier_domain::{Region, ResourceId};
use leptos::prelude::*;

use super::{
    desk::{Desk, Standing, Trouble},
    geometry,
    list::DrawnHead,
    naming::NameRegion,
};
use crate::{
    api::{annotations::Mark, apps::App},
    components::{loaded::focus_soon, marks::removal, prose::Prose, swatch::Swatch, time::Time},
};

/// The regions of an input: whose they are, since when, how they stand and what can be done about them.
#[component]
pub fn SaidRegions(
    /// What is drawn.
    desk: Desk,
    /// In which app.
    app: App,
    /// In which input.
    input: String,
) -> impl IntoView {
    let sketch = desk.sketch;
    if sketch.is_open {
        desk.keep_saved();
    }
    let regions = move || sketch.drawing.with(|drawing| drawing.regions().to_vec());
    let row = move |region: Region| row(desk, &app, &input, region.id);
    view! {
        <NameRegion desk />
        <section class="said">
            <DrawnHead sketch />
            <p class="field-hint kept-state needs-script">{move || desk.words()}</p>
            {move || troubles(desk)}
            <ol class="mark-list" role="list">
                <For each=regions key=|region| region.id.clone() children=row />
            </ol>
        </section>
    }
}

/// What the person has to decide.
fn troubles(desk: Desk) -> Vec<AnyView> {
    desk.troubles.get().into_iter().map(|(id, trouble)| decision(desk, id, trouble)).collect()
}

fn decision(desk: Desk, id: ResourceId, trouble: Trouble) -> AnyView {
    let sketch = desk.sketch;
    let drawn = sketch
        .drawing
        .with_untracked(|drawing| drawing.regions().iter().find(|region| region.id == id).cloned());
    let is_removed = drawn.is_none();
    let region = drawn.or_else(|| sketch.stored.with_untracked(|stored| stored.region(&id)));
    let name = region.map(|region| untrack(|| sketch.look_of(&region).0)).unwrap_or_default();
    let (what, mine, theirs) = match trouble {
        Trouble::Changed if is_removed => (
            format!("“{name}”, which you removed, was changed meanwhile."),
            "Remove it all the same",
            "Keep it",
        ),
        Trouble::Changed => (format!("“{name}” was changed here and elsewhere."), "Keep mine", "Take theirs"),
        Trouble::Deleted => (format!("“{name}” was deleted meanwhile."), "Keep mine", "Let it go"),
        Trouble::Refused(why) => (format!("“{name}” was not saved. {why}"), "Try again", "Take it back"),
    };
    let kept = id.clone();
    let keep = move |_| {
        desk.keep_mine(&kept);
        focus_soon(".drawn-head h2");
    };
    let take = move |_| {
        desk.take_theirs(&id);
        focus_soon(".drawn-head h2");
    };
    view! {
        <div class="notice conflict" role="alert">
            <p><Prose text=what /></p>
            <p class="actions">
                <button type="button" class="button is-small" on:click=keep>{mine}</button>
                <button type="button" class="button is-small" on:click=take>{theirs}</button>
            </p>
        </div>
    }
    .into_any()
}

fn row(desk: Desk, app: &App, input: &str, id: ResourceId) -> AnyView {
    let sketch = desk.sketch;
    // INVARIANT: what is shown depends on the row's own memos alone, and asks them whether they are still there. An effect
    // that heard of a change may run after the list has taken its row away.
    let now = {
        let id = id.clone();
        Memo::new(move |_| {
            sketch.drawing.with(|drawing| drawing.regions().iter().find(|region| region.id == id).cloned())
        })
    };
    let mark = {
        let id = id.clone();
        Memo::new(move |_| sketch.stored.with(|stored| stored.mark(&id).cloned()))
    };
    let standing = {
        let id = id.clone();
        Memo::new(move |_| desk.standing(&id))
    };
    let is_chosen = {
        let id = id.clone();
        Memo::new(move |_| sketch.is_chosen(&id))
    };
    let is_chosen = move || is_chosen.try_get().unwrap_or_default();
    let look = Memo::new(move |_| now.with(|region| region.as_ref().map(|region| sketch.look_of(region))));
    let look = move || look.try_get().flatten().unwrap_or_default();
    let name = move || look().0;
    let swatch = move || view! { <Swatch color=look().1 /> };
    let place = Memo::new(move |_| {
        let words = |region: &Region| (geometry::words(&region.shape), sketch.quote(&region.shape));
        now.with(|region| region.as_ref().map(words).unwrap_or_default())
    });
    let place = move || place.try_get().unwrap_or_default();
    let quote = move || place().1.map(|words| view! { <span class="row-note drawn-words">{words}</span> });
    let said = move || mark.try_get().flatten();
    let spoken = move || {
        let (place, words) = place();
        let author = said().map(|mark| format!(", by {}", mark.author));
        let words = words.map(|words| format!(" {words}"));
        format!("{}{}{}, {place}", name(), words.unwrap_or_default(), author.unwrap_or_default())
    };
    let (app, input) = (app.clone(), input.to_owned());
    // When it changed says nothing of how it goes.
    let goes_as = Memo::new(move |_| mark.with(|mark| Some(Mark { changed_at: 0, ..mark.clone()? })));
    let removal = {
        let id = id.clone();
        move || goes_as.try_get().map(|mark| removal_of(desk, &app, &input, id.clone(), mark))
    };
    let why_not = move || {
        // Whoever may annotate nothing is told so once, by the page.
        let why_not = said().and_then(|mark| mark.no_change).filter(|_| sketch.is_open);
        why_not.map(|text| view! { <p class="row-note is-reason"><Prose text /></p> })
    };
    view! {
        <li
            class="mark"
            class:is-chosen=is_chosen
            class:is-others=move || said().is_some_and(|mark| !mark.is_own)
        >
            <button
                type="button"
                class="button is-quiet is-small drawn-name"
                aria-label=spoken
                aria-pressed=move || if is_chosen() { "true" } else { "false" }
                on:click=move |_| sketch.choose(Some(id.clone()))
            >
                <span class="swatched">{swatch}{name}</span>
                " "
                {quote}
            </button>
            <span class="row-actions">{removal}</span>
            <p class="row-note">{move || standing.try_get().map(|standing| stands(standing, said()))}</p>
            {why_not}
        </li>
    }
    .into_any()
}

/// Whose a region is and since when it stands so, or what keeps it from being saved.
fn stands(standing: Standing, mark: Option<Mark>) -> AnyView {
    match (standing, mark) {
        (Standing::Saved, Some(mark)) => {
            let state = mark.state.map(|state| format!(", {state}"));
            view! { {mark.author} ", " <Time at=mark.changed_at /> {state} }.into_any()
        }
        (Standing::Unfinished, _) => "Not saved yet: it has no concept.".into_any(),
        (Standing::Waiting, _) => "Not saved yet: no connection.".into_any(),
        (Standing::InTrouble, _) => "Not saved.".into_any(),
        (Standing::Saving | Standing::Saved, _) => "Saving …".into_any(),
    }
}

/// The way to take a region away: with scripts one's own goes from the drawing, whence it comes back; anything else
/// by a form.
fn removal_of(desk: Desk, app: &App, input: &str, id: ResourceId, mark: Option<Mark>) -> AnyView {
    let sketch = desk.sketch;
    let form = mark.as_ref().filter(|mark| mark.no_removal.is_none());
    let is_drawn = sketch.is_open && mark.as_ref().is_none_or(|mark| mark.is_own);
    let form = form.map(|mark| removal(app, input, mark, sketch.is_open, false));
    if !is_drawn {
        return form.into_any();
    }
    let can_go = mark.as_ref().is_none_or(|mark| mark.no_removal.is_none());
    let words = mark.map(|mark| mark.words);
    let remove = move |_| {
        sketch.remove(&id);
        // The button goes, and would take the focus with it.
        focus_soon(".drawn-head h2");
    };
    let button = can_go.then(|| {
        view! {
            <button type="button" class="button is-quiet is-small needs-script" on:click=remove>
                "Remove"
                <span class="visually-hidden">" " {words}</span>
            </button>
        }
    });
    view! {
        {button}
        <span class="needs-no-scripting">{form}</span>
    }
    .into_any()
}
