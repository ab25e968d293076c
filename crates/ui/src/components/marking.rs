//! What is being marked in an input: shared by the picture or text, the form for it, and the list of what is marked.

use atelier_domain::Shape;
use leptos::{prelude::*, wasm_bindgen::JsCast as _};

use crate::{
    api::{
        annotations::{AddMark, ChangeMark, Mark},
        apps::App,
    },
    components::{
        button::{Button, SubmitButton},
        concept_list::CONCEPT_LIST,
        error_summary::ErrorSummary,
        field::TextField,
        loaded::focus,
        toast::Toasts,
    },
    form::{Form, PostForm},
};

/// A region that is being made or changed, and not saved yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Which mark it changes; none, if it is a new one.
    pub of: Option<usize>,
    /// Where it is now.
    pub shape: Shape,
}

/// What is being drafted on a page.
///
/// It is kept beside what the page loads: an answer that arrives while somebody draws takes nothing out of their hands.
#[derive(Clone, Copy)]
pub struct Drafting {
    /// As it was drawn last. No signal: what was shown before is still there while its successor is made, and must not
    /// hear of it.
    draft: StoredValue<Option<Draft>>,
    /// What is typed for it; none, if nothing was yet.
    concept: StoredValue<Option<String>>,
    /// Whether it was saved: what the page fetches then shows it as a mark.
    is_saved: StoredValue<bool>,
    /// The input in which it is, and the mark that it changes, by which that is found again among others.
    of: StoredValue<(String, Option<String>)>,
}

impl Drafting {
    /// Makes [`Marking::new`] work below the calling page.
    pub fn provide() {
        provide_context(Self {
            draft: StoredValue::new(None),
            concept: StoredValue::new(None),
            is_saved: StoredValue::new(false),
            of: StoredValue::default(),
        });
    }

    /// The draft, for what was loaded now, unless it is done with; or that the mark which it changes is gone.
    fn taken_over(self, input: &str, marks: &[Mark]) -> Result<Option<Draft>, Gone> {
        let (of_input, of_mark) = self.of.get_value();
        let stays = of_input == input && !self.is_saved.get_value();
        let draft = match (self.draft.get_value().filter(|_| stays), of_mark) {
            (Some(draft), Some(key)) => match marks.iter().position(|mark| mark.key() == key) {
                Some(place) => Ok(Some(Draft { of: Some(place), ..draft })),
                None => Err(Gone),
            },
            (draft, _) => Ok(draft),
        };
        if !matches!(draft, Ok(Some(_))) {
            self.forget();
        }
        self.of.update_value(|(of_input, _)| input.clone_into(of_input));
        draft
    }

    fn forget(self) {
        self.draft.set_value(None);
        self.concept.set_value(None);
        self.is_saved.set_value(false);
    }
}

/// What was being changed was removed by somebody.
struct Gone;

/// The state of marking.
#[derive(Clone, Copy)]
pub struct Marking {
    /// What is said of the input, as the server has it.
    pub marks: StoredValue<Vec<Mark>>,
    /// What is being made or changed.
    pub draft: RwSignal<Option<Draft>>,
    /// The mark that is pointed out in picture and list.
    pub chosen: RwSignal<Option<usize>>,
    /// Whether the person may add marks.
    pub can_add: bool,
    drafting: Drafting,
    toasts: Toasts,
}

impl Marking {
    /// The state of a page that shows the `marks` of `input`.
    ///
    /// # Panics
    /// Where no [`Drafting`] is provided.
    pub fn new(input: &str, marks: Vec<Mark>, can_add: bool) -> Self {
        let drafting: Drafting = expect_context();
        let toasts = Toasts::of_page();
        let draft = drafting.taken_over(input, &marks).unwrap_or_else(|Gone| {
            toasts.show("The region that you were changing was removed meanwhile.", None);
            None
        });
        Self {
            marks: StoredValue::new(marks),
            draft: RwSignal::new(draft),
            chosen: RwSignal::new(None),
            can_add,
            drafting,
            toasts,
        }
    }

    /// One of the marks.
    pub fn mark(self, place: usize) -> Option<Mark> {
        self.marks.with_value(|marks| marks.get(place).cloned())
    }

    /// Reads out what those who see the page see.
    pub fn say(self, text: impl Into<String>) {
        self.toasts.say(text);
    }

    /// Where a mark, or the new one, stands now: in the draft, if it is being changed, else as it was saved.
    pub fn shape(self, of: Option<usize>) -> Option<Shape> {
        let drafted = self
            .draft
            .with(|draft| draft.as_ref().filter(|draft| draft.of == of).map(|draft| draft.shape.clone()));
        drafted.or_else(|| self.mark(of?)?.shape().cloned())
    }

    /// Begins or goes on with a draft, unless the mark is not the person's to change; then it says why.
    pub fn draw(self, of: Option<usize>, shape: Shape) -> bool {
        let why_not = of.and_then(|place| self.mark(place)).and_then(|mark| mark.no_change);
        if let Some(why_not) = why_not {
            self.say(why_not);
            return false;
        }
        // What was saved is still shown until the page has fetched it: what is drawn by then is another.
        let is_another = self.drafting.is_saved.get_value()
            || self.draft.with_untracked(|draft| draft.as_ref().is_none_or(|draft| draft.of != of));
        if is_another {
            self.drafting.forget();
            let key = of.and_then(|place| self.mark(place)).map(|mark| mark.key());
            self.drafting.of.update_value(|(_, of_mark)| *of_mark = key);
        }
        let draft = Some(Draft { of, shape });
        self.drafting.draft.set_value(draft.clone());
        self.draft.set(draft);
        true
    }

