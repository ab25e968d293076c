//! All of Atelier's SQL, and all of its bytes.
//!
//! [`Store::open`] gives a store over SQLite or PostgreSQL, by URL. Work happens in transactions: [`Store::read`] gives
//! a snapshot, [`Store::write`] a transaction that is on disk once [`WriteTx::commit`] returns. The functions of
//! [`queries`] take one of the two, so that a write outside a write transaction does not compile; those that touch an
//! app's data take the [`Permit`](atelier_domain::Permit) that says the caller may, so that forgetting to ask does not
//! compile either.

pub mod backup;
pub mod chain;
pub mod db;
mod error;
pub mod objects;
pub mod queries;

pub use db::{Backend, Busy, Conn, Event, ReadTx, Schema, Store, WriteTx};
pub use error::{Error, Result};
pub use objects::Objects;
