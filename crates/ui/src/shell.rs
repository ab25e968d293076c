//! The document around the application. Only the server writes one.

use std::collections::HashMap;

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use crate::App;

/// Where the browser finds the bundle: the addresses of the files in the folder named after their content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetPaths {
    /// The JavaScript glue, a module.
    pub script: String,
    /// The script that it imports, which fetches chunks.
    pub loader: String,
    /// The WebAssembly module that it loads.
    pub module: String,
    /// The further modules that pages of a chunk need, by the chunk's name.
    pub chunks: HashMap<String, Vec<String>>,
    /// The stylesheet.
    pub style: String,
}

/// The HTML document of every page.
///
/// The loader is our own: `HydrationScripts` wants `LeptosOptions`, which know no folder named after its content, and
/// writes the nonce into `crossorigin`. Under `strict-dynamic` what a script with the nonce imports may run.
pub fn shell(assets: AssetPaths) -> impl IntoView {
    provide_context(assets.clone());
    let AssetPaths { script, loader, module, style, .. } = assets;
    let nonce = use_nonce();
    let start = format!(
        "import start, {{ hydrate }} from {script:?};\
         start({{ module_or_path: {module:?} }}).then(hydrate);"
    );
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=style />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="modulepreload" href=script nonce=nonce.clone() />
                <link rel="modulepreload" href=loader nonce=nonce.clone() />
                <link rel="preload" href=module r#as="fetch" r#type="application/wasm" crossorigin="" />
                <script type="module" nonce=nonce>
                    {start}
                </script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
