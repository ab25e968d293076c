//! The list of inputs goes on as one scrolls. What is far out of sight is not in the document; what was fetched is kept
//! while one looks at something else, so that whoever comes back stands where they were.
//!
//! Without scripts nothing of it happens: the server's first part stays, with links to the next.

use std::ops::Range;

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast as _};

use super::{inputs_chosen::Selection, inputs_stretch::Stretch};
use crate::{
    api::{
        apps::App,
        explorer::Asked,
        inputs::{Input, more_inputs},
    },
    components::{loaded::focus, window::Layout},
};

/// How many inputs are to be there below what is in the document before the next are fetched.
const AHEAD: usize = 48;

/// How many lists are kept that one may come back to.
const KEPT: usize = 8;

/// The lists that were scrolled through. They belong to the application: pages come and go.
#[derive(Clone, Copy)]
pub(crate) struct ScrolledLists(StoredValue<Vec<Scrolled>>);

/// Makes [`Scrolled::of_list`] work.
pub(crate) fn provide_scrolled_lists() {
    provide_context(ScrolledLists(StoredValue::default()));
}

/// A list that is scrolled through. Its parts are counted rather than owned by a page, so that they outlive it.
#[derive(Clone)]
pub struct Scrolled {
    lists: ScrolledLists,
    app: App,
    asked: Asked,
    /// What has been fetched.
    stretch: ArcRwSignal<Stretch>,
    /// Which of that is in the document.
    within: ArcRwSignal<Range<usize>>,
    /// How it is laid out, once that was measured.
    layout: ArcStoredValue<Option<Layout>>,
    /// How far the top of the window is below its beginning, in pixels.
    depth: ArcStoredValue<f64>,
    /// By what the browser's history knows it, once it was scrolled through.
    mark: ArcStoredValue<Option<String>>,
    is_fetching: ArcRwSignal<bool>,
    has_failed: ArcRwSignal<bool>,
}

impl Scrolled {
    /// The list that `asked` asks for in `app`, of which this is the first part: the one that was scrolled through, if
    /// the browser stands there or has just come back to it.
    ///
    /// # Panics
    /// Outside [`App`](crate::App).
    pub(super) fn of_list(app: App, asked: Asked, first: Vec<Input>, next: Option<String>) -> Self {
        let lists: ScrolledLists = expect_context();
        let known = mark_here().and_then(|mark| lists.find(&mark));
        let is_same = |list: &Self| list.asked == asked && list.app.path() == app.path();
        if let Some(known) = known.filter(is_same) {
            // The list before may still be on the page, and with it what shows it: nothing of that changes any more.
            let mut stretch = known.with(Clone::clone);
            stretch.renew(first, next);
            let (count, layout) = (stretch.len(), known.layout.get_value());
            let before = known.depth.get_value();
            // What came or went above moves what is in sight, and the window with it; at the beginning, one sees it come.
            let depth = layout.filter(|_| before > 0.0).map_or(before, |layout| {
                let place = layout.place_at(before);
                let slug = known.with(|stretch| stretch.slugs(place..place + 1).pop());
                let now = slug.and_then(|slug| stretch.place(&slug)).unwrap_or(place);
                before + layout.depth_of(now) - layout.depth_of(place)
            });
            // The window may have been resized meanwhile, and the list have become shorter.
            let within = layout.map_or(0..count, |layout| layout.within(count, depth, window_height()));
            let list = Self {
                stretch: ArcRwSignal::new(stretch),
                within: ArcRwSignal::new(within),
                layout: ArcStoredValue::new(layout),
                depth: ArcStoredValue::new(depth),
                mark: ArcStoredValue::new(known.mark.get_value()),
                is_fetching: ArcRwSignal::new(false),
                has_failed: ArcRwSignal::new(false),
                ..known
            };
            lists.keep(list.clone());
            return list;
        }
        let mut stretch = Stretch::default();
        stretch.renew(first, next);
        let within = 0..stretch.len();
        Self {
            lists,
            app,
            asked,
            stretch: ArcRwSignal::new(stretch),
            within: ArcRwSignal::new(within),
            layout: ArcStoredValue::new(None),
            depth: ArcStoredValue::new(0.0),
            mark: ArcStoredValue::new(None),
            is_fetching: ArcRwSignal::new(false),
            has_failed: ArcRwSignal::new(false),
        }
    }

    /// How many inputs have been fetched.
    pub(super) fn count(&self) -> usize {
        self.stretch.with_untracked(Stretch::len)
    }

