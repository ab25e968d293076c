//! The way through a long list, by keyset: forth and back, no page numbers.

use leptos::prelude::*;

use crate::components::icon::{Icon, Sign};

/// Links to the neighbouring pages. A side without a page is absent.
#[component]
pub fn Pagination(
    /// What is paged through, for screen readers.
    #[prop(into)]
    label: String,
    /// The address of the page before.
    #[prop(optional_no_strip, into)]
    previous: Option<String>,
    /// The address of the page after.
    #[prop(optional_no_strip, into)]
    next: Option<String>,
    /// Where one is, such as "51–100 of 312".
    #[prop(into)]
    position: String,
) -> impl IntoView {
    view! {
        <nav class="pagination" aria-label=label>
            {previous.map(|href| view! {
                <a class="button" rel="prev" href=href><Icon sign=Sign::Back />"Previous"</a>
            })}
            <span>{position}</span>
            {next.map(|href| view! {
                <a class="button" rel="next" href=href>"Next"<Icon sign=Sign::Forth /></a>
            })}
        </nav>
    }
}
