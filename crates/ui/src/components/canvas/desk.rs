//! What is drawn on the page of an input, where each region is saved by itself as soon as it is finished.
//!
//! What is to be saved is the difference between the drawing and what the server has (`merging`),
//! so that undoing, which changes the drawing, needs nothing of its own. What is not saved yet is kept in the browser
//! and sent when there is a connection. What others change comes into the drawing; where both changed the same, one
//! is asked.

use std::{collections::BTreeMap, time::Duration};

use atelier_domain::{Labels, Region, ResourceId, task::TaskKind};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Sketch,
    kept::{Place, TRY_AGAIN},
    merging::{Act, Stored, absorb},
};
use crate::{
    api::{
        annotations::{Mark, add_region, change_region, remove_mark},
        apps::AppPlace,
        concepts::Concept,
    },
    components::{live::Live, loaded::Reload},
    error::UiError,
};

/// How long the hand has to be at rest until what it did is saved: a region that is moved by keys is saved once.
const AT_REST: Duration = Duration::from_millis(400);

/// The kinds of shapes that are drawn in pictures.
const TOOLS: &[TaskKind] = &[TaskKind::Boxes, TaskKind::Polygons, TaskKind::Points];

/// What the page shows of an input.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Who looks, and at which app.
    pub place: AppPlace,
    /// The input.
    pub input: String,
    /// Its text, unless it is a picture.
    pub text: Option<String>,
    /// What is said of it.
    pub marks: Vec<Mark>,
    /// The concepts that are offered.
    pub concepts: Vec<Concept>,
    /// Whether the person may add regions.
    pub can_add: bool,
    /// Why they cannot take away what they said, if they cannot.
    pub no_removal: Option<String>,
    /// How many answers had come when the page asked for this: see [`Desk::answers`].
    pub answers: u32,
}

/// The input in which is drawn, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
struct At {
    person: String,
    author: String,
    owner: String,
    app: String,
    input: String,
}

/// Why something that was drawn is not saved, and the person has to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Somebody changed the same region meanwhile.
    Changed,
    /// Somebody deleted it meanwhile.
    Deleted,
    /// The server refuses it.
    Refused(String),
}

/// What is kept in the browser.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    /// What the server had.
    stored: Stored,
    /// What is drawn.
    drawn: Vec<Region>,
}

/// How a region of the drawing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// As the server has it.
    Saved,
    /// It has no concept yet, and is not finished.
    Unfinished,
    /// It is about to be saved.
    Saving,
    /// It is kept until there is a connection.
    Waiting,
    /// The person has to decide.
    InTrouble,
}

/// The drawing of an input and all that is known of how it is saved. It stands beside what the page loads: an answer
/// that arrives while somebody draws takes nothing out of their hands.
#[derive(Clone, Copy)]
pub struct Desk {
    pub(super) sketch: Sketch,
    at: StoredValue<Option<At>>,
    no_removal: StoredValue<Option<String>>,
    pub(super) troubles: RwSignal<BTreeMap<ResourceId, Trouble>>,
    /// Whether the last thing that was sent did not get through.
    is_cut_off: RwSignal<bool>,
    is_sending: StoredValue<bool>,
    /// Whether something was saved since the page was opened.
    has_saved: RwSignal<bool>,
    /// Whether what the browser kept was taken up.
    is_restored: StoredValue<bool>,
    /// Whether the browser keeps something for this page: what it keeps for another one is not this one's to forget.
    has_kept: StoredValue<bool>,
    /// Which change of the drawing was the last: only at rest something is sent.
    change: StoredValue<u32>,
    answers: StoredValue<u32>,
    /// What is typed as the concept of the region that is taken up, and which that is.
    pub(super) typed: RwSignal<String>,
    pub(super) typed_of: StoredValue<Option<ResourceId>>,
    /// The concept that was typed last: the next region is often one of the same.
    pub(super) last_typed: StoredValue<String>,
    reload: StoredValue<Option<Reload>>,
    live: Live,
}

