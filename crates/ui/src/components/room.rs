//! The frame of every page for people who are signed in, filled.
//!
//! A page inside an app stands in an [`AppRoom`], every other one in a [`HomeRoom`]. Both take what the server has said
//! about the person (and the app), so that they are written inside a [`Loaded`](crate::components::loaded::Loaded):
//!
//! ```ignore
//! view! {
//!     <Loaded key=app_in_address() fetch=|(owner, app)| get_app(owner, app) view=|place: AppPlace| {
//!         view! { <AppRoom place room=Room::Overview>"…"</AppRoom> }.into_any()
//!     } />
//! }
//! ```

use atelier_domain::{Endpoint, Scope, ScopeSet};
use leptos::prelude::*;

use crate::{
    api::{
        apps::{App, AppPlace},
        identity::{Person, SignOut},
    },
    components::{
        icon::{Icon, Sign},
        layout::{AppLayout, Brand, Crumb, NavItem},
        live::Live,
        prose::Prose,
    },
    form::{Form, PostForm},
};

/// Where a page inside an app stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// What the app is, and what one can do in it.
    Overview,
    /// What is labelled.
    Inputs,
    /// As what it is labelled.
    Concepts,
    /// What is trained with.
    Datasets,
    /// Who labels what.
    Tasks,
    /// What predicts.
    Models,
    /// Models one after the other.
    Workflows,
    /// What gathers inputs by itself.
    Collectors,
    /// Who else works on it.
    Collaborators,
    /// What was done, by whom.
    Audit,
    /// What programs can call.
    Api,
    /// Its name, address and end.
    Settings,
}

impl Room {
    const ALL: [Self; 12] = [
        Self::Overview,
        Self::Inputs,
        Self::Concepts,
        Self::Datasets,
        Self::Tasks,
        Self::Models,
        Self::Workflows,
        Self::Collectors,
        Self::Collaborators,
        Self::Audit,
        Self::Api,
        Self::Settings,
    ];

    /// Where it is.
    pub fn path(self, app: &App) -> String {
        let app = app.path();
        match self {
            Self::Overview => app,
            Self::Inputs => format!("{app}/inputs"),
            Self::Concepts => format!("{app}/concepts"),
            Self::Datasets => format!("{app}/datasets"),
            Self::Tasks => format!("{app}/tasks"),
            Self::Models => format!("{app}/models"),
            Self::Workflows => format!("{app}/workflows"),
            Self::Collectors => format!("{app}/collectors"),
            Self::Collaborators => format!("{app}/settings/collaborators"),
            Self::Audit => format!("{app}/settings/audit"),
            Self::Api => format!("{app}/settings/api"),
            Self::Settings => format!("{app}/settings"),
        }
    }

    /// What it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Inputs => "Inputs",
            Self::Concepts => "Concepts",
            Self::Datasets => "Datasets",
            Self::Tasks => "Tasks",
            Self::Models => "Models",
            Self::Workflows => "Workflows",
            Self::Collectors => "Collectors",
            Self::Collaborators => "Collaborators",
            Self::Audit => "Audit",
            Self::Api => "API",
            Self::Settings => "Settings",
        }
    }

    const fn sign(self) -> Sign {
        match self {
            Self::Overview => Sign::Info,
            Self::Inputs => Sign::Input,
            Self::Concepts => Sign::Concept,
            Self::Datasets => Sign::Dataset,
            Self::Tasks => Sign::Task,
            Self::Models => Sign::Model,
            Self::Workflows => Sign::Workflow,
            Self::Collectors => Sign::Collector,
            Self::Collaborators => Sign::People,
            Self::Audit => Sign::Clock,
            Self::Api => Sign::Workflow,
            Self::Settings => Sign::Settings,
        }
    }

    /// Whether the person can do anything in it. Who cannot, sees no way there; the page itself still says why.
    pub fn is_open(self, app: &App) -> bool {
        // Looked up while this is compiled: the table of endpoints is not in what every page needs.
        const INPUTS: ScopeSet = Endpoint::ListInputs.needs();
        const CONCEPTS: ScopeSet = Endpoint::GetConceptCounts.needs();
        const DATASETS: ScopeSet = Endpoint::ListDatasets.needs();
        const TASKS: ScopeSet = Endpoint::ListTasks.needs();
        const MODELS: ScopeSet = Endpoint::ListModels.needs();
        const WORKFLOWS: ScopeSet = Endpoint::ListWorkflows.needs();
        const COLLECTORS: ScopeSet = Endpoint::ListCollectors.needs();
        match self {
            Self::Overview | Self::Api => true,
            Self::Inputs => INPUTS.is_subset(app.scopes),
            Self::Concepts => CONCEPTS.is_subset(app.scopes),
            Self::Datasets => DATASETS.is_subset(app.scopes),
            Self::Tasks => TASKS.is_subset(app.scopes),
            Self::Models => MODELS.is_subset(app.scopes),
            Self::Workflows => WORKFLOWS.is_subset(app.scopes),
            Self::Collectors => COLLECTORS.is_subset(app.scopes),
            Self::Audit => app.scopes.contains(Scope::AuditLogsGet),
            Self::Collaborators => app.scopes.contains(Scope::CollaboratorsGet),
            Self::Settings => app.scopes.contains(Scope::AppsAdd),
        }
    }
}

