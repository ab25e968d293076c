//! `/{owner}/{app}/tasks/{task}/label` and `…/review`

use atelier_domain::{Region, task::TaskKind};
use leptos::{ev::MouseEvent, prelude::*, wasm_bindgen::JsCast as _};
use leptos_meta::Title;

use super::task::TaskFields;
use crate::{
    api::{
        apps::App,
        tasks::{
            LabelChoice, ReviewLabels, SkipInput, SubmitLabels, SubmitRegions, Suggester, ToReview, Work,
            WorkInput, get_work, task_path,
        },
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        canvas::{
            Canvas, Drawing, Sketch,
            kept::{KeptDrawing, Place},
            list::{DrawnRegions, RegionChoice, RegionChoices},
            text::TextSheet,
        },
        empty_state::EmptyState,
        error_summary::ErrorSummary,
        field::TextField,
        icon::Sign,
        layout::Crumb,
        live::AT_HAND,
        loaded::Loaded,
        room::{AppRoom, Room},
        shortcuts::use_shortcut,
        swatch::Swatch,
    },
    form::{Form, PostForm},
    pages::thing_in_address,
};

/// The id of the button that hands in what was labelled.
const SUBMIT: &str = "submit-labels";

/// The id of the button that hands in what was suggested.
const ACCEPT: &str = "accept-suggestion";

/// The keys that accept what was suggested: the first that says no concept.
const ACCEPTS: [&str; 3] = ["a", "y", "+"];

/// Where somebody labels: one input after the other.
#[component]
pub fn LabelInTask() -> impl IntoView {
    view! { <Page reviews=false /> }
}

/// Where somebody looks at what others labelled.
#[component]
pub fn ReviewInTask() -> impl IntoView {
    view! { <Page reviews=true /> }
}

#[component]
fn Page(reviews: bool) -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("task")
            fetch=move |(owner, app, task)| get_work(owner, app, task, reviews)
            view=move |work| view! { <Body work reviews /> }.into_any()
        />
    }
}

#[component]
fn Body(work: Work, reviews: bool) -> impl IntoView {
    let Work { place, task, instructions, kind, choices, suggester, input } = work;
    let (app, person) = (place.app.clone(), place.person.slug.clone());
    let path = task_path(&app, &task.slug);
    let below = Crumb { href: path.clone(), label: task.name.clone() };
    let left = if reviews { task.to_review } else { task.to_label }.unwrap_or_default();
    let (title, does) = if reviews { ("Review", "review") } else { ("Label", "label") };
    let content = match input {
        None => view! {
            <EmptyState sign=Sign::Check title=format!("Nothing to {does}")>
                <p>"There is nothing left for you here just now."</p>
                <p><LinkButton href=path>"Back to the task"</LinkButton></p>
            </EmptyState>
        }
        .into_any(),
        Some(input) => {
            let at = AtHand {
                app,
                person,
                task: task.slug.clone(),
                kind,
                choices,
                suggester,
                input,
                instructions,
            };
            if reviews { at.reviewing() } else { at.labelling() }
        }
    };
    view! {
        <Title text=format!("{title} · {}", task.name) />
        <AppRoom place room=Room::Tasks below=below>
            <header class="page-head">
                <h1>{task.name.clone()}</h1>
                <p class="soft">{format!("{left} left to {does}")}</p>
            </header>
            {content}
        </AppRoom>
    }
}

/// An input at hand, and all that is known of what is to be done with it.
struct AtHand {
    app: App,
    person: String,
    task: String,
    kind: TaskKind,
    choices: Vec<LabelChoice>,
    suggester: Option<Suggester>,
    input: WorkInput,
    instructions: String,
}

impl AtHand {
    /// Where it is labelled: of the whole, or by drawing.
    fn labelling(self) -> AnyView {
        let remarks = (!self.input.remarks.is_empty()).then(|| {
            let remarks = self.input.remarks.iter();
            let remarks = remarks.map(|text| view! { <p>{text.clone()}</p> }.into_any()).collect_view();
            view! { <div class="notice"><p class="row-name">"A reviewer asked for changes"</p>{remarks}</div> }
        });
        let skip = skip_form(&self.app, &self.task, &self.input.slug);
        let (app, task, input) = (self.app.clone(), self.task.clone(), self.input.slug.clone());
        if self.kind == TaskKind::Classification {
            let choices = self.choices.clone();
            let suggester = self.suggester.clone();
            let side = view! { {remarks} <Labelling app task input choices suggester /> {skip} };
            let content = whole(&self.input);
            return self.place(content, side.into_any());
        }
        let sketch = self.sketch(self.input.drawn.clone(), true);
        let kept = Place::new(&self.person, &task_path(&app, &task), &input);
        let choices = self.choices.iter().cloned().map(|choice| RegionChoice {
            concept: choice.concept,
            definition: choice.definition,
            key: choice.key,
        });
        let choices = choices.collect::<Vec<_>>();
        let side = view! {
            {remarks}
            <RegionChoices sketch choices />
            <DrawnRegions sketch />
            <SubmitDrawing app task input sketch kept round=self.input.round />
            {skip}
        };
        let content = self.drawn(sketch);
        self.place(content, side.into_any())
    }

