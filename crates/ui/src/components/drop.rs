//! A place where files can be dropped.

use leptos::{ev, prelude::*};

/// The pictures that are taken, for a file chooser.
pub const PICTURES: &str = "image/png,image/jpeg,image/gif,image/webp,image/bmp";

/// Takes the files that are dropped on it. Without scripts it frames what is in it, which then is the only way in.
#[component]
pub fn Drop(
    /// What is done with them.
    take: impl Fn(web_sys::FileList) + 'static,
    /// The fields by which files can be chosen otherwise.
    children: Children,
) -> impl IntoView {
    let is_over = RwSignal::new(false);
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        if let Some(files) = event.data_transfer().and_then(|transfer| transfer.files()) {
            take(files);
        }
    };
    let hover = move |event: ev::DragEvent| {
        // Otherwise the browser would open the file.
        event.prevent_default();
        is_over.set(true);
    };
    view! {
        <div
            class="drop"
            class:is-over=move || is_over.get()
            on:dragover=hover
            on:dragleave=move |_| is_over.set(false)
            on:drop=drop
        >
            {children()}
        </div>
    }
}