/// A page inside an app.
#[component]
pub fn AppRoom(
    /// Whose view it is, and of which app.
    place: AppPlace,
    /// Where it stands.
    room: Room,
    /// What it is called in the path, if it is deeper than its room.
    #[prop(optional, into)]
    below: Option<Crumb>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let AppPlace { person, app } = place;
    Live::of_application().follow(&app);
    let shelf = if app.is_owner { Home::Apps } else { Home::Collaborations };
    let mut path = vec![shelf.crumb(), Crumb { href: app.path(), label: app.name.clone() }];
    if room != Room::Overview {
        path.push(Crumb { href: room.path(&app), label: room.label().to_owned() });
    }
    path.extend(below);
    let rooms = Room::ALL.into_iter().filter(|each| each.is_open(&app)).map(|each| NavItem {
        href: each.path(&app),
        label: each.label().to_owned(),
        sign: each.sign(),
        current: each == room,
    });
    let nav: Vec<_> = rooms.collect();
    let head = move || {
        let App { name, owner_name, is_owner, .. } = app.clone();
        let owner = if is_owner { "Your app".to_owned() } else { format!("Shared by {owner_name}") };
        view! {
            <Brand />
            <a class="switcher" href=shelf.path()>
                <Icon sign=Sign::Back />
                <span><span class="switcher-name">{name}</span><small>{owner}</small></span>
                <span class="visually-hidden">", to all apps"</span>
            </a>
        }
        .into_any()
    };
    view! {
        <AppLayout app_switcher=head nav path person=person.name.clone() account=move || account_menu(&person)>
            {children()}
        </AppLayout>
    }
}

/// Where a page outside apps stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// One's own apps.
    Apps,
    /// The apps that others share.
    Collaborations,
    /// One's account.
    Account,
}

impl Home {
    const ALL: [Self; 3] = [Self::Apps, Self::Collaborations, Self::Account];

    /// Where it is.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Apps => "/apps",
            Self::Collaborations => "/collaborations",
            Self::Account => "/account",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Apps => "Apps",
            Self::Collaborations => "Collaborations",
            Self::Account => "Account",
        }
    }

    const fn sign(self) -> Sign {
        match self {
            Self::Apps => Sign::Atelier,
            Self::Collaborations => Sign::People,
            Self::Account => Sign::Settings,
        }
    }

    fn crumb(self) -> Crumb {
        Crumb { href: self.path().to_owned(), label: self.label().to_owned() }
    }
}

/// A page outside apps.
#[component]
pub fn HomeRoom(
    /// Whose view it is.
    person: Person,
    /// Where it stands.
    room: Home,
    /// What it is called in the path, if it is deeper than its room.
    #[prop(optional, into)]
    below: Option<Crumb>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let path: Vec<_> = [room.crumb()].into_iter().chain(below).collect();
    let rooms = Home::ALL.into_iter().map(|each| NavItem {
        href: each.path().to_owned(),
        label: each.label().to_owned(),
        sign: each.sign(),
        current: each == room,
    });
    let nav: Vec<_> = rooms.collect();
    view! {
        <AppLayout
            app_switcher=|| view! { <Brand /> }.into_any()
            nav
            path
            person=person.name.clone()
            account=move || account_menu(&person)
        >
            {children()}
        </AppLayout>
    }
}

/// The entries behind the person's initials.
fn account_menu(person: &Person) -> AnyView {
    let form = Form::<SignOut>::new();
    view! {
        <li class="menu-note">
            {person.name.clone()}
            <small>{person.slug.clone()}</small>
        </li>
        <li><a href=Home::Account.path()>"Account"</a></li>
        <li><a href="/account/keys">"Keys"</a></li>
        <li><a href="/account/audit">"Audit"</a></li>
        <li><a href=Home::Collaborations.path()>"Collaborations"</a></li>
        <li>
            <PostForm form>
                <button type="submit">"Sign out"</button>
            </PostForm>
        </li>
    }
    .into_any()
}

/// Why the person cannot do here what the page is for, inside the page's frame.
#[component]
pub fn NoPermission(
    /// Which right is missing, and who could give it.
    #[prop(into)]
    explanation: String,
) -> impl IntoView {
    view! {
        <section class="empty">
            <Icon sign=Sign::Lock />
            <h2>"You cannot change this"</h2>
            <p><Prose text=explanation /></p>
        </section>
    }
}
