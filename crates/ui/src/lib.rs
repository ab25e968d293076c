//! The interface: pages, components and server functions.
//!
//! One of three features is on in any build, because each means another way to come to a page's elements:
//!
//! - `ssr`: the server writes them as HTML; bodies of server functions are compiled in;
//! - `hydrate`: the browser finds them in the server's HTML and takes over;
//! - `csr`: the browser makes them on an empty page.
//!
//! # Adding a page
//!
//! A page is one file in [`pages`], named after its address, with one route in [`App`]. What it shows comes from a
//! server function in [`api`]; what it changes goes through a [`form`], which works with and without JavaScript. Its
//! elements come from [`components`], and its words and errors follow [`error::UiError`].
#![recursion_limit = "256"]

pub mod api;
pub mod app;
pub mod components;
pub mod error;
pub mod form;
mod lazy;
#[cfg(feature = "ssr")]
mod markdown;
pub mod pages;
mod passkeys;
#[cfg(feature = "ssr")]
mod plot;
mod raw_text;
#[cfg(feature = "ssr")]
mod server;
#[cfg(feature = "ssr")]
mod shell;

pub use app::App;
#[cfg(feature = "hydrate")]
pub use lazy::fetch_chunk_of_page;
#[cfg(feature = "ssr")]
pub use server::{SessionCookie, cookie};
#[cfg(feature = "ssr")]
pub use shell::{AssetPaths, shell};