impl Desk {
    /// Makes [`Self::of_page`] work below the calling page.
    pub fn provide() -> Self {
        let desk = Self {
            sketch: Sketch::asking(),
            at: StoredValue::new(None),
            no_removal: StoredValue::new(None),
            troubles: RwSignal::default(),
            is_cut_off: RwSignal::new(false),
            is_sending: StoredValue::new(false),
            has_saved: RwSignal::new(false),
            is_restored: StoredValue::new(false),
            has_kept: StoredValue::new(false),
            change: StoredValue::new(0),
            answers: StoredValue::new(0),
            typed: RwSignal::default(),
            typed_of: StoredValue::new(None),
            last_typed: StoredValue::default(),
            reload: StoredValue::new(None),
            live: Live::of_application(),
        };
        provide_context(desk);
        desk
    }

    /// That of the page.
    ///
    /// # Panics
    /// Where none is provided.
    pub fn of_page() -> Self {
        expect_context()
    }

    /// What is drawn.
    pub fn sketch(self) -> Sketch {
        self.sketch
    }

    /// How many times something was saved: what was asked for before the last time does not know of it.
    pub fn answers(self) -> u32 {
        self.answers.get_value()
    }

    /// Takes over what the page was answered, for what is drawn in it.
    pub fn open(mut self, shown: Shown) -> Self {
        self.reload.set_value(use_context());
        self.no_removal.set_value(shown.no_removal);
        let at = At {
            person: shown.place.person.slug,
            author: shown.place.person.name,
            owner: shown.place.app.owner,
            app: shown.place.app.slug,
            input: shown.input,
        };
        let (after, drawn) = Stored::new(&shown.marks);
        if self.at.get_value().as_ref() == Some(&at) {
            if shown.answers == self.answers() {
                self.take_over(&after);
            } else {
                // Something was saved since this was asked for.
                self.fetch();
            }
        } else {
            let kind = if shown.text.is_some() { TaskKind::Spans } else { TaskKind::Boxes };
            self.at.set_value(Some(at));
            self.is_restored.set_value(false);
            self.has_kept.set_value(false);
            self.has_saved.set(false);
            self.troubles.set(BTreeMap::new());
            self.sketch.begin(kind, (after, drawn), shown.concepts, shown.text.clone());
        }
        self.sketch.is_open = shown.can_add;
        self.sketch.tools = if shown.text.is_none() && shown.can_add { TOOLS } else { &[] };
        self
    }

    /// Brings what others changed into the drawing.
    fn take_over(self, after: &Stored) {
        let before = self.sketch.stored.get_untracked();
        if before == *after {
            return;
        }
        let mut conflicts = Vec::new();
        self.sketch.drawing.update(|drawing| {
            conflicts = drawing.absorb(|regions| absorb(regions, &before, after));
        });
        self.sketch.stored.set(after.clone());
        self.decide_on(conflicts);
    }

    /// Has the person decide on regions that were changed on both sides.
    fn decide_on(self, conflicts: Vec<ResourceId>) {
        let waiting = self.acts();
        self.troubles.update(|troubles| {
            for id in conflicts {
                let is_there = self.sketch.stored.with_untracked(|stored| stored.mark(&id).is_some());
                troubles.insert(id, if is_there { Trouble::Changed } else { Trouble::Deleted });
            }
            troubles.retain(|id, _| waiting.iter().any(|act| act.id() == id));
        });
    }

    /// What is to be saved, whatever keeps it from that.
    fn acts(self) -> Vec<Act> {
        self.sketch.drawing.with_untracked(|drawing| {
            self.sketch.stored.with_untracked(|stored| stored.acts(drawing.regions()))
        })
    }

    fn place(self) -> Option<Place> {
        let At { person, owner, app, input, .. } = self.at.get_value()?;
        Some(Place::new(&person, &format!("/{owner}/{app}"), &input))
    }

    /// Saves the drawing from now on, as long as the calling component is on the page.
    pub(super) fn keep_saved(self) {
        Effect::new(move || {
            self.sketch.drawing.track();
            self.sketch.stored.track();
            self.troubles.track();
            if !self.is_restored.get_value() {
                self.is_restored.set_value(true);
                self.restore();
            }
            self.keep();
            self.send_at_rest();
        });
        Effect::new(move || {
            let handle = window_event_listener_untyped("online", move |_: web_sys::Event| self.send());
            on_cleanup(move || handle.remove());
        });
    }

