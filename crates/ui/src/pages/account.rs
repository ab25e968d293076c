//! `/account`

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use serde::de::DeserializeOwned;

use crate::{
    api::{
        account::{
            self, AddAddress, Address, ChangeName, ChangePassword, DisconnectIdentity, EndSession, Identity,
            MakePrimary, RemoveAddress, ResendVerification, Session, get_account,
        },
        identity::Provider,
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        chips::{Chip, Chips, Tone},
        error_summary::ErrorSummary,
        field::TextField,
        loaded::Loaded,
        providers::{ProviderLinks, Wish},
        room::{Home, HomeRoom},
        table::{Cell, Column, Table},
        time::Time,
    },
    error::UiError,
    form::{Form, PostForm},
    pages::{account_passkeys::Passkeys, account_second_factor::recovery_codes},
};

/// The person's name, addresses, ways in and sessions.
#[component]
pub fn Account() -> impl IntoView {
    view! {
        <Title text="Account" />
        <Loaded key=() fetch=|()| get_account() view=|account| view! { <Body account /> }.into_any() />
    }
}

#[component]
fn Body(account: account::Account) -> impl IntoView {
    let account::Account { person, addresses, sessions, identities, providers, .. } = account;
    let account::Account { has_password, second_factor_since, recovery_codes_left, .. } = account;
    let account::Account { passkeys, offers_passkeys, .. } = account;
    let has_passkeys = offers_passkeys || !passkeys.is_empty();
    let by_providers = !(identities.is_empty() && providers.is_empty());
    view! {
        <HomeRoom person=person.clone() room=Home::Account>
            <header class="page-head"><h1>"Account"</h1></header>
            <Profile name=person.name slug=person.slug />
            <Addresses addresses />
            {if has_password {
                view! { <Password /> }.into_any()
            } else {
                view! { <NoPassword /> }.into_any()
            }}
            {by_providers.then(|| view! { <Identities identities providers /> })}
            {has_passkeys.then(|| view! { <Passkeys passkeys are_offered=offers_passkeys /> })}
            <SecondFactor since=second_factor_since codes_left=recovery_codes_left />
            <Sessions sessions />
        </HomeRoom>
    }
}

#[component]
fn Profile(name: String, slug: String) -> impl IntoView {
    let form = Form::<ChangeName>::new().reloading("Your name was changed.");
    view! {
        <section class="section">
            <h2>"Profile"</h2>
            <p class="section-lead">"In addresses you are " <code>{slug}</code> "; that stays as it is."</p>
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <TextField
                    name="name"
                    label="Name"
                    autocomplete="name"
                    hint="As others see it."
                    value=name
                />
                <p class="actions"><SubmitButton look=Look::Secondary>"Save the name"</SubmitButton></p>
            </PostForm>
        </section>
    }
}

#[component]
fn Addresses(addresses: Vec<Address>) -> impl IntoView {
    let form = Form::<AddAddress>::new().emptied().reloading("A letter is on its way. Open the link in it.");
    let rows = addresses.into_iter().map(address_row).collect_view();
    view! {
        <section class="section">
            <h2>"E-mail addresses"</h2>
            <p class="section-lead">
                "Invitations to any of them are yours once it is verified. Letters go to the primary one."
            </p>
            <Table
                caption="Your e-mail addresses"
                columns=vec![Column::text("Address"), Column::text("State"), Column::unnamed("Actions")]
            >
                {rows}
            </Table>
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <TextField name="email" label="Another address" kind="email" autocomplete="email" />
                <p class="actions"><SubmitButton look=Look::Secondary>"Add the address"</SubmitButton></p>
            </PostForm>
        </section>
    }
}

fn address_row(address: Address) -> AnyView {
    let Address { email, is_primary, is_verified } = address;
    let primary = (is_verified && !is_primary)
        .then(|| address_form::<MakePrimary>(&email, "Make primary", "Letters go there from now on."));
    let resend = (!is_verified).then(|| {
        address_form::<ResendVerification>(&email, "Send the link again", "A letter is on its way.")
    });
    let remove =
        (!is_primary).then(|| address_form::<RemoveAddress>(&email, "Remove", "The address was removed."));
    view! {
        <tr role="row">
            <Cell label="">{email}</Cell>
            <Cell label="State">
                <Chips label="State">
                    {is_primary.then(|| view! { <Chip text="Primary" tone=Tone::Accent /> })}
                    {if is_verified {
                        view! { <Chip text="Verified" /> }.into_any()
                    } else {
                        view! { <Chip text="Not verified yet" tone=Tone::Warning /> }.into_any()
                    }}
                </Chips>
            </Cell>
            <Cell label=""><div class="row-actions">{primary}{resend}{remove}</div></Cell>
        </tr>
    }
    .into_any()
}

/// A button that does something to one address.
fn address_form<S>(email: &str, label: &'static str, done: &'static str) -> AnyView
where
    S: ServerFn<Error = UiError> + 'static,
    S::Output: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let form = Form::<S>::keyed(email).reloading(done);
    let email = email.to_owned();
    let whose = email.clone();
    view! {
        <PostForm form class="row-form">
            <ErrorSummary />
            <input type="hidden" name="email" value=email />
            <SubmitButton look=Look::Quiet>
                {label} <span class="visually-hidden">" " {whose}</span>
            </SubmitButton>
        </PostForm>
    }
    .into_any()
}

