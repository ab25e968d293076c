//! Adding inputs, on their page `/{owner}/{app}/inputs`.

use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_query_map;

use super::dataset_import::importing;
use crate::{
    api::{
        apps::App,
        inputs::{Obstacle, list_path, upload_path},
    },
    components::{
        drop::Drop,
        icon::{Icon, Sign},
        loaded::Reload,
        uploads::{Content, Uploads},
    },
};

/// What can be uploaded, for the file chooser.
const ACCEPTED: &str = "image/png,image/jpeg,image/gif,image/webp,image/bmp,text/plain,.txt";

/// What became of files that were sent without JavaScript.
#[component]
pub(super) fn Sent() -> impl IntoView {
    let query = use_query_map();
    let number = move |name: &str| query.with(|query| query.get(name)?.parse::<u32>().ok()).unwrap_or(0);
    move || {
        let (added, refused, same) = (number("added"), number("refused"), number("same"));
        let because = query.with(|query| Obstacle::named(&query.get("because")?));
        let sentence = match (added, refused) {
            (0, 0) => return None,
            (added, 0) => format!("{added} added."),
            (added, refused) => {
                let because = because.unwrap_or(Obstacle::Other).sentence();
                format!("{added} added, {refused} not. {because}")
            }
        };
        let same = match same {
            0 => "",
            1 => " One holds the same as another input.",
            _ => " Several hold the same as other inputs.",
        };
        Some(view! { <p class="notice">{sentence} {same}</p> })
    }
}

/// The place to put files and texts. Without JavaScript the browser posts all of them at once.
#[component]
pub(super) fn Addition(
    /// The app.
    app: App,
    /// Whether it is open at first.
    is_open: bool,
) -> impl IntoView {
    let (uploads, reload) = (Uploads::of_page(), Reload::of_page());
    let settled = uploads.settled();
    Effect::watch(move || settled.get(), move |_, _, _| reload.now(), false);
    let path = StoredValue::new(upload_path(&app));
    let send_files = move |files: web_sys::FileList| {
        for file in (0..files.length()).filter_map(|place| files.get(place)) {
            path.with_value(|path| uploads.add(path, Content::File(file)));
        }
    };
    let chooser = NodeRef::<html::Input>::new();
    let choose = move || {
        if let Some(input) = chooser.get() {
            input.files().into_iter().for_each(send_files);
            // So that the same file can be chosen once more.
            input.set_value("");
        }
    };
    // What was chosen before the bundle had arrived.
    Effect::new(choose);
    let folder = NodeRef::<html::Input>::new();
    // The element's types know nothing of what every browser does.
    Effect::new(move || {
        if let Some(input) = folder.get() {
            // Refused, it chooses single files.
            let _ = input.set_attribute("webkitdirectory", "");
        }
    });
    let choose_folder = move |_| {
        if let Some(input) = folder.get() {
            input.files().into_iter().for_each(send_files);
            input.set_value("");
        }
    };
    let text = RwSignal::new(String::new());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = text.get_untracked();
        if !typed.trim().is_empty() {
            path.with_value(|path| uploads.add(path, Content::Text(typed)));
            text.set(String::new());
        }
    };
    view! {
        <details class="addition" open=is_open>
            <summary class="button is-primary"><Icon sign=Sign::Add /> "Add inputs"</summary>
            <form
                class="form"
                method="post"
                enctype="multipart/form-data"
                action=upload_path(&app)
                on:submit=submit
            >
                <Drop take=send_files>
                    <label for="upload-files">"Pictures and texts"</label>
                    <input
                        node_ref=chooser
                        id="upload-files"
                        type="file"
                        name="file"
                        multiple=true
                        accept=ACCEPTED
                        on:change=move |_| choose()
                    />
                    <p class="needs-script">
                        <label for="upload-folder">"Or a folder, with all that is in it"</label>
                        <input
                            node_ref=folder
                            id="upload-folder"
                            type="file"
                            multiple=true
                            on:change=choose_folder
                        />
                    </p>
                    <p class="field-hint">
                        "PNG, JPEG, GIF, WebP, BMP and plain text. "
                        <span class="needs-script">"They can be dropped here, too, and travel while you go on."</span>
                    </p>
                </Drop>
                <div class="field">
                    <label for="upload-text">"Or a text"</label>
                    <textarea
                        id="upload-text"
                        class="input"
                        name="text"
                        rows="3"
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                    ></textarea>
                </div>
                <p class="actions">
                    <button type="submit" class="button is-primary needs-no-script">"Add them"</button>
                    <button type="submit" class="button needs-script">"Add the text"</button>
                </p>
            </form>
            <section class="section import-inputs">
                <h2>"Import a file"</h2>
                {importing(list_path(&app))}
            </section>
        </details>
    }
}
