//! Recovery codes, shown once.

use leptos::prelude::*;

use crate::components::{
    button::{LinkButton, Look},
    copyable::CopyButton,
    icon::{Icon, Sign},
};

/// The codes, to be copied, kept as a file or printed, and the way on once they are stored.
#[component]
pub fn RecoveryCodes(
    /// The codes. Afterwards they are shown nowhere.
    codes: Vec<String>,
) -> impl IntoView {
    let text = codes.join("\n");
    let file = format!("data:text/plain;charset=utf-8,{}", text.replace('\n', "%0A"));
    let codes = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
    view! {
        <section class="section recovery-codes">
            <h2>"Your recovery codes"</h2>
            <p class="secret-note">
                <Icon sign=Sign::Key />
                "This is the only time that they are shown. Keep them where your app is not: each of them gets you in \
                 once if you lose it. Earlier codes have ended."
            </p>
            <ul class="codes">{codes}</ul>
            <p class="actions">
                <LinkButton href="/account" look=Look::Primary>"I have stored them"</LinkButton>
                <a class="button" href=file download="atelier-recovery-codes.txt">"Download"</a>
                <CopyButton value=text what="recovery codes" />
            </p>
        </section>
    }
}
