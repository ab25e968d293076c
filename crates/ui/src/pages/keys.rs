//! `/account/keys`

use atelier_domain::words;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::keys::{Key, Keys, list_keys},
    components::{
        button::{LinkButton, Look},
        layout::Crumb,
        loaded::Loaded,
        room::{Home, HomeRoom},
        table::{Cell, Column, Table},
        time::Time,
    },
};

/// Where the pages about keys stand in the path.
pub(super) fn crumb() -> Crumb {
    Crumb { href: "/account/keys".to_owned(), label: "Keys".to_owned() }
}

/// The person's own keys.
#[component]
pub fn AllKeys() -> impl IntoView {
    view! {
        <Title text="Keys" />
        <Loaded key=Signal::derive(|| ()) fetch=|()| list_keys() view=|keys| view! { <Body keys /> }.into_any() />
    }
}

#[component]
fn Body(keys: Keys) -> impl IntoView {
    let Keys { person, keys } = keys;
    let rows = keys.into_iter().map(row).collect_view();
    let columns = ["Key", "Reaches", "Gives", "Ends", "Last used", "Secret"].map(Column::text).to_vec();
    view! {
        <HomeRoom person room=Home::Account below=crumb()>
            <header class="page-head">
                <h1>"Keys"</h1>
                <LinkButton href="/account/keys/new" look=Look::Primary>"Make a key"</LinkButton>
            </header>
            <p class="section-lead">
                "Programs act for you with a key. A key that belongs to a collaboration gives what that gives, at each \
                 moment, and ends with it."
            </p>
            <Table caption="Your keys" columns>{rows}</Table>
            <p class="soft">
                "A secret has got out? " <a href="/leaked">"Report it"</a> " and its key ends at once; anyone can, without \
                 signing in."
            </p>
        </HomeRoom>
    }
}

fn row(key: Key) -> AnyView {
    let end = match (key.follows, key.ends_at) {
        (_, Some(at)) => view! { <Time at /> }.into_any(),
        (true, None) => view! { <span class="soft">"With the collaboration"</span> }.into_any(),
        (false, None) => view! { <span class="soft">"Never"</span> }.into_any(),
    };
    let used = match key.used_at {
        Some(at) => view! { <Time at /> }.into_any(),
        None => view! { <span class="soft">"Not yet"</span> }.into_any(),
    };
    let secret = match &key.last_four {
        Some(last_four) => view! { <code>{format!("atl_…{last_four}")}</code> }.into_any(),
        None => view! { <span class="soft">"Not opened yet"</span> }.into_any(),
    };
    let reach = match &key.app {
        Some((path, name)) => view! { <a href=format!("/{path}")>{name.clone()}</a> }.into_any(),
        None => view! { <span>"All that you reach"</span> }.into_any(),
    };
    let limited = key.is_limited.then(|| view! { <p class="row-note">"Certain endpoints only"</p> });
    let owner = key.is_app_key.then(|| view! { <p class="row-note">"App key: acts as the owner"</p> });
    view! {
        <tr role="row">
            <Cell label="">
                <a class="row-name" href=format!("/account/keys/{}", key.id)>{key.description}</a>
            </Cell>
            <Cell label="Reaches"><span>{reach}</span>{owner}</Cell>
            <Cell label="Gives"><span>{words::access(key.scopes, key.reach)}</span>{limited}</Cell>
            <Cell label="Ends">{end}</Cell>
            <Cell label="Last used">{used}</Cell>
            <Cell label="Secret">{secret}</Cell>
        </tr>
    }
    .into_any()
}
