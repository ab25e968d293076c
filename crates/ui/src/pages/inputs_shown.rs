//! The inputs of the list: as cards, or as rows.

use leptos::prelude::*;

use super::{
    inputs_chosen::{Choose, Selection},
    inputs_scrolled::{Scrolled, Scroller, entries},
};
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

/// How a list is shown.
#[derive(Clone)]
pub(super) struct Showing {
    /// Whose inputs they are.
    pub(super) app: App,
    /// Whether there are rows; else there are cards.
    pub(super) is_list: bool,
    /// How many there are from the list's first on, if that is known.
    pub(super) all: Option<usize>,
    /// What is chosen, where something can be.
    pub(super) selection: Option<Selection>,
}

/// The list, as far as it is in sight.
pub(super) fn shown(showing: Showing, list: Scrolled) -> AnyView {
    let (selection, is_list) = (showing.selection, showing.is_list);
    let all = whole(showing.all);
    let each = move |place: usize, input: &Input| {
        if is_list { row(&showing, place, input) } else { card(&showing, place, input) }
    };
    let entries = entries(&list, each);
    let children = if is_list {
        let columns = vec![
            Column::unnamed("Chosen"),
            Column::unnamed("Picture or text"),
            Column::text("Id"),
            Column::text("Concepts"),
            Column::text("Added by"),
            Column::text("Added"),
        ];
        // The heading is a row as well.
        let rows = if all > 0 { all + 1 } else { all };
        view! {
            <Table caption="Inputs" columns attr:aria-rowcount=rows.to_string()>{entries}</Table>
        }
        .into_any()
    } else {
        view! { <ul class="cards" role="list">{entries}</ul> }.into_any()
    };
    view! { <Scroller list selection>{children}</Scroller> }.into_any()
}

/// A number of all, as screen readers are told: -1, where it is not known.
fn whole(all: Option<usize>) -> i64 {
    all.and_then(|all| i64::try_from(all).ok()).unwrap_or(-1)
}

/// What one sees of an input.
pub(super) fn face(app: &App, input: &Input) -> AnyView {
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

/// What one sees of an input and its identifier, which lead to its page.
pub(super) fn way_to(app: &App, input: &Input) -> AnyView {
    let href = input_path(app, &input.slug);
    let face = face(app, input);
    view! {
        <a class="card-face" href=href>
            {face}
            <code class="card-id">{input.slug.clone()}</code>
        </a>
    }
    .into_any()
}

pub(super) fn concepts(input: &Input) -> Option<impl IntoView + use<>> {
    let more = input.concepts.len().saturating_sub(CHIPS);
    let chips =
        input.concepts.iter().take(CHIPS).map(|name| view! { <Chip text=name.clone() /> }).collect_view();
    let more = (more > 0).then(|| view! { <Chip text=format!("+{more}") /> });
    let label = format!("Concepts of {}", input.slug);
    (!input.concepts.is_empty()).then(|| view! { <Chips label>{chips} {more}</Chips> })
}

fn card(showing: &Showing, place: usize, input: &Input) -> AnyView {
    let Showing { app, selection, all, .. } = showing;
    let href = input_path(app, &input.slug);
    let choose = selection.map(|selection| view! { <Choose slug=input.slug.clone() selection /> });
    let (face, chips) = (face(app, input), concepts(input));
    view! {
        <li
            class="card"
            data-place=place.to_string()
            aria-setsize=whole(*all).to_string()
            aria-posinset=(place + 1).to_string()
        >
            <a class="card-face" id=format!("input-{}", input.slug) href=href>
                {face}
                <code class="card-id">{input.slug.clone()}</code>
            </a>
            {choose}
            <p class="row-note">{input.author.clone()} ", " <Time at=input.made_at /></p>
            {chips}
        </li>
    }
    .into_any()
}

fn row(showing: &Showing, place: usize, input: &Input) -> AnyView {
    let Showing { app, selection, .. } = showing;
    let href = input_path(app, &input.slug);
    let choose = selection.map(|selection| view! { <Choose slug=input.slug.clone() selection /> });
    let (face, chips) = (face(app, input), concepts(input));
    let (id, slug, author) = (format!("input-{}", input.slug), input.slug.clone(), input.author.clone());
    let added = input.made_at;
    view! {
        <tr role="row" class="input-row" data-place=place.to_string() aria-rowindex=(place + 2).to_string()>
            <Cell label="">{choose}</Cell>
            // The name beside it leads there as well: one stop for the keyboard is enough.
            <Cell label=""><span class="row-face">{face}</span></Cell>
            <Cell label="Id"><a class="row-name" id=id href=href><code>{slug}</code></a></Cell>
            <Cell label="Concepts">{chips}</Cell>
            <Cell label="Added by"><span class="row-line">{author}</span></Cell>
            <Cell label="Added"><Time at=added /></Cell>
        </tr>
    }
    .into_any()
}
