//! A room of an app that lists things of one kind, and makes further ones by a form below.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    prose::Prose,
    room::{AppRoom, Room},
};
use crate::api::apps::{App, AppPlace};

/// What stands in such a room.
pub struct ListPage {
    /// Where it stands.
    pub place: AppPlace,
    /// The room.
    pub room: Room,
    /// What is listed.
    pub title: &'static str,
    /// What leads to neighbouring pages.
    pub tabs: Option<AnyView>,
    /// The things, or what is said while there are none.
    pub list: AnyView,
    /// What the form does.
    pub does: &'static str,
    /// Why the person cannot make any, if they cannot.
    pub no_addition: Option<String>,
}

impl ListPage {
    /// The page, with `form` for those who can make further things.
    pub fn with_form(self, form: impl FnOnce(App) -> AnyView) -> AnyView {
        let Self { place, room, title, tabs, list, does, no_addition } = self;
        let head = format!("{title} of {}", place.app.name);
        let addition = match no_addition {
            Some(text) => view! { <p class="page-note"><Prose text /></p> }.into_any(),
            None => form(place.app.clone()),
        };
        view! {
            <Title text=head />
            <AppRoom place room>
                <header class="page-head"><h1>{title}</h1></header>
                {tabs}
                {list}
                <section class="section">
                    <h2>{does}</h2>
                    {addition}
                </section>
            </AppRoom>
        }
        .into_any()
    }
}
