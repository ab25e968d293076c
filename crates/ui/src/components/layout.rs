//! The frame of every page inside the application.

use leptos::prelude::*;

use crate::components::{
    avatar::Avatar,
    icon::{Icon, Sign},
    menu::Menu,
};

/// A room in the sidebar. Rooms that someone cannot enter are not in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Where it is.
    pub href: String,
    /// Its name.
    pub label: String,
    /// Its drawing.
    pub sign: Sign,
    /// Whether the page stands in it.
    pub current: bool,
}

/// A step of the path in the top bar. The last one is the page itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Where it is.
    pub href: String,
    /// Its name.
    pub label: String,
}

/// The name of the product, as a link to the start.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/">
            <Icon sign=Sign::Atelier />
            "Atelier"
        </a>
    }
}

/// Sidebar, top bar and content column.
///
/// The sidebar folds away by a checkbox, which works without JavaScript: on wide windows a checked one folds it, on
/// narrow ones it opens it.
#[component]
pub fn AppLayout(
    /// What stands at the top of the sidebar, to change to another app.
    #[prop(into)]
    app_switcher: ViewFn,
    /// The rooms.
    #[prop(into)]
    nav: Signal<Vec<NavItem>>,
    /// The path to the page, outermost first.
    #[prop(into)]
    path: Signal<Vec<Crumb>>,
    /// The person who is signed in.
    #[prop(into)]
    person: String,
    /// The entries of the account menu: `<li>` elements.
    #[prop(into)]
    account: ViewFn,
    /// The page.
    children: Children,
) -> impl IntoView {
    let rooms = move || {
        nav.get()
            .into_iter()
            .map(|NavItem { href, label, sign, current }| {
                view! {
                    <li>
                        <a href=href aria-current=current.then_some("page")>
                            <Icon sign />
                            <span>{label}</span>
                        </a>
                    </li>
                }
                .into_any()
            })
            .collect_view()
    };
    let crumbs = move || {
        let path = path.get();
        let last = path.len().saturating_sub(1);
        path.into_iter()
            .enumerate()
            .map(|(place, Crumb { href, label })| {
                view! { <li><a href=href aria-current=(place == last).then_some("page")>{label}</a></li> }
                    .into_any()
            })
            .collect_view()
    };
    let face_name = person.clone();
    let face = move || view! { <Avatar name=face_name.clone() /> };
    view! {
        <div class="frame">
            <a class="skip" href="#content" rel="external">"Skip to content"</a>
            <header class="topbar">
                <span class="fold">
                    <input type="checkbox" id="fold" />
                    <label for="fold"><Icon sign=Sign::Sidebar /><span class="visually-hidden">"Fold the sidebar"</span></label>
                </span>
                <nav aria-label="Path" class="crumbs"><ol role="list">{crumbs}</ol></nav>
                <Menu id="account-menu" label=format!("Account of {person}") face>
                    {account.run()}
                </Menu>
            </header>
            <aside class="sidebar" aria-label="Sidebar">
                {app_switcher.run()}
                <nav aria-label="Rooms"><ul role="list">{rooms}</ul></nav>
            </aside>
            <main id="content" class="content" tabindex="-1">{children()}</main>
        </div>
    }
}