    /// Takes up what the browser kept, and what was changed meanwhile.
    fn restore(self) {
        let Some(Kept { stored, mut drawn }) = self.place().and_then(|place| place.load()) else { return };
        self.has_kept.set_value(true);
        let after = self.sketch.stored.get_untracked();
        let conflicts = absorb(&mut drawn, &stored, &after);
        self.sketch.drawing.update(|drawing| drawing.replace(drawn));
        self.decide_on(conflicts);
    }

    /// Keeps in the browser what is not saved yet.
    fn keep(self) {
        let Some(place) = self.place() else { return };
        let drawn = self.sketch.drawing.with_untracked(|drawing| drawing.regions().to_vec());
        let is_finished =
            drawn.iter().all(|region| !region.labels.is_empty() || !self.sketch.is_new(&region.id));
        if is_finished && self.acts().is_empty() {
            if self.has_kept.get_value() {
                self.has_kept.set_value(false);
                place.forget();
            }
            return;
        }
        // A browser that keeps nothing still has the page.
        let is_kept = place.keep(&Kept { stored: self.sketch.stored.get_untracked(), drawn });
        self.has_kept.set_value(is_kept);
    }

    fn send_at_rest(self) {
        let change = self.change.get_value().wrapping_add(1);
        self.change.set_value(change);
        let send = move || {
            if self.change.try_get_value() == Some(change) {
                self.send();
            }
        };
        set_timeout(send, AT_REST);
    }

    /// Sends what comes first, and then the next.
    fn send(self) {
        let Some(Some(at)) = self.at.try_get_value() else { return };
        if self.is_sending.get_value() {
            return;
        }
        let troubles = self.troubles.get_untracked();
        let Some(act) = self.acts().into_iter().find(|act| !troubles.contains_key(act.id())) else { return };
        self.is_sending.set_value(true);
        leptos::task::spawn_local(async move {
            let answer = send(&at, &act).await;
            // The page may be gone. What was kept is then found to be saved.
            let Some(now) = self.at.try_get_value() else { return };
            self.is_sending.set_value(false);
            if now.is_some_and(|now| now == at) {
                self.hear(&at, act, answer);
            } else {
                self.send();
            }
        });
    }

    /// What becomes of an answer.
    fn hear(self, at: &At, act: Act, answer: Result<Option<i64>, UiError>) {
        let id = act.id().clone();
        self.is_cut_off.set(answer == Err(UiError::Unavailable));
        match (answer, act) {
            (Err(UiError::Unavailable), _) => {
                return set_timeout(move || self.send(), TRY_AGAIN);
            }
            (Ok(Some(changed_at)), Act::Add(region)) => {
                let mark = Mark {
                    annotation: id.to_string(),
                    author: at.author.clone(),
                    is_own: true,
                    changed_at,
                    state: None,
                    no_change: None,
                    no_removal: self.no_removal.get_value(),
                    ..self.said(region)
                };
                self.saved(|stored| stored.note(id, mark));
            }
            (Ok(Some(changed_at)), Act::Change(region, mark)) => {
                let said = self.said(Region { id: own_id(&mark, &region.id), ..region });
                let mark = Mark { labels: said.labels, words: said.words, changed_at, ..*mark };
                self.saved(|stored| stored.note(id, mark));
            }
            (Ok(changed_at), _) => self.saved(|stored| stored.forget(&id, changed_at)),
            (Err(UiError::NotFound), Act::Remove(..)) => self.saved(|stored| stored.forget(&id, None)),
            (Err(UiError::NotFound), Act::Change(..)) => {
                self.sketch.stored.update(|stored| stored.forget(&id, None));
                self.trouble(id, Trouble::Deleted);
            }
            (Err(UiError::Conflict { .. }), Act::Change(..) | Act::Remove(..)) => {
                self.trouble(id, Trouble::Changed);
                self.fetch();
            }
            (Err(other), _) => self.trouble(id, Trouble::Refused(why(&other))),
        }
        self.send();
    }

    /// What a region says.
    fn said(self, region: Region) -> Mark {
        let words = self.sketch.look(region.concept()).0;
        let labels = Labels { concepts: Vec::new(), regions: vec![region] };
        Mark {
            annotation: String::new(),
            labels,
            words,
            author: String::new(),
            is_own: false,
            changed_at: 0,
            state: None,
            no_change: None,
            no_removal: None,
        }
    }

