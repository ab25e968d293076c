//! With which apps a model is shared, and from which it comes, on its page `/{owner}/{app}/models/{model}`.

use leptos::prelude::*;

use super::model::ModelFields;
use super::task_new::Select;
use crate::{
    api::{
        apps::App,
        models::{ModelShare, ModelSource, ShareModel, Sharing, WithdrawModel},
    },
    components::{
        button::{Look, SubmitButton},
        error_summary::ErrorSummary,
        prose::Prose,
        row_action::row_action,
        table::{Cell, Column, Table},
        time::Time,
    },
    form::{Form, PostForm},
};

/// Where a model comes from that another app shares.
pub(super) fn from_another(source: &ModelSource) -> AnyView {
    let ModelSource { owner, app, model } = source;
    view! {
        <section class="section">
            <h2>"Shared by another app"</h2>
            <p class="section-lead">
                "It is " <code>{model.clone()}</code> " of " <code>{format!("{owner}/{app}")}</code>
                ", which shares it with this app. The newest version that is trained there answers here. What it learned \
                 from and how good it is are told there, to those who may see it."
            </p>
        </section>
    }
    .into_any()
}

/// The apps with which a model is shared, and a way to share it with another.
pub(super) fn shared(app: App, model: String, sharing: Sharing) -> AnyView {
    let Sharing { no_sharing, shares, offered } = sharing;
    let lead = "An app with which it is shared can ask it as one of its own. It sees nothing of what the model learned from.";
    let table = (!shares.is_empty()).then(|| table(&app, &model, shares));
    let form = if let Some(text) = no_sharing {
        view! { <p class="section-lead"><Prose text /></p> }.into_any()
    } else if offered.is_empty() {
        view! { <p class="section-lead">"There is no other app to which you may add models."</p> }.into_any()
    } else {
        let form = Form::<ShareModel>::new().reloading("It is shared.");
        view! {
            <PostForm form class="is-narrow">
                <ErrorSummary />
                <ModelFields app model />
                <Select name="with" label="Share with" none="Choose an app" options=offered value="" />
                <p class="actions"><SubmitButton look=Look::Secondary>"Share"</SubmitButton></p>
            </PostForm>
        }
        .into_any()
    };
    view! {
        <section class="section">
            <h2>"Sharing"</h2>
            <p class="section-lead">{lead}</p>
            {table}
            {form}
        </section>
    }
    .into_any()
}

fn table(app: &App, model: &str, shares: Vec<ModelShare>) -> AnyView {
    let rows = shares
        .into_iter()
        .map(|share| {
            let ModelShare { id, address, name, model: there, by_name, made_at } = share;
            let form = Form::<WithdrawModel>::keyed(&id).reloading("It is no longer shared.");
            let fields = view! {
                <ModelFields app=app.clone() model=model.to_owned() />
                <input type="hidden" name="share" value=id />
            };
            let end = row_action(form, fields.into_any(), "Stop", format!("sharing with {name}"));
            view! {
                <tr role="row">
                    <Cell label="">
                        <span>
                            <span class="row-name">{name}</span>
                            <span class="row-note"><code>{address}</code></span>
                        </span>
                    </Cell>
                    <Cell label="As"><code>{there}</code></Cell>
                    <Cell label="By">{by_name}</Cell>
                    <Cell label="Since"><Time at=made_at /></Cell>
                    <Cell label="">{end}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = [
        Column::text("App"),
        Column::text("As"),
        Column::text("By"),
        Column::text("Since"),
        Column::unnamed("Stop sharing"),
    ];
    view! { <Table caption="Apps with which it is shared" columns=columns.to_vec()>{rows}</Table> }.into_any()
}
