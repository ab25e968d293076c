//! The entry of a server-rendered page.

use atelier_ui::{App, fetch_chunk_of_page};
use wasm_bindgen::prelude::wasm_bindgen;

/// Attaches the application to the page that the server rendered. The page's module loader calls it.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    // Taking over happens in one go, for which the page's code has to be there. Without it the page stays as the server
    // made it, and works as it does without scripts.
    if fetch_chunk_of_page().await {
        leptos::mount::hydrate_body(App);
    }
}
