//! The passkeys on `/account`.

use leptos::prelude::*;

use crate::{
    api::passkeys::{AddPasskey, Passkey, RemovePasskey},
    components::{
        button::{Look, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{Form, PostForm},
    passkeys::{self, Ceremony},
};

/// One's own passkeys: which there are, adding and removing them.
#[component]
pub fn Passkeys(
    /// Those that there are.
    passkeys: Vec<Passkey>,
    /// Whether more can be added, and any be used.
    are_offered: bool,
) -> impl IntoView {
    let table = (!passkeys.is_empty()).then(|| {
        let rows = passkeys.into_iter().map(row).collect_view();
        view! {
            <Table
                caption="Your passkeys"
                columns=vec![
                    Column::text("Passkey"),
                    Column::text("Added"),
                    Column::text("Last used"),
                    Column::unnamed("Actions"),
                ]
            >
                {rows}
            </Table>
        }
    });
    let add = if are_offered {
        view! { <Add /> }.into_any()
    } else {
        view! { <p class="section-lead">"They cannot be used at the address at which Atelier runs now."</p> }
            .into_any()
    };
    view! {
        <section class="section">
            <h2>"Passkeys"</h2>
            <p class="section-lead">
                "A passkey stays on your device or in your password manager, and signs you in once you unlock it: \
                 without a password, and without a code. You are mailed when one is added or removed."
            </p>
            {table}
            {add}
        </section>
    }
}

#[component]
fn Add() -> impl IntoView {
    let form =
        Form::<AddPasskey>::new().answering(Ceremony::Add).emptied().reloading("The passkey was added.");
    let possible = passkeys::are_possible();
    let cannot = move || possible.get() == Some(false);
    view! {
        <div class="needs-scripting" hidden=cannot>
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <TextField
                    name="name"
                    label="Name of a new passkey"
                    hint="So that you know it again, such as the device that keeps it."
                />
                <p class="actions">
                    <SubmitButton
                        look=Look::Secondary
                        disabled=Signal::derive(move || possible.get() != Some(true))
                    >
                        "Add a passkey"
                    </SubmitButton>
                </p>
            </PostForm>
        </div>
        <p class="section-lead" hidden=move || !cannot()>"This browser is too old to add one."</p>
        <p class="section-lead needs-no-scripting">"To add one, your browser has to run scripts."</p>
    }
}

fn row(passkey: Passkey) -> AnyView {
    let Passkey { id, name, added_at, used_at } = passkey;
    let form = Form::<RemovePasskey>::keyed(&id).reloading(
        "The passkey was removed. Where it signed you in, you stay so until you end that session.",
    );
    let whose = name.clone();
    let used = match used_at {
        Some(at) => view! { <Time at /> }.into_any(),
        None => "Not yet".into_any(),
    };
    view! {
        <tr role="row">
            <Cell label="">{name}</Cell>
            <Cell label="Added"><Time at=added_at /></Cell>
            <Cell label="Last used">{used}</Cell>
            <Cell label="">
                <PostForm form class="row-form">
                    <ErrorSummary />
                    <input type="hidden" name="id" value=id />
                    <SubmitButton look=Look::Quiet>
                        "Remove" <span class="visually-hidden">" the passkey " {whose}</span>
                    </SubmitButton>
                </PostForm>
            </Cell>
        </tr>
    }
    .into_any()
}
