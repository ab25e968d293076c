//! A figure: a plot with its table.

use leptos::prelude::*;

use crate::{
    api::progress::Figure,
    components::table::{Cell, Column, Table},
};

/// A plot, what its parts are, its table, and the table as a file.
#[component]
pub fn FigureWithTable(
    /// What it shows.
    figure: Figure,
) -> impl IntoView {
    let Figure { title, lead, svg, parts, columns, rows, csv, file } = figure;
    let legend = (!parts.is_empty()).then(|| {
        let parts = parts
            .into_iter()
            .zip(1..)
            .map(|(part, number)| {
                view! { <li><span class=format!("part-sign is-{number}")></span>{part}</li> }.into_any()
            })
            .collect_view();
        view! { <ul class="legend" role="list">{parts}</ul> }
    });
    let body = if svg.is_empty() {
        view! { <p class="soft">"Nothing to show yet."</p> }.into_any()
    } else {
        let heads: Vec<Column> = columns
            .iter()
            .map(|(is_number, title)| if *is_number { Column::numeric(title) } else { Column::text(title) })
            .collect();
        let rows = rows
            .into_iter()
            .map(|row| {
                let cells = row
                    .into_iter()
                    .zip(columns.clone())
                    .map(|(value, (is_number, title))| {
                        view! { <Cell label=title numeric=is_number>{value}</Cell> }.into_any()
                    })
                    .collect_view();
                view! { <tr role="row">{cells}</tr> }.into_any()
            })
            .collect_view();
        let href = format!("data:text/csv;charset=utf-8,{}", encoded(&csv));
        view! {
            <div class="plot-area" inner_html=svg></div>
            {legend}
            <details class="plot-table">
                <summary>"The figures"</summary>
                <Table caption=title.clone() columns=heads>{rows}</Table>
                <p><a href=href download=file>"Download as CSV"</a></p>
            </details>
        }
        .into_any()
    };
    view! {
        <section class="section figure">
            <h2>{title}</h2>
            <p class="section-lead">{lead}</p>
            {body}
        </section>
    }
}

/// A text within an address: letters and digits stand, everything else as the bytes that it is.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_table_survives_in_an_address() {
        assert_eq!(encoded("a,ä\r\n"), "a%2C%C3%A4%0D%0A");
    }
}