    /// Looks at what has been fetched.
    pub(super) fn with<T>(&self, look: impl FnOnce(&Stretch) -> T) -> T {
        self.stretch.with_untracked(look)
    }

    /// Says where the window is, and brings into the document what belongs there.
    fn look(&self, frame: &web_sys::HtmlDivElement) {
        let before = self.layout.get_value();
        let Some(layout) = measured(frame).or(before) else { return };
        self.layout.set_value(Some(layout));
        let mut depth = -frame.get_bounding_client_rect().top();
        if let Some(before) = before.filter(|before| *before != layout) {
            let wanted = layout.depth_as(before, depth);
            self.make_room(frame);
            scroll_by(wanted - depth);
            depth = wanted;
        }
        self.note(depth);
        let within = layout.within(self.count(), depth, window_height());
        if self.within.with_untracked(|now| *now != within) {
            keep_focus(frame, &within);
            self.within.set(within.clone());
        }
        if self.has_failed.get_untracked() {
            return;
        }
        let (stale, goes_on) = self.with(|stretch| (stretch.stale(within.clone()), stretch.goes_on()));
        if let Some(place) = stale {
            self.fetch(place);
        } else if goes_on && self.count() < within.end + AHEAD {
            self.fetch(self.count());
        }
    }

    /// Notes where the window is, and has the browser's history know it from when it is first scrolled through.
    fn note(&self, depth: f64) {
        let here = mark_here();
        let known = self.mark.get_value();
        if known.is_some() && here != known {
            // The next page has taken its place already, and scrolls to its own top.
            return;
        }
        self.depth.set_value(depth);
        if known.is_none() && depth > 0.0 {
            let mark = format!("list {}", now());
            // Refused, one comes back to the beginning.
            if let Ok(history) = window().history()
                && history.replace_state(&mark.as_str().into(), "").is_ok()
            {
                self.mark.set_value(Some(mark));
                self.lists.keep(self.clone());
            }
        }
    }

    /// Fetches what comes at `place`: what follows, or how it is now.
    fn fetch(&self, place: usize) {
        if self.is_fetching.get_untracked() {
            return;
        }
        let after = self.with(|stretch| stretch.cursor(place).map(str::to_owned));
        let after = after.unwrap_or_else(|| self.asked.after.clone());
        self.is_fetching.set(true);
        let list = self.clone();
        leptos::task::spawn_local(async move {
            let App { owner, slug, .. } = list.app.clone();
            match more_inputs(owner, slug, list.asked.behind(&after)).await {
                Ok(part) => list.stretch.update(|stretch| {
                    // What came or went before it meanwhile has moved it: then it is looked for anew.
                    let is_there = place == 0 || stretch.cursor(place) == Some(&after);
                    if is_there {
                        stretch.put(place, part.inputs, part.next);
                    }
                }),
                Err(_) => list.has_failed.set(true),
            }
            list.is_fetching.set(false);
        });
    }

    /// Makes the list as high as if all of it were in the document.
    fn make_room(&self, frame: &web_sys::HtmlDivElement) {
        let within = self.within.get_untracked();
        let spaces = self.layout.get_value().map(|layout| layout.spaces(self.count(), &within));
        let (before, behind) = spaces.unwrap_or_default();
        let style = web_sys::HtmlElement::style(frame);
        for (name, space) in [("padding-block-start", before), ("padding-block-end", behind)] {
            // Names and sizes are well-formed: neither is ever refused. By script, which the page's policy allows.
            let _ = style.set_property(name, &format!("{space}px"));
        }
    }
}

impl ScrolledLists {
    fn find(self, mark: &str) -> Option<Scrolled> {
        let is_it = |list: &&Scrolled| list.mark.with_value(|known| known.as_deref() == Some(mark));
        self.0.with_value(|lists| lists.iter().find(is_it).cloned())
    }

    /// Keeps a list, in the place of the one of the same mark.
    fn keep(self, list: Scrolled) {
        let mark = list.mark.get_value();
        self.0.update_value(|lists| {
            lists.retain(|other| other.mark.get_value() != mark);
            lists.truncate(KEPT - 1);
            lists.insert(0, list);
        });
    }
}