#[component]
fn Password() -> impl IntoView {
    let form = Form::<ChangePassword>::new().emptied().reloading("Your password was changed.");
    view! {
        <section class="section">
            <h2>"Password"</h2>
            <p class="section-lead">"Changing it ends every other session of yours."</p>
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <TextField
                    name="old_password"
                    label="Current password"
                    kind="password"
                    autocomplete="current-password"
                />
                <TextField
                    name="new_password"
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    hint="At least 12 characters. A short sentence is easy to remember."
                />
                <p class="actions"><SubmitButton look=Look::Secondary>"Change the password"</SubmitButton></p>
            </PostForm>
        </section>
    }
}

#[component]
fn NoPassword() -> impl IntoView {
    view! {
        <section class="section">
            <h2>"Password"</h2>
            <p class="section-lead">"You have none, and sign in by other means. A letter to you can change that."</p>
            <p class="actions"><LinkButton href="/reset">"Set a password by a letter"</LinkButton></p>
        </section>
    }
}

#[component]
fn Identities(identities: Vec<Identity>, providers: Vec<Provider>) -> impl IntoView {
    let table = (!identities.is_empty()).then(|| {
        let rows = identities.into_iter().map(identity_row).collect_view();
        view! {
            <Table
                caption="By what you can sign in"
                columns=vec![Column::text("With"), Column::text("Connected"), Column::unnamed("Actions")]
            >
                {rows}
            </Table>
        }
    });
    view! {
        <section class="section">
            <h2>"Ways to sign in besides a password"</h2>
            <p class="section-lead">"Whoever gets in there gets in here. You are mailed when one is connected."</p>
            {table}
            <ProviderLinks providers wish=Wish::Connect next="/account" />
        </section>
    }
}

#[component]
fn SecondFactor(since: Option<i64>, codes_left: usize) -> impl IntoView {
    let state = match since {
        Some(since) => view! {
            "Set up " <Time at=since /> ": a code of your app is asked for after the password. You have "
            {recovery_codes(codes_left)} " left."
        }
        .into_any(),
        None => "It is off. With one, a password that somebody else has learned lets nobody in.".into_any(),
    };
    let label = if since.is_some() { "Change the second factor" } else { "Set up a second factor" };
    view! {
        <section class="section">
            <h2>"Second factor"</h2>
            <p class="section-lead">{state}</p>
            <p class="actions"><LinkButton href="/account/second-factor">{label}</LinkButton></p>
        </section>
    }
}

fn identity_row(identity: Identity) -> AnyView {
    let Identity { id, provider, is_usable, connected_at } = identity;
    let form = Form::<DisconnectIdentity>::keyed(&id).reloading("It was disconnected.");
    let whose = provider.clone();
    let unusable = (!is_usable).then(|| {
        view! { <Chips label="State"><Chip text="No longer offered" tone=Tone::Warning /></Chips> }
    });
    view! {
        <tr role="row">
            <Cell label="">{provider} " " {unusable}</Cell>
            <Cell label="Connected"><Time at=connected_at /></Cell>
            <Cell label="">
                <PostForm form class="row-form">
                    <ErrorSummary />
                    <input type="hidden" name="id" value=id />
                    <SubmitButton look=Look::Quiet>
                        "Disconnect" <span class="visually-hidden">" " {whose}</span>
                    </SubmitButton>
                </PostForm>
            </Cell>
        </tr>
    }
    .into_any()
}

#[component]
fn Sessions(sessions: Vec<Session>) -> impl IntoView {
    let rows = sessions.into_iter().map(session_row).collect_view();
    view! {
        <section class="section">
            <h2>"Sessions"</h2>
            <p class="section-lead">"The browsers in which you are signed in. End those that you do not know."</p>
            <Table
                caption="Your sessions"
                columns=vec![
                    Column::text("Browser"),
                    Column::text("From"),
                    Column::text("Began"),
                    Column::text("Last used"),
                    Column::unnamed("Actions"),
                ]
            >
                {rows}
            </Table>
        </section>
    }
}

fn session_row(session: Session) -> AnyView {
    let Session { id, browser, address, began_at, seen_at, is_current } = session;
    let browser = if browser.is_empty() { "Unknown".to_owned() } else { browser };
    let from = address.clone();
    let end = if is_current {
        view! { <Chips label="State"><Chip text="This one" tone=Tone::Accent /></Chips> }.into_any()
    } else {
        let form = Form::<EndSession>::keyed(&id).reloading("The session was ended.");
        view! {
            <PostForm form class="row-form">
                <ErrorSummary />
                <input type="hidden" name="id" value=id />
                <SubmitButton look=Look::Quiet>
                    "End" <span class="visually-hidden">" the session from " {from}</span>
                </SubmitButton>
            </PostForm>
        }
        .into_any()
    };
    view! {
        <tr role="row">
            <Cell label=""><span class="session-browser">{browser}</span></Cell>
            <Cell label="From">{address}</Cell>
            <Cell label="Began"><Time at=began_at /></Cell>
            <Cell label="Last used"><Time at=seen_at /></Cell>
            <Cell label="">{end}</Cell>
        </tr>
    }
    .into_any()
}