    fn saved(self, note: impl FnOnce(&mut Stored)) {
        self.answers.update_value(|answers| *answers = answers.wrapping_add(1));
        self.has_saved.set(true);
        // The page hears of it like of everybody's changes: it is no news.
        self.live.noted();
        self.sketch.stored.update(note);
    }

    fn trouble(self, id: ResourceId, trouble: Trouble) {
        self.troubles.update(|troubles| drop(troubles.insert(id, trouble)));
    }

    fn fetch(self) {
        if let Some(reload) = self.reload.get_value() {
            reload.now();
        }
    }

    /// Saves what is drawn here, whatever the server has.
    pub(super) fn keep_mine(self, id: &ResourceId) {
        self.troubles.update(|troubles| drop(troubles.remove(id)));
    }

    /// Puts what the server has in the place of what is drawn here.
    pub(super) fn take_theirs(self, id: &ResourceId) {
        let theirs = self.sketch.stored.with_untracked(|stored| stored.region(id));
        self.sketch.drawing.update(|drawing| {
            let mut regions = drawing.regions().to_vec();
            match (regions.iter().position(|region| region.id == *id), theirs) {
                (Some(place), Some(theirs)) => {
                    if let Some(region) = regions.get_mut(place) {
                        *region = theirs;
                    }
                }
                (Some(place), None) => drop(regions.remove(place)),
                (None, Some(theirs)) => regions.push(theirs),
                (None, None) => {}
            }
            drawing.replace(regions);
        });
        self.keep_mine(id);
    }

    /// How a region stands.
    pub(super) fn standing(self, id: &ResourceId) -> Standing {
        if self.troubles.with(|troubles| troubles.contains_key(id)) {
            return Standing::InTrouble;
        }
        let (is_new, is_saved, is_named) = self.sketch.drawing.with(|drawing| {
            let region = drawing.regions().iter().find(|region| region.id == *id);
            let stored = self.sketch.stored.with(|stored| stored.region(id));
            let is_named = region.is_some_and(|region| !region.labels.is_empty());
            (stored.is_none(), stored.as_ref() == region, is_named)
        });
        match () {
            () if is_saved => Standing::Saved,
            () if is_new && !is_named => Standing::Unfinished,
            () if self.is_cut_off.get() => Standing::Waiting,
            () => Standing::Saving,
        }
    }

    /// How all of it stands, in words.
    pub(super) fn words(self) -> &'static str {
        self.sketch.drawing.track();
        self.sketch.stored.track();
        match () {
            () if self.troubles.with(|troubles| !troubles.is_empty()) => "Not all of it is saved.",
            () if self.acts().is_empty() => {
                if self.has_saved.get() {
                    "All of it is saved."
                } else {
                    ""
                }
            }
            () if self.is_cut_off.get() => {
                "No connection. It is kept in this browser, and saved as soon as there is one."
            }
            () => "Saving …",
        }
    }
}

/// Why something was refused, in a sentence.
fn why(error: &UiError) -> String {
    match error.about("concept").next() {
        Some(message) => {
            let mut letters = message.chars();
            let first = letters.next().map(|letter| letter.to_lowercase().to_string());
            format!("Its concepts {}{}", first.unwrap_or_default(), letters.as_str())
        }
        None => error.to_string(),
    }
}

/// The identifier of a region in its annotation.
fn own_id(mark: &Mark, id: &ResourceId) -> ResourceId {
    mark.region().map_or_else(|| id.clone(), |region| region.id.clone())
}

/// Has the server do it; answers when the annotation changed that it is about, if that is still there.
async fn send(at: &At, act: &Act) -> Result<Option<i64>, UiError> {
    let At { owner, app, input, .. } = at.clone();
    let json = |region: &Region| serde_json::to_string(region).map_err(|_| UiError::Unavailable);
    match act {
        Act::Add(region) => {
            add_region(owner, app, input, region.id.to_string(), json(region)?).await.map(Some)
        }
        Act::Change(region, mark) => {
            let region = Region { id: own_id(mark, &region.id), ..region.clone() };
            let annotation = mark.annotation.clone();
            change_region(owner, app, input, annotation, json(&region)?, mark.changed_at).await.map(Some)
        }
        Act::Remove(_, mark) => {
            let (annotation, region) = (mark.annotation.clone(), mark.region_id().to_owned());
            remove_mark(owner, app, input, annotation, region, String::new(), Some(mark.changed_at)).await
        }
    }
}
