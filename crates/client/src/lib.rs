//! The browser bundle: takes over a server-rendered page, or mounts the application on an empty one.
//!
//! The crate is empty on the host. Building it there with its features would give the server both `ssr` and
//! `hydrate`, and pages whose buttons do nothing.

#[cfg(all(target_arch = "wasm32", feature = "csr"))]
pub mod csr;
#[cfg(all(target_arch = "wasm32", feature = "hydrate"))]
pub mod hydrate;