/// What goes on as one scrolls: `list`, as `children` shows it.
#[component]
pub(super) fn Scroller(
    /// The list.
    list: Scrolled,
    /// What is chosen of it, where something can be.
    selection: Option<Selection>,
    /// The list, as it stands in the document.
    children: Children,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    // Once it is in the document, and before anything of it is seen: where one was.
    let is_placed = StoredValue::new(false);
    Effect::new({
        let list = list.clone();
        move || {
            if let Some(frame) = frame.get() {
                list.make_room(&frame);
                place(frame, list.clone(), is_placed);
            }
        }
    });
    Effect::new({
        let list = list.clone();
        move || {
            list.within.track();
            list.stretch.track();
            if let Some(frame) = frame.get() {
                list.make_room(&frame);
            }
        }
    });
    // What has come may not be enough, or not be measured yet.
    Effect::new({
        let list = list.clone();
        move || {
            list.stretch.track();
            list.has_failed.track();
            if !list.is_fetching.get() {
                look_soon(frame, list.clone(), is_placed);
            }
        }
    });
    let is_waiting = StoredValue::new(false);
    Effect::new({
        let list = list.clone();
        move || {
            let look = {
                let list = list.clone();
                move || {
                    // Once for each picture that the browser draws.
                    if !is_waiting.get_value() {
                        is_waiting.set_value(true);
                        let list = list.clone();
                        request_animation_frame(move || {
                            if is_waiting.try_set_value(false).is_none() {
                                look_now(frame, &list, is_placed);
                            }
                        });
                    }
                }
            };
            let scrolled = window_event_listener(ev::scroll, {
                let look = look.clone();
                move |_| look()
            });
            let resized = window_event_listener(ev::resize, move |_| look());
            on_cleanup(move || {
                scrolled.remove();
                resized.remove();
            });
        }
    });
    let press = {
        let list = list.clone();
        move |event: ev::KeyboardEvent| {
            if let Some(selection) = selection {
                press(&list, selection, &event);
            }
        }
    };
    let state = {
        let list = list.clone();
        move || match (list.has_failed.get(), list.is_fetching.get()) {
            (true, _) => {
                let list = list.clone();
                view! {
                    <span>"The rest could not be fetched."</span>
                    <button
                        type="button"
                        class="button is-small"
                        on:click=move |_| list.has_failed.set(false)
                    >
                        "Try again"
                    </button>
                }
                .into_any()
            }
            (false, true) => view! { <span>"More is being fetched …"</span> }.into_any(),
            (false, false) => ().into_any(),
        }
    };
    view! {
        // It takes the focus of what leaves the document, and gives it back when that returns.
        <div class="scroller" node_ref=frame tabindex="-1" on:keydown=press>
            {children()}
        </div>
        <p class="scroller-state soft">{state}</p>
    }
}

/// The inputs that are in the document, one after the other, as `each` shows them.
pub(super) fn entries(
    list: &Scrolled,
    each: impl Fn(usize, &Input) -> AnyView + Clone + Send + 'static,
) -> AnyView {
    let (stretch, within) = (list.stretch.clone(), list.within.clone());
    let part = move || {
        let within = within.get();
        stretch.with(|stretch| stretch.part(within))
    };
    view! {
        <For each=part key=|(place, entry)| (*place, entry.number) let((place, entry))>
            {each(place, &entry.input)}
        </For>
    }
    .into_any()
}

/// Scrolls to where one was in a list that one comes back to, as soon as it is in the document.
fn place(frame: web_sys::HtmlDivElement, list: Scrolled, is_placed: StoredValue<bool>) {
    request_animation_frame(move || {
        // It may have gone before it came.
        if is_placed.try_get_value() != Some(false) {
            return;
        }
        if !frame.is_connected() {
            return place(frame, list, is_placed);
        }
        if list.mark.with_value(Option::is_some) {
            scroll_by(list.depth.get_value() + frame.get_bounding_client_rect().top());
        }
        is_placed.set_value(true);
        list.look(&frame);
    });
}

fn look_soon(frame: NodeRef<html::Div>, list: Scrolled, is_placed: StoredValue<bool>) {
    request_animation_frame(move || look_now(frame, &list, is_placed));
}

/// Looks where the window is, if the list is still on the page.
fn look_now(frame: NodeRef<html::Div>, list: &Scrolled, is_placed: StoredValue<bool>) {
    if is_placed.try_get_value() == Some(true)
        && let Some(frame) = frame.try_get_untracked().flatten()
    {
        list.look(&frame);
    }
}

