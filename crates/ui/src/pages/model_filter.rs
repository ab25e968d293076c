//! What an app's own filter lets through, on its page `/{owner}/{app}/models/{model}`.

use leptos::prelude::*;

use crate::{
    api::{
        apps::App,
        models::{ListedModel, ListedTraining, OwnModel, version_path},
    },
    components::{
        table::{Cell, Column, Table},
        time::Time,
    },
};

/// Its versions, the newest first.
pub(super) fn filters(app: &App, model: &ListedModel, own: OwnModel) -> AnyView {
    let rows: Vec<AnyView> = own
        .versions
        .into_iter()
        .filter_map(|version| {
            let ListedTraining { slug, author, made_at, lets, .. } = version;
            let (lets, href) = (lets?, version_path(app, &model.slug, &slug));
            let name = slug.get(24..).unwrap_or_default().to_owned();
            let row = view! {
                <tr role="row">
                    <Cell label=""><a class="row-name" href=href><code>{name}</code></a></Cell>
                    <Cell label="Lets through">{lets}</Cell>
                    <Cell label="By">{author}</Cell>
                    <Cell label="Made"><Time at=made_at /></Cell>
                </tr>
            };
            Some(row.into_any())
        })
        .collect();
    let content = if rows.is_empty() {
        let told = "None yet. Programs make them; until then, no workflow can use it.";
        view! { <p class="section-lead">{told}</p> }.into_any()
    } else {
        let columns =
            [Column::text("Version"), Column::text("Lets through"), Column::text("By"), Column::text("Made")];
        view! {
            <p class="section-lead">
                "A workflow keeps the version that it was made with. What it says of the filter where it uses it holds besides."
            </p>
            <Table caption="Versions" columns=columns.to_vec()>{rows}</Table>
        }
        .into_any()
    };
    view! { <section class="section"><h2>"Versions"</h2>{content}</section> }.into_any()
}
