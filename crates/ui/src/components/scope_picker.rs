//! Choosing scopes: one component for inviting people, changing their access, and making keys.

use atelier_domain::basic::ADMINISTRATION;
use atelier_domain::closure::{self, Closure};
use atelier_domain::words::ABILITIES;
use atelier_domain::{BasicScope, Endpoint, Preset, Reach, Scope, ScopeSet};
use leptos::prelude::*;

use crate::components::tri_checkbox::{Tri, TriCheckbox};
use crate::form::FormParts;

/// The name of the field in which the chosen scopes are posted, one value each.
pub const SCOPES_FIELD: &str = "scopes[]";

/// The name of the field in which it is posted which inputs they are about.
pub const REACH_FIELD: &str = "input_reach";

/// What is being chosen, shared by the picker and whatever shows what the choice comes to.
#[derive(Clone, Copy)]
pub struct ScopeChoice {
    /// What is ticked.
    pub chosen: RwSignal<ScopeSet>,
    /// What is ticked and what it needs.
    pub closure: Memo<Closure>,
    /// What the person who chooses may give.
    pub held: ScopeSet,
    /// What stood before, when something is being changed.
    pub before: Option<ScopeSet>,
    /// Which inputs it is to be about.
    pub reach: RwSignal<Reach>,
    /// Which inputs the person who chooses may give.
    pub held_reach: Reach,
}

impl ScopeChoice {
    /// A choice that begins with `chosen`, by somebody who may give `held`.
    #[must_use]
    pub fn new(chosen: ScopeSet, held: ScopeSet, before: Option<ScopeSet>) -> Self {
        let chosen = RwSignal::new(chosen);
        let closure = Memo::new(move |_| closure::close(chosen.get()));
        let everything = Reach::Everything;
        Self { chosen, closure, held, before, reach: RwSignal::new(everything), held_reach: everything }
    }

    /// The same, about the inputs `reach` at first, by somebody who may give those of `held`.
    #[must_use]
    pub fn of_inputs(self, reach: Reach, held: Reach) -> Self {
        self.reach.set(reach);
        Self { held_reach: held, ..self }
    }

    /// The same with what was chosen in the form before its page was rendered again, if it was.
    #[must_use]
    pub fn or_typed(self, form: FormParts) -> Self {
        if let Some(reach) = form.typed(REACH_FIELD).and_then(|reach| reach.parse::<Reach>().ok()) {
            self.reach.set(reach.min(self.held_reach));
        }
        let Some(ticked) = form.all_typed(SCOPES_FIELD) else { return self };
        let preset = form.typed("preset").and_then(|preset| Preset::from_slug(&preset));
        let ticked = || ScopeSet::from_wire(ticked.iter().map(String::as_str)).ok();
        if let Some(typed) = preset.map(Preset::scopes).or_else(ticked) {
            self.chosen.set(typed.intersection(self.held));
        }
        self
    }

    /// What is ticked and what it needs.
    #[must_use]
    pub fn scopes(&self) -> ScopeSet {
        self.closure.with(|closure| closure.scopes)
    }

    /// The same, and the inputs, without following them; none, once the form is gone.
    #[must_use]
    pub fn now(&self) -> Option<(ScopeSet, Reach)> {
        Some((self.closure.try_with_untracked(|closure| closure.scopes)?, self.reach.try_get_untracked()?))
    }

    fn set(&self, scopes: ScopeSet, wanted: bool) {
        let scopes = scopes.intersection(self.held);
        self.chosen.update(|chosen| {
            *chosen = if wanted { chosen.union(scopes) } else { chosen.minus(scopes) };
        });
    }
}

/// The picker: the eleven groups, each opening into its fine scopes, and those into the endpoints that they open.
///
/// Without JavaScript the groups stand open and their fine scopes are plain checkboxes; what they need is added by the
/// server.
#[component]
pub fn ScopePicker(
    /// What is being chosen.
    choice: ScopeChoice,
) -> impl IntoView {
    let advanced = RwSignal::new(false);
    let filter = RwSignal::new(String::new());
    let giveable = BasicScope::ALL.iter().fold(ADMINISTRATION, |set, group| set.union(group.own()));
    let giveable = giveable.intersection(choice.held);
    let all = Signal::derive(move || Tri::of(choice.scopes().intersection(giveable).len(), giveable.len()));
    let groups = BasicScope::ALL
        .into_iter()
        .map(|group| {
            let row = Row { name: group.name(), sentence: group.sentence(), scopes: group.own() };
            view! { <Group row choice advanced filter /> }.into_any()
        })
        .collect_view();
    let app =
        Row { name: "App", sentence: "See, configure and delete the app itself", scopes: ADMINISTRATION };
    view! {
        <fieldset class="picker">
            <legend>"Scopes"</legend>
            <div class="picker-tools needs-script">
                <TriCheckbox
                    id="scopes-all"
                    name=""
                    value=""
                    state=all
                    on_toggle=move |wanted| choice.set(giveable, wanted)
                >
                    "Select All Scopes"
                </TriCheckbox>
                <span class="picker-filter">
                    <label for="scopes-filter" class="visually-hidden">"Filter scopes"</label>
                    <input
                        id="scopes-filter"
                        class="input"
                        type="search"
                        placeholder="Filter"
                        autocomplete="off"
                        on:input=move |event| filter.set(event_target_value(&event).to_lowercase())
                    />
                </span>
                <button
                    type="button"
                    class="button is-quiet"
                    aria-pressed=move || advanced.get().to_string()
                    on:click=move |_| advanced.update(|advanced| *advanced = !*advanced)
                >
                    {move || if advanced.get() { "Basic" } else { "Advanced" }}
                </button>
            </div>
            <ul class="picker-groups" role="list">
                {groups}
                <Group row=app choice advanced filter />
            </ul>
        </fieldset>
    }
}

