//! The entry of a server-rendered page.

use atelier_ui::App;
use wasm_bindgen::prelude::wasm_bindgen;

/// Attaches the application to the page that the server rendered. The page's module loader calls it.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
