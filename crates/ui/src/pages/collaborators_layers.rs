//! The dialogs over the list of collaborators. Without JavaScript their links lead to the pages that hold the same.

use leptos::{ev::MouseEvent, prelude::*};

use super::collaborators_add::AddFields;
use super::collaborators_edit::EditFields;
use super::collaborators_remove::RemoveFields;
use crate::{
    api::{
        apps::App,
        collaborators::{AddPeople, EditPerson, Person, RemovePerson},
    },
    components::{button::Button, dialog::Dialog, live::Live, loaded::Reload, toast::Toasts},
    form::Form,
};

/// What stands over the list.
#[derive(Clone)]
enum Layer {
    Add(App),
    Edit(App, Box<Person>),
    Remove(App, Box<Person>),
}

/// The one layer over the list.
///
/// It is kept beside what the page loads, so that loading that anew leaves alone what is typed into it.
#[derive(Clone, Copy)]
pub(super) struct Layers(RwSignal<Option<Layer>>);

impl Layers {
    /// Makes [`Self::of_page`] and [`Reload::of_page`] work for what stands over the list.
    pub(super) fn provide(reload: Reload) {
        provide_context(reload);
        provide_context(Self(RwSignal::new(None)));
    }

    /// Those of the list.
    ///
    /// # Panics
    /// Outside the list of collaborators.
    pub(super) fn of_page() -> Self {
        expect_context()
    }

    /// Opens the dialog that adds people to `app`.
    pub(super) fn add(self, app: App) {
        self.0.set(Some(Layer::Add(app)));
    }

    /// Opens the dialog that changes what `person` may do in `app`.
    pub(super) fn edit(self, app: App, person: Person) {
        self.0.set(Some(Layer::Edit(app, Box::new(person))));
    }

    /// Opens the dialog that removes `person` from `app`.
    pub(super) fn remove(self, app: App, person: Person) {
        self.0.set(Some(Layer::Remove(app, Box::new(person))));
    }
}

/// Takes a press on a link for what the page does itself, unless it asks for another tab or window.
pub(super) fn instead_of_following(event: &MouseEvent, act: impl FnOnce()) {
    let asks_for_more = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.button() == 0 && !asks_for_more {
        event.prevent_default();
        act();
    }
}

/// The dialog that is open, if one is.
#[component]
pub(super) fn OpenLayer() -> impl IntoView {
    let Layers(layer) = Layers::of_page();
    move || layer.get().map(|shown| over_the_list(layer, shown))
}

fn over_the_list(layer: RwSignal<Option<Layer>>, shown: Layer) -> AnyView {
    let open = RwSignal::new(true);
    let (reload, toasts) = (Reload::of_page(), Toasts::of_page());
    let done = move |sentence: String| {
        open.set(false);
        toasts.show(sentence, None);
        reload.now();
    };
    let removes = matches!(shown, Layer::Remove(..));
    // What takes something away begins at the way out.
    let cancel =
        view! { <Button autofocus=removes on_press=move |_| open.set(false)>"Cancel"</Button> }.into_any();
    let (title, fields) = match shown {
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
        <Dialog open id="layer" title wide=!removes on_close=move |()| layer.set(None)>
            // What is outside a modal dialog is neither read out nor pressed.
            <div class="layer-news" role="status" aria-live="polite">{Live::of_application().notice()}</div>
            {fields}
        </Dialog>
    }
    .into_any()
}