    /// Where others' labels are looked at.
    fn reviewing(self) -> AnyView {
        let forms = self.input.to_review.iter();
        let forms = forms.map(|one| review_form(&self.app, &self.task, &self.input.slug, one)).collect_view();
        if self.kind == TaskKind::Classification {
            let content = whole(&self.input);
            return self.place(content, forms.into_any());
        }
        let mut numbers = 0..;
        // Each labeller names their regions as they like: together they need names of their own.
        let mut named = |region: &Region| Region {
            id: numbers
                .next()
                .and_then(|number: u32| format!("r{number}").parse().ok())
                .unwrap_or(region.id.clone()),
            ..region.clone()
        };
        let people: Vec<(String, Vec<Region>)> = self
            .input
            .to_review
            .iter()
            .map(|one| (one.name.clone(), one.drawn.iter().map(&mut named).collect()))
            .collect();
        let regions = people.iter().flat_map(|(_, drawn)| drawn.clone()).collect();
        let sketch = self.sketch(regions, false);
        let whose = (people.len() > 1).then(|| view! { <WhoseRegions sketch people /> });
        let side = view! { {whose} <DrawnRegions sketch /> {forms} };
        let content = self.drawn(sketch);
        self.place(content, side.into_any())
    }

    fn sketch(&self, regions: Vec<Region>, is_open: bool) -> Sketch {
        let concepts = self.choices.iter().map(|choice| choice.concept.clone()).collect();
        let make = if is_open { Sketch::new } else { Sketch::closed };
        let sketch = make(self.kind, regions, concepts);
        self.input.text.as_ref().map_or(sketch, |text| sketch.of_text(text))
    }

    /// The picture or text, with what is drawn in it.
    fn drawn(&self, sketch: Sketch) -> AnyView {
        let alt = self.input.slug.clone();
        match (self.input.picture.clone(), self.input.text.clone()) {
            (Some((src, width, height)), _) => {
                view! { <Canvas src alt pixels=(width, height) sketch /> }.into_any()
            }
            (None, Some(text)) => view! { <TextSheet text sketch /> }.into_any(),
            (None, None) => whole(&self.input),
        }
    }

    fn place(self, content: AnyView, side: AnyView) -> AnyView {
        let instructions = self.instructions;
        let help = (!instructions.is_empty()).then(|| {
            view! {
                <details class="section-lead">
                    <summary>"Instructions"</summary>
                    <div class="instructions" inner_html=instructions />
                </details>
            }
        });
        view! {
            <div class=format!("workplace {AT_HAND}")>
                <div class="workplace-content">{content}</div>
                <div class="workplace-side">
                    <p><code>{self.input.slug}</code></p>
                    {help}
                    {side}
                </div>
            </div>
        }
        .into_any()
    }
}

/// The picture or text by itself.
fn whole(input: &WorkInput) -> AnyView {
    match (&input.picture, &input.text) {
        (Some((src, width, height)), _) => view! {
            <img class="work-picture" src=src.clone() width=*width height=*height alt=input.slug.clone() />
        }
        .into_any(),
        (None, Some(text)) => view! { <p class="work-text">{text.clone()}</p> }.into_any(),
        (None, None) => {
            view! { <p class="page-note">"It is not here yet, or could not be fetched."</p> }.into_any()
        }
    }
}

