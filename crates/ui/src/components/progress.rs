//! How far long work has come.

use leptos::prelude::*;

use crate::components::button::{Button, Look};

/// A bar with its numbers in words beside it, and a way to stop.
#[component]
pub fn Progress(
    /// What is being done, such as "Uploading 12 pictures".
    #[prop(into)]
    label: String,
    /// The element's id, to which the label refers.
    #[prop(into)]
    id: String,
    /// The part that is done, of `of`; none while nobody knows.
    #[prop(into)]
    done: Signal<Option<u64>>,
    /// The whole.
    #[prop(into)]
    of: Signal<u64>,
    /// Stops it; without it there is no button.
    #[prop(optional, into)]
    on_cancel: Option<Callback<()>>,
) -> impl IntoView {
    let numbers = move || match done.get() {
        Some(done) => format!("{done} of {}", of.get()),
        None => "starting".to_owned(),
    };
    view! {
        <div class="progress">
            <label for=id.clone()>{label}</label>
            <span class="progress-numbers">{numbers}</span>
            <progress
                id=id
                max=move || of.get().to_string()
                value=move || done.get().map(|done| done.to_string())
            />
            {on_cancel.map(|cancel| view! {
                <Button look=Look::Quiet on_press=move |_| cancel.run(())>"Cancel"</Button>
            })}
        </div>
    }
}
