//! `/{owner}/{app}/collectors/{collector}`

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    collaborators::AppNameFields,
    collectors::{HowMuch, StandingChip, of, sentence, watched},
};
use crate::{
    api::{
        apps::App,
        collectors::{
            ChangeCollector, CollectorShown, DeleteCollector, MakeCollectorKey, OneCollectorShown,
            SetCollectorStanding, Standing, collector_path, get_collector,
        },
    },
    components::{
        button::{Look, SubmitButton},
        copyable::{CopyButton, Copyable},
        error_summary::ErrorSummary,
        field::TextArea,
        layout::Crumb,
        loaded::Loaded,
        prose::Prose,
        room::{AppRoom, Room},
        secret_once::SecretOnce,
        time::Time,
    },
    form::{Form, PostForm},
    pages::thing_in_address,
};

/// One collector: how it stands, where it gathers from, and how much.
#[component]
pub fn OneCollector() -> impl IntoView {
    view! {
        <Loaded
            key=thing_in_address("collector")
            fetch=|(owner, app, collector)| get_collector(owner, app, collector)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: OneCollectorShown) -> impl IntoView {
    let OneCollectorShown { place, collector, address, no_key, no_change, no_deletion } = shown;
    let app = place.app.clone();
    let slug = collector.slug.clone();
    let below = Crumb { href: collector_path(&app, &slug), label: slug.clone() };
    let lead = Some(collector.description.clone()).filter(|text| !text.is_empty());
    let lead = lead.map(|text| view! { <p class="section-lead">{text}</p> });
    let stopped = collector.reason.as_deref().map(|reason| {
        view! { <p class="page-note"><strong>"It has stopped: "</strong><Prose text=sentence(reason) /></p> }
    });
    let sending = match address {
        Some(address) => sending(&app, &slug, address, no_key),
        None => waiting(),
    };
    let refused = |why: String| view! { <p class="section-lead"><Prose text=why /></p> }.into_any();
    let (state, change) = match no_change {
        Some(why) => (None, refused(why)),
        None => (Some(standing_form(&app, &collector)), change(&app, &collector)),
    };
    let end = match no_deletion {
        Some(why) => refused(why),
        None => deletion(app.clone(), slug.clone()),
    };
    view! {
        <Title text=slug.clone() />
        <AppRoom place room=Room::Collectors below=below>
            <header class="page-head">
                <div class="input-title">
                    <h1>{slug.clone()}</h1>
                    <StandingChip standing=collector.standing />
                    <CopyButton value=slug what="the collector’s id" />
                </div>
                {state}
            </header>
            {lead}
            {stopped}
            {facts(&collector)}
            <section class="section">
                <h2>"Where it gathers from"</h2>
                {sending}
            </section>
            <section class="section">
                <h2>"How much it gathers"</h2>
                {change}
            </section>
            <section class="section">
                <h2>"Delete this collector"</h2>
                {end}
            </section>
        </AppRoom>
    }
}

fn facts(collector: &CollectorShown) -> AnyView {
    let takes = format!("{} % of {}", collector.share, watched(collector));
    let last = collector.last_at.map(|at| view! { <Time at=at /> }.into_any());
    let through = if collector.has_key { ", through the key with which it was made" } else { "" };
    let acts = format!("{}{through}", collector.creator);
    view! {
        <table class="facts">
            <tbody>
                <tr><th scope="row">"Takes"</th><td>{takes}</td></tr>
                <tr><th scope="row">"Gathered"</th><td>{of(collector.gathered, collector.in_total)}</td></tr>
                <tr><th scope="row">"In this hour"</th><td>{of(collector.this_hour, collector.per_hour)}</td></tr>
                <tr><th scope="row">"Last one"</th><td>{last.unwrap_or_else(|| "none yet".into_any())}</td></tr>
                <tr><th scope="row">"Acts for"</th><td>{acts}</td></tr>
                <tr><th scope="row">"Made"</th><td><Time at=collector.made_at /></td></tr>
            </tbody>
        </table>
    }
    .into_any()
}

/// The hidden fields that say of which collector of which app a form is.
#[component]
fn CollectorFields(app: App, collector: String) -> impl IntoView {
    view! {
        <AppNameFields app />
        <input type="hidden" name="collector" value=collector />
    }
}

/// How programs send inputs to it.
fn sending(app: &App, slug: &str, address: String, no_key: Option<String>) -> AnyView {
    let body = r#"{"inputs": [{"data": {"text": {"raw": "Two herons at the weir"}}}]}"#;
    let example = format!(
        "curl {address} \\\n  -H 'Authorization: Key …' \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'"
    );
    let key = match no_key {
        Some(why) => view! { <p class="section-lead"><Prose text=why /></p> }.into_any(),
        None => key_form(app, slug),
    };
    view! {
        <p class="section-lead">
            "Programs send to this address what they would post as inputs. The answer says of each whether it was gathered."
        </p>
        <p><Copyable value=address what="address of the collector" /></p>
        <pre class="example">{example}</pre>
        {key}
    }
    .into_any()
}

fn key_form(app: &App, slug: &str) -> AnyView {
    let form = Form::<MakeCollectorKey>::new();
    let then = collector_path(app, slug);
    let (app, slug) = (app.clone(), slug.to_owned());
    let secret = move || {
        let secret = form.value().get()?;
        Some(view! { <SecretOnce secret what="key" then=then.clone() /> })
    };
    let is_made = move || form.value().with(Option::is_some);
    view! {
        {secret}
        <div hidden=is_made>
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <CollectorFields app collector=slug />
                <p class="field-hint">
                    "Whoever has the key can send inputs to the collectors of this app, and see and do nothing else here."
                </p>
                <p class="actions"><SubmitButton look=Look::Secondary>"Make a key for it"</SubmitButton></p>
            </PostForm>
        </div>
    }
    .into_any()
}

/// What a collector of predictions waits for.
fn waiting() -> AnyView {
    view! {
        <p class="section-lead">
            "Whenever its model is asked, on its page, in a workflow or by a program, what it is asked about is offered here."
        </p>
    }
    .into_any()
}

/// The one button that changes whether it gathers.
fn standing_form(app: &App, collector: &CollectorShown) -> AnyView {
    let (to, does, done) = match collector.standing {
        Standing::Paused | Standing::Stopped => ("gather", "Go on gathering", "It gathers again."),
        Standing::Gathering | Standing::FullForNow | Standing::Full => ("rest", "Pause", "It is paused."),
    };
    let form = Form::<SetCollectorStanding>::keyed(to).reloading(done);
    let (app, slug) = (app.clone(), collector.slug.clone());
    view! {
        <PostForm form>
            <ErrorSummary />
            <CollectorFields app collector=slug />
            <input type="hidden" name="to" value=to />
            <SubmitButton look=Look::Secondary>{does}</SubmitButton>
        </PostForm>
    }
    .into_any()
}

fn change(app: &App, collector: &CollectorShown) -> AnyView {
    let CollectorShown { slug, description, share, per_hour, in_total, .. } = collector.clone();
    let (form, app) = (Form::<ChangeCollector>::new().reloading("Saved."), app.clone());
    view! {
        <PostForm form class="is-narrow">
            <ErrorSummary />
            <CollectorFields app collector=slug />
            <TextArea name="description" label="What it is for" value=description optional=true />
            <HowMuch share per_hour in_total />
            <p class="actions"><SubmitButton look=Look::Secondary>"Save"</SubmitButton></p>
        </PostForm>
    }
    .into_any()
}

/// It opens first, so that no single press does it, without JavaScript either.
fn deletion(app: App, collector: String) -> AnyView {
    let form = Form::<DeleteCollector>::new();
    view! {
        <details>
            <summary>"Delete it …"</summary>
            <PostForm form>
                <ErrorSummary />
                <CollectorFields app collector />
                <p>"What it gathered stays. Programs that send to it are told that it does not exist."</p>
                <p class="actions"><SubmitButton look=Look::Danger>"Delete this collector"</SubmitButton></p>
            </PostForm>
        </details>
    }
    .into_any()
}
