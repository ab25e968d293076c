//! The question before something that cannot be undone.

use leptos::prelude::*;

use crate::components::{
    button::{Button, Look},
    dialog::{Dialog, DialogBody, DialogFoot},
};

/// Asks once. The first focus is on the way out.
#[component]
pub fn ConfirmDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Its id.
    id: &'static str,
    /// The question, such as "Remove Ada?".
    #[prop(into)]
    title: Signal<String>,
    /// What the button will do, such as "Remove 3 people", never "OK".
    #[prop(into)]
    confirm: Signal<String>,
    /// Does it. The dialog has closed by then.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// What follows from it, in sentences.
    children: Children,
) -> impl IntoView {
    let confirmed = move |_| {
        open.set(false);
        on_confirm.run(());
    };
    view! {
        <Dialog open id title>
            <DialogBody>{children()}</DialogBody>
            <DialogFoot>
                <Button autofocus=true on_press=move |_| open.set(false)>"Cancel"</Button>
                <Button look=Look::Danger on_press=confirmed>{confirm}</Button>
            </DialogFoot>
        </Dialog>
    }
}