/// What the keys do on the box by which an input is chosen: arrows lead to the next one, and with Shift, all from the one
/// that was pressed before are chosen.
fn press(list: &Scrolled, selection: Selection, event: &ev::KeyboardEvent) {
    if event.alt_key() || event.ctrl_key() || event.meta_key() {
        return;
    }
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
    let Some(place) = target.filter(|input| input.type_() == "checkbox").and_then(|input| place_of(&input))
    else {
        return;
    };
    let slug = |place: usize| list.with(|stretch| stretch.slugs(place..place + 1).pop());
    let columns = list.layout.get_value().map_or(1, |layout| layout.columns);
    let to = match event.key().as_str() {
        " " if event.shift_key() => {
            if let Some(slug) = slug(place) {
                event.prevent_default();
                selection.press(&slug, true, true);
            }
            return;
        }
        "ArrowUp" => place.checked_sub(columns),
        "ArrowLeft" => place.checked_sub(1),
        "ArrowDown" => place.checked_add(columns),
        "ArrowRight" => place.checked_add(1),
        _ => return,
    };
    event.prevent_default();
    let Some(to) = to else { return };
    let Some(next) = box_at(to) else { return };
    if event.shift_key()
        && let Some((from, to)) = slug(place).zip(slug(to))
    {
        selection.extend(&from, &to);
    }
    focus(&next);
}

/// The place of the input in which an element stands.
fn place_of(element: &web_sys::Element) -> Option<usize> {
    let entry = element.closest("[data-place]").ok()??;
    entry.get_attribute("data-place")?.parse().ok()
}

/// The box by which the input at a place is chosen, if it is in the document.
fn box_at(place: usize) -> Option<web_sys::Element> {
    document().query_selector(&format!("[data-place='{place}'] .choose input")).ok()?
}

/// Gives the focus of what leaves the document to the list, and back once it returns.
fn keep_focus(frame: &web_sys::HtmlDivElement, within: &Range<usize>) {
    const LEFT: &str = "data-left";
    let Some(active) = document().active_element() else { return };
    let list: &web_sys::Element = frame;
    if active == *list {
        let left = frame.get_attribute(LEFT).and_then(|left| {
            let (place, what) = left.split_once(' ')?;
            Some((place.parse::<usize>().ok()?, what.to_owned()))
        });
        if let Some((place, what)) = left.filter(|(place, _)| within.contains(place)) {
            let _ = frame.remove_attribute(LEFT);
            request_animation_frame(move || {
                let found = document().query_selector(&format!("[data-place='{place}'] {what}"));
                if let Some(element) = found.ok().flatten() {
                    focus_in_place(&element);
                }
            });
        }
        return;
    }
    let Some(place) = place_of(&active) else { return };
    if within.contains(&place) {
        // Where rows come before it, it is put behind them, which takes the focus from it.
        leptos::task::spawn_local(async move {
            leptos::task::tick().await;
            if active.is_connected() && document().active_element().is_none_or(|now| now.tag_name() == "BODY")
            {
                focus_in_place(&active);
            }
        });
        return;
    }
    let what = if active.tag_name() == "INPUT" { ".choose input" } else { "a" };
    // The attribute's name is valid, which is all that could fail.
    let _ = frame.set_attribute(LEFT, &format!("{place} {what}"));
    focus_in_place(list);
}

/// Focuses without scrolling there.
fn focus_in_place(element: &web_sys::Element) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        let _ = element.focus_with_options(&options);
    }
}

/// How the list is laid out: by its first row, and where the next begins. Of less than that nothing can be told.
fn measured(frame: &web_sys::HtmlDivElement) -> Option<Layout> {
    let first = frame.query_selector("[data-place]").ok()??;
    let top = |element: &web_sys::Element| element.get_bounding_client_rect().top();
    let start = top(&first);
    let (mut columns, mut entry) = (1, first.next_element_sibling()?);
    loop {
        let pitch = top(&entry) - start;
        if pitch > 1.0 {
            return Some(Layout { columns, pitch });
        }
        columns += 1;
        entry = entry.next_element_sibling()?;
    }
}

/// What the browser's history knows of where it stands.
fn mark_here() -> Option<String> {
    // The server has no history.
    if cfg!(feature = "ssr") {
        return None;
    }
    window().history().ok()?.state().ok()?.as_string()
}

fn window_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default()
}

fn scroll_by(distance: f64) {
    window().scroll_by_with_x_and_y(0.0, distance);
}

/// The browser's clock, in milliseconds: no two lists are marked in the same.
#[cfg(any(feature = "hydrate", feature = "csr"))]
fn now() -> f64 {
    js_sys::Date::now()
}

/// Nobody scrolls on the server.
#[cfg(not(any(feature = "hydrate", feature = "csr")))]
fn now() -> f64 {
    0.0
}
