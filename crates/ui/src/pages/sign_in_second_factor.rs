//! `/sign-in/second-factor`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use super::account_second_factor::recovery_codes;
use crate::{
    api::identity::{CompleteSignIn as Complete, Recovered, UseRecoveryCode},
    components::{
        auth_layout::AuthLayout,
        button::{LinkButton, Look, SubmitButton},
        error_summary::ErrorSummary,
        field::TextField,
    },
    form::{Form, PostForm},
};

/// Asks whoever has given the right password for their second factor, and leads on to the page that `next` in its
/// address names.
#[component]
pub fn CompleteSignIn() -> impl IntoView {
    let (by_app, by_recovery) = (Form::<Complete>::new(), Form::<UseRecoveryCode>::new());
    // Only once it has succeeded: what was typed wrongly must stay.
    let answer = by_recovery.value();
    let recovered = Memo::new(move |_| answer.get());
    move || match recovered.get() {
        Some(recovered) => signed_in(recovered),
        None => ask(by_app, by_recovery),
    }
}

fn ask(by_app: Form<Complete>, by_recovery: Form<UseRecoveryCode>) -> AnyView {
    let query = use_query_map();
    let next = move || query.read().get("next").unwrap_or_default();
    let again = move || match next() {
        next if next.is_empty() => "/sign-in".to_owned(),
        next => format!("/sign-in?next={}", Url::escape(&next)),
    };
    // Without scripts the page comes anew, with what is wrong: that must be seen.
    let was_tried = by_recovery.parts().error();
    view! {
        <Title text="Second factor" />
        <AuthLayout title="Second factor">
            <p>"Your password was right. Open the app that makes your codes."</p>
            <PostForm form=by_app>
                <ErrorSummary />
                <input type="hidden" name="next" value=next />
                <TextField
                    name="code"
                    label="Code"
                    hint="The six digits that the app shows now."
                    autocomplete="one-time-code"
                />
                <SubmitButton>"Sign in"</SubmitButton>
            </PostForm>
            <details class="auth-other" open=move || was_tried.with(Option::is_some)>
                <summary>"Use a recovery code instead"</summary>
                <PostForm form=by_recovery>
                    <ErrorSummary />
                    <input type="hidden" name="next" value=next />
                    <TextField
                        name="recovery_code"
                        label="Recovery code"
                        hint="One of those that you stored when you set the app up. Each works once."
                    />
                    <SubmitButton look=Look::Secondary>"Sign in with the recovery code"</SubmitButton>
                </PostForm>
            </details>
            <ul class="auth-links">
                <li><a href=again>"Start again"</a></li>
                <li>"Lost the app and the codes? Ask whoever runs this Atelier."</li>
            </ul>
        </AuthLayout>
    }
    .into_any()
}

fn signed_in(recovered: Recovered) -> AnyView {
    let Recovered { codes_left, next } = recovered;
    let advice = match codes_left {
        0 => "Make new ones now: without your app you would not get in again.",
        1..=3 => "Make new ones before they are used up.",
        _ => "If your app is lost for good, set up another one.",
    };
    view! {
        <Title text="You are signed in" />
        <AuthLayout title="You are signed in">
            <p>"That recovery code is used up. You have " {recovery_codes(codes_left)} " left. " {advice}</p>
            <p class="actions">
                <LinkButton href=next look=Look::Primary>"Go on"</LinkButton>
                <LinkButton href="/account/second-factor">"Change the second factor"</LinkButton>
            </p>
        </AuthLayout>
    }
    .into_any()
}