/// Which inputs the chosen scopes are about: all, or those of tasks that are assigned to the person.
#[component]
pub fn ReachPicker(
    /// What is being chosen.
    choice: ScopeChoice,
) -> impl IntoView {
    let held = choice.held_reach;
    let options = Reach::ALL
        .into_iter()
        .map(|reach| {
            let (name, what) = match reach {
                Reach::Everything => ("All inputs", "everything in the app that the scopes open"),
                Reach::Assigned => (
                    "Assigned tasks only",
                    "the inputs that tasks give to them, in lists, searches, counts and copies alike",
                ),
            };
            let is_too_much = reach > held;
            let id = format!("reach-{reach}");
            view! {
                <li class="preset">
                    <input
                        type="radio"
                        id=id.clone()
                        name=REACH_FIELD
                        value=reach.name()
                        disabled=is_too_much
                        checked=reach == choice.reach.get_untracked()
                        prop:checked=move || choice.reach.get() == reach
                        on:change=move |_| choice.reach.set(reach)
                    />
                    <label for=id>
                        <strong>{name}</strong>
                        <span>{what}</span>
                        {is_too_much.then_some(view! { <span class="picker-note">"more than you have yourself"</span> })}
                    </label>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <fieldset class="presets is-reach">
            <legend>"Inputs"</legend>
            <ul role="list">{options}</ul>
        </fieldset>
    }
}

#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    sentence: &'static str,
    scopes: ScopeSet,
}

impl Row {
    fn matches(&self, filter: &str) -> bool {
        let mut words = self.scopes.iter().map(|scope| scope.wire().to_lowercase());
        filter.is_empty()
            || self.name.to_lowercase().contains(filter)
            || self.sentence.to_lowercase().contains(filter)
            || words.any(|word| word.contains(filter))
    }
}

#[component]
fn Group(row: Row, choice: ScopeChoice, advanced: RwSignal<bool>, filter: RwSignal<String>) -> impl IntoView {
    let giveable = row.scopes.intersection(choice.held);
    let state = Signal::derive(move || {
        let held = choice.scopes().intersection(row.scopes).len();
        Tri::of(held, row.scopes.len())
    });
    let id = format!("group-{}", row.name.to_lowercase());
    let sentence_id = format!("{id}-sentence");
    let fine = row.scopes.iter().map(|scope| view! { <FineScope scope choice /> }.into_any()).collect_view();
    let hidden = move || filter.with(|filter| !row.matches(filter));
    let open = move || advanced.get() || filter.with(|filter| !filter.is_empty());
    view! {
        <li class="picker-group" hidden=hidden>
            <div class="picker-head">
                <strong class="needs-no-script">{row.name}</strong>
                <span class="needs-script">
                    <TriCheckbox
                        id=id
                        name=""
                        value=""
                        state=state
                        disabled=giveable.is_empty()
                        described_by=sentence_id.clone()
                        on_toggle=move |wanted| choice.set(giveable, wanted)
                    >
                        {row.name}
                    </TriCheckbox>
                </span>
                <span class="picker-sentence" id=sentence_id>
                    {row.sentence}
                    {giveable.is_empty().then_some(" — you do not have this yourself")}
                </span>
            </div>
            <details open=true prop:open=open>
                <summary>
                    {match row.scopes.len() {
                        1 => "1 scope".to_owned(),
                        several => format!("{several} scopes"),
                    }}
                </summary>
                <ul class="picker-scopes" role="list">{fine}</ul>
            </details>
        </li>
    }
}

#[component]
fn FineScope(scope: Scope, choice: ScopeChoice) -> impl IntoView {
    let id = format!("scope-{}", scope.wire());
    let note_id = format!("{id}-note");
    let is_held = choice.held.contains(scope);
    let reason = Memo::new(move |_| {
        choice.closure.with(|closure| closure.reason(scope).filter(|_| !closure.chosen.contains(scope)))
    });
    let checked = move || choice.closure.with(|closure| closure.scopes.contains(scope));
    let disabled = move || !is_held || reason.get().is_some();
    let note = move || match reason.get() {
        Some(by) => format!("needed by {by}"),
        None if !is_held => "you do not have this yourself".to_owned(),
        None => String::new(),
    };
    // Changes are marked by a sign, not by colour alone.
    let mark = move || {
        let before = choice.before?;
        match (before.contains(scope), checked()) {
            (false, true) => Some(view! { <span class="picker-mark is-gained">"+ added"</span> }.into_any()),
            (true, false) => Some(view! { <span class="picker-mark is-lost">"− removed"</span> }.into_any()),
            _ => None,
        }
    };
    let ability = ABILITIES.iter().find(|ability| ability.scope == scope).map(|ability| ability.text);
    let endpoints: Vec<&str> = Endpoint::all()
        .filter(|endpoint| endpoint.is_rpc() && endpoint.needs().contains(scope))
        .map(Endpoint::rpc)
        .collect();
    let count = endpoints.len();
    let endpoints = endpoints.into_iter().map(|rpc| view! { <li><code>{rpc}</code></li> }).collect_view();
    view! {
        <li class="picker-scope">
            <span class="checkbox">
                <input
                    type="checkbox"
                    id=id.clone()
                    name=SCOPES_FIELD
                    value=scope.wire()
                    checked=choice.chosen.get_untracked().contains(scope)
                    prop:checked=checked
                    disabled=disabled
                    aria-describedby=note_id.clone()
                    on:change=move |event| choice.set(ScopeSet::of(&[scope]), event_target_checked(&event))
                />
                <label for=id><code>{scope.wire()}</code></label>
            </span>
            <span class="picker-ability">{ability}</span>
            <span class="picker-note" id=note_id>{note}</span>
            {mark}
            <details class="picker-endpoints">
                <summary>
                    {if count == 1 { "1 endpoint needs it".to_owned() } else { format!("{count} endpoints need it") }}
                </summary>
                <ul role="list">{endpoints}</ul>
            </details>
        </li>
    }
}

/// What a choice comes to, in sentences: what they will be able to do, what not, and what to think twice about.
#[component]
pub fn ChoiceSummary(
    /// The choice.
    choice: ScopeChoice,
    /// Whom it is about: `They`, `This key`.
    #[prop(default = "They")]
    who: &'static str,
) -> impl IntoView {
    use atelier_domain::words;
    let can =
        move || words::can(choice.scopes()).map(|ability| view! { <li>{ability.text}</li> }).collect_view();
    let cannot = move || {
        words::cannot(choice.scopes()).map(|ability| view! { <li>{ability.text}</li> }).collect_view()
    };
    let warnings = move || {
        words::warnings(choice.scopes()).into_iter().map(|text| view! { <li>{text}</li> }).collect_view()
    };
    let limit = move || {
        choice.reach.get().is_limited().then(|| {
            let lost = words::reach_warning(choice.scopes());
            view! {
                <p class="choice-reach">"All of it only with the inputs of tasks that are assigned to them. " {lost}</p>
            }
        })
    };
    let added = move || {
        choice.closure.with(|closure| {
            let names: ScopeSet = closure.added.iter().map(|added| added.scope).collect();
            let text = format!("Added because needed: {}.", words::scope_names(names).replace('`', ""));
            (!names.is_empty()).then(|| view! { <p class="picker-added">{text}</p> })
        })
    };
    let lacking = move || {
        choice.closure.with(|closure| {
            closure::lacking(closure.chosen)
                .into_iter()
                .map(|lacks| {
                    let scopes = words::scope_names(lacks.scopes).replace('`', "");
                    let text = format!("{} also needs {scopes} for {}.", lacks.group.name(), lacks.endpoint);
                    let offer = lacks.scopes.intersection(choice.held);
                    let tick = (!offer.is_empty()).then(|| {
                        view! {
                            <button type="button" class="button is-quiet" on:click=move |_| choice.set(offer, true)>
                                "Tick it"
                            </button>
                        }
                    });
                    view! { <li>{text} " " {tick}</li> }.into_any()
                })
                .collect_view()
        })
    };
    view! {
        <section class="choice" aria-live="polite">
            <h2>{who} " will be able to"</h2>
            <ul class="choice-can">{can}</ul>
            {limit}
            <h2>{who} " will not be able to"</h2>
            <ul class="choice-cannot">{cannot}</ul>
            <ul class="choice-warnings" role="list">{warnings}</ul>
            <ul class="choice-lacking" role="list">{lacking}</ul>
            {added}
        </section>
    }
}
