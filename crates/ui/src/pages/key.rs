//! `/account/keys/{key}`

use atelier_domain::id::KeyId;
use atelier_domain::words;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::keys::crumb;
use crate::{
    api::keys::{Key, Keys, OpenKey, RevokeKey, RotateKey, get_key},
    components::{
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        loaded::Loaded,
        room::{Home, HomeRoom},
        secret_once::SecretOnce,
    },
    error::UiError,
    form::{Form, PostForm},
};

/// One key: open it once, give it another secret, end it.
#[component]
pub fn OneKey() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("key").and_then(|id| id.parse().ok())));
    view! {
        <Loaded
            key=id
            fetch=fetch
            view=|keys| view! { <Body keys /> }.into_any()
        />
    }
}

/// An address that names no key is that of none.
async fn fetch(id: Option<KeyId>) -> Result<Keys, UiError> {
    get_key(id.ok_or(UiError::NotFound)?).await
}

#[component]
fn Body(keys: Keys) -> impl IntoView {
    let Keys { person, keys } = keys;
    let content = keys.into_iter().next().map(|key| view! { <Parts key_shown=key /> });
    view! {
        <Title text="Key" />
        <HomeRoom person room=Home::Account below=crumb()>{content}</HomeRoom>
    }
}

#[component]
fn Parts(key_shown: Key) -> impl IntoView {
    let Key { id, description, app, follows, scopes, last_four, .. } = key_shown;
    let (open, rotate, revoke) = (Form::<OpenKey>::new(), Form::<RotateKey>::new(), Form::<RevokeKey>::new());
    let id = move || view! { <input type="hidden" name="id" value=id.0.to_string() /> };
    let where_to = match (app, follows) {
        (Some((_, app)), true) => {
            format!("It reaches {app} and nothing else, and gives what your collaboration there gives.")
        }
        (Some((_, app)), false) => format!("It reaches {app} and nothing else."),
        (None, _) => "It reaches everything that you reach.".to_owned(),
    };
    let can = words::can(scopes).map(|ability| view! { <li>{ability.text}</li> }).collect_view();
    let is_opened = last_four.is_some();
    let ending = last_four.map(|four| format!("Its secret ends in {four}. Nobody can look it up."));
    let secret = move || {
        let secret = open.value().get().or_else(|| rotate.value().get())?;
        Some(view! { <SecretOnce secret what="key" then="/account/keys" /> })
    };
    let first = (!is_opened).then(|| {
        view! {
            <PostForm form=open>
                <ErrorSummary />
                {id()}
                <p>"It has no secret yet. Opening it makes one, which is shown this once."</p>
                <p class="actions"><SubmitButton>"Open the key"</SubmitButton></p>
            </PostForm>
        }
    });
    let another = is_opened.then(|| {
        view! {
            <PostForm form=rotate>
                <ErrorSummary />
                {id()}
                <p>{ending} " Another one can take its place; the one before stays valid for an hour."</p>
                <p class="actions"><SubmitButton look=Look::Secondary>"Make another secret"</SubmitButton></p>
            </PostForm>
        }
    });
    view! {
        <header class="page-head"><h1>{description}</h1></header>
        <p class="section-lead">{where_to}</p>
        {secret}
        <section class="section">
            <h2>"Secret"</h2>
            {first}
            {another}
        </section>
        <section class="section">
            <h2>"With it, a program can"</h2>
            <div class="abilities"><ul>{can}</ul></div>
        </section>
        <section class="section">
            <h2>"End it"</h2>
            <PostForm form=revoke>
                <ErrorSummary />
                {id()}
                <p>"Programs that use it are refused from the next request on."</p>
                <p class="actions">
                    <LinkButton href="/account/keys">"Back to the keys"</LinkButton>
                    <SubmitButton look=Look::Danger>"Revoke the key"</SubmitButton>
                </p>
            </PostForm>
        </section>
    }
}
