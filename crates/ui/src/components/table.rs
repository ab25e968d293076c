//! Real tables that become lists on narrow windows.

use leptos::prelude::*;

/// A column's heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The heading.
    pub title: String,
    /// Whether it holds numbers, which line up at their end.
    pub numeric: bool,
    /// Whether the heading is for screen readers only, as above buttons.
    pub hidden: bool,
}

impl Column {
    /// A column of text.
    pub fn text(title: impl Into<String>) -> Self {
        Self { title: title.into(), numeric: false, hidden: false }
    }

    /// A column of numbers.
    pub fn numeric(title: impl Into<String>) -> Self {
        Self { numeric: true, ..Self::text(title) }
    }

    /// A column whose cells speak for themselves.
    pub fn unnamed(title: impl Into<String>) -> Self {
        Self { hidden: true, ..Self::text(title) }
    }
}

/// A `<table>` with caption and heading. Below 720 px its rows are shown as blocks, each cell after its label.
#[component]
pub fn Table(
    /// What the table is of. Screen readers say it; the page's heading says it to everyone else.
    #[prop(into)]
    caption: String,
    /// The columns, in the order of the cells.
    columns: Vec<Column>,
    /// The rows: `<tr>` elements of [`Cell`]s.
    children: Children,
) -> impl IntoView {
    let heading = columns
        .into_iter()
        .map(|Column { title, numeric, hidden }| {
            view! {
                <th scope="col" class:is-numeric=numeric>
                    <span class:visually-hidden=hidden>{title}</span>
                </th>
            }
        })
        .collect_view();
    view! {
        // The roles are the elements' own; a `display` other than a table's takes them away in some browsers.
        <table class="table" role="table">
            <caption class="visually-hidden">{caption}</caption>
            <thead role="rowgroup"><tr role="row">{heading}</tr></thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
}

/// One cell.
#[component]
pub fn Cell(
    /// Its column's title, shown before it on narrow windows; empty where the content needs none.
    #[prop(into)]
    label: String,
    /// Whether it holds a number.
    #[prop(optional)]
    numeric: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! { <td role="cell" data-label=label class:is-numeric=numeric>{children()}</td> }
}

/// A cell with words that may be missing: then nothing of it is shown on narrow windows.
#[component]
pub fn WordsCell(
    /// Its column's title, shown before it on narrow windows.
    #[prop(into)]
    label: String,
    /// The words.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let is_missing = text.trim().is_empty();
    view! {
        <td role="cell" data-label=label class:is-missing=is_missing>
            <span class="soft">{text}</span>
        </td>
    }
}
