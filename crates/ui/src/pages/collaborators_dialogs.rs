//! The dialogs over the list of collaborators.

use leptos::prelude::*;

use super::collaborators_add::AddFields;
use super::collaborators_edit::EditFields;
use super::collaborators_layers::{Layer, Layers};
use super::collaborators_remove::RemoveFields;
use crate::{
    api::collaborators::{AddPeople, EditPerson, RemovePerson},
    components::{button::Button, dialog::Dialog, live::Live, loaded::Reload, toast::Toasts},
    form::Form,
};

/// The dialog of `layer`, which is one of `layers` until it is closed.
pub(crate) fn over_the_list(layers: Layers, layer: Layer) -> AnyView {
    let open = RwSignal::new(true);
    let (reload, toasts) = (Reload::of_page(), Toasts::of_page());
    let done = move |sentence: String| {
        open.set(false);
        toasts.show(sentence, None);
        reload.now();
    };
    let removes = matches!(layer, Layer::Remove(..));
    // What takes something away begins at the way out.
    let cancel =
        view! { <Button autofocus=removes on_press=move |_| open.set(false)>"Cancel"</Button> }.into_any();
    let (title, fields) = match layer {
        Layer::Add(app) => {
            let form = Form::<AddPeople>::new().staying(done);
            (format!("Add collaborators to {}", app.name), view! { <AddFields app form cancel /> }.into_any())
        }
        Layer::Edit(app, person) => {
            let form = Form::<EditPerson>::new().staying(done);
            let title = format!("Access of {}", person.called());
            (title, view! { <EditFields app person=*person form cancel /> }.into_any())
        }
        Layer::Remove(app, person) => {
            let form = Form::<RemovePerson>::new().staying(done);
            let title = format!("Remove {}?", person.called());
            (title, view! { <RemoveFields app person=*person form cancel /> }.into_any())
        }
    };
    view! {
        <Dialog open id="layer" title wide=!removes on_close=move |()| layers.close()>
            // What is outside a modal dialog is neither read out nor pressed.
            <div class="layer-news" role="status" aria-live="polite">{Live::of_application().notice()}</div>
            {fields}
        </Dialog>
    }
    .into_any()
}
