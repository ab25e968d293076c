//! The entry of the client-rendered application.

use atelier_ui::App;
use wasm_bindgen::prelude::wasm_bindgen;

/// Renders the application into an empty page as soon as the module is there.
#[wasm_bindgen(start)]
pub fn mount() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(App);
}
