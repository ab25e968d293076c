//! A place where files can be dropped.

use leptos::{ev, html, prelude::*};

/// The pictures that are taken, for a file chooser.
const PICTURES: &str = "image/png,image/jpeg,image/gif,image/webp,image/bmp";

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

/// The field for a picture that is looked at and not kept: chosen, or dropped on it.
#[component]
pub fn PictureField(
    /// The field's id.
    id: &'static str,
    /// The field.
    field: NodeRef<html::Input>,
    /// What is done once a picture is in it: one picture says all there is to say.
    chosen: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let take = move |files: web_sys::FileList| {
        if let Some(field) = field.get_untracked() {
            field.set_files(Some(&files));
            chosen();
        }
    };
    let changed = move |_| {
        let files = field.get_untracked().and_then(|field| field.files());
        if files.is_some_and(|files| files.length() > 0) {
            chosen();
        }
    };
    view! {
        <Drop take=take>
            <label for=id>"A picture"</label>
            <input node_ref=field id=id type="file" name="file" accept=PICTURES required on:change=changed />
            <p class="field-hint">
                "PNG, JPEG, GIF, WebP or BMP. It is looked at and not kept. "
                <span class="needs-script">"It can be dropped here, too."</span>
            </p>
        </Drop>
    }
}