/// Whose regions are shown, where several people labelled the same input: all at once, or those of one.
#[component]
fn WhoseRegions(sketch: Sketch, people: Vec<(String, Vec<Region>)>) -> impl IntoView {
    let all = people.iter().flat_map(|(_, drawn)| drawn.clone()).collect();
    let rows = std::iter::once(("Everybody’s".to_owned(), all))
        .chain(people)
        .enumerate()
        .map(|(place, (name, regions))| {
            let id = format!("whose-{place}");
            view! {
                <p class="checkbox">
                    <input
                        type="radio"
                        id=id.clone()
                        name="whose"
                        checked=place == 0
                        on:change=move |_| sketch.drawing.set(Drawing::new(regions.clone()))
                    />
                    <label for=id>{name}</label>
                </p>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <fieldset class="fieldset is-plain needs-script">
            <legend>"Regions shown"</legend>
            {rows}
        </fieldset>
    }
}

/// Hands in what is drawn.
#[component]
fn SubmitDrawing(
    app: App,
    task: String,
    input: String,
    sketch: Sketch,
    kept: Place,
    round: i64,
) -> impl IntoView {
    let form = Form::<SubmitRegions>::keyed(&input).reloading("Submitted.");
    let (value, pending, error) = (form.value(), form.parts().pending(), form.parts().error());
    let done = Signal::derive(move || value.with(Option::is_some));
    let regions = move || {
        let json = sketch.drawing.with(|drawing| serde_json::to_string(drawing.regions()));
        json.unwrap_or_default()
    };
    // What the hand is at is in the form's field by the next frame.
    let submit = Callback::new(move |()| {
        sketch.settle();
        request_animation_frame(|| press(SUBMIT));
    });
    use_shortcut("Enter", "Submit", move || submit.run(()));
    // Before the click and not with the press: what is settled makes the list above longer, and would move the button
    // away from under the pointer.
    let settle_first = move |event: MouseEvent| {
        if sketch.settle() {
            event.prevent_default();
            request_animation_frame(|| press(SUBMIT));
        }
    };
    view! {
        <PostForm form>
            <ErrorSummary />
            <TaskFields app task />
            <input type="hidden" name="input" value=input />
            <input type="hidden" name="regions" value=regions />
            <KeptDrawing sketch place=kept round pending done error submit />
            <p class="needs-no-scripting">"Drawing needs JavaScript, which is switched off here."</p>
            <p class="actions needs-script" on:click=settle_first>
                <SubmitButton id=SUBMIT>"Submit"</SubmitButton>
            </p>
        </PostForm>
    }
}

/// The choices as boxes, each with its key, and what is done with them. Where a model looked at the input before, it says what it
/// finds, and that can be handed in at once; nothing is ticked because of it, so that nobody overlooks what they say.
#[component]
fn Labelling(
    app: App,
    task: String,
    input: String,
    choices: Vec<LabelChoice>,
    suggester: Option<Suggester>,
) -> impl IntoView {
    let form = Form::<SubmitLabels>::keyed(&input).reloading("Submitted.");
    let suggestion = suggester.map(|suggester| suggestion(&suggester, &choices));
    let boxes =
        choices.into_iter().enumerate().map(|(index, choice)| choice_box(index, choice)).collect_view();
    use_shortcut("Enter", "Submit", move || press(SUBMIT));
    view! {
        <PostForm form>
            <ErrorSummary />
            <TaskFields app task />
            <input type="hidden" name="input" value=input />
            <fieldset class="fieldset">
                <legend>"What is there"</legend>
                {boxes}
            </fieldset>
            // Before what it suggests: a form that is sent by a key is sent by its first button.
            <p class="actions"><SubmitButton id=SUBMIT>"Submit"</SubmitButton></p>
            {suggestion}
        </PostForm>
    }
}

/// One of the choices, with its key, and how probable a model holds it.
fn choice_box(index: usize, choice: LabelChoice) -> AnyView {
    let LabelChoice { concept, definition, key, said, probability, suggested } = choice;
    let id = format!("choice-{index}");
    if let Some(key) = key.clone() {
        let id = id.clone();
        use_shortcut(key, format!("Say {}", concept.name), move || press(&id));
    }
    let key = key.map(|key| view! { <kbd class="needs-script">{key}</kbd> });
    let meaning = (!definition.is_empty()).then(|| view! { <span class="row-note">{definition}</span> });
    let probability = probability.map(|share| {
        let class = if suggested { "probability is-suggested" } else { "probability" };
        view! { <span class=class>{percent(share)}</span> }
    });
    view! {
        <p class="checkbox label-choice">
            <input
                type="checkbox"
                id=id.clone()
                name=format!("chosen[{index}]")
                value=concept.slug
                checked=said
            />
            <label for=id>
                <span class="swatched"><Swatch color=concept.color />{concept.name}</span>
                {meaning}
            </label>
            {probability}
            {key}
        </p>
    }
    .into_any()
}

/// A share in a hundred; what is not quite certain is not rounded to that.
fn percent(share: f64) -> String {
    match (share * 100.0).round() {
        all if all >= 100.0 && share < 1.0 => "> 99 %".to_owned(),
        none if none < 1.0 && share > 0.0 => "< 1 %".to_owned(),
        some => format!("{some} %"),
    }
}

/// What a model suggests, and the button that hands it in.
fn suggestion(suggester: &Suggester, choices: &[LabelChoice]) -> AnyView {
    let Suggester { version, name } = suggester;
    let suggested: Vec<&LabelChoice> = choices.iter().filter(|choice| choice.suggested).collect();
    if suggested.is_empty() {
        let known = choices.iter().any(|choice| choice.probability.is_some());
        let why = if known { "is sure of none of these." } else { "knows none of these." };
        return view! { <p class="soft">{format!("“{name}” {why}")}</p> }.into_any();
    }
    let said: Vec<&str> = suggested.iter().map(|choice| choice.concept.name.as_str()).collect();
    let said = format!("“{name}” suggests {}.", said.join(", "));
    let fields = suggested
        .iter()
        .enumerate()
        .map(|(index, choice)| {
            let value = choice.concept.slug.clone();
            view! { <input type="hidden" name=format!("suggested[{index}]") value=value /> }.into_any()
        })
        .collect_view();
    let is_free = |key: &&&str| choices.iter().all(|choice| choice.key.as_deref() != Some(**key));
    let key = ACCEPTS.iter().find(is_free).copied();
    if let Some(key) = key {
        use_shortcut(key, "Submit what is suggested", move || press(ACCEPT));
    }
    let key = key.map(|key| view! { <kbd class="needs-script">{key}</kbd> });
    view! {
        <input type="hidden" name="suggested_by" value=version.clone() />
        {fields}
        <div class="suggestion">
            <p>{said}</p>
            <SubmitButton look=Look::Secondary id=ACCEPT name="accept">"Submit that " {key}</SubmitButton>
        </div>
    }
    .into_any()
}

/// Presses a button, or ticks a box and takes the tick away again.
fn press(id: &str) {
    let field =
        document().get_element_by_id(id).and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(field) = field {
        field.click();
    }
}

fn skip_form(app: &App, task: &str, input: &str) -> AnyView {
    let form = Form::<SkipInput>::keyed(input).reloading("Skipped.");
    let (app, task, input) = (app.clone(), task.to_owned(), input.to_owned());
    view! {
        <details>
            <summary>"Skip it …"</summary>
            <PostForm form>
                <ErrorSummary />
                <TaskFields app task />
                <input type="hidden" name="input" value=input />
                <TextField name="note" label="Why" />
                <p class="actions"><SubmitButton look=Look::Secondary>"Skip this input"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
}

/// What one person said, and what becomes of it.
fn review_form(app: &App, task: &str, input: &str, one: &ToReview) -> AnyView {
    let form = Form::<ReviewLabels>::keyed(&format!("{input}-{}", one.labeller)).reloading("Reviewed.");
    let said = one
        .said
        .iter()
        .map(|concept| {
            view! {
                <li class="chip">
                    <span class="swatched"><Swatch color=concept.color.clone() />{concept.name.clone()}</span>
                </li>
            }
            .into_any()
        })
        .collect_view();
    let (app, task, input, labeller) = (app.clone(), task.to_owned(), input.to_owned(), one.labeller.clone());
    let (says, list) = (format!("{} said:", one.name), format!("What {} said", one.name));
    let nothing = (one.said.is_empty() && one.drawn.is_empty())
        .then(|| view! { <p class="soft">"Nothing of it is there."</p> });
    view! {
        <PostForm form class="review">
            <ErrorSummary />
            <TaskFields app task />
            <input type="hidden" name="input" value=input />
            <input type="hidden" name="labeller" value=labeller />
            <p>{says}</p>
            <ul class="chips" role="list" aria-label=list>{said}</ul>
            {nothing}
            <TextField name="note" label="Remark" optional=true />
            <div class="actions">
                <button type="submit" class="button" name="act" value="reject">"Reject"</button>
                <button type="submit" class="button" name="act" value="request-changes">"Ask for changes"</button>
                <button type="submit" class="button is-primary" name="act" value="approve">"Approve"</button>
            </div>
        </PostForm>
    }
    .into_any()
}
