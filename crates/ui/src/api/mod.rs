//! The server functions: the browser's door to the operations, with no logic of its own.
//!
//! Each names its `endpoint`, because the address that the macro makes up changes with the build folder. Errors are
//! [`UiError`](crate::error::UiError); the server gives the answer its status, so that no function has to.

pub mod account;
pub mod alike;
pub mod annotations;
pub mod apps;
pub mod audit;
pub mod batches;
pub mod calls;
#[cfg(feature = "ssr")]
mod chosen;
pub mod collaborators;
pub mod collectors;
pub mod concepts;
pub mod datasets;
#[cfg(feature = "ssr")]
pub mod doors;
pub mod duplicates;
pub mod explorer;
pub mod identity;
pub mod inputs;
pub mod invitations;
pub mod keys;
#[cfg(feature = "ssr")]
mod model_figures;
pub mod models;
pub mod passkeys;
pub mod progress;
pub mod second_factor;
pub mod tasks;
pub mod vocabs;
pub mod workflows;
#[cfg(feature = "ssr")]
mod workflows_server;

/// What people chose as an identifier, as a part of an address: it may hold anything. The same on the server and in the
/// browser, whose own ways to escape differ in what they leave as it is.
pub(crate) fn segment(id: &str) -> String {
    let escaped = leptos_router::location::Url::escape(id);
    let kept = [("%2D", "-"), ("%5F", "_"), ("%2E", "."), ("%7E", "~")];
    kept.into_iter().fold(escaped, |escaped, (code, letter)| escaped.replace(code, letter))
}