    /// Drops the draft: what was saved stands again.
    pub fn cancel(self) {
        if self.draft.with_untracked(Option::is_some) {
            self.drafting.forget();
            self.draft.set(None);
            self.say("Cancelled.");
        }
    }

    /// Presses the button that removes a mark, which stands in the list if the person may.
    pub fn remove(self, place: usize) {
        let Some(mark) = self.mark(place) else { return };
        match (&mark.no_removal, mark.is_own) {
            (Some(why_not), _) => self.say(why_not.as_str()),
            (None, false) => self.say(format!("{}’s; remove it in the list", mark.author)),
            (None, true) => press(&removal_id(&mark)),
        }
    }
}

/// The id of the button that removes a mark.
pub(super) fn removal_id(mark: &Mark) -> String {
    format!("remove-{}", mark.key())
}

/// Presses a button, as a person would.
fn press(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(button) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        button.click();
    }
}

/// Puts the focus on what a selector finds first, once the page shows what has just changed.
pub(super) fn focus_soon(selector: &'static str) {
    request_animation_frame(move || {
        if let Ok(Some(element)) = document().query_selector(selector) {
            focus(&element);
        }
    });
}

/// Where a further region is begun: in a picture, or in a text.
const BEGINNING: &str = "#new-box, #find-words";

/// The region that is being changed.
const CHANGED: &str = ".region.is-draft";

/// Leads back to where the draft came from, once it is saved: its form goes, and would take the focus with it.
fn lead_back(marking: Marking, saved: Signal<Option<()>>, from: &'static str) {
    Effect::watch(
        move || saved.get(),
        move |saved, _, _| {
            if saved.is_some() {
                marking.drafting.is_saved.set_value(true);
                focus_soon(from);
            }
        },
        false,
    );
}

/// Where the concept of the draft is typed.
pub(super) const DRAFT_FIELD: &str = ".draft [name=concept]";

/// The form for the draft, while there is one.
#[component]
pub fn DraftForm(
    /// What is being marked.
    marking: Marking,
    /// In which app.
    app: App,
    /// In which input.
    input: String,
) -> impl IntoView {
    let of = Memo::new(move |_| marking.draft.with(|draft| draft.as_ref().map(|draft| draft.of)));
    move || of.get().map(|of| draft_form(marking, of, &app, &input))
}

fn draft_form(marking: Marking, of: Option<usize>, app: &App, input: &str) -> AnyView {
    let (app, input) = (app.clone(), input.to_owned());
    match of.and_then(|place| marking.mark(place)) {
        None => {
            let form = Form::<AddMark>::keyed("region").reloading("Added.");
            lead_back(marking, form.value(), BEGINNING);
            view! {
                <section class="draft">
                    <h3>"New region"</h3>
                    <PostForm form>{draft_fields(marking, app, input, String::new())}</PostForm>
                </section>
            }
            .into_any()
        }
        Some(mark) => {
            let form = Form::<ChangeMark>::keyed(&mark.key()).reloading("Saved.");
            lead_back(marking, form.value(), CHANGED);
            let region = mark.region_id().to_owned();
            let concept = mark.only_concept().unwrap_or_default().to_owned();
            view! {
                <section class="draft">
                    <h3>{format!("Change {}", mark.words)}</h3>
                    <PostForm form>
                        <input type="hidden" name="annotation" value=mark.annotation />
                        <input type="hidden" name="region" value=region />
                        {draft_fields(marking, app, input, concept)}
                    </PostForm>
                </section>
            }
            .into_any()
        }
    }
}

/// What both forms for drafts have.
fn draft_fields(marking: Marking, app: App, input: String, concept: String) -> AnyView {
    let drafted = marking.drafting.concept;
    let concept = drafted.get_value().unwrap_or(concept);
    let typed = Callback::new(move |concept| drafted.set_value(Some(concept)));
    view! {
        <ErrorSummary />
        <InputFields app input />
        <input type="hidden" name="shape" value=move || shape_as_json(marking) />
        <TextField name="concept" label="Concept" list=CONCEPT_LIST value=concept on_input=typed />
        <p class="actions">
            <SubmitButton>"Save"</SubmitButton>
            <Button on_press=move |_| {
                marking.cancel();
                focus_soon(BEGINNING);
            }>"Cancel"</Button>
        </p>
    }
    .into_any()
}

/// The draft's shape, as the server functions take it.
fn shape_as_json(marking: Marking) -> String {
    let shape =
        marking.draft.with(|draft| draft.as_ref().and_then(|draft| serde_json::to_string(&draft.shape).ok()));
    shape.unwrap_or_default()
}

/// The hidden fields that say which input a form is about.
#[component]
pub fn InputFields(
    /// The app.
    app: App,
    /// The input.
    input: String,
) -> impl IntoView {
    view! {
        <input type="hidden" name="owner" value=app.owner />
        <input type="hidden" name="app" value=app.slug />
        <input type="hidden" name="input" value=input />
    }
}
