//! The inputs of the list: as cards, or as rows.

use leptos::prelude::*;

use super::inputs_chosen::Choose;
use crate::{
    api::{
        apps::App,
        inputs::{Input, PictureSize, input_path, picture_path},
    },
    components::{
        chips::{Chip, Chips},
        icon::{Icon, Sign},
        table::{Cell, Column, Table},
        time::Time,
    },
};

/// The most concepts that a card names.
const CHIPS: usize = 4;

/// A card for each input.
pub(super) fn cards(app: &App, inputs: Vec<Input>, can_choose: bool) -> AnyView {
    let cards = inputs.into_iter().map(|input| card(app, input, can_choose)).collect_view();
    view! { <ul class="cards" role="list">{cards}</ul> }.into_any()
}

/// A row for each input.
pub(super) fn rows(app: &App, inputs: Vec<Input>, can_choose: bool) -> AnyView {
    let rows = inputs.into_iter().map(|input| row(app, input, can_choose)).collect_view();
    let columns = vec![
        Column::unnamed("Chosen"),
        Column::unnamed("Picture or text"),
        Column::text("Id"),
        Column::text("Concepts"),
        Column::text("Added by"),
        Column::text("Added"),
    ];
    view! { <Table caption="Inputs" columns>{rows}</Table> }.into_any()
}

/// What one sees of an input.
fn face(app: &App, input: &Input) -> AnyView {
    match (&input.beginning, input.has_thumbnail) {
        (Some(beginning), _) => view! { <span class="card-text">{beginning.clone()}</span> }.into_any(),
        (None, true) => {
            let src = picture_path(app, &input.slug, PictureSize::Thumbnail);
            view! { <img src=src alt="" loading="lazy" decoding="async" /> }.into_any()
        }
        (None, false) => {
            view! { <span class="card-none"><Icon sign=Sign::Input /> "No picture yet"</span> }.into_any()
        }
    }
}

fn concepts(input: &Input) -> Option<impl IntoView + use<>> {
    let more = input.concepts.len().saturating_sub(CHIPS);
    let chips =
        input.concepts.iter().take(CHIPS).map(|name| view! { <Chip text=name.clone() /> }).collect_view();
    let more = (more > 0).then(|| view! { <Chip text=format!("+{more}") /> });
    let label = format!("Concepts of {}", input.slug);
    (!input.concepts.is_empty()).then(|| view! { <Chips label>{chips} {more}</Chips> })
}

fn card(app: &App, input: Input, can_choose: bool) -> AnyView {
    let href = input_path(app, &input.slug);
    let choose = can_choose.then(|| view! { <Choose slug=input.slug.clone() /> });
    let (face, chips) = (face(app, &input), concepts(&input));
    view! {
        <li class="card">
            <a class="card-face" href=href>
                {face}
                <code class="card-id">{input.slug.clone()}</code>
            </a>
            {choose}
            {chips}
            <p class="row-note">{input.author} ", " <Time at=input.made_at /></p>
        </li>
    }
    .into_any()
}

fn row(app: &App, input: Input, can_choose: bool) -> AnyView {
    let href = input_path(app, &input.slug);
    let choose = can_choose.then(|| view! { <Choose slug=input.slug.clone() /> });
    let (face, chips) = (face(app, &input), concepts(&input));
    view! {
        <tr role="row" class="input-row">
            <Cell label="">{choose}</Cell>
            // The name beside it leads there as well: one stop for the keyboard is enough.
            <Cell label=""><span class="row-face">{face}</span></Cell>
            <Cell label="Id"><a class="row-name" href=href><code>{input.slug}</code></a></Cell>
            <Cell label="Concepts">{chips}</Cell>
            <Cell label="Added by">{input.author}</Cell>
            <Cell label="Added"><Time at=input.made_at /></Cell>
        </tr>
    }
    .into_any()
}
