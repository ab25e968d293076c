//! `/account/second-factor`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::second_factor::{
        ConfirmAuthenticator, MakeRecoveryCodes, Offer, RemoveSecondFactor, SecondFactor as Factor,
        SetUpAuthenticator, Squares, get_second_factor,
    },
    components::{
        button::{LinkButton, Look, SubmitButton},
        copyable::Copyable,
        error_summary::ErrorSummary,
        field::TextField,
        layout::Crumb,
        loaded::Loaded,
        recovery_codes::RecoveryCodes,
        room::{Home, HomeRoom},
        time::Time,
    },
    form::{Form, PostForm},
};

/// `1 recovery code`.
pub(crate) fn recovery_codes(count: usize) -> String {
    format!("{count} recovery code{}", if count == 1 { "" } else { "s" })
}

/// What is asked for after the password: set it up, make recovery codes anew, switch it off.
#[component]
pub fn SecondFactor() -> impl IntoView {
    view! {
        <Title text="Second factor" />
        <Loaded
            key=()
            fetch=|()| get_second_factor()
            view=|factor| view! { <Body factor /> }.into_any()
        />
    }
}

#[component]
fn Body(factor: Factor) -> impl IntoView {
    let Factor { person, since, codes_left, offer } = factor;
    let (confirm, make) = (Form::<ConfirmAuthenticator>::new(), Form::<MakeRecoveryCodes>::new());
    let (confirmed, made) = (confirm.value(), make.value());
    // What was typed wrongly must stay: this changes only with codes.
    let codes = Memo::new(move |_| confirmed.get().or_else(|| made.get()));
    let below = Crumb { href: "/account/second-factor".to_owned(), label: "Second factor".to_owned() };
    let content = move || {
        // They stay until the person leaves.
        if let Some(codes) = codes.get() {
            return view! { <RecoveryCodes codes /> }.into_any();
        }
        match (offer.clone(), since) {
            (Some(offer), _) => view! { <SetUp offer confirm is_another=since.is_some() /> }.into_any(),
            (None, Some(since)) => view! { <On since codes_left make /> }.into_any(),
            (None, None) => view! { <Off /> }.into_any(),
        }
    };
    view! {
        <HomeRoom person room=Home::Account below>
            <header class="page-head"><h1>"Second factor"</h1></header>
            {content}
        </HomeRoom>
    }
}

#[component]
fn Off() -> impl IntoView {
    let form = Form::<SetUpAuthenticator>::new().reloading("Here is the secret for your app.");
    view! {
        <section class="section">
            <p class="section-lead">
                "An app on your phone or computer makes a new code every half minute, and you are asked for it after your \
                 password. Somebody who has only learned your password then stays outside. Any app that makes such codes \
                 will do."
            </p>
            <PostForm form>
                <ErrorSummary />
                <p class="actions"><SubmitButton>"Set up an app"</SubmitButton></p>
            </PostForm>
        </section>
    }
}

#[component]
fn SetUp(offer: Offer, confirm: Form<ConfirmAuthenticator>, is_another: bool) -> impl IntoView {
    let Offer { secret, link, picture } = offer;
    let meanwhile = is_another.then_some("Until then, codes of the app that you have go on counting.");
    view! {
        <section class="section">
            <h2>"1. Show your app the secret"</h2>
            <p class="section-lead">
                "Scan the picture with the app, or open " <a href=link>"this link"</a>
                " on the device that has it, or type the secret in."
            </p>
            <div class="set-up">
                <Picture picture />
                <p><Copyable value=secret what="secret" /></p>
            </div>
        </section>
        <section class="section">
            <h2>"2. Type what it shows"</h2>
            <p class="section-lead">"It counts once the first code was right. " {meanwhile}</p>
            <PostForm form=confirm class="is-narrow">
                <ErrorSummary />
                <TextField
                    name="code"
                    label="Code"
                    hint="The six digits that the app shows now."
                    autocomplete="one-time-code"
                />
                <p class="actions">
                    <SubmitButton>"Switch it on"</SubmitButton>
                    <LinkButton href="/account">"Not now"</LinkButton>
                </p>
            </PostForm>
        </section>
    }
}

/// Dark on light whatever the page's colours are: cameras expect it so.
#[component]
fn Picture(picture: Squares) -> impl IntoView {
    // Four squares around it are part of it.
    let edge = picture.width + 8;
    view! {
        <svg
            class="qr"
            role="img"
            aria-label="The secret, for the camera of your app"
            viewBox=format!("-4 -4 {edge} {edge}")
            shape-rendering="crispEdges"
        >
            <path d=picture.path />
        </svg>
    }
}

#[component]
fn On(since: i64, codes_left: usize, make: Form<MakeRecoveryCodes>) -> impl IntoView {
    let another = Form::<SetUpAuthenticator>::new().reloading("Here is the secret for your app.");
    let remove = Form::<RemoveSecondFactor>::new().reloading("The second factor was switched off.");
    view! {
        <section class="section">
            <h2>"Your app"</h2>
            <p class="section-lead">"Set up " <Time at=since /> ". Its code is asked for after the password."</p>
            <PostForm form=another>
                <ErrorSummary />
                <p class="actions"><SubmitButton look=Look::Secondary>"Set up another app"</SubmitButton></p>
            </PostForm>
        </section>
        <section class="section">
            <h2>"Recovery codes"</h2>
            <p class="section-lead">
                "You have " {recovery_codes(codes_left)}
                " left. New ones take their place; those that you have stored end."
            </p>
            <PostForm form=make>
                <ErrorSummary />
                <p class="actions"><SubmitButton look=Look::Secondary>"Make new recovery codes"</SubmitButton></p>
            </PostForm>
        </section>
        <section class="section">
            <h2>"Switch it off"</h2>
            <p class="section-lead">"The password alone lets you in again, and whoever else knows it."</p>
            <PostForm form=remove>
                <ErrorSummary />
                <p class="actions"><SubmitButton look=Look::Danger>"Switch off the second factor"</SubmitButton></p>
            </PostForm>
        </section>
    }
}
