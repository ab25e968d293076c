//! What the pages that hand out and change access share: presets, scopes, end, note.

use atelier_domain::{Preset, ScopeSet};
use leptos::prelude::*;

use crate::{
    components::{
        field::{TextArea, TextField},
        scope_picker::{ChoiceSummary, ReachPicker, ScopeChoice, ScopePicker},
    },
    form::FormParts,
};

/// The fields that say what somebody is to have, beside what that comes to.
#[component]
pub fn AccessFields(
    /// What is being chosen.
    choice: ScopeChoice,
    /// Whether there is an end already that can be kept.
    #[prop(optional)]
    keeps_end: bool,
    /// What stands beside it at first.
    #[prop(optional, into)]
    note: String,
    /// Whom it is about: fields before the others.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="access-columns">
            <div class="access-form">
                {children.map(|children| children())}
                <Presets choice />
                <ScopePicker choice />
                <ReachPicker choice />
                <Ends keeps_end />
                <TextArea name="note" label="Note" hint="Stands beside the person in the list." value=note optional=true />
            </div>
            <ChoiceSummary choice />
        </div>
    }
}

/// Presets as radio cards. Without JavaScript the one that is chosen counts; with it, it fills in the picker, and
/// what the picker says counts.
#[component]
fn Presets(choice: ScopeChoice) -> impl IntoView {
    let hydrated = RwSignal::new(false);
    Effect::new(move || hydrated.set(true));
    // One group in any case, which the arrow keys walk through; what the picker says counts, once it says something.
    let name = move || if hydrated.get() { "start" } else { "preset" };
    // For somebody who holds little, several presets give the same: only one of a group is ever checked.
    let shown = Memo::new(move |_| {
        let gives = |preset: &Preset| preset.scopes().intersection(choice.held) == choice.scopes();
        Preset::ALL.into_iter().find(|preset| !is_too_much(*preset, choice.held) && gives(preset))
    });
    let cards = Preset::ALL
        .into_iter()
        .map(|preset| {
            let id = format!("preset-{}", preset.slug());
            let scopes = preset.scopes();
            let is_too_much = is_too_much(preset, choice.held);
            // A trusted person gets everything that the inviter may give.
            let given = scopes.intersection(choice.held);
            view! {
                <li class="preset">
                    <input
                        type="radio"
                        id=id.clone()
                        name=name
                        value=preset.slug()
                        disabled=is_too_much
                        prop:checked=move || shown.get() == Some(preset)
                        on:change=move |_| choice.chosen.set(given)
                    />
                    <label for=id>
                        <strong>{preset.name()}</strong>
                        <span>{preset.purpose()}</span>
                        {is_too_much.then_some(view! { <span class="picker-note">"more than you have yourself"</span> })}
                    </label>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <fieldset class="presets">
            <legend>"Start from"</legend>
            <ul role="list">
                {cards}
                <li class="preset">
                    <input
                        type="radio"
                        id="preset-own"
                        name=name
                        value="own"
                        checked=true
                        prop:checked=move || shown.get().is_none()
                        on:change=move |_| choice.chosen.set(ScopeSet::EMPTY)
                    />
                    <label for="preset-own"><strong>"My own choice"</strong><span>"the scopes ticked below"</span></label>
                </li>
            </ul>
        </fieldset>
    }
}

/// Whether a preset gives more than somebody who holds `held` may give. A trusted person gets whatever that is.
fn is_too_much(preset: Preset, held: ScopeSet) -> bool {
    preset != Preset::Trusted && !preset.scopes().is_subset(held)
}

/// When the access ends.
#[component]
pub(super) fn Ends(
    /// Whether there is an end already that can be kept.
    keeps_end: bool,
    /// After how many days it ends unless something else is chosen: `7`, `30` or `90`; never, if it is not said.
    #[prop(optional)]
    days: &'static str,
) -> impl IntoView {
    let form = expect_context::<FormParts>();
    let error = form.field_error("ends_at");
    let shown = move || error.get().map(|error| view! { <p class="field-error">{error}</p> });
    let id = form.field_id("ends");
    let at_first = if keeps_end { "keep" } else { days };
    let chosen = form.typed("ends").unwrap_or_else(|| at_first.to_owned());
    let ends = [
        ("never", "Never"),
        ("7", "In 7 days"),
        ("30", "In 30 days"),
        ("90", "In 90 days"),
        ("date", "On a certain day"),
    ];
    let kept = keeps_end.then_some(("keep", "As it is"));
    let options = kept
        .into_iter()
        .chain(ends)
        .map(|(value, label)| {
            view! { <option value=value selected=value == chosen>{label}</option> }.into_any()
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>"Ends"</label>
            <select id=id class="input" name="ends">
                {options}
            </select>
            {shown}
        </div>
        <TextField name="ends_on" label="Last day" kind="date" hint="Only for a certain day." optional=true />
    }
}
